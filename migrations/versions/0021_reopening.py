"""Challenges that are opened again after an outage."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021_reopening"
down_revision = "0020_clearing"
branch_labels = None
depends_on = None

_ACTS = "'open_pitches', 'release_letters', 'fewer_cards', 'cancel', 'overturn', 'grant_role'"
_NEWS = "'published', 'extended', 'corrected', 'cancelled', 'answered', 'delayed'"
_CHECKS = {
    "reopened_by_two": "(incident IS NULL) = (second_id IS NULL)",
    "two_people": "second_id IS NULL OR second_id <> by_id",
}


def upgrade() -> None:
    """An extension may name an incident and a second person, and news tell of it."""
    with op.batch_alter_table("challenge_extension") as extension:
        extension.add_column(sa.Column("incident", sa.String(80), nullable=True))
        extension.add_column(sa.Column("second_id", sa.Integer(), nullable=True))
        extension.create_foreign_key(
            op.f("fk_challenge_extension_second_id_person"), "person", ["second_id"], ["id"]
        )
        for name, condition in _CHECKS.items():
            extension.create_check_constraint(op.f(f"ck_challenge_extension_{name}"), condition)
    _let("two_person_act", f"{_ACTS}, 'reopen'")
    _let("challenge_news", f"{_NEWS}, 'reopened'")


def downgrade() -> None:
    """Take it away."""
    op.execute("DELETE FROM two_person_act WHERE kind = 'reopen'")
    op.execute("DELETE FROM challenge_news WHERE kind = 'reopened'")
    _let("two_person_act", _ACTS)
    _let("challenge_news", _NEWS)
    with op.batch_alter_table("challenge_extension") as extension:
        for name in _CHECKS:
            extension.drop_constraint(op.f(f"ck_challenge_extension_{name}"), type_="check")
        extension.drop_constraint(op.f("fk_challenge_extension_second_id_person"), type_="foreignkey")
        extension.drop_column("second_id")
        extension.drop_column("incident")


def _let(table: str, kinds: str) -> None:
    name = op.f(f"ck_{table}_kind_known")
    with op.batch_alter_table(table) as rows:
        rows.drop_constraint(name, type_="check")
        rows.create_check_constraint(name, f'"kind" IN ({kinds})')
