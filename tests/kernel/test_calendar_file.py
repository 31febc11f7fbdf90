"""The calendar file, parsed back by the rules of RFC 5545."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from pitchfest.kernel.calendar_file import Event, calendar_file

AT = datetime(2026, 12, 4, 17, tzinfo=UTC)
MADE = datetime(2026, 11, 23, 9, tzinfo=UTC)


def made(summary: str) -> str:
    event = Event(
        uid="judging-CH-2026-004@pitchfest.example",
        at=AT,
        summary=summary,
        text="Sign off your scorecards by then.",
        url="https://pitchfest.example/judging",
        alarms=True,
    )
    return calendar_file([event], made_at=MADE)


def parsed(text: str) -> list[tuple[str, str]]:
    """(name, value) of each line: unfolded, values still escaped."""
    assert text.endswith("\r\n")
    lines = text.removesuffix("\r\n").split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines)
    assert not any("\n" in line or "\r" in line for line in lines)
    whole = text.replace("\r\n ", "").removesuffix("\r\n").split("\r\n")
    return [(name, value) for name, _, value in (line.partition(":") for line in whole)]


def plain(value: str) -> str:
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] == "n" else found[1], value)


def test_one_event_with_its_alarm() -> None:
    values = parsed(made("Scores due for “Drains, roads; paths”"))
    assert values[0] == ("BEGIN", "VCALENDAR")
    assert values[-1] == ("END", "VCALENDAR")
    event = dict(values)
    assert event["DTSTART"] == event["DTEND"] == "20261204T170000Z"
    assert event["DTSTAMP"] == "20261123T090000Z"
    assert event["UID"] == "judging-CH-2026-004@pitchfest.example"
    assert event["URL"] == "https://pitchfest.example/judging"
    assert plain(event["SUMMARY"]) == "Scores due for “Drains, roads; paths”"
    assert ("TRIGGER", "-P1D") in values
    opened = [value for name, value in values if name == "BEGIN"]
    closed = [value for name, value in values if name == "END"]
    assert sorted(opened) == sorted(closed)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300))
def test_no_title_breaks_out_of_its_line(title: str) -> None:
    values = parsed(made(title))
    assert [name for name, _ in values].count("SUMMARY") == 1
    summary = dict(values)["SUMMARY"]
    wanted = title.replace("\r\n", "\n").replace("\r", "\n")
    assert plain(summary) == "".join(s for s in wanted if s.isprintable() or s in "\n\u00a0")
