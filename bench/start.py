"""How long it takes from starting the site to its first answer, once the code has been compiled."""

from __future__ import annotations

import time
import urllib.request
from pathlib import Path

from tests.support.serving import serving

#: Seconds within which the first page comes.
LIMIT = 1.0


def first_answer(instance: Path, starts: int = 3) -> list[float]:
    """The seconds of several starts, after one that does not count."""
    return [_start(instance) for _ in range(starts + 1)][1:]


def _start(instance: Path) -> float:
    began = time.monotonic()
    with (
        serving(instance, PITCHFEST_WEB_WORKERS="2") as site,
        urllib.request.urlopen(f"{site.url}/challenges", timeout=30) as answer,
    ):
        answer.read()
        return time.monotonic() - began
