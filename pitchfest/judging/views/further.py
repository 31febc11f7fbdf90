"""One more review: the lead asks a judge for it, sees how each stands, and takes one back."""

from __future__ import annotations

from flask import flash, redirect, request, url_for

from pitchfest.db import transaction
from pitchfest.judging import operations, queries
from pitchfest.judging.forms import FurtherForm, ReasonForm
from pitchfest.judging.rules import Permission, Round
from pitchfest.judging.views.manage import Page, bp, one_round, part_of_address, shown
from pitchfest.kernel.errors import NotFound
from pitchfest.web.access import requires, the_actor
from pitchfest.web.forms import saving
from pitchfest.web.requests import now, started


@bp.route("/further-reviews", methods=["GET", "POST"])
@requires(Permission.FURTHER_REVIEWS, of=queries.round_of)
def further(round_: Round) -> Page:
    form = FurtherForm(data={name: request.args.get(name, "") for name in ("pitch", "judge")})
    anyone = _offer(round_, form)
    if form.validate_on_submit():
        with saving(form, then=url_for(".further", reference=round_.reference)) as saved:
            operations.ask_further(
                the_actor(),
                reference=round_.reference,
                pitch_reference=form.pitch.data or "",
                member_id=int(form.judge.data),
                why=form.why.data or "",
                due=form.due.data,
                now=now(),
            )
        if saved:
            flash("The judge is asked. We have sent them a message.", "success")
            return redirect(saved.redirect)
    rows = queries.further_reviews(round_.id, names=round_.names)
    return shown(
        "judging/further.html",
        form,
        round=round_,
        anyone=anyone,
        rows=rows,
        heard=queries.further_heard_of(rows, now()),
    )


def _offer(round_: Round, form: FurtherForm) -> bool:
    """Put into the form the pitches that somebody may be asked for, and the judges who may; whether there
    are any.
    """
    found, said = queries.askable(round_.id, now()), queries.declaration_states(round_.id)
    pitches, judges = {"": "Choose a pitch"}, {"": "Choose a judge"}
    for pitch in queries.pitches_in_play(round_.id, names=round_.names):
        may = found.may_be_asked(pitch.id) if queries.may_know(round_, pitch.id, said) else []
        if may:
            # The agenda of a round without names has the reference alone: the two must be told together.
            named = pitch.reference in pitch.organisation_name
            pitches[pitch.reference] = pitch.organisation_name + ("" if named else f", {pitch.reference}")
        judges |= {str(judge.member_id): judge.name for judge in may}
    form.pitch.choices = pitches
    form.judge.choices = dict(sorted(judges.items(), key=lambda choice: (choice[0] != "", choice[1])))
    return len(pitches) > 1


@bp.post("/further-reviews/<int:card_id>/remind")
@requires(Permission.FURTHER_REVIEWS, of=one_round)
def remind_of_further(round_: Round) -> Page:
    then = url_for(".further", reference=round_.reference)
    with transaction(started()) as write:
        sent = operations.remind_of_further(
            the_actor(),
            reference=round_.reference,
            card_id=int(part_of_address("card_id")),
            now=now(),
        )
        write.redirect = then
    flash("A reminder is on its way." if sent else "The judge heard of this today already.")
    return redirect(then)


@bp.route("/further-reviews/<int:card_id>/take-back", methods=["GET", "POST"])
@requires(Permission.FURTHER_REVIEWS, of=one_round)
def take_further_back(round_: Round) -> Page:
    card_id = int(part_of_address("card_id"))
    rows = queries.further_reviews(round_.id, names=round_.names)
    row = next((each for each in rows if each.card_id == card_id), None)
    if row is None:
        raise NotFound
    form = ReasonForm()
    if form.validate_on_submit():
        with saving(form, then=url_for(".further", reference=round_.reference)) as saved:
            operations.take_back_further(
                the_actor(),
                reference=round_.reference,
                card_id=card_id,
                reason=form.reason.data or "",
                now=now(),
            )
        if saved:
            flash("Taken back. We have told the judge.", "success")
            return redirect(saved.redirect)
    return shown("judging/further_take_back.html", form, round=round_, row=row)
