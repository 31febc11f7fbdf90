"""Questions that suppliers ask about a challenge, and answers for everyone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pitchfest.db.types import UtcDateTime

revision = "0014_clarifications"
down_revision = "0013_finding"
branch_labels = None
depends_on = None

_KINDS = "ck_challenge_news_kind_known"
_STATES = (
    "'received', 'drafted', 'offered', 'published', 'superseded', 'answered_privately', 'duplicate',"
    " 'withdrawn', 'refused_late'"
)
_SIGNED = "'published','superseded','answered_privately'"


def upgrade() -> None:
    """Make the tables, the end of questions, and their news. Challenges that are open take questions
    until they close, since their briefs say nothing else.
    """
    op.add_column("challenge", sa.Column("questions_until", UtcDateTime(), nullable=True))
    _news("'published', 'extended', 'corrected', 'cancelled', 'answered'")
    _clarification()
    _people()
    _published()


def _news(kinds: str) -> None:
    with op.batch_alter_table("challenge_news") as news:
        news.drop_constraint(op.f(_KINDS), type_="check")
        news.create_check_constraint(op.f(_KINDS), f'"kind" IN ({kinds})')


def _clarification() -> None:
    op.create_table(
        "clarification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("state_since", UtcDateTime(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("secrecy", sa.String(length=32), nullable=False),
        sa.Column("wish", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("drafted_by_id", sa.Integer(), nullable=True),
        sa.Column("signed_by_id", sa.Integer(), nullable=True),
        sa.Column("signed_at", UtcDateTime(), nullable=True),
        sa.Column("duplicate_of", sa.Integer(), nullable=True),
        sa.Column("supersedes", sa.Integer(), nullable=True),
        sa.Column("removed_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(f'"state" IN ({_STATES})', name=op.f("ck_clarification_state_known")),
        sa.CheckConstraint(
            "\"secrecy\" IN ('none', 'asked', 'agreed', 'lifted')",
            name=op.f("ck_clarification_secrecy_known"),
        ),
        sa.CheckConstraint(
            "(state = 'duplicate') = (duplicate_of IS NOT NULL)",
            name=op.f("ck_clarification_duplicate_of_one"),
        ),
        sa.CheckConstraint(
            f"(state IN ({_SIGNED})) = (signed_by_id IS NOT NULL)"
            f" AND (state IN ({_SIGNED})) = (signed_at IS NOT NULL)",
            name=op.f("ck_clarification_signed_by_someone"),
        ),
        sa.CheckConstraint(
            "signed_by_id IS NULL OR (drafted_by_id IS NOT NULL AND drafted_by_id <> signed_by_id)",
            name=op.f("ck_clarification_signed_by_another"),
        ),
        sa.CheckConstraint(
            "state <> 'answered_privately' OR secrecy = 'agreed'",
            name=op.f("ck_clarification_private_only_when_agreed"),
        ),
        sa.CheckConstraint(
            "state NOT IN ('published','superseded') OR secrecy IN ('none','lifted')",
            name=op.f("ck_clarification_published_only_when_not_secret"),
        ),
        sa.CheckConstraint(
            "(secrecy <> 'agreed' AND state <> 'offered') OR (decided_by_id IS NOT NULL AND said <> '')",
            name=op.f("ck_clarification_decided_with_reason"),
        ),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_clarification_challenge_id_challenge")
        ),
        *(
            sa.ForeignKeyConstraint([column], ["person.id"], name=op.f(f"fk_clarification_{column}_person"))
            for column in ("decided_by_id", "drafted_by_id", "signed_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clarification")),
        sa.UniqueConstraint(
            "challenge_id", "supersedes", name=op.f("uq_clarification_challenge_id_supersedes")
        ),
    )
    op.create_index("ix_clarification_challenge_state", "clarification", ["challenge_id", "state"])


def _people() -> None:
    op.create_table(
        "clarification_asker",
        sa.Column("clarification_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["clarification_id"],
            ["clarification.id"],
            name=op.f("fk_clarification_asker_clarification_id_clarification"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_clarification_asker_person_id_person")
        ),
        sa.PrimaryKeyConstraint("clarification_id", name=op.f("pk_clarification_asker")),
    )
    op.create_index(op.f("ix_clarification_asker_person_id"), "clarification_asker", ["person_id"])
    op.create_table(
        "clarification_edit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clarification_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clarification_id"],
            ["clarification.id"],
            name=op.f("fk_clarification_edit_clarification_id_clarification"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_clarification_edit_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clarification_edit")),
    )
    op.create_index(
        op.f("ix_clarification_edit_clarification_id"), "clarification_edit", ["clarification_id"]
    )


def _published() -> None:
    op.create_table(
        "published_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("clarification_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("supersedes", sa.Integer(), nullable=True),
        sa.Column("drafted_by_id", sa.Integer(), nullable=False),
        sa.Column("signed_by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("number >= 1", name=op.f("ck_published_answer_numbered_from_one")),
        sa.CheckConstraint(
            "supersedes IS NULL OR supersedes < number",
            name=op.f("ck_published_answer_supersedes_an_earlier_one"),
        ),
        sa.CheckConstraint(
            "drafted_by_id <> signed_by_id", name=op.f("ck_published_answer_signed_by_another")
        ),
        sa.CheckConstraint("question <> '' AND answer <> ''", name=op.f("ck_published_answer_with_words")),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_published_answer_challenge_id_challenge")
        ),
        sa.ForeignKeyConstraint(
            ["clarification_id"],
            ["clarification.id"],
            name=op.f("fk_published_answer_clarification_id_clarification"),
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], ["person.id"], name=op.f(f"fk_published_answer_{column}_person")
            )
            for column in ("drafted_by_id", "signed_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_published_answer")),
        sa.UniqueConstraint("challenge_id", "number", name=op.f("uq_published_answer_challenge_id_number")),
        sa.UniqueConstraint(
            "challenge_id", "supersedes", name=op.f("uq_published_answer_challenge_id_supersedes")
        ),
        sa.UniqueConstraint("clarification_id", name=op.f("uq_published_answer_clarification_id")),
    )


def downgrade() -> None:
    """Take them away."""
    for table in ("published_answer", "clarification_edit", "clarification_asker", "clarification"):
        op.drop_table(table)
    op.execute("DELETE FROM challenge_news WHERE kind = 'answered'")
    _news("'published', 'extended', 'corrected', 'cancelled'")
    with op.batch_alter_table("challenge") as challenge:
        challenge.drop_column("questions_until")
