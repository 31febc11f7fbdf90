"""The people and the challenge that the tests of pitches start from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from flask import Flask
from sqlalchemy import select

from pitchfest.challenges import queries as challenges
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db, transaction
from pitchfest.kernel.actor import Actor, Role
from pitchfest.mail import queries as mail
from pitchfest.mail.models import OutboxMessage
from pitchfest.mail.rendering import render
from pitchfest.mail.rules import Letterhead
from pitchfest.pitches import operations, queries
from pitchfest.pitches.queries import sealed, versions
from pitchfest.pitches.queries.questions import own_question
from tests.support import builders

Result = TypeVar("Result")

WORDS = {
    1: "Kingfisher crews ride along and mark every gully.",
    2: "We start in March with two foremen.",
    3: "Signs in four languages, and a phone number.",
}
PRICE = '[{"label": "Everything", "pence": 5000000}]'


@dataclass(frozen=True)
class Cast:
    """Ids of the people and organisations; references of the challenge."""

    officer: int
    lead: int
    approver: int
    champion: int
    observer: int
    admin: int
    kestrel: int
    rosa: int
    imran: int
    gannet: int
    gwen: int
    challenge: int
    reference: str


def a_cast(now: datetime, *, price: bool = True, closes_at: datetime | None = None) -> Cast:
    """Staff in each role, two suppliers (Kestrel with two people, Gannet with one), and an open
    challenge with three judged criteria and a price."""
    builders.a_region()
    officer = builders.a_person("Josephine Okafor", Role.OFFICER)
    lead = builders.a_person("Lena Marsh", Role.LEAD)
    kestrel, gannet = builders.an_organisation("Kestrel Rounds"), builders.an_organisation("Gannet Data")
    challenge = builders.a_challenge(
        state=ChallengeState.OPEN,
        officer=officer,
        now=now,
        closes_at=closes_at,
        criteria=(("Fit", 40, 300), ("Delivery", 30, None), ("Inclusion", 20, None)),
        price=price,
    )
    return Cast(
        officer=officer,
        lead=lead,
        approver=builders.a_person("Arthur Pell", Role.APPROVER),
        champion=builders.a_person("Tomos Ellery", Role.CHAMPION),
        observer=builders.a_person("Olive Stone", Role.OBSERVER),
        admin=builders.a_person("Adam Reed", Role.ADMIN),
        kestrel=kestrel,
        rosa=builders.a_person("Rosa Whitfield", organisation=kestrel, owner=True),
        imran=builders.a_person("Imran Sadiq", organisation=kestrel),
        gannet=gannet,
        gwen=builders.a_person("Gwen Moss", organisation=gannet, owner=True),
        challenge=challenge,
        reference=db.session.get_one(Challenge, challenge).reference,
    )


def actor(person_id: int, now: datetime | None = None) -> Actor:
    """The actor, having proved just now that it is them."""
    return builders.actor(person_id, proved_at=now)


def write(operation: Callable[..., Result], who: int, /, *, now: datetime, **values: Any) -> Result:
    """Do one operation as a person in a transaction of its own, as a page would."""
    person = actor(who, now)
    with transaction():
        return operation(person, now=now, **values)


def started(cast: Cast, now: datetime, *, person: int | None = None, organisation: int | None = None) -> str:
    """A pitch that was just started, by Rosa for Kestrel unless said otherwise; its reference."""
    return write(
        operations.start,
        person or cast.rosa,
        challenge=cast.reference,
        organisation_id=organisation or cast.kestrel,
        now=now,
    )


def save(pitch: str, position: int, text: str, person: int, now: datetime) -> operations.Kept:
    """Save an answer on top of the newest version."""
    row = own_question(actor=actor(person), now=now, reference=pitch, position=position)
    head = versions.latest(row.pitch.id).get(row.question.id)
    return write(
        operations.save_answer,
        person,
        reference=pitch,
        position=position,
        text=text,
        shown=head.shown if head else None,
        now=now,
    )


def sent(
    cast: Cast,
    now: datetime,
    *,
    person: int | None = None,
    organisation: int | None = None,
    words: str = "",
    pence: int = 5_000_000,
) -> str:
    """A complete pitch, sent; its reference."""
    person = person or cast.rosa
    pitch = started(cast, now, person=person, organisation=organisation)
    for position, text in WORDS.items():
        save(pitch, position, f"{text} {words}".strip(), person, now)
    if len(challenges.questions(cast.challenge)) > len(WORDS):
        save(pitch, 4, PRICE.replace("5000000", str(pence)), person, now)
    write(operations.submit, person, reference=pitch, declared=True, expected_version=None, now=now)
    return pitch


def open_all(cast: Cast, now: datetime) -> datetime:
    """Open the challenge's pitches as lead and officer, a few minutes after `now`; when."""
    write(operations.propose_opening, cast.lead, reference=cast.reference, now=now)
    later = now + timedelta(minutes=1)
    write(operations.confirm_opening, cast.officer, reference=cast.reference, now=later)
    return later


def closing(cast: Cast) -> datetime:
    """The challenge's closing time."""
    closes_at = db.session.get_one(Challenge, cast.challenge).closes_at
    assert closes_at is not None
    return closes_at


def opened(cast: Cast) -> datetime:
    """Close the challenge and open its pitches; when."""
    return open_all(cast, closing(cast) + timedelta(minutes=3))


def sending(pitch: str, person: int, now: datetime, number: int | None = None) -> sealed.Sent:
    """What was sent last, or the sending with this number."""
    row = sealed.own(actor=actor(person), now=now, reference=pitch)
    found = sealed.sent(row.id, number)
    assert found is not None
    return found


def opening_record(cast: Cast) -> queries.OpeningRow:
    """The record of the opening that has happened."""
    found = queries.opening(cast.challenge, cast.reference)
    assert found is not None
    return found


def read_mail(app: Flask, person: int, now: datetime, kind: str) -> Letterhead:
    """The newest message of a kind, as the person would read it now."""
    message = next(m for m in mail.to_person(person) if m.kind == kind)
    with app.test_request_context("/"):
        words = render(message, now=now)
    assert words is not None
    return words


def told(kind: str) -> list[int | None]:
    """Ids of the people to whom messages of a kind go."""
    rows = select(OutboxMessage.person_id).where(OutboxMessage.kind == kind)
    return list(db.session.scalars(rows.order_by(OutboxMessage.person_id)))


def set_state(cast: Cast, state: ChallengeState) -> None:
    """Put the challenge into a state, whatever led to it."""
    db.session.get_one(Challenge, cast.challenge).state = state
    db.session.commit()
