"""Every test of pay has a region."""

from __future__ import annotations

import pytest
from flask import Flask

from pitchfest.accounts import queries as accounts
from tests.support import builders


@pytest.fixture(autouse=True)
def region(app: Flask) -> None:
    builders.a_region()
    accounts.forget_region()
