"""Checking the answers, sending them, the receipt, and withdrawing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from flask import Response as FlaskResponse
from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from pitchfest.accounts import queries as accounts
from pitchfest.accounts.rules import SIZE_NAMES
from pitchfest.challenges import queries as challenges
from pitchfest.challenges.rules import BEFORE_RELEASE, QuestionRow
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.clock import london_day
from pitchfest.kernel.errors import Conflict, NotFound
from pitchfest.kernel.privacy import removed_words
from pitchfest.kernel.text import canonical_json
from pitchfest.pitches import operations
from pitchfest.pitches.forms import SendForm
from pitchfest.pitches.queries import PitchRow, own, team, versions
from pitchfest.pitches.queries import sealed as queries
from pitchfest.pitches.queries.sealed import Sent
from pitchfest.pitches.queries.sent_on import SentOn, sent_on
from pitchfest.pitches.queries.team import OfPitch
from pitchfest.pitches.rules.answers import asked_pence, differences, look_at
from pitchfest.pitches.rules.permissions import Permission
from pitchfest.pitches.rules.reading import Reading, read
from pitchfest.pitches.rules.states import PitchRight
from pitchfest.pitches.views.writing import bp, can_write, in_time
from pitchfest.web.access import allows, requires, the_actor
from pitchfest.web.forms import Form, saving
from pitchfest.web.requests import now


@bp.get("/pitches/<reference>/check")
@requires(Permission.VIEW, of=own)
def check(pitch: PitchRow) -> str | Response:
    if pitch.removed_at:  # its page says so
        return redirect(url_for("pitches.tasks", reference=pitch.reference))
    last = queries.sent(pitch.id)
    form = SendForm(link_only=last is not None and last.link_only)
    form.version.data = str(pitch.version)
    return _check_page(pitch, form, last)


@bp.post("/pitches/<reference>/check")
@requires(Permission.SUBMIT, of=own)
def send(pitch: PitchRow) -> str | Response | tuple[str, int]:
    form = SendForm()
    if form.validate_on_submit():
        with saving(form) as saved:
            number = operations.submit(
                the_actor(),
                reference=pitch.reference,
                declared=form.declared.data,
                read_back=form.read_back.data,
                link_only=form.link_only.data,
                expected_version=form.expected_version,
                now=now(),
            )
            saved.redirect = (
                url_for("pitches.slip", reference=pitch.reference)
                if pitch.assists
                else url_for("pitches.receipt", reference=pitch.reference, number=number)
            )
        if saved:
            return redirect(saved.redirect)
    return _check_page(pitch, form, queries.sent(pitch.id)), 422


def _check_page(pitch: PitchRow, form: SendForm, sending: Sent | None) -> str:
    if pitch.assists:
        form.ask_assistant()
    questions, latest = challenges.questions(pitch.challenge_id), versions.latest(pitch.id)
    texts = {question_id: version.counting for question_id, version in latest.items()}
    two_texts = {v.question_id for v in versions.beside(pitch.id, latest)}
    today = london_day(min(now(), pitch.closes_at))
    looks = {q.id: look_at(q, texts.get(q.id, ""), q.id in two_texts, today=today) for q in questions}
    sending = queries.sent(pitch.id)
    return render_template(
        "pitches/check.html",
        pitch=pitch,
        form=form,
        page_errors=bool(form.errors or form.form_errors),
        rows=[(q, read(q.kind, q.options, texts.get(q.id, "")), looks[q.id]) for q in questions],
        organisation=_details(pitch),
        over_budget=pitch.is_paid_less_than(asked_pence(questions, texts)),
        missing=[(q, looks[q.id].problem) for q in questions if looks[q.id].blocks],
        changed=differences(sending.answers, texts) if sending else [],
        sending=sending,
        is_open=in_time(pitch),
        can_write=can_write(pitch),
        may_edit=bool(allows(Permission.EDIT, pitch)),
        may_submit=bool(allows(Permission.SUBMIT, pitch)),
        senders=[m.name for m in team.members(pitch.id) if m.right == PitchRight.SUBMIT],
    )


def _details(pitch: PitchRow) -> list[tuple[str, str]]:
    """What goes with the pitch without being asked again: the organisation's own details."""
    found = accounts.organisation(pitch.organisation_id)
    number = [("Number", found.number)] if found.number else []
    return [("Name", found.name), ("Place", found.place), ("Size", SIZE_NAMES[found.size]), *number]


# The receipt.


def _sending(pitch: PitchRow, number: int) -> Sent:
    sending = queries.sent(pitch.id, number)
    if sending is None:
        raise NotFound
    return sending


@dataclass(frozen=True, slots=True)
class AskedSending(OfPitch):
    """One sending of a pitch."""

    number: int


def _asked(*, actor: Actor, now: datetime, reference: str, number: int) -> AskedSending:
    return AskedSending(own(actor=actor, now=now, reference=reference), number)


@bp.get("/pitches/<reference>/receipts/<int(max=9999):number>")
@requires(Permission.VIEW, of=_asked)
def receipt(asked: AskedSending) -> str:
    pitch, sending = asked.pitch, _sending(asked.pitch, asked.number)
    return render_template(
        "pitches/receipt.html",
        pitch=pitch,
        sending=sending,
        anchor=queries.anchor(pitch, sending),
        record=(record := sent_on(pitch, sending)),
        rows=_rows(record, sending),
        counts=sending.number == queries.sendings(pitch.id)[0][0] and pitch.withdrawn_at is None,
        is_open=in_time(pitch),
    )


def _rows(record: SentOn, sending: Sent) -> list[tuple[QuestionRow, Reading]]:
    """Every question as it was asked then, and what was sent for it."""
    return [(q, read(q.kind, q.options, sending.answers.get(q.id, ""))) for q in record.questions]


@bp.get("/pitches/<reference>/receipts/<int(max=9999):number>.json")
@requires(Permission.VIEW, of=_asked)
def record(asked: AskedSending) -> FlaskResponse:
    """The exact text that the receipt's SHA-256 is over."""
    pitch, sending = _kept(asked)
    return _download(asked, "json", "application/json", canonical_json(sent_on(pitch, sending).body))


@bp.get("/pitches/<reference>/receipts/<int(max=9999):number>.html")
@requires(Permission.VIEW, of=_asked)
def record_page(asked: AskedSending) -> FlaskResponse:
    """What was sent, as one page to keep: it needs nothing from this site."""
    pitch, sending = _kept(asked)
    page = render_template(
        "pitches/record.html",
        pitch=pitch,
        sending=sending,
        anchor=queries.anchor(pitch, sending),
        record=(record := sent_on(pitch, sending)),
        rows=_rows(record, sending),
    )
    return _download(asked, "html", "text/html", page)


def _kept(asked: AskedSending) -> tuple[PitchRow, Sent]:
    """The pitch and the sending. Raises Conflict once the words are gone, their time being over."""
    if asked.pitch.removed_at:
        raise Conflict(f"{removed_words(asked.pitch.removed_at)} The seal alone is left, on the receipt.")
    return asked.pitch, _sending(asked.pitch, asked.number)


def _download(asked: AskedSending, ending: str, media_type: str, text: str) -> FlaskResponse:
    response = FlaskResponse(text, content_type=f"{media_type}; charset=utf-8")
    name = f"{asked.pitch.reference}-{asked.number}.{ending}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


# Withdrawing.


@bp.route("/pitches/<reference>/withdraw", methods=["GET", "POST"])
@requires(Permission.WITHDRAW, of=own)
def withdraw(pitch: PitchRow) -> str | Response | tuple[str, int]:
    form, then = Form(), url_for("pitches.tasks", reference=pitch.reference)
    if pitch.assists:
        then = url_for("pitch_desk.assist", reference=pitch.challenge_reference)
    if form.validate_on_submit():
        with saving(form, then=then) as saved:
            operations.withdraw(the_actor(), reference=pitch.reference, now=now())
        if saved:
            flash("Your pitch is withdrawn.", "success")
            return redirect(saved.redirect)
    page = render_template(
        "pitches/withdraw.html",
        pitch=pitch,
        form=form,
        page_errors=bool(form.form_errors),
        possible=pitch.withdrawn_at is None and pitch.challenge_state in BEFORE_RELEASE,
        sending=queries.sent(pitch.id),
    )
    return page, 422 if form.form_errors else 200
