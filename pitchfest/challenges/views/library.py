"""Adding to a draft from the library: criteria with their questions, or questions alone."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from pitchfest.challenges import operations, queries
from pitchfest.challenges.forms import LibraryQuestionsForm, library_form
from pitchfest.challenges.queries import ChallengeRow
from pitchfest.challenges.rules import LIBRARY, Permission, say_points
from pitchfest.challenges.views.manage import bp
from pitchfest.kernel.text import plural
from pitchfest.web.access import requires, the_actor
from pitchfest.web.forms import saving
from pitchfest.web.requests import now


@bp.route("/challenges/<reference>/criteria/library", methods=["GET", "POST"])
@requires(Permission.WRITE, of=queries.for_staff)
def criteria_library(found: ChallengeRow) -> ResponseReturnValue:
    form = library_form()(version=found.version)
    if form.validate_on_submit():
        with saving(form, then=url_for("manage.criteria", reference=found.reference)) as saved:
            operations.add_from_library(
                the_actor(),
                reference=found.reference,
                weights=form.weights,
                expected_version=form.expected_version,
                now=now(),
            )
        if saved:
            flash(f"{plural(len(form.weights), 'criterion', 'criteria')} added, with questions.", "success")
            return redirect(saved.redirect)
    rows = queries.criteria(found.id)
    page = render_template(
        "challenges/manage/criteria_library.html",
        challenge=found,
        form=form,
        entries=[(entry, form[f"weight_{entry.key}"], _scale(entry.meanings)) for entry in LIBRARY],
        chosen=set(form.chosen.data or ()),
        total=sum(row.weight for row in rows),
        page_errors=bool(form.errors),
    )
    return page, 422 if form.errors else 200


def _scale(meanings: tuple[str, ...]) -> list[tuple[str, str]]:
    """The words for each score, the highest first."""
    return [(say_points(n * 100), text) for n, text in reversed(list(enumerate(meanings)))]


@bp.route("/challenges/<reference>/form/library", methods=["GET", "POST"])
@requires(Permission.WRITE, of=queries.for_staff)
def questions_library(found: ChallengeRow) -> ResponseReturnValue:
    form = LibraryQuestionsForm(version=found.version)
    if form.validate_on_submit():
        keys = form.chosen.data or []
        with saving(form, then=url_for("manage.form", reference=found.reference)) as saved:
            operations.add_questions(
                the_actor(),
                reference=found.reference,
                keys=keys,
                expected_version=form.expected_version,
                now=now(),
            )
        if saved:
            flash(f"{plural(len(keys), 'question')} added at the end.", "success")
            return redirect(saved.redirect)
    names = {criterion.name.casefold() for criterion in queries.criteria(found.id)}
    page = render_template(
        "challenges/manage/questions_library.html",
        challenge=found,
        form=form,
        hints={
            entry.key: f"{plural(entry.max_words, 'word')}. {_scored(entry.name, names)}" for entry in LIBRARY
        },
        page_errors=bool(form.errors),
    )
    return page, 422 if form.errors else 200


def _scored(name: str, names: set[str]) -> str:
    return f"Scored on “{name}”." if name.casefold() in names else f"About “{name}”. Not scored yet."
