"""The searched words of PostgreSQL stand in the table's own pages, and new ones in the index at once."""

from __future__ import annotations

from alembic import op

revision = "0045_words_inline"
down_revision = "0044_late_judging"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Keep the vectors of words where the planner counts their pages, so that it searches by the index.

    Out of line they cost it nothing, and it read and unpacked all of them for every search.
    """
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE challenge_text ALTER COLUMN challenge_words SET STORAGE MAIN")
        op.execute("UPDATE challenge_text SET words = words")
        op.execute("ALTER INDEX challenge_words_found SET (fastupdate = off)")
        op.execute("SELECT gin_clean_pending_list('challenge_words_found')")


def downgrade() -> None:
    """As PostgreSQL does it unasked."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER INDEX challenge_words_found RESET (fastupdate)")
        op.execute("ALTER TABLE challenge_text ALTER COLUMN challenge_words SET STORAGE EXTENDED")
