"""The one page of a small round: eight answers, and below them each line of the template."""

from __future__ import annotations

import types
from dataclasses import replace
from typing import Any, NamedTuple

from wtforms import BooleanField, Field, SelectField, TextAreaField
from wtforms.validators import ValidationError

from pitchfest.challenges.rules import LARGEST_BUDGET, THEMES, Template, say_points
from pitchfest.judging.rules.people import read_people
from pitchfest.web.forms import (
    AtMost,
    Form,
    LineField,
    MomentField,
    MoneyField,
    Needed,
    WholeNumberField,
    many_lines,
)

LONGEST_TEXT = 20_000


def _text(label: str, needed: str = "", description: str = "", default: str = "") -> TextAreaField:
    return TextAreaField(
        label,
        [*([Needed(needed)] if needed else []), AtMost(LONGEST_TEXT)],
        filters=[many_lines],
        description=description,
        default=default,
    )


def _person(value: Any) -> int | None:
    return int(value) if value not in (None, "", "None") else None


class SmallForm(Form):
    """What is asked; `small_form` adds the template's lines."""

    title = LineField("What is the challenge called?", [Needed("Give the challenge a title"), AtMost(160)])
    problem = _text(
        "What is the problem?",
        "Describe the problem",
        "What goes wrong today, how often, and what was tried.",
    )
    who_has_it = _text(
        "Who has it?", "Say who has the problem", "The people it touches, and how many they are."
    )
    outcome_sought = _text(
        "What would be better afterwards?",
        "Say what would be better",
        "A result that can be measured, not a solution.",
    )
    budget_pence = MoneyField(
        "Budget",
        [Needed("Enter the budget, or 0 if there is no money")],
        most=LARGEST_BUDGET,
        description="In pounds, VAT included. Enter 0 if there is no money.",
    )
    closes_at = MomentField(
        "When does it close?",
        [Needed("Say when it closes")],
        description="Ten working days is usual. Change it as you like.",
    )
    decision_maker_id = SelectField(
        "Who decides?",
        [Needed("Choose who decides")],
        coerce=_person,
        description="Someone who works here and does not judge.",
    )
    judges = _text(
        "Judges’ email addresses",
        "Name the judges, a line each",
        "One on each line, with or without a name, three at least. The first one chairs: "
        "scores like the others, and checks what suppliers are told. They are invited when it is published.",
    )
    practice = BooleanField(
        "This is for practice", description="Marked everywhere, never public, thrown away."
    )

    #: What the form was made from.
    template: Template

    question = LineField(
        "The question it asks",
        [AtMost(300)],
        description="It stands below the title, like: How might we know which drains will block? "
        "You can leave this empty.",
    )
    theme = SelectField(
        "What is it about?",
        choices={"": "None of these", **THEMES},
        description="People can look for challenges by theme, and follow one.",
    )
    short_because = _text(
        "Why is it open for less than 5 working days?",
        description="Only if it is. Everyone will read this, after “Open for 3 working days, because”.",
    )
    judging_deadline = MomentField(
        "By when must judges finish?",
        description="If you leave this empty: ten working days after it closes.",
    )
    decision_due = MomentField(
        "When do you expect the decision?",
        description="If you leave this empty: fifteen working days after it closes.",
    )
    reason_words = WholeNumberField(
        "How many words does a judge’s reason need?", [Needed("Enter how many words a reason needs")]
    )

    @property
    def lines(self) -> list[Line]:
        """The criteria with their questions."""
        return [
            Line(*(self[f"{part}_{n}"] for part in ("name", "weight", "ask", "words")))
            for n, _ in enumerate(self.template.criteria, start=1)
        ]

    @property
    def meanings(self) -> list[Field]:
        """What each score means, the highest first."""
        return [self[f"meaning_{value}"] for value in sorted(self.template.criteria[0].anchors, reverse=True)]

    @property
    def wrong_parts(self) -> set[str]:
        """Which of the folded parts hold an error; all of them where an error names no field."""
        names = {
            "criteria": {field.name for line in self.lines for field in line},
            "scores": {"reason_words", *(field.name for field in self.meanings)},
            "further": {"question", "theme", "short_because", "judging_deadline", "decision_due", *_TEXTS},
        }
        return {part for part, fields in names.items() if self.form_errors or fields & self.errors.keys()}

    @property
    def people(self) -> list[tuple[str, str]]:
        """The judges as (name, address)."""
        return read_people(self.judges.data or "")[0]

    def as_template(self) -> Template:
        """The template as changed on the page."""
        words = self.template.criteria[0].anchors
        anchors = {value: (label, self[f"meaning_{value}"].data) for value, (label, _) in words.items()}
        lines = self.lines
        return replace(
            self.template,
            criteria=tuple(
                replace(criterion, name=line.name.data, weight=line.weight.data, anchors=anchors)
                for criterion, line in zip(self.template.criteria, lines, strict=True)
            ),
            questions=tuple(
                replace(question, ask=line.ask.data, max_words=line.words.data)
                for question, line in zip(self.template.questions, lines, strict=True)
            ),
            reason_words=self.reason_words.data or self.template.reason_words,
        )

    @property
    def fields(self) -> dict[str, Any]:
        """The columns of brief and settings that were filled in, without title and judges."""
        data = {name: self[name].data for name in _COLUMNS}
        return {name: value for name, value in data.items() if value is not None}

    def validate_weight_1(self, _field: Field) -> None:
        """The weights must come to 100."""
        weights = [line.weight.data for line in self.lines]
        if all(weights) and (total := sum(weights)) != 100:
            raise ValidationError(f"Weights come to {total}. They must come to exactly 100")

    def validate_judges(self, _field: Field) -> None:
        """Every line of the judges must hold an address."""
        _, unread = read_people(self.judges.data or "")
        if unread:
            shown = unread[0] if len(unread[0]) <= 60 else f"{unread[0][:60]}…"
            raise ValidationError(f"There is no email address in “{shown}”")


class Line(NamedTuple):
    """The fields of one criterion and its question."""

    name: Field
    weight: Field
    ask: Field
    words: Field


def small_form(template: Template) -> type[SmallForm]:
    """The form with a field for each line of `template`, which it shows and reads back."""
    fields: dict[str, Any] = {}
    for n, (criterion, question) in enumerate(
        zip(template.criteria, template.questions, strict=True), start=1
    ):
        fields[f"name_{n}"] = LineField(
            f"Criterion {n}", [Needed(f"Name criterion {n}"), AtMost(120)], default=criterion.name
        )
        fields[f"weight_{n}"] = WholeNumberField(
            f"Weight of criterion {n}",
            [Needed(f"Enter the weight of criterion {n}")],
            default=criterion.weight,
        )
        fields[f"ask_{n}"] = LineField(
            f"Question {n}", [Needed(f"Write question {n}"), AtMost(300)], default=question.ask
        )
        fields[f"words_{n}"] = WholeNumberField(
            f"Most words of answer {n}",
            [Needed(f"Enter how many words answer {n} may have")],
            default=question.max_words,
        )
    for value, (label, meaning) in sorted(template.criteria[0].anchors.items(), reverse=True):
        fields[f"meaning_{value}"] = LineField(
            f"{say_points(value)} {label} means",
            [Needed(f"Say what {label} means"), AtMost(400)],
            default=meaning,
        )
    for name, label in _TEXTS.items():
        fields[name] = _text(label, f"Say: {label[0].lower()}{label[1:]}", default=getattr(template, name))
    made: type[SmallForm] = types.new_class(
        "SmallFormOfTemplate", (SmallForm,), {}, lambda body: body.update(fields, template=template)
    )
    return made


#: What goes from the form into brief and settings as it is.
_COLUMNS = (
    "question",
    "theme",
    "problem",
    "who_has_it",
    "outcome_sought",
    "budget_pence",
    "closes_at",
    "short_because",
    "judging_deadline",
    "decision_due",
    "decision_maker_id",
    "eligibility",
    "after_win",
    "timetable",
)
_TEXTS = {
    "eligibility": "Who can pitch",
    "after_win": "What happens after a win",
    "timetable": "What happens when",
}
