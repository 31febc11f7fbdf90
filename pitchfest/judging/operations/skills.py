"""What pitches ask for, what judges know, how much each takes, and when they are away."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, insert, update

from pitchfest.audit import operations as audit
from pitchfest.db import db
from pitchfest.judging import queries
from pitchfest.judging.models import ChallengeSkill, JudgeAway, JudgeCapacity, JudgeSkill, PitchSkill
from pitchfest.judging.operations.rounds import member, opened
from pitchfest.judging.rules import Permission
from pitchfest.judging.rules.capacity import Said, problems_with
from pitchfest.judging.rules.skills import LONGEST_SKILL, MOST_SKILLS
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.clock import london_day
from pitchfest.kernel.errors import Problem, RuleViolation, StaleForm
from pitchfest.kernel.text import tidy_line

Ask = tuple[str, int]
"""A pitch's reference and the id of a skill that it asks for, in this order."""


def list_skills(
    actor: Actor, *, reference: str, renamed: Mapping[int, str], added: Sequence[str], now: datetime
) -> None:
    """Change the list of skills that pitches of a challenge may ask for: names by id, new ones after them.

    An empty name takes a skill away, with all that was said of it; one that is not named stays as it is.
    Raises RuleViolation for a name that is too long or there twice, and for too many.
    """
    round_ = opened(actor, Permission.PANEL_EDIT, reference, now=now)
    before = {skill.id: skill.name for skill in queries.skills(round_.id)}
    names = {
        skill_id: tidy_line(renamed[skill_id]) if skill_id in renamed else name
        for skill_id, name in before.items()
    }
    new = [tidy_line(name) for name in added]
    _check_names([(f"skill_{key}", name) for key, name in names.items()], new)
    gone = sorted(skill_id for skill_id, name in names.items() if not name)
    for of_skill in (PitchSkill, JudgeSkill):
        db.session.execute(delete(of_skill).where(of_skill.skill_id.in_(gone)))
    db.session.execute(delete(ChallengeSkill).where(ChallengeSkill.id.in_(gone)))
    changed = {key: name for key, name in names.items() if name and name != before[key]}
    # two skills may exchange their names, and no two have the same one on the way
    for stand_in in (True, False):
        for key, name in changed.items():
            db.session.execute(
                update(ChallengeSkill)
                .where(ChallengeSkill.id == key)
                .values(name=f"{key}\n" if stand_in else name)
                .execution_options(synchronize_session=False)
            )
    new = [name for name in new if name]
    if new:
        db.session.execute(
            insert(ChallengeSkill), [{"challenge_id": round_.id, "name": name} for name in new]
        )
    db.session.expire_all()
    if gone or changed or new:
        audit.record(
            actor,
            "judging.list_skills",
            f"challenge:{reference}",
            now=now,
            added=len(new),
            renamed=len(changed),
            removed=len(gone),
        )


def _check_names(old: list[tuple[str, str]], new: list[str]) -> None:
    named = [*old, *((f"new_{place}", name) for place, name in enumerate(new, start=1))]
    named = [(field, name) for field, name in named if name]
    problems = [
        Problem(f"Keep a skill to {LONGEST_SKILL} characters", field)
        for field, name in named
        if len(name) > LONGEST_SKILL
    ]
    seen: set[str] = set()
    for field, name in named:
        if name.casefold() in seen:
            problems.append(Problem(f"“{name}” is there twice", field))
        seen.add(name.casefold())
    if len(named) > MOST_SKILLS:
        problems.append(Problem(f"List at most {MOST_SKILLS} skills", named[-1][0]))
    if problems:
        raise RuleViolation(*problems)


def set_capacity(
    actor: Actor,
    *,
    reference: str,
    member_id: int | None,
    said: Said,
    expected_version: int | None,
    now: datetime,
) -> None:
    """Say what a judge knows, how many pitches they take, and when they are away.

    Judges say it of themselves (`member_id` None), staff of any judge of the panel; the log says who did.
    Raises RuleViolation for what cannot be, StaleForm where somebody said something else meanwhile.
    """
    permission = Permission.OWN_CAPACITY if member_id is None else Permission.PANEL_EDIT
    round_ = opened(actor, permission, reference, now=now)
    row = member(round_, member_id or round_.member_id or 0)
    version = queries.capacity(row.id).version
    if version != (expected_version or 0):
        raise StaleForm("This was changed meanwhile, perhaps by somebody else. Look at it again.")
    if problems := problems_with(said, london_day(now)):
        raise RuleViolation(*problems)
    values = {
        "version": version + 1,
        "pitch_limit": said.limit,
        "changed_by_id": actor.person_id,
        "changed_at": now,
    }
    mine = JudgeCapacity.panel_member_id == row.id
    if version:
        db.session.execute(update(JudgeCapacity).where(mine).values(**values))
    else:
        db.session.execute(insert(JudgeCapacity).values(panel_member_id=row.id, **values))
    _write_times(row.id, said)
    _write_levels(row.id, said, {skill.id for skill in queries.skills(round_.id)})
    # what a judge knows and when they are away is their own affair: the log says only that it was said
    audit.record(actor, "judging.set_capacity", f"challenge:{reference}", now=now, person=row.person_id)
    db.session.flush()


def _write_times(member_id: int, said: Said) -> None:
    db.session.execute(delete(JudgeAway).where(JudgeAway.panel_member_id == member_id))
    if times := sorted({time for time in said.away if time is not None}):
        db.session.execute(
            insert(JudgeAway),
            [{"panel_member_id": member_id, "since": t.since, "until": t.until} for t in times],
        )


def _write_levels(member_id: int, said: Said, listed: Collection[int]) -> None:
    """Skills that were not asked about stay as they are; those that are listed no more are passed over."""
    db.session.execute(
        delete(JudgeSkill).where(
            JudgeSkill.panel_member_id == member_id, JudgeSkill.skill_id.in_(sorted(said.levels))
        )
    )
    rows = [
        {"panel_member_id": member_id, "skill_id": skill_id, "level": level}
        for skill_id, level in sorted(said.levels.items())
        if level is not None and skill_id in listed
    ]
    if rows:
        db.session.execute(insert(JudgeSkill), rows)


def ask_skills(
    actor: Actor, *, reference: str, asked: Collection[Ask], seen: Collection[Ask], now: datetime
) -> int:
    """Say which skills pitches ask for, as (pitch's reference, skill's id); how many pitches that changes.

    `seen` is what the person found ticked: only what they changed is changed, so that nobody undoes what
    somebody else did meanwhile. What is no longer listed or judged is passed over.
    """
    round_ = opened(actor, Permission.SHARE_OUT, reference, now=now)
    pitches = {pitch.reference: pitch.id for pitch in queries.pitches_in_play(round_.id)}
    expertise = queries.expertise(round_.id)
    listed = {skill.id for skill in expertise.skills}
    there = {(pitch_id, skill_id) for pitch_id, ids in expertise.asked.items() for skill_id in ids}

    def known(asks: Collection[Ask]) -> set[tuple[int, int]]:
        return {(pitches[ref], skill) for ref, skill in asks if ref in pitches and skill in listed}

    wanted, before = known(asked), known(seen)
    added, gone = wanted - before - there, (before - wanted) & there
    for pitch_id, skill_id in sorted(gone):
        db.session.execute(
            delete(PitchSkill).where(PitchSkill.pitch_id == pitch_id, PitchSkill.skill_id == skill_id)
        )
    if added:
        db.session.execute(insert(PitchSkill), [{"pitch_id": p, "skill_id": s} for p, s in sorted(added)])
    changed = {pitch_id for pitch_id, _ in added | gone}
    if changed:
        references = sorted(name for name, pitch_id in pitches.items() if pitch_id in changed)
        audit.record(actor, "judging.ask_skills", f"challenge:{reference}", now=now, pitches=references)
    return len(changed)


def forget_judges(members: Select[Any]) -> None:
    """Delete what was said of the skills and the time of these panel members."""
    for of_judge in (JudgeSkill, JudgeAway, JudgeCapacity):
        db.session.execute(delete(of_judge).where(of_judge.panel_member_id.in_(members)))
