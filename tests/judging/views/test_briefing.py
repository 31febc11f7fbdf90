"""The briefing for judges: made from the challenge, written by the lead, read by each judge."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask

from pitchfest.accounts import queries as accounts
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db, transaction
from pitchfest.judging import operations, queries
from pitchfest.judging.queries import subject
from pitchfest.judging.rules.briefing import Told, first_words
from pitchfest.kernel.errors import NotFound, RuleViolation, StaleForm
from tests.accounts.people import sent, words_of
from tests.judging.setting import Setting, a_round
from tests.support import builders
from tests.support.signing_in import browser_of


@pytest.fixture(autouse=True)
def region(app: Flask) -> None:
    builders.a_region()
    accounts.forget_region()


def write(setting: Setting, now: datetime, text: str = "Look for **evidence**.") -> None:
    with transaction():
        operations.write_briefing(
            setting.actor(setting.lead), reference=setting.reference, text=text, now=now
        )


def manage(setting: Setting) -> str:
    return f"/manage/challenges/{setting.reference}/briefing"


def test_the_first_words_come_from_the_challenge() -> None:
    told = Told(
        title="Drains",
        criteria=[("Fit", 60, "0", "5"), ("Delivery", 40, "1", "10")],
        reason_words=15,
        judging_deadline=None,
        decision_due=None,
        ask_name="Olive Officer",
        ask_email="innovation@testshire.gov.uk",
    )
    words = first_words(told)
    for part in (
        "2\u00a0criteria",
        "- Fit: 60 of 100 points, scored from 0 to 5",
        "about 25 minutes",
        "at least 15\u00a0words",
        "not enough in the answer",
        "Olive Officer, innovation@testshire.gov.uk",
        "connects you to one of the suppliers",
    ):
        assert part in words
    assert "due by" not in words


def test_nobody_sees_a_briefing_before_it_is_written(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    judge = browser_of(app, setting.judges[0])
    assert judge.get(f"/judging/{setting.reference}/briefing").status_code == 404
    for page in ("/judging", f"/judging/{setting.reference}/declare"):
        judge.get(page)
        assert "briefing" not in judge.text.lower()
    found = subject(f"challenge:{setting.reference}")
    assert found is not None
    assert found.briefing == ""


def test_the_lead_writes_it_and_judges_read_it_once(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    lead, judge = browser_of(app, setting.lead), browser_of(app, setting.judges[0])
    lead.get(manage(setting))
    assert "Olive Officer, innovation@testshire.gov.uk" in lead.html
    assert lead.fill(manage(setting), fields={"text": " "}).status_code == 422
    assert lead.fill(manage(setting), fields={"text": "x" * 20_001}).status_code == 422
    lead.fill(manage(setting), fields={"text": "## Look\n\nFor **evidence**. <script>alert(1)</script>"})
    assert "<strong>evidence</strong>" in lead.html
    assert "<script>alert" not in lead.html
    assert "I have read this" not in lead.text, "the lead is no judge"
    own = f"/judging/{setting.reference}/briefing"
    for page in ("/judging", f"/judging/{setting.reference}/declare"):
        judge.get(page)
        assert own in judge.html
    judge.fill(own)
    assert "Thank you for reading the briefing" in judge.text
    judge.get(own)
    assert "I have read this" not in judge.text
    lead.get(f"/manage/challenges/{setting.reference}/panel")
    assert lead.text.count("Has not read the briefing") == 2
    assert lead.text.count("Read the briefing on") == 1


def test_a_changed_briefing_is_read_again(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    write(setting, now)
    with transaction():
        operations.read_briefing(setting.actor(setting.judges[0]), reference=setting.reference, now=now)
    write(setting, now + timedelta(hours=1))  # the same words
    assert not queries.desk(setting.judges[0], now)[0].to_read
    write(setting, now + timedelta(hours=1), "Look for evidence and for people.")
    assert queries.desk(setting.judges[0], now)[0].to_read
    for version in (0, 1):
        with pytest.raises(StaleForm), transaction():
            operations.write_briefing(
                setting.actor(setting.lead),
                reference=setting.reference,
                text="Mine",
                now=now,
                expected_version=version,
            )
        db.session.rollback()


def test_the_invitation_leads_to_it(app: Flask, now: datetime) -> None:
    setting = a_round(now, state=ChallengeState.OPEN)
    write(setting, now)
    found = subject(f"challenge:{setting.reference}")
    assert found is not None
    assert found.briefing == f"/judging/{setting.reference}/briefing"
    with transaction():
        operations.invite(
            setting.actor(setting.officer),
            reference=setting.reference,
            name="Nora New",
            email="nora@people.example",
            now=now,
        )
    body = words_of(sent("invitation")[0], now).body
    assert f"read the briefing for judges: http://localhost/judging/{setting.reference}/briefing" in body


def test_mallory_neither_reads_nor_writes_it(app: Flask, now: datetime) -> None:
    setting, other = a_round(now), a_round(now)
    write(setting, now)
    for person in (setting.suppliers[0], other.judges[0], setting.decider):
        assert browser_of(app, person).get(f"/judging/{setting.reference}/briefing").status_code == 404
        assert browser_of(app, person).get(manage(setting)).status_code == 404
    assert browser_of(app, setting.officer).get(manage(setting)).status_code == 403
    for person in (setting.officer, setting.suppliers[0]):
        with pytest.raises(NotFound), transaction():
            operations.read_briefing(setting.actor(person), reference=setting.reference, now=now)
        db.session.rollback()
    with pytest.raises(RuleViolation):
        write(setting, now, "  ")
    db.session.rollback()


def test_a_judge_of_what_is_not_public_learns_nothing_of_it(app: Flask, now: datetime) -> None:
    setting = a_round(now, pitches=0, state=ChallengeState.DRAFT)
    assert db.session.get_one(Challenge, setting.challenge).published_at is None
    write(setting, now)
    page = browser_of(app, setting.judges[0]).get(f"/judging/{setting.reference}/briefing")
    assert page.status_code == 404


def test_who_has_read_it_can_still_be_taken_off_the_panel(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    write(setting, now)
    with transaction():
        operations.read_briefing(setting.actor(setting.judges[0]), reference=setting.reference, now=now)
    with transaction():
        operations.remove(
            setting.actor(setting.officer),
            reference=setting.reference,
            member_id=setting.members[0],
            now=now,
        )
    assert len(queries.panel(setting.challenge)) == 2


def test_nobody_says_that_they_read_what_was_written_since(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    write(setting, now)
    judge, page = browser_of(app, setting.judges[0]), f"/judging/{setting.reference}/briefing"
    judge.get(page)
    sent = judge.form("")["fields"]
    write(setting, now, "Look for **costs**.")
    assert judge.post(page, data=sent).status_code == 409
    found = queries.briefing(setting.challenge, setting.members[0])
    assert found is not None
    assert found.read_at is None
    judge.fill(page, action="")
    assert "Thank you for reading the briefing." in judge.text
