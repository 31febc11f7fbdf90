"""Scorecards away from the screen: the rows of the sheet, and what one that comes back would change. Pure.

Nothing that stands in the locked cells is read back: they are only compared, so that scores which slipped
beside another pitch are found. Their hash needs no secret, as whoever forges one writes on their own cards.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from pitchfest.judging.rules.cards import LONGEST_REASON, Mark, read_mark, shown
from pitchfest.judging.rules.scoring import Criterion, points_text, validate_score
from pitchfest.kernel.text import canonical_json, join_words

#: The sheet's name in the workbook, and its columns.
TITLE = "Scorecards"
LOCKED = ("Pitch", "Supplier", "Criterion", "Weight", "Answers", "Scale", "Words wanted")
SCORE, REASON, KEY = "Score", "Reason", "Row key"
HEADERS = (*LOCKED, SCORE, REASON, KEY)

#: Characters of the answers that one cell takes, and what is said where there are more.
MOST_ANSWER = 32_000
CUT = "\n\n(Cut here: a cell of a spreadsheet holds no more. Read the rest on the scorecard’s page.)"

_KEY = re.compile(r"r(\d{1,6})\.c(\d{1,10})\.k(\d{1,10})\.([0-9a-f]{12})\.([0-9a-f]{12})")

NOT_OURS = "This is not a scorecard of yours on this challenge."
NO_KEY = "The hidden row key is missing or was changed. Score this one on its page."
TWICE = "This row is in the file more than once. Keep one of them."
MOVED = "This row was moved. Put the rows back in the order in which they came, so that none gets mixed up."
FORMULA = "The score or the reason is a formula. Type it as plain text."
BOTH_CHANGED = "You also changed this on its page after you downloaded the file. Choose there which to keep."
TOO_LONG = "The reason is too long to keep. Shorten it."


@dataclass(frozen=True, slots=True)
class Line:
    """One criterion of one of the judge's cards as it stands now: a row of the sheet.

    `closed` says why nothing can be changed any more; "" while the card is open.
    """

    card_id: int
    version: int
    criterion_id: int
    pitch: str
    supplier: str
    criterion: str
    weight: int
    answers: str
    scale: str
    words: int
    limits: Criterion
    mark: Mark
    closed: str = ""

    @property
    def locked(self) -> tuple[str, ...]:
        """The cells under LOCKED, as text."""
        said = self.answers if len(self.answers) <= MOST_ANSWER else self.answers[:MOST_ANSWER] + CUT
        return (
            self.pitch,
            self.supplier,
            self.criterion,
            str(self.weight),
            said,
            self.scale,
            str(self.words),
        )

    @property
    def score(self) -> str:
        """The score that stands, "" for none."""
        return shown(self.mark)

    def key(self, place: int) -> str:
        """What the row is known by when it comes back: place, card, criterion, the mark, the locked cells."""
        ids = f"r{place}.c{self.card_id}.k{self.criterion_id}"
        return f"{ids}.{_of_mark(self.mark)}.{_hash(ids, *self.locked)}"


class Change(NamedTuple):
    """A mark that the sheet would give a card; `row` counts as the spreadsheet does."""

    row: int
    line: Line
    mark: Mark


class Refused(NamedTuple):
    """A row that is not taken, and why; `mine` and `line` where two texts stand against each other."""

    row: int
    about: str
    why: str
    line: Line | None = None
    mine: Mark | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a sheet would do: changes, rows that are refused, and how many rows say what stands already."""

    changes: tuple[Change, ...]
    refused: tuple[Refused, ...]
    same: int


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    cells: Mapping[str, str | None]
    place: int
    ids: str
    line: Line | None
    base: str
    hash: str

    @property
    def about(self) -> str:
        return " ".join((self.cells["Supplier"] or "").split())[:120]


class NotTheSheet(ValueError):
    """The file is not one that was downloaded here; the message says what it lacks."""


def compare(rows: Sequence[Sequence[str | None]], lines: Mapping[tuple[int, int], Line]) -> Outcome:
    """What a sheet that came back would change, row by row; `lines` are all of this judge's, by card and
    criterion. Raises NotTheSheet.
    """
    found = list(_read(rows, lines))
    times = Counter(row.ids for row in found if row.ids)
    settled = _in_order([row.place for row in found if row.ids])
    changes: list[Change] = []
    refused: list[Refused] = []
    for row in found:
        moved = bool(row.ids) and row.place not in settled
        line, why = row.line, _refusal(row, twice=times[row.ids] > 1, moved=moved)
        if line is None or why:
            refused.append(Refused(row.number, row.about, why))
            continue
        mark, why = _mark(row, line)
        about = f"{line.supplier}, {line.criterion}"
        if why:
            refused.append(Refused(row.number, about, why))
        elif mark == line.mark or _of_mark(mark) == row.base:
            continue
        elif line.closed:
            refused.append(Refused(row.number, about, line.closed))
        elif row.base != _of_mark(line.mark):
            refused.append(Refused(row.number, about, BOTH_CHANGED, line, mark))
        else:
            changes.append(Change(row.number, line, mark))
    return Outcome(tuple(changes), tuple(refused), len(found) - len(changes) - len(refused))


def _read(rows: Sequence[Sequence[str | None]], lines: Mapping[tuple[int, int], Line]) -> Iterator[_Row]:
    heads = [(head or "").strip() for head in rows[0]] if rows else []
    if missing := [name for name in HEADERS if name not in heads]:
        raise NotTheSheet(
            f"This is not the sheet that you downloaded: these columns are missing: {join_words(missing)}"
        )
    at = {name: heads.index(name) for name in HEADERS}
    for number, row in enumerate(rows[1:], start=2):
        cells = {name: row[place] if place < len(row) else "" for name, place in at.items()}
        if all(cell is not None and not cell.strip() for cell in cells.values()):
            continue
        match = _KEY.fullmatch((cells[KEY] or "").strip())
        if match is None:
            yield _Row(number, cells, 0, "", None, "", "")
            continue
        place, card, criterion, base, found = match.groups()
        ids = f"r{place}.c{card}.k{criterion}"
        yield _Row(number, cells, int(place), ids, lines.get((int(card), int(criterion))), base, found)


def _refusal(row: _Row, *, twice: bool, moved: bool) -> str:
    """Why a row is not taken, whatever its score and reason say; "" where it is."""
    line = row.line
    if not row.ids:
        return NO_KEY
    if line is None:
        return NOT_OURS
    if twice:
        return TWICE
    if _hash(row.ids, *(row.cells[name] or "" for name in LOCKED)) != row.hash:
        return _edited(row, line)
    return MOVED if moved else ""


def _edited(row: _Row, line: Line) -> str:
    """Which locked cells are not as they came."""
    if (typed := (row.cells["Pitch"] or "").strip()) != line.pitch:
        return f"This row says {typed or 'no pitch'}, and its key belongs to {line.pitch}: rows got mixed up."
    now = dict(zip(LOCKED, line.locked, strict=True))
    changed = [name for name in LOCKED if _folded(row.cells[name] or "") != _folded(now[name])]
    if not changed:
        return NO_KEY
    return f"{join_words(changed)}: this was changed, and is locked. Download the file again to go on."


def _mark(row: _Row, line: Line) -> tuple[Mark, str]:
    """The score and reason that a row gives, and what is wrong with them, "" for nothing."""
    score, reason = row.cells[SCORE], row.cells[REASON]
    nothing = Mark(None, "")
    if score is None or reason is None:
        return nothing, FORMULA
    try:
        mark = read_mark(score, reason)
    except ValueError as error:
        return nothing, f"{error}."
    if mark.hundredths is not None and (why := validate_score(line.limits, mark.hundredths)):
        return nothing, why
    return (nothing, TOO_LONG) if len(mark.reason) > LONGEST_REASON else (mark, "")


def _in_order(places: Sequence[int]) -> set[int]:
    """The longest run of places that rises: what is left out of it was moved."""
    tails: list[int] = []
    ends: list[int] = []
    before: list[int | None] = []
    for at, place in enumerate(places):
        length = bisect_left(tails, place)
        before.append(ends[length - 1] if length else None)
        tails[length : length + 1] = [place]
        ends[length : length + 1] = [at]
    found: set[int] = set()
    last: int | None = ends[-1] if ends else None
    while last is not None:
        found.add(places[last])
        last = before[last]
    return found


def _folded(text: str) -> str:
    """Without what a spreadsheet does to white space."""
    return " ".join(text.split())


def _of_mark(mark: Mark) -> str:
    return _hash(shown(mark), mark.reason)


def _hash(*texts: str) -> str:
    body = canonical_json([_folded(text) for text in texts])
    return hashlib.sha256(body.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def scale_text(limits: Criterion, anchors: Mapping[int, tuple[str, str]]) -> str:
    """A scale in words, the best first: each value with its anchor, or from where to where it goes."""
    worded = [_anchor(value, *anchors[value]) for value in sorted(anchors, reverse=True)]
    ends = f"From {points_text(limits.minimum)} to {points_text(limits.maximum)}"
    return "\n".join([f"{ends}, in steps of {points_text(limits.step)}.", *worded])


def _anchor(value: int, label: str, meaning: str) -> str:
    words: Iterable[str] = (part for part in (label, meaning) if part)
    return f"{points_text(value)}: {'. '.join(words)}"
