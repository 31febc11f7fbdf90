"""What people send about pitches."""

from __future__ import annotations

from typing import Any

import wtforms
from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, Field, HiddenField, RadioField, SelectField, TextAreaField

from pitchfest.accounts.rules import SIZE_NAMES, Size
from pitchfest.challenges.rules import QuestionKind, QuestionRow
from pitchfest.kernel.money import type_pounds
from pitchfest.kernel.text import tidy_line
from pitchfest.pitches.operations import Supplier
from pitchfest.pitches.rules.another_way import CAME_NAMES, LONGEST_TEXT, TOLD_NAMES
from pitchfest.pitches.rules.answers import MOST_CHARACTERS, Line, parse_lines, read_line, write_lines
from pitchfest.pitches.rules.states import RIGHT_NAMES, RIGHTS
from pitchfest.pitches.rules.uploads import LARGEST_FILE, BadFileError, media_type_of
from pitchfest.web.forms import AtMost, Form, LineField, MomentField, MoneyField, Needed, many_lines

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
    link_only = BooleanField("Leave our words out of the email: send a link to them only.")
    read_back = BooleanField("I have read it back to the supplier, and they agreed to send it.")

    def ask_assistant(self) -> None:
        """Word the declaration for whoever types a pitch for a supplier."""
        self.declared.label.text = "The supplier says that what is in it is true as far as they know."


class FindingForm(Form):
    """Whether a pitch may be judged."""

    eligible = RadioField(
        "Can this pitch take part?",
        [Needed("Choose whether this pitch can take part")],
        choices={"yes": "Yes, it is eligible", "no": "No, it is not eligible"},
    )
    reason = TextAreaField("Why", [AtMost(4_000)], filters=[many_lines])


class ChangeRightForm(Form):
    """What somebody of the team may do from now on."""

    right = RadioField(
        "What they can do",
        [Needed("Choose what they can do")],
        choices={right.value: RIGHT_NAMES[right] for right in RIGHTS},
    )


class RightForm(ChangeRightForm):
    """Someone of the organisation, and what they may do with the pitch."""

    person = SelectField("Who", coerce=int, validate_choice=False)


class InviteForm(ChangeRightForm):
    """Somebody to invite by e-mail."""

    email = LineField(
        "Their email address",
        [Needed("Enter their email address"), AtMost(300)],
        description="Someone of your organisation or of another. They say yes with an account for it.",
    )


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
        try:
            self.media_type = media_type_of(self.named, data)
        except BadFileError as error:
            raise ValueError(str(error)) from error
        self.data = data


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
        description="PDF, Word (DOCX), OpenDocument (ODT), plain text, PNG or JPEG, at most 7 MB. "
        "If there are several, put them into one PDF.",
    )
    text = TextAreaField("Or paste its text", [AtMost(LONGEST_TEXT)], filters=[many_lines])
    price = MoneyField("The price in the pitch, in pounds and including VAT")
