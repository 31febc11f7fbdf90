"""What totals are adjusted from, and whether what is stored is what comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from sqlalchemy import select

from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import CriterionKind, DecisionBasis
from pitchfest.db import db
from pitchfest.judging.models import PanelMember, Score, Scorecard
from pitchfest.judging.queries.adjusted import StoredAdjusted, adjusted
from pitchfest.judging.queries.results import criteria
from pitchfest.judging.queries.stored import stored_totals
from pitchfest.judging.rules.access import SCORING_CLOSED
from pitchfest.judging.rules.adjusting import adjust
from pitchfest.judging.rules.states import COUNTED


@dataclass(frozen=True, slots=True)
class ToAdjust:
    """Every counted card of the pitches that have a total: pitch id → judge → criterion → share of full
    marks; points by judged criterion; and the points of each pitch from its judges.
    """

    cards: dict[str, dict[str, dict[str, Fraction]]]
    weights: dict[str, Fraction]
    points: dict[str, Fraction]

    def work_out(self) -> StoredAdjusted:
        """What is to be stored."""
        found = adjust(self.cards, self.weights, self.points)
        return StoredAdjusted(
            found.version, found.why_not, {int(pitch): value for pitch, value in found.hundredths.items()}
        )


def to_adjust(challenge_id: int) -> ToAdjust:
    """Everything in three statements. A pitch that was withdrawn after it was scored still tells how strict
    its judges are, so that no other total moves when it goes.
    """
    judged = {c.id: c for c in criteria(challenge_id) if c.kind == CriterionKind.JUDGED}
    points = {str(pitch_id): stored.total for pitch_id, stored in stored_totals(challenge_id).items()}
    card, score, member = Scorecard.__table__.c, Score.__table__.c, PanelMember.__table__.c
    rows = db.session.execute(
        select(card.pitch_id, card.panel_member_id, score.criterion_id, score.hundredths)
        .select_from(Scorecard)
        .join(PanelMember, member.id == card.panel_member_id)
        .join(Score, score.scorecard_id == card.id)
        .where(member.challenge_id == challenge_id, card.state.in_(sorted(COUNTED)), ~score.unable)
        .order_by(card.id, score.criterion_id)
    )
    cards: dict[str, dict[str, dict[str, Fraction]]] = {}
    for pitch_id, member_id, criterion_id, hundredths in rows:
        if str(pitch_id) in points:
            by_judge = cards.setdefault(str(pitch_id), {})
            share = Fraction(hundredths, judged[criterion_id].maximum)
            by_judge.setdefault(str(member_id), {})[str(criterion_id)] = share
    return ToAdjust(cards, {str(c.id): Fraction(c.weight) for c in judged.values()}, points)


def adjusted_differences(challenge_id: int, reference: str, names: dict[int, str]) -> list[str]:
    """Each difference between an adjusted total that is stored and the same worked out again. `names`: the
    pitches' references.
    """
    basis, state = db.session.execute(
        select(Challenge.decision_basis, Challenge.state).where(Challenge.id == challenge_id)
    ).one()
    kept = adjusted(challenge_id)
    if basis != DecisionBasis.CALIBRATED or state not in SCORING_CLOSED:
        return [f"{reference}: adjusted totals are stored, and none decide here"] if kept else []
    again = to_adjust(challenge_id).work_out()
    if kept is None:
        return [f"{reference}: no adjusted totals are stored"]
    found = []
    if kept.version != again.version:
        found.append(f"{reference}: the totals were adjusted from other scores than those that are signed")
    if kept.why_not != again.why_not:
        found.append(f"{reference}: why nothing is adjusted is stored as {kept.why_not}, not {again.why_not}")
    return found + [
        f"{reference} {names.get(pitch_id, pitch_id)}: the adjusted total is stored as {was}, "
        f"the scores give {now}"
        for pitch_id in sorted(kept.hundredths.keys() | again.hundredths.keys())
        if (was := kept.hundredths.get(pitch_id)) != (now := again.hundredths.get(pitch_id))
    ]
