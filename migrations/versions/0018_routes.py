"""The route of a challenge, its duties, and publication by the clock."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pitchfest.db.types import UtcDateTime

revision = "0018_routes"
down_revision = "0017_writing"
branch_labels = None
depends_on = None

_ROUTES = (
    "'grant', 'below_threshold', 'competitive_flexible', 'research_and_development', 'prize', 'no_money'"
)
_SCHEDULED = "ck_challenge_scheduled_with_time"
_SCHEDULER = "fk_challenge_scheduled_by_id_person"


def upgrade() -> None:
    """Make the tables and columns. No challenge was ever scheduled before."""
    with op.batch_alter_table("challenge") as challenge:
        challenge.add_column(sa.Column("short_because", sa.Text(), nullable=False, server_default=""))
        challenge.add_column(sa.Column("scheduled_for", UtcDateTime(), nullable=True))
        challenge.add_column(sa.Column("scheduled_by_id", sa.Integer(), nullable=True))
        challenge.add_column(sa.Column("held_at", UtcDateTime(), nullable=True))
        challenge.create_foreign_key(op.f(_SCHEDULER), "person", ["scheduled_by_id"], ["id"])
        challenge.create_check_constraint(
            op.f(_SCHEDULED),
            "(state = 'scheduled') = (scheduled_for IS NOT NULL) "
            "AND (scheduled_for IS NULL) = (scheduled_by_id IS NULL)",
        )
    _route()
    _duty()


def _route() -> None:
    op.create_table(
        "challenge_route",
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("buying", sa.Boolean(), nullable=False),
        sa.Column("value_pence", sa.Integer(), nullable=False),
        sa.Column("others", sa.Boolean(), nullable=False),
        sa.Column("instead", sa.String(length=32), nullable=False),
        sa.Column("research", sa.Boolean(), nullable=False),
        sa.Column("route", sa.String(length=32), nullable=False),
        sa.Column("confirmed_by_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint(
            "\"instead\" IN ('nothing', 'gift', 'prize', 'no_money')",
            name=op.f("ck_challenge_route_instead_known"),
        ),
        sa.CheckConstraint(f'"route" IN ({_ROUTES})', name=op.f("ck_challenge_route_route_known")),
        sa.CheckConstraint("value_pence >= 0", name=op.f("ck_challenge_route_value_not_negative")),
        sa.CheckConstraint(
            "(confirmed_by_id IS NULL) = (confirmed_at IS NULL)",
            name=op.f("ck_challenge_route_confirmed_by_someone"),
        ),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_challenge_route_challenge_id_challenge")
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by_id"], ["person.id"], name=op.f("fk_challenge_route_confirmed_by_id_person")
        ),
        sa.PrimaryKeyConstraint("challenge_id", name=op.f("pk_challenge_route")),
    )


def _duty() -> None:
    op.create_table(
        "challenge_duty",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("not_needed_because", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "(evidence = '') <> (not_needed_because = '')",
            name=op.f("ck_challenge_duty_done_or_not_needed"),
        ),
        sa.CheckConstraint("at <= recorded_at", name=op.f("ck_challenge_duty_done_before_recorded")),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_challenge_duty_challenge_id_challenge")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_challenge_duty_by_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenge_duty")),
    )
    op.create_index("ix_challenge_duty_challenge_key", "challenge_duty", ["challenge_id", "key"])


def downgrade() -> None:
    """Take them away; what was scheduled is approved again."""
    op.drop_table("challenge_duty")
    op.drop_table("challenge_route")
    op.execute(
        "UPDATE challenge SET state = 'approved', scheduled_for = NULL, scheduled_by_id = NULL "
        "WHERE state = 'scheduled'"
    )
    with op.batch_alter_table("challenge") as challenge:
        challenge.drop_constraint(op.f(_SCHEDULED), type_="check")
        challenge.drop_constraint(op.f(_SCHEDULER), type_="foreignkey")
        for name in ("held_at", "scheduled_by_id", "scheduled_for", "short_because"):
            challenge.drop_column(name)
