"""Feeds and calendars of challenges: all that happened, and nothing that is not public."""

from __future__ import annotations

import re
from datetime import timedelta

import feedparser
import icalendar

from pitchfest.challenges import operations, queries
from pitchfest.challenges.rules import Corrected
from pitchfest.db import transaction
from tests.challenges.test_following import REASON, cancel, correct, extend
from tests.challenges.world import a_draft, closing_of


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


def test_the_calendar_tells_what_happened_the_newest_first(cast, reference, client, now):
    correct(cast, reference, now)
    extend(cast, reference, now + timedelta(days=1))
    for path in (f"/challenges/{reference}/dates.ics", "/challenges/dates.ics"):
        for event in events(client, path).values():
            lines = str(event["DESCRIPTION"]).replace("\u00a0", " ").splitlines()
            assert lines[-3:] == [
                "More time given on Tuesday 24 November 2026: The site was down for two hours.",
                f"Corrected on Monday 23 November 2026: {REASON}",
                "Published on Monday 23 November 2026",
            ]
            assert event["SEQUENCE"] == 3


def test_the_calendar_tells_the_newest_five_of_many(cast, reference, client, now):
    for hour in range(7):
        with transaction():
            operations.correct(
                cast.actor("lead"),
                reference=reference,
                by=Corrected({"problem": f"There are {240 + hour},000 gullies."}),
                reason=f"We counted the gullies again in hour {hour}.",
                now=now + timedelta(hours=hour),
            )
    for event in events(client, f"/challenges/{reference}/dates.ics").values():
        said = str(event["DESCRIPTION"])
        assert re.findall(r"in hour (\d)", said) == ["6", "5", "4", "3", "2"]
        assert event["SEQUENCE"] == 8


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
