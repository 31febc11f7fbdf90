"""A site of its own for each module of browser tests: the sample region, at a fixed moment of its story."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from filelock import FileLock

from tests.support.serving import Site, serving

#: The moment at which the story is played in, and so what the clock says then.
TOLD = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
#: Half an hour later: 9:30am on Monday 23 November 2026 in London.
MORNING = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)

Starting = Callable[[datetime], AbstractContextManager[Site]]


@pytest.fixture(scope="session")
def told_region(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance folder with the sample region, made once for all processes of a test run. Copy it."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "told-region"
    with FileLock(f"{shared}.lock"):
        if not shared.exists():
            with starting(base / "telling", TOLD) as site:
                site.signal(signal.SIGTERM)
                assert site.gone(within=15)
            (base / "telling").rename(shared)
    return shared


@pytest.fixture
def start(told_region: Path, tmp_path: Path) -> Starting:
    """Starts a fresh sample region: `with start(MORNING) as site`, and again at a later moment to go on."""
    instance = tmp_path / "instance"
    shutil.copytree(told_region, instance)
    return partial(starting, instance)


@pytest.fixture(scope="module")
def region(told_region: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The sample region at half past nine, for all tests of a module."""
    instance = tmp_path_factory.mktemp("region") / "instance"
    shutil.copytree(told_region, instance)
    with starting(instance, MORNING) as site:
        yield site


@contextmanager
def starting(instance: Path, moment: datetime) -> Iterator[Site]:
    """The site with its clock moved so that it says `moment` now."""
    offset = int((moment - datetime.now(UTC)).total_seconds())
    with serving(instance, PITCHFEST_CLOCK_OFFSET=str(offset), PITCHFEST_WEB_WORKERS="1") as site:
        yield site
