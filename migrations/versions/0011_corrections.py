"""Numbered corrections of a published challenge, and the drafts that have to be looked at again."""

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
    with op.batch_alter_table("challenge_news") as news:
        news.drop_constraint(op.f(_KIND), type_="check")
        news.create_check_constraint(op.f(_KIND), "\"kind\" IN ('published', 'extended', 'corrected')")
    with op.batch_alter_table("pitch") as pitch:
        pitch.add_column(sa.Column("correction_seen", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    """Take them away."""
    with op.batch_alter_table("pitch") as pitch:
        pitch.drop_column("correction_seen")
    op.execute("DELETE FROM challenge_news WHERE kind = 'corrected'")
    with op.batch_alter_table("challenge_news") as news:
        news.drop_constraint(op.f(_KIND), type_="check")
        news.create_check_constraint(op.f(_KIND), "\"kind\" IN ('published', 'extended')")
    op.drop_table("challenge_correction")
