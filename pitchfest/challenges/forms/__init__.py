"""Shapes of what officers and approvers type about a challenge."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from wtforms import BooleanField, RadioField, SelectField, SelectMultipleField

from pitchfest.challenges.forms.fields import PointsField, TextField, public_reason
from pitchfest.challenges.rules import (
    CORRECTABLE,
    DUE_COLUMNS,
    KINDS,
    LARGEST_BUDGET,
    LIBRARY,
    MOST_ANSWER_CHARACTERS,
    MOST_CHARACTERS,
    THEMES,
    USUAL_ANCHORS,
    Content,
    Corrected,
    CriterionKind,
    CriterionRow,
    DueDate,
    QuestionKind,
    QuestionRow,
    say_points,
)
from pitchfest.challenges.rules.effort import FEWEST_WORDS
from pitchfest.challenges.rules.template_file import LONGEST_FILE
from pitchfest.web.forms import (
    AtMost,
    Form,
    LineField,
    MomentField,
    MoneyField,
    Needed,
    WholeNumberField,
)


class NewForm(Form):
    title = LineField("What is the challenge called?", [Needed("Give the challenge a title"), AtMost(160)])
    question = LineField(
        "What does it ask?",
        [AtMost(300)],
        description="One question, like: How might we know which road drains will block?",
    )
    practice = BooleanField(
        "This is for practice",
        description="Run it with colleagues from start to end. It is marked everywhere and never public, "
        "and you throw it away afterwards.",
    )


class StartForm(NewForm):
    """`NewForm` with what the draft may begin from; the choices are the view's."""

    start = SelectField(
        "Start from",
        description="Criteria, form, settings and dates come with it. You can change all of it.",
    )


class TemplateForm(Form):
    name = LineField("Name", [Needed("Give the template a name"), AtMost(120)])
    note = TextField("Note", "When to use it. You can leave this empty.", most=2_000)


class TakeInForm(TemplateForm):
    file = TextField(
        "The template",
        "Open the file that the other region sent, copy everything in it, and paste it here.",
        most=LONGEST_FILE,
    )


class BriefForm(Form):
    title = LineField("Title", [Needed("Give the challenge a title"), AtMost(160)])
    question = LineField("The question it asks", [AtMost(300)], description="It starts with “How might we”.")
    problem = TextField("The problem", "What goes wrong today, how often, and what it costs.")
    who_has_it = TextField("Who has the problem", "The people it touches, and how many they are.")
    tried_before = TextField("What was tried before", "And why it was not enough.")
    outcome_sought = TextField("What good looks like", "A result that can be measured, not a solution.")
    out_of_scope = TextField("What is not part of this")
    eligibility = TextField("Who can pitch", "One condition on each line, with a hyphen before it.")
    self_check = TextField(
        "What can suppliers check before they write?",
        "You can leave this empty. One condition on each line that they can answer with yes or no, like "
        "“We can start in March”. It stops nobody; it says what will fail.",
    )
    after_win = TextField("What happens after a win", "The pilot, its length, and the way to a contract.")
    timetable = TextField("Timetable", "What happens when, after the closing time.")
    theme = SelectField(
        "What is it about?",
        choices={"": "None of these", **THEMES},
        description="People can look for challenges by theme, and follow one.",
    )
    budget_pence = MoneyField(
        "Budget",
        most=LARGEST_BUDGET,
        description="In pounds, VAT included. Enter 0 if there is no money.",
    )
    payment_pence = MoneyField(
        "What is each supplier paid for pitching?",
        most=LARGEST_BUDGET,
        description="In pounds. You can leave this empty. Where pitching takes more than a day and is not "
        "paid, the approver must say why.",
    )
    owner_name = LineField("Who owns the challenge", [AtMost(120)], description="A name, for suppliers.")
    owner_organisation = LineField("Their organisation", [AtMost(160)])


_KINDS = {
    CriterionKind.JUDGED.value: "Judges score it",
    CriterionKind.PRICE.value: "Worked out from the price",
}


class CriterionForm(Form):
    """The form of one criterion; `criterion_form` adds the words for each score."""

    name = LineField("Name", [Needed("Give the criterion a name"), AtMost(120)])
    weight = WholeNumberField(
        "Weight", [Needed("Enter a weight from 1 to 100")], description="All weights together come to 100."
    )
    kind = RadioField("How does it get its points?", choices=_KINDS, default=CriterionKind.JUDGED.value)
    guidance = TextField("What should judges look for?", "Suppliers read this too.", most=2_000)
    minimum = PointsField("Lowest score", [Needed("Enter the lowest score, like 0")])
    maximum = PointsField("Highest score", [Needed("Enter the highest score, like 5")])
    step = PointsField("Step between scores", [Needed("Enter the step, like 1 or 0.5")])
    threshold = PointsField(
        "Least score needed to be funded", description="Leave this empty if there is no such minimum."
    )

    @property
    def anchor_values(self) -> list[int]:
        """The scores, in hundredths, whose words the form asks for."""
        return [int(n.removeprefix("label_")) for n in self._fields if n.startswith("label_")]

    @property
    def anchors(self) -> dict[int, tuple[str, str]]:
        """The words as typed: score in hundredths → (label, meaning)."""
        data = self.data
        return {v: (data[f"label_{v}"] or "", data[f"meaning_{v}"] or "") for v in self.anchor_values}


def criterion_form(values: Sequence[int]) -> type[CriterionForm]:
    """A form that also asks for the label and meaning of each of these scores."""
    fields: dict[str, Any] = {}
    for value in values:
        points = say_points(value)
        fields[f"label_{value}"] = LineField(f"{points} in a word or two", [AtMost(80)])
        fields[f"meaning_{value}"] = LineField(f"{points} in a sentence", [AtMost(400)])
    made: type[CriterionForm] = types.new_class(
        "WordedForm", (CriterionForm,), {}, lambda body: body.update(fields)
    )
    return made


def criterion_values(criterion: CriterionRow | None) -> dict[str, Any]:
    """What `criterion_form` shows of a criterion, or of the usual scale for a new one."""
    if criterion is None:
        return {"minimum": 0, "maximum": 500, "step": 100, **_spread(USUAL_ANCHORS)}
    names = ("name", "weight", "guidance", "minimum", "maximum", "step", "threshold")
    values = {name: getattr(criterion, name) for name in names}
    return {**values, "kind": criterion.kind.value, **_spread(criterion.anchors)}


def _spread(anchors: Mapping[int, tuple[str, str]]) -> dict[str, str]:
    labels = {f"label_{value}": label for value, (label, _) in anchors.items()}
    return labels | {f"meaning_{value}": meaning for value, (_, meaning) in anchors.items()}


_ANSWERS = {kind.value: facts.name for kind, facts in KINDS.items()}


_ENTRIES = {entry.key: entry.name for entry in LIBRARY}
_ASKED = {entry.key: entry.ask for entry in LIBRARY}


def _id(value: Any) -> int | None:
    return int(value) if str(value).isdigit() else None


class LibraryForm(Form):
    """The entries of the library to add; `library_form` adds a weight for each."""

    chosen = SelectMultipleField("Which criteria do you want to add?", choices=_ENTRIES)

    @property
    def weights(self) -> dict[str, int | None]:
        """The weight typed for each entry chosen."""
        return {key: self[f"weight_{key}"].data for key in self.chosen.data or ()}


def library_form() -> type[LibraryForm]:
    """A form that also asks for the weight of each entry of the library."""
    fields = {
        f"weight_{entry.key}": WholeNumberField(f"Weight of “{entry.name}”", default=entry.weight)
        for entry in LIBRARY
    }
    made: type[LibraryForm] = types.new_class(
        "WeightedForm", (LibraryForm,), {}, lambda body: body.update(fields)
    )
    return made


class LibraryQuestionsForm(Form):
    chosen = SelectMultipleField("Which questions do you want to add?", choices=_ASKED)


class QuestionForm(Form):
    ask = LineField("The question", [Needed("Write the question"), AtMost(300)])
    kind = RadioField("What kind of answer?", choices=_ANSWERS, default=QuestionKind.TEXT.value)
    max_words = WholeNumberField("How many words at most?", description="For text. A hard limit.")
    options = TextField(
        "Choices, or headings of the table", "For choices and tables. One on each line.", most=4_000
    )
    criterion_id = SelectField("Which criterion is it scored on?", coerce=_id)
    required = BooleanField("Suppliers must answer this", default=True)


def question_values(question: QuestionRow | None) -> dict[str, Any]:
    """What the form shows of a question, or of a new one."""
    if question is None:
        return {"max_words": 200}
    return {
        "ask": question.ask,
        "kind": question.kind.value,
        "max_words": question.max_words,
        "options": "\n".join(question.options),
        "criterion_id": question.criterion_id,
        "required": question.required,
    }


class ApproveForm(Form):
    accepted = BooleanField("Suppliers may be asked for this much")
    unpaid_because = TextField(
        "Why is more than a day’s work not paid?",
        f"Suppliers will read this on the page. Write at least {FEWEST_WORDS} words.",
        most=1_000,
    )


class ChangesForm(Form):
    reason = TextField("What should change?", "The officer reads this.", most=4_000)


class TellForm(Form):
    addresses = TextField(
        "Email addresses",
        "Paste a column of a spreadsheet, or any text with addresses in it. At most 500.",
        most=100_000,
    )
    note = TextField(
        "Your own words", "You can leave this empty. They stand before the fixed words.", most=4_000
    )


class ExtendForm(Form):
    closes_at = MomentField("When should it close?", [Needed("Enter the new closing time")])
    reason = public_reason("Why?")


class CorrectionForm(BriefForm):
    """The brief and dates as they are published, to be put right; `correction_form` adds the rest."""

    questions_until = MomentField("Until when can suppliers ask questions?")
    judging_deadline = MomentField("By when must judges finish?")
    decision_due = MomentField("When do you expect the decision?")
    closes_at = MomentField("When should it close?")
    reason = public_reason("Why?")

    def corrected(self, content: Content) -> Corrected:
        """What was typed differs from what stands in `content`: only that."""
        row = content.challenge
        return Corrected(
            fields={n: self[n].data for n in CORRECTABLE if self[n].data != getattr(row, n)},
            criteria=self._of(content.criteria, ("name", "guidance", "weight", "threshold")),
            questions=self._of(content.questions, ("ask", "max_words")),
        )

    def _of(self, rows: Sequence[Any], names: Sequence[str]) -> dict[int, dict[str, Any]]:
        typed = {
            row.id: {n: self[f"{n}_{row.id}"].data for n in names if f"{n}_{row.id}" in self} for row in rows
        }
        changed = {row.id: {n: v for n, v in typed[row.id].items() if v != getattr(row, n)} for row in rows}
        return {key: values for key, values in changed.items() if values}


def correction_form(content: Content) -> type[CorrectionForm]:
    """A form that also asks for each criterion and each question of the form."""
    fields: dict[str, Any] = {}
    for c in content.criteria:
        fields[f"name_{c.id}"] = LineField("Name", [Needed("Give the criterion a name"), AtMost(120)])
        fields[f"guidance_{c.id}"] = TextField("What should judges look for?", most=2_000)
        fields[f"weight_{c.id}"] = WholeNumberField("Weight", [Needed("Enter a weight from 1 to 100")])
        if c.kind == CriterionKind.JUDGED:
            fields[f"threshold_{c.id}"] = PointsField("Least score needed to be funded")
    for q in content.questions:
        fields[f"ask_{q.id}"] = LineField("The question", [Needed("Write the question"), AtMost(300)])
        if q.kind == QuestionKind.TEXT:
            limit = "How many words at most?"
            fields[f"max_words_{q.id}"] = WholeNumberField(limit, [Needed("Enter the word limit")])
    made: type[CorrectionForm] = types.new_class(
        "WholeForm", (CorrectionForm,), {}, lambda body: body.update(fields)
    )
    return made


def correction_values(content: Content) -> dict[str, Any]:
    """What `correction_form` shows: everything as it is published."""
    values = {n: getattr(content.challenge, n) for n in (*CORRECTABLE, "closes_at", "version")}
    for c in content.criteria:
        values |= {f"{n}_{c.id}": getattr(c, n) for n in ("name", "guidance", "weight", "threshold")}
    for q in content.questions:
        values |= {f"ask_{q.id}": q.ask, f"max_words_{q.id}": q.max_words}
    return values


class FollowForm(Form):
    theme = SelectField("About what?", choices={"": "Everything", **THEMES})
    email = LineField("Your email address", [Needed("Enter your email address"), AtMost(300)])


class DelayForm(Form):
    judging_deadline = MomentField(
        "By when will the judges finish?", [Needed("Enter the day and the time by which the judges finish")]
    )
    decision_due = MomentField(
        "When will you decide?", [Needed("Enter the day and the time of the decision")]
    )
    reason = public_reason("Why does it take longer?")

    def later(self, standing: Mapping[DueDate, datetime]) -> dict[DueDate, datetime]:
        """The dates asked for, without those of `standing` that were left as they are."""
        typed = {what: self[name].data for what, name in DUE_COLUMNS.items() if name in self}
        return {what: due for what, due in typed.items() if due != standing.get(what)}


class CancelForm(Form):
    reason = public_reason("Why?")


class AskForm(Form):
    question = TextField(
        "Your question",
        "Everyone will read it, and the answer. Leave out what says who you are.",
        most=MOST_CHARACTERS,
    )
    as_it_is = BooleanField(
        "Send these words as they are",
        description="Whoever answers may then know who asks. Nobody else will: they take the words out.",
    )
    confidential = BooleanField(
        "This question would give away something of ours",
        description="For trade secrets only. We rarely agree. If we do not, you choose: we publish it "
        "without your name, or you withdraw it.",
    )
    wish = TextField("Why must it stay confidential?", most=1_000)


class AnswerForm(Form):
    question = TextField(
        "The question, as everyone will read it",
        "Take out what says who asks: names, places, products, how they put it.",
        most=MOST_CHARACTERS,
    )
    answer = TextField("The answer", most=MOST_ANSWER_CHARACTERS)


class SecrecyForm(Form):
    agree = RadioField(
        "What do you say to that?",
        [Needed("Choose what you say to that")],
        choices={
            "no": "Offer to publish it without a name, or to withdraw it",
            "yes": "Agree: answer it to the asker alone",
        },
    )
    reason = TextField("Why?", "Whoever asked reads this. It stays in the record.", most=1_000)


class LinkForm(Form):
    number = SelectField("Which answer is it?", coerce=_id)

    def __init__(self, *args: Any, numbers: Sequence[tuple[int, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.number.choices = [("", "Choose an answer"), *((str(n), words) for n, words in numbers)]


class HandOverForm(Form):
    """Who takes over, of the (id, name) given, and why."""

    person = SelectField("Who takes over?", [Needed("Choose a person")])
    reason = TextField("Why?", "It stays in the record. Staff can read it.", most=1_000)

    def __init__(self, *args: Any, people: Sequence[tuple[int, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person.choices = [("", "Choose a person"), *((str(i), name) for i, name in people)]


class DecisionMakerForm(HandOverForm):
    """The same for the decision-maker, of whom the public reads."""

    person = SelectField("Who decides from now on?", [Needed("Choose a person")])
    reason = TextField("Why?", "Anyone can read this on the challenge’s page.", most=1_000)
