"""Forms: the base class, fields with plain words, and `saving`, which turns refusals into errors."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, NamedTuple

from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import StopValidation, ValidationError

from pitchfest.db import Write, transaction
from pitchfest.kernel.clock import LONDON, exists_in_london, from_london, happens_twice_in_london
from pitchfest.kernel.errors import RuleViolation
from pitchfest.kernel.money import MOST_PENCE, parse_pounds, type_pounds
from pitchfest.kernel.text import count_words, tidy, tidy_line
from pitchfest.web import kept
from pitchfest.web.requests import started

UNANSWERED = "Choose one of the answers"
#: What WTForms says → what we say.
_WORDS = {
    "Not a valid choice.": UNANSWERED,
    "Invalid Choice: could not coerce.": UNANSWERED,
    "'%(value)s' is not a valid choice for this field.": "Choose from the answers on the page",
    "Invalid choice(s): one or more data inputs could not be coerced.": "Choose from the answers on the page",
    "Not a valid integer value.": "Enter a whole number, like 20",
}


class _PlainWords:
    """Translations, as WTForms asks for them: its English into ours."""

    def gettext(self, text: str) -> str:
        return _WORDS.get(text, text)

    def ngettext(self, one: str, many: str, count: int) -> str:
        return _WORDS.get(one, one if count == 1 else many)


_PLAIN = _PlainWords()


class Form(FlaskForm):
    """Base of every form: CSRF token, one-use form token, and the version it was opened on.

    Where the page's address names a form that was kept, it is filled in as it was sent.
    """

    class Meta(FlaskForm.Meta):
        """Where the values come from, and the words of WTForms’ own errors."""

        def get_translations(self, form: Any) -> Any:
            """Plain words for what no validator of ours says."""
            return _PLAIN

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """What was sent; else what was kept of this form, if the address asks for it."""
            found = super().wrap_formdata(form, formdata)
            return kept.filled_again(form) if found is None else found

    form_token = HiddenField(default=lambda: secrets.token_urlsafe(16))
    version = HiddenField()

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """As ever; where no answer was chosen, the error names the question."""
        right = bool(super().validate(*args, **kwargs))
        for field in self:
            if isinstance(field, ReasonField) and not right and not field.errors and field.is_short:
                field.errors = [field.error]
            if UNANSWERED in field.errors and field.label.text:
                field.errors = [f"Choose an answer to “{field.label.text}”"]
        self._tell_apart()
        return right

    def _tell_apart(self) -> None:
        """Where several fields have the same error, each names its own: the summary lists them together."""
        first = {
            field: field.errors[0] for field in self if field.errors and isinstance(field.errors[0], str)
        }
        often = Counter(first.values())
        for field, message in first.items():
            if often[message] > 1:
                field.errors = [naming(field, message), *field.errors[1:]]

    @property
    def expected_version(self) -> int | None:
        """The version of the object that the person saw, or None when the form carries none."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None

    def add_problems(self, violation: RuleViolation) -> None:
        """Put each problem of a refusal at its field; those without one at the form's top."""
        for problem in violation.problems:
            field = self._fields.get(problem.field)
            if field is None:
                self.form_errors.append(problem.message)
            else:
                field.errors = [*field.errors, problem.message]
        self._tell_apart()


@dataclass
class Saved:
    """Whether a write happened, and where to go then."""

    done: bool = False
    redirect: str = ""

    def __bool__(self) -> bool:
        return self.done


@contextmanager
def saving(form: Form, then: str | None = None) -> Iterator[_Saving]:
    """A transaction whose refusals become errors of `form`, so that it is shown again as typed.

    `then` is the redirect; the block may set another as `.redirect` on what it receives.
    """
    outcome = _Saving(redirect=then or "")
    try:
        with transaction(started(), redirect=then) as write:
            outcome.write = write
            yield outcome
            write.redirect = outcome.redirect or None
        outcome.done = True
    except RuleViolation as violation:
        form.add_problems(violation)


@dataclass
class _Saving(Saved):
    write: Write | None = None


def one_line(value: str | None) -> str:
    """Filter for fields that hold one line."""
    return tidy_line(value or "")


def many_lines(value: str | None) -> str:
    """Filter for fields that hold a text."""
    return tidy(value or "")


class LineField(StringField):
    """One line of text."""

    data: str

    def __init__(self, label: str, validators: Sequence[Any] = (), **kwargs: Any) -> None:
        super().__init__(label, list(validators), filters=[one_line], **kwargs)


class ReasonField(TextAreaField):
    """A reason in at least so many words, which its hint says.

    The operation refuses a shorter one together with whatever else it finds. Where the form is refused before
    that, the form says it, so that all errors are told at once.
    """

    def __init__(self, label: str, description: str, *, least: int, error: str, **kwargs: Any) -> None:
        hint = f"{description} Write at least {least} words."
        super().__init__(label, [AtMost(1_000)], filters=[many_lines], description=hint, **kwargs)
        self.least, self.error = least, error

    @property
    def is_short(self) -> bool:
        """Whether it has fewer words than it needs."""
        return count_words(self.data or "") < self.least


def naming(field: Field, message: str) -> str:
    """The message with the name of its field before it, as far as the field has one."""
    name = field.label.text
    if not name or not message or message.startswith("“"):
        return message
    goes_on = message if message[1:2].isupper() else message[0].lower() + message[1:]
    return f"“{name}”: {goes_on}"


class SaysWhich(Field):
    """For fields that read what was typed: what could not be read is an error that names the field."""

    def pre_validate(self, form: Any) -> None:
        super().pre_validate(form)
        self.errors = [naming(self, message) for message in self.errors]


class WholeNumberField(SaysWhich, IntegerField):
    """A whole number, with an error a person understands."""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = (valuelist[0] if valuelist else "").strip()
        self.data = None
        if not text:
            return
        if not text.isascii() or not text.removeprefix("-").isdigit() or len(text) > 9:
            raise ValueError("Enter a whole number, like 20")
        self.data = int(text)


class MoneyField(SaysWhich):
    """Pounds as typed, integer pence as data, at most `most`; the text stays as typed when it is wrong."""

    def __init__(self, *args: Any, most: int = MOST_PENCE, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.most = most

    def process_formdata(self, valuelist: list[str]) -> None:
        text = (valuelist[0] if valuelist else "").strip()
        self.data = parse_pounds(text, self.most) if text else None

    def _value(self) -> str:
        return self.raw_data[0] if self.raw_data else type_pounds(self.data)


class Part(NamedTuple):
    """One of the inputs of a date: its name, label, value and width in characters."""

    name: str
    label: str
    value: str
    width: int


class DayField(SaysWhich):
    """A day as three inputs; its data is a `date` or None."""

    suffixes: tuple[tuple[str, str, int], ...] = (
        ("day", "Day", 2),
        ("month", "Month", 2),
        ("year", "Year", 4),
    )

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        self.process_errors = []
        default = self.default() if callable(self.default) else self.default
        self.data = data if isinstance(data, (date, datetime)) else default
        self.typed: list[str] | None = None
        names = [f"{self.name}-{suffix}" for suffix, _, _ in self.suffixes]
        if formdata is not None and any(name in formdata for name in names):
            self.typed = [formdata.get(name, "").strip() for name in names]
            self.raw_data = self.typed
            try:
                # What was left as it stood stays to the second, also where nobody could type it anew.
                if self.typed != self._spelt():
                    self.data = self._parse(self.typed) if any(self.typed) else None
            except ValueError as error:
                self.data = None
                self.process_errors.append(str(error))

    @property
    def parts(self) -> list[Part]:
        """The inputs, with what was typed or the present value."""
        values = self.typed or self._spelt()
        return [
            Part(f"{self.name}-{s}", label, v, w)
            for (s, label, w), v in zip(self.suffixes, values, strict=True)
        ]

    def _spelt(self) -> list[str]:
        day = self.data
        return [str(day.day), str(day.month), str(day.year)] if day else ["", "", ""]

    def _parse(self, typed: list[str]) -> date | datetime:
        return _read_day(typed)


class MomentField(DayField):
    """A day and a London time of day; its data is a UTC `datetime` or None."""

    suffixes = (*DayField.suffixes, ("time", "Time", 5))

    def _spelt(self) -> list[str]:
        if not self.data:
            return ["", "", "", ""]
        local = self.data.astimezone(LONDON)
        return [str(local.day), str(local.month), str(local.year), f"{local:%H:%M}"]

    def _parse(self, typed: list[str]) -> datetime:
        day, at = _read_day(typed[:3]), _read_time(typed[3])
        if not exists_in_london(day, at):
            raise ValueError("That time does not happen: the clocks go forward that night. Enter another")
        if happens_twice_in_london(day, at):
            raise ValueError(
                "That time happens twice: the clocks go back that night. Enter one before 1am, or from 2am on"
            )
        return from_london(day, at)


def _read_day(typed: list[str]) -> date:
    try:
        if not all(t.isascii() and t.isdigit() for t in typed) or len(typed[2]) != 4:
            raise ValueError
        return date(int(typed[2]), int(typed[1]), int(typed[0]))
    except (ValueError, OverflowError):  # the second where a number is beyond all numbers of the machine
        raise ValueError("Enter a real date, like 11 12 2026") from None


def _read_time(typed: str) -> time:
    text = typed.lower().replace(" ", "").replace(".", ":")
    shift = 0
    if text.endswith(("am", "pm")):
        shift, text = (12 if text.endswith("pm") else 0), text[:-2]
        if text.split(":")[0] == "12":
            shift -= 12
    hours, _, minutes = text.partition(":")
    try:
        if not (
            hours.isascii() and hours.isdigit() and (minutes or "0").isascii() and (minutes or "0").isdigit()
        ):
            raise ValueError
        return time(int(hours) + shift, int(minutes or 0))
    except (ValueError, OverflowError):
        raise ValueError("Enter a time, like 11am or 16:30") from None


class Needed:
    """The field may not be empty, nor a box unticked; the message says what to enter."""

    field_flags: dict[str, Any] = {}

    def __init__(self, message: str) -> None:
        self.message = message

    def __call__(self, form: Any, field: Any) -> None:
        if field.errors or field.process_errors:
            return
        said = field.data
        if said is None or said is False or said == [] or (isinstance(said, str) and not said.strip()):
            raise ValidationError(self.message)


class AtMost:
    """At most so many characters: a bound against floods, far above what anyone needs. No validator
    after it sees what is longer.
    """

    field_flags: dict[str, Any] = {}

    def __init__(self, characters: int) -> None:
        self.characters = characters

    def __call__(self, form: Any, field: Any) -> None:
        over = len(field.data or "") - self.characters
        if over > 0:
            raise StopValidation(
                f"“{field.label.text}” is {over:,} characters too long. "
                f"Keep it to {self.characters:,} or fewer"
            )
