"""What awards hold about a person, what an erasure would come to, and pitches past their time."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select

from pitchfest.awards.models import Decision, Explanation, PitchOutcome, Release
from pitchfest.challenges.models import Challenge, Criterion
from pitchfest.db import db
from pitchfest.kernel.privacy import Due, Erasing, Remains, Section
from pitchfest.kernel.text import plural
from pitchfest.pitches.models import Pitch
from pitchfest.pitches.rules import PitchState

#: Of a released challenge, which pitches are kept for as long as a contract's papers.
WON = frozenset({PitchState.WON, PitchState.CONTRACT_SIGNED})
#: Never sent, so no letter answers them: they have a period of their own.
_NEVER_SENT = frozenset({PitchState.DRAFT, PitchState.LAPSED})


def sections(person_id: int, _now: datetime) -> list[Section]:
    """Decisions, the reasons in them, and explanations that the person wrote; four statements."""
    decisions = db.session.execute(
        select(Challenge.reference, Challenge.title, Decision.note, Decision.at)
        .join(Challenge, Challenge.id == Decision.challenge_id)
        .where(Decision.by_id == person_id)
        .order_by(Decision.at, Decision.challenge_id)
    )
    reasons = db.session.execute(
        select(Pitch.reference, PitchOutcome.outcome, PitchOutcome.reason)
        .join(Decision, Decision.challenge_id == PitchOutcome.challenge_id)
        .join(Pitch, Pitch.id == PitchOutcome.pitch_id)
        .where(Decision.by_id == person_id)
        .order_by(PitchOutcome.pitch_id)
    )
    explained = db.session.execute(
        select(Pitch.reference, Criterion.name, Explanation.text, Explanation.at)
        .join(Pitch, Pitch.id == Explanation.pitch_id)
        .join(Criterion, Criterion.id == Explanation.criterion_id)
        .where(Explanation.author_id == person_id)
        .order_by(Explanation.id)
    )
    released = db.session.execute(
        select(Challenge.reference, Challenge.title, Release.at)
        .join(Challenge, Challenge.id == Release.challenge_id)
        .where(or_(Release.first_id == person_id, Release.second_id == person_id))
        .order_by(Release.at, Release.challenge_id)
    )
    return [
        Section(
            "Decisions you made",
            ("Challenge", "Title", "Your note", "When"),
            tuple(tuple(row) for row in decisions),
        ),
        Section(
            "Reasons you gave in a decision",
            ("Pitch", "Outcome", "Your reason"),
            tuple((r[0], r.outcome.value.replace("_", " ").capitalize(), r.reason) for r in reasons),
        ),
        Section(
            "Explanations you wrote for suppliers",
            ("Pitch", "Criterion", "Your words", "Saved"),
            tuple(tuple(row) for row in explained),
        ),
        Section(
            "Letters you released with a second person",
            ("Challenge", "Title", "When"),
            tuple(tuple(row) for row in released),
        ),
    ]


def erasing(person_id: int, _own: bool, _now: datetime) -> Erasing:
    """What erasing someone means for decisions and letters: all of them stay."""
    decided = db.session.execute(
        select(func.count()).select_from(Decision).where(Decision.by_id == person_id)
    ).scalar_one()
    explained = db.session.execute(
        select(func.count(func.distinct(Explanation.pitch_id))).where(Explanation.author_id == person_id)
    ).scalar_one()
    why = "Suppliers hold letters that rest on it, and the Procurement Act 2023 (section 98) asks for it."
    return Erasing(
        stays=tuple(
            Remains(what, why)
            for number, what in (
                (
                    decided,
                    (
                        f"{plural(decided, 'decision')}, and the name on the letters that went out then, "
                        "until their time is over"
                    ),
                ),
                (explained, f"Explanations of {plural(explained, 'pitch', 'pitches')}, without the name"),
            )
            if number
        )
    )


def past(before: datetime, *, won: bool) -> list[ColumnElement[bool]]:
    """The conditions of pitches whose letters went out at `before` or earlier. They need the
    release in the statement.
    """
    state = Pitch.state.in_(sorted(WON)) if won else Pitch.state.not_in(sorted(WON | _NEVER_SENT))
    return [Pitch.removed_at.is_(None), Release.at <= before, state]


def _due(before: datetime, *, won: bool) -> Due:
    found = db.session.execute(
        select(func.count(Pitch.id), func.min(Release.at))
        .join(Release, Release.challenge_id == Pitch.challenge_id)
        .where(*past(before, won=won))
    ).one()
    return Due(*found)


def unsuccessful_due(before: datetime) -> Due:
    """How many pitches that did not win are past their time, and when the oldest got its letter."""
    return _due(before, won=False)


def winners_due(before: datetime) -> Due:
    """How many pitches that won are past their time, and when the oldest got its letter."""
    return _due(before, won=True)
