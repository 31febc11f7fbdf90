"""The plan of who reads what, and what it stands on."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import aliased

from pitchfest.accounts.models import Organisation, Person
from pitchfest.db import db
from pitchfest.judging.models import AssignmentPlan, PanelMember, PlannedPair, Scorecard
from pitchfest.judging.queries.names import shown_name
from pitchfest.judging.queries.progress import CardRow, cards, declaration_states
from pitchfest.judging.queries.rounds import PanelRow, PitchRow, panel, pitches_in_play
from pitchfest.judging.queries.skills import expertise, limits, times_away
from pitchfest.judging.rules import Round
from pitchfest.judging.rules.assignment import per_pitch
from pitchfest.judging.rules.capacity import Away, away_throughout, still_to_come
from pitchfest.judging.rules.planning import Effect, Ground, Ids, Lack, PairKind, effect, reads
from pitchfest.judging.rules.skills import Expertise
from pitchfest.judging.rules.states import COUNTED, MAY_READ, STATE_WORDS, CardState, DeclarationState
from pitchfest.kernel.clock import london_day
from pitchfest.pitches.models import Pitch


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan as it stands. `kinds`: what it says of each pair; `reasons`: why pairs are excluded."""

    version: int
    made_by: str
    made_at: datetime
    pieces: int
    lacking: tuple[Lack, ...]
    released_version: int | None
    released_by: str | None
    released_at: datetime | None
    kinds: dict[Ids, PairKind]
    reasons: dict[Ids, str]

    @property
    def released(self) -> bool:
        """Whether it was given out as it is."""
        return self.released_version == self.version

    def of(self, *kinds: PairKind) -> frozenset[Ids]:
        """The pairs of these kinds."""
        return frozenset(pair for pair, kind in self.kinds.items() if kind in kinds)

    @property
    def excluded(self) -> frozenset[Ids]:
        """The pairs that are kept apart."""
        return self.of(PairKind.EXCLUDED)

    @property
    def planned(self) -> frozenset[Ids]:
        """The pairs that are to be."""
        return self.of(PairKind.PINNED, PairKind.PROPOSED)


@dataclass(frozen=True, slots=True)
class Planning:
    """A round's pitches in play and its panel, with the plan, if there is one. `ground` is None where every
    judge reads every pitch. `kept_from`: why a judge cannot get a pitch, in words. `away`: the times away
    that are not over, by panel member.
    """

    pitches: tuple[PitchRow, ...]
    judges: tuple[PanelRow, ...]
    ground: Ground | None
    kept_from: dict[Ids, str]
    undeclared: tuple[str, ...]
    #: The pairs of a judge and a pitch about whose declared interest nobody has decided yet.
    undecided: frozenset[Ids]
    plan: Plan | None
    expertise: Expertise
    away: dict[int, tuple[Away, ...]]

    @property
    def reads(self) -> frozenset[Ids]:
        """Every pair of the plan, and whatever has a scorecard that stays."""
        if self.ground is None or self.plan is None:
            return frozenset()
        return reads(self.ground, self.plan.planned, self.plan.excluded)

    @property
    def unsaid(self) -> tuple[str, ...]:
        """The judges who have not said what they know, where a pitch asks for it."""
        if not self.expertise.counts:
            return ()
        known = self.expertise.levels
        return tuple(judge.name for judge in self.judges if judge.active and judge.member_id not in known)

    @property
    def effect(self) -> Effect | None:
        """What giving the plan out does now."""
        if self.ground is None or self.plan is None:
            return None
        return effect(self.ground, self.plan.planned, self.plan.excluded)


def planning(round_: Round, now: datetime) -> Planning:
    """Everything about the plan of a round; the number of statements does not grow with it."""
    pitches, judges = pitches_in_play(round_.id, names=round_.names), panel(round_.id)
    active = [judge for judge in judges if judge.active]
    in_play = {pitch.id: pitch.reference for pitch in pitches}
    dealt = [card for card in cards(round_.id) if card.pitch_id in in_play]
    live = {_pair(card): _begun(card) for card in dealt if card.state in COUNTED | {CardState.ASSIGNED}}
    ended = {_pair(card) for card in dealt} - live.keys()
    said = declaration_states(round_.id)
    every = [(judge.member_id, pitch_id) for judge in active for pitch_id in in_play]
    today, known = london_day(now), expertise(round_.id)
    away = {member_id: still_to_come(times, today) for member_id, times in times_away([round_.id]).items()}
    last = round_.judging_deadline and london_day(round_.judging_deadline)
    gone = {member_id for member_id, times in away.items() if away_throughout(times, today, last)}
    cleared = frozenset(pair for pair in every if said.get(pair) in MAY_READ) - ended - live.keys()
    may = frozenset(pair for pair in cleared if pair[0] not in gone)
    each = per_pitch(round_.judges_per_pitch, len(pitches), len(active))
    quiet = {pair[0] for pair in every if said.get(pair, DeclarationState.ASKED) == DeclarationState.ASKED}
    return Planning(
        pitches=tuple(pitches),
        judges=tuple(judges),
        ground=None
        if each is None
        else Ground(
            pitches=in_play,
            judges=frozenset(judge.member_id for judge in active) | {pair[0] for pair in live},
            per_pitch=each,
            may=may,
            cards=live,
            gains=known.gains(may | live.keys()),
            limits=limits(round_.id),
        ),
        kept_from={
            pair: _AWAY if pair in cleared else _why_not(said.get(pair), pair in ended)
            for pair in every
            if pair not in may | live.keys()
        },
        undeclared=tuple(judge.name for judge in active if judge.member_id in quiet),
        undecided=frozenset(pair for pair in every if said.get(pair) == DeclarationState.INTEREST),
        plan=_plan(round_.id),
        expertise=known,
        away=away,
    )


def _pair(card: CardRow) -> Ids:
    return (card.member_id, card.pitch_id)


def _begun(card: CardRow) -> bool:
    return card.started or card.state != CardState.ASSIGNED


_AWAY = "Is away until scoring ends"


def _why_not(said: DeclarationState | None, ended: bool) -> str:
    if said is None:
        return "Has not declared"
    if said in MAY_READ and ended:
        return "Had the scorecard; it has ended"
    return STATE_WORDS[said]


def _plan(challenge_id: int) -> Plan | None:
    p, releaser = AssignmentPlan.__table__.c, aliased(Person)
    row = db.session.execute(
        select(
            p.version,
            Person.name,
            p.made_at,
            p.pieces,
            p.lacking,
            p.released_version,
            releaser.name,
            p.released_at,
        )
        .join(Person, Person.id == p.made_by_id)
        .outerjoin(releaser, releaser.id == p.released_by_id)
        .where(p.challenge_id == challenge_id)
    ).one_or_none()
    if row is None:
        return None
    pairs = db.session.execute(
        select(PlannedPair.panel_member_id, PlannedPair.pitch_id, PlannedPair.kind, PlannedPair.reason)
        .where(PlannedPair.challenge_id == challenge_id)
        .order_by(PlannedPair.id)
    ).all()
    version, made_by, made_at, pieces, lacking, released_version, released_by, released_at = row
    return Plan(
        version,
        made_by,
        made_at,
        pieces,
        tuple(Lack(*lack) for lack in json.loads(lacking)),
        released_version,
        released_by,
        released_at,
        kinds={(pair.panel_member_id, pair.pitch_id): pair.kind for pair in pairs},
        reasons={(pair.panel_member_id, pair.pitch_id): pair.reason for pair in pairs if pair.reason},
    )


def taken_back(member_id: int) -> list[str]:
    """The suppliers whose pitches a judge was given and no longer reads, while still on the panel."""
    return list(
        db.session.scalars(
            select(shown_name())
            .select_from(Organisation)
            .join(Pitch, Pitch.organisation_id == Organisation.id)
            .join(Scorecard, Scorecard.pitch_id == Pitch.id)
            .join(PanelMember, PanelMember.id == Scorecard.panel_member_id)
            .where(PanelMember.id == member_id, Scorecard.state == CardState.RELEASED)
            .order_by(shown_name(), Pitch.id)
        )
    )
