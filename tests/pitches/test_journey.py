"""One pitch through its pages, from the challenge to its finding."""

from __future__ import annotations

import re
from datetime import timedelta

from tests.pitches.cast import closing


def test_a_pitch_is_written_sent_opened_and_found_eligible(bare_app, browser, cast, clock):
    rosa = browser(cast.rosa)
    start = rosa.fill(f"/challenges/{cast.reference}/start")
    page = start.request.path
    reference = page.rpartition("/")[2]
    assert re.fullmatch(r"PF-[2-9A-Z]{4}", reference)
    assert "0 of 4" in rosa.text
    rosa.fill(f"{page}/questions/1", answer="One two three.", go="back")
    assert "1 of 4" in rosa.text
    for position in (2, 3):
        rosa.fill(f"{page}/questions/{position}", answer=f"Our answer number {position}, in words.")
    rosa.fill(f"{page}/questions/4", answer__label__1="Work", answer__amount__1="£21,500.50")
    rosa.get(page)
    assert "£21,500.50" in rosa.text
    rosa.fill(f"{page}/check", declared="y")
    assert "Your pitch is in" in rosa.text
    assert reference in rosa.text
    rosa.get(page)
    assert "You sent it at 09:00:00 on Monday 23 November 2026" in rosa.text

    with bare_app.app_context():
        clock.go_to(closing(cast) + timedelta(minutes=3))
    lead, officer = browser(cast.lead), browser(cast.officer)
    opening = f"/manage/challenges/{cast.reference}/opening"
    lead.get(opening)
    assert "1, sealed" in lead.text
    assert "Kestrel" not in lead.text
    lead.fill(f"{opening}/act")
    assert "It waits for a second person" in lead.text
    officer.fill(f"{opening}/act")
    assert "Kestrel Rounds" in officer.text
    assert "Lena Marsh and Josephine Okafor" in officer.text
    officer.fill(f"/manage/pitches/{reference}", eligible="yes")
    assert "Meets every rule of the brief." in officer.text
    browser(cast.rosa).get(page)


def test_what_a_supplier_reads_at_each_step(bare_app, browser, cast, clock):
    rosa = browser(cast.rosa)
    rosa.get("/pitches")
    assert "No pitches yet" in rosa.text
    page = rosa.fill(f"/challenges/{cast.reference}/start").request.path
    rosa.get("/pitches")
    assert "Clear the right drain before the rain" in rosa.text
    rosa.get(f"{page}/check")
    assert "Question 1 : answer this question" in rosa.text
    with bare_app.app_context():
        clock.go_to(closing(cast))
    rosa = browser(cast.rosa)
    rosa.get(page)
    assert "before this pitch was sent, so it does not take part" in rosa.text
