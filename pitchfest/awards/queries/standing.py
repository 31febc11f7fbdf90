"""Where the pitches of a challenge stand at its end: scores, outcomes, reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from sqlalchemy import func, select

from pitchfest.accounts.models import Organisation, Person
from pitchfest.awards.models import Decision, PitchOutcome
from pitchfest.awards.rules import AwardFacts, Line, Outcome, Party, price_explanation
from pitchfest.challenges import queries as challenges
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import EDITABLE, ChallengeRow, CriterionKind, CriterionRow, DecisionBasis
from pitchfest.db import db
from pitchfest.judging import queries as judging
from pitchfest.judging.models import PitchTotal
from pitchfest.judging.rules import Round, scoring
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import NotFound
from pitchfest.pitches.models import Eligibility, LowestPrice, Pitch
from pitchfest.pitches.rules import PitchState


def facts(*, actor: Actor, now: datetime, reference: str) -> AwardFacts:
    """The challenge as `actor` meets it at its end; three or four statements. Raises NotFound."""
    challenge = challenges.by_reference(reference, now)
    if challenge.effective in EDITABLE:
        raise NotFound
    return facts_of(
        challenge, judging.round_for(person_id=actor.person_id, now=now, challenge_id=challenge.id), actor
    )


def facts_of(challenge: ChallengeRow, seat: Round, actor: Actor) -> AwardFacts:
    """The same of a challenge that is read already, with what its judging is to `actor`; no statement for
    whoever is no judge.
    """
    writes = False
    if seat.member_id is not None and not seat.released:
        writes = actor.person_id in judging.explainers(challenge.id).values()
    return AwardFacts(challenge, recused=seat.recused, without_names=seat.without_names, writes=writes)


@dataclass(frozen=True, slots=True)
class AwardPitch:
    """A pitch that was opened, with what was found and decided about it."""

    id: int
    reference: str
    state: PitchState
    price_pence: int | None
    party: Party
    outcome: Outcome | None
    reason: str
    finding: str
    #: Where it comes among those of the same total, smallest first; None until that is settled.
    tie_order: int | None = None

    @property
    def in_play(self) -> bool:
        """Whether it was found eligible and is still in, or was when the letters went out."""
        return self.state in judging.IN_PLAY


def pitches(challenge_id: int) -> list[AwardPitch]:
    """Every opened pitch by reference, withdrawn and ineligible ones included; one statement."""
    p, found = Pitch.__table__.c, Eligibility.__table__.c
    other = Eligibility.__table__.alias("any_finding").c
    newest = select(func.max(other.id)).where(other.pitch_id == p.id).correlate(Pitch).scalar_subquery()
    rows = db.session.execute(
        select(
            p.id,
            p.reference,
            p.state,
            p.price_pence,
            Organisation.name,
            Organisation.place,
            Organisation.number,
            PitchOutcome.outcome,
            PitchOutcome.reason,
            found.reason.label("finding"),
            PitchTotal.tie_order,
        )
        .join(Organisation, Organisation.id == p.organisation_id)
        .outerjoin(PitchOutcome, PitchOutcome.pitch_id == p.id)
        .outerjoin(Eligibility, found.id == newest)
        .outerjoin(PitchTotal, PitchTotal.pitch_id == p.id)
        .where(p.challenge_id == challenge_id, p.opened_at.is_not(None))
        .order_by(p.reference)
    )
    return [
        AwardPitch(
            row.id,
            row.reference,
            row.state,
            row.price_pence,
            Party(row.name, row.place, row.number or ""),
            row.outcome,
            row.reason or "",
            row.finding or "",
            row.tie_order,
        )
        for row in rows
    ]


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """Who decided and when (None before), and the lowest price found eligible, in pence."""

    by_id: int | None
    by_name: str
    at: datetime | None
    note: str
    lowest_pence: int | None


def decision(challenge_id: int) -> DecisionRow:
    """The decision on a challenge and what it rests on; one statement."""
    c = Challenge.__table__.c
    row = db.session.execute(
        select(Decision.by_id, Person.name, Decision.at, Decision.note, LowestPrice.pence)
        .select_from(Challenge)
        .outerjoin(Decision, Decision.challenge_id == c.id)
        .outerjoin(Person, Person.id == Decision.by_id)
        .outerjoin(LowestPrice, LowestPrice.challenge_id == c.id)
        .where(c.id == challenge_id)
    ).one()
    return DecisionRow(row.by_id, row.name or "", row.at, row.note or "", row.pence)


@dataclass(frozen=True, slots=True)
class Standing:
    """A pitch in the results: exact totals and one line for each criterion, explained or not.

    Without a signed card `rank` is None, `total` 0 and there are no lines. `adjusted` is the total that the
    ranking goes by where totals are adjusted; where they could not be, `plain_because` says why, as a clause.
    """

    pitch: AwardPitch
    rank: int | None
    tied: bool
    judges: int
    total: Fraction
    lines: tuple[Line, ...]
    missed: tuple[str, ...]
    adjusted: Fraction | None = None
    plain_because: str = ""
    #: The place of a pitch that shares its total, once that is settled.
    place: int | None = None


def standing(
    challenge: ChallengeRow,
    criteria: Sequence[CriterionRow],
    found: Sequence[AwardPitch],
    lowest_pence: int | None,
    texts: dict[tuple[int, int], str] | None = None,
) -> list[Standing]:
    """The pitches in play, best first, equal totals as published or else by reference; one statement, and
    another where totals are adjusted or judges meet.

    `texts` are the explanations by (pitch id, criterion id); that of the price is written here.
    """
    in_play = [pitch for pitch in found if pitch.in_play]
    tallies = judging.criterion_tallies([pitch.id for pitch in in_play])
    moderated = challenge.decision_basis == DecisionBasis.MODERATED
    agreed = judging.agreed_scores(challenge.id) if moderated else {}
    lines = {
        pitch.id: _lines(
            pitch, criteria, tallies[pitch.id], agreed.get(pitch.id, {}), lowest_pence, texts or {}
        )
        for pitch in in_play
    }
    totals = {p.reference: sum((x.points for x in lines[p.id]), Fraction(0)) for p in in_play if lines[p.id]}
    by_reference = {pitch.reference: pitch for pitch in in_play}
    adjusted, because = _adjusted(challenge, [p for p in in_play if lines[p.id]], lines)
    orders = {pitch.reference: pitch.tie_order or 0 for pitch in in_play}
    order = sorted(scoring.ranked(adjusted or totals), key=lambda each: (each[0], orders[each[2]]))
    ranked = []
    for place, (rank, tied, reference) in enumerate(order, start=1):
        pitch = by_reference.pop(reference)
        judges = max(tally.cards for tally in tallies[pitch.id].values())
        missed = _missed(lines[pitch.id], totals[reference], challenge.minimum_total)
        figures = (totals[reference], lines[pitch.id], missed, adjusted.get(reference), because)
        settled = place if tied and pitch.tie_order else None
        ranked.append(Standing(pitch, rank, tied, judges, *figures, settled))
    return ranked + [Standing(p, None, False, 0, Fraction(0), (), ()) for p in by_reference.values()]


def _adjusted(
    challenge: ChallengeRow, scored: Sequence[AwardPitch], lines: dict[int, tuple[Line, ...]]
) -> tuple[dict[str, Fraction], str]:
    """The adjusted totals by reference: the judges' part adjusted, and the exact points for the price. Or
    none, and why, where the plain mean counts for all.
    """
    found = None
    if challenge.decision_basis == DecisionBasis.CALIBRATED:
        stored = judging.adjusted(challenge.id)
        found = judging.check_adjusted(stored, challenge.state, [pitch.id for pitch in scored])
    if found is None or found.why_not:
        return {}, found.because if found else ""
    price = {
        pitch.id: sum((line.points for line in lines[pitch.id] if line.mean is None), Fraction(0))
        for pitch in scored
    }
    return {p.reference: Fraction(found.hundredths[p.id], 100) + price[p.id] for p in scored}, ""


def _lines(
    pitch: AwardPitch,
    criteria: Sequence[CriterionRow],
    tallies: dict[int, scoring.Tally],
    agreed: dict[str, int],
    lowest_pence: int | None,
    texts: dict[tuple[int, int], str],
) -> tuple[Line, ...]:
    judged = [c.id for c in criteria if c.kind == CriterionKind.JUDGED]
    if any(criterion_id not in tallies or not tallies[criterion_id].cards for criterion_id in judged):
        return ()
    return tuple(
        _price_line(c, pitch.price_pence, lowest_pence)
        if c.kind == CriterionKind.PRICE
        else _judged_line(c, tallies[c.id], texts.get((pitch.id, c.id), ""), agreed=str(c.id) in agreed)
        for c in criteria
    )


def _judged_line(criterion: CriterionRow, tally: scoring.Tally, text: str, *, agreed: bool) -> Line:
    mean = scoring.criterion_mean(tally)
    shape = scoring.Criterion(
        str(criterion.id), criterion.weight, criterion.minimum, criterion.maximum, criterion.step
    )
    labels = {value: label for value, (label, _) in criterion.anchors.items()}
    return Line(
        criterion.name,
        criterion.weight,
        mean * 100 * criterion.weight / criterion.maximum,
        text,
        mean,
        scoring.worded_level(shape, labels, mean) if labels else "",
        criterion.maximum,
        criterion.threshold,
        tally.cards,
        agreed,
    )


def _price_line(criterion: CriterionRow, price: int | None, lowest: int | None) -> Line:
    if not price or not lowest:
        return Line(
            criterion.name, criterion.weight, Fraction(0), "No price was given, so there are no points."
        )
    points = scoring.price_points(price, min(lowest, price), criterion.weight)
    explanation = price_explanation(price, min(lowest, price), criterion.weight, points)
    return Line(criterion.name, criterion.weight, points, explanation)


def _missed(lines: Sequence[Line], total: Fraction, minimum_total: int | None) -> tuple[str, ...]:
    missed = [
        f"{line.name}: under {scoring.points_text(line.threshold)}"
        for line in lines
        if line.threshold is not None and line.mean is not None and line.mean * 100 < line.threshold
    ]
    if minimum_total is not None and total * 100 < minimum_total:
        missed.append(f"In all: under {scoring.points_text(minimum_total)}")
    return tuple(missed)
