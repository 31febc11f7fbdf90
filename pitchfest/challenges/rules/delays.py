"""Published dates that come later than was said: until when each is waited for, and its new date. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from pitchfest.challenges.rules.extension import REASON_WORDS, SAY_WHY
from pitchfest.challenges.rules.lifecycle import BEFORE_RELEASE, ChallengeState
from pitchfest.kernel.clock import say_moment
from pitchfest.kernel.text import count_words


class DueDate(StrEnum):
    """A published date that can come later after pitches have closed, in the order of the timetable."""

    JUDGING = "judging"
    DECISION = "decision"


#: Date → its column of the challenge.
DUE_COLUMNS = {DueDate.JUDGING: "judging_deadline", DueDate.DECISION: "decision_due"}
#: Date → the states in which suppliers wait for what was to happen by then.
AWAITED_IN = {
    DueDate.JUDGING: frozenset({ChallengeState.CLOSED, ChallengeState.ELIGIBILITY, ChallengeState.JUDGING}),
    DueDate.DECISION: BEFORE_RELEASE - {ChallengeState.OPEN},
}
#: Date → what everyone reads when it comes later.
COMES_LATER = {
    DueDate.JUDGING: "The judges finish later",
    DueDate.DECISION: "The decision comes later",
}
#: A new date lies at most so far ahead.
FURTHEST = timedelta(days=366)


def awaited(state: ChallengeState) -> list[DueDate]:
    """The dates that can come later in this state."""
    return [what for what in DueDate if state in AWAITED_IN[what]]


def delay_problems(
    was_due: Mapping[DueDate, datetime | None],
    later: Mapping[DueDate, datetime],
    *,
    reason: str,
    now: datetime,
) -> list[tuple[str, str]]:
    """What is wrong with new dates in place of those that are waited for: (message, field)."""
    problems = []
    for what, due in later.items():
        before, field = was_due.get(what), DUE_COLUMNS[what]
        if what not in was_due:
            problems.append(("The judges have finished. Only the decision can come later", field))
        elif due <= now or (before is not None and due <= before):
            problems.append(("Give a date that is still to come and later than the one before", field))
        elif due > now + FURTHEST:
            problems.append(("Give a date within a year", field))
    if not later:
        problems.append(("Give a date that is later than the one before", DUE_COLUMNS[DueDate.DECISION]))
    elif not problems:
        problems += _order_problems({**was_due, **later})
    if count_words(reason) < REASON_WORDS:
        problems.append((SAY_WHY, "reason"))
    return problems


def _order_problems(dates: Mapping[DueDate, datetime | None]) -> list[tuple[str, str]]:
    judged, decided = dates.get(DueDate.JUDGING), dates.get(DueDate.DECISION)
    if judged is None or decided is None or judged <= decided:
        return []
    words = f"The judges finish at {say_moment(judged)}. Give the decision a later date too"
    return [(words, DUE_COLUMNS[DueDate.DECISION])]
