"""Shape of what is sent about interests."""

from __future__ import annotations

from wtforms import RadioField, TextAreaField

from pitchfest.judging.rules.interests import KIND_NAMES, InterestKind
from pitchfest.web.forms import AtMost, DayField, Form, LineField, Needed, many_lines


class RegisterForm(Form):
    party = LineField(
        "Organisation or person",
        [Needed("Enter the organisation or person"), AtMost(160)],
        description="By the name that others know. We compare it with the names of suppliers.",
    )
    kind = RadioField(
        "What connects you?",
        [Needed("Choose what connects you")],
        choices={kind.value: name for kind, name in KIND_NAMES.items()},
        coerce=InterestKind,
    )
    words = TextAreaField(
        "More about it",
        [AtMost(5000)],
        filters=[many_lines],
        description="For example: I advise their board twice a year. You can leave this empty.",
    )
    since = DayField("Since when?", description="You can leave this empty.")
    until = DayField("Until when?", description="Leave this empty while it goes on.")
