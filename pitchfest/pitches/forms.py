"""What people send about pitches."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, Field, HiddenField, RadioField, SelectField, TextAreaField

from pitchfest.challenges.rules import QuestionKind, QuestionRow
from pitchfest.kernel.money import type_pounds
from pitchfest.pitches.rules.answers import MOST_CHARACTERS, Line, parse_lines, read_line, write_lines
from pitchfest.pitches.rules.states import RIGHT_NAMES, RIGHTS
from pitchfest.web.forms import AtMost, Form, Needed, many_lines

#: Lines of a price shown at first, and at most.
FEWEST_LINES = 4
MOST_LINES = 60


class StartForm(Form):
    """For which of their organisations a person starts a pitch."""

    organisation = RadioField("Which organisation is this pitch from?", coerce=int, validate_choice=False)


class AnswerForm(Form):
    """One answer. `parent` is the version that the person's page showed."""

    answer: Any
    parent = HiddenField()

    @property
    def parent_id(self) -> int | None:
        """The version that the page was opened on, None where there was none."""
        text = self.parent.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None

    @property
    def text(self) -> str:
        """The answer as it is stored."""
        return self.answer.data or ""


class TextForm(AnswerForm):
    answer = TextAreaField("", [AtMost(MOST_CHARACTERS)], filters=[many_lines])


class ChoiceForm(AnswerForm):
    answer = RadioField("", validate_choice=False)


class LinesField(Field):
    """Rows of what for and how much; its data is the tuple of lines that say anything.

    Amounts that are none are kept as typed: they are put right before sending, not before saving.
    """

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


class MoneyForm(AnswerForm):
    answer = LinesField("")

    @property
    def text(self) -> str:
        """The lines as they are stored."""
        return write_lines(self.answer.data)


_FORMS: dict[QuestionKind, type[AnswerForm]] = {
    QuestionKind.TEXT: TextForm,
    QuestionKind.RADIOS: ChoiceForm,
    QuestionKind.MONEY: MoneyForm,
}


def answer_form(question: QuestionRow, text: str = "", parent_id: int | None = None) -> AnswerForm:
    """The form for one question, filled in with what was saved unless something was sent."""
    data: Any = parse_lines(text) if question.kind == QuestionKind.MONEY else text
    form = _FORMS[question.kind](answer=data, parent=str(parent_id or ""))
    form.answer.label.text = question.ask
    if question.kind == QuestionKind.RADIOS:
        form.answer.choices = {option: option for option in question.options}
    return form


class SendForm(Form):
    """The declaration before sending."""

    declared = BooleanField(
        "I may send this pitch for my organisation, and what it says is true as far as we know.",
    )


class FindingForm(Form):
    """Whether a pitch may be judged."""

    eligible = RadioField(
        "Can this pitch take part?",
        [Needed("Choose whether this pitch can take part")],
        choices={"yes": "Yes, it is eligible", "no": "No, it is not eligible"},
    )
    reason = TextAreaField("Why", [AtMost(4_000)], filters=[many_lines])


class RightForm(Form):
    """Someone of the organisation, and what they may do with the pitch."""

    person = SelectField("Who", coerce=int, validate_choice=False)
    right = RadioField(
        "What they can do",
        [Needed("Choose what they can do")],
        choices={right.value: RIGHT_NAMES[right] for right in RIGHTS},
    )


class TakeForm(Form):
    """Someone whose right on the pitch is to end."""

    person = HiddenField()

    @property
    def person_id(self) -> int:
        """Whose right it is; 0 for anything that is no person."""
        text = self.person.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
