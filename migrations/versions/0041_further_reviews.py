"""Reviews that are asked for after scoring was closed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pitchfest.db.types import UtcDateTime

revision = "0041_further_reviews"
down_revision = "0040_tie_order"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "further_review",
        sa.Column("scorecard_id", sa.Integer(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("why <> ''", name=op.f("ck_further_review_with_reason")),
        sa.ForeignKeyConstraint(
            ["scorecard_id"], ["scorecard.id"], name=op.f("fk_further_review_scorecard_id_scorecard")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["person.id"], name=op.f("fk_further_review_asked_by_id_person")
        ),
        sa.PrimaryKeyConstraint("scorecard_id", name=op.f("pk_further_review")),
    )
    op.create_index(op.f("ix_further_review_asked_by_id"), "further_review", ["asked_by_id"])


def downgrade() -> None:
    """Take it away."""
    op.drop_table("further_review")
