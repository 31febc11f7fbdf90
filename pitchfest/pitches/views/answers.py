"""One answer of a pitch: its page, saving it by hand and by itself, and choosing between two texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from pitchfest.accounts import operations as accounts
from pitchfest.challenges import queries as challenges
from pitchfest.challenges.queries import CriterionRow
from pitchfest.challenges.rules import CriterionKind, QuestionKind, QuestionRow, say_points
from pitchfest.db import transaction
from pitchfest.files.rules import ACCEPTED
from pitchfest.kernel.clock import london_day, say_time
from pitchfest.kernel.errors import NotFound, TooLate
from pitchfest.pitches import operations
from pitchfest.pitches.forms import AnswerForm, answer_form
from pitchfest.pitches.queries import PitchRow, files, mine, versions
from pitchfest.pitches.queries.questions import OwnQuestion, own_question
from pitchfest.pitches.queries.sealed import sent
from pitchfest.pitches.queries.versions import Version
from pitchfest.pitches.rules.answers import Look, Standing, look_at, total_pence
from pitchfest.pitches.rules.permissions import Permission
from pitchfest.pitches.rules.reading import Reading, in_words, read
from pitchfest.pitches.views.writing import bp, can_write
from pitchfest.web.access import requires, the_actor
from pitchfest.web.attachments import as_attachment
from pitchfest.web.forms import saving
from pitchfest.web.idempotency import unclaimed
from pitchfest.web.requests import now, number_asked, started


@bp.get("/pitches/<reference>/questions/<int(max=9999):position>")
@requires(Permission.VIEW, of=own_question)
def question(asked: OwnQuestion) -> str | Response:
    if asked.pitch.removed_at:  # its page says so
        return redirect(url_for("pitches.tasks", reference=asked.pitch.reference))
    head = versions.latest(asked.pitch.id).get(asked.question.id)
    shown = _asked_version(asked) or head
    copied = _copied(asked)
    text = copied or (shown.text if shown else "")
    form = answer_form(asked.question, text, head.shown if head else None)
    return _question_page(asked, form, head, shown, copied=bool(copied))


#: Pitches whose answers one can start from, the newest.
_MOST_COPIED = 20


def _others(asked: OwnQuestion) -> dict[str, PitchRow]:
    """Further pitches of the same organisation that the person may read, by reference. What partners and
    officers who type for several suppliers read of others is no words to start from.
    """
    found = [
        p
        for p in mine(the_actor(), now())
        if p.organisation_id == asked.pitch.organisation_id and p.id != asked.pitch.id and not p.removed_at
    ]
    return {p.reference: p for p in found[:_MOST_COPIED]}


@bp.get("/pitches/<reference>/questions/<int(max=9999):position>/copy")
@requires(Permission.EDIT, of=own_question)
def copy(asked: OwnQuestion) -> str:
    """Answers of one's other pitches to start from."""
    if asked.question.kind != QuestionKind.TEXT:
        raise NotFound
    others = _others(asked)
    texts = versions.texts_of([p.id for p in others.values()])
    groups = [(p, [t for t in texts if t.pitch_id == p.id]) for p in others.values()]
    return render_template(
        "pitches/copy.html",
        pitch=asked.pitch,
        question=asked.question,
        groups=[(pitch, found) for pitch, found in groups if found],
    )


def _copied(asked: OwnQuestion) -> str:
    """The answer in another of the person's pitches that the address names, to start from; "" for none."""
    reference, _, position = request.args.get("copy", "").partition(".")
    other = _others(asked).get(reference) if reference and asked.question.kind == QuestionKind.TEXT else None
    if other is None:
        return ""
    return next((t.text for t in versions.texts_of([other.id]) if str(t.position) == position), "")


@bp.post("/pitches/<reference>/questions/<int(max=9999):position>")
@requires(Permission.EDIT, of=own_question)
def save(asked: OwnQuestion) -> str | Response | tuple[str, int]:
    form = answer_form(asked.question)
    if form.validate_on_submit():
        with _file_of(asked, form) as file, too_late_is_kept(asked, form), saving(form) as saved:
            kept = _save(asked, form, file)
            saved.redirect = _after_saving(asked, form, kept)
        if saved:
            return redirect(saved.redirect)
    head = versions.latest(asked.pitch.id).get(asked.question.id)
    return _question_page(asked, form, head, head), 422


@contextmanager
def too_late_is_kept(asked: OwnQuestion, form: AnswerForm) -> Iterator[None]:
    """Around a save: words that come after the closing time are kept for a day and sent to their author."""
    try:
        yield
    except TooLate as late:
        words = in_words(asked.question.kind, asked.question.options, form.text, kept=True)
        if not words:
            raise
        about = f"Your answer to “{asked.question.ask}” in pitch {asked.pitch.reference}. {late.reason}"
        with unclaimed(), transaction(started()):
            sent_copy = accounts.keep_late(
                the_actor(),
                path=url_for(
                    "pitches.question", reference=asked.pitch.reference, position=asked.question.position
                ),
                words=[("answer", words)],
                about=about,
                now=now(),
            )
        copied = " and have sent you a copy" if sent_copy else ""
        raise TooLate(f"{late.reason} We keep what you wrote for 24 hours{copied}.") from late


def _file_of(asked: OwnQuestion, form: AnswerForm) -> AbstractContextManager[operations.KeptFile | None]:
    """The file that was sent, put on the disk before the write, since a disk is slow; None where none was."""
    if asked.question.kind != QuestionKind.FILE:
        return nullcontext()
    sent = form.answer
    return operations.kept_file(sent.data, name=sent.named, media_type=sent.media_type)


def _save(asked: OwnQuestion, form: AnswerForm, file: operations.KeptFile | None) -> operations.Kept:
    """Save what was sent. Where a file is asked for and none was chosen, the one that is there stays."""
    where: dict[str, Any] = {
        "reference": asked.pitch.reference,
        "position": asked.question.position,
        "shown": form.shown,
        "now": now(),
    }
    if file is not None:
        return operations.answer_with_file(the_actor(), file=file, **where)
    if asked.question.kind == QuestionKind.FILE and request.form.get("go") != "remove":
        return operations.Kept(form.shown)
    return operations.save_answer(the_actor(), text=form.text, settles=form.settles, **where)


@bp.get("/pitches/<reference>/questions/<int(max=9999):position>/file")
@requires(Permission.VIEW, of=own_question)
def file(asked: OwnQuestion) -> Response:
    """The file that is the answer, or was in the version or the sending that the address names."""
    if asked.question.kind != QuestionKind.FILE:
        raise NotFound
    if number := number_asked("sent"):
        sending = sent(asked.pitch.id, number)
        text = sending.answers.get(asked.question.id, "") if sending else ""
    else:
        shown = _asked_version(asked) or versions.latest(asked.pitch.id).get(asked.question.id)
        text = shown.text if shown else ""
    return as_attachment(*files.named_by(asked.pitch.id, text))


@bp.post("/pitches/<reference>/questions/<int(max=9999):position>/autosave")
@requires(Permission.EDIT, of=own_question)
def autosave(asked: OwnQuestion) -> Response | tuple[Response, int]:
    """A save that the page makes by itself: it answers with what the page then says and sends next. A page
    that asks for a file makes none.
    """
    if asked.question.kind == QuestionKind.FILE:
        raise NotFound
    form = answer_form(asked.question)
    here = url_for("pitches.question", reference=asked.pitch.reference, position=asked.question.position)
    if form.validate_on_submit():
        # The same words again change nothing, so there is no repeat to be told from a second save.
        with unclaimed(), too_late_is_kept(asked, form), saving(form, then=here) as saved:
            kept = operations.save_answer(
                the_actor(),
                reference=asked.pitch.reference,
                position=asked.question.position,
                text=form.text,
                shown=form.shown,
                by_itself=True,
                now=now(),
            )
        if saved:
            look, other = look_at(asked.question, form.text, today=london_day(now())), ""
            said = f"{'Kept' if look.standing == Standing.TO_FIX else 'Saved'} at {say_time(now())}"
            said += _kept(asked.question, look)
            if kept.beaten_by is not None and kept.shown is not None:
                said += f" {kept.beaten_by.author_name} saved this answer too. Yours is kept beside it."
                other = f"{here}?version={kept.shown.id}"
            unfit = look.standing == Standing.TO_FIX
            return jsonify(said=said, unfit=unfit, fields={"parent": str(kept.shown or "")}, other=other)
    return jsonify(said="Not saved yet. " + " ".join(_errors(form))), 422


def _kept(question: QuestionRow, look: Look) -> str:
    """What follows on “Saved at 2pm”: how long the text is, or on “Kept at 2pm”: what does not fit yet."""
    if look.standing == Standing.TO_FIX:
        problem = look.problem[0].lower() + look.problem[1:]
        return f". Before you can send it: {problem}."
    return (
        f", with {look.hint}."
        if question.kind == QuestionKind.TEXT and look.standing == Standing.DONE
        else "."
    )


def _errors(form: AnswerForm) -> list[str]:
    return [f"{e}." for e in (*form.form_errors, *(e for field in form for e in field.errors))]


@bp.post("/pitches/<reference>/questions/<int(max=9999):position>/keep")
@requires(Permission.EDIT, of=own_question)
def keep(asked: OwnQuestion) -> Response:
    """Keep the answer that counts, of two that were written at the same time."""
    form = answer_form(asked.question)
    then = url_for("pitches.question", reference=asked.pitch.reference, position=asked.question.position)
    if form.validate_on_submit():
        with saving(form, then=then) as saved:
            operations.keep_what_counts(
                the_actor(),
                reference=asked.pitch.reference,
                position=asked.question.position,
                beside=form.settles or 0,
                now=now(),
            )
        if saved:
            flash("That answer stays. The other text is among the earlier versions.", "success")
    return redirect(then)


#: Button → the id of the first field of what it adds.
_ROWS_ADDED: dict[str, Callable[[AnswerForm], str]] = {
    "lines": lambda form: f"answer-label-{len(form.answer.data) + 1}",
    "rows": lambda form: f"answer-{len(form.answer.data.written) + 1}-1",
}


def _after_saving(asked: OwnQuestion, form: AnswerForm, kept: operations.Kept) -> str:
    """Where a save leads: on, back, or to the same page where something is to be seen there."""
    reference, position = asked.pitch.reference, asked.question.position
    here: dict[str, Any] = {"reference": reference, "position": position}
    if kept.beaten_by is not None:
        return url_for("pitches.question", **here, version=kept.shown.id if kept.shown else None)
    pressed = request.form.get("go", "on")
    if pressed in _ROWS_ADDED:
        return url_for("pitches.question", **here, lines=3, _anchor=_ROWS_ADDED[pressed](form))
    if pressed == "remove":
        return url_for("pitches.question", **here)
    if (
        pressed == "on"
        and look_at(asked.question, form.text, today=london_day(now())).standing == Standing.TO_FIX
    ):
        return url_for("pitches.question", **here)
    if pressed == "on" and asked.next_position is not None:
        return url_for("pitches.question", reference=reference, position=asked.next_position)
    return url_for("pitches.tasks", reference=reference)


def _asked_version(asked: OwnQuestion) -> Version | None:
    """An earlier version that the address names, to be read or brought back."""
    text = request.args.get("version", "")
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        return None
    return versions.version(asked.pitch.id, asked.question.id, int(text))


def _question_page(
    asked: OwnQuestion,
    form: AnswerForm,
    head: Version | None,
    shown: Version | None,
    *,
    copied: bool = False,
) -> str:
    pitch, item = asked.pitch, asked.question
    writable = can_write(pitch)
    beaten = _is_beside(asked, head, shown)
    waiting = [
        v for v in versions.beside(pitch.id, {item.id: head} if head else {}) if v.question_id == item.id
    ]
    text = shown.text if item.kind == QuestionKind.FILE and shown else form.text
    today = london_day(now())
    look = look_at(item, text, today=today)
    kept = look_at(item, head.text, today=today) if head else None
    unfit = writable and look.standing == Standing.TO_FIX
    if unfit and item.kind == QuestionKind.MONEY:
        form.answer.mark()
    elif unfit and not form.answer.errors:
        form.answer.errors = [look.problem]
    criterion = next((c for c in challenges.criteria(pitch.challenge_id) if c.id == item.criterion_id), None)
    return render_template(
        "pitches/question.html",
        pitch=pitch,
        question=item,
        total=len(asked.questions),
        criterion=criterion,
        levels=levels_of(criterion),
        form=form,
        page_errors=unfit or bool(form.errors or form.form_errors or form.answer.errors),
        kept=_kept(item, kept) if kept else "",
        kept_unfit=kept is not None and kept.standing == Standing.TO_FIX,
        unfit=unfit,
        can_write=writable,
        keeper="" if session.get("shared") else the_actor().person_id,
        head=head,
        other=head if head and shown and shown.id != head.id else None,
        beaten=beaten,
        to_settle=shown if shown and beaten and shown.id in {v.id for v in waiting} else None,
        waiting=[v for v in waiting if shown is None or v.id != shown.id],
        shown=shown,
        earlier=versions.history(pitch.id, item.id) if head else [],
        more=3 if "lines" in request.args else 0,
        counts=_read(item, head),
        reading=_read(item, shown),
        accepted=ACCEPTED,
        copied=copied,
        sum_pence=(total := total_pence(form.text) if item.kind == QuestionKind.MONEY else 0),
        over_budget=pitch.is_paid_less_than(total),
    )


def _read(item: QuestionRow, version: Version | None) -> Reading:
    return read(item.kind, item.options, version.text if version else "")


def _is_beside(asked: OwnQuestion, head: Version | None, shown: Version | None) -> bool:
    """Whether the version shown was written while someone else saved another on the same text."""
    if head is None or shown is None or shown.id == head.id:
        return False
    return shown.id not in versions.main_line(asked.pitch.id, asked.question.id)


def levels_of(criterion: CriterionRow | None) -> list[tuple[str, str, str]]:
    """(points, label, meaning) of a judged criterion's scale, the best first."""
    if criterion is None or criterion.kind == CriterionKind.PRICE:
        return []
    return [
        (say_points(value), label, meaning)
        for value, (label, meaning) in sorted(criterion.anchors.items(), reverse=True)
    ]
