"""What a decision-maker may record. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pitchfest.kernel.errors import Problem
from pitchfest.kernel.text import canonical_json, count_words


class Outcome(StrEnum):
    """What the decision-maker decided about a pitch."""

    WON = "won"
    RESERVE = "reserve"
    UNSUCCESSFUL = "unsuccessful"


OUTCOME_NAMES: dict[Outcome, str] = {
    Outcome.WON: "Won",
    Outcome.RESERVE: "Reserve",
    Outcome.UNSUCCESSFUL: "Not successful",
}

_REASON_WORDS = 3
_NOTE_WORDS = 10


@dataclass(frozen=True, slots=True)
class Choice:
    """What was chosen for one pitch, beside its place in the results: `rank` is shared only by pitches whose
    equal totals are not settled.
    """

    reference: str
    rank: int
    meets_all: bool
    outcome: Outcome | None
    reason: str
    supplier: str = ""

    @property
    def named(self) -> str:
        """The pitch as an error names it: by its supplier too, where that is known."""
        return f"{self.supplier} ({self.reference})" if self.supplier else self.reference


def follows_ranking(choices: Sequence[Choice]) -> bool:
    """Whether nobody was put before a pitch that ranks higher, and every winner meets every minimum.

    Pitches that miss a minimum may be passed over. Pitches that share a rank may be told apart
    only with a reason, so that counts as a departure too.
    """
    order = list(Outcome)
    if any(c.outcome == Outcome.WON and not c.meets_all for c in choices):
        return False
    placed = sorted((c for c in choices if c.meets_all and c.outcome), key=lambda c: (c.rank, c.reference))
    return all(
        _place(order, better) <= _place(order, worse)
        if better.rank < worse.rank
        else _place(order, better) == _place(order, worse)
        for i, better in enumerate(placed)
        for worse in placed[i + 1 :]
    )


def _place(order: list[Outcome], choice: Choice) -> int:
    assert choice.outcome is not None
    return order.index(choice.outcome)


def decision_problems(choices: Sequence[Choice], note: str) -> list[Problem]:
    """What is missing: an outcome or a reason for a pitch, or why the ranking was not followed.

    Fields are named `outcome_<reference>`, `reason_<reference>` and `note`.
    """
    problems = []
    for choice in choices:
        if choice.outcome is None:
            problems.append(Problem(f"Choose an outcome for {choice.named}", f"outcome_{choice.reference}"))
        if count_words(choice.reason) < _REASON_WORDS:
            problems.append(
                Problem(f"Give a reason for {choice.named}, in a sentence", f"reason_{choice.reference}")
            )
    if not problems and not follows_ranking(choices) and count_words(note) < _NOTE_WORDS:
        problems.append(
            Problem(
                f"Your decision differs from the ranking. Say why, in {_NOTE_WORDS} words or more", "note"
            )
        )
    return problems


def decision_digest(choices: Sequence[Choice], note: str) -> str:
    """SHA-256 over the canonical JSON of outcomes, reasons and note: what the log holds of a decision. The
    reasons keep it from being guessed.
    """
    body = {"note": note, **{choice.reference: [choice.outcome, choice.reason] for choice in choices}}
    return hashlib.sha256(canonical_json(body).encode()).hexdigest()
