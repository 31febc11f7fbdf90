"""Totals adjusted for how strict the judges were: worked out, ranked, shown, checked."""

from __future__ import annotations

import csv
import io
import random
from fractions import Fraction

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from pitchfest.accounts import queries as accounts
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import DecisionBasis
from pitchfest.db import db, transaction
from pitchfest.judging import operations, queries
from pitchfest.judging.models import AdjustedRound, AdjustedTotal, PitchTotal, Score, Scorecard, TieLot
from pitchfest.judging.operations.lot import reveal
from pitchfest.judging.rules.adjusting import WhyNot, adjust
from pitchfest.judging.rules.scoring import round_half_up
from pitchfest.judging.rules.states import CardState
from pitchfest.judging.rules.ties import seed_sha256
from pitchfest.pitches.models import Pitch
from pitchfest.pitches.rules import PitchState
from tests.judging.adjusting.world import a_scored_round, plain
from tests.judging.setting import Setting, assert_totals_are_right, close, fill, recuse
from tests.support import builders
from tests.support.signing_in import browser_of

ONE = {"1": Fraction(100)}


@pytest.fixture(autouse=True)
def region(app: Flask) -> None:
    builders.a_region()
    accounts.forget_region()


def results_page(app: Flask, setting: Setting, person: int | None = None, path: str = "results"):
    browser = browser_of(app, person or setting.lead)
    assert browser.get(f"/manage/challenges/{setting.reference}/{path}").status_code == 200
    return browser


def status(app: Flask, setting: Setting, person: int, path: str = "results") -> int:
    return browser_of(app, person).get(f"/manage/challenges/{setting.reference}/{path}").status_code


def by_name(setting: Setting):
    return {row.organisation_name: row for row in queries.results(setting.challenge, names=True).ranked}


def panel(severity, worth):
    """Every pitch has two of the judges, who take turns; each gives its worth less their severity."""
    cards = {}
    for number, (pitch, points) in enumerate(worth.items()):
        pair = [sorted(severity)[(number + i) % len(severity)] for i in range(2)]
        cards[pitch] = {judge: {"1": Fraction(points - severity[judge], 100)} for judge in pair}
    return cards, {p: Fraction(sum(c["1"] * 100 for c in of.values()), len(of)) for p, of in cards.items()}


def nearly_all(judges, pitches, seed):
    """Every judge read every pitch but the first, which the first judge did not: a scale of 0 to 4, the first
    judge a point above the rest.
    """
    draw = random.Random(seed)
    cards = {}
    for number in range(pitches):
        worth = [draw.randrange(5) for _ in range(2)]
        cards[f"{number:02}"] = {
            f"{judge}": {
                f"{c}": Fraction(min(4, max(0, worth[c] + draw.choice([-1, 0, 0, 1]) + (judge == 0))), 4)
                for c in range(2)
            }
            for judge in range(judges)
        }
    del cards["00"]["0"]
    weights = {"0": Fraction(35), "1": Fraction(65)}
    points = {
        pitch: sum((weights[c] * sum(m[c] for m in by.values()) / len(by) for c in weights), Fraction(0))
        for pitch, by in cards.items()
    }
    return cards, weights, points


def test_what_every_judge_read_is_not_adjusted_by_the_last_bits_of_the_arithmetic():
    """Totals on half a hundredth were rounded down or up by noise of 1e-15."""
    halves = 0
    for judges in (2, 4):
        for seed in range(40):
            cards, weights, points = nearly_all(judges, 10, seed)
            found = adjust(cards, weights, points)
            if found.why_not is None:
                for pitch in sorted(cards)[1:]:
                    halves += (points[pitch] * 200).denominator == 1 != (points[pitch] * 100).denominator
                    assert found.hundredths[pitch] == Fraction(round_half_up(points[pitch])) * 100, (
                        seed,
                        pitch,
                    )
    assert halves > 20


def test_other_ids_of_judges_and_pitches_change_no_total():
    for seed in range(25):
        cards, weights, points = nearly_all(4, 9, seed)
        named = {p: f"{98 - int(p)}" for p in cards}
        again = adjust(
            {named[p]: {f"{7 - int(j)}": m for j, m in by.items()} for p, by in cards.items()},
            weights,
            {named[p]: points[p] for p in points},
        )
        found = adjust(cards, weights, points)
        assert {named[p]: value for p, value in found.hundredths.items()} == again.hundredths, seed


def test_a_strict_judge_s_pitches_are_lifted_and_the_order_is_that_of_their_worth():
    worth = {f"p{n:02}": 40 + 2 * n for n in range(12)}
    cards, points = panel({"ann": 20, "bob": 0, "cat": 0}, worth)
    found = adjust(cards, ONE, points)
    assert found.why_not is None
    assert sorted(worth, key=found.hundredths.__getitem__) == sorted(worth)
    assert sorted(worth, key=points.__getitem__) != sorted(worth)
    for pitch, by_judge in cards.items():
        assert ("ann" in by_judge) == (found.hundredths[pitch] > points[pitch] * 100)
    # all that is left is what separates the pitches, a point for a point
    assert found.hundredths["p11"] - found.hundredths["p00"] == pytest.approx(2200, abs=60)


def test_the_order_of_cards_and_names_of_judges_change_nothing():
    cards, points = panel({"ann": 20, "bob": 0, "cat": 5}, {f"p{n:02}": 40 + 2 * n for n in range(12)})
    turned = {p: dict(reversed(of.items())) for p, of in reversed(cards.items())}
    assert adjust(turned, ONE, points) == adjust(cards, ONE, points)


@pytest.mark.parametrize(
    ("cards", "why_not"),
    [
        ({f"p{n}": {j: {"1": Fraction(n, 9)} for j in "ab"} for n in range(9)}, WhyNot.COMPLETE),
        ({f"p{n}": {"a": {"1": Fraction(n, 9)}} for n in range(9)}, WhyNot.ONE_JUDGE),
        ({f"p{n}": {"ab"[n % 2]: {"1": Fraction(n, 9)}} for n in range(7)}, WhyNot.FEW),
        ({f"p{n}": {"ab"[n % 2]: {"1": Fraction(n, 9)}} for n in range(9)}, WhyNot.GROUPS),
        ({f"p{n}": {j: {"1": Fraction(1, 2)} for j in ("ab", "bc")[n % 2]} for n in range(9)}, WhyNot.SAME),
        ({}, WhyNot.FEW),
    ],
    ids=["complete", "one judge", "few", "groups", "same", "nothing"],
)
def test_where_judges_cannot_be_compared_nothing_is_adjusted(cards, why_not):
    found = adjust(cards, ONE, {pitch: Fraction(50) for pitch in cards})
    assert (found.why_not, found.hundredths) == (why_not, {})


def test_it_is_stored_when_scoring_closes_and_the_results_go_by_it(app: Flask, now):
    setting = a_scored_round(now)
    found = queries.results(setting.challenge)
    assert found.adjusted is not None
    assert found.adjusted.why_not is None
    assert [row.deciding for row in found.ranked] == sorted((r.deciding for r in found.ranked), reverse=True)
    raw = sorted(found.ranked, key=lambda row: (-(row.exact_total or 0), row.reference))
    assert [row.reference for row in raw] != [row.reference for row in found.ranked]
    page = results_page(app, setting)
    assert "the adjusted total decides" in page.text
    assert page.html.count('data-label="Adjusted total"') == len(found.ranked)
    assert page.html.count('data-label="Total"') == len(found.ranked)
    assert found.ranked[0].adjusted_text in page.text
    assert f"version {found.adjusted.version[:8]}" in page.text
    operations.calibrate_due(lambda: now)
    assert "The adjusted total decides, not these." in results_page(app, setting).text
    assert "use the plain mean" not in results_page(app, setting).text
    page = results_page(app, setting, path="results/certainty")
    assert "The adjusted total decides, as the results show it, and none of these figures does." in page.text
    assert_totals_are_right()


def test_no_figure_of_the_judges_is_another(app: Flask, now):
    other = a_scored_round(now, basis=DecisionBasis.RAW_MEAN)
    before = {row.organisation_name: row[8:17] for row in queries.results(other.challenge, names=True).ranked}
    signed = select(Score.hundredths).order_by(Score.scorecard_id, Score.criterion_id)
    stored = db.session.execute(signed).all()
    for table in (AdjustedRound, AdjustedTotal):
        assert not db.session.scalar(select(table))
    db.session.execute(update(Challenge).values(decision_basis=DecisionBasis.CALIBRATED))
    db.session.commit()
    found = queries.to_adjust(other.challenge).work_out()
    assert found.hundredths
    assert stored == db.session.execute(signed).all()
    db.session.execute(update(Challenge).values(decision_basis=DecisionBasis.RAW_MEAN))
    db.session.commit()
    assert before == {
        row.organisation_name: row[8:17] for row in queries.results(other.challenge, names=True).ranked
    }


def test_the_price_is_added_as_exactly_as_ever_and_not_adjusted(app: Flask, now):
    setting = a_scored_round(now, price=True)
    stored = queries.adjusted(setting.challenge)
    assert stored is not None
    for row in queries.results(setting.challenge).ranked:
        assert row.deciding == Fraction(stored.hundredths[row.pitch_id], 100) + Fraction(
            2_000_000 * 10, (row.price_pence or 0)
        )


def test_the_minimum_in_all_is_looked_up_in_the_total_before(app: Flask, now):
    setting = a_scored_round(now)
    before = by_name(setting).values()
    moved = max(before, key=lambda row: abs(row.deciding - plain(row)))
    between = int(50 * (moved.deciding + plain(moved)))
    with transaction():
        db.session.execute(update(Challenge).values(minimum_total=between))
    rows = queries.results(setting.challenge).ranked
    for row in rows:
        under = any(words.startswith("In all") for words in row.missed)
        assert under == (plain(row) * 100 < between)
    assert any((plain(row) * 100 < between) != (row.deciding * 100 < between) for row in rows), (
        "or this shows nothing"
    )
    assert "So a pitch under the minimum in all stays under it." in results_page(app, setting).text


def test_equal_adjusted_totals_are_tied_and_settled_as_published(app: Flask, now):
    setting = a_scored_round(now)
    db.session.execute(update(AdjustedTotal).values(hundredths=5000))
    seed = b"s" * 32
    db.session.add(
        TieLot(
            challenge_id=setting.challenge,
            seed=seed.hex(),
            sha256=seed_sha256(seed),
            made_at=now,
        )
    )
    db.session.flush()
    reveal(setting.challenge, now=now)
    db.session.commit()
    found = queries.results(setting.challenge)
    assert {(row.rank, row.tied) for row in found.ranked} == {(1, True)}
    ties = queries.settled_ties(setting.challenge, found)
    assert ties is not None
    assert [len(group) for group in ties.groups] == [10]
    assert "Some pitches have the same adjusted total" in results_page(app, setting).text
    lead = browser_of(app, setting.lead)
    lead.get(f"/manage/challenges/{setting.reference}/results/ties")
    assert "Pitches with the same adjusted total are told apart" in lead.text


@pytest.mark.parametrize(
    ("shape", "because"),
    [
        ({"pitches": 7}, "fewer than 8 pitches were scored"),
        ({"pitches": 9, "judges": 3, "each": 3}, "every judge read every pitch"),
    ],
    ids=["few", "complete"],
)
def test_where_it_cannot_be_the_plain_mean_decides_and_says_why(app: Flask, now, shape, because):
    setting = a_scored_round(now, **shape)
    found = queries.results(setting.challenge)
    assert [row.deciding for row in found.ranked] == [row.exact_total for row in found.ranked]
    page = results_page(app, setting)
    assert f"They are not, because {because}" in page.text
    assert "Adjusted total" not in page.html
    page = results_page(app, setting, path="results/certainty")
    assert "The total decides." in page.text
    assert_totals_are_right()


def test_a_pitch_that_goes_moves_no_other_total(app: Flask, now):
    setting = a_scored_round(now)
    before = {name: row.deciding for name, row in by_name(setting).items()}
    db.session.execute(update(Pitch).where(Pitch.id == setting.pitches[0]).values(state=PitchState.EXCLUDED))
    db.session.commit()
    after = {name: row.deciding for name, row in by_name(setting).items()}
    assert after == {name: total for name, total in before.items() if name in after}
    assert len(after) == 9
    assert_totals_are_right()


def test_the_check_finds_a_changed_figure_a_missing_one_and_another_score(app: Flask, now):
    setting = a_scored_round(now)
    first = setting.pitches[0]
    with transaction():
        db.session.execute(
            update(AdjustedTotal)
            .where(AdjustedTotal.pitch_id == first)
            .values(hundredths=AdjustedTotal.hundredths + 1)
        )
    [said] = queries.total_differences()[1]
    assert f"{setting.pitch_reference(0)}: the adjusted total is stored as" in said
    with transaction():
        db.session.execute(delete(AdjustedTotal).where(AdjustedTotal.pitch_id == first))
    assert "is stored as None" in queries.total_differences()[1][0]
    with transaction():
        db.session.execute(update(AdjustedRound).values(version="0" * 64))
    assert "adjusted from other scores" in queries.total_differences()[1][0]
    with transaction():
        db.session.execute(update(Challenge).values(decision_basis=DecisionBasis.RAW_MEAN))
    assert queries.total_differences()[1] == [
        f"{setting.reference}: adjusted totals are stored, and none decide here"
    ]
    with transaction():
        db.session.execute(update(Challenge).values(decision_basis=DecisionBasis.CALIBRATED))
        db.session.execute(delete(AdjustedTotal))
        db.session.execute(delete(AdjustedRound))
    assert queries.total_differences()[1] == [f"{setting.reference}: no adjusted totals are stored"]
    command = app.test_cli_runner().invoke(args=["judging", "totals", "--check"])
    assert command.exit_code == 1


@pytest.mark.parametrize("gone", ["one", "all", "the round"])
def test_results_without_their_adjusted_totals_say_so_and_whom_to_call(app: Flask, now, gone):
    setting = a_scored_round(now)
    with transaction():
        lost = delete(AdjustedTotal)
        db.session.execute(
            lost.where(AdjustedTotal.pitch_id == setting.pitches[0]) if gone == "one" else lost
        )
        if gone == "the round":
            db.session.execute(delete(AdjustedRound))
    lead = browser_of(app, setting.lead)
    for path in ("results", "results.csv", "results/ties", "results/everything.xlsx", "decision"):
        found = lead.get(f"/manage/challenges/{setting.reference}/{path}")
        assert found.status_code == 409, path
        for words in (
            "do not agree with the scores",
            "Nothing was changed",
            "judging totals --check",
            "Call",
        ):
            assert words in lead.text
    assert status(app, setting, setting.judges[1]) == 404
    assert status(app, setting, setting.suppliers[0]) == 404
    assert operations.calibrate_due(lambda: now) == 0, "the worker goes on with other rounds"
    assert queries.total_differences()[1]


def test_files_have_a_column_for_it_and_only_there(app: Flask, now):
    setting = a_scored_round(now)
    file = browser_of(app, setting.lead).get(f"/manage/challenges/{setting.reference}/results.csv")
    rows = list(csv.reader(io.StringIO(file.get_data(as_text=True).lstrip("\ufeff"))))
    assert rows[0][-1] == "Adjusted total"
    shown = [row.adjusted_text for row in queries.results(setting.challenge).ranked]
    assert [Fraction(row[-1]) for row in rows[1:]] == [Fraction(text) for text in shown]
    for path in ("results.xlsx", "results/everything.xlsx", "results/everything.zip"):
        found = browser_of(app, setting.lead).get(f"/manage/challenges/{setting.reference}/{path}")
        assert found.status_code == 200
    other = a_scored_round(now, basis=DecisionBasis.RAW_MEAN)
    file = browser_of(app, other.lead).get(f"/manage/challenges/{other.reference}/results.csv")
    assert "Adjusted" not in file.get_data(as_text=True)


def test_nobody_sees_anything_before_the_scores_stand(app: Flask, now):
    setting = a_scored_round(now, closing=False)
    for person in (setting.lead, setting.decider, setting.judges[0]):
        assert status(app, setting, person) == 404
    assert queries.adjusted(setting.challenge) is None
    assert db.session.scalar(select(AdjustedTotal)) is None


def test_a_recused_chair_sees_nothing_after_that_either(app: Flask, now):
    setting = a_scored_round(now, each=3, closing=False)
    recuse(setting, setting.pair(0, 0), now)
    open_cards = select(Scorecard.panel_member_id).where(Scorecard.state == CardState.ASSIGNED)
    for member in db.session.scalars(open_cards).all():  # somebody else reads it instead
        fill(setting, setting.members.index(member), 0, (3, 3, 3), now)
    close(setting, now)
    assert queries.adjusted(setting.challenge) is not None
    for path in ("results", "results.csv", "results/certainty"):
        assert status(app, setting, setting.judges[0], path) == 404
        assert status(app, setting, setting.lead, path) == 200
    assert_totals_are_right()


def test_a_judge_a_supplier_and_a_stranger_find_nothing(app: Flask, now):
    setting = a_scored_round(now)
    mallory = builders.a_person("Mallory", organisation=builders.an_organisation("Mallory Ltd"), owner=True)
    for person in (setting.judges[1], setting.suppliers[0], mallory):
        for path in ("results", "results.csv", "results/certainty"):
            assert status(app, setting, person, path) == 404


def test_the_log_says_that_it_was_adjusted_and_no_score(app: Flask, now):
    from pitchfest.audit import queries as log  # noqa: PLC0415

    setting = a_scored_round(now)
    entries, _ = log.page(number=1, size=9, action="judging.adjust", object=f"challenge:{setting.reference}")
    [entry] = entries
    stored = queries.adjusted(setting.challenge)
    assert stored is not None
    assert stored.version in entry["detail"]
    assert "hundredths" not in entry["detail"]


def test_totals_of_every_signed_card_stay(app: Flask, now):
    setting = a_scored_round(now)
    cards = db.session.scalar(select(Scorecard.id).where(Scorecard.own_num.is_(None)))
    assert cards is None
    assert len(db.session.scalars(select(PitchTotal)).all()) == len(setting.pitches)
