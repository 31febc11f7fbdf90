"""Saying yes or no to judging: from one's desk, or with the link of an invitation."""

from __future__ import annotations

from flask import flash, make_response, redirect, render_template, url_for

from pitchfest.accounts import queries as people
from pitchfest.accounts.rules import InvitationKind, LinkPurpose
from pitchfest.judging import operations, queries
from pitchfest.judging.forms import RefuseForm
from pitchfest.judging.rules import PERMISSIONS, Permission, Round
from pitchfest.judging.rules.refusals import Refusal
from pitchfest.judging.views.desk import bp
from pitchfest.judging.views.manage import Page, shown
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import NotFound
from pitchfest.kernel.permissions import authorise
from pitchfest.web.access import public, requires, the_actor
from pitchfest.web.forms import Form, saving
from pitchfest.web.requests import now

#: The address of the page is a secret: nothing it links to is told it.
_SECRET = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}


@bp.route("/judging/<reference>/invitation", methods=["GET", "POST"])
@requires(Permission.REFUSE, of=queries.round_of)
def answer(round_: Round) -> Page:
    """Saying yes without the link of the invitation, by who is signed in as the person it went to."""
    if round_.refused_at is not None:
        return redirect(url_for(".refuse", reference=round_.reference))
    form = Form()
    if form.validate_on_submit():
        with saving(form, then=url_for(".desk")) as saved:
            operations.accept(the_actor(), reference=round_.reference, now=now())
        if saved:
            flash(f"Thank you for judging “{round_.title}”.", "success")
            return redirect(saved.redirect)
    return shown("judging/answer.html", form, round=round_)


@bp.route("/judging/<reference>/no", methods=["GET", "POST"])
@requires(Permission.REFUSE, of=queries.round_of)
def refuse(round_: Round) -> Page:
    if round_.refused_at is not None:
        by = people.person_names([round_.officer_id])[round_.officer_id]
        return render_template("accounts/said_no.html", at=round_.refused_at, title=round_.title, by=by)
    form = RefuseForm()
    if form.validate_on_submit():
        with saving(form, then=url_for(".refuse", reference=round_.reference)) as saved:
            operations.refuse(
                the_actor(),
                reference=round_.reference,
                refusal=Refusal(form.refusal.data),
                note=form.note.data,
                now=now(),
            )
        if saved:
            return redirect(saved.redirect)
    return shown("judging/refuse.html", form, round=round_, back=url_for("judging.desk"))


@bp.route("/invitation/<token>/no", methods=["GET", "POST"])
@public
def refuse_by_link(token: str) -> Page:
    """With an account or without, and without signing in: the link says who it is, as for saying yes."""
    invitation = url_for("accounts.invitation", token=token)
    found = people.link(token, LinkPurpose.INVITATION, now())
    if found is None:
        if people.said_no(token) is None:
            raise NotFound
        return redirect(invitation)
    round_ = _asked(found)
    form = RefuseForm()
    if form.validate_on_submit():
        with saving(form, then=invitation) as saved:
            operations.refuse_by_link(
                token, refusal=Refusal(form.refusal.data), note=form.note.data, now=now()
            )
        if saved:
            return redirect(saved.redirect)
    page = render_template(
        "judging/refuse.html", form=form, page_errors=bool(form.errors), round=round_, back=invitation
    )
    return make_response(page, 422 if form.errors else 200, _SECRET)


def _asked(found: people.LinkRow) -> Round:
    """What somebody is asked to judge, who may say no. Raises NotFound or NotAllowed."""
    if found.kind is not InvitationKind.JUDGE:
        raise NotFound
    asked, reference = Actor(found.person_id or 0, found.name), queries.challenge_of(found.about)
    round_ = queries.round_of(actor=asked, now=now(), reference=reference)
    authorise(PERMISSIONS, Permission.REFUSE, asked, round_)
    return round_
