"""Duties after publication: when the letters went out, and for which route a duty was recorded."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pitchfest.db.types import UtcDateTime

revision = "0026_duties"
down_revision = "0025_personal_extensions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; what was recorded so far counts for the route as it stands."""
    with op.batch_alter_table("challenge") as challenge:
        challenge.add_column(sa.Column("released_at", UtcDateTime(), nullable=True))
    op.execute(
        "UPDATE challenge SET released_at = "
        "(SELECT at FROM letter_release WHERE letter_release.challenge_id = challenge.id)"
    )
    for name in ("challenge_route", "challenge_duty"):
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column("edition", sa.Integer(), nullable=False, server_default="1"))


def downgrade() -> None:
    """Take them away."""
    for name in ("challenge_duty", "challenge_route"):
        with op.batch_alter_table(name) as table:
            table.drop_column("edition")
    with op.batch_alter_table("challenge") as challenge:
        challenge.drop_column("released_at")
