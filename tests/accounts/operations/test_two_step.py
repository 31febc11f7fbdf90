"""Codes at once: each is taken by one of those who try it, on either database."""

import threading

import pytest
from sqlalchemy import select

from pitchfest.accounts import operations, queries
from pitchfest.accounts.models import HalfSignIn, RecoveryCode
from pitchfest.db import db, transaction
from pitchfest.kernel.errors import NotFound, RuleViolation
from tests.accounts.two_step import set_up
from tests.support import builders as make
from tests.support.signing_in import browser_of

TOGETHER = 4


@pytest.fixture
def rosa(app):
    make.a_region(demo=False)
    return make.a_person("Rosa Whitfield")


@pytest.fixture
def things(app, rosa, clock):
    """Her app and her recovery codes."""
    found = set_up(browser_of(app, rosa))
    clock.move(seconds=60)
    return found


def halves(rosa, clock, count=TOGETHER):
    """Tokens of browsers in which the first step is done."""
    with transaction():
        return [operations.start_half(rosa, now=clock.now()) for _ in range(count)]


def all_at_once(app, clock, tries):
    """How many of these (token, code) got in."""
    barrier, came_in = threading.Barrier(len(tries)), []

    def attempt(token, code):
        with app.app_context():
            try:
                barrier.wait()
                with transaction():
                    came_in.append(operations.finish_sign_in(token, code=code, now=clock.now()))
            except (NotFound, RuleViolation):
                pass
            finally:
                db.session.remove()

    threads = [threading.Thread(target=attempt, args=one) for one in tries]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(came_in)


def test_one_code_of_the_app_lets_one_browser_in(app, rosa, things, clock):
    code = things[0].code()
    assert all_at_once(app, clock, [(token, code) for token in halves(rosa, clock)]) == 1


def test_one_recovery_code_lets_one_browser_in(app, rosa, things, clock):
    code = things[1][0]
    assert all_at_once(app, clock, [(token, code) for token in halves(rosa, clock)]) == 1
    used = db.session.scalars(select(RecoveryCode.used_at).where(RecoveryCode.used_at.is_not(None)))
    assert len(used.all()) == 1


def test_one_first_step_lets_one_browser_in_whatever_codes_it_brings(app, rosa, things, clock):
    (token,) = halves(rosa, clock, 1)
    assert all_at_once(app, clock, [(token, code) for code in things[1][:TOGETHER]]) == 1
    left = queries.two_step(rosa)
    assert left is not None
    assert left.codes_left == 9, "the codes of the others were not used up"


def test_a_wrong_code_leaves_the_first_step_as_it_was(app, rosa, things, clock):
    (token,) = halves(rosa, clock, 1)
    with pytest.raises(RuleViolation), transaction():
        operations.finish_sign_in(token, code="000000", now=clock.now())
    assert db.session.scalars(select(HalfSignIn.ended_at)).all() == [None]
    db.session.rollback()
    with transaction():
        assert operations.finish_sign_in(token, code=things[0].code(), now=clock.now()) == rosa
