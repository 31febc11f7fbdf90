"""The trial pitch: when it can be written and scored, and how far a judge is from the panel. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from pitchfest.challenges.rules import CriterionRow
from pitchfest.judging.rules.cards import Mark
from pitchfest.kernel.errors import Problem

#: Words that an agreed score's reason needs at the least.
LEAST_WORDS = 5
#: Characters of one answer, a bound against floods.
LONGEST_ANSWER = 20_000


@dataclass(frozen=True, slots=True)
class TrialQuestion:
    """A question that is scored, and the invented answer."""

    id: int
    ask: str
    text: str

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The answer, paragraph by paragraph."""
        return tuple(part.strip() for part in self.text.split("\n\n") if part.strip())


@dataclass(frozen=True, slots=True)
class TrialPart:
    """One criterion of the trial pitch. `agreed` is None where nothing is written yet."""

    criterion: CriterionRow
    questions: tuple[TrialQuestion, ...]
    agreed: Mark | None


@dataclass(frozen=True, slots=True)
class Trial:
    """The trial pitch of a challenge; `version` 0: nobody has written one."""

    supplier: str
    version: int
    parts: tuple[TrialPart, ...]

    @property
    def agreed(self) -> dict[int, int]:
        """The agreed scores in hundredths, by criterion id."""
        return {
            part.criterion.id: part.agreed.hundredths
            for part in self.parts
            if part.agreed is not None and part.agreed.hundredths is not None
        }


@dataclass(frozen=True, slots=True)
class Tried:
    """What one judge gave the trial pitch: hundredths by criterion id."""

    name: str
    scores: dict[int, int]


def answer_problems(questions: Iterable[TrialQuestion], answers: Mapping[int, str]) -> list[Problem]:
    """What stands against these answers, by question id."""
    found = []
    for question in questions:
        text = answers.get(question.id, "")
        if not text:
            found.append(Problem(f"Write an answer to “{question.ask}”", f"answer-{question.id}"))
        elif len(text) > LONGEST_ANSWER:
            found.append(Problem("This answer is too long. Shorten it", f"answer-{question.id}"))
    return found


def mean_difference(given: Mapping[int, int], agreed: Mapping[int, int]) -> Fraction:
    """The mean, in points, of how far each score is from the agreed one, above or below."""
    apart = [abs(hundredths - agreed[key]) for key, hundredths in given.items() if key in agreed]
    return Fraction(sum(apart), 100 * len(apart)) if apart else Fraction(0)


def say_difference(given: int, agreed: int) -> str:
    """`the same`, `1 higher`, `0.5 lower`."""
    apart = given - agreed
    if not apart:
        return "the same"
    whole, rest = divmod(abs(apart), 100)
    size = f"{whole}.{rest:02}".rstrip("0").rstrip(".")
    return f"{size} {'higher' if apart > 0 else 'lower'}"
