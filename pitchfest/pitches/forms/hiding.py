"""Words that judges are not to read."""

from __future__ import annotations

from wtforms import SelectMultipleField, StringField

from pitchfest.challenges.forms.fields import TextField
from pitchfest.web.forms import Form


class HideForm(Form):
    """The words, where, and why. What is missing is said by whoever hides them, in one place."""

    words = StringField(
        "Words to hide",
        description="As they stand in the pitch, like a name. Small and capital letters count as the same.",
    )
    places = SelectMultipleField("Where?", coerce=int)
    reason = TextField(
        "Why?",
        "In a sentence, like “names the supplier”. The supplier can read this after the letters went out.",
        most=1_000,
    )
