"""Whoever is asked to judge can say no until they declare: what becomes of it, on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError

from pitchfest.accounts import operations as accounts
from pitchfest.accounts import queries as people
from pitchfest.accounts.models import Person, RoleGrant
from pitchfest.audit.models import AuditEntry
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db, transaction
from pitchfest.judging import operations, queries
from pitchfest.judging.models import BriefingRead, JudgeCapacity, PanelMember
from pitchfest.judging.rules import Permission
from pitchfest.judging.rules.capacity import Said
from pitchfest.judging.rules.refusals import LONGEST, Refusal
from pitchfest.kernel.actor import Role
from pitchfest.kernel.errors import NotAllowed, NotFound, RuleViolation
from pitchfest.mail import queries as mail
from pitchfest.mail.rendering import render
from tests.accounts.people import sent
from tests.judging.refusing.acts import NOTE, ask, newest_link, refuse, row_of
from tests.judging.setting import Setting, a_round, declare_all, kinds_of_mail, recuse
from tests.support import builders
from tests.support.client import PageClient
from tests.support.clock import MovableClock


@pytest.fixture(autouse=True)
def region(app: Flask) -> None:
    builders.a_region()


def times(action: str) -> int:
    """How often the log holds an action."""
    found = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == action)
    return db.session.execute(found).scalar_one()


def test_who_says_no_is_not_on_the_panel_and_hears_no_more_of_it(app: Flask, now: datetime) -> None:
    setting = a_round(now, pitches=2)
    nia = ask(setting, now)
    messages = [mail.message(sent(kind)[-1]) for kind in ("invitation", "judge_declare")]
    assert all(render(message, now=now) for message in messages)
    assert nia.person in {row.person_id for row in queries.lagging_in(setting.challenge)}
    refuse(setting, nia.person, now)
    row = row_of(setting, nia.member)
    assert (row.active, row.is_chair, row.released_at, row.accepted_at) == (False, False, now, None)
    assert (row.refusal, row.release_reason) == (Refusal.AREA, NOTE)
    assert [render(message, now=now) for message in messages] == [None, None]
    assert nia.person not in {lagging.person_id for lagging in queries.lagging_in(setting.challenge)}
    board = queries.board(setting.challenge)
    assert nia.member not in {judge.judge.member_id for judge in board.judges}
    round_ = queries.round_of(actor=setting.actor(nia.person), now=now, reference=setting.reference)
    assert (round_.member_id, round_.refused_at) == (None, now)
    assert queries.desk(nia.person, now) == []
    assert not queries.ever_assigned(nia.person, setting.challenge), "so they could decide, or bring scores"
    assert nia.person not in queries.panels_of_everyone()
    for chase in (operations.invite_judge_again, operations.remind):
        with pytest.raises(NotFound), transaction():
            chase(setting.actor(setting.officer), reference=setting.reference, member_id=nia.member, now=now)
    declare_all(setting, now)
    assert nia.member not in {card.member_id for card in queries.cards(setting.challenge)}


def test_the_last_one_who_had_not_declared_says_no_and_the_cards_go_out(app: Flask, now: datetime) -> None:
    setting = a_round(now, pitches=10, judges=3)
    nia = ask(setting, now)
    declare_all(setting, now)
    assert queries.cards(setting.challenge) == []
    refuse(setting, nia.person, now)
    assert len(queries.cards(setting.challenge)) == 30


def test_a_chair_says_no_and_nobody_chairs_until_somebody_is_chosen(app: Flask, now: datetime) -> None:
    setting = a_round(now, state=ChallengeState.ELIGIBILITY, pitches=1)
    nia = ask(setting, now, chair=True)
    refuse(setting, nia.person, now)
    assert not any(row.is_chair for row in queries.panel(setting.challenge))
    lead = setting.actor(setting.lead)
    round_ = queries.round_of(actor=lead, now=now, reference=setting.reference)
    assert operations.start_facts(round_).obstacles == ("Choose who chairs the panel.",)
    with transaction():
        operations.make_chair(lead, reference=setting.reference, member_id=setting.members[1], now=now)
    assert operations.start_facts(round_).obstacles == ()


@pytest.mark.parametrize(
    ("refusal", "note", "says"),
    [
        (Refusal.OTHER, " ", "Say in a few words"),
        (Refusal.TIME, "x" * (LONGEST + 1), f"Keep this to {LONGEST} characters"),
    ],
)
def test_another_reason_takes_words_and_no_line_is_a_letter(
    app: Flask, now: datetime, refusal: Refusal, note: str, says: str
) -> None:
    setting = a_round(now, pitches=1)
    nia = ask(setting, now)
    with pytest.raises(RuleViolation, match=says) as problem:
        refuse(setting, nia.person, now, refusal, note)
    assert [p.field for p in problem.value.problems] == ["note"]
    db.session.rollback()
    assert row_of(setting, nia.member).active
    refuse(setting, nia.person, now, Refusal.TIME, "")
    assert row_of(setting, nia.member).release_reason == ""


def test_only_who_is_asked_says_no_and_only_until_they_declare(app: Flask, now: datetime) -> None:
    setting = a_round(now, pitches=1)
    nia, other = ask(setting, now), ask(a_round(now, pitches=1), now, "Olu Other")
    for person in (setting.officer, setting.lead, setting.suppliers[0], other.person):
        with pytest.raises(NotFound):
            refuse(setting, person, now)
        db.session.rollback()
    setting.judges.append(nia.person)
    declare_all(setting, now)
    with pytest.raises(NotAllowed, match="ask the procurement lead to release you"):
        refuse(setting, nia.person, now)
    db.session.rollback()
    assert row_of(setting, nia.member).active
    with transaction():
        operations.release(
            setting.actor(setting.lead),
            reference=setting.reference,
            member_id=nia.member,
            reason="Ill until after the decision.",
            now=now,
        )
    with pytest.raises(NotFound):
        refuse(setting, nia.person, now)


@pytest.mark.parametrize("state", [ChallengeState.IN_REVIEW, ChallengeState.MODERATION])
def test_nobody_says_no_before_they_are_asked_or_once_scoring_is_closed(
    app: Flask, now: datetime, state: ChallengeState
) -> None:
    setting = a_round(now, pitches=0)
    nia = ask(setting, now)
    published = None if state is ChallengeState.IN_REVIEW else Challenge.published_at
    db.session.execute(update(Challenge).values(state=state, published_at=published))
    db.session.commit()
    with pytest.raises(NotFound):
        refuse(setting, nia.person, now)


def test_saying_no_twice_is_one_no(app: Flask, now: datetime, clock: MovableClock) -> None:
    setting = a_round(now, pitches=1)
    nia = ask(setting, now)
    refuse(setting, nia.person, now)
    clock.move(hours=1)
    refuse(setting, nia.person, clock.now(), Refusal.OTHER, "Something else by now.")
    assert row_of(setting, nia.member).refusal is Refusal.AREA
    assert row_of(setting, nia.member).released_at == now
    assert len(sent("judge_refused")) == 2, "the officer and the lead, once each"
    assert times("judging.refuse") == 1


def test_what_they_had_begun_is_forgotten(app: Flask, now: datetime) -> None:
    setting = a_round(now, pitches=1)
    nia = ask(setting, now)
    with transaction():
        operations.write_briefing(
            setting.actor(setting.lead), reference=setting.reference, text="Look for evidence.", now=now
        )
    actor = setting.actor(nia.person)
    with transaction():
        operations.read_briefing(actor, reference=setting.reference, now=now)
        operations.set_capacity(
            actor,
            reference=setting.reference,
            member_id=None,
            said=Said(levels={}, limit=2, away=()),
            expected_version=None,
            now=now,
        )
    assert len(db.session.scalars(select(BriefingRead)).all()) == 1
    refuse(setting, nia.person, now)
    assert db.session.scalars(select(BriefingRead)).all() == []
    assert db.session.scalars(select(JudgeCapacity)).all() == []


def test_they_can_be_asked_again_and_the_log_keeps_that_they_said_no(
    app: Flask, now: datetime, clock: MovableClock
) -> None:
    setting = a_round(now, pitches=1)
    nia = ask(setting, now)
    refuse(setting, nia.person, now)
    clock.move(days=1)
    again = clock.now()
    with transaction():
        member = operations.invite(
            setting.actor(setting.lead),
            reference=setting.reference,
            name="Nia New",
            email="nia.new@judges.example",
            now=again,
        )
    assert member == nia.member
    row = row_of(setting, member)
    assert (row.active, row.refusal, row.release_reason, row.invited_at) == (True, None, "", again)
    assert len(sent("invitation")) == 2
    assert render(mail.message(sent("invitation")[-1]), now=again)
    assert render(mail.message(sent("invitation")[0]), now=again) is None
    assert (times("judging.invite"), times("judging.refuse")) == (2, 1)
    setting.judges.append(nia.person)
    declare_all(setting, again)
    assert len([card for card in queries.cards(setting.challenge) if card.member_id == member]) == 1
    for message in sent("judge_refused"):
        assert render(mail.message(message), now=again) is None, "news that is none any more"


def test_who_was_released_is_still_not_asked_again(app: Flask, now: datetime) -> None:
    setting = a_round(now, pitches=1)
    nia = ask(setting, now)
    with transaction():
        operations.release(
            setting.actor(setting.lead),
            reference=setting.reference,
            member_id=nia.member,
            reason="Ill until after the decision.",
            now=now,
        )
    with pytest.raises(RuleViolation, match="already on the panel, or was released"), transaction():
        operations.invite(
            setting.actor(setting.officer),
            reference=setting.reference,
            name="Nia New",
            email="nia.new@judges.example",
            now=now,
        )


def test_a_link_says_no_once_and_never_yes_after_it(app: Flask, now: datetime) -> None:
    setting = a_round(now, pitches=1)
    nia = ask(setting, now, account=False)
    token = newest_link(app).rpartition("/")[2]
    with transaction():
        operations.refuse_by_link(token, refusal=Refusal.TIME, note="", now=now)
    assert row_of(setting, nia.member).refusal is Refusal.TIME
    with pytest.raises(NotFound), transaction():
        operations.refuse_by_link(token, refusal=Refusal.TIME, note="", now=now)
    with pytest.raises(NotFound), transaction():
        accounts.accept_invitation(token, name="Nia New", now=now)
    db.session.rollback()
    with transaction():
        accounts.send_sign_in_link("nia.new@judges.example", now=now)
    assert len(sent("invitation")) == 1, "no link goes out that would let them in"
    assert db.session.get_one(Person, nia.person).confirmed_at is None, "they have no account"


def test_a_link_says_no_for_one_person_and_one_challenge(app: Flask, now: datetime) -> None:
    setting, other = a_round(now, pitches=1), a_round(now, pitches=1)
    nia, pia = ask(setting, now), ask(setting, now, "Pia Past")
    waiting = newest_link(app).rpartition("/")[2]
    ask(other, now, account=False)
    token = newest_link(app).rpartition("/")[2]
    with transaction():
        operations.refuse_by_link(token, refusal=Refusal.TIME, note="", now=now)
    assert [row_of(setting, asked.member).active for asked in (nia, pia)] == [True, True]
    refuse(setting, nia.person, now)
    with transaction():
        assert accounts.accept_invitation(waiting, now=now) == pia.person


def test_the_link_of_another_invitation_says_no_to_nothing(app: Flask, now: datetime) -> None:
    """Also of one into an organisation whose owner named it so that it reads like a challenge."""
    setting = a_round(now, pitches=1)
    nia = ask(setting, now)
    firm = builders.an_organisation(f"challenge:{setting.reference}")
    owner = builders.actor(builders.a_person("Owen", organisation=firm, owner=True))
    with transaction():
        accounts.invite_member(
            owner, organisation_id=firm, name="Nia New", email="nia.new@judges.example", now=now
        )
    token = newest_link(app).rpartition("/")[2]
    with pytest.raises(NotFound), transaction():
        operations.refuse_by_link(token, refusal=Refusal.TIME, note="", now=now)
    db.session.rollback()
    assert row_of(setting, nia.member).active
    with transaction():
        assert accounts.accept_invitation(token, now=now) == nia.person


def test_who_asked_and_the_leads_are_told_and_what_the_panel_lacks(app: Flask, now: datetime) -> None:
    setting = a_round(now, pitches=1, judges=1)
    nia = ask(setting, now, chair=True)
    refuse(setting, nia.person, now, Refusal.CONFLICT, "My brother owns a firm in Kiln Lane.")
    told = {mail.message(i).person_id: i for i in sent("judge_refused")}
    assert told.keys() == {setting.officer, setting.lead}
    words = render(mail.message(told[setting.officer]), now=now)
    assert words
    body = words.body.replace("\u00a0", " ")
    assert words.subject == "Nia New cannot judge"
    assert "a conflict of interest" in body
    assert "invite 2 more judges and choose who chairs" in body
    assert f"/manage/challenges/{setting.reference}/panel" in body
    assert "Kiln Lane" not in body, "their words stay on the panel page"
    db.session.execute(update(RoleGrant).where(RoleGrant.person_id == setting.officer).values(ended_at=now))
    db.session.commit()
    assert render(mail.message(told[setting.officer]), now=now) is None, "no officer any more"


def tasks(setting: Setting, person: int, now: datetime) -> list[str]:
    found = queries.waiting(setting.actor(person), now)
    return [task.text.replace("\u00a0", " ") for task in found if task.endpoint == "judging_manage.panel"]


def test_a_panel_that_lacks_somebody_now_waits_for_the_lead_and_who_asked(app: Flask, now: datetime) -> None:
    setting = a_round(now, pitches=1, judges=2)
    another = builders.a_person("Ola Officer", Role.OFFICER)
    assert tasks(setting, setting.lead, now) == [], "nobody said no, so the board says what is lacking"
    nia = ask(setting, now)
    assert tasks(setting, setting.lead, now) == []
    refuse(setting, nia.person, now)
    for person in (setting.lead, setting.officer):
        [task] = tasks(setting, person, now)
        assert task.endswith("said no: invite 1 more judge")
    assert tasks(setting, another, now) == []
    ask(setting, now, "Olu Other")
    assert tasks(setting, setting.lead, now) == tasks(setting, setting.officer, now) == []
    chair = ask(setting, now, "Cho Chair", chair=True)
    refuse(setting, chair.person, now)
    [task] = tasks(setting, setting.officer, now)
    assert task.endswith("said no: choose who chairs"), "there are enough judges"
    with transaction():
        operations.make_chair(
            setting.actor(setting.lead), reference=setting.reference, member_id=setting.members[0], now=now
        )
    assert tasks(setting, setting.officer, now) == []


def test_who_is_recused_hears_nothing_of_who_said_no(app: Flask, now: datetime) -> None:
    setting = a_round(now, pitches=1, judges=2)
    db.session.add(RoleGrant(person_id=setting.judges[1], role=Role.LEAD, granted_at=now))
    db.session.commit()
    nia = ask(setting, now)
    refuse(setting, nia.person, now)
    [letter] = [i for i in sent("judge_refused") if mail.message(i).person_id == setting.judges[1]]
    assert render(mail.message(letter), now=now)
    assert tasks(setting, setting.judges[1], now)
    declare_all(setting, now)
    recuse(setting, setting.pair(1, 0), now)
    assert render(mail.message(letter), now=now) is None
    assert tasks(setting, setting.judges[1], now) == []


def test_the_table_refuses_a_no_that_is_none(app: Flask, now: datetime) -> None:
    setting = a_round(now, pitches=1)
    nia = ask(setting, now)
    by_themselves = {"refusal": Refusal.AREA, "released_at": now, "released_by_id": nia.person}
    for values in (
        {"refusal": Refusal.AREA},
        {**by_themselves, "released_by_id": setting.lead},
        {**by_themselves, "accepted_at": now},
        {**by_themselves, "is_chair": True},
        {**by_themselves, "refusal": Refusal.OTHER, "release_reason": ""},
    ):
        with pytest.raises(IntegrityError):
            db.session.execute(update(PanelMember).where(PanelMember.id == nia.member).values(values))
        db.session.rollback()


def test_who_may_say_no_is_who_reads_that_they_can(app: Flask, now: datetime) -> None:
    setting = a_round(now, pitches=1)
    nia = ask(setting, now)
    table = app.extensions["pitchfest.permissions"]
    for person, can in ((nia.person, True), (setting.judges[0], False)):
        round_ = queries.round_of(actor=setting.actor(person), now=now, reference=setting.reference)
        [mine] = queries.desk(person, now)
        assert bool(table[Permission.REFUSE](setting.actor(person), round_)) is mine.may_refuse is can


def test_a_link_is_too_old_for_a_no_too(app: Flask, now: datetime, clock: MovableClock) -> None:
    setting = a_round(now, pitches=1)
    nia = ask(setting, now)
    token = newest_link(app).rpartition("/")[2]
    with pytest.raises(NotFound), transaction():
        operations.refuse_by_link(token, refusal=Refusal.TIME, note="", now=now + timedelta(days=15))
    db.session.rollback()
    assert row_of(setting, nia.member).active
    assert "judge_refused" not in kinds_of_mail(setting.officer)


def test_who_is_taken_off_the_panel_has_no_invitation_left(app: Flask, now: datetime) -> None:
    setting = a_round(now, pitches=1)
    nia = ask(setting, now)
    link = newest_link(app)
    with transaction():
        operations.remove(
            setting.actor(setting.officer), reference=setting.reference, member_id=nia.member, now=now
        )
    browser = PageClient(app)
    for path in (link, f"{link}/no"):
        assert "I cannot judge this one" not in browser.get(path).get_data(as_text=True)
    assert people.said_no(link.rpartition("/")[2]) is None
    again = ask(setting, now, account=False)
    assert again.person == nia.person
    assert "I cannot judge this one" in browser.get(newest_link(app)).get_data(as_text=True)
