"""The worker's loop over due rows in our own tables: no queue server, no second database."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from threading import Event
from typing import TypeVar

from sqlalchemy import update

from pitchfest.db import db, transaction
from pitchfest.jobs.models import WorkerBeat

log = logging.getLogger("pitchfest.worker")

Key = TypeVar("Key")
Now = Callable[[], datetime]


@dataclass(frozen=True)
class Work:
    """A kind of due work: `run(now)` does what is due and returns how much that was."""

    name: str
    run: Callable[[Now], int]


def each(
    due: Callable[[datetime], Iterable[Key]], do: Callable[[Key, datetime], None]
) -> Callable[[Now], int]:
    """Work that writes once per due row, each in a transaction of its own."""

    def run(now: Now) -> int:
        keys = list(due(now()))
        for key in keys:
            with transaction():
                do(key, now())
        return len(keys)

    return run


def run(works: Iterable[Work], now: Now, stop: Event, *, once: bool = False, pause: float = 2.0) -> None:
    """Go round until `stop` is set. What fails is logged, without its words, and tried next round."""
    works = (Work("noting the heartbeat", _beaten), *works)
    while not stop.is_set():
        for work in works:
            if stop.is_set():
                break
            try:
                work.run(now)
            except Exception as error:
                db.session.rollback()
                log.error("%s failed: %s", work.name, type(error).__name__)
                if once:
                    raise
            finally:
                db.session.remove()
        if once:
            return
        stop.wait(pause)


def _beaten(now: Now) -> int:
    beat(now())
    return 1


def beat(now: datetime) -> None:
    """Record that the worker is alive."""
    with transaction():
        db.session.execute(update(WorkerBeat).where(WorkerBeat.id == 1).values(at=now))
