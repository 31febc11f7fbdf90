"""A process that must not serve says so to whoever runs it, under any server; `/healthz` answers."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import text, update

from pitchfest.db import db, migrations, transaction
from pitchfest.jobs.operations import beat
from pitchfest.mail.models import OutboxMessage
from pitchfest.mail.operations import enqueue, put_back
from pitchfest.web.fitness import FIT
from tests.support.builders import a_person, a_region
from tests.support.client import PageClient
from tests.support.clock import MovableClock
from tests.support.installations import run
from tests.support.statements import counted


@pytest.fixture
def fresh(app: Flask):
    """The application as a process that has not answered anything yet."""
    app.config[FIT] = False
    demo = app.config["PITCHFEST_DEMO"]
    yield app
    app.config[FIT] = True
    app.config["PITCHFEST_DEMO"] = demo


def make_newer() -> None:
    with transaction():
        db.session.execute(text("UPDATE alembic_version SET version_num = '9999_from_the_future'"))


def assert_refused(app: Flask, caplog: pytest.LogCaptureFixture, sentence: str) -> None:
    with caplog.at_level(logging.ERROR, "pitchfest"):
        answer = app.test_client().get("/challenges")
    assert answer.status_code == 503
    assert "not ready yet" in answer.text
    assert sentence in caplog.text
    for command in (("serve",), ("jobs", "run", "--once")):
        code, _, err = run(app, *command)
        assert code == 1
        assert sentence in err
        assert "Traceback" not in err


def test_code_older_than_the_database_refuses(fresh: Flask, caplog: pytest.LogCaptureFixture) -> None:
    a_region()
    make_newer()
    assert_refused(fresh, caplog, "newer than this code")
    assert run(fresh, "db", "upgrade")[0] == 1
    health = fresh.test_client().get("/healthz")
    assert health.status_code == 200
    assert health.json is not None
    assert health.json["migrations"] == "ahead"
    assert "9999" not in health.text


def test_production_refuses_a_demonstrations_database(fresh: Flask, caplog: pytest.LogCaptureFixture) -> None:
    a_region(demo=True)
    fresh.config["PITCHFEST_DEMO"] = False
    assert_refused(fresh, caplog, "holds a demonstration. Production needs a database of its own")


def test_a_demo_refuses_a_real_regions_database(fresh: Flask, caplog: pytest.LogCaptureFixture) -> None:
    a_region(demo=False)
    assert_refused(fresh, caplog, "Set PITCHFEST_ENV=production")


def test_a_database_behind_the_code_is_not_served_under_another_server(fresh: Flask) -> None:
    a_region()
    migrations.downgrade("0001_house")
    answer = fresh.test_client().get("/challenges")
    assert answer.status_code == 503
    health = fresh.test_client().get("/healthz")
    assert health.json is not None
    assert health.json["migrations"] == "behind"
    db.session.rollback()  # the requests shared the test's context, which on PostgreSQL holds their locks
    migrations.upgrade()
    assert fresh.test_client().get("/challenges").status_code == 200


def test_a_process_asks_once(fresh: Flask) -> None:
    a_region()
    browser = fresh.test_client()
    with counted() as first:
        assert browser.get("/challenges").status_code == 200
    with counted() as second:
        assert browser.get("/challenges").status_code == 200
    assert len(second) < len(first)
    make_newer()
    assert browser.get("/challenges").status_code == 200  # of a newer machine beside this one


def test_health_tells_of_the_worker_and_of_mail_that_waits(
    app: Flask, client: PageClient, clock: MovableClock, now: datetime
) -> None:
    person = a_person("Olive")
    beat(now)
    well = {"database": "ok", "migrations": "ok", "worker": "ok", "oldest_unsent_mail": None}
    assert health(client) == well
    with transaction():
        enqueue("welcome", now=now, person_id=person)
    message = db.session.query(OutboxMessage.id).scalar()
    clock.move(seconds=90)
    with transaction():
        put_back(message, failure="TimeoutError", now=clock.now())
    clock.move(seconds=40)
    assert health(client) == {**well, "worker": "silent", "oldest_unsent_mail": 130}
    with transaction():
        db.session.execute(update(OutboxMessage).values(created_at=now - timedelta(days=1), state="sent"))
    assert health(client)["oldest_unsent_mail"] is None


def test_health_costs_the_same_however_much_waits(app: Flask, client: PageClient, now: datetime) -> None:
    person, costs = a_person("Olive"), []
    for more in (1, 2):
        with transaction():
            for _ in range(more):
                enqueue("welcome", now=now, person_id=person)
        with counted() as seen:
            health(client)
        costs.append(len(seen))
    assert costs[0] == costs[1]


def health(client: PageClient) -> dict[str, object]:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json is not None
    return dict(answer.json)
