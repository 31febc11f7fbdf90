"""What pitches ask for and judges know, how much each takes, and when they are away."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from pitchfest.accounts.models import Person
from pitchfest.db import db
from pitchfest.judging.models import (
    ChallengeSkill,
    JudgeAway,
    JudgeCapacity,
    JudgeSkill,
    PanelMember,
    PitchSkill,
)
from pitchfest.judging.rules.capacity import Away, Capacity
from pitchfest.judging.rules.skills import Expertise, Level, Skill

_SKILL = ChallengeSkill.__table__.c
_OF_JUDGE = JudgeSkill.__table__.c
_OF_PITCH = PitchSkill.__table__.c
_CAPACITY = JudgeCapacity.__table__.c
_AWAY = JudgeAway.__table__.c
_MEMBER = PanelMember.__table__.c


def skills(challenge_id: int) -> tuple[Skill, ...]:
    """The skills that pitches of a challenge may ask for, in the order in which they were listed."""
    rows = db.session.execute(
        select(_SKILL.id, _SKILL.name).where(_SKILL.challenge_id == challenge_id).order_by(_SKILL.id)
    )
    return tuple(Skill(*row) for row in rows)


def expertise(challenge_id: int) -> Expertise:
    """What a round's pitches ask for and its judges know; one statement where no skill is listed."""
    known = skills(challenge_id)
    if not known:
        return Expertise()
    asked: dict[int, set[int]] = {}
    for pitch_id, skill_id in db.session.execute(
        select(_OF_PITCH.pitch_id, _OF_PITCH.skill_id)
        .join(ChallengeSkill, _SKILL.id == _OF_PITCH.skill_id)
        .where(_SKILL.challenge_id == challenge_id)
        .order_by(_OF_PITCH.pitch_id, _OF_PITCH.skill_id)
    ):
        asked.setdefault(pitch_id, set()).add(skill_id)
    levels: dict[int, dict[int, Level]] = {}
    for member_id, skill_id, level in db.session.execute(
        select(_CAPACITY.panel_member_id, _OF_JUDGE.skill_id, _OF_JUDGE.level)
        .join(PanelMember, _MEMBER.id == _CAPACITY.panel_member_id)
        .outerjoin(JudgeSkill, _OF_JUDGE.panel_member_id == _CAPACITY.panel_member_id)
        .where(_MEMBER.challenge_id == challenge_id)
        .order_by(_CAPACITY.panel_member_id, _OF_JUDGE.skill_id)
    ):
        known_to = levels.setdefault(member_id, {})
        if level is not None:
            known_to[skill_id] = level
    return Expertise(known, {pitch_id: frozenset(ids) for pitch_id, ids in asked.items()}, levels)


def limits(challenge_id: int) -> dict[int, int]:
    """The most pitches that judges take who have a limit of their own, by panel member id."""
    rows = db.session.execute(
        select(_CAPACITY.panel_member_id, _CAPACITY.pitch_limit)
        .join(PanelMember, _MEMBER.id == _CAPACITY.panel_member_id)
        .where(_MEMBER.challenge_id == challenge_id, _CAPACITY.pitch_limit.is_not(None))
        .order_by(_CAPACITY.panel_member_id)
    )
    return dict(rows.all())


def times_away(challenge_ids: Collection[int]) -> dict[int, tuple[Away, ...]]:
    """When the judges of these challenges are away, by panel member id, the earliest first."""
    found: dict[int, list[Away]] = {}
    for member_id, since, until in db.session.execute(
        select(_AWAY.panel_member_id, _AWAY.since, _AWAY.until)
        .join(PanelMember, _MEMBER.id == _AWAY.panel_member_id)
        .where(_MEMBER.challenge_id.in_(sorted(challenge_ids)))
        .order_by(_AWAY.panel_member_id, _AWAY.since, _AWAY.id)
    ):
        found.setdefault(member_id, []).append(Away(since, until))
    return {member_id: tuple(times) for member_id, times in found.items()}


def capacity(member_id: int) -> Capacity:
    """What was said of one judge's skills, limit and days away."""
    row = db.session.execute(
        select(_CAPACITY.version, _CAPACITY.pitch_limit, Person.name)
        .join(Person, Person.id == _CAPACITY.changed_by_id)
        .where(_CAPACITY.panel_member_id == member_id)
    ).one_or_none()
    if row is None:
        return Capacity()
    away = db.session.execute(
        select(_AWAY.since, _AWAY.until)
        .where(_AWAY.panel_member_id == member_id)
        .order_by(_AWAY.since, _AWAY.id)
    )
    levels = db.session.execute(
        select(_OF_JUDGE.skill_id, _OF_JUDGE.level)
        .where(_OF_JUDGE.panel_member_id == member_id)
        .order_by(_OF_JUDGE.skill_id)
    )
    return Capacity(
        version=row.version,
        limit=row.pitch_limit,
        away=tuple(Away(*times) for times in away),
        levels=dict(levels.all()),
        changed_by=row.name,
    )
