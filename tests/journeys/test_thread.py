"""The whole thread through the pages, on both databases: it always ends, and everyone hears why."""

from __future__ import annotations

import pytest
from flask import Flask

from pitchfest.audit.queries import chain
from pitchfest.audit.rules import first_break
from pitchfest.judging.queries import total_differences
from tests.support import thread as walk
from tests.support.client import PageClient
from tests.support.clock import MovableClock
from tests.support.thread import Thread


def up_to_opening(
    app: Flask, clock: MovableClock, suppliers: tuple[str, ...], *, smallest: bool = False
) -> Thread:
    thread = walk.a_thread(app, clock, smallest=smallest)
    walk.write_challenge(thread)
    walk.approve_and_publish(thread)
    for name in suppliers:
        walk.send_pitch(thread, name)
    walk.invite_panel(thread)
    walk.close_and_open(thread)
    return thread


def assert_sound(thread: Thread) -> None:
    """The log holds and every stored total is what the signed cards come to."""
    with thread.app.app_context():
        assert first_break(chain())[1] is None
        assert total_differences()[1] == []


def test_three_pitches_end_in_three_letters(bare_app: Flask, clock: MovableClock) -> None:
    thread = up_to_opening(bare_app, clock, ("Alder", "Birch", "Cedar"))
    walk.find_eligible(thread)
    walk.judge(thread, {"Alder": 5, "Birch": 4, "Cedar": 2})
    results = thread.browser("lead")
    assert results.get(f"{thread.manage}/results").status_code == 200
    assert results.text.index("Alder Ltd") < results.text.index("Birch Ltd") < results.text.index("Cedar Ltd")
    walk.explain(thread)
    walk.decide(thread, {"Alder": "won", "Birch": "reserve", "Cedar": "unsuccessful"})
    before = thread.browser("Alder")
    assert before.get(f"/pitches/{thread.pitches['Alder']}/letter").status_code == 404
    walk.release(thread)
    thread.work()
    for name in ("Alder", "Birch", "Cedar"):
        supplier = thread.browser(name)
        assert supplier.get(f"/pitches/{thread.pitches[name]}/letter").status_code == 200
        assert "ride along with the crews for six weeks" in supplier.text
        others = {"Birch", "Cedar"} - {name}
        assert not [other for other in others if f"{other} Ltd" in supplier.text]
        messages = supplier.get("/account/messages")
        assert messages.status_code == 200
    public = PageClient(bare_app)
    public.get(f"/challenges/{thread.reference}")
    assert "Alder Ltd won" in public.text
    assert_sound(thread)


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_pitches_end_in_a_public_outcome_too(bare_app: Flask, clock: MovableClock, count: int) -> None:
    names = ("Alder", "Birch")[:count]
    thread = up_to_opening(bare_app, clock, names)
    if count:
        walk.find_eligible(thread)
        walk.judge(thread, {"Alder": 4, "Birch": 3})
        walk.explain(thread)
    walk.decide(thread, {name: "won" if name == "Alder" else "unsuccessful" for name in names})
    walk.release(thread)
    public = PageClient(bare_app)
    public.get(f"/challenges/{thread.reference}")
    assert ("Alder Ltd won" if count else "Ended without a winner") in public.text
    assert_sound(thread)


def test_none_eligible_ends_in_letters_with_the_reason(bare_app: Flask, clock: MovableClock) -> None:
    thread = up_to_opening(bare_app, clock, ("Alder", "Birch"))
    walk.find_eligible(thread, but=frozenset({"Alder", "Birch"}))
    walk.decide(thread, {})
    walk.release(thread)
    supplier = thread.browser("Alder")
    assert supplier.get(f"/pitches/{thread.pitches['Alder']}/letter").status_code == 200
    assert "Is not a legal entity as the brief asks for." in supplier.text
    public = PageClient(bare_app)
    public.get(f"/challenges/{thread.reference}")
    assert "Ended without a winner" in public.text
    assert_sound(thread)


def test_two_staff_and_three_judges_are_enough(bare_app: Flask, clock: MovableClock) -> None:
    thread = up_to_opening(bare_app, clock, ("Alder", "Birch"), smallest=True)
    walk.find_eligible(thread)
    walk.judge(thread, {"Alder": 4, "Birch": 3})
    walk.explain(thread)
    walk.decide(thread, {"Alder": "won", "Birch": "unsuccessful"})
    walk.release(thread, first="decider", second="approver")
    supplier = thread.browser("Birch")
    assert supplier.get(f"/pitches/{thread.pitches['Birch']}/letter").status_code == 200
    assert_sound(thread)
