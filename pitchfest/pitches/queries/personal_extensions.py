"""Who has longer than everyone else to pitch, and what nobody may be told because of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, case, func, select, true
from sqlalchemy.orm import aliased

from pitchfest.accounts import queries as accounts
from pitchfest.accounts.models import Membership, Organisation, OrganisationCapacity, Person
from pitchfest.accounts.rules import Capacity
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.queries import ChallengeRow
from pitchfest.challenges.rules import OPENING_PAUSE, ChallengeState
from pitchfest.db import db
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import NotFound
from pitchfest.pitches.models import PersonalExtension, Pitch
from pitchfest.pitches.queries.another_way import Entry, entry

_LONGER, _PITCH, _CHALLENGE = PersonalExtension.__table__.c, Pitch.__table__.c, Challenge.__table__.c
NOT_OPENED = (ChallengeState.OPEN, ChallengeState.CLOSED, ChallengeState.CANCELLED)


def closing() -> ColumnElement[datetime]:
    """Until when the pitch of the statement can be written: until its challenge closes, or longer.
    Needs the pitch joined to its challenge.
    """
    own = (
        select(_LONGER.closes_at)
        .where(
            _LONGER.challenge_id == _PITCH.challenge_id,
            _LONGER.organisation_id == _PITCH.organisation_id,
            _LONGER.ended_at.is_(None),
        )
        .scalar_subquery()
    )
    return case((own > _CHALLENGE.closes_at, own), else_=_CHALLENGE.closes_at)


def has_time(now: datetime) -> ColumnElement[bool]:
    """That the supplier of the pitch of the statement still had more time than everyone two minutes ago."""
    return (
        select(_LONGER.id)
        .where(
            _LONGER.challenge_id == _PITCH.challenge_id,
            _LONGER.organisation_id == _PITCH.organisation_id,
            _LONGER.ended_at.is_(None),
            _LONGER.closes_at > now - OPENING_PAUSE,
        )
        .exists()
    )


def somebody_has_time(now: datetime) -> ColumnElement[bool]:
    """That some supplier still had more time for the challenge of the statement two minutes ago."""
    return (
        select(_LONGER.id)
        .where(
            _LONGER.challenge_id == _CHALLENGE.id,
            _LONGER.ended_at.is_(None),
            _LONGER.closes_at > now - OPENING_PAUSE,
        )
        .exists()
    )


def _was_used() -> ColumnElement[bool]:
    """That what was granted was not taken back before it could be used."""
    return _LONGER.ended_at.is_(None) | (_LONGER.ended_at >= _LONGER.withheld_from)


def is_withheld(now: datetime | ColumnElement[datetime]) -> ColumnElement[bool]:
    """That nobody is told how many pitches there are for the challenge of the statement: somebody has or
    had longer than everyone, and they are not opened. A number that changes then would be that supplier's.
    """
    longer = (
        select(_LONGER.id)
        .where(_LONGER.challenge_id == _CHALLENGE.id, _was_used(), _LONGER.withheld_from <= now)
        .exists()
    )
    return longer & _CHALLENGE.state.in_(NOT_OPENED)


def withheld_from() -> ColumnElement[datetime | None]:
    """Since when that holds of the challenge of the statement, while its pitches are not opened."""
    return (
        select(func.min(_LONGER.withheld_from))
        .where(_LONGER.challenge_id == _CHALLENGE.id, _was_used())
        .scalar_subquery()
    )


def never_withheld() -> ColumnElement[bool]:
    """That nobody had longer for the challenge of the statement, or that it was opened or cancelled."""
    longer = select(_LONGER.id).where(_LONGER.challenge_id == _CHALLENGE.id, _was_used()).exists()
    return ~longer | _CHALLENGE.state.not_in((ChallengeState.OPEN, ChallengeState.CLOSED))


def withheld(challenge_id: int, now: datetime) -> bool:
    """Whether no number of a challenge's pitches is told."""
    return bool(db.session.scalar(select(is_withheld(now)).where(_CHALLENGE.id == challenge_id)))


def any_withheld(now: datetime) -> bool:
    """Whether that holds of any challenge whose pitches can still be opened."""
    live = _CHALLENGE.state != ChallengeState.CANCELLED
    return (
        db.session.execute(select(_CHALLENGE.id).where(is_withheld(now), live).limit(1)).first() is not None
    )


def withheld_until_cancelled() -> list[tuple[datetime, datetime]]:
    """Of each cancelled challenge for which somebody had longer: from when numbers were withheld, until it
    was cancelled. Its pitches are never opened, so what moved meanwhile would tell of that supplier for ever.
    What came before or after says nothing, since the cancelling is the last message about its pitches.
    """
    since = withheld_from()
    rows = db.session.execute(
        select(since.label("since"), _CHALLENGE.state_since)
        .where(_CHALLENGE.state == ChallengeState.CANCELLED, since <= _CHALLENGE.state_since)
        .order_by(_CHALLENGE.id)
    )
    return [(row.since, row.state_since) for row in rows]


def last_closing(challenge: ChallengeRow) -> datetime | None:
    """When the last supplier's time is over."""
    latest = db.session.scalar(
        select(func.max(_LONGER.closes_at)).where(
            _LONGER.challenge_id == challenge.id, _LONGER.ended_at.is_(None)
        )
    )
    times = [at for at in (challenge.closes_at, latest) if at is not None]
    return max(times, default=None)


def longer_until(challenge_id: int, organisation_ids: Collection[int] | None = None) -> dict[int, datetime]:
    """organisation id → until when it can pitch, of those that have longer; of all, or of these."""
    rows = db.session.execute(
        select(_LONGER.organisation_id, _LONGER.closes_at)
        .join(Challenge, _CHALLENGE.id == _LONGER.challenge_id)
        .where(
            _LONGER.challenge_id == challenge_id,
            _LONGER.ended_at.is_(None),
            _LONGER.closes_at > _CHALLENGE.closes_at,
            true() if organisation_ids is None else _LONGER.organisation_id.in_(sorted(organisation_ids)),
        )
        .order_by(_LONGER.id)
    )
    return {row[0]: row[1] for row in rows}


def longer_by_name(challenge_id: int) -> dict[str, tuple[str, datetime]]:
    """Casefolded name of each supplier that has longer → its name, and until when; the longest, of several
    that are called the same. A pitch that came another way is known by the name that stands on it: whether
    the supplier also writes one here is not to be found out by bringing it.
    """
    found: dict[str, tuple[str, datetime]] = {}
    for row in extensions_granted(challenge_id):
        key, until = row.organisation_name.casefold(), row.closes_at
        if row.ended_at is None and until > row.for_all and (key not in found or found[key][1] < until):
            found[key] = row.organisation_name, until
    return found


@dataclass(frozen=True, slots=True)
class PersonalExtensionRow:
    """More time that was granted, by whom and why; taken back where it has ended."""

    id: int
    challenge_id: int
    challenge_reference: str
    challenge_title: str
    for_all: datetime
    organisation_id: int
    organisation_name: str
    closes_at: datetime
    reason: str
    by_name: str
    at: datetime
    ended_at: datetime | None
    ended_by: str | None


def _rows(*conditions: ColumnElement[bool]) -> list[PersonalExtensionRow]:
    ender = aliased(Person)
    rows = db.session.execute(
        select(
            _LONGER.id,
            _LONGER.challenge_id,
            _CHALLENGE.reference.label("challenge_reference"),
            _CHALLENGE.title.label("challenge_title"),
            _CHALLENGE.closes_at.label("for_all"),
            _LONGER.organisation_id,
            Organisation.name.label("organisation_name"),
            _LONGER.closes_at,
            _LONGER.reason,
            Person.name.label("by_name"),
            _LONGER.at,
            _LONGER.ended_at,
            ender.name.label("ended_by"),
        )
        .join(Challenge, _CHALLENGE.id == _LONGER.challenge_id)
        .join(Organisation, Organisation.id == _LONGER.organisation_id)
        .join(Person, Person.id == _LONGER.by_id)
        .outerjoin(ender, ender.id == _LONGER.ended_by_id)
        .where(*conditions)
        .order_by(_LONGER.ended_at.is_not(None), Organisation.name, _LONGER.id)
    )
    return [PersonalExtensionRow(**row._mapping) for row in rows]


def extensions_granted(challenge_id: int) -> list[PersonalExtensionRow]:
    """Everything granted for a challenge, first what holds, by name."""
    return _rows(_LONGER.challenge_id == challenge_id)


def personal_extension(extension_id: int) -> PersonalExtensionRow | None:
    """One of them, None when it is gone."""
    return next(iter(_rows(_LONGER.id == extension_id)), None)


@dataclass(frozen=True, slots=True)
class GrantedPage(Entry):
    """One of them, for whoever may take it back."""

    row: PersonalExtensionRow


def granted(*, actor: Actor, now: datetime, reference: str, extension_id: int) -> GrantedPage:
    """One that holds, of a challenge. Raises NotFound."""
    found = entry(actor=actor, now=now, reference=reference)
    row = next(
        iter(
            _rows(
                _LONGER.id == extension_id,
                _LONGER.challenge_id == found.challenge.id,
                _LONGER.ended_at.is_(None),
            )
        ),
        None,
    )
    if row is None:
        raise NotFound
    return GrantedPage(found.challenge, found.on_panel, found.decides, found.tied, row)


def suppliers() -> list[tuple[int, str]]:
    """(id, name) of every organisation that takes part as a supplier and has somebody here, by name."""
    rows = db.session.execute(
        select(Organisation.id, Organisation.name)
        .join(OrganisationCapacity, OrganisationCapacity.organisation_id == Organisation.id)
        .where(
            OrganisationCapacity.capacity == Capacity.SUPPLIER,
            Organisation.practice.is_(False),
            # One for which staff typed or brought a pitch has nobody here, and would be told by the list.
            select(Membership.id)
            .where(Membership.organisation_id == Organisation.id, Membership.until_at.is_(None))
            .exists(),
        )
        .order_by(func.lower(Organisation.name), Organisation.id)
    )
    return [(row.id, row.name) for row in rows]


def supplier_of(person_id: int) -> int | None:
    """The one organisation that takes part as a supplier to which someone belongs, None if not one."""
    found = [o.id for o in accounts.organisations_of(person_id) if Capacity.SUPPLIER in o.capacities]
    return found[0] if len(found) == 1 else None
