"""Approval by someone else, publishing, the published record, and closing by the clock."""

import ast
import json
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from pitchfest.accounts.models import RoleGrant
from pitchfest.audit import queries as log
from pitchfest.challenges import operations, queries
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import CHALLENGE, ChallengeState, OpenPitches, sha256
from pitchfest.db import db, transaction
from pitchfest.jobs.operations import each
from pitchfest.kernel.actor import Role
from pitchfest.kernel.errors import Conflict, NotAllowed, NotFound, RuleViolation, StaleForm
from pitchfest.mail.queries import to_person
from pitchfest.mail.rendering import render
from tests.accounts.people import sent, words_of
from tests.challenges.world import a_cast, a_draft, closing_of, published, state_of
from tests.support import builders

S = ChallengeState


def press(operation, cast, who, reference, now, **values):
    with transaction():
        return operation(cast.actor(who), reference=reference, now=now, **values)


def entries(reference):
    rows, _ = log.page(number=1, size=100, object=f"challenge:{reference}")
    return rows


def test_an_incomplete_draft_is_not_sent_and_everything_missing_is_named(app, now):
    cast = a_cast()
    reference = a_draft(cast, now, whole=False)
    with pytest.raises(RuleViolation) as refusal:
        press(operations.send_for_approval, cast, "officer", reference, now)
    assert len(refusal.value.problems) > 10
    assert state_of(reference, now) == S.DRAFT


def test_the_officer_reads_whether_it_is_published_already(app, now):
    cast = a_cast()
    reference = a_draft(cast, now)
    press(operations.send_for_approval, cast, "officer", reference, now)
    press(operations.approve, cast, "approver", reference, now)
    [message] = sent("challenge_approved")
    assert "You or the procurement lead can publish it, once" in words_of(message, now).body
    press(operations.publish, cast, "officer", reference, now)
    words = words_of(message, now)
    assert words.subject == f"{reference} is approved and published"
    assert "and it is published:\n" in words.body
    assert "can publish" not in words.body


def test_whoever_ever_wrote_a_word_cannot_approve(app, now):
    cast = a_cast()
    reference = a_draft(cast, now)
    with transaction():  # one early change, long before the version that is sent
        operations.edit_brief(cast.actor("second_officer"), reference=reference, now=now, problem="Early.")
    with transaction():
        operations.edit_brief(cast.actor("officer"), reference=reference, now=now, problem="Later.")
    press(operations.send_for_approval, cast, "officer", reference, now)
    press(operations.pull_back, cast, "officer", reference, now)
    press(operations.send_for_approval, cast, "officer", reference, now)
    with pytest.raises(RuleViolation, match="Someone else must approve"):
        press(operations.approve, cast, "second_officer", reference, now)
    with pytest.raises(RuleViolation, match="Someone else must approve"):
        press(
            operations.ask_for_changes, cast, "second_officer", reference, now, reason="Name the test areas."
        )
    press(operations.approve, cast, "approver", reference, now)
    assert state_of(reference, now) == S.APPROVED


def test_an_approval_is_of_the_version_that_was_read(app, now):
    cast = a_cast()
    reference = a_draft(cast, now)
    press(operations.send_for_approval, cast, "officer", reference, now)
    read = queries.by_reference(reference, now).version
    press(operations.pull_back, cast, "officer", reference, now)
    with transaction():
        operations.edit_brief(cast.actor("officer"), reference=reference, now=now, problem="Swapped.")
    press(operations.send_for_approval, cast, "officer", reference, now)
    with pytest.raises(StaleForm):
        press(operations.approve, cast, "approver", reference, now, expected_version=read)


def test_changes_are_asked_for_with_a_reason_that_the_officer_reads(app, now):
    cast = a_cast()
    reference = a_draft(cast, now)
    press(operations.send_for_approval, cast, "officer", reference, now)
    with pytest.raises(RuleViolation, match="in a sentence"):
        press(operations.ask_for_changes, cast, "approver", reference, now, reason="No")
    press(operations.ask_for_changes, cast, "approver", reference, now, reason="Name the two test areas.")
    assert state_of(reference, now) == S.CHANGES_WANTED
    (review,) = queries.reviews(queries.by_reference(reference, now).id)
    assert (review.reviewer, review.reason) == ("Ruth Penhaligon", "Name the two test areas.")
    assert "Name the two" not in str(entries(reference))
    with app.test_request_context():
        (message,) = to_person(cast.officer)
        letter = render(message, now=now)
    assert letter is not None
    assert "Name the two test areas." in letter.body
    assert "Name the two" not in letter.subject


def test_approvers_are_told_and_lose_the_mail_with_the_role(app, now):
    cast = a_cast()
    reference = a_draft(cast, now)
    press(operations.send_for_approval, cast, "officer", reference, now)
    (message,) = to_person(cast.approver)
    with app.test_request_context():
        letter = render(message, now=now)
    assert letter is not None
    assert reference in letter.subject
    with transaction() as write:
        write.session.query(RoleGrant).filter_by(person_id=cast.approver).update({"ended_at": now})
    with app.test_request_context():
        assert render(message, now=now) is None


def test_an_approved_text_cannot_be_changed(app, now):
    cast = a_cast()
    reference = a_draft(cast, now)
    press(operations.send_for_approval, cast, "officer", reference, now)
    for _ in range(2):
        with pytest.raises(NotAllowed, match="Pull it back"), transaction():
            operations.edit_brief(cast.actor("officer"), reference=reference, now=now, problem="Sneaky.")
        if state_of(reference, now) == S.IN_REVIEW:
            press(operations.approve, cast, "approver", reference, now)


def test_publishing_freezes_a_record_whose_hash_anyone_can_work_out(app, now):
    cast = a_cast()
    reference = published(cast, now)
    row = queries.by_reference(reference, now)
    snapshot = queries.newest_snapshot(row.id)
    body = queries.snapshot_body(row.id, 1)
    assert snapshot is not None
    assert snapshot.sha256 == sha256(body)
    told = json.loads(body)
    assert told["brief"]["title"] == row.title
    assert [c["weight"] for c in told["criteria"]] == [90, 10]
    assert [q["criterion"] for q in told["questions"]] == [1, 2]
    assert told["decision_maker"] == "Devinder Sahota"
    assert row.published_at == now
    (entry,) = [e for e in entries(reference) if e["action"] == "challenge.publish"]
    assert json.loads(entry["detail"])["sha256"] == snapshot.sha256
    assert json.loads(entry["detail"])["number"] == 1


def test_a_closing_time_that_passed_in_the_drawer_stops_publishing(app, now):
    cast = a_cast()
    reference = a_draft(cast, now)
    press(operations.send_for_approval, cast, "officer", reference, now)
    press(operations.approve, cast, "approver", reference, now)
    with pytest.raises(RuleViolation, match="has passed"):
        press(operations.publish, cast, "lead", reference, now + timedelta(days=18))
    assert queries.newest_snapshot(queries.by_reference(reference, now).id) is None
    with pytest.raises(RuleViolation, match=r"working days are the least"):
        press(operations.publish, cast, "lead", reference, now + timedelta(days=18, microseconds=-1))


def test_it_closes_to_the_second_whether_or_not_anything_ran(app, now):
    cast = a_cast()
    reference = published(cast, now)
    closing = closing_of(reference, now)
    before = closing - timedelta(microseconds=1)
    assert queries.by_reference(reference, before).effective == S.OPEN
    assert queries.by_reference(reference, closing).effective == S.CLOSED
    assert queries.due_to_close(before) == []
    assert queries.due_to_close(closing) == [queries.by_reference(reference, now).id]


def test_the_worker_settles_the_closing_once_dated_at_the_closing_time(app, now):
    cast = a_cast()
    reference = published(cast, now)
    closing = closing_of(reference, now)
    late = closing + timedelta(hours=3)
    run = each(queries.due_to_close, operations.close)
    assert [run(lambda: late), run(lambda: late)] == [1, 0]
    settled = queries.by_reference(reference, late)
    assert (settled.state, settled.state_since) == (S.CLOSED, closing)
    (entry,) = [e for e in entries(reference) if e["action"] == "challenge.close"]
    assert (entry["actor"], entry["at"]) == ("system", "2026-12-11T09:00:00.000000Z")


def test_a_later_write_settles_the_closing_first(app, now):
    cast = a_cast()
    reference = published(cast, now)
    row = queries.by_reference(reference, now)
    closing = closing_of(reference, now)
    late = closing + timedelta(minutes=2)
    facts = OpenPitches(now=late, closes_at=closing, first_id=cast.lead, second_id=cast.officer)
    with transaction():
        challenge = operations.advance(cast.actor("lead"), row.id, "open_pitches", facts, now=late)
        assert challenge.state == S.ELIGIBILITY
    assert [e["action"] for e in entries(reference)[:2]] == ["challenge.open_pitches", "challenge.close"]


def test_the_door_asks_who_is_there(app, now):
    cast = a_cast()
    reference = published(cast, now)
    row = queries.by_reference(reference, now)
    closing = closing_of(reference, now)
    late = closing + timedelta(minutes=2)
    facts = OpenPitches(now=late, closes_at=closing, first_id=1, second_id=2)
    for who, refusal in (("supplier", NotFound), ("observer", NotFound), ("admin", NotAllowed)):
        with pytest.raises(refusal), transaction():
            operations.advance(
                cast.actor(who), row.id, "open_pitches", facts, now=late, expected_version=1
            )  # the version is wrong too, which only those who may know are told
    with pytest.raises(Conflict), transaction():
        operations.advance(cast.actor("lead"), row.id, "open_pitches", facts, now=now)


def test_two_presses_of_one_button_move_it_once(app, now):
    cast = a_cast()
    reference = a_draft(cast, now)
    press(operations.send_for_approval, cast, "officer", reference, now)
    version = queries.by_reference(reference, now).version
    press(operations.approve, cast, "approver", reference, now, expected_version=version)
    with pytest.raises(StaleForm, match="where this challenge stands"):
        press(operations.approve, cast, "approver", reference, now, expected_version=version)
    with pytest.raises(Conflict):
        press(operations.approve, cast, "approver", reference, now)


def test_what_waits_goes_to_those_who_can_do_it(app, now):
    cast = a_cast()
    reference = a_draft(cast, now)

    def waits(who):
        return [task.text for task in queries.waiting(cast.actor(who), now)]

    assert waits("officer") == ["Finish the challenge “Clear the right drain before the rain”"]
    assert waits("approver") == waits("lead") == waits("supplier") == waits("observer") == []
    press(operations.send_for_approval, cast, "officer", reference, now)
    assert "approve it" in waits("approver")[0]
    assert "approve it" in waits("second_officer")[0]
    assert waits("officer") == []
    press(operations.approve, cast, "approver", reference, now)
    assert "Publish" in waits("officer")[0]
    assert "Publish" in waits("lead")[0]
    press(operations.publish, cast, "officer", reference, now)
    assert waits("officer") == waits("lead") == []


def test_a_draft_for_practice_waits_for_its_own_officer_only(app, now):
    cast = a_cast()
    reference = a_draft(cast, now)
    db.session.execute(update(Challenge).where(Challenge.reference == reference).values(practice=True))
    db.session.commit()
    assert len(queries.waiting(cast.actor("officer"), now)) == 1
    assert queries.waiting(cast.actor("second_officer"), now) == []


def test_each_step_is_fired_by_the_feature_that_the_table_names():
    """Reads the source: whoever passes an action to the one door must be its named feature."""
    root = Path(queries.__file__).resolve().parents[2]
    owners = {t.action: t.fired_by for t in CHALLENGE.transitions}
    fired = []
    for path in root.rglob("*.py"):
        feature = path.relative_to(root).parts[0]
        doors = {"advance", "fire", "by_clock"} if feature == "challenges" else {"advance"}
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and _called(node) in doors:
                said = [a.value for a in node.args if isinstance(a, ast.Constant)]
                fired += [(feature, action) for action in said if action in owners]
    assert {action for feature, action in fired if feature == "challenges"} >= {"publish", "approve", "close"}
    assert {action for feature, action in fired if owners[action] != feature} == set()


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def test_an_officer_who_is_an_admin_too_keeps_the_officers_rights(app, now):
    cast = a_cast()
    both = builders.a_person("Josephine Okafor", Role.OFFICER, Role.ADMIN)
    reference = a_draft(cast, now)
    assert queries.for_staff(actor=builders.actor(both), now=now, reference=reference).reference == reference
    with pytest.raises(NotFound):
        queries.for_staff(actor=cast.actor("admin"), now=now, reference=reference)
