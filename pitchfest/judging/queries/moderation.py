"""The meeting after scoring: its agenda, what was agreed, and the judges' scores and words beside it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, String, and_, cast, exists, func, literal, or_, select
from sqlalchemy.orm import aliased

from pitchfest.accounts.models import Organisation, Person, TwoPersonAct
from pitchfest.accounts.rules import ActKind, ActOutcome
from pitchfest.challenges.models import Criterion
from pitchfest.db import db
from pitchfest.judging.models import AgendaItem, AgreedScore, Moderation, PanelMember, Score, Scorecard
from pitchfest.judging.queries.names import shown_name
from pitchfest.judging.queries.rounds import IN_PLAY
from pitchfest.judging.rules.moderation import Trigger
from pitchfest.judging.rules.states import COUNTED
from pitchfest.pitches.models import Pitch

_MEETING, _ITEM, _AGREED = Moderation.__table__.c, AgendaItem.__table__.c, AgreedScore.__table__.c
_PITCH = Pitch.__table__.c


class Meeting(NamedTuple):
    """The meeting of a challenge; `present` are ids of members of the panel."""

    version: int
    opened_at: datetime
    lot: str
    present: tuple[int, ...]
    minutes: str
    closed_at: datetime | None
    closed_by: str


def meeting(challenge_id: int) -> Meeting | None:
    """The meeting, or None where the published rule has none."""
    row = db.session.execute(
        select(
            _MEETING.version,
            _MEETING.opened_at,
            _MEETING.lot,
            _MEETING.present,
            _MEETING.minutes,
            _MEETING.closed_at,
            Person.name,
        )
        .outerjoin(Person, Person.id == _MEETING.closed_by_id)
        .where(_MEETING.challenge_id == challenge_id)
    ).one_or_none()
    if row is None:
        return None
    return Meeting(
        row.version,
        row.opened_at,
        row.lot,
        tuple(json.loads(row.present)),
        row.minutes,
        row.closed_at,
        row.name or "",
    )


class Agreement(NamedTuple):
    """What was agreed on an item. `hundredths` None: the mean stands. `waits`: for a second person; `second`
    is who that was, once they have agreed, else "".
    """

    id: int
    criterion_id: int
    hundredths: int | None
    outside: bool
    waits: bool
    reason: str
    points: str
    dissent: str
    present: tuple[int, ...]
    sent_out: tuple[int, ...]
    by_id: int
    by: str
    at: datetime
    second: str
    second_at: datetime | None


@dataclass(frozen=True, slots=True)
class AgendaRow:
    """One item, the scores that were signed on it, lowest first, and what was agreed (None: nothing yet)."""

    id: int
    pitch_id: int
    pitch_reference: str
    organisation_name: str
    criterion_id: int
    criterion_name: str
    triggers: tuple[Trigger, ...]
    why: str
    scores: tuple[int, ...]
    agreement: Agreement | None

    @property
    def settled(self) -> bool:
        """Whether nothing is left to do: agreed, and by a second person where that is needed."""
        return self.agreement is not None and not self.agreement.waits

    @property
    def unsettled(self) -> str:
        """What is left to do, in words; "" where it is settled."""
        if self.settled:
            return ""
        waits = "waits for a second person" if self.agreement else "is not settled"
        return f"{self.organisation_name}, {self.criterion_name}: {waits}."


def agenda(challenge_id: int, *, names: bool = False) -> list[AgendaRow]:
    """The agenda in its order, for pitches still in play; three statements. `names`: the reader may know who
    pitches, also where judges do not.
    """
    rows = db.session.execute(
        select(
            _ITEM.id,
            _ITEM.pitch_id,
            _PITCH.reference,
            shown_name(literal(names)).label("organisation"),
            _ITEM.criterion_id,
            Criterion.name.label("criterion"),
            _ITEM.triggers,
            _ITEM.why,
        )
        .join(Pitch, _PITCH.id == _ITEM.pitch_id)
        .join(Organisation, Organisation.id == _PITCH.organisation_id)
        .join(Criterion, Criterion.id == _ITEM.criterion_id)
        .where(_ITEM.challenge_id == challenge_id, _PITCH.state.in_(sorted(IN_PLAY)))
        .order_by(_ITEM.position, _ITEM.id)
    ).all()
    scores, agreed = _scores(challenge_id), _newest(challenge_id)
    return [
        AgendaRow(
            row.id,
            row.pitch_id,
            row.reference,
            row.organisation,
            row.criterion_id,
            row.criterion,
            tuple(Trigger(word) for word in row.triggers.split()),
            row.why,
            tuple(scores.get((row.pitch_id, row.criterion_id), ())),
            agreed.get(row.id),
        )
        for row in rows
    ]


def _scores(challenge_id: int) -> dict[tuple[int, int], list[int]]:
    """Signed scores of what is on the agenda, by (pitch id, criterion id), lowest first."""
    rows = db.session.execute(
        select(Scorecard.pitch_id, Score.criterion_id, Score.hundredths)
        .join(Scorecard, Scorecard.id == Score.scorecard_id)
        .join(
            AgendaItem, and_(_ITEM.pitch_id == Scorecard.pitch_id, _ITEM.criterion_id == Score.criterion_id)
        )
        .where(_ITEM.challenge_id == challenge_id, Scorecard.state.in_(sorted(COUNTED)), ~Score.unable)
        .order_by(Score.hundredths, Score.scorecard_id)
    )
    found: dict[tuple[int, int], list[int]] = {}
    for pitch_id, criterion_id, hundredths in rows:
        found.setdefault((pitch_id, criterion_id), []).append(hundredths)  # type: ignore[arg-type]
    return found


def _agrees(act: type[TwoPersonAct]) -> ColumnElement[bool]:
    """Whether by this act a second person agreed to an agreed score that is outside what judges gave."""
    return and_(
        act.kind == ActKind.AGREE_OUTSIDE,
        act.outcome == ActOutcome.CONFIRMED,
        act.object == literal("agreed:") + cast(_AGREED.id, String),
    )


def _confirmed() -> ColumnElement[bool]:
    """Whether a second person has agreed."""
    return exists().where(_agrees(TwoPersonAct))


def _newest(challenge_id: int) -> dict[int, Agreement]:
    """The newest agreement of each item, by item id."""
    newest = (
        select(func.max(_AGREED.id))
        .join(AgendaItem, _ITEM.id == _AGREED.item_id)
        .where(_ITEM.challenge_id == challenge_id)
        .group_by(_AGREED.item_id)
    )
    return dict(_agreements(_AGREED.id.in_(newest)))


def settled_on(pitch_id: int) -> dict[int, Agreement]:
    """What counts of what was agreed on a pitch, by criterion id; one statement."""
    newest = (
        select(func.max(_AGREED.id))
        .where(_AGREED.pitch_id == pitch_id, or_(~_AGREED.outside, _confirmed()))
        .group_by(_AGREED.item_id)
    )
    found = _agreements(_AGREED.id.in_(newest))
    return {agreement.criterion_id: agreement for _, agreement in found}


def history(item_id: int) -> list[Agreement]:
    """Everything that was agreed on an item, oldest first."""
    return [found for _, found in _agreements(_AGREED.item_id == item_id)]


def _agreements(condition: ColumnElement[bool]) -> list[tuple[int, Agreement]]:
    act, second = aliased(TwoPersonAct), aliased(Person)
    rows = db.session.execute(
        select(
            _AGREED.item_id,
            _AGREED.id,
            _ITEM.criterion_id,
            _AGREED.hundredths,
            _AGREED.outside,
            _AGREED.reason,
            _AGREED.points,
            _AGREED.dissent,
            _AGREED.present,
            _AGREED.sent_out,
            _AGREED.by_id,
            Person.name,
            _AGREED.at,
            second.name.label("second"),
            act.decided_at.label("second_at"),
        )
        .join(AgendaItem, _ITEM.id == _AGREED.item_id)
        .join(Person, Person.id == _AGREED.by_id)
        .outerjoin(act, _agrees(act))
        .outerjoin(second, second.id == act.confirmer_id)
        .where(condition)
        .order_by(_AGREED.id)
    )
    return [
        (
            row.item_id,
            Agreement(
                row.id,
                row.criterion_id,
                row.hundredths,
                row.outside,
                row.outside and row.second_at is None,
                row.reason,
                row.points,
                row.dissent,
                tuple(json.loads(row.present)),
                tuple(json.loads(row.sent_out)),
                row.by_id,
                row.name,
                row.at,
                row.second or "",
                row.second_at,
            ),
        )
        for row in rows
    ]


def agreed_scores(challenge_id: int) -> dict[int, dict[str, int]]:
    """The agreed scores that count, as `scoring.aggregate` takes them, by pitch id: of each item the newest
    row, and the one before it as long as that waits for a second person.
    """
    settled = (
        select(func.max(_AGREED.id))
        .join(AgendaItem, _ITEM.id == _AGREED.item_id)
        .where(_ITEM.challenge_id == challenge_id, or_(~_AGREED.outside, _confirmed()))
        .group_by(_AGREED.item_id)
    )
    rows = db.session.execute(
        select(_ITEM.pitch_id, _ITEM.criterion_id, _AGREED.hundredths)
        .join(AgendaItem, _ITEM.id == _AGREED.item_id)
        .where(_AGREED.id.in_(settled), _AGREED.hundredths.is_not(None))
        .order_by(_ITEM.pitch_id, _ITEM.criterion_id)
    )
    found: dict[int, dict[str, int]] = {}
    for pitch_id, criterion_id, hundredths in rows:
        found.setdefault(pitch_id, {})[str(criterion_id)] = hundredths
    return found


def panel_names(challenge_id: int) -> dict[int, str]:
    """The names of everyone who is or was on the panel, by member id, the chair first."""
    member = PanelMember.__table__.c
    rows = db.session.execute(
        select(member.id, Person.name)
        .join(Person, Person.id == member.person_id)
        .where(member.challenge_id == challenge_id)
        .order_by(member.is_chair.desc(), Person.name, member.id)
    )
    return dict(rows.all())


def scorers(pitch_id: int) -> frozenset[int]:
    """The member ids of the judges whose cards for a pitch count."""
    rows = db.session.scalars(
        select(Scorecard.panel_member_id)
        .where(Scorecard.pitch_id == pitch_id, Scorecard.state.in_(sorted(COUNTED)))
        .order_by(Scorecard.id)
    )
    return frozenset(rows)
