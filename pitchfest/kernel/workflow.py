"""A life cycle as one literal table that buttons, checks, the log, docs and tests all read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, TypeVar

from pitchfest.kernel.errors import Conflict, Problem, RuleViolation

State = TypeVar("State", bound=StrEnum)

#: A guard returns what stands in the way, in plain English, perhaps with the field of the form that it is
#: about; an empty list lets the step happen.
Guard = Callable[[Any], Sequence[Problem | str]]


def no_guard(_facts: Any) -> list[str]:
    """Nothing stands in the way."""
    return []


@dataclass(frozen=True, slots=True)
class Transition(Generic[State]):
    """One step: from which states, by which action, to which state, who, and what must hold.

    `who` names a permission (or "clock"); `fired_by` the one feature that may fire it.
    """

    sources: frozenset[State]
    action: str
    target: State
    who: str
    fired_by: str
    guard: Guard = no_guard
    label: str = ""


class Workflow(Generic[State]):
    """The table of transitions of one kind of object."""

    def __init__(self, name: str, transitions: Iterable[Transition[State]]) -> None:
        self.name = name
        self.transitions = tuple(transitions)
        self._by_key = {(s, t.action): t for t in self.transitions for s in t.sources}

    def find(self, state: State, action: str) -> Transition[State] | None:
        """The transition for `action` from `state`, or None where the table has none."""
        return self._by_key.get((state, action))

    def fire(self, state: State, action: str, facts: Any) -> Transition[State]:
        """The transition to carry out.

        Raises Conflict when the table has no such step from `state`, RuleViolation with each
        thing that stands in the way when its guard refuses.
        """
        step = self.find(state, action)
        if step is None:
            raise Conflict(f"This cannot be done while the {self.name} is “{state.replace('_', ' ')}”.")
        if obstacles := step.guard(facts):
            raise RuleViolation(*obstacles)
        return step
