"""The trial pitch: the procurement lead's pages, and the judge's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from flask import flash, redirect, render_template, request, url_for

from pitchfest.challenges.rules import CriterionKind
from pitchfest.judging import operations, queries
from pitchfest.judging.forms import ScorecardForm, TrialForm, read_marks
from pitchfest.judging.rules import Permission, Round
from pitchfest.judging.rules.briefing import minutes_a_pitch
from pitchfest.judging.rules.cards import Mark, picked, scale
from pitchfest.judging.rules.scoring import Criterion, points_text, round_half_up
from pitchfest.judging.rules.trial import TrialPart, TrialQuestion, mean_difference, say_difference
from pitchfest.judging.views.desk import bp as desk
from pitchfest.judging.views.manage import Page, bp
from pitchfest.kernel.errors import NotFound
from pitchfest.web.access import allows, requires, the_actor
from pitchfest.web.forms import saving
from pitchfest.web.requests import now


@dataclass(frozen=True, slots=True)
class Shown:
    """One criterion on either page, ready to print."""

    id: int
    name: str
    guidance: str
    weight: int
    lowest: str
    highest: str
    picked: bool
    values: list[tuple[str, str, str]]
    questions: tuple[TrialQuestion, ...]
    score: str
    reason: str
    agreed: str
    agreed_reason: str
    difference: str


def _shown(part: TrialPart, mark: Mark | None, sent: Mapping[str, str] | None) -> Shown:
    """The criterion with what is in its fields: what was sent, or else the mark."""
    c = part.criterion
    limits = Criterion("", c.weight, c.minimum, c.maximum, c.step)
    values = scale(limits) if picked(limits) else sorted(c.anchors, reverse=True)
    given = mark.hundredths if mark else None
    agreed = part.agreed.hundredths if part.agreed else None
    return Shown(
        id=c.id,
        name=c.name,
        guidance=c.guidance,
        weight=c.weight,
        lowest=points_text(c.minimum),
        highest=points_text(c.maximum),
        picked=picked(limits),
        values=[(points_text(value), *c.anchors.get(value, ("", ""))) for value in values],
        questions=part.questions,
        score=sent.get(f"score-{c.id}", "") if sent is not None else _points(given),
        reason=sent.get(f"reason-{c.id}", "") if sent is not None else mark.reason if mark else "",
        agreed=_points(agreed),
        agreed_reason=part.agreed.reason if part.agreed else "",
        difference="" if given is None or agreed is None else say_difference(given, agreed),
    )


def _points(hundredths: int | None) -> str:
    return "" if hundredths is None else points_text(hundredths)


def _judged(round_: Round) -> list[queries.CriterionFacts]:
    return [c for c in queries.criteria(round_.id) if c.kind == CriterionKind.JUDGED]


def _sent() -> Mapping[str, str] | None:
    return request.form if request.method == "POST" else None


@bp.route("/trial", methods=["GET", "POST"])
@requires(Permission.WRITE_TRIAL, of=queries.round_of)
def write_trial(round_: Round) -> Page:
    trial = queries.trial(round_.id)
    form = TrialForm(data={"supplier": trial.supplier, "version": str(trial.version)})
    if form.validate_on_submit():
        with saving(form, then=url_for(".trial_scores", reference=round_.reference)) as saved:
            operations.write_trial(
                the_actor(),
                reference=round_.reference,
                supplier=form.supplier.data or "",
                answers={
                    question.id: request.form.get(f"answer-{question.id}", "")
                    for part in trial.parts
                    for question in part.questions
                },
                agreed=read_marks(_judged(round_), request.form),
                expected_version=form.expected_version,
                now=now(),
            )
        if saved:
            flash("Saved. Judges are offered it before the real pitches.", "success")
            return redirect(saved.redirect)
    wrong = bool(form.problems or form.errors)
    page = render_template(
        "judging/write_trial.html",
        round=round_,
        trial=trial,
        form=form,
        parts=[_shown(part, part.agreed, _sent()) for part in trial.parts],
        typed=_sent(),
        fixed=bool(queries.tried(round_.id)),
        problems={problem.field: problem.message for problem in form.problems},
        page_errors=wrong,
    )
    return (page, 422) if wrong else page


@bp.get("/trial/scores")
@requires(Permission.TRIAL_SCORES, of=queries.round_of)
def trial_scores(round_: Round) -> str:
    """What every judge gave it, for the procurement lead alone."""
    trial = queries.trial(round_.id)
    if not trial.version:
        raise NotFound
    rows = queries.tried(round_.id)
    apart = [mean_difference(row.scores, trial.agreed) for row in rows]
    return render_template(
        "judging/trial_scores.html",
        round=round_,
        trial=trial,
        parts=[_shown(part, None, None) for part in trial.parts],
        rows=[
            (row.name, [_points(row.scores.get(part.criterion.id)) for part in trial.parts], off)
            for row, off in zip(rows, map(round_half_up, apart), strict=True)
        ],
        mean=round_half_up(sum(apart, Fraction(0)) / len(apart)) if apart else "",
        may_write=bool(allows(Permission.WRITE_TRIAL, round_)) and not rows,
    )


@desk.route("/judging/<reference>/trial", methods=["GET", "POST"])
@requires(Permission.TRIAL, of=queries.round_of)
def trial(round_: Round) -> Page:
    assert round_.member_id is not None
    found = queries.trial(round_.id)
    if not found.version:
        raise NotFound
    form = ScorecardForm()
    if form.validate_on_submit():
        with saving(form, then=url_for("judging.trial", reference=round_.reference)) as saved:
            operations.score_trial(
                the_actor(),
                reference=round_.reference,
                marks=read_marks(_judged(round_), request.form),
                now=now(),
            )
        if saved:
            flash("Sent. Beside each of your scores stands what the panel agreed.", "success")
            return redirect(saved.redirect)
    marks = queries.trial_marks(round_.member_id)
    wrong = bool(form.problems or form.errors)
    given = {key: mark.hundredths for key, mark in marks.items() if mark.hundredths is not None}
    page = render_template(
        "judging/trial.html",
        round=round_,
        trial=found,
        form=form,
        parts=[_shown(part, marks.get(part.criterion.id), _sent()) for part in found.parts],
        sent=bool(marks),
        open=not marks and bool(allows(Permission.TRY, round_)),
        mean=round_half_up(mean_difference(given, found.agreed)) if marks else "",
        minutes=minutes_a_pitch(len(found.parts)),
        problems={problem.field: problem.message for problem in form.problems},
        page_errors=wrong,
    )
    return (page, 422) if wrong else page
