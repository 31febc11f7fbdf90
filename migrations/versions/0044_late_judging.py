"""Judges who finish later than was said, beside decisions that come later."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0044_late_judging"
down_revision = "0043_refusals"
branch_labels = None
depends_on = None

_KNOWN, _ONCE = "ck_challenge_delay_what_known", "uq_challenge_delay_challenge_id_number"


def upgrade() -> None:
    """Let each row say which date moved; so far it was the decision's. Both can move at once."""
    with op.batch_alter_table("challenge_delay") as delay:
        delay.add_column(sa.Column("what", sa.String(length=32), nullable=False, server_default="decision"))
        delay.create_check_constraint(op.f(_KNOWN), "\"what\" IN ('judging', 'decision')")
        delay.drop_constraint(op.f(_ONCE), type_="unique")
        delay.create_unique_constraint(op.f(f"{_ONCE}_what"), ["challenge_id", "number", "what"])
    with op.batch_alter_table("challenge_delay") as delay:
        delay.alter_column("what", server_default=None)


def downgrade() -> None:
    """Take the judges' rows away, with the news of those that told of nothing else."""
    op.execute("DELETE FROM challenge_delay WHERE what = 'judging'")
    op.execute(
        "DELETE FROM challenge_news WHERE kind = 'delayed' AND NOT EXISTS (SELECT 1 FROM challenge_delay d "
        "WHERE d.challenge_id = challenge_news.challenge_id AND d.number = challenge_news.item)"
    )
    with op.batch_alter_table("challenge_delay") as delay:
        delay.drop_constraint(op.f(f"{_ONCE}_what"), type_="unique")
        delay.drop_constraint(op.f(_KNOWN), type_="check")
        delay.create_unique_constraint(op.f(_ONCE), ["challenge_id", "number"])
        delay.drop_column("what")
