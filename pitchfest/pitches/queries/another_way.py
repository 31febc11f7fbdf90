"""Reading pitches that came another way: who may bring one, one's own, and as received.

What a pitch holds is opened here only once the pitches are.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, exists, false, or_, select

from pitchfest.accounts import queries as accounts
from pitchfest.accounts.models import Organisation
from pitchfest.challenges import queries as challenges
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import ChallengeRow, ChallengeState, QuestionKind, QuestionRow
from pitchfest.challenges.rules import effective_state as effective_challenge_state
from pitchfest.db import db
from pitchfest.db.sealing import current_keyring
from pitchfest.files import queries as files
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import NotFound
from pitchfest.pitches.models import AssistedPitch, BroughtPitch, PersonalExtension, Pitch
from pitchfest.pitches.rules.another_way import THE_FORM, Way
from pitchfest.pitches.rules.states import PitchState, effective_state
from pitchfest.pitches.rules.without_names import plain_name

_PITCH = Pitch.__table__.c
_TOLD = AssistedPitch.__table__.c
_BROUGHT = BroughtPitch.__table__.c
_CHALLENGE = Challenge.__table__.c

#: Who is or was on a panel, as the feature that keeps panels says it: callables(person id, challenge id)
#: that return the condition.
ON_PANEL: dict[str, Callable[[int, int], ColumnElement[bool]]] = {}


@dataclass(frozen=True, slots=True)
class Entry:
    """A challenge for which a person would type or bring a pitch.

    `on_panel`: they are or were a judge. `decides`: the brief names them as the decision-maker.
    `tied`: they belong to a supplier, or did in the last 12 months.
    """

    challenge: ChallengeRow
    on_panel: bool
    decides: bool
    tied: bool

    @property
    def effective(self) -> ChallengeState:
        """The challenge's state."""
        return self.challenge.effective

    @property
    def practice(self) -> bool:
        """Whether the challenge is one for practice."""
        return self.challenge.practice


def entry(*, actor: Actor, now: datetime, reference: str) -> Entry:
    """The challenge, and what keeps the actor from typing or bringing a pitch. Raises NotFound."""
    return entry_to(challenges.by_reference(reference, now), actor=actor, now=now)


def entry_to(challenge: ChallengeRow, *, actor: Actor, now: datetime) -> Entry:
    """What keeps the actor from typing or bringing a pitch to a challenge; one statement."""
    on_panel, tied = db.session.execute(
        select(is_on_panel(actor.person_id, challenge.id), accounts.supplier_ties(actor.person_id, now))
    ).one()
    return Entry(
        challenge,
        on_panel=bool(on_panel),
        decides=challenge.decision_maker_id == actor.person_id,
        tied=bool(tied),
    )


def is_on_panel(person_id: int, challenge_id: int) -> ColumnElement[bool]:
    """The condition that the person is or was on the challenge's panel."""
    return or_(false(), *(sits(person_id, challenge_id) for sits in ON_PANEL.values()))


def typed_or_brought(person_id: int, challenge_id: int) -> bool:
    """Whether a person ever typed or brought a pitch to a challenge, or gave a supplier longer and knows why,
    which keeps them off its panel.
    """
    granted = PersonalExtension.__table__.c
    held = exists().where(
        _PITCH.challenge_id == challenge_id,
        or_(
            exists().where(_TOLD.pitch_id == _PITCH.id, _TOLD.by_id == person_id),
            exists().where(_BROUGHT.pitch_id == _PITCH.id, _BROUGHT.by_id == person_id),
        ),
    )
    gave = exists().where(granted.challenge_id == challenge_id, granted.by_id == person_id)
    return bool(db.session.scalar(select(or_(held, gave))))


def price_question(challenge_id: int) -> QuestionRow | None:
    """The question whose answer is scored as the price, None where there is none."""
    money = (q for q in challenges.questions(challenge_id) if q.kind == QuestionKind.MONEY)
    return next((q for q in money if q.criterion_id is not None), None)


_WAYS = (
    select(_PITCH.id, _TOLD.told_by, _BROUGHT.came_by)
    .select_from(Pitch.__table__)
    .outerjoin(AssistedPitch.__table__, _TOLD.pitch_id == _PITCH.id)
    .outerjoin(BroughtPitch.__table__, _BROUGHT.pitch_id == _PITCH.id)
    .where(_PITCH.id.in_(bindparam("pitch_ids", expanding=True)), _PITCH.opened_at.is_not(None))
    .order_by(_PITCH.id)
)


def ways(pitch_ids: Collection[int]) -> dict[int, Way]:
    """pitch id → how it came, for opened pitches; one statement."""
    rows = db.session.execute(_WAYS, {"pitch_ids": sorted(pitch_ids)})
    return dict.fromkeys(pitch_ids, THE_FORM) | {row.id: Way(row.told_by, row.came_by) for row in rows}


# One's own: what a person typed or brought for suppliers.


@dataclass(frozen=True, slots=True)
class Slip:
    """A pitch that `by_id` typed or brought for a supplier, without its words. `closes_at` and the
    states are those that hold at the moment asked for; `sent_at` is None for one that was not sent.
    """

    id: int
    reference: str
    state: PitchState
    by_id: int
    way: Way
    organisation_id: int
    organisation_name: str
    challenge_id: int
    challenge_reference: str
    challenge_title: str
    practice: bool
    challenge_state: ChallengeState
    closes_at: datetime
    withdrawn_at: datetime | None


def _slips() -> Select[Any]:
    return (
        select(
            _PITCH.id,
            _PITCH.reference,
            _PITCH.state,
            _TOLD.by_id.label("typed_by"),
            _TOLD.told_by,
            _BROUGHT.by_id.label("brought_by"),
            _BROUGHT.came_by,
            _PITCH.organisation_id,
            Organisation.name.label("organisation_name"),
            _PITCH.challenge_id,
            _CHALLENGE.reference.label("challenge_reference"),
            _CHALLENGE.title.label("challenge_title"),
            _CHALLENGE.practice,
            _CHALLENGE.state.label("challenge_state"),
            _CHALLENGE.closes_at,
            _PITCH.withdrawn_at,
        )
        .select_from(Pitch)
        .join(Challenge, _CHALLENGE.id == _PITCH.challenge_id)
        .join(Organisation, Organisation.id == _PITCH.organisation_id)
        .outerjoin(AssistedPitch, _TOLD.pitch_id == _PITCH.id)
        .outerjoin(BroughtPitch, _BROUGHT.pitch_id == _PITCH.id)
        .order_by(_PITCH.created_at, _PITCH.id)
    )


def _read(row: Any, now: datetime) -> Slip:
    values = dict(row._mapping)
    typed_by, brought_by = values.pop("typed_by"), values.pop("brought_by")
    way = Way(values.pop("told_by"), values.pop("came_by"))
    values["state"] = effective_state(row.state, row.closes_at, now)
    values["challenge_state"] = effective_challenge_state(row.challenge_state, row.closes_at, now)
    return Slip(**values, by_id=typed_by or brought_by, way=way)


def slip(*, actor: Actor, now: datetime, reference: str) -> Slip:
    """A pitch that the actor typed or brought. Raises NotFound for any other."""
    row = db.session.execute(
        _slips().where(
            _PITCH.reference == reference,
            or_(_TOLD.by_id == actor.person_id, _BROUGHT.by_id == actor.person_id),
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return _read(row, now)


def typed_by(person_id: int, challenge_id: int, now: datetime) -> list[Slip]:
    """What a person typed for suppliers in a challenge, sent or not, the oldest first."""
    rows = db.session.execute(_slips().where(_PITCH.challenge_id == challenge_id, _TOLD.by_id == person_id))
    return [_read(row, now) for row in rows]


def brought_by(person_id: int, challenge_id: int, now: datetime) -> list[Slip]:
    """What a person brought to a challenge, taken out again or not, the oldest first."""
    rows = db.session.execute(
        _slips().where(_PITCH.challenge_id == challenge_id, _BROUGHT.by_id == person_id)
    )
    return [_read(row, now) for row in rows]


def is_same(pitch_id: int, text: str, file: tuple[int, str] | None) -> bool:
    """Whether a pitch was brought with this text, or with a file of these bytes: (size when sealed,
    SHA-256 of the bytes). Nothing of what is sealed is told.
    """
    row = db.session.execute(
        select(_BROUGHT.text, _BROUGHT.file_id).where(_BROUGHT.pitch_id == pitch_id)
    ).one()
    if file is None or row.file_id is None:
        return bool(text) and row.text == text
    stored = files.stored(row.file_id)
    if stored.size != file[0]:
        return False
    return hashlib.sha256(current_keyring().open_bytes(files.read(stored))).hexdigest() == file[1]


# Once opened.


def received_files(pitch_ids: Collection[int]) -> dict[int, tuple[int, str]]:
    """pitch id → size and SHA-256 of the file in which a pitch came, as it was before it was sealed; (0, "")
    where its bytes are gone or are not the same any more: that keeps nobody from opening the rest. For the
    opening, and whoever may read opened pitches.
    """
    rows = db.session.execute(
        select(_BROUGHT.pitch_id, _BROUGHT.file_id)
        .where(_BROUGHT.pitch_id.in_(sorted(pitch_ids)), _BROUGHT.file_id.is_not(None))
        .order_by(_BROUGHT.pitch_id)
    ).all()
    return {row.pitch_id: _size_and_hash(row.file_id) for row in rows}


def _size_and_hash(file_id: int) -> tuple[int, str]:
    try:
        data = current_keyring().open_bytes(files.read(files.stored(file_id)))
    except NotFound:
        return 0, ""
    return len(data), hashlib.sha256(data).hexdigest()


@dataclass(frozen=True, slots=True)
class AsReceived:
    """A pitch that was received elsewhere, as it was: its text, or "" and what is known of its file."""

    pitch_id: int
    received_at: datetime
    brought_at: datetime
    text: str
    file_id: int | None
    file_name: str
    media_type: str


def as_received(pitch_id: int) -> AsReceived | None:
    """The pitch as received, None for one that came through the form or is not opened."""
    row = db.session.execute(
        select(
            _BROUGHT.pitch_id,
            _BROUGHT.received_at,
            _BROUGHT.brought_at,
            _BROUGHT.text,
            _BROUGHT.file_id,
            _BROUGHT.file_name,
            _BROUGHT.media_type,
        )
        .join(Pitch, _PITCH.id == _BROUGHT.pitch_id)
        .where(_BROUGHT.pitch_id == pitch_id, _PITCH.opened_at.is_not(None))
    ).one_or_none()
    if row is None:
        return None
    return AsReceived(
        row.pitch_id,
        row.received_at,
        row.brought_at,
        row.text or "",
        row.file_id,
        row.file_name or "",
        row.media_type or "",
    )


def texts_as_received(pitch_ids: Collection[int], without_names: Collection[int] = ()) -> dict[int, str]:
    """pitch id → the text that came, or the name of the file; only of opened pitches that did not come
    through the form; one statement. Files of those `without_names` are named by their kind alone.
    """
    rows = db.session.execute(
        select(_BROUGHT.pitch_id, _BROUGHT.text, _BROUGHT.file_name)
        .join(Pitch, _PITCH.id == _BROUGHT.pitch_id)
        .where(_BROUGHT.pitch_id.in_(sorted(pitch_ids)), _PITCH.opened_at.is_not(None))
        .order_by(_BROUGHT.pitch_id)
    )
    return {
        row.pitch_id: row.text or f"It came as a file, {name}. Download it from its scorecard."
        for row in rows
        for name in (plain_name(row.file_name or "") if row.pitch_id in without_names else row.file_name,)
    }


def file_as_received(pitch_id: int) -> tuple[str, str, bytes]:
    """(name, media type, bytes) of an opened pitch's file, unsealed for whoever the caller let in.

    Raises NotFound where it came as no file, or is not opened.
    """
    found = as_received(pitch_id)
    if found is None or found.file_id is None:
        raise NotFound
    sealed = files.read(files.stored(found.file_id))
    return found.file_name, found.media_type, current_keyring().open_bytes(sealed)


@dataclass(frozen=True, slots=True)
class ByHand:
    """An opened pitch whose supplier has no account, and where its letter goes."""

    reference: str
    organisation_name: str
    contact: str


def letter_goes_by_hand() -> ColumnElement[bool]:
    """That somebody sends the letter about a pitch of the outer statement, once it is released."""
    another = or_(exists().where(_TOLD.pitch_id == _PITCH.id), exists().where(_BROUGHT.pitch_id == _PITCH.id))
    return and_(_PITCH.opened_at.is_not(None), _PITCH.state != PitchState.WITHDRAWN, another)


def by_hand(challenge_id: int) -> list[ByHand]:
    """The opened pitches of a challenge whose letters somebody has to send, by reference.

    Withdrawn ones get no letter.
    """
    rows = db.session.execute(
        select(
            _PITCH.reference,
            Organisation.name,
            _TOLD.contact.label("told"),
            _BROUGHT.contact.label("brought"),
        )
        .select_from(Pitch)
        .join(Organisation, Organisation.id == _PITCH.organisation_id)
        .outerjoin(AssistedPitch, _TOLD.pitch_id == _PITCH.id)
        .outerjoin(BroughtPitch, _BROUGHT.pitch_id == _PITCH.id)
        .where(
            _PITCH.challenge_id == challenge_id,
            _PITCH.opened_at.is_not(None),
            _PITCH.state != PitchState.WITHDRAWN,
            or_(_TOLD.pitch_id.is_not(None), _BROUGHT.pitch_id.is_not(None)),
        )
        .order_by(_PITCH.reference)
    )
    return [ByHand(row.reference, row.name, row.told or row.brought) for row in rows]
