"""The trial pitch of a challenge, and what judges gave it."""

from __future__ import annotations

from sqlalchemy import func, select

from pitchfest.accounts.models import Person
from pitchfest.challenges import queries as challenges
from pitchfest.challenges.models import Challenge, Criterion
from pitchfest.db import db
from pitchfest.judging.models import PanelMember, TrialAgreed, TrialAnswer, TrialPitch, TrialScore
from pitchfest.judging.queries.cards import judged_criteria
from pitchfest.judging.rules.cards import Mark
from pitchfest.judging.rules.scoring import points_text
from pitchfest.judging.rules.trial import Trial, TrialPart, TrialQuestion, Tried
from pitchfest.kernel.privacy import Section


def trial(challenge_id: int) -> Trial:
    """The trial pitch, with the criteria and questions that it has or could have."""
    head = db.session.execute(
        select(TrialPitch.supplier, TrialPitch.version).where(TrialPitch.challenge_id == challenge_id)
    ).one_or_none()
    texts: dict[int, str] = dict(
        db.session.execute(
            select(TrialAnswer.question_id, TrialAnswer.text)
            .where(TrialAnswer.challenge_id == challenge_id)
            .order_by(TrialAnswer.question_id)
        ).all()
    )
    agreed = {
        row.criterion_id: Mark(row.hundredths, row.reason)
        for row in db.session.execute(
            select(TrialAgreed.criterion_id, TrialAgreed.hundredths, TrialAgreed.reason)
            .where(TrialAgreed.challenge_id == challenge_id)
            .order_by(TrialAgreed.criterion_id)
        )
    }
    questions = challenges.questions(challenge_id)
    parts = tuple(
        TrialPart(
            criterion,
            tuple(
                TrialQuestion(q.id, q.ask, texts.get(q.id, ""))
                for q in questions
                if q.criterion_id == criterion.id
            ),
            agreed.get(criterion.id),
        )
        for criterion in judged_criteria(challenge_id)
    )
    return Trial(head.supplier if head else "", head.version if head else 0, parts)


def trial_marks(member_id: int) -> dict[int, Mark]:
    """What one judge gave the trial pitch, by criterion id; empty until they sent it."""
    rows = db.session.execute(
        select(TrialScore.criterion_id, TrialScore.hundredths, TrialScore.reason)
        .where(TrialScore.member_id == member_id)
        .order_by(TrialScore.criterion_id)
    )
    return {key: Mark(hundredths, reason) for key, hundredths, reason in rows}


def tried(challenge_id: int) -> list[Tried]:
    """What every judge gave the trial pitch, by name; for whoever runs the round."""
    rows = db.session.execute(
        select(PanelMember.id, Person.name, TrialScore.criterion_id, TrialScore.hundredths)
        .join(PanelMember, PanelMember.id == TrialScore.member_id)
        .join(Person, Person.id == PanelMember.person_id)
        .where(PanelMember.challenge_id == challenge_id)
        .order_by(Person.name, PanelMember.id, TrialScore.criterion_id)
    )
    found: dict[int, Tried] = {}
    for member_id, name, criterion_id, hundredths in rows:
        found.setdefault(member_id, Tried(name, {})).scores[criterion_id] = hundredths
    return list(found.values())


def own_trials(person_id: int) -> Section:
    """What a person gave trial pitches, for their own copy."""
    rows = db.session.execute(
        select(Challenge.reference, Criterion.name, TrialScore.hundredths, TrialScore.reason, TrialScore.at)
        .join(PanelMember, PanelMember.id == TrialScore.member_id)
        .join(Challenge, Challenge.id == PanelMember.challenge_id)
        .join(Criterion, Criterion.id == TrialScore.criterion_id)
        .where(PanelMember.person_id == person_id)
        .order_by(Challenge.reference, Criterion.position, Criterion.id)
    )
    return Section(
        "Trial pitches that you scored",
        ("Challenge", "Criterion", "Score", "Reason", "Sent"),
        tuple((row[0], row[1], points_text(row[2]), row[3], row[4]) for row in rows),
    )


def trials_of(person_id: int) -> int:
    """How many scores of trial pitches a person gave."""
    found: int = db.session.execute(
        select(func.count())
        .select_from(TrialScore)
        .join(PanelMember, PanelMember.id == TrialScore.member_id)
        .where(PanelMember.person_id == person_id)
    ).scalar_one()
    return found
