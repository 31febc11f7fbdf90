"""The five answers about a challenge's route, and what was done of its duties."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from pitchfest.challenges.rules import Instead, Route
from pitchfest.db import Base, UtcDateTime, enum_column, one_of


class ChallengeRoute(Base):
    """The answers, the route that followed from them, and the procurement lead's yes to both.

    `edition` counts the results: it rises where other answers lead to another route or other duties.
    """

    __tablename__ = "challenge_route"
    __table_args__ = (
        one_of("instead", Instead),
        one_of("route", Route),
        CheckConstraint("value_pence >= 0", name="value_not_negative"),
        CheckConstraint("(confirmed_by_id IS NULL) = (confirmed_at IS NULL)", name="confirmed_by_someone"),
    )

    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), primary_key=True)
    buying: Mapped[bool]
    value_pence: Mapped[int]
    others: Mapped[bool]
    instead: Mapped[Instead] = mapped_column(enum_column(Instead))
    research: Mapped[bool]
    route: Mapped[Route] = mapped_column(enum_column(Route))
    edition: Mapped[int] = mapped_column(default=1)
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ChallengeDuty(Base):
    """A line of `rules.DUTIES` as done, with its evidence, or as not needed. The newest row of a key
    counts, as long as the route stands at the `edition` that it was recorded for; none is ever changed.

    `at`: when a notice was published elsewhere, or when the lead wrote the statement.
    """

    __tablename__ = "challenge_duty"
    __table_args__ = (
        CheckConstraint("(evidence = '') <> (not_needed_because = '')", name="done_or_not_needed"),
        CheckConstraint("at <= recorded_at", name="done_before_recorded"),
        Index("ix_challenge_duty_challenge_key", "challenge_id", "key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"))
    edition: Mapped[int] = mapped_column(default=1)
    key: Mapped[str] = mapped_column(String(40))
    evidence: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    not_needed_because: Mapped[str] = mapped_column(Text, default="")
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime)
