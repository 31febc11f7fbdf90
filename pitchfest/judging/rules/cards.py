"""What a scorecard still lacks, and reading a score that a judge typed. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from pitchfest.judging.rules.scoring import Criterion, points_text, validate_score
from pitchfest.kernel.errors import Problem
from pitchfest.kernel.text import canonical_json, count_words, plural, tidy

#: Above this many values a scale is typed, not picked.
MOST_RADIOS = 11
#: What stands in place of a score where a judge cannot judge a criterion.
CANNOT = "cannot judge"
#: A bound against floods, far above what a reason needs.
LONGEST_REASON = 20_000

ALL_LEFT_OUT = (
    "You cannot judge any criterion of this pitch: ask the procurement lead to take it back from you"
)

_POINTS = re.compile(r"(\d{1,4})(?:\.(\d{1,2}))?")


class Mark(NamedTuple):
    """A score in hundredths of a point (None: not given yet) and the reason for it.

    `unable`: the judge cannot judge this criterion, and the reason says why; there is no score then.
    """

    hundredths: int | None
    reason: str
    unable: bool = False

    @property
    def settled(self) -> bool:
        """Whether the judge has scored it, or said that they cannot."""
        return self.unable or self.hundredths is not None


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that a card lacks before it can be signed. `part` is "score" or "reason"."""

    criterion_id: int
    part: str
    message: str

    @property
    def field(self) -> str:
        """The form field that puts it right, which is also its id on the page."""
        return f"{self.part}-{self.criterion_id}"


def read_points(text: str) -> int:
    """Hundredths from what a judge typed or picked: `3`, `7.25`. Raises ValueError otherwise."""
    match = _POINTS.fullmatch(text.strip()) if text.isascii() else None
    if match is None:
        raise ValueError("Give the score as a number, like 3 or 7.25")
    return int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))


def read_mark(score: str, reason: str) -> Mark:
    """What cells of a sheet give: a score, nothing, or that it cannot be judged. Raises as `read_points`."""
    if " ".join(score.split()).casefold() == CANNOT:
        return Mark(None, tidy(reason), unable=True)
    return Mark(read_points(score) if score.strip() else None, tidy(reason))


def shown(mark: Mark) -> str:
    """A mark's score as people write it, "" for none."""
    if mark.unable:
        return CANNOT
    return "" if mark.hundredths is None else points_text(mark.hundredths)


def picked(criterion: Criterion) -> bool:
    """Whether the scale is short enough to be picked from a list."""
    return (criterion.maximum - criterion.minimum) // criterion.step < MOST_RADIOS


def scale(criterion: Criterion) -> range:
    """Every score a judge may give, in hundredths, best first."""
    return range(criterion.maximum, criterion.minimum - 1, -criterion.step)


def draft_problems(criteria: Mapping[int, Criterion], marks: Mapping[int, Mark]) -> list[Problem]:
    """Why a draft cannot be kept as it is: a score off the scale, an endless reason."""
    problems = []
    for criterion_id, mark in marks.items():
        if criterion_id not in criteria:
            problems.append(Problem("This challenge has no such criterion."))
        elif mark.hundredths is not None and (why := validate_score(criteria[criterion_id], mark.hundredths)):
            problems.append(Problem(why, f"score-{criterion_id}"))
        elif len(mark.reason) > LONGEST_REASON:
            problems.append(Problem("This reason is too long to keep. Shorten it.", f"reason-{criterion_id}"))
    return problems


def missing(
    criteria: Iterable[tuple[int, str]], marks: Mapping[int, Mark], reason_words: int
) -> list[Missing]:
    """What stands between a card and its signature, in the order of `criteria` (id, name).

    The length of a reason is the same for every score; where a judge cannot judge a criterion, a word will
    do. A card has to judge one at least.
    """
    criteria = list(criteria)
    found = []
    if criteria and all(marks.get(key, Mark(None, "")).unable for key, _ in criteria):
        found.append(Missing(criteria[0][0], "score", ALL_LEFT_OUT))
    for criterion_id, name in criteria:
        mark = marks.get(criterion_id, Mark(None, ""))
        if mark.unable:
            if not mark.reason:
                found.append(Missing(criterion_id, "reason", f"{name}: say why you cannot judge it"))
            continue
        if mark.hundredths is None:
            found.append(Missing(criterion_id, "score", f"{name}: give a score"))
        if (short := reason_words - count_words(mark.reason)) > 0:
            words = (
                f"{name}: the reason needs {plural(short, 'more word')}"
                if mark.reason
                else f"{name}: give a reason"
            )
            found.append(Missing(criterion_id, "reason", words))
    return found


def digest(marks: Mapping[int, Mark]) -> str:
    """SHA-256 over the canonical JSON of a card's scores and reasons: what the log holds of them."""
    body = {
        str(criterion_id): [CANNOT if mark.unable else mark.hundredths, mark.reason]
        for criterion_id, mark in marks.items()
    }
    return hashlib.sha256(canonical_json(body).encode()).hexdigest()
