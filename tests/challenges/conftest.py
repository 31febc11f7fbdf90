"""The people around a challenge, and one that is published; a module may say otherwise for itself."""

import pytest

from pitchfest.challenges import operations
from pitchfest.challenges.rules import Corrected
from pitchfest.db import transaction
from tests.challenges.world import a_cast, published


@pytest.fixture
def cast(app):
    return a_cast()


@pytest.fixture
def reference(cast, now):
    return published(cast, now)


@pytest.fixture
def about_jobs(cast, reference, now):
    """A second challenge, which is about jobs; the first one is about nothing in particular."""
    second = published(cast, now)
    with transaction():
        operations.correct(
            cast.actor("lead"),
            reference=second,
            by=Corrected({"theme": "jobs"}),
            reason="It is about jobs, as we said from the start.",
            now=now,
        )
    return second
