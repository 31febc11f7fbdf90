"""The criteria of a draft: adding, changing, ordering and removing them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from sqlalchemy import delete, func, select, update

from pitchfest.challenges.models import Anchor, Criterion, Question
from pitchfest.challenges.operations.door import opened_for
from pitchfest.challenges.operations.order import close_gaps, swap
from pitchfest.challenges.operations.writing import touch
from pitchfest.challenges.rules import CriterionKind, Permission
from pitchfest.db import db
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import NotFound, Problem, RuleViolation

#: The whole scale of a price, which nobody scores.
_PRICE_SCALE = {"minimum": 0, "maximum": 100, "step": 1, "threshold": None}


def save_criterion(
    actor: Actor,
    *,
    reference: str,
    now: datetime,
    name: str,
    weight: int,
    guidance: str = "",
    kind: CriterionKind = CriterionKind.JUDGED,
    minimum: int = 0,
    maximum: int = 500,
    step: int = 100,
    threshold: int | None = None,
    anchors: Mapping[int, tuple[str, str]] | None = None,
    criterion_id: int | None = None,
    expected_version: int | None = None,
) -> int:
    """Add a criterion, or change the one with `criterion_id`; its id.

    Scale, threshold and the keys of `anchors` (value → label, meaning) are in hundredths of a
    point. Anchors may be incomplete while the challenge is a draft. Raises RuleViolation where
    the numbers cannot be a scale.
    """
    challenge = opened_for(actor, Permission.WRITE, reference, expected_version=expected_version, now=now)
    scale = {"minimum": minimum, "maximum": maximum, "step": step, "threshold": threshold}
    if kind == CriterionKind.PRICE:
        scale, anchors = _PRICE_SCALE, {}
        _only_price(challenge.id, criterion_id)
    _check(name, weight, scale)
    criterion = _criterion(challenge.id, criterion_id) if criterion_id else _added(challenge.id)
    criterion.name, criterion.guidance, criterion.kind, criterion.weight = name, guidance, kind, weight
    for column, value in scale.items():
        setattr(criterion, column, value)
    db.session.add(criterion)
    db.session.flush()
    _write_anchors(criterion.id, anchors or {})
    touch(actor, challenge, "save_criterion", now=now, position=criterion.position, weight=weight)
    return criterion.id


def remove_criterion(
    actor: Actor, *, reference: str, criterion_id: int, now: datetime, expected_version: int | None = None
) -> None:
    """Remove a criterion; its questions stay, not scored."""
    challenge = opened_for(actor, Permission.WRITE, reference, expected_version=expected_version, now=now)
    criterion = _criterion(challenge.id, criterion_id)
    position = criterion.position
    db.session.execute(
        update(Question).where(Question.criterion_id == criterion.id).values(criterion_id=None)
    )
    db.session.execute(delete(Anchor).where(Anchor.criterion_id == criterion.id))
    db.session.execute(delete(Criterion).where(Criterion.id == criterion.id))
    close_gaps(Criterion, challenge.id)
    touch(actor, challenge, "remove_criterion", now=now, position=position)


def move_criterion(
    actor: Actor,
    *,
    reference: str,
    criterion_id: int,
    direction: Literal["up", "down"],
    now: datetime,
    expected_version: int | None = None,
) -> None:
    """Swap a criterion with its neighbour; at the end of the list nothing happens."""
    challenge = opened_for(actor, Permission.WRITE, reference, expected_version=expected_version, now=now)
    criterion = _criterion(challenge.id, criterion_id)
    if swap(Criterion, challenge.id, criterion.position, direction):
        touch(actor, challenge, "move_criterion", now=now)


def _check(name: str, weight: int, scale: Mapping[str, int | None]) -> None:
    problems = []
    minimum, maximum, step, threshold = (scale[k] for k in ("minimum", "maximum", "step", "threshold"))
    assert minimum is not None
    assert maximum is not None
    assert step is not None
    if not name.strip():
        problems.append(Problem("Give the criterion a name", "name"))
    if not 1 <= weight <= 100:
        problems.append(Problem("Enter a weight from 1 to 100", "weight"))
    if not 0 <= minimum < maximum <= 100_00:
        problems.append(Problem("The highest score must be above the lowest, and at most 100", "maximum"))
    elif step <= 0 or (maximum - minimum) % step:
        problems.append(Problem("The steps must lead exactly from the lowest to the highest score", "step"))
    elif threshold is not None and threshold not in range(minimum, maximum + 1, step):
        problems.append(Problem("The least score needed must be a score on the scale", "threshold"))
    if problems:
        raise RuleViolation(*problems)


def _only_price(challenge_id: int, criterion_id: int | None) -> None:
    others = select(Criterion.id).where(
        Criterion.challenge_id == challenge_id,
        Criterion.kind == CriterionKind.PRICE,
        Criterion.id != (criterion_id or 0),
    )
    if db.session.execute(others).first() is not None:
        raise RuleViolation("There is a price criterion already. Keep one only", field="kind")


def _criterion(challenge_id: int, criterion_id: int) -> Criterion:
    found = db.session.get(Criterion, criterion_id)
    if found is None or found.challenge_id != challenge_id:
        raise NotFound
    return found


def _added(challenge_id: int) -> Criterion:
    last = db.session.execute(
        select(func.coalesce(func.max(Criterion.position), 0)).where(Criterion.challenge_id == challenge_id)
    ).scalar_one()
    return Criterion(challenge_id=challenge_id, position=last + 1)


def _write_anchors(criterion_id: int, anchors: Mapping[int, tuple[str, str]]) -> None:
    db.session.execute(delete(Anchor).where(Anchor.criterion_id == criterion_id))
    db.session.add_all(
        Anchor(criterion_id=criterion_id, value=value, label=label, meaning=meaning)
        for value, (label, meaning) in sorted(anchors.items())
        if label or meaning
    )
