"""Lost phone, lost codes: two administrators take somebody's second step away together."""

from __future__ import annotations

from datetime import datetime

from pitchfest.accounts import queries
from pitchfest.accounts.notices import two_step_news
from pitchfest.accounts.operations.acts import confirm, propose, take_back
from pitchfest.accounts.operations.roles import authorise_people, lock_person
from pitchfest.accounts.operations.sessions import end_all_sessions
from pitchfest.accounts.operations.two_step import end_two_step
from pitchfest.accounts.rules import ActKind, tidy_address
from pitchfest.accounts.rules.two_step import reason_problem
from pitchfest.audit.operations import record
from pitchfest.kernel.actor import SYSTEM, Actor
from pitchfest.kernel.errors import Conflict, NotAllowed, NotFound, RuleViolation
from pitchfest.kernel.text import tidy

_OWN = "Nobody takes their own second step away like this. Ask two other administrators."
_NONE = "This person has no two-step sign-in that could be taken away."


def propose_reset(actor: Actor, *, person_id: int, reason: str, now: datetime) -> None:
    """Put forward that somebody lost their phone and their codes. The person is told at once.

    Raises ProofNeeded, RuleViolation without a reason, Conflict where there is nothing to take away,
    or it is proposed already.
    """
    current = _current(actor, person_id)
    words = tidy(reason)
    if problem := reason_problem(words):
        raise RuleViolation(problem, field="reason")
    propose(
        actor,
        kind=ActKind.RESET_TWO_STEP,
        object=queries.two_step_object(person_id),
        object_version=current.id,
        payload={"person": person_id, "reason": words},
        now=now,
    )
    two_step_news(person_id, "asked", now=now)


def confirm_reset(actor: Actor, *, person_id: int, expected_act: int | None = None, now: datetime) -> None:
    """Be the second administrator: the second step is gone, and the person signed out everywhere.

    Raises ProofNeeded; Conflict when nothing waits or they have set up another since; StaleForm when
    another proposal than `expected_act` stands there; RuleViolation when these two may not act together.
    """
    current = _current(actor, person_id)
    confirm(
        actor,
        kind=ActKind.RESET_TWO_STEP,
        object=queries.two_step_object(person_id),
        object_version=current.id,
        expected_act=expected_act,
        now=now,
    )
    _reset(actor, person_id, now)


def take_back_reset(actor: Actor, *, person_id: int, now: datetime) -> None:
    """Withdraw one's own proposal."""
    authorise_people(actor)
    take_back(actor, kind=ActKind.RESET_TWO_STEP, object=queries.two_step_object(person_id), now=now)


def reset_by_command(email: str, *, now: datetime) -> None:
    """The same from the command line, where there are no two administrators left who could.

    Raises NotFound for an unknown address, Conflict where there is nothing to take away.
    """
    person = queries.person_by_email(tidy_address(email))
    if person is None:
        raise NotFound("Nobody here has that address.")
    _current(SYSTEM, person.id)
    _reset(SYSTEM, person.id, now)


def _current(actor: Actor, person_id: int) -> queries.TwoStepRow:
    authorise_people(actor)
    lock_person(person_id)
    if actor.person_id == person_id:
        raise NotAllowed(_OWN)
    current = queries.two_step(person_id)
    if current is None:
        raise Conflict(_NONE)
    return current


def _reset(actor: Actor, person_id: int, now: datetime) -> None:
    end_two_step(person_id, now=now)
    end_all_sessions(person_id, now=now)
    record(actor, "account.two_step_reset", f"person:{person_id}", now=now)
    two_step_news(person_id, "reset", now=now)
