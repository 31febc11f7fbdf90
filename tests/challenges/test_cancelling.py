"""Cancelling a published challenge: two people, a public reason, and nobody reads what was sent."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from pitchfest.challenges import operations, queries
from pitchfest.challenges.models import Challenge
from pitchfest.db import db, transaction
from pitchfest.home import queries as home
from pitchfest.kernel.errors import Conflict, NotAllowed, NotFound, ProofNeeded, RuleViolation
from tests.challenges.world import a_draft, closing_of
from tests.support import builders

REASON = "The money for it was taken away yesterday."


def propose(cast, reference, now, who="lead", reason=REASON):
    actor = builders.actor(getattr(cast, who), proved_at=now)
    with transaction():
        operations.propose_cancelling(actor, reference=reference, reason=reason, now=now)


def confirm(cast, reference, now, who="approver"):
    actor = builders.actor(getattr(cast, who), proved_at=now)
    with transaction():
        operations.confirm_cancelling(actor, reference=reference, now=now)


def state(reference, now):
    return queries.by_reference(reference, now).effective


@pytest.mark.parametrize(("first", "second"), [("lead", "approver"), ("approver", "lead")])
def test_lead_and_approver_cancel_it_together(cast, reference, now, first, second):
    propose(cast, reference, now, first)
    assert state(reference, now) == "open"
    confirm(cast, reference, now, second)
    assert state(reference, now) == "cancelled"
    kept = queries.cancellation(queries.by_reference(reference, now).id)
    assert kept is not None
    assert kept.reason == REASON


def test_also_when_it_has_closed_and_nobody_has_opened_the_pitches(cast, reference, now):
    later = closing_of(reference, now) + timedelta(hours=1)
    propose(cast, reference, later)
    confirm(cast, reference, later)
    assert state(reference, later) == "cancelled"


def test_the_second_person_is_another_one_with_the_other_part(cast, reference, now):
    propose(cast, reference, now, "approver")
    with pytest.raises(RuleViolation, match="You proposed this yourself"):
        confirm(cast, reference, now, "approver")
    with pytest.raises(RuleViolation, match="procurement lead and the other an approver"):
        confirm(cast, reference, now, "second_officer")  # an approver too
    assert state(reference, now) == "open"


def test_it_takes_a_reason_a_proof_and_the_right(cast, reference, now):
    with pytest.raises(RuleViolation, match="Give the reason"):
        propose(cast, reference, now, reason="No money")
    with pytest.raises(ProofNeeded), transaction():
        operations.propose_cancelling(cast.actor("lead"), reference=reference, reason=REASON, now=now)
    with pytest.raises(NotAllowed):
        propose(cast, reference, now, "officer")
    for outsider in ("observer", "supplier"):
        with pytest.raises(NotFound):
            propose(cast, reference, now, outsider)
    with pytest.raises(NotAllowed, match="not published"):
        propose(cast, a_draft(cast, now), now)


def test_what_changed_since_is_proposed_anew(cast, reference, now):
    propose(cast, reference, now)
    with transaction():
        operations.extend(
            cast.actor("lead"),
            reference=reference,
            closes_at=closing_of(reference, now) + timedelta(days=7),
            reason="The site was down for two hours.",
            now=now,
        )
    with pytest.raises(Conflict, match="changed after it was proposed"):
        confirm(cast, reference, now)
    propose(cast, reference, now)
    confirm(cast, reference, now)
    assert state(reference, now) == "cancelled"


def test_the_second_person_finds_it_among_what_waits(cast, reference, now):
    def tasks(who):
        actor = builders.actor(getattr(cast, who))
        return [t.text for t in home.waiting(actor, now) if "cancel" in t.text]

    propose(cast, reference, now)
    assert len(tasks("approver")) == 1
    assert tasks("lead") == tasks("officer") == tasks("supplier") == []
    confirm(cast, reference, now)
    assert tasks("approver") == []


def test_the_pages_from_proposal_to_the_public_reason(app, cast, reference, client, now):
    page = f"/manage/challenges/{reference}/cancel"
    lead, approver = cast.browser(app, "lead"), cast.browser(app, "approver")
    lead.fill(page, action="cancel", reason="No.")
    assert "at least 5 words" in lead.text
    lead.fill(page, action="cancel", reason=REASON)
    assert "Proposed." in lead.text
    lead.fill(page, action="take-back")
    assert "taken back" in lead.text
    lead.fill(page, action="cancel", reason=REASON)
    approver.get(page)
    assert REASON in approver.text
    approver.send(page, action="agree")
    assert "Cancelled. All who hold a pitch or follow it are being told." in approver.text
    assert approver.get(page).status_code == 403
    client.get(f"/challenges/{reference}")
    assert REASON in client.text
    assert "Start your pitch" not in client.text
    assert client.get(f"/challenges/{reference}/corrections").status_code == 200
    client.get("/challenges")
    assert "Cancelled" in client.text
    assert "Decision by" not in client.text
    assert "Closed on" not in client.text, "it never closed"


def test_the_page_offers_no_proposal_that_no_longer_counts(app, cast, reference, now):
    page = f"/manage/challenges/{reference}/cancel"
    propose(cast, reference, now)
    approver = cast.browser(app, "approver")
    approver.get(page)
    assert "Cancel the challenge for everyone" in approver.text
    with transaction():
        db.session.execute(update(Challenge).values(version=Challenge.version + 1))
    approver.get(page)
    assert "Cancel the challenge for everyone" not in approver.text
    assert REASON not in approver.text


def test_two_who_propose_at_the_same_moment_cancel_nothing(app, cast, reference, now):
    page = f"/manage/challenges/{reference}/cancel"
    lead, approver = cast.browser(app, "lead"), cast.browser(app, "approver")
    approver.get(page)
    lead.fill(page, action="cancel", reason=REASON)
    assert approver.send(page, action="cancel", reason="We found another way to do it.").status_code == 409
    assert "has already proposed this" in approver.text
    assert "We found another way to do it." in approver.html
    assert state(reference, now) == "open"


def test_nobody_agrees_to_words_that_they_did_not_read(app, cast, reference, now):
    page = f"/manage/challenges/{reference}/cancel"
    lead, approver = cast.browser(app, "lead"), cast.browser(app, "approver")
    lead.fill(page, action="cancel", reason=REASON)
    approver.get(page)
    lead.fill(page, action="take-back")
    lead.fill(page, action="cancel", reason="Quite another reason for all of this.")
    assert approver.send(page, action="agree").status_code == 409
    assert "proposed anew" in approver.text
    assert state(reference, now) == "open"
