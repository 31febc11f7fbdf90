"""Pages of a pitch: what is kept, what is said, and what they ask of the database."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from pitchfest.accounts.models import Membership
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db
from pitchfest.pitches import operations, queries
from pitchfest.pitches.queries import versions
from pitchfest.pitches.rules.states import PitchRight, PitchState
from tests.pitches.cast import WORDS, actor, closing, opened, save, sending, sent, started, write
from tests.support import builders
from tests.support.statements import counted


@pytest.fixture
def draft(bare_app, cast, now):
    """A pitch that Rosa has started; its path."""
    with bare_app.app_context():
        return f"/pitches/{started(cast, now)}"


def test_a_text_over_the_limit_is_kept_and_the_page_says_by_how_much(browser, cast, draft):
    rosa = browser(cast.rosa)
    rosa.fill(f"{draft}/questions/1", answer="word " * 222)
    assert "22 words too long" in rosa.text
    assert rosa.page.title.startswith("Error: ")
    assert rosa.form()["fields"]["answer"].split() == ["word"] * 222
    rosa.get(draft)
    assert "222 of 200 words" in rosa.text
    assert "22 words too long" in rosa.text


def test_a_text_beyond_all_measure_is_shown_again_and_not_saved(browser, cast, draft):
    rosa = browser(cast.rosa)
    response = rosa.fill(f"{draft}/questions/1", answer="long " * 200_000)
    assert response.status_code == 422
    assert "too long" in rosa.text
    assert rosa.form()["fields"]["answer"].count("long") == 200_000
    rosa.get(draft)
    assert "0 of 4" in rosa.text


def test_an_error_page_gives_back_amounts_and_single_words_too(browser, cast, draft):
    rosa = browser(cast.rosa)
    rosa.get(f"{draft}/questions/4")
    filled = {"answer__label__1": "design", "answer__amount__1": "12345.67", "answer__label__2": "testing"}
    response = rosa.post(f"{draft}/questions/4", data={**rosa.form()["fields"], **filled, "csrf_token": "x"})
    assert response.status_code == 400
    back = re.findall(r"<label[^>]*>([^<]*)</label>\s*<textarea[^>]*>\s*([^<]*)</textarea>", rosa.html)
    assert back == [("Answer label", "design"), ("Answer amount", "12345.67"), ("Answer label", "testing")]


def test_save_and_continue_leads_through_the_questions_to_the_list(browser, cast, draft):
    rosa = browser(cast.rosa)
    for position, then in ((1, "/questions/2"), (2, "/questions/3"), (3, "/questions/4")):
        response = rosa.fill(f"{draft}/questions/{position}", answer="Some words.")
        assert response.request.path == f"{draft}{then}"
    response = rosa.fill(f"{draft}/questions/4", answer__label__1="All", answer__amount__1="5")
    assert response.request.path == draft
    assert "Check your answers and send" in rosa.text


def test_lines_of_a_price_grow_and_wrong_amounts_stay_as_typed(browser, cast, draft):
    rosa = browser(cast.rosa)
    page = f"{draft}/questions/4"
    filled = {f"answer__label__{n}": f"Stage {n}" for n in range(1, 5)}
    filled |= {f"answer__amount__{n}": "1000" for n in range(1, 4)} | {"answer__amount__4": "a bit"}
    response = rosa.fill(page, go="lines", **filled)
    assert response.request.path == page
    fields = rosa.form()["fields"]
    assert (fields["answer-label-4"], fields["answer-amount-4"]) == ("Stage 4", "a bit")
    assert "answer-label-8" in fields
    assert "Enter the amount of line 4 in pounds" in rosa.text
    assert "£3,000" in rosa.text


def test_two_browsers_on_one_answer_see_both_texts(bare_app, browser, cast, draft, now):
    with bare_app.app_context():
        write(
            operations.give_right,
            cast.rosa,
            reference=draft.rpartition("/")[2],
            person_id=cast.imran,
            right=PitchRight.EDIT,
            now=now,
        )
    rosa, imran, page = browser(cast.rosa), browser(cast.imran), f"{draft}/questions/1"
    rosa.get(page)
    imran.fill(page, answer="Imran was quicker.")
    rosa.send(page, answer="Rosa wrote for an hour.")
    assert "Imran Sadiq saved this answer while you were writing" in rosa.text
    assert "Imran was quicker." in rosa.text
    assert rosa.form(page)["fields"]["answer"].strip() == "Rosa wrote for an hour."
    rosa.send(page, action=page, answer="Rosa and Imran wrote this.")
    imran.get(page)
    assert imran.form()["fields"]["answer"].strip() == "Rosa and Imran wrote this."
    assert "Read or bring back" in imran.text


def test_a_double_click_saves_once_and_leads_to_the_same_page(bare_app, browser, cast, draft):
    rosa = browser(cast.rosa)
    rosa.get(f"{draft}/questions/1")
    data = {**rosa.form()["fields"], "answer": "Twice pressed."}
    ways = [rosa.post(f"{draft}/questions/1", data=data).location for _ in range(2)]
    assert ways[0] == ways[1] == f"{draft}/questions/2"
    with bare_app.app_context():
        assert len(versions.every_version(1)) == 1


def test_too_late_keeps_the_text_and_says_by_how_much(bare_app, browser, cast, draft, clock):
    rosa = browser(cast.rosa)
    with bare_app.app_context():
        clock.go_to(closing(cast) - timedelta(minutes=10))
        end = closing(cast)
    rosa = browser(cast.rosa)
    rosa.get(f"{draft}/questions/1")
    clock.go_to(end + timedelta(seconds=42))
    response = rosa.send(f"{draft}/questions/1", answer="The words of a whole night.")
    assert response.status_code == 409
    assert "The challenge closed at 9am on Monday 30 November 2026. You missed it by 42 seconds." in rosa.text
    assert "The words of a whole night." in rosa.html


def test_the_check_page_asks_for_the_declaration_and_links_what_is_missing(
    bare_app, browser, cast, draft, now
):
    rosa = browser(cast.rosa)
    rosa.get(f"{draft}/check")
    assert "Before you can send" in rosa.text
    assert f'{draft}/questions/4"' in rosa.html
    reference = draft.rpartition("/")[2]
    with bare_app.app_context():
        for position, text in {**WORDS, 4: '[{"label": "All", "pence": 100}]'}.items():
            save(reference, position, text, cast.rosa, now)
    response = rosa.fill(f"{draft}/check")
    assert response.status_code == 422
    assert "Tick the box" in rosa.text
    rosa.send(f"{draft}/check", declared="y")
    assert "Your pitch is in" in rosa.text


def test_the_record_that_is_downloaded_has_the_receipts_hash(bare_app, browser, cast, now):
    with bare_app.app_context():
        pitch = sent(cast, now)
        expected = sending(pitch, cast.rosa, now).sha256
    rosa = browser(cast.rosa)
    body = rosa.get(f"/pitches/{pitch}/receipts/1.json").data
    assert hashlib.sha256(body).hexdigest() == expected
    rosa.get(f"/pitches/{pitch}/receipts/1")
    assert expected in rosa.html.replace("<wbr>", "")


def test_change_discard_and_withdraw_by_hand(bare_app, browser, cast, now):
    with bare_app.app_context():
        pitch = sent(cast, now)
    rosa, page = browser(cast.rosa), f"/pitches/{pitch}"
    rosa.fill(page, action="/change")
    assert "You are changing a copy. What you sent at" in rosa.text
    rosa.fill(f"{page}/questions/1", answer="Different now.", go="back")
    assert "These answers differ from what you sent" in rosa.text
    rosa.fill(f"{page}/discard")
    assert "Your answers are back to what you sent" in rosa.text
    rosa.fill(f"{page}/withdraw")
    assert "Your pitch is withdrawn" in rosa.text
    rosa.get(page)
    assert "Start a new pitch for this challenge" in rosa.text


def test_after_closing_the_page_says_which_version_counts_and_what_differed(
    bare_app, browser, cast, now, clock
):
    with bare_app.app_context():
        pitch = sent(cast, now)
        save(pitch, 2, "Not sent in time.", cast.rosa, now)
        clock.go_to(closing(cast))
    rosa = browser(cast.rosa)
    rosa.get(f"/pitches/{pitch}")
    assert "What you sent at 09:00:00 on Monday 23 November 2026 counts." in rosa.text
    assert "changes that you did not send. They do not count" in rosa.text
    assert "About: Delivery" in rosa.text
    rosa.get(f"/pitches/{pitch}/questions/2")
    assert "Save and continue" not in rosa.text
    assert "Not sent in time." in rosa.text


def test_people_are_let_in_and_out_by_hand(browser, cast, draft):
    rosa = browser(cast.rosa)
    rosa.fill(f"{draft}/people", action="/people", person=str(cast.imran), right="view")
    assert "Imran Sadiq" in rosa.text
    imran = browser(cast.imran)
    assert imran.get(draft).status_code == 200
    rosa.fill(f"{draft}/people/{cast.imran}", right="edit")
    assert "Can write in it" in rosa.text
    rosa.get(f"{draft}/people/{cast.imran}/take")
    assert imran.get(draft).status_code == 200, "the page only asks"
    rosa.send(f"{draft}/people/{cast.imran}/take")
    assert "Imran Sadiq can no longer see this pitch" in rosa.text
    assert imran.get(draft).status_code == 404
    assert rosa.get(f"{draft}/people/{cast.imran}/take").status_code == 404
    rosa.get(f"{draft}/people/{cast.rosa}/take")
    assert rosa.send(f"{draft}/people/{cast.rosa}/take").status_code == 422
    assert "must be able to send this pitch" in rosa.text


def test_the_start_page_fits_who_reads_it(bare_app, browser, client, cast, clock):
    page = f"/challenges/{cast.reference}/start"
    client.get(page)
    assert "Sign in first" in client.text
    assert "Set-Cookie" not in client.get(page).headers
    assert "3 written answers, 600 words at most in all" in client.text
    officer = browser(cast.officer)
    officer.get(page)
    assert "You do not belong to an organisation that takes part as a supplier" in officer.text
    with bare_app.app_context():
        second = builders.an_organisation("Kestrel Research")
        db.session.add(Membership(organisation_id=second, person_id=cast.rosa, from_at=clock.now()))
        db.session.commit()
    rosa = browser(cast.rosa)
    rosa.fill(page, organisation=str(second))
    assert "Kestrel Research" in rosa.text
    imran = browser(cast.imran)
    imran.fill(page)
    imran.get("/pitches")
    assert "Kestrel Rounds" in imran.text
    with bare_app.app_context():
        clock.go_to(closing(cast))
    client.get(page)
    assert "takes no more pitches" in client.text


def test_a_colleague_without_a_right_is_told_whom_to_ask(bare_app, browser, cast, now):
    page = f"/challenges/{cast.reference}/start"
    imran = browser(cast.imran)
    imran.get(page)
    form = imran.form("/start")
    with bare_app.app_context():
        draft = started(cast, now)
    response = imran.post(page, data=form["fields"])
    assert response.status_code == 422
    assert "Someone in your organisation has already started a pitch" in imran.text
    imran.get(page)
    assert "Someone at Kestrel Rounds has already started a pitch" in imran.text
    assert "Ask your colleagues who writes it" in imran.text
    assert f'action="{page}"' not in imran.html
    assert draft not in imran.html


def test_whoever_writes_a_pitch_goes_on_with_it(browser, cast, draft):
    rosa = browser(cast.rosa)
    rosa.get(f"/challenges/{cast.reference}/start")
    assert "Go on with your pitch" in rosa.text
    assert draft in rosa.html
    assert f'action="/challenges/{cast.reference}/start"' not in rosa.html


def test_a_finding_without_a_reason_is_shown_again_as_typed(bare_app, browser, cast, now, clock):
    with bare_app.app_context():
        pitch = sent(cast, now)
        clock.go_to(opened(cast))
    officer = browser(cast.officer)
    response = officer.fill(f"/manage/pitches/{pitch}", eligible="no", reason="Too short")
    assert response.status_code == 422
    assert "Give the reason in at least 5 words" in officer.text
    assert officer.form()["fields"]["reason"].strip() == "Too short"
    officer.send(f"/manage/pitches/{pitch}", reason="It is not a legal entity.")
    assert "It is not a legal entity." in officer.text
    assert "Not eligible" in officer.text


def asked_by(bare_app, client, page):
    """How many statements a page sends, without the region's settings, which are kept for a while."""
    with bare_app.app_context(), counted() as seen:
        assert client.get(page).status_code == 200
    return sum("region_settings" not in statement for statement in seen)


def suppliers(number):
    """So many more suppliers, each with one person: (organisation, person)."""
    firms = [builders.an_organisation(f"Firm {n}") for n in range(number)]
    return [(firm, builders.a_person(f"Person of {firm}", organisation=firm)) for firm in firms]


def drafts(cast, person, organisation, now, number):
    """So many drafts of a person, each for a challenge of its own; the first one's reference."""
    for n in range(number):
        challenge = builders.a_challenge(
            state=ChallengeState.OPEN, officer=cast.officer, now=now, title=f"Challenge {n}"
        )
        builders.a_pitch(
            challenge=challenge, organisation=organisation, author=person, state=PitchState.DRAFT, now=now
        )
    return queries.mine(actor(person), now)[0].reference


def test_staff_pages_ask_the_same_of_the_database_for_one_pitch_and_for_three(
    bare_app, browser, cast, now, clock
):
    with bare_app.app_context():
        again = builders.a_challenge(state=ChallengeState.OPEN, officer=cast.officer, now=now)
        reference = db.session.get_one(Challenge, again).reference
        busy = replace(cast, challenge=again, reference=reference)
        sent(cast, now)
        for organisation, person in suppliers(3):
            sent(busy, now, person=person, organisation=organisation)
        opened(cast)
        clock.go_to(opened(busy))
        one, three = (queries.opened(each.challenge) for each in (cast, busy))
        assert (len(one), len(three)) == (1, 3)
    officer = browser(cast.officer)
    asked = []
    for each, pitches in ((cast, one), (busy, three)):
        home = f"/manage/challenges/{each.reference}"
        pages = (f"{home}/eligibility", f"{home}/eligibility.csv", f"{home}/opening")
        asked.append(
            [asked_by(bare_app, officer, p) for p in (*pages, f"/manage/pitches/{pitches[0].reference}")]
        )
    assert asked[0] == asked[1]
    assert max(asked[0]) <= 13  # how the pitch came is one of them


def test_a_suppliers_pages_ask_the_same_of_the_database_for_one_pitch_and_for_three(
    bare_app, browser, cast, now
):
    asked = []
    for person, organisation, number in ((cast.rosa, cast.kestrel, 1), (cast.gwen, cast.gannet, 3)):
        with bare_app.app_context():
            reference = drafts(cast, person, organisation, now, number)
            for n in range(number):
                save(reference, 1, f"Version {n}.", person, now)
        client = browser(person)
        pages = ("/pitches", f"/pitches/{reference}", f"/pitches/{reference}/questions/1")
        asked.append([asked_by(bare_app, client, p) for p in (*pages, f"/pitches/{reference}/check")])
        client.get(f"/pitches/{reference}/questions/1")
        with bare_app.app_context(), counted() as seen:
            client.send(f"/pitches/{reference}/questions/1", follow=False, answer="Saved by hand.")
        asked[-1].append(sum("region_settings" not in statement for statement in seen))
    assert asked[0] == asked[1]
    assert max(asked[0][:-1]) <= 12
    assert asked[0][-1] <= 15


def test_what_waits_is_found_in_the_same_number_of_statements_for_one_and_for_three(bare_app, cast, now):
    with bare_app.app_context():
        drafts(cast, cast.rosa, cast.kestrel, now, 1)
        drafts(cast, cast.gwen, cast.gannet, now, 3)
        for person, number in ((cast.rosa, 1), (cast.gwen, 3)):
            who = actor(person)
            with counted() as seen:
                assert len(queries.waiting(who, now)) == number
            assert len(seen) == 1
        lead, later = actor(cast.lead), closing(cast) + timedelta(minutes=3)
        with counted() as seen:
            assert len(queries.waiting(lead, later)) == 5
        assert len(seen) == 4  # own, to open, to check, few pitches before closing


def test_what_waits_names_the_next_thing_for_each(bare_app, cast, now):
    with bare_app.app_context():
        pitch = started(cast, now)
        (task,) = queries.waiting(actor(cast.rosa), now)
        assert (task.endpoint, task.values, task.due) == (
            "pitches.tasks",
            {"reference": pitch},
            closing(cast),
        )
        assert queries.waiting(actor(cast.imran), now) == queries.waiting(actor(cast.gwen), now) == []
        at = closing(cast) + timedelta(minutes=3)
        assert queries.waiting(actor(cast.rosa), at) == []
        assert queries.waiting(actor(cast.admin), at) == []
        write(operations.propose_opening, cast.lead, reference=cast.reference, now=at)
        assert queries.waiting(actor(cast.lead), at) == []
        (task,) = queries.waiting(actor(cast.officer), at)
        assert task.text.startswith("Be the second person")


def test_whoever_has_pitched_is_led_to_their_pitch(browser, cast, draft):
    rosa, gwen = browser(cast.rosa), browser(cast.gwen)
    page = f"/challenges/{cast.reference}"
    rosa.get(page)
    assert "Go to your pitch" in rosa.text
    assert "Start your pitch" not in rosa.text
    gwen.get(page)
    assert "Start your pitch" in gwen.text
