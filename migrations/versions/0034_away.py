"""Scorecards that were worked on away from the screen."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034_away"
down_revision = "0033_unable"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the mark."""
    with op.batch_alter_table("scorecard") as card:
        card.add_column(sa.Column("away", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Take it away."""
    with op.batch_alter_table("scorecard") as card:
        card.drop_column("away")
