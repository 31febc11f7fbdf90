"""Results, read from the stored totals; price points are added as they are read."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any, NamedTuple

from sqlalchemy import bindparam, literal, select

from pitchfest.accounts.models import Organisation, Person
from pitchfest.challenges.models import Challenge, Criterion
from pitchfest.challenges.rules import CriterionKind, DecisionBasis
from pitchfest.db import db
from pitchfest.judging.models import CriterionTotal, PanelMember, PitchTotal, Score, Scorecard
from pitchfest.judging.queries.adjusted import (
    StoredAdjusted,
    adjusted,
    check_adjusted,
    is_adjusted,
    ranked_again,
)
from pitchfest.judging.queries.names import KNOWS, shown_name
from pitchfest.judging.queries.rounds import IN_PLAY
from pitchfest.judging.rules import ranking, scoring
from pitchfest.judging.rules.cards import CANNOT
from pitchfest.judging.rules.states import COUNTED, CardState
from pitchfest.pitches.models import LowestPrice, Pitch
from pitchfest.pitches.rules import PitchState

Ratio = ranking.Ratio


class CriterionFacts(NamedTuple):
    """A criterion without its anchors: what ranking and headings need. Scales are in hundredths."""

    id: int
    name: str
    weight: int
    minimum: int
    maximum: int
    step: int
    threshold: int | None
    kind: CriterionKind

    def for_scoring(self) -> scoring.Criterion:
        """The same as the mathematics take it; its key is the id as text."""
        return scoring.Criterion(
            str(self.id),
            self.weight,
            self.minimum,
            self.maximum,
            self.step,
            self.threshold,
            scoring.Kind(self.kind),
        )


# Putting a statement together costs as much as running it, so those of the busiest pages stand ready.
_CRITERION = Criterion.__table__.c
_CRITERIA = (
    select(*(_CRITERION[name] for name in CriterionFacts._fields))
    .where(_CRITERION.challenge_id == bindparam("challenge_id"))
    .order_by(_CRITERION.position)
)


def criteria(challenge_id: int) -> list[CriterionFacts]:
    """The criteria of a challenge in order, price included."""
    rows = db.session.execute(_CRITERIA, {"challenge_id": challenge_id})
    return [CriterionFacts(*row) for row in rows]


class ResultRow(NamedTuple):
    """One ranked pitch. Exact figures are pairs (numerator, denominator), texts have two places.

    `rank` and the total figures are None where nobody signed a card for the pitch; such rows
    come last. `tie_order` tells equal totals apart as published, smallest first; None until the lot is
    revealed. `missed` names in words each minimum that was not reached. `adjusted` is the total that
    decides where totals are adjusted, and None everywhere else.
    """

    pitch_id: int
    reference: str
    organisation_id: int
    organisation_name: str
    state: PitchState
    price_pence: int | None
    rank: int | None
    tied: bool
    tie_order: int | None
    cards: int
    total: Ratio | None
    total_text: str
    judged_text: str
    price_text: str
    mean_text: str
    median_text: str
    spread_text: str
    missed: tuple[str, ...]
    adjusted: Ratio | None

    @property
    def exact_total(self) -> Fraction | None:
        """The weighted total out of 100."""
        return Fraction(*self.total) if self.total else None

    @property
    def adjusted_text(self) -> str:
        """The adjusted total with two places, "" where there is none."""
        return scoring.round_half_up(Fraction(*self.adjusted)) if self.adjusted else ""

    @property
    def deciding(self) -> Fraction:
        """The total that the ranking goes by, 0 where nobody scored the pitch."""
        found = self.adjusted or self.total
        return Fraction(*found) if found else Fraction(0)


class ApartRow(NamedTuple):
    """A pitch that is in the record but not in the ranking."""

    pitch_id: int
    reference: str
    organisation_id: int
    organisation_name: str
    state: PitchState


@dataclass(frozen=True, slots=True)
class Results:
    """The results of a challenge: the ranking, best first, and the pitches outside it."""

    criteria: tuple[CriterionFacts, ...]
    ranked: tuple[ResultRow, ...]
    apart: tuple[ApartRow, ...]
    lowest_pence: int | None
    minimum_total: int | None
    #: What the stored totals, prices and pitches in play come to: another after each change.
    mark: str
    #: How totals were adjusted, where the challenge was published so.
    adjusted: StoredAdjusted | None = None

    @property
    def price_weight(self) -> int:
        """Points for the price, 0 where it does not count."""
        return sum(c.weight for c in self.criteria if c.kind == CriterionKind.PRICE)


_NO_TEXTS = ("",) * 6
_PITCH, _TOTAL, _CHALLENGE = Pitch.__table__.c, PitchTotal.__table__.c, Challenge.__table__.c
_TOTALS = (
    select(
        _PITCH.id,
        _PITCH.reference,
        _PITCH.organisation_id,
        shown_name(KNOWS),
        _PITCH.state,
        _PITCH.price_pence,
        _TOTAL.cards,
        _TOTAL.total_num,
        _TOTAL.total_den,
        _TOTAL.mean_num,
        _TOTAL.mean_den,
        _TOTAL.median_num,
        _TOTAL.median_den,
        _TOTAL.spread_num,
        _TOTAL.spread_den,
        _TOTAL.missed,
        _TOTAL.tie_order,
    )
    .join(Organisation.__table__, Organisation.__table__.c.id == _PITCH.organisation_id)
    .outerjoin(PitchTotal.__table__, _TOTAL.pitch_id == _PITCH.id)
    .where(_PITCH.challenge_id == bindparam("challenge_id"), _PITCH.opened_at.is_not(None))
    .order_by(_PITCH.reference)
)


_BOUNDS = (
    select(
        _CHALLENGE.minimum_total, _CHALLENGE.decision_basis, _CHALLENGE.state, LowestPrice.__table__.c.pence
    )
    .select_from(Challenge.__table__)
    .outerjoin(LowestPrice.__table__, LowestPrice.__table__.c.challenge_id == _CHALLENGE.id)
    .where(_CHALLENGE.id == bindparam("challenge_id"))
)


def results(challenge_id: int, *, names: bool = False) -> Results:
    """The results of a challenge, in three statements whatever their number, and one more where totals are
    adjusted. Whoever calls this has asked first whether scoring is closed and the person may know. `names`:
    who pitches, also where judges do not know. Raises StoredDiffers where adjusted totals are missing.
    """
    facts = tuple(criteria(challenge_id))
    minimum_total, basis, state, lowest = db.session.execute(_BOUNDS, {"challenge_id": challenge_id}).one()
    rows = db.session.execute(_TOTALS, {"challenge_id": challenge_id, "names": names}).all()
    in_play = [row for row in rows if row.state in IN_PLAY]
    ranked = _ranked(in_play, facts, lowest, minimum_total)
    counts = None
    if basis == DecisionBasis.CALIBRATED:
        counts = check_adjusted(adjusted(challenge_id), state, [row.pitch_id for row in ranked if row.total])
    if is_adjusted(counts):
        weight = sum(c.weight for c in facts if c.kind == CriterionKind.PRICE)
        ranked = ranked_again(ranked, counts.hundredths, lambda pence: _price(pence, lowest, weight))
    return Results(
        criteria=facts,
        ranked=tuple(ranked),
        apart=tuple(ApartRow(*row[:5]) for row in rows if row.state not in IN_PLAY),
        lowest_pence=lowest,
        minimum_total=minimum_total,
        mark=_mark([row for row in in_play if row[6] is not None], lowest),
        adjusted=counts,
    )


def say_mark(pitches: int, *sums: int) -> str:
    """The mark of a round: how many of its pitches have totals; the sums of their ids, prices, and totals'
    numerators and denominators; and the lowest price.
    """
    return ":".join(str(int(figure)) for figure in (pitches, *sums))


def _mark(rows: list[Any], lowest: int | None) -> str:
    columns = list(zip(*rows, strict=True)) or [()] * 9
    ids, prices, nums, dens = columns[0], columns[5], columns[7], columns[8]
    return say_mark(len(rows), sum(ids), sum(p or 0 for p in prices), sum(nums), sum(dens), lowest or 0)


def _ranked(
    rows: list[Any], facts: tuple[CriterionFacts, ...], lowest: int | None, minimum: int | None
) -> list[ResultRow]:
    two_places = ranking.two_places
    weight = sum(c.weight for c in facts if c.kind == CriterionKind.PRICE)
    scored = [row for row in rows if row[6]]
    words = _say_missed((row.missed for row in scored), facts)
    below = (f"In all: under {scoring.points_text(minimum)}",) if minimum else ()
    prices = [_price(row[5], lowest, weight) for row in scored]
    totals = [ranking.add((row[7], row[8]), price) for row, price in zip(scored, prices, strict=True)]
    keys = ranking.keys(totals)
    # stable: equals stay by reference where nothing settled them
    order = sorted(range(len(scored)), key=lambda i: (-keys[i], scored[i][-1] or 0))
    found = []
    for (rank, tied), i in zip(ranking.places([keys[i] for i in order]), order, strict=True):
        *head, cards, num, den, mean, mean_den, median, median_den, spread, spread_den, missed, at = scored[i]
        found.append(
            ResultRow._make(
                (
                    *head,
                    rank,
                    tied,
                    at,
                    cards,
                    totals[i],
                    two_places(totals[i]),
                    two_places((num, den)),
                    two_places(prices[i]),
                    two_places((mean, mean_den)),
                    two_places((median, median_den)),
                    two_places((spread, spread_den)),
                    words[missed] + (below if minimum and ranking.below(totals[i], minimum) else ()),
                    None,
                )
            )
        )
    unscored = [
        ResultRow._make((*row[:6], None, False, None, 0, None, *_NO_TEXTS, (), None))
        for row in rows
        if not row[6]
    ]
    return found + unscored


def _price(pence: int | None, lowest: int | None, weight: int) -> Ratio:
    """Points for a price: lowest / this x weight; none where price does not count or is unknown."""
    return (lowest * weight, pence) if weight and pence and lowest else (0, 1)


def _say_missed(stored: Iterable[str], facts: Collection[CriterionFacts]) -> dict[str, tuple[str, ...]]:
    """What is stored of minimums missed → in words; many pitches miss the same."""
    words = {c.id: f"{c.name}: under {scoring.points_text(c.threshold or 0)}" for c in facts}
    return {ids: tuple(words[i] for i in json.loads(ids)) for ids in set(stored)}


def criterion_tallies(pitch_ids: Collection[int]) -> dict[int, dict[int, scoring.Tally]]:
    """The signed scores summed up: by pitch id, then criterion id. `scoring.criterion_mean` of a
    tally is the mean in points.
    """
    found: dict[int, dict[int, scoring.Tally]] = {pitch_id: {} for pitch_id in pitch_ids}
    c = CriterionTotal.__table__.c
    rows = db.session.execute(
        select(c.pitch_id, c.criterion_id, c.sum_hundredths, c.cards)
        .where(c.pitch_id.in_(sorted(pitch_ids)))
        .order_by(c.pitch_id, c.criterion_id)
    )
    for pitch_id, criterion_id, hundredths, cards in rows:
        found[pitch_id][criterion_id] = scoring.Tally(hundredths, cards)
    return found


class CardScore(NamedTuple):
    """One judge's score and reason on one criterion of a pitch, from a card that was signed."""

    card_id: int
    member_id: int
    person_id: int
    judge_name: str
    state: CardState
    signed_at: datetime | None
    own: Ratio | None
    end_reason: str
    criterion_id: int
    hundredths: int | None
    reason: str
    #: The judge said that they cannot judge this criterion.
    unable: bool

    @property
    def given(self) -> str:
        """The score as people write it, or in words that there is none."""
        return scoring.points_text(self.hundredths or 0) if not self.unable else CANNOT

    @property
    def counts(self) -> bool:
        """Whether it is in the totals; the score of a voided card is not."""
        return self.state in COUNTED


def card_scores(pitch_id: int, *, voided: bool = False) -> list[CardScore]:
    """Every judge's signed scores and reasons for a pitch, by judge's name, then criterion.

    With `voided` also those of cards that were signed and later voided; they do not count.
    """
    c, s, m = Scorecard.__table__.c, Score.__table__.c, PanelMember.__table__.c
    states = sorted(COUNTED | ({CardState.VOIDED} if voided else set()))
    rows = db.session.execute(
        select(
            c.id,
            c.panel_member_id,
            m.person_id,
            Person.name,
            c.state,
            c.signed_at,
            c.own_num,
            c.own_den,
            c.end_reason,
            s.criterion_id,
            s.hundredths,
            s.reason,
            s.unable,
        )
        .join(PanelMember, m.id == c.panel_member_id)
        .join(Person, Person.id == m.person_id)
        .join(Score, s.scorecard_id == c.id)
        .join(Criterion, Criterion.id == s.criterion_id)
        .where(c.pitch_id == pitch_id, c.state.in_(states), c.signed_at.is_not(None))
        .order_by(Person.name, c.id, Criterion.position)
    )
    return [
        CardScore._make((*row[:6], (row.own_num, row.own_den) if row.own_den else None, *row[8:]))
        for row in rows
    ]


def counted_cards(challenge_id: int, pitch_id: int | None = None) -> dict[int, list[dict[str, int]]]:
    """The scores of every counted card, as `scoring.aggregate` takes them, by pitch id: without the criteria
    that a judge could not judge.
    """
    c, s, p = Scorecard.__table__.c, Score.__table__.c, Pitch.__table__.c
    statement = (
        select(c.pitch_id, c.id, s.criterion_id, s.hundredths)
        .join(Pitch, p.id == c.pitch_id)
        .join(Score, s.scorecard_id == c.id)
        .where(p.challenge_id == challenge_id, c.state.in_(sorted(COUNTED)), ~s.unable)
        .order_by(c.pitch_id, c.id, s.criterion_id)
    )
    if pitch_id is not None:
        statement = statement.where(c.pitch_id == pitch_id)
    found: dict[int, dict[int, dict[str, int]]] = {}
    for pitch, card, criterion, hundredths in db.session.execute(statement):
        found.setdefault(pitch, {}).setdefault(card, {})[str(criterion)] = hundredths
    return {pitch: list(cards.values()) for pitch, cards in found.items()}


def all_scores(challenge_id: int, *, names: bool = False) -> list[tuple[str, str, str, int, int | None, str]]:
    """Every counted score: pitch reference, organisation, judge, criterion id, hundredths, reason. No score,
    and why not, where a judge could not judge a criterion.
    """
    c, s, p, m = Scorecard.__table__.c, Score.__table__.c, Pitch.__table__.c, PanelMember.__table__.c
    rows = db.session.execute(
        select(p.reference, shown_name(literal(names)), Person.name, s.criterion_id, s.hundredths, s.reason)
        .select_from(Scorecard)
        .join(Pitch, p.id == c.pitch_id)
        .join(Organisation, Organisation.id == p.organisation_id)
        .join(PanelMember, m.id == c.panel_member_id)
        .join(Person, Person.id == m.person_id)
        .join(Score, s.scorecard_id == c.id)
        .join(Criterion, Criterion.id == s.criterion_id)
        .where(p.challenge_id == challenge_id, c.state.in_(sorted(COUNTED)))
        .order_by(p.reference, Person.name, c.id, Criterion.position)
    )
    return [tuple(row) for row in rows]
