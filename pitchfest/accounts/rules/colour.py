"""The region's one colour: whether it can be read, and the shades that follow from it. Pure."""

from __future__ import annotations

import re
from functools import lru_cache

#: Heather. A region that keeps it needs no style sheet of its own.
DEFAULT_BRAND = "#5b2470"
WHITE, STONE, GORSE = "#ffffff", "#f5f3ef", "#f5b83d"
#: WCAG 2.2, 1.4.3: text against its ground.
READABLE = 4.5
#: What the deepest shade must give white text, since smaller words stand on it.
DEEP_ENOUGH = 8.0

_HEX = re.compile(r"#[0-9a-f]{6}")


def tidy_colour(text: str) -> str:
    """A colour as it is stored, `#rrggbb` in lower case: from `5B2470`, `#5b2470` or `#abc`."""
    bare = text.strip().lower().removeprefix("#")
    return f"#{''.join(c * 2 for c in bare)}" if len(bare) == 3 else f"#{bare}"


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`, from 0 to 1, as WCAG 2 defines it."""
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (part / 255 for part in _parts(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast of two colours, from 1 to 21, whichever is the lighter (WCAG 2)."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def readability(colour: str) -> float:
    """The lower of its contrasts with white and with the quiet ground of side panels."""
    return min(contrast(colour, WHITE), contrast(colour, STONE))


def colour_problem(colour: str) -> str:
    """What is wrong with a tidied brand colour, or ""."""
    if not _HEX.fullmatch(colour):
        return "Enter a colour as # and six letters and digits, like #5b2470"
    if (found := readability(colour)) < READABLE:
        return (
            f"This colour is too light to read: it has a contrast of {floored(found)} to 1, "
            f"and words need {READABLE} to 1. Choose a darker one"
        )
    return ""


def floored(ratio: float) -> str:
    """A contrast with one place, never rounded up to one that would pass."""
    return f"{int(ratio * 10) / 10:.1f}"


@lru_cache(maxsize=64)
def deepened(colour: str) -> str:
    """The shade of header and pressed buttons: white and gorse can be read on it."""
    share = 0.64
    while True:
        deep = mixed(colour, "#000000", share)
        if contrast(deep, WHITE) >= DEEP_ENOUGH and contrast(deep, GORSE) >= READABLE:
            return deep
        share -= 0.04


def mixed(colour: str, ground: str, share: float) -> str:
    """`share` (0 to 1) of a colour, the rest of it the ground."""
    parts = zip(_parts(colour), _parts(ground), strict=True)
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in parts)


@lru_cache(maxsize=64)
def style_sheet(colour: str) -> str:
    """The custom properties that a region with this colour sets anew. `colour` has no problem."""
    values = {
        "--pf-brand": colour,
        "--pf-brand-deep": deepened(colour),
        "--pf-brand-tint": mixed(colour, WHITE, 0.09),
        "--pf-chart-1": colour,
        "--pf-chart-band": mixed(colour, WHITE, 0.18),
    }
    return ":root{" + "".join(f"{name}:{value};" for name, value in values.items()) + "}\n"


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
