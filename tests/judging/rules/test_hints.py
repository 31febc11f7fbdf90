"""What data hint at between a judge and a supplier, and what is no hint."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from pitchfest.judging.rules.hints import (
    Belonging,
    Firm,
    HintKind,
    JudgeFacts,
    PitchFacts,
    hints,
    same_number,
)
from pitchfest.judging.rules.interests import Entry, InterestKind
from pitchfest.kernel.names import as_text, words_of

SUPPLIER = Firm(1, "Tidewater Systems Ltd", "01234567")
FEATHER = Firm(2, "Feather Works Ltd", None)
PITCH = PitchFacts(7, SUPPLIER, frozenset({"tidewater.example"}), (), as_text(()))
JUDGE = JudgeFacts(5, "jo@elsewhere.example", (), ())


def kinds(judge: JudgeFacts, pitch: PitchFacts = PITCH) -> list[HintKind]:
    return [hint.kind for hint in hints([judge], [pitch])]


def belonging(firm: Firm, *, over: bool = False, authority: bool = False) -> JudgeFacts:
    return replace(JUDGE, belongs=(Belonging(firm, over, authority),))


def saying(text: str) -> PitchFacts:
    return replace(PITCH, text=as_text(words_of(text)))


def test_strangers_give_no_hint() -> None:
    assert hints([JUDGE], [PITCH]) == []


@pytest.mark.parametrize("over", [False, True])
def test_the_same_organisation_now_or_formerly(over: bool) -> None:
    (hint,) = hints([belonging(SUPPLIER, over=over)], [PITCH])
    assert (hint.member_id, hint.pitch_id, hint.kind) == (5, 7, HintKind.ORGANISATION)
    assert hint.words == f"{'Belonged' if over else 'Belongs'} to Tidewater Systems Ltd, which pitches."


def test_who_left_and_came_back_belongs() -> None:
    judge = replace(JUDGE, belongs=(Belonging(SUPPLIER, True, False), Belonging(SUPPLIER, False, False)))
    (hint,) = hints([judge], [PITCH])
    assert hint.words.startswith("Belongs")


@pytest.mark.parametrize(
    ("mine", "same"),
    [("1234567", True), ("0123 4567", True), ("SC123456", False), ("", False), (None, False)],
)
def test_the_same_company_number_however_it_is_written(mine: str | None, same: bool) -> None:
    assert kinds(belonging(Firm(9, "Tide Holdings", mine))) == ([HintKind.NUMBER] if same else [])
    assert not same_number(mine, None)


@pytest.mark.parametrize(
    ("email", "domains", "hinted"),
    [
        ("jo@Tidewater.example", {"tidewater.example"}, True),
        ("jo@mail.tidewater.example", {"tidewater.example"}, True),
        ("jo@othertidewater.example", {"tidewater.example"}, False),
        ("jo@gmail.com", {"gmail.com"}, False),
        ("jo@localhost", {"localhost"}, False),
        ("jo@sub.gmail.com", {"gmail.com"}, False),
    ],
)
def test_the_same_mail_domain_unless_it_is_everyones(email: str, domains: set[str], hinted: bool) -> None:
    found = kinds(replace(JUDGE, email=email), replace(PITCH, domains=frozenset(domains)))
    assert found == ([HintKind.DOMAIN] if hinted else [])


def test_whoever_belongs_to_the_supplier_gets_no_second_hint_for_the_address() -> None:
    assert kinds(replace(belonging(SUPPLIER), email="jo@tidewater.example")) == [HintKind.ORGANISATION]


def test_a_partner_in_the_team_and_one_named_in_an_answer() -> None:
    judge = belonging(FEATHER)
    assert kinds(judge, replace(PITCH, partners=(FEATHER,))) == [HintKind.PARTNER]
    assert kinds(judge, saying("We work with FEATHER WORKS on the kit.")) == [HintKind.NAMED]
    assert kinds(judge, saying("A feather works as well.")) == [HintKind.NAMED], "rather too often"
    assert kinds(judge, saying("Feathers, works.")) == []


def test_no_hint_from_the_authoritys_name_or_a_short_word() -> None:
    authority = belonging(Firm(3, "Calderwick Combined Authority", None), authority=True)
    assert kinds(authority, saying("In Calderwick Combined Authority we …")) == []
    assert kinds(belonging(Firm(3, "Hope Ltd", None)), saying("We hope so.")) == []


@pytest.mark.parametrize(
    ("party", "words"),
    [
        ("Tidewater", "which may be the supplier"),
        ("Feather Works", "which may be a partner in this pitch"),
        ("Ox Mill College", "which an answer of this pitch names"),
        ("Somebody Else", ""),
    ],
)
def test_a_line_of_the_register(party: str, words: str) -> None:
    entry = Entry(1, party, InterestKind.SHARES, None, date(2024, 5, 1), "")
    pitch = replace(saying("Ox Mill College lends a hall."), partners=(FEATHER,))
    found = hints([replace(JUDGE, register=(entry,))], [pitch])
    assert [hint.kind for hint in found] == ([HintKind.REGISTER] if words else [])
    assert all(words in hint.words and "shares or money, until 2024" in hint.words for hint in found)
