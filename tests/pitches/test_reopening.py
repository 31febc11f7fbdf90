"""A challenge that closed during an outage is opened again, and pitches are as they were before."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pitchfest.audit import queries as audit
from pitchfest.audit.rules import first_break
from pitchfest.challenges import operations as challenge_operations
from pitchfest.challenges import queries as challenges
from pitchfest.db import db, transaction
from pitchfest.home import queries as home
from pitchfest.kernel.errors import Conflict, NotAllowed, NotFound, ProofNeeded, RuleViolation, TooLate
from pitchfest.pitches import operations, queries
from pitchfest.pitches.models import Pitch, PitchMember
from pitchfest.pitches.queries import sealed
from pitchfest.pitches.rules.states import PitchState
from tests.pitches.cast import (
    actor,
    closing,
    open_all,
    opened,
    read_mail,
    save,
    sending,
    sent,
    started,
    told,
    write,
)

REASON = "The service was down from ten until after the closing."
HOURS = timedelta(hours=1)


def propose(cast, now, *, who=None, reason=REASON, incident="INC-1042", closes_at=None):
    write(
        challenge_operations.propose_reopening,
        who or cast.lead,
        reference=cast.reference,
        closes_at=closes_at or now + 24 * HOURS,
        incident=incident,
        reason=reason,
        now=now,
    )


def agree(cast, now, *, who=None):
    write(challenge_operations.reopen, who or cast.approver, reference=cast.reference, now=now)


def settled(cast, at):
    """The clock's part, as the worker does it."""
    with transaction():
        challenge_operations.close(cast.challenge, at)
        operations.seal_at_closing(cast.challenge, at)


def effective(cast, now):
    return challenges.by_reference(cast.reference, now).effective


def state(pitch, person, now):
    return sealed.own(actor=actor(person), now=now, reference=pitch).state


@pytest.mark.parametrize("by_the_worker", [False, True])
def test_what_was_sealed_is_sent_again_and_what_lapsed_can_still_be_sent(app, cast, now, by_the_worker):
    kestrel = sent(cast, now)
    gannet = started(cast, now, person=cast.gwen, organisation=cast.gannet)
    at = closing(cast) + HOURS
    if by_the_worker:
        settled(cast, at)
    assert (state(kestrel, cast.rosa, at), state(gannet, cast.gwen, at)) == ("sealed", "lapsed")
    with pytest.raises(TooLate):
        save(gannet, 1, "Some words.", cast.gwen, at)
    propose(cast, at)
    assert effective(cast, at) == "closed"
    agree(cast, at)
    assert effective(cast, at) == "open"
    assert (state(kestrel, cast.rosa, at), state(gannet, cast.gwen, at)) == ("submitted", "draft")
    save(gannet, 1, "Some words.", cast.gwen, at)
    write(operations.change, cast.rosa, reference=kestrel, now=at)
    save(kestrel, 1, "Better words.", cast.rosa, at)
    write(operations.submit, cast.rosa, reference=kestrel, declared=True, expected_version=None, now=at)
    assert sending(kestrel, cast.rosa, at).number == 2
    later = closing(cast)
    assert later == at + 24 * HOURS
    settled(cast, later + HOURS)
    stored = {p.reference: p.state for p in db.session.query(Pitch)}
    assert stored == {kestrel: PitchState.SEALED, gannet: PitchState.LAPSED}
    open_all(cast, later + HOURS)
    assert [p.reference for p in queries.opened(cast.challenge)] == [kestrel]


def test_whoever_typed_a_pitch_for_a_supplier_goes_on_typing(app, cast, now):
    pitch = started(cast, now)
    db.session.query(PitchMember).update({"assists": True})
    db.session.commit()
    at = closing(cast) + HOURS
    settled(cast, at)
    assert db.session.query(PitchMember.until_at).one()[0] is not None
    propose(cast, at)
    agree(cast, at)
    save(pitch, 1, "Some words.", cast.rosa, at)


def test_it_takes_the_lead_and_an_approver(app, cast, now):
    at = closing(cast) + HOURS
    propose(cast, at, who=cast.approver)
    with pytest.raises(RuleViolation, match="proposed this yourself"):
        agree(cast, at, who=cast.approver)
    for person, error in (("officer", NotAllowed), ("observer", NotFound), ("rosa", NotFound)):
        with pytest.raises(error):
            agree(cast, at, who=getattr(cast, person))
    agree(cast, at, who=cast.lead)
    assert effective(cast, at) == "open"


def test_only_within_24_hours_of_the_closing(app, cast, now):
    last = closing(cast) + 24 * HOURS
    propose(cast, last - timedelta(seconds=1))
    with pytest.raises(RuleViolation, match="That is over"):
        agree(cast, last)
    with pytest.raises(RuleViolation, match="That is over"):
        propose(cast, last)


def test_not_while_it_is_open_and_not_once_pitches_were_opened(app, cast, now):
    with pytest.raises(NotAllowed, match="has not closed"):
        propose(cast, now)
    sent(cast, now)
    closed = closing(cast) + HOURS
    propose(cast, closed)
    at = opened(cast)
    with pytest.raises(NotAllowed, match="were opened"):
        agree(cast, at)


def test_what_is_proposed_needs_a_reason_an_incident_a_time_and_a_proof(app, cast, now):
    at = closing(cast) + HOURS
    for values, word in (
        ({"reason": "It was down"}, "at least 5 words"),
        ({"incident": " "}, "incident"),
        ({"closes_at": at + HOURS}, "at least 2 hours"),
        ({"closes_at": at + timedelta(days=15)}, "at most 14 days"),
    ):
        with pytest.raises(RuleViolation, match=word):
            propose(cast, at, **values)
    with pytest.raises(ProofNeeded), transaction():
        challenge_operations.propose_reopening(
            actor(cast.lead),
            reference=cast.reference,
            closes_at=at + 4 * HOURS,
            incident="INC-1",
            reason=REASON,
            now=at,
        )
    propose(cast, at, closes_at=at + 3 * HOURS)
    with pytest.raises(RuleViolation, match="at least 2 hours"):
        agree(cast, at + 2 * HOURS)


def test_an_opening_that_was_proposed_no_longer_counts(app, cast, now):
    sent(cast, now)
    at = closing(cast) + HOURS
    write(operations.propose_opening, cast.officer, reference=cast.reference, now=at)
    propose(cast, at)
    agree(cast, at)
    with pytest.raises((Conflict, RuleViolation)):
        write(operations.confirm_opening, cast.lead, reference=cast.reference, now=at)
    later = closing(cast) + HOURS
    with pytest.raises(Conflict, match="changed after it was proposed"):
        write(operations.confirm_opening, cast.lead, reference=cast.reference, now=later)


def test_everyone_who_holds_a_pitch_is_told_and_the_page_says_why(app, cast, now, client):
    sent(cast, now)
    started(cast, now, person=cast.gwen, organisation=cast.gannet)
    more = {"closes_at": closing(cast) + timedelta(days=3), "reason": "The first day was a holiday here."}
    write(challenge_operations.extend, cast.lead, reference=cast.reference, now=now, **more)
    at = closing(cast) + HOURS
    settled(cast, at)
    propose(cast, at)
    agree(cast, at)
    assert told("challenge_reopened") == [cast.rosa, cast.gwen]
    body = read_mail(app, cast.gwen, at, "challenge_reopened").body
    assert "INC-1042" in body
    assert "that no longer holds" in body
    client.get(f"/challenges/{cast.reference}")
    assert "Open again since" in client.text
    assert REASON in client.text
    assert "INC-1042" in client.text
    assert "Open again" in client.get(f"/challenges/{cast.reference}/feed.atom").get_data(as_text=True)


def test_the_log_counts_and_names_nobody(app, cast, now):
    kestrel = sent(cast, now)
    at = closing(cast) + HOURS
    settled(cast, at)
    propose(cast, at)
    agree(cast, at)
    entries = [dict(e) for e in audit.chain()]
    assert [e["action"] for e in entries][-3:] == ["act.confirm", "challenge.reopen", "pitches.unseal"]
    assert kestrel not in str(entries)
    assert "service was down" not in str(entries)
    assert first_break(audit.chain())[1] is None


def test_the_second_person_finds_it_among_what_waits(app, cast, now):
    at = closing(cast) + HOURS

    def tasks(who):
        return [t for t in home.waiting(actor(who), at) if "after an outage" in t.text]

    propose(cast, at)
    assert len(tasks(cast.approver)) == 1
    assert tasks(cast.lead) == tasks(cast.officer) == tasks(cast.rosa) == []
    agree(cast, at)
    assert tasks(cast.approver) == []


def test_the_pages_from_proposal_to_open_again(bare_app, cast, now, browser, clock):
    with bare_app.app_context():
        at = closing(cast) + HOURS
    clock.go_to(at)
    page, manage = f"/manage/challenges/{cast.reference}/reopen", f"/manage/challenges/{cast.reference}"
    lead, approver = browser(cast.lead), browser(cast.approver)
    lead.get(manage)
    assert "Open the challenge again after an outage" in lead.text
    until = at + timedelta(days=2)
    values = {
        "closes_at__day": str(until.day),
        "closes_at__month": str(until.month),
        "closes_at__year": str(until.year),
        "closes_at__time": "11am",
    }
    lead.fill(page, action="reopen", incident="", reason="No.", **values)
    assert "Enter the reference of the incident" in lead.text
    lead.fill(page, action="reopen", incident="INC-1042", reason=REASON, **values)
    assert "Proposed." in lead.text
    lead.fill(page, action="take-back")
    assert "taken back" in lead.text
    lead.fill(page, action="reopen", incident="INC-1042", reason=REASON, **values)
    approver.get(page)
    assert REASON in approver.text
    approver.send(page, action="agree")
    assert "Open again. All who hold a pitch" in approver.text
    for stranger in (cast.rosa, cast.observer):
        assert browser(stranger).get(page).status_code == 404
    assert browser(cast.officer).get(page).status_code == 403
