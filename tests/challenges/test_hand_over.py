"""Another officer looks after a challenge; another person decides; the record says so."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from pitchfest.audit.models import AuditEntry
from pitchfest.challenges import operations as challenges
from pitchfest.challenges import queries
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db, transaction
from pitchfest.judging import operations as judging
from pitchfest.judging.models import Declaration
from pitchfest.judging.rules.states import DeclarationState
from pitchfest.kernel.actor import Role
from pitchfest.kernel.errors import NotAllowed, NotFound, RuleViolation, StaleForm
from pitchfest.mail import queries as mail
from tests.accounts.people import first_error, sent, words_of
from tests.judging.setting import a_round
from tests.support import builders as make
from tests.support.signing_in import browser_of

REASON = "Olive is on leave until the spring."
S = ChallengeState


@pytest.fixture
def setting(app, now):
    make.a_region(demo=False)
    return a_round(now, pitches=1, judges=2)


def hand_over(setting, by, to, now, *, reason=REASON, version=None):
    with transaction():
        challenges.hand_over(
            make.actor(by),
            reference=setting.reference,
            person_id=to,
            reason=reason,
            now=now,
            expected_version=version,
        )


def name_decider(setting, by, to, now, *, reason=REASON):
    with transaction():
        judging.name_decision_maker(
            make.actor(by), reference=setting.reference, person_id=to, reason=reason, now=now
        )


def test_the_officer_changes_both_are_told_and_nobody_becomes_an_author(setting, now):
    other = make.a_person("Bryn Other", Role.OFFICER)
    authors = queries.authors(setting.challenge)
    hand_over(setting, setting.lead, other, now)
    assert queries.by_id(setting.challenge, now).officer_id == other
    assert queries.authors(setting.challenge) == authors
    told = [mail.message(i).person_id or 0 for i in sent("challenge_handed_over")]
    assert sorted(told) == sorted([setting.officer, other])
    assert "Bryn Other looks after" in words_of(sent("challenge_handed_over")[0], now).body
    detail = db.session.scalars(
        select(AuditEntry.detail).where(AuditEntry.action == "challenge.hand_over")
    ).one()
    assert "leave" not in detail


def test_who_may_hand_over_and_to_whom(setting, now):
    other = make.a_person("Bryn Other", Role.OFFICER)
    with pytest.raises(NotAllowed):
        hand_over(setting, setting.approver, other, now)
    for nobody in (setting.officer, setting.approver):
        with pytest.raises(RuleViolation):
            hand_over(setting, setting.officer, nobody, now)
    with pytest.raises(RuleViolation):
        hand_over(setting, setting.officer, other, now, reason="Away")
    with pytest.raises(StaleForm):
        hand_over(setting, setting.officer, other, now, version=99)


def test_another_decision_maker_is_named_from_outside_the_panel(setting, now):
    judge = make.a_person("Jo Judge", Role.OBSERVER)
    make.a_panel_member(challenge=setting.challenge, person=judge, invited_by=setting.officer, now=now)
    with pytest.raises(RuleViolation, match="panel"):
        name_decider(setting, setting.lead, judge, now)
    for nobody in (setting.lead, setting.decider, setting.suppliers[0]):
        with pytest.raises(RuleViolation):
            name_decider(setting, setting.lead, nobody, now)
    with pytest.raises(NotAllowed):
        name_decider(setting, setting.officer, setting.approver, now)
    name_decider(setting, setting.lead, setting.approver, now)
    challenge = queries.by_id(setting.challenge, now)
    assert challenge.decision_maker_id == setting.approver
    told = {mail.message(i).person_id for i in sent("challenge_handed_over")}
    assert told == {setting.decider, setting.approver}
    with pytest.raises(RuleViolation):
        judging.invite(
            make.actor(setting.officer),
            reference=setting.reference,
            name="Ada",
            email=make.actor(setting.approver).email,
            now=now,
        )


def test_a_lead_recused_as_a_judge_does_not_choose_who_decides(app, setting, now):
    member = make.a_panel_member(
        challenge=setting.challenge, person=setting.lead, invited_by=setting.officer, now=now
    )
    lead, page = browser_of(app, setting.lead), f"/manage/challenges/{setting.reference}"
    lead.get(page)
    assert "Name another decision-maker" in lead.text
    db.session.add(
        Declaration(
            panel_member_id=member,
            pitch_id=setting.pitches[0],
            state=DeclarationState.RECUSED,
            declared_at=now,
            decided_by_id=setting.officer,
            decided_at=now,
            reason="They worked there until May.",
        )
    )
    db.session.commit()
    with pytest.raises(NotFound):
        name_decider(setting, setting.lead, setting.approver, now)
    assert lead.get(f"{page}/decision-maker").status_code == 404
    lead.get(page)
    assert "Name another decision-maker" not in lead.text


@pytest.mark.parametrize("state", [S.DRAFT, S.APPROVED, S.DECIDED, S.AWARDED])
def test_not_before_publishing_and_not_after_the_decision(app, now, state):
    make.a_region(demo=False)
    setting = a_round(now, pitches=0, judges=1, state=state)
    with pytest.raises(NotAllowed):
        name_decider(setting, setting.lead, setting.approver, now)


def test_the_pages_say_who_decides_and_why_that_changed(app, setting, client, now):
    lead = browser_of(app, setting.lead)
    page = f"/manage/challenges/{setting.reference}/decision-maker"
    lead.fill(page, action="decision-maker", person=str(setting.approver), reason="")
    assert "reason" in first_error(lead).lower() or "why" in first_error(lead).lower()
    lead.fill(page, action="decision-maker", person=str(setting.approver), reason="Dee has moved away.")
    assert "Ada Approver decides now" in lead.text
    assert (
        "Ada Approver took over the decision from Dee Decider. The reason: Dee has moved away." in lead.text
    )
    client.get(f"/challenges/{setting.reference}")
    assert "Since Monday 23 November 2026 Ada Approver decides, in place of Dee Decider" in client.text
    other = make.a_person("Bryn Other", Role.OFFICER)
    officer = browser_of(app, setting.officer)
    officer.fill(
        f"/manage/challenges/{setting.reference}/hand-over",
        action="hand-over",
        person=str(other),
        reason=REASON,
    )
    assert "Bryn Other looks after it now" in officer.text
    assert "Bryn Other took over as officer from Olive Officer" in officer.text
    client.get(f"/challenges/{setting.reference}")
    assert "on leave" not in client.text
