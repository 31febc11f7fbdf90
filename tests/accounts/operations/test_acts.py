"""Acts of two people, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from pitchfest.accounts import operations, queries
from pitchfest.accounts.models import Membership, TwoPersonAct
from pitchfest.accounts.rules import ActKind, Capacity
from pitchfest.audit.models import AuditEntry
from pitchfest.db import db, transaction
from pitchfest.kernel.actor import Role
from pitchfest.kernel.errors import Conflict, NotAllowed, ProofNeeded, RuleViolation
from tests.support import builders as make

THING = "challenge:CH-2026-001"


@pytest.fixture
def people(app, now):
    make.a_region(demo=False)
    ids = [make.a_person(name, Role.OFFICER) for name in ("Ada", "Ben", "Cal")]
    return [make.actor(i, proved_at=now) for i in ids]


def propose(actor, now, kind=ActKind.RELEASE_LETTERS, version=1, **payload):
    with transaction():
        return operations.propose(
            actor, kind=kind, object=THING, object_version=version, payload=payload, now=now
        )


def confirm(actor, now, kind=ActKind.RELEASE_LETTERS, version=1):
    with transaction():
        return operations.confirm(actor, kind=kind, object=THING, object_version=version, now=now)


def actions():
    return list(db.session.execute(select(AuditEntry.action).order_by(AuditEntry.seq)).scalars())


def test_one_proposes_another_confirms(people, now):
    ada, ben, _ = people
    act = propose(ada, now, why="all is checked")
    shown = queries.open_act(ActKind.RELEASE_LETTERS, THING)
    assert shown is not None
    assert (shown.id, shown.proposer_name, shown.payload) == (act, "Ada", {"why": "all is checked"})
    done = confirm(ben, now)
    assert (done.act_id, done.proposer_id, done.payload, done.exceptions) == (
        act,
        ada.person_id,
        shown.payload,
        (),
    )
    assert queries.open_act(ActKind.RELEASE_LETTERS, THING) is None
    assert actions() == ["act.propose", "act.confirm"]


def test_nobody_confirms_their_own_proposal(people, now):
    propose(people[0], now)
    with pytest.raises(RuleViolation, match="yourself"):
        confirm(people[0], now)
    assert queries.open_act(ActKind.RELEASE_LETTERS, THING)


def test_each_of_the_two_proves_that_it_is_them(people, now):
    ada, ben, _ = people
    later = now + timedelta(minutes=5)
    with pytest.raises(ProofNeeded):
        propose(ada, later)
    propose(ada, now)
    with pytest.raises(ProofNeeded):
        confirm(ben, later)


def test_a_changed_object_voids_the_proposal(people, now):
    ada, ben, cal = people
    first = propose(ada, now)
    with pytest.raises(Conflict, match="changed after"):
        confirm(ben, now, version=2)
    second = propose(cal, now, version=2)
    assert second != first
    assert db.session.get_one(TwoPersonAct, first).outcome == "voided"
    assert confirm(ben, now, version=2).proposer_id == cal.person_id
    assert actions() == ["act.propose", "act.void", "act.propose", "act.confirm"]


def test_a_second_proposal_for_the_same_version_is_a_conflict(people, now):
    propose(people[0], now)
    with pytest.raises(Conflict, match="Ada has already proposed"):
        propose(people[1], now)


def test_a_proposal_is_confirmed_once(people, now):
    propose(people[0], now)
    confirm(people[1], now)
    with pytest.raises(Conflict):
        confirm(people[2], now)


def test_only_the_proposer_takes_a_proposal_back(people, now):
    propose(people[0], now)
    with pytest.raises(NotAllowed), transaction():
        operations.take_back(people[1], kind=ActKind.RELEASE_LETTERS, object=THING, now=now)
    with transaction():
        operations.take_back(people[0], kind=ActKind.RELEASE_LETTERS, object=THING, now=now)
    with pytest.raises(Conflict):
        confirm(people[1], now)


def test_an_inviter_and_the_invited_wait_seven_days(people, now):
    ada = people[0]
    with transaction():
        invited = operations.invite_judge(ada, name="Dee", email="dee@people.example", about="", now=now)
    propose(ada, now)
    with pytest.raises(RuleViolation, match="7 days"):
        confirm(make.actor(invited, proved_at=now), now)
    later = now + timedelta(days=7)
    assert confirm(make.actor(invited, proved_at=later), later)


def test_the_only_two_staff_may_and_the_record_says_so(app, now):
    make.a_region(demo=False)
    ada = make.actor(make.a_person("Ada", Role.ADMIN, Role.OFFICER), proved_at=now)
    ben = make.actor(make.a_person("Ben", Role.APPROVER), proved_at=now)
    with transaction():
        operations.invite_judge(ada, name="Ben", email=ben.email, about="", now=now)
    propose(ada, now)
    done = confirm(ben, now)
    assert done.exceptions
    detail = db.session.execute(
        select(AuditEntry.detail).where(AuditEntry.action == "act.confirm")
    ).scalar_one()
    assert "only two members of staff" in detail


@pytest.mark.parametrize(("ended_days_ago", "tied"), [(None, True), (364, True), (366, False)])
def test_people_of_a_supplier_do_not_open_pitches(people, now, ended_days_ago, tied):
    ada, ben, _ = people
    firm = make.an_organisation("Kestrel Rounds Ltd")
    until = None if ended_days_ago is None else now - timedelta(days=ended_days_ago)
    db.session.add(
        Membership(organisation_id=firm, person_id=ben.person_id, from_at=make.LONG_AGO, until_at=until)
    )
    db.session.commit()
    assert queries.has_supplier_ties(ben.person_id, now) is tied
    propose(ada, now, kind=ActKind.OPEN_PITCHES)
    if not tied:
        assert confirm(ben, now, kind=ActKind.OPEN_PITCHES)
        return
    with pytest.raises(RuleViolation, match="supplier"):
        confirm(ben, now, kind=ActKind.OPEN_PITCHES)
    with transaction():
        operations.take_back(ada, kind=ActKind.OPEN_PITCHES, object=THING, now=now)
    with pytest.raises(RuleViolation, match="supplier"):
        propose(ben, now, kind=ActKind.OPEN_PITCHES)


def test_a_council_is_no_supplier(people, now):
    council = make.an_organisation("Testford Council", Capacity.AUTHORITY)
    person = make.a_person("Eve", Role.OFFICER, organisation=council)
    assert not queries.has_supplier_ties(person, now)


@pytest.mark.parametrize("lost", ["a role", "the account"])
def test_what_someone_proposed_falls_with_their_role_or_account(people, now, lost):
    ada, ben, _ = people
    admin = make.actor(make.a_person("Zoe", Role.ADMIN))
    propose(ada, now)
    with transaction():
        if lost == "a role":
            operations.end_role(admin, person_id=ada.person_id, role=Role.OFFICER, now=now)
        else:
            operations.disable_person(admin, person_id=ada.person_id, now=now)
    with pytest.raises(Conflict, match="nothing left to confirm"):
        confirm(ben, now)
    assert "act.void" in actions()
