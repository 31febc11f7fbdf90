"""Starting, saving and copies: nothing that someone wrote is lost."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from pitchfest.accounts import operations as accounts
from pitchfest.accounts.models import Membership, OrganisationCapacity
from pitchfest.accounts.rules import Capacity
from pitchfest.challenges import operations as challenges
from pitchfest.challenges import queries as challenge_queries
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db, transaction
from pitchfest.kernel.errors import Conflict, NotAllowed, NotFound, RuleViolation, TooLate
from pitchfest.pitches import operations
from pitchfest.pitches.models import AnswerVersion, Pitch
from pitchfest.pitches.queries import sealed, team, versions
from pitchfest.pitches.rules.states import PitchRight, PitchState
from tests.pitches.cast import (
    WORDS,
    a_cast,
    actor,
    closing,
    save,
    sending,
    sent,
    set_state,
    started,
    write,
)
from tests.support import builders


def row(cast, pitch, now, person=None):
    return sealed.own(actor=actor(person or cast.rosa), now=now, reference=pitch)


def texts(cast, pitch, now):
    """position → text of the version that counts."""
    positions = {q.id: q.position for q in challenge_queries.questions(cast.challenge)}
    return {positions[q]: text for q, text in versions.working(row(cast, pitch, now).id).items()}


def test_an_owner_goes_on_where_whoever_could_send_has_left(app, cast, now):
    pitch = started(cast, now, person=cast.imran)
    rights = {"reference": pitch, "person_id": cast.rosa, "right": PitchRight.VIEW, "now": now}
    write(operations.give_right, cast.imran, **rights)
    assert started(cast, now) == pitch
    with pytest.raises(NotAllowed):  # while someone can send it, starting changes nothing
        write(operations.withdraw, cast.rosa, reference=pitch, now=now)
    leave = {"organisation_id": cast.kestrel, "person_id": cast.imran, "now": now}
    write(accounts.end_membership, cast.rosa, **leave)
    late = builders.a_person("Nora Late", organisation=cast.kestrel)
    with pytest.raises(RuleViolation, match="an owner of your organisation goes on"):
        started(cast, now, person=late)
    assert started(cast, now) == pitch
    write(operations.withdraw, cast.rosa, reference=pitch, now=now)


def test_the_starter_may_send_and_nobody_else_sees_it(app, cast, now):
    pitch = started(cast, now)
    assert row(cast, pitch, now).right == PitchRight.SUBMIT
    assert row(cast, pitch, now, cast.imran).right is None
    assert row(cast, pitch, now, cast.gwen).right is None


def test_an_organisation_has_one_live_pitch_for_a_challenge(app, cast, now):
    pitch = started(cast, now)
    assert started(cast, now) == pitch
    with pytest.raises(RuleViolation, match="already started"):
        started(cast, now, person=cast.imran)
    write(operations.withdraw, cast.rosa, reference=pitch, now=now)
    assert started(cast, now) != pitch


def test_two_colleagues_who_start_at_once_make_one_pitch(app, cast, now):
    """Both pass the first look, then meet at the unique index."""
    barrier, outcomes = threading.Barrier(2), []

    def press(person):
        with app.app_context():
            try:
                barrier.wait()
                outcomes.append(started(cast, now, person=person))
            except RuleViolation as refusal:
                outcomes.append(str(refusal))
            finally:
                db.session.remove()

    threads = [threading.Thread(target=press, args=(p,)) for p in (cast.rosa, cast.imran)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 2
    assert sum("already started" in outcome for outcome in outcomes) == 1
    assert len(db.session.execute(select(Pitch.id)).all()) == 1


def test_nobody_pitches_for_an_organisation_that_is_not_theirs_or_no_supplier(app, cast, now):
    with pytest.raises(RuleViolation):
        started(cast, now, person=cast.gwen, organisation=cast.kestrel)
    council = builders.an_organisation("Testford Council", Capacity.AUTHORITY)
    officer = builders.a_person("Cora Vane", organisation=council)
    with pytest.raises(RuleViolation):
        started(cast, now, person=officer, organisation=council)
    db.session.add(OrganisationCapacity(organisation_id=council, capacity=Capacity.SUPPLIER))
    db.session.commit()
    assert started(cast, now, person=officer, organisation=council)


def test_a_draft_challenge_takes_no_pitch_and_is_not_known(app, cast, now):
    set_state(cast, ChallengeState.DRAFT)
    with pytest.raises(NotFound):
        started(cast, now)


def test_an_answer_is_kept_incomplete_and_over_its_limit(app, cast, now):
    pitch = started(cast, now)
    long = "word " * 222
    save(pitch, 1, long, cast.rosa, now)
    save(pitch, 4, '[{"label": "Work", "pence": null, "typed": "lots"}]', cast.rosa, now)
    assert texts(cast, pitch, now) == {
        1: long.strip(),
        4: '[{"label": "Work", "pence": null, "typed": "lots"}]',
    }


def test_saving_the_same_words_again_adds_no_version(app, cast, now):
    pitch = started(cast, now)
    first = save(pitch, 1, "The same.", cast.rosa, now)
    assert save(pitch, 1, "The same. \r\n", cast.rosa, now) == first
    assert len(db.session.execute(select(AnswerVersion.id)).all()) == 1


def share(cast, pitch, now, right=PitchRight.EDIT):
    write(operations.give_right, cast.rosa, reference=pitch, person_id=cast.imran, right=right, now=now)


def test_of_two_who_write_at_once_neither_loses_a_word(app, cast, now):
    pitch = started(cast, now)
    share(cast, pitch, now)
    base = save(pitch, 1, "The beginning.", cast.rosa, now).shown

    def on_top(person, text, parent):
        return write(
            operations.save_answer, person, reference=pitch, position=1, text=text, shown=parent, now=now
        )

    first = on_top(cast.imran, "The beginning, by Imran.", base)
    second = on_top(cast.rosa, "The beginning, by Rosa.", base)
    assert first.beaten_by is None
    assert (second.beaten_by.author_name, second.beaten_by.text) == (
        "Imran Sadiq",
        "The beginning, by Imran.",
    )
    assert texts(cast, pitch, now)[1] == "The beginning, by Imran."
    pitch_id, question_id = row(cast, pitch, now).id, second.beaten_by.question_id
    assert versions.version(pitch_id, question_id, second.shown.id).text == "The beginning, by Rosa."
    # Rosa puts both together, on top of the version that counts
    merged = on_top(cast.rosa, "By both.", second.beaten_by.shown)
    assert merged.beaten_by is None
    assert texts(cast, pitch, now)[1] == "By both."
    # a third, from a page opened long ago, or naming a version that never counted, does not win
    assert on_top(cast.imran, "Old page.", base).beaten_by.text == "By both."
    assert on_top(cast.imran, "Odd page.", second.shown).beaten_by.text == "By both."
    assert texts(cast, pitch, now)[1] == "By both."
    assert [v.text for v in versions.every_version(pitch_id)] == [
        "The beginning.",
        "The beginning, by Imran.",
        "The beginning, by Rosa.",
        "By both.",
        "Old page.",
        "Odd page.",
    ]


def test_a_first_answer_written_by_two_keeps_both(app, cast, now):
    pitch = started(cast, now)
    share(cast, pitch, now)
    for person, text in ((cast.imran, "Imran's."), (cast.rosa, "Rosa's.")):
        write(operations.save_answer, person, reference=pitch, position=1, text=text, shown=None, now=now)
    assert texts(cast, pitch, now)[1] == "Imran's."
    assert len(db.session.execute(select(AnswerVersion.id)).all()) == 2


@pytest.mark.parametrize("late", [-1, 0, 1])
def test_a_save_counts_to_the_second(app, cast, now, late):
    pitch = started(cast, now)
    at = closing(cast) + timedelta(seconds=late)
    if late < 0:
        save(pitch, 1, "Just in time.", cast.rosa, at)
        assert texts(cast, pitch, now)[1] == "Just in time."
    else:
        with pytest.raises(TooLate, match=f"You missed it by {late or 'less than a'}.second"):
            save(pitch, 1, "Too late.", cast.rosa, at)
        assert texts(cast, pitch, now) == {}


def test_a_save_that_waited_for_its_turn_counts_by_when_it_arrived(app, cast, now):
    """The clock settled the closing while the write was in the queue."""
    pitch = started(cast, now)
    at = closing(cast) - timedelta(seconds=1)
    with transaction():
        challenges.close(cast.challenge, closing(cast) + timedelta(seconds=20))
    save(pitch, 1, "Sent before, written after.", cast.rosa, at)
    assert texts(cast, pitch, now)[1] == "Sent before, written after."


def test_closing_in_the_night_when_the_clocks_go_back_happens_once(app):
    """1:30am comes twice on 25 October 2026: the first is meant, an hour before the second."""
    closes_at = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    before = closes_at - timedelta(days=3)
    cast = a_cast(before, closes_at=closes_at)
    pitch = started(cast, before)
    save(pitch, 1, "In time.", cast.rosa, closes_at - timedelta(seconds=1))
    with pytest.raises(
        TooLate, match=r"closed at 1:30am on Sunday 25.October.2026\. You missed it by 1.hour"
    ):
        save(pitch, 1, "The second half past one.", cast.rosa, closes_at + timedelta(hours=1))


@pytest.mark.parametrize(
    ("opens", "closes_at"),
    [
        # 11am on the Friday before, and 11am on the Tuesday after the clocks went back, and forward.
        (datetime(2026, 10, 23, 10, tzinfo=UTC), datetime(2026, 10, 27, 11, tzinfo=UTC)),
        (datetime(2027, 3, 26, 11, tzinfo=UTC), datetime(2027, 3, 30, 10, tzinfo=UTC)),
    ],
)
def test_a_closing_beyond_a_change_of_the_clocks_is_met_to_the_second(app, opens, closes_at):
    cast = a_cast(opens, closes_at=closes_at)
    pitch = started(cast, opens)
    save(pitch, 1, "In time.", cast.rosa, closes_at - timedelta(seconds=1))
    with pytest.raises(TooLate, match=r"closed at 11am on Tuesday .* You missed it by less than a.second"):
        save(pitch, 1, "Too late.", cast.rosa, closes_at)
    with pytest.raises(TooLate, match=r"You missed it by 1.second"):
        save(pitch, 1, "Too late.", cast.rosa, closes_at + timedelta(seconds=1))
    assert texts(cast, pitch, closes_at)[1] == "In time."


def test_who_may_only_read_is_told_so_and_a_stranger_learns_nothing(app, cast, now):
    pitch = started(cast, now)
    share(cast, pitch, now, PitchRight.VIEW)
    with pytest.raises(NotAllowed, match="not write in it"):
        save(pitch, 1, "By a reader.", cast.imran, now)
    with pytest.raises(NotFound):
        save(pitch, 1, "By a rival.", cast.gwen, now)


def test_leaving_the_organisation_ends_the_right(app, cast, now):
    pitch = started(cast, now)
    share(cast, pitch, now)
    member = db.session.execute(select(Membership).where(Membership.person_id == cast.imran)).scalar_one()
    member.until_at = now
    db.session.commit()
    with pytest.raises(NotFound):
        save(pitch, 1, "From my new firm.", cast.imran, now)


def test_changing_opens_a_copy_and_discarding_it_puts_the_answers_back(app, cast, now):
    pitch = sent(cast, now)
    with pytest.raises(Conflict, match="no open copy"):
        write(operations.discard_copy, cast.rosa, reference=pitch, now=now)
    later = now + timedelta(hours=1)
    write(operations.change, cast.rosa, reference=pitch, now=later)
    save(pitch, 1, "Something else.", cast.rosa, later)
    found = row(cast, pitch, later)
    assert (found.state, found.changing_since) == (PitchState.SUBMITTED, later)
    assert sending(pitch, cast.rosa, later).answers != versions.working(found.id)
    write(operations.discard_copy, cast.rosa, reference=pitch, now=later)
    found = row(cast, pitch, later)
    assert found.changing_since is None
    assert sending(pitch, cast.rosa, later).answers == versions.working(found.id)
    assert "Something else." in [v.text for v in versions.every_version(found.id)]


def test_a_save_from_a_page_left_open_after_sending_opens_the_copy_itself(app, cast, now):
    pitch = sent(cast, now)
    save(pitch, 1, "A late thought.", cast.rosa, now)
    found = row(cast, pitch, now)
    assert found.changing_since == now
    assert WORDS[1] in sending(pitch, cast.rosa, now).answers.values()


def test_a_withdrawn_pitch_takes_no_more_words(app, cast, now):
    pitch = started(cast, now)
    write(operations.withdraw, cast.rosa, reference=pitch, now=now)
    with pytest.raises(Conflict, match="withdrawn"):
        save(pitch, 1, "One more thing.", cast.rosa, now)


def test_rights_are_given_and_taken_and_one_person_can_always_send(app, cast, now):
    pitch = started(cast, now)
    with pytest.raises(RuleViolation, match="belongs to your organisation"):
        write(
            operations.give_right,
            cast.rosa,
            reference=pitch,
            person_id=cast.gwen,
            right=PitchRight.VIEW,
            now=now,
        )
    with pytest.raises(RuleViolation, match="must be able to send"):
        write(operations.take_right, cast.rosa, reference=pitch, person_id=cast.rosa, now=now)
    share(cast, pitch, now, PitchRight.VIEW)
    share(cast, pitch, now, PitchRight.SUBMIT)
    assert [(m.name, m.right) for m in team.members(row(cast, pitch, now).id)] == [
        ("Rosa Whitfield", PitchRight.SUBMIT),
        ("Imran Sadiq", PitchRight.SUBMIT),
    ]
    write(operations.take_right, cast.imran, reference=pitch, person_id=cast.rosa, now=now)
    assert row(cast, pitch, now).right is None
