"""The pages of the meeting after scoring, as chair, lead, second person and everyone else get them."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import delete, update

from pitchfest.accounts import queries as accounts
from pitchfest.challenges.models import Anchor
from pitchfest.db import db
from pitchfest.judging import queries
from pitchfest.judging.models import AgendaItem
from pitchfest.judging.rules import Permission
from pitchfest.judging.rules.moderation import Words
from tests.judging.operations.test_moderation import agree, finish, moderated, signed
from tests.judging.setting import Setting
from tests.support import builders
from tests.support.signing_in import browser_of
from tests.support.statements import counted

WHY = "The plan in week three answers what was asked."


@pytest.fixture(autouse=True)
def region(app: Flask) -> None:
    builders.a_region()
    accounts.forget_region()


def base(setting: Setting) -> str:
    return f"/manage/challenges/{setting.reference}/moderation"


def test_the_chair_settles_the_agenda_and_closes(app: Flask, now: datetime) -> None:
    setting = moderated(now, [(1, 3, 5), (2, 4, 4)])
    chair = browser_of(app, setting.judges[0])
    chair.get("/")
    assert "Settle 2 answers" in chair.text
    chair.get(base(setting))
    assert "2 answers to settle" in chair.text
    assert "Close moderation" not in chair.text
    for item in queries.agenda(setting.challenge):
        address = f"{base(setting)}/{item.id}"
        chair.get(address)
        assert "Judge B: " in chair.text, "scores and reasons side by side"
        chair.fill(address, action=address, fields={"reason": "Too short.", "present": []})
        for words in (
            "Choose an answer to “What score did the panel agree?”",
            "at least 5 words",
            "At least 2 of the judges",
        ):
            assert words in chair.text, "all that is wrong at once"
        assert "Too short." in chair.html, "what was typed is kept"
        members = [str(member) for member in setting.members]
        chair.fill(address, action=address, fields={"score": "mean", "reason": WHY, "present": members})
    assert "Every answer is settled" in chair.text
    chair.fill(base(setting), action="/minutes", minutes="We met at ten.")
    assert "The minutes are saved." in chair.text
    chair.fill(base(setting), action="/moderation/close")
    assert "The scores stand." in chair.text
    chair.get(f"{base(setting)}/record")
    for words in ("We met at ten.", WHY, "Mean stands", "Judge A, Judge B and Judge C"):
        assert words in chair.text
    assert "by lot" not in chair.text, "nothing was drawn"
    db.session.execute(update(AgendaItem).values(triggers="lot"))
    db.session.commit()
    chair.get(f"{base(setting)}/record")
    assert "Answers drawn by lot follow from this number" in chair.text


def test_closing_scoring_leads_to_the_meeting_and_promises_no_result(app: Flask, now: datetime) -> None:
    setting = signed(now, [(1, 3, 5), (2, 2, 2)])
    lead, page = browser_of(app, setting.lead), f"/manage/challenges/{setting.reference}"
    lead.get(f"{page}/close-scoring")
    assert "Moderation comes next" in lead.text
    assert "the results can be read" not in lead.text
    lead.fill(f"{page}/close-scoring", action="close")
    assert "Scoring is closed. Moderation comes next." in lead.text
    assert "to settle" in lead.text
    lead.get(f"{page}/results")
    assert "Before moderation is closed: Supplier A Ltd leads" in lead.text
    assert "Go to moderation" in lead.text
    lead.get(f"{page}/results/ties")
    assert "Nothing is settled yet" in lead.text


def test_a_second_person_agrees_on_their_own_page(app: Flask, now: datetime) -> None:
    setting = moderated(now, [(1, 2, 3)], pitches=1)
    (item,) = queries.agenda(setting.challenge)
    agree(setting, item.id, 500, now, words=Words(WHY, "Two read it otherwise.", "Judge C would give 3."))
    address = f"{base(setting)}/{item.id}"
    chair = browser_of(app, setting.judges[0])
    chair.get(address)
    assert "Waits for a second person" in chair.text
    assert "Agree, as the second person" not in chair.text
    approver = browser_of(app, setting.approver)
    approver.get("/")
    assert "to a score for" in approver.text
    approver.get(address)
    for words in (
        "Two read it otherwise.",
        "Judge C would give 3.",
        "Took part: Judge A, Judge B and Judge C.",
        "If you do not agree, tell Judge A, who recorded it",
    ):
        assert words in approver.text
    approver.fill(address, action="/agree")
    assert "The score counts from now on" in approver.text
    assert "Agreed 5" in approver.text
    approver.get(f"{base(setting)}/record")
    assert "Ada Approver agreed to it as the second person, " in approver.text


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((1, 3, 5), "A score below 1, which no judge gave"),
        ((0, 3, 4), "A score above 4, which no judge gave"),
        ((1, 3, 4), "A score below 1 or above 4, which no judge gave"),
        ((0, 3, 5), ""),
    ],
)
def test_only_scores_that_the_scale_has_are_said_to_need_a_second_person(
    app: Flask, now: datetime, given: tuple[int, int, int], said: str
) -> None:
    setting = moderated(now, [given], pitches=1)
    (item,) = queries.agenda(setting.challenge)
    chair = browser_of(app, setting.judges[0])
    chair.get(f"{base(setting)}/{item.id}")
    assert said in chair.text
    assert ("which no judge gave" in chair.text) == bool(said)


def test_whoever_took_part_in_an_answer_was_there(app: Flask, now: datetime) -> None:
    setting = moderated(now, [(1, 3, 5)], pitches=1)
    chair = browser_of(app, setting.judges[0])
    chair.fill(base(setting), action="/minutes", fields={"present": [str(setting.members[0])]})
    (item,) = queries.agenda(setting.challenge)
    agree(setting, item.id, 300, now, present=setting.members[1:])
    chair.get(f"{base(setting)}/record")
    assert "Present: Judge A, Judge B and Judge C." in chair.text
    assert "Took part: Judge B and Judge C." in chair.text


def test_scores_to_choose_from_stand_with_their_words(app: Flask, now: datetime) -> None:
    setting = moderated(now, [(1, 3, 5)], pitches=1)
    db.session.execute(delete(Anchor).where(Anchor.value == 400))
    db.session.commit()
    (item,) = queries.agenda(setting.challenge)
    chair = browser_of(app, setting.judges[0])
    chair.get(f"{base(setting)}/{item.id}")
    assert re.search(r"<label[^>]*>3 Acceptable</label>", chair.html)
    assert re.search(r"<label[^>]*>4</label>", chair.html)


def test_results_say_that_they_can_change_until_moderation_is_closed(app: Flask, now: datetime) -> None:
    setting = moderated(now, [(1, 3, 5), (3, 3, 3)])
    results = f"/manage/challenges/{setting.reference}/results"
    lead, decider = browser_of(app, setting.lead), browser_of(app, setting.decider)
    lead.get(results)
    assert "These ranks can still change" in lead.text
    assert decider.get(results).status_code == 404
    (item,) = queries.agenda(setting.challenge)
    agree(setting, item.id, 400, now)
    finish(setting, setting.lead, now)
    assert decider.get(results).status_code == 200
    assert "can still change" not in decider.text
    assert "Supplier A Ltd comes first" in decider.text
    assert "The total counts the scores agreed in moderation; mean, median and spread do not." in decider.text
    assert f"{base(setting)}/record" in decider.html
    lead.get(f"/manage/challenges/{setting.reference}")
    assert f'{base(setting)}"' in lead.html, "the meeting is found once it is over"
    decider.get(f"/manage/pitches/{setting.pitch_reference(0)}/scores")
    assert "The panel agreed 4" in decider.text
    assert "Agreed 4.00 of 5" in decider.text


def test_what_suppliers_read_begins_from_the_words_that_were_agreed(app: Flask, now: datetime) -> None:
    setting = moderated(now, [(1, 3, 5)], pitches=1)
    (item,) = queries.agenda(setting.challenge)
    agree(setting, item.id, 400, now)
    finish(setting, setting.lead, now)
    chair = browser_of(app, setting.judges[0])
    chair.get(f"/judging/explanations/{setting.pitch_reference(0)}")
    assert "The panel agreed 4 of 5" in chair.text
    assert "The crew plan in week three answers what was asked.</textarea>" in chair.html


@pytest.mark.parametrize("who", ["judge", "supplier", "decider"])
def test_nobody_else_learns_that_the_panel_meets(app: Flask, now: datetime, who: str) -> None:
    setting = moderated(now, [(1, 3, 5)], pitches=1)
    (item,) = queries.agenda(setting.challenge)
    person = {"judge": setting.judges[1], "supplier": setting.suppliers[0], "decider": setting.decider}[who]
    browser = browser_of(app, person)
    for address in ("", f"/{item.id}", "/record"):
        assert browser.get(f"{base(setting)}{address}").status_code == 404
    assert Permission.MODERATE not in browser.html


def test_the_page_of_an_answer_keeps_to_twelve_statements_whatever_was_settled_before(
    app: Flask, now: datetime
) -> None:
    setting = moderated(now, [(1, 3, 5)] * 4, pitches=4)
    first, *others = queries.agenda(setting.challenge)
    agree(setting, first.id, None, now)
    chair = browser_of(app, setting.judges[0])
    chair.get(base(setting))
    for item in (first, others[0], others[-1]):
        with counted() as seen:
            assert chair.get(f"{base(setting)}/{item.id}").status_code == 200
        assert len(seen) <= 12
