"""Who can see a pitch."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from pitchfest.accounts import queries as people
from pitchfest.pitches import operations
from pitchfest.pitches.forms import RightForm, TakeForm
from pitchfest.pitches.queries import PitchRow, own
from pitchfest.pitches.queries import sealed as queries
from pitchfest.pitches.rules.permissions import Permission
from pitchfest.pitches.rules.states import RIGHT_NAMES, PitchRight
from pitchfest.pitches.views.writing import bp
from pitchfest.web.access import allows, requires, the_actor
from pitchfest.web.forms import saving
from pitchfest.web.requests import now


@bp.get("/pitches/<reference>/people")
@requires(Permission.VIEW, of=own)
def members(pitch: PitchRow) -> str:
    return _page(pitch, None, None)


@bp.post("/pitches/<reference>/people")
@requires(Permission.SHARE, of=own)
def give(pitch: PitchRow) -> str | Response | tuple[str, int]:
    form, then = RightForm(), url_for("pitches.members", reference=pitch.reference)
    if form.validate_on_submit():
        with saving(form, then=then) as saved:
            operations.give_right(
                the_actor(),
                reference=pitch.reference,
                person_id=form.person.data or 0,
                right=PitchRight(form.right.data),
                now=now(),
            )
        if saved:
            flash("Saved.", "success")
            return redirect(saved.redirect)
    return _page(pitch, form, None), 422


@bp.post("/pitches/<reference>/people/take")
@requires(Permission.SHARE, of=own)
def take(pitch: PitchRow) -> str | Response | tuple[str, int]:
    form, then = TakeForm(), url_for("pitches.members", reference=pitch.reference)
    if form.validate_on_submit():
        with saving(form, then=then) as saved:
            operations.take_right(the_actor(), reference=pitch.reference, person_id=form.person_id, now=now())
            if form.person_id == the_actor().person_id:
                saved.redirect = url_for("pitches.index")
        if saved:
            flash("They can no longer see this pitch.", "success")
            return redirect(saved.redirect)
    return _page(pitch, None, form), 422


def _page(pitch: PitchRow, give_form: RightForm | None, take_form: TakeForm | None) -> str:
    may_share = bool(allows(Permission.SHARE, pitch))
    form = give_form or RightForm(formdata=None)
    form.person.choices = _colleagues(pitch) if may_share else {}
    take_form = take_form or TakeForm(formdata=None)
    refusals = [*take_form.form_errors, *take_form.person.errors]
    return render_template(
        "pitches/people.html",
        pitch=pitch,
        members=queries.members(pitch.id),
        rights=RIGHT_NAMES,
        may_share=may_share,
        form=form,
        take_form=take_form,
        refusals=refusals,
        page_errors=bool(form.errors or refusals),
    )


def _colleagues(pitch: PitchRow) -> dict[str, str]:
    """person id → name of everyone who belongs to the pitch's organisation."""
    return {str(member.person_id): member.name for member in people.members(pitch.organisation_id)}
