"""The route of a challenge, what was done of its duties, and what it still asks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from pitchfest.accounts import queries as accounts
from pitchfest.accounts.models import Person
from pitchfest.challenges.models import ChallengeDuty, ChallengeRoute
from pitchfest.challenges.rules import (
    Answers,
    ChallengeRow,
    Chosen,
    Duty,
    DutyDone,
    Instead,
    Obstacle,
    Publish,
    duties_of,
    publication_obstacles,
    usual_choice,
)
from pitchfest.db import db
from pitchfest.kernel.errors import NotFound


@dataclass(frozen=True, slots=True)
class ChosenRow(Chosen):
    """The stored answers, with the name of who confirmed them."""

    confirmed_by: str = ""


@dataclass(frozen=True, slots=True)
class DutyRow(DutyDone):
    """What was recorded, by whom, and when."""

    by: str
    recorded_at: datetime


def route(challenge: ChallengeRow) -> Chosen | None:
    """The answers about the challenge's route, or what a small round counts as; one statement."""
    row = db.session.execute(
        select(ChallengeRoute, Person.name)
        .outerjoin(Person, Person.id == ChallengeRoute.confirmed_by_id)
        .where(ChallengeRoute.challenge_id == challenge.id)
    ).one_or_none()
    if row is None:
        return usual_choice(challenge)
    found: ChallengeRoute = row[0]
    answers = Answers(found.buying, found.value_pence, found.others, Instead(found.instead), found.research)
    return ChosenRow(answers, found.confirmed_at, confirmed_by=row[1] or "")


def duties_done(challenge_id: int) -> dict[str, DutyRow]:
    """Key → what was recorded last; one statement."""
    duty = ChallengeDuty
    rows = db.session.execute(
        select(
            duty.key,
            duty.evidence,
            duty.at,
            duty.not_needed_because,
            Person.name.label("by"),
            duty.recorded_at,
        )
        .join(Person, Person.id == duty.by_id)
        .where(duty.challenge_id == challenge_id)
        .order_by(duty.id)
    )
    return {row.key: DutyRow(**row._mapping) for row in rows}


def obstacles(challenge: ChallengeRow, start: datetime) -> list[Obstacle]:
    """What the route asks for before the challenge is published at `start`; at most two statements."""
    chosen = route(challenge)
    done = duties_done(challenge.id) if chosen else {}
    return publication_obstacles(challenge, chosen, done, start)


def publish_facts(challenge: ChallengeRow, now: datetime) -> Publish:
    """All that decides whether the challenge can be published at this moment."""
    return Publish(
        now=now,
        closes_at=challenge.closes_at,
        region_is_finished=challenge.practice or accounts.fresh_region().is_finished,
        obstacles=tuple(o.message for o in obstacles(challenge, now)),
    )


def duty_of(challenge: ChallengeRow, key: str) -> Duty:
    """The line of the table that the challenge has to keep before publication. Raises NotFound."""
    chosen = None if challenge.practice else route(challenge)
    for duty in duties_of(chosen.answers) if chosen else ():
        if duty.key == key and duty.is_due_before:
            return duty
    raise NotFound
