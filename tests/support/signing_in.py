"""Signing a browser in without walking through the pages, and moving about in it."""

from __future__ import annotations

from datetime import datetime

from flask import Flask, has_app_context

from pitchfest.accounts import operations
from pitchfest.db import db, transaction
from pitchfest.web.requests import CLOCK_EXTENSION
from tests.support.client import PageClient


def sign_in(client: PageClient, person_id: int, *, proved: bool = True, demo: bool = False) -> str:
    """Start a session of a person in this browser; its token. `proved`: just now."""
    app = client.application
    moment: datetime = app.extensions[CLOCK_EXTENSION].now()
    with app.app_context():
        with transaction():
            token = operations.start_session(
                person_id, now=moment, browser="Firefox on Linux", proved=proved, demo=demo
            )
        db.session.remove()
    if has_app_context():
        db.session.rollback()  # what the test reads next is what stands there now
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
    return token


def browser_of(app: Flask, person_id: int, *, proved: bool = True, demo: bool = False) -> PageClient:
    """A browser of its own in which a person is signed in."""
    client = PageClient(app)
    sign_in(client, person_id, proved=proved, demo=demo)
    return client
