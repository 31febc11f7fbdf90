"""How sure a ranking is, kept so that the results can say it at once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pitchfest.db.types import UtcDateTime

revision = "0031_calibration"
down_revision = "0030_lot"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; the worker fills it."""
    op.create_table(
        "calibration",
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("mark", sa.String(length=200), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_calibration_challenge_id_challenge")
        ),
        sa.PrimaryKeyConstraint("challenge_id", name=op.f("pk_calibration")),
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_table("calibration")
