"""The small round: one page makes the challenge, its panel, and the request for approval."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from pitchfest.accounts import queries as accounts
from pitchfest.challenges import operations as challenges
from pitchfest.challenges.rules import Lane, Template
from pitchfest.judging.operations.panel import invite
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import Problem, RuleViolation

#: As many judges as score each pitch of a small round at the least.
FEWEST_JUDGES = 3


def post_small(
    actor: Actor,
    *,
    template: Template,
    title: str,
    judges: Sequence[tuple[str, str]],
    now: datetime,
    practice: bool = False,
    **fields: Any,
) -> str:
    """Write a small round from `template`, invite its judges (name, address), of whom the first
    chairs, and send it for approval; its reference. All of it happens, or nothing.

    `fields` are columns of the brief and settings that win over the template. Raises RuleViolation
    with all that is missing.
    """
    if len(judges) < FEWEST_JUDGES:
        raise RuleViolation(f"Name at least {FEWEST_JUDGES} judges, a line each", field="judges")
    region = accounts.region()
    # not a person: what is published is frozen, and a name in it would outlive its person's erasure
    fields.setdefault("owner_name", region.unit)
    fields.setdefault("owner_organisation", region.authority)
    fields.setdefault("minimum_cards", FEWEST_JUDGES)
    reference = challenges.start_from(
        actor, template=template, title=title, lane=Lane.SMALL, practice=practice, now=now, **fields
    )
    for number, (name, address) in enumerate(judges):
        try:
            invite(actor, reference=reference, name=name, email=address, now=now, chair=number == 0)
        except RuleViolation as refusal:
            raise RuleViolation(
                *(Problem(f"{address}: {problem.message}", "judges") for problem in refusal.problems)
            ) from None
    challenges.send_for_approval(actor, reference=reference, now=now)
    return reference
