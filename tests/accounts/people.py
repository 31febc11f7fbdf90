"""Small things that the tests of accounts share."""

from __future__ import annotations

import re
from datetime import datetime

from flask import Flask

from pitchfest.accounts import operations, queries
from pitchfest.accounts.models import Person
from pitchfest.db import db, transaction
from pitchfest.kernel.actor import Actor
from pitchfest.mail import queries as mail
from pitchfest.mail.models import OutboxMessage
from pitchfest.mail.rendering import render, setup
from pitchfest.mail.rules import Letterhead
from pitchfest.web.requests import CLOCK_EXTENSION
from tests.support.client import PageClient

PASSWORD = "three words you made"


def with_password(person_id: int, password: str = PASSWORD) -> str:
    """Give a person a password; their address."""
    with transaction():
        operations.set_password(person_id, password_hash=operations.hash_password(password, cheap=True))
    return db.session.get_one(Person, person_id).email


def sent(kind: str) -> list[int]:
    """Ids of the messages of a kind, oldest first."""
    rows = db.session.query(OutboxMessage.id).filter_by(kind=kind).order_by(OutboxMessage.id).all()
    db.session.rollback()
    return [i for (i,) in rows]


def link_in(app: Flask, message_id: int) -> str:
    """The path of a fresh one-time link of a message, as its delivery would make it."""
    message = mail.message(message_id)
    mint = setup().kinds[message.kind].mint
    assert mint is not None
    with transaction():
        return mint(message, app.extensions[CLOCK_EXTENSION].now())


def the_person(email: str) -> queries.PersonRow:
    """The person with an address, who must exist."""
    found = queries.person_by_email(email)
    assert found is not None
    return found


def words_of(message_id: int, now: datetime) -> Letterhead:
    """A message as its recipient would read it now."""
    words = render(mail.message(message_id), now=now)
    assert words is not None
    return words


def actor_in(token: str, now: datetime) -> Actor:
    """The person whose session this is, which must count."""
    present = queries.session_actor(token, now)
    assert present is not None
    return present.actor


def try_to_sign_in(client: PageClient, email: str, password: str = PASSWORD, **more: str):
    """Fill in the sign-in page; the answer, not followed."""
    fields = {"email": email, "password": password, **more}
    return client.fill("/sign-in", action="/sign-in", follow=False, fields=fields)


def is_in(client: PageClient) -> bool:
    """Whether this browser is signed in."""
    return client.get("/account").status_code == 200


def session_token(client: PageClient) -> str | None:
    """The id of the session that the browser's cookie names."""
    with client.session_transaction() as cookie:
        return cookie.get("_user_id")


def first_error(client: PageClient) -> str:
    """The error summary's words."""
    found = re.search(r'error-summary__list">(.*?)</ul>', client.html, re.DOTALL)
    return re.sub(r"<[^>]+>", " ", found[1]).replace("\u00a0", " ").strip() if found else ""
