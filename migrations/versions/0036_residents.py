"""What judges are paid for their time, and the briefing that they read."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pitchfest.db.types import UtcDateTime

revision = "0036_residents"
down_revision = "0035_elsewhere"
branch_labels = None
depends_on = None

_CHECKS = {
    "state_known": "\"state\" IN ('agreed', 'claimed', 'sent_back', 'accepted', 'paid')",
    "basis_known": "\"basis\" IN ('hourly', 'lump')",
    "something_agreed": "pence > 0 AND quarters > 0",
    "within_agreement": "claimed IS NULL OR (claimed > 0 AND claimed <= quarters)",
    "claimed_first": "state = 'agreed' OR claimed_at IS NOT NULL",
    "sent_back_with_reason": "state <> 'sent_back' OR reason <> ''",
    "accepted_first": "state NOT IN ('accepted', 'paid') OR decided_by_id IS NOT NULL",
    "paid_how": "state <> 'paid' OR (paid_on IS NOT NULL AND paid_reference <> '')",
    "accepter_is_not_payer": "paid_by_id IS NULL OR paid_by_id <> decided_by_id",
}
_PEOPLE = ("agreed_by_id", "decided_by_id", "paid_by_id")


def upgrade() -> None:
    """Make the tables."""
    _make_briefing()
    op.create_table(
        "judge_pay",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("basis", sa.String(length=32), nullable=False),
        sa.Column("pence", sa.Integer(), nullable=False),
        sa.Column("quarters", sa.Integer(), nullable=False),
        sa.Column("agreed_by_id", sa.Integer(), nullable=False),
        sa.Column("agreed_at", UtcDateTime(), nullable=False),
        sa.Column("claimed", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("claimed_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("paid_reference", sa.String(length=60), nullable=False),
        sa.Column("paid_by_id", sa.Integer(), nullable=True),
        sa.Column("paid_at", UtcDateTime(), nullable=True),
        *(sa.CheckConstraint(what, name=op.f(f"ck_judge_pay_{name}")) for name, what in _CHECKS.items()),
        sa.ForeignKeyConstraint(
            ["member_id"], ["panel_member.id"], name=op.f("fk_judge_pay_member_id_panel_member")
        ),
        *(
            sa.ForeignKeyConstraint([name], ["person.id"], name=op.f(f"fk_judge_pay_{name}_person"))
            for name in _PEOPLE
        ),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_judge_pay")),
    )


def _make_briefing() -> None:
    op.create_table(
        "briefing",
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("written_by_id", sa.Integer(), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_briefing_challenge_id_challenge")
        ),
        sa.ForeignKeyConstraint(
            ["written_by_id"], ["person.id"], name=op.f("fk_briefing_written_by_id_person")
        ),
        sa.PrimaryKeyConstraint("challenge_id", name=op.f("pk_briefing")),
    )
    op.create_table(
        "briefing_read",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("read_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["panel_member.id"], name=op.f("fk_briefing_read_member_id_panel_member")
        ),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_briefing_read")),
    )


def downgrade() -> None:
    """Take them away."""
    op.drop_table("briefing_read")
    op.drop_table("briefing")
    op.drop_table("judge_pay")
