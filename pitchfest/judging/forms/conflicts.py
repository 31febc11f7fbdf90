"""Shape of what is sent about interests."""

from __future__ import annotations

from wtforms import Field, RadioField, TextAreaField
from wtforms.validators import ValidationError

from pitchfest.judging.forms.scoring import reason_field
from pitchfest.judging.rules.interests import KIND_NAMES, InterestKind
from pitchfest.web.forms import AtMost, DayField, Form, LineField, Needed, many_lines


class DecideForm(Form):
    outcome = RadioField(
        "What do you decide?",
        [Needed("Choose what you decide")],
        choices={
            "clear": "The judge can judge this pitch",
            "conditions": "The judge can judge it, with conditions",
            "recuse": "The judge does not judge this pitch",
        },
    )
    conditions = TextAreaField(
        "Conditions",
        [AtMost(2000)],
        filters=[many_lines],
        description="Only for “with conditions”. The judge reads them on the scorecard and keeps to them. "
        "For example: do not talk about this pitch with your colleagues at the college.",
    )
    reason = reason_field()

    def validate_conditions(self, field: Field) -> None:
        """Conditions are there where they are chosen, and nowhere else."""
        if self.outcome.data == "conditions" and not field.data:
            raise ValidationError("Say in a sentence what the judge keeps to")
        if self.outcome.data in ("clear", "recuse") and field.data:
            raise ValidationError("Choose “with conditions” for these to count, or empty this box")


class AskAgainForm(Form):
    reason = TextAreaField(
        "Why do you ask?",
        [Needed("Give the reason in a sentence: it stays in the record"), AtMost(5000)],
        filters=[many_lines],
        description="It stays in the record. The judge does not read it.",
    )


class SetAsideForm(Form):
    card = RadioField("Whose scores?", [Needed("Choose whose scores")])
    reason = TextAreaField(
        "What is the conflict?",
        [Needed("Give the reason in a sentence: it stays in the record"), AtMost(5000)],
        filters=[many_lines],
        description="In a sentence. It stays in the record, and the judge reads it.",
    )


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
