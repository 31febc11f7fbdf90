"""The shape of what people type about periods and erasures."""

from __future__ import annotations

from wtforms import BooleanField, TextAreaField

from pitchfest.web.forms import AtMost, Form, Needed, WholeNumberField, many_lines


class PeriodForm(Form):
    """A region's own period."""

    days = WholeNumberField(
        "How many days", [Needed("Enter a number of days")], description="365 is a year, 1095 three."
    )
    reason = TextAreaField(
        "Why, and on whose advice",
        [Needed("Say why, and on whose advice"), AtMost(1000)],
        filters=[many_lines],
        description="Administrators read it on the page of retention.",
    )


class NightlyForm(Form):
    """Whether the worker purges every night."""

    nightly = BooleanField("Do it every night")


class EraseOtherForm(Form):
    """Erasing someone who asked in writing."""

    reason = TextAreaField(
        "Where the written request is kept",
        [Needed("Say where the request is kept, such as its number in your files"), AtMost(400)],
        filters=[many_lines],
        description="Do not write their name or address here: this note stays.",
    )
