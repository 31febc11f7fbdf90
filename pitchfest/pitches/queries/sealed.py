"""Reading one's own pitches. Besides the operations, only here are sealed words opened."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Executable, Select, and_, bindparam, case, exists, func, or_, select

from pitchfest.accounts.models import Organisation, Person
from pitchfest.audit import queries as audit
from pitchfest.audit.rules import salted_hash
from pitchfest.challenges.models import Challenge, Correction, Question
from pitchfest.challenges.rules import ChallengeState
from pitchfest.challenges.rules import effective_state as effective_challenge_state
from pitchfest.db import db
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import NotFound
from pitchfest.mail.rules import Message
from pitchfest.pitches.models import (
    AnswerVersion,
    Pitch,
    PitchMember,
    Submission,
    SubmittedAnswer,
    SubmittedOrganisation,
)
from pitchfest.pitches.queries.another_way import Slip
from pitchfest.pitches.queries.personal_extensions import NOT_OPENED, closing, withheld_from
from pitchfest.pitches.queries.revealed import is_member
from pitchfest.pitches.rules.rows import what_counts
from pitchfest.pitches.rules.states import RIGHTS, PitchRight, PitchState, effective_state

_PITCH = Pitch.__table__.c
_VERSION = AnswerVersion.__table__.c
_CORRECTION = Correction.__table__.c
_MEMBER = PitchMember.__table__.c
#: Position of a right in `RIGHTS`, in SQL.
_RANK = case({right.value: rank for rank, right in enumerate(RIGHTS)}, value=_MEMBER.right)


@dataclass(frozen=True, slots=True)
class PitchRow:
    """A pitch as one person sees it. States are those that hold at the moment asked for;
    `right` is that person's own, None without one.
    """

    id: int
    reference: str
    version: int
    state: PitchState
    created_at: datetime
    changing_since: datetime | None
    opened_at: datetime | None
    withdrawn_at: datetime | None
    organisation_id: int
    organisation_name: str
    challenge_id: int
    challenge_reference: str
    challenge_title: str
    practice: bool
    challenge_state: ChallengeState
    published_at: datetime
    #: Until when this pitch can be written, and when the challenge closes for everyone else.
    closes_at: datetime
    closes_for_all: datetime
    decision_due: datetime | None
    #: The most that the challenge pays, None where it says nothing.
    budget_pence: int | None
    right: PitchRight | None
    #: The person types it for a supplier to whom they do not belong.
    assists: bool
    #: The newest correction that the supplier has looked at, the newest that changes what they build on,
    #: and the newest of any; 0 for none.
    correction_seen: int
    correction_newest: int
    correction_last: int
    removed_at: datetime | None = None
    #: Some supplier has longer, and nothing is opened: who acts is not to be guessed from the log's times.
    log_waits: bool = False

    @property
    def has_longer(self) -> bool:
        """Whether its supplier has more time than everyone."""
        return self.closes_at > self.closes_for_all

    def is_paid_less_than(self, pence: int) -> bool:
        """Whether a price is more than the challenge pays: worth saying, and nothing that stops anyone."""
        return bool(self.budget_pence) and pence > (self.budget_pence or 0)

    @property
    def to_check_again(self) -> bool:
        """Whether the supplier has not read a correction of what they build on: nothing is sent before."""
        return self.to_read and self.correction_seen < self.correction_newest

    @property
    def to_read(self) -> bool:
        """Whether the challenge was corrected since the supplier last looked, and there is still time."""
        return (
            self.correction_seen < self.correction_last
            and self.challenge_state == ChallengeState.OPEN
            and self.withdrawn_at is None
        )

    @property
    def unsent(self) -> bool:
        """Whether there is something to send, and time for it: a draft, or a copy that was changed."""
        is_copy = self.state == PitchState.SUBMITTED and self.changing_since is not None
        return self.challenge_state == ChallengeState.OPEN and (self.state == PitchState.DRAFT or is_copy)


def newest_correction(challenge_id: int | ColumnElement[int], *which: ColumnElement[bool]) -> Any:
    """The number of a challenge's newest correction, of those of this kind; 0 for none."""
    newest = select(func.max(_CORRECTION.number)).where(_CORRECTION.challenge_id == challenge_id, *which)
    return func.coalesce(newest.scalar_subquery(), 0)


def _right_of(person_id: int | ColumnElement[int]) -> ColumnElement[Any]:
    """The highest right that the person holds on the pitch of the statement."""
    return (
        select(func.max(_RANK))
        .where(_MEMBER.pitch_id == _PITCH.id, _MEMBER.person_id == person_id, is_member())
        .scalar_subquery()
    )


def _assists(person_id: int | ColumnElement[int]) -> ColumnElement[bool]:
    theirs = and_(_MEMBER.pitch_id == _PITCH.id, _MEMBER.person_id == person_id)
    return exists().where(theirs, _MEMBER.until_at.is_(None), _MEMBER.assists)


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The SQL twin of `pitch:view`: pitches on which the actor holds a right."""
    return _right_of(actor.person_id).is_not(None)


def _pitches(person_id: int | ColumnElement[int]) -> Select[Any]:
    challenge, organisation = Challenge.__table__, Organisation.__table__
    return (
        select(
            _PITCH.id,
            _PITCH.reference,
            _PITCH.version,
            _PITCH.state,
            _PITCH.created_at,
            _PITCH.changing_since,
            _PITCH.opened_at,
            _PITCH.withdrawn_at,
            _PITCH.removed_at,
            _PITCH.correction_seen,
            newest_correction(_PITCH.challenge_id, _CORRECTION.material).label("correction_newest"),
            newest_correction(_PITCH.challenge_id).label("correction_last"),
            _PITCH.organisation_id,
            organisation.c.name.label("organisation_name"),
            _PITCH.challenge_id,
            challenge.c.reference.label("challenge_reference"),
            challenge.c.title.label("challenge_title"),
            challenge.c.practice,
            challenge.c.state.label("challenge_state"),
            challenge.c.published_at,
            closing().label("closes_at"),
            withheld_from().label("withheld_from"),
            challenge.c.closes_at.label("closes_for_all"),
            challenge.c.decision_due,
            challenge.c.budget_pence,
            _right_of(person_id).label("right"),
            _assists(person_id).label("assists"),
        )
        .select_from(Pitch.__table__)
        .join(challenge, challenge.c.id == _PITCH.challenge_id)
        .join(organisation, organisation.c.id == _PITCH.organisation_id)
    )


def _read(row: Any, now: datetime) -> PitchRow:
    values = dict(row._mapping)
    values["state"] = effective_state(row.state, row.closes_at, now)
    for_all = effective_challenge_state(row.challenge_state, row.closes_for_all, now)
    still_open = for_all == ChallengeState.CLOSED and now < row.closes_at
    values["challenge_state"] = ChallengeState.OPEN if still_open else for_all
    since = values.pop("withheld_from")
    values["log_waits"] = since is not None and now >= since and for_all in NOT_OPENED
    values["right"] = None if row.right is None else RIGHTS[row.right]
    return PitchRow(**values)


# Putting a statement together costs as much as running it, so those of the busiest pages stand ready.
_OWN = _pitches(bindparam("person_id")).where(_PITCH.reference == bindparam("reference"))


def own(*, actor: Actor, now: datetime, reference: str) -> PitchRow:
    """The pitch with the actor's right on it, which may be None. Raises NotFound."""
    row = db.session.execute(_OWN, {"person_id": actor.person_id, "reference": reference}).one_or_none()
    if row is None:
        raise NotFound
    return _read(row, now)


def for_person(person_id: int, pitch_id: int, now: datetime) -> PitchRow | None:
    """The pitch as a person may read it, None when they hold no right on it."""
    row = db.session.execute(_pitches(person_id).where(_PITCH.id == pitch_id)).one_or_none()
    return _read(row, now) if row is not None and row.right is not None else None


def is_unsent() -> ColumnElement[bool]:
    """That a pitch was never sent, or that its open copy was not."""
    return or_(
        _PITCH.state == PitchState.DRAFT,
        and_(_PITCH.state == PitchState.SUBMITTED, _PITCH.changing_since.is_not(None)),
    )


def unfinished(challenge_id: int, *, due: ColumnElement[bool]) -> list[int]:
    """Ids of pitches that were never sent, or whose open copy was not, of those that are `due`."""
    rows = db.session.execute(
        select(_PITCH.id)
        .where(
            _PITCH.challenge_id == challenge_id,
            is_unsent(),
            due,
        )
        .order_by(_PITCH.id)
    )
    return list(rows.scalars())


def mine(actor: Actor, now: datetime) -> list[PitchRow]:
    """The pitches on which the actor holds a right, those closing last first."""
    rows = db.session.execute(
        _pitches(actor.person_id)
        .where(visible_to(actor))
        .order_by(Challenge.closes_at.desc(), _PITCH.reference)
    )
    return [_read(row, now) for row in rows]


def going_on(
    actor: Actor, challenge_id: int, organisations: Collection[int], now: datetime
) -> list[PitchRow]:
    """The live pitches of these organisations for a challenge on which the actor holds a right."""
    return [
        pitch
        for pitch in mine(actor, now)
        if pitch.challenge_id == challenge_id
        and pitch.organisation_id in organisations
        and not pitch.withdrawn_at
    ]


def begun_by(organisations: Collection[int], challenge_id: int) -> set[int]:
    """Which of these organisations have a live pitch for a challenge, whoever writes it."""
    rows = db.session.scalars(
        select(_PITCH.organisation_id).where(
            _PITCH.organisation_id.in_(organisations),
            _PITCH.challenge_id == challenge_id,
            _PITCH.state != PitchState.WITHDRAWN,
        )
    )
    return set(rows)


def live_of(organisation_id: int, challenge_id: int) -> str | None:
    """Reference of the organisation's one live pitch for a challenge, if it has one."""
    return db.session.execute(
        select(_PITCH.reference).where(
            _PITCH.organisation_id == organisation_id,
            _PITCH.challenge_id == challenge_id,
            _PITCH.state != PitchState.WITHDRAWN,
        )
    ).scalar_one_or_none()


# What was sent.


@dataclass(frozen=True, slots=True)
class Sent:
    """One sending: its number from 1, when, by whom, its hash, and what went into it. `link_only`: its
    messages lead to the words and do not hold them.
    """

    id: int
    number: int
    at: datetime
    by_id: int
    by_name: str
    sha256: str
    random: str
    link_only: bool
    #: Name, place, size and number of who sent it, {} where they were not kept.
    organisation: dict[str, str]
    answers: dict[int, str]


_SENDINGS = (
    select(
        Submission.pitch_id,
        Submission.id,
        Submission.number,
        Submission.at,
        Submission.by_id,
        Person.name.label("by_name"),
        Submission.sha256,
        Submission.random,
        Submission.link_only,
        SubmittedOrganisation.details,
    )
    .join(Person, Person.id == Submission.by_id)
    .outerjoin(SubmittedOrganisation, SubmittedOrganisation.submission_id == Submission.id)
    .order_by(Submission.pitch_id)
)
_LAST_SENT = _SENDINGS.where(
    Submission.id.in_(
        select(func.max(Submission.id))
        .where(Submission.pitch_id.in_(bindparam("pitch_ids", expanding=True)))
        .group_by(Submission.pitch_id)
    )
)
_SENT_AS = _SENDINGS.where(
    Submission.pitch_id == bindparam("pitch_id"), Submission.number == bindparam("number")
)
_SENT_ANSWERS = (
    select(
        SubmittedAnswer.submission_id, SubmittedAnswer.question_id, Question.__table__.c.kind, _VERSION.text
    )
    .join(AnswerVersion, AnswerVersion.id == SubmittedAnswer.answer_version_id)
    .join(Question, Question.id == SubmittedAnswer.question_id)
    .where(SubmittedAnswer.submission_id.in_(bindparam("submission_ids", expanding=True)))
    .order_by(SubmittedAnswer.submission_id, SubmittedAnswer.question_id)
)


def _sent(statement: Executable, asked: dict[str, Any]) -> dict[int, Sent]:
    """pitch id → one sending of it; at most two statements."""
    rows = db.session.execute(statement, asked).all()
    if not rows:
        return {}
    answers: dict[int, dict[int, str]] = {row.id: {} for row in rows}
    for answer in db.session.execute(_SENT_ANSWERS, {"submission_ids": sorted(answers)}):
        answers[answer.submission_id][answer.question_id] = what_counts(answer.kind, answer.text)
    return {row.pitch_id: _one_sent(row, answers[row.id]) for row in rows}


def _one_sent(row: Any, answers: dict[int, str]) -> Sent:
    values = dict(row._mapping)
    del values["pitch_id"]
    organisation = json.loads(values.pop("details") or "{}")
    return Sent(**values, organisation=organisation, answers=answers)


def last_sent(pitch_ids: Collection[int]) -> dict[int, Sent]:
    """pitch id → what was sent last, which counts; pitches never sent are left out."""
    return _sent(_LAST_SENT, {"pitch_ids": sorted(pitch_ids)})


def sent(pitch_id: int, number: int | None = None) -> Sent | None:
    """The sending with this number, or the last one, which counts; None when there is none."""
    if number is None:
        return last_sent([pitch_id]).get(pitch_id)
    return _sent(_SENT_AS, {"pitch_id": pitch_id, "number": number}).get(pitch_id)


def sender_of(pitch_id: int) -> dict[str, str]:
    """Name, place, size and number of who sent a pitch, as they were when it was last sent; {} where they
    were not kept. For opened pitches, and whoever may see theirs.
    """
    found = db.session.scalar(
        select(SubmittedOrganisation.details)
        .join(Submission, Submission.id == SubmittedOrganisation.submission_id)
        .where(Submission.pitch_id == pitch_id)
        .order_by(Submission.number.desc())
        .limit(1)
    )
    details: dict[str, str] = json.loads(found or "{}")
    return details


def sendings(pitch_id: int) -> list[tuple[int, datetime]]:
    """(number, time) of every sending, newest first."""
    rows = db.session.execute(
        select(Submission.number, Submission.at)
        .where(Submission.pitch_id == pitch_id)
        .order_by(Submission.number.desc())
    )
    return [(row.number, row.at) for row in rows]


def anchor(pitch: PitchRow | Slip, sending: Sent, *, action: str = "pitch.submit") -> str:
    """`seq:hash` of the log's entry on a sending, "" where the log has none."""
    salt = db.session.execute(select(_PITCH.salt).where(_PITCH.id == pitch.id)).scalar_one()
    digest = salted_hash(salt, sending.by_id, pitch.organisation_id, pitch.reference)
    entries, _ = audit.page(number=1, size=200, action=action, object=f"sealed:{digest}")
    for entry in entries:
        if json.loads(entry["detail"]).get("sha256") == sending.sha256:
            return f"{entry['seq']}:{entry['hash']}"
    return ""


def of_messages(messages: Sequence[Message], actor: Actor, _now: datetime) -> dict[int, str]:
    """The pitches that messages are about, by the message's id, of those on which the actor has a right."""
    named = {m.id: m.ids.get("pitch") or m.ids.get("pitch_id") for m in messages}
    rows = db.session.execute(
        select(_PITCH.id, _PITCH.reference, Challenge.title)
        .join(Challenge, Challenge.id == _PITCH.challenge_id)
        .where(_PITCH.id.in_({key for key in named.values() if key}), visible_to(actor))
    )
    said = {pitch_id: f"{reference}, {title}" for pitch_id, reference, title in rows}
    return {message_id: said[key] for message_id, key in named.items() if key in said}
