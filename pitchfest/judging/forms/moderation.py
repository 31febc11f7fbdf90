"""What the chair or the lead sends during the meeting after scoring."""

from __future__ import annotations

from wtforms import Field, RadioField, SelectField, SelectMultipleField, TextAreaField

from pitchfest.judging.rules.cards import picked, read_points, scale
from pitchfest.judging.rules.scoring import Criterion, points_text
from pitchfest.web.forms import AtMost, Form, LineField, Needed, many_lines

#: The value that says that the mean stands.
MEAN = "mean"


class MinutesForm(Form):
    present = SelectMultipleField("Who came?", coerce=int)
    minutes = TextAreaField(
        "Minutes",
        [AtMost(100_000)],
        filters=[many_lines],
        description="What was said about the round as a whole. What was said about one answer goes with it.",
    )


class AddForm(Form):
    answer = SelectField("Which answer?", [Needed("Choose an answer")])
    why = LineField("Why does it need talking about?", [Needed("Say why in a sentence"), AtMost(1000)])


class AgreeForm(Form):
    """The score is picked where the scale is short, and typed where it is long; see `agree_form`."""

    reason = TextAreaField(
        "What in the answer earns this score?",
        [Needed("Say what in the answer earns this score"), AtMost(20_000)],
        filters=[many_lines],
        description="The supplier’s letter begins from these words. Name what the answer says.",
    )
    points = TextAreaField(
        "Points made (optional)", [AtMost(20_000)], filters=[many_lines], description="For the record."
    )
    dissent = TextAreaField("Who does not agree, and why? (optional)", [AtMost(20_000)], filters=[many_lines])
    present = SelectMultipleField("Who took part?", coerce=int)

    @property
    def hundredths(self) -> int | None:
        """The score that was sent; None where the mean stands."""
        sent: str = self["score"].data
        return None if sent == MEAN else read_points(sent)


def agree_form(criterion: Criterion, mean: str) -> type[AgreeForm]:
    """The form for a criterion whose judges' mean is `mean`, in points."""
    if picked(criterion):
        values = [points_text(value) for value in scale(criterion)]
        score: Field = RadioField(
            "What score did the panel agree?",
            [Needed("Choose the score that the panel agreed, or that the mean stands")],
            choices={**{value: value for value in values}, MEAN: f"The mean stands: {mean}"},
        )
    else:
        low, high = points_text(criterion.minimum), points_text(criterion.maximum)
        score = LineField(
            "What score did the panel agree?",
            [Needed(f"Enter a score from {low} to {high}, or the word “{MEAN}”"), _Score()],
            description=f"From {low} to {high}. Enter “{MEAN}” where the mean of {mean} stands.",
        )
    return type("AgreeForm", (AgreeForm,), {"score": score})


class _Score:
    """What can be read as a score, or the word for the mean."""

    def __call__(self, _form: Form, field: LineField) -> None:
        if field.data != MEAN:
            read_points(field.data or "")  # its ValueError is the message
