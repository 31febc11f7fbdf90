"""The shape of what administrators and the help desk type."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import wtforms
from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, FieldList, FormField, SelectField, SelectMultipleField, TextAreaField
from wtforms.validators import ValidationError

from pitchfest.accounts.forms import EmailField, whole_address
from pitchfest.accounts.operations import Invitee
from pitchfest.accounts.rules.colour import colour_problem, tidy_colour
from pitchfest.accounts.rules.two_step import LONGEST_REASON
from pitchfest.files.rules.pictures import LARGEST_LOGO, BadPictureError, clean_logo
from pitchfest.kernel.actor import ROLE_NAMES, Role
from pitchfest.kernel.errors import RuleViolation
from pitchfest.web.forms import AtMost, DayField, Form, LineField, Needed, many_lines

LONGEST_TEXT = 20_000
#: A telephone number has at least so many digits.
FEWEST_DIGITS = 5
#: How many people the page asks for at once.
TEAM_ROWS = 3


class RoleForm(Form):
    """A role to give, of those not `held` already."""

    role = SelectField("Role", [Needed("Choose a role")])

    def __init__(self, *args: Any, held: Collection[Role] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.role.choices = [
            ("", "Choose a role"),
            *((role.value, name) for role, name in ROLE_NAMES.items() if role not in held),
        ]


class StandInForm(Form):
    """Who holds which role of a person who is away, and on which days.

    `roles` are the person's own; `colleagues` are (id, name) of those who may stand in.
    """

    stand_in_role = SelectField("Role", [Needed("Choose a role")])
    who = SelectField("Who stands in", [Needed("Choose who stands in")])
    first_day = DayField("First day", [Needed("Enter the first day")])
    last_day = DayField("Last day", [Needed("Enter the last day")])

    def __init__(
        self,
        *args: Any,
        roles: Collection[Role] = (),
        colleagues: Collection[tuple[int, str]] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.stand_in_role.choices = [
            ("", "Choose a role"),
            *((role.value, name) for role, name in ROLE_NAMES.items() if role in roles),
        ]
        self.who.choices = [("", "Choose a colleague"), *((str(i), name) for i, name in colleagues)]


class ResetTwoStepForm(Form):
    """Why somebody's second step of signing in is to be taken away."""

    reason = TextAreaField(
        "Why, and how you know that it is them",
        [AtMost(LONGEST_REASON)],
        filters=[many_lines],
        description="Like: she lost her phone and came to my desk. The second administrator reads this.",
    )


class InviteForm(RoleForm):
    name = LineField("Their name", [Needed("Enter the person’s name"), AtMost(120)])
    email = EmailField("Their email address", [AtMost(300), whole_address])


class CodeForm(Form):
    code = LineField(
        "The code that they read out", [Needed("Enter the code"), AtMost(40)], description="Like 7K2Q M4XR."
    )


# Setting up


def telephone(_form: Any, field: Any) -> None:
    """The field holds a number that one can call; words such as “option 2” may stand beside it."""
    if sum(char.isascii() and char.isdigit() for char in field.data or "") < FEWEST_DIGITS:
        raise ValidationError("Enter a telephone number, like 01632 960 001")


class RegionForm(Form):
    name = LineField(
        "Name of the region",
        [Needed("Enter the name of your region"), AtMost(120)],
        description="It stands at the top of every page, like Calderwick City Region.",
    )
    authority = LineField(
        "Name of the authority",
        [Needed("Enter the name of your authority"), AtMost(160)],
        description="Who runs the challenges and signs the letters, in full.",
    )
    unit = LineField(
        "Your team",
        [Needed("Enter the name of your team"), AtMost(120)],
        description="Who answers when somebody calls, like Innovation Unit.",
    )
    email = EmailField(
        "Email address for questions",
        [AtMost(300), whole_address],
        description="A mailbox that people read. It stands at the foot of every page.",
    )
    phone = LineField(
        "Telephone number for questions", [Needed("Enter a telephone number"), AtMost(40), telephone]
    )


class ColourField(LineField):
    """A colour, as `#rrggbb`."""

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        self.data = tidy_colour(self.data or "")


def readable_colour(_form: Any, field: Any) -> None:
    """White words can be read on the colour, and words in it on our grounds."""
    if problem := colour_problem(field.data or ""):
        raise ValidationError(problem)


class LogoField(wtforms.FileField):
    """A PNG: its data is the picture without what is not shown, `named` what its file was called."""

    data: bytes | None
    named = ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = None
        files = [file for file in valuelist if isinstance(file, FileStorage) and file.filename]
        if not files:
            return
        self.named = files[0].filename or ""
        try:
            self.data = clean_logo(files[0].stream.read(LARGEST_LOGO + 1))
        except BadPictureError as error:
            raise ValueError(str(error)) from error


class LookForm(Form):
    brand = ColourField(
        "Colour",
        [readable_colour],
        description="Of buttons, links and the band at the top. "
        "As # and six letters and digits, like #5b2470.",
    )
    logo = LogoField(
        "Logo",
        description="A PNG of at most 500 KB and 2,000 pixels a side. "
        "It stands on white, at the right of the band at the top.",
    )
    remove_logo = BooleanField("Show no logo any more")


class MailForm(Form):
    sender_name = LineField(
        "Name that mail comes from",
        [Needed("Enter the name that mail comes from"), AtMost(120)],
        description="Like Calderwick Innovation Unit.",
    )
    sender_address = EmailField(
        "Address that mail comes from",
        [AtMost(300), whole_address],
        description="Your mail server has to allow it, and nobody needs to read it.",
    )
    reply_to = EmailField(
        "Address that replies go to",
        [AtMost(300), whole_address],
        description="A mailbox that people read.",
    )


def _text(label: str, description: str) -> TextAreaField:
    return TextAreaField(
        label,
        [Needed("Write this text. It may not be empty"), AtMost(LONGEST_TEXT)],
        filters=[many_lines],
        description=description,
    )


class TextsForm(Form):
    privacy = _text(
        "Privacy: who is responsible, and how to complain",
        "The privacy notice says by itself what is kept and for how long. This is what only you know.",
    )
    accessibility_contact = _text(
        "Accessibility: how to reach you", "For people who cannot use a page, or need it in another form."
    )
    accessibility_checked = _text(
        "Accessibility: when this was checked", "The law asks for these dates, and who did the check."
    )


class SigningForm(Form):
    two_step_required = BooleanField("Staff and judges need two-step sign-in")


class InviteeForm(wtforms.Form):
    """One person of the team; a line without name and address counts as left out."""

    name = LineField("Name", [AtMost(120)])
    email = EmailField("Email address", [AtMost(300)])
    roles = SelectMultipleField("Roles", validate_choice=False)

    #: Which line of the page it is, from 1.
    number = 1

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.roles.choices = [(role.value, name) for role, name in ROLE_NAMES.items()]

    @property
    def is_left_out(self) -> bool:
        """Whether nothing was typed."""
        return not (self.name.data or self.email.data)

    def validate(self, extra_validators: Any = None) -> bool:
        """Nothing is asked of a line that was left out."""
        if self.is_left_out:
            return True
        for field, missing, message in (
            (self.name, not self.name.data, f"Enter the name of person {self.number}"),
            (self.roles, not self.chosen, f"Choose at least one role for person {self.number}"),
        ):
            if missing:
                field.process_errors = [*field.process_errors, message]
        self.email.validators = [*self.email.validators, whole_address]
        return bool(super().validate(extra_validators))

    @property
    def chosen(self) -> tuple[Role, ...]:
        """The roles, in the order of the page."""
        picked = set(self.roles.data or ())
        return tuple(role for role in Role if role.value in picked)


class TeamForm(Form):
    people = FieldList(FormField(InviteeForm), min_entries=TEAM_ROWS, max_entries=TEAM_ROWS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, entry in enumerate(self.people.entries, start=1):
            entry.form.number = number

    @property
    def lines(self) -> list[InviteeForm]:
        """The lines that were filled in."""
        return [entry.form for entry in self.people.entries if not entry.form.is_left_out]

    @property
    def invitees(self) -> list[Invitee]:
        """Whom to ask in."""
        return [Invitee(line.name.data, line.email.data, line.chosen) for line in self.lines]

    def add_problems(self, violation: RuleViolation) -> None:
        """Put each problem at the line and field that it names."""
        for problem in violation.problems:
            place, _, name = problem.field.removeprefix("people-").partition("-")
            if place.isdigit() and name in ("name", "email", "roles"):
                field = self.lines[int(place)][name]
            elif place.isdigit():
                field = self.lines[int(place)].roles
            else:
                self.form_errors.append(problem.message)
                continue
            field.errors = [*field.errors, problem.message]
            self.people.errors = [*self.people.errors, {field.name: field.errors}]
