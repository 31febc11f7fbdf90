"""Numbered corrections of a published challenge, the pitches that are looked at again, and cancelling."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pitchfest.db.types import UtcDateTime

revision = "0011_corrections"
down_revision = "0010_news"
branch_labels = None
depends_on = None

_KIND = "ck_challenge_news_kind_known"


def upgrade() -> None:
    """Make the table, let news tell of corrections, and count what each pitch has taken in."""
    op.create_table(
        "challenge_correction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("record", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("material", sa.Boolean(), nullable=False),
        sa.Column("closed_before", UtcDateTime(), nullable=False),
        sa.Column("closes_at", UtcDateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_challenge_correction_numbered_from_one")),
        sa.CheckConstraint(
            "closed_before <= closes_at", name=op.f("ck_challenge_correction_never_closes_earlier")
        ),
        sa.CheckConstraint(
            "NOT material OR closed_before < closes_at",
            name=op.f("ck_challenge_correction_material_gives_more_time"),
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_challenge_correction_by_id_person")),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_challenge_correction_challenge_id_challenge")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenge_correction")),
        sa.UniqueConstraint(
            "challenge_id", "number", name=op.f("uq_challenge_correction_challenge_id_number")
        ),
    )
    op.create_table(
        "challenge_cancellation",
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposer_id", sa.Integer(), nullable=False),
        sa.Column("confirmer_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("proposer_id <> confirmer_id", name=op.f("ck_challenge_cancellation_two_people")),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_challenge_cancellation_challenge_id_challenge")
        ),
        sa.ForeignKeyConstraint(
            ["proposer_id"], ["person.id"], name=op.f("fk_challenge_cancellation_proposer_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["confirmer_id"], ["person.id"], name=op.f("fk_challenge_cancellation_confirmer_id_person")
        ),
        sa.PrimaryKeyConstraint("challenge_id", name=op.f("pk_challenge_cancellation")),
    )
    _let_acts("'open_pitches', 'release_letters', 'fewer_cards', 'cancel', 'grant_role'")
    with op.batch_alter_table("challenge_news") as news:
        news.drop_constraint(op.f(_KIND), type_="check")
        news.create_check_constraint(
            op.f(_KIND), "\"kind\" IN ('published', 'extended', 'corrected', 'cancelled')"
        )
    with op.batch_alter_table("pitch") as pitch:
        pitch.add_column(sa.Column("correction_seen", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    """Take them away."""
    with op.batch_alter_table("pitch") as pitch:
        pitch.drop_column("correction_seen")
    op.execute("DELETE FROM challenge_news WHERE kind IN ('corrected', 'cancelled')")
    op.execute("DELETE FROM two_person_act WHERE kind = 'cancel'")
    _let_acts("'open_pitches', 'release_letters', 'fewer_cards', 'grant_role'")
    with op.batch_alter_table("challenge_news") as news:
        news.drop_constraint(op.f(_KIND), type_="check")
        news.create_check_constraint(op.f(_KIND), "\"kind\" IN ('published', 'extended')")
    op.drop_table("challenge_cancellation")
    op.drop_table("challenge_correction")


def _let_acts(kinds: str) -> None:
    name = op.f("ck_two_person_act_kind_known")
    with op.batch_alter_table("two_person_act") as act:
        act.drop_constraint(name, type_="check")
        act.create_check_constraint(name, f'"kind" IN ({kinds})')
