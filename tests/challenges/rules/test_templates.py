"""Templates: out and in again, dates as distances, and files that nobody should trust."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from pitchfest.challenges.rules import (
    EVERY_JUDGE,
    SMALL_ROUND,
    CriterionKind,
    QuestionKind,
    Template,
    TemplateCriterion,
    TemplateQuestion,
    UnreadableTemplate,
    dates_from,
    read_template,
    template_body,
)
from pitchfest.challenges.rules.templates import Distance
from pitchfest.kernel.calendar import uk_bank_holidays

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)

EVERYTHING = Template(
    criteria=(
        TemplateCriterion("Fit", 80, "Look.", threshold=250, step=50, anchors={0: ("No", "Nothing.")}),
        TemplateCriterion("Price", 20, kind=CriterionKind.PRICE, maximum=100, step=1),
    ),
    questions=(
        TemplateQuestion("How?", max_words=200, criterion=1),
        TemplateQuestion("Which?", QuestionKind.RADIOS, options=("One", "Two"), required=False),
        TemplateQuestion("Your price", QuestionKind.MONEY, criterion=2),
    ),
    eligibility="- Any",
    after_win="A pilot.",
    timetable="Soon.",
    judges_per_pitch=5,
    minimum_cards=2,
    reason_words=20,
    minimum_total=6000,
    open_for=Distance(20, "11:00"),
    judged_after=Distance(10, "17:00"),
)


@pytest.mark.parametrize("template", [SMALL_ROUND, EVERYTHING, Template()])
def test_what_is_written_reads_back_the_same(template):
    assert read_template(template_body(template)) == template


def test_the_small_round_is_complete():
    assert [c.weight for c in SMALL_ROUND.criteria] == [40, 40, 20]
    assert [q.criterion for q in SMALL_ROUND.questions] == [1, 2, 3]
    assert {q.max_words for q in SMALL_ROUND.questions} == {200}
    assert all(set(c.anchors) == {0, 100, 200, 300, 400, 500} for c in SMALL_ROUND.criteria)
    assert (SMALL_ROUND.judges_per_pitch, SMALL_ROUND.reason_words) == (EVERY_JUDGE, 5)


def test_dates_follow_in_working_days_and_london_time_over_christmas():
    dates = dates_from(SMALL_ROUND, NOW.replace(month=12, day=18), uk_bank_holidays)
    assert dates == {
        "closes_at": datetime(2027, 1, 7, 11, tzinfo=UTC),
        "questions_until": datetime(2026, 12, 29, 11, tzinfo=UTC),
        "judging_deadline": datetime(2027, 1, 21, 17, tzinfo=UTC),
        "decision_due": datetime(2027, 1, 28, 17, tzinfo=UTC),
    }


def test_dates_keep_the_wall_clock_over_the_change_of_the_hour():
    dates = dates_from(SMALL_ROUND, datetime(2026, 10, 20, 9, tzinfo=UTC), uk_bank_holidays)
    assert dates["closes_at"] == datetime(2026, 11, 3, 11, tzinfo=UTC)
    summer = dates_from(SMALL_ROUND, datetime(2026, 9, 1, 9, tzinfo=UTC), uk_bank_holidays)
    assert summer["closes_at"] == datetime(2026, 9, 15, 10, tzinfo=UTC)  # 11am in London


def test_a_closing_time_given_moves_what_comes_after():
    closes = datetime(2026, 12, 1, 12, tzinfo=UTC)
    dates = dates_from(SMALL_ROUND, NOW, uk_bank_holidays, closes_at=closes)
    assert (dates["closes_at"], dates["judging_deadline"]) == (
        closes,
        datetime(2026, 12, 15, 17, tzinfo=UTC),
    )


def changed(*path: str | int, to: Any) -> str:
    body = json.loads(template_body(EVERYTHING))
    place = body
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return json.dumps(body)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "null",
        "{}",
        "{" * 100_000,
        "[" * 100_000,
        '"' + "x" * 500_000 + '"',
        '{"pitchfest_template": ' + "9" * 6_000 + "}",
        changed("pitchfest_template", to=2),
        changed("criteria", to={}),
        changed("criteria", to=[None]),
        changed("criteria", to=[{}] * 31),
        changed("criteria", 0, "name", to="  "),
        changed("criteria", 0, "name", to="x" * 121),
        changed("criteria", 0, "weight", to=True),
        changed("criteria", 0, "weight", to=0),
        changed("criteria", 0, "weight", to=2.5),
        changed("criteria", 0, "kind", to="magic"),
        changed("criteria", 0, "kind", to=["judged"]),
        changed("criteria", 0, "minimum", to=500),
        changed("criteria", 0, "step", to=300),
        changed("criteria", 0, "threshold", to=501),
        changed("criteria", 0, "anchors", 0, "value", to=2**70),
        changed("criteria", 0, "anchors", 0, "label", to=None),
        changed("criteria", 0, "kind", to="price"),
        changed("questions", 0, "criterion", to=3),
        changed("questions", 0, "criterion", to=2),
        changed("questions", 0, "max_words", to=None),
        changed("questions", 0, "required", to=1),
        changed("questions", 1, "options", to=[1, 2]),
        changed("questions", 2, "criterion", to=1),
        changed("texts", to=None),
        changed("texts", "eligibility", to=["a"]),
        changed("judging", "minimum_cards", to=None),
        changed("judging", "judges_per_pitch", to=51),
        changed("timing", "open_for", to=10),
        changed("timing", "open_for", "days", to=0),
        changed("timing", "open_for", "at", to="25:00"),
        changed("timing", "open_for", "at", to="1١:00"),
    ],
    ids=lambda text: text[:0] or None,
)
def test_a_file_that_no_challenge_could_hold_is_refused_in_words(text):
    with pytest.raises(UnreadableTemplate) as refusal:
        read_template(text)
    assert str(refusal.value)


def test_signs_that_no_database_keeps_are_dropped():
    read = read_template(changed("criteria", 0, "name", to="Fi\u0000t\ud800 to  it"))
    assert read.criteria[0].name == "Fit to it"
