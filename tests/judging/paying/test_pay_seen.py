"""Who may see what judges are paid, and what stays of it."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask

from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db, transaction
from pitchfest.judging import operations, queries
from pitchfest.judging.models import JudgePay
from pitchfest.judging.operations.privacy import erase
from pitchfest.judging.queries.privacy import erasing, sections
from pitchfest.judging.rules.pay import (
    PayState,
)
from pitchfest.kernel.actor import Role
from pitchfest.kernel.errors import NotAllowed, NotFound
from pitchfest.mail import queries as mail
from pitchfest.mail.rendering import render
from tests.accounts.people import sent, words_of
from tests.judging.paying.acts import accept, agree, claim, pay
from tests.judging.setting import a_round, declare_all
from tests.support import builders
from tests.support.signing_in import browser_of


def test_mallory_and_other_judges_learn_nothing_of_the_money(app: Flask, now: datetime) -> None:
    setting = a_round(now, state=ChallengeState.MODERATION)
    agree(setting, now)
    claim(setting, now)
    base = f"/manage/challenges/{setting.reference}"
    pages = [f"{base}/payments", f"{base}/payments.csv", f"{base}/payments/{setting.members[0]}"]
    for person in (setting.judges[0], setting.judges[1], setting.suppliers[0], setting.decider):
        browser = browser_of(app, person)
        assert {browser.get(page).status_code for page in pages} == {404}
    other = browser_of(app, setting.judges[1])
    assert other.get(f"/judging/{setting.reference}/payment").status_code == 404
    assert "Your payment" not in (other.get("/judging"), other.text)[1]
    assert browser_of(app, setting.approver).get(pages[0]).status_code == 403
    for call in (
        lambda: accept(setting, setting.judges[1], now),
        lambda: pay(setting, setting.suppliers[0], now),
    ):
        with pytest.raises(NotFound):
            call()
        db.session.rollback()
    with pytest.raises(NotAllowed):
        accept(setting, setting.approver, now)
    db.session.rollback()


def test_a_payment_of_another_challenge_is_not_found(app: Flask, now: datetime) -> None:
    setting, other = a_round(now, state=ChallengeState.MODERATION), a_round(now)
    agree(setting, now)
    browser = browser_of(app, other.officer)
    for page in (f"payments/{setting.members[0]}", f"panel/{setting.members[0]}/pay"):
        assert browser.get(f"/manage/challenges/{other.reference}/{page}").status_code == 404
    with pytest.raises(NotFound), transaction():
        operations.drop_pay(
            other.actor(other.officer), reference=other.reference, member_id=setting.members[0], now=now
        )
    db.session.rollback()


def test_a_recused_officer_sees_none_of_it_before_the_letters(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    agree(setting, now)
    both = builders.a_person("Rea Recused", Role.OFFICER)
    member = builders.a_panel_member(
        challenge=setting.challenge, person=both, invited_by=setting.officer, now=now
    )
    builders.a_card(member=member, pitch=setting.pitches[0], now=now)
    with transaction():
        operations.report(
            setting.actor(both),
            card_id=queries.desk(both, now)[0].cards[0].card_id,
            interest="My sister works there.",
            now=now,
        )
    declaration = queries.declarations(setting.challenge)[0]
    with transaction():
        operations.decide(
            setting.actor(setting.lead, proved_at=now),
            reference=setting.reference,
            declaration_id=declaration.id,
            recuse=True,
            reason="A sister is close family.",
            now=now,
        )
    assert browser_of(app, both).get(f"/manage/challenges/{setting.reference}/payments").status_code == 404


def test_the_copy_of_ones_data_has_it_and_erasing_keeps_the_record(app: Flask, now: datetime) -> None:
    setting = a_round(now, state=ChallengeState.AWARDED)
    agree(setting, now)
    claim(setting, now, note="Two evenings.")
    person = setting.judges[0]
    section = next(part for part in sections(person, now) if part.title == "What you are paid for judging")
    assert section.rows[0][:4] == (setting.reference, "£25.50 an hour for up to 8 hours", "7.5", "£191.25")
    assert any("not paid yet" in why for why in erasing(person, True, now).blockers)
    accept(setting, setting.officer, now)
    pay(setting, setting.lead, now)
    found = erasing(person, True, now)
    assert found.blockers == ()
    assert any("claimed and paid for judging" in kept.what for kept in found.stays)
    with transaction():
        erase(person, now)
    row = db.session.get_one(JudgePay, setting.members[0])
    assert row.state == PayState.PAID
    assert "evenings" not in row.note


def test_a_judge_with_a_fee_can_be_taken_off_again(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    agree(setting, now)
    with transaction():
        operations.remove(
            setting.actor(setting.officer),
            reference=setting.reference,
            member_id=setting.members[0],
            now=now,
        )
    assert queries.payments(setting.challenge) == []
    declare_all(setting, now, but=[0])


def test_the_officer_and_the_judge_are_told_while_it_is_so(app: Flask, now: datetime) -> None:
    setting = a_round(now, state=ChallengeState.MODERATION)
    agree(setting, now)
    claim(setting, now)
    to_officer = sent("judge_claim")[0]
    words = words_of(to_officer, now)
    assert words.subject == "Judge A claims their hours for judging"
    assert f"/manage/challenges/{setting.reference}/payments/{setting.members[0]}" in words.body
    with transaction():
        operations.send_back_claim(
            setting.actor(setting.lead),
            reference=setting.reference,
            member_id=setting.members[0],
            reason="We agreed on ten hours.",
            now=now,
        )
    assert render(mail.message(to_officer), now=now) is None, "nothing waits any more"
    to_judge = sent("judge_pay")[0]
    assert "Your claim was sent back: We agreed on ten hours." in words_of(to_judge, now).body
    claim(setting, now)
    assert render(mail.message(to_judge), now=now) is None, "nobody has decided on the new claim"
    accept(setting, setting.officer, now)
    assert "Your claim was accepted" in words_of(to_judge, now).body
    pay(setting, setting.lead, now)
    body = words_of(to_judge, now).body
    assert "marked as made on Monday 23\u00a0November\u00a02026" in body
    assert f"/judging/{setting.reference}/payment" in body
