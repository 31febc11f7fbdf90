"""Starting a pitch, its task list, and one page for each answer."""

from __future__ import annotations

from collections import Counter
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from pitchfest.challenges import queries as challenges
from pitchfest.challenges.queries import CriterionRow
from pitchfest.challenges.rules import (
    BEFORE_RELEASE,
    RELEASED,
    ChallengeState,
    QuestionKind,
    QuestionRow,
    word_diff,
)
from pitchfest.kernel.clock import london_day
from pitchfest.kernel.text import plural
from pitchfest.pitches import operations
from pitchfest.pitches.forms import StartForm
from pitchfest.pitches.queries import PitchRow, longer_until, mine, own, team, versions
from pitchfest.pitches.queries import sealed as queries
from pitchfest.pitches.queries.clearing import request_about
from pitchfest.pitches.queries.files_for_judges import not_as_sent
from pitchfest.pitches.queries.hiding import hidden_in
from pitchfest.pitches.rules.answers import (
    Look,
    Standing,
    differences,
    look_at,
)
from pitchfest.pitches.rules.permissions import Permission
from pitchfest.pitches.rules.states import UNSENT, PitchState, supplier_label, takes_pitches
from pitchfest.pitches.views.panels import contributed
from pitchfest.web.access import allows, current_actor, public, requires, the_actor
from pitchfest.web.forms import Form, saving
from pitchfest.web.requests import now

bp = Blueprint("pitches", __name__)


@bp.get("/pitches")
@requires(Permission.LIST)
def index() -> str:
    pitches = mine(the_actor(), now())
    rows = [
        (pitch, supplier_label(pitch.state, pitch.challenge_state), _next_date(pitch)) for pitch in pitches
    ]
    return render_template("pitches/index.html", rows=rows)


def _next_date(pitch: PitchRow) -> tuple[str, Any] | None:
    """What comes next for the supplier and when, None where nothing does."""
    if pitch.state in {PitchState.WITHDRAWN, PitchState.LAPSED}:
        return None
    if pitch.challenge_state in RELEASED:
        own = pitch.organisation_id in the_actor().organisations
        return ("Read your letter", None) if own else None
    if pitch.challenge_state == ChallengeState.CANCELLED:
        return None
    if now() < pitch.closes_at:
        return "Closes", pitch.closes_at
    return ("Decision due", pitch.decision_due) if pitch.decision_due else None


# Starting.


@bp.get("/challenges/<reference>/start")
@public
def start(reference: str) -> str:
    return _start_page(reference, None)


@bp.post("/challenges/<reference>/start")
@requires(Permission.START)
def begin(reference: str) -> str | Response | tuple[str, int]:
    form = StartForm()
    if form.validate_on_submit():
        with saving(form) as saved:
            pitch = operations.start(
                the_actor(), challenge=reference, organisation_id=form.organisation.data or 0, now=now()
            )
            saved.redirect = url_for("pitches.tasks", reference=pitch)
        if saved:
            return redirect(saved.redirect)
    return _start_page(reference, form), 422


def _start_page(reference: str, form: StartForm | None) -> str:
    actor = current_actor()
    challenge = challenges.public(reference, now(), actor)
    g.practice = challenge.practice
    questions = challenges.questions(challenge.id)
    organisations = operations.supplier_organisations(actor, practice=challenge.practice) if actor else []
    closes_at = challenge.closes_at
    if organisations:
        longer = longer_until(challenge.id, [o.id for o in organisations])
        if challenge.effective == ChallengeState.CLOSED:
            organisations = [o for o in organisations if o.id in longer] or organisations
        closes_at = max(longer.values(), default=closes_at)
    going_on = queries.going_on(actor, challenge.id, [o.id for o in organisations], now()) if actor else []
    # A colleague learns here what pressing the button would say, and no more: belonging gives no right.
    begun = queries.begun_by([o.id for o in organisations], challenge.id)
    without = [o.name for o in organisations if o.id in begun - {pitch.organisation_id for pitch in going_on}]
    may_start = [o for o in organisations if o.id not in begun or (o.is_owner and o.name in without)]
    is_open = takes_pitches(challenge.effective, challenge.published_at, closes_at, now())
    if may_start and is_open:
        form = form or StartForm(organisation=may_start[0].id)
        form.organisation.choices = {str(o.id): o.name for o in may_start}
    return render_template(
        "pitches/start.html",
        challenge=challenge,
        is_open=is_open,
        closes_at=closes_at,
        organisations=organisations,
        may_start=may_start,
        going_on=going_on,
        already_started="" if form and form.errors else without,
        form=form,
        page_errors=bool(form and (form.errors or form.form_errors)),
        takes=_what_it_takes(questions),
    )


def _what_it_takes(questions: list[QuestionRow]) -> list[str]:
    """The parts of the form in numbers."""
    texts = [q for q in questions if q.kind == QuestionKind.TEXT]
    words = sum(q.max_words or 0 for q in texts)
    parts = [f"{plural(len(texts), 'written answer')}, {words:,} words at most in all"] if texts else []
    counts = Counter(q.kind for q in questions)
    parts += [plural(counts[kind], *one_and_many) for kind, one_and_many in _TAKEN.items() if counts[kind]]
    return parts + [words for kind, words in _TAKEN_ONCE.items() if counts[kind]]


_TAKEN = {
    QuestionKind.RADIOS: ("question where you choose one answer", "questions where you choose one answer"),
    QuestionKind.CHECKBOXES: (
        "question where you tick what is true",
        "questions where you tick what is true",
    ),
    QuestionKind.ROWS: ("table to fill in", "tables to fill in"),
    QuestionKind.FILE: ("file of up to 10 MB", "files of up to 10 MB"),
    QuestionKind.DECLARATION: ("statement to agree to", "statements to agree to"),
}
_TAKEN_ONCE = {
    QuestionKind.MONEY: "your price in pounds, including VAT, line by line",
    QuestionKind.DATA: "which data you need from us, if any",
    QuestionKind.RIGHTS: "the intellectual property that your idea rests on, if any",
    QuestionKind.CONFIDENTIAL: "which parts are confidential and until when, if any",
}


# The task list.


@bp.get("/pitches/<reference>")
@requires(Permission.VIEW, of=own)
def tasks(pitch: PitchRow) -> str:
    questions = challenges.questions(pitch.challenge_id)
    criteria = {c.id: c for c in challenges.criteria(pitch.challenge_id)}
    latest = versions.latest(pitch.id)
    texts = {question_id: version.counting for question_id, version in latest.items()}
    sending = None if pitch.state in UNSENT else queries.sent(pitch.id)
    two_texts = {v.question_id for v in versions.beside(pitch.id, latest)}
    today = london_day(min(now(), pitch.closes_at))
    looks = {q.id: look_at(q, texts.get(q.id, ""), q.id in two_texts, today=today) for q in questions}
    changed = set(differences(sending.answers, texts)) if sending else set()
    since = _corrected(pitch)
    touched = {q.id for q in questions if q.position in since.questions and texts.get(q.id)}
    return render_template(
        "pitches/tasks.html",
        pitch=pitch,
        label=supplier_label(pitch.state, pitch.challenge_state),
        can_write=can_write(pitch),
        is_open=in_time(pitch),
        groups=_groups(pitch, questions, criteria, looks, touched),
        corrected=[{"label": c.label, "pieces": word_diff(c.before, c.after)} for c in since.changes],
        done=sum(look.standing == Standing.DONE for look in looks.values()),
        total=sum(look.standing != Standing.OPTIONAL for look in looks.values()),
        complete=not any(look.blocks for look in looks.values()),
        last_saved=max((v.at for v in latest.values()), default=None),
        sending=sending,
        sendings=queries.sendings(pitch.id) if sending else [],
        changed=[q for q in questions if q.id in changed],
        members=team.members(pitch.id),
        may_edit=bool(allows(Permission.EDIT, pitch)),
        may_submit=bool(allows(Permission.SUBMIT, pitch)),
        may_withdraw=pitch.challenge_state in BEFORE_RELEASE and bool(allows(Permission.WITHDRAW, pitch)),
        asked=request_about(pitch.id) if pitch.opened_at else None,
        hidden=hidden_in(pitch.id) if pitch.challenge_state in RELEASED else [],
        not_as_sent=not_as_sent(pitch.id) if pitch.challenge_state in RELEASED else [],
        panels=contributed("pitch", pitch, the_actor(), now()),
        form=Form(),
    )


def _corrected(pitch: PitchRow) -> challenges.CorrectedSince:
    """What was corrected since the pitch was begun, or since its people last said that they had read it."""
    if not pitch.to_read:
        return challenges.CorrectedSince([], frozenset())
    return challenges.corrected_since(pitch.challenge_id, seen=pitch.correction_seen, at=pitch.created_at)


def in_time(pitch: PitchRow) -> bool:
    """Whether the pitch's challenge still takes pitches."""
    return takes_pitches(pitch.challenge_state, pitch.published_at, pitch.closes_at, now())


def can_write(pitch: PitchRow) -> bool:
    """Whether the present person can change the answers now: in time, with the right, and, once
    the pitch was sent, in an open copy.
    """
    being_written = pitch.state == PitchState.DRAFT or pitch.changing_since is not None
    return in_time(pitch) and being_written and bool(allows(Permission.EDIT, pitch))


_STATUS = {
    Standing.DONE: ("Done", ""),
    Standing.OPTIONAL: ("Optional", ""),
    Standing.NOT_STARTED: ("Not started", "grey"),
}


def _groups(
    pitch: PitchRow,
    questions: list[QuestionRow],
    criteria: dict[int, CriterionRow],
    looks: dict[int, Look],
    touched: set[int],
) -> list[tuple[str, list[tuple[str, str, str, str, str]]]]:
    scored = [q for q in questions if q.criterion_id is not None]
    other = [q for q in questions if q.criterion_id is None]
    groups = (("Answers that are scored", scored), ("Other things we need", other))
    tasks = {
        q.id: _task(pitch, q, criteria.get(q.criterion_id or 0), looks[q.id], q.id in touched)
        for q in questions
    }
    return [(heading, [tasks[q.id] for q in group]) for heading, group in groups if group]


def _task(
    pitch: PitchRow, question: QuestionRow, criterion: CriterionRow | None, look: Look, touched: bool
) -> tuple[str, str, str, str, str]:
    href = url_for("pitches.question", reference=pitch.reference, position=question.position)
    hint = f"{look.hint}, {plural(criterion.weight, 'point')}" if criterion else look.hint
    status, colour = _STATUS.get(look.standing, (short_problem(look), "orange"))
    if touched and look.standing in (Standing.DONE, Standing.OPTIONAL):
        status, colour = "Check again", "orange"
    return question.ask, href, hint, status, colour


def short_problem(look: Look) -> str:
    """What is wrong with an answer in the few words of a tag."""
    return look.problem if look.problem.endswith("too long") else "To fix"


# A copy of what was sent.


@bp.post("/pitches/<reference>/change")
@requires(Permission.EDIT, of=own)
def change(pitch: PitchRow) -> Response:
    form, then = Form(), url_for("pitches.tasks", reference=pitch.reference)
    if form.validate_on_submit():
        with saving(form, then=then):
            operations.change(the_actor(), reference=pitch.reference, now=now())
    return redirect(then)


@bp.post("/pitches/<reference>/look-again")
@requires(Permission.EDIT, of=own)
def look_again(pitch: PitchRow) -> Response:
    form, then = Form(), url_for("pitches.tasks", reference=pitch.reference)
    if form.validate_on_submit():
        with saving(form, then=then) as saved:
            shown = request.form.get("correction", "")
            seen = int(shown) if shown.isascii() and shown.isdigit() and len(shown) < 6 else 0
            seen = seen if seen <= pitch.correction_last else 0
            operations.look_again(the_actor(), reference=pitch.reference, correction=seen, now=now())
        if saved and seen < pitch.correction_last:
            flash("The challenge was corrected once more meanwhile. Read that too.")
        elif saved:
            flash("Noted: your answers are checked against the correction.", "success")
    return redirect(then)


@bp.route("/pitches/<reference>/discard", methods=["GET", "POST"])
@requires(Permission.EDIT, of=own)
def discard(pitch: PitchRow) -> str | Response:
    form, then = Form(), url_for("pitches.tasks", reference=pitch.reference)
    if form.validate_on_submit():
        with saving(form, then=then) as saved:
            operations.discard_copy(the_actor(), reference=pitch.reference, now=now())
        if saved:
            flash("Your answers are back to what you sent.", "success")
            return redirect(saved.redirect)
    sending = queries.sent(pitch.id)
    texts = versions.working(pitch.id)
    changed = set(differences(sending.answers, texts)) if sending else set()
    asked = [q for q in challenges.questions(pitch.challenge_id) if q.id in changed]
    return render_template("pitches/discard.html", pitch=pitch, sending=sending, changed=asked, form=form)
