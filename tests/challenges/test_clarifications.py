"""Asking, drafting, signing and publishing: who may, in which order, and what never changes."""

from __future__ import annotations

import json
import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from pitchfest.audit import queries as log
from pitchfest.audit.rules import salted_hash
from pitchfest.challenges import operations, queries
from pitchfest.challenges.models import Challenge, Clarification, News, PublishedAnswer
from pitchfest.challenges.rules import MOST_PENDING, ChallengeState, ClarificationState, NewsKind
from pitchfest.db import db
from pitchfest.kernel.actor import Role
from pitchfest.kernel.errors import Conflict, NotAllowed, NotFound, RuleViolation, StaleForm
from tests.challenges.asking import ANSWER, QUESTION, a_world, closing, newest, pitching, state_of, told
from tests.support import builders

S = ClarificationState


@pytest.fixture
def world(app, now):
    return a_world(now)


def test_a_question_goes_the_whole_way(world, now):
    one = world.ask(now)
    assert state_of(one) == S.RECEIVED
    world.draft(now, one)
    assert state_of(one) == S.DRAFTED
    assert queries.answers(world.challenge) == []
    assert world.sign(now, one) == 1
    assert state_of(one) == S.PUBLISHED
    (row,) = queries.answers(world.challenge)
    assert (row.number, row.question, row.answer, row.at) == (1, QUESTION, ANSWER, now)
    (own,) = queries.own_questions(world.asker, world.challenge)
    assert (own.state, own.number, own.answer) == (S.PUBLISHED, 1, "")


def test_everyone_who_holds_a_pitch_is_told_in_the_same_write_at_one_moment(world, now):
    pitching(world, now, world.asker, world.rival)
    later = now + timedelta(hours=3)
    one = world.ask(now)
    world.draft(now, one)
    assert told("challenge_answered") == []
    world.sign(later, one)
    both = sorted([world.asker, world.rival])
    assert told("challenge_answered") == [(person, later, True) for person in both]
    assert told("question_moved") == [(world.asker, later, True)]
    news = db.session.execute(select(News.kind, News.item, News.at).where(News.kind == NewsKind.ANSWERED))
    assert [tuple(row) for row in news] == [(NewsKind.ANSWERED, 1, later)]


@pytest.mark.parametrize("asked_by", ["asker", "rival"])
def test_how_many_messages_go_says_nothing_of_who_asked(world, now, asked_by):
    """One of the two holds a pitch; whichever of them asks, as many messages go."""
    pitching(world, now, world.rival)
    world.published(now, who=getattr(world, asked_by))
    assert len(told("challenge_answered")) + len(told("question_moved")) == 2


def test_the_entry_about_asking_holds_no_person(world, now):
    one = world.ask(now)
    world.do(operations.withdraw_question, world.asker, clarification_id=one, expected_version=1, now=now)
    world.do(operations.ask, world.asker, text=QUESTION, now=world.until)
    late = newest()
    entries, _ = log.page(number=1, size=3)
    assert [e["action"] for e in entries] == ["question.refuse_late", "question.withdraw", "question.ask"]
    for entry, about in zip(entries, (late, one, one), strict=True):
        assert (entry["actor"], entry["role"]) == ("sealed", "sealed")
        assert json.loads(entry["detail"]) == {"challenge": world.reference}
        values = (world.asker, world.reference, about)
        assert entry["object"] == f"sealed:{salted_hash(queries.salt_of(about), *values)}"


def test_what_staff_do_is_in_the_log_without_a_word_of_it(world, now):
    world.published(now)
    entries, _ = log.page(number=1, size=2)
    assert [e["action"] for e in entries] == ["question.publish", "question.draft"]
    assert [e["actor"] for e in entries] == [f"person:{world.lead}", f"person:{world.officer}"]
    assert ANSWER not in str([dict(e) for e in entries])


# Who may


def test_only_people_of_a_supplier_ask(world, now):
    for who in (world.officer, world.lead, world.judge):
        with pytest.raises(NotAllowed):
            world.ask(now, who=who)


def test_only_officers_and_leads_answer_and_only_a_lead_signs(world, now):
    one = world.ask(now)
    approver = builders.a_person("Ruth Penhaligon", Role.APPROVER)
    for who, error in ((approver, NotAllowed), (world.rival, NotFound), (world.asker, NotFound)):
        with pytest.raises(error):
            world.draft(now, one, who=who)
    world.draft(now, one)
    for who, error in ((world.officer, NotAllowed), (world.second, NotAllowed), (world.asker, NotFound)):
        with pytest.raises(error):
            world.sign(now, one, who=who)


def test_whoever_wrote_any_version_of_an_answer_cannot_sign_it(world, now):
    one = world.ask(now)
    world.draft(now, one, who=world.other_lead)
    world.draft(now, one, answer="Yes, and every partner is named.")
    with pytest.raises(RuleViolation, match="Someone else must sign"):
        world.sign(now, one, who=world.other_lead)
    assert world.sign(now, one, who=world.lead) == 1


def test_saving_the_same_words_makes_nobody_an_author(world, now):
    one = world.ask(now)
    world.draft(now, one)
    world.draft(now, one, who=world.lead)
    assert world.sign(now, one) == 1


def test_the_database_refuses_a_signature_by_the_author(world, now):
    one = world.ask(now)
    world.draft(now, one)
    with pytest.raises(DatabaseError), db.engine.begin() as connection:
        connection.execute(
            text(
                "UPDATE clarification SET state = 'published', signed_by_id = drafted_by_id, signed_at = :n"
            ),
            {"n": "2026-11-23T09:00:00.000000Z"},
        )


def test_a_question_belongs_to_its_asker(world, now):
    one = world.ask(now)
    for operation in (operations.withdraw_question, operations.let_publish):
        with pytest.raises(NotFound):
            world.do(operation, world.rival, clarification_id=one, expected_version=None, now=now)
    assert queries.own_questions(world.rival, world.challenge) == []


def test_an_answer_cannot_be_read_by_its_asker_before_it_is_signed(world, now):
    one = world.ask(now)
    world.draft(now, one)
    assert queries.own_question(world.asker, world.challenge, one).answer == ""


# In time


@pytest.mark.parametrize("second", [-1, 0, 1])
def test_the_clock_decides_to_the_second(world, now, second):
    late = world.do(operations.ask, world.asker, text=QUESTION, now=world.until + timedelta(seconds=second))
    assert late == (None if second < 0 else timedelta(seconds=second))
    assert state_of(newest()) == (S.RECEIVED if second < 0 else S.LATE)


@pytest.mark.parametrize(("hour", "late"), [(0, False), (1, True)])
def test_the_hour_that_happens_twice_happens_at_its_own_time(world, hour, late):
    """Questions end at 1:30am by winter time, in the night in which 1:30am comes twice."""
    row = db.session.get_one(Challenge, world.challenge)
    row.questions_until = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    row.published_at = datetime(2026, 10, 1, tzinfo=UTC)
    db.session.commit()
    moment = datetime(2026, 10, 25, hour, 30, tzinfo=UTC)  # 1:30am in London, both times
    assert bool(world.do(operations.ask, world.asker, text=QUESTION, now=moment) is not None) == late


def test_what_comes_late_is_kept_for_its_asker_alone(world, now):
    world.do(operations.ask, world.asker, text=QUESTION, now=world.until)
    assert queries.clarifications(world.challenge) == []
    (own,) = queries.own_questions(world.asker, world.challenge)
    assert (own.asked, own.state) == (QUESTION, S.LATE)
    with pytest.raises(NotFound):
        world.draft(world.until, own.id)


def test_without_an_end_of_questions_the_closing_is_it(world, now):
    row = db.session.get_one(Challenge, world.challenge)
    row.questions_until = None
    db.session.commit()
    closes = closing(world)
    assert world.do(operations.ask, world.asker, text=QUESTION, now=closes - timedelta(seconds=1)) is None
    assert world.do(operations.ask, world.asker, text=QUESTION, now=closes) == timedelta(0)


def test_after_closing_nothing_is_answered_any_more(world, now):
    one, other = world.ask(now), world.published(now)
    closes = closing(world)
    with pytest.raises(RuleViolation, match="closed"):
        world.draft(closes, one)
    with pytest.raises(Conflict):
        world.do(operations.start_correction, world.officer, number=1, now=closes)
    assert state_of(other) == S.PUBLISHED


def test_a_challenge_that_ended_before_its_time_takes_no_questions(app, world, now, client):
    one = world.ask(now)
    db.session.get_one(Challenge, world.challenge).state = ChallengeState.CANCELLED
    db.session.commit()
    with pytest.raises(Conflict):
        world.ask(now)
    with pytest.raises(RuleViolation):
        world.draft(now, one)
    for browser, page in (
        (client, f"/challenges/{world.reference}/questions"),
        (world.browser(app, "asker"), f"/challenges/{world.reference}/questions/ask"),
        (world.browser(app, "officer"), f"/manage/challenges/{world.reference}/questions"),
    ):
        assert browser.get(page).status_code == 200
        assert "takes no questions any more" in browser.text


def test_nobody_floods(world, now):
    for n in range(MOST_PENDING):
        world.ask(now, text=f"What about point number {n}?")
    tomorrow = now + timedelta(days=1)
    with pytest.raises(RuleViolation, match="20 questions"):
        world.ask(tomorrow)
    world.ask(tomorrow, who=world.rival)
    one = queries.own_questions(world.asker, world.challenge)[0]
    world.do(operations.withdraw_question, world.asker, clarification_id=one.id, expected_version=1, now=now)
    world.ask(tomorrow)


def test_nor_by_asking_and_withdrawing(world, now):
    """What was taken back, or answered, counts for a day, about this challenge and for this person."""
    for _ in range(MOST_PENDING - 1):
        one = world.ask(now)
        world.do(operations.withdraw_question, world.asker, clarification_id=one, expected_version=1, now=now)
    world.published(now)
    day = timedelta(days=1)
    with pytest.raises(RuleViolation, match="20 questions here in the last 24 hours"):
        world.ask(now + day - timedelta(seconds=1))
    world.ask(now, who=world.rival)
    assert queries.pending(world.asker, world.challenge, late=False) == 0
    world.ask(now + day)


@pytest.mark.parametrize("words", ["", "Why?", "x" * 2001])
def test_a_question_has_its_length_and_control_characters_go(world, now, words):
    with pytest.raises(RuleViolation):
        world.ask(now, text=words)
    one = world.ask(now, text="  Can we\x00 see\r\nthe data?\x1b  ")
    assert db.session.get_one(Clarification, one).asked == "Can we see\nthe data?"


def test_more_time_for_all_moves_the_end_of_questions_while_it_is_to_come(world, now):
    closes, reason = closing(world), "The data pack came out three days late."
    extended = {"closes_at": closes + timedelta(days=7), "reason": reason}
    world.do(operations.extend, world.lead, now=now, **extended)
    row = queries.by_id(world.challenge, now)
    assert row.questions_until == world.until + timedelta(days=7)
    assert json.loads(queries.snapshot_body(world.challenge, 1))["dates"]["questions_until"]
    extended["closes_at"] = closes + timedelta(days=14)
    world.do(operations.extend, world.lead, now=row.questions_until, **extended)
    assert queries.by_id(world.challenge, now).questions_until == row.questions_until


# Never changed


def test_a_published_answer_never_changes(world, now):
    world.published(now)
    for statement in (
        "UPDATE published_answer SET answer = 'No.'",
        "UPDATE published_answer SET number = 2",
        "DELETE FROM published_answer",
    ):
        with pytest.raises(DatabaseError), db.engine.begin() as connection:
            connection.execute(text(statement))
    assert queries.answers(world.challenge)[0].answer == ANSWER


def test_what_is_published_cannot_be_drafted_linked_or_withdrawn(world, now):
    one = world.published(now)
    with pytest.raises(Conflict):
        world.draft(now, one, answer="No.")
    with pytest.raises(Conflict):
        world.sign(now, one)
    with pytest.raises(Conflict):
        world.do(operations.link_duplicate, world.officer, clarification_id=one, number=1, now=now)
    with pytest.raises(Conflict):
        world.do(
            operations.withdraw_question, world.asker, clarification_id=one, expected_version=None, now=now
        )


def test_a_new_entry_replaces_a_published_one(world, now):
    first = world.published(now)
    new = world.do(operations.start_correction, world.officer, number=1, now=now)
    assert world.do(operations.start_correction, world.second, number=1, now=now) == new
    world.draft(now, new, answer="No. One organisation only.")
    assert state_of(first) == S.PUBLISHED
    assert world.sign(now, new) == 2
    assert (state_of(first), state_of(new)) == (S.SUPERSEDED, S.PUBLISHED)
    rows = [(a.number, a.supersedes, a.superseded_by, a.answer) for a in queries.answers(world.challenge)]
    assert rows == [(2, 1, None, "No. One organisation only."), (1, None, 2, ANSWER)]
    assert queries.own_questions(world.asker, world.challenge)[0].number == 1
    with pytest.raises(Conflict):
        world.do(operations.start_correction, world.officer, number=1, now=now)
    with pytest.raises(NotFound):
        world.do(operations.start_correction, world.officer, number=9, now=now)


def test_nobody_signs_their_own_words_by_way_of_a_new_entry(world, now):
    """Whoever wrote in what is replaced, or in what that replaced, wrote in the new entry too."""
    one = world.ask(now)
    world.draft(now, one, who=world.lead)
    world.sign(now, one, who=world.other_lead)
    new = world.do(operations.start_correction, world.officer, number=1, now=now)
    assert queries.answer_authors(new) == {world.lead, world.officer}
    with pytest.raises(RuleViolation, match="Someone else must sign"):
        world.sign(now, new, who=world.lead)
    assert world.sign(now, new, who=world.other_lead) == 2
    third = world.do(operations.start_correction, world.second, number=2, now=now)
    assert queries.answer_authors(third) == {world.lead, world.officer, world.second}
    with pytest.raises(RuleViolation, match="Someone else must sign"):
        world.sign(now, third, who=world.lead)


def test_a_correction_can_be_given_up_and_a_question_cannot(world, now):
    world.published(now)
    new = world.do(operations.start_correction, world.officer, number=1, now=now)
    world.do(operations.drop_correction, world.officer, clarification_id=new, now=now)
    assert state_of(new) == S.WITHDRAWN
    assert world.do(operations.start_correction, world.officer, number=1, now=now) != new
    one = world.ask(now)
    world.draft(now, one)
    with pytest.raises(RuleViolation):
        world.do(operations.drop_correction, world.officer, clarification_id=one, now=now)


def test_numbers_stay_gapless_when_two_are_published_at_the_same_moment(app, world, now):
    ones = [world.ask(now, text=f"What about point number {n}?") for n in range(4)]
    for one in ones:
        world.draft(now, one)
    barrier, numbers = threading.Barrier(4), []

    def publish(one):
        with app.app_context():
            barrier.wait()
            numbers.append(world.sign(now, one))
            db.session.remove()

    threads = [threading.Thread(target=publish, args=(one,)) for one in ones]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == [1, 2, 3, 4]
    db.session.rollback()
    assert db.session.scalars(select(PublishedAnswer.number).order_by(PublishedAnswer.number)).all() == [
        1,
        2,
        3,
        4,
    ]


def test_a_number_that_was_refused_leaves_no_gap(world, now):
    one, two = world.ask(now), world.ask(now)
    world.draft(now, one, who=world.other_lead)
    world.draft(now, two)
    with pytest.raises(RuleViolation):
        world.sign(now, one, who=world.other_lead)
    assert world.sign(now, two) == 1
    assert world.sign(now, one, who=world.lead) == 2


def test_a_stale_form_says_so(world, now):
    one = world.ask(now)
    world.draft(now, one)
    with pytest.raises(StaleForm):
        world.draft(now, one, answer="Perhaps.", expected_version=1)


# The same again


def test_a_question_is_linked_to_the_answer_that_is_there(world, now):
    world.published(now)
    one = world.ask(now, who=world.rival)
    with pytest.raises(RuleViolation):
        world.do(operations.link_duplicate, world.officer, clarification_id=one, number=7, now=now)
    world.do(operations.link_duplicate, world.officer, clarification_id=one, number=1, now=now)
    (own,) = queries.own_questions(world.rival, world.challenge)
    assert (own.state, own.duplicate_of) == (S.DUPLICATE, 1)
    assert queries.last_number(world.challenge) == 1


# What waits


def tasks(person, now):
    return [(t.text, t.due) for t in queries.clarifications_waiting(builders.actor(person), now)]


def test_what_waits_for_whom(world, now):
    closes = closing(world)
    due = closes - timedelta(days=6)
    assert tasks(world.officer, now) == []
    one = world.ask(now)
    world.ask(now, wish="It names our new sensor.")
    title = "“Clear the right drain before the rain”"
    answer, decide_it = (
        f"Answer 1\u00a0question about {title}",
        f"Decide whether 1\u00a0question about {title}",
    )
    assert tasks(world.officer, now) == [(answer, due)]
    assert sorted(t for t, _ in tasks(world.lead, now)) == [answer, f"{decide_it} stays confidential"]
    world.draft(now, one, who=world.other_lead)
    assert tasks(world.officer, now) == []
    assert [t for t, _ in tasks(world.lead, now) if t.startswith("Sign")] == [
        f"Sign 1\u00a0answer about {title}"
    ]
    assert not [t for t, _ in tasks(world.other_lead, now) if t.startswith("Sign")]
    assert tasks(world.asker, now) == []
    assert tasks(world.lead, closes) == []
