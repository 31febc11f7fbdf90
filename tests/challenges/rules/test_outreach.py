"""Finding addresses in whatever is pasted, and the short text to share."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pitchfest.accounts.rules import address_problem
from pitchfest.challenges.rules import (
    GIST_AT_MOST,
    NOTE_WORDS,
    gist,
    note_problem,
    read_addresses,
    shared_text,
    stop_token,
    token_hash,
)

names = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=12)
addresses = st.builds("{}@{}.example".format, names, names)
around = st.sampled_from(
    ["{}", "<{}>", "Ann Lee <{}>", '"{}"', "“{}”", "mailto:{}", "({})", "{}.", "Ann\t{}\tLtd", "'{}'"]
)
separators = st.sampled_from([",", ";", "\n", "\r\n", "\t", " ", ", ", ";\n"])


@given(st.lists(st.tuples(addresses, around, separators), max_size=20))
def test_every_address_is_found_once_in_its_order_whatever_stands_around_it(parts):
    text = "".join(wrap.format(address) + separator for address, wrap, separator in parts)
    assert read_addresses(text).addresses == tuple(dict.fromkeys(address for address, _, _ in parts))


@given(st.text())
def test_whatever_is_pasted_only_whole_addresses_come_out(text):
    found = read_addresses(text)
    assert not any(address_problem(address) for address in found.addresses)
    assert len(set(found.addresses)) == len(found.addresses)
    assert all(1 <= number <= len(text.splitlines()) for number, _ in found.unread)


def test_lines_without_a_whole_address_are_named_by_number():
    found = read_addresses("Name,Email\nANN@Lee.example\n\nbroken@\nBob <bob@bob.example>, and carol@\n ,;\n")
    assert found.addresses == ("ann@lee.example", "bob@bob.example")
    assert found.unread == (
        (1, "Name,Email"),
        (4, "broken@"),
        (5, "carol@"),
    ), "of a line with good addresses, only what is not whole"


@pytest.mark.parametrize(
    ("problem", "told"),
    [
        ("", ""),
        (
            "Drains block. They **flood** the [market](https://m.example).",
            "Drains block. They flood the market.",
        ),
        ("- One thing\n- another\n\nMore.", "One thing another"),
        ("\n\nFirst. " + "Second is long " * 30 + ".", "First."),
    ],
)
def test_a_mail_tells_the_first_sentences_of_the_problem(problem, told):
    assert gist(problem) == told


@given(st.text())
def test_what_is_told_of_a_problem_is_one_short_line(problem):
    told = gist(problem)
    assert len(told) <= GIST_AT_MOST
    assert "\n" not in told


@pytest.mark.parametrize("bad", ["a" * 200_000, "@" * 200_000, "a@" * 100_000, "a." * 100_000 + "@"])
def test_a_long_run_without_an_address_is_read_at_once_and_the_rest_still_counts(bad):
    began = time.process_time()
    found = read_addresses(f"{bad}\nann@lee.example {bad}")
    assert time.process_time() - began < 2
    assert found.addresses == ("ann@lee.example",)
    assert 1 in dict(found.unread)


def test_doubles_are_counted():
    assert read_addresses("a@b.example A@B.example\na@b.example").doubles == 2


def test_the_officers_own_words_have_a_limit():
    assert note_problem("word " * NOTE_WORDS) == ""
    assert "1 words too long" in note_problem("word " * (NOTE_WORDS + 1))


def test_nobody_without_the_key_can_make_a_link_and_what_is_kept_makes_none():
    token = stop_token("key", "ann@lee.example")
    assert token != stop_token("other", "ann@lee.example")
    assert token_hash(token) not in (token, stop_token("key", "bob@lee.example"))


@given(st.text("ab cd?", min_size=1, max_size=160).map(str.strip).filter(bool))
def test_the_text_to_share_fits_and_keeps_the_address_whole(title):
    url = "https://pitchfest.calderwick-combined-authority.example/challenges/CH-2026-004"
    text = shared_text(
        title=title,
        asker="Calderwick Combined Authority",
        money="Up to £85,000, VAT included. ",
        closing="11am on Wednesday 23 September 2026",
        url=url,
    )
    assert len(text) <= 280
    assert text.endswith(url)


@pytest.mark.parametrize(
    ("title", "begins"), [("Which drains?", "Which drains? We"), ("Drains", "Drains. We")]
)
def test_the_text_to_share_reads_as_sentences(title, begins):
    text = shared_text(title=title, asker="We", money="", closing="noon", url="https://x.example/1")
    assert text.startswith(begins)
