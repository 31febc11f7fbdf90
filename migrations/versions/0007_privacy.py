"""Retention, erasure, and what they leave in persons and pitches."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pitchfest.db.types import UtcDateTime

revision = "0007_privacy"
down_revision = "0006_absence"
branch_labels = None
depends_on = None

CATEGORIES = (
    "'unsent_pitches', 'unsuccessful_pitches', 'winning_pitches', 'sent_mail', 'open_invitations', "
    "'unused_accounts', 'sign_ups', 'sessions', 'links', 'kept_text', 'sent_forms', 'attempts', 'record'"
)


def upgrade() -> None:
    """Add the columns and tables."""
    with op.batch_alter_table("person") as person:
        for name in ("signed_in_at", "warned_at", "erased_at"):
            person.add_column(sa.Column(name, UtcDateTime(), nullable=True))
    with op.batch_alter_table("pitch") as pitch:
        pitch.add_column(sa.Column("removed_at", UtcDateTime(), nullable=True))
    op.create_table(
        "retention_setting",
        sa.Column("category", sa.String(32), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(f'"category" IN ({CATEGORIES})', name=op.f("ck_retention_setting_category_known")),
        sa.CheckConstraint("days BETWEEN 1 AND 7300", name=op.f("ck_retention_setting_days_in_range")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_retention_setting_by_id_person")),
        sa.PrimaryKeyConstraint("category", name=op.f("pk_retention_setting")),
    )
    op.create_table(
        "purge_switch",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("nightly", sa.Boolean(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_purge_switch_single_row")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_purge_switch_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purge_switch")),
    )
    op.create_table(
        "purge_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("removed", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_purge_run_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_purge_run")),
    )
    op.create_table(
        "erasure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("went", sa.Text(), nullable=False),
        sa.Column("stays", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_erasure_by_id_person")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_erasure_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasure")),
        sa.UniqueConstraint("person_id", name=op.f("uq_erasure_person_id")),
    )


def downgrade() -> None:
    """Take them away."""
    for table in ("erasure", "purge_run", "purge_switch", "retention_setting"):
        op.drop_table(table)
    with op.batch_alter_table("pitch") as pitch:
        pitch.drop_column("removed_at")
    with op.batch_alter_table("person") as person:
        for name in ("erased_at", "warned_at", "signed_in_at"):
            person.drop_column(name)
