"""What suppliers need so that they can take part: telling it, and what staff say to it."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from pitchfest.challenges import operations, queries
from pitchfest.challenges.forms.needs import NeedForm, ReplyForm
from pitchfest.challenges.queries import AnsweringPage, AskingPage, NeedPage
from pitchfest.challenges.rules import ChallengeState, Permission
from pitchfest.challenges.views.manage import bp as manage_bp
from pitchfest.challenges.views.public import bp
from pitchfest.challenges.views.showing import prose
from pitchfest.web.access import requires, the_actor
from pitchfest.web.forms import saving
from pitchfest.web.requests import now


@bp.route("/challenges/<reference>/needs", methods=["GET", "POST"])
@requires(Permission.TELL_NEED, of=queries.asking_page)
def needs(page: AskingPage) -> ResponseReturnValue:
    found, form = page.challenge, NeedForm()
    if form.validate_on_submit():
        with saving(form, then=url_for("challenges.needs", reference=found.reference)) as saved:
            operations.tell_need(
                the_actor(),
                reference=found.reference,
                text=form.text.data or "",
                contact=form.contact.data or "",
                now=now(),
            )
        if saved:
            flash("We have it. Someone here replies to you.", "success")
            return redirect(saved.redirect)
    rendered = render_template(
        "challenges/needs.html",
        challenge=found,
        form=form,
        page_errors=bool(form.errors or form.form_errors),
        is_open=found.effective == ChallengeState.OPEN,
        rows=queries.own_needs(the_actor().person_id, found.id),
        words=prose,
    )
    return rendered, 422 if form.errors or form.form_errors else 200


@manage_bp.get("/challenges/<reference>/needs")
@requires(Permission.NEEDS, of=queries.answering_page)
def needs_told(page: AnsweringPage) -> str:
    rows = queries.needs(page.challenge.id)
    return render_template("challenges/manage/needs.html", challenge=page.challenge, rows=rows, words=prose)


@manage_bp.route("/challenges/<reference>/needs/<int(max=2147483647):need_id>", methods=["GET", "POST"])
@requires(Permission.NEEDS, of=queries.need_page)
def need(page: NeedPage) -> ResponseReturnValue:
    form, reference = ReplyForm(), page.challenge.reference
    if form.validate_on_submit():
        with saving(form, then=url_for("manage.needs_told", reference=reference)) as saved:
            operations.reply_to_need(
                the_actor(), reference=reference, need_id=page.row.id, reply=form.reply.data or "", now=now()
            )
        if saved:
            flash("Your reply is on its way.", "success")
            return redirect(saved.redirect)
    rendered = render_template(
        "challenges/manage/need.html",
        challenge=page.challenge,
        row=page.row,
        form=form,
        page_errors=bool(form.errors),
        words=prose,
    )
    return rendered, 422 if form.errors else 200
