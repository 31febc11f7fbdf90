"""What is past its time goes, no sooner; figures, log and pages still hold afterwards."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from pitchfest.accounts.models import Invitation, Person
from pitchfest.audit.queries import page as log_page
from pitchfest.awards.models import Explanation, Letter
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db, transaction
from pitchfest.judging import queries as judging
from pitchfest.judging.models import PanelMember, Score, ScoreVersion
from pitchfest.kernel.actor import SYSTEM, Role
from pitchfest.kernel.errors import NotFound, ProofNeeded, RuleViolation
from pitchfest.mail.models import OutboxMessage
from pitchfest.mail.operations import enqueue, keep_all
from pitchfest.pitches.models import AnswerVersion, OpenedAnswer, Pitch, Submission, SubmittedAnswer
from pitchfest.pitches.rules import PitchState
from pitchfest.privacy import operations, queries
from pitchfest.privacy.operations.purging import warn_unused
from pitchfest.privacy.rules import RETENTION, Category, night_has_come, say_period
from tests.privacy.region import parts, the_log_holds
from tests.support import builders, roles
from tests.support.clock import MovableClock
from tests.support.signing_in import browser_of
from tests.support.statements import counted

S = ChallengeState


def rows(model: type) -> int:
    found = db.session.execute(select(func.count()).select_from(model)).scalar_one()
    db.session.rollback()
    return int(found)


@pytest.fixture
def region(app: Flask, now: datetime) -> roles.Region:
    return roles.a_populated_region(now)


def test_a_dry_run_says_what_would_go_and_changes_nothing(
    app: Flask, region: roles.Region, clock: MovableClock
) -> None:
    clock.move(days=1200)
    before = [rows(m) for m in (AnswerVersion, OpenedAnswer, Letter, Explanation, OutboxMessage)]
    result = app.test_cli_runner().invoke(args=["privacy", "purge"])
    assert result.exit_code == 0, result.output
    assert "     1  Pitches that won" in result.output
    assert "Nothing was removed" in result.output
    assert [rows(m) for m in (AnswerVersion, OpenedAnswer, Letter, Explanation, OutboxMessage)] == before


def test_nothing_goes_before_its_time(app: Flask, region: roles.Region, clock: MovableClock) -> None:
    clock.move(days=1094)
    assert queries.due(parts(), clock.now())[Category.WINNERS].count == 0
    clock.move(days=1)
    assert queries.due(parts(), clock.now())[Category.WINNERS].count == 1


def test_a_purged_pitch_still_counts_and_every_page_says_that_its_words_are_gone(
    app: Flask, region: roles.Region, clock: MovableClock
) -> None:
    stage = region.stages[S.AWARDED]
    reference, pitch_reference, card = stage["reference"], stage["pitch"], stage["card_id"]
    before = judging.total_differences()
    clock.move(days=1200)
    result = app.test_cli_runner().invoke(args=["privacy", "purge", "--yes"])
    assert result.exit_code == 0, result.output
    pitch = db.session.execute(select(Pitch).filter_by(reference=pitch_reference)).scalar_one()
    assert (pitch.state, pitch.removed_at) == (PitchState.WON, clock.now())
    of_pitch = {"pitch_id": pitch.id}
    for model in (AnswerVersion, OpenedAnswer, Letter, Explanation):
        assert db.session.query(model).filter_by(**of_pitch).count() == 0, model
    assert db.session.query(Submission).filter_by(**of_pitch).count() == 1
    assert judging.total_differences() == before
    assert the_log_holds()

    said = "Removed on Thursday 7\u00a0March\u00a02030 under our retention rules."
    pages = {
        "sender": [f"/pitches/{pitch_reference}", f"/pitches/{pitch_reference}/letter"],
        "viewer": [f"/pitches/{pitch_reference}/receipts/1"],
        "lead": [
            f"/manage/pitches/{pitch_reference}",
            f"/manage/pitches/{pitch_reference}/letter",
            f"/manage/pitches/{pitch_reference}/scores",
            f"/manage/challenges/{reference}/eligibility",
        ],
        "judge": [f"/judging/cards/{card}"],
    }
    for name, paths in pages.items():
        browser = browser_of(app, region.people[name])
        for path in paths:
            answer = browser.get(path)
            assert (answer.status_code, said in answer.text) == (200, True), (name, path)
    sender = browser_of(app, region.people["sender"])
    assert sender.get(f"/pitches/{pitch_reference}/receipts/1.json").status_code == 409
    for path in (f"/pitches/{pitch_reference}/check", f"/pitches/{pitch_reference}/questions/1"):
        assert sender.get(path).location == f"/pitches/{pitch_reference}"
    assert (
        "1\u00a0supplier pitched"
        in browser_of(app, region.people["outsider"]).get(f"/challenges/{reference}").text
    )
    released = browser_of(app, region.people["lead"]).get(f"/manage/challenges/{reference}/release").text
    assert "1\u00a0letter went out" in released
    assert "Removed under our retention rules" in released


def test_other_stages_keep_every_word(app: Flask, region: roles.Region, clock: MovableClock) -> None:
    """What is not decided is not past its time, however long it takes."""
    clock.move(days=1200)
    operations.purge(SYSTEM, parts=parts(), now=clock.now())
    gone = set(db.session.scalars(select(Pitch.reference).where(Pitch.removed_at.is_not(None))))
    assert gone == {region.stages[S.AWARDED]["pitch"]}
    sealed = db.session.scalars(select(Pitch.id).filter_by(reference=region.stages[S.CLOSED]["pitch"])).one()
    assert db.session.query(AnswerVersion).filter_by(pitch_id=sealed).count() == 3
    assert db.session.query(SubmittedAnswer).count() > 0


def test_every_run_is_one_entry_with_numbers(app: Flask, region: roles.Region, clock: MovableClock) -> None:
    clock.move(days=1200)
    removed = operations.purge(SYSTEM, parts=parts(), now=clock.now())
    entries, total = log_page(number=1, size=5, action="retention.purge")
    assert total == 1
    assert '"winning_pitches":1' in entries[0]["detail"]
    assert removed[Category.WINNERS] == 1
    assert operations.purge(SYSTEM, parts=parts(), now=clock.now())[Category.WINNERS] == 0


def drafts(now: datetime, number: int) -> None:
    officer = builders.a_person("Officer", Role.OFFICER)
    challenge = builders.a_challenge(state=S.CLOSED, officer=officer, now=now)
    for n in range(number):
        organisation = builders.an_organisation(f"Draft {n}")
        author = builders.a_person(f"Author {n}", organisation=organisation, owner=True)
        builders.a_pitch(
            challenge=challenge, organisation=organisation, author=author, state=PitchState.LAPSED, now=now
        )


def test_drafts_go_30_days_after_closing_and_only_their_number_is_told(
    app: Flask, now: datetime, clock: MovableClock
) -> None:
    drafts(now, 2)  # closed a week ago
    clock.move(days=22)
    assert queries.due(parts(), clock.now())[Category.UNSENT].count == 0
    clock.move(days=1)
    due = queries.due(parts(), clock.now())[Category.UNSENT]
    assert (due.count, due.oldest) == (2, None)
    assert operations.purge(SYSTEM, parts=parts(), now=clock.now())[Category.UNSENT] == 2
    assert rows(AnswerVersion) == 0
    assert rows(Pitch) == 2


@pytest.mark.parametrize("number", [1, 3])
def test_the_preview_takes_the_same_statements_however_much_there_is(
    app: Flask, now: datetime, clock: MovableClock, number: int
) -> None:
    drafts(now, number)
    clock.move(days=1200)
    with counted() as seen:
        queries.due(parts(), clock.now())
    assert len(seen) == 10


def test_sent_mail_goes_after_a_year_and_what_waits_stays(
    app: Flask, now: datetime, clock: MovableClock
) -> None:
    person = builders.a_person("Someone")
    with transaction():
        enqueue("sign_in_link", now=now, person_id=person)
        keep_all(now)
        enqueue("sign_in_link", now=now, person_id=person)
    clock.move(days=365)
    assert operations.purge(SYSTEM, parts=parts(), now=clock.now())[Category.MAIL] == 1
    assert rows(OutboxMessage) == 1


def test_an_invitation_that_nobody_took_goes_with_the_name_and_address(
    app: Flask, now: datetime, clock: MovableClock
) -> None:
    invited = Person(name="Never Came", email="never.came@people.example", created_at=now)
    db.session.add(invited)
    db.session.flush()
    person = invited.id
    db.session.add(Invitation(kind="judge", person_id=person, about="Drains", created_at=now))
    db.session.commit()
    clock.move(days=90)
    assert operations.purge(SYSTEM, parts=parts(), now=clock.now())[Category.INVITATIONS] == 1
    left = db.session.get_one(Person, person)
    assert left.name.startswith("Former member ")
    assert left.email.endswith("@erased.invalid")
    assert rows(Invitation) == 0


@pytest.mark.parametrize(
    ("state", "chair", "stays"), [(S.JUDGING, True, True), (S.JUDGING, False, False), (S.OPEN, True, False)]
)
def test_who_never_answered_stays_where_a_round_needs_them_and_else_leaves_its_panel(
    app: Flask, now: datetime, clock: MovableClock, state: ChallengeState, chair: bool, stays: bool
) -> None:
    """They leave as everyone does who is erased: the panel says so, and never has a judge who is gone."""
    officer = builders.a_person("Officer", Role.OFFICER)
    challenge = builders.a_challenge(
        state=state,
        officer=officer,
        now=now,
        closes_at=now + timedelta(days=-1 if state is S.JUDGING else 120),
    )
    invited = Person(name="Never Came", email="never.came@people.example", created_at=now)
    db.session.add(invited)
    db.session.flush()
    person = invited.id
    member = PanelMember(
        challenge_id=challenge, person_id=person, is_chair=chair, invited_by_id=officer, invited_at=now
    )
    db.session.add_all([member, Invitation(kind="judge", person_id=person, about="Drains", created_at=now)])
    db.session.commit()
    clock.move(days=90)
    for _again in range(2):
        operations.purge(SYSTEM, parts=parts(), now=clock.now())
    assert (db.session.get_one(Person, person).erased_at is None) == stays
    assert (db.session.scalars(select(PanelMember.released_at)).one() is None) == stays
    assert rows(Invitation) == stays


def test_an_unused_account_is_warned_first_and_goes_only_if_nobody_comes(
    app: Flask, now: datetime, clock: MovableClock
) -> None:
    builders.a_region()
    quiet, back = builders.a_person("Quiet"), builders.a_person("Back")
    staff = builders.a_person("Staff", Role.ADMIN)
    clock.move(days=730)
    assert warn_unused(clock.now()) == 2
    assert operations.purge(SYSTEM, parts=parts(), now=clock.now())[Category.ACCOUNTS] == 0
    browser_of(app, back)
    clock.move(days=31)
    assert operations.purge(SYSTEM, parts=parts(), now=clock.now())[Category.ACCOUNTS] == 1
    erased = {p.id for p in db.session.scalars(select(Person).where(Person.erased_at.is_not(None)))}
    assert erased == {quiet}
    assert staff not in erased
    assert the_log_holds()


# The table, and who may change it.


def test_a_region_sets_its_own_period_with_a_reason_that_the_log_only_fingerprints(
    app: Flask, now: datetime
) -> None:
    builders.a_region()
    admin = builders.a_person("Admin", Role.ADMIN)
    browser = browser_of(app, admin)
    browser.get("/admin/retention/unsuccessful_pitches")
    answer = browser.send(
        "/admin/retention/unsuccessful_pitches", follow=False, fields={"days": "0", "reason": "Too soon"}
    )
    assert answer.status_code == 422
    assert "Enter a number of days from 1 to 7,300" in answer.text
    answer = browser.send(
        "/admin/retention/unsuccessful_pitches",
        follow=False,
        fields={"days": "1095", "reason": "Advice of counsel, file 12"},
    )
    assert answer.location == "/admin/retention"
    assert "3\u00a0years</strong> after the letters went out" in browser.get("/privacy").text
    entries, _total = log_page(number=1, size=1, action="retention.set")
    assert '"days":1095' in entries[0]["detail"]
    assert "counsel" not in entries[0]["detail"]


def test_what_is_built_in_cannot_be_changed(app: Flask, now: datetime) -> None:
    admin = builders.actor(builders.a_person("Admin", Role.ADMIN), proved_at=now)
    with pytest.raises(NotFound), transaction():
        operations.set_period(admin, category=Category.SESSIONS, days=9, reason="Because", now=now)
    with pytest.raises(RuleViolation), transaction():
        operations.set_period(admin, category=Category.MAIL, days=9, reason="", now=now)


def test_purging_by_hand_and_every_night_ask_for_proof_and_for_an_administrator(
    app: Flask, now: datetime
) -> None:
    admin, officer = builders.a_person("Admin", Role.ADMIN), builders.a_person("Officer", Role.OFFICER)
    with pytest.raises(ProofNeeded):
        operations.purge(builders.actor(admin), parts=parts(), now=now)
    with pytest.raises(NotFound):
        operations.purge(builders.actor(officer, proved_at=now), parts=parts(), now=now)
    with pytest.raises(ProofNeeded), transaction():
        operations.set_nightly(builders.actor(admin), nightly=True, now=now)


def test_it_is_done_once_a_night_when_switched_on(
    app: Flask, region: roles.Region, clock: MovableClock
) -> None:
    clock.move(days=1200)
    assert operations.nightly(parts(), clock.now) == 0
    browser = browser_of(app, region.people["admin"])
    browser.get("/admin/retention")
    assert (
        browser.send("/admin/retention/nightly", action="/admin/retention/nightly", follow=False).location
        == "/admin/retention"
    )
    assert operations.nightly(parts(), clock.now) > 0
    assert operations.nightly(parts(), clock.now) == 0
    assert rows(ScoreVersion) == 0
    assert rows(Score) > 0


def test_the_night_begins_at_two_in_london() -> None:
    summer = datetime.fromisoformat("2026-07-01T00:30:00+00:00")
    assert not night_has_come(None, summer)
    assert night_has_come(None, summer + timedelta(hours=1))
    assert not night_has_come(summer + timedelta(hours=1), summer + timedelta(hours=9))
    assert night_has_come(summer + timedelta(hours=1), summer + timedelta(days=1, hours=1))


def test_the_button_removes_what_the_page_counted(
    app: Flask, region: roles.Region, clock: MovableClock
) -> None:
    clock.move(days=1200)
    browser = browser_of(app, region.people["admin"])
    page = browser.get("/admin/retention").text
    assert str(region.stages[S.AWARDED]["pitch"]) not in page
    assert "Alder" not in page
    assert (
        browser.send("/admin/retention", action="/admin/retention", follow=False).location
        == "/admin/retention"
    )
    assert "Nothing is past its time" not in page
    assert rows(Letter) == 0


def test_every_line_says_its_source_and_the_notice_shows_them_all(app: Flask) -> None:
    builders.a_region()
    page = browser_of(app, builders.a_person("Reader")).get("/privacy").text
    for line in RETENTION:
        assert line.source
        assert line.what in page
        assert say_period(line.keeps) in page
