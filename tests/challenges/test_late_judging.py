"""Judges who have not finished by the published day: a new date and a sentence for everyone."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from pitchfest.accounts import queries as accounts
from pitchfest.audit.models import AuditEntry
from pitchfest.challenges import operations, queries
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import DueDate
from pitchfest.db import db, transaction
from pitchfest.home import queries as home
from pitchfest.kernel.clock import LONDON, iso, say_day
from pitchfest.kernel.errors import NotAllowed, RuleViolation
from pitchfest.mail import queries as mail
from pitchfest.mail.rendering import render
from pitchfest.pitches import operations as pitches
from tests.challenges.test_correcting_dates import typed
from tests.challenges.test_feeds import events, feed
from tests.challenges.test_following import ADDRESS, confirm, follow, messages
from tests.support import builders
from tests.support.statements import counted

REASON = "Two judges fell ill in the same week."
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
ASKED = "Say when they will"


@pytest.fixture
def deadline(reference, now):
    """The moment by which the judges were to finish, ten days before the decision."""
    found = queries.by_reference(reference, now)
    assert found.judging_deadline is not None
    assert found.decision_due == found.judging_deadline + 10 * DAY
    return found.judging_deadline


@pytest.fixture
def page(reference):
    return f"/manage/challenges/{reference}/later"


def delay(cast, reference, now, *, who="officer", reason=REASON, **days):
    later = {DueDate(what): now + number * DAY for what, number in days.items()}
    with transaction():
        operations.delay(cast.actor(who), reference=reference, later=later, reason=reason, now=now)


def asked(cast, who, at):
    actor = builders.actor(getattr(cast, who))
    return [task for task in home.waiting(actor, at) if ASKED in task.text]


def put(**columns):
    db.session.execute(update(Challenge).values(**columns))
    db.session.commit()


def dates_of(reference, now):
    found = queries.by_reference(reference, now)
    return found.judging_deadline, found.decision_due


def plain(words):
    return words.replace("\u00a0", " ")


@pytest.mark.parametrize("state", ["open", "closed", "eligibility", "judging"])
def test_from_the_moment_the_day_has_passed_officer_and_lead_are_asked(cast, reference, deadline, state):
    """`open` is what the column holds of a challenge that the clock has closed."""
    put(state=state)
    assert asked(cast, "officer", deadline - SECOND) == []
    for who in ("officer", "second_officer", "lead"):
        [task] = asked(cast, who, deadline + SECOND)
        assert (task.since, task.endpoint) == (deadline, "manage.later")
        assert ("have not finished on time" in task.text) == (state == "judging"), "else it is not the judges"
    for who in ("approver", "observer", "supplier"):
        assert asked(cast, who, deadline + SECOND) == []
    delay(cast, reference, deadline + SECOND, judging=3)
    assert asked(cast, "officer", deadline + 2 * SECOND) == []
    assert len(asked(cast, "officer", deadline + 3 * DAY + SECOND)) == 1, "the new day passes too"


@pytest.mark.parametrize("over", ["cancelled", "moderation", "recommended", "decided", "awarded"])
def test_nobody_is_asked_once_scoring_is_closed_or_all_is_over(cast, reference, deadline, over):
    put(state=over)
    assert asked(cast, "officer", deadline + SECOND) == []


def test_practice_asks_for_no_date(cast, reference, deadline):
    put(practice=True)
    late = deadline + 11 * DAY
    assert [t for t in home.waiting(cast.actor("officer"), late) if t.endpoint == "manage.later"] == []


def test_once_the_decision_is_late_too_one_task_asks_for_both(cast, reference, deadline):
    [task] = [
        t for t in home.waiting(cast.actor("officer"), deadline + 11 * DAY) if t.endpoint == "manage.later"
    ]
    assert "The decision on" in task.text
    assert task.since == deadline + 10 * DAY


def test_the_judges_get_longer_and_the_public_reads_both_dates(cast, reference, deadline, client, clock):
    late = deadline + SECOND
    clock.go_to(late)
    client.get(f"/challenges/{reference}")
    with counted() as before:
        client.get(f"/challenges/{reference}")
    delay(cast, reference, late, judging=4)
    assert dates_of(reference, late) == (late + 4 * DAY, deadline + 10 * DAY)
    client.get(f"/challenges/{reference}")
    with counted() as after:
        client.get(f"/challenges/{reference}")
    assert len(after) == len(before)
    was, new = plain(say_day(deadline)), plain(say_day(late + 4 * DAY))
    assert f"The judges finish later: by {new}, not by {was}. The reason: {REASON}" in client.text
    assert "The decision comes later" not in client.text
    dots = re.sub(r"<[^>]+>", " ", client.html.partition('id="dates"')[2].partition("</section>")[0])
    assert f"Judges finish {new}" in plain(" ".join(dots.split()))


def dot(client, label):
    """The dot of a date, as the public reads it."""
    dots = re.findall(r"<li[^>]*>.*?</li>", client.html.partition('id="dates"')[2].partition("</section>")[0])
    [found] = [each for each in dots if label in each]
    return plain(found)


@pytest.mark.parametrize(("state", "done"), [("judging", False), ("moderation", True), ("recommended", True)])
def test_the_public_sees_that_the_judges_finished_once_scoring_is_closed(
    reference, deadline, client, clock, state, done
):
    put(state=state)
    clock.go_to(deadline + DAY)
    client.get(f"/challenges/{reference}")
    assert ("is-done" in dot(client, "Judges finish")) == done


@pytest.mark.parametrize("state", ["moderation", "recommended", "decided"])
def test_judges_who_finished_before_their_new_day_are_not_waited_for(
    cast, reference, deadline, client, clock, state
):
    delay(cast, reference, deadline, judging=12, decision=15)
    put(state=state)
    clock.go_to(deadline + 2 * DAY)
    client.get(f"/challenges/{reference}")
    assert "The judges finish later" not in client.text
    assert "The decision comes later" in client.text
    judged = dot(client, "Judges finish")
    assert "is-done" in judged
    assert f"Before {plain(say_day(deadline + 12 * DAY))}" in judged
    decided = dot(client, "Decision")
    assert "is-now" in decided, "nobody outside hears of a decision before the letters"
    assert plain(say_day(deadline + 15 * DAY)) in decided


@pytest.mark.parametrize("state", ["standstill", "awarded", "unsuccessful"])
def test_once_letters_are_out_no_date_is_still_to_come(cast, reference, deadline, client, clock, state):
    delay(cast, reference, deadline, judging=12, decision=15)
    put(state=state, released_at=deadline + DAY)
    clock.go_to(deadline + 2 * DAY)
    client.get(f"/challenges/{reference}")
    assert "later" not in client.text
    assert "is-now" not in client.html
    for label in ("Judges finish", "Decision"):
        assert "is-done" in dot(client, label)
    assert plain(say_day(deadline + DAY)) in dot(client, "Decision")
    assert plain(say_day(deadline + 15 * DAY)) not in plain(client.text)


def test_both_dates_move_at_once_with_one_reason(cast, reference, deadline, client, clock):
    clock.go_to(deadline)
    delay(cast, reference, deadline, judging=12, decision=15)
    assert dates_of(reference, deadline) == (deadline + 12 * DAY, deadline + 15 * DAY)
    client.get(f"/challenges/{reference}")
    [said] = [p for p in re.findall(r"<p>.*?</p>", client.html) if REASON in p]
    assert said.index("The judges finish later") < said.index("The decision comes later")
    delay(cast, reference, deadline + DAY, decision=20)
    rows = queries.delays(queries.by_reference(reference, deadline).id)
    assert [(row.number, row.what) for row in rows] == [(2, "decision"), (1, "judging"), (1, "decision")]


def test_every_supplier_with_a_pitch_and_every_follower_hears_once_that_moment(
    cast, reference, deadline, now
):
    supplier = builders.actor(cast.supplier)
    colleague = builders.a_person("Other", organisation=builders.an_organisation("Other Ltd"))
    for person in (supplier.person_id, colleague):
        organisation = accounts.organisations_of(person)[0].id
        with transaction():
            pitches.start(builders.actor(person), challenge=reference, organisation_id=organisation, now=now)
    for address in (supplier.email, ADDRESS):
        follow(address, now, reference)
        confirm(now, address)
    delay(cast, reference, deadline, judging=12, decision=15)
    found = messages("challenge_delayed")
    told = [(mail.message(key).person_id, address, due) for key, address, due in found]
    assert sorted(told, key=str) == sorted(
        [(cast.supplier, None, deadline), (colleague, None, deadline), (None, ADDRESS, deadline)], key=str
    )
    for key, _, _ in found:
        words = render(mail.message(key), now=deadline)
        assert words is not None
        told_at, body = words.subject, plain(words.body)
        assert told_at.startswith("Later than we said")
        for what, days in (("judges finish", 12), ("decision comes", 15)):
            assert f"The {what} later: by {plain(say_day(deadline + days * DAY))}, not by" in body
        assert body.count(REASON) == 1
        assert "stays as it was" not in body


def test_mail_about_the_judges_alone_says_nothing_of_the_decision_being_late(cast, reference, deadline, now):
    follow(ADDRESS, now, reference)
    confirm(now)
    delay(cast, reference, deadline, judging=3)
    [(key, _, _)] = messages("challenge_delayed")
    words = render(mail.message(key), now=deadline)
    assert words is not None
    assert "The judges finish later" in words.body
    assert "The decision comes later" not in words.body
    assert "The day of the decision stays as it was" in words.body


@pytest.mark.parametrize(
    ("days", "match"),
    [
        ({"judging": 0}, "still to come"),
        ({"judging": -1}, "still to come"),
        ({"judging": 11}, "Give the decision a later date too"),
        ({"judging": 14, "decision": 13}, "Give the decision a later date too"),
        ({}, "later than the one before"),
    ],
)
def test_bad_dates_change_and_say_nothing(cast, reference, deadline, now, days, match):
    follow(ADDRESS, now, reference)
    confirm(now)
    with pytest.raises(RuleViolation, match=match):
        delay(cast, reference, deadline, **days)
    assert dates_of(reference, deadline) == (deadline, deadline + 10 * DAY)
    assert messages("challenge_delayed") == []


def test_who_may_and_until_when(cast, reference, deadline):
    for who in ("approver", "admin"):
        with pytest.raises(NotAllowed):
            delay(cast, reference, deadline, who=who, judging=3)
    with pytest.raises(NotAllowed, match="still open"):
        delay(cast, reference, deadline - 29 * DAY, judging=3)
    put(state="moderation")
    with pytest.raises(RuleViolation, match="The judges have finished"):
        delay(cast, reference, deadline, judging=3)
    delay(cast, reference, deadline, decision=12)


def test_the_log_tells_the_dates_and_not_the_reason(cast, reference, deadline):
    delay(cast, reference, deadline, judging=3)
    entry = db.session.execute(select(AuditEntry.detail).where(AuditEntry.action == "challenge.delay"))
    detail = entry.scalar_one()
    assert f'"later":{{"judging":["{iso(deadline)}","{iso(deadline + 3 * DAY)}"]}}' in detail
    assert REASON not in detail


def test_the_page_asks_for_what_has_passed_and_leaves_what_still_holds(
    app, cast, reference, deadline, page, clock
):
    clock.go_to(deadline + SECOND)
    officer = cast.browser(app, "officer")
    officer.get(page)
    sent = officer.form("")["fields"]
    assert sent["judging_deadline-day"] == ""
    assert sent["decision_due-day"] == str((deadline + 10 * DAY).astimezone(LONDON).day)
    officer.send(page, action="", reason=REASON)
    assert "Enter the day and the time by which the judges finish" in officer.text
    officer.send(page, action="", reason=REASON, **typed("judging_deadline", deadline))
    assert "still to come" in officer.text, "the old date is no answer"
    officer.send(page, action="", reason=REASON, **typed("judging_deadline", deadline + 5 * DAY))
    assert "The new date is published" in officer.text
    _, decided = dates_of(reference, clock.now())
    assert decided == deadline + 10 * DAY


def test_the_page_asks_for_a_later_decision_where_judges_finish_after_it(
    app, cast, reference, deadline, page, clock
):
    clock.go_to(deadline + SECOND)
    officer = cast.browser(app, "officer")
    officer.fill(page, action="", reason=REASON, **typed("judging_deadline", deadline + 14 * DAY))
    assert "Give the decision a later date too" in officer.text
    assert REASON in officer.html
    officer.send(page, action="", **typed("decision_due", deadline + 20 * DAY))
    assert "The new dates are published" in officer.text


def test_once_scoring_is_closed_the_page_asks_for_the_decision_alone(
    app, cast, reference, deadline, page, clock
):
    put(state="moderation")
    clock.go_to(deadline + SECOND)
    officer = cast.browser(app, "officer")
    officer.get(page)
    assert "By when will the judges finish?" not in officer.text
    assert officer.form("")["fields"]["decision_due-day"] == "", "the only date is to be another one"
    officer.send(
        page,
        action="",
        reason=REASON,
        **typed("judging_deadline", deadline + 5 * DAY),
        **typed("decision_due", deadline + 20 * DAY),
    )
    judged, _ = dates_of(reference, clock.now())
    assert judged == deadline, "a field that the page does not have moves nothing"


def test_feed_and_calendar_carry_the_new_dates(cast, reference, deadline, client, clock):
    clock.go_to(deadline)
    path = f"/challenges/{reference}"
    before = events(client, f"{path}/dates.ics")["judging_deadline"]
    delay(cast, reference, deadline, judging=3)
    moved = events(client, f"{path}/dates.ics")["judging_deadline"]
    assert moved["DTSTART"].dt == deadline + 3 * DAY
    assert moved["SEQUENCE"] > before["SEQUENCE"]
    delay(cast, reference, deadline + DAY, judging=20, decision=21)
    newest, first, *_ = feed(client, f"{path}/feed.atom").entries
    assert newest.title.startswith("Later than we said:")
    judged, decided = (plain(say_day(deadline + (n + 1) * DAY)) for n in (20, 21))
    assert plain(newest.summary) == (
        f"{REASON} The judges finish by {judged}. The decision comes by {decided}."
    )
    assert plain(first.summary) == f"{REASON} The judges finish by {plain(say_day(deadline + 3 * DAY))}."
