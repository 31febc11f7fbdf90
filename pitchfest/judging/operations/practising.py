"""Throwing away the judging of a practice challenge."""

from __future__ import annotations

from sqlalchemy import delete, select

from pitchfest.db import db
from pitchfest.judging.models import (
    AdjustedRound,
    AdjustedTotal,
    AgendaItem,
    AgreedScore,
    AssignmentPlan,
    Briefing,
    BriefingRead,
    BroughtCard,
    BroughtFile,
    ChallengeSkill,
    CriterionTotal,
    Declaration,
    DeclarationStep,
    Deputy,
    FurtherReview,
    JudgePay,
    Moderation,
    PanelMember,
    PitchSkill,
    PitchTotal,
    PlannedPair,
    Score,
    Scorecard,
    ScoreVersion,
    StoredCalibration,
    TieLot,
    TrialAgreed,
    TrialAnswer,
    TrialPitch,
    TrialScore,
)
from pitchfest.judging.operations.skills import forget_judges
from pitchfest.pitches.models import Pitch


def discard(challenge_id: int) -> None:
    """Remove panel, declarations, scorecards and totals of a practice challenge, within a disposal."""
    pitches = select(Pitch.id).where(Pitch.challenge_id == challenge_id)
    cards = select(Scorecard.id).where(Scorecard.pitch_id.in_(pitches))
    for of_card in (ScoreVersion, Score, BroughtCard, FurtherReview):
        db.session.execute(delete(of_card).where(of_card.scorecard_id.in_(cards)))
    declared = select(Declaration.id).where(Declaration.pitch_id.in_(pitches))
    db.session.execute(delete(DeclarationStep).where(DeclarationStep.declaration_id.in_(declared)))
    for of_pitch in (
        AgreedScore,
        AgendaItem,
        Deputy,
        AdjustedTotal,
        CriterionTotal,
        PitchTotal,
        PitchSkill,
        Scorecard,
        Declaration,
    ):
        db.session.execute(delete(of_pitch).where(of_pitch.pitch_id.in_(pitches)))
    forget_judges(select(PanelMember.id).where(PanelMember.challenge_id == challenge_id))
    plan, trial = (PlannedPair, AssignmentPlan), (TrialAnswer, TrialAgreed, TrialPitch)
    of_rounds = (
        *(Moderation, StoredCalibration, AdjustedRound, TieLot, *plan, BroughtFile, Briefing),
        *(ChallengeSkill, *trial),
    )
    for of_round in of_rounds:
        db.session.execute(delete(of_round).where(of_round.challenge_id == challenge_id))
    members = select(PanelMember.id).where(PanelMember.challenge_id == challenge_id)
    for of_member in (JudgePay, BriefingRead, TrialScore):
        db.session.execute(delete(of_member).where(of_member.member_id.in_(members)))
    db.session.execute(delete(PanelMember).where(PanelMember.challenge_id == challenge_id))
