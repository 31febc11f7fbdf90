"""One pitch through the form, one typed for its supplier, two received elsewhere: all end in a letter."""

from __future__ import annotations

import io
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from pitchfest.audit.queries import chain
from pitchfest.audit.rules import first_break
from pitchfest.kernel.clock import LONDON
from tests.support import thread as walk
from tests.support.clock import MovableClock
from tests.support.documents import a_pdf
from tests.support.thread import Thread

PDF = a_pdf(title="Cedar counts leaves.")


def supplier(name: str) -> dict[str, str]:
    return {
        "name": f"{name} Ltd",
        "place": "Testford",
        "size": "micro",
        "contact": f"1 {name} Street\nTestford",
    }


def type_pitch(thread: Thread, name: str) -> None:
    """The officer types what the supplier says on the phone, reads it back and sends it."""
    officer = thread.browser("officer")
    officer.get(thread.manage)
    assert "Type a pitch for a supplier who cannot use the form" in officer.text
    answer = officer.fill(
        f"{thread.manage}/assist", action="/assist", told_by="phone", declared="y", fields=supplier(name)
    )
    reference = thread.pitches[name] = answer.request.path.split("/")[2]
    base = f"/pitches/{reference}"
    for number in (1, 2):
        officer.fill(f"{base}/questions/{number}", action="/questions", answer=f"{name} knocks on doors.")
    price = {"answer-label-1": "Everything", "answer-amount-1": "30000"}
    officer.fill(f"{base}/questions/3", action="/questions", fields=price)
    officer.fill(f"{base}/check", action="/check", declared="y", read_back="y")
    assert "The pitch is in" in officer.text, officer.text[:800]
    assert "knocks on doors" not in officer.text


def bring_pitch(thread: Thread, name: str, received_at: datetime, **content: Any) -> None:
    """The lead brings what a supplier sent elsewhere."""
    lead, local = thread.browser("lead"), received_at.astimezone(LONDON)
    lead.get(thread.manage)
    assert "Bring pitches received elsewhere" in lead.text
    lead.fill(
        f"{thread.manage}/bring",
        action="/bring",
        came_by="email",
        price="35000",
        received_at__day=str(local.day),
        received_at__month=str(local.month),
        received_at__year=str(local.year),
        received_at__time=local.strftime("%H:%M"),
        fields=supplier(name),
        **content,
    )
    assert f"The pitch of {name} Ltd is in, and sealed" in lead.text, lead.text[:900]
    page = lead.html
    slips = [part.split('"')[0] for part in page.split('href="/pitches/')[1:]]
    thread.pitches[name] = slips[-1].split("/")[0]


def open_now(thread: Thread) -> None:
    for name in ("lead", "approver"):
        thread.browser(name).fill(f"{thread.manage}/opening/act", action="opening/act")


def test_four_ways_end_in_four_letters(
    bare_app: Flask, clock: MovableClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bare_app, "instance_path", str(tmp_path))
    thread = walk.a_thread(bare_app, clock)
    walk.write_challenge(thread)
    walk.approve_and_publish(thread)
    walk.send_pitch(thread, "Alder")
    type_pitch(thread, "Birch")
    walk.invite_panel(thread)
    in_time = clock.now() + timedelta(hours=1)
    clock.move(days=8)
    bring_pitch(thread, "Cedar", in_time, file=(io.BytesIO(PDF), "Cedar pitch.pdf"))
    bring_pitch(thread, "Dogwood", in_time, text="Dogwood counts puddles.\n\nEvery day.")
    open_now(thread)
    record = thread.browser("decider")
    record.get(f"{thread.manage}/opening")
    assert "Typed by an officer from a phone call and read back to the supplier." in record.text
    assert record.text.count("Received by email and brought here by an officer.") == 2
    walk.find_eligible(thread)
    read_as_judge(thread)
    end(thread)


def read_as_judge(thread: Thread) -> None:
    """A judge sees how each came, before any score, and reads it as it was received."""
    walk.judge(thread, {"Alder": 5, "Birch": 4, "Cedar": 3, "Dogwood": 2})
    judge, cards = thread.browser("judge1"), walk.cards_of(thread, "judge1")
    judge.get(f"/judging/cards/{cards['Birch']}")
    assert "Typed by an officer from a phone call" in judge.text
    assert "Birch knocks on doors." in judge.text
    judge.get(f"/judging/cards/{cards['Dogwood']}")
    assert "Dogwood counts puddles. Every day." in judge.text
    judge.get(f"/judging/cards/{cards['Cedar']}")
    assert "Download Cedar pitch.pdf" in judge.text
    assert "See the pitch as received" in judge.text
    file = f"/judging/cards/{cards['Cedar']}/as-received"
    assert judge.get(file).get_data() == PDF
    for other in ("judge2", "Alder", "officer", "lead"):
        assert thread.browser(other).get(file).status_code == 404, other
    assert judge.get(f"/judging/cards/{cards['Dogwood']}/as-received").status_code == 404


def end(thread: Thread) -> None:
    """Explanations, decision, letters: by mail to the one, by hand to the others."""
    walk.explain(thread)
    walk.decide(
        thread, {"Alder": "won", "Birch": "reserve", "Cedar": "unsuccessful", "Dogwood": "unsuccessful"}
    )
    lead = thread.browser("lead")
    lead.get(f"{thread.manage}/release")
    assert lead.text.count("You send it by hand") == 3
    assert "1 Birch Street" not in lead.text
    walk.release(thread)
    thread.work()
    lead.get(f"{thread.manage}/release")
    for name in ("Birch", "Cedar", "Dogwood"):
        assert f"1 {name} Street" in lead.text
    decider = thread.browser("decider")
    decider.get(f"{thread.manage}/release")
    assert "Birch Ltd" in decider.text
    assert "1 Birch Street" not in decider.text, "who sends no letters needs no addresses"
    lead.get(f"/manage/pitches/{thread.pitches['Birch']}/letter")
    assert "You told us your pitch by phone. An officer typed it and read it back to you." in lead.text
    lead.get(f"/manage/pitches/{thread.pitches['Cedar']}/letter")
    assert "You sent your pitch by email. An officer brought it here as it was." in lead.text
    alder = thread.browser("Alder")
    assert alder.get(f"/pitches/{thread.pitches['Alder']}/letter").status_code == 200
    assert "officer" not in alder.text
    with thread.app.app_context():
        assert first_break(chain())[1] is None
