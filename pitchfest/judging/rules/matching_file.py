"""Read what is to be assigned from the text of a JSON file, and write the assignment down.

    {"reviews_per_pitch": 3, "load": {"min": 15, "max": 15},
     "pitches": ["P1", …], "judges": ["J1", …], "gain": [[216, …], …], "conflicts": [["P1", "J1"], …]}

`gain` has a row of whole numbers for each pitch, one for each judge. May be left out: `load` (then as even as
possible), `limits` ({"J1": 5}: the most a judge takes), `fixed` (pairs that must be) and `previous` (pairs of
an earlier run, to change as little as possible). `reviews_per_pitch` may also be {"P1": 3, …}.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple, NoReturn

import numpy as np

from pitchfest.judging.rules.assignment import Pair
from pitchfest.judging.rules.csv_rows import BadFileError, shown
from pitchfest.judging.rules.matching import LARGEST_GAIN, Matching, Panel
from pitchfest.judging.rules.transport import Gains

NEEDED = ("reviews_per_pitch", "pitches", "judges", "gain", "conflicts")
OPTIONAL = ("load", "limits", "fixed", "previous")


class File(NamedTuple):
    """What a file says, and the entries in it that nothing is done with."""

    panel: Panel
    unused: tuple[str, ...]


def read(text: str) -> File:
    """The panel of a JSON text. Raises BadFileError with the line of the entry that makes no sense."""
    content = _parsed(text)

    def bad(name: str, reason: str) -> NoReturn:
        raise BadFileError(_line(text, name), reason)

    missing = [name for name in NEEDED if name not in content]
    if missing:
        raise BadFileError(1, f"The file lacks: {', '.join(missing)}.")
    pitches, judges = (_names(content[name], name, bad) for name in ("pitches", "judges"))
    pairs = {
        name: _pairs(content.get(name, []), name, set(pitches), set(judges), bad)
        for name in ("conflicts", "fixed", "previous")
    }
    for judge, pitch in sorted(pairs["fixed"] & pairs["conflicts"]):
        bad("fixed", f"{shown(pitch)} and {shown(judge)} are a fixed pair and a conflict at once.")
    panel = Panel(
        pitches=pitches,
        judges=judges,
        gain=_gain(content["gain"], len(pitches), len(judges), bad),
        reviews=_reviews(content["reviews_per_pitch"], pitches, bad),
        load=_load(content["load"], bad) if "load" in content else None,
        limits=_counts(content.get("limits", {}), "limits", set(judges), bad),
        forbidden=pairs["conflicts"],
        fixed=pairs["fixed"],
        previous=pairs["previous"],
    )
    return File(panel, tuple(sorted(content.keys() - {*NEEDED, *OPTIONAL})))


def as_json(matching: Matching) -> dict[str, Any]:
    """The assignment as values for JSON; a pair is [pitch, judge]."""
    return {
        "pairs": sorted([pitch, judge] for judge, pitch in matching.pairs),
        "total": matching.total,
        "floor": matching.floor,
        "loads": matching.loads,
        "components": matching.components,
        "unmet": [
            {"pitch": unmet.pitch, "missing": unmet.missing, "why": unmet.why} for unmet in matching.unmet
        ],
    }


def as_table(matching: Matching) -> str:
    """The assignment as lines of text: the judges of each pitch, the loads, what is lacking."""
    readers: dict[str, list[str]] = {}
    for judge, pitch in sorted(matching.pairs):
        readers.setdefault(pitch, []).append(judge)
    loads = ", ".join(f"{judge} {load}" for judge, load in matching.loads.items())
    return "\n".join(
        [
            *(f"{pitch}: {', '.join(names)}" for pitch, names in sorted(readers.items())),
            f"Total gain {matching.total}, worst match {matching.floor}, pieces {matching.components}",
            f"Pitches of each judge: {loads}",
            *(f"{unmet.pitch}: {unmet.why}" for unmet in matching.unmet),
        ]
    )


Bad = Callable[[str, str], NoReturn]


def _parsed(text: str) -> dict[str, Any]:
    def once(entries: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(entries)
        if len(found) < len(entries):
            names = [name for name, _ in entries]
            twice = next(name for name in names if names.count(name) > 1)
            raise BadFileError(_line(text, twice), f"The entry {shown(twice)} is there twice.")
        return found

    def refuse(constant: str) -> NoReturn:
        raise BadFileError(_line(text, constant, quoted=False), f"{constant} is not a number.")

    try:
        content = json.loads(text, object_pairs_hook=once, parse_constant=refuse)
    except json.JSONDecodeError as error:
        raise BadFileError(error.lineno, f"The file is not valid JSON: {error.msg}.") from error
    except RecursionError as error:
        raise BadFileError(1, "The file is nested too deeply.") from error
    except ValueError as error:
        if isinstance(error, BadFileError):
            raise
        raise BadFileError(1, "The file has a number with too many digits.") from error
    if not isinstance(content, dict):
        raise BadFileError(1, "The file is not an object: it must begin with {.")
    return content


def _line(text: str, name: str, *, quoted: bool = True) -> int:
    """The line on which a name first stands; 1 for one that is written with escapes."""
    at = text.find(json.dumps(name, ensure_ascii=False) if quoted else name)
    return text.count("\n", 0, at) + 1 if at >= 0 else 1


def _names(value: Any, name: str, bad: Bad) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(map(_name, value)):
        bad(name, f"The {name} are not a list of names.")
    seen: set[str] = set()
    for item in value:
        if item in seen:
            bad(name, f"{shown(item)} is there twice among the {name}.")
        seen.add(item)
    return tuple(value)


def _pairs(value: Any, name: str, pitches: set[str], judges: set[str], bad: Bad) -> frozenset[Pair]:
    if not isinstance(value, list):
        bad(name, f"The entry {shown(name)} is not a list of pairs.")
    for at, pair in enumerate(value, start=1):
        if not isinstance(pair, list) or len(pair) != 2 or not all(isinstance(item, str) for item in pair):
            bad(name, f"Pair {at} of {shown(name)} is not a pitch and a judge.")
        for item, known, what in ((pair[0], pitches, "pitch"), (pair[1], judges, "judge")):
            if item not in known:
                bad(name, f"Pair {at} of {shown(name)} names {shown(item)}, which is no {what} of the file.")
    return frozenset((judge, pitch) for pitch, judge in value)


def _gain(value: Any, n_pitches: int, n_judges: int, bad: Bad) -> Gains:
    if not isinstance(value, list) or len(value) != n_pitches:
        bad("gain", f"The gain does not have {n_pitches} rows, one for each pitch.")
    for at, row in enumerate(value, start=1):
        if not isinstance(row, list) or len(row) != n_judges:
            bad("gain", f"Row {at} of the gain does not have {n_judges} numbers, one for each judge.")
        for number in row:
            if not _whole(number):
                said = number if isinstance(number, str) else json.dumps(number)
                problem = f"has {shown(said)}, which is not a whole number up to {LARGEST_GAIN}"
                bad("gain", f"Row {at} of the gain {problem}.")
    return np.array(value, dtype=np.int64).reshape(n_pitches, n_judges)


def _reviews(value: Any, pitches: tuple[str, ...], bad: Bad) -> dict[str, int]:
    name = "reviews_per_pitch"
    if isinstance(value, dict):
        lacking = next((pitch for pitch in pitches if pitch not in value), None)
        if lacking is not None:
            bad(name, f"The entry {shown(name)} lacks {shown(lacking)}.")
        return _counts(value, name, set(pitches), bad)
    if not _whole(value) or value < 1:
        bad(name, f"The entry {shown(name)} is not a whole number from 1.")
    return dict.fromkeys(pitches, value)


def _counts(value: Any, name: str, known: set[str], bad: Bad) -> dict[str, int]:
    if not isinstance(value, dict):
        bad(name, f"The entry {shown(name)} does not give names their numbers.")
    for item, number in value.items():
        if item not in known:
            bad(name, f"The entry {shown(name)} has {shown(item)}, which the file does not know.")
        if not _whole(number) or number < 0:
            bad(name, f"The number of {shown(item)} in {shown(name)} is not a whole number from 0.")
    return dict(value)


def _load(value: Any, bad: Bad) -> tuple[int, int]:
    if not isinstance(value, dict) or value.keys() != {"min", "max"}:
        bad("load", 'The load does not have a "min" and a "max", and nothing else.')
    low, high = value["min"], value["max"]
    if not _whole(low) or not _whole(high) or not 0 <= low <= high:
        bad("load", "The load is not two whole numbers from 0, the smaller first.")
    return low, high


def _name(value: Any) -> bool:
    """Text that can be written in UTF-8: JSON may hold half a character."""
    return isinstance(value, str) and value.encode(errors="ignore").decode() == value != ""


def _whole(value: Any) -> bool:
    """A whole number of a size whose sums never overflow."""
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST_GAIN
