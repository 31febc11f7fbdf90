"""What the page on how sure a ranking is works with."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import select

from pitchfest.accounts.models import Person
from pitchfest.challenges.rules import CriterionKind
from pitchfest.db import db
from pitchfest.judging.models import PanelMember, Scorecard
from pitchfest.judging.queries.results import Results, criterion_tallies, results
from pitchfest.judging.rules.scoring import Criterion, Tally, price_points
from pitchfest.judging.rules.states import COUNTED


@dataclass(frozen=True, slots=True)
class Evidence:
    """The counted reviews of the pitches that are ranked: (pitch reference, judge, own total out of 100 on
    the judged criteria), the sums behind each criterion by reference and id, and names to show.
    """

    reviews: tuple[tuple[str, str, Fraction], ...]
    judged_share: Fraction
    tallies: dict[str, dict[str, Tally]]
    criteria: tuple[Criterion, ...]
    prices: dict[str, Fraction]
    pitch_names: dict[str, str]
    judge_names: dict[str, str]
    criterion_names: dict[str, str]


def evidence(challenge_id: int) -> Evidence:
    """Everything in six statements, whatever the number of pitches. Whoever calls this has asked first
    whether scoring is closed and the person may know.
    """
    found = results(challenge_id)
    ranked = {row.pitch_id: row for row in found.ranked if row.rank is not None}
    card, member = Scorecard.__table__.c, PanelMember.__table__.c
    rows = db.session.execute(
        select(card.pitch_id, member.person_id, Person.name, card.own_num, card.own_den)
        .join(PanelMember, member.id == card.panel_member_id)
        .join(Person, Person.id == member.person_id)
        .where(member.challenge_id == challenge_id, card.state.in_(sorted(COUNTED)))
        .order_by(card.id)
    ).all()
    of_ranked = [row for row in rows if row.pitch_id in ranked]
    tallies = criterion_tallies(list(ranked))
    return Evidence(
        reviews=tuple(
            (ranked[row.pitch_id].reference, str(row.person_id), Fraction(row.own_num, row.own_den))
            for row in of_ranked
        ),
        judged_share=Fraction(100 - found.price_weight, 100),
        tallies={
            ranked[pitch_id].reference: {str(key): tally for key, tally in of.items()}
            for pitch_id, of in tallies.items()
        },
        criteria=tuple(criterion.for_scoring() for criterion in found.criteria),
        prices=_prices(found),
        pitch_names={row.reference: row.organisation_name for row in ranked.values()},
        judge_names={str(row.person_id): row.name for row in of_ranked},
        criterion_names={str(c.id): c.name for c in found.criteria if c.kind == CriterionKind.JUDGED},
    )


def _prices(found: Results) -> dict[str, Fraction]:
    """reference → the points of the price, 0 where it does not count or is not known."""
    weight, lowest = found.price_weight, found.lowest_pence
    return {
        row.reference: price_points(row.price_pence, lowest, weight)
        if weight and lowest and row.price_pence
        else Fraction(0)
        for row in found.ranked
    }
