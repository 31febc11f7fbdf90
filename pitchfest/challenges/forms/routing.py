"""The five questions about the route, what is recorded of a duty, and when the clock publishes."""

from __future__ import annotations

from typing import Any

from wtforms import RadioField

from pitchfest.challenges.forms.fields import TextField
from pitchfest.challenges.rules import LARGEST_BUDGET, Answers, Instead
from pitchfest.web.forms import AtMost, Form, LineField, MomentField, MoneyField, Needed

_YES_NO = {"yes": "Yes", "no": "No"}


class RouteForm(Form):
    buying = RadioField(
        "Are we buying something?",
        choices=_YES_NO,
        description="Something for ourselves: goods, a service, or work on one.",
    )
    value_pence = MoneyField(
        "How much, VAT included?",
        [Needed("Enter how much it is, or 0 if there is no money")],
        most=LARGEST_BUDGET,
        description="All that may be paid in the end, also for what can follow without a new competition."
        " In pounds. Enter 0 if there is no money.",
    )
    others = RadioField(
        "Could others buy it too?",
        choices=_YES_NO,
        description="Other authorities or companies, once it is there: the result is not for us alone.",
    )
    instead = RadioField(
        "Is it a gift, a prize, or no money?",
        choices={
            Instead.NOTHING.value: "None of these: we buy something",
            Instead.GIFT.value: "A gift: a grant, for which we get nothing back",
            Instead.PRIZE.value: "A prize for the best idea",
            Instead.NO_MONEY.value: "No money",
        },
    )
    research = RadioField(
        "Is it research?",
        choices=_YES_NO,
        description="It ends with knowledge or a first model of something that nobody can buy yet.",
    )

    @property
    def answers(self) -> Answers:
        """The five answers of a form that is filled in."""
        return Answers(
            buying=self.buying.data == "yes",
            value_pence=self.value_pence.data or 0,
            others=self.others.data == "yes",
            instead=Instead(self.instead.data),
            research=self.research.data == "yes",
        )


def route_values(answers: Answers) -> dict[str, Any]:
    """What the form shows of answers that were given."""
    yes = {True: "yes", False: "no"}
    return {
        "buying": yes[answers.buying],
        "value_pence": answers.value_pence,
        "others": yes[answers.others],
        "instead": answers.instead.value,
        "research": yes[answers.research],
    }


class RecordForm(Form):
    not_needed_because = TextField(
        "Why is it not needed?",
        "Only if it is not. It stays in the record, with your name. Write at least 3 words.",
        most=1_000,
    )


class StatementForm(RecordForm):
    evidence = TextField(
        "In your words", "What was found, and what is done about it. Write at least 3 words.", most=4_000
    )


class NoticeForm(RecordForm):
    evidence = LineField(
        "Reference of the notice",
        [AtMost(120)],
        description="As the platform gives it, like 2026/S 000-012345.",
    )
    at = MomentField("When was the notice published?")


class ScheduleForm(Form):
    at = MomentField("When should it be published?", [Needed("Enter when it should be published")])
