"""Words that judges are not to read."""

from __future__ import annotations

from wtforms import RadioField, SelectMultipleField, StringField

from pitchfest.challenges.forms.fields import TextField
from pitchfest.pitches.forms import ReceivedFile
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


class GiveFileForm(Form):
    """What judges get of a file, and why. What is missing is said by whoever decides it, in one place."""

    given = RadioField(
        "What do judges get?",
        choices={
            "as_it_is": "The file as it is",
            "withheld": "Nothing: it is withheld",
            "copy": "A copy without names in its place",
        },
        validate_choice=False,
    )
    copy = ReceivedFile(
        "The copy without names",
        description="PDF, Word (DOCX), OpenDocument (ODT), plain text, PNG or JPEG, at most 10 MB. "
        "Leave this empty for the other choices.",
    )
    reason = TextField(
        "Why?",
        "In a sentence, like “the letterhead names the supplier”. Not needed for the file as it is.",
        most=1_000,
    )
