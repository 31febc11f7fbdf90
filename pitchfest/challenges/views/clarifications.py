"""Questions and answers for everyone; asking one, and what became of one's own."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import Response, flash, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from pitchfest.accounts import queries as accounts
from pitchfest.challenges import operations, queries
from pitchfest.challenges.exports import answers_table
from pitchfest.challenges.forms import AskForm
from pitchfest.challenges.queries import AskingPage, ChallengeRow, OwnPage, OwnQuestion
from pitchfest.challenges.rules import PENDING, ChallengeState, ClarificationState, Permission, giveaways
from pitchfest.challenges.views.public import bp
from pitchfest.challenges.views.showing import prose
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.clock import say_span
from pitchfest.kernel.tabular import to_csv
from pitchfest.kernel.text import join_words
from pitchfest.web.access import allows, current_actor, public, requires, the_actor
from pitchfest.web.forms import Form, saving
from pitchfest.web.requests import now

S = ClarificationState


@bp.get("/challenges/<reference>/questions")
@public
def answers(reference: str) -> str:
    actor, found = current_actor(), queries.public(reference, now(), current_actor())
    g.practice = found.practice
    return render_template(
        "challenges/answers.html",
        challenge=found,
        asks=actor is None or _may_ask(actor, reference),
        times=queries.asking_times(found, now()),
        answers=queries.answers(found.id),
        words=prose,
        signed_in=actor is not None,
    )


def _may_ask(actor: Actor, reference: str) -> bool:
    """Whether somebody who is signed in is offered to ask; a visitor is, and signs in first."""
    return bool(allows(Permission.ASK, queries.asking_page(actor=actor, now=now(), reference=reference)))


@bp.get("/challenges/<reference>/questions.csv")
@public
def answers_file(reference: str) -> Response:
    found = queries.public(reference, now(), current_actor())
    return Response(
        to_csv(*answers_table(queries.answers(found.id))),
        content_type="text/csv",
        headers={"Content-Disposition": f'attachment; filename="questions-{found.reference}.csv"'},
    )


@bp.route("/challenges/<reference>/questions/ask", methods=["GET", "POST"])
@requires(Permission.ASK, of=queries.asking_page)
def ask(page: AskingPage) -> ResponseReturnValue:
    found, form = page.challenge, AskForm()
    mine = url_for("challenges.own_questions", reference=found.reference)
    told = False
    if form.validate_on_submit() and not (told := _tells_who_asks(form)):
        with saving(form, then=mine) as saved:
            late = operations.ask(
                the_actor(),
                reference=found.reference,
                text=form.question.data or "",
                wish=(form.wish.data or "") if form.confidential.data else None,
                now=now(),
            )
        if saved and late is not None:
            return _late_page(found, form, late)
        if saved:
            flash("Your question is in. Nobody sees that you asked it.", "success")
            return redirect(saved.redirect)
    rendered = render_template(
        "challenges/ask.html",
        challenge=found,
        form=form,
        page_errors=bool(form.errors),
        may_send_as_it_is=told or form.as_it_is.data,
        times=queries.asking_times(found, now()),
        count=queries.last_number(found.id),
    )
    return rendered, 422 if form.errors else 200


def _tells_who_asks(form: AskForm) -> bool:
    """Whether the question says who asks and the asker has not said that it may; the form then says so."""
    actor = the_actor()
    names = (actor.name, *(row.name for row in accounts.organisations_of(actor.person_id)))
    found = () if form.as_it_is.data else giveaways(form.question.data or "", names)
    if found:
        words = join_words([f"“{words}”" for words in found])
        out = "Leave it out" if len(found) == 1 else "Leave them out"
        form.question.errors = [f"{words} would say who asks. {out}, or tick the box to send it as it is"]
    return bool(found)


def _late_page(found: ChallengeRow, form: AskForm, late: timedelta) -> ResponseReturnValue:
    """By how much it was missed, and the words to copy."""
    page = render_template(
        "challenges/question_late.html",
        challenge=found,
        text=form.question.data,
        wish=form.wish.data,
        late=say_span(late),
        until=queries.asking_times(found, now()),
    )
    return page, 409


@bp.get("/challenges/<reference>/questions/mine")
@requires(Permission.OWN_QUESTIONS, of=queries.asking_page)
def own_questions(page: AskingPage) -> str:
    return _own_page(page.challenge)


def _own_page(found: ChallengeRow) -> str:
    times = queries.asking_times(found, now())
    until = times.until if times else None
    is_open = found.effective == ChallengeState.OPEN
    questions = queries.own_questions(the_actor().person_id, found.id)
    return render_template(
        "challenges/own_questions.html",
        challenge=found,
        times=times,
        questions=[
            (
                q,
                Form(version=q.version),
                _outcome(q, is_open),
                _said(q, is_open, until),
            )
            for q in questions
        ],
        words=prose,
        is_open=is_open,
        may_ask=bool(times and times.is_open) and _may_ask(the_actor(), found.reference),
    )


#: State → (what its asker reads of it, colour of the tag). A draft is not shown before it is signed.
_OUTCOMES: dict[ClarificationState, tuple[str, str]] = {
    S.RECEIVED: ("Received", "blue"),
    S.DRAFTED: ("Received", "blue"),
    S.OFFERED: ("Waits for you", "orange"),
    S.PUBLISHED: ("Answered", "green"),
    S.SUPERSEDED: ("Answered", "green"),
    S.PRIVATE: ("Answered to you alone", "green"),
    S.DUPLICATE: ("Answered before", "green"),
    S.WITHDRAWN: ("Withdrawn", "grey"),
    S.LATE: ("Came too late", "grey"),
}


def _outcome(question: OwnQuestion, is_open: bool) -> tuple[str, str]:
    left = question.state in PENDING and not is_open
    return ("Not answered", "grey") if left else _OUTCOMES[question.state]


def _said(question: OwnQuestion, is_open: bool, until: datetime | None) -> str:
    """What became of the question, in a sentence; "" where the page says more."""
    if question.state in PENDING and not is_open:
        return "The challenge closed before it was answered."
    if question.state in (S.RECEIVED, S.DRAFTED):
        return "We have it. We answer it to everyone at once, without a word of who asked."
    if question.state == S.LATE and until is not None:
        missed = say_span(question.received_at - until) if question.received_at > until else "a moment"
        return f"You missed the end of questions by {missed}. Your words are kept here, for you only."
    return "You withdrew it. Nobody answers it." if question.state == S.WITHDRAWN else ""


@bp.post("/challenges/<reference>/questions/mine/<int(max=2147483647):clarification_id>/withdraw")
@requires(Permission.OWN_QUESTIONS, of=queries.own_question_page)
def withdraw_question(page: OwnPage) -> ResponseReturnValue:
    return _act(page, operations.withdraw_question, "Withdrawn. Your words are still here, for you only.")


@bp.post("/challenges/<reference>/questions/mine/<int(max=2147483647):clarification_id>/publish")
@requires(Permission.OWN_QUESTIONS, of=queries.own_question_page)
def let_publish(page: OwnPage) -> ResponseReturnValue:
    return _act(page, operations.let_publish, "We will answer it to everyone, without a word of who asked.")


def _act(page: OwnPage, operation: operations.OwnAct, done: str) -> ResponseReturnValue:
    form, reference = Form(), page.challenge.reference
    if form.validate_on_submit():
        with saving(form, then=url_for("challenges.own_questions", reference=reference)) as saved:
            operation(
                the_actor(),
                reference=reference,
                clarification_id=page.question.id,
                expected_version=form.expected_version,
                now=now(),
            )
        if saved:
            flash(done, "success")
            return redirect(saved.redirect)
    return redirect(url_for("challenges.own_questions", reference=reference))
