"""Shape of what judges and staff send."""

from pitchfest.judging.forms.assigning import ChangePlanForm
from pitchfest.judging.forms.briefing import BriefingForm
from pitchfest.judging.forms.conflicts import AskAgainForm, DecideForm, RegisterForm, SetAsideForm
from pitchfest.judging.forms.further import FurtherForm
from pitchfest.judging.forms.moderation import AddForm, MinutesForm, agree_form
from pitchfest.judging.forms.pay import AgreePayForm, ClaimForm, PaidForm, SendBackForm
from pitchfest.judging.forms.refusing import RefuseForm
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
from pitchfest.judging.forms.trial import TrialForm

__all__ = [
    "AddForm",
    "AgreePayForm",
    "AskAgainForm",
    "AskedForm",
    "BriefingForm",
    "CapacityForm",
    "ChangePlanForm",
    "ClaimForm",
    "DecideForm",
    "DeclareForm",
    "DeputyForm",
    "FurtherForm",
    "InterestForm",
    "InviteForm",
    "MinutesForm",
    "PaidForm",
    "ReasonForm",
    "RefuseForm",
    "RegisterForm",
    "ScorecardForm",
    "SendBackForm",
    "SetAsideForm",
    "SmallForm",
    "TrialForm",
    "agree_form",
    "capacity_form",
    "read_marks",
    "skills_form",
    "small_form",
]
