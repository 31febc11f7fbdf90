"""The one round of questions about an opened pitch: asked by staff, answered by its supplier."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import insert, update

from pitchfest.audit.operations import fingerprint, record
from pitchfest.challenges import queries as challenges
from pitchfest.challenges.rules import QuestionKind, QuestionRow
from pitchfest.db import db
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.clock import iso, london_day, say_moment, say_span
from pitchfest.kernel.errors import Conflict, Problem, RuleViolation, StaleForm, TooLate
from pitchfest.kernel.text import tidy
from pitchfest.pitches import notices
from pitchfest.pitches.models import ClarificationRequest, ClarifiedAnswer, Pitch, UnlockedQuestion
from pitchfest.pitches.operations.findings import check_no_ties, held, keep_lowest_price
from pitchfest.pitches.operations.roots import locked, move, touch_challenge
from pitchfest.pitches.queries import clearing as queries
from pitchfest.pitches.rules.answers import MOST_CHARACTERS, differences, look_at
from pitchfest.pitches.rules.clearing import asking_problems
from pitchfest.pitches.rules.permissions import Permission
from pitchfest.pitches.rules.rows import what_counts
from pitchfest.pitches.rules.states import PITCH, Ask

#: The price cannot change after the opening, and a file is a document of its day.
_LOCKED = (QuestionKind.MONEY, QuestionKind.FILE)
ASKED_BEFORE = "This supplier was asked once already. There is one round of questions, for everyone alike."
NOBODY_HERE = (
    "Nobody of this supplier can write here: the pitch came another way. Ask them as they sent it, and write "
    "what they said into the reason of your finding."
)


def ask(
    actor: Actor,
    *,
    reference: str,
    asked: str,
    questions: Collection[int],
    until: datetime,
    expected_version: int | None = None,
    now: datetime,
) -> None:
    """Ask the supplier of an opened pitch, once, about the answers at these positions of the form.

    A finding made before is open again. The price cannot be asked about. Raises NotFound while the
    pitch is sealed, RuleViolation with what is wrong or once judging began, Conflict when they were
    asked before or it was withdrawn.
    """
    pitch, facts = held(actor, Permission.ELIGIBILITY_DECIDE, reference, expected_version)
    check_no_ties(actor, now)
    if facts.asked_until is not None:
        raise Conflict(ASKED_BEFORE)
    if not queries.answerers(pitch.id):
        raise RuleViolation(NOBODY_HERE)
    step = PITCH.fire(facts.state, "ask", Ask(facts.challenge_state))
    chosen = [q for q in can_be_unlocked(facts.challenge_id) if q.position in questions]
    words = tidy(asked)
    if problems := asking_problems(asked=words, until=until, chosen=[q.id for q in chosen], now=now):
        raise RuleViolation(*problems)
    request = ClarificationRequest(pitch_id=pitch.id, asked=words, until=until, by_id=actor.person_id, at=now)
    db.session.add(request)
    db.session.flush()
    db.session.execute(
        insert(UnlockedQuestion), [{"request_id": request.id, "question_id": q.id} for q in chosen]
    )
    move(pitch, step.target)
    keep_lowest_price(facts.challenge_id)
    touch_challenge(facts.challenge_id)
    record(
        actor,
        "pitch.ask",
        f"pitch:{reference}",
        now=now,
        questions=[q.position for q in chosen],
        until=iso(until),
        asked=fingerprint(f"{reference}:ask", words),
    )
    notices.asked(facts.id, queries.answerers(facts.id), now=now)
    db.session.flush()


def can_be_unlocked(challenge_id: int) -> list[QuestionRow]:
    """The questions of the form that a supplier may be asked about: all but the price and files."""
    return [q for q in challenges.questions(challenge_id) if q.kind not in _LOCKED]


def keep_clarification(
    actor: Actor,
    *,
    reference: str,
    texts: Mapping[int, str],
    expected_version: int | None,
    now: datetime,
) -> None:
    """Keep drafts of the unlocked answers, by position, complete or not. Nobody else reads them.

    Raises TooLate when the time is over, StaleForm when a colleague saved meanwhile, Conflict when
    they were sent already or the pitch was withdrawn, RuleViolation for a text beyond all measure.
    """
    found, _ = _open_round(actor, Permission.EDIT, reference, expected_version, now)
    _save(actor, found, texts, now)


def send_clarification(
    actor: Actor,
    *,
    reference: str,
    texts: Mapping[int, str],
    expected_version: int | None,
    now: datetime,
) -> None:
    """Send the unlocked answers, once: those that changed count from now on, beside what was sent.

    Besides what `keep_clarification` raises: RuleViolation for an answer beyond its limits, or where
    nothing differs from what was sent.
    """
    found, pitch = _open_round(actor, Permission.SUBMIT, reference, expected_version, now)
    _save(actor, found, texts, now)
    before, drafts = queries.sent_about(found), queries.drafts(found.request.id)
    kinds = {q.id: q.kind for q in found.questions}
    after = before | {q: what_counts(kinds[q], text) for q, text in drafts.items()}
    written = {q.id for q in found.questions if after[q.id] != before[q.id]}
    today = {q: london_day(now) for q in written}
    looks = {q.position: look_at(q, after[q.id], today=today.get(q.id)) for q in found.questions}
    if wrong := [Problem(look.problem, f"answer_{at}") for at, look in looks.items() if look.blocks]:
        raise RuleViolation(*wrong)
    changed = set(differences(before, after))
    if not changed:
        raise RuleViolation(
            "Nothing differs from what you sent. If that is right as it is, you need not send anything."
        )
    db.session.execute(
        insert(ClarifiedAnswer),
        [{"pitch_id": found.pitch.id, "question_id": q, "text": after[q]} for q in sorted(changed)],
    )
    db.session.execute(
        update(ClarificationRequest)
        .where(ClarificationRequest.id == found.request.id)
        .values(answered_at=now, answered_by_id=actor.person_id)
    )
    move(pitch, pitch.state)
    record(
        actor,
        "pitch.clarify",
        f"pitch:{reference}",
        now=now,
        answers={
            str(q.position): fingerprint(f"{reference}:{q.position}", after[q.id])
            for q in found.questions
            if q.id in changed
        },
    )
    notices.clarified(found.pitch.id, now=now)
    db.session.flush()


def _open_round(
    actor: Actor, permission: Permission, reference: str, expected_version: int | None, now: datetime
) -> tuple[queries.OwnRequest, Pitch]:
    """The round and its pitch, held, once the actor may write in it and there is time."""
    pitch, row = locked(actor, reference, permission, now)
    found = queries.own_request(actor=actor, now=now, reference=reference)
    if row.withdrawn_at is not None:
        raise Conflict("This pitch was withdrawn, so there is nothing left to answer.")
    if found.request.answered_at is not None:
        raise Conflict(f"{found.request.answered_by_name} has sent your answers already. They can go once.")
    if now >= found.request.until:
        raise TooLate(
            f"You could answer until {say_moment(found.request.until)}. "
            f"You missed it by {say_span(now - found.request.until)}. What you sent before closing counts."
        )
    if expected_version is not None and expected_version != found.request.version:
        raise StaleForm(
            f"{found.request.saved_by_name} saved these answers after you opened your page. "
            "Nothing was overwritten."
        )
    return found, pitch


def _save(actor: Actor, found: queries.OwnRequest, texts: Mapping[int, str], now: datetime) -> None:
    kept = [(q, tidy(texts[q.position])) for q in found.questions if q.position in texts]
    if long := [q for q, text in kept if len(text) > MOST_CHARACTERS]:
        raise RuleViolation(*(Problem("This is too long to save", f"answer_{q.position}") for q in long))
    for question, text in kept:
        db.session.execute(
            update(UnlockedQuestion)
            .where(
                UnlockedQuestion.request_id == found.request.id, UnlockedQuestion.question_id == question.id
            )
            .values(draft=text)
        )
    db.session.execute(
        update(ClarificationRequest)
        .where(ClarificationRequest.id == found.request.id)
        .values(version=ClarificationRequest.version + 1, saved_at=now, saved_by_id=actor.person_id)
    )
    db.session.flush()
