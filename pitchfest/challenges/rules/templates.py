"""What a challenge can lend to the next one: criteria, form, settings, lasting texts and distances. Pure.

Dates become distances in working days, so that a template that kept a good timetable in May keeps
it in December too. `template_body` and `read_template` are each other's opposite.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, time
from typing import Any

from pitchfest.challenges.rules.basis import DecisionBasis
from pitchfest.challenges.rules.clarifications import usual_question_deadline
from pitchfest.challenges.rules.lifecycle import CriterionKind, QuestionKind
from pitchfest.challenges.rules.parts import USUAL_ANCHORS, ChallengeRow, CriterionRow, QuestionRow
from pitchfest.kernel.calendar import Holidays, add_working_days, working_days_between
from pitchfest.kernel.clock import LONDON, exists_in_london, from_london
from pitchfest.kernel.text import canonical_json

FORMAT = 1
#: As a value of `judges_per_pitch`: every judge reads every pitch, however many there are.
EVERY_JUDGE = 50
#: The texts of a brief that say how the region works, not what its problem is.
LASTING_TEXTS = ("eligibility", "self_check", "after_win", "timetable")
#: Distances longer than this are somebody's mistake.
MOST_DAYS = 400
MORNING, EVENING = "11:00", "17:00"


@dataclass(frozen=True, slots=True)
class TemplateCriterion:
    """A criterion without its challenge. Scale, threshold and keys of `anchors` in hundredths of a point."""

    name: str
    weight: int
    guidance: str = ""
    kind: CriterionKind = CriterionKind.JUDGED
    minimum: int = 0
    maximum: int = 500
    step: int = 100
    threshold: int | None = None
    anchors: Mapping[int, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TemplateQuestion:
    """A question without its challenge. `criterion` is a position from 1, None where it is not scored."""

    ask: str
    kind: QuestionKind = QuestionKind.TEXT
    max_words: int | None = None
    required: bool = True
    options: tuple[str, ...] = ()
    criterion: int | None = None


@dataclass(frozen=True, slots=True)
class Distance:
    """So many working days later, at this London time (`17:00`)."""

    days: int
    at: str


@dataclass(frozen=True, slots=True)
class Template:
    """Everything that can be taken over. `minimum_total` is in hundredths of a point out of 100.

    `open_for` counts from the day on which a draft begins, the other two from its closing.
    """

    criteria: tuple[TemplateCriterion, ...] = ()
    questions: tuple[TemplateQuestion, ...] = ()
    eligibility: str = ""
    self_check: str = ""
    after_win: str = ""
    timetable: str = ""
    judges_per_pitch: int | None = None
    minimum_cards: int = 3
    reason_words: int = 10
    minimum_total: int | None = None
    decision_basis: DecisionBasis = DecisionBasis.MODERATED
    names_hidden: bool = False
    open_for: Distance | None = None
    judged_after: Distance | None = None
    decided_after: Distance | None = None


SETTINGS = (
    "judges_per_pitch",
    "minimum_cards",
    "reason_words",
    "minimum_total",
    "decision_basis",
    "names_hidden",
)
_OF_A_CRITERION = ("name", "weight", "guidance", "kind", "minimum", "maximum", "step", "threshold")
_DISTANCES = ("open_for", "judged_after", "decided_after")


def template_of(
    challenge: ChallengeRow,
    criteria: Sequence[CriterionRow],
    questions: Sequence[QuestionRow],
    *,
    now: datetime,
    holidays: Holidays,
) -> Template:
    """What `challenge` can lend.

    How long it is open counts from its publication, or from `now` while it is not published; a
    closing time that had passed by then lends no distance.
    """
    positions = {criterion.id: n for n, criterion in enumerate(criteria, start=1)}
    closes = challenge.closes_at
    return Template(
        criteria=tuple(_lent(criterion) for criterion in criteria),
        questions=tuple(
            TemplateQuestion(
                ask=q.ask,
                kind=q.kind,
                max_words=q.max_words,
                required=q.required,
                options=tuple(q.options),
                criterion=positions.get(q.criterion_id) if q.criterion_id is not None else None,
            )
            for q in questions
        ),
        **{name: getattr(challenge, name) for name in (*LASTING_TEXTS, *SETTINGS)},
        open_for=_distance(challenge.published_at or now, closes, holidays),
        judged_after=_distance(closes, challenge.judging_deadline, holidays),
        decided_after=_distance(closes, challenge.decision_due, holidays),
    )


def _lent(criterion: CriterionRow) -> TemplateCriterion:
    return TemplateCriterion(
        **{name: getattr(criterion, name) for name in _OF_A_CRITERION}, anchors=dict(criterion.anchors)
    )


def _distance(start: datetime | None, end: datetime | None, holidays: Holidays) -> Distance | None:
    if start is None or end is None or end <= start:
        return None
    first, last = start.astimezone(LONDON), end.astimezone(LONDON)
    days = working_days_between(first.date(), last.date(), holidays)
    return Distance(min(max(days, 1), MOST_DAYS), f"{last:%H:%M}")


def as_rows(template: Template) -> tuple[list[CriterionRow], list[QuestionRow]]:
    """Its criteria and questions as a challenge's, with positions for ids, to show or check them."""
    criteria = [
        CriterionRow(
            id=n,
            position=n,
            **{name: getattr(c, name) for name in _OF_A_CRITERION},
            anchors=dict(sorted(c.anchors.items())),
        )
        for n, c in enumerate(template.criteria, start=1)
    ]
    questions = [
        QuestionRow(n, n, q.criterion, q.ask, q.kind, q.max_words, q.required, list(q.options))
        for n, q in enumerate(template.questions, start=1)
    ]
    return criteria, questions


def dates_from(
    template: Template, now: datetime, holidays: Holidays, *, closes_at: datetime | None = None
) -> dict[str, datetime | None]:
    """The template's dates for a draft that begins now; `closes_at` given, the others follow from it."""
    closes = closes_at or _later(now, template.open_for, holidays)
    return {
        "closes_at": closes,
        "questions_until": usual_question_deadline(now, closes, holidays) if closes else None,
        "judging_deadline": _later(closes, template.judged_after, holidays),
        "decision_due": _later(closes, template.decided_after, holidays),
    }


def _later(start: datetime | None, distance: Distance | None, holidays: Holidays) -> datetime | None:
    if start is None or distance is None:
        return None
    day = add_working_days(start.astimezone(LONDON).date(), distance.days, holidays)
    return _moment(day, time.fromisoformat(distance.at))


def _moment(day: date, at: time) -> datetime:
    """The moment in UTC; noon where the clocks skip that time."""
    return from_london(day, at if exists_in_london(day, at) else time(12))


def template_body(template: Template) -> str:
    """The template as canonical JSON, to keep and to hand to another region."""
    criteria = [
        {
            **asdict(criterion),
            "anchors": [
                {"value": value, "label": label, "meaning": meaning}
                for value, (label, meaning) in sorted(criterion.anchors.items())
            ],
        }
        for criterion in template.criteria
    ]
    return canonical_json(
        {
            "pitchfest_template": FORMAT,
            "texts": {name: getattr(template, name) for name in LASTING_TEXTS},
            "judging": {name: getattr(template, name) for name in SETTINGS},
            "timing": {name: _said(getattr(template, name)) for name in _DISTANCES},
            "criteria": criteria,
            "questions": [asdict(question) for question in template.questions],
        }
    )


def _said(distance: Distance | None) -> dict[str, Any] | None:
    return asdict(distance) if distance else None


#: When things happen in a round with everything to it. Only distances: it lends nothing else.
FULL_TIMING = Template(
    open_for=Distance(20, MORNING), judged_after=Distance(12, EVENING), decided_after=Distance(24, EVENING)
)

#: Three criteria, three questions, one sentence a reason: enough for a small sum and a short panel.
SMALL_ROUND = Template(
    criteria=(
        TemplateCriterion(
            "Fit to the problem",
            40,
            "Would this make the problem smaller for the people who have it? Look for signs that the"
            " supplier has understood who they are and what was tried before.",
            anchors=USUAL_ANCHORS,
        ),
        TemplateCriterion(
            "Can be delivered",
            40,
            "Could these people do this here, in this time and for this money? Look for named people,"
            " a plan with dates, and an honest word about what could go wrong.",
            anchors=USUAL_ANCHORS,
        ),
        TemplateCriterion(
            "New or inclusive",
            20,
            "Does it try something that we do not do yet, or reach people whom services often miss?"
            " Either is enough for the highest score.",
            anchors=USUAL_ANCHORS,
        ),
    ),
    questions=(
        TemplateQuestion(
            "What would you do, and how would it make the problem smaller?", max_words=200, criterion=1
        ),
        TemplateQuestion(
            "Who would do the work, by when, and what could go wrong?", max_words=200, criterion=2
        ),
        TemplateQuestion(
            "What is new about it here, or whom does it reach who is often missed?",
            max_words=200,
            criterion=3,
        ),
    ),
    eligibility="- Any legal entity can pitch: a company, a charity, a university, a sole trader.",
    after_win=(
        "We agree a short plan with the winner, who then tries the idea with us. A win is not a promise of"
        " any work after that."
    ),
    timetable=(
        "Judges finish within 10 working days of the closing time. We expect to decide within 15 working"
        " days of it, and everyone who pitched gets a letter with reasons."
    ),
    judges_per_pitch=EVERY_JUDGE,
    minimum_cards=2,
    reason_words=5,
    decision_basis=DecisionBasis.RAW_MEAN,
    open_for=Distance(10, MORNING),
    judged_after=Distance(10, EVENING),
    decided_after=Distance(15, EVENING),
)
