"""Deciding what judges who must not learn who pitches get of each file of an opened pitch."""

from __future__ import annotations

from datetime import datetime

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import NotFound
from pitchfest.pitches import operations
from pitchfest.pitches.forms.hiding import GiveFileForm
from pitchfest.pitches.queries import OpenedPitch
from pitchfest.pitches.queries import files_for_judges as queries
from pitchfest.pitches.rules.permissions import Permission
from pitchfest.pitches.rules.without_names import FileGiven, may_hide
from pitchfest.pitches.views.desk import bp
from pitchfest.pitches.views.hiding import judged_without_names
from pitchfest.web.access import requires, the_actor
from pitchfest.web.forms import saving
from pitchfest.web.requests import now

_DONE = {
    FileGiven.AS_IT_IS: "Judges get this file as it is.",
    FileGiven.WITHHELD: "Judges do not get this file, and read that it was withheld.",
    FileGiven.COPY: "Judges get the copy in place of this file.",
}


def file_given(*, actor: Actor, now: datetime, reference: str, position: int) -> OpenedPitch:  # noqa: ARG001
    """The pitch of a file. Whether it has one at that position is seen once the person is let in."""
    return judged_without_names(actor=actor, now=now, reference=reference)


@bp.route("/pitches/<reference>/hide/files/<int(max=9999):position>", methods=["GET", "POST"])
@requires(Permission.ELIGIBILITY_DECIDE, of=file_given)
def give_file(found: OpenedPitch) -> ResponseReturnValue:
    position = int((request.view_args or {})["position"])
    file = next((each for each in queries.opened_files([found.id]) if each.position == position), None)
    if file is None:
        raise NotFound
    decided = queries.decided([found.id]).get(file.place)
    said = {"given": decided.what.given, "reason": decided.reason} if decided else {}
    form = GiveFileForm(data={**said, "version": str(decided.id if decided else 0)})
    if form.validate_on_submit():
        sent, then = form.copy, url_for("pitch_desk.hide_words", reference=found.reference, _anchor="files")
        given = FileGiven(form.given.data) if form.given.data in set(FileGiven) else None
        with (
            operations.kept_file(sent.data, name=sent.named, media_type=sent.media_type) as copy,
            saving(form, then=then) as saved,
        ):
            operations.give_file(
                the_actor(),
                reference=found.reference,
                position=position,
                given=given,
                reason=form.reason.data or "",
                copy=copy,
                expected_version=form.expected_version,
                now=now(),
            )
        if saved:
            flash(_DONE[FileGiven(form.given.data)], "success")
            return redirect(saved.redirect)
    wrong = bool(form.errors or form.form_errors)
    page = render_template(
        "pitches/give_file.html",
        pitch=found,
        form=form,
        file=file,
        decided=decided,
        is_open=may_hide(found.challenge_state, found.state),
        page_errors=wrong,
    )
    return page, 422 if wrong else 200
