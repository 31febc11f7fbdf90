"""The field of a price: rows of what for and how much."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wtforms import Field

from pitchfest.kernel.money import type_pounds
from pitchfest.pitches.rules.answers import Line, price_faults, read_line, write_lines

#: Lines of a price shown at first, and at most.
FEWEST_LINES = 4
MOST_LINES = 60


class LinesField(Field):
    """Rows of what for and how much; its data is the tuple of lines that say anything.

    Amounts that are none are kept as typed: they are put right before sending, not before saving. The page
    then shows `wrong`, the id of an input → what to put right there.
    """

    wrong: Mapping[str, str] = {}

    def mark(self) -> None:
        """Mark what has to be put right."""
        found = price_faults(write_lines(self.data))
        self.wrong = {f"{self.id}-{fault.part}-{fault.number}": fault.problem for fault in found}

    @property
    def has_sum(self) -> bool:
        """Whether any line that says something has an amount, or none says anything."""
        return not self.data or any(line.pence is not None for line in self.data)

    @property
    def is_partial(self) -> bool:
        """Whether the sum leaves a line out."""
        return any(line.pence is None for line in self.data)

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        self.process_errors = []
        self.data: tuple[Line, ...] = data if isinstance(data, tuple) else ()
        if formdata is None or f"{self.name}-label-1" not in formdata:
            return
        lines = []
        for number in range(1, MOST_LINES + 1):
            label, amount = (formdata.get(f"{self.name}-{part}-{number}", "") for part in ("label", "amount"))
            if (line := read_line(label[:200], amount[:40])) is not None:
                lines.append(line)
        self.data = tuple(lines)

    def rows(self, more: int = 0) -> list[tuple[int, str, str]]:
        """(number, label, amount as typed) of each row to show, some of them empty."""
        typed = [(ln.label, ln.typed if ln.pence is None else type_pounds(ln.pence)) for ln in self.data]
        wanted = min(max(FEWEST_LINES, len(typed) + 1 + more), MOST_LINES)
        typed += [("", "")] * (wanted - len(typed))
        return [(number, *row) for number, row in enumerate(typed, start=1)]
