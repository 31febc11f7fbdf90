"""Who can see a pitch: the team, inviting people to it by e-mail, and saying yes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from pitchfest.accounts import queries as people
from pitchfest.db import transaction
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.permissions import HIDDEN
from pitchfest.pitches import operations
from pitchfest.pitches.forms import ChangeRightForm, InviteForm, RightForm
from pitchfest.pitches.queries import PitchRow, own, team
from pitchfest.pitches.queries.team import Invited, OfPitch, Seat
from pitchfest.pitches.rules.permissions import Permission
from pitchfest.pitches.rules.states import RIGHT_NAMES, PitchRight
from pitchfest.pitches.views.writing import bp
from pitchfest.web.access import allows, current_actor, public, requires, the_actor
from pitchfest.web.forms import Form, saving
from pitchfest.web.requests import now, started

#: The address of the page is a secret: nothing it links to is told it.
_SECRET = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}


@bp.get("/pitches/<reference>/people")
@requires(Permission.VIEW, of=own)
def members(pitch: PitchRow) -> str:
    return _page(pitch)


@bp.post("/pitches/<reference>/people")
@requires(Permission.SHARE, of=own)
def give(pitch: PitchRow) -> ResponseReturnValue:
    form = RightForm()
    if form.validate_on_submit():
        with saving(form, then=_list(pitch)) as saved:
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
    return _page(pitch, form), 422


@bp.route("/pitches/<reference>/people/<int:person_id>", methods=["GET", "POST"])
@requires(Permission.SHARE, of=team.seat)
def change_right(seat: Seat) -> ResponseReturnValue:
    pitch, form = seat.pitch, ChangeRightForm(right=seat.member.right.value)
    if form.validate_on_submit():
        with saving(form, then=_list(pitch)) as saved:
            operations.give_right(
                the_actor(),
                reference=pitch.reference,
                person_id=seat.person_id,
                right=PitchRight(form.right.data),
                now=now(),
            )
        if saved:
            flash("Saved.", "success")
            return redirect(saved.redirect)
    return _form_page("pitches/change_right.html", form, pitch=pitch, member=seat.member)


@bp.route("/pitches/<reference>/people/<int:person_id>/take", methods=["GET", "POST"])
@requires(Permission.TAKE_RIGHT, of=team.seat)
def take(seat: Seat) -> ResponseReturnValue:
    """Asks first; one's own right too."""
    pitch, form = seat.pitch, Form()
    mine = seat.person_id == the_actor().person_id
    if form.validate_on_submit():
        with saving(form, then=url_for("pitches.index") if mine else _list(pitch)) as saved:
            operations.take_right(the_actor(), reference=pitch.reference, person_id=seat.person_id, now=now())
        if saved:
            gone = "You can" if mine else f"{seat.member.name} can"
            flash(f"{gone} no longer see this pitch.", "success")
            return redirect(saved.redirect)
    return _form_page("pitches/take_right.html", form, pitch=pitch, member=seat.member, mine=mine)


@bp.route("/pitches/<reference>/people/invite", methods=["GET", "POST"])
@requires(Permission.SHARE, of=own)
def invite(pitch: PitchRow) -> ResponseReturnValue:
    form = InviteForm()
    if form.validate_on_submit():
        with saving(form, then=_list(pitch)) as saved:
            operations.invite(
                the_actor(),
                reference=pitch.reference,
                email=form.email.data,
                right=PitchRight(form.right.data),
                now=now(),
            )
        if saved:
            flash(f"We have invited {form.email.data}. They are on the team once they say yes.", "success")
            return redirect(saved.redirect)
    return _form_page("pitches/invite.html", form, pitch=pitch)


@dataclass(frozen=True, slots=True)
class AskedInvitation(OfPitch):
    """An invitation to a pitch."""

    invitation_id: int


def _asked(*, actor: Actor, now: datetime, reference: str, invitation_id: int) -> AskedInvitation:
    return AskedInvitation(own(actor=actor, now=now, reference=reference), invitation_id)


@bp.post("/pitches/<reference>/people/invitations/<int:invitation_id>/again")
@requires(Permission.SHARE, of=_asked)
def invite_again(asked: AskedInvitation) -> ResponseReturnValue:
    return _with_invitation(asked, operations.invite_again, "The invitation is on its way again.")


@bp.post("/pitches/<reference>/people/invitations/<int:invitation_id>/take-back")
@requires(Permission.SHARE, of=_asked)
def take_back_invitation(asked: AskedInvitation) -> ResponseReturnValue:
    return _with_invitation(asked, operations.take_back_invitation, "The invitation no longer works.")


def _with_invitation(asked: AskedInvitation, act: Callable[..., None], done: str) -> ResponseReturnValue:
    pitch, form = asked.pitch, Form()
    if form.validate_on_submit():
        with saving(form, then=_list(pitch)) as saved:
            act(the_actor(), reference=pitch.reference, invitation_id=asked.invitation_id, now=now())
        if saved:
            flash(done, "success")
            return redirect(saved.redirect)
    return _page(pitch, refusals=form.form_errors), 422


# Whoever is invited.


@bp.get("/pitches/invitations/<token>")
@public
def invited(token: str) -> ResponseReturnValue:
    """Changes nothing: programs that check mail open links too."""
    actor = current_actor()
    found = team.invited(token, actor, now())
    taken = found is not None and found.taken_by_id is not None
    verdict = allows(Permission.JOIN, found) if found is not None else HIDDEN
    if found is not None and taken and verdict:
        return redirect(url_for("pitches.tasks", reference=found.reference))
    if found is None or taken or (actor is not None and verdict.hidden):
        return render_template("pitches/invitation_gone.html"), 404, _SECRET
    page = render_template("pitches/invited.html", invitation=found, verdict=verdict, form=Form())
    return page, 403 if actor is not None and not verdict else 200, _SECRET


@bp.post("/pitches/invitations/<token>")
@requires(Permission.JOIN, of=team.to_join)
def join(found: Invited) -> ResponseReturnValue:
    then = url_for("pitches.tasks", reference=found.reference)
    with transaction(started()) as write:
        operations.join(the_actor(), invitation_id=found.id, now=now())
        write.redirect = then
    flash("You are on the team of this pitch.", "success")
    return redirect(then)


# The list.


def _list(pitch: PitchRow) -> str:
    return url_for("pitches.members", reference=pitch.reference)


def _form_page(template: str, form: Form, **values: object) -> ResponseReturnValue:
    wrong = bool(form.errors or form.form_errors)
    return render_template(template, form=form, page_errors=wrong, **values), 422 if wrong else 200


def _page(pitch: PitchRow, give_form: RightForm | None = None, refusals: Sequence[str] = ()) -> str:
    may_share = bool(allows(Permission.SHARE, pitch))
    form = give_form or RightForm(formdata=None)
    found = team.members(pitch.id)
    if may_share:
        there = {member.person_id for member in found}
        form.person.choices = {
            str(each.person_id): each.name
            for each in people.members(pitch.organisation_id)
            if each.person_id not in there
        }
    return render_template(
        "pitches/people.html",
        pitch=pitch,
        members=found,
        partners=team.organisations_of_partners(pitch.id),
        invitations=team.invitations(pitch.id) if may_share else [],
        rights=RIGHT_NAMES,
        may_share=may_share,
        may_invite=may_share and not (pitch.withdrawn_at or pitch.removed_at or pitch.practice),
        form=form,
        refusals=refusals,
        page_errors=bool(form.errors or refusals),
    )
