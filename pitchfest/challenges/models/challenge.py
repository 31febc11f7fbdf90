"""A challenge, its criteria, its form, and the numbered snapshots that publishing freezes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pitchfest.challenges.rules import (
    ChallengeState,
    CriterionKind,
    DecisionBasis,
    Lane,
    Part,
    QuestionKind,
    ReviewOutcome,
)
from pitchfest.db import Base, UtcDateTime, enum_column, one_of

#: States in which the public must be able to read the challenge.
_UNPUBLISHED = "'draft','in_review','changes_wanted','approved','scheduled'"


class Challenge(Base):
    """A problem that the region asks suppliers to solve.

    `version` counts changes (optimistic locking). Pence are integers; a minimum in all is in
    hundredths of a point out of 100.
    """

    __tablename__ = "challenge"
    __table_args__ = (
        one_of("state", ChallengeState),
        one_of("lane", Lane),
        one_of("decision_basis", DecisionBasis),
        CheckConstraint(
            f"state IN ({_UNPUBLISHED},'withdrawn','cancelled') "
            "OR (published_at IS NOT NULL AND closes_at IS NOT NULL)",
            name="published_with_dates",
        ),
        CheckConstraint("published_at IS NULL OR published_at < closes_at", name="opens_before_closing"),
        CheckConstraint("budget_pence IS NULL OR budget_pence >= 0", name="budget_not_negative"),
        CheckConstraint("reason_words BETWEEN 1 AND 200", name="reason_words_sensible"),
        CheckConstraint("minimum_cards >= 1", name="minimum_cards_positive"),
        CheckConstraint(
            "(state = 'scheduled') = (scheduled_for IS NOT NULL) "
            "AND (scheduled_for IS NULL) = (scheduled_by_id IS NULL)",
            name="scheduled_with_time",
        ),
        Index("ix_challenge_state_closes", "state", "closes_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(20), unique=True)
    version: Mapped[int] = mapped_column(default=1)
    state: Mapped[ChallengeState] = mapped_column(enum_column(ChallengeState), default=ChallengeState.DRAFT)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    #: Run to learn how it goes: marked everywhere, in no list or figure, and thrown away whole.
    practice: Mapped[bool] = mapped_column(default=False)
    lane: Mapped[Lane] = mapped_column(enum_column(Lane), default=Lane.FULL)
    #: When it came into its present state: what waits, waits since then.
    state_since: Mapped[datetime] = mapped_column(UtcDateTime)

    title: Mapped[str] = mapped_column(String(160), default="")
    question: Mapped[str] = mapped_column(String(300), default="")
    problem: Mapped[str] = mapped_column(Text, default="")
    who_has_it: Mapped[str] = mapped_column(Text, default="")
    tried_before: Mapped[str] = mapped_column(Text, default="")
    outcome_sought: Mapped[str] = mapped_column(Text, default="")
    out_of_scope: Mapped[str] = mapped_column(Text, default="")
    eligibility: Mapped[str] = mapped_column(Text, default="")
    after_win: Mapped[str] = mapped_column(Text, default="")
    timetable: Mapped[str] = mapped_column(Text, default="")
    #: A key of `rules.THEMES`, "" for none.
    theme: Mapped[str] = mapped_column(String(20), default="")
    budget_pence: Mapped[int | None]
    owner_name: Mapped[str] = mapped_column(String(120), default="")
    owner_organisation: Mapped[str] = mapped_column(String(160), default="")

    officer_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    decision_maker_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    published_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decision_due: Mapped[datetime | None] = mapped_column(UtcDateTime)

    judging_deadline: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: None: every judge reads every pitch up to 8 pitches, above that three judges a pitch.
    judges_per_pitch: Mapped[int | None]
    minimum_cards: Mapped[int] = mapped_column(default=3)
    reason_words: Mapped[int] = mapped_column(default=10)
    minimum_total: Mapped[int | None]
    decision_basis: Mapped[DecisionBasis] = mapped_column(
        enum_column(DecisionBasis), default=DecisionBasis.RAW_MEAN
    )
    #: Judges read the pitches without learning who sent them, until the letters are out.
    names_hidden: Mapped[bool] = mapped_column(default=False)
    #: Until when suppliers can ask questions; None: as long as it is open.
    questions_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: Why it is open for less than its route asks for; everyone reads it. "" where it is not.
    short_because: Mapped[str] = mapped_column(Text, default="")
    #: What a supplier can ask itself before it writes, one condition on each line.
    self_check: Mapped[str] = mapped_column(Text, default="")
    #: What each supplier is paid for pitching; None for nothing, and then the approver's reason where
    #: pitching takes more than a day.
    payment_pence: Mapped[int | None]
    unpaid_because: Mapped[str] = mapped_column(Text, default="")
    #: When the clock publishes it, who set that, and since when something holds it up.
    scheduled_for: Mapped[datetime | None] = mapped_column(UtcDateTime)
    scheduled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    held_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    #: When every letter went out, whatever became of the challenge since.
    released_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ChallengeText(Base):
    """The words of a published challenge, for the search alone. An index of the database's own kind
    stands on it (migration 0013); drafts and practice are never here.
    """

    __tablename__ = "challenge_text"

    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), primary_key=True)
    words: Mapped[str] = mapped_column(Text)


class ChallengeEdit(Base):
    """Who changed the challenge, and when: whoever did is an author and may not approve it."""

    __tablename__ = "challenge_edit"

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    version: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class Criterion(Base):
    """What pitches are judged on. Scale and threshold are in hundredths of a point."""

    __tablename__ = "criterion"
    __table_args__ = (
        one_of("kind", CriterionKind),
        UniqueConstraint("challenge_id", "position"),
        CheckConstraint("weight BETWEEN 1 AND 100", name="weight_in_range"),
        CheckConstraint("minimum >= 0 AND maximum > minimum AND step > 0", name="scale_in_order"),
        CheckConstraint(
            "threshold IS NULL OR (threshold >= minimum AND threshold <= maximum)", name="threshold_on_scale"
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(String(120))
    guidance: Mapped[str] = mapped_column(Text, default="")
    kind: Mapped[CriterionKind] = mapped_column(enum_column(CriterionKind), default=CriterionKind.JUDGED)
    weight: Mapped[int]
    minimum: Mapped[int] = mapped_column(default=0)
    maximum: Mapped[int] = mapped_column(default=500)
    step: Mapped[int] = mapped_column(default=100)
    threshold: Mapped[int | None]


class Anchor(Base):
    """What a value on a criterion's scale means, in words."""

    __tablename__ = "anchor"

    criterion_id: Mapped[int] = mapped_column(ForeignKey("criterion.id"), primary_key=True)
    value: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    label: Mapped[str] = mapped_column(String(80))
    meaning: Mapped[str] = mapped_column(String(400), default="")


class Question(Base):
    """One question of the pitch form. `criterion_id` is None where it is not scored.

    `options` is a JSON list of the choices of a radios question.
    """

    __tablename__ = "question"
    __table_args__ = (
        one_of("kind", QuestionKind),
        UniqueConstraint("challenge_id", "position"),
        CheckConstraint("(kind = 'text') = (max_words IS NOT NULL)", name="text_has_word_limit"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"))
    criterion_id: Mapped[int | None] = mapped_column(ForeignKey("criterion.id"), index=True)
    position: Mapped[int]
    ask: Mapped[str] = mapped_column(String(300))
    kind: Mapped[QuestionKind] = mapped_column(enum_column(QuestionKind))
    max_words: Mapped[int | None]
    required: Mapped[bool] = mapped_column(default=True)
    options: Mapped[str] = mapped_column(Text, default="[]")


class ChallengeTemplate(Base):
    """What the region keeps of a challenge for the next one. `body` is `rules.template_body`.

    `made_from` is the challenge's reference, "" for a file from elsewhere; `uses` counts the drafts
    that began with it; `version` counts changes of its name and note (optimistic locking).
    """

    __tablename__ = "challenge_template"
    __table_args__ = (CheckConstraint("uses >= 0", name="uses_not_negative"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    note: Mapped[str] = mapped_column(Text, default="")
    body: Mapped[str] = mapped_column(Text)
    made_from: Mapped[str] = mapped_column(String(20), default="")
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    retired_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    uses: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)


class Review(Base):
    """An approver's yes, or what they want changed, about one version; then `body` is what they read, as
    publishing would have frozen it.
    """

    __tablename__ = "challenge_review"
    __table_args__ = (one_of("outcome", ReviewOutcome),)

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), index=True)
    version: Mapped[int]
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    outcome: Mapped[ReviewOutcome] = mapped_column(enum_column(ReviewOutcome))
    reason: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    body: Mapped[str | None] = mapped_column(Text)


class Snapshot(Base):
    """Brief, criteria and form as published: canonical JSON and its SHA-256. Never changes."""

    __tablename__ = "challenge_snapshot"
    __table_args__ = (UniqueConstraint("challenge_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"))
    number: Mapped[int]
    body: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    published_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class HandOver(Base):
    """Someone else took a person's part in a challenge, from when on, and why."""

    __tablename__ = "challenge_hand_over"
    __table_args__ = (
        one_of("part", Part),
        CheckConstraint("from_id <> to_id", name="to_another"),
        CheckConstraint("reason <> ''", name="with_reason"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), index=True)
    part: Mapped[Part] = mapped_column(enum_column(Part))
    from_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    to_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text)
