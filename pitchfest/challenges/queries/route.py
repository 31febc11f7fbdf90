"""The route of a challenge, what was done of its duties, and what it still asks for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, func, select
from sqlalchemy.orm import aliased

from pitchfest.accounts import queries as accounts
from pitchfest.accounts.models import Person
from pitchfest.challenges.models import ChallengeDuty, ChallengeRoute, Review
from pitchfest.challenges.rules import (
    Answers,
    ChallengeRow,
    ChallengeState,
    Chosen,
    Duty,
    DutyDone,
    Instead,
    Obstacle,
    Publish,
    ReviewOutcome,
    Step,
    duties_of,
    publication_obstacles,
    steps_after,
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


@dataclass(frozen=True, slots=True)
class Routed:
    """The answers about a challenge's route, or what a small round counts as; and by key what was recorded
    last of the duties that follow from them.
    """

    chosen: Chosen | None
    done: dict[str, DutyRow]

    @property
    def agreed_by(self) -> str:
        """Who confirmed the route, "" for nobody."""
        return self.chosen.confirmed_by if isinstance(self.chosen, ChosenRow) else ""


def routed(challenge: ChallengeRow) -> Routed:
    """The route and what was done of its duties; one statement. What was recorded for another result of
    the answers does not count any more.
    """
    duty, recorder = ChallengeDuty, aliased(Person)
    rows = db.session.execute(
        select(
            ChallengeRoute,
            Person.name,
            duty.key,
            duty.evidence,
            duty.at,
            duty.not_needed_because,
            recorder.name.label("by"),
            duty.recorded_at,
        )
        .outerjoin(Person, Person.id == ChallengeRoute.confirmed_by_id)
        .outerjoin(
            duty,
            and_(duty.challenge_id == ChallengeRoute.challenge_id, duty.edition == ChallengeRoute.edition),
        )
        .outerjoin(recorder, recorder.id == duty.by_id)
        .where(ChallengeRoute.challenge_id == challenge.id)
        .order_by(duty.id)
    ).all()
    if not rows:
        return Routed(usual_choice(challenge), {})
    found: ChallengeRoute = rows[0][0]
    answers = Answers(found.buying, found.value_pence, found.others, Instead(found.instead), found.research)
    chosen = ChosenRow(answers, found.confirmed_at, edition=found.edition, confirmed_by=rows[0][1] or "")
    return Routed(chosen, {row.key: DutyRow(*row[2:]) for row in rows if row.key})


def route(challenge: ChallengeRow) -> Chosen | None:
    """The answers about the challenge's route, or what a small round counts as; one statement."""
    return routed(challenge).chosen


def steps(challenge: ChallengeRow, now: datetime) -> list[Step]:
    """How the duties after publication stand; one statement."""
    found = routed(challenge)
    return steps_after(challenge, found.chosen, found.done, now)


def agreed_at(challenge: ChallengeRow) -> datetime | None:
    """When its approver said yes to what waits to be published; None while nobody has. One statement."""
    if challenge.state not in {ChallengeState.APPROVED, ChallengeState.SCHEDULED}:
        return None
    approved = select(func.max(Review.at)).where(
        Review.challenge_id == challenge.id, Review.outcome == ReviewOutcome.APPROVED
    )
    return db.session.execute(approved).scalar_one()


def obstacles(challenge: ChallengeRow, start: datetime) -> list[Obstacle]:
    """What the route asks for before the challenge is published at `start`; two statements."""
    found = routed(challenge)
    return publication_obstacles(challenge, found.chosen, found.done, start, agreed_at(challenge))


def publish_facts(challenge: ChallengeRow, now: datetime) -> Publish:
    """All that decides whether the challenge can be published at this moment."""
    return Publish(
        now=now,
        closes_at=challenge.closes_at,
        region_is_finished=challenge.practice or accounts.fresh_region().is_finished,
        obstacles=tuple(o.message for o in obstacles(challenge, now)),
    )


@dataclass(frozen=True, slots=True)
class DutyFacts:
    """A line of the table that a challenge has to keep, and what was recorded of it. `step`: how it stands
    where it is due after publication and its challenge is past that; `edition`: of the route's result.
    """

    duty: Duty
    edition: int
    record: DutyRow | None
    step: Step | None


def duty_facts(challenge: ChallengeRow, key: str, now: datetime) -> DutyFacts:
    """A duty of the challenge and how it stands; one statement. Raises NotFound."""
    found = routed(challenge)
    if challenge.practice or found.chosen is None:
        raise NotFound
    duty = next((duty for duty in duties_of(found.chosen.answers) if duty.key == key), None)
    if duty is None:
        raise NotFound
    after = steps_after(challenge, found.chosen, found.done, now)
    step = next((step for step in after if step.duty == duty), None)
    return DutyFacts(duty, found.chosen.edition, found.done.get(key), step)
