"""Saying no to judging: why, and on the invitation that it was said."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0043_refusals"
down_revision = "0042_calibrated_basis"
branch_labels = None
depends_on = None

_CHECKS = {
    "ck_panel_member_refusal_known": "\"refusal\" IN ('conflict', 'not_my_area', 'no_time', 'other')",
    "ck_panel_member_refused_by_themselves": (
        "refusal IS NULL OR (released_at IS NOT NULL AND released_by_id = person_id "
        "AND accepted_at IS NULL AND NOT is_chair)"
    ),
    "ck_panel_member_other_refusal_with_words": "refusal <> 'other' OR release_reason <> ''",
}
_TIMED = "ck_invitation_refused_at_a_time"


def upgrade() -> None:
    """Add both columns. Nobody could say no so far."""
    with op.batch_alter_table("panel_member") as member:
        member.add_column(sa.Column("refusal", sa.String(length=32), nullable=True))
        for name, rule in _CHECKS.items():
            member.create_check_constraint(op.f(name), rule)
    with op.batch_alter_table("invitation") as invitation:
        invitation.add_column(sa.Column("refused", sa.Boolean(), nullable=False, server_default=sa.false()))
        invitation.create_check_constraint(op.f(_TIMED), "NOT refused OR withdrawn_at IS NOT NULL")
    with op.batch_alter_table("invitation") as invitation:
        invitation.alter_column("refused", server_default=None)


def downgrade() -> None:
    """Take them away. Who said no reads as released by themselves, without a reason of their own."""
    with op.batch_alter_table("invitation") as invitation:
        invitation.drop_constraint(op.f(_TIMED), type_="check")
        invitation.drop_column("refused")
    with op.batch_alter_table("panel_member") as member:
        for name in _CHECKS:
            member.drop_constraint(op.f(name), type_="check")
        member.drop_column("refusal")
