"""A judge who cannot judge a criterion: it counts neither way, and somebody has to score it."""

from __future__ import annotations

from datetime import datetime

import pytest
from flask import Flask

from pitchfest.db import transaction
from pitchfest.judging import operations, queries
from pitchfest.judging.exports import scores_table
from pitchfest.judging.rules.cards import Mark
from pitchfest.judging.rules.elsewhere import Preview, read
from pitchfest.kernel.errors import RuleViolation
from tests.judging.setting import REASON, a_round, assert_totals_are_right, close, declare_all, fill
from tests.support.signing_in import browser_of

BEYOND = Mark(None, "I know nothing about freight.", unable=True)


def leave_out(setting, judge: int, pitch: int, place: int, now: datetime) -> None:
    """Score a card in whole threes but for the criterion in this place, and sign it."""
    card, actor = setting.card(judge, pitch), setting.actor(setting.judges[judge])
    marks = {c: BEYOND if at == place else Mark(300, REASON) for at, c in enumerate(setting.criteria)}
    with transaction():
        operations.save_card(actor, card, marks, now=now)
    with transaction():
        operations.sign_card(actor, card, now=now)


def test_it_counts_neither_for_nor_against(app: Flask, now: datetime) -> None:
    setting = a_round(now, pitches=1)
    declare_all(setting, now)
    leave_out(setting, 0, 0, 1, now)
    [unscored] = queries.results(setting.challenge).ranked
    assert (unscored.rank, unscored.total) == (None, None), "no total while nobody has scored a criterion"
    assert_totals_are_right()
    for judge in (1, 2):
        fill(setting, judge, 0, (3, 5, 3), now)
    assert_totals_are_right()
    close(setting, now)
    [row] = queries.results(setting.challenge).ranked
    assert row.total_text == "76.00", "40 x 3/5 + 40 x 5/5 (of two judges) + 20 x 3/5"
    given = {
        (judge, criterion): score
        for _, _, judge, criterion, _, score, _ in scores_table(setting.challenge, names=True)[1]
    }
    assert given["Judge A", "Delivery"] == "cannot judge"
    assert given["Judge B", "Delivery"] == 5


def test_scoring_stays_open_until_someone_has_scored_it(app: Flask, now: datetime) -> None:
    setting = a_round(now, pitches=2)
    declare_all(setting, now)
    for judge in range(3):
        leave_out(setting, judge, 0, 1, now)
        fill(setting, judge, 1, (3, 3, 3), now)
    with pytest.raises(RuleViolation, match="Nobody has scored “Delivery” of Supplier A Ltd"):
        close(setting, now)
    lead = browser_of(app, setting.lead)
    lead.get(f"/manage/challenges/{setting.reference}/board")
    assert "Some criteria lack a score" in lead.text
    assert "Nobody has scored “Delivery” of Supplier A Ltd" in lead.text
    lead.get(f"/manage/challenges/{setting.reference}/close-scoring")
    assert "Nobody has scored" in lead.text
    assert "This locks all scorecards" not in lead.text


def test_a_judge_says_so_on_the_scorecard(app: Flask, now: datetime) -> None:
    setting = a_round(now, pitches=1)
    declare_all(setting, now)
    card, criterion = setting.card(0, 0), setting.criteria[1]
    judge = browser_of(app, setting.judges[0])
    judge.get(f"/judging/cards/{card}")
    judge.send(f"/judging/cards/{card}", fields={f"score-{criterion}": "cannot judge", "sign": "1"})
    assert "Delivery: say why you cannot judge it" in judge.text
    scores = {f"score-{c}": "3" for c in setting.criteria if c != criterion}
    reasons = {f"reason-{c}": REASON for c in setting.criteria if c != criterion}
    judge.get(f"/judging/cards/{card}")
    assert "1 of 3 scored" in judge.text
    why = {f"reason-{criterion}": "Not my field."}
    judge.send(f"/judging/cards/{card}", fields={**scores, **reasons, **why, "sign": "1"})
    assert "You cannot judge this one" in judge.text
    judge.send(f"/judging/cards/{card}/sign")
    assert queries.card_of(now=now, card_id=card).signed_at
    assert queries.marks(card)[criterion].mark == Mark(None, "Not my field.", unable=True)
    judge.get(f"/judging/cards/{card}")
    assert "You left this criterion out" in judge.text


def test_a_card_cannot_leave_everything_out(app: Flask, now: datetime) -> None:
    setting = a_round(now, pitches=1)
    declare_all(setting, now)
    card, judge = setting.card(0, 0), setting.actor(setting.judges[0])
    with transaction():
        operations.save_card(judge, card, dict.fromkeys(setting.criteria, BEYOND), now=now)
    with pytest.raises(RuleViolation, match="ask the procurement lead"), transaction():
        operations.sign_card(judge, card, now=now)


def test_a_file_from_elsewhere_may_say_so_too(app: Flask, now: datetime) -> None:
    setting = a_round(now, pitches=1)
    declare_all(setting, now)
    ground = queries.ground(
        queries.round_of(now=now, reference=setting.reference, actor=setting.actor(setting.lead))
    )
    columns = ("pitch", "judge", "criterion", "score", "reason")
    heads = [[*columns]]
    names = list(ground.criterion_names.values())
    about = [setting.pitch_reference(0), next(iter(ground.judge_names.values()))]

    def preview(*scores: str) -> Preview:
        rows = [[*about, name, score, REASON] for name, score in zip(names, scores, strict=True)]
        return read(heads + rows, columns, ground)

    assert [each.mark.unable for each in preview("3", "Cannot judge", "4").kept] == [False, True, False]
    assert not preview(*["cannot judge"] * 3).whole, "a scorecard that judges nothing is none"
