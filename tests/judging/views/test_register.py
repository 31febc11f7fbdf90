"""One's own register of interests: written, changed without losing anything, read by nobody else."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from pitchfest.accounts import queries as accounts
from pitchfest.db import db, transaction
from pitchfest.judging import operations, queries
from pitchfest.judging.models import RegisteredInterest
from pitchfest.judging.operations.privacy import erase
from pitchfest.judging.queries.privacy import sections
from pitchfest.judging.rules.interests import InterestKind
from pitchfest.kernel.errors import Conflict, NotFound, RuleViolation
from tests.judging.setting import Setting, a_round, declare_all
from tests.support import builders
from tests.support.signing_in import browser_of

PAGE = "/account/interests"


@pytest.fixture(autouse=True)
def region(app: Flask) -> None:
    builders.a_region()
    accounts.forget_region()


def register(person: int, party: str, now: datetime, *, replaces: int | None = None) -> int:
    with transaction():
        return operations.register_interest(
            builders.actor(person),
            kind=InterestKind.FAMILY,
            party=party,
            words="My sister works there.",
            since=None,
            until=None,
            now=now,
            replaces=replaces,
        )


def test_a_line_is_added_and_ended_and_what_it_said_stays(app: Flask, now: datetime) -> None:
    judge = builders.a_person("Judge A")
    browser = browser_of(app, judge)
    browser.get(PAGE)
    assert "Nothing is in it yet" in browser.text
    since = {"since-day": "1", "since-month": "3", "since-year": "2020"}
    browser.fill(PAGE, party="Tidewater <Ltd>", kind="job", fields={"words": "Two days a week.", **since})
    assert "Tidewater <Ltd>" in browser.text
    assert "since Sunday 1 March 2020" in browser.text
    line = queries.register_of(judge)[0]
    browser.get(f"{PAGE}/{line.id}")
    assert "Two days a week." in browser.text
    browser.fill(f"{PAGE}/{line.id}", ended="1")
    assert "What it said before (1)" in browser.text
    newest = queries.register_of(judge)
    assert [entry.until for entry in newest] == [now.date()]
    assert browser.get(f"{PAGE}/{line.id}").status_code == 404, "only the newest line can be changed"


def test_bad_input_is_said_and_kept(app: Flask) -> None:
    judge = builders.a_person("Judge A")
    browser = browser_of(app, judge)
    dates = {"since-day": "31", "since-month": "2", "since-year": "2020", "until-day": "x"}
    assert browser.fill(PAGE, fields={"words": "Kept words", "kind": "nonsense", **dates}).status_code == 422
    for text in ("Enter the organisation or person", "enter a real date", "Kept words", 'value="31"'):
        assert text in browser.html
    browser.fill(PAGE, party="A" * 161, kind="job")
    assert "1 characters too long" in browser.text
    assert queries.register_of(judge) == []


def test_mallory_neither_reads_nor_changes_the_line_of_another(app: Flask, now: datetime) -> None:
    judge, mallory = builders.a_person("Judge A"), builders.a_person("Mallory")
    line = register(judge, "Tidewater", now)
    browser = browser_of(app, mallory)
    assert browser.get(f"{PAGE}/{line}").status_code == 404
    browser.get(PAGE)
    assert "Tidewater" not in browser.text
    with pytest.raises(NotFound):
        register(mallory, "Mine now", now, replaces=line)
    assert browser_of(app, judge).get(f"{PAGE}/{line}").status_code == 200


def test_two_windows_do_not_replace_the_same_line(app: Flask, now: datetime) -> None:
    judge = builders.a_person("Judge A")
    line = register(judge, "Tidewater", now)
    register(judge, "Tidewater Ltd", now, replaces=line)
    with pytest.raises(Conflict):
        register(judge, "Tidewater plc", now, replaces=line)
    with pytest.raises(RuleViolation, match="Enter the organisation"):
        register(judge, "  \t", now)


def supplier_reminded(setting: Setting, text: str) -> bool:
    return "In your register" in text and "Supplier B Ltd" in text


def test_the_page_of_declaring_reminds_a_judge_of_their_own_register(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    register(setting.judges[0], "Supplier B", now)
    address = f"/judging/{setting.reference}/declare"
    mine, another = (browser_of(app, setting.judges[n]) for n in (0, 1))
    mine.get(address)
    assert supplier_reminded(setting, mine.text)
    assert "My sister works there." in mine.text
    another.get(address)
    assert "In your register" not in another.text
    declare_all(setting, now)
    mine.get(address)
    assert "You have declared on every supplier" in mine.text


def test_it_is_in_the_copy_of_ones_data_and_goes_with_the_account(app: Flask, now: datetime) -> None:
    judge = builders.a_person("Judge A")
    first = register(judge, "Tidewater", now)
    register(judge, "Tidewater Ltd", now, replaces=first)
    copied = next(s for s in sections(judge, now) if s.title == "Your register of interests")
    assert [row[0] for row in copied.rows] == ["Tidewater", "Tidewater Ltd"]
    with transaction():
        erase(judge, now)
    assert db.session.scalar(select(func.count()).select_from(RegisteredInterest)) == 0
