"""Shape of a briefing."""

from __future__ import annotations

from wtforms import TextAreaField

from pitchfest.judging.rules.briefing import LONGEST
from pitchfest.web.forms import AtMost, Form, Needed, many_lines


class BriefingForm(Form):
    text = TextAreaField(
        "What should judges know?",
        [Needed("Write what judges should know"), AtMost(LONGEST)],
        filters=[many_lines],
        description="Begin a line with ## for a heading, with - for a point of a list.",
    )
