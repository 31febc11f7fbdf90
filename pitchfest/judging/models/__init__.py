"""The tables of judging: panel, scorecards, stored totals."""

from pitchfest.judging.models.adjusted import AdjustedRound, AdjustedTotal
from pitchfest.judging.models.briefing import Briefing, BriefingRead
from pitchfest.judging.models.calibration import StoredCalibration
from pitchfest.judging.models.cards import Score, Scorecard, ScoreVersion
from pitchfest.judging.models.elsewhere import BroughtCard, BroughtFile
from pitchfest.judging.models.further import FurtherReview
from pitchfest.judging.models.interests import DeclarationStep, RegisteredInterest
from pitchfest.judging.models.lot import TieLot
from pitchfest.judging.models.moderation import AgendaItem, AgreedScore, Moderation
from pitchfest.judging.models.panel import Declaration, Deputy, PanelMember
from pitchfest.judging.models.pay import JudgePay
from pitchfest.judging.models.plan import AssignmentPlan, PlannedPair
from pitchfest.judging.models.skills import (
    ChallengeSkill,
    JudgeAway,
    JudgeCapacity,
    JudgeSkill,
    PitchSkill,
)
from pitchfest.judging.models.totals import CriterionTotal, PitchTotal
from pitchfest.judging.models.trial import TrialAgreed, TrialAnswer, TrialPitch, TrialScore

__all__ = [
    "AdjustedRound",
    "AdjustedTotal",
    "AgendaItem",
    "AgreedScore",
    "AssignmentPlan",
    "Briefing",
    "BriefingRead",
    "BroughtCard",
    "BroughtFile",
    "ChallengeSkill",
    "CriterionTotal",
    "Declaration",
    "DeclarationStep",
    "Deputy",
    "FurtherReview",
    "JudgeAway",
    "JudgeCapacity",
    "JudgePay",
    "JudgeSkill",
    "Moderation",
    "PanelMember",
    "PitchSkill",
    "PitchTotal",
    "PlannedPair",
    "RegisteredInterest",
    "Score",
    "ScoreVersion",
    "Scorecard",
    "StoredCalibration",
    "TieLot",
    "TrialAgreed",
    "TrialAnswer",
    "TrialPitch",
    "TrialScore",
]
