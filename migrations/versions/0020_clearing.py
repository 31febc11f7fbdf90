"""Questions about opened pitches, answers changed after the opening, and findings turned by two people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pitchfest.db.types import Sealed, UtcDateTime

revision = "0020_clearing"
down_revision = "0019_effort"
branch_labels = None
depends_on = None

_ACTS = "'open_pitches', 'release_letters', 'fewer_cards', 'cancel', 'grant_role'"
_PEOPLE = ("by_id", "saved_by_id", "answered_by_id")


def upgrade() -> None:
    """Make the tables, name the second person of a finding, and let two people turn one."""
    op.create_table(
        "clarification_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pitch_id", sa.Integer(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("saved_by_id", sa.Integer(), nullable=True),
        sa.Column("saved_at", UtcDateTime(), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("answered_at", UtcDateTime(), nullable=True),
        sa.CheckConstraint("until > at", name=op.f("ck_clarification_request_leaves_time")),
        sa.CheckConstraint(
            "answered_at IS NULL OR answered_at < until",
            name=op.f("ck_clarification_request_answered_in_time"),
        ),
        sa.CheckConstraint(
            "(answered_at IS NULL) = (answered_by_id IS NULL) AND (saved_at IS NULL) = (saved_by_id IS NULL)",
            name=op.f("ck_clarification_request_by_someone"),
        ),
        sa.ForeignKeyConstraint(
            ["pitch_id"], ["pitch.id"], name=op.f("fk_clarification_request_pitch_id_pitch")
        ),
        *(
            sa.ForeignKeyConstraint(
                [column], ["person.id"], name=op.f(f"fk_clarification_request_{column}_person")
            )
            for column in _PEOPLE
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clarification_request")),
        sa.UniqueConstraint("pitch_id", name=op.f("uq_clarification_request_pitch_id")),
    )
    op.create_table(
        "unlocked_question",
        sa.Column("request_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("draft", Sealed(), nullable=True),
        sa.ForeignKeyConstraint(
            ["request_id"],
            ["clarification_request.id"],
            name=op.f("fk_unlocked_question_request_id_clarification_request"),
        ),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_unlocked_question_question_id_question")
        ),
        sa.PrimaryKeyConstraint("request_id", "question_id", name=op.f("pk_unlocked_question")),
    )
    op.create_table(
        "clarified_answer",
        sa.Column("pitch_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["pitch_id"], ["pitch.id"], name=op.f("fk_clarified_answer_pitch_id_pitch")),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_clarified_answer_question_id_question")
        ),
        sa.PrimaryKeyConstraint("pitch_id", "question_id", name=op.f("pk_clarified_answer")),
    )
    with op.batch_alter_table("eligibility") as eligibility:
        eligibility.add_column(sa.Column("second_id", sa.Integer(), nullable=True))
        eligibility.create_foreign_key(
            op.f("fk_eligibility_second_id_person"), "person", ["second_id"], ["id"]
        )
        eligibility.create_check_constraint(
            op.f("ck_eligibility_two_people"), "second_id IS NULL OR second_id <> by_id"
        )
    _let_acts(f"{_ACTS}, 'overturn'")


def downgrade() -> None:
    """Take them away."""
    op.execute("DELETE FROM two_person_act WHERE kind = 'overturn'")
    _let_acts(_ACTS)
    with op.batch_alter_table("eligibility") as eligibility:
        eligibility.drop_constraint(op.f("ck_eligibility_two_people"), type_="check")
        eligibility.drop_constraint(op.f("fk_eligibility_second_id_person"), type_="foreignkey")
        eligibility.drop_column("second_id")
    for table in ("clarified_answer", "unlocked_question", "clarification_request"):
        op.drop_table(table)


def _let_acts(kinds: str) -> None:
    name = op.f("ck_two_person_act_kind_known")
    with op.batch_alter_table("two_person_act") as act:
        act.drop_constraint(name, type_="check")
        act.create_check_constraint(name, f'"kind" IN ({kinds})')
