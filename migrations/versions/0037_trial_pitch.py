"""A trial pitch for judges: invented, with the panel's agreed scores, and what each judge gave it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pitchfest.db.types import UtcDateTime

revision = "0037_trial_pitch"
down_revision = "0036_residents"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "trial_pitch",
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("supplier", sa.String(length=160), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        _key("trial_pitch", "challenge_id", "challenge"),
        _key("trial_pitch", "written_by_id", "person"),
        sa.PrimaryKeyConstraint("challenge_id", name=op.f("pk_trial_pitch")),
    )
    op.create_table(
        "trial_answer",
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        _key("trial_answer", "challenge_id", "trial_pitch", "challenge_id"),
        _key("trial_answer", "question_id", "question"),
        sa.PrimaryKeyConstraint("challenge_id", "question_id", name=op.f("pk_trial_answer")),
    )
    op.create_table(
        "trial_agreed",
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("criterion_id", sa.Integer(), nullable=False),
        sa.Column("hundredths", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_trial_agreed_with_reason")),
        _key("trial_agreed", "challenge_id", "trial_pitch", "challenge_id"),
        _key("trial_agreed", "criterion_id", "criterion"),
        sa.PrimaryKeyConstraint("challenge_id", "criterion_id", name=op.f("pk_trial_agreed")),
    )
    op.create_table(
        "trial_score",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("criterion_id", sa.Integer(), nullable=False),
        sa.Column("hundredths", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        _key("trial_score", "member_id", "panel_member"),
        _key("trial_score", "criterion_id", "criterion"),
        sa.PrimaryKeyConstraint("member_id", "criterion_id", name=op.f("pk_trial_score")),
    )


def _key(table: str, column: str, target: str, of: str = "id") -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.{of}"], name=op.f(f"fk_{table}_{column}_{target}"))


def downgrade() -> None:
    """Take them away."""
    for table in ("trial_score", "trial_agreed", "trial_answer", "trial_pitch"):
        op.drop_table(table)
