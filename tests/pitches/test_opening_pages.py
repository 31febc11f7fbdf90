"""The pages on which two people open the pitches."""

from __future__ import annotations

from datetime import timedelta

from pitchfest.pitches import queries
from tests.pitches.cast import closing, sent


def test_the_opening_page_before_at_and_after(bare_app, browser, cast, now, clock):
    page = f"/manage/challenges/{cast.reference}/opening"
    lead = browser(cast.lead)
    lead.get(page)
    assert "No pitches yet" in lead.text
    with bare_app.app_context():
        sent(cast, now)
        clock.go_to(closing(cast) + timedelta(minutes=1))
    lead = browser(cast.lead)
    lead.get(page)
    assert "1, sealed" in lead.text
    assert "Be the first person" not in lead.text
    clock.move(minutes=2)
    lead.get(page)
    assert "Be the first person" in lead.text
    lead.fill(f"{page}/act")
    lead.get(f"{page}/act")
    assert "Now someone else opens the pitches" in lead.text
    lead.fill(page, action="take-back")
    assert "Your proposal is taken back" in lead.text


def test_opening_asks_first_that_it_is_them(bare_app, browser, cast, clock):
    with bare_app.app_context():
        clock.go_to(closing(cast) + timedelta(minutes=3))
    lead = browser(cast.lead)
    clock.move(minutes=6)
    response = lead.get(f"/manage/challenges/{cast.reference}/opening/act")
    assert response.status_code == 302
    assert response.location.startswith("/account/prove")


def test_the_page_that_opens_leads_back_while_suppliers_can_still_send(bare_app, browser, cast, clock):
    with bare_app.app_context():
        closes_at = closing(cast)
    page = f"/manage/challenges/{cast.reference}/opening"
    clock.go_to(closes_at - timedelta(minutes=1))
    lead = browser(cast.lead)
    for minutes in (0, 2):
        clock.move(minutes=minutes)
        assert lead.get(f"{page}/act").location == page
    clock.move(minutes=2)
    assert lead.get(f"{page}/act").status_code == 200


def test_a_person_with_a_stale_page_confirms_nothing_unseen(bare_app, browser, cast, clock):
    """Both opened the page of the first person; the second press does not become a confirmation."""
    with bare_app.app_context():
        clock.go_to(closing(cast) + timedelta(minutes=3))
    lead, officer = browser(cast.lead), browser(cast.officer)
    page = f"/manage/challenges/{cast.reference}/opening/act"
    officer.get(page)
    lead.fill(page)
    response = officer.send(page)
    assert response.status_code == 409
    with bare_app.app_context():
        assert queries.opening(cast.challenge, cast.reference) is None
