"""Plots, agreement and further reviews under "How sure the ranking is"."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select, update

from pitchfest.accounts import queries as accounts
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import ChallengeState, DecisionBasis
from pitchfest.db import db
from pitchfest.judging.models import Declaration
from pitchfest.judging.queries.certainty import reviewers
from pitchfest.judging.rules.states import DeclarationState
from tests.judging.setting import a_round, close, declare_all, score_all
from tests.judging.views.test_calibrated import scored
from tests.support import builders
from tests.support.signing_in import browser_of

FURTHER = "Which further review would tell most?"


@pytest.fixture(autouse=True)
def region(app: Flask) -> None:
    builders.a_region()
    accounts.forget_region()


def page_of(app, setting, person):
    browser = browser_of(app, person)
    assert browser.get(f"/manage/challenges/{setting.reference}/results/certainty").status_code == 200
    return browser


def moderating(setting):
    """The round as it is while the panel meets."""
    db.session.execute(
        update(Challenge)
        .where(Challenge.id == setting.challenge)
        .values(state=ChallengeState.MODERATION, decision_basis=DecisionBasis.MODERATED)
    )
    db.session.commit()
    return setting


def test_every_review_is_a_shaded_cell_and_every_score_is_counted(app: Flask, now):
    setting = scored(now)
    page = page_of(app, setting, setting.lead)
    assert len(re.findall(r'<td class="[^"]*pf-shade pf-shade--[1-5]">', page.html)) == 30
    assert page.html.count('<td class="govuk-table__cell"></td>') == 20
    given = re.findall(r'numeric">(\d+)</td><td class="govuk-table__cell pf-spread__bar">', page.html)
    assert sum(map(int, given)) == 3 * 30
    assert "Krippendorff’s alpha" in page.text
    assert FURTHER not in page.text, "scores stand: there is nothing left to suggest"


def test_a_small_round_with_equal_scores_is_no_crash(app: Flask, now):
    setting = a_round(now, pitches=1)
    declare_all(setting, now)
    score_all(setting, now)
    close(setting, now)
    assert "pf-shade--" in page_of(app, setting, setting.lead).html


def test_further_reviews_are_named_to_the_lead_in_moderation(app: Flask, now):
    setting = moderating(scored(now))
    lead = page_of(app, setting, setting.lead)
    assert FURTHER in lead.text
    assert "/further-reviews?" in lead.html
    assert 1 <= lead.html.count('data-label="With the review"') <= 5
    for person in (setting.judges[0], setting.officer, setting.approver):  # the chair among them
        assert FURTHER not in page_of(app, setting, person).text


def test_a_judge_with_a_conflict_is_never_named(app: Flask, now):
    setting = moderating(scored(now))
    conflicted = setting.members[0]
    db.session.execute(
        update(Declaration)
        .where(Declaration.panel_member_id == conflicted)
        .values(
            state=DeclarationState.RECUSED,
            reason="They advise this supplier.",
            decided_at=now,
            decided_by_id=setting.lead,
        )
    )
    db.session.commit()
    lead = page_of(app, setting, setting.lead)
    named = re.findall(r'data-label="Judge who would tell most">([^<]+)<', lead.html)
    assert named
    assert "Judge A" not in named
    everything = set(db.session.scalars(select(Declaration.panel_member_id)))
    assert everything == set(setting.members)
    who = reviewers(setting.challenge, now)
    assert str(setting.judges[0]) not in who.names


def test_a_round_that_everyone_scored_has_nobody_to_name(app: Flask, now):
    setting = moderating(scored(now, pitches=8, judges=3))
    lead = page_of(app, setting, setting.lead)
    assert "Nobody is left to ask for one more review" in lead.text
    assert "Kendall’s W" in lead.text
