"""Shape of what judges and staff send."""

from pitchfest.judging.forms.conflicts import RegisterForm
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
    "DecideForm",
    "DeclareForm",
    "DeputyForm",
    "InterestForm",
    "InviteForm",
    "ReasonForm",
    "RegisterForm",
    "ScorecardForm",
    "SmallForm",
    "read_marks",
    "small_form",
]
