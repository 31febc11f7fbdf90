"""Telling people outside: the same words for all, never before publishing, and no more when asked."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from pitchfest.accounts import queries as accounts
from pitchfest.accounts.models import RegionSettings
from pitchfest.audit import queries as log
from pitchfest.challenges import operations, queries
from pitchfest.challenges.models import Challenge, OutreachStop
from pitchfest.challenges.rules import MOST_PEOPLE, read_addresses, stop_token
from pitchfest.db import db, transaction
from pitchfest.kernel.errors import NotAllowed, NotFound, RuleViolation
from pitchfest.mail.models import OutboxMessage
from pitchfest.mail.rules import Delivery
from pitchfest.mail.transport import deliver_due
from tests.accounts.people import sent, words_of
from tests.challenges import world
from tests.mail.test_delivery import Inbox, inbox  # noqa: F401 - a fixture
from tests.support.client import PageClient

LIST = "Ann Lee <ann@lee.example>; bob@bob.example\n"


def tokens(pasted):
    return {address: stop_token("key", address) for address in read_addresses(pasted).addresses}


def tell(cast, reference, now, *, pasted=LIST, note="", who="officer"):
    with transaction():
        return operations.tell_people(
            cast.actor(who),
            reference=reference,
            pasted=read_addresses(pasted),
            note=note,
            tokens=tokens(pasted),
            now=now,
        )


def outbox():
    rows = db.session.execute(
        select(OutboxMessage.address, OutboxMessage.state)
        .where(OutboxMessage.kind == "outreach")
        .order_by(OutboxMessage.id)
    )
    return [(address, state) for address, state in rows]


def test_everyone_gets_the_same_words_and_the_address_goes_with_the_mail(app: Flask, now, inbox: Inbox):  # noqa: F811
    cast = world.a_cast()
    reference = world.published(cast, now)
    tell(cast, reference, now, note="You came to our innovation day.")
    with app.app_context():
        deliver_due(lambda: now)
    sent = [mail for mail in inbox.mails if "looking for ideas" in str(mail["Subject"])]
    bodies = [mail.get_payload(decode=True).decode() for mail in sent]  # type: ignore[union-attr]
    links = [re.findall(r"/no-more/([0-9a-f]{64})", body) for body in bodies]
    assert links[0] != links[1]
    same = {re.sub(r"/no-more/[0-9a-f]{64}", "/no-more/*", body) for body in bodies}
    assert len(same) == 1
    assert "You came to our innovation day." in same.pop()
    db.session.rollback()
    assert outbox() == [(None, Delivery.SENT)] * 2


def body_of(now):
    return words_of(sent("outreach")[-1], now).body


def test_the_mail_tells_the_problem_and_what_becomes_of_replies(app: Flask, now):
    cast = world.a_cast()
    reference = world.published(cast, now)
    db.session.execute(update(Challenge).values(question="", problem="Drains block. **Markets** flood."))
    db.session.commit()
    tell(cast, reference, now, pasted="ann@lee.example")
    body = body_of(now)
    title = queries.by_reference(reference, now).title
    assert f"\n\n{title}\n\nDrains block. Markets flood.\n\nAnyone who fits" in body
    assert "\n\n\n" not in body
    for sender, said in {"": True, "hello@region.example": False}.items():
        db.session.execute(update(RegionSettings).values(sender_address=sender))
        db.session.commit()
        accounts.forget_region()
        assert ("nobody reads what comes back" in body_of(now)) is said


@pytest.mark.parametrize("stage", ["draft", "closed", "practice"])
def test_nobody_is_told_before_publishing_after_closing_or_for_practice(app: Flask, now, stage):
    cast = world.a_cast()
    reference = world.a_draft(cast, now) if stage == "draft" else world.published(cast, now)
    if stage == "practice":
        db.session.execute(update(Challenge).values(practice=True))
        db.session.commit()
    later = now + timedelta(days=30) if stage == "closed" else now
    with pytest.raises(RuleViolation):
        tell(cast, reference, later)
    assert outbox() == []


def test_what_is_still_on_its_way_when_the_challenge_closes_is_not_sent(app: Flask, now, inbox: Inbox):  # noqa: F811
    cast = world.a_cast()
    reference = world.published(cast, now)
    tell(cast, reference, now)
    deliver_due(lambda: now + timedelta(days=30))
    assert not [mail for mail in inbox.mails if "looking for ideas" in str(mail["Subject"])]
    db.session.rollback()
    assert outbox() == [(None, Delivery.DROPPED)] * 2


def test_nobody_is_told_twice_and_whoever_asked_for_no_more_is_left_alone(app: Flask, now):
    cast = world.a_cast()
    reference, other = world.published(cast, now), world.published(cast, now)
    tell(cast, reference, now)
    with transaction():
        operations.stop_telling(stop_token("key", "ann@lee.example"), now=now)
    with transaction():
        operations.stop_telling(stop_token("key", "ann@lee.example"), now=now)
    again = tell(cast, reference, now, pasted=LIST + "carol@carol.example")
    assert (again.new, again.known, again.stopped) == (("carol@carol.example",), 1, 1)
    assert tell(cast, other, now).new == ("bob@bob.example",)
    with pytest.raises(RuleViolation, match="Nobody is left"):
        tell(cast, other, now)


def test_no_more_than_three_of_these_go_to_an_address_in_a_day(app: Flask, now):
    cast = world.a_cast()
    references = [world.published(cast, now) for _ in range(4)]
    for reference in references[:3]:
        tell(cast, reference, now, pasted="ann@lee.example")
    with pytest.raises(RuleViolation, match="Nobody is left"):
        tell(cast, references[3], now, pasted="ann@lee.example")
    assert tell(cast, references[3], now + timedelta(days=1), pasted="ann@lee.example").new


def test_a_link_that_no_mail_carried_stops_nothing(app: Flask, now):
    with pytest.raises(NotFound), transaction():
        operations.stop_telling("nonsense", now=now)
    assert db.session.execute(select(func.count()).select_from(OutreachStop)).scalar_one() == 0


@pytest.mark.parametrize(
    ("pasted", "note", "words"),
    [
        ("nobody here", "", "at least one"),
        ("\n".join(f"a{n}@b.example" for n in range(MOST_PEOPLE + 1)), "", "at most 500"),
        (LIST, "word " * 101, "too long"),
    ],
)
def test_a_list_or_words_that_cannot_be_used_are_refused(app: Flask, now, pasted, note, words):
    cast = world.a_cast()
    reference = world.published(cast, now)
    with pytest.raises(RuleViolation, match=words):
        tell(cast, reference, now, pasted=pasted, note=note)


def test_only_officers_and_the_lead_tell_people_and_the_log_holds_counts_only(app: Flask, now):
    cast = world.a_cast()
    reference = world.published(cast, now)
    with pytest.raises(NotAllowed):
        tell(cast, reference, now, who="approver")
    tell(cast, reference, now, who="lead", note="Secret words")
    [entry], _ = log.page(number=1, size=5, action="challenge.tell")
    assert entry["detail"] == '{"known":0,"stopped":0,"told":2}'
    [row] = queries.outreach(queries.by_reference(reference, now).id)
    assert (row.by_name, row.told, row.note) == ("Devinder Sahota", 2, "Secret words")


# Pages


def test_the_officer_checks_the_words_before_they_go(app: Flask, now):
    cast = world.a_cast()
    reference = world.published(cast, now)
    page, address = cast.browser(app, "officer"), f"/manage/challenges/{reference}/tell"
    page.fill(address, action="/tell", addresses=f"{LIST}broken@\n", note="Hello from the unit.", act="check")
    assert "Hello from the unit." in page.text
    assert "Line 2: broken@" in page.text
    assert outbox() == []
    page.send(address, action="/tell", act="change")
    assert "bob@bob.example" in page.html
    page.send(address, action="/tell", act="check")
    page.send(address, action="/tell", act="send")
    assert "Told 2 people" in page.text
    assert "ann@lee.example" not in page.html
    page.fill(address, action="/tell", addresses=LIST, act="check")
    assert "2, each told before" in page.text


def test_before_publishing_the_page_says_from_when_and_a_forged_form_changes_nothing(app: Flask, now):
    cast = world.a_cast()
    reference = world.a_draft(cast, now)
    page, address = cast.browser(app, "officer"), f"/manage/challenges/{reference}/tell"
    page.get(address)
    assert "from the moment the challenge is published" in page.text
    tokens_of = page.page.forms[0]["fields"] if page.page else {}
    page.post(address, data={**tokens_of, "addresses": LIST, "act": "send"})
    assert outbox() == []
    page.get(f"/manage/challenges/{reference}/poster")
    assert "Until then" in page.text
    assert page.get(f"/challenges/{reference}/qr.svg").status_code == 404


def test_a_list_without_addresses_is_shown_again_as_typed(app: Flask, now):
    cast = world.a_cast()
    reference = world.published(cast, now)
    page = cast.browser(app, "officer")
    answer = page.fill(
        f"/manage/challenges/{reference}/tell", action="/tell", addresses="<nobody>", act="check"
    )
    assert answer.status_code == 422
    assert "&lt;nobody&gt;" in page.html


def test_one_button_ends_these_messages_and_a_get_changes_nothing(app: Flask, client: PageClient, now):
    cast = world.a_cast()
    reference = world.published(cast, now)
    officer = cast.browser(app, "officer")
    officer.fill(f"/manage/challenges/{reference}/tell", action="/tell", addresses=LIST, act="check")
    officer.send(f"/manage/challenges/{reference}/tell", action="/tell", act="send")
    address = f"/no-more/{stop_token(app.config['SECRET_KEY'], 'ann@lee.example')}"
    assert client.get(address).headers["Referrer-Policy"] == "no-referrer"
    client.fill(address, action=address)
    assert "We will not write to you again" in client.text
    other = world.published(cast, now)
    officer.fill(f"/manage/challenges/{other}/tell", action="/tell", addresses=LIST, act="check")
    assert "1, each told before, had enough of these messages today, or asked for no more" in officer.text
    assert "ann@lee.example" not in officer.html.partition("<form")[0]


def test_the_page_never_says_of_one_address_that_its_holder_asked_for_no_more(app: Flask, now):
    """It is left out in the same words as one that was told before."""
    cast = world.a_cast()
    reference = world.published(cast, now)
    tell(cast, reference, now)
    other = world.published(cast, now)
    with transaction():
        operations.stop_telling(stop_token("key", "ann@lee.example"), now=now)
    app.config["SECRET_KEY"] = "key"
    officer, said = cast.browser(app, "officer"), []
    for challenge, address in ((other, "ann@lee.example"), (reference, "bob@bob.example")):
        page = f"/manage/challenges/{challenge}/tell"
        officer.fill(page, action="/tell", addresses=address, act="check")
        said.append(officer.html.partition('<dl class="govuk-summary-list')[2].partition("</dl>")[0])
    assert said[0] == said[1]
    assert "Left out" in said[0]


def test_the_poster_leads_to_the_public_page(app: Flask, client: PageClient, now):
    cast = world.a_cast()
    reference = world.published(cast, now)
    page = cast.browser(app, "approver")
    page.get(f"/manage/challenges/{reference}/poster")
    assert f"/challenges/{reference}/qr.svg" in page.html
    assert world.BRIEF["title"] in page.text
    answer = client.get(f"/challenges/{reference}/qr.svg")
    assert answer.mimetype == "image/svg+xml"
    assert "max-age" in answer.headers["Cache-Control"]
    assert b"<svg" in answer.data
    assert b"style=" not in answer.data
