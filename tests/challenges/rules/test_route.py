"""From five answers to a route, and from the route to what has to be done."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from pitchfest.challenges.rules import (
    Answers,
    Chosen,
    DutyDone,
    Instead,
    Lane,
    Route,
    answer_problems,
    duties_of,
    is_settled,
    needs_confirming,
    open_for,
    publication_obstacles,
    record_problems,
    route_problems,
    route_reason,
    timetable,
    usual_choice,
)
from pitchfest.challenges.rules.duties import DUTIES
from tests.challenges.rows import NOW, a_challenge_row

BUY = Answers(buying=True, value_pence=85_000_00, others=False, instead=Instead.NOTHING, research=False)
GRANT = replace(BUY, buying=False, instead=Instead.GIFT)
NONE = replace(BUY, buying=False, instead=Instead.NO_MONEY, value_pence=0)
WHOLE = replace(a_challenge_row(), budget_pence=85_000_00)


@pytest.mark.parametrize(
    ("answers", "route", "words"),
    [
        (BUY, Route.BELOW_THRESHOLD, "£85,000, VAT included, which is less than £207,720"),
        (replace(BUY, value_pence=207_719_99), Route.BELOW_THRESHOLD, "less than"),
        (replace(BUY, value_pence=207_720_00), Route.COMPETITIVE_FLEXIBLE, "or more"),
        (
            replace(BUY, research=True, others=True, value_pence=900_000_00),
            Route.RESEARCH,
            "not for us alone",
        ),
        (replace(BUY, research=True), Route.BELOW_THRESHOLD, "for us alone"),
        (replace(BUY, others=True), Route.BELOW_THRESHOLD, "less than"),
        (GRANT, Route.GRANT, "not a purchase"),
        (replace(GRANT, research=True, others=True), Route.GRANT, "grant"),
        (replace(GRANT, instead=Instead.PRIZE), Route.PRIZE, "prize"),
        (NONE, Route.NO_MONEY, "No money"),
    ],
)
def test_the_answers_name_the_route_and_say_why(answers, route, words):
    assert answer_problems(answers) == []
    assert Chosen(answers).route == route
    assert words in route_reason(answers)


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        (replace(BUY, instead=Instead.GIFT), "instead"),
        (replace(BUY, value_pence=0), "value_pence"),
        (replace(BUY, buying=False), "instead"),
        (replace(NONE, value_pence=1), "value_pence"),
        (replace(GRANT, value_pence=0), "value_pence"),
    ],
)
def test_answers_that_contradict_each_other_are_refused(answers, field):
    assert [name for _, name in answer_problems(answers)] == [field]


def every_answer():
    yes_no = (True, False)
    values = (0, 29_999_99, 30_000_00, 207_719_99, 207_720_00)
    for parts in itertools.product(yes_no, values, yes_no, Instead, yes_no):
        answers = Answers(*parts)
        if not answer_problems(answers):
            yield answers


def test_each_duty_stands_once_on_each_route_and_value():
    for answers in every_answer():
        keys = [duty.key for duty in duties_of(answers)]
        assert len(keys) == len(set(keys)), answers
    assert {duty.key for a in every_answer() for duty in duties_of(a)} == {duty.key for duty in DUTIES}


@pytest.mark.parametrize(
    ("answers", "before"),
    [
        (replace(BUY, value_pence=29_999_99), []),
        (replace(BUY, value_pence=30_000_00), ["conflicts", "below_threshold_notice"]),
        (
            replace(BUY, value_pence=207_720_00),
            ["market_notice", "conflicts", "policy_statement", "tender_notice"],
        ),
        (GRANT, ["conflicts", "subsidy"]),
        (replace(GRANT, value_pence=1_000_00), ["subsidy"]),
        (NONE, []),
    ],
)
def test_what_is_due_before_publication(answers, before):
    assert [duty.key for duty in duties_of(answers) if duty.is_due_before] == before


def done(key, evidence="2026/S 000-1", because=""):
    return {key: DutyDone(key, evidence, NOW, because)}


def test_the_law_s_own_duties_cannot_be_answered_away():
    for answers in every_answer():
        for duty in duties_of(answers):
            assert is_settled(duty, done(duty.key))
            assert not is_settled(duty, {})
            waved = is_settled(duty, done(duty.key, "", "Nobody asked for it."))
            assert waved == duty.may_be_unneeded
    big = {d.key: d for d in duties_of(replace(BUY, value_pence=207_720_00))}
    assert not big["conflicts"].may_be_unneeded
    assert not big["tender_notice"].may_be_unneeded


NOTICE = next(d for d in DUTIES if d.key == "below_threshold_notice")
SUBSIDY = next(d for d in DUTIES if d.key == "subsidy")


@pytest.mark.parametrize(
    ("duty", "values", "field"),
    [
        (NOTICE, {"evidence": "2026/S 1", "at": NOW}, None),
        (NOTICE, {"evidence": "2026/S 1", "at": NOW + timedelta(seconds=1)}, "at"),
        (NOTICE, {"evidence": "2026/S 1"}, "at"),
        (NOTICE, {"at": NOW}, "evidence"),
        (NOTICE, {"not_needed_because": "It is no bother to anyone."}, "not_needed_because"),
        (SUBSIDY, {"evidence": "It is no subsidy."}, None),
        (SUBSIDY, {"evidence": "Done"}, "evidence"),
        (SUBSIDY, {"not_needed_because": "The winner is no enterprise."}, None),
        (SUBSIDY, {"not_needed_because": "No."}, "not_needed_because"),
        (
            SUBSIDY,
            {"evidence": "It is no subsidy.", "not_needed_because": "And not needed."},
            "not_needed_because",
        ),
    ],
)
def test_a_record_needs_its_evidence(duty, values, field):
    given = {"evidence": "", "at": None, "not_needed_because": "", **values}
    found = record_problems(duty, **given, now=NOW)
    assert [name for _, name in found] == ([field] if field else [])


def settled(answers):
    return {k: v for d in duties_of(answers) if d.is_due_before for k, v in done(d.key).items()}


def messages(challenge, answers, *, confirmed=True, records=None, start=NOW):
    chosen = Chosen(answers, NOW if confirmed else None)
    found = publication_obstacles(challenge, chosen, settled(answers) if records is None else records, start)
    return [o.message for o in found]


def test_publication_waits_for_the_lead_and_for_each_duty():
    assert messages(WHOLE, BUY) == []
    assert messages(WHOLE, BUY, confirmed=False) == ["The procurement lead confirms the route"]
    assert len(messages(WHOLE, BUY, records={})) == 2
    (lacking,) = publication_obstacles(WHOLE, None, {}, NOW)
    assert "five questions" in lacking.message


def test_practice_is_bound_by_nothing():
    practice = replace(WHOLE, practice=True, closes_at=NOW + timedelta(minutes=1))
    assert publication_obstacles(practice, None, {}, NOW) == []
    assert route_problems(practice, None, NOW) == []


def test_a_small_round_counts_as_what_its_budget_says_and_needs_no_yes_below_the_notice():
    small = replace(WHOLE, lane=Lane.SMALL, budget_pence=9_000_00)
    chosen = usual_choice(small)
    assert chosen is not None
    assert (chosen.route, chosen.answers.value_pence) == (Route.BELOW_THRESHOLD, 9_000_00)
    assert not needs_confirming(small.lane, chosen.answers)
    assert publication_obstacles(small, chosen, {}, NOW) == []
    big = replace(small, budget_pence=30_000_00)
    assert len(publication_obstacles(big, usual_choice(big), {}, NOW)) == 3
    free = usual_choice(replace(small, budget_pence=0))
    assert free is not None
    assert free.route == Route.NO_MONEY
    assert usual_choice(WHOLE) is None
    assert usual_choice(replace(small, budget_pence=None)) is None


#: NOW is a Monday; 30 November is a bank holiday in Scotland, so the tenth working day is 8 December.
@pytest.mark.parametrize(
    ("lane", "answers", "closes", "enough"),
    [
        (Lane.FULL, BUY, date(2026, 12, 7), False),
        (Lane.FULL, BUY, date(2026, 12, 8), True),
        (Lane.SMALL, BUY, date(2026, 11, 27), False),
        (Lane.SMALL, BUY, date(2026, 12, 1), True),
        (Lane.FULL, replace(BUY, value_pence=300_000_00), date(2026, 12, 17), False),
        (Lane.FULL, replace(BUY, value_pence=300_000_00), date(2026, 12, 18), True),
        (Lane.SMALL, replace(BUY, value_pence=300_000_00), date(2026, 12, 17), False),
    ],
)
def test_less_time_than_the_route_asks_for_needs_a_reason(lane, answers, closes, enough):
    row = replace(WHOLE, lane=lane, closes_at=datetime(closes.year, closes.month, closes.day, 11, tzinfo=UTC))
    found = messages(row, answers)
    assert found == [] if enough else "are the least" in found[0]
    assert messages(replace(row, short_because="The rain does not wait."), answers) == []
    assert [p.field for p in route_problems(row, Chosen(answers), NOW)] == (
        [] if enough else ["short_because"]
    )


#: It closes at 9am on Friday 11 December: 13 working days after the approver's yes, which was on NOW.
@pytest.mark.parametrize(
    ("start", "agreed_at", "words"),
    [
        (timedelta(days=17, hours=13), NOW, "open for 1 working day, and the approver agreed to 13."),
        (timedelta(days=8), NOW, "open for 8 working days, and the approver agreed to 13."),
        (timedelta(days=3), NOW, ""),  # still the ten that are the least
        (timedelta(days=16), NOW + timedelta(days=16), ""),
        (
            timedelta(days=16),
            NOW + timedelta(days=15),
            "2 working days, and the approver agreed to 3.",
        ),
        (timedelta(days=17, hours=13), None, ""),  # nobody has said yes to it so far
    ],
)
def test_a_reason_lets_it_be_open_for_no_less_than_the_approver_agreed_to(start, agreed_at, words):
    row = replace(WHOLE, short_because="The rain does not wait.")
    found = publication_obstacles(row, Chosen(BUY, NOW), settled(BUY), NOW + start, agreed_at)
    said = [o.message.replace("\u00a0", " ") for o in found]
    assert (words in said[0] and "Pull the challenge back" in said[0]) if words else said == []
    practice = replace(row, practice=True)
    assert publication_obstacles(practice, Chosen(BUY), {}, NOW + start, agreed_at) == []


def test_where_the_law_counts_every_day_so_does_what_the_approver_agreed_to():
    big = replace(BUY, value_pence=300_000_00)
    row = replace(WHOLE, short_because="The rain does not wait.")
    (found,) = publication_obstacles(row, Chosen(big, NOW), settled(big), NOW + timedelta(days=2), NOW)
    assert "open for 16 days, and the approver agreed to 18." in found.message.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("budget", "answers", "fits"),
    [
        (85_000_00, BUY, True),
        (85_000_01, BUY, False),
        (10_000_00, BUY, True),
        (85_000_00, NONE, False),
        (0, NONE, True),
        (0, BUY, False),
        (None, BUY, True),
    ],
)
def test_the_money_of_the_brief_and_of_the_route_agree(budget, answers, fits):
    row = replace(WHOLE, budget_pence=budget, short_because="It is a test of money.")
    assert (route_problems(row, Chosen(answers), NOW) == []) == fits


def none(_year):
    return ()


@pytest.mark.parametrize(
    ("lane", "route", "closes"),
    [
        (Lane.FULL, Route.BELOW_THRESHOLD, date(2026, 12, 28)),
        (Lane.FULL, Route.COMPETITIVE_FLEXIBLE, date(2026, 12, 28)),
        (Lane.SMALL, Route.BELOW_THRESHOLD, date(2026, 12, 14)),
        (Lane.SMALL, Route.COMPETITIVE_FLEXIBLE, date(2026, 12, 25)),
    ],
)
def test_the_timetable_closes_at_eleven_on_a_working_day_late_enough(lane, route, closes):
    dates = timetable(lane, open_for(lane, route), date(2026, 11, 30), none)
    assert dates["closes_at"] == datetime(closes.year, closes.month, closes.day, 11, tzinfo=UTC)
    in_order = [dates[n] for n in ("questions_until", "closes_at", "judging_deadline", "decision_due")]
    assert sorted(filter(None, in_order)) == in_order


def test_the_timetable_keeps_eleven_o_clock_in_summer_and_off_bank_holidays():
    dates = timetable(Lane.FULL, None, date(2026, 7, 31))
    assert dates["closes_at"] == datetime(2026, 9, 1, 10, tzinfo=UTC)  # two August bank holidays in between
