"""A deadline as a calendar file (RFC 5545). Pure."""

from __future__ import annotations

from datetime import UTC, datetime

_LONGEST = 75  # octets of a line, its end not counted


def calendar_file(*, uid: str, at: datetime, summary: str, text: str, url: str, made_at: datetime) -> str:
    """One event at a moment, with alarms a day and an hour before. `uid` stays the same for ever, so
    that a file fetched again moves the event instead of adding one.
    """
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Pitchfest//Judging//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"DTSTAMP:{_moment(made_at)}",
        f"DTSTART:{_moment(at)}",
        f"DTEND:{_moment(at)}",
        f"SUMMARY:{_escaped(summary)}",
        f"DESCRIPTION:{_escaped(text)}",
        f"URL:{url}",
        "TRANSP:TRANSPARENT",
        *_alarm("-P1D", summary),
        *_alarm("-PT1H", summary),
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return "".join(f"{_folded(line)}\r\n" for line in lines)


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
