"""The lot that settles equal totals, sealed until the scores stand."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pitchfest.db.types import UtcDateTime

revision = "0030_lot"
down_revision = "0029_two_step"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table. Rounds that are being judged already have no lot: their ties stay ties."""
    op.create_table(
        "tie_lot",
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("seed", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("revealed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_tie_lot_challenge_id_challenge")
        ),
        sa.PrimaryKeyConstraint("challenge_id", name=op.f("pk_tie_lot")),
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_table("tie_lot")
