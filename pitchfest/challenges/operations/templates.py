"""The region's templates: keeping, changing and using them; and copying a challenge."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from pitchfest.accounts import queries as accounts
from pitchfest.audit import operations as audit
from pitchfest.challenges import queries
from pitchfest.challenges.models import ChallengeTemplate
from pitchfest.challenges.operations.starting import start_from
from pitchfest.challenges.operations.writing import BRIEF
from pitchfest.challenges.rules import (
    MARK,
    PERMISSIONS,
    SMALL_ROUND,
    Permission,
    UnreadableTemplate,
    read_template,
    sha256,
    template_body,
)
from pitchfest.db import db
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.clock import say_moment
from pitchfest.kernel.errors import NotFound, RuleViolation, StaleForm
from pitchfest.kernel.permissions import authorise

LONGEST_TITLE = 160
_COPIED = " (copy)"


def keep_template(actor: Actor, *, reference: str, name: str, note: str, now: datetime) -> int:
    """Keep what a challenge can lend under a name of its own; the template's id.

    Raises RuleViolation for a name that is missing or taken.
    """
    challenge = queries.for_staff(actor=actor, now=now, reference=reference)
    authorise(PERMISSIONS, Permission.COPY, actor, challenge)
    body = template_body(queries.lent_by(challenge, now))
    return _add(actor, name=name, note=note, body=body, made_from=reference, now=now)


def take_in_template(actor: Actor, *, name: str, note: str, text: str, now: datetime) -> int:
    """Keep a template that came as a file; its id. Raises RuleViolation for a file that is none."""
    authorise(PERMISSIONS, Permission.KEEP_TEMPLATE, actor)
    try:
        body = template_body(read_template(text))
    except UnreadableTemplate as error:
        raise RuleViolation(str(error), field="file") from None
    return _add(actor, name=name, note=note, body=body, made_from="", now=now)


def _add(actor: Actor, *, name: str, note: str, body: str, made_from: str, now: datetime) -> int:
    _check_name(name)
    row = ChallengeTemplate(
        name=name,
        note=note,
        body=body,
        made_from=made_from,
        made_by_id=actor.person_id,
        made_at=now,
        changed_at=now,
    )
    db.session.add(row)
    db.session.flush()
    _record(actor, row, "keep", now, made_from=made_from, sha256=sha256(body))
    return row.id


def change_template(
    actor: Actor,
    *,
    template_id: int,
    name: str,
    note: str,
    now: datetime,
    expected_version: int | None = None,
) -> None:
    """Give a template another name or note. Raises StaleForm, and RuleViolation for a name taken."""
    row = _held(actor, template_id)
    if expected_version is not None and row.version != expected_version:
        raise StaleForm(
            f"Someone changed this template at {say_moment(row.changed_at)}, after you opened your page."
            " Nothing was overwritten."
        )
    if (row.name, row.note) == (name, note):
        return
    _check_name(name, but=row.id)
    row.name, row.note = name, note
    _changed(actor, row, "change", now)


def retire_template(actor: Actor, *, template_id: int, now: datetime) -> None:
    """Offer a template no more; nothing that began with it changes. Again it does nothing."""
    row = _held(actor, template_id)
    if row.retired_at is None:
        row.retired_at = now
        _changed(actor, row, "retire", now)


def bring_template_back(actor: Actor, *, template_id: int, now: datetime) -> None:
    """Offer a retired template again."""
    row = _held(actor, template_id)
    if row.retired_at is not None:
        row.retired_at = None
        _changed(actor, row, "bring_back", now)


def start_from_template(
    actor: Actor,
    *,
    template_id: int | None,
    title: str,
    question: str,
    now: datetime,
    practice: bool = False,
) -> str:
    """Start a draft with a template of the region, None for the small round that ships; its reference.

    Raises RuleViolation for a template that was retired.
    """
    if template_id is None:
        return start_from(
            actor,
            template=SMALL_ROUND,
            title=title,
            question=question,
            practice=practice,
            source="small_round",
            now=now,
        )
    row = queries.template(actor=actor, now=now, template_id=template_id)
    if row.retired_at is not None:
        raise RuleViolation("This template was retired. Choose another", field="start")
    reference = start_from(
        actor,
        template=row.template,
        title=title,
        question=question,
        practice=practice,
        source=f"template:{row.id}",
        now=now,
    )
    used = ChallengeTemplate.uses + 1
    db.session.execute(update(ChallengeTemplate).where(ChallengeTemplate.id == row.id).values(uses=used))
    return reference


def copy(
    actor: Actor,
    *,
    reference: str,
    now: datetime,
    title: str = "",
    question: str = "",
    practice: bool = False,
) -> str:
    """Start a draft like another challenge, whatever became of that one; its reference.

    Brief, criteria, form, settings and lane are taken over. Dates lie as many working days after
    today as they did after the other's beginning. State, panel, pitches, approvals and whether it
    was for practice are not taken over, nor a decision-maker who no longer works here. Without a `title` it
    gets the other's, with "(copy)" behind it while a challenge of that title is under way.
    """
    source = queries.for_staff(actor=actor, now=now, reference=reference)
    authorise(PERMISSIONS, Permission.COPY, actor, source)
    fields: dict[str, Any] = {name: getattr(source, name) for name in BRIEF - {"title"}}
    fields["question"] = question or source.question
    if any(person.id == source.decision_maker_id for person in accounts.staff(now=now)):
        fields["decision_maker_id"] = source.decision_maker_id
    return start_from(
        actor,
        template=queries.lent_by(source, now),
        title=title or _title_of_copy(source.title.removeprefix(MARK)),
        lane=source.lane,
        practice=practice,
        source=f"challenge:{reference}",
        now=now,
        **fields,
    )


def _title_of_copy(title: str) -> str:
    if not queries.title_in_use(title):
        return title
    return title[: LONGEST_TITLE - len(_COPIED)].rstrip() + _COPIED


def _check_name(name: str, *, but: int = 0) -> None:
    if not name.strip():
        raise RuleViolation("Give the template a name", field="name")
    taken = select(ChallengeTemplate.id).where(ChallengeTemplate.name == name, ChallengeTemplate.id != but)
    if db.session.execute(taken).first() is not None:
        raise RuleViolation("There is a template of this name. Choose another name", field="name")


def _held(actor: Actor, template_id: int) -> ChallengeTemplate:
    authorise(PERMISSIONS, Permission.KEEP_TEMPLATE, actor)
    row = db.session.execute(
        select(ChallengeTemplate)
        .where(ChallengeTemplate.id == template_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if row is None:
        raise NotFound
    return row


def _changed(actor: Actor, row: ChallengeTemplate, verb: str, now: datetime) -> None:
    row.version += 1
    row.changed_at = now
    db.session.flush()
    _record(actor, row, verb, now, version=row.version)


def _record(actor: Actor, row: ChallengeTemplate, verb: str, now: datetime, **detail: Any) -> None:
    audit.record(actor, f"template.{verb}", f"template:{row.id}", now=now, **detail)
