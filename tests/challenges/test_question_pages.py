"""The pages of questions and answers: what each person reads there, and that nobody reads who asked."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from pitchfest.accounts.models import Person
from pitchfest.challenges import operations, queries
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db
from pitchfest.mail import queries as mail
from pitchfest.mail.rendering import render
from tests.challenges.asking import ADDRESS, ANSWER, FIRM, NAME, QUESTION, a_world, closing, newest, state_of
from tests.support.addresses import addresses, of_messages
from tests.support.statements import counted

WISH = "It names our new sensor."


@pytest.fixture
def world(app, now):
    return a_world(now)


def at(world, rest=""):
    return f"/challenges/{world.reference}/questions{rest}"


def manage(world, rest=""):
    return f"/manage/challenges/{world.reference}/questions{rest}"


def test_who_gives_themselves_away_is_told_before_anybody_reads_it(app, world):
    asker, officer = world.browser(app, "asker"), world.browser(app, "officer")
    words = f"We at Xanthoria Lichens have 3 drones. Ring us on 01632 960 001, or write to {ADDRESS}?"
    asker.fill(at(world, "/ask"), question=words)
    assert (
        "“Xanthoria Lichens Ltd”, “zq@xanthoria.example” and “01632 960 001” would say who asks" in asker.text
    )
    assert "3 drones" in asker.html, "nothing typed is lost"
    assert "Leave them out" in asker.text
    officer.get(manage(world))
    assert "3 drones" not in officer.text
    asker.send(at(world, "/ask"), question="May we ring you on 01632 960 001?")
    assert "“01632 960 001” would say who asks. Leave it out" in asker.text
    asker.send(at(world, "/ask"), question="Are 3 drones enough?")
    assert "Your question is in" in asker.text
    asker.fill(at(world, "/ask"), question=words)
    asker.send(at(world, "/ask"), question=words, as_it_is="y")
    assert "Your question is in" in asker.text, "some cannot ask without saying it"


def test_a_question_goes_the_whole_way_by_its_pages(app, world, client):
    asker, officer, lead = (world.browser(app, who) for who in ("asker", "officer", "lead"))
    asker.fill(at(world, "/ask"), question="  Can a consortium apply, like ours of 3?  ")
    assert "Your question is in" in asker.text
    assert "Received" in asker.text
    one = newest()
    officer.get("/")
    assert "Answer 1 question about “Clear the right drain before the rain”" in officer.text
    officer.get(manage(world))
    assert "Can a consortium apply, like ours of 3?" in officer.text
    page = manage(world, f"/{one}")
    officer.fill(page, action=page, question=QUESTION, answer=ANSWER)
    assert "The answer is saved" in officer.text
    assert "Sign and publish" not in officer.text
    client.get(at(world))
    assert "No answers yet" in client.text
    lead.get("/")
    assert "Sign 1 answer" in lead.text
    lead.fill(page, action="/sign")
    assert "Published as number 1" in lead.text
    client.get(at(world))
    assert QUESTION in client.text
    assert ANSWER in client.text
    assert "like ours of 3" not in client.text
    asker.get(at(world, "/mine"))
    assert "Answered as number 1" in asker.text
    client.get(f"/challenges/{world.reference}")
    assert "Questions and answers (1)" in client.text


def test_the_public_page_and_its_table_need_no_account_and_set_no_cookie(app, world, client, now):
    world.published(now)
    for page in (at(world), at(world, ".csv")):
        answer = client.get(page)
        assert answer.status_code == 200
        assert "Set-Cookie" not in answer.headers
    rows = list(
        csv.DictReader(io.StringIO(client.get(at(world, ".csv")).get_data(as_text=True).lstrip("\ufeff")))
    )
    assert [(r["Number"], r["Question"], r["Answer"], r["Replaced by"]) for r in rows] == [
        ("1", QUESTION, ANSWER, "")
    ]


def test_a_formula_in_an_answer_does_nothing_in_a_spreadsheet(app, world, client, now):
    one = world.ask(now)
    world.draft(now, one, answer="=1+1 is what we pay.")
    world.sign(now, one)
    assert ",'=1+1" in client.get(at(world, ".csv")).get_data(as_text=True)


def test_before_publishing_there_is_no_page(app, world, client):
    db.session.get_one(Challenge, world.challenge).state = ChallengeState.DRAFT
    db.session.commit()
    for page in (at(world), at(world, ".csv")):
        assert client.get(page).status_code == 404
    assert world.browser(app, "asker").get(at(world, "/ask")).status_code == 404


def test_what_is_missing_is_said_and_every_word_stays(app, world):
    asker = world.browser(app, "asker")
    answer = asker.fill(at(world, "/ask"), question="Why?", confidential="y", wish="")
    assert answer.status_code == 422
    assert "There are 2 things to fix" in asker.text
    assert "Why?" in asker.html
    long = "x" * 2001
    assert asker.fill(at(world, "/ask"), question=long).status_code == 422
    assert long in asker.html
    assert queries.clarifications(world.challenge) == []


def test_a_late_question_says_by_how_much_and_shows_the_words_to_copy(app, world, clock):
    clock.go_to(world.until - timedelta(minutes=5))
    asker = world.browser(app, "asker")
    asker.get(at(world, "/ask"))
    clock.go_to(world.until + timedelta(seconds=42))
    answer = asker.send(at(world, "/ask"), question="Is it 11am & not noon? <b>")
    assert answer.status_code == 409
    assert "You missed the end of questions by 42 seconds" in asker.text
    assert "Is it 11am &amp; not noon? &lt;b&gt;" in asker.html
    asker.get(at(world, "/mine"))
    assert "Came too late" in asker.text
    assert "Is it 11am & not noon?" in asker.text
    officer = world.browser(app, "officer")
    officer.get(manage(world))
    assert "not noon" not in officer.text
    asker.get(at(world, "/ask"))
    assert "nothing more can be asked" in asker.text


def test_the_same_form_sent_twice_asks_once(app, world):
    asker = world.browser(app, "asker")
    asker.get(at(world, "/ask"))
    data = {**asker.form()["fields"], "question": QUESTION}
    for _ in range(2):
        assert asker.post(at(world, "/ask"), data=data).status_code == 302
    assert len(queries.clarifications(world.challenge)) == 1


def test_a_session_that_ended_keeps_the_question(app, world, clock):
    asker = world.browser(app, "asker")
    asker.get(at(world, "/ask"))
    clock.move(hours=2)
    answer = asker.send(at(world, "/ask"), question=QUESTION, follow=False)
    assert answer.status_code == 302
    assert "/sign-in" in answer.location
    assert "kept" in answer.location


def test_an_officer_who_was_too_slow_keeps_the_words(app, world, now):
    one = world.ask(now)
    officer = world.browser(app, "officer")
    page = manage(world, f"/{one}")
    officer.get(page)
    world.do(operations.withdraw_question, world.asker, clarification_id=one, expected_version=1, now=now)
    answer = officer.send(page, action=page, question=QUESTION, answer=ANSWER)
    assert answer.status_code == 409
    assert "withdrawn" in officer.text
    assert ANSWER in officer.html
    officer.get(page)
    assert "Whoever asked this withdrew it" in officer.text
    assert QUESTION not in officer.text


def test_confidential_by_its_pages(app, world, now):
    asker, lead, officer = (world.browser(app, who) for who in ("asker", "lead", "officer"))
    asker.fill(at(world, "/ask"), question=QUESTION, confidential="y", wish=WISH)
    one = newest()
    page = manage(world, f"/{one}")
    officer.get(page)
    assert WISH in officer.text
    assert "The procurement lead decides on that first" in officer.text
    assert lead.fill(page, action="/secrecy", agree="no", reason="").status_code == 422
    lead.send(page, action="/secrecy", agree="no", reason="The answer helps everyone.")
    assert "The asker chooses" in lead.text
    asker.get(at(world, "/mine"))
    assert "The answer helps everyone." in asker.text
    asker.send(at(world, "/mine"), action="/publish")
    assert state_of(one) == "received"
    asker.send(at(world, "/mine"), action="/withdraw")
    assert state_of(one) == "withdrawn"


def test_a_private_answer_by_its_pages(app, world, client, now):
    one = world.ask(now, wish=WISH)
    page, lead, asker = manage(world, f"/{one}"), world.browser(app, "lead"), world.browser(app, "asker")
    lead.fill(page, action="/secrecy", agree="yes", reason="Only your sensor is touched.")
    world.draft(now, one)
    lead.fill(page, action="/sign")
    assert "The asker alone is being told" in lead.text
    asker.get(at(world, "/mine"))
    assert ANSWER in asker.text
    for browser in (client, world.browser(app, "rival")):
        browser.get(at(world))
        assert ANSWER not in browser.text


def test_a_duplicate_and_a_correction_by_their_pages(app, world, client, now):
    world.published(now)
    one = world.ask(now, who=world.rival)
    officer, lead = world.browser(app, "officer"), world.browser(app, "lead")
    page = manage(world, f"/{one}")
    assert officer.fill(page, action="/link", number="").status_code == 422
    officer.send(page, action="/link", number="1")
    assert "Linked to answer 1" in officer.text
    rival = world.browser(app, "rival")
    rival.get(at(world, "/mine"))
    assert "This was answered already: read answer 1" in rival.text
    officer.fill(manage(world, f"/{one - 1}"), action="/correct")
    assert "Correction of answer 1" in officer.text
    new = newest()
    officer.fill(manage(world, f"/{new}"), action=f"/{new}", answer="No, one organisation only.")
    lead.fill(manage(world, f"/{new}"), action="/sign")
    client.get(at(world))
    assert "Replaced Read answer 2 instead." in client.text
    assert "in place of answer 1" in client.text


def test_whoever_wrote_in_it_finds_no_button_to_sign(app, world, now):
    one = world.ask(now)
    world.draft(now, one, who=world.other_lead)
    author = world.browser(app, "other_lead")
    author.get(manage(world, f"/{one}"))
    assert "Another procurement lead must sign it" in author.text
    assert "/sign" not in author.html.replace("/sign-out", "")


def test_days_late_are_said(app, world, now, clock):
    world.ask(now)
    officer = world.browser(app, "officer")
    officer.get(manage(world))
    assert "late" not in officer.text.lower().split("to do")[0]
    clock.go_to(closing(world) - timedelta(days=3))
    officer = world.browser(app, "officer")
    officer.get(manage(world))
    assert "3 days late" in officer.text
    officer.get("/")
    assert "Was due at" in officer.text


def test_what_was_left_unanswered_at_closing_waits_for_nobody(app, world, now, clock):
    world.ask(now)
    drafted = world.ask(now, text="Are three drones enough for this?")
    world.draft(now, drafted)
    offered = world.ask(now, wish=WISH)
    world.do(
        operations.decide_secrecy,
        world.lead,
        clarification_id=offered,
        agree=False,
        reason="Everyone asks this.",
        now=now,
    )
    clock.go_to(closing(world) + timedelta(days=2))
    officer, asker = world.browser(app, "officer"), world.browser(app, "asker")
    officer.get(manage(world))
    assert "Left unanswered" in officer.text
    assert officer.text.count("Not answered") == 3
    for words in ("To do", "To sign", "To answer", "Waiting", "Waits"):
        assert words not in officer.text
    for one in (drafted, offered):
        officer.get(manage(world, f"/{one}"))
        assert "Not answered" in officer.text
        assert "chooses now" not in officer.text
    asker.get(at(world, "/mine"))
    assert asker.text.count("Not answered") == 3
    assert asker.text.count("The challenge closed before it was answered") == 3
    for words in ("Received", "Waits for you", "Withdraw", "You may publish it"):
        assert words not in asker.text


def test_a_list_asks_for_everything_at_once(app, world, now, client):
    world.published(now)
    officer = world.browser(app, "officer")
    pages = ((client, at(world)), (officer, manage(world)), (officer, "/"))
    for browser, page in pages:
        browser.get(page)
    one = [_statements(browser, page) for browser, page in pages]
    for _ in range(2):
        world.published(now)
        world.ask(now, who=world.rival)
    assert [_statements(browser, page) for browser, page in pages] == one


def _statements(browser, page):
    with counted() as seen:
        browser.get(page)
    return len(seen)


# Nobody reads who asked


def everything(app, world, now):
    """A question in every state, all by the one asker; the ids."""
    ids = {"published": world.published(now)}
    ids["withdrawn"] = world.ask(now)
    world.do(
        operations.withdraw_question,
        world.asker,
        clarification_id=ids["withdrawn"],
        expected_version=1,
        now=now,
    )
    ids["duplicate"] = world.ask(now)
    world.do(operations.link_duplicate, world.officer, clarification_id=ids["duplicate"], number=1, now=now)
    for agree, name in ((True, "private"), (False, "offered")):
        ids[name] = world.ask(now, wish=WISH)
        world.do(
            operations.decide_secrecy,
            world.lead,
            clarification_id=ids[name],
            agree=agree,
            reason="For this good reason.",
            now=now,
        )
    world.draft(now, ids["private"])
    world.sign(now, ids["private"])
    ids["drafted"] = world.ask(now)
    world.draft(now, ids["drafted"])
    ids["received"] = world.ask(now)
    ids["asked"] = world.ask(now, wish=WISH)
    world.do(operations.ask, world.asker, text=QUESTION, now=world.until)
    ids["late"] = newest()
    return ids


MARKS = (NAME, NAME.split()[1], FIRM, FIRM.split()[0], ADDRESS, ADDRESS.split("@")[1])
#: Pages of people and organisations as such, which list everyone, and a demo's list of whom to sign in as;
#: and the list of every supplier of the region, one of which is given longer.
ABOUT_PEOPLE = (
    "accounts.sign_in",
    "accounts.demo_mail",
    "admin.people",
    "admin.people_file",
    "admin.person",
    "accounts.organisation",
    "privacy.erase_other",
    "pitch_desk.lengthen",
)


NUMBERS = (
    *("card_id", "criterion_id", "declaration_id", "invitation_id", "kept_id", "look_id", "member_id"),
    *("number", "organisation_id", "person_id", "position", "question_id", "session_id"),
    *("template_id", "need_id", "sentence_id", "extension_id", "item_id", "interest_id"),
)
#: What else stands in addresses: of things that are there (the officer is person 1), or that nobody finds.
VALUES: dict[str, list[object]] = {
    **{name: [1] for name in NUMBERS},
    "act": ["end"],
    "category": ["sent_mail"],
    "form": ["csv"],
    "key": ["conflicts"],
    "kind": ["csv"],
    "mark": ["0" * 16],
    "pitch": ["PF-NONE"],
    "role": ["observer"],
    "section": ["region"],
    "token": ["nonsense"],
    "what": ["link"],
}


@pytest.mark.parametrize("who", ["officer", "lead", "admin", "rival", "judge", None])
def test_no_page_of_anyone_else_says_who_asked(app, world, now, client, who):
    """Every address there is, for everyone: no name, organisation, address or number of the asker."""
    ids = everything(app, world, now)
    browser = world.browser(app, who) if who else client
    person = db.session.get_one(Person, world.asker).id
    values = {**VALUES, "reference": [world.reference], "clarification_id": list(ids.values())}
    values["public_id"] = of_messages(app, most=9)
    seen = 0
    for endpoint, path in addresses(app, values):
        if endpoint in ABOUT_PEOPLE:
            continue
        answer = FlaskClient.open(browser, path)
        body = answer.get_data().decode("utf-8", "replace") + str(answer.headers)
        seen += answer.status_code == 200
        assert not [mark for mark in MARKS if mark in body], path
        assert f"person:{person}" not in body, path
    assert seen > 10


def test_no_mail_names_the_asker_and_none_but_their_own_says_that_they_asked(app, world, now):
    everything(app, world, now)
    for person in (world.rival, world.officer, world.lead, world.judge, world.admin):
        assert [m for m in mail.to_person(person) if m.kind.startswith(("question", "challenge_ans"))] == []
    own = [m for m in mail.to_person(world.asker) if m.kind == "question_moved"]
    assert len(own) == 4
    with app.test_request_context("/"):
        for message in own:
            words = render(message, now=now)
            assert words is not None
            assert QUESTION not in words.body
            assert NAME not in words.body


def test_the_outbox_counts_and_does_not_name(app, world, now):
    everything(app, world, now)
    admin = world.browser(app, "admin")
    admin.get("/admin/outbox")
    assert "question_moved" not in admin.html
    assert NAME not in admin.text


def test_only_what_is_for_the_asker_reads_who_asked():
    """The table of askers is named where a person reads or makes their own, and nowhere else."""
    package = Path(operations.__file__).resolve().parents[2]
    naming = {
        str(p.relative_to(package)) for p in package.rglob("*.py") if "ClarificationAsker" in p.read_text()
    }
    assert naming == {
        "challenges/models/__init__.py",
        "challenges/models/clarifications.py",
        "challenges/queries/askers.py",
        "challenges/operations/asking.py",
        "challenges/operations/privacy.py",
        "challenges/operations/practising.py",
    }
