"""Shape of what is sent about paying judges."""

from __future__ import annotations

from typing import Any

from wtforms import RadioField, TextAreaField

from pitchfest.judging.rules.pay import PayBasis, parse_hours, type_hours
from pitchfest.web.forms import AtMost, DayField, Form, LineField, MoneyField, Needed, SaysWhich, many_lines


class HoursField(SaysWhich):
    """Hours as typed, quarters of an hour as data; the text stays as typed when it is wrong."""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = (valuelist[0] if valuelist else "").strip()
        self.data = parse_hours(text) if text else None

    def _value(self) -> Any:
        return self.raw_data[0] if self.raw_data else type_hours(self.data)


class AgreePayForm(Form):
    basis = RadioField(
        "What is the fee for?",
        [Needed("Choose what the fee is for")],
        choices={PayBasis.HOURLY.value: "Each hour", PayBasis.LUMP.value: "All of the judging"},
        coerce=PayBasis,
    )
    pence = MoneyField("Fee", [Needed("Enter the fee in pounds")], description="In pounds.")
    hours = HoursField(
        "Hours agreed",
        [Needed("Enter the hours that you agreed on")],
        description="For example 8 or 7.5. Nobody can claim more than this.",
    )


class ClaimForm(Form):
    hours = HoursField(
        "How many hours did you work?",
        [Needed("Enter how many hours you worked")],
        description="In quarters of an hour, like 6 or 7.5.",
    )
    note = TextAreaField(
        "Anything to add?",
        [AtMost(1000)],
        filters=[many_lines],
        description="You can leave this empty. Do not write bank details here: nobody will ask you for them.",
    )


class SendBackForm(Form):
    reason = TextAreaField(
        "Why do you send it back?",
        [Needed("Give the reason in a sentence: it stays in the record"), AtMost(1000)],
        filters=[many_lines],
        description="The judge reads this, and can claim again.",
    )


class PaidForm(Form):
    paid_on = DayField("When was it paid?", [Needed("Enter the day of the payment")])
    paid_reference = LineField(
        "Reference of the payment",
        [Needed("Enter the reference of the payment"), AtMost(60)],
        description="As payroll or finance gave it. No bank details.",
    )
