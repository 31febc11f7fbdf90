"""What the route asks for once a challenge is published: how each duty stands, and why. Pure.

Nothing here is ticked off. Letters are done when they were sent, working days when they have passed,
and a notice when its reference is recorded, dated when its time had come.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from pitchfest.challenges.rules.duties import (
    Due,
    Duty,
    DutyDone,
    Evidence,
    duties_of,
    is_settled,
)
from pitchfest.challenges.rules.lifecycle import UNPUBLISHED, ChallengeState
from pitchfest.challenges.rules.parts import ChallengeRow
from pitchfest.challenges.rules.route import Chosen
from pitchfest.kernel.calendar import Holidays, add_working_days, uk_bank_holidays
from pitchfest.kernel.clock import LONDON, from_london, say_day, say_moment

#: Procurement Act 2023, section 51. Where only our own rule asks for a standstill, it is as long.
STANDSTILL_DAYS = 8


def standstill_ends(first: date, holidays: Holidays = uk_bank_holidays) -> date:
    """The last of the 8 working days that begin with `first`, or with the next one where it is none."""
    return add_working_days(first - timedelta(days=1), STANDSTILL_DAYS, holidays)


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

    `since`: from when on it can be recorded; None while nobody knows, or where nobody records it.
    """

    duty: Duty
    stands: Stands
    why: str
    since: datetime | None = None

    @property
    def may_be_recorded(self) -> bool:
        """Whether its time has come, and somebody records it or may say that it is not needed."""
        recorded = self.duty.has_evidence or self.duty.may_be_unneeded
        return recorded and self.since is not None and self.stands != Stands.WAITS


def steps_after(
    challenge: ChallengeRow, chosen: Chosen | None, done: Mapping[str, DutyDone], now: datetime
) -> list[Step]:
    """The duties after publication in their order; none in practice, before publication, or once it was
    cancelled. Where no pitch won there is nothing to award, so only the letters are left.
    """
    if chosen is None or challenge.practice or challenge.effective in _NOTHING_FOLLOWS:
        return []
    duties = [duty for duty in duties_of(chosen.answers) if not duty.is_due_before]
    if challenge.effective == ChallengeState.UNSUCCESSFUL:
        duties = [duty for duty in duties if duty.evidence == Evidence.LETTERS]
    return list(_steps(challenge, duties, done, now))


_NOTHING_FOLLOWS = UNPUBLISHED | {ChallengeState.CANCELLED}


def next_step(steps: Sequence[Step]) -> Step | None:
    """What to do next, else what runs, else what waits; None where nothing is left."""
    order = (Stands.DUE, Stands.RUNS, Stands.WAITS)
    return next((step for stands in order for step in steps if step.stands == stands), None)


def _steps(
    challenge: ChallengeRow, duties: Sequence[Duty], done: Mapping[str, DutyDone], now: datetime
) -> Iterator[Step]:
    released = challenge.released_at
    last = _last_day(duties, done, released)
    free = _free_from(duties, done, released, last)
    for duty in duties:
        if duty.evidence == Evidence.LETTERS:
            yield _letters(duty, challenge)
        elif duty.evidence == Evidence.DAYS:
            yield _standstill(duty, done, released, last, now)
        else:
            yield _recorded(duty, done, released if duty.due == Due.LETTERS else free, now)


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


def _letters(duty: Duty, challenge: ChallengeRow) -> Step:
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
    )


def _recorded(duty: Duty, done: Mapping[str, DutyDone], since: datetime | None, now: datetime) -> Step:
    of_letters = duty.due == Due.LETTERS
    if since is None:
        first = "letters come first, and they are not out yet"
        why = f"The {first if of_letters else 'standstill comes first, and it has not begun'}."
        return Step(duty, Stands.WAITS, why)
    if now < since:
        why = f"The standstill comes first. Nothing can be signed before {say_day(since)}."
        return Step(duty, Stands.WAITS, why, since)
    if is_settled(duty, done) and (record := done[duty.key]).at >= since:
        return Step(duty, Stands.DONE if record.evidence else Stands.UNNEEDED, "", since)
    out, free = say_moment(since), say_day(since)
    why = f"Every letter went out at {out}." if of_letters else f"A contract can be signed since {free}."
    return Step(duty, Stands.DUE, why, since)


def closed_because(challenge: ChallengeRow, duty: Duty, step: Step | None) -> str:
    """Why nothing can be recorded of a duty now, or "". `step`: how it stands after publication."""
    if duty.is_due_before:
        is_past = challenge.effective not in UNPUBLISHED
        return "It is published, so what was due before stays as it is." if is_past else ""
    if step is None:
        return _NOT_THERE.get(challenge.effective, "It comes after publication, once the letters are out.")
    if step.stands == Stands.WAITS:
        return step.why
    return "" if step.may_be_recorded else f"Nobody records this. {step.why}"


_NOT_THERE = {
    ChallengeState.UNSUCCESSFUL: "No pitch won, so there is nothing to award.",
    ChallengeState.CANCELLED: "It was cancelled, so nothing follows from it.",
}


def date_problems(step: Step | None, *, at: datetime | None) -> list[tuple[str, str]]:
    """What is wrong with when a notice was published that is due after publication: (message, field)."""
    if step is None or step.since is None or at is None or at >= step.since.replace(second=0, microsecond=0):
        return []
    first = "the letters went out" if step.duty.due == Due.LETTERS else "a contract could be signed"
    return [(f"Enter {say_moment(step.since)} or later, which is when {first}", "at")]
