"""Paying judges: what was agreed with whom, each claim, and a judge's own page."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from pitchfest.judging import operations, queries
from pitchfest.judging.exports.pay import pay_table
from pitchfest.judging.forms import AgreePayForm, ClaimForm, PaidForm, SendBackForm
from pitchfest.judging.rules import Permission, Round
from pitchfest.judging.rules.pay import FOR_PAYROLL, Pay, PayState, amount, may_claim
from pitchfest.judging.views.desk import bp as desk
from pitchfest.judging.views.manage import Page, bp, one_round, part_of_address, shown
from pitchfest.kernel.errors import NotFound
from pitchfest.kernel.tabular import to_csv
from pitchfest.web.access import requires, the_actor
from pitchfest.web.forms import Form, saving
from pitchfest.web.requests import now


@bp.get("/payments")
@requires(Permission.PAY, of=queries.round_of)
def payments(round_: Round) -> str:
    rows = queries.payments(round_.id)
    agreed = {row.member_id for row in rows}
    return render_template(
        "judging/payments.html",
        round=round_,
        payments=rows,
        others=[j for j in queries.panel(round_.id) if j.member_id not in agreed and not j.refusal],
        total=sum(amount(row.basis, row.pence, row.quarters) for row in rows),
        paid=sum(row.due or 0 for row in rows if row.state == PayState.PAID),
        for_payroll=sum(row.state in FOR_PAYROLL for row in rows),
    )


@bp.get("/payments.csv")
@requires(Permission.PAY, of=queries.round_of)
def payments_csv(round_: Round) -> Response:
    """For payroll."""
    body = to_csv(*pay_table(round_.reference, queries.payments(round_.id)))
    disposition = f'attachment; filename="{round_.reference}-payments.csv"'
    return Response(
        body.encode(), content_type="text/csv; charset=utf-8", headers={"Content-Disposition": disposition}
    )


def _member_id() -> int:
    return int(part_of_address("member_id"))


def _pay(round_: Round) -> Pay:
    """The payment that the address names, of this round. Raises NotFound."""
    member_id = _member_id()
    found = next((row for row in queries.payments(round_.id) if row.member_id == member_id), None)
    if found is None:
        raise NotFound
    return found


@bp.route("/panel/<int:member_id>/pay", methods=["GET", "POST"])
@requires(Permission.PAY, of=one_round)
def agree_pay(round_: Round) -> Page:
    member_id = _member_id()
    judge = next((row for row in queries.panel(round_.id) if row.member_id == member_id), None)
    if judge is None or judge.refusal:
        raise NotFound
    pay = queries.pay_of(member_id)
    kept = (
        {"basis": pay.basis, "pence": pay.pence, "hours": pay.quarters, "version": str(pay.version)}
        if pay
        else {"version": "0"}
    )
    form = AgreePayForm(data=kept)
    if form.validate_on_submit():
        with saving(form, then=url_for(".payments", reference=round_.reference)) as saved:
            operations.agree_pay(
                the_actor(),
                reference=round_.reference,
                member_id=member_id,
                basis=form.basis.data,
                pence=form.pence.data,
                quarters=form.hours.data,
                expected_version=form.expected_version,
                now=now(),
            )
        if saved:
            flash(f"Saved. {judge.name} sees on their own pages what you agreed.", "success")
            return redirect(saved.redirect)
    return shown("judging/agree_pay.html", form, round=round_, judge=judge, pay=pay)


@bp.post("/panel/<int:member_id>/pay/drop")
@requires(Permission.PAY, of=one_round)
def drop_pay(round_: Round) -> Page:
    form = Form()
    if form.validate_on_submit():
        with saving(form, then=url_for(".payments", reference=round_.reference)) as saved:
            operations.drop_pay(
                the_actor(),
                reference=round_.reference,
                member_id=_member_id(),
                expected_version=form.expected_version,
                now=now(),
            )
        if saved:
            flash("Nothing is agreed with this judge any more.", "success")
            return redirect(saved.redirect)
    return redirect(url_for(".payments", reference=round_.reference))


@bp.get("/payments/<int:member_id>")
@requires(Permission.PAY, of=one_round)
def payment(round_: Round) -> Page:
    return _payment_page(round_, _pay(round_))


def _payment_page(
    round_: Round,
    pay: Pay,
    accept: Form | None = None,
    back: SendBackForm | None = None,
    paid: PaidForm | None = None,
) -> Page:
    version = {"version": str(pay.version)}
    forms = (accept or Form(data=version), back or SendBackForm(data=version), paid or PaidForm(data=version))
    wrong = next((form for form in forms if form.errors), None)
    page = render_template(
        "judging/payment.html",
        round=round_,
        pay=pay,
        accept=forms[0],
        back=forms[1],
        paid=forms[2],
        mine=pay.decided_by_id == the_actor().person_id,
        wrong=wrong,
        page_errors=wrong is not None,
    )
    return (page, 422) if wrong else page


@bp.post("/payments/<int:member_id>/accept")
@requires(Permission.PAY, of=one_round)
def accept_claim(round_: Round) -> Page:
    pay, form = _pay(round_), Form()
    if form.validate_on_submit():
        with saving(form, then=url_for(".payments", reference=round_.reference)) as saved:
            operations.accept_claim(
                the_actor(),
                reference=round_.reference,
                member_id=pay.member_id,
                expected_version=form.expected_version,
                now=now(),
            )
        if saved:
            flash(f"Accepted. Someone else marks it as paid once {pay.name} has the money.", "success")
            return redirect(saved.redirect)
    return _payment_page(round_, pay, accept=form)


@bp.post("/payments/<int:member_id>/send-back")
@requires(Permission.PAY, of=one_round)
def send_back_claim(round_: Round) -> Page:
    pay, form = _pay(round_), SendBackForm()
    if form.validate_on_submit():
        with saving(form, then=url_for(".payments", reference=round_.reference)) as saved:
            operations.send_back_claim(
                the_actor(),
                reference=round_.reference,
                member_id=pay.member_id,
                reason=form.reason.data or "",
                expected_version=form.expected_version,
                now=now(),
            )
        if saved:
            flash(f"Sent back. {pay.name} reads why, and can claim again.", "success")
            return redirect(saved.redirect)
    return _payment_page(round_, pay, back=form)


@bp.post("/payments/<int:member_id>/paid")
@requires(Permission.PAY, of=one_round)
def mark_paid(round_: Round) -> Page:
    pay, form = _pay(round_), PaidForm()
    if form.validate_on_submit():
        with saving(form, then=url_for(".payments", reference=round_.reference)) as saved:
            operations.mark_paid(
                the_actor(),
                reference=round_.reference,
                member_id=pay.member_id,
                paid_on=form.paid_on.data,
                paid_reference=form.paid_reference.data or "",
                expected_version=form.expected_version,
                now=now(),
            )
        if saved:
            flash("Marked as paid.", "success")
            return redirect(saved.redirect)
    return _payment_page(round_, pay, paid=form)


@desk.route("/judging/<reference>/payment", methods=["GET", "POST"])
@requires(Permission.OWN_PAY, of=queries.round_of)
def own_payment(round_: Round) -> Page:
    """What was agreed with the judge, and their claim."""
    assert round_.member_id is not None
    pay = queries.pay_of(round_.member_id)
    if pay is None:
        raise NotFound
    form = ClaimForm(data={"hours": pay.claimed, "note": pay.note, "version": str(pay.version)})
    if form.validate_on_submit():
        with saving(form, then=url_for("judging.own_payment", reference=round_.reference)) as saved:
            operations.claim_pay(
                the_actor(),
                reference=round_.reference,
                quarters=form.hours.data,
                note=form.note.data or "",
                expected_version=form.expected_version,
                now=now(),
            )
        if saved:
            flash("Thank you. Your claim is with the innovation unit.", "success")
            return redirect(saved.redirect)
    ready = may_claim(round_.state, round_.released)
    return shown("judging/own_payment.html", form, round=round_, pay=pay, ready=ready)
