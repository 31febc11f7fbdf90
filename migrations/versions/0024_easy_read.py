"""The Easy Read version of a challenge: sentences, some beside a picture."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024_easy_read"
down_revision = "0023_teams"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the two tables."""
    op.create_table(
        "easy_read",
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("record", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("record >= 0", name=op.f("ck_easy_read_record_not_negative")),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_easy_read_challenge_id_challenge")
        ),
        sa.PrimaryKeyConstraint("challenge_id", name=op.f("pk_easy_read")),
    )
    op.create_table(
        "easy_read_sentence",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("picture_id", sa.Integer(), nullable=True),
        sa.Column("alt", sa.Text(), nullable=False),
        sa.CheckConstraint("text <> ''", name=op.f("ck_easy_read_sentence_with_words")),
        sa.CheckConstraint(
            "(picture_id IS NULL) = (alt = '')", name=op.f("ck_easy_read_sentence_picture_described")
        ),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["easy_read.challenge_id"],
            name=op.f("fk_easy_read_sentence_challenge_id_easy_read"),
        ),
        sa.ForeignKeyConstraint(
            ["picture_id"], ["stored_file.id"], name=op.f("fk_easy_read_sentence_picture_id_stored_file")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_easy_read_sentence")),
        sa.UniqueConstraint(
            "challenge_id", "position", name=op.f("uq_easy_read_sentence_challenge_id_position")
        ),
        sa.UniqueConstraint("picture_id", name=op.f("uq_easy_read_sentence_picture_id")),
    )


def downgrade() -> None:
    """Take them away. Their pictures stay as files that nothing names."""
    op.drop_table("easy_read_sentence")
    op.drop_table("easy_read")
