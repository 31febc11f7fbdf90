"""When a judge saved which card: what their pace is learnt from. Nobody else reads it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, select

from pitchfest.db import db
from pitchfest.judging.models import Scorecard, ScoreVersion
from pitchfest.judging.queries.desk import DeskRound
from pitchfest.judging.rules.pace import minutes_left

_VERSION = ScoreVersion.__table__.c
_CARD = Scorecard.__table__.c
_SAVES = (
    select(_VERSION.scorecard_id, _VERSION.at)
    .join(Scorecard.__table__, _CARD.id == _VERSION.scorecard_id)
    .where(_CARD.panel_member_id.in_(bindparam("member_ids", expanding=True)))
    .distinct()
    .order_by(_VERSION.at, _VERSION.scorecard_id)
)


def time_left(rounds: Collection[DeskRound]) -> dict[int, int]:
    """Challenge id → minutes that a judge's open cards take at their own pace, where it is known. One
    statement; `rounds` are the judge's own desk.
    """
    of = {card.card_id: card.challenge_id for round_ in rounds for card in round_.cards}
    if not of:
        return {}
    saves: dict[int, list[tuple[datetime, int]]] = {}
    for card_id, at in db.session.execute(_SAVES, {"member_ids": [round_.member_id for round_ in rounds]}):
        if card_id in of:
            saves.setdefault(of[card_id], []).append((at, card_id))
    found = {}
    for round_ in rounds:
        done = {card.card_id for card in round_.cards if not card.open}
        minutes = minutes_left(saves.get(round_.challenge_id, []), done, round_.left)
        if minutes is not None:
            found[round_.challenge_id] = minutes
    return found
