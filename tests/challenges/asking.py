"""An open challenge with people who ask, answer and sign."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from flask import Flask
from sqlalchemy import func, select

from pitchfest.challenges import operations
from pitchfest.challenges.models import Challenge, Clarification
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db, transaction
from pitchfest.kernel.actor import Role
from pitchfest.mail.models import OutboxMessage
from pitchfest.pitches import operations as pitches
from tests.support import builders
from tests.support.client import PageClient
from tests.support.signing_in import browser_of

Result = TypeVar("Result")

#: Nothing on a page of anyone else may hold any of this.
NAME, FIRM, ADDRESS = "Zebedee Quillfeather", "Xanthoria Lichens Ltd", "zq@xanthoria.example"
QUESTION = "Can a consortium apply together, and who signs then?"
ANSWER = "Yes. One organisation leads and signs."


@dataclass(frozen=True)
class World:
    """Ids of the people; the challenge closes in three weeks and takes questions for a week."""

    officer: int
    second: int
    lead: int
    other_lead: int
    admin: int
    judge: int
    asker: int
    rival: int
    challenge: int
    reference: str
    until: datetime

    def do(self, operation: Callable[..., Result], who: int, /, *, now: datetime, **values: Any) -> Result:
        """One operation in a transaction of its own."""
        person = builders.actor(who)
        with transaction():
            return operation(person, reference=self.reference, now=now, **values)

    def ask(
        self, now: datetime, *, who: int | None = None, text: str = QUESTION, wish: str | None = None
    ) -> int:
        """Ask; the question's id."""
        self.do(operations.ask, who or self.asker, text=text, wish=wish, now=now)
        return newest()

    def draft(self, now: datetime, one: int, *, who: int | None = None, **words: str) -> None:
        """Write the answer."""
        values = {"question": QUESTION, "answer": ANSWER, **words}
        self.do(operations.draft_answer, who or self.officer, clarification_id=one, now=now, **values)

    def sign(self, now: datetime, one: int, *, who: int | None = None) -> int | None:
        """Sign and publish; the number."""
        return self.do(operations.sign_answer, who or self.lead, clarification_id=one, now=now)

    def published(self, now: datetime, **asked: Any) -> int:
        """Ask, answer and publish; the question's id."""
        one = self.ask(now, **asked)
        self.draft(now, one)
        self.sign(now, one)
        return one

    def browser(self, app: Flask, name: str) -> PageClient:
        """The browser of one of the people."""
        return browser_of(app, getattr(self, name))


def a_world(now: datetime) -> World:
    """Everyone, and an open challenge."""
    builders.a_region()
    firm = builders.an_organisation(FIRM)
    rival = builders.an_organisation("Plain Pipes Ltd")
    officer = builders.a_person("Bryn Haldane", Role.OFFICER)
    challenge = builders.a_challenge(
        state=ChallengeState.OPEN, officer=officer, now=now, closes_at=now + timedelta(days=21)
    )
    row = db.session.get_one(Challenge, challenge)
    row.questions_until = now + timedelta(days=7)
    reference = row.reference
    db.session.commit()
    return World(
        officer=officer,
        second=builders.a_person("Leah Montrose", Role.OFFICER),
        lead=builders.a_person("Devinder Sahota", Role.LEAD),
        other_lead=builders.a_person("Lena Marsh", Role.LEAD, Role.OFFICER),
        admin=builders.a_person("Olu Adebayo", Role.ADMIN, Role.OFFICER),
        judge=builders.a_person("Joan Rule"),
        asker=builders.a_person(NAME, email=ADDRESS, organisation=firm, owner=True),
        rival=builders.a_person("Rita Rival", organisation=rival, owner=True),
        challenge=challenge,
        reference=reference,
        until=now + timedelta(days=7),
    )


def closing(world: World) -> datetime:
    """When the challenge closes."""
    closes_at = db.session.get_one(Challenge, world.challenge).closes_at
    assert closes_at is not None
    return closes_at


def newest() -> int:
    """The id of the newest question."""
    return int(db.session.execute(select(func.max(Clarification.id))).scalar_one())


def state_of(one: int) -> str:
    """The stored state."""
    db.session.rollback()
    return str(db.session.get_one(Clarification, one).state)


def told(kind: str) -> list[tuple[Any, ...]]:
    """Who is told of something, when, and whether it stays out of the lists of staff."""
    rows = db.session.execute(
        select(OutboxMessage.person_id, OutboxMessage.due_at, OutboxMessage.about_sealed)
        .where(OutboxMessage.kind == kind)
        .order_by(OutboxMessage.person_id)
    )
    return [tuple(row) for row in rows]


def pitching(world: World, now: datetime, *people: int) -> None:
    """Have each of these start a pitch."""
    for person in people:
        firm = next(iter(builders.actor(person).organisations))
        with transaction():
            pitches.start(builders.actor(person), challenge=world.reference, organisation_id=firm, now=now)
