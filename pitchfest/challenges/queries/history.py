"""Who wrote a challenge, what approvers said, and how its closing time moved."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, or_, select

from pitchfest.accounts.models import Person
from pitchfest.accounts.queries import person_names
from pitchfest.audit import queries as log
from pitchfest.challenges.models import (
    Cancellation,
    ChallengeEdit,
    Correction,
    Delay,
    Extension,
    HandOver,
    Review,
    Snapshot,
)
from pitchfest.challenges.rules import (
    COMES_LATER,
    Change,
    Content,
    DueDate,
    Part,
    ReviewOutcome,
    changes_between,
    questions_touched,
    redrafted,
    snapshot_body,
)
from pitchfest.db import db


def authors(challenge_id: int) -> frozenset[int]:
    """Everyone who changed the challenge, over its whole history."""
    rows = db.session.execute(
        select(ChallengeEdit.person_id).where(ChallengeEdit.challenge_id == challenge_id).distinct()
    )
    return frozenset(rows.scalars())


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """What an approver said, and when."""

    id: int
    reviewer_id: int
    reviewer: str
    outcome: ReviewOutcome
    reason: str
    at: datetime
    #: Whether it is known what they had read.
    kept: bool


@dataclass(frozen=True, slots=True)
class EditRow:
    """Someone who wrote part of the challenge, how often they saved, and when last."""

    person_id: int
    name: str
    saves: int
    last_at: datetime


def reviews(challenge_id: int) -> list[ReviewRow]:
    """Every review, newest first."""
    rows = db.session.execute(
        select(
            Review.id,
            Review.reviewer_id,
            Person.name.label("reviewer"),
            Review.outcome,
            Review.reason,
            Review.at,
            Review.body.is_not(None).label("kept"),
        )
        .join(Person, Person.id == Review.reviewer_id)
        .where(Review.challenge_id == challenge_id)
        .order_by(Review.at.desc(), Review.id.desc())
    )
    return [ReviewRow(**row._mapping) for row in rows]


#: Page of a draft that a copy fills → the log's words for saving it.
_SAVED: dict[str, frozenset[str]] = {
    "brief": frozenset({"edit_brief"}),
    "criteria": frozenset({"save_criterion", "remove_criterion", "move_criterion", "add_from_library"}),
    "form": frozenset({"save_question", "remove_question", "move_question", "add_questions"}),
    "settings": frozenset({"edit_settings"}),
}


def copied_pages(reference: str) -> set[str]:
    """The pages of a draft that stand as they were copied from another challenge, saved by nobody since, as
    the log tells; one statement. None where the draft is no copy.
    """
    verbs = {"create"}.union(*_SAVED.values())
    rows = log.about([f"challenge:{reference}"], [f"challenge.{verb}" for verb in verbs])
    started = next((row for row in rows if row["action"] == "challenge.create"), None)
    if started is None or not json.loads(started["detail"]).get("source", "").startswith("challenge:"):
        return set()
    said = {row["action"].removeprefix("challenge.") for row in rows}
    return {page for page, saved in _SAVED.items() if not saved & said}


def edits(challenge_id: int) -> list[EditRow]:
    """Who wrote the challenge, last writer first."""
    last = func.max(ChallengeEdit.at)
    rows = db.session.execute(
        select(ChallengeEdit.person_id, Person.name, func.count().label("saves"), last.label("last_at"))
        .join(Person, Person.id == ChallengeEdit.person_id)
        .where(ChallengeEdit.challenge_id == challenge_id)
        .group_by(ChallengeEdit.person_id, Person.name)
        .order_by(last.desc(), ChallengeEdit.person_id)
    )
    return [EditRow(**row._mapping) for row in rows]


@dataclass(frozen=True, slots=True)
class ExtensionRow:
    """More time that everyone was given: until when it would have closed, until when it does, and why."""

    id: int
    number: int
    closed_before: datetime
    closes_at: datetime
    reason: str
    at: datetime
    #: Set where it had closed and was opened again after an outage.
    incident: str | None


def extensions(challenge_id: int) -> list[ExtensionRow]:
    """Every extension of the challenge, newest first."""
    columns = (Extension.__table__.c[name] for name in ExtensionRow.__dataclass_fields__)
    rows = db.session.execute(
        select(*columns).where(Extension.challenge_id == challenge_id).order_by(Extension.number.desc())
    )
    return [ExtensionRow(**row._mapping) for row in rows]


@dataclass(frozen=True, slots=True)
class CorrectionRow:
    """A numbered correction; `record` is the number of the published record that it made."""

    number: int
    record: int
    reason: str
    material: bool
    closed_before: datetime
    closes_at: datetime
    at: datetime

    @property
    def extended(self) -> bool:
        """Whether it also moved the closing time."""
        return self.closed_before < self.closes_at


def corrections(challenge_id: int) -> list[CorrectionRow]:
    """Every correction of the challenge, newest first."""
    columns = (Correction.__table__.c[name] for name in CorrectionRow.__dataclass_fields__)
    rows = db.session.execute(
        select(*columns).where(Correction.challenge_id == challenge_id).order_by(Correction.number.desc())
    )
    return [CorrectionRow(**row._mapping) for row in rows]


@dataclass(frozen=True, slots=True)
class CancellationRow:
    """That a challenge was cancelled: why, and when."""

    reason: str
    at: datetime


def cancellation(challenge_id: int) -> CancellationRow | None:
    """The cancellation of a challenge, None where it was not cancelled."""
    row = db.session.execute(
        select(Cancellation.reason, Cancellation.at).where(Cancellation.challenge_id == challenge_id)
    ).one_or_none()
    return CancellationRow(**row._mapping) if row else None


@dataclass(frozen=True, slots=True)
class DelayRow:
    """That a date comes later: until when it was due (None: nothing was said), and why.

    Dates that moved at once have the same number.
    """

    number: int
    what: DueDate
    was_due: datetime | None
    due: datetime
    reason: str
    at: datetime

    @property
    def says(self) -> str:
        """Which date it is, as everyone reads it."""
        return COMES_LATER[self.what]


def delays(challenge_id: int) -> list[DelayRow]:
    """Every time a date moved, newest first, the judges before the decision."""
    columns = (Delay.__table__.c[name] for name in DelayRow.__dataclass_fields__)
    rows = db.session.execute(
        select(*columns)
        .where(Delay.challenge_id == challenge_id)
        .order_by(Delay.number.desc(), Delay.what.desc())
    )
    return [DelayRow(**row._mapping) for row in rows]


def changes_of(challenge_id: int, record: int) -> list[Change]:
    """What the published record of this number says differently from the one before it."""
    bodies = db.session.execute(
        select(Snapshot.body)
        .where(Snapshot.challenge_id == challenge_id, Snapshot.number.in_((record - 1, record)))
        .order_by(Snapshot.number)
    )
    before, after = map(json.loads, bodies.scalars())
    return changes_between(before, after)


@dataclass(frozen=True, slots=True)
class CorrectedSince:
    """What all corrections since a moment changed, joined, and the positions of the questions touched."""

    changes: list[Change]
    questions: frozenset[int]


def corrected_since(challenge_id: int, *, seen: int, at: datetime) -> CorrectedSince:
    """What the newest record says differently from the one that counted before a moment, or that correction
    `seen` made, whichever is newer; one statement. Extensions make records too.
    """
    correction = Correction.__table__.c
    read = select(func.max(correction.record)).where(
        correction.challenge_id == challenge_id, correction.number <= seen
    )
    known = select(func.coalesce(func.max(Snapshot.number), 1)).where(
        Snapshot.challenge_id == challenge_id,
        or_(Snapshot.number == read.scalar_subquery(), Snapshot.at < at),
    )
    newest = select(func.max(Snapshot.number)).where(Snapshot.challenge_id == challenge_id)
    bodies = db.session.execute(
        select(Snapshot.body)
        .where(
            Snapshot.challenge_id == challenge_id,
            Snapshot.number.in_([known.scalar_subquery(), newest.scalar_subquery()]),
        )
        .order_by(Snapshot.number)
    )
    found = [json.loads(body) for body in bodies.scalars()]
    if len(found) < 2:
        return CorrectedSince([], frozenset())
    return CorrectedSince(changes_between(*found), questions_touched(*found))


def redrafted_since(review_id: int, whole: Content, now: datetime) -> list[Change]:
    """What this content says differently from what was read for the review."""
    read = db.session.execute(select(Review.body).where(Review.id == review_id)).scalar_one()
    return redrafted(json.loads(read or "{}"), json.loads(as_record(whole, now)))


def as_record(whole: Content, now: datetime) -> str:
    """What publishing would freeze of this content, as canonical JSON without a number of its own."""
    decider = whole.challenge.decision_maker_id
    return snapshot_body(
        whole.challenge,
        whole.criteria,
        whole.questions,
        number=0,
        published_at=now,
        decision_maker=person_names({decider}).get(decider, "") if decider else "",
        route=whole.route,
    )


def changes_meant(whole: Content, now: datetime) -> list[Change]:
    """What a record with this content would say differently from the newest published one."""
    challenge = whole.challenge
    newest = db.session.execute(
        select(Snapshot.body)
        .where(Snapshot.challenge_id == challenge.id)
        .order_by(Snapshot.number.desc())
        .limit(1)
    ).scalar_one()
    return changes_between(json.loads(newest), json.loads(as_record(whole, now)))


@dataclass(frozen=True, slots=True)
class HandOverRow:
    """Who took whose part in a challenge, when and why."""

    id: int
    part: Part
    before: str
    after_id: int
    after: str
    at: datetime
    reason: str


# Put together once: every challenge's page asks it.
_HANDED, _BEFORE, _AFTER = HandOver.__table__.c, Person.__table__.alias(), Person.__table__.alias()
_HAND_OVERS = (
    select(
        _HANDED.id,
        _HANDED.part,
        _BEFORE.c.name.label("before"),
        _HANDED.to_id.label("after_id"),
        _AFTER.c.name.label("after"),
        _HANDED.at,
        _HANDED.reason,
    )
    .join(_BEFORE, _BEFORE.c.id == _HANDED.from_id)
    .join(_AFTER, _AFTER.c.id == _HANDED.to_id)
    .where(
        _HANDED.challenge_id == bindparam("challenge_id"),
        _HANDED.part.in_(bindparam("parts", expanding=True)),
    )
    .order_by(_HANDED.at, _HANDED.id)
)


def hand_overs(challenge_id: int, *parts: Part) -> list[HandOverRow]:
    """Every hand-over of these parts (of any when none is named), oldest first."""
    asked = {"challenge_id": challenge_id, "parts": list(parts or Part)}
    return [HandOverRow(**row._mapping) for row in db.session.execute(_HAND_OVERS, asked)]
