"""Reading what was opened: for the people who judge and decide. Nothing sealed is read here."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, or_, select
from sqlalchemy.orm import aliased

from pitchfest.accounts import queries as accounts
from pitchfest.accounts.models import Membership, Organisation, Person
from pitchfest.accounts.rules import Size
from pitchfest.audit import queries as audit
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import OPENING_PAUSE, ChallengeState
from pitchfest.db import UtcDateTime, db
from pitchfest.kernel.clock import say_moment
from pitchfest.kernel.errors import NotFound, StaleForm
from pitchfest.pitches.models import (
    ClarificationRequest,
    Eligibility,
    LowestPrice,
    OpenedAnswer,
    Opening,
    Pitch,
    PitchMember,
    Submission,
)
from pitchfest.pitches.queries.personal_extensions import closing, is_withheld
from pitchfest.pitches.rules.states import PitchState

_PITCH = Pitch.__table__.c
_CHALLENGE = Challenge.__table__.c


@dataclass(frozen=True, slots=True)
class OpenedPitch:
    """A pitch that was opened; withdrawn ones are listed with their state."""

    id: int
    reference: str
    version: int
    challenge_id: int
    challenge_reference: str
    challenge_title: str
    practice: bool
    challenge_state: ChallengeState
    decision_maker_id: int | None
    organisation_id: int
    organisation_name: str
    state: PitchState
    price_pence: int | None
    opened_at: datetime
    withdrawn_at: datetime | None
    organisation_place: str
    organisation_size: Size
    organisation_number: str | None
    removed_at: datetime | None = None
    #: Until when the supplier may answer what was asked, None where nothing was; and when they did.
    asked_until: datetime | None = None
    answered_at: datetime | None = None

    def answer_until(self, now: datetime) -> datetime | None:
        """Until when the supplier may still answer, None where nobody waits for an answer."""
        if self.asked_until is None or self.answered_at is not None or now >= self.asked_until:
            return None
        return self.asked_until


def _opened() -> Select[Any]:
    return (
        select(
            _PITCH.id,
            _PITCH.reference,
            _PITCH.version,
            _PITCH.challenge_id,
            Challenge.reference.label("challenge_reference"),
            Challenge.title.label("challenge_title"),
            Challenge.practice,
            Challenge.state.label("challenge_state"),
            Challenge.decision_maker_id,
            _PITCH.organisation_id,
            Organisation.name.label("organisation_name"),
            _PITCH.state,
            _PITCH.price_pence,
            _PITCH.opened_at,
            _PITCH.withdrawn_at,
            Organisation.place.label("organisation_place"),
            Organisation.size.label("organisation_size"),
            Organisation.number.label("organisation_number"),
            _PITCH.removed_at,
            ClarificationRequest.until.label("asked_until"),
            ClarificationRequest.answered_at,
        )
        .join(Challenge, Challenge.id == _PITCH.challenge_id)
        .join(Organisation, Organisation.id == _PITCH.organisation_id)
        .outerjoin(ClarificationRequest, ClarificationRequest.pitch_id == _PITCH.id)
        .where(_PITCH.opened_at.is_not(None))
        .order_by(_PITCH.reference)
    )


def opened(challenge_id: int) -> list[OpenedPitch]:
    """The opened pitches of a challenge by reference, those withdrawn since included."""
    rows = db.session.execute(_opened().where(_PITCH.challenge_id == challenge_id))
    return [OpenedPitch(**row._mapping) for row in rows]


def opened_by_reference(reference: str) -> OpenedPitch:
    """One opened pitch. Raises NotFound, also while it is sealed."""
    row = db.session.execute(_opened().where(_PITCH.reference == reference)).one_or_none()
    if row is None:
        raise NotFound
    return OpenedPitch(**row._mapping)


def opened_by_id(pitch_id: int) -> OpenedPitch:
    """One opened pitch. Raises NotFound, also while it is sealed."""
    row = db.session.execute(_opened().where(_PITCH.id == pitch_id)).one_or_none()
    if row is None:
        raise NotFound
    return OpenedPitch(**row._mapping)


def opened_answers(pitch_ids: Collection[int]) -> dict[int, dict[int, str]]:
    """pitch id → question id → text as opened. A money answer is the JSON of its lines."""
    found: dict[int, dict[int, str]] = {pitch_id: {} for pitch_id in pitch_ids}
    for row in db.session.execute(
        select(OpenedAnswer.pitch_id, OpenedAnswer.question_id, OpenedAnswer.text)
        .where(OpenedAnswer.pitch_id.in_(sorted(pitch_ids)))
        .order_by(OpenedAnswer.pitch_id, OpenedAnswer.question_id)
    ):
        found[row.pitch_id][row.question_id] = row.text
    return found


def is_member() -> ColumnElement[bool]:
    """That a row of `pitch_member` counts: it has not ended, and its person still belongs to the
    organisation whose pitch it is, is a partner who still belongs to some supplier, or types it for
    them. Needs the pitch in the statement.
    """
    belongs = (
        select(Membership.id)
        .where(
            Membership.organisation_id == _PITCH.organisation_id,
            Membership.person_id == PitchMember.person_id,
            Membership.until_at.is_(None),
        )
        .correlate(Pitch, PitchMember)  # said, since it can stand deeper than one statement within another
        .exists()
    )
    partner = and_(PitchMember.partner, accounts.supplies(PitchMember.__table__.c.person_id))
    return and_(PitchMember.until_at.is_(None), or_(belongs, PitchMember.assists, partner))


_MEMBER_IDS = (
    select(PitchMember.pitch_id, PitchMember.person_id)
    .join(Pitch, Pitch.id == PitchMember.pitch_id)
    .where(
        PitchMember.pitch_id.in_(bindparam("pitch_ids", expanding=True)),
        is_member(),
        ~PitchMember.assists,
        ~PitchMember.partner,
    )
    .order_by(PitchMember.pitch_id, PitchMember.id)
)


def member_ids(pitch_ids: Collection[int]) -> dict[int, list[int]]:
    """pitch id → ids of the organisation's people who hold a right on it, in the order in which they came:
    to whom its letter goes. Not partners', nor an officer's who types it for them.
    """
    found: dict[int, list[int]] = {pitch_id: [] for pitch_id in pitch_ids}
    for row in db.session.execute(_MEMBER_IDS, {"pitch_ids": sorted(pitch_ids)}):
        if row.person_id not in found[row.pitch_id]:
            found[row.pitch_id].append(row.person_id)
    return found


def holders(challenge_id: int) -> list[int]:
    """Ids of everyone who holds a right on a pitch of the challenge that was not withdrawn."""
    rows = db.session.execute(
        select(PitchMember.person_id)
        .join(Pitch, Pitch.id == PitchMember.pitch_id)
        .where(_PITCH.challenge_id == challenge_id, _PITCH.state != PitchState.WITHDRAWN, is_member())
        .distinct()
        .order_by(PitchMember.person_id)
    )
    return list(rows.scalars())


def worked_on(person_id: int, pitch_ids: Collection[int]) -> frozenset[int]:
    """Those of the pitches on which a person ever held a right, whether or not they still do."""
    rows = db.session.execute(
        select(PitchMember.pitch_id)
        .where(PitchMember.person_id == person_id, PitchMember.pitch_id.in_(sorted(pitch_ids)))
        .order_by(PitchMember.pitch_id)
    )
    return frozenset(rows.scalars())


def lowest_price(challenge_id: int) -> int | None:
    """The lowest price found eligible and not withdrawn, in pence."""
    return db.session.execute(
        select(LowestPrice.pence).where(LowestPrice.challenge_id == challenge_id)
    ).scalar_one_or_none()


@dataclass(frozen=True, slots=True)
class EligibilityRow:
    """The newest finding on a pitch."""

    eligible: bool
    reason: str
    by_name: str
    at: datetime
    second_name: str | None = None

    @property
    def by(self) -> str:
        """Who found it: one person, or the two who turned an earlier finding."""
        return f"{self.by_name} and {self.second_name}" if self.second_name else self.by_name


def eligibility(pitch_ids: Collection[int]) -> dict[int, EligibilityRow]:
    """pitch id → its newest finding; pitches without one are left out."""
    newest = (
        select(func.max(Eligibility.id))
        .where(Eligibility.pitch_id.in_(sorted(pitch_ids)))
        .group_by(Eligibility.pitch_id)
    )
    second = aliased(Person)
    rows = db.session.execute(
        select(
            Eligibility.pitch_id,
            Eligibility.eligible,
            Eligibility.reason,
            Person.name.label("by_name"),
            Eligibility.at,
            second.name.label("second_name"),
        )
        .join(Person, Person.id == Eligibility.by_id)
        .outerjoin(second, second.id == Eligibility.second_id)
        .where(Eligibility.id.in_(newest))
        .order_by(Eligibility.pitch_id)
    )
    return {row.pitch_id: EligibilityRow(*row[1:]) for row in rows}


def changed_since(pitch_id: int) -> StaleForm:
    """What to tell someone whose form is older than the pitch: who found what meanwhile."""
    newest = eligibility([pitch_id]).get(pitch_id)
    if newest is None:
        return StaleForm("This pitch changed after you opened the page. Nothing was overwritten.")
    found = "eligible" if newest.eligible else "not eligible"
    return StaleForm(
        f"{newest.by_name} found this pitch {found} at {say_moment(newest.at)}, after you opened the page. "
        "Nothing was overwritten."
    )


_NOT_COUNTED = (PitchState.DRAFT, PitchState.LAPSED, PitchState.WITHDRAWN)
_COUNTED = case((_PITCH.state.not_in(_NOT_COUNTED), _PITCH.id))
_COUNTS = (
    select(_CHALLENGE.id, func.count(_COUNTED), is_withheld(bindparam("now", type_=UtcDateTime)))
    .select_from(Challenge.__table__)
    .outerjoin(Pitch.__table__, _PITCH.challenge_id == _CHALLENGE.id)
    .where(_CHALLENGE.id.in_(bindparam("challenge_ids", expanding=True)))
    .group_by(_CHALLENGE.id)
    .order_by(_CHALLENGE.id)
)


def counts(challenge_ids: Collection[int], now: datetime) -> dict[int, int | None]:
    """challenge id → how many pitches were sent and not withdrawn, opened or not; None where that is not
    told, somebody having longer.
    """
    rows = db.session.execute(_COUNTS, {"challenge_ids": sorted(challenge_ids), "now": now})
    found = {challenge_id: None if hidden else number for challenge_id, number, hidden in rows}
    return dict.fromkeys(challenge_ids, 0) | found


def count(challenge_id: int, now: datetime) -> int | None:
    """How many pitches were sent and not withdrawn: all that anyone may know before the opening, and
    None where not even that.
    """
    return counts([challenge_id], now)[challenge_id]


def withdrawn_before_opening(challenge_id: int) -> int:
    """How many pitches were sent and withdrawn again while they were sealed."""
    was_sent = select(Submission.id).where(Submission.pitch_id == _PITCH.id).exists()
    return db.session.execute(
        select(func.count())
        .select_from(Pitch)
        .where(
            _PITCH.challenge_id == challenge_id,
            _PITCH.state == PitchState.WITHDRAWN,
            _PITCH.opened_at.is_(None),
            was_sent,
        )
    ).scalar_one()


def due_to_seal(now: datetime) -> list[int]:
    """Ids of challenges with pitches that are to be settled as sealed or lapsed: two minutes after
    their closing, when no write that arrived in time can still be waiting for its turn; of a cancelled
    one at once.
    """
    rows = db.session.execute(
        select(_PITCH.challenge_id)
        .join(Challenge, Challenge.id == _PITCH.challenge_id)
        .where(
            _PITCH.state.in_([PitchState.DRAFT, PitchState.SUBMITTED]),
            or_(
                closing() <= now - OPENING_PAUSE,
                _CHALLENGE.state == ChallengeState.CANCELLED,
            ),
        )
        .distinct()
        .order_by(_PITCH.challenge_id)
    )
    return list(rows.scalars())


def is_opened(challenge_id: int) -> bool:
    """Whether the pitches of a challenge were opened."""
    found = db.session.execute(select(Opening.challenge_id).where(Opening.challenge_id == challenge_id))
    return found.first() is not None


@dataclass(frozen=True, slots=True)
class OpeningRow:
    """The recorded act. `record` holds the list, the times and the hashes; `anchor` is the
    `seq:hash` of its entry in the log.
    """

    at: datetime
    first_name: str
    second_name: str
    record: dict[str, Any]
    anchor: str


def opening(challenge_id: int, reference: str) -> OpeningRow | None:
    """The opening of a challenge, None before it."""
    row = db.session.execute(select(Opening).where(Opening.challenge_id == challenge_id)).scalar_one_or_none()
    if row is None:
        return None
    rows = db.session.execute(
        select(Person.id, Person.name).where(Person.id.in_([row.first_id, row.second_id]))
    )
    names = {r.id: r.name for r in rows}
    entries, _ = audit.page(number=1, size=1, action="pitches.open", object=f"challenge:{reference}")
    anchor = f"{entries[0]['seq']}:{entries[0]['hash']}" if entries else ""
    return OpeningRow(row.at, names[row.first_id], names[row.second_id], json.loads(row.record), anchor)


def prices(challenge_id: int) -> list[int]:
    """The prices of eligible pitches in pence, the lowest first."""
    rows = db.session.execute(
        select(_PITCH.price_pence)
        .where(
            _PITCH.challenge_id == challenge_id,
            _PITCH.state == PitchState.ELIGIBLE,
            _PITCH.price_pence.is_not(None),
        )
        .order_by(_PITCH.price_pence)
    )
    return list(rows.scalars())


def receipts(pitch_ids: Collection[int]) -> dict[int, str]:
    """The hash on the receipt of each opened pitch, hex, of what was sent last; where a pitch was brought and
    so has no receipt, the SHA-256 of its reference. One statement.
    """
    newest = (
        select(Submission.sha256)
        .where(Submission.pitch_id == _PITCH.id)
        .order_by(Submission.number.desc())
        .limit(1)
        .correlate(Pitch)
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(_PITCH.id, _PITCH.reference, newest)
        .where(_PITCH.id.in_(sorted(pitch_ids)), _PITCH.opened_at.is_not(None))
        .order_by(_PITCH.id)
    )
    return {
        pitch_id: sha256 or hashlib.sha256(reference.encode()).hexdigest()
        for pitch_id, reference, sha256 in rows
    }
