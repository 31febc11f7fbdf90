"""A round that was scored elsewhere, from the file to the letters."""

from __future__ import annotations

from sqlalchemy import select

from pitchfest.accounts.models import Person
from pitchfest.awards.models import Letter
from pitchfest.awards.rules import Outcome
from pitchfest.challenges.queries import by_id
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db, transaction
from pitchfest.judging import operations as judging
from pitchfest.judging import queries
from pitchfest.pitches.rules import PitchState
from tests.awards.ending import NAMES, a_pitch_of, an_ending
from tests.support import builders

REASON = "In answer 2 you ride along with crews for six weeks, so no new kit is needed."


def bring_and_confirm(world) -> None:
    emails = [db.session.get_one(Person, judge).email for judge in world.judges]
    criteria = [c.name for c in queries.judged_criteria(world.challenge)]
    rows: list[list[str | None]] = [["Pitch", "Judge", "Criterion", "Score", "Reason"]]
    for score, entry in zip((3, 5), world.entries, strict=True):
        for email in emails:
            rows += [[entry.reference, email, name, str(score), REASON] for name in criteria]
    with transaction():
        judging.take_file(
            world.actor(world.lead),
            reference=world.reference,
            name="scores.csv",
            sha256="0" * 64,
            rows=rows,
            now=world.now,
        )
    file = queries.open_file(world.challenge)
    assert file is not None
    with transaction():
        judging.propose_scores(
            world.actor(world.lead),
            reference=world.reference,
            leave_out=False,
            file_id=file.id,
            now=world.now,
        )
    with transaction():
        judging.confirm_scores(
            world.actor(world.approver), reference=world.reference, expected_act=None, now=world.now
        )


def test_scores_from_a_file_decide_and_stand_in_the_letters(app, now):
    builders.a_region()
    world = an_ending(now, names=(), state=ChallengeState.JUDGING)
    world.entries += [a_pitch_of(world, name, PitchState.ELIGIBLE) for name in NAMES[:2]]
    for judge in world.judges:
        with transaction():
            judging.declare(world.actor(judge), reference=world.reference, interests={}, now=now)
    bring_and_confirm(world)
    with transaction():
        judging.close(world.actor(world.lead), reference=world.reference, expected_version=None, now=now)
    assert queries.total_differences()[1] == []
    best, second = queries.results(world.challenge).ranked
    assert (best.reference, best.total_text) == (world.entries[1].reference, "100.00")
    assert (second.reference, second.total_text) == (world.entries[0].reference, "60.00")
    if by_id(world.challenge, now).state == ChallengeState.MODERATION:
        with transaction():
            judging.close_moderation(
                world.actor(world.judges[0]), reference=world.reference, expected_version=None, now=now
            )
    world.finish(Outcome.RESERVE, Outcome.WON)
    letters = db.session.scalars(select(Letter)).all()
    assert len(letters) == 2
