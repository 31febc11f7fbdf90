"""A challenge, its criteria, its form, and the numbered snapshots that publishing freezes."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from pitchfest.challenges.rules import (
    ChallengeState,
    ClarificationState,
    CriterionKind,
    Lane,
    NewsKind,
    Part,
    QuestionKind,
    ReviewOutcome,
    Secrecy,
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
        CheckConstraint(
            f"state IN ({_UNPUBLISHED},'withdrawn','cancelled') "
            "OR (published_at IS NOT NULL AND closes_at IS NOT NULL)",
            name="published_with_dates",
        ),
        CheckConstraint("published_at IS NULL OR published_at < closes_at", name="opens_before_closing"),
        CheckConstraint("budget_pence IS NULL OR budget_pence >= 0", name="budget_not_negative"),
        CheckConstraint("reason_words BETWEEN 1 AND 200", name="reason_words_sensible"),
        CheckConstraint("minimum_cards >= 1", name="minimum_cards_positive"),
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
    #: Until when suppliers can ask questions; None: as long as it is open.
    questions_until: Mapped[datetime | None] = mapped_column(UtcDateTime)


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
    """An approver's yes, or what they want changed, about one version."""

    __tablename__ = "challenge_review"
    __table_args__ = (one_of("outcome", ReviewOutcome),)

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), index=True)
    version: Mapped[int]
    reviewer_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    outcome: Mapped[ReviewOutcome] = mapped_column(enum_column(ReviewOutcome))
    reason: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime)


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


class Extension(Base):
    """More time for everyone: from when to when, why, and the record that it was published as."""

    __tablename__ = "challenge_extension"
    __table_args__ = (
        UniqueConstraint("challenge_id", "number"),
        CheckConstraint("closed_before < closes_at", name="gives_more_time"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"))
    #: The number of the published record.
    number: Mapped[int]
    #: The closing time until then.
    closed_before: Mapped[datetime] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(Text)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class News(Base):
    """Something that everyone is told of a published challenge, once and in this order.

    `item` is the row or number that says what happened, by the kind (`rules.news`).
    """

    __tablename__ = "challenge_news"
    __table_args__ = (one_of("kind", NewsKind), UniqueConstraint("challenge_id", "kind", "item"))

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"))
    kind: Mapped[NewsKind] = mapped_column(enum_column(NewsKind))
    item: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class Outreach(Base):
    """People outside were told of a challenge: who did it, when, with which words, and how many.

    `known` had been told before, `stopped` had asked not to be told; neither was told again.
    """

    __tablename__ = "outreach"
    __table_args__ = (CheckConstraint("told > 0", name="told_someone"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), index=True)
    by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    note: Mapped[str] = mapped_column(Text, default="")
    told: Mapped[int]
    known: Mapped[int]
    stopped: Mapped[int]


class OutreachRecipient(Base):
    """An address that was told of a challenge, as a keyed hash: nobody is told twice."""

    __tablename__ = "outreach_recipient"

    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"), primary_key=True)
    address_hash: Mapped[str] = mapped_column(String(64), primary_key=True, index=True)
    outreach_id: Mapped[int] = mapped_column(ForeignKey("outreach.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class OutreachStop(Base):
    """An address, as a keyed hash, whose holder asked to be told of no challenge any more."""

    __tablename__ = "outreach_stop"

    address_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
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


_SIGNED = "'published','superseded','answered_privately'"


class Clarification(Base):
    """Something that a supplier asks about a challenge, or a correction of an answer; never who asks.

    `asked` is the asker's own wording, "" for a correction; `question` and `answer` are what staff
    make of it. `supersedes` and `duplicate_of` are numbers of published answers.
    """

    __tablename__ = "clarification"
    __table_args__ = (
        one_of("state", ClarificationState),
        one_of("secrecy", Secrecy),
        CheckConstraint("(state = 'duplicate') = (duplicate_of IS NOT NULL)", name="duplicate_of_one"),
        CheckConstraint(
            f"(state IN ({_SIGNED})) = (signed_by_id IS NOT NULL)"
            f" AND (state IN ({_SIGNED})) = (signed_at IS NOT NULL)",
            name="signed_by_someone",
        ),
        CheckConstraint(
            "signed_by_id IS NULL OR (drafted_by_id IS NOT NULL AND drafted_by_id <> signed_by_id)",
            name="signed_by_another",
        ),
        CheckConstraint(
            "state <> 'answered_privately' OR secrecy = 'agreed'", name="private_only_when_agreed"
        ),
        CheckConstraint(
            "state NOT IN ('published','superseded') OR secrecy IN ('none','lifted')",
            name="published_only_when_not_secret",
        ),
        CheckConstraint(
            "(secrecy <> 'agreed' AND state <> 'offered') OR (decided_by_id IS NOT NULL AND said <> '')",
            name="decided_with_reason",
        ),
        UniqueConstraint("challenge_id", "supersedes"),
        Index("ix_clarification_challenge_state", "challenge_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"))
    version: Mapped[int] = mapped_column(default=1)
    state: Mapped[ClarificationState] = mapped_column(
        enum_column(ClarificationState), default=ClarificationState.RECEIVED
    )
    state_since: Mapped[datetime] = mapped_column(UtcDateTime)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
    asked: Mapped[str] = mapped_column(Text, default="")
    question: Mapped[str] = mapped_column(Text, default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    secrecy: Mapped[Secrecy] = mapped_column(enum_column(Secrecy), default=Secrecy.NONE)
    #: Why the asker wants it kept confidential.
    wish: Mapped[str] = mapped_column(Text, default="")
    #: What the lead said to that, and why.
    said: Mapped[str] = mapped_column(Text, default="")
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    #: Whoever wrote the answer last; everyone who did is in `ClarificationEdit`.
    drafted_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    signed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    signed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    duplicate_of: Mapped[int | None]
    supersedes: Mapped[int | None]
    #: When all words but the published ones went, and with them who asked.
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ClarificationAsker(Base):
    """Who asked. Read for that person alone (tested); an erasure takes the row away.

    `salt` is what the log's entries about the person's acts are hashed with.
    """

    __tablename__ = "clarification_asker"

    clarification_id: Mapped[int] = mapped_column(ForeignKey("clarification.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    salt: Mapped[str] = mapped_column(String(32))


class ClarificationEdit(Base):
    """Who wrote any version of an answer: whoever did may not sign it."""

    __tablename__ = "clarification_edit"

    id: Mapped[int] = mapped_column(primary_key=True)
    clarification_id: Mapped[int] = mapped_column(ForeignKey("clarification.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)


class PublishedAnswer(Base):
    """A question and its answer as published to everyone, numbered from 1 without gaps. Never changes."""

    __tablename__ = "published_answer"
    __table_args__ = (
        UniqueConstraint("challenge_id", "number"),
        UniqueConstraint("challenge_id", "supersedes"),
        UniqueConstraint("clarification_id"),
        CheckConstraint("number >= 1", name="numbered_from_one"),
        CheckConstraint("supersedes IS NULL OR supersedes < number", name="supersedes_an_earlier_one"),
        CheckConstraint("drafted_by_id <> signed_by_id", name="signed_by_another"),
        CheckConstraint("question <> '' AND answer <> ''", name="with_words"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    challenge_id: Mapped[int] = mapped_column(ForeignKey("challenge.id"))
    clarification_id: Mapped[int] = mapped_column(ForeignKey("clarification.id"))
    number: Mapped[int]
    question: Mapped[str] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
    supersedes: Mapped[int | None]
    drafted_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    signed_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
