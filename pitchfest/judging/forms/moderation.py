"""What the chair or the lead sends during the meeting after scoring."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from wtforms import Field, RadioField, SelectField, SelectMultipleField, TextAreaField

from pitchfest.judging.rules.cards import picked, read_points, scale
from pitchfest.judging.rules.moderation import problems
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
    """What the panel agreed on one answer; `agree_form` makes the fields, the score first."""

    score: Field
    reason: Field
    points: Field
    dissent: Field
    present: SelectMultipleField

    @property
    def hundredths(self) -> int | None:
        """The score that was sent; None where the mean stands."""
        return None if self.score.data == MEAN else read_points(self.score.data)


def _text(label: str, needed: str = "", description: str = "") -> TextAreaField:
    wanted = [Needed(needed)] if needed else []
    return TextAreaField(label, [*wanted, AtMost(20_000)], filters=[many_lines], description=description)


def agree_form(
    criterion: Criterion, mean: str, labels: Mapping[int, str], scored: Collection[int]
) -> type[AgreeForm]:
    """The form for a criterion whose judges' mean is `mean`, in points: the score is picked where the
    scale is short, by its `labels`, and typed where it is long. `scored`: the members who scored the pitch.
    """

    class Asked(AgreeForm):
        score = _score(criterion, mean, labels)
        reason = _text(
            "What in the answer earns this score?",
            "Say what in the answer earns this score",
            "The supplier’s letter begins from these words. Name what the answer says, in at least 5 words.",
        )
        points = _text("Points made (optional)", description="For the record.")
        dissent = _text("Who does not agree, and why? (optional)")
        present = SelectMultipleField("Who took part?", coerce=int)

        def validate(self, *args: Any, **kwargs: Any) -> bool:
            """As ever, and what else stands against the agreement, so that all of it is said at once."""
            right = super().validate(*args, **kwargs)
            found = problems(
                criterion,
                None if self.score.errors else self.hundredths,
                self.reason.data or "",
                present=len({*scored} & {*(self.present.data or [])}),
                scored=len(scored),
            )
            for name, message in found.items():
                field = self[name]
                field.errors = field.errors or [message]
            return right and not found

    return Asked


def _score(criterion: Criterion, mean: str, labels: Mapping[int, str]) -> Field:
    label = "What score did the panel agree?"
    if picked(criterion):
        values = {points_text(value): labels.get(value, "") for value in scale(criterion)}
        return RadioField(
            label,
            [Needed("Choose the score that the panel agreed, or that the mean stands")],
            choices={
                **{value: f"{value} {label}".strip() for value, label in values.items()},
                MEAN: f"The mean stands: {mean}",
            },
        )
    low, high = points_text(criterion.minimum), points_text(criterion.maximum)
    return LineField(
        label,
        [Needed(f"Enter a score from {low} to {high}, or the word “{MEAN}”"), _Score()],
        description=f"From {low} to {high}. Enter “{MEAN}” where the mean of {mean} stands.",
    )


class _Score:
    """What can be read as a score, or the word for the mean."""

    def __call__(self, _form: Form, field: LineField) -> None:
        if field.data != MEAN:
            read_points(field.data or "")  # its ValueError is the message
