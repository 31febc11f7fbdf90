"""The people around a challenge, and one that is published; a module may say otherwise for itself."""

import pytest

from tests.challenges.world import a_cast, published


@pytest.fixture
def cast(app):
    return a_cast()


@pytest.fixture
def reference(cast, now):
    return published(cast, now)
