"""Typing a pitch for a supplier, bringing one received elsewhere, and the slip that says it is in."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from pitchfest.challenges.rules import ChallengeState
from pitchfest.files.rules import ACCEPTED
from pitchfest.kernel.errors import NotFound, RuleViolation
from pitchfest.pitches import operations, queries
from pitchfest.pitches.forms import AssistForm, BringForm
from pitchfest.pitches.queries import Entry, Slip, sealed
from pitchfest.pitches.rules.another_way import CameBy, ToldBy
from pitchfest.pitches.rules.permissions import Permission
from pitchfest.pitches.rules.states import supplier_label
from pitchfest.pitches.views.desk import bp as desk
from pitchfest.pitches.views.writing import bp as own
from pitchfest.web.access import allows, requires, the_actor
from pitchfest.web.forms import Form, saving
from pitchfest.web.requests import now

Page = str | Response | tuple[str, int]


@desk.route("/challenges/<reference>/assist", methods=["GET", "POST"])
@requires(Permission.ASSIST, of=queries.entry)
def assist(entry: Entry) -> Page:
    form = AssistForm()
    if form.validate_on_submit():
        with saving(form) as saved:
            pitch = operations.assist(
                the_actor(),
                reference=entry.challenge.reference,
                supplier=form.supplier,
                told_by=ToldBy(form.told_by.data),
                declared=form.declared.data,
                now=now(),
            )
            saved.redirect = url_for("pitches.tasks", reference=pitch)
        if saved:
            return redirect(saved.redirect)
    wrong = bool(form.errors or form.form_errors)
    page = render_template(
        "pitches/assist.html",
        challenge=entry.challenge,
        form=form,
        slips=_listed(queries.typed_by(the_actor().person_id, entry.challenge.id, now())),
        page_errors=wrong,
    )
    return (page, 422) if wrong else page


@desk.route("/challenges/<reference>/bring", methods=["GET", "POST"])
@requires(Permission.BRING, of=queries.entry)
def bring(entry: Entry) -> Page:
    challenge, form = entry.challenge, BringForm()
    if form.validate_on_submit():
        sent, then = form.file, url_for("pitch_desk.bring", reference=challenge.reference)
        with (
            operations.kept_file(sent.data, name=sent.named, media_type=sent.media_type) as kept,
            saving(form, then=then) as saved,
        ):
            operations.bring(
                the_actor(),
                reference=challenge.reference,
                supplier=form.supplier,
                came_by=CameBy(form.came_by.data),
                received_at=form.received_at.data,
                text=form.text.data or "",
                file=kept,
                price_pence=form.price.data,
                now=now(),
            )
        if saved:
            flash(f"The pitch of {form.name.data} is in, and sealed.", "success")
            return redirect(saved.redirect)
    elif form.is_submitted():
        _add_problems(entry, form)
    wrong = bool(form.errors or form.form_errors)
    page = render_template(
        "pitches/bring.html",
        challenge=challenge,
        form=form,
        slips=_listed(queries.brought_by(the_actor().person_id, challenge.id, now())),
        priced=queries.price_question(challenge.id) is not None,
        longer=queries.longer_by_name(challenge.id),
        accepted=ACCEPTED,
        page_errors=wrong,
    )
    return (page, 422) if wrong else page


def _add_problems(entry: Entry, form: BringForm) -> None:
    """Say at once what else is wrong, at the fields that have no error yet."""
    has_file = form.file.data is not None or bool(form.file.errors)
    found = operations.bringing_problems(
        entry.challenge,
        form.name.data or "",
        form.received_at.data,
        bool(form.text.data),
        has_file,
        form.price.data,
        now(),
    )
    if further := [p for p in found if p.field not in form.errors]:
        form.add_problems(RuleViolation(*further))


def _listed(slips: list[Slip]) -> list[tuple[Slip, tuple[str, str]]]:
    """Each with the label of its state."""
    return [(slip, supplier_label(slip.state, slip.challenge_state)) for slip in slips]


@own.get("/pitches/<reference>/slip")
@requires(Permission.SLIP, of=queries.slip)
def slip(found: Slip) -> str:
    sending = sealed.sent(found.id)
    if sending is None:
        raise NotFound
    action = "pitch.submit" if found.way.told_by is not None else "pitch.bring"
    return render_template(
        "pitches/slip.html",
        slip=found,
        sending=sending,
        anchor=sealed.anchor(found, sending, action=action),
        log_waits=found.challenge_state != ChallengeState.CANCELLED
        and queries.withheld(found.challenge_id, now()),
        may_take_out=bool(allows(Permission.TAKE_OUT, found)),
    )


@own.route("/pitches/<reference>/take-out", methods=["GET", "POST"])
@requires(Permission.TAKE_OUT, of=queries.slip)
def take_out(found: Slip) -> Page:
    form = Form()
    if form.validate_on_submit():
        with saving(form, then=url_for("pitches.slip", reference=found.reference)) as saved:
            operations.take_out(the_actor(), reference=found.reference, now=now())
        if saved:
            flash(f"{found.reference} is taken out again.", "success")
            return redirect(saved.redirect)
    return render_template("pitches/take_out.html", slip=found, form=form)
