"""The house: people, the log, the outbox, the worker and forms."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pitchfest.db.types import Sealed, UtcDateTime

revision = "0001_house"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, and the single rows that are always there."""
    op.create_table(
        "audit_entry",
        sa.Column(
            "seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("format", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("role", sa.String(length=120), nullable=False),
        sa.Column("action", sa.String(length=80), nullable=False),
        sa.Column("object", sa.String(length=120), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_entry")),
        sa.UniqueConstraint("hash", name=op.f("uq_audit_entry_hash")),
    )
    op.create_index(op.f("ix_audit_entry_action"), "audit_entry", ["action"], unique=False)
    op.create_index(op.f("ix_audit_entry_object"), "audit_entry", ["object"], unique=False)
    op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_single_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "form_receipt",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("holder", sa.String(length=80), nullable=False),
        sa.Column("endpoint", sa.String(length=120), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("redirect", sa.String(length=2000), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_form_receipt")),
        sa.UniqueConstraint(
            "holder", "endpoint", "token", name=op.f("uq_form_receipt_holder_endpoint_token")
        ),
    )
    op.create_index(op.f("ix_form_receipt_at"), "form_receipt", ["at"], unique=False)
    op.create_table(
        "organisation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("size", sa.String(32), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "\"size\" IN ('sole_trader', 'micro', 'small', 'medium', 'large')",
            name=op.f("ck_organisation_size_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
    )
    op.create_index(op.f("ix_organisation_name"), "organisation", ["name"], unique=False)
    op.create_table(
        "person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("disabled_at", UtcDateTime(), nullable=True),
        sa.Column("reset_by_id", sa.Integer(), nullable=True),
        sa.Column("reset_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_person_email_lower")),
        sa.ForeignKeyConstraint(["reset_by_id"], ["person.id"], name=op.f("fk_person_reset_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
    )
    op.create_table(
        "region_settings",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("authority", sa.String(length=160), nullable=False),
        sa.Column("unit", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("texts", sa.Text(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_region_settings_single_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_region_settings")),
        sa.UniqueConstraint("name", name=op.f("uq_region_settings_name")),
    )
    op.create_table(
        "sign_up",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("organisation_name", sa.String(length=160), nullable=False),
        sa.Column("size", sa.String(32), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("number", sa.String(length=60), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_up")),
    )
    op.create_index(op.f("ix_sign_up_email"), "sign_up", ["email"], unique=False)
    op.create_table(
        "throttle",
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_throttle")),
    )
    op.create_index(op.f("ix_throttle_last_at"), "throttle", ["last_at"], unique=False)
    op.create_table(
        "worker_beat",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_worker_beat_single_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker_beat")),
    )
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(32), nullable=True),
        sa.Column("organisation_id", sa.Integer(), nullable=True),
        sa.Column("about", sa.String(length=200), nullable=False),
        sa.Column("invited_by_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=True),
        sa.Column("accepted_at", UtcDateTime(), nullable=True),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("\"kind\" IN ('staff', 'judge', 'member')", name=op.f("ck_invitation_kind_known")),
        sa.ForeignKeyConstraint(
            ["invited_by_id"], ["person.id"], name=op.f("fk_invitation_invited_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_invitation_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_invitation_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
    )
    op.create_index(op.f("ix_invitation_person_id"), "invitation", ["person_id"], unique=False)
    op.create_table(
        "membership",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("is_owner", sa.Boolean(), nullable=False),
        sa.Column("from_at", UtcDateTime(), nullable=False),
        sa.Column("until_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_membership_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_membership_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_membership")),
    )
    op.create_index(op.f("ix_membership_person_id"), "membership", ["person_id"], unique=False)
    op.create_index(
        "uq_membership_current",
        "membership",
        ["organisation_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("until_at IS NULL"),
        postgresql_where=sa.text("until_at IS NULL"),
    )
    op.create_table(
        "organisation_capacity",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.String(32), nullable=False),
        sa.CheckConstraint(
            "\"capacity\" IN ('authority', 'supplier', 'partner')",
            name=op.f("ck_organisation_capacity_capacity_known"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_organisation_capacity_organisation_id_organisation"),
        ),
        sa.PrimaryKeyConstraint("organisation_id", "capacity", name=op.f("pk_organisation_capacity")),
    )
    op.create_table(
        "outbox_message",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.String(length=254), nullable=True),
        sa.Column("ids", sa.Text(), nullable=False),
        sa.Column("about_sealed", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", UtcDateTime(), nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("message_id", sa.String(length=120), nullable=False),
        sa.Column("failure", sa.String(length=60), nullable=True),
        sa.CheckConstraint(
            "\"state\" IN ('queued', 'sending', 'sent', 'kept', 'dropped', 'failed')",
            name=op.f("ck_outbox_message_state_known"),
        ),
        sa.CheckConstraint(
            "person_id IS NOT NULL OR address IS NOT NULL", name=op.f("ck_outbox_message_has_recipient")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_outbox_message_person_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_message")),
        sa.UniqueConstraint("message_id", name=op.f("uq_outbox_message_message_id")),
    )
    op.create_index(op.f("ix_outbox_message_address"), "outbox_message", ["address"], unique=False)
    op.create_index("ix_outbox_message_due", "outbox_message", ["state", "due_at"], unique=False)
    op.create_index(op.f("ix_outbox_message_person_id"), "outbox_message", ["person_id"], unique=False)
    op.create_table(
        "parked_form",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=300), nullable=False),
        sa.Column("body", Sealed(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_parked_form_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parked_form")),
    )
    op.create_index(op.f("ix_parked_form_at"), "parked_form", ["at"], unique=False)
    op.create_index(op.f("ix_parked_form_person_id"), "parked_form", ["person_id"], unique=False)
    op.create_table(
        "role_grant",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(32), nullable=False),
        sa.Column("granted_by_id", sa.Integer(), nullable=True),
        sa.Column("granted_at", UtcDateTime(), nullable=False),
        sa.Column("alone", sa.Boolean(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "\"role\" IN ('officer', 'approver', 'procurement_lead', 'champion', 'observer', 'admin')",
            name=op.f("ck_role_grant_role_known"),
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["person.id"], name=op.f("fk_role_grant_ended_by_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["granted_by_id"], ["person.id"], name=op.f("fk_role_grant_granted_by_id_person")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_role_grant_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
    )
    op.create_index(
        "uq_role_grant_current",
        "role_grant",
        ["person_id", "role"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "two_person_act",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("object", sa.String(length=80), nullable=False),
        sa.Column("object_version", sa.Integer(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("proposer_id", sa.Integer(), nullable=False),
        sa.Column("proposed_at", UtcDateTime(), nullable=False),
        sa.Column("confirmer_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("outcome", sa.String(32), nullable=False),
        sa.CheckConstraint(
            "(outcome = 'confirmed') = (confirmer_id IS NOT NULL AND decided_at IS NOT NULL)",
            name=op.f("ck_two_person_act_confirmed_by_someone"),
        ),
        sa.CheckConstraint(
            "\"kind\" IN ('open_pitches', 'release_letters', 'fewer_cards', 'grant_role')",
            name=op.f("ck_two_person_act_kind_known"),
        ),
        sa.CheckConstraint(
            "\"outcome\" IN ('proposed', 'confirmed', 'voided', 'withdrawn')",
            name=op.f("ck_two_person_act_outcome_known"),
        ),
        sa.CheckConstraint(
            "confirmer_id IS NULL OR confirmer_id <> proposer_id", name=op.f("ck_two_person_act_two_people")
        ),
        sa.ForeignKeyConstraint(
            ["confirmer_id"], ["person.id"], name=op.f("fk_two_person_act_confirmer_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["proposer_id"], ["person.id"], name=op.f("fk_two_person_act_proposer_id_person")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_two_person_act")),
    )
    op.create_index(op.f("ix_two_person_act_object"), "two_person_act", ["object"], unique=False)
    op.create_index(
        "uq_two_person_act_open",
        "two_person_act",
        ["kind", "object"],
        unique=True,
        sqlite_where=sa.text("outcome = 'proposed'"),
        postgresql_where=sa.text("outcome = 'proposed'"),
    )
    op.create_table(
        "user_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("browser", sa.String(length=80), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("last_seen_at", UtcDateTime(), nullable=False),
        sa.Column("proved_at", UtcDateTime(), nullable=True),
        sa.Column("demo", sa.Boolean(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_user_session_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_user_session_token_hash")),
    )
    op.create_index(op.f("ix_user_session_person_id"), "user_session", ["person_id"], unique=False)
    op.create_table(
        "one_time_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(32), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("sign_up_id", sa.Integer(), nullable=True),
        sa.Column("invitation_id", sa.Integer(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.Column("voided_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "\"purpose\" IN ('confirm', 'sign_in', 'reset', 'invitation')",
            name=op.f("ck_one_time_link_purpose_known"),
        ),
        sa.ForeignKeyConstraint(
            ["invitation_id"], ["invitation.id"], name=op.f("fk_one_time_link_invitation_id_invitation")
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_one_time_link_person_id_person")),
        sa.ForeignKeyConstraint(
            ["sign_up_id"], ["sign_up.id"], name=op.f("fk_one_time_link_sign_up_id_sign_up")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_one_time_link_token_hash")),
    )
    op.create_index(op.f("ix_one_time_link_message_id"), "one_time_link", ["message_id"], unique=False)
    op.create_index(op.f("ix_one_time_link_person_id"), "one_time_link", ["person_id"], unique=False)
    op.create_table(
        "proof_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["user_session.id"], name=op.f("fk_proof_code_session_id_user_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proof_code")),
    )
    op.create_index(op.f("ix_proof_code_session_id"), "proof_code", ["session_id"], unique=False)
    op.execute("INSERT INTO audit_head (id, seq, hash) VALUES (1, 0, '" + "0" * 64 + "')")
    op.execute("INSERT INTO worker_beat (id, at) VALUES (1, NULL)")


def downgrade() -> None:
    """Take these tables away."""
    op.drop_table("proof_code")
    op.drop_table("one_time_link")
    op.drop_table("user_session")
    op.drop_table("two_person_act")
    op.drop_table("role_grant")
    op.drop_table("parked_form")
    op.drop_table("outbox_message")
    op.drop_table("organisation_capacity")
    op.drop_table("membership")
    op.drop_table("invitation")
    op.drop_table("worker_beat")
    op.drop_table("throttle")
    op.drop_table("sign_up")
    op.drop_table("region_settings")
    op.drop_table("person")
    op.drop_table("organisation")
    op.drop_table("form_receipt")
    op.drop_table("audit_head")
    op.drop_table("audit_entry")
