"""The region's settings: each part is saved by itself; setting up is finished once nothing is missing."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select

from pitchfest.accounts import queries
from pitchfest.accounts.models import RegionSettings
from pitchfest.accounts.operations.sessions import require_proof
from pitchfest.accounts.rules import LINKS_A_DAY, PERMISSIONS, Permission
from pitchfest.accounts.rules.colour import colour_problem
from pitchfest.accounts.rules.region import TEXT_NAMES, Section, placeholders
from pitchfest.audit.operations import fingerprint, record
from pitchfest.db import db
from pitchfest.files import operations as files
from pitchfest.kernel.actor import SYSTEM, Actor
from pitchfest.kernel.errors import Conflict, Problem, RuleViolation
from pitchfest.kernel.permissions import authorise
from pitchfest.mail.operations import enqueue
from pitchfest.mail.queries import sent_since

OBJECT = "region:1"


def set_up_region(
    *, name: str, authority: str, unit: str, email: str, phone: str, demo: bool, now: datetime
) -> None:
    """Name the one region of this installation. Raises Conflict when it has one already."""
    if db.session.execute(select(RegionSettings.id)).first():
        raise Conflict("This installation already has a region.")
    _create(
        SYSTEM,
        {"name": name, "authority": authority, "unit": unit, "email": email, "phone": phone},
        demo,
        now,
    )


def save_region(
    actor: Actor,
    *,
    name: str,
    authority: str,
    unit: str,
    email: str,
    phone: str,
    demo: bool,
    now: datetime,
) -> None:
    """Name the region and say who runs it; the first time this makes it. `demo` counts then only.

    Raises RuleViolation where a finished region would get a placeholder.
    """
    _authorise(actor)
    values = {"name": name, "authority": authority, "unit": unit, "email": email, "phone": phone}
    row = _locked()
    if row is None:
        _create(actor, values, demo, now)
    else:
        _change(actor, row, Section.REGION, values, now=now)


def save_look(
    actor: Actor,
    *,
    brand: str,
    logo: files.Written | None = None,
    logo_name: str = "",
    remove_logo: bool = False,
    now: datetime,
) -> None:
    """Choose the region's colour, and give it a logo or take it away.

    `logo` is a PNG that `clean_logo` made. Raises RuleViolation for a colour that cannot be read.
    """
    _authorise(actor)
    row = _needed()
    if problem := colour_problem(brand):
        raise RuleViolation(problem, field="brand")
    old = row.logo_id
    values: dict[str, Any] = {"brand": brand}
    if logo is not None:
        values["logo_id"] = files.store(actor, written=logo, name=logo_name, media_type="image/png", now=now)
    elif remove_logo:
        values["logo_id"] = None
    _change(actor, row, Section.LOOK, values, now=now)
    if old is not None and row.logo_id != old:
        files.discard(old)


def save_mail(actor: Actor, *, sender_name: str, sender_address: str, reply_to: str, now: datetime) -> None:
    """Say who mail comes from and where replies go."""
    _authorise(actor)
    values = {"sender_name": sender_name, "sender_address": sender_address, "reply_to": reply_to}
    _change(actor, _needed(), Section.MAIL, values, now=now)


def send_test_mail(actor: Actor, *, now: datetime) -> None:
    """Send a mail to oneself, to see that mail leaves. At most ten a day."""
    _authorise(actor)
    if sent_since(actor.email, ("test_mail",), now - timedelta(days=1)) >= LINKS_A_DAY:
        raise RuleViolation("You sent ten test mails today. Try again tomorrow.")
    enqueue("test_mail", now=now, person_id=actor.person_id, address=actor.email)
    record(actor, "region.test_mail", OBJECT, now=now)


def save_texts(
    actor: Actor, *, privacy: str, accessibility_contact: str, accessibility_checked: str, now: datetime
) -> None:
    """Keep the region's own words for its public pages, in Markdown. Gaps may be left until the end."""
    _authorise(actor)
    texts = {
        "privacy": privacy,
        "accessibility_contact": accessibility_contact,
        "accessibility_checked": accessibility_checked,
    }
    assert texts.keys() == TEXT_NAMES.keys()
    row = _needed()
    kept = {**json.loads(row.texts), **texts}
    _change(actor, row, Section.TEXTS, {"texts": json.dumps(kept, ensure_ascii=False)}, now=now)


def save_signing(actor: Actor, *, two_step_required: bool, now: datetime) -> None:
    """Say whether whoever works here or judges needs a second step to sign in. Raises ProofNeeded."""
    _authorise(actor)
    require_proof(actor, now)
    _change(actor, _needed(), Section.SIGNING, {"two_step_required": two_step_required}, now=now)


def finish_set_up(actor: Actor, *, now: datetime) -> None:
    """Open the service to suppliers. Raises RuleViolation with every placeholder that is left."""
    _authorise(actor)
    row = _needed()
    if left := placeholders(queries.fresh_region()):
        raise RuleViolation(*(Problem(each.message, each.field) for each in left))
    if row.finished_at is None:
        row.finished_at = now
        db.session.flush()
        queries.forget_region()
        record(actor, "region.finish", OBJECT, now=now)


def reopen_set_up(*, now: datetime) -> None:
    """From the command line: setting up is not finished any more, so that production starts to let it be."""
    row = _needed()
    row.finished_at = None
    db.session.flush()
    queries.forget_region()
    record(SYSTEM, "region.reopen", OBJECT, now=now)


def hide_checklist(actor: Actor, *, now: datetime) -> None:
    """Show what is left on no administrator's home page any more."""
    _authorise(actor)
    row = _needed()
    if row.checklist_hidden_at is None:
        row.checklist_hidden_at = now
        db.session.flush()
        queries.forget_region()
        record(actor, "region.hide_checklist", OBJECT, now=now)


def _authorise(actor: Actor) -> None:
    if actor is not SYSTEM:
        authorise(PERMISSIONS, Permission.SETTINGS, actor)


def _locked() -> RegionSettings | None:
    return db.session.execute(select(RegionSettings).with_for_update()).scalar_one_or_none()


def _needed() -> RegionSettings:
    row = _locked()
    if row is None:
        raise RuleViolation("Name the region first. The other parts follow from that.")
    return row


def _create(actor: Actor, values: dict[str, str], demo: bool, now: datetime) -> None:
    db.session.execute(insert(RegionSettings).values(id=1, is_demo=demo, **values))
    queries.forget_region()
    record(actor, "region.set_up", OBJECT, now=now, demo=demo)


def _change(
    actor: Actor, row: RegionSettings, section: Section, values: dict[str, Any], *, now: datetime
) -> None:
    """Write what is new, and to the log the salted hash of each; nothing happens where nothing is."""
    changed = {name: value for name, value in values.items() if getattr(row, name) != value}
    if not changed:
        return
    for name, value in changed.items():
        setattr(row, name, value)
    db.session.flush()
    region = queries.fresh_region()
    queries.forget_region()  # nobody reads ahead of the commit what may yet be rolled back
    left = [each for each in placeholders(region) if each.section is section] if region.is_finished else []
    if left:
        raise RuleViolation(*(Problem(each.message, each.field) for each in left))
    record(
        actor,
        f"region.change_{section}",
        OBJECT,
        now=now,
        **{name: fingerprint(row.salt, str(value)) for name, value in sorted(changed.items())},
    )
