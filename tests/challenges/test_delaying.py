"""A decision that comes later than was said: a new date and a sentence for everyone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from pitchfest.challenges import operations, queries
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import DueDate
from pitchfest.db import db, transaction
from pitchfest.home import queries as home
from pitchfest.kernel.errors import NotAllowed, NotFound, RuleViolation
from tests.challenges.test_correcting_dates import typed
from tests.challenges.test_following import ADDRESS, confirm, follow, messages, words
from tests.support import builders

PARTS = ("day", "month", "year", "time")
REASON = "Two judges fell ill in the same week."


@pytest.fixture
def late(reference, now):
    """A moment after the day on which the decision was due."""
    due = queries.by_reference(reference, now).decision_due
    assert due is not None
    return due + timedelta(hours=1)


def delay(cast, reference, now, days=10, *, who="officer", reason=REASON):
    with transaction():
        operations.delay(
            cast.actor(who),
            reference=reference,
            later={DueDate.DECISION: now + timedelta(days=days)},
            reason=reason,
            now=now,
        )


def test_the_new_date_counts_and_the_old_one_stays_readable(cast, reference, late, client, clock, now):
    clock.go_to(late)
    before = queries.by_reference(reference, late).decision_due
    delay(cast, reference, late)
    row = queries.by_reference(reference, late)
    assert row.decision_due == late + timedelta(days=10)
    (kept,) = queries.delays(row.id)
    assert (kept.was_due, kept.due, kept.reason) == (before, row.decision_due, REASON)
    delay(cast, reference, late + timedelta(days=11), who="lead")
    assert [d.number for d in queries.delays(row.id)] == [2, 1]
    db.session.rollback()
    client.get(f"/challenges/{reference}")
    assert client.text.count("The decision comes later") == 2
    assert REASON in client.text


def test_followers_are_told_at_once(cast, reference, late, now):
    follow(ADDRESS, now, reference)
    confirm(now)
    delay(cast, reference, late)
    assert [row[1:] for row in messages("challenge_delayed")] == [(ADDRESS, late)]
    assert REASON in words("challenge_delayed", late).body


def test_a_date_that_passed_asks_the_officer_and_the_lead_until_there_is_a_new_one(cast, reference, late):
    def asked(who, at):
        actor = builders.actor(getattr(cast, who))
        return [t.text for t in home.waiting(actor, at) if "is late" in t.text]

    assert asked("officer", late - timedelta(hours=2)) == []
    assert len(asked("officer", late)) == len(asked("lead", late)) == 1
    assert asked("approver", late) == asked("supplier", late) == []
    delay(cast, reference, late)
    assert asked("officer", late) == []


@pytest.mark.parametrize(
    ("days", "reason", "match"),
    [
        (-1, REASON, "still to come"),
        (0, REASON, "still to come"),
        (367, REASON, "within a year"),
        (5, "Ill", "Give the reason"),
    ],
)
def test_bad_dates_and_no_reason_change_nothing(cast, reference, late, days, reason, match):
    with pytest.raises(RuleViolation, match=match):
        delay(cast, reference, late, days, reason=reason)
    assert queries.delays(queries.by_reference(reference, late).id) == []


def test_who_may_and_when(cast, reference, late, now):
    with pytest.raises(NotAllowed, match="still open"):
        delay(cast, reference, now)
    with pytest.raises(NotAllowed):
        delay(cast, reference, late, who="approver")
    with pytest.raises(NotFound):
        delay(cast, reference, late, who="supplier")
    db.session.execute(update(Challenge).values(state="awarded"))
    db.session.commit()
    with pytest.raises(NotAllowed, match="letters are out"):
        delay(cast, reference, late)


def test_the_page_keeps_what_was_typed_and_says_what_happened(app, cast, reference, late, clock):
    clock.go_to(late)
    officer = cast.browser(app, "officer")
    page = f"/manage/challenges/{reference}/later"
    day = late + timedelta(days=20)
    when = typed("judging_deadline", day) | typed("decision_due", day)
    officer.fill(page, action="", reason="Ill.", **when)
    assert "at least 5 words" in officer.text
    assert "Ill." in officer.html
    officer.send(page, action="", reason=REASON)
    assert "The new dates are published" in officer.text


def test_a_missing_date_and_a_missing_reason_are_told_together(app, cast, reference, late, clock):
    clock.go_to(late)
    officer = cast.browser(app, "officer")
    page = f"/manage/challenges/{reference}/later"
    officer.get(page)
    assert "Write at least 5 words." in officer.text, "the rule is in the hint"
    nothing = {f"{name}-{part}": "" for name in ("judging_deadline", "decision_due") for part in PARTS}
    officer.fill(page, action="", reason="Ill.", fields=nothing)
    for field, said in (
        ("judging_deadline-day", "Enter the day and the time by which the judges finish"),
        ("decision_due-day", "Enter the day and the time of the decision"),
        ("reason", "Give the reason in at least 5 words. Everyone will read it"),
    ):
        assert f'<li><a href="#{field}">{said}</a></li>' in officer.html
