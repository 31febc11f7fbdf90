"""Practice challenges, the small round, and disposals of what is otherwise kept for good."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003_practice"
down_revision = "0002_thread"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns and the table of disposals."""
    with op.batch_alter_table("organisation") as organisation:
        organisation.add_column(
            sa.Column("practice", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("challenge") as challenge:
        challenge.add_column(sa.Column("practice", sa.Boolean(), nullable=False, server_default=sa.false()))
        challenge.add_column(sa.Column("lane", sa.String(32), nullable=False, server_default="full"))
        challenge.create_check_constraint(op.f("ck_challenge_lane_known"), "\"lane\" IN ('full', 'small')")
    op.create_table(
        "disposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("pitch_id", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disposal")),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("disposal")
    with op.batch_alter_table("challenge") as challenge:
        challenge.drop_constraint(op.f("ck_challenge_lane_known"), type_="check")
        challenge.drop_column("lane")
        challenge.drop_column("practice")
    with op.batch_alter_table("organisation") as organisation:
        organisation.drop_column("practice")
