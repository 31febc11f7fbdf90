"""Money is integer pence, VAT included. Pounds exist only in what people type and read."""

from __future__ import annotations

import re

#: Largest amount that is read, in pence: what both databases hold with room for a total.
MOST_PENCE = 10**14 - 1
_MOST_DIGITS = 12
_POUNDS = re.compile(r"£?\s*(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{1,2}))?")


def parse_pounds(text: str, most: int = MOST_PENCE) -> int:
    """Pence from what was typed: `21500`, `£21,500.50`. Raises ValueError for none, or above `most`."""
    match = _POUNDS.fullmatch(text.strip()) if text.isascii() or "£" in text else None
    if match is None:
        raise ValueError("Enter an amount in pounds, like 250 or 250.50")
    pounds = match[1].replace(",", "").lstrip("0")
    pence = int(pounds[:18] or "0") * 100 + int((match[2] or "").ljust(2, "0"))
    if pence > most:
        raise ValueError(f"Enter a smaller amount: {say_pounds(most)} at most")
    return pence


def is_too_large(text: str) -> bool:
    """Whether what a person typed is an amount, and beyond what is read."""
    match = _POUNDS.fullmatch(text.strip())
    return match is not None and len(match[1].replace(",", "").lstrip("0")) > _MOST_DIGITS


def say_pounds(pence: int) -> str:
    """`£21,500`, or `£21,500.50` where there are odd pence."""
    pounds, rest = divmod(pence, 100)
    return f"£{pounds:,}.{rest:02d}" if rest else f"£{pounds:,}"


def type_pounds(pence: int | None) -> str:
    """The amount as a form field shows it: `21500` or `21500.50`; nothing for None."""
    if pence is None:
        return ""
    pounds, rest = divmod(pence, 100)
    return f"{pounds}.{rest:02d}" if rest else str(pounds)
