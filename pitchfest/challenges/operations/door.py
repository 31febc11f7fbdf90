"""The one door through which a challenge changes state."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from pitchfest.accounts import queries as accounts
from pitchfest.audit import operations as audit
from pitchfest.audit import queries as log
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import (
    BEFORE_RELEASE,
    CHALLENGE,
    PERMISSIONS,
    RELEASED,
    ChallengeState,
    Lane,
    Permission,
    effective_state,
)
from pitchfest.db import db
from pitchfest.kernel.actor import SYSTEM, Actor
from pitchfest.kernel.clock import say_moment
from pitchfest.kernel.errors import Conflict, NotFound, StaleForm
from pitchfest.kernel.permissions import authorise
from pitchfest.kernel.workflow import Transition


def advance(
    actor: Actor,
    challenge_id: int,
    action: str,
    facts: Any,
    *,
    now: datetime,
    expected_version: int | None = None,
    chairs: bool = False,
) -> Challenge:
    """Take one step of the life cycle and return the challenge's row, locked and up to date.

    `facts` is the action's own type in `rules`, built in this transaction, and `chairs` says whether the
    actor chairs the panel. The closing is settled
    first where the clock has passed it. Raises NotFound or NotAllowed where `actor` lacks the
    permission that the table names, StaleForm when the challenge is not at `expected_version`,
    Conflict when the table has no such step, RuleViolation with all that stands in the way.
    """
    challenge = locked(Challenge.id == challenge_id)
    return fire(actor, challenge, action, facts, now=now, expected_version=expected_version, chairs=chairs)


def fire(
    actor: Actor,
    challenge: Challenge,
    action: str,
    facts: Any,
    *,
    now: datetime,
    expected_version: int | None = None,
    detail: dict[str, Any] | None = None,
    chairs: bool = False,
    **columns: Any,
) -> Challenge:
    """`advance` for a row that is locked already; `columns` are written with the state."""
    stood = challenge.version  # what the clock changes here and now makes no form stale
    settle_closing(challenge, now)
    step = next(t for t in CHALLENGE.transitions if t.action == action)
    authorise(PERMISSIONS, Permission(step.who), actor, Holding(challenge, now, chairs=chairs))
    if expected_version != stood:
        expect(challenge, expected_version)
    step = CHALLENGE.fire(challenge.state, action, facts)
    _move(actor, challenge, step, at=now, detail=detail or {}, **columns)
    return challenge


def close(challenge_id: int, now: datetime) -> None:
    """Settle the closing of an open challenge whose time has come; else do nothing.

    The entry in the log is dated at the closing time, whenever it is written.
    """
    settle_closing(locked(Challenge.id == challenge_id), now)


def settle_closing(challenge: Challenge, now: datetime) -> None:
    """Close a locked challenge that is past its closing time."""
    closes_at = challenge.closes_at
    if effective_state(challenge.state, closes_at, now) == challenge.state or closes_at is None:
        return
    by_clock(challenge, "close", None, at=closes_at)


def by_clock(
    challenge: Challenge,
    action: str,
    facts: Any,
    *,
    at: datetime,
    detail: dict[str, Any] | None = None,
    **columns: Any,
) -> None:
    """Take a step of a locked challenge that the table leaves to the clock, dated `at`."""
    step = CHALLENGE.fire(challenge.state, action, facts)
    if step.who != "clock":
        raise ValueError(f"the clock does not {action}")
    _move(SYSTEM, challenge, step, at=at, detail=detail or {}, **columns)


class Holding:
    """A locked row as the permissions see it: its state is the one that holds at `now`."""

    def __init__(self, challenge: Challenge, now: datetime, *, chairs: bool = False) -> None:
        self.effective: ChallengeState = effective_state(challenge.state, challenge.closes_at, now)
        self.decision_maker_id: int | None = challenge.decision_maker_id
        self.practice: bool = challenge.practice
        self.lane: Lane = challenge.lane
        self.chairs: bool = chairs


def locked(*conditions: Any) -> Challenge:
    """The row, held until the end of the transaction. Raises NotFound."""
    challenge = db.session.execute(
        select(Challenge).where(*conditions).with_for_update().execution_options(populate_existing=True)
    ).scalar_one_or_none()
    if challenge is None:
        raise NotFound
    return challenge


def opened_for(
    actor: Actor, permission: Permission, reference: str, *, expected_version: int | None, now: datetime
) -> Challenge:
    """The locked row, once `actor` is allowed and the form turns out not to be stale."""
    challenge = locked(Challenge.reference == reference)
    stood = challenge.version  # what the clock changes here and now makes no form stale
    settle_closing(challenge, now)
    authorise(PERMISSIONS, permission, actor, Holding(challenge, now))
    if expected_version != stood:
        expect(challenge, expected_version)
    return challenge


#: Action in the log → what it changed, as the person with the stale form reads it.
_CHANGED = {
    "challenge.edit_brief": "the brief",
    "challenge.edit_settings": "the dates and people",
    "challenge.answer_route": "the answers about the route",
    "challenge.save_criterion": "a criterion",
    "challenge.remove_criterion": "the criteria",
    "challenge.move_criterion": "the order of the criteria",
    "challenge.save_question": "a question of the form",
    "challenge.remove_question": "the form",
    "challenge.add_from_library": "the criteria",
    "challenge.add_questions": "the form",
    "challenge.move_question": "the order of the form",
}


def expect(challenge: Challenge, version: int | None) -> None:
    """Raise StaleForm, saying who changed what and when, unless the row is at `version`."""
    if version is None or version == challenge.version:
        return
    entries, _ = log.page(number=1, size=20, object=f"challenge:{challenge.reference}")
    entry = next((entry for entry in entries if json.loads(entry["detail"]).get("fields") != []), None)
    if entry is None:
        raise StaleForm("Someone changed this challenge while you had it open.")
    person_id = int(entry["actor"].partition(":")[2] or 0)
    who = accounts.person_names({person_id}).get(person_id, "Pitchfest") if person_id else "Pitchfest"
    when = say_moment(datetime.fromisoformat(entry["at"]))
    what = _CHANGED.get(entry["action"], "where this challenge stands")
    raise StaleForm(f"{who} changed {what} at {when}, after you opened your page. Nothing was overwritten.")


def _move(
    actor: Actor,
    challenge: Challenge,
    step: Transition[ChallengeState],
    *,
    at: datetime,
    detail: dict[str, Any],
    **columns: Any,
) -> None:
    db.session.flush()
    version, source = challenge.version, challenge.state
    since = challenge.state_since if step.target == source else at
    if source in BEFORE_RELEASE and step.target in RELEASED:
        columns["released_at"] = at
    moved = db.session.execute(
        update(Challenge)
        .where(Challenge.id == challenge.id, Challenge.state == source, Challenge.version == version)
        .values(state=step.target, state_since=since, version=version + 1, **columns)
        .execution_options(synchronize_session=False)
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("Someone else moved this challenge on at the same moment.")
    db.session.refresh(challenge)
    audit.record(
        actor,
        f"challenge.{step.action}",
        f"challenge:{challenge.reference}",
        now=at,
        **{"from": source.value, "to": step.target.value, "version": version + 1, **detail},
    )
