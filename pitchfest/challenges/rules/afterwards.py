"""What the route asks for once a challenge is published: how each duty stands, and why. Pure.

Nothing here is ticked off. Letters are done when they were sent, working days when they have passed,
and a notice when its reference is recorded, dated when its time had come.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Protocol

from pitchfest.challenges.rules.duties import (
    Due,
    Duty,
    DutyDone,
    Evidence,
    duties_of,
    is_settled,
)
from pitchfest.challenges.rules.lifecycle import UNPUBLISHED, ChallengeState
from pitchfest.challenges.rules.route import Chosen
from pitchfest.kernel.calendar import Holidays, add_working_days, uk_bank_holidays
from pitchfest.kernel.clock import LONDON, from_london, say_day, say_moment

#: Procurement Act 2023, section 51. Where only our own rule asks for a standstill, it is as long.
STANDSTILL_DAYS = 8


def standstill_ends(first: date, holidays: Holidays = uk_bank_holidays) -> date:
    """The last of the 8 working days that begin with `first`, or with the next one where it is none."""
    return add_working_days(first - timedelta(days=1), STANDSTILL_DAYS, holidays)


class Published(Protocol):
    """What is asked of a challenge here; `state_since` is the moment of cancelling where it is cancelled."""

    @property
    def practice(self) -> bool: ...

    @property
    def effective(self) -> ChallengeState: ...

    @property
    def state_since(self) -> datetime: ...

    @property
    def released_at(self) -> datetime | None: ...


class Stands(StrEnum):
    """How a duty after publication stands."""

    WAITS = "waits"
    DUE = "due"
    RUNS = "runs"
    DONE = "done"
    UNNEEDED = "unneeded"


@dataclass(frozen=True, slots=True)
class Step:
    """One duty after publication: how it stands, and why in plain words ("" where its record says it).

    `since`: from when on it can be recorded; None while nobody knows, or where nobody records it. `by`: its
    last day, where it is due or runs and has one.
    """

    duty: Duty
    stands: Stands
    why: str
    since: datetime | None = None
    by: date | None = None

    @property
    def may_be_recorded(self) -> bool:
        """Whether its time has come, and somebody records it or may say that it is not needed."""
        recorded = self.duty.has_evidence or self.duty.may_be_unneeded
        return recorded and self.since is not None and self.stands != Stands.WAITS


def steps_after(
    challenge: Published, chosen: Chosen | None, done: Mapping[str, DutyDone], now: datetime
) -> list[Step]:
    """The duties after publication in their order; none in practice or before publication. Where nothing is
    awarded, what an award asks for falls away, and what such an end asks for comes up.
    """
    if chosen is None or challenge.practice or challenge.effective in UNPUBLISHED:
        return []
    times = _TIMES_AT_AN_END.get(challenge.effective, frozenset(Due) - {Due.BEFORE_PUBLICATION, Due.ENDED})
    duties = [duty for duty in duties_of(chosen.answers) if duty.due in times]
    return list(_steps(challenge, duties, done, now))


#: End without an award → the times whose duties are left.
_TIMES_AT_AN_END: dict[ChallengeState, frozenset[Due]] = {
    ChallengeState.CANCELLED: frozenset({Due.ENDED}),
    ChallengeState.UNSUCCESSFUL: frozenset({Due.DECIDED, Due.ENDED}),
}


def asked_at_the_end(challenge: Published, chosen: Chosen | None) -> list[Duty]:
    """What the route will ask for if nothing is awarded."""
    if chosen is None or challenge.practice:
        return []
    return [duty for duty in duties_of(chosen.answers) if duty.due == Due.ENDED]


def next_step(steps: Sequence[Step]) -> Step | None:
    """What to do next, else what runs, else what waits; None where nothing is left."""
    order = (Stands.DUE, Stands.RUNS, Stands.WAITS)
    return next((step for stands in order for step in steps if step.stands == stands), None)


def _steps(
    challenge: Published, duties: Sequence[Duty], done: Mapping[str, DutyDone], now: datetime
) -> Iterator[Step]:
    released = challenge.released_at
    last = _last_day(duties, done, released)
    cancelled = challenge.effective == ChallengeState.CANCELLED
    begins = {
        Due.LETTERS: released,
        Due.STANDSTILL: _free_from(duties, done, released, last),
        Due.ENDED: challenge.state_since if cancelled else released,
    }
    for duty in duties:
        if duty.evidence == Evidence.LETTERS:
            yield _letters(duty, challenge)
        elif duty.evidence == Evidence.DAYS:
            yield _standstill(duty, done, released, last, now)
        else:
            yield _recorded(duty, done, begins[duty.due], now)


def _last_day(duties: Sequence[Duty], done: Mapping[str, DutyDone], released: datetime | None) -> date | None:
    """The last day of the standstill: it begins with the award notice where there is to be one, else
    with the letters. None while it has not begun.
    """
    begins = released
    if any(duty.key == "award_notice" for duty in duties):
        notice = done.get("award_notice")
        told = notice is not None and released is not None and notice.at >= released
        begins = notice.at if notice and told else None
    return standstill_ends(begins.astimezone(LONDON).date()) if begins else None


def _free_from(
    duties: Sequence[Duty], done: Mapping[str, DutyDone], released: datetime | None, last: date | None
) -> datetime | None:
    """From when on a contract can be signed: the day after the standstill. None while nobody knows."""
    waits = [d for d in duties if d.evidence == Evidence.DAYS and not is_settled(d, done)]
    if not waits:
        return released
    return from_london(last + timedelta(days=1), time()) if released and last else None


def _letters(duty: Duty, challenge: Published) -> Step:
    if challenge.released_at is not None:
        return Step(duty, Stands.DONE, f"Every letter went out at {say_moment(challenge.released_at)}.")
    if challenge.effective == ChallengeState.DECIDED:
        return Step(duty, Stands.DUE, "The decision is recorded. Two people release the letters.")
    return Step(duty, Stands.WAITS, "The letters follow the decision.")


def _standstill(
    duty: Duty, done: Mapping[str, DutyDone], released: datetime | None, last: date | None, now: datetime
) -> Step:
    if is_settled(duty, done):
        return Step(duty, Stands.UNNEEDED, "", released)
    if last is None:
        begins = "letters" if duty.may_be_unneeded else "award notice, which nobody has recorded yet"
        return Step(duty, Stands.WAITS, f"It begins with the day of the {begins}.")
    if now.astimezone(LONDON).date() > last:
        return Step(duty, Stands.DONE, f"It ended with {say_day(last)}.")
    signed = say_day(last + timedelta(days=1))
    return Step(
        duty,
        Stands.RUNS,
        f"Its last day is {say_day(last)}, so nothing can be signed before {signed}. A bank holiday in"
        " any part of the United Kingdom is not counted.",
        released,
        last,
    )


def _recorded(duty: Duty, done: Mapping[str, DutyDone], since: datetime | None, now: datetime) -> Step:
    if since is None:
        first = "letters come first, and they are not out yet"
        why = f"The {first if duty.due == Due.LETTERS else 'standstill comes first, and it has not begun'}."
        return Step(duty, Stands.WAITS, why)
    if now < since:
        why = f"The standstill comes first. Nothing can be signed before {say_day(since)}."
        return Step(duty, Stands.WAITS, why, since)
    if is_settled(duty, done) and (record := done[duty.key]).at >= since:
        return Step(duty, Stands.DONE if record.evidence else Stands.UNNEEDED, "", since)
    why = _BEGAN[duty.due][1].format(moment=say_moment(since), day=say_day(since))
    if not duty.days:
        return Step(duty, Stands.DUE, why, since)
    by = since.astimezone(LONDON).date() + timedelta(days=duty.days)
    return Step(duty, Stands.DUE, f"{why} If that was the day, this is due by {say_day(by)}.", since, by)


#: When a duty's time comes → what that moment is, and a sentence about it.
_BEGAN: dict[Due, tuple[str, str]] = {
    Due.LETTERS: ("the letters went out", "Every letter went out at {moment}."),
    Due.STANDSTILL: ("a contract could be signed", "A contract can be signed since {day}."),
    Due.ENDED: ("everyone was told that nothing is awarded", "Everyone was told at {moment}."),
}


def closed_because(challenge: Published, duty: Duty, step: Step | None) -> str:
    """Why nothing can be recorded of a duty now, or "". `step`: how it stands after publication."""
    if duty.is_due_before:
        is_past = challenge.effective not in UNPUBLISHED
        return "It is published, so what was due before stays as it is." if is_past else ""
    if step is None and duty.due == Due.ENDED:
        return "It is asked for only if nothing is awarded."
    if step is None:
        return _NOT_THERE.get(challenge.effective, "It comes after publication, once the letters are out.")
    if step.stands == Stands.WAITS:
        return step.why
    return "" if step.may_be_recorded else f"Nobody records this. {step.why}"


_NOT_THERE = {
    ChallengeState.UNSUCCESSFUL: "No pitch won, so there is nothing to award.",
    ChallengeState.CANCELLED: "It was cancelled, so there is nothing to award.",
}


def date_problems(step: Step | None, *, at: datetime | None) -> list[tuple[str, str]]:
    """What is wrong with when a notice was published that is due after publication: (message, field)."""
    if step is None or step.since is None or at is None or at >= step.since.replace(second=0, microsecond=0):
        return []
    first = _BEGAN[step.duty.due][0]
    return [(f"Enter {say_moment(step.since)} or later, which is when {first}", "at")]
