"""Stored calibrations, and what the results say by them."""

from __future__ import annotations

import random
import sys
from fractions import Fraction

import pytest
from flask import Flask
from sqlalchemy import select, update

from pitchfest.accounts import queries as accounts
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import DecisionBasis
from pitchfest.db import db
from pitchfest.judging import operations, queries
from pitchfest.judging.models import Scorecard, StoredCalibration
from pitchfest.judging.rules.snapshot import Snapshot, Sure, dump, load, percent, version_of
from pitchfest.pitches.models import Pitch
from pitchfest.pitches.rules import PitchState
from tests.judging.operations.test_moderation import agree
from tests.judging.setting import a_round, close, declare_all, fill, plan_and_give_out
from tests.support import builders
from tests.support.signing_in import browser_of
from tests.support.statements import counted

DIFFER = "Judges differ in severity"


@pytest.fixture(autouse=True)
def region(app: Flask) -> None:
    builders.a_region()
    accounts.forget_region()


def scored(now, *, pitches=10, judges=5, each=3, generous=True, basis=DecisionBasis.RAW_MEAN):
    """Every pitch has `each` of the judges; the first two give two points more where `generous`."""
    setting = a_round(now, pitches=pitches, judges=judges)
    db.session.execute(
        update(Challenge)
        .where(Challenge.id == setting.challenge)
        .values(judges_per_pitch=each, decision_basis=basis)
    )
    db.session.commit()
    declare_all(setting, now)
    if queries.board(setting.challenge).per_pitch:
        plan_and_give_out(setting, now)
    chance = random.Random(5)
    for judge, member in enumerate(setting.members):
        for pitch, pitch_id in enumerate(setting.pitches):
            mine = select(Scorecard.id).where(
                Scorecard.panel_member_id == member, Scorecard.pitch_id == pitch_id
            )
            if db.session.scalar(mine):
                more = 2 if generous and judge < 2 else 0
                points = [pitch % 3 + chance.choice((0, 0, 1)) + more for _ in range(3)]
                fill(setting, judge, pitch, points, now)
    close(setting, now)
    return setting


def stored():
    db.session.rollback()
    return db.session.scalars(select(StoredCalibration)).all()


def results_of(app, setting, person=None):
    lead = browser_of(app, person or setting.lead)
    assert lead.get(f"/manage/challenges/{setting.reference}/results").status_code == 200
    return lead


def test_the_worker_stores_it_once_and_the_results_show_it(app: Flask, now):
    setting = scored(now)
    assert "is being worked out" in results_of(app, setting).text
    assert operations.calibrate_due(lambda: now) == 1
    assert operations.calibrate_due(lambda: now) == 0
    [row] = stored()
    page = results_of(app, setting)
    assert DIFFER in page.text
    assert f"version {row.version[:8]}" in page.text
    assert page.html.count('data-label="Calibrated"') == 10
    assert page.html.count('data-label="Rank, 90%"') == 10
    sure = load(row.body)
    assert sum(place.p_first for place in sure.places.values()) == pytest.approx(1, abs=1e-4)
    assert sure.reviews == 30
    page.get(f"/manage/challenges/{setting.reference}/results/certainty")
    assert f"version {row.version[:8]}" in page.text


def test_the_totals_and_ranks_stay_the_plain_ones(app: Flask, now):
    setting = scored(now)
    before = [row[6:11] for row in queries.results(setting.challenge).ranked]
    operations.calibrate_due(lambda: now)
    assert [row[6:11] for row in queries.results(setting.challenge).ranked] == before


def test_judges_who_differ_little_get_one_sentence(app: Flask, now):
    setting = scored(now, generous=False)
    operations.calibrate_due(lambda: now)
    page = results_of(app, setting)
    assert "Judges differ little in severity: use the plain mean." in page.text
    assert "Calibrated" not in page.html
    assert "How sure is this ranking?" in page.text


def test_where_agreed_scores_count_nobody_is_told_to_use_the_plain_mean(app: Flask, now):
    setting = scored(now, generous=False, basis=DecisionBasis.MODERATED)
    operations.calibrate_due(lambda: now)
    page = results_of(app, setting)
    assert "Judges differ little in severity." in page.text
    page.get(f"/manage/challenges/{setting.reference}/results/certainty")
    assert "Judges differ little in severity." in page.text


@pytest.mark.parametrize("shape", [{"pitches": 7}, {"pitches": 8, "judges": 3}], ids=["few", "complete"])
def test_small_and_complete_rounds_stay_quiet(app: Flask, now, shape):
    setting = scored(now, **shape)
    operations.calibrate_due(lambda: now)
    page = results_of(app, setting)
    for word in ("everity", "alibrated", "Worked out"):
        assert word not in page.text


def test_a_pitch_that_goes_makes_it_overtaken_and_it_is_worked_out_again(app: Flask, now):
    setting = scored(now)
    operations.calibrate_due(lambda: now)
    first = stored()[0].version
    db.session.execute(update(Pitch).where(Pitch.id == setting.pitches[0]).values(state=PitchState.EXCLUDED))
    db.session.commit()
    assert "is being worked out" in results_of(app, setting).text
    assert operations.calibrate_due(lambda: now) == 1
    [row] = stored()
    assert row.version != first
    assert len(load(row.body).places) == 9
    assert results_of(app, setting).html.count('data-label="Calibrated"') == 9


def test_an_agreed_score_is_not_in_it_and_both_pages_say_so(app: Flask, now):
    setting = scored(now, basis=DecisionBasis.MODERATED)
    operations.calibrate_due(lambda: now)
    [before] = stored()
    version, places = before.version, load(before.body).places
    assert "agreed in moderation" not in results_of(app, setting).text
    item = queries.agenda(setting.challenge)[0]
    agree(setting, item.id, max(item.scores), now)
    assert "is being worked out" in results_of(app, setting).text, "totals are others now"
    assert operations.calibrate_due(lambda: now) == 1
    [after] = stored()
    assert (after.version, load(after.body).places) == (version, places), "over the judges’ own scores"
    page = results_of(app, setting)
    assert "Scores agreed in moderation count in the total and are not in the calibration" in page.text
    page.get(f"/manage/challenges/{setting.reference}/results/certainty")
    assert "Scores were agreed in moderation." in page.text


def test_before_scoring_is_closed_nothing_is_worked_out(app: Flask, now):
    setting = a_round(now, pitches=9)
    declare_all(setting, now)
    for judge in range(3):
        for pitch in range(9):
            fill(setting, judge, pitch, (3, 3, 3), now)
    assert operations.calibrate_due(lambda: now) == 0
    assert queries.stored_calibration(setting.challenge, queries.results(setting.challenge)) is None


def test_the_results_read_one_statement_however_many_pitches_and_no_numpy(app: Flask, now):
    counts = []
    for pitches in (8, 14):
        setting = scored(now, pitches=pitches)
        operations.calibrate_due(lambda: now)
        lead = results_of(app, setting)
        loaded = {name for name in sys.modules if name.startswith("numpy")}
        with counted() as statements:
            lead.get(f"/manage/challenges/{setting.reference}/results")
        assert {name for name in sys.modules if name.startswith("numpy")} == loaded
        # equal totals, which are here by chance, ask for the lot too
        counts.append(sum("tie_lot" not in statement for statement in statements))
    assert counts[0] == counts[1]


def test_a_judge_and_a_supplier_find_nothing(app: Flask, now):
    setting = scored(now)
    operations.calibrate_due(lambda: now)
    for person in (setting.judges[1], setting.suppliers[0]):
        page = f"/manage/challenges/{setting.reference}/results"
        assert browser_of(app, person).get(page).status_code == 404


def test_what_is_written_is_read_and_the_order_does_not_matter():
    snapshot = Snapshot("Say.", True, 3, False, {"P-1": Sure(51.5, 1, 2, 0.5)})
    assert load(dump(snapshot)) == snapshot
    cards = {"a": {"j": {"1": Fraction(1)}}, "b": {"j": {"1": Fraction(2)}}}
    three = {"1": Fraction(3)}
    turned = dict(reversed(cards.items()))
    assert version_of(cards, three, {}) == version_of(turned, three, {})
    assert version_of(cards, three, {}) != version_of(cards, {"1": Fraction(4)}, {})
    assert [percent(share) for share in (0, 0.004, 0.5, 0.995, 1)] == [
        "under 1%",
        "under 1%",
        "50%",
        "over 99%",
        "over 99%",
    ]
