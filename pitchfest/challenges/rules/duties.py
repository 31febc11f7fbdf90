"""What each route asks for, from which value on: one literal table, each line with its source. Pure.

Nobody can tick a duty away: it is done, with its evidence, or where the table allows it the
procurement lead says why it is not needed. "Not checked" means that nobody has read it up in the
law's own text yet; the page says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from pitchfest.challenges.rules.lifecycle import Lane
from pitchfest.challenges.rules.route import CHECKED, NOTICE, Answers, Route, route_of
from pitchfest.kernel.calendar import Holidays, uk_bank_holidays, working_days_between
from pitchfest.kernel.clock import LONDON
from pitchfest.kernel.text import count_words, plural


class Evidence(StrEnum):
    """What shows that a duty is done."""

    #: A notice elsewhere: its reference, and when it was published.
    NOTICE = "notice"
    #: The procurement lead's own words.
    STATEMENT = "statement"
    #: The letters that Pitchfest itself sent: nobody records them.
    LETTERS = "letters"
    #: Working days that pass: nobody can hurry them.
    DAYS = "days"


class Due(StrEnum):
    """When a duty's time comes."""

    BEFORE_PUBLICATION = "before_publication"
    #: Once the decision is recorded.
    DECIDED = "decided"
    #: Once every supplier has its letter.
    LETTERS = "letters"
    #: Once the standstill is over, and a contract can be signed.
    STANDSTILL = "standstill"
    #: Once nothing will be awarded: it was cancelled, or letters told that no pitch won.
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Duty:
    """One line of the table. `from_pence`: from which value on, VAT included. `days`: of the calendar,
    within which it is done once its time has come; 0 where no number is given, so as soon as it can be.
    """

    key: str
    what: str
    hint: str
    routes: frozenset[Route]
    evidence: Evidence
    source: str
    from_pence: int = 0
    may_be_unneeded: bool = False
    checked: date | None = CHECKED
    due: Due = Due.BEFORE_PUBLICATION
    days: int = 0

    @property
    def is_due_before(self) -> bool:
        """Whether it is due before the challenge is published."""
        return self.due == Due.BEFORE_PUBLICATION

    @property
    def has_evidence(self) -> bool:
        """Whether somebody writes down that it is done; the rest happens in Pitchfest, or by the days."""
        return self.evidence in {Evidence.NOTICE, Evidence.STATEMENT}


_OUR_POLICY = "Our own rule, not a law"
_COMPETITIVE = frozenset({Route.COMPETITIVE_FLEXIBLE})
_BELOW = frozenset({Route.BELOW_THRESHOLD})
_GRANT = frozenset({Route.GRANT})
_CONFLICTS = "Write down who may have an interest, and what is done about it"
_CONFLICTS_HINT = (
    "Personal, professional or financial, of anyone who has a say; also what could only look like one."
)

DUTIES: tuple[Duty, ...] = (
    Duty(
        "market_notice",
        "Publish a notice about early talks with suppliers (UK2)",
        "If we talked with suppliers about this, at an innovation day too.",
        _COMPETITIVE,
        Evidence.NOTICE,
        "Procurement Act 2023, section 17",
        may_be_unneeded=True,
    ),
    Duty(
        "conflicts",
        _CONFLICTS,
        _CONFLICTS_HINT,
        _COMPETITIVE,
        Evidence.STATEMENT,
        "Procurement Act 2023, section 83",
    ),
    Duty(
        "conflicts",
        _CONFLICTS,
        _CONFLICTS_HINT,
        frozenset({Route.BELOW_THRESHOLD, Route.RESEARCH, Route.GRANT, Route.PRIZE}),
        Evidence.STATEMENT,
        _OUR_POLICY,
        from_pence=NOTICE.pence,
        may_be_unneeded=True,
    ),
    Duty(
        "policy_statement",
        "Say how this fits the National Procurement Policy Statement",
        "A sentence is enough.",
        _COMPETITIVE,
        Evidence.STATEMENT,
        "Procurement Act 2023, section 13",
    ),
    Duty(
        "subsidy",
        "Check whether the grant is a subsidy, and under which rule it is given",
        "Minimal financial assistance: at most £315,000 to one enterprise in this financial year and the two"
        " before it, with its written confirmation before anything is paid.",
        _GRANT,
        Evidence.STATEMENT,
        "Subsidy Control Act 2022, sections 36 and 37",
        may_be_unneeded=True,
    ),
    Duty(
        "tender_notice",
        "Publish the tender notice on the central digital platform (UK4)",
        "Before anything is advertised here.",
        _COMPETITIVE,
        Evidence.NOTICE,
        "Procurement Act 2023, section 21",
    ),
    Duty(
        "below_threshold_notice",
        "Publish a below-threshold tender notice on the central digital platform",
        "Before it is advertised anywhere else, and publishing it here is advertising it.",
        _BELOW,
        Evidence.NOTICE,
        "Procurement Act 2023, section 87",
        from_pence=NOTICE.pence,
    ),
    Duty(
        "letters",
        "Release the letters to every supplier, before any award notice",
        "Each says what was scored and why, as an assessment summary does.",
        _COMPETITIVE,
        Evidence.LETTERS,
        "Procurement Act 2023, section 50, and Procurement Regulations 2024, regulation 31",
        due=Due.DECIDED,
    ),
    Duty(
        "letters",
        "Release the letters to every supplier",
        "Each says what was scored and why.",
        frozenset(Route) - _COMPETITIVE,
        Evidence.LETTERS,
        _OUR_POLICY,
        due=Due.DECIDED,
    ),
    Duty(
        "award_notice",
        "Publish the award notice (UK6) once every letter is out",
        "The day of its publication is the first of the standstill.",
        _COMPETITIVE,
        Evidence.NOTICE,
        "Procurement Act 2023, section 50",
        due=Due.LETTERS,
    ),
    Duty(
        "standstill",
        "Wait 8 working days between the award notice and the contract",
        "The day of the notice is the first of them.",
        _COMPETITIVE,
        Evidence.DAYS,
        "Procurement Act 2023, section 51",
        due=Due.LETTERS,
    ),
    Duty(
        "standstill",
        "Wait 8 working days between the letters and the contract",
        "So that suppliers can ask first.",
        frozenset({Route.BELOW_THRESHOLD, Route.RESEARCH, Route.GRANT}),
        Evidence.DAYS,
        _OUR_POLICY,
        may_be_unneeded=True,
        due=Due.LETTERS,
    ),
    Duty(
        "details_notice",
        "Publish the contract details notice (UK7) within 30 days of signing",
        "",
        _COMPETITIVE,
        Evidence.NOTICE,
        "Procurement Act 2023, section 53",
        checked=None,
        due=Due.STANDSTILL,
        days=30,
    ),
    Duty(
        "details_notice",
        "Publish a contract details notice after signing",
        "",
        _BELOW,
        Evidence.NOTICE,
        "Procurement Act 2023, section 87",
        from_pence=NOTICE.pence,
        checked=None,
        due=Due.STANDSTILL,
    ),
    Duty(
        "subsidy_confirmation",
        "Have the winner's written confirmation before anything is paid",
        "And put a grant of more than £100,000 into the subsidy database within 3 months.",
        _GRANT,
        Evidence.STATEMENT,
        "Subsidy Control Act 2022, sections 36 and 37",
        may_be_unneeded=True,
        due=Due.LETTERS,
    ),
    Duty(
        "termination_notice",
        "Publish the procurement termination notice (UK12)",
        "Only if nothing is awarded after the tender notice, because it is cancelled or no pitch wins: then"
        " as soon as reasonably practicable.",
        _COMPETITIVE,
        Evidence.NOTICE,
        "Procurement Act 2023, section 55, and Procurement Regulations 2024, regulation 37",
        may_be_unneeded=True,
        checked=None,
        due=Due.ENDED,
    ),
)


@dataclass(frozen=True, slots=True)
class OpenFor:
    """How long suppliers have at the least: working days, or days of the calendar."""

    days: int
    working: bool
    source: str
    checked: date | None = None

    @property
    def words(self) -> str:
        """`10 working days`, `25 days`."""
        return plural(self.days, "working day" if self.working else "day")

    def count(self, start: datetime, end: datetime, holidays: Holidays = uk_bank_holidays) -> int:
        """How many of its days lie between two moments, by London's calendar, the last one included."""
        first, last = start.astimezone(LONDON).date(), end.astimezone(LONDON).date()
        return working_days_between(first, last, holidays) if self.working else (last - first).days


_TEN, _FIVE = OpenFor(10, True, _OUR_POLICY), OpenFor(5, True, _OUR_POLICY)
OPEN_FOR: dict[Route, OpenFor] = {
    Route.GRANT: _TEN,
    Route.BELOW_THRESHOLD: _TEN,
    Route.COMPETITIVE_FLEXIBLE: OpenFor(25, False, "Procurement Act 2023, section 54", CHECKED),
    Route.RESEARCH: _TEN,
    Route.PRIZE: _TEN,
    Route.NO_MONEY: _FIVE,
}


def open_for(lane: Lane, route: Route) -> OpenFor:
    """How long suppliers have at the least; a small round asks for less where no law does."""
    return _FIVE if lane == Lane.SMALL and OPEN_FOR[route].working else OPEN_FOR[route]


@dataclass(frozen=True, slots=True)
class DutyDone:
    """What the procurement lead recorded last about a duty: its evidence, or why it is not needed."""

    key: str
    evidence: str
    at: datetime
    not_needed_because: str


def duties_of(answers: Answers) -> list[Duty]:
    """The lines of the table that hold for these answers, in its order."""
    route = route_of(answers)
    return [duty for duty in DUTIES if route in duty.routes and answers.value_pence >= duty.from_pence]


def same_result(one: Answers, other: Answers) -> bool:
    """Whether both answers lead to the same route with the same duties."""
    return route_of(one) == route_of(other) and duties_of(one) == duties_of(other)


def keeps_result(answers: Answers, budget_pence: int | None) -> bool:
    """Whether the route and its duties stay the same where the budget is corrected to this."""
    if budget_pence is None:
        return True
    value = max(answers.value_pence, budget_pence)
    has_money = answers.value_pence > 0
    return (budget_pence > 0) == has_money and same_result(answers, replace(answers, value_pence=value))


def is_settled(duty: Duty, done: Mapping[str, DutyDone]) -> bool:
    """Whether the duty is done, or not needed where the table allows that."""
    record = done.get(duty.key)
    return record is not None and (bool(record.evidence) or duty.may_be_unneeded)


#: Fewest words of a statement, and of a reason why something is not needed or shorter.
FEWEST_WORDS = 3


def record_problems(
    duty: Duty, *, evidence: str, at: datetime | None, not_needed_because: str, now: datetime
) -> list[tuple[str, str]]:
    """What is wrong with a record of a duty: (message, field)."""
    if not_needed_because:
        if not duty.may_be_unneeded:
            return [("This one is always needed", "not_needed_because")]
        if evidence:
            return [("It is either done or not needed. Leave one of the two empty", "not_needed_because")]
        return _words_problem(not_needed_because, "Say why it is not needed", "not_needed_because")
    if duty.evidence == Evidence.STATEMENT:
        return _words_problem(evidence, "Write it down", "evidence")
    if not duty.has_evidence:
        return [("Nobody records that it is done. Say why it is not needed", "not_needed_because")]
    problems = [] if evidence else [("Enter the reference of the notice", "evidence")]
    if at is None:
        problems.append(("Enter when the notice was published", "at"))
    elif at > now:
        problems.append(("Enter a time that has passed: the notice comes first", "at"))
    return problems


def _words_problem(text: str, message: str, field: str) -> list[tuple[str, str]]:
    enough = count_words(text) >= FEWEST_WORDS
    return [] if enough else [(f"{message} in at least {FEWEST_WORDS} words", field)]
