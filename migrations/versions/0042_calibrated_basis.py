"""A third basis of decisions, and the totals that it adjusts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pitchfest.db.types import UtcDateTime

revision = "0042_calibrated_basis"
down_revision = "0041_further_reviews"
branch_labels = None
depends_on = None

_BASES = "'moderated', 'raw_mean'"
_WHY_NOT = "\"why_not\" IN ('few', 'one_judge', 'groups', 'complete', 'same')"


def upgrade() -> None:
    """Let challenges be published with it, and make its two tables."""
    _let_bases(f"{_BASES}, 'calibrated'")
    op.create_table(
        "adjusted_round",
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("why_not", sa.String(length=32), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(_WHY_NOT, name=op.f("ck_adjusted_round_why_not_known")),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_adjusted_round_challenge_id_challenge")
        ),
        sa.PrimaryKeyConstraint("challenge_id", name=op.f("pk_adjusted_round")),
    )
    op.create_table(
        "adjusted_total",
        sa.Column("pitch_id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("hundredths", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["pitch_id"], ["pitch.id"], name=op.f("fk_adjusted_total_pitch_id_pitch")),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_adjusted_total_challenge_id_challenge")
        ),
        sa.PrimaryKeyConstraint("pitch_id", name=op.f("pk_adjusted_total")),
    )
    op.create_index(op.f("ix_adjusted_total_challenge_id"), "adjusted_total", ["challenge_id"])


def downgrade() -> None:
    """Take them away; a challenge with this basis falls back to the plain mean."""
    op.drop_table("adjusted_total")
    op.drop_table("adjusted_round")
    op.execute("UPDATE challenge SET decision_basis = 'raw_mean' WHERE decision_basis = 'calibrated'")
    _let_bases(_BASES)


def _let_bases(words: str) -> None:
    name = op.f("ck_challenge_decision_basis_known")
    with op.batch_alter_table("challenge") as challenge:
        challenge.drop_constraint(name, type_="check")
        challenge.create_check_constraint(name, f'"decision_basis" IN ({words})')
