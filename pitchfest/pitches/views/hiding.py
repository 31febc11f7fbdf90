"""Hiding words of an opened pitch from judges who must not learn who pitches."""

from __future__ import annotations

from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pitchfest.challenges import queries as challenges
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import NotFound
from pitchfest.kernel.text import plural
from pitchfest.pitches import operations
from pitchfest.pitches.forms.hiding import HideForm
from pitchfest.pitches.queries import OpenedPitch, files_for_judges, hiding
from pitchfest.pitches.rules.permissions import Permission
from pitchfest.pitches.rules.without_names import hide, may_hide, told_by
from pitchfest.pitches.views.desk import bp, opened_pitch
from pitchfest.web.access import requires, the_actor
from pitchfest.web.forms import Form, saving
from pitchfest.web.requests import now, number_sent


def judged_without_names(*, actor: Actor, now: datetime, reference: str) -> OpenedPitch:
    """An opened pitch whose judges must not learn who sent it. Raises NotFound for any other."""
    found = opened_pitch(actor=actor, now=now, reference=reference)
    if found.removed_at is not None or not challenges.names_hidden(found.challenge_id):
        raise NotFound
    return found


@bp.route("/pitches/<reference>/hide", methods=["GET", "POST"])
@requires(Permission.ELIGIBILITY_DECIDE, of=judged_without_names)
def hide_words(found: OpenedPitch) -> ResponseReturnValue:
    form = HideForm()
    places = hiding.places(found.id)
    form.places.choices = {str(place.position): place.name for place in places}
    if form.validate_on_submit() and request.form.get("go") == "hide":
        then = url_for("pitch_desk.hide_words", reference=found.reference)
        with saving(form, then=then) as saved:
            number = operations.hide_words(
                the_actor(),
                reference=found.reference,
                words=form.words.data or "",
                places=form.places.data or [],
                reason=form.reason.data or "",
                now=now(),
            )
        if saved:
            flash(f"Hidden. Judges read [hidden] in {plural(number, 'place')}.", "success")
            return redirect(saved.redirect)
    return _page(found, form, places, Form())


def _page(found: OpenedPitch, form: HideForm, places: list[hiding.Place], undo: Form) -> ResponseReturnValue:
    hidden = hiding.hidden_in(found.id)
    telling = hiding.telling_words([found.id])[found.id]
    decided = files_for_judges.decided([found.id])
    tried = (form.words.data or "").strip()
    as_read = [(place, hide(place.text, _hidden_at(hidden, place, form))) for place in places]
    wrong = bool(form.errors or form.form_errors or undo.form_errors)
    page = render_template(
        "pitches/hide.html",
        pitch=found,
        form=form,
        undo=undo,
        hidden=hidden,
        files=[(file, decided.get(file.place)) for file in files_for_judges.opened_files([found.id])],
        is_open=may_hide(found.challenge_state, found.state),
        tried=tried,
        places=[(place, text, told_by(text, telling)) for place, text in as_read],
        page_errors=wrong,
    )
    return page, 422 if wrong else 200


def _hidden_at(hidden: list[hiding.HiddenRow], place: hiding.Place, form: HideForm) -> list[str]:
    """What is hidden in a place, and what is typed where it would be."""
    tried = [form.words.data or ""] if place.position in (form.places.data or []) else []
    return [*(row.words for row in hidden if (row.position or 0) == place.position), *tried]


@bp.post("/pitches/<reference>/hide/undo")
@requires(Permission.ELIGIBILITY_DECIDE, of=judged_without_names)
def show_words(found: OpenedPitch) -> ResponseReturnValue:
    undo = Form()
    if undo.validate_on_submit():
        with saving(undo, then=url_for("pitch_desk.hide_words", reference=found.reference)) as saved:
            operations.show_words(
                the_actor(),
                reference=found.reference,
                hidden_id=number_sent("hidden"),
                now=now(),
            )
        if saved:
            flash("Judges read these words again.", "success")
            return redirect(saved.redirect)
    form, places = HideForm(formdata=None), hiding.places(found.id)
    form.places.choices = {str(place.position): place.name for place in places}
    return _page(found, form, places, undo)
