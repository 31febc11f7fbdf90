"""One more review after scoring was closed: from asking to a changed total and agenda, and each refusal."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import delete, update

from pitchfest.accounts.models import RoleGrant
from pitchfest.accounts.queries import forget_region
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import DecisionBasis
from pitchfest.db import db, transaction
from pitchfest.judging import operations, queries
from pitchfest.judging.models import Declaration, Scorecard
from pitchfest.judging.rules.states import CardState, DeclarationState
from pitchfest.kernel.actor import Role
from pitchfest.kernel.calendar import add_working_days
from pitchfest.kernel.clock import london_day
from pitchfest.kernel.errors import NotAllowed, NotFound, RuleViolation
from tests.judging.operations.test_moderation import agree, finish
from tests.judging.setting import (
    REASON,
    Setting,
    a_round,
    assert_totals_are_right,
    close,
    declare_all,
    fill,
    kinds_of_mail,
)
from tests.support import builders
from tests.support.signing_in import browser_of

WHY = "Two pitches stand too close to tell apart."


def in_moderation(now: datetime, *, judges: int = 4) -> Setting:
    """Every judge but the last has signed both pitches: the first divides them, the second does not."""
    builders.a_region()
    forget_region()
    setting = a_round(now, pitches=2, judges=judges)
    db.session.execute(update(Challenge).values(decision_basis=DecisionBasis.MODERATED))
    db.session.commit()
    declare_all(setting, now)
    db.session.execute(delete(Scorecard).where(Scorecard.panel_member_id == setting.members[-1]))
    db.session.commit()
    for judge in range(judges - 1):
        fill(setting, judge, 0, ((1, 3, 5)[judge % 3], 3, 3), now)
        fill(setting, judge, 1, (3, 3, 3), now)
    close(setting, now)
    return setting


def ask(setting: Setting, now: datetime, *, judge: int = -1, pitch: int = 1, **changes: object) -> int:
    values: dict[str, object] = {
        "reference": setting.reference,
        "pitch_reference": setting.pitch_reference(pitch),
        "member_id": setting.members[judge],
        "why": WHY,
        "due": add_working_days(london_day(now), 3),
        **changes,
    }
    with transaction():
        return operations.ask_further(setting.actor(setting.lead), now=now, **values)  # type: ignore[arg-type]


def take_back(setting: Setting, card: int, now: datetime) -> None:
    with transaction():
        operations.take_back_further(
            setting.actor(setting.lead),
            reference=setting.reference,
            card_id=card,
            reason="The judge fell ill this week.",
            now=now,
        )


def test_a_further_review_changes_the_total_and_appends_to_the_agenda(app: Flask, now: datetime) -> None:
    setting = in_moderation(now)
    before = [row.id for row in queries.agenda(setting.challenge)]
    total = {row.pitch_id: row.exact_total for row in queries.results(setting.challenge).ranked}
    card = ask(setting, now)
    assert "further_review" in kinds_of_mail(setting.judges[3])
    with pytest.raises(RuleViolation, match="Judge D was asked for one more review"):
        finish(setting, setting.lead, now)
    fill(setting, 3, 1, (0, 3, 3), now)
    agenda = queries.agenda(setting.challenge)
    assert [row.id for row in agenda[: len(before)]] == before
    assert [row.pitch_id for row in agenda[len(before) :]] == [setting.pitches[1]]
    after = {row.pitch_id: row.exact_total for row in queries.results(setting.challenge).ranked}
    assert after[setting.pitches[1]] < total[setting.pitches[1]]  # type: ignore[operator]
    assert after[setting.pitches[0]] == total[setting.pitches[0]]
    assert_totals_are_right()
    for row in agenda:
        agree(setting, row.id, None, now, present=setting.members)
    finish(setting, setting.lead, now)
    assert db.session.get_one(Scorecard, card).state == CardState.LOCKED


def test_nothing_is_agreed_on_a_pitch_while_its_review_is_outstanding(app: Flask, now: datetime) -> None:
    setting = in_moderation(now)
    card = ask(setting, now, pitch=0)
    (item,) = queries.agenda(setting.challenge)
    with pytest.raises(RuleViolation, match="was asked for one more review"):
        agree(setting, item.id, None, now)
    take_back(setting, card, now)
    agree(setting, item.id, None, now)
    assert "further_review_taken" in kinds_of_mail(setting.judges[3])


def test_each_refusal_says_why(app: Flask, now: datetime) -> None:
    setting = in_moderation(now, judges=5)
    saturday = date(2030, 1, 5)
    today = london_day(now)
    days = [today + timedelta(days=n) for n in range(1, 8)]
    for changes, said in (
        ({"judge": 0}, "chair"),
        ({"judge": 1}, "has, or had, a scorecard"),
        ({"pitch_reference": "PF-NONE"}, "not in play"),
        ({"member_id": 999_999}, "judge of the panel"),
        ({"why": "Because."}, "in a sentence"),
        ({"due": today}, "working day"),
        ({"due": next(day for day in days if day.weekday() == 5)}, "working day"),
        ({"due": saturday + timedelta(days=3650)}, "working day"),
    ):
        with pytest.raises(RuleViolation, match=said):
            ask(setting, now, **changes)
    db.session.add(RoleGrant(person_id=setting.judges[4], role=Role.APPROVER, granted_at=now))
    db.session.commit()
    with pytest.raises(RuleViolation, match="sees others’ scores"):
        ask(setting, now)


def test_neither_who_is_not_cleared_nor_a_pitch_that_is_agreed_on(app: Flask, now: datetime) -> None:
    setting = in_moderation(now)
    (item,) = queries.agenda(setting.challenge)
    agree(setting, item.id, None, now)
    with pytest.raises(RuleViolation, match="agreed on this pitch already"):
        ask(setting, now, pitch=0)
    mine = Declaration.panel_member_id == setting.members[3]
    for state, pitch, said in (
        (DeclarationState.INTEREST, 1, "not cleared"),
        (DeclarationState.RECUSED, 0, "recused from a pitch"),
    ):
        decided = {"decided_by_id": setting.lead, "decided_at": now, "reason": "Too close."}
        db.session.execute(
            update(Declaration)
            .where(mine, Declaration.pitch_id == setting.pitches[pitch])
            .values(state=state, **decided)
        )
        db.session.commit()
        with pytest.raises(RuleViolation, match=said):
            ask(setting, now)


def test_only_the_lead_asks_and_only_in_moderation(app: Flask, now: datetime) -> None:
    setting = in_moderation(now)
    page = f"/manage/challenges/{setting.reference}/further-reviews"
    for person in (*setting.judges, setting.officer, setting.decider, setting.suppliers[0]):
        assert browser_of(app, person).get(page).status_code == 404
    for row in queries.agenda(setting.challenge):
        agree(setting, row.id, None, now)
    finish(setting, setting.lead, now)
    with pytest.raises((NotAllowed, NotFound)):
        ask(setting, now)


def test_nobody_elses_card_opens_again(app: Flask, now: datetime) -> None:
    setting = in_moderation(now)
    ask(setting, now)
    with pytest.raises(NotAllowed):
        fill(setting, 1, 1, (5, 5, 5), now)


def test_words_on_a_card_that_was_taken_back_are_shown_again(app: Flask, now: datetime) -> None:
    setting = in_moderation(now)
    card = ask(setting, now)
    judge = browser_of(app, setting.judges[3])
    judge.get("/judging")
    assert "You are asked for one more view" in judge.text
    judge.get("/")
    assert "1 more pitch to score" in judge.text
    judge.get(f"/judging/cards/{card}")
    assert "Scoring is closed for everyone else" in judge.text
    take_back(setting, card, now)
    with pytest.raises(NotAllowed, match="no longer asked"), transaction():
        operations.save_card(
            setting.actor(setting.judges[3]), card, {setting.criteria[0]: (300, REASON)}, now=now
        )
    assert judge.get(f"/judging/cards/{card}").status_code == 403
    with pytest.raises(RuleViolation, match="has, or had, a scorecard"):
        ask(setting, now)


def test_a_judge_declares_a_conflict_and_the_lead_takes_the_request_back(app: Flask, now: datetime) -> None:
    setting = in_moderation(now)
    card = ask(setting, now)
    with transaction():
        operations.report(
            setting.actor(setting.judges[3]), card_id=card, interest="My sister works there.", now=now
        )
    assert browser_of(app, setting.judges[3]).get(f"/judging/cards/{card}").status_code == 404
    lead = browser_of(app, setting.lead)
    lead.get(f"/manage/challenges/{setting.reference}/further-reviews")
    assert "Judge declared an interest" in lead.text
    take_back(setting, card, now)


def test_the_lead_asks_and_takes_back_on_the_pages(app: Flask, now: datetime) -> None:
    setting = in_moderation(now)
    page = f"/manage/challenges/{setting.reference}/further-reviews"
    lead, due = browser_of(app, setting.lead), add_working_days(london_day(now), 3)
    sent: dict[str, str | list[str]] = {
        "pitch": setting.pitch_reference(1),
        "judge": str(setting.members[3]),
        **{f"due-{part}": str(getattr(due, part)) for part in ("day", "month", "year")},
    }
    lead.fill(page, action=page, fields={**sent, "why": "Close."})
    assert "in a sentence" in lead.text
    assert "Close." in lead.html, "what was typed is kept"
    lead.fill(page, action=page, fields={**sent, "why": WHY})
    assert "Waiting" in lead.text
    lead.get(f"/manage/challenges/{setting.reference}/moderation")
    assert "Judge D" in lead.text
    lead.get(f"/manage/challenges/{setting.reference}/moderation/record")
    assert "Further reviews" in lead.text
    back = f"{page}/{setting.card(3, 1)}/take-back"
    lead.fill(back, action=back, fields={"reason": "The judge fell ill this week."})
    assert "Taken back" in lead.text
