"""What a pitch form asks of suppliers: a self-check, what pitching is paid, and why it is not."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019_effort"
down_revision = "0018_routes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    with op.batch_alter_table("challenge") as challenge:
        challenge.add_column(sa.Column("self_check", sa.Text(), nullable=False, server_default=""))
        challenge.add_column(sa.Column("payment_pence", sa.Integer(), nullable=True))
        challenge.add_column(sa.Column("unpaid_because", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    """Take them away."""
    with op.batch_alter_table("challenge") as challenge:
        for name in ("unpaid_because", "payment_pence", "self_check"):
            challenge.drop_column(name)
