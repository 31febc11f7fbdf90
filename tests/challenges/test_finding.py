"""Finding challenges: by words, theme and closing time, never one that is not published."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pitchfest.challenges import operations, queries
from pitchfest.challenges.queries import Sought
from pitchfest.challenges.rules import ChallengeState, Corrected, Sort, Stage, Within
from pitchfest.db import transaction
from pitchfest.kernel.errors import RuleViolation
from tests.challenges.test_following import ADDRESS, confirm, follow, messages
from tests.challenges.world import BRIEF, a_draft, closing_of, published
from tests.support import builders

S = Sought


def found(now, **sought):
    rows = queries.public_page(now, Sought(**sought), number=1, size=100)
    assert queries.public_counts(now, Sought(**sought)).total == len(rows)
    return [row.reference for row in rows]


def themed(cast, now, theme):
    reference = a_draft(cast, now)
    with transaction():
        operations.edit_brief(cast.actor("officer"), reference=reference, now=now, **BRIEF, theme=theme)
    for act, who in (
        (operations.send_for_approval, "officer"),
        (operations.approve, "approver"),
        (operations.publish, "officer"),
    ):
        with transaction():
            act(cast.actor(who), reference=reference, now=now)
    return reference


def test_words_are_looked_for_in_all_that_is_published_and_a_correction_counts_at_once(cast, now):
    reference = published(cast, now)
    assert found(now, text="gully") == [reference]  # the brief says gullies
    assert found(now, text="gullies calls") == [reference]
    assert found(now, text=reference) == [reference]
    assert found(now, text="moorgate") == []
    with transaction():
        operations.correct(
            cast.actor("lead"),
            reference=reference,
            by=Corrected({"problem": "The drains of Moorgate block."}),
            reason="We named the wrong district here.",
            now=now,
        )
    assert found(now, text="moorgate") == [reference]
    assert found(now, text="gullies calls") == []


def test_a_draft_is_never_found_and_neither_is_practice(cast, now):
    a_draft(cast, now)
    with transaction():
        operations.create(cast.actor("officer"), title="Drains", question="", practice=True, now=now)
    assert found(now, text="drain") == []
    assert queries.public_counts(now, Sought()).themes == {}


def test_theme_stage_and_closing_time_narrow_the_list_together(cast, now):
    roads, care = themed(cast, now, "transport"), themed(cast, now, "care")
    assert found(now, theme="care") == [care]
    assert queries.public_counts(now, Sought(theme="care")).themes == {"care": 1, "transport": 1}
    assert found(now, theme="care", stage=Stage.OPEN) == [care]
    assert found(now, theme="care", stage=Stage.JUDGED) == []
    assert found(now, within=Within.WEEK) == []
    assert sorted(found(now, within=Within.MONTH)) == sorted([roads, care])
    late = now + timedelta(days=12)
    assert sorted(found(late, within=Within.WEEK)) == sorted([roads, care])
    assert found(now, text="drain", theme="transport", within=Within.MONTH) == [roads]


def test_the_newest_comes_first_when_asked(cast, now):
    for title, days in (("First", 3), ("Second", 9)):
        builders.a_challenge(
            state=ChallengeState.OPEN,
            officer=cast.officer,
            now=now,
            title=title,
            closes_at=now + timedelta(days=days),
        )
    first, second = found(now)
    assert found(now, sort=Sort.NEWEST) == [second, first]


def a_pair(cast, now):
    """One that closes soon and speaks of lamps once, and one that closes later and is about them."""
    once, often = themed(cast, now, "care"), themed(cast, now, "transport")
    later = closing_of(once, now)
    with transaction():
        for reference, words, closes_at in (
            (once, "There is a lamp.", later),
            (often, "Lamp by lamp they fail.", later + timedelta(days=14)),
        ):
            operations.correct(
                cast.actor("lead"),
                reference=reference,
                by=Corrected({"problem": words}),
                reason="We described it once more.",
                closes_at=closes_at if closes_at > later else None,
                now=now,
            )
    return once, often


def test_the_best_match_comes_first_where_words_are_sought(cast, client, now):
    once, often = a_pair(cast, now)
    assert found(now, text="lamps") == [often, once]
    assert found(now, text="lamps", sort=Sort.CLOSING) == [once, often]
    assert found(now) == found(now, sort=Sort.RELEVANCE) == [once, often]
    client.get("/challenges?q=lamps")
    assert "best match first" in client.text
    assert "/challenges?q=lamps&amp;sort=closing" in client.html
    client.get("/challenges?q=lamps&sort=closing")
    assert "closing soonest first" in client.text
    assert 'name="sort" value="closing"' in client.html
    client.get("/challenges?sort=relevance")
    assert "closing soonest first" in client.text
    assert "Best match" not in client.text


def test_only_known_themes_are_kept(cast, now):
    draft = a_draft(cast, now)
    with pytest.raises(RuleViolation, match="one of the themes"), transaction():
        operations.edit_brief(cast.actor("officer"), reference=draft, now=now, title="x", theme="weather")


def test_following_a_theme_tells_of_that_theme_only(cast, now):
    follow(ADDRESS, now, theme="care")
    confirm(now)
    themed(cast, now, "transport")
    assert messages("challenge_published") == []
    themed(cast, now, "care")
    assert [row[1] for row in messages("challenge_published")] == [ADDRESS]


def test_the_page_keeps_what_was_asked_in_its_address(cast, client, now):
    themed(cast, now, "care")
    client.get("/challenges?q=drain&theme=care&closing=month&sort=newest&stage=open")
    assert "1 challenge" in client.text.replace("\u00a0", " ")
    assert "newest first" in client.text
    assert "/challenges?q=drain&amp;theme=care&amp;closing=month&amp;sort=newest" in client.html
    client.get("/challenges?theme=care&closing=week")
    assert "None like that" in client.text
    for odd in ("theme=x&stage=x&closing=x&sort=x", "q=%00%22*", "q=" + "drain+" * 200, "page=99"):
        assert client.get(f"/challenges?{odd}").status_code in {200, 404}
