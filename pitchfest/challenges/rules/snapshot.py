"""What publishing freezes: canonical JSON, so that anyone can work out its SHA-256 again. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pitchfest.challenges.rules.basis import DecisionBasis
from pitchfest.challenges.rules.parts import ChallengeRow, CriterionRow, QuestionRow
from pitchfest.challenges.rules.route import Route
from pitchfest.kernel.clock import iso
from pitchfest.kernel.text import canonical_json

FORMAT = 1
BRIEF = (
    "title",
    "question",
    "problem",
    "who_has_it",
    "tried_before",
    "outcome_sought",
    "out_of_scope",
    "eligibility",
    "after_win",
    "timetable",
    "theme",
    "budget_pence",
    "owner_name",
    "owner_organisation",
    "self_check",
    "payment_pence",
    "unpaid_because",
)
#: Only where they say something: older records do not name them.
_OPTIONAL = frozenset({"theme", "self_check", "payment_pence", "unpaid_because"})
JUDGING = ("judges_per_pitch", "minimum_cards", "reason_words", "minimum_total")
DATES = ("closes_at", "judging_deadline", "decision_due")


def snapshot_body(
    challenge: ChallengeRow,
    criteria: Sequence[CriterionRow],
    questions: Sequence[QuestionRow],
    *,
    number: int,
    published_at: datetime,
    decision_maker: str,
    route: Route | None = None,
) -> str:
    """Brief, criteria, form, dates and route as canonical JSON.

    Points are in hundredths, money in pence, moments in UTC. A question names its criterion by
    position, since that is what a reader sees.
    """
    positions = {c.id: c.position for c in criteria}
    return canonical_json(
        {
            "format": FORMAT,
            "reference": challenge.reference,
            "number": number,
            "published_at": iso(published_at),
            "brief": {
                name: getattr(challenge, name)
                for name in BRIEF
                if name not in _OPTIONAL or getattr(challenge, name)
            },
            "decision_maker": decision_maker,
            **({"route": route.value} if route else {}),  # older records do not name it
            "dates": _dates(challenge),
            "judging": _judging(challenge),
            "criteria": [_criterion(c) for c in criteria],
            "questions": [_question(q, positions) for q in questions],
        }
    )


def sha256(body: str) -> str:
    """Lower-case hex SHA-256 of the UTF-8 body."""
    return hashlib.sha256(body.encode()).hexdigest()


def _dates(challenge: ChallengeRow) -> dict[str, str | None]:
    """The dates; until when questions are taken and why it is open for less than usual only where that
    is said, as older records do not.
    """
    until, because = challenge.questions_until, challenge.short_because
    asking = {"questions_until": iso(until)} if until else {}
    short = {"short_because": because} if because else {}
    return {**{name: _moment(getattr(challenge, name)) for name in DATES}, **asking, **short}


def _judging(challenge: ChallengeRow) -> dict[str, Any]:
    """How judging works; the basis only where it is not the plain mean, and that names are hidden only where
    they are, as in older records.
    """
    basis = challenge.decision_basis
    said = {} if basis == DecisionBasis.RAW_MEAN else {"decision_basis": basis.value}
    hidden = {"names_hidden": True} if challenge.names_hidden else {}
    return {**{name: getattr(challenge, name) for name in JUDGING}, **said, **hidden}


def _moment(moment: datetime | None) -> str | None:
    return iso(moment) if moment else None


def _criterion(criterion: CriterionRow) -> dict[str, Any]:
    names = ("position", "name", "guidance", "kind", "weight", "minimum", "maximum", "step", "threshold")
    anchors = [
        {"value": value, "label": label, "meaning": meaning}
        for value, (label, meaning) in sorted(criterion.anchors.items())
    ]
    return {**{name: getattr(criterion, name) for name in names}, "anchors": anchors}


def _question(question: QuestionRow, positions: dict[int, int]) -> dict[str, Any]:
    names = ("position", "ask", "kind", "max_words", "required", "options")
    criterion = positions.get(question.criterion_id) if question.criterion_id is not None else None
    return {**{name: getattr(question, name) for name in names}, "criterion": criterion}
