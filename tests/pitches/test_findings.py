"""Eligibility, the lowest price, outcomes, and what is counted."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from pitchfest.audit import queries as audit
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db, transaction
from pitchfest.kernel.errors import Conflict, NotAllowed, NotFound, RuleViolation, StaleForm
from pitchfest.pitches import operations, queries
from pitchfest.pitches.models import LowestPrice
from pitchfest.pitches.rules.states import PitchState
from tests.pitches.cast import a_cast, actor, opened, sent, set_state, write
from tests.support.signing_in import browser_of


@pytest.fixture
def two(app, cast, now):
    """Two opened pitches: Kestrel's at £50,000 and Gannet's at £40,000; (references, when opened)."""
    kestrel = sent(cast, now)
    gannet = sent(cast, now, person=cast.gwen, organisation=cast.gannet, pence=4_000_000)
    return kestrel, gannet, opened(cast)


def find(person, pitch, at, *, eligible=True, reason="", **values):
    write(operations.find, person, reference=pitch, eligible=eligible, reason=reason, now=at, **values)


def states(cast):
    return {p.reference: p.state for p in queries.opened(cast.challenge)}


def test_a_person_finds_each_pitch_eligible_or_not_with_a_reason(cast, two):
    kestrel, gannet, at = two
    find(cast.officer, kestrel, at)
    find(cast.lead, gannet, at, eligible=False, reason="It is not a legal entity.")
    assert states(cast) == {kestrel: PitchState.ELIGIBLE, gannet: PitchState.INELIGIBLE}
    ids = {p.reference: p.id for p in queries.opened(cast.challenge)}
    found = queries.eligibility(ids.values())
    assert (found[ids[kestrel]].reason, found[ids[kestrel]].by_name) == (
        "Meets every rule of the brief.",
        "Josephine Okafor",
    )
    assert (found[ids[gannet]].eligible, found[ids[gannet]].reason) == (False, "It is not a legal entity.")
    find(cast.officer, gannet, at, eligible=False, reason="It is no legal entity, and says so.")
    assert queries.eligibility(ids.values())[ids[gannet]].reason == "It is no legal entity, and says so."
    assert "legal entity" not in str([dict(e) for e in audit.chain()])


def test_a_reason_of_fewer_than_five_words_keeps_nobody_out(cast, two):
    kestrel, _, at = two
    with pytest.raises(RuleViolation) as refusal:
        find(cast.officer, kestrel, at, eligible=False, reason="Not a company")
    assert refusal.value.problems[0].field == "reason"
    assert states(cast)[kestrel] == PitchState.OPENED


@pytest.mark.parametrize(
    ("person", "error"),
    [
        ("approver", NotAllowed),
        ("champion", NotAllowed),
        ("observer", NotAllowed),
        ("admin", NotFound),
        ("gwen", NotFound),
        ("rosa", NotFound),
    ],
)
def test_only_an_officer_or_the_lead_decides(cast, two, person, error):
    with pytest.raises(error):
        find(getattr(cast, person), two[0], two[2])


def test_a_sealed_pitch_cannot_be_found_anything(app, cast, now):
    with pytest.raises(NotFound):
        find(cast.lead, sent(cast, now), now)


def test_of_two_who_decide_at_once_the_second_is_told(cast, two):
    kestrel, _, at = two
    seen = queries.opened_by_reference(kestrel).version
    find(cast.officer, kestrel, at, expected_version=seen)
    with pytest.raises(StaleForm, match="Josephine Okafor found this pitch eligible"):
        find(
            cast.lead, kestrel, at, eligible=False, reason="It is not a legal entity.", expected_version=seen
        )


def test_once_judging_began_findings_stand(cast, two):
    kestrel, gannet, at = two
    find(cast.officer, kestrel, at)
    find(cast.officer, gannet, at, eligible=False, reason="It is not a legal entity.")
    set_state(cast, ChallengeState.JUDGING)
    with pytest.raises(RuleViolation):
        find(cast.lead, kestrel, at, eligible=False, reason="It is not a legal entity.")
    with pytest.raises(RuleViolation):
        find(cast.officer, gannet, at, reason="Registered after all, we checked.")
    with pytest.raises(RuleViolation):
        find(cast.officer, gannet, at, eligible=False, reason="It is no legal entity, and says so.")


def test_the_lowest_price_follows_every_finding_and_withdrawal(cast, two):
    kestrel, gannet, at = two
    lowest = lambda: queries.lowest_price(cast.challenge)  # noqa: E731
    assert lowest() is None
    find(cast.officer, kestrel, at)
    assert lowest() == 5_000_000
    find(cast.officer, gannet, at)
    assert lowest() == 4_000_000
    find(cast.officer, gannet, at, eligible=False, reason="It is not a legal entity.")
    assert lowest() == 5_000_000
    find(cast.officer, gannet, at)
    write(operations.withdraw, cast.gwen, reference=gannet, now=at)
    assert lowest() == 5_000_000
    write(operations.withdraw, cast.rosa, reference=kestrel, now=at)
    assert lowest() is None
    with pytest.raises(Conflict):
        find(cast.officer, kestrel, at)


def test_a_challenge_without_a_price_criterion_has_no_lowest_price(app, now):
    cast = a_cast(now, price=False)
    pitch = sent(cast, now)
    find(cast.officer, pitch, opened(cast))
    assert db.session.execute(select(LowestPrice.challenge_id)).all() == []
    assert queries.opened(cast.challenge)[0].price_pence is None


def test_a_change_in_who_takes_part_changes_the_challenge_so_that_nothing_is_confirmed_unseen(cast, two):
    version = lambda: db.session.execute(select(Challenge.version)).scalar_one()  # noqa: E731
    before = version()
    find(cast.officer, two[0], two[2])
    middle = version()
    write(operations.withdraw, cast.rosa, reference=two[0], now=two[2])
    assert before < middle < version()


def test_outcomes_are_recorded_for_eligible_pitches_only(cast, two):
    kestrel, gannet, at = two
    find(cast.officer, kestrel, at)
    ids = {p.reference: p.id for p in queries.opened(cast.challenge)}
    with transaction():
        operations.record_outcome(actor(cast.lead), ids[kestrel], PitchState.WON, at)
    assert states(cast)[kestrel] == PitchState.WON
    with pytest.raises(Conflict), transaction():
        operations.record_outcome(actor(cast.lead), ids[gannet], PitchState.UNSUCCESSFUL, at)
    with pytest.raises(NotFound), transaction():
        operations.record_outcome(actor(cast.lead), 99_999, PitchState.WON, at)


def test_only_what_was_sent_and_not_withdrawn_is_counted(app, cast, now):
    assert queries.count(cast.challenge, now) == 0
    pitch = sent(cast, now)
    assert queries.count(cast.challenge, now) == 1
    write(operations.withdraw, cast.rosa, reference=pitch, now=now)
    assert queries.counts([cast.challenge, 999], now) == {cast.challenge: 0, 999: 0}


def test_a_withdrawn_pitch_is_no_longer_counted_as_eligible(app, cast, two, clock):
    kestrel, gannet, at = two
    for pitch in (kestrel, gannet):
        find(cast.officer, pitch, at)
    clock.go_to(at)
    officer, page = browser_of(app, cast.officer), f"/manage/challenges/{cast.reference}/eligibility"
    officer.get(page)
    assert "Every pitch is checked: 2 eligible" in officer.text
    write(operations.withdraw, cast.rosa, reference=kestrel, now=at)
    officer.get(page)
    assert "Every pitch is checked: 1 eligible" in officer.text
