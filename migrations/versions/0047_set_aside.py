"""Two people set a judge's scores aside, for a conflict that comes up after scoring."""

from __future__ import annotations

from alembic import op

revision = "0047_set_aside"
down_revision = "0046_what_was_read"
branch_labels = None
depends_on = None

_ACTS = (
    "'open_pitches', 'release_letters', 'fewer_cards', 'cancel', 'reopen', 'overturn', 'grant_role', "
    "'agree_outside', 'reset_two_step', 'bring_scores'"
)


def upgrade() -> None:
    """Let two people do it."""
    _let_acts(f"{_ACTS}, 'set_aside'")


def downgrade() -> None:
    """Leave out such acts; what came of them stays."""
    op.execute("DELETE FROM two_person_act WHERE kind = 'set_aside'")
    _let_acts(_ACTS)


def _let_acts(kinds: str) -> None:
    name = op.f("ck_two_person_act_kind_known")
    with op.batch_alter_table("two_person_act") as act:
        act.drop_constraint(name, type_="check")
        act.create_check_constraint(name, f'"kind" IN ({kinds})')
