"""Abilities from the text of a CSV file with the columns judge, a, b, result and count."""

from __future__ import annotations

from typing import Any

from pitchfest.judging.rules.csv_rows import BadFileError, printable, rows, shown
from pitchfest.judging.rules.pairwise import PRIOR_VARIANCE, Abilities, Comparison, UndeterminedError, fit
from pitchfest.judging.rules.rank_file import number

COLUMNS = ("judge", "a", "b", "result", "count")
LARGEST_COUNT = 1_000_000


def read(text: str) -> list[tuple[int, Comparison]]:
    """Each comparison with its line; the judge may be empty. Raises BadFileError for a line without sense."""
    found = []
    for line, row in rows(text, COLUMNS, may_be_empty=("judge",)):
        if row["a"] == row["b"]:
            raise BadFileError(line, f"{shown(row['a'])} is compared with itself.")
        result, count = (_number(line, name, row[name]) for name in ("result", "count"))
        if result not in (0, 0.5, 1):
            raise BadFileError(
                line, f"The result {shown(row['result'])} is not 1 (a wins), 0 (b wins) or 0.5."
            )
        if count % 1 or not 1 <= count <= LARGEST_COUNT:
            what = f"a whole number from 1 to {LARGEST_COUNT}"
            raise BadFileError(line, f"The count {shown(row['count'])} is not {what}.")
        found.append((line, Comparison(row["judge"], row["a"], row["b"], result, int(count))))
    return found


def abilities(text: str, *, prior: bool, reference: str | None = None) -> Abilities:
    """The abilities that a file gives, under the usual prior or without one.

    Raises BadFileError as `read`, for a reference that was not compared, and where maximum likelihood has no
    finite estimate: the line is then the first that names an item the file does not place.
    """
    found = read(text)
    first: dict[str, int] = {}
    for line, each in found:
        first.setdefault(each.a, line)
        first.setdefault(each.b, line)
    if reference is not None and reference not in first:
        raise BadFileError(1, f"{shown(reference)} is not compared in the file.")
    try:
        return fit(
            [each for _, each in found],
            prior_variance=PRIOR_VARIANCE if prior else None,
            reference=reference,
        )
    except UndeterminedError as error:
        line = min(first[item] for item in error.items)
        raise BadFileError(line, f"{printable(str(error))} Abilities need a prior then.") from error


def as_json(found: Abilities) -> dict[str, Any]:
    """The abilities as values for JSON, in order of name."""
    return {
        "abilities": [
            {"id": item, "ability": float(ability), "se": float(se)}
            for item, ability, se in zip(found.items, found.ability, found.se, strict=True)
        ],
        "reference": found.reference,
    }


def as_table(found: Abilities) -> str:
    """The abilities as lines of text, best first."""
    ordered = sorted(zip(-found.ability, found.items, found.se, strict=True))
    width = max(len(printable(item)) for item in (*found.items, "Item"))
    return "\n".join(
        [
            f"{'Item':{width}}  Ability   s.e.",
            *(f"{printable(item):{width}}  {-low:7.3f}  {se:5.3f}" for low, item, se in ordered),
        ]
    )


def _number(line: int, name: str, text: str) -> float:
    try:
        return float(number(text))
    except ValueError:
        raise BadFileError(line, f"The {name} {shown(text)} is not a number.") from None
