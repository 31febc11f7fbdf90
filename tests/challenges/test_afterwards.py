"""Duties after publication: recorded in their order by the lead, and the route where everyone reads it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, func, select

from pitchfest.challenges import operations, queries
from pitchfest.challenges.models import Challenge, ChallengeDuty, ChallengeRoute, Snapshot
from pitchfest.challenges.rules import (
    ROUTE_MEANS,
    ChallengeState,
    Corrected,
    Instead,
    ReleaseLetters,
    Route,
    Stands,
    sha256,
)
from pitchfest.db import db, transaction
from pitchfest.home import queries as home
from pitchfest.kernel.errors import NotAllowed, NotFound, RuleViolation
from tests.challenges.world import ANSWERS, BRIEF, a_draft, closing_of
from tests.support.routes import settle_duties

S = ChallengeState
#: A Friday; the notice follows on Monday 14 December, and the last of its 8 working days is the 23rd.
RELEASED = datetime(2026, 12, 11, 14, tzinfo=UTC)
MONDAY = datetime(2026, 12, 14, 10, tzinfo=UTC)
OVER = datetime(2026, 12, 24, 10, tzinfo=UTC)
REFERENCE = "2026/S 000-054321"
BIG = replace(ANSWERS, value_pence=30_000_000)


def published(cast, now, answers=ANSWERS):
    """A challenge with these answers that went the whole way to the public; its reference."""
    reference = a_draft(cast, now)
    officer, lead = cast.actor("officer"), cast.actor("lead")
    with transaction():
        operations.edit_settings(officer, reference=reference, now=now, short_because="The rain is coming.")
        operations.answer_route(officer, reference=reference, answers=answers, now=now)
        if answers != ANSWERS:
            settle_duties(lead, reference, now)
        operations.send_for_approval(officer, reference=reference, now=now)
        operations.approve(cast.actor("approver"), reference=reference, now=now)
        operations.publish(officer, reference=reference, now=now)
    return reference


def decided(cast, now, answers=BIG):
    """The same with its decision recorded, and no letter out."""
    reference = published(cast, now, answers)
    with transaction() as write:
        write.session.query(Challenge).filter_by(reference=reference).update({"state": S.DECIDED})
    return reference


def release(cast, reference, now, winners=1):
    facts = ReleaseLetters(second_is_decider=False, winners=winners)
    found = queries.by_reference(reference, now)
    with transaction():
        action = "release" if winners else "release_none"
        operations.advance(cast.actor("lead"), found.id, action, facts, now=now)


def record(cast, reference, now, key="award_notice", who="lead", evidence=REFERENCE, because="", at=None):
    with transaction():
        operations.record_duty(
            cast.actor(who),
            reference=reference,
            key=key,
            evidence="" if because else evidence,
            at=at or now,
            not_needed_because=because,
            now=now,
        )


def how(reference, now):
    return {s.duty.key: s.stands for s in queries.steps(queries.by_reference(reference, now), now)}


def test_the_award_notice_waits_for_the_letters(cast, now):
    reference = decided(cast, now)
    with pytest.raises(RuleViolation, match="The letters come first"):
        record(cast, reference, RELEASED)
    release(cast, reference, RELEASED)
    with pytest.raises(RuleViolation, match=r"2pm on Friday 11.December.2026 or later"):
        record(cast, reference, MONDAY, at=RELEASED - timedelta(minutes=1))
    with pytest.raises(RuleViolation, match="always needed"):
        record(cast, reference, MONDAY, because="We would rather not say it.")
    record(cast, reference, MONDAY)
    assert how(reference, MONDAY)["award_notice"] == Stands.DONE


def test_the_details_notice_waits_for_the_standstill_which_nobody_ticks_off(cast, now):
    reference = decided(cast, now)
    release(cast, reference, RELEASED)
    record(cast, reference, MONDAY)
    for because in ("", "We are in a hurry here."):
        with pytest.raises(RuleViolation, match="Nobody records this"):
            record(cast, reference, MONDAY, key="standstill", because=because)
    with pytest.raises(RuleViolation, match=r"before Thursday 24.December.2026"):
        record(cast, reference, OVER - timedelta(days=1), key="details_notice")
    with pytest.raises(RuleViolation, match="when a contract could be signed"):
        record(cast, reference, OVER, key="details_notice", at=OVER - timedelta(days=1))
    record(cast, reference, OVER, key="details_notice")
    assert set(how(reference, OVER).values()) == {Stands.DONE}


def test_our_own_standstill_is_left_out_only_with_a_reason(cast, now):
    reference = decided(cast, now, ANSWERS)
    release(cast, reference, RELEASED)
    with pytest.raises(RuleViolation, match="Say why it is not needed in at least 3 words"):
        record(cast, reference, MONDAY, key="standstill", because="No.")
    with pytest.raises(RuleViolation, match="Nobody records that it is done"):
        record(cast, reference, MONDAY, key="standstill", evidence="We waited long enough.")
    record(cast, reference, MONDAY, key="standstill", because="Only one supplier pitched.")
    assert how(reference, MONDAY)["details_notice"] == Stands.DUE


def test_what_was_due_before_publication_is_not_recorded_afterwards(cast, now):
    reference = published(cast, now)
    with pytest.raises(RuleViolation, match="stays as it is"):
        record(cast, reference, now, key="below_threshold_notice")
    rows = select(func.count()).where(ChallengeDuty.key == "below_threshold_notice")
    assert db.session.execute(rows).scalar_one() == 1


def test_without_a_winner_nothing_is_awarded(cast, now):
    reference = decided(cast, now)
    release(cast, reference, RELEASED, winners=0)
    assert how(reference, MONDAY) == {"letters": Stands.DONE, "termination_notice": Stands.DUE}
    with pytest.raises(RuleViolation, match="No pitch won"):
        record(cast, reference, MONDAY)


def waits(cast, who, now):
    return [task.text for task in home.waiting(cast.actor(who), now)]


def test_what_is_due_waits_for_its_officer_and_the_lead_until_it_is_recorded(cast, now):
    reference = decided(cast, now)
    release(cast, reference, RELEASED)
    people = ("lead", "officer")
    notice = f"Publish the award notice (UK6) once every letter is out: “{BRIEF['title']}”"
    assert [waits(cast, who, MONDAY) for who in people] == [[notice], [notice]]
    for who in ("second_officer", "approver"):
        assert waits(cast, who, MONDAY) == []
    task = home.waiting(cast.actor("lead"), MONDAY)[0]
    assert (task.endpoint, task.values["key"], task.since) == ("manage.duty", "award_notice", RELEASED)
    assert home.waiting(cast.actor("officer"), MONDAY)[0].endpoint == "manage.route"
    record(cast, reference, MONDAY)
    for who in people:
        (said,) = waits(cast, who, MONDAY)
        assert said.endswith("Sign nothing before Thursday 24\u00a0December\u00a02026")
    assert waits(cast, "lead", OVER) == []  # 30 days to go
    near = OVER + timedelta(days=16)
    (task,) = home.waiting(cast.actor("lead"), near)
    assert task.text.startswith("Publish the contract details notice (UK7)")
    assert task.due == datetime(2027, 1, 23, 23, 59, tzinfo=UTC)
    assert waits(cast, "lead", near + timedelta(days=60)) == [task.text]
    record(cast, reference, near, key="details_notice")
    assert waits(cast, "lead", near) == []


def test_our_own_standstill_no_longer_waits_where_it_is_not_needed(cast, now):
    reference = decided(cast, now, replace(ANSWERS, buying=False, instead=Instead.GIFT))
    release(cast, reference, RELEASED)
    assert len(waits(cast, "lead", MONDAY)) == 2
    for key in ("standstill", "subsidy_confirmation"):
        record(cast, reference, MONDAY, key=key, because="The winner wants no money.")
    assert waits(cast, "lead", MONDAY) == []


def cancel(app, cast, reference):
    page = f"/manage/challenges/{reference}/cancel"
    lead = cast.browser(app, "lead")
    lead.fill(page, action="/cancel", reason="The money was taken away yesterday.")
    approver = cast.browser(app, "approver")
    approver.get(page)
    said = approver.text
    approver.fill(page, action="/cancel/agree")
    return said


def test_cancelling_after_a_tender_notice_asks_for_the_termination_notice(app, cast, now):
    small = published(cast, now)
    assert "UK12" not in cancel(app, cast, small)
    reference = published(cast, now, BIG)
    assert "procurement termination notice (UK12)" in cancel(app, cast, reference)
    lead, manage = cast.browser(app, "lead"), f"/manage/challenges/{reference}"
    lead.get(manage)
    assert "Next on its route" in lead.text
    assert f"{manage}/route/duties/termination_notice" in lead.html
    lead.get("/")
    assert "Publish the procurement termination notice (UK12)" in lead.text
    assert waits(cast, "officer", now) == waits(cast, "lead", now)
    lead.get(f"{manage}/route")
    assert "there is nothing to award" in lead.text
    assert "section 55" in lead.text
    because = "Another authority goes on with this one."
    lead.fill(
        f"{manage}/route/duties/termination_notice",
        action="/termination_notice",
        not_needed_because=because,
    )
    assert f"not needed, because “{because}”" in lead.text
    assert waits(cast, "lead", now) == []


def test_the_lead_alone_records_them(app, cast, now):
    reference = decided(cast, now)
    release(cast, reference, RELEASED)
    page = f"/manage/challenges/{reference}/route/duties/award_notice"
    for who in ("officer", "approver", "observer", "admin"):
        with pytest.raises(NotAllowed):
            record(cast, reference, MONDAY, who=who)
        browser = cast.browser(app, who)
        assert browser.get(page).status_code == 403
        assert "Only the procurement lead" in browser.text
    with pytest.raises(NotFound):
        record(cast, reference, MONDAY, who="supplier")
    assert cast.browser(app, "supplier").get(page).status_code == 404
    withdrawn = a_draft(cast, now)
    with transaction():
        operations.withdraw(cast.actor("officer"), reference=withdrawn, now=now)
    with pytest.raises(NotAllowed, match="withdrawn"):
        record(cast, withdrawn, now, key="conflicts")


def test_the_pages_say_what_is_next_and_why(app, clock, cast, now):
    reference = decided(cast, now)
    home, page = f"/manage/challenges/{reference}", f"/manage/challenges/{reference}/route"
    lead = cast.browser(app, "lead")
    lead.get(home)
    assert "Next on its route" in lead.text
    assert "Two people release the letters" in lead.text
    lead.get(f"{page}/duties/award_notice")
    assert "The letters come first" in lead.text
    assert "Record this" not in lead.text
    clock.go_to(RELEASED)
    release(cast, reference, RELEASED)
    clock.go_to(MONDAY)
    lead = cast.browser(app, "lead")  # signed in anew
    lead.get(home)
    assert "Publish the award notice (UK6)" in lead.text
    assert "Every letter went out at 2pm" in lead.text
    assert f"{page}/duties/award_notice" in lead.html
    officer = cast.browser(app, "officer")
    officer.get(home)
    assert "The procurement lead records it" in officer.text
    assert f"{page}/duties/award_notice" not in officer.html
    answer = note(lead, f"{page}/duties/award_notice", day="11", at="9am")
    assert answer.status_code == 422
    assert "Error:" in lead.page.title
    assert REFERENCE in lead.html  # what was typed is still there
    note(lead, f"{page}/duties/award_notice", day="14", at="9am")
    said = lead.text
    assert "Recorded." in said
    assert f"{REFERENCE}, published at 9am on Monday 14 December 2026" in said
    assert "Its last day is Wednesday 23 December 2026" in said
    lead.get(home)
    assert "nothing can be signed before Thursday 24 December 2026" in lead.text
    lead.get(f"{page}/duties/standstill")
    assert "Nobody records this" in lead.text
    lead.get(f"{page}/duties/conflicts")
    assert "It is published" in lead.text


def note(lead, page, *, day, at):
    return lead.fill(
        page,
        action="/award_notice",
        evidence=REFERENCE,
        at__day=day,
        at__month="12",
        at__year="2026",
        at__time=at,
    )


@pytest.mark.parametrize(
    ("answers", "route"),
    [
        (ANSWERS, Route.BELOW_THRESHOLD),
        (BIG, Route.COMPETITIVE_FLEXIBLE),
        (replace(ANSWERS, buying=False, instead=Instead.GIFT), Route.GRANT),
    ],
)
def test_everyone_reads_the_route_and_the_record_names_it(client, cast, now, answers, route):
    reference = published(cast, now, answers)
    client.get(f"/challenges/{reference}")
    assert ROUTE_MEANS[route] in client.text
    body = client.get(f"/challenges/{reference}/snapshots/1.json").get_json()
    assert body["route"] == route.value


def test_a_preview_says_the_route_too(app, cast, now):
    reference = a_draft(cast, now)
    officer = cast.browser(app, "officer")
    officer.get(f"/manage/challenges/{reference}/preview")
    assert ROUTE_MEANS[Route.BELOW_THRESHOLD] in officer.text


def test_a_record_from_before_keeps_its_hash_and_a_correction_adds_the_route(client, cast, now):
    """Records that were published before routes were named in them."""
    reference = published(cast, now)
    challenge = queries.by_reference(reference, now).id
    old = json.loads(queries.snapshot_body(challenge, 1))
    del old["route"]
    text = json.dumps(old, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    replace_record(challenge, text, now)
    client.get(f"/challenges/{reference}")
    assert ROUTE_MEANS[Route.BELOW_THRESHOLD] in client.text
    assert sha256(text)[:32] in client.text
    with transaction():
        operations.correct(
            cast.actor("lead"),
            reference=reference,
            by=Corrected({"problem": "There are 215,000 gullies."}),
            reason="We counted the gullies once more.",
            now=now,
        )
    first, second = (queries.snapshot_body(challenge, number) for number in (1, 2))
    assert first == text
    assert json.loads(second)["route"] == "below_threshold"
    assert [row.sha256 for row in queries.snapshots(challenge)] == [sha256(second), sha256(first)]
    assert [change.label for change in queries.changes_of(challenge, 2)] == ["The problem"]
    client.get(f"/challenges/{reference}/corrections")
    assert "below_threshold" not in client.text


def replace_record(challenge, text, now):
    """What an older version of the software would have left behind."""
    from pitchfest.db.disposal import disposing  # noqa: PLC0415

    with transaction() as write, disposing(challenge):
        by = write.session.execute(select(Snapshot.published_by_id)).scalar_one()
        write.session.execute(delete(Snapshot))
        row = {"challenge_id": challenge, "number": 1, "body": text, "sha256": sha256(text)}
        write.session.add(Snapshot(**row, published_by_id=by, at=now))


def test_a_challenge_without_a_route_says_none_and_its_record_has_no_such_key(client, cast, now):
    reference = published(cast, now)
    with transaction() as write:
        write.session.query(ChallengeRoute).delete()
    client.get(f"/challenges/{reference}")
    assert "What the winner gets" not in client.text


@pytest.mark.parametrize(("budget", "fits"), [(20_772_000, False), (0, False), (9_500_000, True)])
def test_a_budget_for_which_other_rules_hold_is_no_correction(cast, now, budget, fits):
    reference = published(cast, now)

    def correct():
        with transaction():
            operations.correct(
                cast.actor("lead"),
                reference=reference,
                by=Corrected({"budget_pence": budget}),
                reason="The board has decided anew.",
                closes_at=closing_of(reference, now) + timedelta(days=14),
                now=now,
            )

    if fits:
        correct()
        assert queries.by_reference(reference, now).budget_pence == budget
        return
    with pytest.raises(RuleViolation, match="under a route that stays") as refusal:
        correct()
    assert "budget_pence" in {problem.field for problem in refusal.value.problems}
