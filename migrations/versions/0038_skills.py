"""What pitches ask for and judges know, how much a judge takes, and when they are away."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pitchfest.db.types import UtcDateTime

revision = "0038_skills"
down_revision = "0037_trial_pitch"
branch_labels = None
depends_on = None


def _to(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=op.f(f"fk_{table}_{column}_{target}"))


def upgrade() -> None:
    """Make the five tables."""
    skill, pitch, judge, capacity, away = (
        "challenge_skill",
        "pitch_skill",
        "judge_skill",
        "judge_capacity",
        "judge_away",
    )
    op.create_table(
        skill,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        _to(skill, "challenge_id", "challenge"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenge_skill")),
        sa.UniqueConstraint("challenge_id", "name", name=op.f("uq_challenge_skill_challenge_id_name")),
    )
    op.create_table(
        pitch,
        sa.Column("pitch_id", sa.Integer(), nullable=False),
        sa.Column("skill_id", sa.Integer(), nullable=False),
        _to(pitch, "pitch_id", "pitch"),
        _to(pitch, "skill_id", skill),
        sa.PrimaryKeyConstraint("pitch_id", "skill_id", name=op.f("pk_pitch_skill")),
    )
    op.create_table(
        judge,
        sa.Column("panel_member_id", sa.Integer(), nullable=False),
        sa.Column("skill_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(length=32), nullable=False),
        sa.CheckConstraint("\"level\" IN ('some', 'strong')", name=op.f("ck_judge_skill_level_known")),
        _to(judge, "panel_member_id", "panel_member"),
        _to(judge, "skill_id", skill),
        sa.PrimaryKeyConstraint("panel_member_id", "skill_id", name=op.f("pk_judge_skill")),
    )
    op.create_table(
        capacity,
        sa.Column("panel_member_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("pitch_limit", sa.Integer(), nullable=True),
        sa.Column("changed_by_id", sa.Integer(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("pitch_limit > 0", name=op.f("ck_judge_capacity_limit_above_zero")),
        _to(capacity, "panel_member_id", "panel_member"),
        _to(capacity, "changed_by_id", "person"),
        sa.PrimaryKeyConstraint("panel_member_id", name=op.f("pk_judge_capacity")),
    )
    op.create_table(
        away,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("panel_member_id", sa.Integer(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.CheckConstraint("since <= until", name=op.f("ck_judge_away_begins_before_it_ends")),
        _to(away, "panel_member_id", "panel_member"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_judge_away")),
    )
    for table, column in ((pitch, "skill_id"), (judge, "skill_id"), (away, "panel_member_id")):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])


def downgrade() -> None:
    """Take them away."""
    for table in ("judge_away", "judge_capacity", "judge_skill", "pitch_skill", "challenge_skill"):
        op.drop_table(table)
