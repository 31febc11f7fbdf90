"""The briefing of a challenge's judges."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from pitchfest.accounts import queries as accounts
from pitchfest.accounts.models import Person
from pitchfest.challenges.models import Challenge
from pitchfest.db import db
from pitchfest.judging.models import Briefing, BriefingRead
from pitchfest.judging.queries.cards import judged_criteria
from pitchfest.judging.rules import Round
from pitchfest.judging.rules.briefing import Told, first_words
from pitchfest.judging.rules.scoring import points_text


@dataclass(frozen=True, slots=True)
class Briefed:
    """A briefing as it stands; `read_at`: when the judge who looks at it said they have read it."""

    text: str
    version: int
    written_at: datetime
    read_at: datetime | None

    @property
    def to_read(self) -> bool:
        """Whether the judge has not read it as it is now."""
        return self.read_at is None or self.read_at < self.written_at


def briefing(challenge_id: int, member_id: int | None = None) -> Briefed | None:
    """The briefing, as this member of the panel meets it; None where nobody wrote one."""
    row = db.session.execute(
        select(Briefing.text, Briefing.version, Briefing.written_at, BriefingRead.read_at)
        .outerjoin(BriefingRead, BriefingRead.member_id == member_id)
        .where(Briefing.challenge_id == challenge_id)
    ).one_or_none()
    return Briefed(*row) if row else None


def first_briefing(round_: Round) -> str:
    """The words to begin from, made from the challenge."""
    due, officer = db.session.execute(
        select(Challenge.decision_due, Person.name)
        .join(Person, Person.id == Challenge.officer_id)
        .where(Challenge.id == round_.id)
    ).one()
    return first_words(
        Told(
            title=round_.title,
            criteria=[
                (c.name, c.weight, points_text(c.minimum), points_text(c.maximum))
                for c in judged_criteria(round_.id)
            ],
            reason_words=round_.reason_words,
            judging_deadline=round_.judging_deadline,
            decision_due=due,
            ask_name=officer,
            ask_email=accounts.region().email,
        )
    )
