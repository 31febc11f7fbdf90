"""What waits for a person about pitches."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, or_, select

from pitchfest.accounts.models import TwoPersonAct
from pitchfest.accounts.rules import ActKind, ActOutcome
from pitchfest.challenges import queries as challenges
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import OPENING_PAUSE, ChallengeState
from pitchfest.db import UtcDateTime, db
from pitchfest.kernel.actor import Actor, Role
from pitchfest.kernel.clock import say_day
from pitchfest.kernel.text import plural
from pitchfest.kernel.waiting import Waiting
from pitchfest.pitches.models import Pitch
from pitchfest.pitches.queries.clearing import ToAnswer, to_answer
from pitchfest.pitches.queries.numbers import few, prompts_since
from pitchfest.pitches.queries.personal_extensions import somebody_has_time
from pitchfest.pitches.queries.sealed import PitchRow, mine
from pitchfest.pitches.rules.permissions import DECIDERS, OPENERS
from pitchfest.pitches.rules.states import PitchRight, PitchState

_CHALLENGE = Challenge.__table__.c


def waiting(actor: Actor, now: datetime, own: Sequence[PitchRow] | None = None) -> list[Waiting]:
    """What waits for this person, at most five statements. `own`: their pitches, where they were read."""
    return [
        *_own(actor, now, mine(actor, now) if own is None else own),
        *_to_open(actor, now),
        *_to_check(actor),
        *_few(actor, now),
    ]


def _own(actor: Actor, now: datetime, found: Sequence[PitchRow]) -> list[Waiting]:
    """Pitches to finish and copies to send, while there is time, and what was asked about opened ones."""
    checked = any(pitch.state == PitchState.OPENED for pitch in found)
    asked = [_asked(row) for row in to_answer(actor, now)] if checked else []
    return asked + [task for pitch in found if (task := _unfinished(pitch)) is not None]


def _asked(row: ToAnswer) -> Waiting:
    return Waiting(
        text=f"Answer what was asked about your pitch for “{row.challenge_title}”",
        button="Read the question",
        endpoint="pitches.clarification",
        values={"reference": row.reference},
        since=row.at,
        due=row.until,
        blocks_others=True,
    )


def _unfinished(pitch: PitchRow) -> Waiting | None:
    if pitch.to_check_again and (pitch.assists or pitch.right != PitchRight.VIEW):
        return Waiting(
            text=f"Check your pitch for “{pitch.challenge_title}” again: the challenge was corrected",
            button="Read what changed",
            endpoint="pitches.tasks",
            values={"reference": pitch.reference, "_anchor": "check-again"},
            due=pitch.closes_at,
        )
    if pitch.state == PitchState.DRAFT and pitch.assists:
        text, since = f"Finish and send what you type for {pitch.organisation_name}", pitch.created_at
    elif pitch.state == PitchState.DRAFT:
        text, since = f"Finish and send your pitch for “{pitch.challenge_title}”", pitch.created_at
    elif pitch.state == PitchState.SUBMITTED and pitch.changing_since is not None:
        text, since = f"Send the changes to your pitch for “{pitch.challenge_title}”", pitch.changing_since
    else:
        return None
    return Waiting(
        text=text,
        button="Carry on typing" if pitch.assists else "Carry on with your pitch",
        endpoint="pitches.tasks",
        values={"reference": pitch.reference},
        since=since,
        due=pitch.closes_at,
    )


def _to_open(actor: Actor, now: datetime) -> list[Waiting]:
    """Closed challenges whose pitches wait for one of the two people who open them."""
    if not actor.has(*OPENERS):
        return []
    rows = db.session.execute(
        select(
            _CHALLENGE.reference,
            _CHALLENGE.title,
            _CHALLENGE.closes_at,
            TwoPersonAct.proposer_id,
            TwoPersonAct.proposed_at,
        )
        .outerjoin(
            TwoPersonAct,
            (TwoPersonAct.object == "challenge:" + _CHALLENGE.reference)
            & (TwoPersonAct.kind == ActKind.OPEN_PITCHES)
            & (TwoPersonAct.outcome == ActOutcome.PROPOSED),
        )
        .where(
            challenges.effective_in({ChallengeState.CLOSED}, now),
            _CHALLENGE.closes_at <= now - OPENING_PAUSE,
            ~somebody_has_time(now),
        )
        .order_by(_CHALLENGE.closes_at, _CHALLENGE.reference)
    )
    return [_opening(row) for row in rows if row.proposer_id != actor.person_id]


def _opening(row: Any) -> Waiting:
    second = row.proposer_id is not None
    text = "Be the second person to open the pitches for “{}”" if second else "Open the pitches for “{}”"
    return Waiting(
        text=text.format(row.title),
        button="Open the pitches",
        endpoint="pitch_desk.opening",
        values={"reference": row.reference},
        since=row.proposed_at if second else row.closes_at,
        blocks_others=True,
    )


def _to_check(actor: Actor) -> list[Waiting]:
    """Challenges with opened pitches that nobody found eligible or not yet, and findings that somebody
    else proposes to turn: of each challenge the first one.
    """
    if not actor.has(*OPENERS):
        return []
    act = TwoPersonAct.__table__.c
    rows = db.session.execute(
        select(
            _CHALLENGE.reference,
            _CHALLENGE.title,
            _CHALLENGE.state_since,
            func.count(case((Pitch.state == PitchState.OPENED, 1))).label("left"),
            func.min(case((act.id.is_not(None), Pitch.reference))).label("to_turn"),
            func.min(act.proposed_at, type_=UtcDateTime).label("proposed_at"),
        )
        .select_from(Challenge)
        .join(Pitch, Pitch.challenge_id == _CHALLENGE.id)
        .outerjoin(
            TwoPersonAct,
            (act.object == "pitch:" + Pitch.reference)
            & (act.object_version == Pitch.version)
            & (act.kind == ActKind.OVERTURN)
            & (act.outcome == ActOutcome.PROPOSED)
            & (act.proposer_id != actor.person_id),
        )
        .where(
            or_(
                (_CHALLENGE.state == ChallengeState.ELIGIBILITY) & (Pitch.state == PitchState.OPENED),
                _CHALLENGE.state.in_([ChallengeState.ELIGIBILITY, ChallengeState.JUDGING])
                & act.id.is_not(None),
            )
        )
        .group_by(_CHALLENGE.reference, _CHALLENGE.title, _CHALLENGE.state_since)
        .order_by(_CHALLENGE.state_since, _CHALLENGE.reference)
    ).all()
    left = [row for row in rows if row.left] if actor.has(*DECIDERS) else []
    return [_checking(row) for row in left] + [_turning(row) for row in rows if row.to_turn]


def _checking(row: Any) -> Waiting:
    return Waiting(
        text=f"Check who can take part in “{row.title}”: {plural(row.left, 'pitch', 'pitches')} left",
        button="Check the pitches",
        endpoint="pitch_desk.eligibility",
        values={"reference": row.reference},
        since=row.state_since,
        blocks_others=True,
    )


def _turning(row: Any) -> Waiting:
    return Waiting(
        text=f"Be the second person to change who can take part in “{row.title}”",
        button="Read what is proposed",
        endpoint="pitch_desk.overturn",
        values={"reference": row.to_turn},
        since=row.proposed_at,
        blocks_others=True,
    )


def _few(actor: Actor, now: datetime) -> list[Waiting]:
    """Challenges that close within a week with fewer than three pitches."""
    if not actor.has(*DECIDERS):
        return []
    choice = "extend for all or tell more people" if actor.has(Role.LEAD) else "tell more people"
    return [
        Waiting(
            text=f"{say_few(row.sent)} for “{row.title}”, which closes on {say_day(row.closes_at)}: {choice}",
            button="See what you can do",
            endpoint="pitch_desk.few",
            values={"reference": row.reference},
            since=prompts_since(row),
            due=row.closes_at,
        )
        for row in few(now)
    ]


def say_few(sent: int) -> str:
    """`No pitch`, `Only 1 pitch`, `Only 2 pitches`."""
    return f"Only {plural(sent, 'pitch', 'pitches')}" if sent else "No pitch"
