"""Who may do what, for every state of a challenge."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from pitchfest.challenges.rules import RELEASED, ChallengeState
from pitchfest.judging.rules import PERMISSIONS, Card, Permission, Round
from pitchfest.judging.rules.access import PANEL_OPEN, SCORING_CLOSED
from pitchfest.judging.rules.states import MAY_READ, CardState, DeclarationState
from pitchfest.kernel.actor import Actor, Role

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
ROUND = Round(
    id=1,
    reference="CH-2026-001",
    title="Drains",
    practice=False,
    state=ChallengeState.JUDGING,
    version=1,
    published_at=NOW,
    closes_at=NOW,
    state_since=NOW,
    judging_deadline=None,
    judges_per_pitch=None,
    minimum_cards=3,
    reason_words=10,
    minimum_total=None,
    officer_id=90,
    decision_maker_id=91,
)
CARD = Card(
    id=1,
    version=1,
    state=CardState.ASSIGNED,
    signed_at=None,
    judge_id=7,
    member_id=1,
    declaration=DeclarationState.CLEARED,
    pitch_id=1,
    pitch_reference="PF-1",
    organisation_name="A Ltd",
    challenge_id=1,
    challenge_reference="CH-2026-001",
    challenge_title="Drains",
    practice=False,
    challenge_state=ChallengeState.JUDGING,
    judging_deadline=None,
    reason_words=10,
    withdrawn=False,
)
JUDGE = Actor(7, "Judge")


def someone(*roles: Role) -> Actor:
    return Actor(50, "Someone", roles=frozenset(roles))


@pytest.mark.parametrize("state", ChallengeState)
@pytest.mark.parametrize("role", Role)
def test_results_open_to_readers_only_once_scoring_is_closed(state: ChallengeState, role: Role) -> None:
    allowed = bool(PERMISSIONS[Permission.RESULTS](someone(role), replace(ROUND, state=state)))
    readers = set(Role) - {Role.ADMIN}
    if state == ChallengeState.MODERATION:
        readers = {Role.OFFICER, Role.LEAD, Role.APPROVER}
    stands = state in SCORING_CLOSED or state == ChallengeState.MODERATION
    assert allowed == (stands and role in readers)


@pytest.mark.parametrize("role", Role)
def test_whoever_decides_sees_no_score_before_it_stands(role: Role) -> None:
    moderating = replace(ROUND, state=ChallengeState.MODERATION, decision_maker_id=50)
    decider = someone(role)
    for permission in (
        Permission.RESULTS,
        Permission.MODERATED,
        Permission.MODERATE,
        Permission.AGREE_SECOND,
    ):
        assert PERMISSIONS[permission](decider, moderating).hidden, permission


@pytest.mark.parametrize("state", ChallengeState)
@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("permission", [Permission.RESULTS, Permission.BOARD, Permission.MODERATED])
def test_a_recused_judge_sees_neither_board_nor_results_until_release(
    state: ChallengeState, role: Role, permission: Permission
) -> None:
    mine = replace(ROUND, state=state, member_id=1, is_chair=True, recused=True)
    verdict = PERMISSIONS[permission](someone(role), mine)
    if state not in RELEASED:
        assert verdict.hidden


@pytest.mark.parametrize("state", ChallengeState)
def test_a_judge_reads_results_after_release(state: ChallengeState) -> None:
    judge = replace(ROUND, state=state, member_id=1)
    assert bool(PERMISSIONS[Permission.RESULTS](JUDGE, judge)) == (state in RELEASED)
    chair = replace(judge, is_chair=True)
    assert bool(PERMISSIONS[Permission.RESULTS](JUDGE, chair)) == (
        state in SCORING_CLOSED or state == ChallengeState.MODERATION
    )
    assert PERMISSIONS[Permission.RESULTS](JUDGE, replace(judge, recused=True)).hidden


@pytest.mark.parametrize("declaration", [None, *DeclarationState])
@pytest.mark.parametrize("state", CardState)
def test_a_card_opens_to_its_own_cleared_judge(
    declaration: DeclarationState | None, state: CardState
) -> None:
    card = replace(CARD, declaration=declaration, state=state)
    live = state in {CardState.ASSIGNED, CardState.SIGNED, CardState.LOCKED}
    assert bool(PERMISSIONS[Permission.CARD_VIEW](JUDGE, card)) == (declaration in MAY_READ and live)
    assert PERMISSIONS[Permission.CARD_VIEW](someone(*Role), card).hidden
    may_sign = bool(PERMISSIONS[Permission.CARD_SIGN](JUDGE, card))
    assert may_sign == (declaration in MAY_READ and state == CardState.ASSIGNED)


@pytest.mark.parametrize("state", ChallengeState)
def test_scores_can_change_while_judging_only(state: ChallengeState) -> None:
    verdict = PERMISSIONS[Permission.CARD_SIGN](JUDGE, replace(CARD, challenge_state=state))
    assert bool(verdict) == (state == ChallengeState.JUDGING)


@pytest.mark.parametrize(
    "permission", [p for p in Permission if not p.startswith(("desk", "card:", "register:"))]
)
def test_strangers_and_admins_learn_nothing(permission: Permission) -> None:
    for state in ChallengeState:
        for actor in (None, someone(), someone(Role.ADMIN)):
            assert PERMISSIONS[permission](actor, replace(ROUND, state=state)).hidden


@pytest.mark.parametrize("state", ChallengeState)
@pytest.mark.parametrize("role", Role)
def test_only_a_lead_who_is_not_recused_and_does_not_decide_asks(state: ChallengeState, role: Role) -> None:
    ask = PERMISSIONS[Permission.FURTHER_REVIEWS]
    round_ = replace(ROUND, state=state)
    allowed = role == Role.LEAD and state == ChallengeState.MODERATION
    assert bool(ask(someone(role), round_)) == allowed
    assert ask(someone(role), replace(round_, member_id=1, recused=True)).hidden
    assert ask(someone(role), replace(round_, decision_maker_id=50)).hidden


@pytest.mark.parametrize("state", ChallengeState)
def test_who_is_asked_says_no_while_a_panel_can_change_until_they_declare(state: ChallengeState) -> None:
    refuse = PERMISSIONS[Permission.REFUSE]
    asked = replace(ROUND, state=state, member_id=1)
    assert bool(refuse(JUDGE, asked)) == (state in PANEL_OPEN)
    assert bool(refuse(JUDGE, replace(asked, member_id=None, refused_at=NOW))) == (state in PANEL_OPEN)
    declared = refuse(JUDGE, replace(asked, accepted=True))
    assert not declared
    assert declared.hidden == (state not in PANEL_OPEN)
    for gone in (replace(asked, published_at=None), replace(asked, released=True)):
        assert refuse(JUDGE, gone).hidden
    assert refuse(None, asked).hidden
