"""A pitch as whoever judges it reads it where they must not learn who pitches. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from pitchfest.challenges.rules import ChallengeState
from pitchfest.pitches.rules.reading import Reading
from pitchfest.pitches.rules.states import PitchState

#: What stands in the place of words that are hidden.
HIDDEN = "[hidden]"

#: What judges read in the place of a file, and beside a copy of one.
WITHHELD = "A file was withheld, since it tells who pitches."
COPIED = "A copy without names, made for judges:"
CAME_AS_COPY = "It came as a file. Download a copy without names from its scorecard."

#: Fewer letters would hide half of every answer.
LEAST_LETTERS = 2

_FORMS = frozenset({"ltd", "limited", "plc", "llp", "cic", "cio", "inc", "gmbh", "trust", "co-operative"})
#: A first word of this many letters can stand for the whole name, unless people also use it otherwise.
_LONG = 6
_USUAL_WORDS = """
active advanced affordable another applied better bright bridge british business capital castle central
centre charity choice citizen clever coastal community connected council county creative design digital
direct eastern energy engineering english enterprise environmental european family first future general
global golden greater greener health healthy helping heritage housing independent innovation innovative
integrated intelligent international island learning little living london medical midland midlands mobile
mobility modern national natural nature network northern office online people planet planning positive
practical precision primary private product project public quality regional resource safety school science
scottish second secure service services shared simple smarter social society software solutions southern
spring strategic street support sustainable system systems technology together training transport travel
united university valley village virtual welsh western wireless working
"""
_USUAL = frozenset(_USUAL_WORDS.split())
_KIND = re.compile(r"\.[A-Za-z0-9]{1,5}$")


class FileGiven(StrEnum):
    """What judges get of a file."""

    AS_IT_IS = "as_it_is"
    WITHHELD = "withheld"
    COPY = "copy"


@dataclass(frozen=True, slots=True)
class Given:
    """What was decided of a file; `name` and `size` are those of a copy."""

    given: FileGiven = FileGiven.AS_IT_IS
    name: str = ""
    size: int = 0


AS_IT_IS = Given()


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


def hide(text: str, words: Sequence[str]) -> str:
    """The text with every occurrence of these words hidden, in small or capital letters and across the end of
    a line.
    """
    return _hidden(text, words)[0]


def times(text: str, words: str) -> int:
    """How often the words are in the text, and would be hidden."""
    return _hidden(text, [words])[1]


def _hidden(text: str, words: Sequence[str]) -> tuple[str, int]:
    found = [r"\s+".join(map(re.escape, each.split())) for each in sorted(words, key=len, reverse=True)]
    pattern = "|".join(each for each in found if each)
    return re.subn(pattern, HIDDEN, text, flags=re.IGNORECASE) if pattern else (text, 0)


def told_by(text: str, words: Sequence[str]) -> list[str]:
    """Those of the words that are in the text: for many texts, where `times` would take long."""
    plain = _plain(text)
    return [each for each in words if _plain(each) in plain]


def _plain(text: str) -> str:
    return " ".join(text.lower().split())


def short_names(name: str) -> list[str]:
    """How a supplier may call itself: the name, without its legal form, its first two words, or its first
    where that is hardly anything but a name.
    """
    words = name.split()
    while len(words) > 1 and words[-1].strip(".,()").casefold() in _FORMS:
        words.pop()
    first = [each for each in words[:1] if len(each) >= _LONG and each.casefold() not in _USUAL]
    return list(dict.fromkeys([name, " ".join(words), " ".join(words[:2]), *first]))


def without_names(reading: Reading, words: Sequence[str], file: Given = AS_IT_IS) -> Reading:
    """An answer with these words hidden wherever they are in it, and a file without its name; or a copy of
    the file, or only that it was withheld.
    """
    if reading.file and file.given == FileGiven.WITHHELD:
        return Reading(WITHHELD)
    if reading.file and file.given == FileGiven.COPY:
        return Reading(COPIED, file=(plain_name(file.name), file.size, ""))
    return replace(
        reading,
        text=hide(reading.text, words),
        points=tuple(hide(point, words) for point in reading.points),
        rows=tuple(tuple(hide(cell, words) for cell in row) for row in reading.rows),
        file=(plain_name(reading.file[0]), reading.file[1], "") if reading.file else None,
    )
