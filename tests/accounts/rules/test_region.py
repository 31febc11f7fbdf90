"""A region's colour, logo and placeholders."""

import dataclasses

import pytest

from pitchfest.accounts.rules.colour import (
    DEFAULT_BRAND,
    GORSE,
    READABLE,
    STONE,
    WHITE,
    colour_problem,
    contrast,
    deepened,
    floored,
    mixed,
    readability,
    style_sheet,
    tidy_colour,
)
from pitchfest.accounts.rules.region import (
    STARTING_TEXTS,
    TEXT_NAMES,
    UNNAMED,
    Region,
    Section,
    filled,
    gaps,
    leads_nowhere,
    placeholders,
    starting_texts,
)

READY = Region(
    name="Northmoor",
    authority="Northmoor Combined Authority",
    unit="Innovation Unit",
    email="innovation@northmoor.gov.uk",
    phone="01632 960200",
    texts=dict.fromkeys(TEXT_NAMES, "Write to Colm Brannigan."),
    sender_address="no-reply@northmoor.gov.uk",
)


# Colour


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#ffffff", 1.0),
        ("#777777", "#ffffff", 4.48),  # the well-known grey that just fails
        ("#767676", "#ffffff", 4.54),  # and the one that just passes
        ("#ff0000", "#ffffff", 4.0),
        ("#0000ff", "#ffffff", 8.59),
        ("#5b2470", "#ffffff", 10.9),
    ],
)
def test_contrast_is_what_wcag_says(one, other, ratio):
    assert contrast(one, other) == contrast(other, one) == pytest.approx(ratio, abs=0.06)


@pytest.mark.parametrize(
    ("typed", "stored"), [("#5B2470", "#5b2470"), ("5b2470", "#5b2470"), (" #ABC ", "#aabbcc")]
)
def test_a_colour_is_stored_in_one_way(typed, stored):
    assert tidy_colour(typed) == stored


@pytest.mark.parametrize("bad", ["", "#", "#12", "#12345", "#12345g", "red", "#5b2470;}", "#５b2470"])
def test_what_is_no_colour_is_refused(bad):
    assert "six letters and digits" in colour_problem(tidy_colour(bad))


def test_a_colour_must_be_read_on_the_quiet_ground_too():
    """#767676 passes on white and fails on stone."""
    assert contrast("#767676", WHITE) > READABLE > contrast("#767676", STONE)
    assert "contrast of 4.0 to 1" in colour_problem("#767676")
    assert colour_problem(DEFAULT_BRAND) == ""


def test_a_ratio_is_never_rounded_up_to_one_that_would_pass():
    assert floored(4.4999) == "4.4"
    assert floored(readability(DEFAULT_BRAND)) == "9.8"


#: Every hue at the lightest shade that is let in, and darker ones.
SHADES = [
    f"#{r:02x}{g:02x}{b:02x}"
    for r in range(0, 256, 32)
    for g in range(0, 256, 32)
    for b in range(0, 256, 32)
    if not colour_problem(f"#{r:02x}{g:02x}{b:02x}")
]


def test_what_follows_from_a_colour_can_be_read_whatever_it_is():
    assert len(SHADES) > 100
    for shade in SHADES:
        deep = deepened(shade)
        assert contrast(deep, WHITE) >= 8, shade
        assert contrast(deep, GORSE) >= READABLE, shade
        assert contrast(mixed(shade, WHITE, 0.09), "#1f1724") >= 10, shade
        assert contrast(mixed(shade, WHITE, 0.09), deep) >= READABLE, shade


def test_heather_gives_the_shades_that_the_product_has():
    assert deepened(DEFAULT_BRAND) == "#3a1748"  # the tokens say #3a1747: one step of blue apart
    assert style_sheet("#00504a").startswith(":root{--pf-brand:#00504a;")


# Placeholders


def test_a_region_with_everything_has_no_placeholder():
    assert placeholders(READY) == []


@pytest.mark.parametrize(
    ("change", "section", "said"),
    [
        ({"name": UNNAMED.name}, Section.REGION, "name of your region"),
        ({"authority": " your Authority "}, Section.REGION, "name of your authority"),
        ({"email": "a@b.example", "reply_to": "a@b.uk"}, Section.REGION, "a@b.example leads nowhere"),
        ({"sender_address": ""}, Section.MAIL, "address that mail is sent from"),
        ({"sender_address": "x@example.org"}, Section.MAIL, "leads nowhere"),
        ({"reply_to": "x@mail.test"}, Section.MAIL, "replies go to"),
        ({"texts": {**READY.texts, "privacy": ""}}, Section.TEXTS, "Write the privacy notice"),
        ({"texts": {**READY.texts, "privacy": "Ask [who answers]."}}, Section.TEXTS, "[who answers]"),
    ],
)
def test_each_placeholder_is_named_with_what_to_do(change, section, said):
    [left] = placeholders(dataclasses.replace(READY, **change))
    assert left.section is section
    assert said in left.message


def test_a_demonstration_may_have_addresses_that_lead_nowhere_and_nothing_else():
    demo = dataclasses.replace(READY, email="a@b.example", sender_address="a@b.example", is_demo=True)
    assert placeholders(demo) == []
    assert placeholders(dataclasses.replace(demo, texts={}))
    assert placeholders(dataclasses.replace(demo, sender_address=""))


def test_a_new_installation_lacks_all_of_it():
    assert {left.section for left in placeholders(UNNAMED)} == {Section.REGION, Section.MAIL, Section.TEXTS}


def test_starting_texts_name_the_region_and_say_by_their_gaps_what_to_fill_in():
    texts = starting_texts(READY)
    assert texts.keys() == STARTING_TEXTS.keys() == TEXT_NAMES.keys()
    assert READY.email in texts["privacy"]
    assert f"- call {READY.phone}" in texts["accessibility_contact"]
    assert "telephone number" in starting_texts(dataclasses.replace(READY, phone=""))["accessibility_contact"]
    assert {name for name, text in texts.items() if gaps(text)} == {"privacy", "accessibility_checked"}
    assert not any(gaps(filled(text, "Colm")) for text in texts.values())
    assert not any("{" in text for text in texts.values())


@pytest.mark.parametrize("text", ["[our policy](https://northmoor.gov.uk)", "[a][b]", "none", "a [\nb]"])
def test_a_link_is_no_gap(text):
    assert gaps(text) in ([], ["[b]"])


def test_a_domain_for_examples_leads_nowhere_and_one_that_only_looks_like_it_does_not():
    assert leads_nowhere("a@b.EXAMPLE")
    assert leads_nowhere("a@example.com")
    assert not leads_nowhere("a@example.gov.uk")
    assert not leads_nowhere("a@contest.uk")
