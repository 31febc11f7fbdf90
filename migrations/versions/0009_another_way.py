"""Pitches that come another way: typed for a supplier, or received elsewhere and brought."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pitchfest.db.types import UtcDateTime

revision = "0009_another_way"
down_revision = "0008_first_day"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the mark on rights and the two tables."""
    with op.batch_alter_table("pitch_member") as member:
        member.add_column(sa.Column("assists", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "assisted_pitch",
        sa.Column("pitch_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("told_by", sa.String(length=32), nullable=False),
        sa.Column("contact", sa.LargeBinary(), nullable=False),
        sa.Column("read_back_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "\"told_by\" IN ('phone', 'paper', 'recording')", name=op.f("ck_assisted_pitch_told_by_known")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_assisted_pitch_by_id_person")),
        sa.ForeignKeyConstraint(["pitch_id"], ["pitch.id"], name=op.f("fk_assisted_pitch_pitch_id_pitch")),
        sa.PrimaryKeyConstraint("pitch_id", name=op.f("pk_assisted_pitch")),
    )
    op.create_index(op.f("ix_assisted_pitch_by_id"), "assisted_pitch", ["by_id"])
    op.create_table(
        "brought_pitch",
        sa.Column("pitch_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("brought_at", UtcDateTime(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("came_by", sa.String(length=32), nullable=False),
        sa.Column("contact", sa.LargeBinary(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=True),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("file_name", sa.LargeBinary(), nullable=True),
        sa.Column("media_type", sa.String(length=100), nullable=True),
        sa.CheckConstraint(
            "\"came_by\" IN ('portal', 'email', 'paper')", name=op.f("ck_brought_pitch_came_by_known")
        ),
        sa.CheckConstraint("(text IS NULL) <> (file_id IS NULL)", name=op.f("ck_brought_pitch_text_or_file")),
        sa.CheckConstraint(
            "(file_id IS NULL) = (file_name IS NULL) AND (file_id IS NULL) = (media_type IS NULL)",
            name=op.f("ck_brought_pitch_file_is_described"),
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_brought_pitch_by_id_person")),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_brought_pitch_file_id_stored_file")
        ),
        sa.ForeignKeyConstraint(["pitch_id"], ["pitch.id"], name=op.f("fk_brought_pitch_pitch_id_pitch")),
        sa.PrimaryKeyConstraint("pitch_id", name=op.f("pk_brought_pitch")),
    )
    op.create_index(op.f("ix_brought_pitch_by_id"), "brought_pitch", ["by_id"])


def downgrade() -> None:
    """Take them away."""
    op.drop_table("brought_pitch")
    op.drop_table("assisted_pitch")
    with op.batch_alter_table("pitch_member") as member:
        member.drop_column("assists")
