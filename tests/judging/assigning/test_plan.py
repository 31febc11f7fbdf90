"""The plan of who reads what: a draft by the exact engine, changed by hand, given out in one act."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select, update

from pitchfest.audit.models import AuditEntry
from pitchfest.challenges.models import Challenge
from pitchfest.db import db, transaction
from pitchfest.judging import operations, queries
from pitchfest.judging.models import Scorecard
from pitchfest.judging.queries import Planning
from pitchfest.judging.rules.planning import Ids, PairKind
from pitchfest.judging.rules.states import CardState
from pitchfest.kernel.actor import Role
from pitchfest.kernel.errors import NotAllowed, NotFound, RuleViolation, StaleForm
from tests.judging.setting import Setting, a_round, declare_all, fill, kinds_of_mail, recuse
from tests.support import builders

WHY = "They wrote the report that this pitch quotes."


def shared(now: datetime, *, pitches: int = 4, judges: int = 4, each: int = 2) -> Setting:
    """A round in which each pitch goes to some of the judges, who have not declared."""
    setting = a_round(now, pitches=pitches, judges=judges, minimum_cards=2)
    db.session.execute(update(Challenge).values(judges_per_pitch=each))
    db.session.commit()
    return setting


def planned(now: datetime) -> Setting:
    """A round with a plan by which nothing was given out."""
    setting = shared(now)
    declare_all(setting, now)
    make(setting, now)
    return setting


def found(setting: Setting, now: datetime) -> Planning:
    db.session.expire_all()
    round_ = queries.round_of(actor=setting.actor(setting.lead), now=now, reference=setting.reference)
    return queries.planning(round_, now)


def pairs(setting: Setting, now: datetime) -> frozenset[Ids]:
    plan = found(setting, now).plan
    assert plan is not None
    return plan.planned


def version(setting: Setting, now: datetime) -> int:
    plan = found(setting, now).plan
    return plan.version if plan else 0


def make(setting: Setting, now: datetime) -> int:
    at = version(setting, now)
    with transaction():
        return operations.make_plan(
            setting.actor(setting.lead), reference=setting.reference, expected_version=at, now=now
        )


def by_hand(setting: Setting, act: str, pair: Ids, now: datetime, **more: object) -> None:
    """The lead pins, excludes, swaps or lets go a pair of (member, pitch) ids."""
    values: dict[str, object] = {"expected_version": version(setting, now), **more}
    with transaction():
        getattr(operations, act)(
            setting.actor(setting.lead),
            reference=setting.reference,
            pitch_reference=setting.pitch_reference(setting.pitches.index(pair[1])),
            member_id=pair[0],
            now=now,
            **values,
        )


def give_out(setting: Setting, now: datetime) -> None:
    at = version(setting, now)
    with transaction():
        operations.give_out(
            setting.actor(setting.lead), reference=setting.reference, expected_version=at, now=now
        )


def cards(setting: Setting, *states: CardState) -> set[Ids]:
    db.session.expire_all()
    rows = db.session.execute(select(Scorecard.panel_member_id, Scorecard.pitch_id, Scorecard.state))
    return {(m, p) for m, p, state in rows if state in (states or (CardState.ASSIGNED,))}


def unread(setting: Setting, now: datetime) -> Ids:
    """A pair that the plan does not have."""
    every = {(m, p) for m in setting.members for p in setting.pitches}
    return min(every - pairs(setting, now))


def test_a_plan_reaches_nobody_and_is_even(app: Flask, now: datetime) -> None:
    setting = planned(now)
    plan = found(setting, now).plan
    assert plan is not None
    assert len(plan.planned) == 8
    assert {sum(m == member for m, _ in plan.planned) for member in setting.members} == {2}
    assert (plan.pieces, plan.lacking, plan.released) == (1, (), False)
    assert cards(setting) == set()
    assert all("judge_cards" not in kinds_of_mail(judge) for judge in setting.judges)


def test_only_who_is_cleared_is_planned_and_what_lacks_is_said(app: Flask, now: datetime) -> None:
    setting = shared(now, judges=3)
    declare_all(setting, now, but=[1, 2])
    make(setting, now)
    plan = found(setting, now).plan
    assert plan is not None
    assert {m for m, _ in plan.planned} == {setting.members[0]}
    assert {lack.pitch_id for lack in plan.lacking} == set(setting.pitches)
    assert plan.lacking[0].why == "Has 1 of 2 judges: only 1 of the 3 on the panel may read it."
    declare_all(setting, now, but=[0])
    assert cards(setting) == set(), "the last to declare sets nothing off"
    make(setting, now)
    assert found(setting, now).plan.lacking == ()  # type: ignore[union-attr]
    assert {sum(m == member for m, _ in pairs(setting, now)) for member in setting.members} == {2, 3}


def test_pinned_pairs_stay_and_little_else_moves(app: Flask, now: datetime) -> None:
    setting = planned(now)
    before, pair = pairs(setting, now), unread(setting, now)
    by_hand(setting, "pin", pair, now)
    after = pairs(setting, now)
    assert pair in after
    assert len(after) == 8
    assert len(before - after) <= 2
    make(setting, now)
    assert pairs(setting, now) == after, "planning again changes nothing"
    by_hand(setting, "let_go", pair, now)
    assert found(setting, now).plan.kinds.get(pair) != PairKind.PINNED  # type: ignore[union-attr]


def test_excluded_pairs_need_a_reason_and_are_kept_apart(app: Flask, now: datetime) -> None:
    setting = planned(now)
    pair = min(pairs(setting, now))
    with pytest.raises(RuleViolation, match="reason"):
        by_hand(setting, "exclude", pair, now, reason="No")
    by_hand(setting, "exclude", pair, now, reason=WHY)
    assert pair not in pairs(setting, now)
    assert len(pairs(setting, now)) == 8
    detail = db.session.scalars(
        select(AuditEntry.detail).where(AuditEntry.action == "judging.plan_exclude")
    ).one()
    assert "report" not in str(detail)
    make(setting, now)
    assert found(setting, now).plan.reasons == {pair: WHY}  # type: ignore[union-attr]


def swappable(setting: Setting, now: datetime) -> tuple[Ids, Ids]:
    have, plan = pairs(setting, now), found(setting, now).plan
    assert plan is not None
    return next(
        (a, b)
        for a in sorted(have)
        for b in sorted(have)
        if a[0] != b[0] and not {(a[0], b[1]), (b[0], a[1])} & (have | plan.excluded)
    )


def exchange(setting: Setting, one: Ids, two: Ids, now: datetime) -> None:
    other = setting.pitch_reference(setting.pitches.index(two[1]))
    by_hand(setting, "swap", one, now, other_pitch=other, other_member=two[0])


def test_two_judges_exchange_and_nothing_else_moves(app: Flask, now: datetime) -> None:
    setting = planned(now)
    before = pairs(setting, now)
    one, two = swappable(setting, now)
    exchange(setting, one, two, now)
    assert pairs(setting, now) == before - {one, two} | {(one[0], two[1]), (two[0], one[1])}
    with pytest.raises(RuleViolation, match=r"Judge . does not read Supplier"):
        exchange(setting, one, two, now)


def test_giving_out_sends_the_plan_and_then_takes_back_only_what_was_not_begun(
    app: Flask, now: datetime
) -> None:
    setting = planned(now)
    give_out(setting, now)
    given = cards(setting)
    assert given == pairs(setting, now)
    assert all(kinds_of_mail(judge).count("judge_cards") == 1 for judge in setting.judges)
    one, two = swappable(setting, now)
    exchange(setting, one, two, now)
    assert cards(setting) == given, "a draft moves no card"
    give_out(setting, now)
    assert cards(setting) == given - {one, two} | {(one[0], two[1]), (two[0], one[1])}
    assert cards(setting, CardState.RELEASED) == {one, two}
    for member, judge in zip(setting.members, setting.judges, strict=True):
        assert ("judge_cards_taken" in kinds_of_mail(judge)) == (member in {one[0], two[0]})
    with pytest.raises(RuleViolation, match="not cleared"):
        by_hand(setting, "pin", one, now)
    member, pitch = min(cards(setting))
    fill(setting, setting.members.index(member), setting.pitches.index(pitch), (3, 3, 3), now, sign=False)
    with pytest.raises(RuleViolation, match="begun"):
        by_hand(setting, "exclude", (member, pitch), now, reason=WHY)


def test_a_card_begun_after_the_preview_is_never_taken_back(app: Flask, now: datetime) -> None:
    setting = planned(now)
    give_out(setting, now)
    given, pair = cards(setting), min(cards(setting))
    by_hand(setting, "exclude", pair, now, reason=WHY)
    fill(
        setting,
        setting.members.index(pair[0]),
        setting.pitches.index(pair[1]),
        (3, 3, 3),
        now,
        sign=False,
    )
    with pytest.raises(RuleViolation, match="changed since"):
        give_out(setting, now)
    assert cards(setting) == given, "all or nothing"
    assert make(setting, now) == 1
    give_out(setting, now)
    assert pair in cards(setting)


def test_a_pair_with_a_conflict_is_never_pinned_nor_given_out(app: Flask, now: datetime) -> None:
    setting = planned(now)
    pair = unread(setting, now)
    by_hand(setting, "pin", pair, now)
    late = min(pairs(setting, now) - {pair})
    for each in (pair, late):
        recuse(setting, each, now, why=WHY)
    assert found(setting, now).effect.barred == {pair, late}  # type: ignore[union-attr]
    with pytest.raises(RuleViolation, match="changed since"):
        give_out(setting, now)
    assert cards(setting) == set()
    assert make(setting, now) == 1
    assert not {pair, late} & pairs(setting, now)
    for each in (pair, late):
        with pytest.raises(RuleViolation, match="not cleared"):
            by_hand(setting, "pin", each, now)
    give_out(setting, now)
    assert cards(setting) == pairs(setting, now)


def test_a_stale_plan_is_neither_changed_nor_given_out(app: Flask, now: datetime) -> None:
    setting = planned(now)
    old, pair = version(setting, now), unread(setting, now)
    by_hand(setting, "pin", pair, now)
    for expected in (old, None):
        with pytest.raises(StaleForm):
            by_hand(setting, "let_go", pair, now, expected_version=expected)
        for act in (operations.give_out, operations.make_plan, operations.throw_away):
            with pytest.raises(StaleForm), transaction():
                act(
                    setting.actor(setting.lead),
                    reference=setting.reference,
                    expected_version=expected,
                    now=now,
                )
    assert pair in pairs(setting, now)


def test_without_the_plan_nothing_goes_out_until_there_is_another(app: Flask, now: datetime) -> None:
    setting = planned(now)
    lead = setting.actor(setting.lead)
    with transaction():
        operations.throw_away(
            lead, reference=setting.reference, expected_version=version(setting, now), now=now
        )
    with transaction():
        assert operations.share_out_now(lead, reference=setting.reference, now=now) == 0
    assert cards(setting) == set()
    make(setting, now)
    give_out(setting, now)
    assert len(cards(setting)) == 8


def test_mallory_neither_plans_nor_gives_out(app: Flask, now: datetime) -> None:
    setting = planned(now)
    people = [(setting.judges[0], NotFound), (setting.suppliers[0], NotFound), (setting.officer, NotAllowed)]
    for person, refusal in people:
        for act in (operations.give_out, operations.make_plan, operations.throw_away):
            with pytest.raises(refusal), transaction():
                act(
                    setting.actor(person),
                    reference=setting.reference,
                    expected_version=version(setting, now),
                    now=now,
                )
    assert cards(setting) == set()


def test_where_every_judge_reads_everything_there_is_nothing_to_plan(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    with pytest.raises(RuleViolation, match="every pitch"):
        make(setting, now)


def test_who_plans_and_judges_decides_nothing_about_a_pitch_in_which_they_declared_an_interest(
    app: Flask, now: datetime
) -> None:
    setting = shared(now, judges=5, each=2)
    lead = builders.a_person("Lou Wharton", Role.LEAD)
    builders.a_panel_member(challenge=setting.challenge, person=lead, invited_by=setting.officer, now=now)
    with transaction():
        operations.declare(
            setting.actor(lead),
            reference=setting.reference,
            interests={setting.pitch_reference(1): "My brother owns this company."},
            now=now,
        )
    declare_all(setting, now)
    with pytest.raises(NotAllowed, match="nobody has decided on it"), transaction():
        operations.make_plan(setting.actor(lead), reference=setting.reference, expected_version=0, now=now)
    make(setting, now)
    found = queries.planning(
        queries.round_of(actor=setting.actor(lead), now=now, reference=setting.reference), now
    )
    assert found.plan is not None
    reader = next(m for m, p in sorted(found.reads) if p == setting.pitches[1])
    for number, refused in ((1, True), (0, False)):
        acting = pytest.raises(NotAllowed) if refused else nullcontext()
        reader = next(m for m, p in sorted(found.reads) if p == setting.pitches[number])
        with acting, transaction():
            operations.exclude(
                setting.actor(lead),
                reference=setting.reference,
                pitch_reference=setting.pitch_reference(number),
                member_id=reader,
                reason="Marks this firm too low.",
                expected_version=found.plan.version,
                now=now,
            )
    with pytest.raises(NotAllowed, match="nobody has decided on it"), transaction():
        operations.give_out(setting.actor(lead), reference=setting.reference, expected_version=None, now=now)
