"""The pitch form of a draft: one page for the list, one for each question."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from pitchfest.challenges import operations, queries
from pitchfest.challenges.forms import QuestionForm, question_values
from pitchfest.challenges.queries import ChallengeRow, QuestionPage, QuestionRow
from pitchfest.challenges.rules import KINDS, Permission, QuestionKind, asks_much, effort_of, unpaid_work
from pitchfest.challenges.views.criteria import asked_direction
from pitchfest.challenges.views.manage import bp
from pitchfest.challenges.views.showing import say_limit, say_takes
from pitchfest.web.access import requires, the_actor
from pitchfest.web.forms import Form, saving
from pitchfest.web.requests import now


@bp.get("/challenges/<reference>/form")
@requires(Permission.WRITE, of=queries.for_staff)
def form(found: ChallengeRow) -> str:
    criteria = queries.criteria(found.id)
    names = {c.id: c.name for c in criteria}
    questions = queries.questions(found.id)
    effort = effort_of(questions)
    asked = {q.criterion_id for q in questions}
    return render_template(
        "challenges/manage/form.html",
        challenge=found,
        form=Form(version=found.version),
        rows=[(q, say_limit(q), names.get(q.criterion_id) if q.criterion_id else None) for q in questions],
        without=[c.name for c in criteria if c.id not in asked],
        takes=say_takes(found, effort),
        much=asks_much(effort, found.budget_pence),
        unpaid=unpaid_work(effort, found.payment_pence),
    )


@bp.route("/challenges/<reference>/form/new", methods=["GET", "POST"])
@requires(Permission.WRITE, of=queries.for_staff)
def new_question(found: ChallengeRow) -> ResponseReturnValue:
    return _edit(found, None)


@bp.route("/challenges/<reference>/form/<int(max=2147483647):question_id>", methods=["GET", "POST"])
@requires(Permission.WRITE, of=queries.question_page)
def question(page: QuestionPage) -> ResponseReturnValue:
    return _edit(page.challenge, page.question)


def _edit(found: ChallengeRow, row: QuestionRow | None) -> ResponseReturnValue:
    form = QuestionForm(version=found.version, **question_values(row))
    criteria = queries.criteria(found.id)
    form.criterion_id.choices = {"": "Not scored"} | {str(c.id): f"{c.name} ({c.weight})" for c in criteria}
    if form.validate_on_submit():
        with saving(form, then=url_for("manage.form", reference=found.reference)) as saved:
            operations.save_question(
                the_actor(),
                reference=found.reference,
                question_id=row.id if row else None,
                ask=form.ask.data or "",
                kind=QuestionKind(form.kind.data),
                max_words=form.max_words.data,
                options=[line for raw in (form.options.data or "").splitlines() if (line := raw.strip())],
                criterion_id=form.criterion_id.data,
                required=form.required.data,
                expected_version=form.expected_version,
                now=now(),
            )
        if saved:
            flash("The question is saved.", "success")
            return redirect(saved.redirect)
    page = render_template(
        "challenges/manage/question.html",
        challenge=found,
        question=row,
        form=form,
        hints=_KIND_HINTS,
        page_errors=bool(form.errors),
    )
    return page, 422 if form.errors else 200


_KIND_HINTS = {
    kind.value: f"“{facts.gate}” After a yes, a row for each: {', '.join(facts.columns).lower()}."
    for kind, facts in KINDS.items()
    if facts.gate
} | {QuestionKind.DECLARATION.value: "Write the statement itself as the question."}


@bp.route("/challenges/<reference>/form/<int(max=2147483647):question_id>/remove", methods=["GET", "POST"])
@requires(Permission.WRITE, of=queries.question_page)
def remove_question(page: QuestionPage) -> ResponseReturnValue:
    form = Form(version=page.challenge.version)
    back = url_for("manage.form", reference=page.challenge.reference)
    if form.validate_on_submit():
        with saving(form, then=back) as saved:
            operations.remove_question(
                the_actor(),
                reference=page.challenge.reference,
                question_id=page.question.id,
                expected_version=form.expected_version,
                now=now(),
            )
        if saved:
            flash("The question is removed.", "success")
            return redirect(saved.redirect)
    return render_template(
        "challenges/manage/remove.html",
        challenge=page.challenge,
        form=form,
        title="Remove this question?",
        what=page.question.ask,
        back=back,
    )


@bp.post("/challenges/<reference>/form/<int(max=2147483647):question_id>/move")
@requires(Permission.WRITE, of=queries.question_page)
def move_question(page: QuestionPage) -> ResponseReturnValue:
    form = Form()
    back = url_for("manage.form", reference=page.challenge.reference)
    if form.validate_on_submit():
        with saving(form, then=back):
            operations.move_question(
                the_actor(),
                reference=page.challenge.reference,
                question_id=page.question.id,
                direction=asked_direction(),
                expected_version=form.expected_version,
                now=now(),
            )
    return redirect(back)
