"""Full text of published challenges: FTS5 on SQLite, a text search vector on PostgreSQL, one function.

Only what was published is in `challenge_text`, so a search cannot find a draft.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, false, func, literal_column, select, text

from pitchfest.challenges.models import ChallengeText
from pitchfest.challenges.queries.scope import CHALLENGE
from pitchfest.challenges.rules import search_words
from pitchfest.db import db

_TEXT = ChallengeText.__table__.c


def relevance(sought: str) -> ColumnElement[float]:
    """How far a published challenge is from the words of `sought`: the best match is the least."""
    words = search_words(sought)
    if db.engine.dialect.name == "sqlite":
        rank = text(
            "SELECT bm25(challenge_words) FROM challenge_words"
            " WHERE challenge_words MATCH :sought AND rowid = challenge.id"
        ).bindparams(sought=_match(words))
        return rank.columns(literal_column("rank")).scalar_subquery()
    rank_of = func.ts_rank(literal_column("challenge_words"), _query(words))
    return -select(rank_of).where(_TEXT.challenge_id == CHALLENGE.id).scalar_subquery()


def _match(words: list[str]) -> str:
    return " ".join(f'"{word}"*' for word in words)


def _query(words: list[str]) -> ColumnElement[str]:
    return func.to_tsquery("english", " & ".join(f"'{word}':*" for word in words))


def found_by(sought: str) -> ColumnElement[bool]:
    """That every word of `sought` begins a word of a published challenge, endings of words left aside.

    Where there is no word in it, nothing is found.
    """
    words = search_words(sought)
    if not words:
        return false()
    if db.engine.dialect.name == "sqlite":
        rows = text("SELECT rowid FROM challenge_words WHERE challenge_words MATCH :sought").bindparams(
            sought=_match(words)
        )
        return CHALLENGE.id.in_(rows.columns(literal_column("rowid")).scalar_subquery())
    wanted = _query(words)
    ids = select(_TEXT.challenge_id).where(literal_column("challenge_words").op("@@")(wanted))
    return CHALLENGE.id.in_(ids) | (func.numnode(wanted) == 0)
