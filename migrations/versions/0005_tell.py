"""Telling people outside, more time for everyone, and the help desk."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pitchfest.db.types import UtcDateTime

revision = "0005_tell"
down_revision = "0004_templates"
branch_labels = None
depends_on = None

_RECIPIENT = "ck_outbox_message_has_recipient"


def upgrade() -> None:
    """Make the tables, and let the outbox forget an address once its message has left."""
    _tell()
    _help()
    with op.batch_alter_table("outbox_message") as outbox:
        outbox.drop_constraint(op.f(_RECIPIENT), type_="check")
        outbox.create_check_constraint(
            op.f(_RECIPIENT),
            "person_id IS NOT NULL OR address IS NOT NULL OR state NOT IN ('queued', 'sending')",
        )


def _tell() -> None:
    op.create_table(
        "challenge_extension",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("closed_before", UtcDateTime(), nullable=False),
        sa.Column("closes_at", UtcDateTime(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("closed_before < closes_at", name=op.f("ck_challenge_extension_gives_more_time")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_challenge_extension_by_id_person")),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_challenge_extension_challenge_id_challenge")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenge_extension")),
        sa.UniqueConstraint(
            "challenge_id", "number", name=op.f("uq_challenge_extension_challenge_id_number")
        ),
    )
    op.create_table(
        "outreach",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("known", sa.Integer(), nullable=False),
        sa.Column("stopped", sa.Integer(), nullable=False),
        sa.CheckConstraint("told > 0", name=op.f("ck_outreach_told_someone")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_outreach_by_id_person")),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_outreach_challenge_id_challenge")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outreach")),
    )
    op.create_index(op.f("ix_outreach_challenge_id"), "outreach", ["challenge_id"])
    op.create_table(
        "outreach_recipient",
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("outreach_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_outreach_recipient_challenge_id_challenge")
        ),
        sa.ForeignKeyConstraint(
            ["outreach_id"], ["outreach.id"], name=op.f("fk_outreach_recipient_outreach_id_outreach")
        ),
        sa.PrimaryKeyConstraint("challenge_id", "address_hash", name=op.f("pk_outreach_recipient")),
    )
    op.create_index(op.f("ix_outreach_recipient_address_hash"), "outreach_recipient", ["address_hash"])
    op.create_index(op.f("ix_outreach_recipient_outreach_id"), "outreach_recipient", ["outreach_id"])
    op.create_table(
        "outreach_stop",
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("address_hash", name=op.f("pk_outreach_stop")),
    )


def _help() -> None:
    op.create_table(
        "support_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_support_code_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_code")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_support_code_code_hash")),
    )
    op.create_index(
        "uq_support_code_live",
        "support_code",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "support_look",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_support_look_by_id_person")),
        sa.ForeignKeyConstraint(
            ["code_id"], ["support_code.id"], name=op.f("fk_support_look_code_id_support_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_support_look")),
    )
    op.create_index(op.f("ix_support_look_code_id"), "support_look", ["code_id"])
    op.create_table(
        "trouble",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("request_id", sa.String(length=20), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("endpoint", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_trouble_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trouble")),
    )
    op.create_index("ix_trouble_person", "trouble", ["person_id", "id"])


def downgrade() -> None:
    """Take them away, with what the outbox kept of messages whose address is gone."""
    op.execute("DELETE FROM outbox_message WHERE person_id IS NULL AND address IS NULL")
    with op.batch_alter_table("outbox_message") as outbox:
        outbox.drop_constraint(op.f(_RECIPIENT), type_="check")
        outbox.create_check_constraint(op.f(_RECIPIENT), "person_id IS NOT NULL OR address IS NOT NULL")
    for table in (
        "trouble",
        "support_look",
        "support_code",
        "outreach_stop",
        "outreach_recipient",
        "outreach",
        "challenge_extension",
    ):
        op.drop_table(table)
