"""What counts where judges differ, the meeting that settles it, and the scores that it agrees."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pitchfest.db.types import UtcDateTime

revision = "0027_moderation"
down_revision = "0026_duties"
branch_labels = None
depends_on = None

_ACTS = "'open_pitches', 'release_letters', 'fewer_cards', 'cancel', 'reopen', 'overturn', 'grant_role'"


def upgrade() -> None:
    """Make the three tables. What is written so far was published as the mean of the scores."""
    with op.batch_alter_table("challenge") as challenge:
        challenge.add_column(
            sa.Column("decision_basis", sa.String(length=32), nullable=False, server_default="raw_mean")
        )
        challenge.create_check_constraint(
            op.f("ck_challenge_decision_basis_known"), "\"decision_basis\" IN ('moderated', 'raw_mean')"
        )
    with op.batch_alter_table("challenge") as challenge:
        challenge.alter_column("decision_basis", server_default=None)
    _let_acts(f"{_ACTS}, 'agree_outside'")
    op.create_table(
        "moderation",
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("lot", sa.String(length=64), nullable=False),
        sa.Column("present", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Text(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("closed_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(closed_at IS NULL) = (closed_by_id IS NULL)", name=op.f("ck_moderation_closed_by_someone")
        ),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_moderation_challenge_id_challenge")
        ),
        sa.ForeignKeyConstraint(
            ["closed_by_id"], ["person.id"], name=op.f("fk_moderation_closed_by_id_person")
        ),
        sa.PrimaryKeyConstraint("challenge_id", name=op.f("pk_moderation")),
    )
    op.create_table(
        "agenda_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("pitch_id", sa.Integer(), nullable=False),
        sa.Column("criterion_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("triggers", sa.String(length=80), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("added_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_agenda_item_challenge_id_challenge")
        ),
        sa.ForeignKeyConstraint(["pitch_id"], ["pitch.id"], name=op.f("fk_agenda_item_pitch_id_pitch")),
        sa.ForeignKeyConstraint(
            ["criterion_id"], ["criterion.id"], name=op.f("fk_agenda_item_criterion_id_criterion")
        ),
        sa.ForeignKeyConstraint(
            ["added_by_id"], ["person.id"], name=op.f("fk_agenda_item_added_by_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_item")),
        sa.UniqueConstraint("pitch_id", "criterion_id", name=op.f("uq_agenda_item_pitch_id_criterion_id")),
    )
    op.create_index(op.f("ix_agenda_item_challenge_id"), "agenda_item", ["challenge_id"])
    op.create_table(
        "agreed_score",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("pitch_id", sa.Integer(), nullable=False),
        sa.Column("hundredths", sa.Integer(), nullable=True),
        sa.Column("outside", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("points", sa.Text(), nullable=False),
        sa.Column("dissent", sa.Text(), nullable=False),
        sa.Column("present", sa.Text(), nullable=False),
        sa.Column("sent_out", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_agreed_score_with_reason")),
        sa.CheckConstraint(
            "hundredths IS NOT NULL OR NOT outside", name=op.f("ck_agreed_score_outside_is_a_score")
        ),
        sa.ForeignKeyConstraint(
            ["item_id"], ["agenda_item.id"], name=op.f("fk_agreed_score_item_id_agenda_item")
        ),
        sa.ForeignKeyConstraint(["pitch_id"], ["pitch.id"], name=op.f("fk_agreed_score_pitch_id_pitch")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_agreed_score_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreed_score")),
    )
    for column in ("item_id", "pitch_id", "by_id"):
        op.create_index(op.f(f"ix_agreed_score_{column}"), "agreed_score", [column])


def downgrade() -> None:
    """Take them away."""
    for table in ("agreed_score", "agenda_item", "moderation"):
        op.drop_table(table)
    op.execute("DELETE FROM two_person_act WHERE kind = 'agree_outside'")
    _let_acts(_ACTS)
    with op.batch_alter_table("challenge") as challenge:
        challenge.drop_constraint(op.f("ck_challenge_decision_basis_known"), type_="check")
        challenge.drop_column("decision_basis")


def _let_acts(kinds: str) -> None:
    name = op.f("ck_two_person_act_kind_known")
    with op.batch_alter_table("two_person_act") as acts:
        acts.drop_constraint(name, type_="check")
        acts.create_check_constraint(name, f'"kind" IN ({kinds})')
