"""The briefing that a procurement lead begins from, made from the challenge. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pitchfest.kernel.clock import say_day, say_moment
from pitchfest.kernel.text import plural

#: Characters, a bound against floods.
LONGEST = 20_000
#: A rule of thumb for the first pitch: reading it, and each score with its reason. The lead corrects it.
MINUTES_TO_READ = 15
MINUTES_A_CRITERION = 5


@dataclass(frozen=True, slots=True)
class Told:
    """What a briefing is made from. `criteria`: name, weight, lowest and highest score of each."""

    title: str
    criteria: Sequence[tuple[str, int, str, str]]
    reason_words: int
    judging_deadline: datetime | None
    decision_due: datetime | None
    ask_name: str
    ask_email: str


def minutes_a_pitch(criteria: int) -> int:
    """How long a pitch takes, roughly, where nobody knows better."""
    return MINUTES_TO_READ + MINUTES_A_CRITERION * criteria


def first_words(told: Told) -> str:
    """The briefing as Markdown, for the lead to go on from."""
    ask = f"## Whom to ask\n\n{told.ask_name}, {told.ask_email}. Do not ask a supplier."
    return "\n\n".join((_looks(told), _dates(told), _CONFLICTS, _CONFIDENTIAL, ask))


_CONFLICTS = """## Before you read a pitch

Say whether anything connects you to one of the suppliers: work, money, family, a close friend. If in \
doubt, say so. You then judge the others."""
_CONFIDENTIAL = """## What is confidential

Everything you read here, who pitched, and every score. Talk about it with nobody, other judges included, \
until the panel meets. Do not paste a pitch into other services."""
_HOW = """\
Score what is written, not what you know of the supplier, and compare it with what the scores mean, not with \
other pitches. Give each score a reason of at least {words} that points to the answer: suppliers are told \
why. “There is not enough in the answer to score it higher” is a good reason, if you say what is missing."""


def _looks(told: Told) -> str:
    number = plural(len(told.criteria), "criterion", "criteria")
    lines = "\n".join(
        f"- {name}: {weight} of 100 points, scored from {lowest} to {highest}"
        for name, weight, lowest, highest in told.criteria
    )
    how = _HOW.format(words=plural(told.reason_words, "word"))
    return f"## What to look for\n\nYou score each pitch on {number}:\n\n{lines}\n\n{how}"


def _dates(told: Told) -> str:
    lines = [f"- A pitch takes about {minutes_a_pitch(len(told.criteria))} minutes, the first one longer"]
    if told.judging_deadline:
        lines.append(f"- Scores are due by {say_moment(told.judging_deadline)}")
    if told.decision_due:
        lines.append(f"- The decision is expected by {say_day(told.decision_due)}")
    return "## Dates, and how long it takes\n\n" + "\n".join(lines)
