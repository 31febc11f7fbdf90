"""The plan of who reads what, before scorecards are given out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pitchfest.db.types import UtcDateTime

revision = "0032_assignment"
down_revision = "0031_calibration"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the two tables."""
    plan, pair = "assignment_plan", "planned_pair"
    op.create_table(
        plan,
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.Column("lacking", sa.Text(), nullable=False),
        sa.Column("released_version", sa.Integer(), nullable=True),
        sa.Column("released_by_id", sa.Integer(), nullable=True),
        sa.Column("released_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "(released_at IS NULL) = (released_by_id IS NULL)",
            name=op.f("ck_assignment_plan_released_by_someone"),
        ),
        sa.CheckConstraint(
            "(released_at IS NULL) = (released_version IS NULL)",
            name=op.f("ck_assignment_plan_released_as_it_was"),
        ),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_assignment_plan_challenge_id_challenge")
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["person.id"], name=op.f("fk_assignment_plan_made_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["released_by_id"], ["person.id"], name=op.f("fk_assignment_plan_released_by_id_person")
        ),
        sa.PrimaryKeyConstraint("challenge_id", name=op.f("pk_assignment_plan")),
    )
    op.create_table(
        pair,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("panel_member_id", sa.Integer(), nullable=False),
        sa.Column("pitch_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "\"kind\" IN ('pinned', 'excluded', 'proposed')", name=op.f("ck_planned_pair_kind_known")
        ),
        sa.CheckConstraint(
            "kind <> 'excluded' OR reason <> ''", name=op.f("ck_planned_pair_excluded_with_reason")
        ),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["assignment_plan.challenge_id"],
            name=op.f("fk_planned_pair_challenge_id_assignment_plan"),
        ),
        sa.ForeignKeyConstraint(
            ["panel_member_id"],
            ["panel_member.id"],
            name=op.f("fk_planned_pair_panel_member_id_panel_member"),
        ),
        sa.ForeignKeyConstraint(["pitch_id"], ["pitch.id"], name=op.f("fk_planned_pair_pitch_id_pitch")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planned_pair")),
        sa.UniqueConstraint(
            "panel_member_id", "pitch_id", name=op.f("uq_planned_pair_panel_member_id_pitch_id")
        ),
    )
    for column in ("challenge_id", "pitch_id"):
        op.create_index(op.f(f"ix_planned_pair_{column}"), pair, [column])


def downgrade() -> None:
    """Take them away."""
    for table in ("planned_pair", "assignment_plan"):
        op.drop_table(table)
