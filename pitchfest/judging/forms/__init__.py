"""Shape of what judges and staff send."""

from pitchfest.judging.forms.moderation import AddForm, MinutesForm, agree_form
from pitchfest.judging.forms.scoring import (
    DecideForm,
    DeclareForm,
    DeputyForm,
    InterestForm,
    InviteForm,
    ReasonForm,
    ScorecardForm,
    read_marks,
)
from pitchfest.judging.forms.small import SmallForm, small_form

__all__ = [
    "AddForm",
    "DecideForm",
    "DeclareForm",
    "DeputyForm",
    "InterestForm",
    "InviteForm",
    "MinutesForm",
    "ReasonForm",
    "ScorecardForm",
    "SmallForm",
    "agree_form",
    "read_marks",
    "small_form",
]
