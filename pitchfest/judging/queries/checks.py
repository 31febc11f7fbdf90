"""Whether every stored total is what the signed scores come to, exactly, and what adjusting gives again."""

from __future__ import annotations

from fractions import Fraction

from pitchfest.challenges.rules import CriterionKind
from pitchfest.judging.queries import moderation, results, stored
from pitchfest.judging.queries.adjusting import adjusted_differences
from pitchfest.judging.rules import scoring
from pitchfest.kernel.text import plural
from pitchfest.pitches import queries as pitches


def total_differences() -> tuple[int, list[str]]:
    """How many pitches were checked, and each difference between a stored figure and its recomputation."""
    checked, found = 0, []
    for challenge_id, reference in stored.scored_challenges():
        names = stored.pitch_references(challenge_id)
        judged = [c for c in results.criteria(challenge_id) if c.kind == CriterionKind.JUDGED]
        labels, criteria = {c.id: c.name for c in judged}, [c.for_scoring() for c in judged]
        cards = results.counted_cards(challenge_id)
        agreed = moderation.agreed_scores(challenge_id)
        kept = stored.stored_totals(challenge_id)
        tallies = results.criterion_tallies(names)
        for pitch_id, name in names.items():
            checked += 1
            again = scoring.aggregate(cards.get(pitch_id, []), criteria, agreed.get(pitch_id))
            wrong = _differences(again, kept.get(pitch_id), criteria)
            wrong += _sum_differences(again, tallies[pitch_id], labels)
            found += [f"{reference} {name}: {what}" for what in wrong]
        found += _own_differences(challenge_id, reference, criteria)
        found += _price_difference(challenge_id, reference)
        found += adjusted_differences(challenge_id, reference, names)
    return checked, found


def _differences(
    again: scoring.PitchAggregate,
    kept: stored.StoredTotal | None,
    criteria: list[scoring.Criterion],
) -> list[str]:
    if again.totals is None:
        return ["a total is stored, but not every criterion is scored"] if kept else []
    if kept is None:
        return [f"no total is stored, but {again.reviews} signed"]
    missed = tuple(int(m.key) for m in scoring.minimums_missed(again.tallies, criteria, Fraction(0)) if m.key)
    own = again.totals
    pairs = (
        ("cards", kept.cards, again.reviews),
        ("total", kept.total, own.points),
        ("mean", kept.mean, own.mean),
        ("median", kept.median, own.median),
        ("spread", kept.spread, own.spread),
        ("minimums missed", kept.missed, missed),
    )
    return [f"{what} is stored as {was}, the scores give {now}" for what, was, now in pairs if was != now]


def _sum_differences(
    again: scoring.PitchAggregate, kept: dict[int, scoring.Tally], labels: dict[int, str]
) -> list[str]:
    counted = {int(key): tally for key, tally in again.tallies.items()} if again.totals else {}
    return [
        f"{name} is stored as {_said(kept.get(key))}, the scores give {_said(counted.get(key))}"
        for key, name in labels.items()
        if kept.get(key) != counted.get(key)
    ]


def _said(tally: scoring.Tally | None) -> str:
    """The scores on a criterion in words: `11.5 points from 3 scorecards`."""
    if tally is None:
        return "nothing"
    cards = plural(tally.cards, "scorecard").replace("\u00a0", " ")
    return f"{scoring.points_text(tally.hundredths)} points from {cards}"


def _own_differences(challenge_id: int, reference: str, criteria: list[scoring.Criterion]) -> list[str]:
    found = []
    for pitch, judge, scores, own in stored.own_totals(challenge_id).values():
        again = scoring.own_total(scores, criteria)
        if own != again:
            found.append(
                f"{reference} {pitch}: the total of {judge} is stored as {own}, the scores give {again}"
            )
    return found


def _price_difference(challenge_id: int, reference: str) -> list[str]:
    """Every price is compared with the lowest, so that one is a stored figure of the totals too."""
    if all(c.kind != CriterionKind.PRICE for c in results.criteria(challenge_id)):
        return []
    kept, again = pitches.lowest_price(challenge_id), stored.lowest_price_again(challenge_id)
    if kept == again:
        return []
    return [f"{reference}: the lowest price is stored as {kept} pence, the pitches give {again}"]
