"""Judges who are paid: agreed, claimed, accepted, paid."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from pitchfest.audit.models import AuditEntry
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db, transaction
from pitchfest.judging import operations, queries
from pitchfest.judging.models import JudgePay, PanelMember
from pitchfest.judging.rules.pay import (
    PayBasis,
    PayState,
    agreement_problems,
    amount,
    parse_hours,
    say_agreement,
    type_hours,
)
from pitchfest.kernel.actor import Role
from pitchfest.kernel.errors import Conflict, NotFound, RuleViolation, StaleForm
from tests.judging.paying.acts import accept, agree, claim, pay, state
from tests.judging.setting import a_round, kinds_of_mail
from tests.support import builders
from tests.support.signing_in import browser_of


def test_hours_are_quarters_and_half_a_penny_goes_up() -> None:
    assert [parse_hours(text) for text in ("6", "7.5", "7.25", "0.75", " 8.0 ")] == [24, 30, 29, 3, 32]
    for text in ("", "7.3", "-1", "1e3", "seven", "7,5", "1000", "٣"):
        with pytest.raises(ValueError, match="quarters"):
            parse_hours(text)
    assert [type_hours(n) for n in (24, 30, 29, 3, None)] == ["6", "7.5", "7.25", "0.75", ""]
    assert amount(PayBasis.HOURLY, 2_550, 30) == 19_125
    assert amount(PayBasis.HOURLY, 1_001, 2) == 501
    assert amount(PayBasis.LUMP, 20_000, 1) == 20_000
    assert say_agreement(PayBasis.HOURLY, 2_550, 4) == "£25.50 an hour for up to 1 hour"


def test_a_fee_has_bounds() -> None:
    assert agreement_problems(PayBasis.HOURLY, 2_500, 32) == {}
    assert set(agreement_problems(PayBasis.HOURLY, 0, 0)) == {"hours", "pence"}
    assert set(agreement_problems(PayBasis.LUMP, 10**14, 32)) == {"pence"}
    assert set(agreement_problems(PayBasis.HOURLY, 10_000, 801)) == {"pence", "hours"}


def test_from_the_agreement_to_the_payment(app: Flask, now: datetime) -> None:
    setting = a_round(now, state=ChallengeState.MODERATION)
    agree(setting, now)
    claim(setting, now, note="Two evenings.")
    accept(setting, setting.officer, now)
    pay(setting, setting.lead, now)
    found = queries.pay_of(setting.members[0])
    assert found is not None
    assert (found.state, found.due, found.paid_reference) == (PayState.PAID, 19_125, "BACS 17")
    acts = db.session.execute(select(AuditEntry.action, AuditEntry.detail).order_by(AuditEntry.seq)).all()
    named = [(action, detail) for action, detail in acts if action.endswith(("pay", "claim", "paid"))]
    assert [action for action, _ in named] == [
        "judging.agree_pay",
        "judging.claim_pay",
        "judging.accept_claim",
        "judging.mark_paid",
    ]
    assert not any("evenings" in str(detail) for _, detail in named), "free text stays out of the log"
    assert kinds_of_mail(setting.judges[0]) == ["judge_pay", "judge_pay"]
    assert kinds_of_mail(setting.officer) == ["judge_claim"]
    with pytest.raises(Conflict):
        claim(setting, now)
    db.session.rollback()
    with pytest.raises(Conflict):
        agree(setting, now)


def test_whoever_accepts_a_claim_does_not_mark_it_as_paid(app: Flask, now: datetime) -> None:
    setting = a_round(now, state=ChallengeState.RECOMMENDED)
    agree(setting, now)
    with pytest.raises(Conflict):
        accept(setting, setting.lead, now)
    db.session.rollback()
    claim(setting, now)
    with pytest.raises(Conflict):
        pay(setting, setting.lead, now)
    db.session.rollback()
    accept(setting, setting.lead, now)
    with pytest.raises(RuleViolation, match="Someone else"):
        pay(setting, setting.lead, now)
    db.session.rollback()
    for wrong in ({"on": now.date() + timedelta(days=1)}, {"on": date(2020, 1, 1)}, {"ref": "  "}):
        with pytest.raises(RuleViolation):
            pay(setting, setting.officer, now, **wrong)
        db.session.rollback()
    pay(setting, setting.officer, now)
    assert state(setting) == PayState.PAID


def test_a_corrected_claim_is_accepted_anew_and_one_sent_back_can_be_raised(
    app: Flask, now: datetime
) -> None:
    setting = a_round(now, state=ChallengeState.MODERATION)
    agree(setting, now)
    claim(setting, now)
    accept(setting, setting.lead, now)
    claim(setting, now, quarters=20)
    assert state(setting) == PayState.CLAIMED
    for reason in ("No", ""):
        with pytest.raises(RuleViolation), transaction():
            operations.send_back_claim(
                setting.actor(setting.lead),
                reference=setting.reference,
                member_id=setting.members[0],
                reason=reason,
                now=now,
            )
        db.session.rollback()
    with transaction():
        operations.send_back_claim(
            setting.actor(setting.lead),
            reference=setting.reference,
            member_id=setting.members[0],
            reason="We agreed on ten hours.",
            now=now,
        )
    agree(setting, now, quarters=40)
    assert state(setting) == PayState.SENT_BACK
    claim(setting, now, quarters=40)
    found = queries.pay_of(setting.members[0])
    assert found is not None
    assert (found.due, found.reason) == (25_500, "")


def test_nothing_is_claimed_before_scoring_is_closed_or_beyond_the_agreement(
    app: Flask, now: datetime
) -> None:
    setting = a_round(now)
    agree(setting, now)
    with pytest.raises(RuleViolation, match="once scoring is closed"):
        claim(setting, now)
    db.session.rollback()
    db.session.get_one(PanelMember, setting.members[0]).released_at = now
    db.session.get_one(PanelMember, setting.members[0]).released_by_id = setting.lead
    db.session.get_one(PanelMember, setting.members[0]).release_reason = "Ill for a month."
    db.session.commit()
    for quarters in (33, 0):
        with pytest.raises(RuleViolation):
            claim(setting, now, quarters=quarters)
        db.session.rollback()
    claim(setting, now, quarters=8)  # who left may claim at once
    with pytest.raises(NotFound):
        claim(setting, now, judge=1)  # nothing was agreed
    db.session.rollback()


def test_nobody_who_works_here_is_paid_and_nobody_accepts_their_own(app: Flask, now: datetime) -> None:
    setting = a_round(now, state=ChallengeState.MODERATION)
    both = builders.a_person("Oda Both", Role.OFFICER)
    member = builders.a_panel_member(
        challenge=setting.challenge, person=both, invited_by=setting.officer, now=now
    )
    setting.members.append(member)
    setting.judges.append(both)
    with pytest.raises(RuleViolation, match="has a staff role here"):
        agree(setting, now, judge=3)
    db.session.rollback()
    # agreed before they came to work here
    db.session.add(
        JudgePay(
            member_id=member,
            basis=PayBasis.LUMP,
            pence=10_000,
            quarters=8,
            agreed_by_id=setting.officer,
            agreed_at=now,
        )
    )
    db.session.commit()
    claim(setting, now, judge=3, quarters=8)
    with pytest.raises(RuleViolation, match="own payment"):
        accept(setting, both, now, judge=3)
    db.session.rollback()
    with pytest.raises(RuleViolation, match="has a staff role here"):
        accept(setting, setting.lead, now, judge=3)
    db.session.rollback()


def test_two_windows_do_not_overwrite_each_other(app: Flask, now: datetime) -> None:
    setting = a_round(now, state=ChallengeState.MODERATION)
    agree(setting, now)
    agree(setting, now, pence=3_000)
    with pytest.raises(StaleForm):
        agree(setting, now, pence=2_000, expected_version=1)
    db.session.rollback()
    with pytest.raises(StaleForm):
        agree(setting, now, pence=2_000, expected_version=0)  # the other window had none yet
    db.session.rollback()
    found = queries.pay_of(setting.members[0])
    assert found is not None
    assert found.pence == 3_000


def test_through_the_pages(app: Flask, now: datetime) -> None:
    setting = a_round(now, state=ChallengeState.MODERATION)
    base = f"/manage/challenges/{setting.reference}"
    officer, judge = browser_of(app, setting.officer), browser_of(app, setting.judges[0])
    officer.get(f"{base}/payments")
    assert "Nobody is paid for judging this challenge" in officer.text
    fee = f"{base}/panel/{setting.members[0]}/pay"
    bad = {"basis": "gold", "pence": "lots", "hours": "7.3"}
    assert officer.fill(fee, action="/pay", fields=bad).status_code == 422
    for words in (
        "What is the fee for?",
        "“Fee”: enter an amount in pounds",
        "“Hours agreed”: enter hours in quarters",
        'value="7.3"',
    ):
        assert words in officer.html
    officer.fill(fee, action="/pay", fields={"basis": "hourly", "pence": "25.50", "hours": "8"})
    assert "£25.50 an hour for up to 8 hours" in officer.text
    assert "Paying judges" in (officer.get(base), officer.text)[1], "a step once somebody is paid"
    judge.get("/judging")
    own = f"/judging/{setting.reference}/payment"
    assert own in judge.html
    assert judge.fill(own, fields={"hours": "9", "note": "Kept words"}).status_code == 422
    assert "at most 8 hours" in judge.text
    assert "Kept words" in judge.html
    judge.fill(own, fields={"hours": "7.5", "note": "=2+2"})
    assert "comes to £191.25" in judge.text
    one = f"{base}/payments/{setting.members[0]}"
    assert officer.fill(one, action="/send-back", fields={"reason": "no"}).status_code == 422
    officer.get(f"{base}/payments")
    assert "Nothing is ready for payroll yet" in officer.text
    assert "Judge A" not in officer.get(f"{base}/payments.csv").get_data(as_text=True), "only claimed"
    officer.fill(one, action="/accept")
    assert ",191.25,191.25,To be paid," in officer.get(f"{base}/payments.csv").get_data(as_text=True)
    officer.get(one)
    assert "someone else marks it as paid" in officer.text
    lead = browser_of(app, setting.lead)
    assert lead.fill(one, action="/paid", fields={"paid_on-day": "31"}).status_code == 422
    day = {"paid_on-day": str(now.day), "paid_on-month": str(now.month), "paid_on-year": str(now.year)}
    lead.fill(one, action="/paid", fields={**day, "paid_reference": "=cmd()"})
    csv = lead.get(f"{base}/payments.csv").get_data(as_text=True)
    assert "Judge A" in csv
    assert ",25.50,an hour,8,7.5,191.25,0,Paid," in csv
    assert "'=cmd()" in csv
    assert "Bank" not in csv


def test_an_agreement_without_a_claim_can_be_taken_back(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    agree(setting, now)
    browser = browser_of(app, setting.officer)
    browser.fill(f"/manage/challenges/{setting.reference}/panel/{setting.members[0]}/pay", action="/drop")
    assert "Nothing is agreed with this judge any more" in browser.text
    assert queries.payments(setting.challenge) == []


def test_versions_go_on_counting_when_an_agreement_was_dropped(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    agree(setting, now)
    agree(setting, now, judge=1)
    seen = []
    for _ in range(2):
        with transaction():
            operations.drop_pay(
                setting.actor(setting.officer),
                reference=setting.reference,
                member_id=setting.members[0],
                now=now,
            )
        agree(setting, now)
        found = queries.pay_of(setting.members[0])
        assert found is not None
        seen.append(found.version)
    assert 1 < seen[0] < seen[1]
    with pytest.raises(StaleForm):  # a page that was opened on the first agreement
        agree(setting, now, pence=2_000, expected_version=1)
    db.session.rollback()


def test_a_claim_waits_on_first_pages_for_whoever_can_go_on_with_it(app: Flask, now: datetime) -> None:
    setting = a_round(now, state=ChallengeState.MODERATION)
    agree(setting, now)
    agree(setting, now, judge=1)
    agree(setting, now, judge=2)

    def tasks(person: int) -> list[str]:
        found = queries.waiting(setting.actor(person), now)
        return [
            task.text.replace("\u00a0", " ") for task in found if task.endpoint == "judging_manage.payments"
        ]

    staff = (setting.officer, setting.lead, setting.approver)
    assert [tasks(person) for person in staff] == [[], [], []]
    claim(setting, now)
    claim(setting, now, judge=1)
    title = queries.round_of(actor=setting.actor(setting.lead), now=now, reference=setting.reference).title
    both = [f"Accept or send back 2 claims for judging “{title}”"]
    assert [tasks(person) for person in staff] == [both, both, []]
    accept(setting, setting.officer, now)
    one = [f"Accept or send back 1 claim for judging “{title}”"]
    to_pay = [f"Pay 1 accepted claim for judging “{title}”, and note the payment"]
    assert (tasks(setting.officer), sorted(tasks(setting.lead))) == (one, one + to_pay)
    assert tasks(setting.judges[0]) == []
    browser = browser_of(app, setting.lead)
    browser.get("/")
    assert to_pay[0] in browser.text
    pay(setting, setting.lead, now)
    assert (tasks(setting.officer), tasks(setting.lead)) == (one, one)
