"""Answers in every script, how they are laid out, and their earlier versions."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from pitchfest.kernel.clock import say_stamp
from tests.pitches.cast import save, started


@pytest.fixture
def draft(bare_app, cast, now):
    """A pitch that Rosa has started; its path."""
    with bare_app.app_context():
        return f"/pitches/{started(cast, now)}"


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("נבדוק 250 קולטנים, בכל שבוע.\u200f", 5),
        ("سنفحص ٢٥٠ بالوعة، كل أسبوع.", 5),
        ("Chu\u0301ng to\u0302i ki\u0309em tra.", 4),
    ],
)
def test_an_answer_in_any_script_is_kept_and_laid_out_as_it_runs(browser, cast, draft, written, words):
    rosa = browser(cast.rosa)
    rosa.fill(f"{draft}/questions/1", answer=written)
    rosa.get(f"{draft}/questions/1")
    assert re.search(rf'<textarea [^>]*dir="auto"[^>]*>\n{written}</textarea>', rosa.html)
    rosa.get(f"{draft}/check")
    assert f'<p class="govuk-body" dir="auto">{written}</p>' in rosa.html
    assert f"{words} of 200 words" in rosa.text


def test_an_answer_of_which_nothing_shows_is_none(browser, cast, draft):
    rosa = browser(cast.rosa)
    rosa.fill(f"{draft}/questions/1", answer="\u200b \u200f\n\u2060")
    rosa.get(draft)
    assert "0 of 4" in rosa.text
    assert "Up to 200 words" in rosa.text


def test_an_earlier_version_can_be_brought_back(bare_app, browser, cast, draft, now):
    reference = draft.rpartition("/")[2]
    with bare_app.app_context():
        shown = save(reference, 1, "The first thought.", cast.rosa, now).shown
        first = shown.id if shown else 0
        save(reference, 1, "The second thought.", cast.rosa, now + timedelta(seconds=3))
        save(reference, 1, "One more.", cast.rosa, now + timedelta(seconds=7))
    rosa = browser(cast.rosa)
    rosa.get(f"{draft}/questions/1")
    links = re.findall(r"<a [^>]*version=\d+[^>]*>(.*?)</a>", rosa.html)
    assert len(set(links)) == len(links) == 2, "they tell apart, also within one minute"
    assert f"the version of {say_stamp(now)}, by you" in links[1]
    rosa.get(f"{draft}/questions/1?version={first}")
    assert "You are reading an earlier version" in rosa.text
    rosa.send(f"{draft}/questions/1")
    rosa.get(f"{draft}/questions/1")
    assert rosa.form()["fields"]["answer"].strip() == "The first thought."
