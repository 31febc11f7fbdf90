"""The second step of signing in: which codes count when, and who has to have it. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from pitchfest.kernel.actor import Actor

#: An app shows a new code of six digits so often (RFC 6238).
STEP_SECONDS = 30
CODE_DIGITS = 6
#: A phone's clock may be so many codes behind or ahead of ours.
DRIFT = 1
#: How long the first step of a sign-in waits for its code.
HALF_IN_LASTS = timedelta(minutes=10)
#: How long a key is kept that was shown and never confirmed.
KEY_LASTS = timedelta(days=1)
RECOVERY_CODES = 10
#: 16 of 30 letters and digits are 78 bits, so that their plain hashes tell nothing.
RECOVERY_LENGTH = 16
#: After so many wrong codes in a row their person is told: whoever types them has done the first step.
TOLD_AFTER = 10
SHORTEST_REASON, LONGEST_REASON = 10, 1_000
#: Whoever works here, or is a part of a decision: the parts of an actor that higher features give.
_BOUND = frozenset({"judge", "decider"})


def steps_that_count(now: datetime) -> range:
    """The numbers of the half minutes whose codes are taken at `now`, the oldest first."""
    current = int(now.timestamp()) // STEP_SECONDS
    return range(current - DRIFT, current + DRIFT + 1)


def is_app_code(code: str) -> bool:
    """Whether a plain code is one of an app, by its looks; any other is a recovery code."""
    return len(code) == CODE_DIGITS and code.isascii() and code.isdigit()


def in_fours(code: str) -> str:
    """A key or a recovery code in groups of four, to be typed."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))


def has_to_set_up(actor: Actor, *, required: bool, demo: bool) -> bool:
    """Whether the person has to set the second step up before anything else.

    Suppliers never have to. In a demonstration, `demo`, those who came in by one click need not.
    """
    bound = actor.is_staff or bool(actor.parts & _BOUND)
    return required and bound and "two_step" not in actor.parts and not (demo and actor.demo)


def reason_problem(reason: str) -> str:
    """What is wrong with the reason for taking somebody's second step away, or ""."""
    if len(reason) < SHORTEST_REASON:
        return "Say why, and how you know that it is them who asks"
    if len(reason) > LONGEST_REASON:
        return f"Keep the reason to {LONGEST_REASON:,} characters or fewer"
    return ""
