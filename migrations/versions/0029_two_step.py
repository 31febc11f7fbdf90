"""A second step of signing in, and the setting that asks staff and judges for it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pitchfest.db.types import Sealed, UtcDateTime

revision = "0029_two_step"
down_revision = "0028_interests"
branch_labels = None
depends_on = None

_ACTS = "'open_pitches', 'release_letters', 'fewer_cards', 'cancel', 'reopen', 'overturn', 'grant_role', 'agree_outside'"


def upgrade() -> None:
    """Make the tables and the setting, and let two people take somebody's second step away."""
    op.create_table(
        "two_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("secret", Sealed(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (secret IS NOT NULL)", name=op.f("ck_two_step_no_key_after_its_end")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_two_step_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_two_step")),
    )
    op.create_index(op.f("ix_two_step_person_id"), "two_step", ["person_id"])
    op.create_index(
        "uq_two_step_current",
        "two_step",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("two_step_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["two_step_id"], ["two_step.id"], name=op.f("fk_recovery_code_two_step_id_two_step")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_recovery_code_code_hash")),
    )
    op.create_index(op.f("ix_recovery_code_two_step_id"), "recovery_code", ["two_step_id"])
    op.create_table(
        "half_sign_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_half_sign_in_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_half_sign_in")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_half_sign_in_token_hash")),
    )
    op.create_index(op.f("ix_half_sign_in_person_id"), "half_sign_in", ["person_id"])
    with op.batch_alter_table("region_settings") as region:
        region.add_column(
            sa.Column("two_step_required", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    _let_acts(f"{_ACTS}, 'reset_two_step'")


def downgrade() -> None:
    """Take them away."""
    op.execute("DELETE FROM two_person_act WHERE kind = 'reset_two_step'")
    _let_acts(_ACTS)
    with op.batch_alter_table("region_settings") as region:
        region.drop_column("two_step_required")
    for table in ("half_sign_in", "recovery_code", "two_step"):
        op.drop_table(table)


def _let_acts(kinds: str) -> None:
    name = op.f("ck_two_person_act_kind_known")
    with op.batch_alter_table("two_person_act") as act:
        act.drop_constraint(name, type_="check")
        act.create_check_constraint(name, f'"kind" IN ({kinds})')
