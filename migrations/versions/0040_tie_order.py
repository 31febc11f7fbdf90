"""The order in which equal totals are settled, kept once the lot is revealed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0040_tie_order"
down_revision = "0039_without_names"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column. Equal totals of rounds whose scores stand already keep sharing their rank."""
    with op.batch_alter_table("pitch_total") as total:
        total.add_column(sa.Column("tie_order", sa.Integer(), nullable=True))


def downgrade() -> None:
    """Take it away."""
    with op.batch_alter_table("pitch_total") as total:
        total.drop_column("tie_order")
