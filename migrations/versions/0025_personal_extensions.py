"""More time for one supplier, entries in the log that wait for the opening, and who sent a pitch."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pitchfest.db.types import UtcDateTime

revision = "0025_personal_extensions"
down_revision = "0024_easy_read"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "personal_extension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("closes_at", UtcDateTime(), nullable=False),
        sa.Column("withheld_from", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "closes_at > withheld_from", name=op.f("ck_personal_extension_later_than_for_all")
        ),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by_id IS NULL)", name=op.f("ck_personal_extension_ended_by_someone")
        ),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_personal_extension_challenge_id_challenge")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_personal_extension_organisation_id_organisation"),
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_personal_extension_by_id_person")),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["person.id"], name=op.f("fk_personal_extension_ended_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_extension")),
    )
    for column in ("organisation_id", "by_id"):
        op.create_index(op.f(f"ix_personal_extension_{column}"), "personal_extension", [column])
    op.create_index(
        "uq_personal_extension_live",
        "personal_extension",
        ["challenge_id", "organisation_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "pitch_waiting_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pitch_id", sa.Integer(), nullable=False),
        sa.Column("entry", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["pitch_id"], ["pitch.id"], name=op.f("fk_pitch_waiting_entry_pitch_id_pitch")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pitch_waiting_entry")),
    )
    op.create_index(op.f("ix_pitch_waiting_entry_pitch_id"), "pitch_waiting_entry", ["pitch_id"])

    op.create_table(
        "submitted_organisation",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("details", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["pitch_submission.id"],
            name=op.f("fk_submitted_organisation_submission_id_pitch_submission"),
        ),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_submitted_organisation")),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("submitted_organisation")
    op.drop_table("pitch_waiting_entry")
    op.drop_table("personal_extension")
