"""Chasing judges: by the worker before the deadline, by buttons after it, and never twice a day."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from threading import Event

import pytest
from sqlalchemy import update

from pitchfest.accounts.models import Invitation
from pitchfest.accounts.rules import InvitationKind
from pitchfest.challenges import operations as challenges
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import ChallengeState, DueDate
from pitchfest.db import db, transaction
from pitchfest.jobs.operations import run
from pitchfest.judging import operations, queries
from pitchfest.judging.models import JudgeAway, PanelMember, Scorecard
from pitchfest.judging.rules.states import CardState
from pitchfest.kernel.clock import LONDON, say_moment
from pitchfest.kernel.errors import Conflict, NotAllowed, NotFound, RuleViolation
from pitchfest.mail import queries as mail
from pitchfest.mail.rendering import render
from tests.accounts.people import sent, words_of
from tests.judging.operations.test_further import ask, in_moderation, take_back
from tests.judging.setting import a_round, declare_all
from tests.support import builders as make
from tests.support.signing_in import browser_of
from tests.support.statements import counted

#: 5pm on Friday 4 December 2026 in London.
DEADLINE = datetime(2026, 12, 4, 17, tzinfo=LONDON)


@pytest.fixture
def setting(app, now):
    make.a_region(demo=False)
    found = a_round(now, pitches=2, judges=3)
    for member in found.members[:2]:
        for pitch in found.pitches:
            make.a_card(member=member, pitch=pitch, now=now)
    db.session.execute(update(Challenge).values(judging_deadline=DEADLINE))
    db.session.commit()
    return found


def work(app, clock):
    db.session.rollback()
    run(app.extensions["pitchfest.work"], clock.now, Event(), once=True)


def told(app):
    return [mail.message(i).person_id for i in sent("judge_reminder")]


def go(clock, day, hour, minute=0):
    clock.go_to(datetime(2026, 12, day, hour, minute, tzinfo=LONDON))


def test_three_days_and_one_day_before_at_nine_and_exactly_once(app, clock, setting):
    moments = [
        (1, 8, 59, 0),
        (1, 9, 0, 1),
        (1, 9, 1, 1),
        (1, 20, 0, 1),
        (2, 10, 0, 1),
        (3, 9, 0, 2),
        (4, 9, 0, 2),
    ]
    for day, hour, minute, times in moments:
        go(clock, day, hour, minute)
        work(app, clock)
        assert sorted(told(app)) == sorted(setting.judges * times), (day, hour, minute)


@pytest.mark.parametrize(("hour", "goes"), [(15, True), (20, True), (21, False), (23, False)])
def test_a_worker_that_was_down_sends_the_same_day_and_not_at_night(app, clock, setting, hour, goes):
    go(clock, 3, hour)
    work(app, clock)
    assert bool(told(app)) is goes


def test_whose_work_is_done_or_over_hears_nothing(app, clock, setting, now):
    db.session.execute(
        update(Scorecard)
        .where(Scorecard.panel_member_id == setting.members[0])
        .values(state=CardState.SIGNED, signed_at=now)
    )
    db.session.execute(
        update(PanelMember)
        .where(PanelMember.id == setting.members[1])
        .values(released_at=now, released_by_id=setting.lead, release_reason="Is ill until spring.")
    )
    db.session.commit()
    go(clock, 3, 9)
    work(app, clock)
    assert told(app) == [setting.judges[2]]


def test_the_right_is_looked_at_again_when_it_is_delivered(app, clock, setting):
    go(clock, 3, 9)
    with transaction():
        operations.remind_of_deadline((setting.challenge, setting.judges[0]), clock.now())
    message = mail.message(sent("judge_reminder")[0])
    words = words_of(message.id, clock.now())
    assert words.subject == "Reminder: your scores are due soon"
    assert "2\u00a0pitches left to score" in words.body
    assert f"/judging/{setting.reference}/deadline.ics" in words.body
    assert "Supplier" not in words.body
    db.session.execute(
        update(PanelMember).values(
            released_at=clock.now(), released_by_id=setting.lead, release_reason="Is ill until spring."
        )
    )
    db.session.commit()
    assert render(message, now=clock.now()) is None


def test_a_button_takes_the_place_of_the_worker_that_day(app, clock, setting):
    """Pressed at eight in the morning, after the lead moved the deadline to tomorrow."""
    db.session.execute(update(Challenge).values(judging_deadline=datetime(2026, 12, 2, 7, tzinfo=LONDON)))
    db.session.commit()
    go(clock, 2, 8)
    officer = browser_of(app, setting.officer)
    panel = f"/manage/challenges/{setting.reference}/panel"
    officer.fill(panel, action=f"/panel/{setting.members[0]}/remind")
    assert "A reminder is on its way" in officer.text
    assert "Reminded today" in officer.text
    assert f"/panel/{setting.members[0]}/remind" not in officer.html
    with transaction():
        assert not operations.remind(
            setting.actor(setting.lead),
            reference=setting.reference,
            member_id=setting.members[0],
            now=clock.now(),
        )
    db.session.execute(update(Challenge).values(judging_deadline=datetime(2026, 12, 3, 17, tzinfo=LONDON)))
    db.session.commit()
    go(clock, 2, 9)
    work(app, clock)
    assert sorted(told(app)) == sorted(setting.judges)


def test_the_desk_and_reminders_follow_a_day_that_was_published_anew(app, clock, setting):
    go(clock, 5, 10)
    later = datetime(2026, 12, 11, 17, tzinfo=LONDON)
    with transaction():
        challenges.delay(
            setting.actor(setting.officer),
            reference=setting.reference,
            later={DueDate.JUDGING: later},
            reason="Two judges fell ill in the same week.",
            now=clock.now(),
        )
    judge = browser_of(app, setting.judges[0])
    judge.get("/judging")
    assert say_moment(later).replace("\u00a0", " ") in judge.text
    for day, times in ((7, 0), (8, 1), (10, 2)):
        go(clock, day, 9)
        work(app, clock)
        assert sorted(told(app)) == sorted(setting.judges * times), day


def test_everyone_who_is_late_is_reminded_once_a_day(app, clock, setting):
    go(clock, 5, 10)
    lead, board = browser_of(app, setting.lead), f"/manage/challenges/{setting.reference}/board"
    lead.fill(board, action="/board/remind")
    assert "Reminders are on their way to 3 judges" in lead.text
    assert "Everyone who is late was reminded today" in lead.text
    assert "/board/remind" not in lead.html
    words = words_of(sent("judge_reminder")[0], clock.now())
    assert words.subject == "Your scores are late"
    go(clock, 6, 8)
    db.session.rollback()
    with transaction():
        count = operations.remind_everyone(
            setting.actor(setting.officer), reference=setting.reference, now=clock.now()
        )
    assert count == 3


def test_the_board_says_when_reminders_go_by_themselves(app, clock, setting, now):
    go(clock, 2, 10)
    board = f"/manage/challenges/{setting.reference}/board"
    by_itself, by_hand = "three days and one day before scores are due", "you can remind whoever is late"
    for person, may in ((setting.lead, True), (setting.judges[0], False)):
        browser = browser_of(app, person)
        browser.get(board)
        assert by_itself in browser.text
        assert (by_hand in browser.text) is may
    go(clock, 5, 10)
    lead = browser_of(app, setting.lead)
    lead.get(board)
    assert "No reminder goes out by itself any more" in lead.text
    assert "Remind 3 judges who are late" in lead.text


def test_where_nobody_is_late_any_more_the_board_does_not_speak_of_reminders(app, clock, setting, now):
    go(clock, 5, 10)
    lead, board = browser_of(app, setting.lead), f"/manage/challenges/{setting.reference}/board"
    lead.fill(board, action="/board/remind")
    declare_all(setting, now)
    db.session.execute(update(Scorecard).values(state=CardState.SIGNED, signed_at=now))
    db.session.commit()
    lead.get(board)
    assert "reminded today" not in lead.text
    assert "No reminder" not in lead.text


def test_who_is_invited_after_the_deadline_is_late_from_the_next_day_on(app, clock, setting):
    go(clock, 5, 10)
    db.session.execute(
        update(PanelMember).where(PanelMember.id == setting.members[0]).values(invited_at=clock.now())
    )
    db.session.commit()
    lead = browser_of(app, setting.lead)
    lead.get(f"/manage/challenges/{setting.reference}/board")
    assert "Remind 2 judges who are late" in lead.text
    with pytest.raises(RuleViolation, match="not late"):
        operations.remind(
            setting.actor(setting.lead),
            reference=setting.reference,
            member_id=setting.members[0],
            now=clock.now(),
        )
    go(clock, 6, 10)
    lead = browser_of(app, setting.lead)
    lead.get(f"/manage/challenges/{setting.reference}/board")
    assert "Remind 3 judges who are late" in lead.text


def test_nobody_is_chased_before_the_deadline_nor_by_who_may_not(app, clock, setting):
    for person, error in ((setting.lead, RuleViolation), (setting.approver, NotAllowed)):
        with pytest.raises(error), transaction():
            operations.remind_everyone(setting.actor(person), reference=setting.reference, now=clock.now())
        with pytest.raises(error), transaction():
            operations.remind(
                setting.actor(person),
                reference=setting.reference,
                member_id=setting.members[0],
                now=clock.now(),
            )


def test_an_invitation_goes_again_the_next_day(app, clock, setting):
    officer, panel = browser_of(app, setting.officer), f"/manage/challenges/{setting.reference}/panel"
    officer.fill(panel, action="/panel", name="Nia New", email="nia@judges.example")
    assert "Invited today" in officer.text
    assert "/invite-again" not in officer.html
    work(app, clock)
    db.session.execute(update(Challenge).values(judging_deadline=DEADLINE + timedelta(days=30)))
    db.session.commit()
    clock.move(days=13)
    officer = browser_of(app, setting.officer)
    officer.get(panel)
    assert "Invitation lapsed" not in officer.text
    clock.move(days=2)
    officer = browser_of(app, setting.officer)
    officer.get(panel)
    assert "Invitation lapsed on Monday 7 December 2026" in officer.text
    officer.fill(panel, action="/invite-again")
    assert "Invitation lapsed" not in officer.text
    assert "The invitation goes out again" in officer.text
    assert len(sent("invitation")) == 2
    assert "Invited today" in officer.text
    accepted = (
        update(Invitation).where(Invitation.kind == InvitationKind.JUDGE).values(accepted_at=clock.now())
    )
    db.session.execute(accepted)
    db.session.commit()
    clock.move(days=1)
    officer = browser_of(app, setting.officer)
    officer.get(panel)
    assert "/invite-again" not in officer.html


def test_who_is_to_be_reminded_takes_the_same_statements_for_one_challenge_and_three(app, clock, setting):
    go(clock, 3, 9)
    with counted() as one:
        assert len(queries.due_to_remind(clock.now())) == 3
    for _ in range(2):
        a_round(clock.now() - timedelta(days=10), pitches=1, judges=1, state=ChallengeState.JUDGING)
    db.session.execute(update(Challenge).values(judging_deadline=DEADLINE))
    db.session.commit()
    with counted() as three:
        assert len(queries.due_to_remind(clock.now())) == 5
    assert len(one) == len(three)


def test_the_worker_reminds_nobody_on_days_away(app, clock, setting):
    day = DEADLINE.date()
    away = JudgeAway(
        panel_member_id=setting.members[0], since=day - timedelta(days=3), until=day - timedelta(days=2)
    )
    db.session.add(away)
    db.session.commit()
    go(clock, 1, 10)
    work(app, clock)
    assert setting.judges[0] not in told(app)
    assert sorted(told(app)) == sorted(setting.judges[1:])
    go(clock, 3, 10)
    work(app, clock)
    assert told(app).count(setting.judges[0]) == 1, "back, and reminded"


@pytest.fixture
def reviewing(app, clock):
    """A meeting that waits for one more review, asked for on Tuesday 1 and wanted by Friday 11 December."""
    go(clock, 1, 10)
    setting = in_moderation(clock.now())
    return setting, ask(setting, clock.now(), due=date(2026, 12, 11))


def test_who_is_asked_for_one_more_review_is_reminded_of_its_day(app, clock, reviewing):
    assert reviewing
    for day, number in ((1, 0), (7, 0), (8, 1), (9, 1), (10, 2), (11, 2), (14, 2)):
        go(clock, day, 10)
        work(app, clock)
        work(app, clock)
        assert len(sent("further_reminder")) == number, day
    words = words_of(sent("further_reminder")[0], datetime(2026, 12, 8, 10, tzinfo=LONDON))
    assert words.subject == "Reminder: one more pitch to score"
    assert "Friday 11 December" in words.body.replace("\u00a0", " ")
    assert told(app) == [], "the day of the round is over, and nobody else is reminded"


def test_a_judge_is_reminded_of_one_more_review_once_a_day(app, clock, reviewing):
    setting, card = reviewing
    lead = browser_of(app, setting.lead)
    page = f"/manage/challenges/{setting.reference}/further-reviews"
    lead.get(page)
    assert f"{card}/remind" not in lead.html, "asked today"
    go(clock, 14, 9)
    lead = browser_of(app, setting.lead)
    lead.get(page)
    assert "Waiting Late" in lead.text
    lead.fill(page, action=f"/{card}/remind")
    assert "A reminder is on its way" in lead.text
    assert f"{card}/remind" not in lead.html
    with transaction():
        assert not operations.remind_of_further(
            setting.actor(setting.lead), reference=setting.reference, card_id=card, now=clock.now()
        )
    (message,) = sent("further_reminder")
    assert words_of(message, clock.now()).subject == "One more pitch is still to score"
    assert "still sign it off" in words_of(message, clock.now()).body


def test_nobody_is_reminded_of_a_review_that_nobody_waits_for(app, clock, reviewing):
    setting, card = reviewing
    go(clock, 8, 10)

    def remind(person, card=card):
        with transaction():
            return operations.remind_of_further(
                setting.actor(person), reference=setting.reference, card_id=card, now=clock.now()
            )

    for person in (setting.officer, setting.judges[0]):
        with pytest.raises((NotAllowed, NotFound)):
            remind(person)
    today = clock.now().date()
    db.session.add(JudgeAway(panel_member_id=setting.members[3], since=today, until=today))
    db.session.commit()
    with pytest.raises(RuleViolation, match="is away until"):
        remind(setting.lead)
    assert not queries.further_due_to_remind(clock.now())
    take_back(setting, card, clock.now())
    with pytest.raises(Conflict):
        remind(setting.lead)
    with pytest.raises(NotFound):
        remind(setting.lead, setting.card(0, 0))
