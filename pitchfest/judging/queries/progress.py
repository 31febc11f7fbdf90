"""How far a round of judging is: for the board, for sharing out, and for what waits for whom."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from zlib import crc32

from sqlalchemy import exists, func, select

from pitchfest.accounts.models import TwoPersonAct
from pitchfest.accounts.rules import ActKind, ActOutcome
from pitchfest.challenges.models import Challenge, Criterion
from pitchfest.db import db
from pitchfest.judging.models import Declaration, PanelMember, Score, Scorecard
from pitchfest.judging.queries.rounds import PanelRow, PitchRow, panel, pitches_in_play
from pitchfest.judging.rules.assignment import per_pitch
from pitchfest.judging.rules.states import COUNTED, MAY_READ, OPEN, CardState, DeclarationState
from pitchfest.kernel.text import plural
from pitchfest.pitches.models import Pitch

#: With a second person's approval a pitch may go on with this many signed cards.
FEWEST_CARDS = 2
#: What was declared: (panel member id, pitch id) → the state of it.
Said = dict[tuple[int, int], DeclarationState]


class CardRow(NamedTuple):
    """A card as the board counts it: never what is on it."""

    card_id: int
    member_id: int
    pitch_id: int
    state: CardState
    started: bool


@dataclass(frozen=True, slots=True)
class JudgeProgress:
    """What a judge has left. `left` counts open cards on pitches in play."""

    judge: PanelRow
    undeclared: int
    interests: int
    recused: int
    assigned: int
    signed: int
    started: int

    @property
    def left(self) -> int:
        """Open cards."""
        return self.assigned - self.signed


@dataclass(frozen=True, slots=True)
class PitchProgress:
    """How many cards a pitch has, and who can give one: the ids of the panel members who have signed one,
    or judge and are not kept from it. `fewer`: a second person agreed that these will do, or that two
    signed cards will. `recused`: whether somebody does not judge it. `free`: the judges who are cleared for
    it and never had a card.
    """

    pitch: PitchRow
    assigned: int
    signed: int
    minimum: int
    fewer: bool
    judges: tuple[int, ...] = ()
    recused: bool = False
    free: tuple[int, ...] = ()

    @property
    def needed(self) -> int:
        """How many signed cards suffice: as published, or as few as two people agreed on."""
        return min(self.minimum, FEWEST_CARDS) if self.fewer else self.minimum

    @property
    def enough(self) -> bool:
        """Whether the signed cards suffice."""
        return self.signed >= self.needed

    @property
    def short(self) -> bool:
        """Whether even all its cards, once signed, would be too few."""
        return self.assigned < self.needed

    @property
    def two_ways(self) -> bool:
        """Whether conflicts leave it fewer judges than it needs, so that one has to be added, or two people
        agree to go on with those who are left.
        """
        return self.recused and len(self.judges) < self.minimum and not self.fewer

    @property
    def cards(self) -> int:
        """With how many cards it could go on, if a second person agrees."""
        return len(self.judges) if self.two_ways else self.signed

    @property
    def may_go_on(self) -> bool:
        """Whether a second person could be asked to agree to that."""
        return not self.enough and not self.fewer and self.cards >= FEWEST_CARDS

    @property
    def facts(self) -> int:
        """What a proposal to go on with fewer is about, as a number: which judges are left, or how many
        cards are signed. A proposal on other facts is void.
        """
        return crc32(repr(self.judges).encode()) >> 1 if self.two_ways else self.signed


@dataclass(frozen=True, slots=True)
class Board:
    """A round's progress: its active judges, the released ones, its pitches in play. `per_pitch`: how many
    judges read each; None where all of them do.
    """

    judges: tuple[JudgeProgress, ...]
    released: tuple[PanelRow, ...]
    pitches: tuple[PitchProgress, ...]
    per_pitch: int | None
    #: Signed cards of judges of whom nobody knows yet whether they may judge the pitch, in words.
    unsettled: tuple[str, ...] = ()
    #: Each criterion of a pitch that every judge who has signed left out, in words.
    unjudged: tuple[str, ...] = ()

    @property
    def given_out(self) -> bool:
        """Whether any scorecard is."""
        return any(pitch.assigned for pitch in self.pitches)

    @property
    def to_plan(self) -> int:
        """How many pitches have too few cards although a judge is free for them: the lead plans who reads
        them.
        """
        return sum(pitch.short and bool(pitch.free) for pitch in self.pitches) if self.per_pitch else 0

    @property
    def missing(self) -> list[tuple[int, int]]:
        """Where every judge reads every pitch, the pairs (panel member, pitch) that lack a card."""
        if self.per_pitch:
            return []
        return sorted((member_id, pitch.pitch.id) for pitch in self.pitches for member_id in pitch.free)

    @property
    def waiting_cards(self) -> int:
        """Open cards of all judges."""
        return sum(judge.left for judge in self.judges)

    @property
    def obstacles(self) -> tuple[str, ...]:
        """What stands in the way of closing, open cards apart, in words."""
        return (*self.too_few, *self.unsettled, *self.unjudged)

    @property
    def too_few(self) -> tuple[str, ...]:
        """Each pitch with too few signed cards, in words."""
        return tuple(
            f"{p.pitch.organisation_name} has {plural(p.signed, 'signed scorecard')} and needs {p.minimum}."
            for p in self.pitches
            if not p.enough
        )


def cards(challenge_id: int) -> list[CardRow]:
    """Every card of a challenge, ended ones included."""
    c = Scorecard.__table__.c
    started = exists().where(Score.scorecard_id == c.id)
    rows = db.session.execute(
        select(c.id, c.panel_member_id, c.pitch_id, c.state, started)
        .join(Pitch, Pitch.id == c.pitch_id)
        .where(Pitch.challenge_id == challenge_id)
        .order_by(c.id)
    )
    return [CardRow(*row) for row in rows]


def declaration_states(challenge_id: int) -> Said:
    """What was declared and decided, by (panel member id, pitch id)."""
    d = Declaration.__table__.c
    rows = db.session.execute(
        select(d.panel_member_id, d.pitch_id, d.state)
        .join(PanelMember, PanelMember.id == d.panel_member_id)
        .where(PanelMember.challenge_id == challenge_id)
        .order_by(d.id)
    )
    return {(member_id, pitch_id): state for member_id, pitch_id, state in rows}


def board(challenge_id: int, *, names: bool = False) -> Board:
    """How far the judging of a challenge is. `names`: who pitches, also where judges do not know."""
    minimum, wanted = db.session.execute(
        select(Challenge.minimum_cards, Challenge.judges_per_pitch).where(Challenge.id == challenge_id)
    ).one()
    judges, pitches = panel(challenge_id), pitches_in_play(challenge_id, names=names)
    active = [judge for judge in judges if judge.active]
    in_play = {pitch.id for pitch in pitches}
    all_cards = [card for card in cards(challenge_id) if card.pitch_id in in_play]
    said = {pair: state for pair, state in declaration_states(challenge_id).items() if pair[1] in in_play}
    signed = Counter(card.pitch_id for card in all_cards if card.state in COUNTED)
    return Board(
        judges=tuple(_judge(judge, all_cards, said, len(in_play)) for judge in active),
        released=tuple(judge for judge in judges if not judge.active),
        pitches=progress_of(pitches, minimum, active, all_cards, said),
        per_pitch=per_pitch(wanted, len(pitches), len(active)),
        unsettled=_unsettled(active, pitches, all_cards, said),
        unjudged=_unjudged(challenge_id, {pitch.id: pitch.organisation_name for pitch in pitches}, signed),
    )


def progress_of(
    pitches: list[PitchRow],
    minimum: int,
    active: list[PanelRow],
    all_cards: list[CardRow],
    said: Said,
) -> tuple[PitchProgress, ...]:
    """How far each of these pitches is, of which `minimum` scorecards each are wanted: from the active
    judges, the cards of the round, and what was declared. One statement.
    """
    approved = fewer_cards_approved([pitch.reference for pitch in pitches])
    able = {pitch.id: _able(pitch.id, active, all_cards, said) for pitch in pitches}
    recused = {pitch_id for (_, pitch_id), state in said.items() if state == DeclarationState.RECUSED}
    signed = Counter(card.pitch_id for card in all_cards if card.state in COUNTED)
    still_open = Counter(card.pitch_id for card in all_cards if card.state == CardState.ASSIGNED)
    dealt = {(card.member_id, card.pitch_id) for card in all_cards}
    panel_now = [judge.member_id for judge in active]
    return tuple(
        PitchProgress(
            pitch=pitch,
            assigned=signed[pitch.id] + still_open[pitch.id],
            signed=signed[pitch.id],
            minimum=minimum,
            fewer=any(ids in (None, able[pitch.id]) for ids in approved.get(pitch.reference, ())),
            judges=able[pitch.id],
            recused=pitch.id in recused,
            free=tuple(
                member_id
                for member_id in panel_now
                if said.get((member_id, pitch.id)) in MAY_READ and (member_id, pitch.id) not in dealt
            ),
        )
        for pitch in pitches
    )


def _unjudged(challenge_id: int, names: Mapping[int, str], signed: Mapping[int, int]) -> tuple[str, ...]:
    """What stands in no signed card; says nothing of any score."""
    left_out = db.session.execute(
        select(Scorecard.pitch_id, Criterion.name, func.count())
        .join(Score, Score.scorecard_id == Scorecard.id)
        .join(Criterion, Criterion.id == Score.criterion_id)
        .where(Criterion.challenge_id == challenge_id, Scorecard.state.in_(sorted(COUNTED)), Score.unable)
        .group_by(Scorecard.pitch_id, Criterion.id, Criterion.name, Criterion.position)
        .order_by(Scorecard.pitch_id, Criterion.position)
    )
    return tuple(
        f"Nobody has scored “{criterion}” of {names[pitch_id]}: everyone who signed left it out. Give the "
        "pitch to a judge who can."
        for pitch_id, criterion, times in left_out
        if pitch_id in names and times == signed[pitch_id]
    )


def _unsettled(
    judges: list[PanelRow],
    pitches: list[PitchRow],
    all_cards: list[CardRow],
    said: Said,
) -> tuple[str, ...]:
    """What was declared and is not decided: once scoring is closed, nobody decides it any more."""
    counted = {(card.member_id, card.pitch_id) for card in all_cards if card.state in COUNTED}
    found = []
    for judge in judges:
        for pitch in pitches:
            pair = (judge.member_id, pitch.id)
            if said.get(pair) == DeclarationState.INTEREST or (pair in counted and said.get(pair) in OPEN):
                did = "signed a scorecard for" if pair in counted else "declared an interest in"
                found.append(
                    f"{judge.name} has {did} {pitch.organisation_name}, and it is not decided yet whether"
                    " they may judge that pitch."
                )
    return tuple(found)


def _judge(judge: PanelRow, all_cards: list[CardRow], said: Said, pitches: int) -> JudgeProgress:
    mine = [c for c in all_cards if c.member_id == judge.member_id]
    states = Counter(state for (member_id, _), state in said.items() if member_id == judge.member_id)
    signed = sum(c.state in COUNTED for c in mine)
    return JudgeProgress(
        judge=judge,
        undeclared=pitches - states.total() + states[DeclarationState.ASKED],
        interests=states[DeclarationState.INTEREST],
        recused=states[DeclarationState.RECUSED],
        assigned=signed + sum(c.state == CardState.ASSIGNED for c in mine),
        signed=signed,
        started=sum(c.started and c.state == CardState.ASSIGNED for c in mine),
    )


def _able(
    pitch_id: int,
    judges: list[PanelRow],
    all_cards: list[CardRow],
    said: Said,
) -> tuple[int, ...]:
    """Ids of the panel members who have signed a card for a pitch, or still can."""
    cards = {card.member_id: card.state for card in all_cards if card.pitch_id == pitch_id}
    signed = {member_id for member_id, state in cards.items() if state in COUNTED}
    still = {
        judge.member_id
        for judge in judges
        if cards.get(judge.member_id, CardState.ASSIGNED) == CardState.ASSIGNED
        and said.get((judge.member_id, pitch_id)) != DeclarationState.RECUSED
    }
    return tuple(sorted(signed | still))


def fewer_cards_approved(references: Collection[str]) -> dict[str, list[tuple[int, ...] | None]]:
    """On what two people agreed for these pitches (by reference): to go on with certain judges, by their
    ids as panel members, or None: with two signed cards.
    """
    a = TwoPersonAct.__table__.c
    objects = {f"pitch:{reference}": reference for reference in references}
    rows = db.session.execute(
        select(a.object, a.payload)
        .where(
            a.kind == ActKind.FEWER_CARDS,
            a.outcome == ActOutcome.CONFIRMED,
            a.object.in_(sorted(objects)),
        )
        .order_by(a.id)
    )
    found: dict[str, list[tuple[int, ...] | None]] = {}
    for row in rows:
        judges = json.loads(row.payload).get("judges")
        found.setdefault(objects[row.object], []).append(None if judges is None else tuple(judges))
    return found
