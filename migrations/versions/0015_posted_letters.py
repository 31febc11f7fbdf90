"""Who sent the letters of suppliers without an account by hand, and when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pitchfest.db.types import UtcDateTime

revision = "0015_posted_letters"
down_revision = "0014_clarifications"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "posted_letter",
        sa.Column("pitch_id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_posted_letter_by_id_person")),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_posted_letter_challenge_id_challenge")
        ),
        sa.ForeignKeyConstraint(["pitch_id"], ["pitch.id"], name=op.f("fk_posted_letter_pitch_id_pitch")),
        sa.PrimaryKeyConstraint("pitch_id", name=op.f("pk_posted_letter")),
    )
    op.create_index(op.f("ix_posted_letter_challenge_id"), "posted_letter", ["challenge_id"])


def downgrade() -> None:
    """Take it away."""
    op.drop_table("posted_letter")
