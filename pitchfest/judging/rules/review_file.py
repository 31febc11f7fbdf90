"""Read ratings, one a row, from the text of a CSV file."""

import math
import re
from typing import NamedTuple

from pitchfest.judging.rules.csv_rows import BadFileError, heading, rows, shown

ROUND = ("pitch", "judge", "score")
RATINGS = ("item", "rater", "y")

#: Squares of scores, and sums of those, are numbers too.
LARGEST = 1e100

# As spreadsheets and R write finite numbers; no underscores, infinities, or digits of other scripts.
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")


class Review(NamedTuple):
    """One judge's score of one pitch, in points."""

    pitch: str
    judge: str
    score: float


def reviews(text: str, *, repeats: bool = False) -> list[Review]:
    """The reviews of a CSV text with the columns pitch, judge and score, or item, rater and y, as they stand.

    Other columns are ignored. A second score of a judge for the same pitch is refused; with `repeats` it is
    let through where the columns are item, rater and y, which may be measurements that were taken again.
    Raises BadFileError for a line that makes no sense.
    """
    header = heading(text)
    columns = min((ROUND, RATINGS), key=lambda names: len(set(names).difference(header)))
    found: list[Review] = []
    began: dict[tuple[str, str], int] = {}
    for line, row in rows(text, columns):
        pitch, judge, score = (row[name] for name in columns)
        first = began.setdefault((pitch, judge), line)
        if first != line and not (repeats and columns == RATINGS):
            raise BadFileError(
                line, f"{shown(judge)} scores {shown(pitch)} a second time, after line {first}."
            )
        found.append(Review(pitch, judge, _number(line, columns[2], score)))
    return found


def _number(line: int, name: str, text: str) -> float:
    value = float(text) if _NUMBER.fullmatch(text) else math.nan
    if math.isnan(value):
        raise BadFileError(line, f"The {name} {shown(text)} is not a number.")
    if abs(value) > LARGEST:
        raise BadFileError(line, f"The {name} {shown(text)} is too large.")
    return value
