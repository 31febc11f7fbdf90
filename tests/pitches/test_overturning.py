"""A finding is turned by the procurement lead and a second person."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pitchfest.challenges.rules import ChallengeState
from pitchfest.home import queries as home
from pitchfest.kernel.actor import Role
from pitchfest.kernel.errors import Conflict, NotAllowed, NotFound, ProofNeeded, RuleViolation
from pitchfest.pitches import operations, queries
from pitchfest.pitches.rules.states import PitchState
from tests.pitches.cast import actor, opened, sent, set_state, write
from tests.support import builders

REASON = "The company was registered all along, under its old name."
OUT = "It is not a legal entity."
S = PitchState


@pytest.fixture
def found(app, cast, now):
    """A pitch that the officer found not eligible, and a quarter of an hour later; (reference, when)."""
    pitch = sent(cast, now)
    at = opened(cast)
    write(operations.find, cast.officer, reference=pitch, eligible=False, reason=OUT, now=at)
    return pitch, at + timedelta(minutes=15)


def propose(who, pitch, at, reason=REASON):
    write(operations.propose_turning, who, reference=pitch, reason=reason, now=at)


def turn(who, pitch, at):
    write(operations.turn, who, reference=pitch, now=at)


def state(pitch):
    return queries.opened_by_reference(pitch).state


@pytest.mark.parametrize(("first", "second"), [("lead", "approver"), ("approver", "lead")])
def test_lead_and_another_person_turn_it_together(cast, found, first, second):
    pitch, at = found
    propose(getattr(cast, first), pitch, at)
    assert state(pitch) == S.INELIGIBLE
    turn(getattr(cast, second), pitch, at)
    assert state(pitch) == S.ELIGIBLE
    row = queries.opened_by_reference(pitch)
    newest = queries.eligibility([row.id])[row.id]
    assert (newest.reason, newest.eligible) == (REASON, True)
    assert set(newest.by.split(" and ")) == {"Lena Marsh", "Arthur Pell"}
    assert queries.lowest_price(cast.challenge) == 5_000_000


def test_nobody_turns_it_alone(cast, found):
    pitch, at = found
    for who in (cast.officer, cast.lead):
        with pytest.raises(RuleViolation, match="found otherwise before"):
            write(operations.find, who, reference=pitch, eligible=True, reason=REASON, now=at)
    propose(cast.lead, pitch, at)
    with pytest.raises(RuleViolation, match="proposed this yourself"):
        turn(cast.lead, pitch, at)
    assert state(pitch) == S.INELIGIBLE


def test_whoever_found_it_so_is_not_the_second_person_nor_is_anyone_without_the_lead(cast, found):
    pitch, at = found
    propose(cast.lead, pitch, at)
    with pytest.raises(RuleViolation, match="did not find it so before"):
        turn(cast.officer, pitch, at)
    other = builders.a_person("Nell Frost", Role.OFFICER)
    write(operations.take_back_turning, cast.lead, reference=pitch, now=at)
    propose(cast.approver, pitch, at)
    with pytest.raises(RuleViolation, match="must be the procurement lead"):
        turn(other, pitch, at)
    turn(cast.lead, pitch, at)
    assert state(pitch) == S.ELIGIBLE


@pytest.mark.parametrize(("first", "second"), [("lead", "approver"), ("approver", "lead")])
def test_whoever_agreed_to_it_is_not_the_second_person_when_it_is_turned_back(cast, found, first, second):
    pitch, at = found
    propose(getattr(cast, first), pitch, at)
    turn(getattr(cast, second), pitch, at)
    propose(cast.lead, pitch, at, "It was no company after all of this.")
    with pytest.raises(RuleViolation, match="did not find it so before"):
        turn(cast.approver, pitch, at)
    turn(builders.a_person("Nell Frost", Role.OFFICER), pitch, at)
    assert state(pitch) == S.INELIGIBLE


def test_it_takes_a_reason_a_proof_the_right_and_a_finding(cast, found, now):
    pitch, at = found
    with pytest.raises(RuleViolation, match="at least 5 words"):
        propose(cast.lead, pitch, at, "We were wrong")
    with pytest.raises(ProofNeeded):
        operations.propose_turning(actor(cast.lead), reference=pitch, reason=REASON, now=at)
    for person, error in (("champion", NotAllowed), ("observer", NotAllowed), ("rosa", NotFound)):
        with pytest.raises(error):
            propose(getattr(cast, person), pitch, at)


def test_without_a_finding_there_is_nothing_to_turn(app, cast, now):
    pitch = sent(cast, now)
    with pytest.raises(Conflict, match="Nobody has decided"):
        propose(cast.lead, pitch, opened(cast))


def test_what_changed_since_is_proposed_anew(cast, found):
    pitch, at = found
    propose(cast.lead, pitch, at)
    write(operations.find, cast.officer, reference=pitch, eligible=False, reason=f"{OUT} Really.", now=at)
    with pytest.raises(Conflict, match="changed after it was proposed"):
        turn(cast.approver, pitch, at)


def test_once_judging_began_one_may_be_let_in_and_none_put_out(cast, found):
    pitch, at = found
    set_state(cast, ChallengeState.JUDGING)
    propose(cast.approver, pitch, at)
    turn(cast.lead, pitch, at)
    assert state(pitch) == S.ELIGIBLE
    with pytest.raises(RuleViolation, match="at most still be let in"):
        propose(cast.lead, pitch, at, "It was no company after all of this.")


def test_while_the_supplier_may_answer_nothing_is_turned(cast, found):
    pitch, at = found
    write(
        operations.ask,
        cast.lead,
        reference=pitch,
        asked="Which company would sign for this?",
        questions=[1],
        until=at + timedelta(days=4),
        now=at,
    )
    propose(cast.lead, pitch, at)
    with pytest.raises(RuleViolation, match="to answer what was asked"):
        turn(cast.approver, pitch, at)


def test_the_second_person_finds_it_among_what_waits(cast, found):
    pitch, at = found

    def tasks(who):
        return [t for t in home.waiting(actor(who), at) if "change who can take part" in t.text]

    propose(cast.lead, pitch, at)
    assert len(tasks(cast.approver)) == 1
    assert tasks(cast.lead) == tasks(cast.rosa) == []
    turn(cast.approver, pitch, at)
    assert tasks(cast.approver) == []


def test_the_pages_from_proposal_to_agreement(bare_app, cast, now, browser, clock):
    with bare_app.app_context():
        pitch = sent(cast, now)
        at = opened(cast)
        write(operations.find, cast.officer, reference=pitch, eligible=False, reason=OUT, now=at)
    clock.go_to(at + timedelta(minutes=15))
    page = f"/manage/pitches/{pitch}/overturn"
    officer, lead, approver = browser(cast.officer), browser(cast.lead), browser(cast.approver)
    officer.fill(f"/manage/pitches/{pitch}", eligible="yes", reason=REASON)
    assert "change that together" in officer.text
    lead.fill(page, action="overturn", reason="No.")
    assert "at least 5 words" in lead.text
    lead.fill(page, action="overturn", reason=REASON)
    assert "Proposed." in lead.text
    lead.fill(page, action="take-back")
    assert "taken back" in lead.text
    lead.fill(page, action="overturn", reason=REASON)
    approver.get(f"/manage/pitches/{pitch}")
    assert "Lena Marsh proposed at" in approver.text
    assert "to find it eligible. Read why" in approver.text
    approver.get(page)
    assert REASON in approver.text
    approver.send(page, action="agree")
    assert "Changed for" in approver.text
    assert "Lena Marsh and Arthur Pell" in approver.text
    for stranger in (cast.rosa, cast.gwen, cast.admin):
        assert browser(stranger).get(page).status_code == 404
    assert browser(cast.observer).get(page).status_code == 403
