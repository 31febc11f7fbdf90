"""Shape of a change by hand to the plan of who reads what."""

from __future__ import annotations

from wtforms import Field, RadioField, SelectField, TextAreaField
from wtforms.validators import ValidationError

from pitchfest.web.forms import AtMost, Form, Needed, many_lines


class ChangePlanForm(Form):
    """`judge` is a panel member's id; `other` names a pair as `12:PF-7K2Q`. The view knows the choices."""

    judge = SelectField("Judge", [Needed("Choose a judge")])
    act = RadioField(
        "What do you want?",
        [Needed("Choose what you want")],
        choices={
            "pin": "Pin: the judge reads this pitch",
            "exclude": "Keep apart: the judge does not read it",
            "swap": "Exchange: the judge gives it to another, for one of theirs",
            "let_go": "Neither: the plan decides",
        },
    )
    other = SelectField("Exchange with", description="Only to exchange. Both new pairs are then pinned.")
    reason = TextAreaField(
        "Why are they kept apart?",
        [AtMost(5000)],
        filters=[many_lines],
        description="Only to keep apart. It stays in the record.",
    )

    def validate_other(self, field: Field) -> None:
        """Whoever exchanges says with whom."""
        if self.act.data == "swap" and not field.data:
            raise ValidationError("Choose with whom the judge exchanges")

    def validate_reason(self, field: Field) -> None:
        """Whoever keeps two apart says why."""
        if self.act.data == "exclude" and not field.data:
            raise ValidationError("Give the reason in a sentence: it stays in the record")
