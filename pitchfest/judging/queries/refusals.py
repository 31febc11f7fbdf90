"""Panels that lack somebody since a judge said no."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, String, case, cast, exists, func, null, or_, select, true

from pitchfest.challenges.models import Challenge
from pitchfest.judging.models import PanelMember
from pitchfest.judging.queries.barriers import recused_here
from pitchfest.judging.rules.access import PANEL_OPEN
from pitchfest.kernel.actor import Actor, Role

_CHALLENGE = Challenge.__table__.c
_MEMBER = PanelMember.__table__.c

#: What such a panel is called among other work, by whether it has a chair.
SHORT = {"short": True, "short_without_chair": False}


def short_panels(actor: Actor) -> Select[Any]:
    """The panels with too few judges, or no chair, since somebody said no, and how many judges are lacking:
    all of them for a lead, for others those where they had asked who said no. The columns are those of
    other work that waits for staff.
    """
    of_panel = _MEMBER.challenge_id == _CHALLENGE.id
    own = true() if actor.has(Role.LEAD) else _MEMBER.invited_by_id == actor.person_id
    judges = select(func.count(_MEMBER.id)).where(of_panel, _MEMBER.released_at.is_(None))
    said_no = select(func.max(_MEMBER.released_at)).where(of_panel, _MEMBER.refusal.is_not(None), own)
    count, since = (part.correlate(Challenge).scalar_subquery() for part in (judges, said_no))
    chaired = exists().where(of_panel, _MEMBER.is_chair, _MEMBER.released_at.is_(None)).correlate(Challenge)
    chaired_words, words = SHORT
    return select(
        _CHALLENGE.reference,
        _CHALLENGE.title,
        since,
        *[cast(null(), String)] * 3,
        cast(case((chaired, chaired_words), else_=words), String),
        _CHALLENGE.minimum_cards - count,
    ).where(
        _CHALLENGE.state.in_(sorted(PANEL_OPEN)),
        since.is_not(None),
        or_(count < _CHALLENGE.minimum_cards, ~chaired),
        ~recused_here(actor.person_id),
    )
