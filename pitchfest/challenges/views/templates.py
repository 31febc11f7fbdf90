"""The region's templates: keeping one, looking inside, changing, retiring and handing on."""

from __future__ import annotations

from datetime import date, time

from flask import Response, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from pitchfest.challenges import operations, queries
from pitchfest.challenges.forms import TakeInForm, TemplateForm
from pitchfest.challenges.queries import ChallengeRow, TemplateRow
from pitchfest.challenges.rules import (
    EVERY_JUDGE,
    SMALL_ROUND,
    Permission,
    Template,
    as_rows,
    template_body,
)
from pitchfest.challenges.rules.templates import Distance
from pitchfest.challenges.views.manage import bp
from pitchfest.challenges.views.showing import SECTIONS, measured_by, prose, say_judging
from pitchfest.kernel.clock import from_london, say_time
from pitchfest.kernel.text import plural
from pitchfest.web.access import allows, requires, the_actor
from pitchfest.web.forms import Form, saving
from pitchfest.web.requests import now


@bp.route("/challenges/<reference>/template", methods=["GET", "POST"])
@requires(Permission.COPY, of=queries.for_staff)
def keep_template(found: ChallengeRow) -> ResponseReturnValue:
    form = TemplateForm(name=found.title[:120])
    if form.validate_on_submit():
        with saving(form) as saved:
            template_id = operations.keep_template(
                the_actor(),
                reference=found.reference,
                name=form.name.data or "",
                note=form.note.data or "",
                now=now(),
            )
            saved.redirect = url_for("manage.template", template_id=template_id)
        if saved:
            flash("Kept as a template. Any officer can start a challenge from it.", "success")
            return redirect(saved.redirect)
    page = render_template(
        "challenges/manage/keep_template.html",
        challenge=found,
        form=form,
        page_errors=bool(form.errors),
        **_inside(queries.lent_by(found, now())),
    )
    return page, 422 if form.errors else 200


@bp.get("/templates")
@requires(Permission.TEMPLATES)
def templates() -> str:
    return render_template(
        "challenges/manage/templates.html",
        rows=queries.templates(),
        may_keep=bool(allows(Permission.KEEP_TEMPLATE)),
    )


@bp.get("/templates/small-round")
@requires(Permission.TEMPLATES)
def small_round() -> str:
    return render_template(
        "challenges/manage/template.html",
        row=None,
        start="small",
        form=Form(),
        may_keep=bool(allows(Permission.KEEP_TEMPLATE)),
        **_inside(SMALL_ROUND),
    )


@bp.get("/templates/<int:template_id>")
@requires(Permission.TEMPLATES, of=queries.template)
def template(row: TemplateRow) -> str:
    return render_template(
        "challenges/manage/template.html",
        row=row,
        start=f"template-{row.id}",
        form=Form(version=row.version),
        may_keep=bool(allows(Permission.KEEP_TEMPLATE)),
        **_inside(row.template),
    )


def _inside(found: Template) -> dict[str, object]:
    """What a template holds, in words."""
    criteria, questions = as_rows(found)
    return {
        "measured": measured_by(criteria, questions),
        "judging": say_judging(found, criteria),
        "settings": _settings(found),
        "texts": [(title, prose(text)) for name, title in SECTIONS if (text := getattr(found, name, ""))],
    }


def _settings(found: Template) -> list[tuple[str, str]]:
    readers = found.judges_per_pitch
    who = f"{plural(readers, 'judge')}" if readers else "All judges up to 8 pitches, 3 above that"
    return [
        ("Open for", _say(found.open_for, "")),
        ("Judges finish", _say(found.judged_after, " after closing")),
        ("Decision", _say(found.decided_after, " after closing")),
        ("Who reads each pitch", "Every judge" if readers == EVERY_JUDGE else who),
        ("Words a reason needs", str(found.reason_words)),
    ]


def _say(distance: Distance | None, then: str) -> str:
    if distance is None:
        return "Not set"
    at = say_time(from_london(date(2027, 1, 4), time.fromisoformat(distance.at)))  # on any day
    return f"{plural(distance.days, 'working day')}{then}, at {at}"


@bp.route("/templates/<int:template_id>/change", methods=["GET", "POST"])
@requires(Permission.KEEP_TEMPLATE, of=queries.template)
def change_template(row: TemplateRow) -> ResponseReturnValue:
    form = TemplateForm(obj=row)
    if form.validate_on_submit():
        with saving(form, then=url_for("manage.template", template_id=row.id)) as saved:
            operations.change_template(
                the_actor(),
                template_id=row.id,
                name=form.name.data or "",
                note=form.note.data or "",
                expected_version=form.expected_version,
                now=now(),
            )
        if saved:
            flash("The template is saved.", "success")
            return redirect(saved.redirect)
    page = render_template(
        "challenges/manage/change_template.html", row=row, form=form, page_errors=bool(form.errors)
    )
    return page, 422 if form.errors else 200


@bp.post("/templates/<int:template_id>/retire")
@requires(Permission.KEEP_TEMPLATE, of=queries.template)
def retire_template(row: TemplateRow) -> ResponseReturnValue:
    form, here = Form(), url_for("manage.template", template_id=row.id)
    if form.validate_on_submit():
        with saving(form, then=here) as saved:
            operations.retire_template(the_actor(), template_id=row.id, now=now())
        if saved:
            flash("Retired. Nobody can start from it; challenges that did stay as they are.", "success")
    return redirect(here)


@bp.post("/templates/<int:template_id>/bring-back")
@requires(Permission.KEEP_TEMPLATE, of=queries.template)
def bring_template_back(row: TemplateRow) -> ResponseReturnValue:
    form, here = Form(), url_for("manage.template", template_id=row.id)
    if form.validate_on_submit():
        with saving(form, then=here) as saved:
            operations.bring_template_back(the_actor(), template_id=row.id, now=now())
        if saved:
            flash("Brought back. Officers can start from it again.", "success")
    return redirect(here)


@bp.get("/templates/small-round.json")
@requires(Permission.TEMPLATES)
def small_round_file() -> Response:
    return _file(template_body(SMALL_ROUND), "small-round")


@bp.get("/templates/<int:template_id>.json")
@requires(Permission.TEMPLATES, of=queries.template)
def template_file(row: TemplateRow) -> Response:
    return _file(row.body, f"template-{row.id}")


def _file(body: str, name: str) -> Response:
    return Response(
        body,
        mimetype="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}.json"'},
    )


@bp.route("/templates/take-in", methods=["GET", "POST"])
@requires(Permission.KEEP_TEMPLATE)
def take_in_template() -> ResponseReturnValue:
    form = TakeInForm()
    if form.validate_on_submit():
        with saving(form) as saved:
            template_id = operations.take_in_template(
                the_actor(),
                name=form.name.data or "",
                note=form.note.data or "",
                text=form.file.data or "",
                now=now(),
            )
            saved.redirect = url_for("manage.template", template_id=template_id)
        if saved:
            flash("Taken in. Look through it before you use it.", "success")
            return redirect(saved.redirect)
    page = render_template(
        "challenges/manage/take_in_template.html", form=form, page_errors=bool(form.errors)
    )
    return page, 422 if form.errors else 200
