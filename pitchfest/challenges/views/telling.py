"""Telling people of an open challenge: by mail, with a poster, and with a text to share."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from pitchfest.accounts import queries as accounts
from pitchfest.challenges import operations, queries
from pitchfest.challenges.forms import TellForm
from pitchfest.challenges.queries import ChallengeRow
from pitchfest.challenges.rules import (
    MOST_PEOPLE,
    NOTE_WORDS,
    PUBLISHED,
    ChallengeState,
    Pasted,
    Permission,
    gist,
    note_problem,
    read_addresses,
    shared_text,
    stop_token,
    token_hash,
)
from pitchfest.challenges.views.manage import bp
from pitchfest.challenges.views.public import public_address
from pitchfest.challenges.views.showing import say_budget
from pitchfest.kernel.clock import say_moment
from pitchfest.kernel.text import plural
from pitchfest.mail.rendering import compose
from pitchfest.web.access import allows, requires, the_actor
from pitchfest.web.forms import saving
from pitchfest.web.requests import now

#: How many lines that hold no address are shown.
_SHOWN = 20


@bp.route("/challenges/<reference>/tell", methods=["GET", "POST"])
@requires(Permission.TELL, of=queries.for_staff)
def tell(found: ChallengeRow) -> ResponseReturnValue:
    form = TellForm()
    if not form.validate_on_submit():
        return _tell_page(found, form)
    pasted = read_addresses(form.addresses.data or "")
    if _problems(form, pasted) or request.form.get("act") == "change":
        return _tell_page(found, form)
    if request.form.get("act") != "send":
        return _check_page(found, form, pasted)
    with saving(form, then=url_for("manage.tell", reference=found.reference)) as saved:
        sent = operations.tell_people(
            the_actor(),
            reference=found.reference,
            pasted=pasted,
            note=form.note.data or "",
            tokens=_tokens(pasted),
            now=now(),
        )
    if saved:
        flash(f"The message is on its way to {plural(len(sent.new), 'person', 'people')}.", "success")
        return redirect(saved.redirect)
    return _tell_page(found, form)


def _problems(form: TellForm, pasted: Pasted) -> bool:
    """Put what is wrong with the list and the words at their fields; whether anything is."""
    if not pasted.addresses:
        form.addresses.errors = ["Paste at least one email address"]
    elif len(pasted.addresses) > MOST_PEOPLE:
        form.addresses.errors = [operations.too_many(len(pasted.addresses))]
    if problem := note_problem(form.note.data or ""):
        form.note.errors = [problem]
    return bool(form.errors)


def _tokens(pasted: Pasted) -> dict[str, str]:
    key = str(current_app.config["SECRET_KEY"])
    return {address: stop_token(key, address) for address in pasted.addresses}


def _tell_page(found: ChallengeRow, form: TellForm) -> ResponseReturnValue:
    page = render_template(
        "challenges/manage/tell.html",
        challenge=found,
        form=form,
        page_errors=bool(form.errors),
        is_open=found.effective == ChallengeState.OPEN,
        published=found.effective in PUBLISHED,
        note_words=NOTE_WORDS,
        told=queries.outreach(found.id),
    )
    return page, 422 if form.errors else 200


def _check_page(found: ChallengeRow, form: TellForm, pasted: Pasted) -> ResponseReturnValue:
    """What will be sent, to how many; nothing is sent or kept yet."""
    if found.effective != ChallengeState.OPEN or found.practice:
        return _tell_page(found, form)
    hashes = {address: token_hash(token) for address, token in _tokens(pasted).items()}
    context = {
        "challenge": found,
        "note": form.note.data or "",
        "giver": the_actor().name,
        "gist": gist(found.problem),
        "stop": "their-own-link",
    }
    return render_template(
        "challenges/manage/tell_check.html",
        challenge=found,
        form=form,
        found=pasted,
        sorted=queries.sort_out(found.id, hashes, now()),
        unread=pasted.unread[:_SHOWN],
        more_unread=len(pasted.unread) - _SHOWN,
        mail=compose("outreach", context),
    )


@bp.get("/challenges/<reference>/poster")
@requires(Permission.VIEW_STAFF, of=queries.for_staff)
def poster(found: ChallengeRow) -> str:
    region, url = accounts.region(), public_address(found.reference)
    money, closing = say_budget(found.budget_pence), say_moment(found.closes_at) if found.closes_at else ""
    text = shared_text(
        title=found.title,
        asker=region.authority,
        money=f"{money}. " if found.budget_pence else "",
        closing=closing,
        url=url,
    )
    return render_template(
        "challenges/manage/poster.html",
        challenge=found,
        published=found.effective in PUBLISHED,
        is_open=found.effective == ChallengeState.OPEN,
        may_tell=bool(allows(Permission.TELL, found)),
        url=url,
        money=money,
        shared=text,
    )
