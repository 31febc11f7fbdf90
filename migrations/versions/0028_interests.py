"""Registers of interests, every step of a declaration, and clearing with conditions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pitchfest.db.types import UtcDateTime

revision = "0028_interests"
down_revision = "0027_moderation"
branch_labels = None
depends_on = None

_STATE = "ck_declaration_state_known"
_DECIDED = "ck_declaration_decided_with_reason"
_CONDITIONS = "ck_declaration_conditions_where_there_are"
_BEFORE = "'cleared', 'interest_declared', 'cleared_by_lead', 'recused'"
_SINCE = (
    "'cleared', 'interest_declared', 'asked_again', 'cleared_by_lead', 'cleared_with_conditions', 'recused'"
)
#: What declarations say of themselves, as steps: what was declared, then what was decided. A lead took
#: judges off pitches on which they had declared nothing, too.
_STEPS = (
    (
        "CASE WHEN interest = '' THEN 'nothing' ELSE 'interest' END",
        "(SELECT person_id FROM panel_member m WHERE m.id = panel_member_id)",
        "declared_at",
        "interest",
        "1 = 1",
    ),
    (
        "CASE WHEN state = 'recused' THEN 'recused' ELSE 'cleared' END",
        "decided_by_id",
        "coalesce(decided_at, declared_at)",
        "reason",
        "state IN ('cleared_by_lead', 'recused')",
    ),
)


def upgrade() -> None:
    """Make the tables, and write down as steps what declarations say."""
    _make_register()
    _make_steps()
    with op.batch_alter_table("declaration") as declaration:
        declaration.add_column(sa.Column("conditions", sa.Text(), nullable=False, server_default=""))
    _let_states(_SINCE, "'cleared_by_lead','cleared_with_conditions','recused'")
    with op.batch_alter_table("declaration") as declaration:
        declaration.create_check_constraint(
            op.f(_CONDITIONS), "(state = 'cleared_with_conditions') = (conditions <> '')"
        )
    for kind, by, at, words, where in _STEPS:
        op.execute(
            "INSERT INTO declaration_step (declaration_id, kind, by_id, at, words, conditions) "  # noqa: S608
            f"SELECT id, {kind}, {by}, {at}, {words}, '' "
            f"FROM declaration WHERE {where} ORDER BY id"
        )


def _make_register() -> None:
    name = "registered_interest"
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("party", sa.String(length=160), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "\"kind\" IN ('job', 'shares', 'family', 'membership', 'gift', 'other')",
            name=op.f("ck_registered_interest_kind_known"),
        ),
        sa.CheckConstraint(
            "until IS NULL OR since IS NULL OR since <= until",
            name=op.f("ck_registered_interest_begins_before_it_ends"),
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_registered_interest_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"],
            ["registered_interest.id"],
            name=op.f("fk_registered_interest_replaces_id_registered_interest"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registered_interest")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_registered_interest_replaces_id")),
    )
    op.create_index(op.f("ix_registered_interest_person_id"), name, ["person_id"])


def _make_steps() -> None:
    name = "declaration_step"
    op.create_table(
        name,
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("declaration_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("conditions", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "\"kind\" IN ('nothing', 'interest', 'asked', 'cleared', 'conditions', 'recused')",
            name=op.f("ck_declaration_step_kind_known"),
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_declaration_step_by_id_person")),
        sa.ForeignKeyConstraint(
            ["declaration_id"],
            ["declaration.id"],
            name=op.f("fk_declaration_step_declaration_id_declaration"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_declaration_step")),
    )
    op.create_index(op.f("ix_declaration_step_declaration_id"), name, ["declaration_id"])


def downgrade() -> None:
    """Take them away. Conditions go; whoever was asked again stands as having declared nothing."""
    op.drop_table("declaration_step")
    op.drop_table("registered_interest")
    with op.batch_alter_table("declaration") as declaration:
        declaration.drop_constraint(op.f(_CONDITIONS), type_="check")
        declaration.drop_column("conditions")
    op.execute("UPDATE declaration SET state = 'cleared_by_lead' WHERE state = 'cleared_with_conditions'")
    op.execute("UPDATE declaration SET state = 'cleared' WHERE state = 'asked_again'")
    _let_states(_BEFORE, "'cleared_by_lead','recused'")


def _let_states(states: str, decided: str) -> None:
    with op.batch_alter_table("declaration") as declaration:
        for name in (_STATE, _DECIDED):
            declaration.drop_constraint(op.f(name), type_="check")
        declaration.create_check_constraint(op.f(_STATE), f'"state" IN ({states})')
        declaration.create_check_constraint(
            op.f(_DECIDED), f"state NOT IN ({decided}) OR (decided_by_id IS NOT NULL AND reason <> '')"
        )
