"""The Easy Read version of a challenge: short sentences, one idea each, beside pictures. Pure.

Advice is advice; what may not be is little: no words, a picture that nobody describes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pitchfest.challenges.rules.plain import Advice, advise, hard_words, two_ideas
from pitchfest.kernel.errors import Problem

#: A sentence with more words than this is long for Easy Read.
EASY_WORDS = 15
#: So many sentences fit on the pages that a reader manages in one go.
MOST_SENTENCES = 80


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence in its place, perhaps with a picture and its description."""

    id: int
    position: int
    text: str
    picture_id: int | None
    alt: str


@dataclass(frozen=True, slots=True)
class EasyRead:
    """All sentences in order, and the published record that they tell; 0 while none was published.

    `version` counts the changes.
    """

    record: int
    version: int
    sentences: tuple[Sentence, ...]

    def is_behind(self, newest: int) -> bool:
        """Whether there is a later record than the one it tells, given the number of the newest.

        What was written before publication tells the first.
        """
        return newest > max(self.record, 1)


def sentence_problems(*, text: str, alt: str, has_picture: bool, position: int) -> list[Problem]:
    """What stands in the way of keeping a sentence at this position."""
    checks = (
        (not text, "Write the sentence", "text"),
        (has_picture and not alt, "Say what the picture shows, for people who do not see it", "alt"),
        (not has_picture and alt, "Choose the picture that you describe", "picture"),
        (position > MOST_SENTENCES, f"{MOST_SENTENCES} sentences are the most. Fewer are easier", "text"),
    )
    return [Problem(message, field) for wrong, message, field in checks if wrong]


def easy_advice(sentences: Sequence[str]) -> list[list[Advice]]:
    """For each sentence what to look at: too long, more than one idea, jargon, abbreviations, hard words.
    The same abbreviation or hard word is asked about once.
    """
    texts = {str(number): text for number, text in enumerate(sentences)}
    found = [*advise(texts, longest=EASY_WORDS), *two_ideas(texts), *hard_words(texts)]
    return [[each for each in found if each.field == label] for label in texts]
