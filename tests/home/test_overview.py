"""The champion's page: every challenge, pitches as counts, days to feedback, what is late."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from pitchfest.awards.rules import Outcome
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db
from pitchfest.home import queries
from pitchfest.home.rules import days_to_feedback, late, middle
from pitchfest.judging.models import Declaration
from pitchfest.judging.rules.states import DeclarationState
from pitchfest.kernel.actor import Role
from pitchfest.pitches.rules import PitchState
from tests.awards.ending import an_ending
from tests.judging.setting import a_round
from tests.support import builders as make
from tests.support.signing_in import browser_of
from tests.support.statements import counted

S = ChallengeState


@pytest.mark.parametrize(
    ("state", "days", "expected"),
    [
        (S.IN_REVIEW, 7, None),
        (S.IN_REVIEW, 10, ("Approval", "An approver")),
        (S.CLOSED, 1, ("Scores", "The lead and another person")),
        (S.ELIGIBILITY, 1, ("Scores", "An officer or the lead")),
        (S.JUDGING, 1, ("Scores", "The judges")),
        (S.RECOMMENDED, 1, ("Decision", "Dee")),
        (S.DECIDED, 1, ("Letters", "Two people, to release letters")),
        (S.OPEN, 30, None),
        (S.AWARDED, 30, None),
    ],
)
def test_what_is_late_and_whose_move_it_is(now, state, days, expected):
    since = now - timedelta(days=days)
    found = late(state, state_since=since, judging_deadline=since, decision_due=since, decider="Dee", now=now)
    assert (found and (found.what, found.whose)) == expected
    assert found is None or found.since == since


def test_nothing_is_late_on_time(now):
    coming = now + timedelta(minutes=1)
    for state in (S.JUDGING, S.RECOMMENDED, S.DECIDED, S.ELIGIBILITY):
        given = {"state_since": now, "judging_deadline": coming, "decision_due": coming}
        assert late(state, **given, decider="", now=now) is None


@pytest.mark.parametrize("state", [S.CLOSED, S.ELIGIBILITY, S.JUDGING])
def test_each_published_day_counts_for_itself(now, state):
    passed, coming = now - timedelta(days=1), now + timedelta(days=1)
    given = {"state_since": passed, "decider": "", "now": now}
    for judged in (None, coming):
        found = late(state, judging_deadline=judged, decision_due=passed, **given)
        assert found is not None
        assert found.what == "Decision"
    found = late(state, judging_deadline=passed, decision_due=coming, **given)
    assert found is not None
    assert found.what == "Scores"
    assert late(S.MODERATION, judging_deadline=passed, decision_due=coming, **given) is None


def test_days_are_working_days(now):
    assert days_to_feedback(now, now + timedelta(days=4)) == 4
    assert days_to_feedback(now, now + timedelta(days=7)) == 4, "30 November is a bank holiday in Scotland"
    assert days_to_feedback(now, now) == 0
    assert middle([]) is None
    assert middle([3, 10, 4]) == 4


def test_from_the_first_day_the_champion_reads_it_at_home_and_can_print_it(app, now):
    make.a_region()
    champion = browser_of(app, make.a_person("Cara Champion", Role.CHAMPION))
    champion.get("/")
    assert "Nothing has been posted yet" in champion.text
    champion.get("/overview")
    assert "Nothing has been posted yet" in champion.text
    officer = make.a_person("Olive", Role.OFFICER)
    make.a_challenge(state=S.OPEN, officer=officer, now=now, title="Quieter buses")
    make.a_challenge(state=S.DRAFT, officer=officer, now=now, title="Just begun")
    practice = make.a_challenge(state=S.OPEN, officer=officer, now=now, title="Only practice")
    db.session.execute(update(Challenge).where(Challenge.id == practice).values(practice=True))
    db.session.commit()
    for address in ("/", "/overview"):
        champion.get(address)
        assert "Quieter buses" in champion.text
        assert "Open: 1" in champion.text
        assert "Nothing is late" in champion.text
        assert "Only practice" not in champion.html
    assert champion.get("/overview.xlsx").status_code == 200
    working = browser_of(app, officer)
    working.get("/")
    assert "Days to feedback" not in working.text
    working.get("/overview")
    assert "Days to feedback" in working.text


def test_an_observer_sees_only_what_an_observer_may(app, now):
    make.a_region()
    officer = make.a_person("Olive", Role.OFFICER)
    make.a_challenge(state=S.OPEN, officer=officer, now=now, title="Still open")
    make.a_challenge(state=S.JUDGING, officer=officer, now=now, title="Being judged now")
    observer = browser_of(app, make.a_person("Otto", Role.OBSERVER))
    observer.get("/overview")
    assert "Being judged now" in observer.text
    assert "Still open" not in observer.text


def test_letters_end_the_days_and_the_delay(app, now):
    world = an_ending(now)
    late_by = now - timedelta(days=1)
    db.session.execute(update(Challenge).values(decision_due=late_by))
    db.session.commit()
    reader = make.actor(world.lead)
    (row, delay) = queries.overview(reader, now).late[0]
    assert (delay.what, row.feedback) == ("Decision", None)
    world.explain()
    world.decide(Outcome.WON, Outcome.UNSUCCESSFUL, Outcome.UNSUCCESSFUL)
    assert queries.overview(reader, now).late[0][1].what == "Letters"
    world.propose(world.officer)
    world.release(world.lead)
    found = queries.overview(reader, now)
    assert found.late == []
    assert found.feedback == found.rows[0].feedback
    assert found.told == 1


def test_a_recused_judge_learns_neither_counts_nor_delays(app, now):
    make.a_region()
    setting = a_round(now, pitches=2, judges=1)
    both = make.a_person("Robin", Role.OFFICER)
    member = make.a_panel_member(
        challenge=setting.challenge, person=both, invited_by=setting.officer, now=now
    )
    db.session.execute(update(Challenge).values(judging_deadline=now - timedelta(days=1)))
    db.session.add(
        Declaration(
            panel_member_id=member,
            pitch_id=setting.pitches[0],
            state=DeclarationState.RECUSED,
            interest="My sister works there.",
            declared_at=now,
            decided_by_id=setting.lead,
            decided_at=now,
            reason="Too close a relation.",
        )
    )
    db.session.commit()
    seen = queries.overview(make.actor(setting.lead), now)
    assert (seen.pitches, len(seen.late)) == (2, 1)
    kept = queries.overview(make.actor(both), now)
    assert (kept.rows[0].pitches, kept.late) == (None, [])


def test_a_constant_number_of_statements(app, now):
    make.a_region()
    officer = make.a_person("Olive", Role.OFFICER)
    reader = make.actor(officer)

    def add() -> None:
        challenge = make.a_challenge(state=S.JUDGING, officer=officer, now=now)
        organisation = make.an_organisation("Alder Ltd")
        author = make.a_person("Alder", organisation=organisation)
        make.a_pitch(
            challenge=challenge, organisation=organisation, author=author, state=PitchState.ELIGIBLE, now=now
        )

    add()
    with counted() as one:
        assert len(queries.overview(reader, now).rows) == 1
    add()
    add()
    with counted() as three:
        assert len(queries.overview(reader, now).rows) == 3
    assert len(one) == len(three) == 2
