"""More time for one supplier."""

from __future__ import annotations

from wtforms import SelectField

from pitchfest.challenges.forms.fields import TextField
from pitchfest.web.forms import Form, MomentField, Needed


class PersonalExtensionForm(Form):
    """To whom, until when, and why."""

    organisation = SelectField("Which supplier?", [Needed("Choose a supplier")], coerce=int)
    closes_at = MomentField("Until when can it pitch?", [Needed("Enter a day and a time")])
    reason = TextField(
        "Why?",
        "What you agreed, in a sentence: “needs a screen reader, and the first form did not work with it”. "
        "Staff who run this challenge can read it; the supplier and judges cannot.",
        most=1_000,
    )
