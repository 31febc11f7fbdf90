"""What challenges hold about a person, and what an erasure would come to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select

from pitchfest.accounts.models import Person
from pitchfest.challenges.models import (
    Challenge,
    ChallengeDuty,
    ChallengeEdit,
    ChallengeRoute,
    Clarification,
    Follower,
    Need,
    Review,
    Snapshot,
)
from pitchfest.challenges.queries.askers import asked_by
from pitchfest.challenges.queries.needs import told_by
from pitchfest.challenges.rules import RELEASED, THEMES, ChallengeState, ClarificationState, ReviewOutcome
from pitchfest.db import db
from pitchfest.kernel.privacy import Due, Erasing, Remains, Section
from pitchfest.kernel.text import plural

_OVER = sorted(RELEASED | {ChallengeState.CANCELLED, ChallengeState.WITHDRAWN})
#: (whether it is the officer, whether they read it themselves) → their part.
_PARTS = {
    (True, True): "run it",
    (True, False): "runs it",
    (False, True): "decide it",
    (False, False): "decides it",
}
_REVIEWED = {outcome: outcome.value.replace("_", " ").capitalize() for outcome in ReviewOutcome}

_BECAME = {
    ClarificationState.PRIVATE: "Answered to you alone",
    ClarificationState.DUPLICATE: "Answered before",
    ClarificationState.WITHDRAWN: "Withdrawn",
    ClarificationState.LATE: "Came too late",
}


def sections(person_id: int, _now: datetime) -> list[Section]:
    """Challenges that the person wrote in, is named in, or reviewed, whose route or duties they saw to,
    what they asked and need, and what their address follows; eight statements.
    """
    edits = db.session.execute(
        select(Challenge.reference, Challenge.title, ChallengeEdit.version, ChallengeEdit.at)
        .join(Challenge, Challenge.id == ChallengeEdit.challenge_id)
        .where(ChallengeEdit.person_id == person_id)
        .order_by(ChallengeEdit.id)
    )
    named = db.session.execute(
        select(Challenge.reference, Challenge.title, Challenge.officer_id, Challenge.created_at)
        .where(or_(Challenge.officer_id == person_id, Challenge.decision_maker_id == person_id))
        .order_by(Challenge.id)
    )
    reviews = db.session.execute(
        select(Challenge.reference, Challenge.title, Review.outcome, Review.reason, Review.at)
        .join(Challenge, Challenge.id == Review.challenge_id)
        .where(Review.reviewer_id == person_id)
        .order_by(Review.id)
    )
    return [
        _follows(person_id),
        *_routes(person_id),
        Section(
            "Challenges you run or decide",
            ("Challenge", "Title", "As", "Started"),
            tuple(
                (r[0], r[1], "Officer" if r.officer_id == person_id else "Decision-maker", r.created_at)
                for r in named
            ),
        ),
        Section(
            "Challenges you wrote in",
            ("Challenge", "Title", "Version", "Saved"),
            tuple(tuple(row) for row in edits),
        ),
        Section(
            "Challenges you reviewed",
            ("Challenge", "Title", "Outcome", "Your words", "When"),
            tuple((r[0], r[1], _REVIEWED[r.outcome], r.reason, r.at) for r in reviews),
        ),
        _asked(person_id),
        Section(
            "What you told us you need to take part",
            ("Challenge", "When", "Your words", "How to reach you", "What we said"),
            tuple(told_by(person_id)),
        ),
    ]


def _asked(person_id: int) -> Section:
    return Section(
        "Questions you asked",
        ("Challenge", "When", "Your words", "What became of it"),
        tuple(
            (
                r.reference,
                r.received_at,
                r.asked,
                f"Answer {r.number}" if r.number else _BECAME.get(r.state, "Received"),
            )
            for r in asked_by(person_id)
        ),
    )


def erasing(person_id: int, own: bool, _now: datetime) -> Erasing:
    """What erasing an officer, decision-maker or approver means, or someone who asked questions, of which
    only they may know; six statements.
    """
    running = db.session.execute(
        select(Challenge.reference, Challenge.officer_id)
        .where(
            or_(Challenge.officer_id == person_id, Challenge.decision_maker_id == person_id),
            Challenge.state.not_in(_OVER),
        )
        .order_by(Challenge.reference)
    )
    counts = [
        db.session.execute(select(func.count(func.distinct(key))).where(who == person_id)).scalar_one()
        for key, who in (
            (ChallengeEdit.challenge_id, ChallengeEdit.person_id),
            (Review.challenge_id, Review.reviewer_id),
            (Snapshot.challenge_id, Snapshot.published_by_id),
        )
    ]
    wrote = max(counts)
    why = "A challenge is a public record. Who wrote, approved and published it must stay separate people."
    asked, needs = (len(asked_by(person_id)), len(told_by(person_id))) if own else (0, 0)
    return Erasing(
        goes=((f"The link between you and {plural(asked, 'question')} you asked",) if asked else ())
        + (("What you told us you need to take part",) if needs else ()),
        blockers=tuple(
            f"{r.reference} is still under way, and {'you' if own else 'this person'} "
            f"{_PARTS[r.officer_id == person_id, own]}. Hand it over to someone else first."
            for r in running
        ),
        stays=(Remains(f"The part in {plural(wrote, 'challenge')}: saved, reviewed or published", why),)
        if wrote
        else (),
    )


def old_questions(before: datetime) -> list[ColumnElement[bool]]:
    """The conditions of questions about challenges that closed at `before` or earlier. They need the
    challenge in the statement.
    """
    return [Clarification.removed_at.is_(None), Challenge.closes_at <= before]


def questions_due(before: datetime) -> Due:
    """How many questions still say who asked, or what was not published, and are past their time."""
    count = db.session.execute(
        select(func.count())
        .select_from(Clarification)
        .join(Challenge, Challenge.id == Clarification.challenge_id)
        .where(*old_questions(before))
    ).scalar_one()
    return Due(count, None)


def _routes(person_id: int) -> list[Section]:
    """What the person did about routes, as procurement lead."""
    duties = db.session.execute(
        select(
            Challenge.reference,
            ChallengeDuty.key,
            ChallengeDuty.evidence,
            ChallengeDuty.not_needed_because,
            ChallengeDuty.recorded_at,
        )
        .join(Challenge, Challenge.id == ChallengeDuty.challenge_id)
        .where(ChallengeDuty.by_id == person_id)
        .order_by(ChallengeDuty.id)
    )
    confirmed = db.session.execute(
        select(Challenge.reference, Challenge.title, ChallengeRoute.confirmed_at)
        .join(Challenge, Challenge.id == ChallengeRoute.challenge_id)
        .where(ChallengeRoute.confirmed_by_id == person_id)
        .order_by(Challenge.id)
    )
    return [
        Section(
            "Routes you confirmed", ("Challenge", "Title", "When"), tuple(tuple(row) for row in confirmed)
        ),
        Section(
            "Duties you recorded",
            ("Challenge", "Duty", "Your words", "Not needed, because", "When"),
            tuple(tuple(row) for row in duties),
        ),
    ]


def needs_due(before: datetime) -> Due:
    """How many told needs are past their time."""
    count = db.session.execute(
        select(func.count())
        .select_from(Need)
        .join(Challenge, Challenge.id == Need.challenge_id)
        .where(Challenge.closes_at <= before)
    ).scalar_one()
    return Due(count, None)


def _follows(person_id: int) -> Section:
    follows = db.session.execute(
        select(Challenge.title, Follower.theme, Follower.asked_at, Follower.confirmed_at)
        .select_from(Follower)
        .join(Person, Person.email == Follower.address)
        .outerjoin(Challenge, Challenge.id == Follower.challenge_id)
        .where(Person.id == person_id)
        .order_by(Follower.id)
    )
    return Section(
        "What your address follows",
        ("What", "Asked", "Said yes"),
        tuple(
            (r.title or THEMES.get(r.theme, "New challenges"), r.asked_at, r.confirmed_at) for r in follows
        ),
    )
