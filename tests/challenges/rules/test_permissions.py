"""Who may do what: every role with every state."""

from dataclasses import dataclass

import pytest

from pitchfest.challenges.rules import (
    EDITABLE,
    PERMISSIONS,
    PUBLISHED,
    ChallengeState,
    Lane,
    Permission,
)
from pitchfest.kernel.actor import Actor, Role

S = ChallengeState
DECIDER = 7


@dataclass(frozen=True)
class Facts:
    effective: ChallengeState
    decision_maker_id: int | None = DECIDER
    practice: bool = True
    lane: Lane = Lane.FULL
    tied: bool = False
    chairs: bool = False


def someone(*roles: Role, person_id: int = 1) -> Actor:
    return Actor(person_id=person_id, name="Someone", roles=frozenset(roles))


def verdict(permission: Permission, actor: Actor | None, state: ChallengeState):
    return PERMISSIONS[permission](actor, Facts(state))


#: Role → who reads the staff side, in which states.
READS = {
    Role.OFFICER: set(S),
    Role.APPROVER: set(S),
    Role.LEAD: set(S),
    Role.CHAMPION: set(S),
    Role.ADMIN: set(PUBLISHED),
    Role.OBSERVER: set(PUBLISHED) - {S.OPEN, S.CLOSED},
}
#: Permission → roles that have it.
HAVE = {
    Permission.EDIT: {Role.OFFICER},
    Permission.COPY: {Role.OFFICER},
    Permission.APPROVE: {Role.APPROVER},
    Permission.PUBLISH: {Role.OFFICER, Role.LEAD},
    Permission.OPEN_PITCHES: {Role.OFFICER, Role.LEAD, Role.APPROVER},
    Permission.START_JUDGING: {Role.LEAD},
    Permission.CLOSE_SCORING: {Role.LEAD},
    Permission.RELEASE: {Role.OFFICER, Role.LEAD, Role.APPROVER},
    Permission.PRACTISE: {Role.OFFICER, Role.LEAD, Role.APPROVER},
    Permission.THROW_AWAY: {Role.OFFICER, Role.LEAD},
    Permission.ANSWER: {Role.OFFICER, Role.LEAD},
    Permission.NEEDS: {Role.OFFICER, Role.LEAD},
    Permission.SIGN_ANSWER: {Role.LEAD},
}
OF_NO_CHALLENGE = {Permission.LIST, Permission.CREATE, Permission.TEMPLATES, Permission.KEEP_TEMPLATE}
OF_SUPPLIERS = {Permission.ASK, Permission.OWN_QUESTIONS, Permission.TELL_NEED}
OF_ONE_CHALLENGE = [p for p in Permission if p not in OF_NO_CHALLENGE | OF_SUPPLIERS]


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("state", S)
def test_who_reads_the_staff_side(role, state):
    found = verdict(Permission.VIEW_STAFF, someone(role), state)
    assert bool(found) == (state in READS[role])
    assert bool(found) or found.hidden


@pytest.mark.parametrize("permission", HAVE)
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("state", S)
def test_each_act_belongs_to_its_roles_and_the_rest_learn_only_what_they_may_see(permission, role, state):
    found = verdict(permission, someone(role), state)
    assert bool(found) == (role in HAVE[permission])
    assert found.hidden == (not found and state not in READS[role])
    assert bool(found) or found.hidden or found.reason


@pytest.mark.parametrize("permission", [Permission.ANSWER, Permission.SIGN_ANSWER, Permission.NEEDS])
@pytest.mark.parametrize("role", Role)
def test_whoever_belongs_to_a_supplier_reads_no_question(permission, role):
    found = PERMISSIONS[permission](someone(role), Facts(S.OPEN, tied=True))
    assert not found
    assert ("belong to a supplier" in found.reason) == (role in HAVE[permission])


@pytest.mark.parametrize("permission", OF_ONE_CHALLENGE)
@pytest.mark.parametrize("state", S)
@pytest.mark.parametrize("outsider", [None, someone(), Actor(3, "Supplier", organisations=frozenset({4}))])
def test_people_outside_cannot_tell_that_there_is_a_staff_side(permission, state, outsider):
    assert verdict(permission, outsider, state).hidden


@pytest.mark.parametrize("permission", sorted(OF_NO_CHALLENGE))
def test_lists_and_new_ones_are_hidden_from_people_outside(permission):
    assert PERMISSIONS[permission](None, None).hidden
    assert PERMISSIONS[permission](someone(), None).hidden


@pytest.mark.parametrize("role", Role)
def test_only_officers_start_challenges(role):
    assert bool(PERMISSIONS[Permission.CREATE](someone(role), None)) == (role == Role.OFFICER)


@pytest.mark.parametrize("state", S)
def test_a_text_changes_only_while_it_is_a_draft(state):
    found = verdict(Permission.WRITE, someone(Role.OFFICER), state)
    assert bool(found) == (state in EDITABLE)
    assert bool(found) or found.reason


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("state", S)
def test_only_the_named_person_decides(role, state):
    named = verdict(Permission.DECIDE, someone(role, person_id=DECIDER), state)
    assert bool(named) == (state in READS[role] | (set(PUBLISHED) if role else set()))
    assert not verdict(Permission.DECIDE, someone(role), state)


def test_an_admin_who_is_also_an_officer_reads_drafts():
    assert verdict(Permission.VIEW_STAFF, someone(Role.ADMIN, Role.OFFICER), S.DRAFT)
    assert not verdict(Permission.VIEW_STAFF, someone(Role.ADMIN, Role.OBSERVER), S.DRAFT)


@pytest.mark.parametrize("permission", [p for p in OF_ONE_CHALLENGE if p != Permission.VIEW_STAFF])
@pytest.mark.parametrize("state", S)
def test_an_observer_never_writes(permission, state):
    assert not verdict(permission, someone(Role.OBSERVER), state)


@pytest.mark.parametrize("permission", [Permission.PRACTISE, Permission.THROW_AWAY])
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("state", S)
def test_a_real_challenge_is_neither_practised_with_nor_thrown_away(permission, role, state):
    assert PERMISSIONS[permission](someone(role), Facts(state, practice=False)).hidden


@pytest.mark.parametrize("role", Role)
def test_in_a_small_round_the_approver_publishes_too(role):
    small = PERMISSIONS[Permission.PUBLISH](someone(role), Facts(S.IN_REVIEW, lane=Lane.SMALL))
    assert bool(small) == (role in {Role.APPROVER, Role.OFFICER, Role.LEAD})


@dataclass(frozen=True)
class AskingFacts:
    practice: bool
    supplies: bool


@pytest.mark.parametrize(
    ("actor", "practice", "supplies", "may"),
    [
        (someone(), False, True, True),
        (someone(), False, False, False),
        (someone(), True, True, True),
        (someone(Role.OFFICER), False, True, False),
        (someone(Role.OFFICER), True, True, True),
        (someone(Role.OFFICER), True, False, False),
    ],
)
def test_suppliers_ask_and_in_practice_whoever_plays_one(actor, practice, supplies, may):
    found = PERMISSIONS[Permission.ASK](actor, AskingFacts(practice, supplies))
    assert bool(found) == may
    assert may or found.reason


def test_whoever_is_not_signed_in_has_no_questions():
    assert PERMISSIONS[Permission.ASK](None, AskingFacts(practice=False, supplies=True)).hidden
    assert PERMISSIONS[Permission.OWN_QUESTIONS](None, None).hidden
    assert PERMISSIONS[Permission.OWN_QUESTIONS](someone(), None)
