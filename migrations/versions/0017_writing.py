"""The version of an answer that is still being written, and texts beside it that were settled."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pitchfest.db.types import UtcDateTime

revision = "0017_writing"
down_revision = "0016_delays"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns and the table."""
    with op.batch_alter_table("answer_version") as version:
        version.add_column(sa.Column("begun_at", UtcDateTime(), nullable=True))
        version.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))
    op.create_table(
        "settled_version",
        sa.Column("version_id", _ID, nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_settled_version_by_id_person")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["answer_version.id"], name=op.f("fk_settled_version_version_id_answer_version")
        ),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_settled_version")),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("settled_version")
    with op.batch_alter_table("answer_version") as version:
        version.drop_column("revision")
        version.drop_column("begun_at")
