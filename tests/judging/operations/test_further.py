"""One more review after scoring was closed: from asking to a changed total and agenda, and each refusal."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, datetime, timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from pitchfest.accounts.models import RoleGrant
from pitchfest.accounts.queries import forget_region
from pitchfest.audit.models import AuditEntry
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import DecisionBasis
from pitchfest.db import db, transaction
from pitchfest.judging import operations, queries
from pitchfest.judging.models import Declaration, Scorecard
from pitchfest.judging.rules.moderation import Trigger
from pitchfest.judging.rules.states import CardState, DeclarationState
from pitchfest.kernel.actor import Actor, Role
from pitchfest.kernel.calendar import add_working_days
from pitchfest.kernel.clock import london_day
from pitchfest.kernel.errors import NotAllowed, NotFound, RuleViolation
from pitchfest.mail import queries as mail
from tests.accounts.people import sent, words_of
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


def in_moderation(now: datetime, *, judges: int = 4, free: int = 1) -> Setting:
    """All judges but the last `free` have signed both pitches, and differ on the first, not on the second."""
    builders.a_region()
    forget_region()
    setting = a_round(now, pitches=2, judges=judges)
    db.session.execute(update(Challenge).values(decision_basis=DecisionBasis.MODERATED))
    db.session.commit()
    declare_all(setting, now)
    db.session.execute(delete(Scorecard).where(Scorecard.panel_member_id.in_(setting.members[-free:])))
    db.session.commit()
    for judge in range(judges - free):
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
    lead.get(f"/manage/challenges/{setting.reference}/conflicts")
    assert "1 declared interest was not decided. Where it is about a further review, take" in lead.text
    assert "My sister works there." in lead.text
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


def test_whoever_comes_to_see_scores_signs_nothing_and_is_asked_nothing(app: Flask, now: datetime) -> None:
    setting = in_moderation(now, judges=5, free=2)
    card = ask(setting, now, judge=3)
    fill(setting, 3, 1, (3, 3, 3), now, sign=False)
    grant = RoleGrant(person_id=setting.judges[3], role=Role.OFFICER, granted_at=now)
    db.session.add(grant)
    db.session.add(RoleGrant(person_id=setting.judges[4], role=Role.APPROVER, granted_at=now))
    db.session.commit()
    asked = Actor(setting.judges[3], "Judge D", "d@judges.example", frozenset({Role.OFFICER}), frozenset())
    with pytest.raises(NotAllowed, match="in another role"), transaction():
        operations.sign_card(asked, card, now=now)
    later = now + timedelta(hours=1)
    theirs = update(RoleGrant).where(RoleGrant.person_id == setting.judges[4])
    db.session.execute(theirs.values(ended_at=later))
    db.session.commit()
    with pytest.raises(RuleViolation, match="sees others"):
        ask(setting, later + timedelta(hours=1), judge=4)
    db.session.execute(theirs.values(granted_at=now - timedelta(days=9), ended_at=now - timedelta(days=2)))
    db.session.commit()
    ask(setting, later, judge=4)  # the role ended before scoring was closed


def test_an_interest_is_settled_as_the_request_is_taken_back_and_the_judge_is_told(
    app: Flask, now: datetime
) -> None:
    setting = in_moderation(now)
    card = ask(setting, now)
    judge = browser_of(app, setting.judges[3])
    judge.fill(f"/judging/cards/{card}/conflict", fields={"interest": "My sister is an engineer there."})
    assert "takes the request back, and we tell you" in judge.text
    assert "Pitches stay sealed" not in judge.text
    lead = browser_of(app, setting.lead)
    back = f"/manage/challenges/{setting.reference}/further-reviews/{card}/take-back"
    lead.get(back)
    assert "My sister is an engineer there." in lead.text
    take_back(setting, card, now)
    (state,) = db.session.scalars(
        select(Declaration.state).where(
            Declaration.panel_member_id == setting.members[3], Declaration.pitch_id == setting.pitches[1]
        )
    )
    assert state == DeclarationState.RECUSED
    message = mail.message(sent("further_review_taken")[0])
    assert "no longer asked" in words_of(message.id, now).body


def test_a_lead_outside_the_room_of_a_pitch_neither_asks_for_it_nor_takes_back(
    app: Flask, now: datetime
) -> None:
    setting = in_moderation(now, judges=5, free=2)
    card = ask(setting, now, judge=4)
    db.session.add(RoleGrant(person_id=setting.judges[1], role=Role.LEAD, granted_at=now))
    db.session.execute(
        update(Declaration)
        .where(Declaration.panel_member_id == setting.members[1], Declaration.pitch_id == setting.pitches[1])
        .values(state=DeclarationState.ASKED)
    )
    db.session.commit()
    lead = browser_of(app, setting.judges[1])
    page = f"/manage/challenges/{setting.reference}/further-reviews"
    lead.get(page)
    assert f'value="{setting.pitch_reference(1)}"' not in lead.html
    assert f'value="{setting.pitch_reference(0)}"' in lead.html
    other = Actor(setting.judges[1], "Judge B", "b@judges.example", frozenset({Role.LEAD}), frozenset())
    with pytest.raises(NotAllowed, match="not cleared for this pitch"), transaction():
        operations.ask_further(
            other,
            reference=setting.reference,
            pitch_reference=setting.pitch_reference(1),
            member_id=setting.members[3],
            why=WHY,
            due=add_working_days(london_day(now), 3),
            now=now,
        )
    with pytest.raises(NotAllowed, match="not cleared for this pitch"), transaction():
        operations.take_back_further(
            other, reference=setting.reference, card_id=card, reason="The judge fell ill.", now=now
        )


def test_a_published_reason_is_noted_where_somebody_had_put_the_answer_on_the_agenda(
    app: Flask, now: datetime
) -> None:
    setting = in_moderation(now)
    with transaction():
        operations.add_item(
            setting.actor(setting.lead, proved_at=now),
            reference=setting.reference,
            pitch_reference=setting.pitch_reference(1),
            criterion_id=setting.criteria[0],
            why=WHY,
            now=now,
        )
    ask(setting, now)
    fill(setting, 3, 1, (0, 3, 3), now)
    (row,) = [row for row in queries.agenda(setting.challenge) if row.pitch_id == setting.pitches[1]]
    assert row.triggers == (Trigger.ADDED, Trigger.SPREAD, Trigger.MINIMUM)


def test_the_log_names_neither_pitch_nor_judge_of_a_further_review(app: Flask, now: datetime) -> None:
    setting = in_moderation(now, judges=5, free=2)
    take_back(setting, ask(setting, now, judge=3), now)
    ask(setting, now, judge=4)
    fill(setting, 4, 1, (0, 3, 3), now)
    acts = ("judging.ask_further", "judging.take_back_further", "judging.agenda_follows")
    entries = list(db.session.scalars(select(AuditEntry).where(AuditEntry.action.in_(acts))))
    assert {entry.action for entry in entries} == set(acts)
    for entry in entries:
        assert setting.pitch_reference(1) not in entry.detail + entry.object
        assert "person" not in entry.detail


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_a_review_is_not_signed_and_put_in_question_in_the_same_moment(app: Flask, now: datetime) -> None:
    setting = in_moderation(now, judges=12, free=9)
    for place in range(3, 12):
        card = ask(setting, now, judge=place)
        fill(setting, place, 1, (3, 3, 3), now, sign=False)
        judge, together = setting.actor(setting.judges[place]), Barrier(2)

        def act(name: str, judge: Actor = judge, card: int = card, together: Barrier = together) -> None:
            with app.app_context(), suppress(NotAllowed, NotFound):
                together.wait(timeout=60)
                with transaction():
                    if name == "sign":
                        operations.sign_card(judge, card, now=now)
                    else:
                        operations.report(judge, card_id=card, interest="My sister works there.", now=now)

        with ThreadPoolExecutor(2) as pool:
            for done in [pool.submit(act, name) for name in ("sign", "report")]:
                done.result(timeout=60)
        db.session.rollback()
        row = next(row for row in queries.further_reviews(setting.challenge) if row.card_id == card)
        assert row.says in {"Signed off", "Judge declared an interest"}
        assert (row.says == "Signed off") == row.cleared
        if row.waits:
            take_back(setting, card, now)
