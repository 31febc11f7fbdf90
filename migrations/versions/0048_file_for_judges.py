"""What judges who must not learn who pitches get of each file: as it is, nothing, or a copy without names."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pitchfest.db.types import UtcDateTime

revision = "0048_file_for_judges"
down_revision = "0047_set_aside"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table. A copy is a file of the pitch; one of the file in which it came answers no question."""
    with op.batch_alter_table("pitch_file") as file:
        file.alter_column("question_id", existing_type=sa.Integer(), nullable=True)
    op.create_table(
        "file_for_judges",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pitch_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=True),
        sa.Column("given", sa.String(length=32), nullable=False),
        sa.Column("copy_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "\"given\" IN ('as_it_is', 'withheld', 'copy')", name=op.f("ck_file_for_judges_given_known")
        ),
        sa.CheckConstraint(
            "(given = 'copy') = (copy_id IS NOT NULL)", name=op.f("ck_file_for_judges_copy_is_there")
        ),
        sa.CheckConstraint("given = 'as_it_is' OR reason <> ''", name=op.f("ck_file_for_judges_with_reason")),
        sa.ForeignKeyConstraint(["pitch_id"], ["pitch.id"], name=op.f("fk_file_for_judges_pitch_id_pitch")),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_file_for_judges_question_id_question")
        ),
        sa.ForeignKeyConstraint(
            ["copy_id"], ["pitch_file.id"], name=op.f("fk_file_for_judges_copy_id_pitch_file")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_file_for_judges_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_file_for_judges")),
    )
    op.create_index(op.f("ix_file_for_judges_pitch_id"), "file_for_judges", ["pitch_id"])
    op.create_index(op.f("ix_file_for_judges_by_id"), "file_for_judges", ["by_id"])


def downgrade() -> None:
    """Take it away, and the copies that answer no question; their bytes are swept."""
    op.drop_table("file_for_judges")
    op.execute("DELETE FROM pitch_file WHERE question_id IS NULL")
    with op.batch_alter_table("pitch_file") as file:
        file.alter_column("question_id", existing_type=sa.Integer(), nullable=False)
