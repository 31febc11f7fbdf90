"""Whether every stored total is what the signed scores come to, exactly, and what adjusting gives again."""

from __future__ import annotations

from fractions import Fraction

from pitchfest.challenges.rules import CriterionKind
from pitchfest.judging.queries import moderation, results, stored
from pitchfest.judging.queries.adjusting import adjusted_differences
from pitchfest.judging.rules import scoring


def total_differences() -> tuple[int, list[str]]:
    """How many pitches were checked, and each difference between a stored figure and its recomputation."""
    checked, found = 0, []
    for challenge_id, reference in stored.scored_challenges():
        names = stored.pitch_references(challenge_id)
        criteria = [c.for_scoring() for c in results.criteria(challenge_id) if c.kind == CriterionKind.JUDGED]
        cards = results.counted_cards(challenge_id)
        agreed = moderation.agreed_scores(challenge_id)
        kept = stored.stored_totals(challenge_id)
        tallies = results.criterion_tallies(names)
        for pitch_id, name in names.items():
            checked += 1
            again = scoring.aggregate(cards.get(pitch_id, []), criteria, agreed.get(pitch_id))
            wrong = _differences(again, kept.get(pitch_id), tallies[pitch_id], criteria)
            found += [f"{reference} {name}: {what}" for what in wrong]
        found += _own_differences(challenge_id, reference, criteria)
        found += adjusted_differences(challenge_id, reference, names)
    return checked, found


def _differences(
    again: scoring.PitchAggregate,
    kept: stored.StoredTotal | None,
    tallies: dict[int, scoring.Tally],
    criteria: list[scoring.Criterion],
) -> list[str]:
    if again.totals is None:
        return ["a total is stored, but not every criterion is scored"] if kept or tallies else []
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
        ("criteria", tallies, {int(key): tally for key, tally in again.tallies.items()}),
    )
    return [f"{what} is stored as {was}, the scores give {now}" for what, was, now in pairs if was != now]


def _own_differences(challenge_id: int, reference: str, criteria: list[scoring.Criterion]) -> list[str]:
    found = []
    for pitch, judge, scores, own in stored.own_totals(challenge_id).values():
        again = scoring.own_total(scores, criteria)
        if own != again:
            found.append(
                f"{reference} {pitch}: the total of {judge} is stored as {own}, the scores give {again}"
            )
    return found
