"""Following by e-mail, feed and calendar: everyone learns the same at the same moment, and nothing early."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from pitchfest.accounts import queries as accounts
from pitchfest.challenges import notices, operations, queries
from pitchfest.challenges.models import Follower
from pitchfest.challenges.operations.privacy import erase
from pitchfest.challenges.rules import Corrected
from pitchfest.db import db, transaction
from pitchfest.mail import queries as mail
from pitchfest.mail.models import OutboxMessage
from pitchfest.mail.rendering import render
from pitchfest.mail.transport import deliver_due
from pitchfest.pitches import operations as pitches
from tests.challenges.world import closing_of, published
from tests.support import builders

REASON = "We counted the gullies again last week."
ADDRESS = "nia@elsewhere.example"


def follow(address, now, reference=None, theme=""):
    challenge_id = queries.by_reference(reference, now).id if reference else None
    db.session.rollback()
    with transaction():
        operations.follow(address, challenge_id=challenge_id, theme=theme, now=now)


def the_follower(address=ADDRESS):
    return db.session.execute(select(Follower).where(Follower.address == address)).scalar_one()


def confirm(now, address=ADDRESS):
    token = the_follower(address).token
    db.session.rollback()
    with transaction():
        operations.confirm_following(token, now=now)
    return token


def correct(cast, reference, now):
    with transaction():
        operations.correct(
            cast.actor("lead"),
            reference=reference,
            by=Corrected({"problem": "There are 241,000 gullies."}),
            reason=REASON,
            now=now,
        )


def cancel(cast, reference, now):
    lead, approver = (builders.actor(i, proved_at=now) for i in (cast.lead, cast.approver))
    with transaction():
        operations.propose_cancelling(lead, reference=reference, reason=REASON, now=now)
    with transaction():
        operations.confirm_cancelling(approver, reference=reference, now=now)


def extend(cast, reference, now):
    closes_at = closing_of(reference, now) + timedelta(days=7)
    db.session.rollback()
    with transaction():
        operations.extend(
            cast.actor("lead"),
            reference=reference,
            closes_at=closes_at,
            reason="The site was down for two hours.",
            now=now,
        )


def the_id(reference, now):
    found = queries.by_reference(reference, now).id
    db.session.rollback()
    return found


def unsubscribe_of(message_id):
    message = mail.message(message_id)
    stop = notices.KINDS[message.kind].unsubscribe
    assert stop is not None
    found = stop(message)
    db.session.rollback()
    return found


def messages(kind):
    rows = db.session.execute(
        select(OutboxMessage.id, OutboxMessage.address, OutboxMessage.due_at).where(
            OutboxMessage.kind == kind
        )
    )
    return [tuple(row) for row in rows]


def words(kind, now):
    (row,) = messages(kind)
    found = render(mail.message(row[0]), now=now)
    assert found is not None
    return found


def test_nobody_is_written_to_before_they_said_yes(cast, reference, now):
    follow(ADDRESS, now, reference)
    asked = words("follow", now)
    assert the_follower().token in asked.body
    correct(cast, reference, now)
    assert messages("challenge_corrected") == []
    confirm(now)
    with transaction():
        operations.extend(
            cast.actor("lead"),
            reference=reference,
            closes_at=closing_of(reference, now) + timedelta(days=7),
            reason="The site was down for two hours.",
            now=now,
        )
    assert [row[1:] for row in messages("challenge_extended")] == [(ADDRESS, now)]
    told = words("challenge_extended", now)
    assert "The site was down" in told.body
    assert f"/following/{the_follower().token}" in told.body
    assert "pitches" not in told.body.lower().replace("pitches close", "")


def test_who_follows_everything_is_told_of_each_new_challenge_and_of_all_that_happens_to_it(cast, now):
    follow(ADDRESS, now)
    token = confirm(now)
    reference = published(cast, now)
    assert [row[1] for row in messages("challenge_published")] == [ADDRESS]
    assert reference in words("challenge_published", now).body
    correct(cast, reference, now)
    extend(cast, reference, now)
    cancel(cast, reference, now)
    for kind in ("corrected", "extended", "cancelled"):
        (message,) = messages(f"challenge_{kind}")
        assert message[1:] == (ADDRESS, now), kind
        assert f"/following/{token}" in words(f"challenge_{kind}", now).body
        assert unsubscribe_of(message[0]) == f"/following/{token}/stop"


def test_who_follows_a_theme_is_told_all_about_that_theme_and_nothing_of_others(
    cast, reference, about_jobs, now
):
    follow(ADDRESS, now, theme="jobs")
    follow("homes@elsewhere.example", now, theme="homes")
    for address in (ADDRESS, "homes@elsewhere.example"):
        confirm(now, address)
    extend(cast, reference, now)
    assert messages("challenge_extended") == []
    extend(cast, about_jobs, now)
    assert [row[1] for row in messages("challenge_extended")] == [ADDRESS]


def test_who_follows_in_several_ways_is_told_once_by_the_closest(cast, about_jobs, now):
    follow(ADDRESS, now)
    follow(ADDRESS, now, theme="jobs")
    follow(ADDRESS, now, about_jobs)
    rows = db.session.execute(select(Follower).order_by(Follower.id)).scalars().all()
    tokens = [row.token for row in rows]
    db.session.rollback()
    for token in tokens:
        with transaction():
            operations.confirm_following(token, now=now)
    for kind in ("corrected", "cancelled"):
        before = len(messages(f"challenge_{kind}"))
        correct(cast, about_jobs, now) if kind == "corrected" else cancel(cast, about_jobs, now)
        (message,) = messages(f"challenge_{kind}")[before:]
        assert unsubscribe_of(message[0]) == f"/following/{tokens[2]}/stop"
    with transaction():
        operations.stop_following(tokens[2])
    assert [row.token for row in queries.followers(the_id(about_jobs, now))] == [tokens[1]]
    with transaction():
        operations.stop_following(tokens[1])
    assert [row.token for row in queries.followers(the_id(about_jobs, now))] == [tokens[0]]


def test_asking_again_sends_no_second_mail_that_day_and_keeps_one_row(cast, reference, now):
    follow(ADDRESS, now, reference)
    follow("  NIA@elsewhere.example ", now + timedelta(hours=23), reference)
    assert len(messages("follow")) == 1
    follow(ADDRESS, now + timedelta(days=1), reference)
    assert len(messages("follow")) == 2
    assert len(db.session.scalars(select(Follower.id)).all()) == 1


def test_nobody_floods_an_address_with_questions(cast, reference, now):
    for theme in ("care", "homes", "jobs", "transport", ""):
        follow(ADDRESS, now, theme=theme)
    follow(ADDRESS, now, reference)
    assert len(messages("follow")) == 3
    assert len(db.session.scalars(select(Follower.id)).all()) == 3


def test_erasing_a_person_forgets_what_their_address_follows(cast, reference, now):
    address = builders.actor(cast.supplier).email
    follow(address, now, reference)
    follow(ADDRESS, now, reference)
    with transaction():
        erase(cast.supplier, now)
    assert db.session.scalars(select(Follower.address)).all() == [ADDRESS]


def test_saying_yes_twice_does_not_stop_it(app, cast, reference, client, now):
    follow(ADDRESS, now, reference)
    token = the_follower().token
    db.session.rollback()
    client.get(f"/following/{token}")
    confirm(now)
    client.send(f"/following/{token}", action="", act="yes")
    assert the_follower().confirmed_at is not None


def test_stopping_forgets_the_address_and_what_is_still_in_the_outbox_is_not_sent(cast, reference, now):
    follow(ADDRESS, now, reference)
    token = confirm(now)
    correct(cast, reference, now)
    with transaction():
        operations.stop_following(token)
    assert db.session.scalars(select(Follower.id)).all() == []
    (row,) = messages("challenge_corrected")
    assert render(mail.message(row[0]), now=now) is None


def test_what_nobody_confirms_and_what_is_long_over_is_forgotten(cast, reference, now):
    follow("early@elsewhere.example", now, reference)
    follow(ADDRESS, now, reference)
    confirm(now)
    db.session.rollback()
    assert operations.sweep_followers(lambda: now + timedelta(days=7)) == 0
    assert operations.sweep_followers(lambda: now + timedelta(days=7, seconds=1)) == 1
    cancel(cast, reference, now)
    db.session.rollback()
    assert operations.sweep_followers(lambda: now + timedelta(days=97)) == 0
    assert operations.sweep_followers(lambda: now + timedelta(days=97, seconds=1)) == 1


def test_the_pages_ask_confirm_and_stop_and_opening_a_link_changes_nothing(app, cast, reference, client, now):
    page = f"/challenges/{reference}/follow"
    client.fill(page, action="", email="no address")
    assert "Enter an email address in full" in client.text
    client.send(page, action="", email=ADDRESS)
    assert "Look in your mail" in client.text
    token = the_follower().token
    for _ in range(2):
        client.get(f"/following/{token}")
        assert "Yes, follow" in client.text
    assert the_follower().confirmed_at is None
    db.session.rollback()
    client.send(f"/following/{token}", action="", act="yes")
    assert "You follow this now" in client.text
    client.get(f"/following/{token}")
    client.send(f"/following/{token}", action="", act="stop")
    assert "You stopped following" in client.text
    assert client.get(f"/following/{token}").status_code == 404
    assert "that is done" in client.text


def test_a_mail_program_stops_with_one_click_and_without_a_page(app, cast, reference, client, now):
    follow(ADDRESS, now, reference)
    token = confirm(now)
    db.session.rollback()
    answer = client.post(f"/following/{token}/stop", data={"List-Unsubscribe": "One-Click"})
    assert answer.status_code == 204
    assert db.session.scalars(select(Follower.id)).all() == []


def test_staff_learn_of_no_follower_from_the_log_or_the_outbox(app, cast, reference, now):
    follow(ADDRESS, now, reference)
    confirm(now)
    correct(cast, reference, now)
    admin = cast.browser(app, "admin")
    for page in ("/admin/log", "/admin/outbox"):
        admin.get(page)
        assert ADDRESS not in admin.text
    assert json.dumps(ADDRESS) not in admin.html


def test_what_left_for_someone_with_an_account_can_still_be_read_there(app, cast, reference, now):
    supplier = builders.actor(cast.supplier)
    organisation = accounts.organisations_of(supplier.person_id)[0].id
    with transaction():
        pitches.start(supplier, challenge=reference, organisation_id=organisation, now=now)
    correct(cast, reference, now)
    deliver_due(lambda: now)
    browser = cast.browser(app, "supplier")
    browser.get("/account/messages")
    assert "Correction to a challenge" in browser.text


@pytest.mark.parametrize("is_demo", [True, False])
def test_without_a_mail_server_only_a_demonstration_keeps_what_was_told_outside(
    app, client, clock, monkeypatch, is_demo
):
    builders.a_region(demo=True)
    monkeypatch.setitem(app.config, "PITCHFEST_DEMO", is_demo)
    follow(ADDRESS, clock.now(), theme="homes")
    deliver_due(clock.now)
    [told] = db.session.execute(select(OutboxMessage)).scalars().all()
    assert (told.address == ADDRESS) is is_demo
    monkeypatch.setitem(app.config, "PITCHFEST_DEMO", True)
    assert client.get("/demo/mail").status_code == 200
    letter = client.get(f"/demo/mail/{told.message_id.partition('@')[0]}")
    assert letter.status_code == (200 if is_demo else 404)
    assert ("/follow" in client.text) is is_demo
