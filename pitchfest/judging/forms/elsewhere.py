"""The file of scores that were given elsewhere, and what its columns are."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import BooleanField, SelectField

from pitchfest.judging.forms.offline import SheetFile
from pitchfest.judging.rules.elsewhere import TITLE, Row
from pitchfest.web.forms import Form, Needed

_LONGEST_EXAMPLE = 60


class ScoresFile(SheetFile):
    """A spreadsheet with scores; of a workbook its sheet of scores is read, or its first."""

    title = TITLE


class BringForm(Form):
    """The file itself."""

    file = ScoresFile(
        "The file with the scores",
        [Needed("Choose the file with the scores")],
        description="Excel (XLSX) or CSV, at most 10 MB and 5,000 rows. The first row holds the headings.",
    )


class ProposeForm(Form):
    """Putting it forward, with the choice to leave out what is not right."""

    leave_out = BooleanField("Leave out everything that is not right, and bring only the whole scorecards")


def columns_form(rows: Sequence[Row], choices: dict[str, str], meanings: Sequence[str], file_id: int) -> Form:
    """A question for each column of a file: what it is. Its fields are called `column-0` and so on."""
    fields = {
        f"column-{place}": SelectField(
            _label(head, place), choices=choices, description=_example(rows, place)
        )
        for place, head in enumerate(rows[0])
    }
    of_file: type[Form] = type("ColumnsForm", (Form,), fields)
    said = {f"column-{place}": means for place, means in enumerate(meanings)}
    return of_file(data={**said, "version": file_id})


def said_in(form: Form) -> list[str]:
    """What each column was said to be."""
    return [field.data for field in form if field.name.startswith("column-")]


def _label(head: str | None, place: int) -> str:
    words = " ".join((head or "").split())[:_LONGEST_EXAMPLE]
    return words or f"Column {place + 1}, which has no heading"


def _example(rows: Sequence[Row], place: int) -> str:
    cells = (" ".join((row[place] or "").split()) for row in rows[1:] if place < len(row))
    found = next(filter(None, cells), "")
    cut = found if len(found) <= _LONGEST_EXAMPLE else found[: _LONGEST_EXAMPLE - 1] + "…"
    return f"For example: {cut}" if cut else "The column is empty."
