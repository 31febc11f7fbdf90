"""Shape of what judges and staff send."""

from pitchfest.judging.forms.assigning import ChangePlanForm
from pitchfest.judging.forms.conflicts import AskAgainForm, DecideForm, RegisterForm
from pitchfest.judging.forms.moderation import AddForm, MinutesForm, agree_form
from pitchfest.judging.forms.scoring import (
    DeclareForm,
    DeputyForm,
    InterestForm,
    InviteForm,
    ReasonForm,
    ScorecardForm,
    read_marks,
)
from pitchfest.judging.forms.skills import AskedForm, CapacityForm, capacity_form, skills_form
from pitchfest.judging.forms.small import SmallForm, small_form

__all__ = [
    "AddForm",
    "AskAgainForm",
    "AskedForm",
    "CapacityForm",
    "ChangePlanForm",
    "DecideForm",
    "DeclareForm",
    "DeputyForm",
    "InterestForm",
    "InviteForm",
    "MinutesForm",
    "ReasonForm",
    "RegisterForm",
    "ScorecardForm",
    "SmallForm",
    "agree_form",
    "capacity_form",
    "read_marks",
    "skills_form",
    "small_form",
]
