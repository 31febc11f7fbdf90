"""Queries: the clock and the right to read agree with the rules; lists cost the same however long."""

import itertools
from datetime import timedelta

import pytest
from sqlalchemy import event, select

from pitchfest.challenges import queries
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.operations.news import take_in
from pitchfest.challenges.queries import Sought
from pitchfest.challenges.rules import PUBLISHED, RELEASED, ChallengeState, Stage, effective_state, may_read
from pitchfest.db import db, transaction
from pitchfest.kernel.actor import Actor, Role
from pitchfest.kernel.errors import NotFound
from tests.challenges.world import a_cast, a_draft, published
from tests.support import builders
from tests.support.statements import counted

S = ChallengeState


def a_population(cast, now):
    """Challenges in every state, open ones at each side of their closing second."""
    for state in S:
        builders.a_challenge(state=state, officer=cast.officer, now=now, decision_maker=cast.observer)
    for microseconds in (-1, 0, 1):
        builders.a_challenge(
            state=S.OPEN, officer=cast.officer, now=now, closes_at=now + timedelta(microseconds=microseconds)
        )


def rows(now):
    found = db.session.execute(select(Challenge.reference, Challenge.state, Challenge.closes_at)).all()
    return {r.reference: effective_state(r.state, r.closes_at, now) for r in found}


def test_the_clock_says_the_same_in_sql_and_in_rules(app, now):
    a_population(a_cast(), now)
    in_sql = {
        row[0]: row[1] for row in db.session.execute(select(Challenge.reference, queries.effective(now)))
    }
    assert in_sql == rows(now)
    for state in S:
        found = db.session.execute(
            select(Challenge.reference).where(queries.effective_in({state}, now))
        ).scalars()
        assert set(found) == {reference for reference, held in rows(now).items() if held == state}


ROLE_SETS = [frozenset(roles) for n in range(3) for roles in itertools.combinations(Role, n)]


def test_the_right_to_read_says_the_same_in_sql_and_in_rules(app, now):
    cast = a_cast()
    a_population(cast, now)
    references = list(rows(now))
    everything = {r: queries.by_reference(r, now) for r in references}
    for roles, person in itertools.product(ROLE_SETS, (cast.observer, cast.supplier)):
        actor = Actor(person, "Someone", roles=roles)
        seen = db.session.execute(select(Challenge.reference).where(queries.visible_to(actor, now))).scalars()
        assert set(seen) == {r for r, row in everything.items() if may_read(actor, row)}, roles
    nobody = db.session.execute(select(Challenge.reference).where(queries.visible_to(None, now))).scalars()
    assert list(nobody) == []


def test_the_public_sees_published_ones_only(app, now):
    a_population(a_cast(), now)
    for reference, state in rows(now).items():
        if state in PUBLISHED:
            assert queries.public(reference, now, None).effective == state
        else:
            with pytest.raises(NotFound):
                queries.public(reference, now, None)
    listed = queries.public_page(now, Sought(stage=None), number=1, size=100)
    assert {row.reference for row in listed} == {r for r, s in rows(now).items() if s in PUBLISHED}
    counts = queries.public_counts(now, Sought()).stages
    for stage in Stage:
        assert counts[stage] == len(queries.public_page(now, Sought(stage=stage), number=1, size=100))


def test_the_public_list_begins_with_what_closes_soonest(app, now):
    cast = a_cast()
    for days in (9, 3, 6):
        builders.a_challenge(
            state=S.OPEN,
            officer=cast.officer,
            now=now,
            closes_at=now + timedelta(days=days),
            title=f"In {days}",
        )
    builders.a_challenge(
        state=S.JUDGING, officer=cast.officer, now=now, closes_at=now - timedelta(days=9), title="Long ago"
    )
    builders.a_challenge(
        state=S.OPEN, officer=cast.officer, now=now, closes_at=now - timedelta(seconds=1), title="Just closed"
    )
    titles = [row.title for row in queries.public_page(now, Sought(stage=None), number=1, size=10)]
    assert titles == ["In 3", "In 6", "In 9", "Just closed", "Long ago"]
    assert [r.title for r in queries.public_page(now, Sought(stage=None), number=2, size=2)] == [
        "In 9",
        "Just closed",
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("drain", 1),
        ("DRAIN testshire", 1),
        ("100%", 0),
        ("_", 0),
        ("\"' (", 0),
        ("bus drain", 0),
        ("bus", 1),
        ("late bus", 1),
        ("scrëen", 1),
        ("trusting", 1),
        ("", 2),
    ],
)
def test_search_finds_every_word_and_takes_signs_as_they_are(app, now, text, found):
    cast = a_cast()
    builders.a_challenge(state=S.OPEN, officer=cast.officer, now=now, title="Clear the right drain")
    other = builders.a_challenge(state=S.OPEN, officer=cast.officer, now=now, title="Buses on time")
    with transaction():
        row = db.session.get_one(Challenge, other)
        row.question, row.problem, row.tried_before = "How might we trust the screen?", "Buses are late.", ""
        row.outcome_sought = row.out_of_scope = ""
        take_in(row)
    assert len(queries.public_page(now, Sought(text=text), number=1, size=10)) == found
    assert queries.public_counts(now, Sought(text=text)).total == found


@pytest.mark.parametrize("sort", ["newest", "closing", "title", "waiting"])
def test_each_order_of_the_staff_list_works_with_drafts_that_have_no_dates(app, now, sort):
    cast = a_cast()
    a_population(cast, now)
    db.session.query(Challenge).filter_by(state=S.DRAFT).update({"closes_at": None})
    db.session.commit()
    listed = queries.staff_page(cast.actor("lead"), now, sort=sort, number=1, size=100)
    assert len(listed) == len(rows(now)) == sum(queries.staff_counts(cast.actor("lead"), now).values())


class Statements:
    """Counts what is sent to the database inside the block."""

    def __enter__(self):
        self.count = 0
        event.listen(db.engine, "before_cursor_execute", self._seen)
        return self

    def __exit__(self, *_):
        event.remove(db.engine, "before_cursor_execute", self._seen)

    def _seen(self, _connection, _cursor, statement, *_):
        self.count += statement != "BEGIN"


PAGES = {
    "/challenges": 2,
    "/challenges/{}": 6,
    "/challenges/{}/form": 4,
}


def test_public_pages_cost_the_same_with_one_challenge_and_with_three(bare_app, client, now):
    with bare_app.app_context():
        cast = a_cast()
        builders.a_challenge(state=S.OPEN, officer=cast.officer, now=now, decision_maker=cast.lead)
        reference = next(iter(rows(now)))
    first = costs(bare_app, client, reference)
    with bare_app.app_context():
        for _ in range(2):
            builders.a_challenge(state=S.OPEN, officer=cast.officer, now=now, decision_maker=cast.lead)
    assert costs(bare_app, client, reference) == first
    extra = panel_cost(bare_app)
    for page, most in PAGES.items():
        assert first[page] <= most + (extra if page == "/challenges/{}" else 0), (page, first)


def costs(app, browser, reference):
    found = {}
    for page in PAGES:
        browser.get(page.format(reference))  # the region's row is remembered from here on
        with app.app_context(), Statements() as sent:
            assert browser.get(page.format(reference)).status_code == 200
        found[page] = sent.count
    return found


def panel_cost(app):
    """Higher features may add panels, each with a statement or two of its own."""
    slots = app.extensions.get("pitchfest.panels", {})
    return 3 * sum(len(slots.get(slot, ())) for slot in ("challenge", "challenge_facts"))


def test_no_staff_page_takes_more_than_twelve_statements(bare_app, now):
    with bare_app.app_context():
        cast = a_cast()
        reference = a_draft(cast, now)
        part = queries.criteria(queries.by_reference(reference, now).id)[0].id
    officer = cast.browser(bare_app, "officer")
    for page in (
        "",
        f"/{reference}",
        f"/{reference}/criteria",
        f"/{reference}/criteria/{part}",
        f"/{reference}/form",
    ):
        officer.get(f"/manage/challenges{page}")
        with bare_app.app_context(), Statements() as sent:
            assert officer.get(f"/manage/challenges{page}").status_code == 200
        assert sent.count <= 12, page


@pytest.mark.parametrize(
    "state",
    [
        S.IN_REVIEW,
        S.APPROVED,
        S.OPEN,
        S.CLOSED,
        S.ELIGIBILITY,
        S.JUDGING,
        S.DECIDED,
        S.AWARDED,
        S.UNSUCCESSFUL,
        S.CANCELLED,
    ],
)
def test_a_challenge_s_page_takes_at_most_twelve_statements_in_every_state(bare_app, now, state):
    with bare_app.app_context():
        cast = a_cast()
        reference = published(cast, now)
        with transaction() as write:
            out = now if state in RELEASED else None
            since = now if state in PUBLISHED else None
            write.session.query(Challenge).update({"state": state, "published_at": since, "released_at": out})
    for who in ("lead", "officer", "approver"):
        browser = cast.browser(bare_app, who)
        for page in ("", "/route"):
            with bare_app.app_context(), counted() as sent:
                assert browser.get(f"/manage/challenges/{reference}{page}").status_code == 200
            assert len(sent) <= 12, (who, page, sent)


def test_the_staff_list_and_what_waits_cost_the_same_with_one_and_three(app, now):
    cast = a_cast()
    me = cast.actor("second_officer")
    sent = []
    for _ in range(3):
        builders.a_challenge(state=S.IN_REVIEW, officer=cast.officer, now=now)
        with Statements() as counted:
            queries.staff_page(me, now, number=1, size=25)
            queries.staff_counts(me, now)
            queries.waiting(me, now)
        sent.append(counted.count)
    assert sent == [3, 3, 3]
