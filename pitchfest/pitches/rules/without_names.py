"""A pitch as whoever judges it reads it where they must not learn who pitches. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pitchfest.challenges.rules import ChallengeState
from pitchfest.pitches.rules.reading import Reading
from pitchfest.pitches.rules.states import PitchState

#: What stands in the place of words that are hidden: for judges, and in the preview for whoever hides them.
HIDDEN = "[hidden]"
BARS = "▮▮▮"

#: Fewer letters would hide half of every answer.
LEAST_LETTERS = 2

_FORMS = frozenset({"ltd", "limited", "plc", "llp", "cic", "cio", "inc", "gmbh", "trust", "co-operative"})
_KIND = re.compile(r"\.[A-Za-z0-9]{1,5}$")


def may_hide(challenge: ChallengeState, pitch: PitchState) -> bool:
    """Whether what judges read of a pitch can still be changed: before judging begins, and while a pitch is
    not let in, since it can be let in later, and nobody judges it until then.
    """
    late = challenge == ChallengeState.JUDGING and pitch == PitchState.INELIGIBLE
    return late or challenge == ChallengeState.ELIGIBILITY


def called(reference: str) -> str:
    """What a pitch is called in the place of its supplier's name. The reference is random."""
    return f"Pitch {reference}"


def plain_name(name: str) -> str:
    """A file's name with nothing left of it but its kind: `file.pdf`."""
    kind = _KIND.search(name)
    return f"file{kind[0].lower() if kind else ''}"


def hide(text: str, words: Sequence[str], mark: str = HIDDEN) -> str:
    """The text with every occurrence of these words hidden, in small or capital letters and across the end of
    a line.
    """
    found = [r"\s+".join(map(re.escape, each.split())) for each in sorted(words, key=len, reverse=True)]
    pattern = "|".join(each for each in found if each)
    return re.sub(pattern, mark, text, flags=re.IGNORECASE) if pattern else text


def short_names(name: str) -> list[str]:
    """How a supplier may call itself: the name, without its legal form, or its first two words."""
    words = name.split()
    while len(words) > 1 and words[-1].strip(".,()").casefold() in _FORMS:
        words.pop()
    return list(dict.fromkeys([name, " ".join(words), " ".join(words[:2])]))


def occurs(text: str, words: str) -> bool:
    """Whether the words are in the text."""
    return hide(text, [words], "") != text


def without_names(reading: Reading, words: Sequence[str], mark: str = HIDDEN) -> Reading:
    """An answer with these words hidden wherever they are in it, and a file without its name."""
    return replace(
        reading,
        text=hide(reading.text, words, mark),
        points=tuple(hide(point, words, mark) for point in reading.points),
        rows=tuple(tuple(hide(cell, words, mark) for cell in row) for row in reading.rows),
        file=(plain_name(reading.file[0]), reading.file[1]) if reading.file else None,
    )
