"""What people of suppliers need so that they can take part."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pitchfest.db.types import UtcDateTime

revision = "0022_needs"
down_revision = "0021_reopening"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "challenge_need",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("replied_by_id", sa.Integer(), nullable=True),
        sa.Column("replied_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "(reply IS NULL) = (replied_by_id IS NULL) AND (reply IS NULL) = (replied_at IS NULL)",
            name=op.f("ck_challenge_need_replied_by_someone"),
        ),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_challenge_need_challenge_id_challenge")
        ),
        *(
            sa.ForeignKeyConstraint([column], ["person.id"], name=op.f(f"fk_challenge_need_{column}_person"))
            for column in ("person_id", "replied_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenge_need")),
    )
    op.create_index(op.f("ix_challenge_need_challenge_id"), "challenge_need", ["challenge_id"])
    op.create_index(op.f("ix_challenge_need_person_id"), "challenge_need", ["person_id"])


def downgrade() -> None:
    """Take it away."""
    op.drop_table("challenge_need")
