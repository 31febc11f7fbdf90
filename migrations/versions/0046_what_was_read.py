"""What an approver had read when they asked for changes, to show what became of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0046_what_was_read"
down_revision = "0045_words_inline"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column. Of earlier reviews nobody kept it."""
    with op.batch_alter_table("challenge_review") as review:
        review.add_column(sa.Column("body", sa.Text(), nullable=True))


def downgrade() -> None:
    """Take it away."""
    with op.batch_alter_table("challenge_review") as review:
        review.drop_column("body")
