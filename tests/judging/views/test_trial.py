"""The trial pitch: invented, scored once, compared with the panel, and in nothing that counts."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import datetime
from fractions import Fraction

import pytest
from flask import Flask
from sqlalchemy import func, select

from pitchfest.accounts import queries as accounts
from pitchfest.audit.models import AuditEntry
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db, transaction
from pitchfest.judging import operations, queries
from pitchfest.judging.exports import scores_table
from pitchfest.judging.exports.everything import everything_zip
from pitchfest.judging.models import PitchTotal, TrialAnswer, TrialPitch, TrialScore
from pitchfest.judging.operations.practising import discard
from pitchfest.judging.operations.privacy import erase, remove_words
from pitchfest.judging.queries.privacy import sections
from pitchfest.judging.rules.cards import Mark
from pitchfest.judging.rules.trial import mean_difference, say_difference
from pitchfest.kernel.errors import Conflict, NotAllowed, NotFound, RuleViolation
from tests.judging.setting import (
    REASON,
    Setting,
    a_round,
    assert_totals_are_right,
    close,
    declare_all,
    fill,
    score_all,
)
from tests.support import builders
from tests.support.signing_in import browser_of

WHY = "The answer names the streets and the crews."
SECRET = "Trialword reason that must be found in no file at all, ever."


@pytest.fixture(autouse=True)
def region(app: Flask) -> None:
    builders.a_region()
    accounts.forget_region()


def write(setting: Setting, now: datetime, scores: tuple[int, ...] = (3, 4, 2)) -> None:
    questions = [q.id for part in queries.trial(setting.challenge).parts for q in part.questions]
    with transaction():
        operations.write_trial(
            setting.actor(setting.lead),
            reference=setting.reference,
            supplier="Lanternfield Ltd",
            answers=dict.fromkeys(questions, "We walk every street with the crews.\n\nThen we count."),
            agreed={c: Mark(s * 100, WHY) for c, s in zip(setting.criteria, scores, strict=True)},
            now=now,
        )


def attempt(setting: Setting, now: datetime, judge: int = 0, scores: tuple[int, ...] = (5, 4, 1)) -> None:
    with transaction():
        operations.score_trial(
            setting.actor(setting.judges[judge]),
            reference=setting.reference,
            marks={c: Mark(s * 100, SECRET) for c, s in zip(setting.criteria, scores, strict=True)},
            now=now,
        )


def own(setting: Setting) -> str:
    return f"/judging/{setting.reference}/trial"


def manage(setting: Setting) -> str:
    return f"/manage/challenges/{setting.reference}/trial"


def test_differences_are_exact_and_count_both_ways() -> None:
    assert mean_difference({1: 500, 2: 400, 3: 100}, {1: 300, 2: 400, 3: 200}) == Fraction(1)
    assert mean_difference({1: 325, 2: 300, 3: 300}, {1: 300, 2: 300, 3: 300}) == Fraction(1, 12)
    assert mean_difference({}, {1: 300}) == 0
    words = [say_difference(given, 300) for given in (300, 400, 275, 350)]
    assert words == ["the same", "1 higher", "0.25 lower", "0.5 higher"]


def test_it_is_in_no_total_file_or_count(app: Flask, now: datetime) -> None:
    """The same round twice: with a trial pitch, and without."""
    found = []
    for tries in (False, True):
        setting = a_round(now, pitches=2)
        if tries:
            write(setting, now, (0, 0, 0))
        declare_all(setting, now)
        if tries:
            for judge in range(3):
                attempt(setting, now, judge, (5, 5, 5))
        board = queries.board(setting.challenge)
        progress = [(p.assigned, p.signed, p.minimum) for p in board.pitches]
        score_all(setting, now)
        close(setting, now)
        assert_totals_are_right()
        totals = db.session.execute(
            select(PitchTotal.mean_num, PitchTotal.mean_den)
            .where(PitchTotal.pitch_id.in_(setting.pitches))
            .order_by(PitchTotal.pitch_id)
        ).all()
        table = scores_table(setting.challenge, names=True)[1]
        assert "Trialword" not in str(table)
        round_ = queries.round_of(actor=setting.actor(setting.lead), now=now, reference=setting.reference)
        with zipfile.ZipFile(io.BytesIO(everything_zip(round_, words=True))) as files:
            everything = "".join(files.read(name).decode() for name in files.namelist())
        assert "Trialword" not in everything
        assert "Lanternfield" not in everything
        found.append((progress, len(table), [tuple(row) for row in totals]))
    assert found[0] == found[1]


def test_the_judge_tries_it_before_the_real_ones_and_sees_the_panel(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    judge = browser_of(app, setting.judges[0])
    judge.get("/judging")
    assert "Try one first" not in judge.text
    assert judge.get(own(setting)).status_code == 404
    write(setting, now)
    judge.get("/judging")
    assert "Try one first" in judge.text
    judge.get(own(setting))
    assert WHY not in judge.text, "what the panel agreed is not shown before"
    first, second, third = setting.criteria
    bad = {f"score-{first}": "9", f"score-{second}": "x", f"reason-{first}": "Kept words"}
    assert judge.fill(own(setting), fields=bad).status_code == 422
    assert "Kept words" in judge.html
    some = {f"score-{c}": "3" for c in setting.criteria} | {f"reason-{first}": REASON}
    assert judge.fill(own(setting), fields=some).status_code == 422
    assert "give a reason" in judge.text
    assert queries.trial_marks(setting.members[0]) == {}
    right = {f"score-{first}": "5", f"score-{second}": "4", f"score-{third}": "1"}
    judge.fill(own(setting), fields={**right, **{f"reason-{c}": REASON for c in setting.criteria}})
    assert "You are 1.00 points from the scores agreed beforehand" in judge.text
    assert "You gave 5, agreed beforehand was 3" in judge.text
    assert "yours is 2 higher" in judge.text
    assert WHY in judge.text
    judge.get("/judging")
    assert "Your trial pitch" in judge.text
    with pytest.raises(Conflict):
        attempt(setting, now)
    db.session.rollback()


def test_it_comes_before_the_first_real_pitch(app: Flask, now: datetime) -> None:
    setting = a_round(now, pitches=2)
    write(setting, now)
    declare_all(setting, now)
    judge = browser_of(app, setting.judges[0])
    for page in ("/", "/judging"):
        judge.get(page)
        assert judge.text.count("Score the trial pitch") >= 1, page
        assert "Start scoring" not in judge.text, page
        assert f'href="{own(setting)}"' in judge.html, page
    begun = browser_of(app, setting.judges[1])
    fill(setting, 1, 0, (3, 3, 3), now, sign=False)
    begun.get("/judging")
    assert "Check and sign off" in begun.text, "who has begun is led back to it"
    attempt(setting, now)
    judge.get(own(setting))
    assert "Go on to the real pitches" in judge.text
    judge.get("/judging")
    assert "Start scoring" in judge.text


def test_it_blocks_nothing(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    write(setting, now)
    declare_all(setting, now)
    score_all(setting, now)
    assert queries.desk(setting.judges[0], now)[0].to_try == "", "too late to try one first"
    close(setting, now)
    with pytest.raises(NotAllowed):
        attempt(setting, now)
    db.session.rollback()


def test_the_lead_writes_it_and_sees_every_judge(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    lead = browser_of(app, setting.lead)
    questions = [q.id for part in queries.trial(setting.challenge).parts for q in part.questions]
    assert (
        lead.fill(manage(setting), fields={"supplier": "", f"answer-{questions[0]}": "Kept"}).status_code
        == 422
    )
    assert "Invent a name for the supplier" in lead.text
    lead.fill(manage(setting), fields={"supplier": "Lantern", f"answer-{questions[0]}": "Kept"})
    assert "Write an answer to" in lead.text
    assert "Kept" in lead.html
    fields = {"supplier": "Lantern <Ltd>"} | {f"answer-{q}": "We walk." for q in questions}
    fields |= {f"score-{c}": "3" for c in setting.criteria} | {f"reason-{c}": WHY for c in setting.criteria}
    lead.fill(manage(setting), fields=fields)
    assert "No judge has tried it yet" in lead.text
    attempt(setting, now, 0, (5, 4, 1))
    attempt(setting, now, 1, (3, 3, 3))
    lead.get(f"{manage(setting)}/scores")
    for words in ("Judge A", "Judge B", "Lantern <Ltd>"):
        assert words in lead.text
    assert "Judge C" not in lead.text
    with pytest.raises(RuleViolation, match="stays as it is"):
        write(setting, now)
    db.session.rollback()
    lead.get(manage(setting))
    assert "A judge has scored it" in lead.text


def test_mallory_and_other_judges_see_nobody_elses_scores(app: Flask, now: datetime) -> None:
    setting, other = a_round(now), a_round(now)
    write(setting, now)
    attempt(setting, now)
    for person in (setting.suppliers[0], other.judges[0], setting.decider):
        assert browser_of(app, person).get(own(setting)).status_code == 404
    for person in (setting.suppliers[0], setting.judges[1]):
        browser = browser_of(app, person)
        assert browser.get(f"{manage(setting)}/scores").status_code == 404
        assert browser.get(manage(setting)).status_code == 404
    assert browser_of(app, setting.officer).get(f"{manage(setting)}/scores").status_code == 403
    second = browser_of(app, setting.judges[1])
    second.get(own(setting))
    assert "Trialword" not in second.html
    for person in (setting.lead, setting.suppliers[0]):
        with pytest.raises(NotFound), transaction():
            operations.score_trial(setting.actor(person), reference=setting.reference, marks={}, now=now)
        db.session.rollback()
    logged = db.session.scalars(select(AuditEntry.detail).where(AuditEntry.action == "judging.score_trial"))
    assert [json.loads(detail) for detail in logged] == [{}], "the log says that, and not what"


def test_it_is_written_once_criteria_stand(app: Flask, now: datetime) -> None:
    setting = a_round(now, pitches=0, state=ChallengeState.DRAFT)
    assert browser_of(app, setting.lead).get(manage(setting)).status_code == 403


def test_the_copy_has_it_and_it_goes_with_its_judge_and_its_round(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    write(setting, now)
    attempt(setting, now)
    attempt(setting, now, 1)
    copy = next(s for s in sections(setting.judges[0], now) if s.title == "Trial pitches that you scored")
    assert [row[2] for row in copy.rows] == ["5", "4", "1"]
    with transaction():
        erase(setting.judges[0], now)
    assert queries.trial_marks(setting.members[0]) == {}
    with transaction():
        remove_words(setting.pitches[0], now)
    assert db.session.scalar(select(func.count()).select_from(TrialScore)) == 0
    attempt(setting, now, 2)
    with transaction():
        operations.remove(
            setting.actor(setting.officer),
            reference=setting.reference,
            member_id=setting.members[2],
            now=now,
        )
    with transaction():
        discard(setting.challenge)
    for table in (TrialPitch, TrialAnswer, TrialScore):
        assert db.session.scalar(select(func.count()).select_from(table)) == 0
