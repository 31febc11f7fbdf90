"""One round of questions about an opened pitch, and what counts afterwards."""

from __future__ import annotations

from datetime import timedelta
from threading import Event

import pytest
from sqlalchemy.exc import DatabaseError

from pitchfest.audit import queries as audit
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db, transaction
from pitchfest.jobs.operations import run
from pitchfest.judging.queries.cards import answers as judged_answers
from pitchfest.kernel.errors import Conflict, NotAllowed, NotFound, RuleViolation, StaleForm, TooLate
from pitchfest.mail import queries as outbox
from pitchfest.pitches import operations, queries
from pitchfest.pitches.models import ClarifiedAnswer, PitchMember
from pitchfest.pitches.queries import clearing
from pitchfest.pitches.queries import waiting as pitch_tasks
from pitchfest.pitches.rules.states import PitchRight, PitchState
from tests.pitches.cast import WORDS, actor, opened, read_mail, sent, set_state, told, write
from tests.support.statements import counted

ASKED = "Which company would sign, and is it registered?"
NEW = "Kingfisher Ltd crews ride along and mark every gully."


@pytest.fixture
def at(app, cast, now):
    """When Kestrel's pitch was opened."""
    sent(cast, now)
    return opened(cast)


def the_pitch(cast):
    return queries.opened(cast.challenge)[0]


def ask(cast, at, *, who=None, pitch=None, questions=(1,), until=None, asked=ASKED):
    until = until or at + timedelta(days=4)
    write(
        operations.ask,
        who or cast.officer,
        reference=pitch or the_pitch(cast).reference,
        asked=asked,
        questions=questions,
        until=until,
        now=at,
    )
    return until


def answer(
    cast, at, text=NEW, *, who=None, position=1, operation=operations.send_clarification, version=None
):
    write(
        operation,
        who or cast.rosa,
        reference=the_pitch(cast).reference,
        texts={position: text},
        expected_version=version,
        now=at,
    )


def find(cast, at, *, eligible=True, reason="", who=None):
    write(
        operations.find,
        who or cast.officer,
        reference=the_pitch(cast).reference,
        eligible=eligible,
        reason=reason,
        now=at,
    )


def give_view(cast, at):
    """Imran may read Kestrel's pitch and write nothing."""
    write(
        operations.give_right,
        cast.rosa,
        reference=the_pitch(cast).reference,
        person_id=cast.imran,
        right=PitchRight.VIEW,
        now=at,
    )


def texts(cast):
    return [(a.text, a.clarified) for a in queries.answers_that_count(the_pitch(cast).id)[:2]]


def test_what_was_changed_counts_and_what_was_sent_stays_beside_it(cast, at):
    ask(cast, at)
    answer(cast, at + timedelta(hours=1))
    assert texts(cast) == [(NEW, True), (WORDS[2], False)]
    pitch = the_pitch(cast).id
    assert WORDS[1] in queries.opened_answers([pitch])[pitch].values()
    judged = judged_answers(pitch)
    assert (judged[0].paragraphs, judged[0].clarified) == ((NEW,), True)
    assert not judged[1].clarified
    with counted() as statements:
        judged_answers(pitch, names=True)
    assert len(statements) == 1


def test_an_answer_given_after_opening_is_never_changed(cast, at):
    ask(cast, at)
    answer(cast, at)
    with pytest.raises(DatabaseError), transaction():
        db.session.query(ClarifiedAnswer).update({"text": "Something better"})
    with pytest.raises(Conflict, match="sent your answers already"):
        answer(cast, at + timedelta(hours=1), "Something better")


def test_a_supplier_is_asked_once_and_never_about_the_price(cast, at):
    with pytest.raises(RuleViolation, match="Choose the answers"):
        ask(cast, at, questions=(4,))
    ask(cast, at, questions=(1, 4))
    request = clearing.request_about(the_pitch(cast).id)
    assert request is not None
    assert len(request.question_ids) == 1
    with pytest.raises(Conflict, match="asked once"):
        ask(cast, at, questions=(2,))
    with pytest.raises(RuleViolation):  # a locked question cannot be sent with the unlocked one
        answer(cast, at, "Something better", position=2)
    assert texts(cast)[1] == (WORDS[2], False)


def test_only_officer_and_lead_ask_before_judging_starts_about_an_opened_pitch(app, cast, now):
    pitch = sent(cast, now)
    with pytest.raises(NotFound):
        ask(cast, now, pitch=pitch)
    at = opened(cast)
    for person, error in (("approver", NotAllowed), ("observer", NotAllowed), ("gwen", NotFound)):
        with pytest.raises(error):
            ask(cast, at, who=getattr(cast, person))
    set_state(cast, ChallengeState.JUDGING)
    with pytest.raises(RuleViolation, match="Judging has started"):
        ask(cast, at, who=cast.lead)


def test_a_pitch_whose_people_have_left_is_asked_another_way(cast, at):
    db.session.query(PitchMember).update({"until_at": at})
    db.session.commit()
    with pytest.raises(RuleViolation, match="came another way"):
        ask(cast, at)


def test_nobody_decides_until_they_answered_or_the_time_is_over(cast, at):
    find(cast, at)
    until = ask(cast, at)
    assert the_pitch(cast).state == PitchState.OPENED
    assert queries.lowest_price(cast.challenge) is None
    with pytest.raises(RuleViolation, match="to answer what was asked"):
        find(cast, until - timedelta(seconds=1))
    find(cast, until)
    assert the_pitch(cast).state == PitchState.ELIGIBLE
    assert queries.lowest_price(cast.challenge) == 5_000_000


def test_an_answer_lets_staff_decide_at_once(cast, at):
    ask(cast, at)
    answer(cast, at)
    find(cast, at, eligible=False, reason="The company is not registered anywhere.")
    assert the_pitch(cast).state == PitchState.INELIGIBLE


def test_silence_is_an_answer_and_a_second_too_late_is_refused(cast, at):
    until = ask(cast, at)
    answer(cast, until - timedelta(seconds=1), operation=operations.keep_clarification)
    for operation in (operations.keep_clarification, operations.send_clarification):
        with pytest.raises(TooLate, match="You missed it by less than a"):
            answer(cast, until, operation=operation)
    assert texts(cast)[0] == (WORDS[1], False)


def test_rights_on_the_pitch_decide_who_writes_and_who_sends(cast, at):
    for right in (PitchRight.VIEW, PitchRight.EDIT):
        write(
            operations.give_right,
            cast.rosa,
            reference=the_pitch(cast).reference,
            person_id=cast.imran,
            right=right,
            now=at,
        )
        if right == PitchRight.VIEW:
            ask(cast, at)
            assert told("clarification_wanted") == [cast.rosa]
            with pytest.raises(NotAllowed):
                answer(cast, at, who=cast.imran, operation=operations.keep_clarification)
    answer(cast, at, who=cast.imran, operation=operations.keep_clarification)
    with pytest.raises(NotAllowed):
        answer(cast, at, who=cast.imran)
    for stranger in (cast.gwen, cast.officer):
        with pytest.raises(NotFound):
            answer(cast, at, who=stranger)


def test_a_colleague_does_not_write_over_what_was_saved_meanwhile(cast, at):
    ask(cast, at)
    request = clearing.request_about(the_pitch(cast).id)
    assert request is not None
    answer(cast, at, version=request.version, operation=operations.keep_clarification)
    with pytest.raises(StaleForm, match="Rosa Whitfield saved"):
        answer(cast, at, "Other words", version=request.version)


def test_answers_keep_to_the_limits_of_the_form_and_to_something_new(cast, at):
    ask(cast, at)
    with pytest.raises(RuleViolation, match="22\xa0words too long"):
        answer(cast, at, "word " * 222)
    with pytest.raises(RuleViolation, match="Nothing differs"):
        answer(cast, at, WORDS[1])
    with pytest.raises(RuleViolation, match="too long to save"):
        answer(cast, at, "x" * 100_001, operation=operations.keep_clarification)


def test_who_withdrew_has_nothing_to_answer(cast, at):
    ask(cast, at)
    write(operations.withdraw, cast.rosa, reference=the_pitch(cast).reference, now=at)
    with pytest.raises(Conflict, match="withdrawn"):
        answer(cast, at)


def test_the_supplier_is_told_and_finds_it_among_what_waits(app, cast, at):
    until = ask(cast, at)
    mail = read_mail(app, cast.rosa, at, "clarification_wanted")
    assert ASKED in mail.body
    assert "About: Fit" in mail.body
    assert "About: Delivery" not in mail.body
    tasks = [t.text for t in pitch_tasks(actor(cast.rosa), at)]
    assert any("Answer what was asked" in text for text in tasks)
    assert pitch_tasks(actor(cast.rosa), until) == []
    answer(cast, at)
    assert NEW in read_mail(app, cast.rosa, at, "clarification_sent").body
    assert pitch_tasks(actor(cast.rosa), at) == []


def test_the_log_tells_that_it_happened_and_none_of_the_words(cast, at):
    ask(cast, at)
    answer(cast, at)
    entries = [dict(e) for e in audit.chain()]
    assert [e["action"] for e in entries][-2:] == ["pitch.ask", "pitch.clarify"]
    assert "company" not in str(entries)
    assert "Kingfisher" not in str(entries)


def test_the_pages_from_the_question_to_the_changed_answer(bare_app, cast, now, browser, clock):
    with bare_app.app_context():
        pitch = sent(cast, now)
        at = opened(cast)
        judged = cast.reference
    clock.go_to(at)
    officer, rosa = browser(cast.officer), browser(cast.rosa)
    ask_page, page = f"/manage/pitches/{pitch}/ask", f"/pitches/{pitch}/clarification"
    assert rosa.get(page).status_code == 404
    officer.fill(ask_page, asked="Why?", questions=["1"])
    assert "at least 5 words" in officer.text or "Enter the day" in officer.text
    until = at + timedelta(days=4)
    officer.fill(
        ask_page,
        asked=ASKED,
        questions=["1"],
        until__day=str(until.day),
        until__month=str(until.month),
        until__year=str(until.year),
        until__time="11am",
    )
    assert "Asked. The supplier" in officer.text
    assert "has until" in officer.text
    officer.get(f"/manage/challenges/{judged}/eligibility")
    assert "Asked, until" in officer.text
    rosa.get(f"/pitches/{pitch}")
    assert "We have a question about this pitch" in rosa.text
    rosa.get(page)
    assert ASKED in rosa.text
    assert "About: Delivery" not in rosa.text
    rosa.fill(page, answer_1=NEW, go="save")
    assert "It is not sent yet" in rosa.text
    officer.get(f"/manage/pitches/{pitch}")
    assert "Kingfisher Ltd" not in officer.text
    rosa.fill(page, go="send")
    assert "Your answer is in." in rosa.text
    assert "<ins>" in rosa.html
    officer.get(f"/manage/pitches/{pitch}")
    assert "Clarified after opening" in officer.text
    assert WORDS[2] in officer.text
    for stranger in (cast.gwen, cast.officer, cast.observer):
        assert browser(stranger).get(page).status_code == 404


def test_a_text_that_comes_too_late_is_shown_to_copy(bare_app, cast, now, browser, clock):
    with bare_app.app_context():
        pitch = sent(cast, now)
        at = opened(cast)
        until = ask(cast, at)
    clock.go_to(until - timedelta(minutes=1))
    rosa = browser(cast.rosa)
    rosa.get(f"/pitches/{pitch}/clarification")
    clock.move(minutes=2)
    assert rosa.send(f"/pitches/{pitch}/clarification", answer_1=NEW, go="send").status_code == 409
    assert NEW in rosa.text
    assert "You could answer until" in rosa.text


def test_what_was_saved_and_not_sent_in_time_is_kept_to_copy_and_does_not_count(
    bare_app, cast, now, browser, clock
):
    with bare_app.app_context():
        pitch = sent(cast, now)
        at = opened(cast)
        until = ask(cast, at, questions=(1, 2))
        answer(cast, at, operation=operations.keep_clarification)
        give_view(cast, at)
    page = f"/pitches/{pitch}/clarification"
    clock.go_to(until - timedelta(minutes=1))
    for person in (cast.rosa, cast.imran):
        assert "not sent in time" not in (browser(person).get(page).get_data(as_text=True))
    clock.go_to(until)
    for person in (cast.rosa, cast.imran):
        reader = browser(person)
        reader.get(page)
        head, kept = reader.text.split("Saved, and not sent in time")
        assert "What you sent before closing counts" in head
        kept, counts = kept.split("What you sent before closing")
        assert "Rosa Whitfield saved this at" in kept
        assert "does not count" in kept
        assert NEW in kept
        assert WORDS[1] in counts
        assert "About: Delivery" not in kept, "nothing was written there"
    officer = browser(cast.officer)
    for address in (f"/manage/pitches/{pitch}", f"/manage/challenges/{cast.reference}/eligibility"):
        officer.get(address)
        assert NEW not in officer.text
    assert officer.get(page).status_code == 404


def test_nothing_is_said_to_be_unsent_where_nothing_else_was_written(bare_app, cast, now, browser, clock):
    with bare_app.app_context():
        pitch = sent(cast, now)
        at = opened(cast)
        until = ask(cast, at)
        answer(cast, at, WORDS[1], operation=operations.keep_clarification)
    clock.go_to(until)
    rosa = browser(cast.rosa)
    rosa.get(f"/pitches/{pitch}/clarification")
    assert "You could answer until" in rosa.text
    assert "not sent in time" not in rosa.text


def work(app, clock, moment):
    clock.go_to(moment)
    db.session.rollback()
    run(app.extensions["pitchfest.work"], clock.now, Event(), once=True)
    db.session.rollback()


def test_what_was_saved_and_not_sent_is_mailed_once_to_who_could_write(app, cast, at, clock):
    give_view(cast, at)
    until = ask(cast, at, questions=(1, 2))
    answer(cast, at, operation=operations.keep_clarification)
    before = [dict(entry)["action"] for entry in audit.chain()]
    work(app, clock, until - timedelta(seconds=1))
    assert told("clarification_unsent") == []
    for moment in (until, until + timedelta(minutes=1), until + timedelta(days=1), until + timedelta(days=9)):
        work(app, clock, moment)
        assert told("clarification_unsent") == [cast.rosa], moment
    body = read_mail(app, cast.rosa, clock.now(), "clarification_unsent").body
    assert NEW in body
    assert "does not count" in body
    assert "About: Delivery" not in body
    assert [dict(entry)["action"] for entry in audit.chain()] == before, "the log says nothing of it"
    shown, _, _ = outbox.overview(number=1, size=50)
    assert not [row for row in shown if row.kind == "clarification_unsent"]


def test_no_copy_goes_of_what_was_sent_or_never_written_or_withdrawn(app, cast, at, clock):
    until = ask(cast, at)
    work(app, clock, until)
    assert told("clarification_unsent") == []
    answer(cast, until - timedelta(hours=1), operation=operations.keep_clarification)
    answer(cast, until - timedelta(hours=1))
    work(app, clock, until)
    assert told("clarification_unsent") == []


def test_who_withdrew_gets_no_reminder_and_no_copy(app, cast, at, clock):
    until = ask(cast, at)
    answer(cast, at, operation=operations.keep_clarification)
    write(operations.withdraw, cast.rosa, reference=the_pitch(cast).reference, now=at)
    for moment in (until - timedelta(hours=20), until):
        work(app, clock, moment)
    assert told("clarification_unanswered") == told("clarification_unsent") == []


def test_who_can_write_is_reminded_once_before_the_time_is_over(app, cast, at, clock):
    give_view(cast, at)
    until = ask(cast, at)
    answer(cast, at, operation=operations.keep_clarification)
    work(app, clock, at)
    assert told("clarification_unanswered") == []
    for _ in range(2):
        work(app, clock, until - timedelta(hours=20))
        assert told("clarification_unanswered") == [cast.rosa]
    body = read_mail(app, cast.rosa, clock.now(), "clarification_unanswered").body
    assert ASKED in body
    assert "Rosa Whitfield saved an answer" in body
    assert NEW not in body


def test_who_has_answered_is_not_reminded(app, cast, at, clock):
    until = ask(cast, at)
    answer(cast, at)
    work(app, clock, until - timedelta(hours=20))
    assert told("clarification_unanswered") == []
