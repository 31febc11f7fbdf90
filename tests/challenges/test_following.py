"""Following by e-mail, feed and calendar: everyone learns the same at the same moment, and nothing early."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import feedparser
import icalendar
import pytest
from sqlalchemy import select

from pitchfest.accounts import queries as accounts
from pitchfest.challenges import operations, queries
from pitchfest.challenges.models import Follower
from pitchfest.challenges.operations.privacy import erase
from pitchfest.challenges.rules import Corrected
from pitchfest.db import db, transaction
from pitchfest.mail import queries as mail
from pitchfest.mail.models import OutboxMessage
from pitchfest.mail.rendering import render
from pitchfest.mail.transport import deliver_due
from pitchfest.pitches import operations as pitches
from tests.challenges.world import a_draft, closing_of, published
from tests.support import builders

REASON = "We counted the gullies again last week."
ADDRESS = "nia@elsewhere.example"


def follow(address, now, reference=None, theme=""):
    challenge_id = queries.by_reference(reference, now).id if reference else None
    db.session.rollback()
    with transaction():
        operations.follow(address, challenge_id=challenge_id, theme=theme, now=now)


def the_follower(address=ADDRESS):
    return db.session.execute(select(Follower).where(Follower.address == address)).scalar_one()


def confirm(now, address=ADDRESS):
    token = the_follower(address).token
    db.session.rollback()
    with transaction():
        operations.confirm_following(token, now=now)
    return token


def correct(cast, reference, now):
    with transaction():
        operations.correct(
            cast.actor("lead"),
            reference=reference,
            by=Corrected({"problem": "There are 241,000 gullies."}),
            reason=REASON,
            now=now,
        )


def cancel(cast, reference, now):
    lead, approver = (builders.actor(i, proved_at=now) for i in (cast.lead, cast.approver))
    with transaction():
        operations.propose_cancelling(lead, reference=reference, reason=REASON, now=now)
    with transaction():
        operations.confirm_cancelling(approver, reference=reference, now=now)


def messages(kind):
    rows = db.session.execute(
        select(OutboxMessage.id, OutboxMessage.address, OutboxMessage.due_at).where(
            OutboxMessage.kind == kind
        )
    )
    return [tuple(row) for row in rows]


def words(kind, now):
    (row,) = messages(kind)
    found = render(mail.message(row[0]), now=now)
    assert found is not None
    return found


def test_nobody_is_written_to_before_they_said_yes(cast, reference, now):
    follow(ADDRESS, now, reference)
    asked = words("follow", now)
    assert the_follower().token in asked.body
    correct(cast, reference, now)
    assert messages("challenge_corrected") == []
    confirm(now)
    with transaction():
        operations.extend(
            cast.actor("lead"),
            reference=reference,
            closes_at=closing_of(reference, now) + timedelta(days=7),
            reason="The site was down for two hours.",
            now=now,
        )
    assert [row[1:] for row in messages("challenge_extended")] == [(ADDRESS, now)]
    told = words("challenge_extended", now)
    assert "The site was down" in told.body
    assert f"/following/{the_follower().token}" in told.body
    assert "pitches" not in told.body.lower().replace("pitches close", "")


def test_who_follows_everything_is_told_of_each_new_challenge_and_of_nothing_else(cast, now):
    follow(ADDRESS, now)
    confirm(now)
    reference = published(cast, now)
    assert [row[1] for row in messages("challenge_published")] == [ADDRESS]
    assert reference in words("challenge_published", now).body
    correct(cast, reference, now)
    assert messages("challenge_corrected") == []


def test_asking_again_sends_no_second_mail_that_day_and_keeps_one_row(cast, reference, now):
    follow(ADDRESS, now, reference)
    follow("  NIA@elsewhere.example ", now + timedelta(hours=23), reference)
    assert len(messages("follow")) == 1
    follow(ADDRESS, now + timedelta(days=1), reference)
    assert len(messages("follow")) == 2
    assert len(db.session.scalars(select(Follower.id)).all()) == 1


def test_nobody_floods_an_address_with_questions(cast, reference, now):
    for theme in ("care", "homes", "jobs", "transport", ""):
        follow(ADDRESS, now, theme=theme)
    follow(ADDRESS, now, reference)
    assert len(messages("follow")) == 3
    assert len(db.session.scalars(select(Follower.id)).all()) == 3


def test_erasing_a_person_forgets_what_their_address_follows(cast, reference, now):
    address = builders.actor(cast.supplier).email
    follow(address, now, reference)
    follow(ADDRESS, now, reference)
    with transaction():
        erase(cast.supplier, now)
    assert db.session.scalars(select(Follower.address)).all() == [ADDRESS]


def test_saying_yes_twice_does_not_stop_it(app, cast, reference, client, now):
    follow(ADDRESS, now, reference)
    token = the_follower().token
    db.session.rollback()
    client.get(f"/following/{token}")
    confirm(now)
    client.send(f"/following/{token}", action="", act="yes")
    assert the_follower().confirmed_at is not None


def test_stopping_forgets_the_address_and_what_is_still_in_the_outbox_is_not_sent(cast, reference, now):
    follow(ADDRESS, now, reference)
    token = confirm(now)
    correct(cast, reference, now)
    with transaction():
        operations.stop_following(token)
    assert db.session.scalars(select(Follower.id)).all() == []
    (row,) = messages("challenge_corrected")
    assert render(mail.message(row[0]), now=now) is None


def test_what_nobody_confirms_and_what_is_long_over_is_forgotten(cast, reference, now):
    follow("early@elsewhere.example", now, reference)
    follow(ADDRESS, now, reference)
    confirm(now)
    db.session.rollback()
    assert operations.sweep_followers(lambda: now + timedelta(days=7)) == 0
    assert operations.sweep_followers(lambda: now + timedelta(days=7, seconds=1)) == 1
    cancel(cast, reference, now)
    db.session.rollback()
    assert operations.sweep_followers(lambda: now + timedelta(days=97)) == 0
    assert operations.sweep_followers(lambda: now + timedelta(days=97, seconds=1)) == 1


def test_the_pages_ask_confirm_and_stop_and_opening_a_link_changes_nothing(app, cast, reference, client, now):
    page = f"/challenges/{reference}/follow"
    client.fill(page, action="", email="no address")
    assert "Enter an email address in full" in client.text
    client.send(page, action="", email=ADDRESS)
    assert "Look in your mail" in client.text
    token = the_follower().token
    for _ in range(2):
        client.get(f"/following/{token}")
        assert "Yes, follow" in client.text
    assert the_follower().confirmed_at is None
    db.session.rollback()
    client.send(f"/following/{token}", action="", act="yes")
    assert "You follow this now" in client.text
    client.get(f"/following/{token}")
    client.send(f"/following/{token}", action="", act="stop")
    assert "You stopped following" in client.text
    assert client.get(f"/following/{token}").status_code == 404
    assert "that is done" in client.text


def test_a_mail_program_stops_with_one_click_and_without_a_page(app, cast, reference, client, now):
    follow(ADDRESS, now, reference)
    token = confirm(now)
    db.session.rollback()
    answer = client.post(f"/following/{token}/stop", data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 204
    assert db.session.scalars(select(Follower.id)).all() == []


def feed(client, path):
    answer = client.get(path)
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    found = feedparser.parse(answer.get_data())
    assert not found.bozo, found.bozo_exception
    return found


def test_the_feed_carries_all_that_happened_newest_first(cast, reference, client, now):
    a_draft(cast, now)
    correct(cast, reference, now + timedelta(hours=1))
    cancel(cast, reference, now + timedelta(hours=2))
    for path in ("/challenges/feed.atom", f"/challenges/{reference}/feed.atom"):
        found = feed(client, path)
        titles = [entry.title.partition(":")[0] for entry in found.entries]
        assert titles == ["Cancelled", "Correction", "New challenge"]
        assert REASON in found.entries[0].summary
        assert len({entry.id for entry in found.entries}) == 3
        assert found.feed.updated_parsed[:5] == (2026, 11, 23, 11, 0)


def test_pages_name_their_feed_for_programs_that_look_for_one(cast, reference, client):
    for page, address in (
        ("/challenges", "/challenges/feed.atom"),
        (f"/challenges/{reference}", f"/challenges/{reference}/feed.atom"),
    ):
        client.get(page)
        (link,) = [tag for tag in client.html.split("<") if tag.startswith('link rel="alternate"')]
        assert 'type="application/atom+xml"' in link
        assert f'href="{address}"' in link
    client.get("/help")
    assert 'rel="alternate"' not in client.html


@pytest.fixture
def about_jobs(cast, reference, now):
    """A second challenge, which is about jobs; the first one is about nothing in particular."""
    second = published(cast, now)
    with transaction():
        operations.correct(
            cast.actor("lead"),
            reference=second,
            by=Corrected({"theme": "jobs"}),
            reason=REASON,
            now=now,
        )
    return second


def test_a_feed_by_theme_holds_only_that_and_says_what_it_is(cast, reference, about_jobs, client):
    whole, jobs, homes, unknown = (
        feed(client, f"/challenges/feed.atom{query}")
        for query in ("", "?theme=jobs", "?theme=homes", "?theme=x")
    )
    assert {entry.link.rpartition("/")[2] for entry in whole.entries} == {reference, about_jobs}
    assert {entry.link.rpartition("/")[2] for entry in jobs.entries} == {about_jobs}
    assert homes.entries == []
    assert jobs.feed.title.startswith("Challenges about jobs and skills: ")
    assert len({found.feed.id for found in (whole, jobs, homes)}) == 3
    selves = [next(link.href for link in found.feed.links if link.rel == "self") for found in (whole, jobs)]
    assert [link.partition("/challenges/")[2] for link in selves] == ["feed.atom", "feed.atom?theme=jobs"]
    assert jobs.feed.link.endswith("/challenges?theme=jobs")
    assert (unknown.feed.id, unknown.feed.links, unknown.entries) == (
        whole.feed.id,
        whole.feed.links,
        whole.entries,
    )


def test_a_calendar_by_theme_holds_only_that(cast, reference, about_jobs, client):
    def references(query):
        uids = re.findall(r"UID:closes_at-(CH-\d+-\d+)", client.get(f"/challenges/dates.ics{query}").text)
        return set(uids), client.get(f"/challenges/dates.ics{query}").headers["Content-Disposition"]

    both = {reference, about_jobs}
    assert references("") == (both, 'attachment; filename="challenges.ics"')
    assert references("?theme=jobs") == ({about_jobs}, 'attachment; filename="challenges-jobs.ics"')
    assert references("?theme=homes")[0] == set()
    assert references("?theme=x") == (both, 'attachment; filename="challenges.ics"')
    calendar = icalendar.Calendar.from_ical(client.get("/challenges/dates.ics?theme=jobs").get_data())
    assert str(calendar["X-WR-CALNAME"]) == "Challenges about jobs and skills"


def test_the_list_of_a_theme_and_the_page_to_follow_link_its_feed_and_calendar(cast, about_jobs, client):
    feed_of, dates_of = "/challenges/feed.atom?theme=jobs", "/challenges/dates.ics?theme=jobs"
    for page, linked in (
        ("/challenges?theme=jobs", True),
        ("/challenges", False),
        ("/challenges?theme=x", False),
    ):
        client.get(page)
        head, _, body = client.html.partition("</head>")
        for address in (feed_of, dates_of):
            assert (f'href="{address}"' in head) is linked, page
            assert (f'href="{address}"' in body) is linked, page
    client.get("/challenges?theme=jobs")
    assert "Feed: jobs and skills" in client.text
    assert "Calendar: jobs and skills" in client.text
    client.get("/challenges/follow")
    assert {feed_of, dates_of} < set(re.findall(r'href="([^"]+)"', client.html))
    assert "all that happens to every challenge" in client.text
    client.get("/challenges/follow?theme=jobs")
    assert f'href="{feed_of}">Feed (Atom)' in client.html
    assert f'href="{dates_of}">Calendar file' in client.html
    assert "all that happens to challenges about jobs and skills" in client.text


def test_words_that_look_like_mark_up_stay_words_in_the_feed(cast, reference, client, now):
    with transaction():
        operations.correct(
            cast.actor("lead"),
            reference=reference,
            by=Corrected({"title": "Drains & <gullies> ]]>"}),
            reason="The <title> & all of it was wrong.",
            now=now,
        )
    entry = feed(client, f"/challenges/{reference}/feed.atom").entries[0]
    assert entry.title == "Correction: Drains & <gullies> ]]>"


def events(client, path):
    answer = client.get(path)
    assert answer.content_type == "text/calendar; charset=utf-8"
    calendar = icalendar.Calendar.from_ical(answer.get_data())
    assert calendar.errors == []
    return {str(event["UID"]).partition("-")[0]: event for event in calendar.walk("VEVENT")}


def test_the_calendar_moves_and_cancels_its_dates(cast, reference, client, now):
    first = events(client, f"/challenges/{reference}/dates.ics")
    closing = closing_of(reference, now)
    assert first["closes_at"]["DTSTART"].dt == closing
    later = closing + timedelta(days=7)
    with transaction():
        operations.extend(
            cast.actor("lead"),
            reference=reference,
            closes_at=later,
            reason="The site was down for two hours.",
            now=now,
        )
    moved = events(client, f"/challenges/{reference}/dates.ics")
    assert moved["closes_at"]["DTSTART"].dt == later
    assert moved["closes_at"]["UID"] == first["closes_at"]["UID"]
    assert moved["closes_at"]["SEQUENCE"] > first["closes_at"]["SEQUENCE"]
    cancel(cast, reference, now)
    over = events(client, "/challenges/dates.ics")
    assert {str(event["STATUS"]) for event in over.values()} == {"CANCELLED"}


def test_a_challenges_own_calendar_keeps_all_its_dates(cast, reference, client, clock, now):
    row = queries.by_reference(reference, now)
    wanted = {
        "questions_until": row.questions_until,
        "closes_at": row.closes_at,
        "judging_deadline": row.judging_deadline,
        "decision_due": row.decision_due,
    }
    assert None not in wanted.values()
    path = f"/challenges/{reference}/dates.ics"
    assert {name: event["DTSTART"].dt for name, event in events(client, path).items()} == wanted
    said = {str(event["SUMMARY"]).partition(":")[0] for event in events(client, path).values()}
    assert said == {"Questions end", "Pitches close", "Judges finish", "Decision expected"}
    clock.move(days=800)
    assert set(events(client, path)) == set(wanted), "also when they are past"


def test_in_the_calendar_of_all_a_date_stays_while_it_is_to_come(cast, reference, client, clock, now):
    row = queries.by_reference(reference, now)
    a_draft(cast, now)
    names = ["questions_until", "closes_at", "judging_deadline", "decision_due"]
    assert set(events(client, "/challenges/dates.ics")) == set(names)
    for past, name in enumerate(names, start=1):
        at = getattr(row, name)
        clock.go_to(at - timedelta(seconds=1))
        assert name in events(client, "/challenges/dates.ics")
        clock.go_to(at)
        assert list(events(client, "/challenges/dates.ics")) == names[past:], f"without {name}, which is past"


def test_nothing_unpublished_and_no_practice_is_in_any_of_them(cast, client, now):
    draft = a_draft(cast, now)
    with transaction():
        practice = operations.create(
            cast.actor("officer"), title="Secret practice", question="", practice=True, now=now
        )
    for reference in (draft, practice):
        for page in ("follow", "feed.atom", "dates.ics"):
            assert client.get(f"/challenges/{reference}/{page}").status_code == 404
    assert feed(client, "/challenges/feed.atom").entries == []
    assert events(client, "/challenges/dates.ics") == {}


def test_staff_learn_of_no_follower_from_the_log_or_the_outbox(app, cast, reference, now):
    follow(ADDRESS, now, reference)
    confirm(now)
    correct(cast, reference, now)
    admin = cast.browser(app, "admin")
    for page in ("/admin/log", "/admin/outbox"):
        admin.get(page)
        assert ADDRESS not in admin.text
    assert json.dumps(ADDRESS) not in admin.html


def test_what_left_for_someone_with_an_account_can_still_be_read_there(app, cast, reference, now):
    supplier = builders.actor(cast.supplier)
    organisation = accounts.organisations_of(supplier.person_id)[0].id
    with transaction():
        pitches.start(supplier, challenge=reference, organisation_id=organisation, now=now)
    correct(cast, reference, now)
    deliver_due(lambda: now)
    browser = cast.browser(app, "supplier")
    browser.get("/account/messages")
    assert "Correction to a challenge" in browser.text


@pytest.mark.parametrize("is_demo", [True, False])
def test_without_a_mail_server_only_a_demonstration_keeps_what_was_told_outside(
    app, client, clock, monkeypatch, is_demo
):
    builders.a_region(demo=True)
    monkeypatch.setitem(app.config, "PITCHFEST_DEMO", is_demo)
    follow(ADDRESS, clock.now(), theme="homes")
    deliver_due(clock.now)
    [told] = db.session.execute(select(OutboxMessage)).scalars().all()
    assert (told.address == ADDRESS) is is_demo
    monkeypatch.setitem(app.config, "PITCHFEST_DEMO", True)
    assert client.get("/demo/mail").status_code == 200
    letter = client.get(f"/demo/mail/{told.message_id.partition('@')[0]}")
    assert letter.status_code == (200 if is_demo else 404)
    assert ("/follow" in client.text) is is_demo
