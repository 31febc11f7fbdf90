"""The version of an answer that is still being written, texts beside it that were settled, more kinds of
answers, and files in pitches.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from pitchfest.db.types import UtcDateTime

revision = "0017_writing"
down_revision = "0016_delays"
branch_labels = None
depends_on = None

_KIND = "ck_question_kind_known"
_KNOWN = "'text', 'radios', 'money'"
_NEW = "'checkboxes', 'rows', 'file', 'data', 'rights', 'confidential', 'declaration'"
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns and the table."""
    with op.batch_alter_table("answer_version") as version:
        version.add_column(sa.Column("begun_at", UtcDateTime(), nullable=True))
        version.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="1"))
    op.create_table(
        "settled_version",
        sa.Column("version_id", _ID, nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_settled_version_by_id_person")),
        sa.ForeignKeyConstraint(
            ["version_id"], ["answer_version.id"], name=op.f("fk_settled_version_version_id_answer_version")
        ),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_settled_version")),
    )
    op.create_table(
        "pitch_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("pitch_id", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.LargeBinary(), nullable=False),
        sa.Column("media_type", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_pitch_file_by_id_person")),
        sa.ForeignKeyConstraint(
            ["file_id"], ["stored_file.id"], name=op.f("fk_pitch_file_file_id_stored_file")
        ),
        sa.ForeignKeyConstraint(["pitch_id"], ["pitch.id"], name=op.f("fk_pitch_file_pitch_id_pitch")),
        sa.ForeignKeyConstraint(
            ["question_id"], ["question.id"], name=op.f("fk_pitch_file_question_id_question")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pitch_file")),
        sa.UniqueConstraint("file_id", name=op.f("uq_pitch_file_file_id")),
    )
    op.create_index(op.f("ix_pitch_file_pitch_id"), "pitch_file", ["pitch_id"])
    _let_questions(f"{_KNOWN}, {_NEW}")


def _let_questions(kinds: str) -> None:
    with op.batch_alter_table("question") as question:
        question.drop_constraint(op.f(_KIND), type_="check")
        question.create_check_constraint(op.f(_KIND), f'"kind" IN ({kinds})')


def downgrade() -> None:
    """Take them away. Questions of the new kinds become unscored ones of text."""
    op.execute(f"UPDATE question SET kind = 'text', max_words = 200, options = '[]' WHERE kind IN ({_NEW})")  # noqa: S608
    _let_questions(_KNOWN)
    op.drop_table("pitch_file")
    op.drop_table("settled_version")
    with op.batch_alter_table("answer_version") as version:
        version.drop_column("revision")
        version.drop_column("begun_at")
