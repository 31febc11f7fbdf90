"""What keeps a person who judges from reading a pitch by another of their roles."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, select

from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import RELEASED
from pitchfest.db import db
from pitchfest.judging.models import Declaration, PanelMember
from pitchfest.judging.queries.rounds import recused_pitch_ids
from pitchfest.judging.rules.states import MAY_READ, DeclarationState


def recused_before_letters(person_id: int) -> bool:
    """Whether somebody is recused from a pitch of a round whose letters are not out: then no list of what
    judges did is for them, since it tells how the others judge.
    """
    found = (
        exists()
        .where(Declaration.state == DeclarationState.RECUSED, PanelMember.person_id == person_id)
        .where(PanelMember.id == Declaration.panel_member_id, Challenge.id == PanelMember.challenge_id)
        .where(Challenge.state.not_in(sorted(RELEASED)))
    )
    return bool(db.session.scalar(select(found)))


def recused_here(person_id: int) -> ColumnElement[bool]:
    """Whether the person is recused from a pitch of the outer statement's challenge."""
    own = PanelMember.__table__.alias("own_seat").c
    return (
        exists()
        .where(
            own.challenge_id == Challenge.id,
            own.person_id == person_id,
            Declaration.panel_member_id == own.id,
            Declaration.state == DeclarationState.RECUSED,
        )
        .correlate(Challenge)
    )


def barred_from_pitch(person_id: int, challenge_id: int, pitch_id: int | None) -> bool:
    """Whether a judge of the challenge must not read the pitch until release, whatever other role
    they hold: nobody who judges reads content before being cleared for it. A recusal outlasts a
    release from the panel; whoever left without declaring anything is free.

    Without `pitch_id`: whether the pages about all of its pitches are closed to them, which they
    are to a judge who is recused from one. Where judges must not learn who pitches, all these pages are
    closed to them: what they may read is on their scorecards.
    """
    member = db.session.execute(
        select(PanelMember.id, PanelMember.released_at, Challenge.state, Challenge.names_hidden)
        .join(Challenge, Challenge.id == PanelMember.challenge_id)
        .where(
            PanelMember.challenge_id == challenge_id,
            PanelMember.person_id == person_id,
            PanelMember.refusal.is_(None),
        )
    ).one_or_none()
    if member is None or member.state in RELEASED:
        return False
    if member.names_hidden:
        return True
    if pitch_id is None:
        return bool(recused_pitch_ids(person_id, challenge_id))
    declared = db.session.execute(
        select(Declaration.state).where(
            Declaration.panel_member_id == member.id, Declaration.pitch_id == pitch_id
        )
    ).scalar_one_or_none()
    if declared is None:
        return member.released_at is None
    return declared not in MAY_READ
