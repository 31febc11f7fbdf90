"""Files, the region's own look, mail and texts, and the code of the first administrator."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from pitchfest.db.types import UtcDateTime

revision = "0008_first_day"
down_revision = "0007_privacy"
branch_labels = None
depends_on = None

#: New columns of the region's row, their lengths, and what they hold where there is one already.
FILLED = (
    ("brand", 7, "#5b2470"),
    ("sender_name", 120, ""),
    ("sender_address", 254, ""),
    ("reply_to", 254, ""),
    ("salt", 32, ""),
)


def upgrade() -> None:
    """Make the tables; a region that is in use already counts as finished."""
    op.create_table(
        "stored_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("size > 0", name=op.f("ck_stored_file_not_empty")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_stored_file_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stored_file")),
        sa.UniqueConstraint("key", name=op.f("uq_stored_file_key")),
    )
    op.create_table(
        "set_up_code",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_set_up_code_single_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_set_up_code")),
    )
    with op.batch_alter_table("region_settings") as batch:
        for name, length, value in FILLED:
            batch.add_column(sa.Column(name, sa.String(length), nullable=False, server_default=value))
        batch.add_column(sa.Column("logo_id", sa.Integer(), nullable=True))
        batch.add_column(sa.Column("finished_at", UtcDateTime(), nullable=True))
        batch.add_column(sa.Column("checklist_hidden_at", UtcDateTime(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_region_settings_logo_id_stored_file"), "stored_file", ["logo_id"], ["id"]
        )
        batch.create_check_constraint(op.f("ck_region_settings_brand_is_a_colour"), "brand LIKE '#______'")
    settings = sa.table("region_settings", sa.column("salt"), sa.column("finished_at", UtcDateTime()))
    op.execute(settings.update().values(salt=secrets.token_hex(16), finished_at=datetime.now(UTC)))


def downgrade() -> None:
    """Take them away again."""
    with op.batch_alter_table("region_settings") as batch:
        batch.drop_constraint(op.f("ck_region_settings_brand_is_a_colour"), type_="check")
        batch.drop_constraint(op.f("fk_region_settings_logo_id_stored_file"), type_="foreignkey")
        for name in (*(name for name, _, _ in FILLED), "logo_id", "finished_at", "checklist_hidden_at"):
            batch.drop_column(name)
    op.drop_table("set_up_code")
    op.drop_table("stored_file")
