"""A challenge and its parts as values: what queries return and rules decide on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from pitchfest.challenges.rules.basis import DecisionBasis
from pitchfest.challenges.rules.lifecycle import ChallengeState, CriterionKind, Lane, QuestionKind

#: What each value of the usual scale means: value in hundredths → (label, meaning).
USUAL_ANCHORS: dict[int, tuple[str, str]] = {
    0: ("No answer", "Not answered, or nothing the judge can use."),
    100: ("Poor", "Serious gaps. Little sign the idea would meet this need."),
    200: ("Weak", "Partly answers. Important points are missing or not backed up."),
    300: ("Acceptable", "Answers the question. Some evidence. Small gaps we could fix in the pilot."),
    400: ("Good", "Full answer with relevant evidence. Clear how it would work here."),
    500: ("Excellent", "Full answer, strong evidence, and adds value we did not ask for but need."),
}
#: A scale with at most this many values has words for each of them.
MOST_ANCHORED = 11


@dataclass(frozen=True, slots=True)
class ChallengeRow:
    """Every column of a challenge, and `effective`, the state that holds at the moment asked for.

    Money is in pence, `minimum_total` in hundredths of a point out of 100.
    """

    id: int
    reference: str
    version: int
    state: ChallengeState
    effective: ChallengeState
    created_at: datetime
    practice: bool
    lane: Lane
    state_since: datetime
    title: str
    question: str
    problem: str
    who_has_it: str
    tried_before: str
    outcome_sought: str
    out_of_scope: str
    eligibility: str
    after_win: str
    timetable: str
    theme: str
    budget_pence: int | None
    owner_name: str
    owner_organisation: str
    officer_id: int
    decision_maker_id: int | None
    published_at: datetime | None
    closes_at: datetime | None
    decision_due: datetime | None
    judging_deadline: datetime | None
    judges_per_pitch: int | None
    minimum_cards: int
    reason_words: int
    minimum_total: int | None
    decision_basis: DecisionBasis = DecisionBasis.RAW_MEAN
    names_hidden: bool = False
    questions_until: datetime | None = None
    short_because: str = ""
    self_check: str = ""
    payment_pence: int | None = None
    unpaid_because: str = ""
    scheduled_for: datetime | None = None
    scheduled_by_id: int | None = None
    held_at: datetime | None = None
    released_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """A criterion. Scale, threshold and the keys of `anchors` are in hundredths of a point.

    `anchors` maps a value to (label, meaning), in order of value.
    """

    id: int
    position: int
    name: str
    guidance: str
    kind: CriterionKind
    weight: int
    minimum: int
    maximum: int
    step: int
    threshold: int | None
    anchors: dict[int, tuple[str, str]] = field(default_factory=dict)

    @property
    def values(self) -> range:
        """Every value on the scale, in hundredths, from the lowest."""
        return range(self.minimum, self.maximum + 1, self.step)


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """A question of the pitch form. `criterion_id` is None where it is not scored."""

    id: int
    position: int
    criterion_id: int | None
    ask: str
    kind: QuestionKind
    max_words: int | None
    required: bool
    options: list[str] = field(default_factory=list)


def say_points(hundredths: int) -> str:
    """Points as people read them: 300 → `3`, 250 → `2.5`, 325 → `3.25`."""
    whole, rest = divmod(hundredths, 100)
    return f"{whole}.{rest:02d}".rstrip("0") if rest else str(whole)
