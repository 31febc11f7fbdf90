"""A supplier signs up: what was typed waits until its e-mail address is confirmed."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update

from pitchfest.accounts import queries
from pitchfest.accounts.models import Person, SignUp
from pitchfest.accounts.operations.links import consume, void_for_address
from pitchfest.accounts.operations.suppliers import add_supplier
from pitchfest.accounts.rules import (
    UNCONFIRMED_A_DAY,
    LinkPurpose,
    Size,
    address_problem,
    tidy_address,
)
from pitchfest.audit.operations import record
from pitchfest.db import db
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import NotFound, Problem, RuleViolation
from pitchfest.mail.operations import enqueue
from pitchfest.mail.queries import sent_since

#: Messages that anyone can have sent to an address, without being signed in.
_UNASKED = ("confirm", "already_registered", "invitation")


def sign_up(
    *,
    name: str,
    email: str,
    password_hash: str | None,
    organisation_name: str,
    size: Size,
    place: str,
    number: str = "",
    now: datetime,
) -> None:
    """Keep what a supplier typed and send a mail to its address: to confirm it, or, where someone
    has an account with it already, to say so. The caller cannot tell which.

    Raises RuleViolation for an address that cannot be one.
    """
    address = tidy_address(email)
    if problem := address_problem(address):
        raise RuleViolation(Problem(problem, "email"))
    known = queries.credentials(address)
    taken = queries.person_by_email(address) is not None and (known is None or known.is_confirmed)
    waiting = SignUp(
        email=address,
        name=name,
        password_hash=password_hash,
        organisation_name=organisation_name,
        size=size,
        place=place,
        number=number or None,
        created_at=now,
    )
    if not taken:
        db.session.add(waiting)
        db.session.flush()
    if sent_since(address, _UNASKED, now - timedelta(days=1)) >= UNCONFIRMED_A_DAY:
        return
    if not taken:
        enqueue("confirm", now=now, address=address, sign_up=waiting.id)
    elif known is not None:
        enqueue("already_registered", now=now, address=address, person_id=known.person_id)


def confirm_sign_up(token: str, *, now: datetime) -> int:
    """The address is theirs: make person, organisation and ownership; the person's id.

    Raises NotFound when the link does not work any more.
    """
    found = consume(token, LinkPurpose.CONFIRM, now=now)
    waiting = db.session.get(SignUp, found.sign_up_id, with_for_update=True)
    if waiting is None or waiting.confirmed_at is not None:
        raise NotFound
    waiting.confirmed_at = now
    void_for_address(waiting.email, LinkPurpose.CONFIRM, now=now)
    person = _person(waiting, now)
    organisation_id = add_supplier(
        name=waiting.organisation_name,
        size=waiting.size,
        place=waiting.place,
        number=waiting.number,
        owner_id=person.id,
        now=now,
    )
    # The hash is needed no longer once it has moved to the person.
    db.session.execute(update(SignUp).where(SignUp.email == waiting.email).values(password_hash=None))
    record(
        Actor(person.id, person.name),
        "account.sign_up",
        f"person:{person.id}",
        now=now,
        organisation=f"organisation:{organisation_id}",
    )
    return person.id


def _person(waiting: SignUp, now: datetime) -> Person:
    """Someone new; or someone who was invited and had not come in yet."""
    person = db.session.execute(
        select(Person).where(Person.email == waiting.email).with_for_update()
    ).scalar_one_or_none()
    if person is None:
        person = Person(email=waiting.email, name=waiting.name, created_at=now)
        db.session.add(person)
    elif person.confirmed_at is not None or person.disabled_at is not None:
        raise NotFound
    person.name, person.password_hash, person.confirmed_at = waiting.name, waiting.password_hash, now
    db.session.flush()
    return person
