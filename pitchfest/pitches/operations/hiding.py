"""Hiding words of an opened pitch from its judges, and showing them again. The pitch itself never changes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import insert, select

from pitchfest.audit.operations import record
from pitchfest.challenges import queries as challenges
from pitchfest.db import db
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import NotFound, Problem, RuleViolation
from pitchfest.kernel.text import count_words, tidy, tidy_line
from pitchfest.pitches.models import HiddenWords
from pitchfest.pitches.operations.findings import held
from pitchfest.pitches.queries import hiding as queries
from pitchfest.pitches.queries.revealed import OpenedPitch
from pitchfest.pitches.rules.permissions import Permission
from pitchfest.pitches.rules.without_names import LEAST_LETTERS, may_hide, times

TOO_LATE = "Judging has begun, so what judges read stays as it is."


def hide_words(
    actor: Actor, *, reference: str, words: str, places: Collection[int], reason: str, now: datetime
) -> int:
    """Hide words from the judges wherever they occur in these places: positions of the form, 0 for a pitch
    as received; how often they do. The log says that and where, not what.

    Raises NotFound where judges see names, RuleViolation once judging has begun, for words that occur in
    none of the places, and without a reason.
    """
    held_facts = open_to_change(actor, reference)
    hidden, why = tidy_line(words), tidy(reason)
    chosen = [place for place in queries.places(held_facts.id) if place.position in places]
    found = [place for place in chosen if times(place.text, hidden)]
    problems = []
    if len(hidden) < LEAST_LETTERS:
        problems.append(Problem(f"Enter the words to hide, {LEAST_LETTERS} letters or more", "words"))
    elif not places:
        problems.append(Problem("Choose the answers in which to hide them", "places"))
    elif not found:
        problems.append(Problem("These words are in none of the answers that you chose", "words"))
    if count_words(why) < 3:
        problems.append(Problem("Say in a sentence why judges should not read this", "reason"))
    if problems:
        raise RuleViolation(*problems)
    db.session.execute(
        insert(HiddenWords),
        [
            {
                "pitch_id": held_facts.id,
                "question_id": place.question_id,
                "words": hidden,
                "reason": why,
                "by_id": actor.person_id,
                "at": now,
            }
            for place in found
        ],
    )
    record(
        actor, "pitch.hide_words", f"pitch:{reference}", now=now, places=[place.position for place in found]
    )
    db.session.flush()
    return sum(times(place.text, hidden) for place in found)


def show_words(actor: Actor, *, reference: str, hidden_id: int, now: datetime) -> None:
    """Let judges read words again. Raises NotFound where nothing of that number is hidden in the pitch."""
    held_facts = open_to_change(actor, reference)
    row = db.session.scalars(
        select(HiddenWords).where(
            HiddenWords.id == hidden_id,
            HiddenWords.pitch_id == held_facts.id,
            HiddenWords.undone_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    row.undone_at, row.undone_by_id = now, actor.person_id
    record(actor, "pitch.show_words", f"pitch:{reference}", now=now, hidden=hidden_id)
    db.session.flush()


def open_to_change(actor: Actor, reference: str) -> OpenedPitch:
    """The pitch, held, of which what judges read can still be changed by the actor."""
    _, facts = held(actor, Permission.ELIGIBILITY_DECIDE, reference, None)
    if not challenges.names_hidden(facts.challenge_id):
        raise NotFound
    if not may_hide(facts.challenge_state, facts.state):
        raise RuleViolation(TOO_LATE)
    return facts
