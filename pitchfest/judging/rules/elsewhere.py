"""Scores given elsewhere that come in a file: what its columns are, and what each row would set. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from pitchfest.judging.rules.cards import LONGEST_REASON, Mark, read_mark
from pitchfest.judging.rules.scoring import Criterion, validate_score
from pitchfest.kernel.text import count_words, join_words, plural

#: (panel member id, pitch id)
Pair = tuple[int, int]
Row = Sequence[str | None]

#: The sheet that the template has and a workbook is looked through for.
TITLE = "Scores"
HEADERS = ("Pitch", "Supplier", "Judge", "Judge’s name", "Criterion", "Score", "Reason")

#: What a column can be in both layouts, and in the one with a row for each criterion.
PITCH, JUDGE, CRITERION, SCORE, REASON = "pitch", "judge", "criterion", "score", "reason"
_NAMES = {
    "": "Not used",
    PITCH: "Pitch: its reference",
    JUDGE: "Judge: their email address",
    CRITERION: "Criterion: its name",
    SCORE: "Score",
    REASON: "Reason",
}
_GUESSES = {
    PITCH: ("pitch", "pitch reference", "reference", "pitch ref", "ref", "pitch id"),
    JUDGE: (
        *("judge", "judge email", "judge e mail", "judge s email", "judge s e mail", "email", "e mail"),
        *("email address", "e mail address", "assessor", "reviewer", "scorer", "evaluator"),
    ),
    CRITERION: ("criterion", "criteria", "question"),
    SCORE: ("score", "points", "mark", "marks"),
    REASON: ("reason", "reasons", "why", "comment", "comments", "justification", "rationale"),
}

NOTHING_IN_IT = "This file has no rows below its headings. Choose the one with the scores"
FORMULA = "A cell is a formula. Type it as plain text."
ENDED = "This judge had the scorecard, and it has ended."
NO_SCORE = "There is no score. Give one, or leave the reason empty too."
TOO_LONG = "The reason is too long to keep. Shorten it."


class BroughtState(StrEnum):
    """How far a file of scores is. Only what two people agreed on counts."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    CONFIRMED = "confirmed"


class Named(NamedTuple):
    """What a cell can name; `why` says why nothing can be brought for it, "" where it can."""

    id: int
    says: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class Ground:
    """What a file is read against. Names are folded; `limits` are of the criteria that judges score, in
    order; `kept_from` says why a judge and a pitch cannot have a scorecard from a file.
    """

    pitches: Mapping[str, Named]
    judges: Mapping[str, Named]
    criteria: Mapping[str, Named]
    limits: Mapping[int, Criterion]
    kept_from: Mapping[Pair, str]
    reason_words: int

    @property
    def pitch_names(self) -> dict[int, str]:
        """How each pitch is named, by its id."""
        return {each.id: each.says for each in self.pitches.values()}

    @property
    def judge_names(self) -> dict[int, str]:
        """How each judge is named, by id as a panel member."""
        return {each.id: each.says for each in self.judges.values()}

    @property
    def criterion_names(self) -> dict[int, str]:
        """The names of the criteria that judges score, in order."""
        names = {each.id: each.says for each in self.criteria.values()}
        return {key: names[key] for key in self.limits}


class Brought(NamedTuple):
    """One score that a file would set."""

    row: int
    pair: Pair
    criterion_id: int
    mark: Mark


class Refused(NamedTuple):
    """A row that is not taken, and why. Rows are counted as the spreadsheet does."""

    row: int
    about: str
    why: str


class Short(NamedTuple):
    """A scorecard for which the file does not hold everything, right: the criteria on which it holds nothing,
    and those on which it holds something wrong. Neither, where a row names no criterion that there is.
    """

    pair: Pair
    lacks: tuple[str, ...]
    wrong: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file would set. `marks` hold what is right; only the cards in `whole` are complete and right."""

    marks: tuple[Brought, ...]
    refused: tuple[Refused, ...]
    short: tuple[Short, ...]
    whole: frozenset[Pair]

    @property
    def clean(self) -> bool:
        """Whether the whole file can be brought as it is."""
        return bool(self.whole) and not self.refused and not self.short

    @property
    def kept(self) -> tuple[Brought, ...]:
        """The scores of the cards that are whole."""
        return tuple(mark for mark in self.marks if mark.pair in self.whole)


def folded(text: str) -> str:
    """A name for comparing: without case, and without what a spreadsheet does to white space."""
    return " ".join(text.split()).casefold()


def file_problem(rows: Sequence[Row]) -> str:
    """Why there is nothing to read in a file, "" where there is."""
    filled = any(cell is None or cell.strip() for row in rows[1:] for cell in row)
    return "" if filled and rows[0] else NOTHING_IN_IT


def choices(ground: Ground) -> dict[str, str]:
    """What a column can be said to be, each with its words."""
    each = {
        key: words
        for criterion_id, name in ground.criterion_names.items()
        for key, words in (
            (f"{SCORE}-{criterion_id}", f"Score for {name}"),
            (f"{REASON}-{criterion_id}", f"Reason for {name}"),
        )
    }
    return _NAMES | each


def guess(heads: Row, ground: Ground) -> list[str]:
    """What each column seems to be, by its heading."""
    known = {word: means for means, words in _GUESSES.items() for word in words}
    for criterion_id, name in ground.criterion_names.items():
        of = _plain(name)
        for means in (SCORE, REASON):
            for word in _GUESSES[means]:
                said = (f"{of} {word}", f"{word} {of}", f"{word} for {of}")
                known |= dict.fromkeys(said, f"{means}-{criterion_id}")
        known[of] = f"{SCORE}-{criterion_id}"
    return [known.get(_plain(head or ""), "") for head in heads]


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


def column_problems(columns: Sequence[str], ground: Ground) -> list[str]:
    """Why rows cannot be read with these columns: one is missing, or said twice."""
    words = choices(ground)
    problems = [
        f"Two columns are said to be “{words[means]}”. Choose one of them."
        for means in dict.fromkeys(columns)
        if means and columns.count(means) > 1
    ]
    long_ones = {CRITERION, SCORE, REASON}
    wide_ones = {key for key in words if "-" in key}
    needed = [PITCH, JUDGE, *(() if wide_ones & set(columns) else (CRITERION, SCORE, REASON))]
    if wide_ones & set(columns) and long_ones & set(columns):
        problems.append(
            "Either one column each holds criterion, score and reason, or each criterion has columns of its "
            "own. Set the others to “Not used”."
        )
    elif wide_ones & set(columns):
        needed += sorted(wide_ones, key=list(words).index)
    if missing := [words[means] for means in needed if means not in columns]:
        problems.append(f"No column is said to be {join_words([f'“{each}”' for each in missing])}.")
    return problems


@dataclass(slots=True)
class _Found:
    """What was read so far."""

    marks: dict[tuple[Pair, int], Brought] = field(default_factory=dict)
    refused: dict[tuple[int, str], Refused] = field(default_factory=dict)
    #: Cards of which the file holds anything, and those with something wrong in them, by criterion.
    touched: dict[Pair, set[int]] = field(default_factory=dict)
    spoilt: dict[Pair, set[int]] = field(default_factory=dict)

    def given(self, pair: Pair, criteria: Iterable[int]) -> list[Mark]:
        """The marks that were read for one card."""
        return [self.marks[pair, key].mark for key in criteria if (pair, key) in self.marks]

    def spoil(self, pair: Pair, criterion_id: int | None) -> None:
        self.spoilt.setdefault(pair, set()).update([] if criterion_id is None else [criterion_id])

    def refuse(self, row: int, about: str, why: str) -> None:
        self.refused.setdefault((row, why), Refused(row, about, why))


class _Entry(NamedTuple):
    row: int
    pitch: str | None
    judge: str | None
    criterion: str | int | None
    score: str | None
    reason: str | None


def read(rows: Sequence[Row], columns: Sequence[str], ground: Ground) -> Preview:
    """What the rows below the headings would set, once `column_problems` finds nothing."""
    found = _Found()
    for entry in _entries(rows, columns):
        _take(entry, ground, found)
    short = tuple(each for pair in found.touched if (each := _short(pair, found, ground.criterion_names)))
    return Preview(
        marks=tuple(found.marks.values()),
        refused=tuple(sorted(found.refused.values())),
        short=short,
        whole=frozenset(found.touched) - {each.pair for each in short},
    )


def _short(pair: Pair, found: _Found, names: Mapping[int, str]) -> Short | None:
    """What keeps a card from being complete and right; None where nothing does."""
    seen, wrong = found.touched[pair], found.spoilt.get(pair)
    if wrong is None and all(mark.unable for mark in found.given(pair, seen)):
        seen = set()
    lacks = tuple(name for key, name in names.items() if key not in seen)
    if not lacks and wrong is None:
        return None
    return Short(pair, lacks, tuple(name for key, name in names.items() if key in (wrong or ())))


def _entries(rows: Sequence[Row], columns: Sequence[str]) -> Iterator[_Entry]:
    """Each score and reason with what it belongs to; what is empty is left out."""
    at = {means: place for place, means in enumerate(columns) if means}
    of_criteria = sorted({int(means.partition("-")[2]) for means in at if "-" in means})
    for number, row in enumerate(rows[1:], start=2):
        cells = {means: row[place] if place < len(row) else "" for means, place in at.items()}
        if of_criteria:
            for key in of_criteria:
                score, reason = cells[f"{SCORE}-{key}"], cells[f"{REASON}-{key}"]
                yield from _filled(_Entry(number, cells[PITCH], cells[JUDGE], key, score, reason))
        else:
            yield from _filled(
                _Entry(number, cells[PITCH], cells[JUDGE], cells[CRITERION], cells[SCORE], cells[REASON])
            )


def _filled(entry: _Entry) -> Iterator[_Entry]:
    if any(cell is None or cell.strip() for cell in (entry.score, entry.reason)):
        yield entry


def _take(entry: _Entry, ground: Ground, found: _Found) -> None:
    about = ", ".join(" ".join(cell.split())[:80] for cell in (entry.pitch, entry.judge) if cell)
    pair, why = _pair(entry, ground)
    if pair is None:
        found.refuse(entry.row, about, why)
        return
    about = f"{ground.pitch_names[pair[1]]}, {ground.judge_names[pair[0]]}"
    seen = found.touched.setdefault(pair, set())
    criterion_id, why = _criterion(entry.criterion, ground)
    mark = None
    if criterion_id is not None:
        seen.add(criterion_id)
        about = f"{about}, {ground.criterion_names[criterion_id]}"
        mark, why = _mark(entry, ground.limits[criterion_id], ground.reason_words)
    if criterion_id is None or mark is None:
        found.spoil(pair, criterion_id)
        found.refuse(entry.row, about, why)
        return
    _keep(Brought(entry.row, pair, criterion_id, mark), about, found)


def _pair(entry: _Entry, ground: Ground) -> tuple[Pair | None, str]:
    """The judge and the pitch of a row, or why they cannot be brought."""
    pitch, why = _named(entry.pitch, ground.pitches, "pitch")
    if pitch is None:
        return None, why
    judge, why = _named(entry.judge, ground.judges, "judge")
    if judge is None:
        return None, why
    pair = (judge.id, pitch.id)
    why = ground.kept_from.get(pair, "")
    return (None, why) if why else (pair, "")


def _keep(brought: Brought, about: str, found: _Found) -> None:
    """Twice the same is once; twice with other values is neither."""
    key = brought.pair, brought.criterion_id
    earlier = found.marks.get(key)
    if earlier is not None and earlier.mark != brought.mark:
        found.spoil(brought.pair, brought.criterion_id)
        found.refuse(brought.row, about, f"Row {earlier.row} says something else. Keep one of the two.")
    found.marks.setdefault(key, brought)


def _named(cell: str | None, known: Mapping[str, Named], what: str) -> tuple[Named | None, str]:
    if cell is None:
        return None, FORMULA
    if not cell.strip():
        return None, f"The row names no {what}. Where cells are merged, fill in each row."
    named = known.get(folded(cell))
    if named is None:
        return None, f"There is no such {what} on this {'panel' if what == 'judge' else 'challenge'}."
    return (None, named.why) if named.why else (named, "")


def _criterion(named: str | int | None, ground: Ground) -> tuple[int | None, str]:
    if isinstance(named, int):
        return named, ""
    found, why = _named(named, ground.criteria, "criterion")
    return (found.id if found else None), why


def _mark(entry: _Entry, limits: Criterion, words: int) -> tuple[Mark | None, str]:
    if entry.score is None or entry.reason is None:
        return None, FORMULA
    if not entry.score.strip():
        return None, NO_SCORE
    try:
        return _right(read_mark(entry.score, entry.reason), limits, words)
    except ValueError as error:
        return None, f"{error}."


def _right(mark: Mark, limits: Criterion, words: int) -> tuple[Mark | None, str]:
    """The mark, or what is wrong with it."""
    if not mark.unable and (why := validate_score(limits, mark.hundredths or 0)):
        return None, why
    if not mark.reason:
        return None, "There is no reason for the score."
    if len(mark.reason) > LONGEST_REASON:
        return None, TOO_LONG
    if not mark.unable and (short := words - count_words(mark.reason)) > 0:
        return None, f"The reason needs {plural(short, 'more word')}."
    return mark, ""


def by_card(marks: Iterable[Brought]) -> list[tuple[Pair, list[Brought]]]:
    """What is set on each card, in the order of the file."""
    cards: dict[Pair, list[Brought]] = {}
    for mark in marks:
        cards.setdefault(mark.pair, []).append(mark)
    return list(cards.items())


def changed_since(cards: Mapping[Pair, Mapping[int, Mark]], ground: Ground) -> list[str]:
    """What keeps cards that were right when they were proposed from being brought now, in words."""
    judges, pitches = ground.judge_names, ground.pitch_names
    gone = {each.id for each in ground.judges.values() if each.why}
    out = {each.id for each in ground.pitches.values() if each.why}
    problems = []
    for pair, marks in cards.items():
        about = f"{pitches.get(pair[1], 'A pitch')}, {judges.get(pair[0], 'a judge')}"
        if pair[0] in gone or pair[0] not in judges:
            problems.append(f"{about}: this judge has left the panel.")
        elif pair[1] in out or pair[1] not in pitches:
            problems.append(f"{about}: this pitch is no longer judged.")
        elif why := ground.kept_from.get(pair, ""):
            problems.append(f"{about}: {why}")
        elif marks.keys() != ground.limits.keys():
            problems.append(f"{about}: the criteria have changed.")
        elif why := _wrong(marks, ground):
            problems.append(f"{about}: {why}")
    return problems


def _wrong(marks: Mapping[int, Mark], ground: Ground) -> str:
    """What is wrong with a card's marks, the first thing, "" for nothing."""
    if all(mark.unable for mark in marks.values()):
        return NO_SCORE
    found = (_right(mark, ground.limits[key], ground.reason_words)[1] for key, mark in marks.items())
    return next(filter(None, found), "")
