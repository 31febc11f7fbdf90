"""`transaction()`: what is read inside is true now, turns are fair, and failures have names."""

from __future__ import annotations

import threading
import time
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select, update

from pitchfest.accounts.models import RegionSettings
from pitchfest.db import db, transaction
from pitchfest.db.transaction import LONGEST_WAIT
from pitchfest.jobs.models import WorkerBeat
from pitchfest.kernel.errors import Busy
from tests.support.builders import a_region


def rename(name: str) -> None:
    db.session.execute(update(RegionSettings).values(name=name))


def name() -> str:
    return db.session.execute(select(RegionSettings.name)).scalar_one()


def test_an_exception_leaves_nothing_behind(app: Flask) -> None:
    a_region()

    def fails() -> None:
        with transaction():
            rename("Half done")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    assert name() == "Testshire"


def test_a_read_before_a_write_does_not_make_the_write_fail(app: Flask) -> None:
    """On SQLite a read transaction that then writes fails at once if another wrote in between."""
    a_region()
    assert name() == "Testshire"

    def other() -> None:
        with app.app_context(), transaction():
            rename("Changed by another")

    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    with transaction():
        assert name() == "Changed by another"
        rename("Ours")
    assert name() == "Ours"


def test_every_writer_gets_its_turn(app: Flask) -> None:
    a_region()
    written: list[str] = []
    waits: list[float] = []

    def write(who: str) -> None:
        with app.app_context():
            for _ in range(15):
                asked = time.monotonic()
                with transaction():
                    waits.append(time.monotonic() - asked)
                    rename(who)
                    written.append(who)
            db.session.remove()

    threads = [threading.Thread(target=write, args=(f"writer {n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {who: written.count(who) for who in set(written)} == {f"writer {n}": 15 for n in range(6)}
    assert max(waits) < 10


def test_a_wait_beyond_the_limit_is_given_up(app: Flask) -> None:
    a_region()
    db.session.rollback()
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        with app.app_context(), transaction():
            rename("Held")
            held.set()
            release.wait(20)

    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(10)
    try:
        with pytest.raises(Busy), transaction(started=time.monotonic() - LONGEST_WAIT + 0.2):
            rename("Too late")
    finally:
        release.set()
        thread.join()
    with transaction():
        assert name() == "Held"


def test_the_turn_is_free_again_after_someone_gave_up(app: Flask, now: datetime) -> None:
    test_a_wait_beyond_the_limit_is_given_up(app)
    with transaction():
        db.session.execute(update(WorkerBeat).values(at=now))
    assert db.session.execute(select(WorkerBeat.at)).scalar_one() == now
