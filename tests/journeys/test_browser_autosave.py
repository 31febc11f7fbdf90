"""Writing an answer in a real browser: it saves by itself, and whatever happens, no word is lost."""

from __future__ import annotations

import re

from playwright.sync_api import BrowserContext, Page, expect

from pitchfest.kernel.text import count_words
from tests.journeys import pages as at
from tests.support.chromium import PageMaker
from tests.support.serving import Site

CHALLENGE = "/challenges/CH-2026-006"
SAVED = re.compile(r"Saved at \d")


def begin(page: Page, email: str) -> str:
    """Start a pitch and open its first question; the question's address."""
    at.sign_in(page, email)
    page.goto(f"{CHALLENGE}/start")
    at.press(page, "Start your pitch")
    at.follow(page, "Tell us your idea")
    return page.url


def type_on(page: Page, words: str) -> None:
    page.get_by_label("Tell us your idea").press_sequentially(words)


def told(page: Page, what: str | re.Pattern[str]) -> None:
    expect(page.locator("#autosave")).to_contain_text(what, timeout=15_000)


def new_page(context: BrowserContext, url: str) -> Page:
    page = context.new_page()
    page.goto(url)
    return page


def test_what_is_typed_is_saved_without_a_button(region: Site, desktop_page: PageMaker) -> None:
    page = desktop_page(base_url=region.url)
    question = begin(page, "nia@gullywatch.example")
    type_on(page, "We ride along with the crews.")
    told(page, SAVED)
    page.close(run_before_unload=False)
    again = new_page(page.context, question)
    expect(again.get_by_label("Tell us your idea")).to_have_value("We ride along with the crews.")
    field = again.get_by_label("Tell us your idea")
    for text in ("one \u200f\u200b two", "נבדוק 250 קולטנים.\u200f", "a\ufeffb Chu\u0301ng", "\u2060\u2800"):
        field.fill(text)
        field.dispatch_event("keyup")
        most = int(again.locator("[data-maxwords]").get_attribute("data-maxwords") or 0)
        left = f"You have {most - count_words(text)} words remaining"
        expect(again.locator(".govuk-character-count__status")).to_have_text(left)
    field.fill("We ride along with the crews.")
    type_on(again, " And we count.")
    at.press(again, "Save and go back")  # at once, perhaps while a save is on its way
    again.goto(question)
    value = again.get_by_label("Tell us your idea").input_value()
    assert "And we count." in value
    expect(again.get_by_text("Two texts were written")).to_have_count(0)


def test_two_windows_are_both_kept_and_one_text_is_chosen(region: Site, phone_page: PageMaker) -> None:
    one = phone_page(base_url=region.url)
    question = begin(one, "orla@tidewater.example")
    two = new_page(one.context, question)
    type_on(one, "From window one.")
    told(one, SAVED)
    type_on(two, "From window two.")
    told(two, "Yours is kept beside it")
    at.follow(two, "See both texts")
    at.expect_text(two, "From window one.")
    expect(two.get_by_label("Tell us your idea")).to_have_value("From window two.")
    at.press(two, "Keep the answer that counts now")
    at.expect_text(two, "That answer stays.")
    expect(two.get_by_label("Tell us your idea")).to_have_value("From window one.")


def test_offline_the_browser_keeps_the_words(region: Site, phone_page: PageMaker) -> None:
    page = phone_page(base_url=region.url)
    question = begin(page, "joel@lanternworks.example")
    page.context.set_offline(True)
    type_on(page, "On the train.")
    told(page, "Offline.")
    page.close(run_before_unload=False)
    page.context.set_offline(False)
    again = new_page(page.context, question)
    at.press(again, "Put them back")
    expect(again.get_by_label("Tell us your idea")).to_have_value("On the train.")
    told(again, SAVED)


def test_a_button_pressed_offline_leaves_the_page_and_the_words_where_they_are(
    region: Site, phone_page: PageMaker
) -> None:
    page = phone_page(base_url=region.url)
    question = begin(page, "rosa@kestrelrounds.example")
    page.context.set_offline(True)
    type_on(page, "Pressed in the tunnel.")
    page.get_by_role("button", name="Save and continue").click()
    told(page, "Offline.")
    expect(page.get_by_label("Tell us your idea")).to_have_value("Pressed in the tunnel.")
    page.context.set_offline(False)
    told(page, SAVED)
    page.wait_for_timeout(1_000)  # a second press within a second counts as a double click
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_url(lambda address: address != question)
    page.goto(question)
    expect(page.get_by_label("Tell us your idea")).to_have_value("Pressed in the tunnel.")


def test_back_online_it_saves_what_waited(region: Site, desktop_page: PageMaker) -> None:
    page = desktop_page(base_url=region.url)
    question = begin(page, "meera@hillfoot.example")
    page.context.set_offline(True)
    type_on(page, "On the train.")
    told(page, "Offline.")
    page.context.set_offline(False)
    told(page, SAVED)
    page.goto(question)
    expect(page.get_by_label("Tell us your idea")).to_have_value("On the train.")
    expect(page.get_by_role("region", name="Words kept in this browser")).to_be_hidden()


def test_words_of_an_ended_session_are_there_after_signing_in(region: Site, desktop_page: PageMaker) -> None:
    page = desktop_page(base_url=region.url)
    question = begin(page, "anika@rao.example")
    other = desktop_page(base_url=region.url)
    at.sign_in(other, "anika@rao.example")
    other.goto("/account")
    at.press(other, "Sign out everywhere else")
    type_on(page, "I was signed out meanwhile.")
    told(page, "You were signed out")
    at.sign_in(page, "anika@rao.example")
    page.goto("/account/kept")
    at.expect_text(page, "I was signed out meanwhile.")
    page.goto(question)
    at.press(page, "Put them back")
    told(page, SAVED)
