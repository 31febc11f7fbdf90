"""A judge may say that they cannot judge a criterion."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033_unable"
down_revision = "0032_assignment"
branch_labels = None
depends_on = None

_NO_SCORE = "ck_score_unable_has_no_score"


def upgrade() -> None:
    """Add the mark to scores and to their versions."""
    with op.batch_alter_table("score") as score:
        score.add_column(sa.Column("unable", sa.Boolean(), nullable=False, server_default=sa.false()))
        score.create_check_constraint(op.f(_NO_SCORE), "NOT unable OR hundredths IS NULL")
    with op.batch_alter_table("score_version") as version:
        version.add_column(sa.Column("unable", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    """Take both marks away."""
    with op.batch_alter_table("score_version") as version:
        version.drop_column("unable")
    with op.batch_alter_table("score") as score:
        score.drop_constraint(op.f(_NO_SCORE), type_="check")
        score.drop_column("unable")
