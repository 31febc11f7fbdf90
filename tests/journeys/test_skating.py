"""A real judged round through the real thread: the same totals as the file's, to the last digit.

37 performances, 9 judges, 5 criteria of equal weight, 1,665 scores in quarter points from 0 to 10
(see tests/data/README.md for the source and its licence).
"""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

from flask import Flask

from pitchfest.accounts import queries as accounts
from pitchfest.challenges.models import Challenge, Criterion
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db, transaction
from pitchfest.judging import operations as judging
from pitchfest.judging import queries
from pitchfest.judging.queries.stored import stored_totals
from pitchfest.judging.rules.csv_rows import decode
from pitchfest.judging.rules.rank_file import rank
from pitchfest.kernel.actor import Actor, Role
from pitchfest.pitches import operations as pitches
from pitchfest.pitches import queries as pitch_queries
from pitchfest.pitches.rules import PitchState
from tests.support import builders
from tests.support.clock import MovableClock

FILE = Path(__file__).resolve().parents[1] / "data" / "panel-skating.csv"
REASON = "The edges were deep, the jumps clean, and the music was listened to throughout."

Scores = dict[tuple[str, str], dict[str, int]]


def read_scores() -> Scores:
    """(pitch, judge) → criterion → hundredths of a point."""
    found: Scores = defaultdict(dict)
    with FILE.open(encoding="utf-8") as lines:
        for row in csv.DictReader(lines):
            found[(row["pitch"], row["judge"])][row["criterion"]] = int(Fraction(row["score"]) * 100)
    return dict(found)


def an_open_round(scores: Scores, clock: MovableClock) -> tuple[int, str, dict[str, int]]:
    """An open challenge on the file's criteria with a pitch for each skater; its id, its
    reference, and the skater's pitch ids."""
    now = clock.now()
    officer = builders.a_person("Olive", Role.OFFICER)
    criteria = sorted({name for by_criterion in scores.values() for name in by_criterion})
    challenge = builders.a_challenge(
        state=ChallengeState.OPEN,
        officer=officer,
        now=now,
        criteria=[(name, 20, None) for name in criteria],
        decision_maker=builders.a_person("Dana", Role.CHAMPION),
    )
    for criterion in db.session.query(Criterion).filter_by(challenge_id=challenge):
        criterion.maximum, criterion.step = 1000, 25
    db.session.commit()
    found = {}
    for skater in sorted({pitch for pitch, _ in scores}):
        organisation = builders.an_organisation(skater)
        author = builders.a_person(f"{skater} author", organisation=organisation)
        found[skater] = builders.a_pitch(
            challenge=challenge, organisation=organisation, author=author, state=PitchState.SUBMITTED, now=now
        )
    reference = queries.round_for(person_id=officer, now=now, challenge_id=challenge).reference
    return challenge, reference, found


def open_and_start(reference: str, challenge: int, judges: list[str], clock: MovableClock) -> dict[str, int]:
    """Closing passes, two people open, all are eligible, the panel declares; the judges' ids."""
    lead, approver = builders.a_person("Leo", Role.LEAD), builders.a_person("Arjun", Role.APPROVER)

    def actor(person: int) -> Actor:
        return accounts.actor_of(person, now=clock.now(), proved_at=clock.now())

    panel = {}
    for number, name in enumerate(judges):
        panel[name] = builders.a_person(name)
        builders.a_panel_member(
            challenge=challenge, person=panel[name], invited_by=lead, now=clock.now(), chair=not number
        )
    clock.move(days=8)
    with transaction():
        pitches.propose_opening(actor(lead), reference=reference, now=clock.now())
    with transaction():
        assert pitches.confirm_opening(actor(approver), reference=reference, now=clock.now()) == 37
    for pitch in pitch_queries.opened(challenge):
        with transaction():
            pitches.find(
                actor(lead),
                reference=pitch.reference,
                eligible=True,
                reason="Meets every rule.",
                now=clock.now(),
            )
    with transaction():
        judging.start(actor(lead), reference=reference, expected_version=None, now=clock.now())
    for person in panel.values():
        with transaction():
            judging.declare(actor(person), reference=reference, interests={}, now=clock.now())
    return panel


def test_the_round_comes_out_as_the_file_says(app: Flask, clock: MovableClock) -> None:
    scores = read_scores()
    judges = sorted({judge for _, judge in scores})
    challenge, reference, skaters = an_open_round(scores, clock)
    db.session.get_one(Challenge, challenge).judges_per_pitch = len(judges)
    db.session.commit()
    panel = open_and_start(reference, challenge, judges, clock)
    names = {c.id: c.name for c in db.session.query(Criterion).filter_by(challenge_id=challenge)}
    cards = {(c.member_id, c.pitch_id): c.card_id for c in queries.cards(challenge)}
    members = {row.person_id: row.member_id for row in queries.panel(challenge)}
    clock.move(days=1)
    for (skater, judge), by_criterion in scores.items():
        card = cards[(members[panel[judge]], skaters[skater])]
        actor = accounts.actor_of(panel[judge], now=clock.now())
        marks = {criterion: (by_criterion[name], REASON) for criterion, name in names.items()}
        with transaction():
            judging.save_card(actor, card, marks, now=clock.now())
            judging.sign_card(actor, card, now=clock.now())
    lead = accounts.actor_of(accounts.staff(Role.LEAD, now=clock.now())[0].id, now=clock.now())
    with transaction():
        judging.close(lead, reference=reference, expected_version=None, now=clock.now() + timedelta(hours=1))
    stored = stored_totals(challenge)
    ours = {
        row.organisation_name: (
            row.rank,
            row.exact_total,
            stored[row.pitch_id].mean,
            stored[row.pitch_id].median,
            stored[row.pitch_id].spread,
        )
        for row in queries.results(challenge).ranked
    }
    theirs = {
        row.pitch: (row.rank, row.total, row.mean, row.median, row.spread)
        for row in rank(decode(FILE.read_bytes()), scale_max=Fraction(10))
    }
    assert ours == theirs
    assert queries.total_differences()[1] == []
