"""When a judge saved which card: what their pace is learnt from. Nobody else reads it."""

from __future__ import annotations

from sqlalchemy import bindparam, func, select

from pitchfest.db import db
from pitchfest.judging.models import Scorecard, ScoreVersion
from pitchfest.judging.queries.desk import DeskRound
from pitchfest.judging.rules.pace import FEWEST_CARDS, minutes_left

_VERSION = ScoreVersion.__table__.c
_CARD = Scorecard.__table__.c
_OTHER = ScoreVersion.__table__.alias("other").c
_LAST_SAVE = select(func.max(_OTHER.id))
#: Saves are numbered in their order: from the last one of the card that was signed before those that tell,
#: to the last one of those. What was saved since is of cards that are not done.
_SINCE = _LAST_SAVE.where(_OTHER.scorecard_id == bindparam("before")).scalar_subquery()
_UNTIL = _LAST_SAVE.where(_OTHER.scorecard_id.in_(bindparam("telling", expanding=True))).scalar_subquery()
_SAVES = (
    select(_VERSION.scorecard_id, _VERSION.at)
    .join(Scorecard.__table__, _CARD.id == _VERSION.scorecard_id)
    .where(
        _CARD.panel_member_id == bindparam("member_id"),
        _VERSION.id >= func.coalesce(_SINCE, 0),
        _VERSION.id <= _UNTIL,
    )
    .distinct()
    .order_by(_VERSION.at, _VERSION.scorecard_id)
)
#: How many of the cards that were signed last tell of the pace: it is today's, and its cost does not grow.
TELLING = 12


def time_left(round_: DeskRound) -> int | None:
    """Minutes that the open cards of the judge's own round take at their own pace, None where it is not
    known. One statement, and none before enough cards are done.
    """
    signed = sorted((card.signed_at, card.card_id) for card in round_.cards if card.signed_at)
    done = [card_id for _, card_id in signed]
    if len(done) < FEWEST_CARDS or not round_.left:
        return None
    before, telling = done[-TELLING - 1] if len(done) > TELLING else None, done[-TELLING:]
    asked = {"member_id": round_.member_id, "before": before, "telling": telling}
    saves = [(at, card_id) for card_id, at in db.session.execute(_SAVES, asked)]
    return minutes_left(saves, telling, round_.left)
