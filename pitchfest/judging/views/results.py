"""The results of a round, its files, and each judge's scores for a pitch."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from pitchfest.challenges.rules import ChallengeState, CriterionKind
from pitchfest.judging import exports, queries
from pitchfest.judging.rules import Permission, Round
from pitchfest.judging.rules.ranking import two_places
from pitchfest.judging.rules.scoring import criterion_mean, points_text, round_half_up
from pitchfest.judging.rules.snapshot import QUIET_BELOW
from pitchfest.judging.views.manage import bp
from pitchfest.kernel.errors import NotFound
from pitchfest.kernel.tabular import to_csv, to_xlsx
from pitchfest.kernel.text import join_words
from pitchfest.pitches.rules import PitchState
from pitchfest.web.access import allows, requires

pitch_pages = Blueprint("judging_pitches", __name__, url_prefix="/manage/pitches")

#: Why a pitch is outside the ranking.
APART = {
    PitchState.WITHDRAWN: "Withdrawn",
    PitchState.INELIGIBLE: "Not eligible",
    PitchState.EXCLUDED: "Excluded",
    PitchState.OPENED: "Not decided whether eligible",
}


@bp.get("/results")
@requires(Permission.RESULTS, of=queries.round_of)
def results(round_: Round) -> str:
    found = queries.results(round_.id, names=round_.names)
    return render_template(
        "judging/results.html",
        round=round_,
        results=found,
        settled=any(row.tied and row.tie_order for row in found.ranked),
        few=sum(row.rank is not None for row in found.ranked) < QUIET_BELOW,
        kept=queries.stored_calibration(round_.id, found),
        headline=_headline(round_, found),
        agreed=round_.moderated and bool(queries.agreed_scores(round_.id)),
        apart_words=APART,
        moderating=round_.state == ChallengeState.MODERATION,
        may_export=bool(allows(Permission.EVERYTHING, round_)),
    )


def _headline(round_: Round, found: queries.Results) -> str:
    """What the ranking says, in a few words; of equal totals at the top, also what settled them."""
    top = tuple(row for row in found.ranked if row.rank == 1)
    if not top:
        return "No pitch was scored"
    names = join_words([row.organisation_name for row in top])
    moderating = round_.state == ChallengeState.MODERATION
    alone, together = _LEADING[moderating]
    if len(top) == 1:
        return alone.format(names)
    settled = None if moderating else queries.settled_ties(round_.id, replace(found, ranked=top))
    if settled is None:
        return together.format(names)
    first, second = settled.groups[0][:2]
    return f"{alone.format(first.row.organisation_name)}, {second.how}"


#: Whether the panel still meets → what is said of one pitch at the top, and of several.
_LEADING = {
    True: ("Before moderation is closed: {} leads", "Before moderation is closed: {} share the lead"),
    False: ("{} comes first", "{} share the top"),
}


@bp.get("/results/ties")
@requires(Permission.RESULTS, of=queries.round_of)
def ties(round_: Round) -> str:
    found = queries.results(round_.id, names=round_.names)
    settled = None if round_.state == ChallengeState.MODERATION else queries.settled_ties(round_.id, found)
    nothing = None if settled else _unsettled(round_, found)
    return render_template("judging/ties.html", round=round_, ties=settled, nothing=nothing)


def _unsettled(round_: Round, found: queries.Results) -> tuple[str, str]:
    """Why no tie was settled: a heading and a sentence."""
    if round_.state == ChallengeState.MODERATION:
        return "Nothing is settled yet", "The scores can still change until moderation is closed."
    if not any(row.tied for row in found.ranked):
        return "Nothing had to be settled", "No two pitches come out equal."
    return "Some pitches stay equal", "No lot was sealed when judging began, so nothing settles their order."


@bp.get("/results.csv")
@requires(Permission.RESULTS, of=queries.round_of)
def results_csv(round_: Round) -> Response:
    body = to_csv(*exports.results_table(queries.results(round_.id, names=round_.names)))
    return _file(body.encode(), f"{round_.reference}-results.csv", "text/csv; charset=utf-8")


@bp.get("/results.xlsx")
@requires(Permission.RESULTS, of=queries.round_of)
def results_xlsx(round_: Round) -> Response:
    body = to_xlsx(
        *exports.results_table(queries.results(round_.id, names=round_.names)),
        title=f"{round_.reference} results",
    )
    return _file(body, f"{round_.reference}-results.xlsx", exports.XLSX)


@bp.get("/scores.csv")
@requires(Permission.RESULTS, of=queries.round_of)
def scores_csv(round_: Round) -> Response:
    body = to_csv(*exports.scores_table(round_.id, names=round_.names))
    return _file(body.encode(), f"{round_.reference}-scores.csv", "text/csv; charset=utf-8")


def _file(body: bytes, name: str, kind: str) -> Response:
    response = Response(body, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@pitch_pages.get("/<reference>/scores")
@requires(Permission.RESULTS, of=queries.round_of_pitch)
def scores(round_: Round) -> str:
    reference = (request.view_args or {})["reference"]
    pitch = next(
        (row for row in queries.opened_pitches(round_.id, names=round_.names) if row.reference == reference),
        None,
    )
    if pitch is None:
        raise NotFound
    criteria = [c for c in queries.criteria(round_.id) if c.kind == CriterionKind.JUDGED]
    rows = queries.card_scores(pitch.id, voided=True)
    tallies = queries.criterion_tallies([pitch.id])[pitch.id]
    settled = queries.settled_on(pitch.id)
    return render_template(
        "judging/scores.html",
        round=round_,
        pitch=pitch,
        may_set_aside=bool(allows(Permission.SET_ASIDE, round_)),
        criteria=[
            {
                "name": c.name,
                "weight": c.weight,
                "highest": points_text(c.maximum),
                "mean": round_half_up(criterion_mean(tallies[c.id])) if c.id in tallies else "",
                "agreed": settled.get(c.id),
                "scores": [row for row in rows if row.criterion_id == c.id],
            }
            for c in criteria
        ],
        cards=[
            (row, two_places(row.own) if row.own else "", _late(round_, row))
            for row in (next(group) for _, group in groupby(rows, key=lambda row: row.card_id))
        ],
        origins=queries.origins(round_.id),
        points_text=points_text,
        back=url_for("judging_manage.results", reference=round_.reference),
    )


def _late(round_: Round, row: queries.CardScore) -> bool:
    deadline = round_.judging_deadline
    return deadline is not None and row.signed_at is not None and row.signed_at > deadline
