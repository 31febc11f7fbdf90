"""What a judge declares is never lost: before a pitch is read, and once scoring is closed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from flask import Flask

from pitchfest.accounts import queries as accounts
from pitchfest.db import transaction
from pitchfest.judging import operations, queries
from pitchfest.kernel.errors import Conflict
from tests.judging.operations.test_moderation import finish, moderated
from tests.judging.setting import a_round, declare_all
from tests.support import builders
from tests.support.signing_in import browser_of
from tests.support.statements import counted


@pytest.fixture(autouse=True)
def region(app: Flask) -> None:
    builders.a_region()
    accounts.forget_region()


WAITS = "the procurement lead has still to decide on what you declared"


def test_a_declared_interest_is_decided_on_the_pages(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    judge, reference = browser_of(app, setting.judges[0]), setting.pitch_reference(0)
    judge.fill(f"/judging/{setting.reference}/declare")
    assert "Tick the suppliers you are connected to" in judge.text
    judge.fill(f"/judging/{setting.reference}/declare", conflict=reference)
    assert "Say in a sentence what connects you" in judge.text
    words: dict[str, Any] = {f"interest-{reference}": "My sister works there."}
    judge.fill(f"/judging/{setting.reference}/declare", conflict=reference, **words)
    assert f"Supplier A Ltd: {WAITS}" in judge.text
    assert judge.text.count("Supplier A Ltd") == 1
    lead = browser_of(app, setting.lead)
    lead.get(f"/manage/challenges/{setting.reference}/conflicts")
    assert "My sister works there." in lead.text
    [declaration] = [d for d in queries.declarations(setting.challenge) if d.interest]
    address = f"/manage/challenges/{setting.reference}/conflicts/{declaration.id}"
    lead.fill(address, outcome="recuse", reason="Too close a relation for this.")
    assert "Does not judge" in lead.text
    judge.get("/judging")
    assert "Supplier A Ltd" not in judge.text
    assert "Supplier B Ltd" in judge.text


def test_a_conflict_found_later_closes_the_pitch_to_the_judge(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    declare_all(setting, now)
    judge, card = browser_of(app, setting.judges[0]), f"/judging/cards/{setting.card(0, 0)}"
    judge.fill(f"{card}/conflict", interest="They offered my partner a job today.")
    assert judge.get(card).status_code == 404
    judge.get("/judging")
    assert f"Supplier A Ltd: {WAITS}" in judge.text
    assert f'href="{card}' not in judge.html


@pytest.mark.parametrize(
    ("ticked", "words"), [(True, ""), (False, "My sister works there."), (True, "My sister.")]
)
def test_whoever_ticked_or_wrote_is_never_cleared_by_the_other_button(
    app: Flask, now: datetime, ticked: bool, words: str
) -> None:
    setting = a_round(now)
    judge, reference = browser_of(app, setting.judges[0]), setting.pitch_reference(0)
    fields: dict[str, Any] = {f"interest-{reference}": words} | ({"conflict": reference} if ticked else {})
    sent = judge.fill(f"/judging/{setting.reference}/declare", nothing="1", **fields)
    assert sent.status_code == 422
    assert "first take away every tick and word" in judge.text
    assert queries.declarations(setting.challenge) == [], "nothing is declared, and nobody is cleared"
    assert judge.page is not None
    [form] = [f["fields"] for f in judge.page.forms if f"interest-{reference}" in f["fields"]]
    assert form[f"interest-{reference}"].strip() == words
    assert ("conflict" in form) == ticked


def test_words_about_a_supplier_that_is_not_ticked_are_not_lost(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    judge, references = browser_of(app, setting.judges[0]), [setting.pitch_reference(n) for n in (0, 1)]
    fields: dict[str, Any] = {f"interest-{reference}": "My sister works there." for reference in references}
    sent = judge.fill(f"/judging/{setting.reference}/declare", conflict=references[0], **fields)
    assert sent.status_code == 422
    assert judge.text.count("Tick this supplier too, or empty this box") == 2, "at the top and at the field"
    assert queries.declarations(setting.challenge) == []


def test_the_key_enter_sends_what_was_typed(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    judge = browser_of(app, setting.judges[0])
    judge.get(f"/judging/{setting.reference}/declare")
    form = judge.html[judge.html.index("<form", judge.html.index("to declare on</h2>")) :]
    first = form[form.index("<button") : form.index("</button>")]
    assert first.endswith("Send what I declared"), "a browser takes the first button of a form for Enter"


def test_after_scoring_is_closed_a_judge_reads_whom_to_tell(app: Flask, now: datetime) -> None:
    setting = moderated(now, [(1, 3, 5), (2, 2, 2)])
    card = setting.card(1, 0)
    judge = browser_of(app, setting.judges[1])
    judge.get(f"/judging/cards/{card}/conflict")
    assert "Tell the procurement lead now" in judge.text
    assert "you can no longer declare an interest here" in judge.text
    assert "What connects you?" not in judge.text, "no form that cannot be sent"


def test_words_sent_as_scoring_closes_come_back_with_what_to_do(app: Flask, now: datetime) -> None:
    setting = moderated(now, [(1, 3, 5), (2, 2, 2)])
    card, actor = setting.card(1, 0), setting.actor(setting.judges[1])
    with pytest.raises(Conflict, match="Tell the procurement lead now"), transaction():
        operations.report(actor, card_id=card, interest="My sister works there.", now=now)
    judge = browser_of(app, setting.judges[1])
    judge.get(f"/judging/{setting.reference}/offline")
    judge.get("/account/name")
    tokens = judge.form("/account/name")["fields"]
    fields = {name: tokens[name] for name in ("csrf_token", "form_token")}
    sent = judge.post(
        f"/judging/cards/{card}/conflict", data={**fields, "interest": "My sister works there."}
    )
    assert sent.status_code == 409
    assert "Tell the procurement lead now" in judge.text
    assert "My sister works there." in judge.html


def test_the_lead_reads_conflicts_during_and_after_the_meeting_and_decides_none(
    app: Flask, now: datetime
) -> None:
    setting = moderated(now, [(3, 3, 3), (2, 2, 2)])
    lead, base = browser_of(app, setting.lead), f"/manage/challenges/{setting.reference}"
    (first, *_) = queries.declarations(setting.challenge)
    for meeting in (True, False):
        for page in ("/conflicts", f"/conflicts/judges/{setting.members[0]}"):
            with counted() as seen:
                assert lead.get(base + page).status_code == 200
            assert len(seen) <= 12
            assert "Scoring is closed, so no interest can be declared or decided any more" in lead.text
            assert f"/conflicts/{first.id}" not in lead.html, "nothing is offered that cannot be done"
        for end in ("", ".csv", ".xlsx"):
            assert lead.get(f"{base}/conflicts/assessment{end}").status_code == 200
        lead.get(base)
        assert f'href="{base}/conflicts"' in lead.html
        assert lead.get(f"{base}/conflicts/{first.id}").status_code == 403
        if meeting:
            finish(setting, setting.lead, now)


def test_the_meeting_is_told_what_to_do_about_a_conflict_that_comes_up(app: Flask, now: datetime) -> None:
    setting = moderated(now, [(1, 3, 5), (2, 2, 2)])
    (item, *_) = queries.agenda(setting.challenge)
    aside = f"/manage/challenges/{setting.reference}/set-aside/{setting.pitch_reference(0)}"
    for person, leads_on in ((setting.judges[0], False), (setting.lead, True)):
        browser = browser_of(app, person)
        browser.get(f"/manage/challenges/{setting.reference}/moderation/{item.id}")
        assert "A conflict of interest comes up now" in browser.text
        assert "set their scores on this pitch aside" in browser.text
        assert (f'href="{aside}"' in browser.html) is leads_on
