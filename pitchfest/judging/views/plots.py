"""What the plots and tables under "How sure the ranking is" are drawn from."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pitchfest.judging.queries.certainty import Evidence, Reviewers
from pitchfest.judging.rules.plots import Bar, distribution, review_points, shade, shades
from pitchfest.judging.rules.snapshot import percent

if TYPE_CHECKING:
    from pitchfest.judging.rules.certainty import Certainty
    from pitchfest.judging.rules.next_reviews import NextReview
    from pitchfest.judging.rules.outliers import JudgeFit
    from pitchfest.judging.rules.reliability import Reliability

#: A map of more pitches than this nobody takes in.
MOST_ROWS = 60


def distributions(found: Evidence) -> list[tuple[str, list[Bar]]]:
    """For each criterion its name, and how often each score was given."""
    cards = [card for by_judge in found.cards.values() for card in by_judge.values()]
    return [
        (
            found.criterion_names[c.key],
            distribution(c, [int(card[c.key] * c.maximum) for card in cards if c.key in card]),
        )
        for c in found.criteria
    ]


class Map(NamedTuple):
    """Judges as columns; by pitch, best first, its name and the cells: points and shade, None without a
    review; the legend, lowest first; how many pitches are left out; and whether the price is in the points.
    """

    judges: list[str]
    rows: list[tuple[str, list[tuple[str, int] | None]]]
    legend: list[tuple[int, str]]
    left_out: int
    with_price: bool


def review_map(found: Evidence, sure: Certainty) -> Map:
    """Who gave which pitch how much; strict judges first."""
    points = review_points(found.cards, found.weights, found.prices)
    bounds = shades(points.values())
    judges = [fit.judge for fit in sorted(sure.judges, key=lambda fit: (fit.generosity, fit.judge))]
    rows = []
    for place in sure.places[:MOST_ROWS]:
        given = [points.get((place.pitch, judge)) for judge in judges]
        cells = [None if p is None else (_one_place(float(p)), shade(p, bounds)) for p in given]
        rows.append((found.pitch_names[place.pitch], cells))
    lows = [min(points.values()), *bounds]
    legend = [
        (n, f"{_one_place(float(low))} to {_one_place(float(high))}")
        for n, (low, high) in enumerate(zip(lows, bounds, strict=False), start=1)
    ]
    return Map(
        [found.judge_names[judge] for judge in judges],
        rows,
        legend if lows[0] < lows[-1] else [],
        len(sure.places) - len(rows),
        bool(found.prices),
    )


def _one_place(points: float) -> str:
    return f"{points:.1f}"


class Severity(NamedTuple):
    """A judge's row; `x`, `width` and `mark` are in hundredths of the bar, of which 50 is the usual judge."""

    name: str
    fit: JudgeFit
    x: float
    width: float
    mark: float


def severities(found: Evidence, sure: Certainty) -> list[Severity]:
    """The judges, generous ones first."""
    span = max((max(abs(fit.low), abs(fit.high)) for fit in sure.judges), default=0.0) or 1.0
    return [
        Severity(
            found.judge_names[fit.judge],
            fit,
            50 + 50 * fit.low / span,
            50 * (fit.high - fit.low) / span,
            50 + 50 * fit.generosity / span,
        )
        for fit in sorted(sure.judges, key=lambda fit: (-fit.generosity, fit.judge))
    ]


def agreement_rows(of: Reliability) -> list[tuple[str, str, str]]:
    """Name, value and meaning of each measure of agreement; "" where it is not defined."""
    values = (
        (
            "ICC(2,1)",
            of.icc2,
            "the share of one judge’s score that is the pitch, not judge or chance",
        ),
        ("ICC(2,k)", of.icc2k, "the same, of the mean of all judges"),
        ("Krippendorff’s alpha", of.alpha_interval, "0 is what chance gives, 1 is judges who agree exactly"),
        ("Alpha by order", of.alpha_ordinal, "the same, when only the order of scores counts"),
        ("Kendall’s W", of.kendall_w, "1 is judges who put all pitches in the same order, 0 no common order"),
    )
    return [(name, "" if value is None else _signed(value), says) for name, value, says in values]


def _signed(value: float) -> str:
    return f"{round(value, 2) or 0.0:.2f}".replace("-", "−")  # or it says "−0.00"


class Further(NamedTuple):
    """One further review: how likely the pitch is among the best, how unsure its score is now and after."""

    pitch: str
    judge: str
    chance: str
    now: str
    after: str
    reference: str
    member_id: int


def further_rows(asked: list[NextReview], found: Evidence, who: Reviewers) -> list[Further]:
    """The suggestions, most useful first; none that would leave its pitch as unsure as it is."""
    return [
        Further(
            found.pitch_names[one.pitch],
            who.names[one.judge],
            percent(one.p_top),
            f"± {_one_place(one.sd)}",
            f"± {_one_place(one.sd_after)}",
            one.pitch,
            who.members[one.judge],
        )
        for one in asked
        if _one_place(one.sd) != _one_place(one.sd_after)
    ]
