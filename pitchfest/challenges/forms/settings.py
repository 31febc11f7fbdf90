"""The dates and people of a challenge, and how judging works."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, RadioField, SelectField

from pitchfest.challenges.forms.fields import PointsField, TextField
from pitchfest.challenges.rules import BASES, EVERY_JUDGE, DecisionBasis
from pitchfest.web.forms import DayField, Form, MomentField, Needed, WholeNumberField


def _person(value: Any) -> int | None:
    return int(value) if value not in (None, "", "None") else None


class TimetableForm(Form):
    """Asks for the day from which the other dates are worked out; it is kept nowhere."""

    publish_on = DayField(
        "When do you want to publish it?",
        description="The other dates follow in working days. You can change each of them.",
    )


class SettingsForm(Form):
    closes_at = MomentField("When does it close?", description="To the second. 11am on a weekday suits most.")
    short_because = TextField(
        "Why is it open for less time than usual?",
        "Only if it is. Everyone will read this on the challenge’s page, after “Open for 3 working days,"
        " because”.",
        most=1_000,
    )
    questions_until = MomentField(
        "Until when can suppliers ask questions?",
        description="Leave this empty for 10 working days before it closes, or half of the time where "
        "that is short.",
    )
    judging_deadline = MomentField("By when must judges finish?")
    decision_due = MomentField("When do you expect the decision?", description="You can leave this empty.")
    decision_maker_id = SelectField(
        "Who decides?", coerce=_person, description="Someone who works here and does not judge."
    )
    judges_per_pitch = WholeNumberField(
        "How many judges read each pitch?",
        description=(
            "Leave this empty for all judges up to 8 pitches, and 3 judges above that."
            f" Enter {EVERY_JUDGE} for every judge, however many pitches there are."
        ),
    )
    minimum_cards = WholeNumberField(
        "How many signed scorecards does each pitch need?",
        [Needed("Enter how many scorecards each pitch needs")],
    )
    reason_words = WholeNumberField(
        "How many words does each reason need?", [Needed("Enter how many words a reason needs")]
    )
    minimum_total = PointsField(
        "How many points out of 100 must a pitch have in all?",
        description="Leave this empty if there is no such minimum.",
    )
    decision_basis = RadioField(
        "What counts where judges differ?",
        [Needed("Choose what counts where judges differ")],
        choices={basis.value: name for basis, (name, _) in BASES.items()},
        coerce=DecisionBasis,
    )
    names_hidden = BooleanField(
        "Judges do not see who is pitching",
        description="They read “Pitch PF-7K2Q”, and no names of suppliers or files, until the letters are "
        "out. Suppliers are told so, and not to name themselves in their answers.",
    )
