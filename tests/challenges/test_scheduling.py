"""Publication by the clock: nothing before its time, nothing without its duties, and everyone told once."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update

from pitchfest.audit import queries as log
from pitchfest.challenges import operations, queries
from pitchfest.challenges.models import Challenge, ChallengeRoute, Snapshot
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db, transaction
from pitchfest.home import queries as home
from pitchfest.jobs.operations import each
from pitchfest.kernel.clock import say_moment
from pitchfest.kernel.errors import NotAllowed, NotFound, RuleViolation, StaleForm
from pitchfest.mail import queries as mail
from pitchfest.mail.rendering import render
from tests.accounts.people import sent, words_of
from tests.challenges.test_following import ADDRESS, confirm, follow, messages
from tests.challenges.world import a_draft, state_of
from tests.support import builders
from tests.support.signing_in import browser_of

S = ChallengeState
WAIT = timedelta(days=1)


@pytest.fixture
def reference(cast, now):
    """An approved challenge that lacks nothing."""
    reference = a_draft(cast, now)
    act(operations.send_for_approval, cast, "officer", reference, now)
    act(operations.approve, cast, "approver", reference, now)
    return reference


def act(operation, cast, who, reference, now, **values):
    with transaction():
        return operation(cast.actor(who), reference=reference, now=now, **values)


def schedule(cast, reference, now, who="officer", wait=WAIT, **values):
    act(operations.schedule, cast, who, reference, now, at=now + wait, **values)


def work(at):
    """One round of the worker; how many it took up."""
    return each(queries.due_to_publish, operations.publish_on_time)(lambda: at)


def without_a_yes(reference):
    with transaction() as write:
        write.session.query(ChallengeRoute).update({"confirmed_at": None, "confirmed_by_id": None})


def actions(reference):
    rows, _ = log.page(number=1, size=100, object=f"challenge:{reference}")
    return [(row["action"], row["actor"]) for row in rows]


def test_it_is_published_when_its_time_comes_and_not_a_moment_before(cast, reference, now, client, clock):
    follow(ADDRESS, now)
    confirm(now)
    schedule(cast, reference, now)
    due = now + WAIT
    assert queries.by_reference(reference, due).effective == S.SCHEDULED
    assert work(due - timedelta(microseconds=1)) == 0
    assert client.get(f"/challenges/{reference}").status_code == 404
    client.get("/challenges")
    assert "Clear the right drain" not in client.text
    assert messages("challenge_published") == []
    assert [work(due), work(due)] == [1, 0]
    row = queries.by_reference(reference, due)
    assert (row.state, row.published_at, row.scheduled_for, row.held_at) == (S.OPEN, due, None, None)
    (snapshot,) = queries.snapshots(row.id)
    assert snapshot.published_by_id == cast.officer
    assert actions(reference)[0] == ("challenge.publish_on_time", "system")
    assert [message[1:] for message in messages("challenge_published")] == [(ADDRESS, due)]
    db.session.rollback()
    clock.go_to(due)
    assert client.get(f"/challenges/{reference}").status_code == 200


def test_the_first_page_of_staff_says_when_it_is_to_be_published(app, cast, reference, now):
    schedule(cast, reference, now)
    officer = browser_of(app, cast.officer)
    officer.get("/")
    due = say_moment(now + WAIT).replace("\u00a0", " ")
    assert f"To be published at {due}" in officer.text


def test_where_something_is_missing_it_stays_and_the_lead_is_told_once(app, cast, reference, now, client):
    without_a_yes(reference)
    schedule(cast, reference, now)
    due = now + WAIT
    assert work(due) == 1
    row = queries.by_reference(reference, due)
    assert (row.state, row.held_at, row.published_at) == (S.SCHEDULED, due, None)
    later = due + timedelta(hours=1)
    assert work(later) == 0  # known to be held up, so the worker writes nothing
    (message,) = sent("challenge_held")
    assert [m.kind for m in mail.to_person(cast.lead)] == ["challenge_held"]
    words = words_of(message, later)
    assert "could not be published on time" in words.subject
    assert "- The procurement lead confirms the route" in words.body
    assert client.get(f"/challenges/{reference}").status_code == 404
    assert db.session.execute(select(func.count()).select_from(Snapshot)).scalar_one() == 0
    lead = builders.actor(cast.lead)
    assert "could not be" in home.waiting(lead, later)[0].text
    act(operations.confirm_route, cast, "lead", reference, later)
    assert work(later) == 1
    assert queries.by_reference(reference, later).published_at == later
    with app.test_request_context():
        assert render(mail.message(message), now=later) is None
    assert len(sent("challenge_held")) == 1


def test_a_worker_that_slept_too_long_does_not_cut_the_time_of_suppliers(cast, reference, now):
    schedule(cast, reference, now)
    late = now + timedelta(days=8)
    assert work(late) == 1
    assert state_of(reference, late) == S.SCHEDULED
    assert (
        queries.publish_facts(queries.by_reference(reference, late), late)
        .obstacles[0]
        .startswith("It would be open for")
    )


@pytest.mark.parametrize(
    ("wait", "words"),
    [
        (timedelta(0), "still to come"),
        (timedelta(days=18), "before it closes"),
        (timedelta(days=8), "working days are the least"),
    ],
)
def test_times_that_do_not_do(cast, reference, now, wait, words):
    with pytest.raises(RuleViolation, match=words):
        schedule(cast, reference, now, wait=wait)
    assert state_of(reference, now) == S.APPROVED


@pytest.fixture
def brief(cast, now):
    """Approved on a Monday to be open for 13 working days, with a reason for less than usual."""
    reference = a_draft(cast, now)
    with transaction():
        operations.edit_settings(
            cast.actor("officer"), reference=reference, now=now, short_because="The rain does not wait."
        )
    act(operations.send_for_approval, cast, "officer", reference, now)
    act(operations.approve, cast, "approver", reference, now)
    return reference


def test_a_reason_does_not_cut_the_time_that_the_approver_agreed_to(app, cast, brief, now, clock):
    late = now + timedelta(days=17, hours=4)
    words = "open for 1.working day, and the approver agreed to 13"
    with pytest.raises(RuleViolation, match=words):
        act(operations.publish, cast, "officer", brief, late)
    with pytest.raises(RuleViolation, match=words):
        act(operations.schedule, cast, "officer", brief, late, at=late + timedelta(minutes=5))
    assert state_of(brief, late) == S.APPROVED
    clock.go_to(late)
    officer = cast.browser(app, "officer")
    officer.get(f"/manage/challenges/{brief}")
    assert "the approver agreed to 13" in officer.text
    assert "Publish now" not in officer.text
    act(operations.pull_back, cast, "officer", brief, late)
    act(operations.edit_settings, cast, "officer", brief, late, questions_until=None)
    act(operations.send_for_approval, cast, "officer", brief, late)
    act(operations.approve, cast, "approver", brief, late)
    act(operations.publish, cast, "officer", brief, late)
    assert state_of(brief, late) == S.OPEN


def test_nor_does_the_clock(cast, brief, now):
    schedule(cast, brief, now)
    late = now + timedelta(days=17)
    assert work(late) == 1
    assert state_of(brief, late) == S.SCHEDULED
    (message,) = sent("challenge_held")
    assert "the approver agreed to 13" in words_of(message, late).body
    assert work(late) == 0


def test_pulled_back_it_is_a_draft_without_a_time(cast, reference, now):
    schedule(cast, reference, now)
    act(operations.pull_back, cast, "officer", reference, now)
    row = queries.by_reference(reference, now)
    assert (row.state, row.scheduled_for) == (S.DRAFT, None)
    assert work(now + WAIT) == 0


def test_another_time_or_at_once_by_hand(cast, reference, now):
    schedule(cast, reference, now)
    schedule(cast, reference, now, who="lead", wait=2 * WAIT)
    assert work(now + WAIT) == 0
    act(operations.publish, cast, "lead", reference, now)
    row = queries.by_reference(reference, now)
    assert (row.state, row.scheduled_for) == (S.OPEN, None)


def test_a_scheduled_text_cannot_be_changed(cast, reference, now):
    schedule(cast, reference, now)
    with pytest.raises(NotAllowed, match="Pull it back"), transaction():
        operations.edit_brief(cast.actor("officer"), reference=reference, now=now, problem="Sneaky.")


def test_who_schedules(cast, reference, now):
    for who, refusal in (("approver", NotAllowed), ("observer", NotFound), ("supplier", NotFound)):
        with pytest.raises(refusal):
            schedule(cast, reference, now, who=who)
    with pytest.raises(StaleForm):
        schedule(cast, reference, now, expected_version=1)


def test_a_draft_has_no_time_to_set(app, cast, now):
    draft = a_draft(cast, now, whole=False)
    assert cast.browser(app, "officer").get(f"/manage/challenges/{draft}/schedule").status_code == 409


def test_the_page_and_what_it_leads_to(app, cast, reference, now):
    without_a_yes(reference)
    officer = cast.browser(app, "officer")
    manage = f"/manage/challenges/{reference}"
    officer.get(manage)
    assert "Approved, not yet ready" in officer.text
    assert "The procurement lead confirms the route" in officer.text
    assert "Publish now" not in officer.text
    page = f"{manage}/schedule"
    officer.fill(page, action="/schedule")
    assert "Enter when it should be published" in officer.text
    moment = {"at__month": "11", "at__year": "2026", "at__time": "9am"}
    officer.fill(page, action="/schedule", at__day="1", **moment)
    assert "Error:" in officer.page.title
    assert "Enter a time that is still to come" in officer.text
    officer.fill(page, action="/schedule", at__day="24", **moment)
    assert "It will be published by itself at 9am on Tuesday 24" in officer.text
    lead = cast.browser(app, "lead")
    lead.fill(f"{manage}/route", action="/route/confirm")
    lead.get(manage)
    assert "Publish now" in lead.text
    entry = json.loads(log.page(number=1, size=100, object=f"challenge:{reference}")[0][1]["detail"])
    assert entry["at"] == "2026-11-24T09:00:00.000000Z"


def test_the_database_knows_no_scheduled_challenge_without_a_time(cast, reference, now):
    with pytest.raises(Exception, match="scheduled_with_time"), transaction() as write:
        write.session.execute(update(Challenge).values(state="scheduled"))
    db.session.rollback()
    with transaction() as write:
        write.session.execute(delete(ChallengeRoute))
    with pytest.raises(RuleViolation, match="five questions"):
        act(operations.publish, cast, "lead", reference, now)
