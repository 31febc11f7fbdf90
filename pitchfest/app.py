"""The application factory, and the one literal table of what each feature contributes."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from config import Settings, read_settings
from pitchfest import cli
from pitchfest.accounts import notices as account_notices
from pitchfest.accounts import operations as accounts
from pitchfest.accounts import queries as account_queries
from pitchfest.accounts import rules as account_rules
from pitchfest.accounts import views as account_views
from pitchfest.accounts.operations import privacy as account_erasure
from pitchfest.accounts.queries import privacy as account_data
from pitchfest.accounts.views.sign_in import DEMO_GROUPS_EXTENSION
from pitchfest.admin import rules as admin_rules
from pitchfest.admin import views as admin_views
from pitchfest.admin.views.records import LOG_BARRIERS_EXTENSION
from pitchfest.audit import queries as audit_queries
from pitchfest.audit.operations import append_pending, forget_pending
from pitchfest.awards import notices as award_notices
from pitchfest.awards import operations as awards
from pitchfest.awards import rules as award_rules
from pitchfest.awards import views as award_views
from pitchfest.awards.queries import privacy as award_data
from pitchfest.challenges import notices as challenge_notices
from pitchfest.challenges import operations as challenges
from pitchfest.challenges import queries as challenge_queries
from pitchfest.challenges import rules as challenge_rules
from pitchfest.challenges import views as challenge_views
from pitchfest.challenges.operations import privacy as challenge_erasure
from pitchfest.challenges.queries import privacy as challenge_data
from pitchfest.challenges.views.showing import PANELS_EXTENSION
from pitchfest.db import Keyring, db
from pitchfest.db.engine import engine_options
from pitchfest.db.sealing import EXTENSION as KEYRING
from pitchfest.db.transaction import STEPS_EXTENSION, Steps
from pitchfest.extensions import csrf, login_manager
from pitchfest.files import operations as files
from pitchfest.home import views as home_views
from pitchfest.jobs import queries as job_queries
from pitchfest.jobs.operations import Work, each
from pitchfest.judging import notices as judging_notices
from pitchfest.judging import operations as judging
from pitchfest.judging import queries as judging_queries
from pitchfest.judging import rules as judging_rules
from pitchfest.judging import views as judging_views
from pitchfest.judging.operations import privacy as judging_erasure
from pitchfest.judging.queries import privacy as judging_data
from pitchfest.kernel.clock import Clock
from pitchfest.kernel.privacy import ErasurePart, Privacy, Purge, together
from pitchfest.mail import operations as mail
from pitchfest.mail import queries as mail_queries
from pitchfest.mail import rendering as mail_rendering
from pitchfest.mail.rendering import SETUP_EXTENSION
from pitchfest.mail.rules import MailSetup
from pitchfest.mail.transport import deliver_due
from pitchfest.pitches import notices as pitch_notices
from pitchfest.pitches import operations as pitches
from pitchfest.pitches import queries as pitch_queries
from pitchfest.pitches import rules as pitch_rules
from pitchfest.pitches import views as pitch_views
from pitchfest.pitches.operations import privacy as pitch_erasure
from pitchfest.pitches.queries import privacy as pitch_data
from pitchfest.pitches.views.panels import BARRIERS_EXTENSION
from pitchfest.privacy import notices as privacy_notices
from pitchfest.privacy import operations as privacy
from pitchfest.privacy import rules as privacy_rules
from pitchfest.privacy import views as privacy_views
from pitchfest.privacy.rules import Category
from pitchfest.privacy.views.blueprint import PRIVACY_EXTENSION
from pitchfest.web import assets, errors, fitness, health, idempotency, pages, requests, security, templating
from pitchfest.web.access import PARKING_EXTENSION, PERMISSIONS_EXTENSION
from pitchfest.web.kept import PARKED_EXTENSION

ROOT = Path(__file__).resolve().parent.parent

BLUEPRINTS = (
    *assets.BLUEPRINTS,
    *pages.BLUEPRINTS,
    *health.BLUEPRINTS,
    *account_views.BLUEPRINTS,
    *challenge_views.BLUEPRINTS,
    *pitch_views.BLUEPRINTS,
    *judging_views.BLUEPRINTS,
    *award_views.BLUEPRINTS,
    *home_views.BLUEPRINTS,
    *admin_views.BLUEPRINTS,
    *privacy_views.BLUEPRINTS,
)

PERMISSIONS = {
    **account_rules.PERMISSIONS,
    **challenge_rules.PERMISSIONS,
    **pitch_rules.PERMISSIONS,
    **judging_rules.PERMISSIONS,
    **award_rules.PERMISSIONS,
    **admin_rules.PERMISSIONS,
    **privacy_rules.PERMISSIONS,
}

_MAIL_KINDS = {
    **account_notices.KINDS,
    **challenge_notices.KINDS,
    **pitch_notices.KINDS,
    **judging_notices.KINDS,
    **award_notices.KINDS,
    **privacy_notices.KINDS,
}
MAIL = MailSetup(
    kinds=_MAIL_KINDS,
    recipient=account_queries.recipient,
    about=(
        account_queries.of_messages,
        challenge_queries.of_invitations,
        challenge_queries.of_messages,
        pitch_queries.of_messages,
    ),
)

#: Label, endpoint, and who sees it.
NAVIGATION: tuple[templating.NavItem, ...] = (
    ("Home", "home.index", lambda actor: actor is not None),
    ("Challenges", "challenges.index", lambda _: True),
    ("My pitches", "pitches.index", lambda actor: actor is not None and "supplier" in actor.parts),
    (
        "Judging",
        "judging.desk",
        lambda actor: actor is not None and "judge" in actor.parts,
    ),
    ("Manage", "manage.start", lambda actor: actor is not None and actor.is_staff),
    ("Admin", "admin.index", lambda actor: actor is not None and admin_rules.may_enter(actor)),
    ("Sign in", "accounts.sign_in", lambda actor: actor is None),
)

#: What higher features add to a challenge's pages: slot → who has something to say.
PANELS = {
    "challenge": (pitch_views.panel, award_views.panel),
    "challenge_facts": (pitch_views.fact,),
    "challenge_own": (pitch_views.own_pitch,),
    "manage_challenge": (
        pitch_views.practice_panel,
        pitch_views.manage_panel,
        judging_views.manage_panel,
        award_views.manage_panel,
    ),
    "manage_people": (judging_views.decider_link,),
    "manage_list": (pitch_views.list_numbers,),
    "manage_links": (admin_views.help_desk_link,),
    "pitch": (award_views.pitch_panel,),
    "manage_pitch": (award_views.manage_pitch_panel,),
}

#: What `/healthz` says besides database and migrations.
HEALTH = {
    "worker": job_queries.worker_state,
    "oldest_unsent_mail": mail_queries.oldest_unsent_seconds,
}

#: Why this installation must not serve, besides the database's revision.
FITNESS = (account_queries.wrong_mark, account_queries.left_placeholders)

#: Inside every transaction: what is done first and last, in this order.
STEPS = Steps(
    first=(forget_pending, idempotency.claim),
    last=(account_views.drop_sent_again, idempotency.settle, append_pending),
)


def _nothing(_person_id: int, _now: datetime) -> None:
    """For features that keep everything: it stands under the pseudonym."""


def _close_unused(before: datetime, now: datetime, most: int) -> int:
    return privacy.close_unused(PRIVACY, before, now, most)


def _remove_invitations(before: datetime, now: datetime, most: int) -> int:
    return privacy.remove_invitations(PRIVACY, before, now, most)


#: What each feature says about people's data: for their copy, for an erasure (from the highest floor
#: down, accounts last), and for the purge of a category of the retention table.
PRIVACY = Privacy(
    sections=(
        account_data.sections,
        pitch_data.sections,
        judging_data.sections,
        award_data.sections,
        challenge_data.sections,
        mail_rendering.sections,
        audit_queries.sections,
    ),
    erasure=(
        ErasurePart(audit_queries.erasing, _nothing),
        ErasurePart(award_data.erasing, _nothing),
        ErasurePart(judging_data.erasing, judging_erasure.erase),
        ErasurePart(challenge_data.erasing, challenge_erasure.erase),
        ErasurePart(mail_queries.erasing, _nothing),  # its rows go with the account, which knows the address
        ErasurePart(pitch_data.erasing, pitch_erasure.erase),
        ErasurePart(account_data.erasing, account_erasure.erase),
    ),
    purges={
        Category.UNSENT: together(
            Purge(pitch_data.unsent_due, pitch_erasure.remove_unsent),
            together(
                Purge(challenge_data.questions_due, challenge_erasure.remove_questions),
                together(
                    Purge(challenge_data.needs_due, challenge_erasure.remove_needs),
                    Purge(pitch_data.reasons_due, pitch_erasure.remove_reasons),
                ),
            ),
        ),
        Category.UNSUCCESSFUL: Purge(award_data.unsuccessful_due, awards.remove_unsuccessful),
        Category.WINNERS: Purge(award_data.winners_due, awards.remove_winners),
        Category.MAIL: Purge(mail_queries.settled_due, mail.remove_settled),
        Category.INVITATIONS: Purge(account_data.invitations_due, _remove_invitations),
        Category.ACCOUNTS: Purge(account_data.unused_due, _close_unused),
    },
)


#: What the worker does on each round.
WORK = (
    Work("publishing challenges", each(challenge_queries.due_to_publish, challenges.publish_on_time)),
    Work("closing challenges", each(challenge_queries.due_to_close, challenges.close)),
    Work("sealing pitches", each(pitch_queries.due_to_seal, pitches.seal_at_closing)),
    Work("reminding judges", each(judging_queries.due_to_remind, judging.remind_of_deadline)),
    Work(
        "reminding judges of further reviews",
        each(judging_queries.further_due_to_remind, judging.remind_of_further_day),
    ),
    Work("reminding suppliers", each(pitch_queries.due_to_remind, pitches.remind_of_closing)),
    Work(
        "reminding suppliers of questions",
        each(pitch_queries.due_to_remind_of_questions, pitches.remind_of_questions),
    ),
    Work("sending back unsent answers", each(pitch_queries.due_to_copy, pitches.send_copy_of_missed)),
    Work("delivering mail", deliver_due),
    Work("working out how sure rankings are", judging.calibrate_due),
    Work("forgetting old sessions and links", accounts.sweep),
    Work("forgetting invitations to pitches", pitches.sweep_invitations),
    Work("forgetting followers who never confirmed", challenges.sweep_followers),
    Work("forgetting old forms", idempotency.sweep),
    Work("forgetting the addresses of closed accounts", privacy.sweep_farewells),
    Work("removing what is past its time", partial(privacy.nightly, PRIVACY)),
    Work("forgetting files that nothing refers to", files.sweep),
)


#: Parts a person has beyond roles and organisations, read with their session in one statement.
account_queries.PARTS.update(
    decider=challenge_queries.decides,
    judge=judging_queries.sits_on_a_panel,
    supplier=account_queries.belongs_to_a_supplier,
    stand_in=account_queries.stands_in,
    two_step=account_queries.has_two_step,
)


#: Who is told of news about a challenge, besides those who follow it.
challenge_notices.HOLDERS.update(pitches=pitch_queries.holders)


#: What else happens when a challenge is published.
challenges.AT_PUBLICATION.update(judging=judging.invite_panel)


#: What else is undone of its closing when a challenge is opened again.
challenges.AT_REOPENING.update(pitches=pitches.unseal)


#: What judges are asked to judge, in words.
account_queries.SUBJECTS.update(judging=judging_queries.subject)


#: Who may not type or bring a pitch to a challenge.
pitch_queries.ON_PANEL.update(judging=judging_queries.sat_on_panel)


def create_app(settings: Settings | None = None) -> Flask:
    """The application for these settings (from the environment when none are given)."""
    settings = settings or read_settings()
    settings.instance.mkdir(parents=True, exist_ok=True)
    app = Flask(
        "pitchfest",
        root_path=str(ROOT / "pitchfest"),
        instance_path=str(settings.instance),
        template_folder=str(ROOT / "templates"),
        static_folder=None,
    )
    app.jinja_environment = templating.Templates
    _configure(app, settings)
    db.init_app(app)
    login_manager.init_app(app)
    login_manager.user_loader(account_views.load_session)
    fitness.init_app(app)  # asked before anything else of a request
    requests.init_app(app, Clock(settings.clock_offset))
    assets.init_app(app)  # handlers run last to first: compression comes after the headers
    security.init_app(app)
    csrf.init_app(app)  # parses the form, so only after the checks of its size and encoding
    templating.init_app(app)
    errors.init_app(app)
    app.extensions |= {
        "pitchfest.settings": settings,
        "pitchfest.work": WORK,
        KEYRING: Keyring(*settings.seal_keys),
        STEPS_EXTENSION: STEPS,
        PERMISSIONS_EXTENSION: PERMISSIONS,
        health.PARTS_EXTENSION: HEALTH,
        fitness.CHECKS_EXTENSION: FITNESS,
        PARKING_EXTENSION: account_views.park_form,
        PARKED_EXTENSION: account_views.parked_fields,
        SETUP_EXTENSION: MAIL,
        DEMO_GROUPS_EXTENSION: judging_queries.demo_judges,
        PANELS_EXTENSION: PANELS,
        PRIVACY_EXTENSION: PRIVACY,
        BARRIERS_EXTENSION: (judging_queries.barred_from_pitch,),
        LOG_BARRIERS_EXTENSION: {"judging.": judging_queries.recused_before_letters},
        templating.NAVIGATION_EXTENSION: NAVIGATION,
        templating.REGION_EXTENSION: account_queries.region,
    }
    app.before_request(account_views.lead_to_two_step)  # after the checks of what was sent
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.after_request(account_views.remember_seen)
    app.after_request(account_views.note_trouble)
    cli.init_app(app)
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app,
            x_for=settings.trusted_proxies,
            x_proto=settings.trusted_proxies,
            x_host=settings.trusted_proxies,
        )
    return app


def _configure(app: Flask, settings: Settings) -> None:
    address = urlsplit(settings.url)
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(settings.database_url),
        PITCHFEST_DEMO=settings.demo,
        PITCHFEST_URL=settings.url,
        ALLOWED_HOSTS=frozenset(
            {address.hostname, "127.0.0.1", "localhost"} if settings.demo else {address.hostname}
        ),
        SESSION_COOKIE_NAME="session",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=address.scheme == "https",
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,
        SMTP_HOST=settings.smtp_host,
        CLAMD=settings.clamd,
        SMTP_PORT=settings.smtp_port,
        SMTP_USER=settings.smtp_user,
        SMTP_PASSWORD=settings.smtp_password,
        SMTP_TLS=settings.smtp_tls,
        SMTP_SENDER=settings.smtp_sender,
    )
