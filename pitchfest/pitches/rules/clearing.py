"""Asking a supplier, once, about their opened pitch, and when a finding can still be put right. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from pitchfest.challenges.rules import ChallengeState
from pitchfest.kernel.calendar import add_working_days, is_working_day
from pitchfest.kernel.clock import LONDON, say_day
from pitchfest.kernel.errors import Problem
from pitchfest.kernel.text import count_words
from pitchfest.pitches.rules.states import REASON_WORDS

#: Fewest words of what is asked, and the most working days that a supplier gets to answer.
ASKED_WORDS = 5
LONGEST_ROUND = 10
#: Whoever made a finding may put it right alone within this time.
UNDO_WITHIN = timedelta(minutes=10)


def asking_problems(*, asked: str, until: datetime, chosen: Collection[int], now: datetime) -> list[Problem]:
    """What is wrong with asking this until then about the chosen questions."""
    today, last = (moment.astimezone(LONDON).date() for moment in (now, until))
    earliest, latest = add_working_days(today, 1), add_working_days(today, LONGEST_ROUND)
    problems = []
    if not chosen:
        problems.append(Problem("Choose the answers that this is about", "questions"))
    if count_words(asked) < ASKED_WORDS:
        words = f"Say what you need to know in at least {ASKED_WORDS} words. The supplier reads it"
        problems.append(Problem(words, "asked"))
    if not earliest <= last <= latest:
        between = f"from {say_day(earliest)} to {say_day(latest)}"
        problems.append(Problem(f"Give them until a day {between}", "until"))
    elif not is_working_day(last):
        problems.append(Problem("Choose a working day", "until"))
    return problems


class Found(Protocol):
    """A finding: what, by whom, with whom, and when."""

    @property
    def eligible(self) -> bool: ...
    @property
    def by_id(self) -> int: ...
    @property
    def second_id(self) -> int | None: ...
    @property
    def at(self) -> datetime: ...


def needs_two(findings: Sequence[Found], *, eligible: bool, person_id: int, now: datetime) -> bool:
    """Whether a finding takes two people because it says otherwise than the one before; `findings` are
    the earlier ones in order.

    A slip is put right alone: by whoever made every finding so far, within ten minutes of the first. No
    supplier hears of a finding before the letters, so nobody was told yet.
    """
    if not findings or findings[-1].eligible == eligible:
        return False
    own = all(found.by_id == person_id and found.second_id is None for found in findings)
    return not own or now >= findings[0].at + UNDO_WITHIN


def turning_problems(reason: str, *, eligible: bool, challenge: ChallengeState) -> list[Problem]:
    """What is wrong with proposing to find a pitch (not) `eligible` against the finding before."""
    problems = []
    if count_words(reason) < REASON_WORDS:
        problems.append(Problem(f"Give the reason in at least {REASON_WORDS} words", "reason"))
    late = challenge != ChallengeState.ELIGIBILITY
    if late and not (eligible and challenge == ChallengeState.JUDGING):
        problems.append(Problem("Judging has started, so a pitch can at most still be let in"))
    return problems
