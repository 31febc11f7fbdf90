"""What everyone is told of a challenge, in one order: publishing and extensions until now."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pitchfest.db.types import UtcDateTime

revision = "0010_news"
down_revision = "0009_another_way"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table, with what has happened so far."""
    op.create_table(
        "challenge_news",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("item", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "\"kind\" IN ('published', 'extended')", name=op.f("ck_challenge_news_kind_known")
        ),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_challenge_news_challenge_id_challenge")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenge_news")),
        sa.UniqueConstraint(
            "challenge_id", "kind", "item", name=op.f("uq_challenge_news_challenge_id_kind_item")
        ),
    )
    op.create_index(op.f("ix_challenge_news_at"), "challenge_news", ["at"])
    op.execute(
        "INSERT INTO challenge_news (challenge_id, kind, item, at) "
        "SELECT id, 'published', 1, published_at FROM challenge WHERE published_at IS NOT NULL "
        "ORDER BY published_at, id"
    )
    op.execute(
        "INSERT INTO challenge_news (challenge_id, kind, item, at) "
        "SELECT challenge_id, 'extended', id, at FROM challenge_extension ORDER BY at, id"
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_table("challenge_news")
