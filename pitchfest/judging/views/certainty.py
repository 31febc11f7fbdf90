"""How sure a ranking is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from flask import render_template, request

from pitchfest.judging import queries
from pitchfest.judging.queries.adjusted import is_adjusted
from pitchfest.judging.queries.certainty import Evidence, evidence, reviewers
from pitchfest.judging.rules import Permission, Round
from pitchfest.judging.rules.scoring import round_half_up
from pitchfest.judging.rules.snapshot import QUIET_BELOW, percent, version_of
from pitchfest.judging.views import plots
from pitchfest.judging.views.manage import bp
from pitchfest.kernel.text import join_words
from pitchfest.web.access import allows, requires
from pitchfest.web.requests import now

if TYPE_CHECKING:
    from pitchfest.judging.rules.certainty import Certainty, Place
    from pitchfest.judging.rules.what_if import Change


@bp.get("/results/certainty")
@requires(Permission.RESULTS, of=queries.round_of)
def certainty(round_: Round) -> str:
    found = evidence(round_.id, names=round_.names)
    agreed = round_.moderated and bool(queries.agreed_scores(round_.id))
    if not found.cards:
        return render_template("judging/certainty.html", round=round_, sure=None, agreed=agreed)
    may_ask = bool(allows(Permission.FURTHER_REVIEWS, round_))
    sure = _certainty(found, request.args.get("best", 1, type=int))
    further, anyone = _further(round_, found, sure) if may_ask else (None, False)
    return render_template(
        "judging/certainty.html",
        round=round_,
        sure=sure,
        version=version_of(found.cards, found.weights, found.prices)[:8],
        reviews=sum(place.reviews for place in sure.places),
        adjusts=not round_.moderated and is_adjusted(queries.adjusted(round_.id)),
        agreed=agreed,
        quiet=len(sure.places) < QUIET_BELOW,
        rows=[_row(place, len(sure.places), found) for place in sure.places],
        groups=[join_words([found.pitch_names[name] for name in group]) for group in sure.groups],
        judges=plots.severities(found, sure),
        distributions=plots.distributions(found),
        map=plots.review_map(found, sure),
        agreeing=plots.agreement_rows(sure.reliability),
        further=further,
        anyone=anyone,
        asked=queries.further_reviews(round_.id, names=round_.names) if may_ask else [],
        far=[(found.pitch_names[fit.pitch], found.judge_names[fit.judge], fit) for fit in sure.far],
        splits=[found.pitch_names[split.pitch] for split in sure.splits],
        without=[(found.judge_names[c.what], _moves(c, found, sure.k)) for c in sure.without],
        reweighed=[
            (
                f"{found.criterion_names[c.what]} counts a tenth {'more' if c.factor > 1 else 'less'}",
                _moves(c, found, sure.k),
            )
            for c in sure.reweighed
        ],
    )


def _certainty(found: Evidence, best: int) -> Certainty:
    # Here only: numpy takes longer to import than the rest of the site.
    from pitchfest.judging.rules.certainty import certainty  # noqa: PLC0415

    return certainty(found.cards, found.weights, found.prices, best)


def _further(round_: Round, found: Evidence, sure: Certainty) -> tuple[list[plots.Further], bool]:
    """What to ask for, where there are enough pitches for it to matter; and whether anybody may be asked."""
    if len(sure.places) < QUIET_BELOW or sure.complete:
        return [], queries.anyone_askable(round_, now())
    from pitchfest.judging.rules.certainty import further_reviews  # noqa: PLC0415

    who = reviewers(round_.id, now())
    asked = further_reviews(
        found.cards, found.weights, found.prices, sure.k, judges=who.names, forbidden=who.forbidden
    )
    anyone = any((pitch, judge) not in who.forbidden for pitch in found.pitch_names for judge in who.names)
    return plots.further_rows(asked, found, who), anyone


class Row(NamedTuple):
    """A pitch as the page shows it; `x`, `width` and `mark` are in hundredths of the bar."""

    reference: str
    name: str
    rank: str
    mean: str
    calibrated: str
    interval: str
    chance: str
    x: float
    width: float
    mark: float


def _row(place: Place, pitches: int, found: Evidence) -> Row:
    return Row(
        place.pitch,
        found.pitch_names[place.pitch],
        f"{place.rank}{', tied' if place.tied else ''}",
        round_half_up(place.mean),
        f"{place.calibrated:.2f}",
        f"{place.low} to {place.high}" if place.low < place.high else str(place.low),
        percent(place.p_top),
        100 * (place.low - 1) / pitches,
        100 * (place.high - place.low + 1) / pitches,
        100 * (place.rank - 0.5) / pitches,
    )


def _moves(change: Change, found: Evidence, k: int) -> str:
    """Who would come in, and who would go out."""
    into, out = (
        join_words([found.pitch_names[p] for p in names]) for names in (change.entering, change.leaving)
    )
    if k == 1:
        return (
            f"{into} would come first, not {out}"
            if into and out
            else f"{into or out} would {_FIRST[bool(into)]}"
        )
    return "; ".join(f"{names} would {verb}" for names, verb in ((into, "come in"), (out, "go out")) if names)


#: Whether a pitch joins those that share the first place, or leaves them.
_FIRST = {True: "share the first place", False: "no longer share the first place"}
