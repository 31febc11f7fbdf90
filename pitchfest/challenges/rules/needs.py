"""What people of suppliers need so that they can take part, such as another format or help. Pure."""

from __future__ import annotations

from pitchfest.kernel.errors import Problem
from pitchfest.kernel.text import count_words

#: So many a person tells us about one challenge.
MOST_NEEDS = 10
#: Fewest words of a need, and of what staff say to it.
NEED_WORDS, REPLY_WORDS = 3, 3


def need_problems(*, text: str, contact: str, told: int) -> list[Problem]:
    """What is wrong with telling this, having `told` so many before."""
    checks = (
        (count_words(text) < NEED_WORDS, "Say what you need, in a sentence", "text"),
        (not contact, "Say how we reach you", "contact"),
        (told >= MOST_NEEDS, f"You told us {MOST_NEEDS} things already. Call us instead", "text"),
    )
    return [Problem(message, field) for wrong, message, field in checks if wrong]


def reply_problem(reply: str) -> str:
    """What is wrong with what staff say to a need, or ""."""
    return "Say what you will do, in a sentence" if count_words(reply) < REPLY_WORDS else ""
