"""What a draft still lacks before someone else can be asked to approve it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from pitchfest.challenges.rules.kinds import options_problem, scoring_problem
from pitchfest.challenges.rules.lifecycle import CriterionKind, Lane, QuestionKind
from pitchfest.challenges.rules.parts import MOST_ANCHORED, ChallengeRow, CriterionRow, QuestionRow
from pitchfest.kernel.calendar import is_working_day
from pitchfest.kernel.clock import LONDON, say_time
from pitchfest.kernel.text import count_words, plural


@dataclass(frozen=True, slots=True)
class DraftProblem:
    """One thing to do: on which page (brief, criteria, form or settings), and at which item or field."""

    message: str
    page: str
    field: str = ""
    item: int | None = None


#: Field of the brief → what to do while it is empty.
_NEEDED = {
    "title": "Give the challenge a title",
    "question": "Write the question that the challenge asks",
    "problem": "Describe the problem",
    "who_has_it": "Say who has the problem",
    "tried_before": "Say what was tried before",
    "outcome_sought": "Say what good looks like",
    "out_of_scope": "Say what is not part of this",
    "eligibility": "Say who can pitch",
    "after_win": "Say what happens after a win",
    "timetable": "Give the timetable",
    "owner_name": "Name the owner of the challenge",
    "owner_organisation": "Say which organisation the owner works for",
}

#: Fewest words of what happens after a win: a challenge without a way on is not a good one.
_AFTER_WIN_WORDS = 3

#: How long after now a challenge closes at most.
LONGEST_OPEN = timedelta(days=366)

#: What a small round can leave out: its one page does not ask for it.
_LEFT_OUT = frozenset({"question", "tried_before", "out_of_scope"})


def draft_problems(
    challenge: ChallengeRow,
    criteria: Sequence[CriterionRow],
    questions: Sequence[QuestionRow],
    *,
    decision_maker_is_staff: bool,
    now: datetime,
) -> list[DraftProblem]:
    """Everything that is missing or wrong, in the order of the pages; empty when it is complete."""
    return [
        *_brief(challenge),
        *_criteria(criteria),
        *_form(criteria, questions),
        *_settings(challenge, decision_maker_is_staff, now),
    ]


def closing_problem(closes_at: datetime, now: datetime) -> str:
    """Why a challenge cannot close at that time, or ""."""
    if closes_at <= now:
        return "Set a closing time that is still to come"
    return "Set a closing time within a year from now" if closes_at > now + LONGEST_OPEN else ""


#: The London hours in which people are at work, the last moment included.
_OFFICE_HOURS = (time(9), time(17))


def advice_on_dates(challenge: ChallengeRow) -> list[str]:
    """What speaks against the days on which it closes and questions end, and against the hour at which it
    closes, though they are allowed.
    """
    closes, until = challenge.closes_at, challenge.questions_until
    dates = (
        (closes, "It closes on {}, when few people are at work to help with questions or a late pitch."),
        (until if until != closes else None, "Questions end on {}, when few people are at work to ask one."),
    )
    advice = [words.format(which) for moment, words in dates if moment and (which := _day_off(moment))]
    if closes and not _OFFICE_HOURS[0] <= closes.astimezone(LONDON).time() <= _OFFICE_HOURS[1]:
        advice.append(
            f"It closes at {say_time(closes)}. "
            "Suppliers who meet a fault in the last hour find nobody to help."
        )
    return advice


def _day_off(moment: datetime) -> str:
    """`a Saturday` or `a bank holiday`; "" for a working day."""
    day = moment.astimezone(LONDON)
    if is_working_day(day.date()):
        return ""
    return f"a {day:%A}" if day.weekday() > 4 else "a bank holiday"


def _brief(challenge: ChallengeRow) -> Iterator[DraftProblem]:
    for name, message in _NEEDED.items():
        left_out = challenge.lane == Lane.SMALL and name in _LEFT_OUT
        if not left_out and not getattr(challenge, name).strip():
            yield DraftProblem(message, "brief", name)
    if 0 < count_words(challenge.after_win) < _AFTER_WIN_WORDS:
        yield DraftProblem("Say in a sentence what happens after a win", "brief", "after_win")
    if challenge.budget_pence is None:
        yield DraftProblem("Enter the budget, or 0 if there is no money", "brief", "budget_pence")


def _criteria(criteria: Sequence[CriterionRow]) -> Iterator[DraftProblem]:
    if not any(c.kind == CriterionKind.JUDGED for c in criteria):
        yield DraftProblem("Add at least one criterion that judges score", "criteria")
    total = sum(c.weight for c in criteria)
    if criteria and total != 100:
        yield DraftProblem(f"Weights come to {total}. They must come to exactly 100", "criteria")
    if sum(c.kind == CriterionKind.PRICE for c in criteria) > 1:
        yield DraftProblem("Keep one price criterion only", "criteria")
    names = [c.name.casefold() for c in criteria]
    for name in sorted({c.name for c in criteria if names.count(c.name.casefold()) > 1}):
        yield DraftProblem(f"Two criteria are called “{name}”. Rename one", "criteria")
    for criterion in criteria:
        for message in criterion_problems(criterion):
            yield DraftProblem(f"{criterion.name}: {message}", "criteria", item=criterion.id)


def criterion_problems(criterion: CriterionRow) -> list[str]:
    """What is wrong with one criterion's scale, threshold or worded anchors."""
    if criterion.kind == CriterionKind.PRICE:
        return []
    if not 0 <= criterion.minimum < criterion.maximum:
        return ["the scale must go from a lower to a higher number"]
    if criterion.step <= 0 or (criterion.maximum - criterion.minimum) % criterion.step:
        return ["the steps must lead exactly from the lowest to the highest score"]
    problems = []
    if criterion.threshold is not None and criterion.threshold not in criterion.values:
        problems.append("the least score needed must be a score on the scale")
    worded = {value for value, words in criterion.anchors.items() if all(w.strip() for w in words)}
    wanted = set(anchored_values(criterion))
    if lacking := len(wanted - worded):
        problems.append(f"{plural(lacking, 'score')} still {'needs' if lacking == 1 else 'need'} words")
    if any(value not in criterion.values for value in criterion.anchors):
        problems.append("some words belong to scores that are not on the scale")
    return problems


def anchored_values(criterion: CriterionRow) -> list[int]:
    """The values, in hundredths, that need words: all of a short scale, else the two ends."""
    values = criterion.values
    return list(values) if len(values) <= MOST_ANCHORED else [values[0], values[-1]]


def _form(criteria: Sequence[CriterionRow], questions: Sequence[QuestionRow]) -> Iterator[DraftProblem]:
    if not questions:
        yield DraftProblem("Add the questions that suppliers will answer", "form")
    for criterion in criteria:
        kinds = [q.kind for q in questions if q.criterion_id == criterion.id]
        if message := _asked(criterion.kind, kinds):
            yield DraftProblem(f"{criterion.name}: {message}", "form")
    for question in questions:
        if message := _answerable(question):
            yield DraftProblem(message, "form", item=question.id)


def _asked(criterion: CriterionKind, kinds: Sequence[QuestionKind]) -> str:
    """What is wrong with the questions that are scored on one criterion."""
    if criterion == CriterionKind.PRICE:
        return (
            "" if list(kinds) == [QuestionKind.MONEY] else "ask for the price in exactly one money question"
        )
    if not kinds:
        return "ask a question about it"
    wrong = next((problem for kind in kinds if (problem := scoring_problem(kind, criterion))), "")
    return wrong[:1].lower() + wrong[1:]


def _answerable(question: QuestionRow) -> str:
    """What is wrong with one question."""
    if question.kind == QuestionKind.MONEY:
        scored = question.criterion_id is not None
        return "The price must be answered" if scored and not question.required else ""
    if problem := options_problem(question.kind, question.options):
        return f"“{question.ask}”: {problem[:1].lower()}{problem[1:]}"
    if question.kind == QuestionKind.TEXT and not question.max_words:
        return f"“{question.ask}” needs a word limit"
    return ""


def _settings(
    challenge: ChallengeRow, decision_maker_is_staff: bool, now: datetime
) -> Iterator[DraftProblem]:
    closes, judged, decided = challenge.closes_at, challenge.judging_deadline, challenge.decision_due
    if closes is None:
        yield DraftProblem("Set the closing time", "settings", "closes_at")
    elif problem := closing_problem(closes, now):
        yield DraftProblem(problem, "settings", "closes_at")
    until = challenge.questions_until
    if until is not None and until <= now:
        yield DraftProblem("Set an end of questions that is still to come", "settings", "questions_until")
    if judged is None:
        yield DraftProblem("Say by when judges must finish", "settings", "judging_deadline")
    for message, field in order_problems(closes, until, judged, decided):
        yield DraftProblem(message, "settings", field)
    if challenge.decision_maker_id is None:
        yield DraftProblem("Name the person who decides", "settings", "decision_maker_id")
    elif not decision_maker_is_staff:
        left = "The person who decides no longer works here. Name another"
        yield DraftProblem(left, "settings", "decision_maker_id")


def order_problems(
    closes: datetime | None, until: datetime | None, judged: datetime | None, decided: datetime | None
) -> Iterator[tuple[str, str]]:
    """Where one date comes before another that it follows, as far as they are set: (message, field)."""
    if closes is not None:
        if until is not None and until > closes:
            yield "Questions can end at the closing time at the latest", "questions_until"
        if judged is not None and judged <= closes:
            yield "Judges can only finish after the closing time", "judging_deadline"
        if decided is not None and decided <= closes:
            yield "The decision can only come after the closing time", "decision_due"
            return
    if judged is not None and decided is not None and decided < judged:
        yield "The decision can only come once the judges have finished", "decision_due"
