"""The validators that every form shares."""

from datetime import UTC, datetime

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import Form, RadioField, SelectField, SelectMultipleField, StringField

from pitchfest.kernel.errors import Problem, RuleViolation
from pitchfest.web.forms import AtMost, DayField, MomentField, MoneyField, Needed, WholeNumberField
from pitchfest.web.forms import Form as OurForm


def test_no_later_validator_sees_what_is_too_long():
    seen = []

    class Probe(Form):
        words = StringField(validators=[AtMost(3), lambda _form, field: seen.append(field.data)])

    long, short = Probe(words="four"), Probe(words="two")
    assert not long.validate()
    assert long.words.errors == ["“Words” is 1 characters too long. Keep it to 3 or fewer"]
    assert short.validate()
    assert seen == ["two"]


def test_an_unanswered_choice_is_told_by_its_question(app):
    class Probe(OurForm):
        sent = RadioField("How they send it")
        bare = RadioField("")
        size = SelectField("Size", coerce=int)
        roles = SelectMultipleField("Roles")

    with app.test_request_context(method="POST", data={"size": "king", "roles": "king"}):
        form = Probe()
        for field in (form.sent, form.bare, form.roles):
            field.choices = [("post", "Post")]
        form.size.choices = [(1, "One")]
        assert not form.validate()
        assert form.sent.errors == ["Choose an answer to “How they send it”"]
        assert form.bare.errors == ["Choose one of the answers"]
        assert form.size.errors[0].startswith("Choose an answer to “Size”")
        assert form.roles.errors == ["Choose from the answers on the page"]


def test_a_moment_that_was_left_as_it_stood_keeps_its_seconds():
    class Probe(Form):
        it = MomentField()

    stood = datetime(2026, 12, 11, 11, 0, 42, tzinfo=UTC)
    twice = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    names = ("it-day", "it-month", "it-year", "it-time")
    left = MultiDict(zip(names, ("11", "12", "2026", "11:00"), strict=True))
    assert Probe(left, it=stood).it.data == stood
    second = MultiDict(zip(names, ("25", "10", "2026", "01:30"), strict=True))
    assert Probe(second, it=twice).it.data == twice, "the second of the two, which nobody could type"
    left["it-time"] = "11:01"
    assert Probe(left, it=stood).it.data == datetime(2026, 12, 11, 11, 1, tzinfo=UTC)


TWICE = "that time happens twice: the clocks go back that night. Enter one before 1am, or from 2am on"


@pytest.mark.parametrize(
    ("field", "typed", "error"),
    [
        (
            DayField(),
            {"day": "9" * 12, "month": "1", "year": "2026"},
            "“It”: enter a real date, like 11 12 2026",
        ),
        (
            DayField(),
            {"day": "1", "month": "9" * 30, "year": "2026"},
            "“It”: enter a real date, like 11 12 2026",
        ),
        (
            MomentField(),
            {"day": "1", "month": "1", "year": "2026", "time": "9" * 30},
            "“It”: enter a time, like 11am or 16:30",
        ),
        (
            MomentField(),
            {"day": "25", "month": "10", "year": "2026", "time": "1:30am"},
            "“It”: " + TWICE,
        ),
        (WholeNumberField(), {"": "--5"}, "“It”: enter a whole number, like 20"),
        (MoneyField(), {"": "a lot"}, "“It”: enter an amount in pounds, like 250 or 250.50"),
        (MoneyField(most=2_000_00), {"": "2000.01"}, "“It”: enter a smaller amount: £2,000 at most"),
        (MoneyField(), {"": "9" * 5000}, "“It”: enter a smaller amount: £999,999,999,999.99 at most"),
    ],
)
def test_what_cannot_be_meant_is_an_error_of_its_field(field, typed, error):
    class Probe(Form):
        it = field

    form = Probe(MultiDict({f"it-{name}" if name else "it": value for name, value in typed.items()}))
    assert not form.validate()
    assert form.it.errors == [error]


def test_the_same_error_of_two_fields_says_which_each_is_about(app):
    class Probe(OurForm):
        judged = DayField("Judged by", [Needed("Enter the new date")])
        decided = DayField("Decided by", [Needed("Enter the new date")])
        other = DayField("Other", [Needed("Enter the other date")])

    with app.test_request_context(method="POST", data={"form_token": "x"}):
        form = Probe()
        assert not form.validate()
        assert form.judged.errors == ["“Judged by”: enter the new date"]
        assert form.decided.errors == ["“Decided by”: enter the new date"]
        assert form.other.errors == ["Enter the other date"]
        form = Probe()
        form.add_problems(RuleViolation(Problem("Too late", "judged"), Problem("Too late", "other")))
        assert (form.judged.errors, form.other.errors) == (["“Judged by”: too late"], ["“Other”: too late"])
