"""Dates as a calendar file (RFC 5545). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

_LONGEST = 75  # octets of a line, its end not counted


@dataclass(frozen=True, slots=True)
class Event:
    """Something at a moment. `uid` stays the same for ever, so that a file fetched again moves the
    event instead of adding one; `sequence` counts its changes. `alarms`: a day and an hour before.
    """

    uid: str
    at: datetime
    summary: str
    text: str
    url: str
    sequence: int = 0
    cancelled: bool = False
    alarms: bool = False


def calendar_file(events: Sequence[Event], *, made_at: datetime, name: str = "") -> str:
    """The events as a calendar, which programs show under `name` where there is one."""
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Pitchfest//Dates//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        *([f"X-WR-CALNAME:{_escaped(name)}"] if name else []),
        *(line for event in events for line in _event(event, made_at)),
        "END:VCALENDAR",
    )
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _event(event: Event, made_at: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{event.uid}"
    yield f"DTSTAMP:{_moment(made_at)}"
    yield f"SEQUENCE:{event.sequence}"
    yield f"DTSTART:{_moment(event.at)}"
    yield f"DTEND:{_moment(event.at)}"
    yield f"SUMMARY:{_escaped(event.summary)}"
    yield f"DESCRIPTION:{_escaped(event.text)}"
    yield f"URL:{event.url}"
    yield f"STATUS:{'CANCELLED' if event.cancelled else 'CONFIRMED'}"
    yield "TRANSP:TRANSPARENT"
    if event.alarms:
        yield from _alarm("-P1D", event.summary)
        yield from _alarm("-PT1H", event.summary)
    yield "END:VEVENT"


def _alarm(before: str, summary: str) -> tuple[str, ...]:
    return (
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{_escaped(summary)}",
        f"TRIGGER:{before}",
        "END:VALARM",
    )


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _escaped(text: str) -> str:
    for sign, written in (
        ("\\", "\\\\"),
        (";", "\\;"),
        (",", "\\,"),
        ("\r\n", "\\n"),
        ("\n", "\\n"),
        ("\r", "\\n"),
    ):
        text = text.replace(sign, written)
    return "".join(sign for sign in text if sign.isprintable() or sign == "\u00a0")


def _folded(line: str) -> str:
    """The line in pieces of at most 75 octets, none of which cuts a character in two."""
    pieces, piece, room = [], "", _LONGEST
    for sign in line:
        size = len(sign.encode())
        if size > room:
            pieces.append(piece)
            piece, room = "", _LONGEST - 1  # a continued line begins with a space
        piece, room = piece + sign, room - size
    return "\r\n ".join([*pieces, piece])
