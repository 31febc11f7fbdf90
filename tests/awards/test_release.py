import hashlib
import json

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from pitchfest.accounts.models import Membership, RoleGrant
from pitchfest.audit.models import AuditEntry
from pitchfest.awards import operations, queries
from pitchfest.awards.models import Letter
from pitchfest.awards.rules import Outcome
from pitchfest.challenges.queries import by_id, criteria
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db, transaction
from pitchfest.judging import queries as judging
from pitchfest.judging.models import Declaration, Deputy
from pitchfest.judging.rules.states import DeclarationState
from pitchfest.kernel.actor import Role
from pitchfest.kernel.errors import Conflict, NotAllowed, NotFound, ProofNeeded, RuleViolation, StaleForm
from pitchfest.kernel.text import count_words
from pitchfest.mail.models import OutboxMessage
from pitchfest.mail.queries import message
from pitchfest.mail.rendering import render
from pitchfest.pitches.models import Pitch, PitchMember
from pitchfest.pitches.rules import PitchRight, PitchState
from tests.awards.ending import NAMES, a_pitch_of, an_ending
from tests.support import builders

WON, RESERVE, LOST = Outcome.WON, Outcome.RESERVE, Outcome.UNSUCCESSFUL


def state_of(world):
    return by_id(world.challenge, world.now).state


def letters(world):
    rows = db.session.query(Letter).filter_by(challenge_id=world.challenge).order_by(Letter.pitch_id)
    return {json.loads(row.body)["supplier"]["name"]: json.loads(row.body) for row in rows}


def sent_mail():
    return db.session.query(OutboxMessage).filter_by(kind="letter").order_by(OutboxMessage.id).all()


def test_three_suppliers_get_complete_letters_all_at_once(app, now):
    world = an_ending(now, price=True)
    world.explain()
    world.decide(WON, RESERVE, LOST)
    world.propose(world.officer)
    assert not sent_mail(), "nobody hears anything before the release"
    assert not letters(world)
    assert world.release(world.lead) == 3
    assert state_of(world) == ChallengeState.AWARDED
    assert len(sent_mail()) == 3
    found = letters(world)
    assert [found[name]["outcome"] for name in NAMES[:3]] == ["won", "reserve", "unsuccessful"]
    states = dict(db.session.query(Pitch.id, Pitch.state).filter_by(challenge_id=world.challenge).all())
    assert [states[e.id] for e in world.entries] == [
        PitchState.WON,
        PitchState.RESERVE,
        PitchState.UNSUCCESSFUL,
    ]
    for body in found.values():
        assert [line["weight"] for line in body["criteria"]] == [50, 40, 10]
        assert all(line["points"] and count_words(line["explanation"]) >= 15 for line in body["criteria"])
    # The second: 4 of 5 on 90 judged points, and 50,000 / 54,000 x 10 for the price.
    second = found["Tidewater Data Co-operative"]
    assert (second["judged"], second["price"]) == (
        {"points": "72.00", "weight": 90},
        {"points": "9.26", "weight": 10},
    )
    assert (second["total"], second["total_exact"]) == ("81.26", "2194/27")
    assert second["criteria"][0]["level"] == "Good"
    assert "Your price was £54,000 including VAT" in second["criteria"][2]["explanation"]
    assert [w["name"] for w in second["winners"]] == ["Gullywatch Ltd"]
    assert found["Gullywatch Ltd"]["winners"] == []


def test_a_letter_never_changes_and_carries_its_own_hash(app, now):
    world = an_ending(now)
    world.finish(WON, LOST, LOST)
    row = db.session.query(Letter).order_by(Letter.pitch_id).first()
    assert row is not None
    assert hashlib.sha256(row.body.encode()).hexdigest() == row.sha256
    with pytest.raises(DBAPIError), transaction():
        db.session.execute(db.text("UPDATE letter SET body = '{}'"))


def test_the_mail_says_all_that_the_letter_says_and_only_to_members(app, now):
    world = an_ending(now, price=True)
    world.finish(WON, RESERVE, LOST)
    ids = [row.id for row in sent_mail()]
    with app.test_request_context("/"):
        words = [render(message(i), now=now) for i in ids]
    assert all(words)
    last = words[2]
    assert last is not None
    assert last.subject == "The decision on “Clear the right drain before the rain”"
    for part in (
        "Kestrel Rounds Ltd",
        "Gullywatch Ltd",
        "Your price was £58,000",
        "In answer 1 you say",
        "Acceptable",
    ):
        assert part in last.body
    assert "Tidewater" not in last.body
    assert "\n\n\n\n" not in last.body
    assert "{" not in last.body
    db.session.execute(db.update(Membership).values(until_at=now))
    db.session.commit()
    with app.test_request_context("/"):
        assert render(message(ids[2]), now=now) is None


def test_whoever_judged_cannot_decide(app, now):
    world = an_ending(now)
    builders.a_panel_member(challenge=world.challenge, person=world.decider, invited_by=world.lead, now=now)
    with pytest.raises(RuleViolation, match="You were on the panel"):
        world.decide(WON, LOST, LOST)
    assert state_of(world) == ChallengeState.RECOMMENDED


def test_only_the_named_decision_maker_decides(app, now):
    world = an_ending(now)
    with pytest.raises(NotAllowed):
        world.decide(WON, LOST, LOST, by=world.lead)
    with pytest.raises(NotFound):
        world.decide(WON, LOST, LOST, by=world.judges[1])


def test_every_pitch_needs_an_outcome_and_a_reason(app, now):
    world = an_ending(now)
    with pytest.raises(RuleViolation) as refusal, transaction():
        operations.decide(
            world.actor(world.decider),
            reference=world.reference,
            outcomes={world.entries[0].reference: (WON, "Best.")},
            expected_version=None,
            now=now,
        )
    assert {p.field for p in refusal.value.problems} == {
        *(f"outcome_{e.reference}" for e in world.entries[1:]),
        *(f"reason_{e.reference}" for e in world.entries),
    }


def test_leaving_the_ranking_needs_a_recorded_reason(app, now):
    world = an_ending(now)
    with pytest.raises(RuleViolation, match="differs from the ranking"):
        world.decide(LOST, WON, LOST)
    world.decide(
        LOST, WON, LOST, note="The first cannot begin before the money ends, as they told us on the phone."
    )
    assert state_of(world) == ChallengeState.DECIDED


def test_the_log_tells_no_outcome_before_the_letters(app, now):
    world = an_ending(now)
    world.decide(WON, LOST, LOST)
    [entry] = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "awards.decide"))
    assert not any(outcome in entry.detail for outcome in Outcome)
    assert len(json.loads(entry.detail)["decision"]) == 64


def test_the_decider_may_propose_but_never_releases(app, now):
    world = an_ending(now)
    world.explain()
    db.session.add(RoleGrant(person_id=world.decider, role=Role.OFFICER, granted_at=now))
    db.session.commit()
    world.decide(WON, LOST, LOST)
    world.propose(world.officer)
    with pytest.raises(RuleViolation, match="Whoever decided"):
        world.release(world.decider)
    with transaction():
        operations.take_back_release(world.actor(world.officer), reference=world.reference, now=now)
    world.propose(world.decider)
    assert world.release(world.officer) == 3


def test_the_same_person_cannot_be_both(app, now):
    world = an_ending(now)
    world.explain()
    world.decide(WON, LOST, LOST)
    world.propose(world.lead)
    with pytest.raises(RuleViolation, match="You proposed this yourself"):
        world.release(world.lead)
    assert state_of(world) == ChallengeState.DECIDED
    assert not sent_mail()


def test_both_have_to_prove_that_it_is_them(app, now):
    world = an_ending(now)
    world.explain()
    world.decide(WON, LOST, LOST)
    with pytest.raises(ProofNeeded), transaction():
        operations.propose_release(
            builders.actor(world.lead), reference=world.reference, expected_version=None, now=now
        )


@pytest.mark.parametrize("change", ["explanation", "decision", "withdrawal", "member"])
def test_any_change_after_the_proposal_voids_it(app, now, change):
    world = an_ending(now)
    world.explain()
    world.decide(WON, LOST, LOST)
    version = world.propose(world.officer)
    if change == "explanation":
        world.explain(pitches=world.entries[:1], text="You wrote about {n} " + "and more " * 20)
    elif change == "decision":
        world.decide(WON, RESERVE, LOST)
    elif change == "withdrawal":
        pitch = db.session.get_one(Pitch, world.entries[2].id)
        pitch.state, pitch.withdrawn_at = PitchState.WITHDRAWN, now
    else:
        entry = world.entries[0]
        colleague = builders.a_person("New Colleague", organisation=entry.organisation)
        db.session.add(
            PitchMember(pitch_id=entry.id, person_id=colleague, right=PitchRight.VIEW, from_at=now)
        )
    db.session.commit()
    with pytest.raises(StaleForm):
        world.release(world.lead, version)
    with pytest.raises(Conflict, match="changed after it was proposed"):
        world.release(world.lead)
    assert not sent_mail()
    world.propose(world.officer)
    assert world.release(world.lead) >= 2


def test_missing_and_short_explanations_stand_in_the_way(app, now):
    world = an_ending(now)
    world.explain(pitches=world.entries[:2])
    world.explain(pitches=world.entries[2:], text="Too short to be of use.")
    world.decide(WON, LOST, LOST)
    assert len(world.preview().problems) == 3
    with pytest.raises(RuleViolation, match="needs 14\u00a0more words"):
        world.propose(world.officer)


def test_a_letter_that_names_another_loser_stands_in_the_way(app, now):
    world = an_ending(now)
    world.explain()
    text = "Unlike kestrel  rounds LTD in answer {n} you " + "plan for every week " * 5
    world.explain(pitches=world.entries[1:2], text=text)
    world.decide(WON, LOST, LOST)
    (problem,) = world.preview().problems
    assert "an explanation names Kestrel Rounds Ltd" in problem
    with pytest.raises(RuleViolation):
        world.propose(world.officer)


def test_an_ineligible_pitch_is_told_the_reason_instead_of_criteria(app, now):
    world = an_ending(now, ineligible=["Lanternworks CIC"])
    world.finish(WON, LOST, LOST)
    body = letters(world)["Lanternworks CIC"]
    assert body["reason"] == "It is not a service that we may buy in this way."
    assert "criteria" not in body
    assert [w["name"] for w in body["winners"]] == ["Gullywatch Ltd"]
    assert len(sent_mail()) == 4


def test_a_withdrawn_pitch_gets_no_letter(app, now):
    world = an_ending(now)
    a_pitch_of(world, "Gone Ltd", PitchState.WITHDRAWN)
    world.finish(WON, LOST, LOST)
    assert set(letters(world)) == set(NAMES[:3])


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_pitches_and_none_eligible_reach_a_public_outcome(app, now, count):
    world = an_ending(now, names=(), ineligible=NAMES[:count], state=ChallengeState.ELIGIBILITY)
    world.decide()
    world.propose(world.officer)
    assert world.release(world.lead) == count
    assert state_of(world) == ChallengeState.UNSUCCESSFUL
    outcome = queries.public_outcome(world.challenge, now)
    assert outcome is not None
    assert (outcome.winners, outcome.received) == ((), count)


@pytest.mark.parametrize("count", [1, 2])
def test_few_eligible_pitches_reach_letters(app, now, count):
    world = an_ending(now, names=NAMES[:count])
    world.finish(WON, *[LOST] * (count - 1))
    outcome = queries.public_outcome(world.challenge, now)
    assert outcome is not None
    assert (outcome.winners, outcome.received) == (("Gullywatch Ltd",), count)


def test_nobody_may_win_although_pitches_were_judged(app, now):
    world = an_ending(now, scores=(100,))
    world.finish(LOST, LOST, LOST)
    assert state_of(world) == ChallengeState.UNSUCCESSFUL


def test_eligible_pitches_cannot_be_passed_over_without_judging(app, now):
    world = an_ending(now, state=ChallengeState.ELIGIBILITY)
    with pytest.raises(RuleViolation, match="must be judged first"):
        world.decide(LOST, LOST, LOST)


def test_a_winner_who_withdraws_lets_the_decision_be_recorded_anew(app, now):
    world = an_ending(now)
    world.explain()
    world.decide(WON, RESERVE, LOST)
    pitch = db.session.get_one(Pitch, world.entries[0].id)
    pitch.state, pitch.withdrawn_at = PitchState.WITHDRAWN, now
    db.session.commit()
    world.entries = world.entries[1:]
    world.decide(WON, LOST)
    world.propose(world.officer)
    assert world.release(world.lead) == 2
    assert letters(world)["Tidewater Data Co-operative"]["outcome"] == "won"


def recuse(world, member, entry):
    db.session.query(Declaration).filter_by(panel_member_id=member, pitch_id=entry.id).update(
        {
            "state": DeclarationState.RECUSED,
            "decided_by_id": world.lead,
            "reason": "A close friend works there.",
        }
    )
    db.session.commit()


def test_a_recused_chair_hands_that_pitch_to_the_deputy(app, now):
    world = an_ending(now)
    recuse(world, world.members[0], world.entries[1])
    with pytest.raises(NotFound):
        world.explain(pitches=world.entries[1:2])
    world.explain(pitches=[world.entries[0], world.entries[2]])
    db.session.add(
        Deputy(
            pitch_id=world.entries[1].id,
            panel_member_id=world.members[1],
            named_by_id=world.lead,
            named_at=now,
        )
    )
    db.session.commit()
    ids = builders.judged_criterion_ids(world.challenge)
    with transaction():
        operations.explain(
            world.actor(world.judges[1]),
            reference=world.entries[1].reference,
            texts=dict.fromkeys(ids, "You " + "say it well " * 8),
            expected_version=0,
            now=now,
        )
    world.decide(WON, LOST, LOST)
    assert not world.preview().problems


def test_two_writers_do_not_overwrite_each_other(app, now):
    world = an_ending(now)
    world.explain(pitches=world.entries[:1])
    (first, *_) = builders.judged_criterion_ids(world.challenge)
    with pytest.raises(StaleForm), transaction():
        operations.explain(
            world.actor(world.judges[0]),
            reference=world.entries[0].reference,
            texts={first: "Mine"},
            expected_version=0,
            now=now,
        )


def test_explanations_stand_still_after_the_release(app, now):
    world = an_ending(now)
    world.finish(WON, LOST, LOST)
    with pytest.raises(NotAllowed):
        world.explain(text="Something else altogether {n}")


def test_letters_and_results_agree_to_the_last_digit(app, now):
    world = an_ending(now, price=True, scores=(500, 300, 200))
    challenge = by_id(world.challenge, now)
    found = queries.pitches(world.challenge)
    places = queries.standing(
        challenge, criteria(world.challenge), found, queries.decision(world.challenge).lowest_pence
    )
    results = judging.results(world.challenge)
    assert [(p.pitch.reference, p.rank, p.total, p.missed) for p in places] == [
        (r.reference, r.rank, r.exact_total, r.missed) for r in results.ranked
    ]
    assert places[-1].missed, "the last one misses a minimum"
