"""Removing judges' words on a pitch when their time is over, and a judge who is erased."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, delete, literal, select, update

from pitchfest.accounts.models import TwoPersonAct
from pitchfest.accounts.rules import ActKind
from pitchfest.db import db
from pitchfest.judging.models import (
    AgendaItem,
    AgreedScore,
    BroughtFile,
    Declaration,
    DeclarationStep,
    Deputy,
    FurtherReview,
    JudgePay,
    Moderation,
    PanelMember,
    PitchSkill,
    PlannedPair,
    RegisteredInterest,
    Score,
    Scorecard,
    ScoreVersion,
    TrialScore,
)
from pitchfest.judging.operations.skills import forget_judges
from pitchfest.judging.rules.elsewhere import BroughtState
from pitchfest.kernel.privacy import removed_words
from pitchfest.pitches.models import Pitch


def remove_words(pitch_id: int, now: datetime) -> None:
    """Remove every reason, declared interest and note on a pitch, and the minutes of its round.

    Scores stay, so that the stored totals can still be checked. The caller holds a disposal of the pitch.
    """
    cards, said = select(Scorecard.id).where(Scorecard.pitch_id == pitch_id), removed_words(now)
    db.session.execute(delete(ScoreVersion).where(ScoreVersion.scorecard_id.in_(cards)))
    db.session.execute(update(Score).where(Score.scorecard_id.in_(cards)).values(reason=said))
    declared = select(Declaration.id).where(Declaration.pitch_id == pitch_id)
    db.session.execute(delete(DeclarationStep).where(DeclarationStep.declaration_id.in_(declared)))
    for column in (Declaration.interest, Declaration.reason, Declaration.conditions):
        db.session.execute(
            update(Declaration).where(Declaration.pitch_id == pitch_id, column != "").values({column: said})
        )
    db.session.execute(
        update(Scorecard)
        .where(Scorecard.pitch_id == pitch_id, Scorecard.end_reason != "")
        .values(end_reason=said)
    )
    db.session.execute(update(FurtherReview).where(FurtherReview.scorecard_id.in_(cards)).values(why=said))
    for text in (AgreedScore.reason, AgreedScore.points, AgreedScore.dissent):
        db.session.execute(
            update(AgreedScore).where(AgreedScore.pitch_id == pitch_id, text != "").values({text: said})
        )
    items = AgendaItem.pitch_id == pitch_id
    db.session.execute(update(AgendaItem).where(items, AgendaItem.why != "").values(why=said))
    # the minutes may tell of any pitch, so they go with the first
    meetings = select(AgendaItem.challenge_id).where(items)
    db.session.execute(
        update(Moderation)
        .where(Moderation.challenge_id.in_(meetings), Moderation.minutes != "")
        .values(minutes=said)
    )
    # a file of scores that nobody confirmed is about any pitch, and so is what a confirmed one is called
    files = (
        BroughtFile.challenge_id == select(Pitch.challenge_id).where(Pitch.id == pitch_id).scalar_subquery()
    )
    db.session.execute(delete(BroughtFile).where(files, BroughtFile.state != BroughtState.CONFIRMED))
    db.session.execute(update(BroughtFile).where(files).values(name=said))
    # a plan says nothing that its scorecards do not, but for why judges were kept from the pitch
    db.session.execute(delete(PlannedPair).where(PlannedPair.pitch_id == pitch_id))
    db.session.execute(delete(PitchSkill).where(PitchSkill.pitch_id == pitch_id))
    db.session.execute(update(Deputy).where(Deputy.pitch_id == pitch_id).values(note=""))
    # why somebody proposed to set scores aside, or to find otherwise who can take part
    about = select(literal("pitch:") + Pitch.reference).where(Pitch.id == pitch_id).scalar_subquery()
    words = TwoPersonAct.kind.in_([ActKind.SET_ASIDE, ActKind.OVERTURN])
    db.session.execute(update(TwoPersonAct).where(words, TwoPersonAct.object == about).values(payload="{}"))
    # what judges tried on has served its purpose
    panel = (
        select(PanelMember.id)
        .join(Pitch, Pitch.challenge_id == PanelMember.challenge_id)
        .where(Pitch.id == pitch_id)
    )
    db.session.execute(delete(TrialScore).where(TrialScore.member_id.in_(panel)))
    # what somebody wrote who said no may name any supplier too
    _remove_refusals(PanelMember.id.in_(panel), said)


def _remove_refusals(whose: ColumnElement[bool], said: str) -> None:
    db.session.execute(
        update(PanelMember)
        .where(whose, PanelMember.refusal.is_not(None), PanelMember.release_reason != "")
        .values(release_reason=said)
    )


def erase(person_id: int, now: datetime) -> None:
    """Delete the person's register of interests and what was said of their skills and time, and take them
    off every panel that has not finished; there are no open cards of theirs. What was paid stays as a
    record, without the words on it, and so does that they said no to a panel.
    """
    members = select(PanelMember.id).where(PanelMember.person_id == person_id)
    db.session.execute(delete(TrialScore).where(TrialScore.member_id.in_(members)))
    own = JudgePay.member_id.in_(members)
    db.session.execute(delete(JudgePay).where(own, JudgePay.claimed_at.is_(None)))
    db.session.execute(update(JudgePay).where(own, JudgePay.note != "").values(note=removed_words(now)))
    # the newest first: each names the one that it replaced
    mine = select(RegisteredInterest.id).where(RegisteredInterest.person_id == person_id)
    for line_id in db.session.scalars(mine.order_by(RegisteredInterest.id.desc())).all():
        db.session.execute(delete(RegisteredInterest).where(RegisteredInterest.id == line_id))
    forget_judges(select(PanelMember.id).where(PanelMember.person_id == person_id))
    _remove_refusals(PanelMember.person_id == person_id, removed_words(now))
    db.session.execute(
        update(PanelMember)
        .where(PanelMember.person_id == person_id, PanelMember.released_at.is_(None))
        .values(
            released_at=now,
            released_by_id=person_id,
            release_reason="This person’s account was erased.",
        )
    )
