"""The frame of every page, the pages every site must have, and the page that says what went wrong."""

from __future__ import annotations

import re
from itertools import pairwise
from types import SimpleNamespace
from typing import Any
from xml.etree.ElementTree import Element

import pytest

from tests.look.rendering import document, govuk, ours, tree

PAGES = ("accessibility", "contact", "cookies", "help")
ERROR = {
    "title": "You missed the closing time by 42 seconds",
    "what_happened": "It closed at 11am.",
    "what_next": "Call us.",
}
ROSA = SimpleNamespace(name="Rosa <Whitfield>")


def page(name: str, **values: Any) -> str:
    return ours.get_template(name).render(**values)


def words(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


def test_each_file_compiles() -> None:
    for name in ours.list_templates(extensions=["html"]):
        if name.startswith(("components/", "pages/", "errors/", "base")):
            ours.get_template(name)


@pytest.mark.parametrize("name", [*(f"pages/{name}.html" for name in PAGES), "errors/error.html"])
def test_each_page_is_whole_and_needs_no_inline_style_or_script(name: str) -> None:
    html = page(name, **ERROR)
    found = document(html)
    assert len(list(found.iter("h1"))) == 1
    assert len(list(found.iter("main"))) == 1
    title = next(found.iter("title")).text or ""
    assert title.endswith(" - Pitchfest")
    assert words(next(found.iter("h1"))) in title
    assert all(script.get("src") and not words(script) for script in found.iter("script"))
    assert not list(found.iter("style"))
    for element in found.iter():
        assert not [a for a in element.attrib if a == "style" or a.startswith("on")]
    ids = [element.get("id") for element in found.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    levels = [int(e.tag[1]) for e in found.iter() if re.fullmatch(r"h[1-6]", str(e.tag))]
    assert all(later - earlier <= 1 for earlier, later in pairwise(levels))


@pytest.mark.parametrize("name", PAGES)
def test_help_stands_in_the_same_place_on_every_page(name: str) -> None:
    footer = next(document(page(f"pages/{name}.html")).iter("footer"))
    assert [(words(a), a.get("href")) for a in footer.iter("a")][1:] == [
        ("Get help", "/help"),
        ("Contact", "/contact"),
        ("Accessibility statement", "/accessibility-statement"),
        ("Privacy", "/privacy"),
        ("Cookies", "/cookies"),
    ]
    assert "01632 960100" in words(footer)


def test_navigation_equals_the_reference() -> None:
    expected = govuk(
        "service-navigation",
        navigationLabel="Main",
        navigation=[
            {"text": "Challenges", "href": "/challenges", "active": True},
            {"text": "Sign in", "href": "/sign-in"},
        ],
    )
    nodes = [
        n
        for n in _walk(tree(page("pages/help.html")))
        if n[1].get("data-module") == "govuk-service-navigation"
    ]
    assert nodes == tree(expected)


def _walk(nodes: list[Any]) -> list[Any]:
    found = [n for n in nodes if isinstance(n, tuple)]
    return found + [inner for n in found for inner in _walk(n[2])]


def test_a_person_finds_their_account_and_the_way_out() -> None:
    found = document(page("pages/help.html", actor=ROSA))
    [form] = found.iter("form")
    assert (form.get("action"), form.get("method")) == ("/sign-out", "post")
    sent = {i.get("name"): i.get("value") for i in form.iter("input")}
    assert sent == {"csrf_token": "csrf-1", "form_token": "form-1"}
    assert [a.get("href") for a in found.iter("a") if "Rosa <Whitfield>" in words(a)] == ["/account"]


def test_a_visitor_gets_no_form_on_a_public_page() -> None:
    assert not list(document(page("pages/help.html")).iter("form"))


def test_the_title_says_when_a_form_needs_fixing() -> None:
    assert "<title>Error: Get help - Pitchfest</title>" in page("pages/help.html", page_errors=True)


def test_messages_of_the_last_act_are_shown_once_each_and_escaped() -> None:
    html = page("pages/help.html", flashes=lambda: [("success", "Saved <b>"), ("message", "Closes soon")])
    banners = [e for e in document(html).iter("div") if e.get("data-module") == "govuk-notification-banner"]
    assert [words(b) for b in banners] == ["Success Saved <b>", "Important Closes soon"]
    assert [b.get("role") for b in banners] == ["alert", "region"]


def test_an_error_page_gives_every_word_back() -> None:
    written = "\nFirst line\n\n</textarea><script>alert(1)</script>"
    found = document(page("errors/error.html", **ERROR, kept=[("why", written), ("idea", "short")]))
    assert [box.text for box in found.iter("textarea")] == [written, "short"]
    assert {label.get("for") for label in found.iter("label")} == {
        box.get("id") for box in found.iter("textarea")
    }
    assert "REQ-1" in words(next(found.iter("main")))


def test_an_error_page_without_text_promises_none() -> None:
    html = page("errors/error.html", **ERROR)
    assert "What we kept" not in html
    assert "What we kept" in page("errors/error.html", **ERROR, what_was_kept="All nine parts are kept.")


LAW = "the Public Sector Bodies (Websites and Mobile Applications) (No. 2) Accessibility Regulations 2018"


@pytest.mark.parametrize(
    "sentence",
    [
        "is partially compliant with the Web Content Accessibility Guidelines version 2.2 AA standard,",
        f"is committed to making its website accessible, in accordance with {LAW}.",
        f"The Equality and Human Rights Commission (EHRC) is responsible for enforcing {LAW}",
        "This statement was prepared on 1 March 2027. It was last reviewed on 2 April 2027.",
        "This website was last tested on 1 March 2027 against the WCAG 2.2 AA standard.",
    ],
)
def test_the_accessibility_statement_says_what_the_law_asks(sentence: str) -> None:
    dates = {"accessibility_prepared": "1 March 2027", "accessibility_reviewed": "2 April 2027"}
    assert sentence in words(next(document(page("pages/accessibility.html", **dates)).iter("main")))


def test_the_cookies_page_names_our_one_cookie_and_why_there_is_no_banner() -> None:
    main = next(document(page("pages/cookies.html")).iter("main"))
    assert [words(th) for th in main.iter("th") if th.get("scope") == "row"] == ["session"]
    assert "no cookie banner" in words(main)
    assert "your browser also keeps a copy of what you write" in words(main)
