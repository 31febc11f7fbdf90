"""The criteria of a draft: one page for the list, one for each criterion."""

from __future__ import annotations

from typing import Literal

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pitchfest.challenges import operations, queries
from pitchfest.challenges.forms import CriterionForm, criterion_form, criterion_values
from pitchfest.challenges.queries import ChallengeRow, CriterionPage, CriterionRow
from pitchfest.challenges.rules import (
    USUAL_ANCHORS,
    CriterionKind,
    Permission,
    anchored_values,
    criterion_problems,
    say_points,
)
from pitchfest.challenges.views.manage import bp
from pitchfest.web.access import requires, the_actor
from pitchfest.web.forms import Form, saving
from pitchfest.web.requests import now


@bp.get("/challenges/<reference>/criteria")
@requires(Permission.WRITE, of=queries.for_staff)
def criteria(found: ChallengeRow) -> str:
    rows = queries.criteria(found.id)
    return render_template(
        "challenges/manage/criteria.html",
        challenge=found,
        form=Form(version=found.version),
        rows=[(row, _scale(row), criterion_problems(row)) for row in rows],
        total=sum(row.weight for row in rows),
    )


def _scale(row: CriterionRow) -> str:
    if row.kind == CriterionKind.PRICE:
        return "Worked out from the price"
    low, high, step = (say_points(v) for v in (row.minimum, row.maximum, row.step))
    steps = "" if row.step == 100 else f" in steps of {step}"
    least = "" if row.threshold is None else f", at least {say_points(row.threshold)} to be funded"
    return f"{low} to {high}{steps}{least}"


@bp.route("/challenges/<reference>/criteria/new", methods=["GET", "POST"])
@requires(Permission.WRITE, of=queries.for_staff)
def new_criterion(found: ChallengeRow) -> ResponseReturnValue:
    return _edit(found, None)


@bp.route("/challenges/<reference>/criteria/<int(max=2147483647):criterion_id>", methods=["GET", "POST"])
@requires(Permission.WRITE, of=queries.criterion_page)
def criterion(page: CriterionPage) -> ResponseReturnValue:
    return _edit(page.challenge, page.criterion)


def _edit(found: ChallengeRow, row: CriterionRow | None) -> ResponseReturnValue:
    scored = row is not None and row.kind == CriterionKind.JUDGED
    values = anchored_values(row) if row is not None and scored else list(USUAL_ANCHORS)
    shown = criterion_values(row if row is None or scored else None)
    if row is not None:
        shown |= {"name": row.name, "weight": row.weight, "guidance": row.guidance, "kind": row.kind.value}
    form = criterion_form(values)(version=found.version, **shown)
    if form.validate_on_submit():
        with saving(form) as saved:
            saved.redirect = _save(form, found, row)
        if saved:
            flash("The criterion is saved.", "success")
            return redirect(saved.redirect)
    page = render_template(
        "challenges/manage/criterion.html",
        challenge=found,
        criterion=row,
        form=form,
        values=[(say_points(v), form[f"label_{v}"], form[f"meaning_{v}"]) for v in form.anchor_values],
        page_errors=bool(form.errors),
    )
    return page, 422 if form.errors else 200


def _save(form: CriterionForm, found: ChallengeRow, row: CriterionRow | None) -> str:
    """Save; the address of the list, or of the criterion again where its new scale lacks words."""
    minimum, maximum, step = (form[name].data or 0 for name in ("minimum", "maximum", "step"))
    fits = range(minimum, maximum + 1, step) if step else ()
    criterion_id = operations.save_criterion(
        the_actor(),
        reference=found.reference,
        criterion_id=row.id if row else None,
        name=form.name.data or "",
        weight=form.weight.data or 0,
        guidance=form.guidance.data or "",
        kind=CriterionKind(form.kind.data),
        minimum=minimum,
        maximum=maximum,
        step=step,
        threshold=form.threshold.data,
        anchors={value: words for value, words in form.anchors.items() if value in fits},
        expected_version=form.expected_version,
        now=now(),
    )
    saved = next(c for c in queries.criteria(found.id) if c.id == criterion_id)
    if criterion_problems(saved):
        return url_for("manage.criterion", reference=found.reference, criterion_id=criterion_id)
    return url_for("manage.criteria", reference=found.reference)


@bp.route(
    "/challenges/<reference>/criteria/<int(max=2147483647):criterion_id>/remove", methods=["GET", "POST"]
)
@requires(Permission.WRITE, of=queries.criterion_page)
def remove_criterion(page: CriterionPage) -> ResponseReturnValue:
    form = Form(version=page.challenge.version)
    back = url_for("manage.criteria", reference=page.challenge.reference)
    if form.validate_on_submit():
        with saving(form, then=back) as saved:
            operations.remove_criterion(
                the_actor(),
                reference=page.challenge.reference,
                criterion_id=page.criterion.id,
                expected_version=form.expected_version,
                now=now(),
            )
        if saved:
            flash("The criterion is removed.", "success")
            return redirect(saved.redirect)
    return render_template(
        "challenges/manage/remove.html",
        challenge=page.challenge,
        form=form,
        title=f"Remove the criterion “{page.criterion.name}”?",
        what="Its weight and its words go. Its questions stay on the form, not scored.",
        back=back,
    )


@bp.post("/challenges/<reference>/criteria/<int(max=2147483647):criterion_id>/move")
@requires(Permission.WRITE, of=queries.criterion_page)
def move_criterion(page: CriterionPage) -> ResponseReturnValue:
    form = Form()
    back = url_for("manage.criteria", reference=page.challenge.reference)
    if form.validate_on_submit():
        with saving(form, then=back):
            operations.move_criterion(
                the_actor(),
                reference=page.challenge.reference,
                criterion_id=page.criterion.id,
                direction=asked_direction(),
                expected_version=form.expected_version,
                now=now(),
            )
    return redirect(back)


def asked_direction() -> Literal["up", "down"]:
    """Which of the two buttons was pressed."""
    return "up" if request.form.get("direction") == "up" else "down"
