"""After a correction: everyone who holds a pitch is told, checks it again, and only then can send it."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask

from pitchfest.challenges import operations as challenge_operations
from pitchfest.challenges import queries as challenges
from pitchfest.challenges.operations.freezing import keep, record_of
from pitchfest.challenges.rules import Corrected
from pitchfest.db import transaction
from pitchfest.kernel.clock import say_moment
from pitchfest.kernel.errors import RuleViolation
from pitchfest.pitches import operations
from pitchfest.pitches.queries import own
from tests.pitches.cast import (
    PRICE,
    WORDS,
    a_cast,
    actor,
    closing,
    read_mail,
    save,
    sent,
    started,
    told,
    write,
)
from tests.support.signing_in import browser_of
from tests.support.statements import counted

REASON = "We counted the gullies again last week."
SMALL = Corrected({"problem": "There are 241,000 gullies."})
BUDGET = Corrected({"budget_pence": 9_000_000})


@pytest.fixture
def cast(app: Flask, now):
    cast = a_cast(now)
    with transaction():
        keep(cast.officer, record_of(challenges.content(cast.challenge, now), now=now), now=now)
    return cast


def correct(cast, now, by=BUDGET):
    later = None if by is SMALL else closing(cast) + timedelta(days=14)
    write(
        challenge_operations.correct,
        cast.lead,
        reference=cast.reference,
        by=by,
        reason=REASON,
        closes_at=later,
        now=now,
    )


def filled(cast, now):
    pitch = started(cast, now)
    for position, words in WORDS.items():
        save(pitch, position, words, cast.rosa, now)
    save(pitch, 4, PRICE, cast.rosa, now)
    return pitch


def submit(pitch, cast, now):
    return write(operations.submit, cast.rosa, reference=pitch, declared=True, expected_version=None, now=now)


def test_the_first_page_and_the_list_say_that_a_sent_pitch_is_to_be_checked_again(app, cast, now):
    pitch = filled(cast, now)
    submit(pitch, cast, now)
    rosa, asks = browser_of(app, cast.rosa), "again: the challenge was corrected"
    for page in ("/", "/pitches"):
        rosa.get(page)
        assert asks not in rosa.text
    correct(cast, now)
    for page in ("/", "/pitches"):
        rosa.get(page)
        assert asks in rosa.text
    rosa.get("/")
    assert f"/pitches/{pitch}#check-again" in rosa.html


def test_a_pitch_from_before_is_looked_at_again_before_it_is_sent(cast, now):
    pitch = filled(cast, now)
    correct(cast, now)
    with pytest.raises(RuleViolation, match="Nothing was sent"):
        submit(pitch, cast, now)
    write(operations.look_again, cast.rosa, reference=pitch, correction=1, now=now)
    assert submit(pitch, cast, now) == 1


def test_a_receipt_stays_as_it_was_sent_after_a_correction(app, cast, now):
    """Its page, the page to keep and its message show title, question and closing time of the record on
    which it was sent; the exact record is the same to the byte; what is sent next shows the new ones.
    """
    pitch = filled(cast, now)
    submit(pitch, cast, now)
    first = next(q for q in challenges.questions(cast.challenge) if q.position == 1)
    title, was = challenges.by_id(cast.challenge, now).title, say_moment(closing(cast))
    rosa, pages = browser_of(app, cast.rosa), [f"/pitches/{pitch}/receipts/1{end}" for end in ("", ".html")]
    exact = rosa.get(f"{pages[0]}.json").data
    changed = Corrected(
        {"title": "Which drains will block next", "budget_pence": 9_000_000},
        questions={first.id: {"ask": "How will you look?"}},
    )
    correct(cast, now + timedelta(hours=1), changed)
    new = ("Which drains will block next", "How will you look?")

    def shown():
        mail = read_mail(app, cast.rosa, now + timedelta(hours=2), "pitch_receipt").body
        return [*(rosa.get(page).get_data(as_text=True) for page in pages), mail]

    for text in (unescape(text).replace("\u00a0", " ") for text in shown()):
        assert title in text
        assert first.ask in text
        assert was.replace("\u00a0", " ") in text
        assert not [words for words in new if words in text]
    assert rosa.get(f"{pages[0]}.json").data == exact

    write(operations.look_again, cast.rosa, reference=pitch, correction=1, now=now + timedelta(hours=2))
    save(pitch, 2, "We start in April.", cast.rosa, now + timedelta(hours=2))
    submit(pitch, cast, now + timedelta(hours=2))
    pages = [page.replace("receipts/1", "receipts/2") for page in pages]
    for text in (unescape(text).replace("\u00a0", " ") for text in shown()):
        for words in (*new, say_moment(closing(cast)).replace("\u00a0", " ")):
            assert words in text


def test_a_receipt_asks_the_database_little_enough(app, cast, now):
    pitch = filled(cast, now)
    submit(pitch, cast, now)
    rosa = browser_of(app, cast.rosa)
    for end in ("", ".html", ".json"):
        with counted() as statements:
            assert rosa.get(f"/pitches/{pitch}/receipts/1{end}").status_code == 200
        assert len(statements) <= 12, end


def test_a_correction_that_nobody_saw_is_not_ticked_off(cast, now):
    pitch = filled(cast, now)
    correct(cast, now)
    correct(cast, now, Corrected({"eligibility": "Anyone"}))
    write(operations.look_again, cast.rosa, reference=pitch, correction=1, now=now)
    with pytest.raises(RuleViolation, match="Nothing was sent"):
        submit(pitch, cast, now)
    write(operations.look_again, cast.rosa, reference=pitch, correction=99, now=now)
    with pytest.raises(RuleViolation, match="Nothing was sent"):
        submit(pitch, cast, now)
    write(operations.look_again, cast.rosa, reference=pitch, correction=2, now=now)
    assert submit(pitch, cast, now) == 1


def test_a_small_correction_stops_nobody_and_a_new_pitch_starts_from_what_is_published(cast, now):
    pitch = filled(cast, now)
    correct(cast, now, SMALL)
    assert submit(pitch, cast, now) == 1
    correct(cast, now)
    new = started(cast, now, person=cast.gwen, organisation=cast.gannet)
    assert not own(actor=actor(cast.gwen), now=now, reference=new).to_check_again


def test_what_was_sent_stays_in(cast, now):
    pitch = sent(cast, now)
    correct(cast, now)
    row = own(actor=actor(cast.rosa), now=now, reference=pitch)
    assert (row.state, row.to_check_again) == ("submitted", True)


def test_all_who_hold_a_pitch_are_told_what_changed_and_the_rest_are_not(cast, now, app):
    sent(cast, now)
    started(cast, now, person=cast.gwen, organisation=cast.gannet)
    correct(cast, now)
    for person in (cast.rosa, cast.gwen):
        mail = read_mail(app, person, now, "challenge_corrected")
        assert REASON in mail.body
        assert "What changed: Budget" in mail.body
        assert "check your pitch again" in mail.body
    assert told("challenge_corrected") == sorted([cast.rosa, cast.gwen])


def test_a_form_from_before_the_correction_keeps_its_words_and_answers_the_new_question(app, cast, now):
    pitch = started(cast, now)
    rosa = browser_of(app, cast.rosa)
    rosa.get(f"/pitches/{pitch}/questions/1")
    question = challenges.questions(cast.challenge)[0]
    correct(cast, now, Corrected(questions={question.id: {"ask": "What would you do in March?"}}))
    rosa.send(f"/pitches/{pitch}/questions/1", answer="Crews ride along and mark every gully.")
    rosa.get(f"/pitches/{pitch}/questions/1")
    assert "What would you do in March?" in rosa.text
    assert "Crews ride along and mark every gully." in rosa.html
    with pytest.raises(RuleViolation, match="The challenge was corrected after you began"):
        submit(pitch, cast, now)


def test_the_page_says_so_until_someone_has_looked(app, cast, now):
    pitch = filled(cast, now)
    rosa = browser_of(app, cast.rosa)
    rosa.get(f"/pitches/{pitch}/check")
    correct(cast, now)
    rosa.send(f"/pitches/{pitch}/check", action="/check", declared="y")
    assert "Nothing was sent" in rosa.text
    rosa.get(f"/pitches/{pitch}")
    assert "Check again: the challenge was corrected" in rosa.text
    assert "Removed: £85,000" in rosa.text
    rosa.send(f"/pitches/{pitch}", action="look-again", correction="99999")
    assert "Noted" not in rosa.text
    rosa.send(f"/pitches/{pitch}", action="look-again")
    assert "Noted" in rosa.text
    assert "Check again" not in rosa.text
    rosa.fill(f"/pitches/{pitch}/check", action="/check", declared="y")
    assert "sent" in rosa.text


def marks(browser):
    """Status of each answer on the task list that is to be looked at again, by its question."""
    rows = re.findall(r'task-list__link"[^>]*>([^<]*)</a>.*?-status">(.*?)</div>', browser.html, re.DOTALL)
    return [ask for ask, status in rows if "Check again" in status]


def test_the_draft_shows_in_words_all_that_changed_since_it_began(app, cast, now):
    """Two corrections as one, and the mark at the answers that they touch; for this draft alone."""
    correct(cast, now - timedelta(hours=1), Corrected({"problem": "There are 240,500 gullies."}))
    pitch, other = filled(cast, now), started(cast, now, person=cast.gwen, organisation=cast.gannet)
    rosa = browser_of(app, cast.rosa)
    rosa.get(f"/pitches/{pitch}")
    assert "was corrected" not in rosa.text
    first, second, *_ = challenges.questions(cast.challenge)
    scored = next(c for c in challenges.criteria(cast.challenge) if c.id == second.criterion_id)
    correct(cast, now, Corrected(questions={first.id: {"ask": "What would you do in March?"}}))
    correct(cast, now, Corrected(criteria={scored.id: {"guidance": "Say how you will learn."}}))
    rosa.get(f"/pitches/{pitch}")
    assert "Check again: the challenge was corrected" in rosa.text
    new = ("Added: What would you do in March?", "Added: Say how you will learn.")
    for said in (*new, "what changed since you"):
        assert said in rosa.text
    assert "240,500" not in rosa.text, "corrected before the draft began"
    touched = {q.ask for q in challenges.questions(cast.challenge) if q.criterion_id == scored.id}
    assert set(marks(rosa)) == {"What would you do in March?"} | touched
    with counted() as seen:
        rosa.get(f"/pitches/{pitch}")
    assert len(seen) <= 12
    rosa.send(f"/pitches/{pitch}", action="look-again")
    assert "was corrected" not in rosa.text
    assert marks(rosa) == []
    gwen = browser_of(app, cast.gwen)
    gwen.get(f"/pitches/{other}")
    assert "Check again: the challenge was corrected" in gwen.text
    assert marks(gwen) == [], "nothing is written yet"
    rosa.fill(f"/pitches/{pitch}/check", action="/check", declared="y")
    assert own(actor=actor(cast.rosa), now=now, reference=pitch).state == "submitted"


def test_what_changed_starts_from_the_closing_that_stood_when_the_draft_began(app, cast, now):
    """Also where it was an extension that had moved it."""
    first, second = closing(cast), closing(cast) + timedelta(days=7)
    write(
        challenge_operations.extend,
        cast.lead,
        reference=cast.reference,
        closes_at=second,
        reason=REASON,
        now=now - timedelta(hours=1),
    )
    pitch = filled(cast, now)
    correct(cast, now)
    rosa = browser_of(app, cast.rosa)
    rosa.get(f"/pitches/{pitch}")
    changed = rosa.text.partition("This is what changed since you began")[2]
    closes = changed.partition("Pitches close")[2].partition("Judges finish")[0]
    assert f"Removed: {second.day}" in closes
    assert f"Removed: {first.day}" not in closes
    assert f"Added: {closing(cast).day}" in closes


def test_a_small_correction_is_shown_until_it_is_read_and_marks_no_answer(app, cast, now):
    pitch = filled(cast, now)
    correct(cast, now, SMALL)
    rosa = browser_of(app, cast.rosa)
    rosa.get(f"/pitches/{pitch}")
    assert "The challenge was corrected" in rosa.text
    assert "Check again" not in rosa.text
    rosa.send(f"/pitches/{pitch}", action="look-again")
    assert "was corrected" not in rosa.text
