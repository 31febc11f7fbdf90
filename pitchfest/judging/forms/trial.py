"""Shape of a trial pitch: `answer-<question>`, and `score-` and `reason-<criterion>` as on a scorecard."""

from __future__ import annotations

from wtforms import StringField

from pitchfest.judging.forms.scoring import ScorecardForm
from pitchfest.web.forms import AtMost, Needed, one_line


class TrialForm(ScorecardForm):
    supplier = StringField(
        "Name of the invented supplier",
        [Needed("Invent a name for the supplier"), AtMost(160)],
        filters=[one_line],
        description="Nobody real. For example: Lanternfield Ltd.",
    )
