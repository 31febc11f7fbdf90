from datetime import UTC, datetime, timedelta

import pytest

from pitchfest.accounts.models import Person, RegionSettings
from pitchfest.awards.rules import Outcome
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db
from pitchfest.home import queries
from pitchfest.home.views import greeting
from pitchfest.kernel.actor import Role
from pitchfest.pitches.models import PitchMember
from pitchfest.pitches.rules import PitchRight, PitchState
from tests.awards.ending import NAMES, an_ending
from tests.support import builders
from tests.support.signing_in import browser_of
from tests.support.statements import counted

WON, LOST = Outcome.WON, Outcome.UNSUCCESSFUL
S = ChallengeState


def texts(world, person):
    return [task.text for task in queries.waiting(world.actor(person), world.now)]


def test_anyone_reads_what_this_is_and_what_is_open(app, client, now):
    builders.a_region()
    assert client.get("/").status_code == 200
    assert "No challenge is open today" in client.text
    officer = builders.a_person("Bryn", Role.OFFICER)
    builders.a_challenge(state=S.OPEN, officer=officer, now=now, title="Clear the right drain")
    builders.a_challenge(state=S.DRAFT, officer=officer, now=now, title="Nobody may know yet")
    client.get("/")
    assert "Clear the right drain" in client.text
    assert "7 days left" in client.text
    assert "Nobody may know" not in client.html
    assert "Set-Cookie" not in client.get("/").headers


def test_the_end_of_a_challenge_waits_for_one_person_after_the_other(app, now):
    world = an_ending(now)
    chair, decider = world.judges[0], world.decider
    assert "Explain the scores of 3\u00a0pitches" in texts(world, chair)[0]
    assert texts(world, decider) == ["Decide on “Clear the right drain before the rain”"]
    assert texts(world, world.judges[1]) == []
    world.explain()
    assert texts(world, chair) == []
    world.decide(WON, LOST, LOST)
    assert texts(world, decider) == []
    assert "Check the letters" in texts(world, world.lead)[0]
    world.propose(world.officer)
    assert texts(world, world.officer) == []
    assert "as Bryn Haldane proposes" in texts(world, world.lead)[0]
    world.release(world.lead)
    assert [text[:14] for text in texts(world, world.lead)] == ["The standstill"]
    assert texts(world, world.entries[1].author) == [
        "Read the letter about your pitch to “Clear the right drain before the rain”"
    ]
    world.now += timedelta(days=15)
    assert texts(world, world.entries[1].author) == []


def test_no_letter_waits_for_a_partner_from_another_supplier(app, client, now):
    world = an_ending(now)
    world.explain()
    partner = builders.a_person("Holly", organisation=builders.an_organisation("Holly Ltd"))
    pitch = world.entries[1].id
    right = PitchMember(pitch_id=pitch, person_id=partner, right=PitchRight.SUBMIT, from_at=now, partner=True)
    db.session.add(right)
    db.session.commit()
    world.decide(WON, LOST, LOST)
    world.propose(world.officer)
    world.release(world.lead)
    assert texts(world, partner) == []


def test_the_first_page_has_one_filled_button_for_the_next_thing(app, now):
    builders.a_region()
    world = an_ending(now)
    world.explain()
    world.decide(WON, LOST, LOST)
    builders.a_challenge(state=S.RECOMMENDED, officer=world.officer, now=now, decision_maker=world.officer)
    officer = browser_of(app, world.officer)
    officer.get("/")
    assert "Good morning, Bryn" in officer.text
    assert "2 things wait for you" in officer.text
    assert officer.html.count('class="govuk-button"') == 1
    assert "Record your decision" in officer.text


def test_a_supplier_sees_each_pitch_and_the_next_date(app, now):
    builders.a_region()
    officer = builders.a_person("Bryn", Role.OFFICER)
    firm = builders.an_organisation("Gullywatch Ltd")
    author = builders.a_person("Ansa Reed", organisation=firm, owner=True)
    supplier = browser_of(app, author)
    supplier.get("/")
    assert "No pitches yet" in supplier.text
    challenge = builders.a_challenge(state=S.OPEN, officer=officer, now=now)
    builders.a_pitch(
        challenge=challenge, organisation=firm, author=author, state=PitchState.SUBMITTED, now=now
    )
    supplier.get("/")
    assert "Clear the right drain before the rain" in supplier.text
    assert "Closes 9am on Monday 30 November 2026" in supplier.text


def test_readers_see_the_challenges_and_where_they_stand(app, now):
    builders.a_region()
    world = an_ending(now)
    champion = browser_of(app, builders.a_person("Tomos Ellery", Role.CHAMPION))
    champion.get("/")
    assert "Nothing waits for you today" in champion.text
    assert champion.text.index("Nothing waits") < champion.text.index("Where the challenges stand")
    assert "To be decided" in champion.text
    assert world.reference in champion.text
    builders.a_challenge(state=S.DRAFT, officer=world.officer, now=now, title="A secret draft")
    observer = browser_of(app, builders.a_person("Olive Reader", Role.OBSERVER))
    observer.get("/")
    assert "A secret draft" not in observer.html


def test_an_officer_of_a_new_region_can_begin_from_the_first_page(app):
    builders.a_region()
    for role, may in ((Role.OFFICER, True), (Role.APPROVER, False)):
        browser = browser_of(app, builders.a_person(role.value, role))
        browser.get("/")
        assert "No challenges yet" in browser.text
        assert ('href="/manage/challenges/new/small"' in browser.html) is may
        assert ('href="/manage/challenges/new"' in browser.html) is may


def test_the_checklist_says_for_whom_it_waits(app):
    builders.a_region()
    db.session.get_one(RegionSettings, 1).checklist_hidden_at = None
    olly = builders.a_person("Olly Invited", Role.OFFICER, Role.ADMIN)
    db.session.get_one(Person, olly).confirmed_at = None
    db.session.commit()
    browser = browser_of(app, builders.a_person("Ada", Role.ADMIN))
    browser.get("/")
    assert "Waiting for Olly Invited, who is invited." in browser.text
    officer, approver = (browser.text.index(word) for word in ("An innovation officer", "An approver"))
    assert "Waiting" in browser.text[officer:approver].removeprefix("An innovation officer")


@pytest.mark.parametrize("who", ["lead", "everything", "supplier"])
def test_the_first_page_takes_the_same_few_statements_whatever_waits(app, now, who):
    builders.a_region()
    firm = builders.an_organisation("Gullywatch Ltd")
    person = {
        "lead": builders.a_person("Ines Marlow", Role.LEAD),
        "everything": builders.a_person("Jo Okafor", Role.OFFICER, Role.LEAD, Role.APPROVER, Role.ADMIN),
        "supplier": builders.a_person("Ansa Reed", organisation=firm, owner=True),
    }[who]
    counts = []
    for _ in range(2):
        for _ in range(2):
            world = an_ending(now, names=NAMES[:2])
            world.decide(WON, LOST)
            builders.a_pitch(
                challenge=world.challenge,
                organisation=firm,
                author=person,
                state=PitchState.ELIGIBLE,
                now=now,
            )
            builders.a_challenge(state=S.DRAFT, officer=world.officer, now=now)
            builders.a_challenge(state=S.CLOSED, officer=world.officer, now=now)
            builders.a_challenge(state=S.OPEN, officer=world.officer, now=now)
        browser = browser_of(app, person)
        browser.get("/cookies")
        with counted() as statements:
            assert browser.get("/").status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 13, (counts, statements)


@pytest.mark.parametrize(
    ("hour", "words"), [(9, "Good morning"), (12, "Good afternoon"), (19, "Good evening")]
)
def test_the_greeting_follows_the_clock_in_london(hour, words):
    assert greeting(datetime(2026, 11, 23, hour, tzinfo=UTC)) == words
