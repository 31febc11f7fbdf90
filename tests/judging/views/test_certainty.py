"""The page on how sure a ranking is."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from pitchfest.accounts import queries as accounts
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import DecisionBasis
from pitchfest.db import db
from pitchfest.judging import queries
from pitchfest.judging.models import Scorecard
from tests.judging.operations.test_moderation import agree, moderated
from tests.judging.setting import a_round, close, declare_all, fill, plan_and_give_out, score_all
from tests.support import builders
from tests.support.signing_in import browser_of
from tests.support.statements import counted


@pytest.fixture(autouse=True)
def region(app: Flask) -> None:
    builders.a_region()
    accounts.forget_region()


def closed(now, **shape):
    setting = a_round(now, **shape)
    declare_all(setting, now)
    score_all(setting, now)
    close(setting, now)
    return setting


def test_from_the_results_to_how_sure_they_are(app: Flask, now):
    setting = closed(now, pitches=4, price=True)
    page = f"/manage/challenges/{setting.reference}/results"
    lead = browser_of(app, setting.lead)
    lead.get(page)
    assert f"{page}/certainty" in lead.html
    lead.get(f"{page}/certainty")
    assert "How sure the ranking is" in lead.text
    assert "Every judge scored every pitch, so severity changes nothing: use the plain mean." in lead.text
    for words in (
        "Supplier A Ltd",
        "Judge A",
        "What would change who comes first?",
        "out of 100, with the price",
    ):
        assert words in lead.text
    assert lead.html.count('class="pf-bar__zero"') == 3, "a line of 0 for each judge"
    assert "is strict, right of it generous" in lead.text
    lead.get(f"{page}/certainty?best=2")
    assert "Among the best 2" in lead.text
    for nonsense in ("0", "-3", "999999999999999999999", "x", ""):
        assert lead.get(f"{page}/certainty?best={nonsense}").status_code == 200


def test_totals_and_their_order_are_those_of_the_results(app: Flask, now):
    setting = closed(now, pitches=5, price=True)
    page = f"/manage/challenges/{setting.reference}/results"
    lead = browser_of(app, setting.lead)
    shown = []
    for address in (page, f"{page}/certainty"):
        lead.get(address)
        shown.append(re.findall(r"/manage/pitches/([\w-]+)/scores.*?<strong>([\d.]+)</strong>", lead.html))
    assert shown[0] == shown[1]
    assert len({total for _, total in shown[0]}) == 5


def test_after_moderation_it_is_said_to_be_about_the_judges_own_ranking(app: Flask, now):
    setting = moderated(now, [(1, 3, 5), (3, 3, 3)])
    page = f"/manage/challenges/{setting.reference}/results"
    lead = browser_of(app, setting.lead)
    lead.get(f"{page}/certainty")
    assert "How sure the ranking is" in lead.text
    (item,) = queries.agenda(setting.challenge)
    agree(setting, item.id, 400, now)
    lead.get(page)
    assert "How sure is the judges’ own ranking?" in lead.text
    lead.get(f"{page}/certainty")
    for words in (
        "How sure the judges’ own ranking is",
        "Total before moderation",
        "Rank before moderation",
        "What would change who came first before moderation?",
    ):
        assert words in lead.text
    assert "The total decides" not in lead.text
    assert "with the price" not in lead.text


def test_of_weights_it_is_said_also_where_a_judge_decides(app: Flask, now):
    setting = moderated(now, [(5, 3, 3), (3, 4, 3)])
    lead = browser_of(app, setting.lead)
    lead.get(f"/manage/challenges/{setting.reference}/results/certainty")
    assert "Without Judge A: Supplier B Ltd would come first, not Supplier A Ltd." in lead.text
    assert "Making any weight a tenth larger or smaller changes nothing here." in lead.text


def test_nearly_nothing_has_no_sign(app: Flask, now):
    setting = moderated(now, [(3, 3, 3), (4, 4, 4)])
    lead = browser_of(app, setting.lead)
    lead.get(f"/manage/challenges/{setting.reference}/results/certainty")
    assert "Gives more or less, in points" in lead.text
    assert not re.search(r"[−+]0\.0\b", lead.text)


def test_as_many_statements_for_many_pitches(app: Flask, now):
    counts = []
    for pitches in (2, 9):
        setting = closed(now, pitches=pitches)
        lead = browser_of(app, setting.lead)
        lead.get(f"/manage/challenges/{setting.reference}/results/certainty")
        with counted() as statements:
            lead.get(f"/manage/challenges/{setting.reference}/results/certainty")
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 12


def test_who_may_not_see_results_finds_nothing_here(app: Flask, now):
    setting = closed(now, pitches=2)
    page = f"/manage/challenges/{setting.reference}/results/certainty"
    for person in (setting.judges[1], setting.suppliers[0]):
        assert browser_of(app, person).get(page).status_code == 404


def test_before_scoring_is_closed_there_is_nothing(app: Flask, now):
    setting = a_round(now, pitches=2)
    declare_all(setting, now)
    score_all(setting, now)
    lead = browser_of(app, setting.lead)
    assert lead.get(f"/manage/challenges/{setting.reference}/results/certainty").status_code in (403, 404)


@pytest.mark.parametrize("pitches", [8, 12])
def test_a_meeting_about_many_pitches_reads_them_in_twelve_statements(app: Flask, now, pitches):
    setting = a_round(now, pitches=pitches, judges=5)
    db.session.execute(update(Challenge).values(decision_basis=DecisionBasis.MODERATED))
    db.session.commit()
    declare_all(setting, now)
    if pitches == 8:  # up to so many everybody reads everything, and nothing is left to ask
        last = Scorecard.panel_member_id == setting.members[-1]
        db.session.execute(delete(Scorecard).where(last))
        db.session.commit()
    else:
        plan_and_give_out(setting, now)
    for card in db.session.execute(select(Scorecard.panel_member_id, Scorecard.pitch_id)).all():
        judge, pitch = setting.members.index(card[0]), setting.pitches.index(card[1])
        fill(setting, judge, pitch, (1 + (judge + pitch) % 5, 3, 3), now)
    close(setting, now)
    lead = browser_of(app, setting.lead)
    lead.get(f"/manage/challenges/{setting.reference}/results/certainty")
    assert "further-reviews" in lead.html
    with counted() as statements:
        lead.get(f"/manage/challenges/{setting.reference}/results/certainty")
    assert len(statements) <= 12
