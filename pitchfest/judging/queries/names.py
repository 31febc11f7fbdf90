"""What a pitch is called: the supplier's name, or only its reference where judges read without names.

Every statement of judging that names a pitch does it with `shown_name`, so that no page can say more.
"""

from __future__ import annotations

from sqlalchemy import Boolean, ColumnElement, bindparam, case, exists, literal

from pitchfest.accounts.models import Organisation
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import RELEASED
from pitchfest.pitches.models import Pitch

_KEPT = Challenge.__table__.alias("kept").c
_PITCH = Pitch.__table__.c

#: Whether a reader may know names also where judges may not; for statements that stand ready.
KNOWS = bindparam("names", type_=Boolean)


def names_kept() -> ColumnElement[bool]:
    """Whether the pitch of the statement is judged without names, and its letters are not out."""
    return (
        exists()
        .where(
            _KEPT.id == _PITCH.challenge_id,
            _KEPT.names_hidden,
            _KEPT.state.not_in(sorted(RELEASED)),
        )
        .correlate(Pitch.__table__)
    )


def shown_name(knows: ColumnElement[bool] | None = None) -> ColumnElement[str]:
    """What the pitch of a statement is called, whose organisation is joined. Without `knows`: as its judges
    may read it. A reference is random, so it tells neither who pitches nor in which order.
    """
    kept = names_kept() if knows is None else ~knows & names_kept()
    return case((kept, literal("Pitch ") + _PITCH.reference), else_=Organisation.__table__.c.name)
