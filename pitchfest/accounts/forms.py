"""The shape of what people type about themselves."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, HiddenField, PasswordField, RadioField, SelectField
from wtforms.validators import ValidationError

from pitchfest.accounts.rules import (
    SHORTEST_PASSWORD,
    SIZE_NAMES,
    address_problem,
    password_problem,
    tidy_address,
)
from pitchfest.web.forms import AtMost, Form, LineField, Needed, WholeNumberField

_PASSWORD_HINT = f"At least {SHORTEST_PASSWORD} characters. You can paste it from a password manager."


class SecretField(PasswordField):
    """A password, exactly as typed."""

    data: str


class EmailField(LineField):
    """An e-mail address, in lower case."""

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        self.data = tidy_address(self.data or "")


def whole_address(_form: Any, field: Any) -> None:
    """The field holds an e-mail address in full."""
    if problem := address_problem(field.data or ""):
        raise ValidationError(problem)


def good_password(form: Any, field: Any) -> None:
    """The field holds a new password that is not easily guessed."""
    email = form.email.data if "email" in form else ""
    if problem := password_problem(field.data or "", email or ""):
        raise ValidationError(problem)


def _email() -> EmailField:
    return EmailField("Email address", [AtMost(300), whole_address])


def shared_computer() -> BooleanField:
    """Whether others use this browser too."""
    return BooleanField(
        "This is a shared computer", description="Then your words are not kept in this browser."
    )


class SignInForm(Form):
    email = _email()
    password = SecretField("Password", [Needed("Enter your password"), AtMost(1000)])
    shared = shared_computer()
    next = HiddenField()


class UseLinkForm(Form):
    shared = shared_computer()


class FirstAdministratorForm(Form):
    """Whoever holds the code of a new installation."""

    code = LineField(
        "Set-up code",
        [Needed("Enter the set-up code"), AtMost(100)],
        description="16 letters and digits in groups of four. The server printed it when it started.",
    )
    name = LineField("Your name", [Needed("Enter your name"), AtMost(120)])
    email = _email()
    password = SecretField("Choose a password", [good_password], description=_PASSWORD_HINT)


class EmailForm(Form):
    """One address, to which a link is sent."""

    email = _email()


class SignUpForm(Form):
    name = LineField("Your name", [Needed("Enter your name"), AtMost(120)])
    email = _email()
    password = SecretField("Choose a password", [good_password], description=_PASSWORD_HINT)
    organisation = LineField(
        "Organisation name",
        [Needed("Enter your organisation’s name, or your own if you work for yourself"), AtMost(160)],
        description="Everyone can see this. If you work for yourself, enter the name you trade under.",
    )
    size = SelectField("How many people work there", [Needed("Choose a size")])
    place = LineField(
        "Town or city",
        [Needed("Enter the town or city you work from"), AtMost(120)],
        description="Everyone can see this.",
    )
    number = LineField(
        "Company or charity number",
        [AtMost(60)],
        description="Leave this empty if you do not have one.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.size.choices = [
            ("", "Choose a size"),
            *((size.value, name) for size, name in SIZE_NAMES.items()),
        ]


class NewPasswordForm(Form):
    password = SecretField("Choose a new password", [good_password], description=_PASSWORD_HINT)


class ChangePasswordForm(Form):
    password_now = SecretField("Your password now", [Needed("Enter the password you use now"), AtMost(1000)])
    password = SecretField("Choose a new password", [good_password], description=_PASSWORD_HINT)


class FirstPasswordForm(Form):
    """For a person who has signed in by link so far."""

    password = SecretField("Choose a password", [good_password], description=_PASSWORD_HINT)


def good_or_no_password(form: Any, field: Any) -> None:
    """The field is empty, or holds a good new password."""
    if field.data:
        good_password(form, field)


class AcceptForm(Form):
    """Someone invited comes in for the first time."""

    name = LineField("Your name", [Needed("Enter your name"), AtMost(120)])
    password = SecretField(
        "Choose a password, if you want one",
        [good_or_no_password],
        description=f"{_PASSWORD_HINT} Without one, we email you a link each time you sign in.",
    )


class AcceptWithoutMailForm(AcceptForm):
    """The same where no link can be emailed: then nobody comes back without a password."""

    password = SecretField("Choose a password", [good_password], description=_PASSWORD_HINT)


class NameForm(Form):
    name = LineField("Your name", [Needed("Enter your name"), AtMost(120)])


class MemberForm(Form):
    name = LineField("Their name", [Needed("Enter the person’s name"), AtMost(120)])
    email = _email()


class MemberEndForm(Form):
    """Whose membership ends."""

    person = WholeNumberField("Person", [Needed("Choose a person")])


class OwnerForm(Form):
    """Who becomes the owner of an organisation; the page names the choices."""

    person = RadioField("Who becomes the owner?", coerce=int)


class ProofForm(Form):
    password = SecretField("Your password", [AtMost(1000)])
    code = LineField(
        "The code we emailed you", [AtMost(40)], description="8 letters and digits. It works for 10 minutes."
    )
    next = HiddenField()


class AppCodeForm(Form):
    """The code that an authenticator app shows."""

    code = LineField(
        "Code from your app",
        [Needed("Enter the code that your app shows"), AtMost(40)],
        description="6 digits. It changes every 30 seconds.",
    )
    next = HiddenField()


class RecoveryCodeForm(Form):
    """A code of those on paper."""

    code = LineField(
        "Recovery code",
        [Needed("Enter one of your recovery codes"), AtMost(60)],
        description="16 letters and digits, like 7K2Q M4XR 9CDT WH3P. Each works once.",
    )


class EitherCodeForm(Form):
    """A code of the app, or one on paper."""

    code = LineField(
        "Code from your app, or a recovery code",
        [Needed("Enter the code that your app shows, or a recovery code"), AtMost(60)],
        description="6 digits that change every 30 seconds, or 16 letters and digits.",
    )


class DemoForm(Form):
    """The person to sign in as, in the demo."""

    person = HiddenField()
    next = HiddenField()
