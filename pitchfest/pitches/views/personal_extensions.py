"""More time for one supplier: granting it, and taking it back."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pitchfest.pitches import operations, queries
from pitchfest.pitches.forms.personal_extensions import PersonalExtensionForm
from pitchfest.pitches.queries.personal_extensions import GrantedPage
from pitchfest.pitches.rules.permissions import Permission
from pitchfest.pitches.views.desk import bp
from pitchfest.web.access import allows, requires, the_actor
from pitchfest.web.forms import Form, saving
from pitchfest.web.requests import now, number_asked


@bp.get("/challenges/<reference>/longer")
@requires(Permission.LONGER_SEE, of=queries.entry)
def longer(entry: queries.Entry) -> str:
    challenge = entry.challenge
    return render_template(
        "pitches/longer.html",
        challenge=challenge,
        rows=queries.extensions_granted(challenge.id),
        may_grant=allows(Permission.LENGTHEN, entry),
        form=Form(),
    )


@bp.route("/challenges/<reference>/longer/new", methods=["GET", "POST"])
@requires(Permission.LENGTHEN, of=queries.entry)
def lengthen(entry: queries.Entry) -> ResponseReturnValue:
    challenge, form = entry.challenge, PersonalExtensionForm()
    form.organisation.choices = [(0, "Choose a supplier"), *queries.suppliers()]
    if form.validate_on_submit():
        with saving(form, then=url_for("pitch_desk.longer", reference=challenge.reference)) as saved:
            operations.lengthen(
                the_actor(),
                reference=challenge.reference,
                organisation_id=form.organisation.data,
                closes_at=form.closes_at.data,
                reason=form.reason.data or "",
                now=now(),
            )
        if saved:
            flash("Granted. The supplier’s people are being told.", "success")
            return redirect(saved.redirect)
    elif request.method == "GET" and (person := number_asked("person")):
        form.organisation.data = queries.supplier_of(person) or 0
    page = render_template(
        "pitches/lengthen.html",
        challenge=challenge,
        form=form,
        page_errors=bool(form.errors or form.form_errors),
    )
    return page, 422 if form.errors or form.form_errors else 200


@bp.post("/challenges/<reference>/longer/<int(max=2147483647):extension_id>/take-back")
@requires(Permission.LENGTHEN, of=queries.granted)
def take_back_longer(page: GrantedPage) -> ResponseReturnValue:
    form, then = Form(), url_for("pitch_desk.longer", reference=page.challenge.reference)
    if form.validate_on_submit():
        with saving(form, then=then) as saved:
            operations.take_back_extension(
                the_actor(), reference=page.challenge.reference, extension_id=page.row.id, now=now()
            )
        if saved:
            flash("Taken back. The supplier’s people are being told.", "success")
            return redirect(saved.redirect)
    flash(form.form_errors[0] if form.form_errors else "Nothing was changed.", "error")
    return redirect(then)
