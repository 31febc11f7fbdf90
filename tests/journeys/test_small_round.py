"""The small round, timed: two staff, three judges, five pitches, one page of set-up, letters for all."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from flask.testing import FlaskClient

from pitchfest.accounts import queries as accounts
from pitchfest.audit.queries import chain
from pitchfest.audit.rules import first_break
from pitchfest.challenges import queries as challenges
from pitchfest.challenges.rules import ChallengeState
from pitchfest.judging.queries import total_differences
from pitchfest.kernel.actor import Role
from tests.support import thread as walk
from tests.support.builders import a_person, a_region
from tests.support.clock import MovableClock
from tests.support.thread import Thread

SUPPLIERS = ("Alder", "Birch", "Cedar", "Damson", "Elder")
REASON = "They say who does it and by when."
#: Where a challenge is set up in the full lane; the small round opens none of them.
SET_UP = ("/brief", "/criteria", "/form", "/settings", "/panel", "/manage/challenges/new")
#: From signing in to "sent for approval", in seconds of the server's time, on a busy machine.
QUICK = 10.0


@contextmanager
def pages_opened() -> Iterator[list[str]]:
    """The address of every request meanwhile, of whatever browser."""
    opened: list[str] = []
    plain = FlaskClient.open

    def watched(self: FlaskClient, *args: object, **kwargs: object) -> object:
        response = plain(self, *args, **kwargs)  # type: ignore[arg-type]
        opened.append(response.request.path)
        return response

    FlaskClient.open = watched  # type: ignore[assignment, method-assign]
    try:
        yield opened
    finally:
        FlaskClient.open = plain  # type: ignore[method-assign]


def test_from_one_page_to_five_letters(bare_app: Flask, clock: MovableClock) -> None:
    thread = Thread(bare_app, clock)
    with bare_app.app_context():
        a_region()
        first = a_person("Olive", Role.OFFICER, Role.LEAD)
        second = a_person("Arjun", Role.APPROVER)
    thread.people = {"officer": first, "lead": first, "approver": second, "decider": second}
    with pages_opened() as opened:
        started = time.monotonic()
        officer = thread.browser("officer")
        officer.fill(
            "/manage/challenges/new/small",
            action="",
            title="Quieter bins on Market Street",
            problem="Bins are emptied at five in the morning and wake 400 households.",
            who_has_it="People who live above the shops.",
            outcome_sought="Half as many complaints by summer.",
            budget_pence="9000",
            decision_maker_id=str(second),
            judges="\n".join(f"judge{n}@judges.example" for n in range(3)),
        )
        assert "Sent for approval" in officer.text
        assert time.monotonic() - started < QUICK
        thread.reference = "CH-2026-001"
        approver = thread.browser("approver")
        approver.fill(thread.manage, action="/approve-and-publish")
        send_pitches(thread)
        with bare_app.app_context():
            for n in range(3):
                found = accounts.person_by_email(f"judge{n}@judges.example")
                assert found is not None
                thread.people[f"judge{n}"] = found.id
        clock.move(days=16)  # ten working days, of which one is Saint Andrew’s Day
        for name in ("lead", "approver"):
            thread.browser(name).fill(f"{thread.manage}/opening/act", action="opening/act")
        walk.find_eligible(thread)
        score(thread)
        explain(thread)
        walk.decide(thread, {n: "won" if n == "Alder" else "unsuccessful" for n in SUPPLIERS})
        walk.release(thread, first="approver", second="lead")
        thread.work()
    for name in SUPPLIERS:
        supplier = thread.browser(name)
        assert supplier.get(f"/pitches/{thread.pitches[name]}/letter").status_code == 200
        assert REASON in supplier.text
    assert not [path for path in opened if path.startswith("/manage") and path.endswith(SET_UP)]
    with bare_app.app_context():
        assert challenges.by_reference(thread.reference, clock.now()).state == ChallengeState.AWARDED
        assert first_break(chain())[1] is None
        assert total_differences()[1] == []


def send_pitches(thread: Thread) -> None:
    """Each supplier answers the template's three questions and sends."""
    for name in SUPPLIERS:
        walk.add_supplier(thread, name)
        supplier = thread.browser(name)
        supplier.fill(f"/challenges/{thread.reference}/start", action="/start")
        thread.pitches[name] = walk.pitch_of(thread, name)
        for number in (1, 2, 3):
            supplier.fill(
                f"/pitches/{thread.pitches[name]}/questions/{number}",
                action="/questions",
                answer=f"{name} would come at nine, with rubber wheels.",
            )
        supplier.fill(f"/pitches/{thread.pitches[name]}/check", action="/check", declared="y")
        assert "SHA-256" in supplier.text


def score(thread: Thread) -> None:
    """Every judge declares nothing, reads every pitch and gives one sentence a criterion."""
    lead = thread.browser("lead")
    lead.fill(f"{thread.manage}/start-judging", action="start")
    for n in range(3):
        judge = thread.browser(f"judge{n}")
        judge.fill(f"/judging/{thread.reference}/declare", action="declare", nothing="1")
        cards = walk.cards_of(thread, f"judge{n}")
        assert cards.keys() == set(SUPPLIERS), "every judge reads every pitch"
        for name, card in cards.items():
            fields = {}
            for criterion in walk.criterion_ids(thread):
                fields[f"score-{criterion}"] = "5" if name == "Alder" else "3"
                fields[f"reason-{criterion}"] = REASON
            judge.fill(f"/judging/cards/{card}", action=f"/judging/cards/{card}", sign="1", fields=fields)
            judge.fill(f"/judging/cards/{card}/sign", action="sign")
    lead.fill(f"{thread.manage}/close-scoring", action="close")


def explain(thread: Thread) -> None:
    """The chair finds the judges' sentences there already, and saves them."""
    chair = thread.browser("judge0")
    for reference in thread.pitches.values():
        chair.get(f"/judging/explanations/{reference}")
        field = f"text_{walk.criterion_ids(thread)[0]}"
        assert chair.form("/judging/explanations")["fields"][field].strip() == " ".join([REASON] * 3)
        chair.send(f"/judging/explanations/{reference}", action="/judging/explanations")
