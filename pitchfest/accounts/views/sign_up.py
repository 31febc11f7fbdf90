"""Signing up as a supplier, and accepting an invitation."""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from pitchfest.accounts import operations, queries
from pitchfest.accounts.forms import AcceptForm, AcceptWithoutMailForm, SignUpForm
from pitchfest.accounts.rules import InvitationKind, LinkPurpose, Size, given_name
from pitchfest.accounts.views.blueprint import bp
from pitchfest.accounts.views.sessions import after_signing_in, begin_session
from pitchfest.accounts.views.sign_in import SECRET_PAGE, cheap, in_demo, let_in, link_gone, token_page
from pitchfest.web.access import public
from pitchfest.web.forms import Form, saving
from pitchfest.web.requests import no_mail, now


@bp.route("/sign-up", methods=["GET", "POST"])
@public
def sign_up() -> ResponseReturnValue:
    if not queries.region().is_finished:
        return render_template("accounts/not_open_yet.html"), 403
    form = SignUpForm()
    if form.validate_on_submit() and let_in(form, f"sign-up|{form.email.data}"):
        hashed = operations.hash_password(form.password.data, cheap=cheap())
        with saving(form, then=url_for("accounts.signed_up")) as saved:
            operations.sign_up(
                name=form.name.data,
                email=form.email.data,
                password_hash=hashed,
                organisation_name=form.organisation.data,
                size=Size(form.size.data),
                place=form.place.data,
                number=form.number.data,
                now=now(),
            )
        if saved:
            return redirect(saved.redirect)
    return render_template(
        "accounts/sign_up.html", form=form, page_errors=bool(form.errors)
    ), 422 if form.errors else 200


@bp.get("/sign-up/sent")
@public
def signed_up() -> ResponseReturnValue:
    return render_template("accounts/signed_up.html", demo=in_demo())


@bp.route("/confirm/<token>", methods=["GET", "POST"])
@public
def confirm(token: str) -> ResponseReturnValue:
    found = queries.link(token, LinkPurpose.CONFIRM, now())
    if found is None:
        return link_gone()
    form = Form()
    if form.validate_on_submit():
        with saving(form, then=url_for("home.index")) as saved:
            new = begin_session(operations.confirm_sign_up(token, now=now()))
        if saved:
            return after_signing_in(new, None)
    return token_page("accounts/confirm.html", form, found)


@bp.route("/invitation/<token>", methods=["GET", "POST"])
@public
def invitation(token: str) -> ResponseReturnValue:
    """Someone new comes in and is signed in; someone with an account says yes and signs in as ever."""
    found = queries.link(token, LinkPurpose.INVITATION, now())
    if found is None:
        return _said_no(token)
    accept = AcceptWithoutMailForm if no_mail() else AcceptForm
    form: Form = Form() if found.is_confirmed else accept(name=given_name(found.name, found.email))
    if form.validate_on_submit():
        name, hashed = "", None
        if isinstance(form, AcceptForm):
            name = form.name.data
            hashed = (
                operations.hash_password(form.password.data, cheap=cheap()) if form.password.data else None
            )
        # What a judge has to do, or that it is still to come, stands on their desk.
        then = url_for("judging.desk" if found.kind is InvitationKind.JUDGE else "home.index")
        new = None
        with saving(form, then=then) as saved:
            person_id = operations.accept_invitation(token, name=name, password_hash=hashed, now=now())
            new = None if found.is_confirmed else begin_session(person_id)
        if saved:
            return after_signing_in(new, then) if new else redirect(then)
    subject = queries.subject(found.about) if found.kind is InvitationKind.JUDGE else None
    return token_page("accounts/invitation.html", form, found, subject=subject, token=token)


def _said_no(token: str) -> ResponseReturnValue:
    """For an invitation that does not work any more: that its person said no, if that is why."""
    found = queries.said_no(token)
    if found is None:
        return link_gone()
    subject = queries.subject(found.about)
    title = subject.title if subject else ""
    page = render_template("accounts/said_no.html", at=found.at, title=title, by=found.by_name)
    return page, 200, SECRET_PAGE
