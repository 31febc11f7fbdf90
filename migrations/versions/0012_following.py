"""Who follows a challenge, or each new one, by e-mail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pitchfest.db.types import UtcDateTime

revision = "0012_following"
down_revision = "0011_corrections"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "challenge_follower",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=True),
        sa.Column("theme", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_challenge_follower_challenge_id_challenge")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenge_follower")),
        sa.UniqueConstraint(
            "challenge_id", "address", name=op.f("uq_challenge_follower_challenge_id_address")
        ),
        sa.UniqueConstraint("token", name=op.f("uq_challenge_follower_token")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_challenge_follower_address"), "challenge_follower", ["address"])
    op.create_index(
        "uq_challenge_follower_of_new",
        "challenge_follower",
        ["address", "theme"],
        unique=True,
        sqlite_where=sa.text("challenge_id IS NULL"),
        postgresql_where=sa.text("challenge_id IS NULL"),
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_table("challenge_follower")
