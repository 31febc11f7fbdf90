"""Themes, and the full text of published challenges with each database's own kind of index."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013_finding"
down_revision = "0012_following"
branch_labels = None
depends_on = None

_TEXT = (
    "reference || ' ' || title || ' ' || question || ' ' || problem || ' ' || who_has_it || ' ' || "
    "tried_before || ' ' || outcome_sought || ' ' || out_of_scope || ' ' || eligibility || ' ' || "
    "after_win || ' ' || owner_organisation"
)


def upgrade() -> None:
    """Add the theme, the texts and their index, and take in what is published."""
    with op.batch_alter_table("challenge") as challenge:
        challenge.add_column(sa.Column("theme", sa.String(length=20), nullable=False, server_default=""))
    op.create_table(
        "challenge_text",
        sa.Column("challenge_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_challenge_text_challenge_id_challenge")
        ),
        sa.PrimaryKeyConstraint("challenge_id", name=op.f("pk_challenge_text")),
    )
    if op.get_bind().dialect.name == "sqlite":
        _on_sqlite()
    else:
        op.execute(
            "ALTER TABLE challenge_text ADD COLUMN challenge_words tsvector "
            "GENERATED ALWAYS AS (to_tsvector('english', words)) STORED"
        )
        op.execute("CREATE INDEX challenge_words_found ON challenge_text USING gin (challenge_words)")
    op.execute(
        f"INSERT INTO challenge_text (challenge_id, words) SELECT id, lower({_TEXT}) FROM challenge "  # noqa: S608
        "WHERE published_at IS NOT NULL AND NOT practice ORDER BY id"
    )


def _on_sqlite() -> None:
    op.execute(
        "CREATE VIRTUAL TABLE challenge_words USING fts5(words, content='challenge_text', "
        "content_rowid='challenge_id', tokenize='porter unicode61')"
    )
    added = "INSERT INTO challenge_words(rowid, words) VALUES (new.challenge_id, new.words);"
    gone = (
        "INSERT INTO challenge_words(challenge_words, rowid, words) "
        "VALUES ('delete', old.challenge_id, old.words);"
    )
    for event, act in (("INSERT", added), ("DELETE", gone), ("UPDATE", gone + added)):
        op.execute(
            f"CREATE TRIGGER challenge_text_after_{event.lower()} AFTER {event} ON challenge_text "
            f"BEGIN {act} END"
        )


def downgrade() -> None:
    """Take them away."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE challenge_words")
    op.drop_table("challenge_text")
    with op.batch_alter_table("challenge") as challenge:
        challenge.drop_column("theme")
