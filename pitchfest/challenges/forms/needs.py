"""What suppliers need to take part, and what staff reply."""

from __future__ import annotations

from pitchfest.challenges.forms.fields import TextField
from pitchfest.web.forms import Form


class NeedForm(Form):
    text = TextField(
        "What do you need to take part?",
        "For example another format, an interpreter, a step-free room, or help with the form. "
        "You need not say why.",
        most=4_000,
    )
    contact = TextField(
        "How do we reach you?", "An email address, a phone number, or a relay service.", most=500
    )


class ReplyForm(Form):
    reply = TextField(
        "What will we do?",
        "They get this by email. What you grant one, grant everyone who needs it.",
        most=4_000,
    )
