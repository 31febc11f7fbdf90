"""What new dates must be, and while which of them is waited for."""

from datetime import UTC, datetime, timedelta

import pytest

from pitchfest.challenges.rules import ChallengeState, DueDate, awaited, delay_problems

NOW = datetime(2026, 12, 7, 9, tzinfo=UTC)
DAY = timedelta(days=1)
REASON = "Two judges fell ill on Thursday."
JUDGING, DECISION = DueDate.JUDGING, DueDate.DECISION
#: The judges were to finish on Friday; the decision is due in a week.
WAS = {JUDGING: NOW - 3 * DAY, DECISION: NOW + 7 * DAY}
S = ChallengeState


@pytest.mark.parametrize("state", S)
def test_judges_are_waited_for_until_scoring_is_closed_and_the_decision_until_the_letters(state):
    judged = state in {S.CLOSED, S.ELIGIBILITY, S.JUDGING}
    decided = judged or state in {S.MODERATION, S.SHORTLISTED, S.PITCHING, S.RECOMMENDED, S.DECIDED}
    assert awaited(state) == [JUDGING] * judged + [DECISION] * decided


@pytest.mark.parametrize(
    ("later", "fields"),
    [
        ({JUDGING: NOW + 2 * DAY}, []),
        ({JUDGING: NOW + 7 * DAY}, []),
        ({JUDGING: NOW + timedelta(seconds=1)}, []),
        ({JUDGING: NOW}, ["judging_deadline"]),
        ({JUDGING: NOW - 3 * DAY}, ["judging_deadline"]),
        ({JUDGING: NOW + 7 * DAY + timedelta(seconds=1)}, ["decision_due"]),
        ({JUDGING: NOW + 9 * DAY, DECISION: NOW + 8 * DAY}, ["decision_due"]),
        ({JUDGING: NOW + 9 * DAY, DECISION: NOW + 9 * DAY}, []),
        ({JUDGING: NOW + 367 * DAY, DECISION: NOW + 367 * DAY}, ["judging_deadline", "decision_due"]),
        ({JUDGING: NOW + 2 * DAY, DECISION: NOW + 7 * DAY}, ["decision_due"]),
        ({DECISION: NOW + 8 * DAY}, []),
        ({DECISION: NOW + 7 * DAY}, ["decision_due"]),
        ({}, ["decision_due"]),
    ],
)
def test_each_is_to_come_and_later_than_before_and_judges_finish_before_the_decision(later, fields):
    assert [field for _, field in delay_problems(WAS, later, reason=REASON, now=NOW)] == fields
    assert [field for _, field in delay_problems(WAS, later, reason="Ill.", now=NOW)] == [*fields, "reason"]


def test_whoever_gives_the_judges_longer_than_the_decision_reads_what_to_do():
    [(words, _)] = delay_problems(WAS, {JUDGING: NOW + 9 * DAY}, reason=REASON, now=NOW)
    assert words.replace("\u00a0", " ") == (
        "The judges finish at 9am on Wednesday 16 December 2026. Give the decision a later date too"
    )


def test_judges_who_have_finished_get_no_new_date():
    decision_only = {DECISION: WAS[DECISION]}
    later = {JUDGING: NOW + DAY, DECISION: NOW + 8 * DAY}
    [(words, field)] = delay_problems(decision_only, later, reason=REASON, now=NOW)
    assert ("have finished" in words, field) == (True, "judging_deadline")


def test_a_date_that_was_never_given_only_has_to_come():
    assert delay_problems({DECISION: None}, {DECISION: NOW + DAY}, reason=REASON, now=NOW) == []
    assert delay_problems({**WAS, DECISION: None}, {JUDGING: NOW + DAY}, reason=REASON, now=NOW) == []
