"""More time for one supplier."""

from __future__ import annotations

from wtforms import SelectField

from pitchfest.pitches.rules.personal_extensions import REASON_WORDS
from pitchfest.web.forms import Form, MomentField, Needed, ReasonField


class PersonalExtensionForm(Form):
    """To whom, until when, and why."""

    organisation = SelectField("Which supplier?", [Needed("Choose a supplier")], coerce=int)
    closes_at = MomentField("Until when can it pitch?", [Needed("Enter a day and a time")])
    reason = ReasonField(
        "Why?",
        "What you agreed, in a sentence: “needs a screen reader, and the first form did not work with it”. "
        "Staff who run this challenge can read it; the supplier and judges cannot.",
        least=REASON_WORDS,
        error=f"Give the reason in at least {REASON_WORDS} words",
    )
