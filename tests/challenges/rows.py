"""A challenge as a value, for the tests of rules."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from pitchfest.challenges.rules import ChallengeRow, ChallengeState, Lane

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
_WHOLE = ChallengeRow(
    id=1,
    reference="CH-2026-004",
    version=3,
    state=ChallengeState.DRAFT,
    effective=ChallengeState.DRAFT,
    created_at=NOW,
    practice=False,
    lane=Lane.FULL,
    state_since=NOW,
    title="Clear the right drain",
    question="How might we know which drains will block?",
    problem="They block.",
    who_has_it="Crews.",
    tried_before="Sensors.",
    outcome_sought="Fewer floods.",
    out_of_scope="Rivers.",
    eligibility="Anyone.",
    after_win="A pilot of five months.",
    timetable="Four weeks.",
    theme="",
    budget_pence=0,
    owner_name="Bryn Haldane",
    owner_organisation="Highways",
    officer_id=1,
    decision_maker_id=2,
    published_at=None,
    closes_at=NOW + timedelta(days=18),
    decision_due=NOW + timedelta(days=40),
    judging_deadline=NOW + timedelta(days=30),
    judges_per_pitch=None,
    minimum_cards=3,
    reason_words=10,
    minimum_total=6000,
)


def a_challenge_row(**values: Any) -> ChallengeRow:
    """A complete draft, with these values in place of its own."""
    return replace(_WHOLE, **values)
