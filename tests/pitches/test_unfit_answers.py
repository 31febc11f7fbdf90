"""What the page of a question says of an answer that cannot be sent as it is."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from pitchfest.challenges.models import Question
from pitchfest.challenges.rules import QuestionKind
from pitchfest.db import db, transaction
from pitchfest.kernel.clock import london_day
from pitchfest.kernel.errors import RuleViolation
from pitchfest.pitches import operations
from pitchfest.pitches.rules.rows import Rows, write_rows
from tests.pitches.cast import save, started, write


@pytest.fixture
def draft(bare_app, cast, now):
    """A pitch that Rosa has started; its path."""
    with bare_app.app_context():
        return f"/pitches/{started(cast, now)}"


def test_every_wrong_input_of_a_price_is_named_marked_and_led_to(browser, cast, draft):
    rosa = browser(cast.rosa)
    page = f"{draft}/questions/4"
    wrong = {"answer__label__1": "Work", "answer__amount__1": "a bit", "answer__amount__2": "9" * 14}
    rosa.fill(page, **wrong)
    assert rosa.path == page
    for input_id, words in (
        ("answer-amount-1", "Enter the amount of line 1 in pounds, like 21500 or 21500.50"),
        ("answer-label-2", "Say what line 2 is for"),
        ("answer-amount-2", "Enter a smaller amount in line 2: £999,999,999,999.99 at most"),
    ):
        assert f'<li><a href="#{input_id}">{words}</a></li>' in rosa.html
        assert f'id="{input_id}-error"' in rosa.html
    assert rosa.html.count("govuk-input--error") == 3
    assert "£0" not in rosa.text, "no total where no line has an amount"
    assert "Kept at" in rosa.text
    assert "pf-saved" not in rosa.html
    rosa.fill(page, answer__amount__2="500.50")
    assert "Total of the lines with an amount: £500.50" in rosa.text
    rosa.fill(page, answer__label__2="Tests", answer__amount__1="0", answer__amount__2="0")
    assert '<a href="#answer-amount-1">Your price must be more than £0</a>' in rosa.html
    rosa.fill(page, answer__amount__1="7")
    rosa.get(page)
    assert "pf-saved" in rosa.html


def test_what_is_said_of_a_saved_text_agrees_with_its_error(browser, cast, draft):
    rosa = browser(cast.rosa)
    page = f"{draft}/questions/1"
    rosa.fill(page, answer="Three words here.")
    rosa.get(page)
    assert "by you, with 3 of " in rosa.text
    rosa.fill(page, answer="word " * 400)
    over = re.search(r"Before you can send it: (\d+\s*words too long)\.", rosa.text)
    assert over is not None
    assert rosa.text.count(over[1]) == 3, "the summary, the field and the line below agree"
    assert "Saved" not in rosa.text


def test_a_part_whose_day_is_past_keeps_the_pitch_from_being_sent(bare_app, browser, cast, draft, now):
    reference, today = draft.rpartition("/")[2], london_day(now)
    with bare_app.app_context(), transaction():
        kind = QuestionKind.CONFIDENTIAL
        db.session.add(
            Question(challenge_id=cast.challenge, position=5, ask="What is confidential?", kind=kind)
        )
    rosa = browser(cast.rosa)
    for day, is_past in ((today - timedelta(days=1), True), (today, False)):
        typed = f"{day:%d/%m/%Y}"
        with bare_app.app_context():
            save(reference, 5, write_rows(Rows("yes", (("Rates", "Rivals", typed),))), cast.rosa, now)
            said = {"reference": reference, "declared": True, "expected_version": None}
            with pytest.raises(RuleViolation) as refused:  # the other questions have no answer
                write(operations.submit, cast.rosa, now=now, **said)
        assert (f"Question 5: row 1: {typed} is past" in str(refused.value)) is is_past
        rosa.get(f"{draft}/check")
        assert (
            f"Row 1: {typed} is past. Enter a day to come under “Until which day”" in rosa.text
        ) is is_past
        assert typed in rosa.text
