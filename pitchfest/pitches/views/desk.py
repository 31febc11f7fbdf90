"""Opening by two people, the opened pitches, and who can take part."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from pitchfest.accounts import operations as accounts
from pitchfest.accounts import queries as people
from pitchfest.accounts.rules import ActKind
from pitchfest.challenges import queries as challenges
from pitchfest.challenges.queries import ChallengeRow
from pitchfest.challenges.rules import OPENING_PAUSE, RELEASED, ChallengeState, QuestionRow, word_diff
from pitchfest.kernel.actor import Actor, Role
from pitchfest.kernel.clock import say_moment
from pitchfest.kernel.errors import NotFound
from pitchfest.kernel.tabular import to_csv, to_xlsx
from pitchfest.pitches import operations, queries
from pitchfest.pitches.exports import eligibility_table
from pitchfest.pitches.forms import FindingForm
from pitchfest.pitches.queries import EligibilityRow, OpenedPitch, clearing
from pitchfest.pitches.queries.files_for_judges import not_as_sent
from pitchfest.pitches.queries.hiding import hidden_in
from pitchfest.pitches.queries.sealed import sender_of
from pitchfest.pitches.queries.team import part_in
from pitchfest.pitches.rules.another_way import read_way
from pitchfest.pitches.rules.permissions import Permission
from pitchfest.pitches.rules.reading import in_words, read
from pitchfest.pitches.rules.states import STAFF_LABELS, PitchState
from pitchfest.pitches.rules.without_names import may_hide
from pitchfest.pitches.views.panels import barred, contributed
from pitchfest.web.access import allows, requires, the_actor
from pitchfest.web.attachments import as_attachment
from pitchfest.web.forms import Form, saving
from pitchfest.web.requests import now, number_asked

bp = Blueprint("pitch_desk", __name__, url_prefix="/manage")


def _challenge(*, actor: Actor, now: datetime, reference: str) -> ChallengeRow:  # noqa: ARG001
    return challenges.by_reference(reference, now)


def opened_pitch(*, actor: Actor, now: datetime, reference: str) -> OpenedPitch:  # noqa: ARG001
    """An opened pitch. Raises NotFound, also for whom a rule of a higher feature keeps away from it."""
    found = queries.opened_by_reference(reference)
    if barred(actor, found.challenge_id, found.id):
        raise NotFound
    return found


def _pitches(*, actor: Actor, now: datetime, reference: str) -> ChallengeRow:
    """The challenge, for pages about all its opened pitches."""
    found = _challenge(actor=actor, now=now, reference=reference)
    if barred(actor, found.id):
        raise NotFound
    return found


# Opening.


@bp.get("/challenges/<reference>/opening")
@requires(Permission.OPENING_SEE, of=_challenge)
def opening(challenge: ChallengeRow) -> str:
    done = queries.opening(challenge.id, challenge.reference)
    if done is not None and challenge.names_hidden and barred(the_actor(), challenge.id):
        raise NotFound  # the record names who pitched with which reference
    if done is not None:
        listed = [
            (pitch, datetime.fromisoformat(pitch["received"]), _how(pitch))
            for pitch in done.record["pitches"]
        ]
        names = queries.opened_names(challenge.id)
        return render_template(
            "pitches/opening_record.html",
            challenge=challenge,
            opening=done,
            pitches=listed,
            files=[
                (pitch["reference"], names.get((pitch["reference"], file["question"]), ""), file)
                for pitch in done.record["pitches"]
                for file in pitch.get("files", ())  # records from before they were listed have none
            ],
        )
    return _opening_page(challenge)


def _how(pitch: dict[str, Any]) -> str:
    """How a pitch came, and that it had longer, in words; "" for one that came through the form in time."""
    way, until = read_way(pitch.get("how", "form")).says, pitch.get("longer_until")
    longer = f"Had longer, until {say_moment(datetime.fromisoformat(until))}" if until else ""
    return ". ".join(part for part in (way, longer) if part)


def _can_open(challenge: ChallengeRow, closed_at: datetime | None) -> bool:
    """Whether two people can open the pitches now, of which the last could be sent until `closed_at`."""
    over = closed_at is not None and now() >= closed_at + OPENING_PAUSE
    return over and challenge.effective == ChallengeState.CLOSED


def _opening_page(challenge: ChallengeRow) -> str:
    closed_at = queries.last_closing(challenge)
    act = people.open_act(ActKind.OPEN_PITCHES, f"challenge:{challenge.reference}")
    actor = the_actor()
    return render_template(
        "pitches/opening.html",
        challenge=challenge,
        number=queries.count(challenge.id, now()),
        opens_at=closed_at + OPENING_PAUSE if closed_at else None,
        longer=closed_at if closed_at != challenge.closes_at else None,
        can_open=_can_open(challenge, closed_at),
        act=act,
        is_mine=act is not None and act.proposer_id == actor.person_id,
        leads=[person.name for person in people.staff(Role.LEAD, now=now())],
        may_act=bool(allows(Permission.OPENING_ACT, challenge)),
        form=Form(),
    )


@bp.route("/challenges/<reference>/opening/act", methods=["GET", "POST"])
@requires(Permission.OPENING_ACT, of=_challenge)
def open_pitches(challenge: ChallengeRow) -> str | AnyResponse | tuple[str, int]:
    form, then = Form(), url_for("pitch_desk.opening", reference=challenge.reference)
    if request.method == "GET" and not _can_open(challenge, queries.last_closing(challenge)):
        return redirect(then)  # the page that says until when suppliers can send
    accounts.require_proof(the_actor(), now())
    act = people.open_act(ActKind.OPEN_PITCHES, f"challenge:{challenge.reference}")
    is_second = act is not None and act.proposer_id != the_actor().person_id
    if form.validate_on_submit():
        step = request.form.get("step", "")
        with saving(form, then=then) as saved:
            done = _act(step, challenge.reference)
        if saved:
            flash(done, "success")
            return redirect(saved.redirect)
    page = render_template(
        "pitches/open.html",
        challenge=challenge,
        number=queries.count(challenge.id, now()),
        act=act,
        is_second=is_second,
        form=form,
        page_errors=bool(form.form_errors),
    )
    return page, 422 if form.form_errors else 200


def _act(step: str, reference: str) -> str:
    """The step that the person saw on their page, so that nobody confirms unseen; what was done, in words."""
    if step == "confirm":
        number = operations.confirm_opening(the_actor(), reference=reference, now=now())
        return "The pitches are open." if number else "Opened: no pitches came in. The record says so."
    operations.propose_opening(the_actor(), reference=reference, now=now())
    return "Your yes is recorded. Now a second person opens the pitches from their own sign-in."


@bp.post("/challenges/<reference>/opening/take-back")
@requires(Permission.OPENING_ACT, of=_challenge)
def take_back(challenge: ChallengeRow) -> AnyResponse:
    form, then = Form(), url_for("pitch_desk.opening", reference=challenge.reference)
    if form.validate_on_submit():
        with saving(form, then=then) as saved:
            operations.take_back_opening(the_actor(), reference=challenge.reference, now=now())
        if saved:
            flash("Your proposal is taken back.", "success")
    return redirect(then)


# Who can take part.


@bp.get("/challenges/<reference>/eligibility")
@requires(Permission.ELIGIBILITY_SEE, of=_pitches)
def eligibility(challenge: ChallengeRow) -> str:
    pitches = _as_seen(challenge)
    findings = queries.eligibility([pitch.id for pitch in pitches])
    ways = queries.ways([pitch.id for pitch in pitches])
    return render_template(
        "pitches/eligibility.html",
        challenge=challenge,
        rows=[
            (
                pitch,
                STAFF_LABELS[pitch.state],
                findings.get(pitch.id),
                ways[pitch.id].says,
                pitch.answer_until(now()),
            )
            for pitch in pitches
        ],
        left=sum(pitch.state == PitchState.OPENED for pitch in pitches),
        eligible=sum(
            p.withdrawn_at is None and p.id in findings and findings[p.id].eligible for p in pitches
        ),
        priced=any(pitch.price_pence is not None for pitch in pitches),
        checking=challenge.effective == ChallengeState.ELIGIBILITY,
    )


@bp.get("/challenges/<reference>/eligibility.<any(csv, xlsx):form>")
@requires(Permission.ELIGIBILITY_SEE, of=lambda form, **values: _Table(_pitches(**values), form))
def eligibility_download(asked: _Table) -> Response:
    pitches = _as_seen(asked.challenge)
    ids = [pitch.id for pitch in pitches]
    headers, rows = eligibility_table(pitches, queries.eligibility(ids), queries.ways(ids))
    name = f"{asked.challenge.reference}-pitches.{asked.form}"
    body: Any = to_csv(headers, rows) if asked.form == "csv" else to_xlsx(headers, rows, "Pitches")
    response = Response(body, mimetype=_TYPES[asked.form])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _as_seen(challenge: ChallengeRow) -> list[OpenedPitch]:
    """The opened pitches; until the letters are out, whoever is or was on the panel sees no price."""
    pitches = queries.opened(challenge.id)
    if challenge.effective in RELEASED or not part_in(the_actor().person_id, challenge.id).on_panel:
        return pitches
    return [replace(pitch, price_pence=None) for pitch in pitches]


class _Table:
    """A challenge and the kind of file that its table is wanted as."""

    def __init__(self, challenge: ChallengeRow, form: str) -> None:
        self.challenge, self.form = challenge, form
        self.effective, self.decision_maker_id = challenge.effective, challenge.decision_maker_id


_TYPES = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}


# One opened pitch.


@bp.get("/pitches/<reference>")
@requires(Permission.READ_OPENED, of=opened_pitch)
def pitch(found: OpenedPitch) -> str:
    finding = queries.eligibility([found.id]).get(found.id)
    form = FindingForm(
        eligible={True: "yes", False: "no"}.get(finding.eligible) if finding else None,
        reason=finding.reason if finding else "",
        version=str(found.version),
    )
    return _pitch_page(found, form, finding)


@bp.post("/pitches/<reference>")
@requires(Permission.ELIGIBILITY_DECIDE, of=opened_pitch)
def find(found: OpenedPitch) -> str | AnyResponse | tuple[str, int]:
    form = FindingForm()
    then = url_for("pitch_desk.eligibility", reference=found.challenge_reference)
    if form.validate_on_submit():
        with saving(form, then=then) as saved:
            operations.find(
                the_actor(),
                reference=found.reference,
                eligible=form.eligible.data == "yes",
                reason=form.reason.data or "",
                expected_version=form.expected_version,
                now=now(),
            )
        if saved:
            flash(f"Saved for {found.reference}.", "success")
            return redirect(saved.redirect)
    return _pitch_page(found, form, queries.eligibility([found.id]).get(found.id)), 422


def changed_words(question: QuestionRow, before: str, after: str | None) -> list[tuple[str, str]] | None:
    """What a clarified answer changed, word by word; None for one that was not clarified."""
    if after is None:
        return None
    old, new = (in_words(question.kind, question.options, text) for text in (before, after))
    return [(mark.value, text) for mark, text in word_diff(old, new)]


def _pitch_page(found: OpenedPitch, form: FindingForm, finding: EligibilityRow | None) -> str:
    challenge = challenges.by_reference(found.challenge_reference, now())
    questions = challenges.questions(found.challenge_id)
    answers = queries.opened_answers([found.id])[found.id]
    clarified = clearing.clarified([found.id])[found.id] if found.answered_at else {}
    way = queries.ways([found.id])[found.id]
    return render_template(
        "pitches/opened.html",
        pitch=found,
        label=STAFF_LABELS[found.state],
        rows=[
            (
                q,
                read(q.kind, q.options, answers.get(q.id, "")),
                changed_words(q, answers.get(q.id, ""), clarified.get(q.id)),
            )
            for q in questions
        ],
        asked=clearing.request_about(found.id) if found.asked_until else None,
        answer_until=found.answer_until(now()),
        how=way.says,
        sender=sender_of(found.id),
        received=queries.as_received(found.id) if way.came_by is not None else None,
        finding=finding,
        rules=challenge.eligibility,
        hides=_hides(found) if challenge.names_hidden else "",
        form=form,
        page_errors=bool(form.errors or form.form_errors),
        may_find=_may_find(found),
        may_ask=_may_find(found) and found.asked_until is None,
        **_turning(found, finding),
        panels=contributed("manage_pitch", found, the_actor(), now()),
    )


@bp.get("/pitches/<reference>/as-received")
@requires(Permission.READ_OPENED, of=opened_pitch)
def as_received(found: OpenedPitch) -> AnyResponse:
    """The file of a pitch that was received elsewhere, as it came."""
    return as_attachment(*queries.file_as_received(found.id))


@bp.get("/pitches/<reference>/file")
@requires(Permission.READ_OPENED, of=opened_pitch)
def file(found: OpenedPitch) -> AnyResponse:
    """The file that answers the question that the address names."""
    return as_attachment(*queries.opened_file(found.id, number_asked("question")))


def _hides(found: OpenedPitch) -> str:
    """What this person can do about words that judges should not read, as a link says it; "" for nothing."""
    if found.removed_at is not None or not allows(Permission.ELIGIBILITY_DECIDE, found):
        return ""
    if may_hide(found.challenge_state, found.state):
        return "Hide words of this pitch from them, and files"
    return "Words hidden from judges" if hidden_in(found.id) or not_as_sent(found.id) else ""


def _may_find(found: OpenedPitch) -> bool:
    """Whether a finding can still be made here by this person."""
    return (
        bool(allows(Permission.ELIGIBILITY_DECIDE, found))
        and found.withdrawn_at is None
        and found.challenge_state == ChallengeState.ELIGIBILITY
    )


def _turning(found: OpenedPitch, finding: EligibilityRow | None) -> dict[str, Any]:
    """Whether what was found can be changed here, and the proposal of it that waits for a second person."""
    if finding is None or not _may_turn(found):
        return {"may_turn": False, "turning": None}
    act = people.act_that_counts(ActKind.OVERTURN, f"pitch:{found.reference}", found.version)
    return {"may_turn": True, "turning": act}


def _may_turn(found: OpenedPitch) -> bool:
    """Whether a finding, if there is one, can still be turned by this person and a second one."""
    if not allows(Permission.ELIGIBILITY_OVERTURN, found) or found.withdrawn_at is not None:
        return False
    if found.challenge_state == ChallengeState.JUDGING:
        return found.state == PitchState.INELIGIBLE
    return found.challenge_state == ChallengeState.ELIGIBILITY and found.answer_until(now()) is None
