"""Scores that were given elsewhere and come in a file, on the word of two people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pitchfest.db.types import UtcDateTime

revision = "0035_elsewhere"
down_revision = "0034_away"
branch_labels = None
depends_on = None

_ACTS = (
    "'open_pitches', 'release_letters', 'fewer_cards', 'cancel', 'reopen', 'overturn', 'grant_role', "
    "'agree_outside', 'reset_two_step'"
)


def upgrade() -> None:
    """Make the two tables, and let two people bring scores."""
    file, card = "brought_file", "brought_card"
    op.create_table(
        file,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("sheet", sa.Text(), nullable=False),
        sa.Column("meanings", sa.Text(), nullable=False),
        sa.Column("marks", sa.Text(), nullable=False),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "\"state\" IN ('draft', 'proposed', 'confirmed')", name=op.f("ck_brought_file_state_known")
        ),
        sa.CheckConstraint(
            "(confirmed_at IS NULL) = (confirmed_by_id IS NULL)",
            name=op.f("ck_brought_file_confirmed_by_someone"),
        ),
        sa.CheckConstraint(
            "(state = 'confirmed') = (confirmed_at IS NOT NULL)",
            name=op.f("ck_brought_file_confirmed_with_time"),
        ),
        sa.CheckConstraint("state = 'draft' OR sheet = ''", name=op.f("ck_brought_file_sheet_of_a_draft")),
        sa.CheckConstraint(
            "state = 'proposed' OR marks = ''", name=op.f("ck_brought_file_marks_of_a_proposal")
        ),
        sa.CheckConstraint(
            "confirmed_by_id IS NULL OR confirmed_by_id <> by_id", name=op.f("ck_brought_file_two_people")
        ),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_brought_file_challenge_id_challenge")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_brought_file_by_id_person")),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["person.id"], name=op.f("fk_brought_file_confirmed_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_brought_file")),
    )
    op.create_index(op.f("ix_brought_file_challenge_id"), file, ["challenge_id"])
    op.create_index(
        "uq_brought_file_open",
        file,
        ["challenge_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'confirmed'"),
        postgresql_where=sa.text("state <> 'confirmed'"),
    )
    op.create_table(
        card,
        sa.Column("scorecard_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["scorecard_id"], ["scorecard.id"], name=op.f("fk_brought_card_scorecard_id_scorecard")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["brought_file.id"], name=op.f("fk_brought_card_file_id_brought_file")
        ),
        sa.PrimaryKeyConstraint("scorecard_id", name=op.f("pk_brought_card")),
    )
    op.create_index(op.f("ix_brought_card_file_id"), card, ["file_id"])
    _let_acts(f"{_ACTS}, 'bring_scores'")


def downgrade() -> None:
    """Take them away."""
    op.execute("DELETE FROM two_person_act WHERE kind = 'bring_scores'")
    _let_acts(_ACTS)
    for table in ("brought_card", "brought_file"):
        op.drop_table(table)


def _let_acts(kinds: str) -> None:
    name = op.f("ck_two_person_act_kind_known")
    with op.batch_alter_table("two_person_act") as act:
        act.drop_constraint(name, type_="check")
        act.create_check_constraint(name, f'"kind" IN ({kinds})')
