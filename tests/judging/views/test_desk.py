"""The judge's desk and the way from card to card; a card that saves by itself."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from pitchfest.accounts import queries as accounts
from pitchfest.challenges.models import Challenge
from pitchfest.db import db, transaction
from pitchfest.judging import operations, queries
from pitchfest.judging.models import PanelMember
from pitchfest.judging.rules.cards import Mark
from pitchfest.judging.rules.order import own_order
from tests.judging.setting import REASON, a_round, close, declare_all, fill, score_all
from tests.support import builders
from tests.support.signing_in import browser_of


@pytest.fixture(autouse=True)
def region(app: Flask) -> None:
    builders.a_region()
    accounts.forget_region()


@pytest.fixture
def setting(app: Flask, now):
    found = a_round(now, pitches=6)
    declare_all(found, now)
    return found


def cards_of(setting, judge: int = 0) -> list[int]:
    """The ids of the judge's cards in their own order."""
    ids = [setting.card(judge, pitch) for pitch in range(len(setting.pitches))]
    return own_order(setting.members[judge], ids)


def listed(browser) -> list[int]:
    return [
        int(card)
        for card in re.findall(r'href="/judging/cards/(\d+)[^"]*">(?:Start|Carry|Read)', browser.html)
    ]


def pitch_of(setting, card: int) -> int:
    return next(p for p in range(len(setting.pitches)) if setting.card(0, p) == card)


def test_each_judge_meets_the_pitches_in_an_order_of_their_own(app: Flask, setting) -> None:
    orders = []
    for place, person in enumerate(setting.judges):
        judge = browser_of(app, person)
        judge.get("/judging")
        first = listed(judge)
        assert first == cards_of(setting, place)
        judge.get("/judging")
        assert listed(judge) == first
        orders.append([card % 6 for card in first])
    assert len({tuple(order) for order in orders}) > 1


def test_the_list_shows_what_is_to_do_what_is_done_or_all(app: Flask, now, setting) -> None:
    judge = browser_of(app, setting.judges[0])
    judge.get("/judging")
    assert "To do (6)" not in judge.text, "nothing is done yet: there is nothing to choose between"
    signed = cards_of(setting)[2]
    fill(setting, 0, pitch_of(setting, signed), (3, 3, 3), now)
    judge.get("/judging")
    assert "All (6)" in judge.text
    assert listed(judge)[-1] == signed
    judge.get("/judging?show=done")
    assert listed(judge) == [signed]
    judge.get("/judging?show=todo")
    assert listed(judge) == [card for card in cards_of(setting) if card != signed]
    judge.get("/judging?show=%27%3Cb%3E")
    assert len(listed(judge)) == 6


def test_of_several_rounds_the_first_due_is_named_and_comes_first(app: Flask, now, setting) -> None:
    """Not one without a day, which the database may sort first."""
    judge = browser_of(app, setting.judges[0])
    db.session.execute(update(Challenge).values(judging_deadline=None))
    db.session.commit()
    judge.get("/judging")
    assert "You have 6 pitches left to score." in judge.text, "there is only one"
    other = a_round(now, pitches=2)
    db.session.execute(
        update(Challenge)
        .where(Challenge.id == other.challenge)
        .values(judging_deadline=now + timedelta(days=2), title="Mend the bridge")
    )
    db.session.execute(
        update(PanelMember).where(PanelMember.id == other.members[0]).values(person_id=setting.judges[0])
    )
    db.session.commit()
    declare_all(replace(other, judges=[setting.judges[0], *other.judges[1:]]), now)
    judge.get("/judging")
    assert "You have 2 pitches left to score for “Mend the bridge” by" in judge.text


def test_a_pace_is_said_after_three_cards(app: Flask, now, setting) -> None:
    judge = browser_of(app, setting.judges[0])
    for number in range(4):
        at = now + timedelta(minutes=10 * number)
        judge.get("/judging")
        assert ("At your pace so far" in judge.text) == (number == 4)
        fill(setting, 0, number, (3, 3, 3), at)
    judge.get("/judging")
    assert "At your pace so far that takes about 20 minutes." in judge.text
    other = browser_of(app, setting.judges[1])
    other.get("/judging")
    assert "pace" not in other.text


def test_one_goes_on_where_one_left_off(app: Flask, now, setting) -> None:
    card = cards_of(setting)[3]
    marks = {setting.criteria[0]: (300, REASON), setting.criteria[1]: (None, "Half a thought")}
    with transaction():
        operations.save_card(setting.actor(setting.judges[0]), card, marks, now=now)
    for other in (1, 2):  # what others have scored tells nothing of where this judge is
        fill(setting, other, pitch_of(setting, card), (3, 3, 3), now)
    judge = browser_of(app, setting.judges[0])
    judge.get("/judging")
    place = f"/judging/cards/{card}#left"
    assert judge.html.count(f'href="{place}"') == 2, "in the list and in the box at the top"
    judge.get("/")
    assert place in judge.html
    judge.get(f"/judging/cards/{card}")
    _, _, rest = judge.html.partition(f'id="criterion-{setting.criteria[1]}">')
    assert '<span id="left">' in rest.partition("</section>")[0]
    assert judge.html.count('id="left"') == 1


def test_from_card_to_card_round_the_end(app: Flask, now, setting) -> None:
    judge = browser_of(app, setting.judges[0])
    order = cards_of(setting)
    for card, following in zip(order, [*order[1:], order[0]], strict=True):
        judge.get(f"/judging/cards/{card}")
        answer = judge.send(
            judge.path, follow=False, next="1", fields={f"reason-{setting.criteria[0]}": f"On {card}"}
        )
        assert answer.location == f"/judging/cards/{following}"
        assert queries.marks(card)[setting.criteria[0]].mark.reason == f"On {card}"
    fill(setting, 0, pitch_of(setting, order[1]), (3, 3, 3), now)
    judge.get(f"/judging/cards/{order[1]}")
    assert f'href="/judging/cards/{order[2]}">Next pitch' in judge.html
    judge.get(f"/judging/cards/{order[0]}")
    assert judge.send(judge.path, follow=False, next="1").location == f"/judging/cards/{order[2]}"


def test_the_last_open_card_leads_to_no_other(app: Flask, now, setting) -> None:
    order = cards_of(setting)
    for card in order[1:]:
        fill(setting, 0, pitch_of(setting, card), (3, 3, 3), now)
    judge = browser_of(app, setting.judges[0])
    judge.get(f"/judging/cards/{order[0]}")
    assert "next pitch" not in judge.text.lower()
    assert judge.send(judge.path, follow=False, next="1").location == f"/judging/cards/{order[0]}"


def by_itself(browser, card: int, **values):
    fields = {**browser.form()["fields"], **values}
    return browser.post(
        f"/judging/cards/{card}/autosave", data=fields, headers={"Accept": "application/json"}
    )


def test_a_card_saves_by_itself_and_the_page_goes_on_from_there(app: Flask, now, setting) -> None:
    judge, card = browser_of(app, setting.judges[0]), setting.card(0, 0)
    judge.get(f"/judging/cards/{card}")
    assert f'data-autosave="/judging/cards/{card}/autosave"' in judge.html
    first = by_itself(judge, card, **{f"score-{setting.criteria[0]}": "4"})
    assert first.status_code == 200
    assert first.json["said"].startswith("Saved at ")
    assert first.json["texts"] == {"scored": "1 of 3 scored"}
    again = by_itself(
        judge,
        card,
        form_token="2",
        **first.json["fields"],
        **{f"score-{setting.criteria[0]}": "5", f"reason-{setting.criteria[0]}": "They ride along."},
    )
    assert again.status_code == 200
    assert queries.marks(card)[setting.criteria[0]].mark == Mark(500, "They ride along.")


def test_a_card_that_cannot_be_saved_says_why_and_keeps_what_was(app: Flask, now, setting) -> None:
    judge, card = browser_of(app, setting.judges[0]), setting.card(0, 0)
    judge.get(f"/judging/cards/{card}")
    wrong = by_itself(judge, card, **{f"score-{setting.criteria[0]}": "9"})
    assert wrong.status_code == 422
    assert wrong.json["said"].startswith("Not saved yet. ")
    fill(setting, 0, 0, (1, 1, 1), now, sign=False)
    stale = by_itself(judge, card, **{f"score-{setting.criteria[0]}": "4"})
    assert stale.status_code == 409
    assert "another window" in stale.json["said"]
    assert queries.marks(card)[setting.criteria[0]].mark.hundredths == 100


def test_nobody_else_saves_a_judges_card_and_a_signed_one_stays(app: Flask, now, setting) -> None:
    judge, mallory = (browser_of(app, setting.judges[n]) for n in (0, 1))
    card = setting.card(0, 0)
    mallory.get(f"/judging/cards/{setting.card(1, 0)}")
    assert by_itself(mallory, card, **{f"score-{setting.criteria[0]}": "0"}).status_code == 404
    judge.get(f"/judging/cards/{card}")
    fill(setting, 0, 0, (4, 4, 4), now)
    assert by_itself(judge, card, **{f"score-{setting.criteria[0]}": "0"}).status_code == 403
    assert queries.marks(card)[setting.criteria[0]].mark.hundredths == 400


def test_after_scoring_is_closed_a_card_leads_nowhere(app: Flask, now, setting) -> None:
    score_all(setting, now)
    close(setting, now)
    judge = browser_of(app, setting.judges[0])
    judge.get(f"/judging/cards/{setting.card(0, 0)}")
    assert "Next pitch" not in judge.text
    assert "autosave.js" not in judge.html


def test_a_judge_reads_that_their_declaration_waits_for_a_decision(app: Flask, now, setting) -> None:
    with transaction():
        operations.report(
            setting.actor(setting.judges[0]),
            card_id=setting.card(0, 0),
            interest="I worked there until last year.",
            now=now,
        )
    waits = "the procurement lead has still to decide on what you declared"
    judge, other = (browser_of(app, person) for person in setting.judges[:2])
    judge.get("/judging")
    assert waits in judge.text
    other.get("/judging")
    assert waits not in other.text


def test_a_judge_who_has_declared_and_has_no_pitch_yet_reads_how_they_get_one(app: Flask, now) -> None:
    setting = a_round(now, pitches=6)
    db.session.execute(update(Challenge).values(judges_per_pitch=2, minimum_cards=2))
    db.session.commit()
    declare_all(setting, now, but=[1, 2])
    judge = browser_of(app, setting.judges[0])
    judge.get("/judging")
    assert "You have nothing to score yet." in judge.text
    assert "once every judge has declared and the procurement lead has given them out" in judge.text
    assert "Thank you" not in judge.text
    assert "0 of 0" not in judge.text


def test_who_has_signed_all_is_thanked_and_told_where_the_rest_waits(app: Flask, now, setting) -> None:
    """Scores are done, but the chair has the agenda to settle."""
    score_all(setting, now)
    chair = browser_of(app, setting.judges[0])
    chair.get("/judging")
    assert "You have nothing to score now. Thank you for judging." in chair.text
    assert "on your first page" not in chair.text
    db.session.execute(update(Challenge).values(state="moderation"))
    db.session.commit()
    chair.get("/judging")
    assert "What else waits for you is on your first page" in chair.text
    assert 'href="/">your first page' in chair.html


def test_a_conflict_is_reported_from_every_page_of_a_judge(app: Flask, now, setting) -> None:
    judge, cards = browser_of(app, setting.judges[0]), cards_of(setting)
    judge.get("/judging")
    assert re.findall(r'href="/judging/cards/(\d+)/conflict"', judge.html) == [str(card) for card in cards]
    judge.get(f"/judging/cards/{cards[0]}/sign")
    assert f"/judging/cards/{cards[0]}/conflict" in judge.html
    for page in ("offline", "offline/paper"):
        judge.get(f"/judging/{setting.reference}/{page}")
        assert "under “I have a" in judge.text or "My judging, “I have a" in judge.text
    score_all(setting, now)
    close(setting, now)
    judge.get("/judging")
    assert judge.html.count("/conflict") == len(cards), "and while the panel meets"
