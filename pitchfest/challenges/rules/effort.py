"""What a pitch form asks of a supplier: words, hours, and what an approver must stand by. Pure.

The hours are our own estimate (minutes by kind in `KINDS`; text at 400 words an hour), shown to suppliers
as “about”. The bounds are those that small firms ask for: 1,000 scored words, 8 questions for a small sum,
and no unpaid work of more than a day.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import ceil

from pitchfest.challenges.rules.content import Content
from pitchfest.challenges.rules.kinds import KINDS
from pitchfest.challenges.rules.parts import QuestionRow
from pitchfest.kernel.errors import Problem
from pitchfest.kernel.money import say_pounds
from pitchfest.kernel.text import count_words, join_words, plural

#: More than these, and an approver must agree to it.
MOST_SCORED_WORDS = 1_000
MOST_QUESTIONS = 8
#: In pence: below this a form of more than `MOST_QUESTIONS` asks much for little.
SMALL_SUM = 25_000_00
#: Hours of a day: what takes longer shows its payment, or why there is none.
DAY = 7.5
FEWEST_WORDS = 5
_WORDS_AN_HOUR = 400
_FOR_WINNERS = re.compile(
    r"\b(insurances?|insured|indemnity|accredit\w*|certificat(?:e|es|ion)|iso ?\d{4,5}|cyber essentials|"
    r"(?:your|company|equality|safeguarding|environmental) polic(?:y|ies))\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Effort:
    """What a form asks for. `hours` are in halves, rounded up."""

    questions: int
    scored_words: int
    hours: float
    #: Positions of questions about what only a winner needs to show.
    too_early: tuple[int, ...] = ()

    @property
    def over_a_day(self) -> bool:
        """Whether it takes longer than a day."""
        return self.hours > DAY


def effort_of(questions: Sequence[QuestionRow]) -> Effort:
    """The effort of answering all of a form's questions in full."""
    words = sum(q.max_words or 0 for q in questions)
    minutes = sum(KINDS[q.kind].minutes for q in questions) + words * 60 / _WORDS_AN_HOUR
    scored = sum(q.max_words or 0 for q in questions if q.criterion_id is not None)
    early = tuple(q.position for q in questions if _FOR_WINNERS.search(q.ask))
    return Effort(len(questions), scored, ceil(minutes / 30) / 2, early)


def say_effort(effort: Effort) -> str:
    """`About 3½ hours`, as suppliers read it."""
    if effort.hours <= 0.5:
        return "About half an hour"
    whole, half = divmod(effort.hours, 1)
    return f"About {whole:.0f}{'½' if half else ''}\u00a0hours" if effort.hours != 1 else "About an hour"


def asks_much(effort: Effort, budget_pence: int | None) -> list[str]:
    """What an approver must agree to ask of suppliers, in words; empty for a form of ordinary length."""
    much = []
    if effort.scored_words > MOST_SCORED_WORDS:
        much.append(
            f"It asks for up to {effort.scored_words:,} scored words. "
            f"More than {MOST_SCORED_WORDS:,} is much."
        )
    if effort.questions > MOST_QUESTIONS and budget_pence is not None and budget_pence < SMALL_SUM:
        much.append(
            f"It asks {plural(effort.questions, 'question')} for less than {say_pounds(SMALL_SUM)}. "
            f"More than {MOST_QUESTIONS} is much."
        )
    if effort.too_early:
        which = join_words([str(position) for position in effort.too_early])
        seems = f"Question {which} seems" if len(effort.too_early) == 1 else f"Questions {which} seem"
        much.append(
            f"{seems} to ask for insurance, accreditations or policies. Those are asked of winners only."
        )
    return much


def unpaid_work(effort: Effort, payment_pence: int | None) -> bool:
    """Whether suppliers work for more than a day and are not paid for it."""
    return effort.over_a_day and not payment_pence


def approval_problems(much: Sequence[str], *, accepted: bool, unpaid: bool, because: str) -> list[Problem]:
    """What an approver has yet to say about the form, each at its field."""
    problems = []
    if much and not accepted:
        problems.append(Problem("Tick the box to say that suppliers may be asked for this much", "accepted"))
    if unpaid and count_words(because) < FEWEST_WORDS:
        why = f"Say in at least {FEWEST_WORDS} words why work of more than a day is not paid"
        problems.append(Problem(why, "unpaid_because"))
    return problems


def beyond_the_approval(old: Content, whole: Content) -> list[Problem]:
    """What a correction would ask of suppliers that the approver of `old` did not agree to."""
    before, after = effort_of(old.questions), effort_of(whole.questions)
    early = tuple(position for position in after.too_early if position not in before.too_early)
    agreed = asks_much(before, old.challenge.budget_pence)
    much = asks_much(replace(after, too_early=early), whole.challenge.budget_pence)
    problems = []
    if more := [words for words in much if words not in agreed]:
        words = "The approver did not agree to ask this of suppliers. "
        problems.append(Problem(f"{words}{' '.join(more)} Leave that as it is, or cancel and start another"))
    unpaid = unpaid_work(after, whole.challenge.payment_pence) and not whole.challenge.unpaid_because
    if unpaid and not unpaid_work(before, old.challenge.payment_pence):
        words = "It would take more than a day without payment, and the approver gave no reason for that. "
        problems.append(Problem(f"{words}Enter what each supplier is paid", "payment_pence"))
    return problems


def check_lines(text: str) -> list[str]:
    """The conditions of a self-check, one a line, without the hyphens that some begin with."""
    return [line for raw in text.splitlines() if (line := raw.strip().removeprefix("-").strip())]
