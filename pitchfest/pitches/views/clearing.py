"""One round of questions about an opened pitch, and findings that two people turn."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pitchfest.accounts import operations as accounts
from pitchfest.accounts import queries as people
from pitchfest.accounts.rules import ActKind
from pitchfest.pitches import operations, queries
from pitchfest.pitches.forms import RequestForm, TurnForm, clarification_form, stored
from pitchfest.pitches.queries import OpenedPitch, clearing
from pitchfest.pitches.queries.clearing import OwnRequest, own_request
from pitchfest.pitches.rules.permissions import Permission
from pitchfest.pitches.rules.reading import read
from pitchfest.pitches.views.desk import bp as desk_bp
from pitchfest.pitches.views.desk import changed_words, opened_pitch
from pitchfest.pitches.views.writing import bp
from pitchfest.web.access import allows, requires, the_actor
from pitchfest.web.forms import Form, saving
from pitchfest.web.requests import now

# Staff ask.


@desk_bp.route("/pitches/<reference>/ask", methods=["GET", "POST"])
@requires(Permission.ELIGIBILITY_DECIDE, of=opened_pitch)
def ask(found: OpenedPitch) -> ResponseReturnValue:
    form = RequestForm(version=found.version)
    form.questions.choices = [
        (q.position, f"{q.position}. {q.ask}") for q in operations.can_be_unlocked(found.challenge_id)
    ]
    if form.validate_on_submit():
        with saving(form, then=url_for("pitch_desk.pitch", reference=found.reference)) as saved:
            operations.ask(
                the_actor(),
                reference=found.reference,
                asked=form.asked.data or "",
                questions=form.questions.data or [],
                until=form.until.data,
                expected_version=form.expected_version,
                now=now(),
            )
        if saved:
            flash("Asked. The supplier’s people are being told.", "success")
            return redirect(saved.redirect)
    wrong = bool(form.errors or form.form_errors)
    page = render_template("pitches/ask.html", pitch=found, form=form, page_errors=wrong)
    return page, 422 if wrong else 200


# The supplier answers.


@bp.get("/pitches/<reference>/clarification")
@requires(Permission.VIEW, of=own_request)
def clarification(found: OwnRequest) -> str:
    return _clarification_page(found, _form(found))


@bp.post("/pitches/<reference>/clarification")
@requires(Permission.EDIT, of=own_request)
def clarify(found: OwnRequest) -> ResponseReturnValue:
    form, then = _form(found), url_for("pitches.clarification", reference=found.pitch.reference)
    if form.validate_on_submit():
        sends = request.form.get("go") == "send"
        write = operations.send_clarification if sends else operations.keep_clarification
        with saving(form, then=then) as saved:
            write(
                the_actor(),
                reference=found.pitch.reference,
                texts={q.position: stored(form[f"answer_{q.position}"]) for q in found.questions},
                expected_version=form.expected_version,
                now=now(),
            )
        if saved:
            flash("Your answer is in." if sends else "Saved. It is not sent yet.", "success")
            return redirect(saved.redirect)
    return _clarification_page(found, form), 422


def _form(found: OwnRequest) -> Form:
    texts = clearing.sent_about(found) | clearing.drafts(found.request.id)
    return clarification_form(found.questions, texts, found.request.version)


def _clarification_page(found: OwnRequest, form: Form) -> str:
    pitch, sent = found.pitch, clearing.sent_about(found)
    answers = clearing.clarified([pitch.id])[pitch.id]
    open_round = found.request.takes_answers(now()) and pitch.withdrawn_at is None
    missed = {} if open_round else clearing.missed(found)
    return render_template(
        "pitches/clarification.html",
        pitch=pitch,
        asked=found.request,
        form=form,
        page_errors=bool(form.errors or form.form_errors),
        is_open=open_round,
        can_write=open_round and bool(allows(Permission.EDIT, found)),
        may_send=bool(allows(Permission.SUBMIT, found)),
        rows=[
            (
                q,
                form[f"answer_{q.position}"],
                read(q.kind, q.options, sent[q.id]),
                changed_words(q, sent[q.id], answers.get(q.id)),
            )
            for q in found.questions
        ],
        missed=[
            (q, read(q.kind, q.options, missed[q.id], kept=True)) for q in found.questions if q.id in missed
        ],
    )


# Two people turn a finding.


@desk_bp.route("/pitches/<reference>/overturn", methods=["GET", "POST"])
@requires(Permission.ELIGIBILITY_OVERTURN, of=opened_pitch)
def overturn(found: OpenedPitch) -> ResponseReturnValue:
    """Proposing it; whoever comes second finds the proposal here, and agrees at an address of its own."""
    accounts.require_proof(the_actor(), now())
    form = TurnForm(version=found.version)
    if form.validate_on_submit():
        with saving(form, then=url_for("pitch_desk.pitch", reference=found.reference)) as saved:
            operations.propose_turning(
                the_actor(),
                reference=found.reference,
                reason=form.reason.data or "",
                expected_version=form.expected_version,
                now=now(),
            )
        if saved:
            flash("Proposed. It changes once a second person agrees from their own sign-in.", "success")
            return redirect(saved.redirect)
    return _overturn_page(found, form)


@desk_bp.post("/pitches/<reference>/overturn/agree")
@requires(Permission.ELIGIBILITY_OVERTURN, of=opened_pitch)
def agree_to_overturn(found: OpenedPitch) -> ResponseReturnValue:
    accounts.require_proof(the_actor(), now())
    form = Form()
    if form.validate_on_submit():
        with saving(form, then=url_for("pitch_desk.pitch", reference=found.reference)) as saved:
            operations.turn(
                the_actor(), reference=found.reference, expected_act=form.expected_version or 0, now=now()
            )
        if saved:
            flash(f"Changed for {found.reference}.", "success")
            return redirect(saved.redirect)
    return _overturn_page(found, form)


@desk_bp.post("/pitches/<reference>/overturn/take-back")
@requires(Permission.ELIGIBILITY_OVERTURN, of=opened_pitch)
def take_back_overturning(found: OpenedPitch) -> ResponseReturnValue:
    form, then = Form(), url_for("pitch_desk.pitch", reference=found.reference)
    if form.validate_on_submit():
        with saving(form, then=then) as saved:
            operations.take_back_turning(the_actor(), reference=found.reference, now=now())
        if saved:
            flash("Your proposal is taken back.", "success")
    return redirect(then)


def _overturn_page(found: OpenedPitch, form: Form) -> ResponseReturnValue:
    act = people.act_that_counts(ActKind.OVERTURN, f"pitch:{found.reference}", found.version)
    if act is None and not isinstance(form, TurnForm):
        form = TurnForm(formdata=None, version=found.version)
    wrong = bool(form.errors or form.form_errors)
    page = render_template(
        "pitches/overturn.html",
        pitch=found,
        finding=queries.eligibility([found.id]).get(found.id),
        form=form,
        agree=Form(formdata=None, version=act.id if act else ""),
        act=act,
        is_mine=act is not None and act.proposer_id == the_actor().person_id,
        page_errors=wrong,
    )
    return page, 422 if wrong else 200
