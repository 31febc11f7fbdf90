"""A judge's own pages: the desk, declarations, scorecards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, current_app, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from pitchfest.challenges.queries import CriterionRow
from pitchfest.challenges.rules import BEFORE_RELEASE, UNPUBLISHED, ChallengeState, CriterionKind
from pitchfest.judging import operations, queries
from pitchfest.judging.forms import DeclareForm, InterestForm, ScorecardForm, read_marks
from pitchfest.judging.queries import Answer
from pitchfest.judging.rules import Card, Permission, Round, reportable
from pitchfest.judging.rules.cards import CANNOT, Mark, missing, picked, scale, shown
from pitchfest.judging.rules.interests import matching
from pitchfest.judging.rules.pace import say_minutes
from pitchfest.judging.rules.scoring import Criterion, points_text
from pitchfest.kernel.calendar_file import Event, calendar_file
from pitchfest.kernel.clock import LONDON
from pitchfest.kernel.text import count_words
from pitchfest.pitches import queries as pitches
from pitchfest.pitches.queries.files_for_judges import file_for_judges
from pitchfest.pitches.rules.without_names import plain_name
from pitchfest.web.access import allows, requires, the_actor
from pitchfest.web.attachments import as_attachment
from pitchfest.web.forms import Form, saving
from pitchfest.web.requests import now, number_asked

#: Challenges whose judging is over, and whose letters are not out.
MEETING = frozenset({ChallengeState.MODERATION, ChallengeState.RECOMMENDED, ChallengeState.DECIDED})
#: Challenges whose judging is still to come, or has come without a pitch for this judge.
UNDER_WAY = (UNPUBLISHED | BEFORE_RELEASE) - MEETING - {ChallengeState.WITHDRAWN}

bp = Blueprint("judging", __name__)
Page = str | tuple[str, int] | Response


@bp.get("/judging")
@requires(Permission.DESK)
def desk() -> Page:
    rounds = queries.desk(the_actor().person_id, now())
    begun = [
        r
        for r in rounds
        if r.further_due or (r.state == ChallengeState.JUDGING and (r.cards or r.to_declare or r.on_panel))
    ]
    finished = [r for r in rounds if r.cards and r not in begun and r.state != ChallengeState.JUDGING]
    invited = [r for r in rounds if r.to_answer]
    placed = [*begun, *finished, *invited]
    coming = [r for r in rounds if r not in placed and r.state in UNDER_WAY]
    placed += coming
    waiting = [round_ for round_ in begun if round_.waits]
    first = min(waiting, key=lambda round_: round_.due, default=None)
    minutes = queries.time_left(first) if first and not first.to_declare else None
    undecided = queries.undecided(the_actor().person_id) if any(r.in_doubt for r in begun) else {}
    return render_template(
        "judging/desk.html",
        greeting=_greeting(),
        rounds=begun,
        finished=finished,
        coming=coming,
        invited=invited,
        over=[r for r in rounds if (r.paid or r.state in MEETING) and r not in placed],
        first=first,
        several=len(waiting) > 1,
        all_signed=any(r.cards for r in rounds) and all(r.cards for r in begun) and not undecided,
        may_have_more=the_actor().is_staff or any(r.state in MEETING and not r.released for r in rounds),
        next_card=first.next_card if first else None,
        undecided=undecided,
        time_left=say_minutes(minutes) if minutes else "",
        show=request.args.get("show", "all"),
    )


def _greeting() -> str:
    hour = now().astimezone(LONDON).hour
    return "Good morning" if hour < 12 else "Good afternoon" if hour < 18 else "Good evening"


@bp.route("/judging/<reference>/declare", methods=["GET", "POST"])
@requires(Permission.DECLARE, of=queries.round_of)
def declare(round_: Round) -> Page:
    form = DeclareForm()
    if form.validate_on_submit():
        interests = form.interests(request.form)
        if interests is not None:
            with saving(form, then=url_for("judging.desk")) as saved:
                operations.declare(the_actor(), reference=round_.reference, interests=interests, now=now())
            if saved:
                flash("Thank you. We have written down what you declared.", "success")
                return redirect(saved.redirect)
    assert round_.member_id is not None
    wrong = bool(form.problems or form.errors)
    suppliers = queries.to_declare(round_.member_id, round_.id)
    register = queries.register_of(the_actor().person_id) if suppliers else []
    page = render_template(
        "judging/declare.html",
        round=round_,
        form=form,
        suppliers=suppliers,
        asked_again=queries.asked_again(round_.member_id),
        may_refuse=bool(allows(Permission.REFUSE, round_)),
        reminders={row.key: matching(register, row.organisation_name) for row in suppliers},
        ticked=set(request.form.getlist("conflict")),
        typed=request.form,
        problems={problem.field: problem.message for problem in form.problems},
        page_errors=wrong,
    )
    return (page, 422) if wrong else page


@bp.get("/judging/<reference>/deadline.ics")
@requires(Permission.DEADLINE, of=queries.round_of)
def deadline(round_: Round) -> Page:
    """The deadline for a judge's calendar. An unpublished challenge's title stays out of it."""
    assert round_.judging_deadline is not None
    about = f"“{round_.title}”" if round_.published_at else "a challenge"
    base = current_app.config["PITCHFEST_URL"]
    due = Event(
        uid=f"judging-{round_.reference}@{urlsplit(base).hostname}",
        at=round_.judging_deadline,
        summary=f"Scores due for {about}",
        text="Sign off your scorecards by then.",
        url=f"{base}{url_for('judging.desk')}",
        alarms=True,
    )
    body = calendar_file([due], made_at=now())
    name = f'attachment; filename="{round_.reference}-deadline.ics"'
    return Response(body, content_type="text/calendar; charset=utf-8", headers={"Content-Disposition": name})


@dataclass(frozen=True, slots=True)
class Part:
    """One criterion on the scorecard, ready to print: its answers, scale, and what is there."""

    id: int
    name: str
    guidance: str
    weight: int
    needed: str
    answers: list[Answer]
    values: list[tuple[str, str, str]]
    picked: bool
    highest: str
    lowest: str
    score: str
    unable: bool
    reason: str
    words: int


@bp.route("/judging/cards/<int:card_id>", methods=["GET", "POST"])
@requires(Permission.CARD_VIEW, of=queries.card_of)
def card(card: Card) -> Page:
    form = ScorecardForm(data={"version": str(card.version)})
    if form.validate_on_submit():
        with saving(form, then=_onward(card)) as saved:
            save_sent(card, form)
        if saved:
            return redirect(saved.redirect)
    criteria = queries.judged_criteria(card.challenge_id)
    kept = queries.marks(card.id)
    sent = request.form if request.method == "POST" else None
    answers = queries.answers(card.pitch_id, names=not card.without_names)
    parts = _parts(criteria, answers, kept, sent)
    left = [number for number, part in enumerate(parts, 1) if not (part.score or part.unable)]
    way = pitches.ways([card.pitch_id])[card.pitch_id]
    wrong = bool(form.problems or form.errors)
    page = render_template(
        "judging/card.html",
        card=card,
        form=form,
        parts=parts,
        how=way.says,
        received=queries.received(card) if way.came_by is not None else None,
        cannot=CANNOT,
        others=[answer for answer in answers if answer.criterion_id is None],
        done=len(parts) - len(left),
        place_left=next(iter(left), 0),
        following=queries.next_open(card) if card.scoring else None,
        keeper="" if session.get("shared") else the_actor().person_id,
        saved_at=max((saved.at for saved in kept.values()), default=None),
        brought=queries.origin(card.id) if card.signed_at else None,
        problems={problem.field: problem.message for problem in form.problems},
        page_errors=wrong,
    )
    return (page, 422) if wrong else page


def _onward(card: Card) -> str:
    """Where the button leads that was pressed: to the check, to the next pitch, or back to the page."""
    if "sign" in request.form:
        return url_for("judging.sign", card_id=card.id)
    if "next" in request.form and (following := queries.next_open(card)):
        return url_for("judging.card", card_id=following.card_id)
    return url_for("judging.card", card_id=card.id)


def save_sent(card: Card, form: ScorecardForm) -> int:
    """Keep the scores and reasons of the request as drafts, within a `saving`; the card's new version."""
    judged = [c for c in queries.criteria(card.challenge_id) if c.kind == CriterionKind.JUDGED]
    marks = read_marks(judged, request.form)
    return operations.save_card(
        the_actor(), card.id, marks, now=now(), expected_version=form.expected_version, criteria=judged
    )


def _parts(
    criteria: list[CriterionRow], answers: list[Answer], kept: dict[int, queries.Saved], sent: Any
) -> list[Part]:
    return [_part(criterion, answers, kept, sent) for criterion in criteria]


def _part(criterion: CriterionRow, answers: list[Answer], kept: dict[int, queries.Saved], sent: Any) -> Part:
    mark = kept[criterion.id].mark if criterion.id in kept else Mark(None, "")
    score, unable, reason = shown(mark), mark.unable, mark.reason
    if sent is not None:
        given = sent.getlist(f"score-{criterion.id}")
        score, unable = (given[0] if given else ""), CANNOT in given
        reason = sent.get(f"reason-{criterion.id}", "")
    limits = Criterion("", criterion.weight, criterion.minimum, criterion.maximum, criterion.step)
    picks = picked(limits)
    values = scale(limits) if picks else sorted(criterion.anchors, reverse=True)
    return Part(
        id=criterion.id,
        name=criterion.name,
        guidance=criterion.guidance,
        weight=criterion.weight,
        needed="" if criterion.threshold is None else points_text(criterion.threshold),
        answers=[answer for answer in answers if answer.criterion_id == criterion.id],
        values=[(points_text(value), *criterion.anchors.get(value, ("", ""))) for value in values],
        picked=picks,
        highest=points_text(criterion.maximum),
        lowest=points_text(criterion.minimum),
        score="" if unable else score,
        unable=unable,
        reason=reason,
        words=count_words(reason),
    )


@bp.get("/judging/cards/<int:card_id>/as-received")
@requires(Permission.CARD_VIEW, of=queries.card_of)
def as_received(card: Card) -> Response:
    """The file of a pitch that was received elsewhere, as it came."""
    return as_attachment(*_file_of(card, None))


@bp.get("/judging/cards/<int:card_id>/file")
@requires(Permission.CARD_VIEW, of=queries.card_of)
def file(card: Card) -> Response:
    """The file that answers the question that the address names."""
    return as_attachment(*_file_of(card, number_asked("question")))


def _file_of(card: Card, position: int | None) -> tuple[str, str, bytes]:
    """A file as its judge gets it: without its name where the judge must not learn who pitches, or a copy in
    its place, or nothing.
    """
    if card.without_names:
        name, media_type, data = file_for_judges(card.pitch_id, position)
        return f"{card.pitch_reference}-{plain_name(name)}", media_type, data
    if position is None:
        return pitches.file_as_received(card.pitch_id)
    return pitches.opened_file(card.pitch_id, position)


@bp.route("/judging/cards/<int:card_id>/sign", methods=["GET", "POST"])
@requires(Permission.CARD_SIGN, of=queries.card_of)
def sign(card: Card) -> Page:
    form = Form(data={"version": str(card.version)})
    if form.validate_on_submit():
        with saving(form, then=url_for("judging.desk")) as saved:
            operations.sign_card(
                the_actor(),
                card.id,
                now=now(),
                expected_version=form.expected_version,
                away="away" in request.form,
            )
        if saved:
            flash(f"You have signed off your scorecard for {card.organisation_name}.", "success")
            return redirect(saved.redirect)
    criteria = queries.judged_criteria(card.challenge_id)
    kept = queries.marks(card.id)
    marks = {key: saved.mark for key, saved in kept.items()}
    page = render_template(
        "judging/sign.html",
        card=card,
        form=form,
        parts=_parts(criteria, [], kept, None),
        missing=(lacks := missing([(c.id, c.name) for c in criteria], marks, card.reason_words)),
        quick=not lacks and queries.would_be_quick(card, now()),
        page_errors=bool(form.errors),
    )
    return (page, 422) if form.errors else page


#: What comes of an interest declared on a scorecard, by whether scoring is closed for everyone else.
REPORTED = {
    False: "Thank you. The procurement lead decides, and we tell you.",
    True: "Thank you. The procurement lead takes the request back, and we tell you.",
}


@bp.route("/judging/cards/<int:card_id>/conflict", methods=["GET", "POST"])
@requires(Permission.CARD_VIEW, of=queries.card_of)
def conflict(card: Card) -> Page:
    form = InterestForm()
    if not reportable(the_actor(), card) and request.method == "GET":
        return render_template("judging/conflict.html", card=card, form=None)
    if form.validate_on_submit():
        with saving(form, then=url_for("judging.desk")) as saved:
            operations.report(the_actor(), card_id=card.id, interest=form.interest.data or "", now=now())
        if saved:
            flash(REPORTED[bool(card.further_due)], "success")
            return redirect(saved.redirect)
    page = render_template("judging/conflict.html", card=card, form=form, page_errors=bool(form.errors))
    return (page, 422) if form.errors else page
