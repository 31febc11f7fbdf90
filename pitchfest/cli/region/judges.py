"""What is agreed and said around a panel: skills, a judge's fee, the trial pitch."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

from pitchfest.challenges import queries as challenges
from pitchfest.cli.region.story import BadRegionError, Story
from pitchfest.judging import operations as judging
from pitchfest.judging import queries
from pitchfest.judging.rules.capacity import Said
from pitchfest.judging.rules.cards import Mark
from pitchfest.judging.rules.pay import PayBasis
from pitchfest.judging.rules.skills import Level


def plan(story: Story) -> None:
    """Add the steps that the file tells of these, panel by panel."""
    for reference, panel in (story.content.get("panels") or {}).items():
        if skills := panel.get("skills"):
            _plan_skills(story, reference, panel["officer"], skills)
        for fee in panel.get("fees") or []:
            story.at(
                fee["at"], f"{reference}: a fee is agreed", partial(_agree_fee, story, reference, panel, fee)
            )
        if trial := panel.get("trial"):
            story.at(
                trial["at"], f"{reference}: the trial pitch", partial(_write_trial, story, reference, trial)
            )


def _plan_skills(story: Story, reference: str, officer: str, skills: dict[str, Any]) -> None:
    story.at(
        skills["at"],
        f"{reference}: skills are listed",
        lambda now: judging.list_skills(
            story.actor(officer, now), reference=reference, renamed={}, added=skills["list"], now=now
        ),
    )
    for judge, said in skills["judges"].items():
        story.at(
            said["at"],
            f"{reference}: {judge} says what they know",
            partial(_say, story, reference, judge, said),
        )


def _ids(reference: str, now: datetime) -> dict[str, int]:
    """The challenge's skills by name."""
    return {skill.name: skill.id for skill in queries.skills(challenges.by_reference(reference, now).id)}


def _say(story: Story, reference: str, judge: str, said: dict[str, Any], now: datetime) -> None:
    ids = _ids(reference, now)
    levels = {ids[name]: level for level in Level for name in said.get(level) or []}
    judging.set_capacity(
        story.actor(judge, now),
        reference=reference,
        member_id=None,
        said=Said({key: levels.get(key) for key in ids.values()}, said.get("limit"), ()),
        expected_version=0,
        now=now,
    )


def _agree_fee(
    story: Story, reference: str, panel: dict[str, Any], fee: dict[str, Any], now: datetime
) -> None:
    members = {row.name: row.member_id for row in queries.panel(challenges.by_reference(reference, now).id)}
    if fee["judge"] not in members:
        raise BadRegionError(f"{reference}: {fee['judge']} is not on the panel")
    judging.agree_pay(
        story.actor(panel["officer"], now),
        reference=reference,
        member_id=members[fee["judge"]],
        basis=PayBasis(fee["basis"]),
        pence=round(fee["gbp"] * 100),
        quarters=round(fee["hours"] * 4),
        now=now,
    )


def _write_trial(story: Story, reference: str, trial: dict[str, Any], now: datetime) -> None:
    parts = queries.trial(challenges.by_reference(reference, now).id).parts
    told = [trial[f"c{number}"] for number in range(1, len(parts) + 1)]
    judging.write_trial(
        story.actor(trial["by"], now),
        reference=reference,
        supplier=trial["supplier"],
        answers={
            question.id: text["answer"]
            for part, text in zip(parts, told, strict=True)
            for question in part.questions
        },
        agreed={
            part.criterion.id: Mark(round(text["agreed"][0] * 100), text["agreed"][1])
            for part, text in zip(parts, told, strict=True)
        },
        now=now,
    )
