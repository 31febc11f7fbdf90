"""What the page on how sure a ranking is works with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy import select

from pitchfest.accounts.models import Person
from pitchfest.challenges.rules import CriterionKind
from pitchfest.db import db
from pitchfest.judging.models import PanelMember, Score, Scorecard
from pitchfest.judging.queries.further import askable
from pitchfest.judging.queries.results import Results, results
from pitchfest.judging.rules.scoring import Criterion
from pitchfest.judging.rules.states import COUNTED

#: The key of what a pitch has for its price.
PRICE = "price"


@dataclass(frozen=True, slots=True)
class Evidence:
    """The counted cards of the pitches that are ranked: pitch reference → judge → criterion → share of full
    marks; points by criterion, the price among them where it counts; names; and the judged criteria.
    """

    cards: dict[str, dict[str, dict[str, Fraction]]]
    weights: dict[str, Fraction]
    prices: dict[str, dict[str, Fraction]]
    pitch_names: dict[str, str]
    judge_names: dict[str, str]
    criterion_names: dict[str, str]
    criteria: tuple[Criterion, ...]


def evidence(challenge_id: int, *, names: bool = False) -> Evidence:
    """Everything in five statements, whatever the number of pitches. Whoever calls this has asked first
    whether scoring is closed and the person may know.
    """
    found = results(challenge_id, names=names)
    ranked = {row.pitch_id: row for row in found.ranked if row.rank is not None}
    judged = {c.id: c for c in found.criteria if c.kind == CriterionKind.JUDGED}
    card, score, member = Scorecard.__table__.c, Score.__table__.c, PanelMember.__table__.c
    rows = db.session.execute(
        select(card.pitch_id, member.person_id, Person.name, score.criterion_id, score.hundredths)
        .select_from(Scorecard)
        .join(PanelMember, member.id == card.panel_member_id)
        .join(Person, Person.id == member.person_id)
        .join(Score, score.scorecard_id == card.id)
        .where(member.challenge_id == challenge_id, card.state.in_(sorted(COUNTED)), ~score.unable)
        .order_by(card.id, score.criterion_id)
    )
    cards: dict[str, dict[str, dict[str, Fraction]]] = {}
    judges = {}
    for pitch_id, person_id, name, criterion_id, hundredths in rows:
        if pitch_id in ranked and criterion_id in judged:
            share = Fraction(hundredths, judged[criterion_id].maximum)
            by_judge = cards.setdefault(ranked[pitch_id].reference, {})
            by_judge.setdefault(str(person_id), {})[str(criterion_id)] = share
            judges[str(person_id)] = name
    weights = {str(c.id): Fraction(c.weight) for c in judged.values()}
    prices = _prices(found)
    return Evidence(
        cards=cards,
        weights=weights | ({PRICE: Fraction(found.price_weight)} if prices else {}),
        prices=prices,
        pitch_names={row.reference: row.organisation_name for row in ranked.values()},
        judge_names=judges,
        criterion_names={str(c.id): c.name for c in judged.values()} | {PRICE: "The price"},
        criteria=tuple(c.for_scoring() for c in judged.values()),
    )


@dataclass(frozen=True, slots=True)
class Reviewers:
    """Who could still review: names by judge, and the pairs (pitch reference, judge) that must not be."""

    names: dict[str, str]
    forbidden: frozenset[tuple[str, str]]
    members: dict[str, int]


def reviewers(challenge_id: int, now: datetime) -> Reviewers:
    """The judges who may be asked, and the pairs that may not (`rules.further`)."""
    found = askable(challenge_id, now)
    judges = [judge for judge in found.judges.values() if not judge.kept_from]
    return Reviewers(
        {str(judge.person_id): judge.name for judge in judges},
        frozenset(
            (reference, str(judge.person_id))
            for pitch_id, reference in found.pitches.items()
            for judge in judges
            if found.refusal(judge.member_id, pitch_id)
        ),
        {str(judge.person_id): judge.member_id for judge in judges},
    )


def _prices(found: Results) -> dict[str, dict[str, Fraction]]:
    """reference → the lowest price over its own; nothing where the price does not count."""
    if not found.price_weight:
        return {}
    lowest = found.lowest_pence
    return {
        row.reference: {
            PRICE: Fraction(lowest, row.price_pence) if lowest and row.price_pence else Fraction(0)
        }
        for row in found.ranked
    }
