"""A practice challenge: marked wherever it shows, nowhere else to be seen, and gone without a trace."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from pitchfest.accounts import queries as accounts
from pitchfest.accounts.models import Invitation
from pitchfest.accounts.rules import Size
from pitchfest.audit.queries import chain
from pitchfest.audit.rules import first_break
from pitchfest.challenges import operations as challenges
from pitchfest.challenges.models import (
    Clarification,
    ClarificationAsker,
    ClarificationEdit,
    PublishedAnswer,
)
from pitchfest.challenges.queries import by_reference
from pitchfest.db import db, transaction
from pitchfest.judging.models import StoredCalibration
from pitchfest.kernel.actor import Role
from pitchfest.mail.models import OutboxMessage, Reminder
from pitchfest.mail.queries import to_person
from pitchfest.mail.rendering import render
from pitchfest.pitches import operations as pitches
from pitchfest.pitches.queries import opened
from pitchfest.pitches.rules.another_way import ToldBy
from tests.support import thread as walk
from tests.support.addresses import rules
from tests.support.builders import a_person
from tests.support.client import PageClient
from tests.support.clock import MovableClock
from tests.support.thread import Thread

#: Tables whose rows outlive a challenge: people, their sessions and mail, the log, and the worker's own.
STAYS = {
    "alembic_version",
    "audit_entry",
    "audit_head",
    "form_receipt",
    "invitation",
    "one_time_link",
    "outbox_message",
    "person",
    "proof_code",
    "region_settings",
    "reminder",  # of invitations, which stay with their people
    "role_grant",
    "user_session",
    "worker_beat",
}


def a_practice(app: Flask, clock: MovableClock) -> Thread:
    """A practice challenge, open, with three invented pitches that the officer holds."""
    thread = walk.a_thread(app, clock)
    with app.app_context():
        thread.people["outsider"] = a_person("Olga Outside")
    walk.write_challenge(thread, practice=True)
    walk.approve_and_publish(thread)
    officer = thread.browser("officer")
    officer.fill(thread.manage, action="/practice/invent")
    assert "3 invented pitches sent" in officer.text.replace("\u00a0", " ")
    officer.get(thread.manage)
    assert "Tell people" not in officer.text
    assert "Poster" not in officer.text
    clock.move(minutes=1)
    return thread


def to_the_letters(thread: Thread) -> None:
    """From the open challenge through judging to the release of letters."""
    walk.invite_panel(thread)
    officer = thread.browser("officer")
    officer.fill(thread.manage, action="/practice/close")
    assert "Closed" in officer.text
    thread.clock.move(minutes=2)
    for name in ("lead", "approver"):
        thread.browser(name).fill(f"{thread.manage}/opening/act", action="opening/act")
    with thread.app.app_context():
        found = opened(by_reference(thread.reference, thread.clock.now()).id)
        thread.pitches = {p.organisation_name.split()[0]: p.reference for p in found}
    walk.find_eligible(thread)
    walk.judge(thread, {"Millrace": 5, "Larkhill": 4, "Common": 3})
    walk.explain(thread)
    walk.decide(thread, {"Millrace": "won", "Larkhill": "reserve", "Common": "unsuccessful"})
    walk.release(thread)
    thread.work()


def test_practice_runs_from_start_to_letters_and_leaves_only_the_log(
    bare_app: Flask, clock: MovableClock
) -> None:
    thread = a_practice(bare_app, clock)
    to_the_letters(thread)
    officer = thread.browser("officer")
    officer.get(f"/pitches/{thread.pitches['Millrace']}/letter")
    assert "Practice." in officer.text
    with bare_app.app_context():
        letters = [m for m in to_person(thread.people["officer"]) if m.kind == "letter"]
        words = [render(message, now=clock.now()) for message in letters]
    assert len(words) == 3
    assert all(w is not None and w.subject.startswith("Practice: ") for w in words)
    with bare_app.app_context(), transaction():  # three pitches are too few for one to be worked out
        challenge = by_reference(thread.reference, clock.now()).id
        db.session.add(
            StoredCalibration(challenge_id=challenge, version="v", mark="m", at=clock.now(), body="{}")
        )
    officer.fill(f"{thread.manage}/throw-away", action="")
    assert "Thrown away" in officer.text
    assert officer.get(thread.manage).status_code == 404
    assert officer.get("/account/messages").status_code == 200
    with bare_app.app_context():
        left = {
            name: count
            for name in db.metadata.tables
            if name not in STAYS
            and (count := db.session.execute(text(f"SELECT count(*) FROM {name}")).scalar_one())
        }
        assert left == {}
        assert db.session.execute(select(func.count()).select_from(Invitation)).scalar_one() == 3
        about = db.session.execute(select(Reminder.object)).scalars()
        assert {thing.partition(":")[0] for thing in about} == {"invitation"}
        assert first_break(chain())[1] is None
    for name in ("officer", "judge0"):
        assert thread.browser(name).get("/").status_code == 200


def test_every_page_about_it_is_marked(bare_app: Flask, clock: MovableClock) -> None:
    thread = a_practice(bare_app, clock)
    to_the_letters(thread)
    pitch = thread.pitches["Millrace"]
    card = walk.cards_of(thread, "judge0")["Millrace"]
    values = {"reference": thread.reference, "pitch": pitch, "card_id": card, "position": 1, "number": 1}
    build = bare_app.url_map.bind("localhost").build
    people = [thread.browser(name) for name in ("officer", "lead", "approver", "decider", "judge0")]
    seen = 0
    for rule in rules(bare_app, "GET"):
        if not rule.arguments & {"reference", "pitch", "card_id"} or not rule.arguments <= values.keys():
            continue
        by_pitch = rule.rule.startswith(("/pitches/", "/manage/pitches/", "/judging/explanations/"))
        chosen = {**values, "reference": pitch if by_pitch else thread.reference}
        path = build(rule.endpoint, {name: chosen[name] for name in rule.arguments})
        for browser in people:
            answer = browser.get(path)
            if answer.status_code != 200 or answer.mimetype != "text/html":
                continue
            seen += 1
            assert "Practice. Nothing here counts" in browser.text, path
    assert seen > 40


def test_nobody_outside_finds_it(bare_app: Flask, clock: MovableClock) -> None:
    thread = a_practice(bare_app, clock)
    for browser in (PageClient(bare_app), thread.browser("outsider")):
        for path in ("", "/form", "/start", "/snapshots/1.json"):
            assert browser.get(f"/challenges/{thread.reference}{path}").status_code == 404, path
        for path in ("/", "/challenges", "/challenges?q=drain"):
            browser.get(path)
            assert "Clear the right drain" not in browser.text, path
    officer = thread.browser("officer")
    officer.get("/manage/challenges")
    assert "Clear the right drain" not in officer.text
    officer.get("/manage/challenges?practice=1")
    assert "Practice: Clear the right drain" in officer.text
    assert thread.reference == "PC-2026-001"


def test_a_supplier_cannot_pitch_to_it_nor_practise_on_a_real_one(
    bare_app: Flask, clock: MovableClock
) -> None:
    thread = a_practice(bare_app, clock)
    walk.add_supplier(thread, "Alder")
    supplier = thread.browser("Alder")
    assert supplier.get(f"/challenges/{thread.reference}").status_code == 404
    officer = thread.browser("officer")
    practice = thread.reference
    walk.write_challenge(thread)
    walk.approve_and_publish(thread)
    officer = thread.browser("officer")
    officer.get(f"/challenges/{thread.reference}/start")
    assert "You do not belong to an organisation" in officer.text
    for act in ("pitch", "invent", "close"):
        assert officer.post(f"{thread.manage}/practice/{act}").status_code in (400, 404)
    assert officer.get(f"{thread.manage}/throw-away").status_code == 404
    officer.fill(f"/manage/challenges/{practice}", action="/practice/pitch")
    assert "Practice." in officer.text


def test_practice_ties_nobody_to_suppliers(bare_app: Flask, clock: MovableClock) -> None:
    """Whoever played a supplier may still open the pitches of a real challenge."""
    thread = a_practice(bare_app, clock)
    with bare_app.app_context():
        officer = thread.people["officer"]
        assert accounts.organisations_of(officer)
        assert not accounts.has_supplier_ties(officer, clock.now())
        assert Role.OFFICER in accounts.actor_of(officer, now=clock.now()).roles


@pytest.mark.parametrize("stage", ["draft", "open", "closed", "opened"])
def test_it_can_be_thrown_away_at_any_stage(bare_app: Flask, clock: MovableClock, stage: str) -> None:
    thread = walk.a_thread(bare_app, clock)
    walk.write_challenge(thread, practice=True)
    officer = thread.browser("officer")
    if stage != "draft":
        walk.approve_and_publish(thread)
        officer = thread.browser("officer")
        officer.fill(thread.manage, action="/practice/pitch")
        officer.fill(thread.manage, action="/practice/invent")
    if stage in ("closed", "opened"):
        clock.move(minutes=1)
        officer.fill(thread.manage, action="/practice/close")
        clock.move(minutes=2)
        thread.work()
    if stage == "opened":
        for name in ("lead", "approver"):
            thread.browser(name).fill(f"{thread.manage}/opening/act", action="opening/act")
    officer = thread.browser("officer")
    officer.fill(f"{thread.manage}/throw-away", action="")
    assert "Thrown away" in officer.text
    with bare_app.app_context():
        assert first_break(chain())[1] is None


def test_a_practice_that_was_extended_goes_too(bare_app: Flask, clock: MovableClock) -> None:
    thread = a_practice(bare_app, clock)
    with bare_app.app_context(), transaction():
        challenges.extend(
            accounts.actor_of(thread.people["lead"], now=clock.now()),
            reference=thread.reference,
            closes_at=clock.now() + timedelta(days=20),
            reason="Two suppliers asked for more time.",
            now=clock.now(),
        )
    with bare_app.app_context():
        other = a_person("Bryn Other", Role.OFFICER)
    with bare_app.app_context(), transaction():
        challenges.hand_over(
            accounts.actor_of(thread.people["lead"], now=clock.now()),
            reference=thread.reference,
            person_id=other,
            reason="Olive is on leave until the spring.",
            now=clock.now(),
        )
    officer = thread.browser("officer")
    assert "messages" in officer.get("/account/messages").get_data(as_text=True)
    officer.fill(f"{thread.manage}/throw-away", action="")
    assert "Thrown away" in officer.text
    thread.work()
    for page in ("/account/messages", "/account/data", "/account/data.json"):
        assert officer.get(page).status_code == 200
        assert thread.reference not in officer.text
    with bare_app.app_context():
        assert "extended" not in " ".join(db.session.scalars(select(OutboxMessage.kind)))


def test_its_number_does_not_come_back(bare_app: Flask, clock: MovableClock) -> None:
    """Nor with it what the log says of the one before."""
    thread = a_practice(bare_app, clock)
    officer = thread.browser("officer")
    officer.fill(f"{thread.manage}/throw-away", action="")
    with bare_app.app_context():
        actor = accounts.actor_of(thread.people["officer"], now=clock.now())
        db.session.rollback()
        with transaction():
            again = challenges.create(actor, title="Again", question="", practice=True, now=clock.now())
    assert (thread.reference, again) == ("PC-2026-001", "PC-2026-002")


def test_a_pitch_that_was_typed_for_somebody_goes_too(bare_app: Flask, clock: MovableClock) -> None:
    thread = a_practice(bare_app, clock)
    with bare_app.app_context(), transaction():
        pitches.assist(
            accounts.actor_of(thread.people["lead"], now=clock.now()),
            reference=thread.reference,
            supplier=pitches.Supplier("Hedgerow Works", Size.MICRO, "Testford", "", "12 Kingfisher Row"),
            told_by=ToldBy.PHONE,
            declared=True,
            now=clock.now(),
        )
    officer = thread.browser("officer")
    officer.fill(f"{thread.manage}/throw-away", action="")
    assert "Thrown away" in officer.text
    with bare_app.app_context():
        assert db.session.execute(text("SELECT count(*) FROM assisted_pitch")).scalar_one() == 0


def test_questions_can_be_practised_and_go_too(bare_app: Flask, clock: MovableClock) -> None:
    """The officer asks as a supplier of theirs and answers, and the lead signs."""
    thread = a_practice(bare_app, clock)
    officer, lead, outsider = (thread.browser(name) for name in ("officer", "lead", "outsider"))
    public = f"/challenges/{thread.reference}/questions"
    for page in (public, f"{public}/ask", f"{public}/mine", f"{public}.csv"):
        assert outsider.get(page).status_code == 404
    officer.fill(f"{public}/ask", question="Can a consortium apply together?")
    with bare_app.app_context():
        number = db.session.scalars(select(Clarification.id)).one()
    page = f"{thread.manage}/questions/{number}"
    officer.fill(page, action=f"/questions/{number}", answer="Yes. One organisation leads.")
    lead.fill(page, action="/sign")
    assert "Published as number 1" in lead.text
    officer.get(public)
    assert "One organisation leads" in officer.text
    assert "Practice. Nothing here counts" in officer.text
    officer.fill(f"{thread.manage}/throw-away", action="")
    assert "Thrown away" in officer.text
    with bare_app.app_context():
        for table in (Clarification, ClarificationAsker, ClarificationEdit, PublishedAnswer):
            assert db.session.execute(select(table)).all() == [], table
        kinds = " ".join(db.session.scalars(select(OutboxMessage.kind)))
    assert "answered" not in kinds
    assert "question_moved" not in kinds
