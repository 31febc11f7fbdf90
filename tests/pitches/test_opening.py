"""Closing by the clock, opening by two people, and what the log says of it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select

from pitchfest.accounts.models import Membership
from pitchfest.audit import queries as audit
from pitchfest.audit.rules import first_break, parse_anchor, salted_hash
from pitchfest.challenges import queries as challenges
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db, transaction
from pitchfest.kernel.clock import iso
from pitchfest.kernel.errors import Conflict, NotAllowed, NotFound, ProofNeeded, RuleViolation
from pitchfest.mail import queries as mail
from pitchfest.pitches import operations, queries
from pitchfest.pitches.models import Pitch
from pitchfest.pitches.rules.states import PitchRight, PitchState
from tests.pitches.cast import (
    WORDS,
    closing,
    open_all,
    opened,
    opening_record,
    read_mail,
    save,
    sending,
    sent,
    started,
    write,
)
from tests.support import builders
from tests.support.signing_in import browser_of

MINUTE = timedelta(minutes=1)


def test_once_it_has_closed_the_number_of_pitches_is_final(app, cast, client, clock, now):
    page = f"/challenges/{cast.reference}"
    client.get(page)
    assert "Pitches so far None yet" in client.text
    sent(cast, now)
    client.get(page)
    assert "Pitches so far 1, sealed" in client.text
    clock.go_to(closing(cast))
    client.get(page)
    assert "Pitches 1, sealed" in client.text
    lead = browser_of(app, cast.lead)
    lead.get(f"/manage/challenges/{cast.reference}/opening")
    assert "Suppliers could send and change pitches until" in lead.text
    assert "so far" not in client.text


def propose(cast, person, at):
    write(operations.propose_opening, person, reference=cast.reference, now=at)


def confirm(cast, person, at):
    return write(operations.confirm_opening, person, reference=cast.reference, now=at)


def state_of(cast, at):
    return challenges.by_reference(cast.reference, at).effective


def test_two_people_open_what_was_sent_and_nothing_else(app, cast, now):
    first = sent(cast, now)
    draft = started(cast, now, person=cast.gwen, organisation=cast.gannet)
    save(draft, 1, "Never sent.", cast.gwen, now)
    save(first, 1, "Changed, never sent again.", cast.rosa, now)
    at = opened(cast)
    assert state_of(cast, at) == ChallengeState.ELIGIBILITY
    (pitch,) = queries.opened(cast.challenge)
    assert (pitch.reference, pitch.state, pitch.price_pence, pitch.opened_at) == (
        first,
        PitchState.OPENED,
        5_000_000,
        at,
    )
    answers = queries.opened_answers([pitch.id])[pitch.id]
    assert list(answers.values()) == [*WORDS.values(), '[{"label": "Everything", "pence": 5000000}]']
    lapsed = db.session.execute(select(Pitch.state).where(Pitch.reference == draft)).scalar_one()
    assert lapsed == PitchState.LAPSED
    with pytest.raises(NotFound):
        queries.opened_by_reference(draft)


def test_the_record_names_both_people_the_times_and_the_hashes(app, cast, now):
    first = sent(cast, now)
    second = sent(cast, now + MINUTE, person=cast.gwen, organisation=cast.gannet)
    opened(cast)
    found = opening_record(cast)
    assert (found.first_name, found.second_name) == ("Lena Marsh", "Josephine Okafor")
    listed = {p["reference"]: p for p in found.record["pitches"]}
    assert {ref: (p["organisation"], p["received"]) for ref, p in listed.items()} == {
        first: ("Kestrel Rounds", iso(now)),
        second: ("Gannet Data", iso(now + MINUTE)),
    }
    assert listed[first]["sha256"] == sending(first, cast.rosa, now).sha256
    assert first_break(audit.chain(), [parse_anchor(found.anchor)])[1] is None


def test_no_pitches_at_all_are_opened_too(app, cast):
    at = opened(cast)
    assert opening_record(cast).record["pitches"] == []
    assert state_of(cast, at) == ChallengeState.ELIGIBILITY


@pytest.mark.parametrize("seconds", [-1, 0, 119])
def test_nobody_opens_before_two_minutes_after_closing(app, cast, now, seconds):
    sent(cast, now)
    with pytest.raises(RuleViolation, match="two minutes after closing"):
        propose(cast, cast.lead, closing(cast) + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("first", "second", "allowed"),
    [
        ("lead", "officer", True),
        ("officer", "lead", True),
        ("approver", "lead", True),
        ("lead", "approver", True),
        ("officer", "approver", False),
        ("lead", "lead", False),
    ],
)
def test_the_procurement_lead_is_one_of_two_different_people(app, cast, now, first, second, allowed):
    sent(cast, now)
    at = closing(cast) + 3 * MINUTE
    propose(cast, getattr(cast, first), at)
    if allowed:
        assert confirm(cast, getattr(cast, second), at) == 1
    else:
        with pytest.raises(RuleViolation):
            confirm(cast, getattr(cast, second), at)
        assert state_of(cast, at) == ChallengeState.CLOSED
        assert queries.opened(cast.challenge) == []


@pytest.mark.parametrize("person", ["champion", "observer", "admin", "gwen"])
def test_nobody_else_opens_anything(app, cast, person):
    with pytest.raises(NotFound):
        propose(cast, getattr(cast, person), closing(cast) + 3 * MINUTE)


def test_whoever_belongs_to_any_supplier_does_not_open(app, cast, now):
    sent(cast, now)
    at = closing(cast) + 3 * MINUTE
    db.session.add(Membership(organisation_id=cast.gannet, person_id=cast.officer, from_at=now))
    db.session.commit()
    propose(cast, cast.lead, at)
    with pytest.raises(RuleViolation):
        confirm(cast, cast.officer, at)


def test_both_acts_ask_for_a_fresh_proof(app, cast):
    at = closing(cast) + 3 * MINUTE
    stale = builders.actor(cast.lead, proved_at=at - timedelta(minutes=6))
    with pytest.raises(ProofNeeded), transaction():
        operations.propose_opening(stale, reference=cast.reference, now=at)
    propose(cast, cast.lead, at)
    with pytest.raises(ProofNeeded), transaction():
        operations.confirm_opening(builders.actor(cast.officer), reference=cast.reference, now=at)


def test_a_proposal_taken_back_opens_nothing(app, cast):
    at = closing(cast) + 3 * MINUTE
    propose(cast, cast.lead, at)
    with pytest.raises(NotAllowed):
        write(operations.take_back_opening, cast.officer, reference=cast.reference, now=at)
    write(operations.take_back_opening, cast.lead, reference=cast.reference, now=at)
    with pytest.raises(Conflict):
        confirm(cast, cast.officer, at)


def test_pitches_are_opened_once(app, cast):
    at = opened(cast)
    with pytest.raises(Conflict):
        open_all(cast, at)


def test_opening_does_not_wait_for_the_worker_and_the_worker_can_come_first(app, cast, now):
    sent(cast, now)
    at = closing(cast) + 2 * MINUTE
    assert queries.due_to_seal(at - timedelta(seconds=1)) == []
    assert queries.due_to_seal(at) == [cast.challenge]
    with transaction():
        operations.seal_at_closing(cast.challenge, at - timedelta(seconds=1))
    assert queries.due_to_seal(at) == [cast.challenge]
    with transaction():
        operations.seal_at_closing(cast.challenge, at)
    assert queries.due_to_seal(at) == []
    entries, _ = audit.page(number=1, size=5, action="pitches.seal")
    assert [(e["at"], json.loads(e["detail"])) for e in entries] == [(iso(closing(cast)), {"pitches": 1})]
    open_all(cast, at)
    assert len(queries.opened(cast.challenge)) == 1


def test_before_the_opening_the_log_tells_nothing_and_after_it_explains_all(app, cast, now):
    first = sent(cast, now)
    save(first, 1, "Once more.", cast.rosa, now)
    write(operations.submit, cast.rosa, reference=first, declared=True, expected_version=None, now=now)
    before = [dict(e) for e in audit.chain()]
    acts = [e for e in before if e["action"].startswith("pitch.")]
    assert [e["action"] for e in acts] == ["pitch.start", "pitch.submit", "pitch.change", "pitch.submit"]
    for entry in acts:
        assert (entry["actor"], entry["role"]) == ("sealed", "sealed")
        assert entry["object"].startswith("sealed:")
        assert first not in json.dumps(entry)
    opened(cast)
    chain = list(audit.chain())
    assert first_break(chain)[1] is None
    (act,) = [e for e in chain if e["action"] == "pitches.open"]
    (told,) = json.loads(act["detail"])["pitches"]
    explained = salted_hash(told["salt"], cast.rosa, told["organisation_id"], told["reference"])
    assert {e["object"] for e in acts} == {f"sealed:{explained}"}
    assert told["sha256"] == json.loads(acts[-1]["detail"])["sha256"]


def two_texts(cast, pitch, now, first, second):
    """Imran's and Rosa's texts on one beginning of answer 1: the first counts, the other stands beside it."""
    base = save(pitch, 1, "The beginning", cast.rosa, now).shown
    both = ((cast.imran, first), (cast.rosa, second))
    for person, text in both:
        asked = {"reference": pitch, "position": 1, "text": text, "shown": base}
        write(operations.save_answer, person, now=now, **asked)


@pytest.mark.parametrize("was_sent", [False, True])
def test_what_was_written_beside_an_answer_is_in_the_copy_at_closing(app, cast, now, was_sent):
    """Under its question, with its author's name."""
    pitch = sent(cast, now) if was_sent else started(cast, now)
    right = {"person_id": cast.imran, "right": PitchRight.EDIT}
    write(operations.give_right, cast.rosa, reference=pitch, now=now, **right)
    two_texts(cast, pitch, now, "Imran was quicker.", "Rosa wrote for an hour.")
    save(pitch, 2, "And the second answer.", cast.rosa, now)
    at = closing(cast) + 2 * MINUTE
    with transaction():
        operations.seal_at_closing(cast.challenge, at)
    for person in (cast.rosa, cast.imran):
        body = read_mail(app, person, at, "pitch_closed").body
        order = (
            "Imran was quicker.",
            "Written beside it by Rosa Whitfield:",
            "Rosa wrote for an hour.",
            "And the second answer.",
        )
        places = [body.index(words) for words in order]
        assert places == sorted(places)
        assert body.count("Written beside it") == 1
        assert "The beginning" not in body, "the versions before were written over, not lost beside"


def test_a_text_beside_what_was_sent_is_in_the_copy_though_nothing_else_differs(app, cast, now):
    pitch = sent(cast, now)
    right = {"person_id": cast.imran, "right": PitchRight.EDIT}
    write(operations.give_right, cast.rosa, reference=pitch, now=now, **right)
    two_texts(cast, pitch, now, WORDS[1], "Rosa wrote for an hour.")
    at = closing(cast) + 2 * MINUTE
    with transaction():
        operations.seal_at_closing(cast.challenge, at)
    body = read_mail(app, cast.rosa, at, "pitch_closed").body
    assert "Rosa wrote for an hour." in body
    assert WORDS[2] not in body


def test_who_wrote_and_did_not_send_is_told_and_gets_a_copy(app, cast, now):
    sent_one = sent(cast, now)
    save(sent_one, 1, "A change too late.", cast.rosa, now)
    draft = started(cast, now, person=cast.gwen, organisation=cast.gannet)
    save(draft, 1, "Half an idea.", cast.gwen, now)
    at = closing(cast) + 2 * MINUTE
    with transaction():
        operations.seal_at_closing(cast.challenge, at)
    told = {
        person: read_mail(app, person, at, "pitch_closed").body.replace("\u00a0", " ")
        for person in (cast.rosa, cast.gwen)
    }
    assert "What you sent at 09:00:00 on Monday 23 November 2026 counts." in told[cast.rosa]
    assert "A change too late." in told[cast.rosa]
    assert WORDS[2] not in told[cast.rosa]
    assert "was not sent before then" in told[cast.gwen]
    assert "Half an idea." in told[cast.gwen]
    assert mail.overview(number=1, size=9)[0] == []
