"""Kinds of answers that several forms of challenges ask for."""

from __future__ import annotations

import re
from typing import Any

from wtforms import TextAreaField

from pitchfest.challenges.rules import say_points
from pitchfest.challenges.rules.extension import REASON_WORDS, SAY_WHY
from pitchfest.web.forms import AtMost, ReasonField, SaysWhich, many_lines

LONGEST_TEXT = 20_000

_POINTS = re.compile(r"(\d{1,3})(?:\.(\d{1,2}))?")


class TextField(TextAreaField):
    """Longer text with a bound against floods."""

    def __init__(self, label: str, description: str = "", *, most: int = LONGEST_TEXT, **kwargs: Any) -> None:
        super().__init__(label, [AtMost(most)], filters=[many_lines], description=description, **kwargs)


class PointsField(SaysWhich):
    """Points as typed (`3`, `2.5`), hundredths of a point as data; the text stays as typed when wrong."""

    def process_formdata(self, valuelist: list[str]) -> None:
        text = (valuelist[0] if valuelist else "").strip()
        match = _POINTS.fullmatch(text) if text.isascii() else None
        if text and match is None:
            raise ValueError("Enter points, like 3 or 2.5")
        self.data = int(match[1]) * 100 + int((match[2] or "").ljust(2, "0")) if match else None

    def _value(self) -> str:
        return self.raw_data[0] if self.raw_data else "" if self.data is None else say_points(self.data)


def public_reason(label: str) -> ReasonField:
    """Why something published changes, told to everyone."""
    told = "Everyone will read this, on the page and by email."
    return ReasonField(label, told, least=REASON_WORDS, error=SAY_WHY)
