"""`/admin/set-up`: one page, a form for each part, each saved by itself, so that one can stop any time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from pitchfest.accounts import operations, queries
from pitchfest.accounts.queries import Region
from pitchfest.accounts.rules import Permission
from pitchfest.accounts.rules.colour import floored, readability
from pitchfest.accounts.rules.region import Placeholder, Section, placeholders, starting_texts
from pitchfest.admin.forms import LookForm, MailForm, RegionForm, SigningForm, TeamForm, TextsForm
from pitchfest.admin.rules import ROLE_HINTS
from pitchfest.admin.views.blueprint import bp
from pitchfest.files import operations as files
from pitchfest.kernel.actor import ROLE_NAMES, Actor
from pitchfest.kernel.text import plural
from pitchfest.mail import queries as mail
from pitchfest.mail.rules import Delivery
from pitchfest.web.access import requires, the_actor
from pitchfest.web.forms import Form, saving
from pitchfest.web.requests import no_mail, now

#: What is done inside the write.
Act = Callable[[Actor, datetime], object]


@dataclass(frozen=True)
class Part:
    """A form of the page: what it shows at first, and, from what was sent, the write to be done."""

    form: type[Form]
    shown: Callable[[Region], dict[str, Any]]
    act: Callable[[Any], Act]
    said: str


def _region_shown(region: Region) -> dict[str, Any]:
    names = ("name", "authority", "unit", "email", "phone") if region.is_set_up else ()
    return {name: getattr(region, name) for name in names}


def _save_region(form: RegionForm) -> Act:
    demo = bool(current_app.config["PITCHFEST_DEMO"])
    return lambda actor, at: operations.save_region(
        actor,
        name=form.name.data,
        authority=form.authority.data,
        unit=form.unit.data,
        email=form.email.data,
        phone=form.phone.data,
        demo=demo,
        now=at,
    )


def _save_look(form: LookForm) -> Act:
    """The logo goes to the disk first, before the write takes its turn."""
    written = files.write(form.logo.data) if form.logo.data else None
    return lambda actor, at: operations.save_look(
        actor,
        brand=form.brand.data,
        logo=written,
        logo_name=form.logo.named,
        remove_logo=bool(form.remove_logo.data),
        now=at,
    )


def _mail_shown(region: Region) -> dict[str, Any]:
    return {
        "sender_name": region.sender_name or region.unit,
        "sender_address": region.sender_address,
        "reply_to": region.answers_to,
    }


def _save_mail(form: MailForm) -> Act:
    return lambda actor, at: operations.save_mail(
        actor,
        sender_name=form.sender_name.data,
        sender_address=form.sender_address.data,
        reply_to=form.reply_to.data,
        now=at,
    )


def _save_texts(form: TextsForm) -> Act:
    return lambda actor, at: operations.save_texts(
        actor,
        privacy=form.privacy.data or "",
        accessibility_contact=form.accessibility_contact.data or "",
        accessibility_checked=form.accessibility_checked.data or "",
        now=at,
    )


def _save_signing(form: SigningForm) -> Act:
    return lambda actor, at: operations.save_signing(
        actor, two_step_required=bool(form.two_step_required.data), now=at
    )


PARTS: dict[Section, Part] = {
    Section.REGION: Part(RegionForm, _region_shown, _save_region, "The region is saved."),
    Section.LOOK: Part(
        LookForm, lambda region: {"brand": region.brand}, _save_look, "Colour and logo are saved."
    ),
    Section.MAIL: Part(MailForm, _mail_shown, _save_mail, "The addresses are saved."),
    Section.TEXTS: Part(
        TextsForm,
        lambda region: {**starting_texts(region), **region.texts},
        _save_texts,
        "The texts are saved. They are on their pages now.",
    ),
    Section.SIGNING: Part(
        SigningForm,
        lambda region: {"two_step_required": region.two_step_required},
        _save_signing,
        "How staff and judges sign in is saved.",
    ),
}


@bp.get("/admin/set-up")
@requires(Permission.SETTINGS)
def set_up() -> ResponseReturnValue:
    return _page()


@bp.route("/admin/set-up/<any(region,look,mail,texts,signing):section>", methods=["GET", "POST"])
@requires(Permission.SETTINGS)
def save_part(section: str) -> ResponseReturnValue:
    """Saves one part. To look at, it has no page of its own."""
    part, then = PARTS[Section(section)], url_for("admin.set_up")
    form = part.form()
    if not form.is_submitted():
        return redirect(f"{then}#{section}")
    if form.validate():
        act = part.act(form)
        with saving(form, then=then) as saved:
            act(the_actor(), now())
        if saved:
            flash(part.said, "success")
            return redirect(then)
    return _page(Section(section), form)


@bp.post("/admin/set-up/test-mail")
@requires(Permission.SETTINGS)
def send_test_mail() -> ResponseReturnValue:
    return _press(lambda actor, at: operations.send_test_mail(actor, now=at), "#test-mail")


@bp.post("/admin/set-up/finish")
@requires(Permission.SETTINGS)
def finish() -> ResponseReturnValue:
    """Refused, with a link to each place, while anything is still a placeholder."""
    if left := placeholders(queries.fresh_region()):
        return _page(left=left)
    said = (
        "Setting up is finished. Challenges can be published. Suppliers can create accounts once there is a "
        "mail server."
        if no_mail()
        else "Setting up is finished. Suppliers can create accounts, and challenges can be published."
    )
    return _press(lambda actor, at: operations.finish_set_up(actor, now=at), said=said)


@bp.post("/admin/set-up/checklist/hide")
@requires(Permission.SETTINGS)
def hide_checklist() -> ResponseReturnValue:
    return _press(lambda actor, at: operations.hide_checklist(actor, now=at), then=url_for("home.index"))


@bp.route("/admin/set-up/team", methods=["GET", "POST"])
@requires(Permission.SETTINGS)
def team() -> ResponseReturnValue:
    """Asks for proof first, since some roles need it and nothing typed should be lost."""
    operations.require_proof(the_actor(), now())
    form, then = TeamForm(), url_for("admin.team")
    if form.validate_on_submit():
        if invitees := form.invitees:
            with saving(form, then=then) as saved:
                waiting = operations.invite_team(the_actor(), people=invitees, now=now())
            if saved:
                flash(_say_invited(len(invitees), waiting), "success")
                return redirect(then)
        else:
            form.form_errors.append("Enter the name and the email address of at least one person")
    page = render_template(
        "admin/team.html",
        form=form,
        people=queries.team(),
        role_names=ROLE_NAMES,
        role_hints=ROLE_HINTS,
        page_errors=bool(form.errors),
    )
    return page, 422 if form.errors else 200


def _say_invited(count: int, waiting: int) -> str:
    said = f"We have invited {plural(count, 'person', 'people')}."
    return f"{said} Another administrator has to say yes to {plural(waiting, 'role')}." if waiting else said


def _press(act: Act, anchor: str = "", *, said: str = "", then: str = "") -> ResponseReturnValue:
    """A button without fields: the act, then the page again."""
    form, then = Form(), then or url_for("admin.set_up") + anchor
    with saving(form, then=then) as saved:
        act(the_actor(), now())
    if not saved:
        return _page(problems=form)
    if said:
        flash(said, "success")
    return redirect(then)


def _page(
    section: Section | None = None,
    sent: Form | None = None,
    *,
    left: list[Placeholder] | None = None,
    problems: Form | None = None,
) -> ResponseReturnValue:
    """The whole page; the part `section` as it was sent, the others as they stand."""
    region = queries.fresh_region()
    forms = {
        name: sent if name is section and sent is not None else part.form(formdata=None, **part.shown(region))
        for name, part in PARTS.items()
    }
    missing = placeholders(region)
    failed = bool(left) or bool(problems) or sent is not None
    page = render_template(
        "admin/set_up.html",
        forms=forms,
        sent=sent or problems,
        press=Form(formdata=None),
        refused=[(each.field, each.message) for each in left or ()],
        missing=missing,
        states=_states(region, missing, len(queries.staff(now=now()))),
        test=_said_of_test(mail.newest("test_mail", the_actor().person_id)),
        shown_region=region,
        brand_contrast=floored(readability(region.brand)),
        page_errors=failed,
    )
    return page, 422 if failed else 200


#: A part's state and the colour of its tag, "" for plain text.
State = tuple[str, str]
DONE: State = ("Done", "")
TO_DO: State = ("To do", "blue")
OPTIONAL: State = ("Optional", "grey")
NOT_YET: State = ("Cannot start yet", "")


def _states(region: Region, missing: list[Placeholder], staff: int) -> dict[Section, State]:
    if not region.is_set_up:
        return {section: TO_DO if section is Section.REGION else NOT_YET for section in Section}
    own_look = bool(region.logo or region.own_colour)
    states = dict.fromkeys(Section, DONE)
    states[Section.LOOK] = DONE if own_look else OPTIONAL
    states[Section.SIGNING] = DONE if region.two_step_required else OPTIONAL
    states[Section.TEAM] = DONE if staff > 1 else TO_DO
    return states | {each.section: TO_DO for each in missing}


#: How far the test mail came → tag, its colour, and what to do.
_TEST_MAIL: dict[Delivery, tuple[str, str, str]] = {
    Delivery.QUEUED: ("On its way", "blue", "It leaves within seconds. Open this page again to see."),
    Delivery.SENDING: ("On its way", "blue", "It leaves within seconds. Open this page again to see."),
    Delivery.SENT: (
        "Sent",
        "green",
        (
            "Your mail server took it. Look in your mailbox, and in your junk mail. If it is in neither, "
            "ask whoever runs the mail server whether this sender is allowed."
        ),
    ),
    Delivery.KEPT: (
        "Kept here",
        "orange",
        (
            "There is no mail server, so no mail leaves. Set SMTP_HOST and start the server again. Until "
            "then people read mail under Messages, and you hand over the links of invitations yourself."
        ),
    ),
    Delivery.DROPPED: ("Not sent", "grey", "Your account could not get mail at that moment. Try once more."),
    Delivery.FAILED: ("Failed", "red", ""),
}
_MAIL_FAILED = (
    "The mail server could not be reached, or did not take the mail. Check SMTP_HOST, SMTP_PORT, SMTP_USER "
    "and SMTP_PASSWORD, and whether it allows the sender above. Then send another one."
)


def _said_of_test(newest: mail.Newest | None) -> tuple[str, str, str, datetime] | None:
    """Tag, its colour, what to do, and when it was asked for."""
    if newest is None:
        return None
    tag, colour, advice = _TEST_MAIL[newest.state]
    if newest.failure:
        tag, colour, advice = f"Failed: {newest.failure}", "red", _MAIL_FAILED
    return tag, colour, advice, newest.at
