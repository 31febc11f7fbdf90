"""The route: the officer answers, the lead confirms once, and each duty is done with its evidence."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from pitchfest.audit import queries as log
from pitchfest.challenges import operations, queries
from pitchfest.challenges.models import Challenge, ChallengeDuty, ChallengeRoute
from pitchfest.challenges.rules import ChallengeState, Instead, Lane, Route
from pitchfest.db import db, transaction
from pitchfest.home import queries as home
from pitchfest.kernel.errors import Conflict, NotAllowed, NotFound, RuleViolation, StaleForm
from tests.challenges.world import ANSWERS, BRIEF, a_draft, published, state_of
from tests.support import builders
from tests.support.routes import NOTICE_REFERENCE, ROUTE

S = ChallengeState
SHORT = "the rain does not wait."


@pytest.fixture
def reference(cast, now):
    """A draft that lacks nothing; its route is confirmed and its duties are done."""
    return a_draft(cast, now)


@pytest.fixture
def bare(cast, now):
    """The same, whose route nobody has confirmed; its duties are open."""
    reference = a_draft(cast, now)
    answer(cast, reference, now, research=True)
    with transaction() as write:
        write.session.query(ChallengeRoute).update({"confirmed_at": None, "confirmed_by_id": None})
    return reference


def act(operation, cast, who, reference, now, **values):
    with transaction():
        return operation(cast.actor(who), reference=reference, now=now, **values)


def answer(cast, reference, now, who="officer", **changes):
    act(operations.answer_route, cast, who, reference, now, answers=replace(ANSWERS, **changes))


def chosen_of(reference, now):
    found = queries.route(queries.by_reference(reference, now))
    assert found is not None
    return found


def approved(cast, reference, now):
    act(operations.send_for_approval, cast, "officer", reference, now)
    act(operations.approve, cast, "approver", reference, now)


def test_no_approval_before_the_five_questions_are_answered(cast, now):
    reference = a_draft(cast, now, whole=False)
    with pytest.raises(RuleViolation, match="Answer the five questions about the route"):
        act(operations.send_for_approval, cast, "officer", reference, now)


def test_other_answers_void_the_lead_s_yes_and_the_same_ones_do_not(cast, reference, now):
    assert chosen_of(reference, now).confirmed_at == now
    version = queries.by_reference(reference, now).version
    answer(cast, reference, now)
    assert chosen_of(reference, now).confirmed_at == now
    assert queries.by_reference(reference, now).version == version
    answer(cast, reference, now, instead=Instead.GIFT, buying=False)
    found = chosen_of(reference, now)
    assert (found.route, found.confirmed_at) == (Route.GRANT, None)
    stored = db.session.execute(select(ChallengeRoute.route)).scalar_one()
    assert stored == Route.GRANT


def test_whoever_answers_is_an_author_and_whoever_confirms_is_not(cast, now):
    reference = a_draft(cast, now)
    assert queries.authors(queries.by_reference(reference, now).id) == {cast.officer}
    answer(cast, reference, now, who="second_officer", research=True)
    act(operations.send_for_approval, cast, "officer", reference, now)
    with pytest.raises(RuleViolation, match="Someone else must approve"):
        act(operations.approve, cast, "second_officer", reference, now)


def test_contradictions_and_sums_beyond_every_column_are_refused(cast, reference, now):
    with pytest.raises(RuleViolation, match="no gift, no prize, and not without money"):
        answer(cast, reference, now, instead=Instead.PRIZE)
    with pytest.raises(RuleViolation, match="at most"):
        answer(cast, reference, now, value_pence=2**40)
    assert chosen_of(reference, now).answers == ANSWERS


def test_a_budget_that_outgrows_the_route_stops_approval(cast, reference, now):
    with transaction():
        operations.edit_brief(
            cast.actor("officer"), reference=reference, now=now, **{**BRIEF, "budget_pence": 9_000_000}
        )
    with pytest.raises(RuleViolation, match="Answer its questions again"):
        act(operations.send_for_approval, cast, "officer", reference, now)


def test_publication_waits_for_the_lead(cast, bare, now):
    approved(cast, bare, now)
    with pytest.raises(RuleViolation, match="The procurement lead confirms the route"):
        act(operations.publish, cast, "officer", bare, now)
    assert state_of(bare, now) == S.APPROVED
    act(operations.confirm_route, cast, "lead", bare, now)
    act(operations.publish, cast, "officer", bare, now)
    assert state_of(bare, now) == S.OPEN


def test_publication_waits_for_each_duty_and_names_it(cast, reference, now):
    answer(cast, reference, now, value_pence=30_000_000)  # another route, with duties of its own
    with transaction():
        operations.edit_settings(cast.actor("officer"), reference=reference, now=now, short_because=SHORT)
    act(operations.confirm_route, cast, "lead", reference, now)
    approved(cast, reference, now)
    with pytest.raises(RuleViolation) as refusal:
        act(operations.publish, cast, "officer", reference, now)
    said = [p.message for p in refusal.value.problems]
    assert len(said) == 4
    assert "conflicts" not in said[0]
    assert "Write down who may have an interest" in said[1]  # it was, but for another route
    assert "UK4" in said[3]


def test_what_was_recorded_counts_as_long_as_the_answers_lead_to_the_same(cast, reference, now):
    def lacking():
        return [o.duty for o in queries.obstacles(queries.by_reference(reference, now), now) if o.duty]

    assert lacking() == []
    answer(cast, reference, now, value_pence=9_000_000)  # more money, and nothing else to do
    assert lacking() == []
    answer(cast, reference, now, value_pence=30_000_000)
    assert lacking() == ["market_notice", "conflicts", "policy_statement", "tender_notice"]
    answer(cast, reference, now)  # back again: what was recorded before is not taken up by itself
    assert lacking() == ["conflicts", "below_threshold_notice"]
    record(cast, reference, now)
    assert lacking() == ["conflicts"]
    kept = select(func.count()).where(ChallengeDuty.key == "below_threshold_notice")
    assert db.session.execute(kept).scalar_one() == 2


def test_a_small_round_whose_duties_are_recorded_is_asked_when_its_budget_grows(cast, now):
    """Else its answers would follow the budget by themselves, and the record with them."""
    reference = a_draft(cast, now)
    with transaction() as write:
        write.session.query(ChallengeRoute).delete()
        found = write.session.query(Challenge).one()
        found.lane, found.budget_pence = Lane.SMALL, 3_000_000
    record(cast, reference, now, key="conflicts", evidence="Nobody here knows a supplier.")
    assert chosen_of(reference, now).stored
    with transaction():
        operations.edit_brief(
            cast.actor("officer"), reference=reference, now=now, **{**BRIEF, "budget_pence": 30_000_000}
        )
    assert chosen_of(reference, now).route == Route.BELOW_THRESHOLD
    with pytest.raises(RuleViolation, match="Answer its questions again"):
        act(operations.send_for_approval, cast, "officer", reference, now)


def test_a_duty_is_recorded_by_the_lead_and_never_rewritten(cast, reference, now):
    row = queries.by_reference(reference, now)
    with pytest.raises(NotAllowed):
        record(cast, reference, now, who="officer")
    with pytest.raises(NotFound):
        record(cast, reference, now, who="supplier")
    with pytest.raises(NotFound):
        record(cast, reference, now, key="tender_notice")  # of another route
    with pytest.raises(RuleViolation, match="once the letters are out"):
        record(cast, reference, now, key="standstill", because="We would rather not.", evidence="")
    with pytest.raises(RuleViolation, match="always needed"):
        record(cast, reference, now, evidence="", because="We would rather not.")
    record(cast, reference, now, evidence="2026/S 000-999999")
    assert queries.routed(row).done["below_threshold_notice"].evidence == "2026/S 000-999999"
    kept = select(func.count()).where(ChallengeDuty.key == "below_threshold_notice")
    assert db.session.execute(kept).scalar_one() == 2
    assert "999999" not in str(log.page(number=1, size=100, object=f"challenge:{reference}"))


def record(
    cast, reference, now, who="lead", key="below_threshold_notice", evidence=NOTICE_REFERENCE, because=""
):
    act(
        operations.record_duty,
        cast,
        who,
        reference,
        now,
        key=key,
        evidence=evidence,
        at=now,
        not_needed_because=because,
    )


def test_what_is_not_needed_is_said_with_a_reason_where_the_table_allows_it(cast, reference, now):
    record(cast, reference, now, key="conflicts", evidence="", because="Only one officer has a say.")
    approved(cast, reference, now)
    act(operations.publish, cast, "officer", reference, now)
    assert state_of(reference, now) == S.OPEN


def test_the_lead_alone_confirms_and_only_what_they_saw(cast, bare, now):
    for who, refusal in (("officer", NotAllowed), ("approver", NotAllowed), ("supplier", NotFound)):
        with pytest.raises(refusal):
            act(operations.confirm_route, cast, who, bare, now)
    seen = queries.by_reference(bare, now).version
    answer(cast, bare, now, value_pence=9_900_000)
    with pytest.raises(StaleForm, match="the answers about the route"):
        act(operations.confirm_route, cast, "lead", bare, now, expected_version=seen)
    unanswered = a_draft(cast, now, whole=False)
    with pytest.raises(Conflict):
        act(operations.confirm_route, cast, "lead", unanswered, now)


def test_after_publication_the_route_stays(cast, now):
    reference = published(cast, now)
    with pytest.raises(NotAllowed, match="published"):
        answer(cast, reference, now, research=True)
    with pytest.raises(NotAllowed, match="its route stays"):
        act(operations.confirm_route, cast, "lead", reference, now)


def test_the_lead_is_asked_at_home_to_confirm(cast, bare, now):
    def asked(who):
        return [t.text for t in home.waiting(builders.actor(getattr(cast, who)), now)]

    assert asked("lead") == []
    act(operations.send_for_approval, cast, "officer", bare, now)
    assert ["Confirm the route" in t for t in asked("lead")] == [True]
    act(operations.approve, cast, "approver", bare, now)
    assert ["Confirm the route" in t for t in asked("lead")] == [True]
    assert "Publish" in asked("officer")[0]
    act(operations.confirm_route, cast, "lead", bare, now)
    assert "Publish" in asked("lead")[0]


def test_less_time_than_usual_needs_a_reason_that_everyone_reads(app, cast, reference, now, client):
    values = {"closes_at": now + timedelta(days=3), "questions_until": None}
    with transaction():
        operations.edit_settings(cast.actor("officer"), reference=reference, now=now, **values)
    with pytest.raises(RuleViolation, match=r"open for 3.working days, and 10.working days are the least"):
        act(operations.send_for_approval, cast, "officer", reference, now)
    with transaction():
        operations.edit_settings(cast.actor("officer"), reference=reference, now=now, short_because=SHORT)
    act(operations.send_for_approval, cast, "officer", reference, now)
    approver = cast.browser(app, "approver")
    approver.get(f"/manage/challenges/{reference}")
    said = "Open for 3 working days, because the rain does not wait."
    assert said in approver.text.replace("\u00a0", " ")
    act(operations.approve, cast, "approver", reference, now)
    act(operations.publish, cast, "officer", reference, now)
    client.get(f"/challenges/{reference}")
    assert said in client.text.replace("\u00a0", " ")
    body = json.loads(queries.snapshot_body(queries.by_reference(reference, now).id, 1))
    assert body["dates"]["short_because"] == SHORT


def test_a_small_round_needs_no_route_and_has_one_from_publication_on(cast, now):
    reference = a_draft(cast, now)
    with transaction() as write:
        write.session.query(ChallengeRoute).delete()
        found = write.session.query(Challenge).one()
        found.lane, found.budget_pence = Lane.SMALL, 900_000
    act(operations.send_for_approval, cast, "officer", reference, now)
    act(operations.approve_and_publish, cast, "approver", reference, now)
    assert db.session.execute(select(ChallengeRoute.route, ChallengeRoute.value_pence)).one() == (
        Route.BELOW_THRESHOLD,
        900_000,
    )


def test_a_small_round_with_more_money_waits_like_any_other(cast, now):
    reference = a_draft(cast, now)
    with transaction() as write:
        write.session.query(ChallengeRoute).delete()
        found = write.session.query(Challenge).one()
        found.lane, found.budget_pence = Lane.SMALL, 3_000_000
    act(operations.send_for_approval, cast, "officer", reference, now)
    with pytest.raises(RuleViolation, match="lead confirms the route"):
        act(operations.approve_and_publish, cast, "approver", reference, now)
    assert state_of(reference, now) == S.IN_REVIEW


def test_the_pages_of_the_route(app, cast, now):
    reference = a_draft(cast, now, whole=False)
    page = f"/manage/challenges/{reference}/route"
    officer, lead = cast.browser(app, "officer"), cast.browser(app, "lead")
    assert officer.get(page).status_code == 200
    assert "Answer the questions" in officer.text
    answer = officer.fill(f"{page}/answers", action="/answers")
    assert answer.status_code == 422
    assert "Error:" in officer.page.title
    assert "Choose an answer to “Are we buying something?”" in officer.text
    officer.fill(f"{page}/answers", action="/answers", value_pence="85000", fields={**ROUTE, "buying": "no"})
    assert (
        "“None of these” means that we buy something, and above you say that we do not. Choose what the"
        in officer.text
    )
    officer.fill(f"{page}/answers", action="/answers", value_pence="85000", fields=ROUTE)
    assert "Purchase below the threshold." in officer.text
    assert "The procurement lead confirms this route" in officer.text
    assert "Source: Procurement Act 2023, section 87, checked on Monday 23" in officer.text
    assert officer.get(f"{page}/duties/conflicts").status_code == 403
    lead.get(f"{page}/duties/conflicts")
    lead.fill(f"{page}/duties/conflicts", action="/conflicts", evidence="")
    assert "Write it down in at least 3 words" in lead.text
    lead.fill(f"{page}/duties/conflicts", action="/conflicts", not_needed_because="There is no panel yet.")
    assert "not needed, because “There is no panel yet.”" in lead.text
    lead.fill(page, action="/route/confirm")
    assert "Devinder Sahota confirmed this route" in lead.text


def test_nobody_outside_finds_the_route(app, cast, reference, client):
    for path in ("route", "route/answers", "route/duties/conflicts", "schedule"):
        address = f"/manage/challenges/{reference}/{path}"
        assert cast.browser(app, "supplier").get(address).status_code == 404
        assert cast.browser(app, "observer").get(address).status_code == 404
        assert client.get(address).status_code == 302
    assert cast.browser(app, "lead").get(f"/manage/challenges/{reference}/route/duties/no").status_code == 404


def test_the_dates_are_worked_out_and_saved_only_when_someone_saves_them(app, cast, reference, now):
    officer = cast.browser(app, "officer")
    page = f"/manage/challenges/{reference}/settings"
    before = queries.by_reference(reference, now)
    asked = "?publish_on-day=1&publish_on-month=12&publish_on-year=2026"
    assert officer.get(page + asked).status_code == 200
    assert "not saved yet" in officer.text
    fields = next(f for f in officer.page.forms if str(f["action"]).endswith("/settings"))["fields"]
    assert [fields[f"closes_at-{n}"] for n in ("day", "month", "year", "time")] == [
        "31",
        "12",
        "2026",
        "11:00",
    ]
    assert queries.by_reference(reference, now) == before
    for wrong, words in (
        ("?publish_on-day=31&publish_on-month=2&publish_on-year=2026", "enter a real date"),
        ("?publish_on-day=&publish_on-month=&publish_on-year=", "Enter the day of publication"),
        ("?publish_on-day=1&publish_on-month=11&publish_on-year=2026", "still to come"),
        ("?publish_on-day=1&publish_on-month=11&publish_on-year=2036", "within a year"),
    ):
        assert officer.get(page + wrong).status_code == 422
        assert words in officer.text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"judging_deadline": 17}, "Judges can only finish after the closing time"),
        ({"decision_due": 17}, "The decision can only come after the closing time"),
        ({"decision_due": 29}, "once the judges have finished"),
        ({"questions_until": 19}, "Questions can end at the closing time at the latest"),
    ],
)
def test_dates_in_an_impossible_order_are_refused(cast, reference, now, changes, words):
    days = {"closes_at": 18, "judging_deadline": 30, "decision_due": 40, **changes}
    dates = {name: now + timedelta(days=n) for name, n in days.items()}
    with pytest.raises(RuleViolation, match=words), transaction():
        operations.edit_settings(cast.actor("officer"), reference=reference, now=now, **dates)


def test_practice_asks_for_nothing_and_says_so(app, cast, now):
    with transaction():
        reference = operations.create(
            cast.actor("officer"), title="Lamps", question="Which?", practice=True, now=now
        )
    row = queries.by_reference(reference, now)
    assert "route" not in {p.page for p in queries.missing(row, now)}
    assert queries.obstacles(row, now) == []
    officer = cast.browser(app, "officer")
    officer.get(f"/manage/challenges/{reference}/route")
    assert "nothing here binds it" in officer.text
