"""Questions that suppliers ask about a challenge, and what becomes of them. Pure.

They are called clarifications here, since a question is one of the pitch form. One literal table:
buttons, checks, the log and tests read it; the operations are the only place that fires it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum

from pitchfest.kernel.calendar import (
    Holidays,
    add_working_days,
    is_working_day,
    uk_bank_holidays,
    working_days_before,
    working_days_between,
)
from pitchfest.kernel.clock import LONDON, exists_in_london, from_london
from pitchfest.kernel.names import holds, name_words, words_of
from pitchfest.kernel.text import count_words
from pitchfest.kernel.workflow import Guard, Transition, Workflow, no_guard


class ClarificationState(StrEnum):
    """What became of a question so far."""

    RECEIVED = "received"
    DRAFTED = "drafted"
    OFFERED = "offered"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"
    PRIVATE = "answered_privately"
    DUPLICATE = "duplicate"
    WITHDRAWN = "withdrawn"
    LATE = "refused_late"


class Secrecy(StrEnum):
    """Whether whoever asks wants the answer for themselves alone, and what was said to that.

    `LIFTED`: the lead offered to publish or to withdraw it, and the asker lets it be published.
    """

    NONE = "none"
    ASKED = "asked"
    AGREED = "agreed"
    LIFTED = "lifted"


S = ClarificationState

#: State → (label for staff, colour of its tag). Late ones are never shown to staff.
CLARIFICATION_LABELS: dict[ClarificationState, tuple[str, str]] = {
    S.RECEIVED: ("To answer", "orange"),
    S.DRAFTED: ("To sign", "orange"),
    S.OFFERED: ("Waits for the asker", "grey"),
    S.PUBLISHED: ("Published", "green"),
    S.SUPERSEDED: ("Replaced", "grey"),
    S.PRIVATE: ("Answered to the asker alone", "blue"),
    S.DUPLICATE: ("Answered before", "grey"),
    S.WITHDRAWN: ("Withdrawn", "grey"),
}

#: Nothing has become of these yet.
PENDING = frozenset({S.RECEIVED, S.DRAFTED, S.OFFERED})

FEWEST_CHARACTERS, MOST_CHARACTERS = 10, 2_000
MOST_ANSWER_CHARACTERS = 5_000
#: Fewest words of a reason, for the wish to keep a question confidential and for what is said to it.
SECRECY_WORDS = 3
#: So many questions about one challenge that nothing has become of yet may a person have, and so many
#: may they ask within this time, whatever became of them.
MOST_PENDING = 20
ASKED_WITHIN = timedelta(hours=24)

#: Working days before closing at which questions end, where there is time enough.
QUESTIONS_END = 10
#: Answers are wanted this long before closing, so that everyone can still use them.
ANSWERS_BEFORE = timedelta(days=6)


def usual_question_deadline(
    start: datetime, closes_at: datetime, holidays: Holidays = uk_bank_holidays
) -> datetime:
    """Ten working days before closing; where fewer than twenty are left from `start`, half of those.

    At closing's time of day in London. The closing itself where there is not even a day between.
    """
    first, last = start.astimezone(LONDON), closes_at.astimezone(LONDON)
    days = working_days_between(first.date(), last.date(), holidays)
    before = QUESTIONS_END if days >= 2 * QUESTIONS_END else days // 2
    if not before:
        return closes_at
    day = working_days_before(last.date(), before, holidays)
    at = last.time().replace(tzinfo=None)
    found = from_london(day, at if exists_in_london(day, at) else time(12))
    return found if start < found < closes_at else closes_at


def asked_until(questions_until: datetime | None, closes_at: datetime) -> datetime:
    """Until when questions are taken: never longer than pitches are."""
    return min(questions_until or closes_at, closes_at)


def answers_due(
    questions_until: datetime | None, closes_at: datetime, holidays: Holidays = uk_bank_holidays
) -> datetime:
    """By when everything asked should be answered: six days before closing, by London's clock; halfway
    from the last question to closing where that would be before the last question. On a day off it is the
    next working day, if that is before closing.
    """
    last = asked_until(questions_until, closes_at)
    wall = closes_at.astimezone(LONDON).replace(tzinfo=None) - ANSWERS_BEFORE
    due = from_london(wall.date(), wall.time())
    due = due if due > last else last + (closes_at - last) / 2
    local = due.astimezone(LONDON)
    if is_working_day(local.date(), holidays):
        return due
    later = from_london(add_working_days(local.date(), 1, holidays), local.time())
    return later if later < closes_at else due


@dataclass(frozen=True, slots=True)
class Asking:
    """The moment, and until when questions are taken."""

    now: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Answering:
    """What every step by staff is decided on: whether the challenge still takes pitches, what is with
    secrecy, whether the person wrote any part of the answer, and the reason given.
    """

    is_open: bool
    secrecy: Secrecy
    is_author: bool = False
    reason: str = ""
    is_correction: bool = False


def question_problem(text: str, name: str = "question") -> str:
    """What is wrong with the wording of a question, or ""."""
    if len(text) < FEWEST_CHARACTERS:
        return f"Write the {name} in at least {FEWEST_CHARACTERS} characters"
    over = len(text) - MOST_CHARACTERS
    return f"This is {over:,} characters too long. Keep it to {MOST_CHARACTERS:,}" if over > 0 else ""


def answer_problem(text: str) -> str:
    """What is wrong with the wording of an answer, or ""."""
    over = len(text) - MOST_ANSWER_CHARACTERS
    if over > 0:
        return f"This is {over:,} characters too long. Keep it to {MOST_ANSWER_CHARACTERS:,}"
    return "" if text else "Write the answer"


def reason_problem(text: str) -> str:
    """What is wrong with a reason, or ""."""
    return "" if count_words(text) >= SECRECY_WORDS else "Give the reason in a sentence"


_CLOSED = "The challenge has closed, so no answer can help anyone any more."
_UNDECIDED = "Whoever asked wants this kept confidential. The procurement lead decides on that first."
_OWN = "You wrote part of this answer. Someone else must sign it."


def _is_late(facts: Asking) -> list[str]:
    return [] if facts.now >= facts.until else ["Questions are still taken."]


def _open(facts: Answering) -> list[str]:
    return [] if facts.is_open else [_CLOSED]


def _answers(facts: Answering) -> list[str]:
    return _open(facts) + ([_UNDECIDED] if facts.secrecy == Secrecy.ASKED else [])


def _signs(facts: Answering) -> list[str]:
    return _answers(facts) + ([_OWN] if facts.is_author else [])


def _publishes(facts: Answering) -> list[str]:
    agreed = facts.secrecy == Secrecy.AGREED
    return _signs(facts) + (["This was agreed to be confidential."] if agreed else [])


def _tells_the_asker_alone(facts: Answering) -> list[str]:
    agreed = facts.secrecy == Secrecy.AGREED
    return _signs(facts) + ([] if agreed else ["Answers go to everyone, unless this was agreed."])


def _decides(facts: Answering) -> list[str]:
    if facts.secrecy != Secrecy.ASKED:
        return ["Nobody asked for this to be confidential, or it is decided already."]
    problem = reason_problem(facts.reason)
    return _open(facts) + ([problem] if problem else [])


def _drops(facts: Answering) -> list[str]:
    return [] if facts.is_correction else ["Only whoever asked can withdraw a question."]


def _step(
    sources: set[ClarificationState],
    action: str,
    target: ClarificationState,
    who: str,
    guard: Guard = no_guard,
) -> Transition[ClarificationState]:
    return Transition(frozenset(sources), action, target, who, "challenges", guard)


_ASKER, _STAFF, _LEAD = "clarification:own", "clarification:answer", "clarification:sign"

CLARIFICATION: Workflow[ClarificationState] = Workflow(
    "question",
    (
        _step({S.RECEIVED}, "refuse_late", S.LATE, "clock", _is_late),
        _step({S.RECEIVED, S.DRAFTED}, "draft", S.DRAFTED, _STAFF, _answers),
        _step({S.RECEIVED, S.DRAFTED}, "link", S.DUPLICATE, _STAFF, _answers),
        _step({S.RECEIVED}, "agree", S.RECEIVED, _LEAD, _decides),
        _step({S.RECEIVED}, "offer", S.OFFERED, _LEAD, _decides),
        _step({S.OFFERED}, "let_publish", S.RECEIVED, _ASKER),
        _step({S.RECEIVED, S.DRAFTED, S.OFFERED}, "withdraw", S.WITHDRAWN, _ASKER),
        _step({S.DRAFTED}, "publish", S.PUBLISHED, _LEAD, _publishes),
        _step({S.DRAFTED}, "answer_privately", S.PRIVATE, _LEAD, _tells_the_asker_alone),
        _step({S.DRAFTED}, "drop", S.WITHDRAWN, _STAFF, _drops),
        _step({S.PUBLISHED}, "supersede", S.SUPERSEDED, _LEAD, _open),
    ),
)


_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<!\w)(?:\+44|0)(?:[ -]?\d){9,10}(?!\w)")


def giveaways(text: str, own_names: Iterable[str]) -> tuple[str, ...]:
    """What in a question says who asks, each once: the asker's `own_names`, addresses, numbers to ring."""
    words = words_of(text)
    named = [name for name in own_names if holds(words, name_words(name))]
    return tuple(dict.fromkeys((*named, *_ADDRESS.findall(text), *_PHONE.findall(text))))
