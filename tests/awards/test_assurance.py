"""The assurance page: from the first draft to the letters, for each person no more than they may know."""

import hashlib
import re

import pytest

from pitchfest.audit import queries as log
from pitchfest.audit.rules import first_break, parse_anchor
from pitchfest.awards.queries import assurance
from pitchfest.challenges import queries as challenges
from pitchfest.challenges.rules import ChallengeState, CriterionKind
from pitchfest.db import db
from pitchfest.pitches.models import LowestPrice
from tests.conftest import BEGINNING
from tests.support import builders, roles
from tests.support import thread as walk
from tests.support.signing_in import browser_of
from tests.support.statements import counted


def page(browser, reference):
    answer = browser.get(f"/manage/challenges/{reference}/assurance")
    return answer.status_code, browser.text.replace("\u00a0", " ")


def test_it_follows_a_challenge_from_draft_to_letters(bare_app, client, clock):
    thread = walk.a_thread(bare_app, clock)
    walk.write_challenge(thread)

    def text():
        status, said = page(thread.browser("lead"), thread.reference)
        assert status == 200
        return said

    said = text()
    assert "Olive wrote it. Nobody has approved it as it is." in said
    assert "An approver who wrote no part of it" in said
    assert "Nothing yet. Publishing freezes" in said
    assert "Agreed by" in said
    walk.approve_and_publish(thread)
    said = text()
    assert "Arjun approved it." in said
    assert "So far 0 pitches, sealed" in said
    walk.send_pitch(thread, "Alder")
    walk.send_pitch(thread, "Birch", price="50000")
    assert "So far 2 pitches, sealed" in text()
    walk.close_and_open(thread)
    said = text()
    assert "Leo and Arjun opened them." in said
    assert "Check who can take part: 2 pitches left" in said
    walk.find_eligible(thread)
    assert "£40,000" in text()
    walk.invite_panel(thread)
    walk.judge(thread, {"Alder": 5, "Birch": 4})
    said = text()
    assert "Explain the scores of 2 pitches" in said
    assert "Dana is to decide and is not on the panel." in said
    walk.explain(thread)
    walk.decide(thread, {"Alder": "won", "Birch": "unsuccessful"})
    assert "Propose to release the letters" in text()
    walk.release(thread)
    said = text()
    assert "Nothing is due here." in said
    assert "Leo and Arjun released them." in said
    assert "2 letters went out" in said
    lead = thread.browser("lead")
    lead.get(thread.manage)
    assert "Assurance page" in lead.text


def test_everything_on_it_can_be_checked_from_outside(bare_app, clock):
    thread = walk.a_thread(bare_app, clock)
    walk.write_challenge(thread)
    walk.approve_and_publish(thread)
    walk.send_pitch(thread, "Alder")
    walk.close_and_open(thread)
    browser = thread.browser("lead")
    answer = browser.get(f"/manage/challenges/{thread.reference}/assurance")
    html = answer.get_data(as_text=True).replace("<wbr>", "")
    anchors = [parse_anchor(text) for text in re.findall(r"\b\d+:[0-9a-f]{64}\b", html)]
    assert len(anchors) >= 6
    with bare_app.app_context():
        _, broken = first_break(log.chain(), anchors)
    assert broken is None
    record = browser.get(f"/challenges/{thread.reference}/snapshots/1.json").get_data()
    assert hashlib.sha256(record).hexdigest() in html


@pytest.fixture
def region(bare_app):
    with bare_app.app_context():
        yield roles.a_populated_region(BEGINNING)
        db.session.remove()


@pytest.mark.parametrize("stage", roles.STAGES)
def test_a_recused_judge_who_is_staff_sees_no_count_of_judging(bare_app, region, stage):
    reference = region.stages[stage]["reference"]
    status, theirs = page(browser_of(bare_app, region.people["recused"]), reference)
    assert status == 200
    _, officers = page(browser_of(bare_app, region.people["officer"]), reference)
    if stage == ChallengeState.JUDGING:
        assert "2 scorecards still to be signed" in officers
        assert "Sign the scorecards" in theirs
        assert "scorecards still" not in theirs
    if stage in (ChallengeState.RECOMMENDED, ChallengeState.DECIDED):
        assert "Explain the scores" not in theirs
        decided = stage == ChallengeState.DECIDED
        assert ("Kept from you until the letters go out" in theirs) is decided
        assert "Kept from you" not in officers
    names = ("Alder", "Sender", "PF-")
    if stage != ChallengeState.AWARDED:
        assert not any(name in theirs for name in names)


@pytest.mark.parametrize("name", ["champion", "decider", "observer", "admin"])
def test_whoever_does_not_see_the_board_reads_no_count_of_it(bare_app, region, name):
    reference = region.stages[ChallengeState.JUDGING]["reference"]
    status, said = page(browser_of(bare_app, region.people[name]), reference)
    assert status == 200
    assert "Sign the scorecards" in said


def test_the_price_of_record_is_for_those_who_may_read_results(app, now, client):
    builders.a_region()
    officer = builders.a_person("Olive", *roles.STAFF["officer"])
    admin = builders.a_person("Ada", *roles.STAFF["admin"])
    challenge = builders.a_challenge(
        state=ChallengeState.RECOMMENDED,
        officer=officer,
        now=now,
        price=True,
        criteria=(("Fit", 90, None),),
    )
    db.session.add(LowestPrice(challenge_id=challenge, pence=4_000_000))
    db.session.commit()
    row = challenges.by_id(challenge, now)
    assert any(c.kind == CriterionKind.PRICE for c in challenges.criteria(challenge))
    assert assurance(row, builders.actor(officer), now).price_pence == 4_000_000
    assert assurance(row, builders.actor(admin), now).price_pence is None


@pytest.mark.parametrize(
    "state",
    [ChallengeState.OPEN, ChallengeState.ELIGIBILITY, ChallengeState.JUDGING, ChallengeState.RECOMMENDED],
)
def test_as_many_statements_for_three_pitches_as_for_one(app, now, state):
    builders.a_region()
    officer = builders.a_person("Olive", *roles.STAFF["officer"])
    numbers = []
    for pitches in (1, 3):
        challenge = builders.a_challenge(state=state, officer=officer, now=now, decision_maker=officer)
        judge = builders.a_panel_member(
            challenge=challenge, person=builders.a_person("Judge"), invited_by=officer, now=now, chair=True
        )
        for _ in range(pitches):
            firm = builders.an_organisation("Firm")
            author = builders.a_person("Author", organisation=firm)
            pitch = builders.a_pitch(
                challenge=challenge,
                organisation=firm,
                author=author,
                state=roles.PITCHES[state],
                now=now,
            )
            if state == ChallengeState.JUDGING:
                builders.a_card(member=judge, pitch=pitch, now=now)
        row, actor = challenges.by_id(challenge, now), builders.actor(officer)
        db.session.rollback()
        with counted() as seen:
            assurance(row, actor, now)
        numbers.append(len(seen))
    assert numbers[0] == numbers[1]
