"""Decisions that come later than was said."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pitchfest.db.types import UtcDateTime

revision = "0016_delays"
down_revision = "0015_posted_letters"
branch_labels = None
depends_on = None

_KIND = "ck_challenge_news_kind_known"
_KNOWN = "'published', 'extended', 'corrected', 'cancelled', 'answered'"


def upgrade() -> None:
    """Make the table, and let news tell of it."""
    op.create_table(
        "challenge_delay",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("was_due", UtcDateTime(), nullable=True),
        sa.Column("due", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "was_due IS NULL OR was_due < due", name=op.f("ck_challenge_delay_later_than_before")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_challenge_delay_by_id_person")),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_challenge_delay_challenge_id_challenge")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenge_delay")),
        sa.UniqueConstraint("challenge_id", "number", name=op.f("uq_challenge_delay_challenge_id_number")),
    )
    _let_news(f"{_KNOWN}, 'delayed'")


def downgrade() -> None:
    """Take it away."""
    op.execute("DELETE FROM challenge_news WHERE kind = 'delayed'")
    _let_news(_KNOWN)
    op.drop_table("challenge_delay")


def _let_news(kinds: str) -> None:
    with op.batch_alter_table("challenge_news") as news:
        news.drop_constraint(op.f(_KIND), type_="check")
        news.create_check_constraint(op.f(_KIND), f'"kind" IN ({kinds})')
