"""Stand-ins, reminders at most once a day, and challenges that were handed over."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pitchfest.db import UtcDateTime

revision = "0006_absence"
down_revision = "0005_tell"
branch_labels = None
depends_on = None

ROLES = "'officer', 'approver', 'procurement_lead', 'champion', 'observer', 'admin'"


def upgrade() -> None:
    """Add the three tables."""
    op.create_table(
        "stand_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("for_person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("from_at", UtcDateTime(), nullable=False),
        sa.Column("until_at", UtcDateTime(), nullable=False),
        sa.Column("named_by_id", sa.Integer(), nullable=False),
        sa.Column("named_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(f'"role" IN ({ROLES})', name=op.f("ck_stand_in_role_known")),
        sa.CheckConstraint("person_id <> for_person_id", name=op.f("ck_stand_in_another_person")),
        sa.CheckConstraint("from_at < until_at", name=op.f("ck_stand_in_begins_before_it_ends")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_stand_in_person_id_person")),
        sa.ForeignKeyConstraint(
            ["for_person_id"], ["person.id"], name=op.f("fk_stand_in_for_person_id_person")
        ),
        sa.ForeignKeyConstraint(["named_by_id"], ["person.id"], name=op.f("fk_stand_in_named_by_id_person")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["person.id"], name=op.f("fk_stand_in_ended_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stand_in")),
    )
    op.create_index("ix_stand_in_person", "stand_in", ["person_id", "until_at"])
    op.create_index(op.f("ix_stand_in_for_person_id"), "stand_in", ["for_person_id"])
    op.create_table(
        "reminder",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(60), nullable=False),
        sa.Column("object", sa.String(80), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_reminder_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint(
            "person_id", "kind", "object", "day", name=op.f("uq_reminder_person_id_kind_object_day")
        ),
    )
    op.create_table(
        "challenge_hand_over",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("part", sa.String(32), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("to_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "\"part\" IN ('officer', 'decision_maker')", name=op.f("ck_challenge_hand_over_part_known")
        ),
        sa.CheckConstraint("from_id <> to_id", name=op.f("ck_challenge_hand_over_to_another")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_challenge_hand_over_with_reason")),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_challenge_hand_over_challenge_id_challenge")
        ),
        sa.ForeignKeyConstraint(
            ["from_id"], ["person.id"], name=op.f("fk_challenge_hand_over_from_id_person")
        ),
        sa.ForeignKeyConstraint(["to_id"], ["person.id"], name=op.f("fk_challenge_hand_over_to_id_person")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_challenge_hand_over_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenge_hand_over")),
    )
    op.create_index(op.f("ix_challenge_hand_over_challenge_id"), "challenge_hand_over", ["challenge_id"])


def downgrade() -> None:
    """Take them away."""
    op.drop_table("challenge_hand_over")
    op.drop_table("reminder")
    op.drop_table("stand_in")
