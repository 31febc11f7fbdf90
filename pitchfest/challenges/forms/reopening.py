"""Opening a closed challenge again after an outage."""

from __future__ import annotations

from pitchfest.challenges.forms.fields import public_reason
from pitchfest.web.forms import AtMost, Form, LineField, MomentField, Needed


class ReopenForm(Form):
    closes_at = MomentField(
        "Until when is it open again?",
        [Needed("Enter the new closing time")],
        description="For everyone. At least 2 hours and at most 14 days from now.",
    )
    incident = LineField(
        "Reference of the incident",
        [Needed("Enter the reference of the incident"), AtMost(80)],
        description="Where it is written down that the service was down, for example INC-1042.",
    )
    reason = public_reason("Why?")
