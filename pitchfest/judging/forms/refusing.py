"""Shape of what whoever cannot judge sends."""

from __future__ import annotations

from wtforms import RadioField

from pitchfest.judging.rules.refusals import CHOICES, LONGEST, Refusal
from pitchfest.web.forms import AtMost, Form, LineField, Needed


class RefuseForm(Form):
    refusal = RadioField(
        "Why can you not judge?",
        [Needed("Choose why you cannot judge")],
        choices={refusal.value: words for refusal, words in CHOICES.items()},
        coerce=Refusal,
    )
    note = LineField(
        "Anything to add",
        [AtMost(LONGEST)],
        description="You can leave this empty; for another reason, say which. Officers and the procurement "
        "lead read this line. The details of a conflict of interest are better told to the procurement lead "
        "alone.",
    )
