"""Shape of what judges and staff send."""

from __future__ import annotations

from werkzeug.datastructures import MultiDict
from wtforms import BooleanField, EmailField, SelectField, TextAreaField

from pitchfest.judging.queries import CriterionFacts
from pitchfest.judging.rules.cards import CANNOT, Mark, read_points
from pitchfest.kernel.errors import Problem, RuleViolation
from pitchfest.kernel.text import tidy_line
from pitchfest.web.forms import AtMost, Form, LineField, Needed, many_lines


class InviteForm(Form):
    name = LineField("Full name", [Needed("Enter the person’s name"), AtMost(120)])
    email = EmailField(
        "Email address",
        [Needed("Enter the person’s email address"), AtMost(254)],
        filters=[lambda text: tidy_line(text or "").lower()],
        description="We send an invitation. Someone with an account signs in as usual.",
    )
    chair = BooleanField(
        "This person chairs the panel",
        description="The chair scores like any judge, and writes what suppliers are told.",
    )


def reason_field() -> TextAreaField:
    """The reason for an act, which stays in the record. A form has its errors in the order of its fields."""
    return TextAreaField(
        "Reason",
        [Needed("Give the reason in a sentence: it stays in the record"), AtMost(5000)],
        filters=[many_lines],
        description="It stays in the record.",
    )


class ReasonForm(Form):
    reason = reason_field()


class InterestForm(Form):
    interest = TextAreaField(
        "What connects you?",
        [Needed("Say in a sentence what connects you"), AtMost(5000)],
        filters=[many_lines],
        description="For example: my sister works there. The procurement lead reads this and decides.",
    )


class DeputyForm(Form):
    member = SelectField("Who writes the explanations?", [Needed("Choose a judge")], coerce=int)


class DeclareForm(Form):
    """An interest for each supplier that is ticked: `conflict` and `interest-<pitch>`; or `nothing`."""

    def add_problems(self, violation: RuleViolation) -> None:
        self.problems = list(violation.problems)

    problems: list[Problem] = []

    def interests(self, sent: MultiDict[str, str]) -> dict[str, str] | None:
        """What was declared: a supplier's key → the interest in it. None, with errors that say so, where what
        was sent says two things: whoever ticked or wrote something is never taken to have nothing to declare.
        """
        named = sent.getlist("conflict")
        written = {
            name.removeprefix("interest-"): text
            for name, text in sent.items()
            if name.startswith("interest-") and text.strip()
        }
        if "nothing" in sent and (named or written):
            self.form_errors.append(
                "You ticked or wrote about a supplier, and then chose nothing to declare. Send what you "
                "declared, or first take away every tick and word"
            )
        elif unticked := sorted(written.keys() - set(named)):
            self.problems = [
                Problem("Tick this supplier too, or empty this box", f"interest-{key}") for key in unticked
            ]
        elif not named and "nothing" not in sent:
            self.form_errors.append("Tick the suppliers you are connected to, or choose nothing to declare")
        else:
            return {key: written.get(key, "") for key in named}
        return None


class ScorecardForm(Form):
    """Scores and reasons: fields `score-<criterion>` and `reason-<criterion>`, read in one pass.

    A class of fields for each criterion would cost more than the rest of the page.
    """

    def add_problems(self, violation: RuleViolation) -> None:
        self.problems = list(violation.problems)

    problems: list[Problem] = []


def read_marks(criteria: list[CriterionFacts], sent: MultiDict[str, str]) -> dict[int, Mark]:
    """What the judge sent for each criterion. Raises RuleViolation for what is no number."""
    found, problems = {}, []
    for criterion in criteria:
        typed = [text.strip() for text in sent.getlist(f"score-{criterion.id}") if text.strip()]
        unable, points = CANNOT in typed, None
        try:
            points = read_points(typed[0]) if typed and not unable else None
        except ValueError as error:
            problems.append(Problem(f"{criterion.name}: {error}", f"score-{criterion.id}"))
        found[criterion.id] = Mark(points, many_lines(sent.get(f"reason-{criterion.id}")), unable)
    if problems:
        raise RuleViolation(*problems)
    return found
