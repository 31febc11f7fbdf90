"""Words that are hidden from judges: by whom, where they are gone, and that the pitch stays as it is."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select, update

from pitchfest.accounts.models import Organisation
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db
from pitchfest.kernel.actor import Role
from pitchfest.pitches.models import HiddenWords, OpenedAnswer, Pitch
from pitchfest.pitches.queries.hiding import telling_words
from pitchfest.pitches.rules import PitchState
from pitchfest.pitches.rules.reading import Reading
from pitchfest.pitches.rules.without_names import (
    HIDDEN,
    hide,
    plain_name,
    short_names,
    told_by,
    without_names,
)
from tests.judging.setting import declare_all
from tests.judging.without_names.test_walk import MARKER, give, hidden_round
from tests.support.signing_in import browser_of
from tests.support.statements import counted

SECRET = "Ride Along"  # the supplier's name, which every answer has in small letters


def set_state(state: ChallengeState) -> None:
    db.session.execute(update(Challenge).values(state=state))
    db.session.commit()


@pytest.fixture
def setting(app: Flask, now):
    found = hidden_round(now)
    db.session.execute(
        update(Organisation).where(Organisation.name == f"{MARKER} Supplier A Ltd").values(name=SECRET)
    )
    set_state(ChallengeState.ELIGIBILITY)
    return found


def page_of(setting) -> str:
    return f"/manage/pitches/{setting.pitch_reference(0)}/hide"


def hidden_by(officer, setting, places=("1", "2", "3"), words=SECRET, reason="It names the supplier."):
    fields: dict[str, str | list[str]] = {"words": words, "places": list(places), "reason": reason}
    return officer.fill(page_of(setting), action="/hide", fields=fields, go="hide")


def test_hidden_words_are_gone_from_card_and_sheet_and_stay_in_the_pitch(app: Flask, setting, now) -> None:
    officer = browser_of(app, setting.officer)
    officer.get(f"/manage/pitches/{setting.pitch_reference(0)}")
    assert "Hide words of this pitch" in officer.text
    officer.get(page_of(setting))
    assert "May tell who pitches: " + SECRET in officer.text
    looks: dict[str, str | list[str]] = {"words": SECRET, "places": ["1"], "reason": ""}
    officer.fill(page_of(setting), action="/hide", fields=looks, go="look")
    assert f"We will {HIDDEN}, " in officer.text, "as judges would read it"
    assert db.session.scalars(select(HiddenWords)).all() == [], "looking changes nothing"
    hidden_by(officer, setting)
    assert "Judges read [hidden] in 3 places" in officer.text
    assert "May tell who pitches" not in officer.text, "all of it is hidden"
    kept = select(OpenedAnswer.text).where(OpenedAnswer.text.like("We will ride along, %"))
    assert len(db.session.scalars(kept).all()) >= 9, "the pitches are as they were"
    set_state(ChallengeState.JUDGING)
    declare_all(setting, now)
    judge = browser_of(app, setting.judges[0])
    for page in (
        f"/judging/cards/{setting.card(0, 0)}",
        f"/judging/{setting.reference}/offline/paper",
        f"/judging/{setting.reference}/offline.csv",
    ):
        judge.get(page)
        assert f"We will {HIDDEN}, {setting.pitches[0]}." in judge.html, page
        assert f"We will ride along, {setting.pitches[0]}." not in judge.html, page


def test_the_supplier_reads_what_was_hidden_once_the_letters_are_out(app: Flask, setting) -> None:
    hidden_by(browser_of(app, setting.officer), setting)
    supplier = browser_of(app, setting.suppliers[0])
    address = f"/pitches/{setting.pitch_reference(0)}"
    for state in (ChallengeState.ELIGIBILITY, ChallengeState.JUDGING, ChallengeState.DECIDED):
        set_state(state)
        supplier.get(address)
        assert "What judges did not read" not in supplier.text, state
    set_state(ChallengeState.AWARDED)
    supplier.get(address)
    assert f"Answer 1: “{SECRET}”. It names the supplier." in supplier.text
    assert "Olive" not in supplier.text, "not who hid it"
    officer = browser_of(app, setting.officer)
    officer.get("/account/data")
    assert "Words that you hid from judges" in officer.text


def test_words_are_shown_again_only_until_judging_begins(app: Flask, setting) -> None:
    officer = browser_of(app, setting.officer)
    hidden_by(officer, setting, places=("1", "2"))
    officer.fill(page_of(setting), action="/undo")
    assert "Judges read these words again" in officer.text
    set_state(ChallengeState.JUDGING)
    officer.get(page_of(setting))
    assert "Judging has begun" in officer.text
    assert 'name="words"' not in officer.html
    assert "Show again" not in officer.text
    assert sorted(row.undone_at is None for row in db.session.scalars(select(HiddenWords))) == [False, True]


def test_words_of_a_pitch_that_is_not_let_in_are_hidden_also_while_others_are_judged(
    app: Flask, setting
) -> None:
    set_state(ChallengeState.JUDGING)
    officer = browser_of(app, setting.officer)
    for state, number in ((PitchState.ELIGIBLE, 0), (PitchState.INELIGIBLE, 3)):
        db.session.execute(
            update(Pitch).where(Pitch.reference == setting.pitch_reference(0)).values(state=state)
        )
        db.session.commit()
        officer.get(page_of(setting))
        assert ('name="words"' in officer.html) == bool(number)
        if number:
            hidden_by(officer, setting)
        assert len(db.session.scalars(select(HiddenWords)).all()) == number


@pytest.mark.parametrize("number", ["9" * 30, str(2**31), "-1", "x"])
def test_a_number_beyond_every_column_shows_no_words_again(app: Flask, setting, number: str) -> None:
    officer = browser_of(app, setting.officer)
    hidden_by(officer, setting)
    sent = {**officer.form("/undo")["fields"], "hidden": number}
    assert officer.post(f"{page_of(setting)}/undo", data=sent).status_code == 404
    assert {row.undone_at for row in db.session.scalars(select(HiddenWords))} == {None}


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"words": "Nobody wrote this"}, "in none of the answers"),
        ({"words": "x"}, "2 letters or more"),
        ({"places": ()}, "Choose the answers"),
        ({"reason": "Because"}, "Say in a sentence"),
    ],
)
def test_bad_input_is_said_and_kept(app: Flask, setting, fields, says) -> None:
    officer = browser_of(app, setting.officer)
    hidden_by(officer, setting, **fields)
    assert says in officer.text
    assert db.session.scalars(select(HiddenWords)).all() == []


def test_mallory_hides_nothing(app: Flask, setting, now) -> None:
    """A judge with a role, a supplier and whoever only reads; and nobody where judges see names."""
    give(setting.judges[0], Role.LEAD, now)
    for person in (setting.judges[0], setting.suppliers[1]):
        assert browser_of(app, person).get(page_of(setting)).status_code == 404
    assert browser_of(app, setting.approver).get(page_of(setting)).status_code == 403
    db.session.execute(update(Challenge).values(names_hidden=False))
    db.session.commit()
    assert browser_of(app, setting.officer).get(page_of(setting)).status_code == 404


def test_what_tells_who_pitches(app: Flask, setting) -> None:
    found = telling_words(setting.pitches)[setting.pitches[0]]
    assert SECRET in found
    assert f"{MARKER} Author 0" in found


def test_hiding_knows_case_ends_of_lines_and_every_part_of_an_answer() -> None:
    assert hide("ACME ltd and Acme\nLtd.", ["Acme Ltd"]) == f"{HIDDEN} and {HIDDEN}."
    assert hide("a.b and axb", ["a.b"]) == f"{HIDDEN} and axb", "words are no pattern"
    assert hide("Acme Ltd", ["Acme", "Acme Ltd"]) == HIDDEN, "the longest first"
    assert hide("as it is", ["", " "]) == "as it is"
    reading = Reading("Acme", ("for Acme",), rows=(("Acme", "x"),), file=("acme plan.PDF", 3, "ab12"))
    assert without_names(reading, ["Acme"]) == Reading(
        HIDDEN, (f"for {HIDDEN}",), rows=((HIDDEN, "x"),), file=("file.pdf", 3, "")
    )
    assert [plain_name(name) for name in ("Acme.docx", "Acme", "v1.2 Acme")] == ["file.docx", "file", "file"]


def test_a_supplier_is_known_by_its_short_names() -> None:
    assert short_names("Northern Meridian Systems plc") == [
        "Northern Meridian Systems plc",
        "Northern Meridian Systems",
        "Northern Meridian",
    ]
    assert short_names("Gullywatch Ltd.") == ["Gullywatch Ltd.", "Gullywatch"]
    assert short_names("Limited") == ["Limited"]
    assert short_names("Ambleside Sensing Ltd")[-1] == "Ambleside", "its first word, where that is long"
    assert "Digital" not in short_names("Digital Roads Ltd"), "nor where everyone uses it"
    assert told_by("We at\n Ambleside know", ["at ambleside", "Digital"]) == ["at ambleside"]


def test_before_judging_the_lead_reads_where_words_may_still_tell_who_pitches(app: Flask, setting) -> None:
    lead, page = browser_of(app, setting.lead), f"/manage/challenges/{setting.reference}/start-judging"
    with counted() as one:
        lead.get(page)
    assert (
        "In 1 pitch words may still tell who pitches. Once judging begins nothing can be hidden" in lead.text
    )
    assert page_of(setting) in lead.html
    db.session.execute(
        update(Organisation).where(Organisation.name.like("%Supplier B%")).values(name="Ride Along Limited")
    )
    db.session.commit()
    with counted() as two:
        lead.get(page)
    assert "In 2 pitches words may still" in lead.text
    assert len(one) == len(two) <= 12
    hidden_by(browser_of(app, setting.officer), setting)
    lead.get(page)
    assert page_of(setting) not in lead.html, "hidden in all its answers"
    assert "In 1 pitch words" in lead.text
    db.session.execute(update(Challenge).values(names_hidden=False))
    db.session.commit()
    lead.get(page)
    assert "tell who pitches" not in lead.text


def test_hiding_is_offered_only_while_it_can_be_done(app: Flask, setting) -> None:
    officer, pitch = browser_of(app, setting.officer), f"/manage/pitches/{setting.pitch_reference(0)}"
    hidden_by(officer, setting)
    set_state(ChallengeState.JUDGING)
    said = [officer.get(pitch).text, officer.get(f"/manage/pitches/{setting.pitch_reference(1)}").text]
    assert ["Words hidden from judges" in text for text in said] == [True, False]
    assert not any("Hide words of this pitch" in text for text in said)
