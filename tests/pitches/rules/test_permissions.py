"""Every permission against every right and role."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from pitchfest.challenges.rules import BEFORE_RELEASE, RELEASED, UNPUBLISHED, ChallengeState
from pitchfest.kernel.actor import Actor, Role
from pitchfest.pitches.rules.permissions import PERMISSIONS, Permission
from pitchfest.pitches.rules.states import PitchRight

ANYONE = Actor(person_id=1, name="Someone", email="someone@one.example", organisations=frozenset({7}))
OPENED = (BEFORE_RELEASE | RELEASED) - {ChallengeState.OPEN, ChallengeState.CLOSED}
OPENERS = {Role.LEAD, Role.OFFICER, Role.APPROVER}
READERS = OPENERS | {Role.CHAMPION, Role.OBSERVER}


@dataclass(frozen=True)
class Held:
    right: PitchRight | None
    assists: bool = False
    organisation_id: int = 7
    person_id: int = 2


@dataclass(frozen=True)
class Asked:
    email: str = "someone@one.example"
    taken_by_id: int | None = None
    too_old: bool = False
    supplies: bool = True
    on_panel: bool = False
    decides: bool = False


@dataclass(frozen=True)
class Stage:
    effective: ChallengeState
    decision_maker_id: int | None = None


def verdict(permission, actor, facts):
    found = PERMISSIONS[permission](actor, facts)
    return "allowed" if found else "hidden" if found.hidden else "refused"


@pytest.mark.parametrize(
    ("permission", "expected"),
    [
        (Permission.VIEW, ["hidden", "allowed", "allowed", "allowed"]),
        (Permission.EDIT, ["hidden", "refused", "allowed", "allowed"]),
        (Permission.SUBMIT, ["hidden", "refused", "refused", "allowed"]),
        (Permission.WITHDRAW, ["hidden", "refused", "refused", "allowed"]),
        (Permission.SHARE, ["hidden", "refused", "refused", "allowed"]),
        (Permission.TAKE_RIGHT, ["hidden", "refused", "refused", "allowed"]),
    ],
)
def test_each_right_includes_the_ones_before_it(permission, expected):
    assert [verdict(permission, ANYONE, Held(right)) for right in (None, *PitchRight)] == expected


def test_whoever_types_a_pitch_for_a_supplier_sends_it_and_lets_nobody_in():
    typing = Held(PitchRight.SUBMIT, assists=True)
    assert verdict(Permission.SUBMIT, ANYONE, typing) == "allowed"
    assert verdict(Permission.SHARE, ANYONE, typing) == "refused"

    assert (
        verdict(Permission.TAKE_RIGHT, ANYONE, Held(PitchRight.SUBMIT, assists=True, person_id=1))
        == "refused"
    )


def test_a_partner_sends_and_leaves_and_decides_on_nobody_else():
    partner = Held(PitchRight.SUBMIT, organisation_id=8)
    assert verdict(Permission.SUBMIT, ANYONE, partner) == "allowed"
    assert verdict(Permission.SHARE, ANYONE, partner) == "refused"
    assert verdict(Permission.TAKE_RIGHT, ANYONE, partner) == "refused"


@pytest.mark.parametrize("right", list(PitchRight))
def test_everyone_may_leave(right):
    assert verdict(Permission.TAKE_RIGHT, ANYONE, Held(right, organisation_id=8, person_id=1)) == "allowed"


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (Asked(), "allowed"),
        (Asked(email="other@one.example"), "hidden"),
        (Asked(email="", taken_by_id=2), "hidden"),
        (Asked(email="", taken_by_id=1), "allowed"),
        (Asked(too_old=True), "refused"),
        (Asked(supplies=False), "refused"),
        (Asked(on_panel=True), "refused"),
        (Asked(decides=True), "refused"),
    ],
)
def test_who_says_yes_to_an_invitation(facts, expected):
    assert verdict(Permission.JOIN, ANYONE, facts) == expected
    assert verdict(Permission.JOIN, None, facts) == "hidden"


@pytest.mark.parametrize("role", list(Role))
def test_nobody_of_the_region_says_yes_to_an_invitation(role):
    staff = Actor(person_id=1, name="Staff", email=Asked.email, roles=frozenset({role}))
    assert verdict(Permission.JOIN, staff, Asked()) == "refused"


@pytest.mark.parametrize("role", list(Role))
def test_no_role_in_the_region_opens_a_suppliers_page(role):
    staff = Actor(person_id=1, name="Staff", roles=frozenset({role}))
    for permission in (Permission.VIEW, Permission.EDIT, Permission.SUBMIT, Permission.SHARE):
        assert verdict(permission, staff, Held(None)) == "hidden"


@pytest.mark.parametrize("state", list(ChallengeState))
@pytest.mark.parametrize("role", list(Role))
def test_who_sees_the_opening_and_when(role, state):
    staff = Actor(person_id=1, name="Staff", roles=frozenset({role}))
    if state in UNPUBLISHED:
        expected = "hidden"
    elif role in OPENERS:
        expected = "allowed"
    else:
        expected = "allowed" if role in READERS and state in OPENED | {ChallengeState.ON_HOLD} else "hidden"
    assert verdict(Permission.OPENING_SEE, staff, Stage(state)) == expected


@pytest.mark.parametrize("state", [ChallengeState.OPEN, ChallengeState.CLOSED])
@pytest.mark.parametrize("role", list(Role))
def test_nobody_lists_pitches_while_they_are_sealed(role, state):
    staff = Actor(person_id=1, name="Staff", roles=frozenset({role}))
    assert verdict(Permission.ELIGIBILITY_SEE, staff, Stage(state, decision_maker_id=1)) == "hidden"


@pytest.mark.parametrize("role", list(Role))
def test_who_reads_an_opened_pitch_and_who_decides_on_it(role):
    staff = Actor(person_id=1, name="Staff", roles=frozenset({role}))
    facts = Stage(ChallengeState.ELIGIBILITY)
    assert verdict(Permission.READ_OPENED, staff, facts) == ("allowed" if role in READERS else "hidden")
    decides = "allowed" if role in {Role.LEAD, Role.OFFICER} else "refused" if role in READERS else "hidden"
    assert verdict(Permission.ELIGIBILITY_DECIDE, staff, facts) == decides
    turns = "allowed" if role in OPENERS else "refused" if role in READERS else "hidden"
    assert verdict(Permission.ELIGIBILITY_OVERTURN, staff, facts) == turns


def test_an_administrator_reads_opened_pitches_only_as_the_named_decision_maker():
    admin = Actor(person_id=1, name="Admin", roles=frozenset({Role.ADMIN}))
    assert verdict(Permission.READ_OPENED, admin, Stage(ChallengeState.JUDGING, 2)) == "hidden"
    assert verdict(Permission.READ_OPENED, admin, Stage(ChallengeState.JUDGING, 1)) == "allowed"


@pytest.mark.parametrize("permission", list(Permission))
def test_whoever_is_not_signed_in_gets_nothing(permission):
    facts = {
        "pitch:view": Held(None),
        "pitch:edit": Held(None),
        "pitch:submit": Held(None),
        "pitch:withdraw": Held(None),
        "pitch:share": Held(None),
        "pitch:take_right": Held(None),
        "pitch:join": Asked(),
    }.get(permission, Stage(ChallengeState.ELIGIBILITY))
    assert verdict(permission, None, facts) == "hidden"
