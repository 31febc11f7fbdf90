"""Challenges whose judges do not see who pitches, and words that are hidden from them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pitchfest.db.types import UtcDateTime

revision = "0039_without_names"
down_revision = "0038_skills"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the column and the table. In every challenge so far judges see names."""
    with op.batch_alter_table("challenge") as challenge:
        challenge.add_column(
            sa.Column("names_hidden", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("challenge") as challenge:
        challenge.alter_column("names_hidden", server_default=None)
    op.create_table(
        "hidden_words",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pitch_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("undone_by_id", sa.Integer(), nullable=True),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_hidden_words_with_reason")),
        sa.CheckConstraint(
            "(undone_at IS NULL) = (undone_by_id IS NULL)", name=op.f("ck_hidden_words_undone_by_someone")
        ),
        sa.ForeignKeyConstraint(["pitch_id"], ["pitch.id"], name=op.f("fk_hidden_words_pitch_id_pitch")),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_hidden_words_question_id_question")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_hidden_words_by_id_person")),
        sa.ForeignKeyConstraint(
            ["undone_by_id"], ["person.id"], name=op.f("fk_hidden_words_undone_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hidden_words")),
    )
    op.create_index(op.f("ix_hidden_words_pitch_id"), "hidden_words", ["pitch_id"])
    op.create_index(op.f("ix_hidden_words_by_id"), "hidden_words", ["by_id"])


def downgrade() -> None:
    """Take them away."""
    op.drop_table("hidden_words")
    with op.batch_alter_table("challenge") as challenge:
        challenge.drop_column("names_hidden")
