"""My account: details, password, organisations, sessions and messages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import current_app, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from pitchfest.accounts import operations, queries
from pitchfest.accounts.forms import (
    ChangePasswordForm,
    FirstPasswordForm,
    MemberEndForm,
    MemberForm,
    NameForm,
    OwnerForm,
)
from pitchfest.accounts.rules import SIZE_NAMES, OrganisationFacts, Owned, Permission
from pitchfest.accounts.views.blueprint import bp
from pitchfest.accounts.views.sign_in import cheap, let_in
from pitchfest.db import transaction
from pitchfest.kernel.actor import ROLE_NAMES, Actor
from pitchfest.mail import queries as mail
from pitchfest.mail.rendering import render, setup
from pitchfest.mail.rules import Delivery, Message
from pitchfest.web.access import allows, requires, the_actor
from pitchfest.web.forms import Form, saving
from pitchfest.web.idempotency import unclaimed
from pitchfest.web.pagination import PAGE_SIZE, Page, asked_page
from pitchfest.web.requests import now, started


@bp.get("/account")
@requires(Permission.ACCOUNT)
def account() -> ResponseReturnValue:
    actor = the_actor()
    return render_template(
        "accounts/account.html",
        form=Form(),
        roles=[ROLE_NAMES[role] for role in sorted(actor.roles)],
        has_password=_has_password(actor),
        organisations=queries.organisations_of(actor.person_id),
        sizes=SIZE_NAMES,
        sessions=queries.sessions_of(actor.person_id, now()),
        kept=len(queries.kept_forms(actor.person_id, now())),
    )


@bp.get("/account/stay")
@requires(Permission.ACCOUNT)
def stay() -> ResponseReturnValue:
    """Asked by a page that was open for long: like any other request it keeps the session alive."""
    return "", 204


@bp.route("/account/name", methods=["GET", "POST"])
@requires(Permission.ACCOUNT)
def change_name() -> ResponseReturnValue:
    form = NameForm(name=the_actor().name)
    if form.validate_on_submit():
        with saving(form, then=url_for("accounts.account")) as saved:
            operations.change_name(the_actor(), name=form.name.data, now=now())
        if saved:
            flash("Your name is changed.", "success")
            return redirect(saved.redirect)
    return _page("accounts/change_name.html", form)


@bp.route("/account/password", methods=["GET", "POST"])
@requires(Permission.ACCOUNT)
def change_password() -> ResponseReturnValue:
    """Someone without a password proves first that it is them; others type the one they use now."""
    actor = the_actor()
    has_password = _has_password(actor)
    form = ChangePasswordForm() if has_password else FirstPasswordForm()
    if not has_password:
        operations.require_proof(actor, now())
    if form.validate_on_submit() and _current_is_right(actor, form):
        hashed = operations.hash_password(form.password.data, cheap=cheap())
        with saving(form, then=url_for("accounts.account")) as saved:
            operations.change_password(actor, password_hash=hashed, now=now())
        if saved:
            flash("Your password is changed. Everywhere else you are signed out.", "success")
            return redirect(saved.redirect)
    return _page("accounts/change_password.html", form)


@bp.post("/account/sessions/<int:session_id>/end")
@requires(Permission.SESSION, of=queries.session_facts)
def end_session(owned: Owned) -> ResponseReturnValue:
    form = Form()
    if form.validate_on_submit():
        with saving(form, then=url_for("accounts.account")):
            operations.end_session_of(the_actor(), session_id=owned.id, now=now())
        flash("That browser is signed out.", "success")
    return redirect(url_for("accounts.account"))


@bp.post("/account/sessions/end-others")
@requires(Permission.ACCOUNT)
def end_other_sessions() -> ResponseReturnValue:
    form, actor = Form(), the_actor()
    if form.validate_on_submit():
        with saving(form, then=url_for("accounts.account")):
            operations.end_all_sessions(actor.person_id, now=now(), but=actor.session_id)
        flash("You are signed out everywhere but here.", "success")
    return redirect(url_for("accounts.account"))


# Organisations


@bp.get("/account/organisations/<int:organisation_id>")
@requires(Permission.MEMBERS_SEE, of=queries.organisation_facts)
def organisation(facts: OrganisationFacts) -> ResponseReturnValue:
    return render_template(
        "accounts/organisation.html",
        form=Form(),
        organisation=queries.organisation(facts.id),
        sizes=SIZE_NAMES,
        members=queries.members(facts.id),
        may_change=allows(Permission.MEMBERS, facts),
        only_owner=len(facts.owner_ids) == 1 and the_actor().person_id in facts.owner_ids,
    )


@bp.route("/account/organisations/<int:organisation_id>/invite", methods=["GET", "POST"])
@requires(Permission.MEMBERS, of=queries.organisation_facts)
def invite_member(facts: OrganisationFacts) -> ResponseReturnValue:
    form = MemberForm()
    back = url_for("accounts.organisation", organisation_id=facts.id)
    if form.validate_on_submit():
        with saving(form, then=back) as saved:
            operations.invite_member(
                the_actor(), organisation_id=facts.id, name=form.name.data, email=form.email.data, now=now()
            )
        if saved:
            flash(f"We have invited {form.name.data}. They belong once they say yes.", "success")
            return redirect(back)
    return _page("accounts/invite_member.html", form, organisation=facts)


@bp.post("/account/organisations/<int:organisation_id>/end-member")
@requires(Permission.MEMBERS_SEE, of=queries.organisation_facts)
def end_membership(facts: OrganisationFacts) -> ResponseReturnValue:
    form = MemberEndForm()
    back = url_for("accounts.organisation", organisation_id=facts.id)
    if form.validate_on_submit():
        person_id = form.person.data or 0
        left = person_id == the_actor().person_id
        with transaction(started()) as write:
            operations.end_membership(the_actor(), organisation_id=facts.id, person_id=person_id, now=now())
            write.redirect = url_for("accounts.account") if left else back
        flash("You have left the organisation." if left else "They do not belong to it any more.", "success")
        return redirect(write.redirect)
    return redirect(back)


@bp.route("/account/organisations/<int:organisation_id>/hand-over", methods=["GET", "POST"])
@requires(Permission.MEMBERS, of=queries.organisation_facts)
def hand_over_organisation(facts: OrganisationFacts) -> ResponseReturnValue:
    form, back = OwnerForm(), url_for("accounts.organisation", organisation_id=facts.id)
    names = {m.person_id: m.name for m in queries.members(facts.id) if not m.is_owner}
    form.person.choices = list(names.items())
    if names and form.validate_on_submit():
        with saving(form, then=back) as saved:
            operations.hand_over_organisation(
                the_actor(), organisation_id=facts.id, person_id=form.person.data, now=now()
            )
        if saved:
            flash(
                f"{names[form.person.data]} is an owner of {facts.name} now. You still belong to it.",
                "success",
            )
            return redirect(saved.redirect)
    return _page("accounts/hand_over_organisation.html", form, organisation=facts)


# Messages


@bp.get("/account/messages")
@requires(Permission.ACCOUNT)
def messages() -> ResponseReturnValue:
    """A page of them, newest first, by the titles of their kinds: only opening one asks whether it may still
    be read, and renders it.
    """
    person_id, number, known = the_actor().person_id, asked_page(), setup()
    found = mail.to_person(person_id, limit=PAGE_SIZE, number=number)
    about = {key: words for find in known.about for key, words in find(found, the_actor(), now()).items()}
    page = Page(number, mail.count_to(person_id))
    return render_template(
        "accounts/messages.html", messages=found, kinds=known.kinds, about=about, page=page
    )


def _message_facts(*, public_id: str, **_asked: Any) -> Message:
    return mail.message_at(public_id)


@bp.route("/account/messages/<public_id>", methods=["GET", "POST"])
@requires(Permission.MESSAGE, of=_message_facts)
def message(found: Message) -> ResponseReturnValue:
    """One message; a POST makes its one-time link, and the one before stops working."""
    return show_message(found, "accounts/message.html")


def show_message(found: Message, template: str, **more: str) -> ResponseReturnValue:
    """A message in words, with the link that its button has just made, on a page that may say `more`."""
    mint, form, link = _mint(found), Form(), None
    if mint and form.validate_on_submit():
        with saving(form):
            link = mint(found, now())
    words = render(found, now=now(), link=link)
    if words is None:
        forgotten = found.person_id is None and found.address is None
        listed = not forgotten and found.state != Delivery.DROPPED  # a list leads here, so it is no error
        return render_template("accounts/message_gone.html"), 200 if listed else 404
    return render_template(
        template, form=Form(formdata=None), message=found, words=words, link=link, has_link=bool(mint), **more
    )


def _mint(found: Message) -> Callable[[Message, datetime], str] | None:
    """What makes the message's link here. None where mail is sent: then only the mailbox has it."""
    return None if current_app.config["SMTP_HOST"] else setup().kinds[found.kind].mint


def _has_password(actor: Actor) -> bool:
    found = queries.credentials(actor.email)
    return found is not None and found.password_hash is not None


def _current_is_right(actor: Actor, form: ChangePasswordForm | FirstPasswordForm) -> bool:
    if isinstance(form, FirstPasswordForm):
        return True
    return password_is_right(actor, form, form.password_now)


def password_is_right(actor: Actor, form: Form, field: object) -> bool:
    """Whether a field of the form holds the person's password; what is wrong becomes its error."""
    keys = let_in(form, actor.email)
    if keys is None:
        return False
    found = queries.credentials(actor.email)
    if operations.password_matches(found.password_hash if found else None, field.data, cheap=cheap()):  # type: ignore[attr-defined]
        with unclaimed(), transaction(started()):
            operations.succeeded(keys)
        return True
    field.errors = ["That is not your password"]  # type: ignore[attr-defined]
    return False


def _page(template: str, form: Form, **values: object) -> ResponseReturnValue:
    return render_template(
        template, form=form, page_errors=bool(form.errors), **values
    ), 422 if form.errors else 200
