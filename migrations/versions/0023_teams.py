"""Invitations to work on a pitch, partners of other organisations, and messages without words."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pitchfest.db.types import UtcDateTime

revision = "0023_teams"
down_revision = "0022_needs"
branch_labels = None
depends_on = None

_ONE_REASON = "ck_pitch_member_one_reason"


def upgrade() -> None:
    """Make the table and the two marks."""
    with op.batch_alter_table("pitch_member") as member:
        member.add_column(sa.Column("partner", sa.Boolean(), nullable=False, server_default=sa.false()))
        member.create_check_constraint(op.f(_ONE_REASON), "NOT (assists AND partner)")
    with op.batch_alter_table("pitch_submission") as sending:
        sending.add_column(sa.Column("link_only", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "pitch_invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pitch_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.LargeBinary(), nullable=False),
        sa.Column("right", sa.String(length=32), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=True),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("taken_at", UtcDateTime(), nullable=True),
        sa.Column("taken_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "\"right\" IN ('view', 'edit', 'submit')", name=op.f("ck_pitch_invitation_right_known")
        ),
        sa.CheckConstraint(
            "(taken_at IS NULL) = (taken_by_id IS NULL)", name=op.f("ck_pitch_invitation_taken_by_someone")
        ),
        sa.CheckConstraint(
            "taken_at IS NULL OR ended_at IS NULL", name=op.f("ck_pitch_invitation_taken_or_ended")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_pitch_invitation_by_id_person")),
        sa.ForeignKeyConstraint(["pitch_id"], ["pitch.id"], name=op.f("fk_pitch_invitation_pitch_id_pitch")),
        sa.ForeignKeyConstraint(
            ["taken_by_id"], ["person.id"], name=op.f("fk_pitch_invitation_taken_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pitch_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_pitch_invitation_token_hash")),
    )
    for column in ("pitch_id", "by_id", "expires_at"):
        op.create_index(op.f(f"ix_pitch_invitation_{column}"), "pitch_invitation", [column])


def downgrade() -> None:
    """Take them away; partners have no right then."""
    op.drop_table("pitch_invitation")
    op.execute("DELETE FROM pitch_member WHERE partner")
    with op.batch_alter_table("pitch_submission") as sending:
        sending.drop_column("link_only")
    with op.batch_alter_table("pitch_member") as member:
        member.drop_constraint(op.f(_ONE_REASON), type_="check")
        member.drop_column("partner")
