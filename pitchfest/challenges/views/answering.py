"""Staff's side of questions: what was asked, drafting an answer, and signing it."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from pitchfest.challenges import operations, queries
from pitchfest.challenges.forms import AnswerForm, LinkForm, SecrecyForm
from pitchfest.challenges.queries import AnsweringPage, ChallengeRow, ClarificationPage
from pitchfest.challenges.rules import (
    CLARIFICATION,
    CLARIFICATION_LABELS,
    PENDING,
    PUBLISHED,
    ChallengeState,
    ClarificationState,
    Permission,
    Secrecy,
)
from pitchfest.challenges.views.manage import bp
from pitchfest.challenges.views.showing import prose
from pitchfest.kernel.clock import LONDON
from pitchfest.kernel.text import plural
from pitchfest.web.access import allows, requires, the_actor
from pitchfest.web.forms import Form, saving
from pitchfest.web.requests import now

_ONE = "/challenges/<reference>/questions/<int(max=2147483647):clarification_id>"


@bp.get("/challenges/<reference>/questions")
@requires(Permission.ANSWER, of=queries.answering_page)
def clarifications(page: AnsweringPage) -> str:
    found = page.challenge
    rows = queries.clarifications(found.id)
    times = queries.asking_times(found, now())
    waiting = [row for row in rows if row.state in PENDING]
    is_open = found.effective == ChallengeState.OPEN
    return render_template(
        "challenges/manage/clarifications.html",
        challenge=found,
        published=found.effective in PUBLISHED,
        is_open=is_open,
        times=times,
        late=_days_late(found, waiting),
        groups=[
            ("To do" if is_open else "Left unanswered", waiting),
            ("Finished", [row for row in reversed(rows) if row.state not in PENDING]),
        ],
        label=lambda row: _label(row, is_open=is_open),
    )


def _label(row: queries.ClarificationRow, *, is_open: bool) -> tuple[str, str]:
    """Where a question stands, and the colour of that; nothing becomes of it any more after closing."""
    if row.state in PENDING and not is_open:
        return "Not published" if row.is_correction else "Not answered", "grey"
    return CLARIFICATION_LABELS[row.state]


def _days_late(found: ChallengeRow, waiting: list[queries.ClarificationRow]) -> str:
    """By how many days answers are late, in words; "" where none is."""
    times = queries.asking_times(found, now())
    if times is None or found.effective != ChallengeState.OPEN or now() < times.due or not waiting:
        return ""
    days = (now().astimezone(LONDON).date() - times.due.astimezone(LONDON).date()).days
    return f"{plural(days, 'day')} late" if days else "Due today"


@bp.route(_ONE, methods=["GET", "POST"])
@requires(Permission.ANSWER, of=queries.clarification_page)
def clarification(page: ClarificationPage) -> ResponseReturnValue:
    row = page.row
    form = AnswerForm(version=row.version, question=row.wording, answer=row.answer)
    if form.validate_on_submit():
        with saving(form, then=_address(page)) as saved:
            operations.draft_answer(
                the_actor(),
                question=form.question.data or "",
                answer=form.answer.data or "",
                **_which(page, form),
            )
        if saved:
            flash("The answer is saved. The procurement lead signs it.", "success")
            return redirect(saved.redirect)
    return _page(page, draft=form)


@bp.post(f"{_ONE}/sign")
@requires(Permission.SIGN_ANSWER, of=queries.clarification_page)
def sign_answer(page: ClarificationPage) -> ResponseReturnValue:
    form = Form(version=page.row.version)
    if form.validate_on_submit():
        with saving(form, then=_list(page)) as saved:
            number = operations.sign_answer(the_actor(), **_which(page, form))
        if saved:
            words = f"Published as number {number}. All who hold a pitch are being told."
            flash(words if number else "Signed. The asker alone is being told.", "success")
            return redirect(saved.redirect)
    return _page(page, act=form)


@bp.post(f"{_ONE}/secrecy")
@requires(Permission.SIGN_ANSWER, of=queries.clarification_page)
def decide_secrecy(page: ClarificationPage) -> ResponseReturnValue:
    form = SecrecyForm(version=page.row.version)
    if form.validate_on_submit():
        agree = form.agree.data == "yes"
        with saving(form, then=_address(page)) as saved:
            operations.decide_secrecy(
                the_actor(), agree=agree, reason=form.reason.data or "", **_which(page, form)
            )
        if saved:
            flash("Agreed: the answer goes to the asker alone." if agree else "The asker chooses.", "success")
            return redirect(saved.redirect)
    return _page(page, secrecy=form)


@bp.post(f"{_ONE}/link")
@requires(Permission.ANSWER, of=queries.clarification_page)
def link_duplicate(page: ClarificationPage) -> ResponseReturnValue:
    form = LinkForm(version=page.row.version, numbers=_numbers(page))
    if form.validate_on_submit():
        with saving(form, then=_list(page)) as saved:
            operations.link_duplicate(the_actor(), number=form.number.data, **_which(page, form))
        if saved:
            flash(f"Linked to answer {form.number.data}. The asker is being told.", "success")
            return redirect(saved.redirect)
    return _page(page, link=form)


@bp.post(f"{_ONE}/correct")
@requires(Permission.ANSWER, of=queries.clarification_page)
def start_correction(page: ClarificationPage) -> ResponseReturnValue:
    form, reference = Form(), page.challenge.reference
    if form.validate_on_submit():
        with saving(form) as saved:
            new = operations.start_correction(
                the_actor(), reference=reference, number=page.row.number or 0, now=now()
            )
            saved.redirect = url_for("manage.clarification", reference=reference, clarification_id=new)
        if saved:
            flash("This is the new entry. The published one stays until it is signed.", "success")
            return redirect(saved.redirect)
    return _page(page, act=form)


@bp.post(f"{_ONE}/drop")
@requires(Permission.ANSWER, of=queries.clarification_page)
def drop_correction(page: ClarificationPage) -> ResponseReturnValue:
    form = Form(version=page.row.version)
    if form.validate_on_submit():
        with saving(form, then=_list(page)) as saved:
            operations.drop_correction(the_actor(), **_which(page, form))
        if saved:
            flash("Given up. The published answer stays as it is.", "success")
            return redirect(saved.redirect)
    return _page(page, act=form)


def _which(page: ClarificationPage, form: Form) -> dict[str, Any]:
    return {
        "reference": page.challenge.reference,
        "clarification_id": page.row.id,
        "expected_version": form.expected_version,
        "now": now(),
    }


def _address(page: ClarificationPage) -> str:
    reference = page.challenge.reference
    return url_for("manage.clarification", reference=reference, clarification_id=page.row.id)


def _list(page: ClarificationPage) -> str:
    return url_for("manage.clarifications", reference=page.challenge.reference)


def _numbers(page: ClarificationPage) -> list[tuple[int, str]]:
    """The published answers that a question can be linked to, as a select shows them."""
    return [
        (a.number, f"{a.number}. {_shortened(a.question)}")
        for a in queries.answers(page.challenge.id)
        if a.superseded_by is None
    ]


def _shortened(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 90 else f"{line[:89].rsplit(' ', 1)[0]}…"


def _page(page: ClarificationPage, **forms: Form) -> ResponseReturnValue:
    """The question with what can be done now; `forms` are those that were sent, perhaps with errors."""
    row, numbers = page.row, _numbers(page)
    names = queries.writers(row)
    authors = queries.answer_authors(row.id)
    wrong = next((form for form in forms.values() if form.errors), None)
    is_open = page.effective == ChallengeState.OPEN
    steps = {t.action for t in CLARIFICATION.transitions if row.state in t.sources} if is_open else set()
    rendered = render_template(
        "challenges/manage/clarification.html",
        challenge=page.challenge,
        row=row,
        label=_label(row, is_open=is_open),
        undecided=is_open and row.secrecy == Secrecy.ASKED and row.state == ClarificationState.RECEIVED,
        private=row.secrecy == Secrecy.AGREED,
        steps=steps,
        may_sign=bool(allows(Permission.SIGN_ANSWER, page)),
        is_author=the_actor().person_id in authors,
        authors=[names[person] for person in sorted(authors)],
        names=names,
        draft=forms.get("draft")
        or AnswerForm(formdata=None, version=row.version, question=row.wording, answer=row.answer),
        act=forms.get("act") or Form(formdata=None, version=row.version),
        secrecy=forms.get("secrecy") or SecrecyForm(formdata=None, version=row.version),
        link=forms.get("link") or LinkForm(formdata=None, version=row.version, numbers=numbers),
        has_numbers=bool(numbers) and not row.is_correction,
        wrong=wrong,
        page_errors=wrong is not None,
        words=prose,
    )
    return rendered, 422 if wrong else 200
