"""Scores given elsewhere: from the file to signed scorecards and the results; and what nobody may."""

from __future__ import annotations

import hashlib
import io
from urllib.parse import parse_qs, urlsplit

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import select

from pitchfest.accounts import queries as accounts
from pitchfest.accounts.models import Person, TwoPersonAct
from pitchfest.audit.models import AuditEntry
from pitchfest.challenges.models import Challenge
from pitchfest.db import db, transaction
from pitchfest.judging import operations, queries
from pitchfest.judging.models import BroughtCard, BroughtFile, Declaration, PitchTotal, Score, Scorecard
from pitchfest.judging.rules.states import CardState, DeclarationState
from pitchfest.kernel.actor import Role
from pitchfest.kernel.errors import RuleViolation
from tests.judging.offline.bringing import (
    NAMES,
    as_csv,
    bring,
    confirmed,
    count,
    email,
    everything,
    kinds,
    page_of,
    rows_for,
    states,
    tokens,
    upload,
)
from tests.judging.setting import REASON, a_round, close, declare_all, fill
from tests.support import builders
from tests.support.signing_in import browser_of


@pytest.fixture(autouse=True)
def region(app: Flask) -> None:
    builders.a_region()
    accounts.forget_region()


@pytest.fixture
def setting(app: Flask, now):
    found = a_round(now, pitches=2)
    declare_all(found, now)
    return found


@pytest.mark.parametrize("says_where", [True, False])
def test_after_proving_who_it_is_one_comes_back_to_the_button(
    app: Flask, now, clock, setting, says_where: bool
) -> None:
    lead = browser_of(app, setting.lead)
    upload(lead, setting, as_csv(everything(setting)))
    page = page_of(setting, "/check")
    form = lead.form("/propose")
    clock.move(minutes=30)
    headers = {"Referer": f"http://localhost{page}"} if says_where else {}
    sent = lead.post(form["action"], data=form["fields"], headers=headers, follow_redirects=False)
    assert sent.status_code == 302
    back = parse_qs(urlsplit(sent.location).query)["next"][0]
    assert back.partition("?")[0] == page, "where the button is, whatever the browser tells"


def test_a_file_becomes_signed_scorecards_when_a_second_person_confirms(app: Flask, now, setting) -> None:
    data = as_csv(everything(setting))
    lead = browser_of(app, setting.lead)
    lead.get(f"/manage/challenges/{setting.reference}/board")
    assert page_of(setting) in lead.html
    upload(lead, setting, data)
    assert "6 scorecards, each complete and right. Nothing is saved yet." in lead.text
    lead.send("", action="/propose")
    assert "6 scorecards proposed" in lead.text
    assert set(states(setting)) == {CardState.ASSIGNED}
    assert count(PitchTotal) == 0
    approver = browser_of(app, setting.approver)
    approver.get("/")
    assert "Leo Lead asks you to confirm scores from a file" in approver.text
    approver.get(page_of(setting, "/confirm"))
    assert hashlib.sha256(data).hexdigest() in approver.text
    assert "scores.csv" in approver.text
    assert approver.text.count("2 scorecards") == 3
    assert REASON not in approver.text
    assert REASON in approver.get(page_of(setting, "/rows.csv")).get_data(as_text=True)
    approver.send("", action="/confirm")
    assert "6 scorecards are signed" in approver.text
    assert set(states(setting)) == {CardState.SIGNED}
    assert queries.total_differences()[1] == []
    file = db.session.scalars(select(BroughtFile)).one()
    assert (file.sheet, file.marks, file.meanings) == ("", "", "")
    for judge in setting.judges:
        assert "judge_scores_brought" in kinds(judge)
    judge = browser_of(app, setting.judges[0])
    judge.get(f"/judging/cards/{setting.card(0, 0)}")
    assert "These scores were brought from the file scores.csv by Leo Lead" in judge.text
    assert "Not yours? Tell Leo Lead" in judge.text
    close(setting, now)
    lead.get(f"/manage/pitches/{setting.pitch_reference(0)}/scores")
    assert "Brought from the file scores.csv by Leo Lead, confirmed by Ada Approver" in lead.text


def test_the_columns_are_guessed_and_can_be_put_right_without_a_script(app: Flask, setting) -> None:
    rows = [[REASON, "x", ref, *rest] for ref, *rest in (r[:4] for r in everything(setting))]
    heads = ["Words of the panel", "Room", "Entry", "Who", "Part", "Out of five"]
    lead = browser_of(app, setting.lead)
    upload(lead, setting, as_csv(rows, heads, delimiter="\t"))
    assert "First say what the columns of your file are." in lead.text
    assert "For example: Fit" in lead.text
    form = lead.form("/check")
    said = ("reason", "", "pitch", "judge", "criterion", "score")
    fields = form["fields"] | {f"column-{place}": means for place, means in enumerate(said)}
    lead.post(form["action"], data=fields, follow_redirects=True)
    assert "6 scorecards, each complete and right." in lead.text
    bad = lead.form("/check")
    lead.post(bad["action"], data=bad["fields"] | {"column-0": "score"}, follow_redirects=True)
    assert "Two columns are said to be “Score”. Choose one of them." in lead.text
    worse = lead.form("/check")
    answer = lead.post(worse["action"], data=worse["fields"] | {"column-0": "score-999999"})
    assert answer.status_code == 422


def test_one_row_for_each_pitch_and_judge_does_as_well(app: Flask, now, setting) -> None:
    heads = ["Pitch", "Judge", *(f"{name} {what}" for name in NAMES for what in ("score", "reason"))]
    pairs = [(j, p) for j in range(3) for p in range(2)]
    rows = [
        [
            setting.pitch_reference(p).lower(),
            f"Judge {'ABC'[j]}",
            *(cell for s in (3, 4, 5) for cell in (s, REASON)),
        ]
        for j, p in pairs
    ]
    bring(app, setting, as_csv(rows, heads, delimiter=";"))
    confirmed(app, setting, setting.judges[0])
    assert set(states(setting)) == {CardState.SIGNED}
    scores = db.session.scalars(select(Score.hundredths).where(Score.scorecard_id == setting.card(2, 1)))
    assert sorted(scores, key=str) == [300, 400, 500]


def test_the_template_lists_what_can_still_come_and_comes_back(app: Flask, now, setting) -> None:
    fill(setting, 0, 0, (1, 1, 1), now)
    lead = browser_of(app, setting.lead)
    book = openpyxl.load_workbook(io.BytesIO(lead.get(page_of(setting, "/template.xlsx")).data))
    sheet = book["Scores"]
    assert sheet.max_row == 1 + 5 * 3
    for row in range(2, 5):
        sheet.cell(row, 6).value = 4.0
        sheet.cell(row, 7).value = REASON
    page = io.BytesIO()
    book.save(page)
    upload(lead, setting, page.getvalue(), "filled.xlsx")
    assert "1 scorecard, each complete and right" in lead.text


def test_each_row_that_is_not_right_says_why_and_keeps_the_rest_out(app: Flask, now, setting) -> None:
    fill(setting, 0, 0, (1, 1, 1), now)
    fill(setting, 0, 1, (1, 1, 1), now, sign=False)
    recused = db.session.scalars(
        select(Declaration).where(
            Declaration.panel_member_id == setting.members[1], Declaration.pitch_id == setting.pitches[1]
        )
    ).one()
    recused.state = DeclarationState.ASKED
    db.session.commit()
    a, b = setting.pitch_reference(0), email(setting, 1)
    rows = [
        *rows_for(setting, 0, 0),
        *rows_for(setting, 0, 1),
        *rows_for(setting, 1, 1),
        ["PF-9999-001", b, "Fit", 3, REASON],
        [a, "stranger@example.org", "Fit", 3, REASON],
        [a, b, "Beauty", 3, REASON],
        [a, b, "Fit", 9, REASON],
        [a, b, "Delivery", 3, "Too short."],
        [a, b, "Inclusion", "three", REASON],
        ["", b, "Fit", 3, REASON],
        [a, email(setting, 2), "Fit", 3, REASON],
        [a, email(setting, 2), "Fit", 4, REASON],
        *rows_for(setting, 2, 1),
        *rows_for(setting, 2, 1),
    ]
    lead = browser_of(app, setting.lead)
    upload(lead, setting, as_csv(rows))
    listed = [f"Supplier A Ltd ({a})"]
    for words in (
        "This scorecard is signed off already.",
        "What a judge wrote is never overwritten.",
        "The judge was asked to declare again, and has not yet.",
        "There is no such pitch on this challenge.",
        "There is no such judge on this panel.",
        "There is no such criterion on this challenge.",
        "The reason needs",
        "Give the score as a number",
        "Where cells are merged, fill in each row.",
        "Row 18 says something else. Keep one of the two.",
        "2 scorecards are not complete",
        f"Judge C, {listed[0]}. Nothing for Delivery, Inclusion. Not right: Fit.",
        f"Judge B, {listed[0]}. Not right: Fit, Delivery, Inclusion.",
        "1 scorecard is complete and right. Some rows are not.",
    ):
        assert words in lead.text, words
    lead.send("", action="/propose")
    assert "Put them right in your file, or say that they are left out" in lead.text
    assert db.session.scalars(select(BroughtFile.state)).one() == "draft"
    lead.send("", action="/propose", leave_out="y")
    assert "1 scorecard proposed" in lead.text
    confirmed(app, setting, setting.approver)
    assert db.session.get_one(Scorecard, setting.card(2, 1)).state == CardState.SIGNED
    assert db.session.get_one(Scorecard, setting.card(0, 1)).state == CardState.ASSIGNED
    assert {
        s.hundredths
        for s in db.session.scalars(select(Score).where(Score.scorecard_id == setting.card(0, 1)))
    } == {100}


def test_a_criterion_that_the_system_works_out_is_not_brought(app: Flask, now) -> None:
    found = a_round(now, pitches=2, price=True)
    declare_all(found, now)
    price = db.session.execute(select(Challenge.id).where(Challenge.id == found.challenge)).scalar_one()
    names = [c.name for c in queries.criteria(price)]
    [worked_out] = [name for name in names if name not in NAMES]
    lead = browser_of(app, found.lead)
    row = [found.pitch_reference(0), email(found, 0), worked_out, 3, REASON]
    upload(lead, found, as_csv([*everything(found), row]))
    assert "This criterion is worked out from the price" in lead.text


def test_pairs_that_were_not_given_out_are_by_bringing(app: Flask, now) -> None:
    found = a_round(now, pitches=2, judges=3)
    db.session.get_one(Challenge, found.challenge).judges_per_pitch = 2
    db.session.commit()
    declare_all(found, now, but=(2,))
    assert count(Scorecard) == 0
    bring(app, found, as_csv([*rows_for(found, 0, 0), *rows_for(found, 1, 0)]))
    confirmed(app, found, found.approver)
    assert states(found) == [CardState.SIGNED] * 2
    actions = list(db.session.scalars(select(AuditEntry.action)))
    assert actions.count("judging.share_out") == 1
    assert actions.count("judging.bring") == 2


def test_what_changed_since_the_proposal_stops_all_of_it(app: Flask, now, setting) -> None:
    bring(app, setting, as_csv(everything(setting)))
    fill(setting, 0, 0, (1, 1, 1), now, sign=False)
    approver = confirmed(app, setting, setting.approver)
    assert "What a judge wrote is never overwritten." in approver.text
    assert set(states(setting)) == {CardState.ASSIGNED}
    assert count(BroughtCard) == 0
    assert db.session.scalars(select(BroughtFile.state)).one() == "proposed"
    lead = browser_of(app, setting.lead)
    lead.get(page_of(setting))
    lead.send("", action="/throw-away")
    assert count(BroughtFile) == 0
    assert db.session.scalars(select(TwoPersonAct.outcome)).one() == "voided"
    assert "Nothing waits to be confirmed" in approver.get(page_of(setting, "/confirm")).get_data(
        as_text=True
    )


def test_closing_scoring_removes_a_file_that_nobody_confirmed(app: Flask, now, setting) -> None:
    bring(app, setting, as_csv(rows_for(setting, 0, 0)))
    for judge in range(3):
        for pitch in range(2):
            fill(setting, judge, pitch, (3, 3, 3), now)
    close(setting, now)
    assert count(BroughtFile) == 0


def test_scores_that_are_not_the_judges_are_taken_back_with_a_reason(app: Flask, now, setting) -> None:
    bring(app, setting, as_csv(everything(setting)))
    confirmed(app, setting, setting.judges[0])
    card = setting.card(1, 0)
    lead = browser_of(app, setting.lead)
    back = page_of(setting, f"/cards/{card}/take-back")
    lead.fill(back, reason="no")
    assert "Give the reason in a sentence" in lead.text
    lead.send(back, reason="Judge B says that these are of another pitch.")
    assert "Taken back. The scores no longer count" in lead.text
    row = db.session.get_one(Scorecard, card)
    assert (row.state, row.signed_at, row.own_num) == (CardState.ASSIGNED, None, None)
    assert queries.marks(card) == {}
    assert queries.total_differences()[1] == []
    assert db.session.get_one(PitchTotal, setting.pitches[0]).cards == 2
    assert kinds(setting.judges[1]) == ["judge_scores_brought", "judge_cards"]
    fill(setting, 1, 0, (2, 2, 2), now)
    assert lead.get(back).status_code == 404
    close(setting, now)
    assert lead.get(page_of(setting, f"/cards/{setting.card(0, 0)}/take-back")).status_code == 403


def test_a_chair_who_has_still_to_score_is_not_shown_what_others_gave(app: Flask, now, setting) -> None:
    bring(app, setting, as_csv(rows_for(setting, 1, 0)))
    chair = browser_of(app, setting.judges[0])
    chair.get(page_of(setting, "/confirm"))
    assert "so you are not shown what others gave" in chair.text
    assert chair.get(page_of(setting, "/rows.csv")).status_code == 404


def test_neither_bringing_nor_confirming_is_for_anybody_else(app: Flask, now, setting) -> None:
    """Mallory, a judge; a supplier; an officer; the decider; the one who brought it; a lead on the panel."""
    bring(app, setting, as_csv(everything(setting)))
    paths = (
        "",
        "/check",
        "/template.xlsx",
        "/confirm",
        "/rows.csv",
        f"/cards/{setting.card(0, 0)}/take-back",
    )
    for person, status in (
        (setting.judges[1], 404),
        (setting.suppliers[0], 404),
        (setting.decider, 404),
        (setting.officer, 403),
    ):
        other = browser_of(app, person)
        assert [other.get(page_of(setting, path)).status_code for path in paths] == [status] * 6, person
        for path in ("/check/propose", "/throw-away", "/confirm"):
            assert other.post(page_of(setting, path), data=tokens(other)).status_code == status
    lead, approver = browser_of(app, setting.lead), browser_of(app, setting.approver)
    assert lead.get(page_of(setting, "/confirm")).status_code == 403
    assert approver.get(page_of(setting)).status_code == 403
    second = builders.a_person("Lou Lead", Role.LEAD)
    builders.a_panel_member(challenge=setting.challenge, person=second, invited_by=setting.officer, now=now)
    assert browser_of(app, second).get(page_of(setting)).status_code == 403
    third = builders.a_person("Lea Lead", Role.LEAD)
    other = browser_of(app, third)
    assert other.get(page_of(setting, "/check")).status_code == 404
    assert count(BroughtCard) == 0


def test_whoever_brought_or_confirmed_scores_neither_judges_nor_decides(app: Flask, now, setting) -> None:
    bring(app, setting, as_csv(rows_for(setting, 0, 0)))
    confirmed(app, setting, setting.approver)
    officer = setting.actor(setting.officer)
    for person in (setting.lead, setting.approver):
        known = db.session.get_one(Person, person)
        name, address = known.name, known.email
        with pytest.raises(RuleViolation, match="brought or confirmed scores"), transaction():
            operations.invite(officer, reference=setting.reference, name=name, email=address, now=now)
        with pytest.raises(RuleViolation, match="brought or confirmed scores"), transaction():
            operations.name_decision_maker(
                officer,
                reference=setting.reference,
                person_id=person,
                reason="They run the whole service.",
                now=now,
            )


def test_a_draft_is_read_only_by_whoever_brought_it(app: Flask, setting) -> None:
    lead, other = (browser_of(app, who) for who in (setting.lead, builders.a_person("Lou Lead", Role.LEAD)))
    upload(lead, setting, as_csv(everything(setting)))
    assert REASON in lead.text
    other.get(page_of(setting))
    assert "Only Leo Lead can go on with it" in other.text
    assert REASON not in other.text
    assert other.get(page_of(setting, "/check")).status_code == 404
    assert other.post(page_of(setting, "/check/propose"), data=tokens(other)).status_code == 404
    approver = browser_of(app, setting.approver)
    approver.get(page_of(setting, "/confirm"))
    assert "Nothing waits to be confirmed" in approver.text
    assert approver.get(page_of(setting, "/rows.csv")).status_code == 404


def test_two_people_are_two(app: Flask, now, setting) -> None:
    both = builders.a_person("Bo Both", Role.LEAD)
    db.session.get_one(Challenge, setting.challenge).decision_maker_id = both
    db.session.commit()
    assert browser_of(app, both).get(page_of(setting)).status_code == 403
    twin = builders.a_person("Tia Twin", Role.LEAD, Role.APPROVER)
    browser = browser_of(app, twin)
    upload(browser, setting, as_csv(everything(setting)))
    browser.send("", action="/propose")
    browser.get(page_of(setting, "/confirm"))
    assert "You brought this file yourself" in browser.text
    act = db.session.scalars(select(TwoPersonAct.id)).one()
    browser.get(page_of(setting))
    fields = browser.form("/throw-away")["fields"] | {"version": str(act)}
    answer = browser.post(page_of(setting, "/confirm"), data=fields)
    assert answer.status_code == 422
    assert set(states(setting)) == {CardState.ASSIGNED}


ZIP = b"PK\x03\x04 nothing of the kind"


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("scores.csv", b""),
        ("scores.csv", b"Pitch,Judge\n"),
        ("scores.csv", b"\n\n\n"),
        ("scores.csv", b"\0\0\0,\0"),
        ("scores.csv", b"Pitch\n" + b"x\n" * 100_000),
        ("scores.csv", b'a,b\n"' + b"x" * 200_000),
        ("scores.xlsx", ZIP),
        ("scores.xlsx", b"\xd0\xcf\x11\xe0 old"),
        ("scores.xlsm", ZIP),
        ("scores.ods", ZIP),
        ("scores", b"Pitch,Judge\n1,2"),
    ],
)
def test_a_file_that_is_none_is_refused_with_a_sentence(app: Flask, setting, name: str, data: bytes) -> None:
    lead = browser_of(app, setting.lead)
    answer = upload(lead, setting, data, name)
    assert answer.status_code == 422
    assert "There is a problem" in lead.text
    assert count(BroughtFile) == 0


def test_odd_files_are_shown_row_by_row_and_never_run(app: Flask, setting) -> None:
    book = openpyxl.Workbook()
    sheet = book.create_sheet("Scores")
    sheet.append(["Pitch", "Judge", "Criterion", "Score", "Score", "Reason"])
    a, b = setting.pitch_reference(0), email(setting, 0)
    sheet.append([a, b, "Fit", "=1+2", 3, REASON])
    sheet.append([a, b, "Delivery", 3, 3, '=HYPERLINK("http://evil.example")'])
    sheet.append([a, b, "Inclusion", 3, 3, REASON])
    sheet.merge_cells("A2:A4")
    page = io.BytesIO()
    book.save(page)
    lead = browser_of(app, setting.lead)
    upload(lead, setting, page.getvalue(), "odd.xlsx")
    assert "Two columns are said to be “Score”." in lead.text
    form = lead.form("/check")
    lead.post(form["action"], data=form["fields"] | {"column-4": ""}, follow_redirects=True)
    assert "A cell is a formula. Type it as plain text." in lead.text
    assert "Where cells are merged, fill in each row." in lead.text
    assert "No scorecard in this file is complete and right yet." in lead.text
    lead.get(page_of(setting))
    upload(
        lead,
        setting,
        as_csv([["é" * 300, "<script>alert(1)</script>", "Fit", 3, REASON]]).decode().encode("cp1252"),
    )
    assert "<script>alert(1)" not in lead.html
    assert "There is no such pitch on this challenge." in lead.text
