"""What the route asks for after publication: when each duty's time comes, and the standstill."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from pitchfest.challenges.rules import (
    Answers,
    ChallengeState,
    Chosen,
    DutyDone,
    Instead,
    Stands,
    closed_because,
    date_problems,
    duties_of,
    keeps_result,
    next_step,
    standstill_ends,
    steps_after,
)
from pitchfest.challenges.rules.duties import DUTIES, Due
from tests.challenges.rows import a_challenge_row

S = ChallengeState
BUY = Answers(buying=True, value_pence=85_000_00, others=False, instead=Instead.NOTHING, research=False)
BIG = replace(BUY, value_pence=300_000_00)
GRANT = replace(BUY, buying=False, instead=Instead.GIFT)
PRIZE = replace(GRANT, instead=Instead.PRIZE)
#: A Thursday afternoon.
RELEASED = datetime(2026, 11, 19, 14, tzinfo=UTC)
NOTICE = DutyDone("award_notice", "2026/S 000-1", datetime(2026, 11, 20, 9, tzinfo=UTC), "")
AWARDED = replace(a_challenge_row(), state=S.AWARDED, effective=S.AWARDED, released_at=RELEASED)


@pytest.mark.parametrize(
    ("notice", "ends"),
    [
        (date(2026, 11, 20), date(2026, 12, 2)),  # St Andrew's Day is a holiday in Scotland
        (date(2026, 12, 14), date(2026, 12, 23)),
        (date(2026, 8, 19), date(2026, 8, 28)),
        (date(2026, 12, 17), date(2026, 12, 30)),  # over Christmas, and Boxing Day's substitute
        (date(2026, 11, 21), date(2026, 12, 3)),  # a Saturday: Monday is the first day
        (date(2026, 11, 30), date(2026, 12, 10)),  # a holiday itself
    ],
)
def test_the_standstill_is_eight_working_days_with_the_day_of_the_notice(notice, ends):
    assert standstill_ends(notice) == ends


def test_a_holiday_in_one_part_of_the_country_is_what_makes_the_difference():
    assert standstill_ends(date(2026, 11, 20), lambda _year: ()) == date(2026, 12, 1)


def stand(challenge, answers, now, *records):
    done = {record.key: record for record in records}
    return {s.duty.key: s for s in steps_after(challenge, Chosen(answers), done, now)}


def how(challenge, answers, now, *records):
    return {key: step.stands for key, step in stand(challenge, answers, now, *records).items()}


def test_from_the_decision_to_the_contract_details_each_duty_waits_for_the_one_before():
    judging, decided = (replace(AWARDED, effective=s, released_at=None) for s in (S.JUDGING, S.DECIDED))
    waits = dict.fromkeys(("letters", "award_notice", "standstill", "details_notice"), Stands.WAITS)
    assert how(judging, BIG, RELEASED) == waits
    assert how(decided, BIG, RELEASED) == {**waits, "letters": Stands.DUE}
    out = {**waits, "letters": Stands.DONE}
    assert how(AWARDED, BIG, RELEASED) == {**out, "award_notice": Stands.DUE}
    noticed = {**out, "award_notice": Stands.DONE}
    for day in (datetime(2026, 11, 20, 10, tzinfo=UTC), datetime(2026, 12, 2, 23, 59, tzinfo=UTC)):
        assert how(AWARDED, BIG, day, NOTICE) == {**noticed, "standstill": Stands.RUNS}
    after = datetime(2026, 12, 3, 0, 0, tzinfo=UTC)
    free = {**noticed, "standstill": Stands.DONE, "details_notice": Stands.DUE}
    assert how(AWARDED, BIG, after, NOTICE) == free
    signed = DutyDone("details_notice", "2026/S 000-2", after, "")
    last = stand(AWARDED, BIG, after, NOTICE, signed)
    assert last["details_notice"].stands == Stands.DONE
    assert next_step(list(last.values())) is None


def test_the_last_day_is_said_in_words():
    found = stand(AWARDED, BIG, NOTICE.at, NOTICE)["standstill"]
    assert "Its last day is Wednesday 2 December 2026" in found.why.replace("\u00a0", " ")
    assert "nothing can be signed before Thursday 3 December 2026" in found.why.replace("\u00a0", " ")


def test_a_notice_dated_before_the_letters_counts_for_nothing():
    early = replace(NOTICE, at=RELEASED - timedelta(seconds=1))
    found = stand(AWARDED, BIG, NOTICE.at, early)
    assert (found["award_notice"].stands, found["standstill"].stands) == (Stands.DUE, Stands.WAITS)
    [(words, field)] = date_problems(found["award_notice"], at=early.at)
    assert field == "at"
    assert "when the letters went out" in words
    assert date_problems(found["award_notice"], at=RELEASED) == []


def test_a_later_award_notice_makes_the_contract_details_wait_again():
    details = DutyDone("details_notice", "2026/S 000-2", datetime(2026, 12, 3, 9, tzinfo=UTC), "")
    now = datetime(2026, 12, 4, 9, tzinfo=UTC)
    assert how(AWARDED, BIG, now, NOTICE, details)["details_notice"] == Stands.DONE
    anew = replace(NOTICE, at=datetime(2026, 11, 24, 9, tzinfo=UTC))
    assert how(AWARDED, BIG, now, anew, details)["details_notice"] == Stands.WAITS


def test_our_own_standstill_counts_from_the_letters_and_can_be_left_out_with_a_reason():
    found = stand(AWARDED, BUY, RELEASED)
    assert "Monday 30" not in found["standstill"].why
    assert "Tuesday 1 December 2026" in found["standstill"].why.replace("\u00a0", " ")
    assert found["standstill"].may_be_recorded
    assert found["details_notice"].stands == Stands.WAITS
    because = DutyDone("standstill", "", RELEASED, "Only one supplier pitched.")
    left_out = stand(AWARDED, BUY, RELEASED, because)
    assert left_out["standstill"].stands == Stands.UNNEEDED
    assert left_out["details_notice"].stands == Stands.DUE


def test_the_law_s_standstill_and_the_letters_are_recorded_by_nobody():
    waved = DutyDone("standstill", "", NOTICE.at, "We would rather not.")
    found = stand(AWARDED, BIG, NOTICE.at, NOTICE, waved)
    assert found["standstill"].stands == Stands.RUNS
    for key in ("standstill", "letters"):
        assert "Nobody records this" in closed_because(AWARDED, found[key].duty, found[key])


def test_a_grant_is_confirmed_while_its_standstill_runs():
    found = stand(AWARDED, GRANT, RELEASED)
    first = next_step(list(found.values()))
    assert first is not None
    assert first.duty.key == "subsidy_confirmation"


@pytest.mark.parametrize("answers", [BUY, GRANT, PRIZE])
def test_without_a_winner_there_are_only_the_letters_and_after_cancelling_nothing(answers):
    ended = replace(AWARDED, effective=S.UNSUCCESSFUL)
    assert list(how(ended, answers, RELEASED)) == ["letters"]
    cancelled = replace(AWARDED, effective=S.CANCELLED, released_at=None)
    assert how(cancelled, answers, RELEASED) == {}
    duty = next(duty for duty in duties_of(BIG) if duty.key == "award_notice")
    assert closed_because(ended, duty, None) == "No pitch won, so there is nothing to award."
    assert "cancelled" in closed_because(cancelled, duty, None)


def test_after_a_tender_notice_an_end_without_an_award_asks_for_the_termination_notice():
    ended = replace(AWARDED, effective=S.UNSUCCESSFUL)
    assert how(ended, BIG, RELEASED) == {"letters": Stands.DONE, "termination_notice": Stands.DUE}
    cancelled = replace(AWARDED, effective=S.CANCELLED, released_at=None, state_since=RELEASED)
    step = stand(cancelled, BIG, RELEASED)["termination_notice"]
    assert (step.stands, step.since) == (Stands.DUE, RELEASED)
    assert "told that nothing is awarded" in date_problems(step, at=RELEASED - timedelta(days=1))[0][0]
    unneeded = DutyDone("termination_notice", "", RELEASED, "Another authority goes on with it.")
    assert how(cancelled, BIG, RELEASED, unneeded) == {"termination_notice": Stands.UNNEEDED}
    assert "termination_notice" not in how(AWARDED, BIG, RELEASED)
    assert "only if nothing is awarded" in closed_because(AWARDED, step.duty, None)


@pytest.mark.parametrize("answers", [BUY, BIG, GRANT, PRIZE])
def test_every_route_ends_with_letters_and_nothing_binds_practice_or_a_draft(answers):
    assert next(iter(how(AWARDED, answers, RELEASED))) == "letters"
    assert how(replace(AWARDED, practice=True), answers, RELEASED) == {}
    assert how(replace(AWARDED, effective=S.APPROVED, released_at=None), answers, RELEASED) == {}
    assert steps_after(AWARDED, None, {}, RELEASED) == []


def test_what_was_due_before_publication_stays_once_it_is_published():
    before = [duty for duty in DUTIES if duty.due == Due.BEFORE_PUBLICATION]
    draft = replace(AWARDED, effective=S.APPROVED)
    for duty in before:
        assert "stays as it is" in closed_because(AWARDED, duty, None)
        assert closed_because(draft, duty, None) == ""


@pytest.mark.parametrize(
    ("answers", "budget", "stays"),
    [
        (BUY, 95_000_00, True),
        (BUY, 207_720_00, False),
        (BUY, 10_000_00, True),
        (BUY, 0, False),
        (BUY, None, True),
        (replace(BUY, value_pence=20_000_00), 30_000_00, False),
        (replace(BUY, buying=False, instead=Instead.NO_MONEY, value_pence=0), 1, False),
        (replace(BUY, buying=False, instead=Instead.NO_MONEY, value_pence=0), 0, True),
    ],
)
def test_a_corrected_budget_keeps_the_route_or_is_refused(answers, budget, stays):
    assert keeps_result(answers, budget) == stays
