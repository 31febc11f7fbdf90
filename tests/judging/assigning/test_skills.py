"""Skills, limits and days away: what is kept, and what the plan makes of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from pitchfest.audit.models import AuditEntry
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db, transaction
from pitchfest.judging import operations, queries
from pitchfest.judging.models import ChallengeSkill, JudgeAway, JudgeCapacity, JudgeSkill, PitchSkill
from pitchfest.judging.operations.privacy import erase, remove_words
from pitchfest.judging.queries.privacy import erasing, sections
from pitchfest.judging.rules.capacity import Away, Said
from pitchfest.judging.rules.skills import Level
from pitchfest.kernel.clock import LONDON
from pitchfest.kernel.errors import NotAllowed, NotFound, RuleViolation, StaleForm
from tests.judging.assigning.test_plan import cards, found, make, pairs, shared, version
from tests.judging.setting import Setting, a_round, declare_all, plan_and_give_out, recuse

SOME, STRONG = Level.SOME, Level.STRONG


def list_skills(setting: Setting, now: datetime, *names: str, **renamed: str) -> list[int]:
    """Add skills and change others (`s12="Roads"`); the ids of all."""
    with transaction():
        operations.list_skills(
            setting.actor(setting.officer),
            reference=setting.reference,
            renamed={int(key[1:]): name for key, name in renamed.items()},
            added=names,
            now=now,
        )
    db.session.expire_all()
    return [skill.id for skill in queries.skills(setting.challenge)]


def say(
    setting: Setting,
    judge: int,
    now: datetime,
    levels: Mapping[int, Level | None] | None = None,
    *,
    limit: int | None = None,
    away: Sequence[Away | None] = (),
    by: int | None = None,
) -> None:
    """A judge of the round says it of themselves; or somebody for them."""
    with transaction():
        operations.set_capacity(
            setting.actor(by or setting.judges[judge]),
            reference=setting.reference,
            member_id=setting.members[judge] if by else None,
            said=Said(levels or {}, limit, tuple(away)),
            expected_version=queries.capacity(setting.members[judge]).version,
            now=now,
        )


def ask(setting: Setting, asked: Mapping[int, Sequence[int]], now: datetime) -> None:
    """Pitches, by their place, ask for skills; the rest stays."""
    with transaction():
        operations.ask_skills(
            setting.actor(setting.lead),
            reference=setting.reference,
            asked={(setting.pitch_reference(place), s) for place, ids in asked.items() for s in ids},
            seen=(),
            now=now,
        )


def until_scoring_ends(setting: Setting, now: datetime) -> Away:
    """Set the deadline for scores in a week, and be away until then."""
    db.session.execute(update(Challenge).values(judging_deadline=now + timedelta(days=7)))
    db.session.commit()
    today = now.astimezone(LONDON).date()
    return Away(today, today + timedelta(days=7))


def test_pitches_go_to_those_who_know_their_subject(app: Flask, now: datetime) -> None:
    setting = shared(now)
    roads, data = list_skills(setting, now, "Roads", "Data")
    for judge, knows in enumerate(((roads, data), (roads,), (data,), (roads, data))):
        say(setting, judge, now, dict.fromkeys(knows, STRONG))
    ask(setting, {0: [roads], 1: [data], 2: [data], 3: [roads]}, now)
    declare_all(setting, now, but=[3])
    make(setting, now)
    declare_all(setting, now, but=[0, 1, 2])
    with transaction():
        operations.make_plan(
            setting.actor(setting.lead),
            reference=setting.reference,
            expected_version=version(setting, now),
            afresh=True,
            now=now,
        )
    reads = [{p for m, p in pairs(setting, now) if m == member} for member in setting.members]
    p0, p1, p2, p3 = setting.pitches
    assert reads[1:3] == [{p0, p3}, {p1, p2}]
    assert len(pairs(setting, now)) == 8
    assert found(setting, now).expertise.weakest(pairs(setting, now)) == []


def test_the_worst_match_comes_before_the_sum(app: Flask, now: datetime) -> None:
    setting = shared(now, pitches=2, judges=2, each=1)
    roads, data = list_skills(setting, now, "Roads", "Data")
    # together: strong and none, or some and some; the second has no pitch without anyone who knows it
    say(setting, 0, now, {roads: STRONG, data: SOME})
    say(setting, 1, now, {roads: SOME})
    ask(setting, {0: [roads], 1: [data]}, now)
    declare_all(setting, now, but=[1])
    make(setting, now)
    declare_all(setting, now, but=[0])
    make(setting, now)
    with transaction():
        operations.make_plan(
            setting.actor(setting.lead),
            reference=setting.reference,
            expected_version=version(setting, now),
            afresh=True,
            now=now,
        )
    (m0, m1), (p0, p1) = setting.members, setting.pitches
    assert pairs(setting, now) == {(m0, p1), (m1, p0)}


def test_planning_again_moves_little_after_skills_change(app: Flask, now: datetime) -> None:
    setting = shared(now)
    declare_all(setting, now, but=[3])
    make(setting, now)
    declare_all(setting, now, but=[0, 1, 2])
    make(setting, now)
    before = pairs(setting, now)
    (roads,) = list_skills(setting, now, "Roads")
    say(setting, 0, now, {roads: STRONG})
    ask(setting, {0: [roads], 1: [roads]}, now)
    make(setting, now)
    assert pairs(setting, now) == before


def test_a_limit_is_kept_and_what_that_makes_impossible_is_said(app: Flask, now: datetime) -> None:
    setting = shared(now)
    say(setting, 0, now, limit=1)
    declare_all(setting, now, but=[3])
    make(setting, now)
    declare_all(setting, now, but=[0, 1, 2])
    make(setting, now)
    loads = {m: sum(member == m for member, _ in pairs(setting, now)) for m in setting.members}
    assert loads[setting.members[0]] == 1
    assert sum(loads.values()) == 8
    for judge in (1, 2, 3):
        say(setting, judge, now, limit=2)
    make(setting, now)
    plan = found(setting, now).plan
    assert plan is not None
    assert len(plan.planned) == 7
    assert [lack.missing for lack in plan.lacking] == [1]
    assert "nobody who may read it has room left" in plan.lacking[0].why


def test_who_is_away_to_the_end_gets_nothing_and_the_page_can_say_why(app: Flask, now: datetime) -> None:
    setting = shared(now)
    away = until_scoring_ends(setting, now)
    say(setting, 0, now, away=[away])
    say(setting, 1, now, away=[None, Away(away.since, away.since)])
    declare_all(setting, now, but=[3])
    make(setting, now)
    declare_all(setting, now, but=[0, 1, 2])
    make(setting, now)
    assert setting.members[0] not in {member for member, _ in pairs(setting, now)}
    assert len(pairs(setting, now)) == 8
    kept_from = found(setting, now).kept_from
    assert {m for m, _ in kept_from} == {setting.members[0]}
    assert set(kept_from.values()) == {"Is away until scoring ends"}


def test_what_is_given_out_keeps_limits_and_goes_by_skills(app: Flask, now: datetime) -> None:
    setting = shared(now)
    (roads,) = list_skills(setting, now, "Roads")
    say(setting, 0, now, {roads: STRONG}, limit=1)
    ask(setting, {2: [roads]}, now)
    declare_all(setting, now)
    plan_and_give_out(setting, now)
    assert {pitch for member, pitch in cards(setting) if member == setting.members[0]} == {setting.pitches[2]}
    assert len(cards(setting)) == 8


def test_a_list_keeps_what_was_said_when_names_change(app: Flask, now: datetime) -> None:
    setting = a_round(now, state=ChallengeState.OPEN)
    roads, data = list_skills(setting, now, "Roads", " Data  law ", "")
    say(setting, 0, now, {roads: STRONG, data: SOME})
    assert list_skills(setting, now, **{f"s{roads}": "Data law", f"s{data}": "Roads"}) == [roads, data]
    assert [skill.name for skill in queries.skills(setting.challenge)] == ["Data law", "Roads"]
    assert queries.capacity(setting.members[0]).levels == {roads: STRONG, data: SOME}
    assert list_skills(setting, now, **{f"s{data}": ""}) == [roads]
    assert queries.capacity(setting.members[0]).levels == {roads: STRONG}


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (("Roads", "roads "), "there twice"),
        (("x" * 61,), "60 characters"),
        (tuple(f"Skill {n}" for n in range(13)), "at most 12"),
    ],
)
def test_bad_lists_are_refused(app: Flask, now: datetime, names: tuple[str, ...], says: str) -> None:
    setting = a_round(now)
    with pytest.raises(RuleViolation, match=says):
        list_skills(setting, now, *names)
    assert queries.skills(setting.challenge) == ()


def test_two_people_do_not_overwrite_what_is_said_of_a_judge(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    (roads,) = list_skills(setting, now, "Roads")
    say(setting, 0, now, {roads: SOME}, limit=3, by=setting.lead)
    assert queries.capacity(setting.members[0]).changed_by == "Leo Lead"
    with pytest.raises(StaleForm), transaction():
        operations.set_capacity(
            setting.actor(setting.judges[0]),
            reference=setting.reference,
            member_id=None,
            said=Said({roads: STRONG}, None, ()),
            expected_version=0,
            now=now,
        )
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "judging.set_capacity")).one()
    assert entry.actor == f"person:{setting.lead}"
    assert "some" not in str(entry.detail)


def test_pitches_ask_as_changed_and_no_more(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    roads, data = list_skills(setting, now, "Roads", "Data")
    ask(setting, {0: [roads], 1: [data]}, now)
    first = setting.pitch_reference(0)
    with transaction():
        changed = operations.ask_skills(
            setting.actor(setting.lead),
            reference=setting.reference,
            asked={(first, data), ("PF-NONE", roads), (first, 999_999)},
            seen={(first, roads)},
            now=now,
        )
    assert changed == 1
    asked = queries.expertise(setting.challenge).asked
    assert asked == {setting.pitches[0]: {data}, setting.pitches[1]: {data}}, "the other page's tick stays"


def test_mallory_says_nothing_for_others(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    for person, refusal in (
        (setting.judges[1], NotFound),
        (setting.suppliers[0], NotFound),
        (setting.approver, NotAllowed),
    ):
        with pytest.raises(refusal):
            say(setting, 0, now, limit=1, by=person)
    for person in (setting.suppliers[0], setting.officer):
        with pytest.raises(NotFound), transaction():
            operations.set_capacity(
                setting.actor(person),
                reference=setting.reference,
                member_id=None,
                said=Said({}, 1, ()),
                expected_version=0,
                now=now,
            )
    for person, refusal in ((setting.judges[0], NotFound), (setting.officer, NotAllowed)):
        with pytest.raises(refusal), transaction():
            operations.ask_skills(
                setting.actor(person), reference=setting.reference, asked=(), seen=(), now=now
            )
    elsewhere = a_round(now)
    with pytest.raises(NotFound), transaction():
        operations.set_capacity(
            setting.actor(setting.lead),
            reference=setting.reference,
            member_id=elsewhere.members[0],
            said=Said({}, 1, ()),
            expected_version=0,
            now=now,
        )


def test_an_officer_who_is_recused_reads_and_writes_nothing_of_others(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    declare_all(setting, now)
    recuse(setting, (setting.members[0], setting.pitches[0]), now)
    with pytest.raises(NotFound):
        say(setting, 1, now, limit=1, by=setting.judges[0])
    say(setting, 0, now, limit=2)
    assert queries.capacity(setting.members[0]).limit == 2


TABLES = (JudgeSkill, JudgeCapacity, JudgeAway)


def rows(*tables: type) -> list[int]:
    return [db.session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


def told_of(setting: Setting, now: datetime) -> int:
    (roads,) = list_skills(setting, now, "Roads")
    ask(setting, {0: [roads]}, now)
    day = date(2026, 12, 1)
    for judge in (0, 1):
        say(setting, judge, now, {roads: STRONG}, limit=4, away=[Away(day, day)])
    return roads


def test_it_is_in_the_copy_of_ones_data_and_goes_with_the_account(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    told_of(setting, now)
    judge = setting.judges[0]
    copied = {section.title: section.rows for section in sections(judge, now)}
    assert copied["What you know that pitches may ask for"] == ((setting.reference, "Roads", "Strong"),)
    time = copied["How many pitches you take, and when you are away"]
    assert [(row[0], row[1]) for row in time] == [(setting.reference, 4)]
    assert "December" in str(time[0][2])
    assert "What you said of your skills and days away" in erasing(judge, True, now).goes
    with transaction():
        erase(judge, now)
    assert rows(*TABLES) == [1, 1, 1], "the other judge's stay"


def test_it_goes_with_a_judge_who_is_removed_and_with_a_pitchs_words(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    told_of(setting, now)
    with transaction():
        operations.remove(
            setting.actor(setting.officer),
            reference=setting.reference,
            member_id=setting.members[1],
            now=now,
        )
    assert rows(*TABLES) == [1, 1, 1]
    with transaction():
        remove_words(setting.pitches[0], now)
    assert rows(PitchSkill, ChallengeSkill) == [0, 1]


def test_nothing_of_it_outlives_a_practice_challenge(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    told_of(setting, now)
    with transaction():
        operations.discard(setting.challenge)
    assert rows(*TABLES, PitchSkill, ChallengeSkill) == [0] * 5
