"""Fixtures of the pitches' tests.

Tests of pages take `site`: with no application context pushed, each request has one of its own,
as in life. Tests of operations take `app`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask

from tests.pitches.cast import Cast, a_cast
from tests.support.client import PageClient
from tests.support.signing_in import browser_of


@pytest.fixture
def cast(bare_app: Flask, now: datetime) -> Cast:
    """The people, and an open challenge that closes in a week."""
    with bare_app.app_context():
        return a_cast(now)


@pytest.fixture
def browser(bare_app: Flask) -> Callable[[int], PageClient]:
    """Opens a browser in which a person is signed in and has just proved who they are."""
    return lambda person: browser_of(bare_app, person)
