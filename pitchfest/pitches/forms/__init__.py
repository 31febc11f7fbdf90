"""What people send about pitches."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import wtforms
from flask import current_app
from werkzeug.datastructures import FileStorage
from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    TextAreaField,
)

from pitchfest.accounts.rules import SIZE_NAMES, Size
from pitchfest.challenges.rules import IN_ROWS, KINDS, QuestionKind, QuestionRow, columns_of
from pitchfest.files.operations import inspected
from pitchfest.files.rules import LARGEST_FILE, BadFileError
from pitchfest.kernel.text import tidy_line
from pitchfest.pitches.forms.price import LinesField
from pitchfest.pitches.operations import Supplier
from pitchfest.pitches.rules.another_way import CAME_NAMES, LONGEST_TEXT, TOLD_NAMES
from pitchfest.pitches.rules.answers import (
    AGREED,
    MOST_CHARACTERS,
    parse_choices,
    parse_lines,
    write_choices,
    write_lines,
)
from pitchfest.pitches.rules.clearing import ASKED_WORDS
from pitchfest.pitches.rules.rows import MOST_CELL, MOST_ROWS, NO, YES, Rows, in_rows, parse_rows, write_rows
from pitchfest.pitches.rules.states import RIGHT_NAMES, RIGHTS
from pitchfest.pitches.rules.versions import Shown, read_shown
from pitchfest.web.access import the_actor
from pitchfest.web.forms import AtMost, Form, LineField, MomentField, MoneyField, Needed, many_lines

#: Rows of a table shown at first.
FEWEST_ROWS = 2
_COLUMNS = range(1, 6)


class StartForm(Form):
    """For which of their organisations a person starts a pitch."""

    organisation = RadioField("Which organisation is this pitch from?", coerce=int, validate_choice=False)


class AnswerForm(Form):
    """One answer. `parent` is the version that the person's page showed, `beside` the one written
    beside it that they are choosing from.
    """

    answer: Any
    parent = HiddenField()
    beside = HiddenField()

    @property
    def shown(self) -> Shown | None:
        """The version that the page was opened on, None where there was none."""
        return read_shown(self.parent.data or "")

    @property
    def settles(self) -> int | None:
        """The version that the page let them choose from, None where there was none."""
        text = self.beside.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None

    @property
    def text(self) -> str:
        """The answer as it is stored."""
        return stored(self.answer)

    @property
    def wrong(self) -> Mapping[str, str]:
        """Of a price, the id of an input → what to put right there; nothing of other answers."""
        return getattr(self.answer, "wrong", {})


class TextForm(AnswerForm):
    answer = TextAreaField("", [AtMost(MOST_CHARACTERS)], filters=[many_lines])


class ChoiceForm(AnswerForm):
    answer = RadioField("", validate_choice=False)


class ReceivedFile(wtforms.FileField):
    """A file as a supplier sent it: its data is the bytes, once they are what the name says."""

    data: bytes | None
    named = ""
    media_type = ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        sent = [file for file in valuelist if isinstance(file, FileStorage) and file.filename]
        if not sent:
            return
        self.named = tidy_line((sent[0].filename or "").replace("\\", "/").rpartition("/")[2])[-150:]
        data = sent[0].stream.read(LARGEST_FILE + 1)
        scanner = current_app.config.get("CLAMD", "")
        try:
            self.media_type = inspected(self.named, data, scanner=scanner, by=the_actor().person_id)
        except BadFileError as error:
            raise ValueError(str(error)) from error
        self.data = data


class FileForm(AnswerForm):
    answer = ReceivedFile("")


class MoneyForm(AnswerForm):
    answer = LinesField("")


class ChoicesForm(AnswerForm):
    answer = SelectMultipleField("", validate_choice=False)


class RowsField(Field):
    """A yes or no where the question begins with one, and rows of cells; its data is `Rows`."""

    heads: tuple[str, ...] = ()
    gate = ""

    @property
    def first_id(self) -> str:
        """The first input, to which an error leads."""
        return f"{self.id}-gate" if self.gate else f"{self.id}-1-1"

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        self.process_errors = []
        self.data: Rows = data if isinstance(data, Rows) else Rows("", ())
        if formdata is None or not any(name.startswith(f"{self.name}-") for name in formdata):
            return
        said = formdata.get(f"{self.name}-gate", "")
        rows = [
            tuple(
                tidy_line(formdata.get(f"{self.name}-{row}-{column}", ""))[:MOST_CELL] for column in _COLUMNS
            )
            for row in range(1, MOST_ROWS + 1)
        ]
        self.data = in_rows(said if said in (YES, NO) else "", tuple(row for row in rows if any(row)))

    def cut(self) -> Rows:
        """The data with as many cells a row as the table has columns."""
        rows = tuple(row[: len(self.heads)] for row in self.data.written)
        return in_rows(self.data.gate if self.gate else "", tuple(row for row in rows if any(row)))

    def table(self, more: int = 0) -> list[tuple[int, list[tuple[int, str, str]]]]:
        """(number, cells as (column, heading, typed)) of each row to show, the last ones empty."""
        filled = [list(row) for row in self.data.written]
        wanted = min(max(FEWEST_ROWS, len(filled) + 1 + more), MOST_ROWS)
        filled += [[""] * len(self.heads)] * (wanted - len(filled))
        return [
            (
                number,
                [(n, head, cell) for n, (head, cell) in enumerate(zip(self.heads, row, strict=False), 1)],
            )
            for number, row in enumerate(filled, start=1)
        ]


class RowsForm(AnswerForm):
    answer = RowsField("")


class DeclarationForm(AnswerForm):
    answer = BooleanField("")


#: Kind → how its stored text becomes what its field shows; text itself for the others.
_READ: dict[QuestionKind, Callable[[str], Any]] = {
    QuestionKind.MONEY: parse_lines,
    QuestionKind.CHECKBOXES: parse_choices,
    QuestionKind.DECLARATION: lambda text: text == AGREED,
} | dict.fromkeys(IN_ROWS, parse_rows)
_FORMS: dict[QuestionKind, type[AnswerForm]] = {
    QuestionKind.TEXT: TextForm,
    QuestionKind.RADIOS: ChoiceForm,
    QuestionKind.CHECKBOXES: ChoicesForm,
    QuestionKind.MONEY: MoneyForm,
    QuestionKind.FILE: FileForm,
    QuestionKind.DECLARATION: DeclarationForm,
} | dict.fromkeys(IN_ROWS, RowsForm)


#: Field → what it holds, as answers are stored. A file is kept on its own, and no text of its form.
_STORED: dict[type[Field], Callable[[Any], str]] = {
    LinesField: lambda field: write_lines(field.data),
    SelectMultipleField: lambda field: write_choices([c[:MOST_CELL] for c in field.data or ()][:MOST_ROWS]),
    RowsField: lambda field: write_rows(field.cut()),
    BooleanField: lambda field: AGREED if field.data else "",
    ReceivedFile: lambda _field: "",
}


def stored(field: Field) -> str:
    """What a field of one answer holds, as answers are stored."""
    return _STORED[type(field)](field) if type(field) in _STORED else field.data or ""


def answer_form(question: QuestionRow, text: str = "", shown: Shown | None = None) -> AnswerForm:
    """The form for one question, filled in with what was saved unless something was sent."""
    stored = _READ[question.kind](text) if question.kind in _READ else text
    form = _FORMS[question.kind](answer=stored, parent=str(shown or ""))
    _fit(form.answer, question)
    return form


def _fit(field: Any, question: QuestionRow) -> None:
    """Give a field what its question says: its words, its options, its columns."""
    field.label.text = question.ask
    if question.kind in (QuestionKind.RADIOS, QuestionKind.CHECKBOXES):
        field.choices = {option: option for option in question.options}
    if question.kind in IN_ROWS:
        field.heads = columns_of(question.kind, question.options)
        field.gate = KINDS[question.kind].gate


class SendForm(Form):
    """The declaration before sending."""

    declared = BooleanField(
        "I may send this pitch for my organisation, and what it says is true as far as we know.",
    )
    link_only = BooleanField("Leave our words out of the email: send a link to them only.")
    read_back = BooleanField("I have read it back to the supplier, and they agreed to send it.")

    def ask_assistant(self) -> None:
        """Word the declaration for whoever types a pitch for a supplier."""
        self.declared.label.text = "The supplier says that what is in it is true as far as they know."


class FindingForm(Form):
    """Whether a pitch may be judged."""

    eligible = RadioField(
        "Does this pitch meet that?",
        [Needed("Choose whether this pitch can take part")],
        choices={"yes": "Yes, it is eligible", "no": "No, it is not eligible"},
    )
    reason = TextAreaField("Why", [AtMost(4_000)], filters=[many_lines])


class TurnForm(Form):
    """Why a pitch is to be found otherwise than before."""

    reason = TextAreaField(
        "Why does this change?",
        [Needed("Give the reason"), AtMost(4_000)],
        filters=[many_lines],
        description="It takes the place of the reason before. The supplier reads it with the letters. "
        "Write at least 5 words.",
    )


class RequestForm(Form):
    """What staff ask, once, about an opened pitch."""

    asked = TextAreaField(
        "What do you need to know?",
        [Needed("Say what you need to know"), AtMost(2_000)],
        filters=[many_lines],
        description="A question of fact, which the supplier reads as you write it. "
        f"Write at least {ASKED_WORDS} words.",
    )
    questions = SelectMultipleField(
        "Which answers is it about?",
        [Needed("Choose at least one answer that it is about")],
        coerce=int,
        validate_choice=False,
        description="The supplier can change these and no others. The price and files cannot be changed.",
    )
    until = MomentField(
        "Until when can they answer?",
        [Needed("Enter the day and the time until which they can answer")],
        description="On a working day from tomorrow on, at most 10 working days ahead.",
    )


def clarification_form(questions: Sequence[QuestionRow], texts: Mapping[int, str], version: int) -> Form:
    """The unlocked answers, filled in with what is kept of them unless something was sent."""
    fields = {f"answer_{question.position}": _UNLOCKED[question.kind]() for question in questions}
    values = {
        f"answer_{q.position}": _READ[q.kind](texts.get(q.id, "")) if q.kind in _READ else texts.get(q.id, "")
        for q in questions
    }
    form: Form = type("ClarificationForm", (Form,), fields)(version=version, **values)
    for question in questions:
        _fit(form[f"answer_{question.position}"], question)
    return form


#: Kind → the field that an unlocked answer is changed in. Neither the price nor a file can be unlocked.
_UNLOCKED: dict[QuestionKind, Callable[[], Field]] = {
    QuestionKind.TEXT: lambda: TextAreaField("", [AtMost(MOST_CHARACTERS)], filters=[many_lines]),
    QuestionKind.RADIOS: lambda: RadioField("", validate_choice=False),
    QuestionKind.CHECKBOXES: lambda: SelectMultipleField("", validate_choice=False),
    QuestionKind.DECLARATION: lambda: BooleanField(""),
} | dict.fromkeys(IN_ROWS, lambda: RowsField(""))


def _right() -> RadioField:
    """The last field of each form below, since errors are listed in the order of fields."""
    return RadioField(
        "What they can do",
        [Needed("Choose what they can do")],
        choices={right.value: RIGHT_NAMES[right] for right in RIGHTS},
    )


class ChangeRightForm(Form):
    """What somebody of the team may do from now on."""

    right = _right()


class RightForm(Form):
    """Someone of the organisation, and what they may do with the pitch."""

    person = SelectField("Who", coerce=int, validate_choice=False)
    right = _right()


class InviteForm(Form):
    """Somebody to invite by e-mail."""

    email = LineField(
        "Their email address",
        [Needed("Enter their email address"), AtMost(300)],
        description="Someone of your organisation or of another. They say yes with an account for it.",
    )
    right = _right()


class SupplierForm(Form):
    """A supplier without an account, and where its letter goes."""

    name = LineField(
        "Name of the supplier",
        [Needed("Enter the name of the supplier"), AtMost(160)],
        description="If they work for themselves, the name they trade under.",
    )
    place = LineField("Town or city", [Needed("Enter the town or city they work from"), AtMost(120)])
    size = SelectField("How many people work there", [Needed("Choose a size")])
    number = LineField(
        "Company or charity number", [AtMost(60)], description="Leave this empty if they have none."
    )
    contact = TextAreaField(
        "How to reach them with the decision",
        [Needed("Enter a postal address or a phone number"), AtMost(500)],
        filters=[many_lines],
        description="A postal address or a phone number. Their letter goes there. "
        "Nobody sees this before the letters go out.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.size.choices = [
            ("", "Choose a size"),
            *((size.value, name) for size, name in SIZE_NAMES.items()),
        ]

    @property
    def supplier(self) -> Supplier:
        """What was entered, once it is valid."""
        return Supplier(
            name=self.name.data,
            size=Size(self.size.data),
            place=self.place.data,
            number=self.number.data or "",
            contact=self.contact.data or "",
        )


class AssistForm(SupplierForm):
    """A supplier who cannot use the form."""

    told_by = RadioField(
        "How they send it",
        [Needed("Choose how they send it")],
        choices={way.value: name for way, name in TOLD_NAMES.items()},
    )
    declared = BooleanField(
        "I am not on the panel. I tell nobody what is in it until the pitches are opened."
    )


class BringForm(SupplierForm):
    """A pitch that was received elsewhere: one file, or one text."""

    came_by = RadioField(
        "Where it was received",
        [Needed("Choose where it was received")],
        choices={way.value: name for way, name in CAME_NAMES.items()},
    )
    received_at = MomentField(
        "When it was received",
        [Needed("Enter the day and the time when it was received")],
        description="As the portal, the email or the stamp on the paper says.",
    )
    file = ReceivedFile(
        "The file that came",
        description="PDF, Word (DOCX), OpenDocument (ODT), plain text, PNG or JPEG, at most 10 MB. "
        "If there are several, put them into one PDF.",
    )
    text = TextAreaField("Or paste its text", [AtMost(LONGEST_TEXT)], filters=[many_lines])
    price = MoneyField("The price in the pitch, in pounds and including VAT")
