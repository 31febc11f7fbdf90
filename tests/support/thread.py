"""Walking the thread through the pages, as people do: from an empty draft to letters."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event

from flask import Flask
from sqlalchemy import select

from pitchfest.accounts import queries as accounts
from pitchfest.challenges import queries as challenges
from pitchfest.db import db
from pitchfest.jobs.operations import run
from pitchfest.judging.models import PanelMember, Scorecard
from pitchfest.kernel.actor import Role
from pitchfest.kernel.clock import LONDON
from pitchfest.pitches import queries as pitches
from pitchfest.pitches.models import Pitch
from tests.support.builders import a_person, a_region, an_organisation
from tests.support.client import PageClient
from tests.support.clock import MovableClock
from tests.support.routes import ROUTE, settle_route_by_hand
from tests.support.signing_in import browser_of

REASON = "In answer one you ride along with the crews for six weeks and say so."
EXPLANATION = (
    "In answer one you describe how you would ride along with the crews for six weeks, "
    "which fits the problem. You did not say who steps in when somebody is ill."
)
CRITERIA = (("Fit to the problem", 50, "3"), ("Deliverability", 40, ""))


@dataclass
class Thread:
    """One challenge, its people and their browsers."""

    app: Flask
    clock: MovableClock
    reference: str = ""
    people: dict[str, int] = field(default_factory=dict)
    pitches: dict[str, str] = field(default_factory=dict)

    def browser(self, name: str) -> PageClient:
        """A fresh browser in which the person has just signed in."""
        return browser_of(self.app, self.people[name])

    @property
    def manage(self) -> str:
        """The challenge's pages for staff."""
        return f"/manage/challenges/{self.reference}"

    def work(self) -> None:
        """One round of the worker."""

        with self.app.app_context():
            run(self.app.extensions["pitchfest.work"], self.clock.now, Event(), once=True)


def a_thread(app: Flask, clock: MovableClock, *, smallest: bool = False) -> Thread:
    """The people: four staff, or two who hold every role between them, three judges, suppliers."""
    thread = Thread(app, clock)
    with app.app_context():
        a_region()
        if smallest:
            first = a_person("Olive", Role.OFFICER, Role.LEAD)
            second = a_person("Arjun", Role.APPROVER, Role.OFFICER)
            thread.people = {"officer": first, "lead": first, "approver": second, "decider": first}
        else:
            thread.people = {
                "officer": a_person("Olive", Role.OFFICER),
                "approver": a_person("Arjun", Role.APPROVER),
                "lead": a_person("Leo", Role.LEAD),
                "decider": a_person("Dana", Role.CHAMPION),
            }
    return thread


def write_challenge(thread: Thread, *, practice: bool = False) -> None:
    """The officer writes brief, criteria, form and settings, and sends it for approval."""
    officer = thread.browser("officer")
    answer = officer.fill(
        "/manage/challenges/new",
        action="/new",
        title="Clear the right drain before the rain",
        question="How might we know which road drains will block, so crews clear those first?",
        fields={"practice": "y"} if practice else None,
    )
    thread.reference = answer.request.path.split("/")[3]
    officer.fill(
        f"{thread.manage}/brief",
        problem="Each of 214,000 gullies is cleaned every 18 months whether it needs it or not.",
        who_has_it="People whose homes flood from the road.",
        tried_before="Sensors in drains. A third failed within a year.",
        outcome_sought="Cut repeat flooding calls by 30%.",
        out_of_scope="River flooding.",
        eligibility="- any legal entity",
        after_win="A pilot of five months.",
        timetable="A decision within four weeks of closing.",
        budget_pence="85000",
        owner_name="Bryn Haldane",
        owner_organisation="Testshire Highways",
    )
    for name, weight, threshold in CRITERIA:
        officer.fill(
            f"{thread.manage}/criteria/new",
            action="/criteria/new",
            name=name,
            weight=str(weight),
            threshold=threshold,
        )
    officer.fill(
        f"{thread.manage}/criteria/new", action="/criteria/new", name="Price", weight="10", kind="price"
    )
    criteria = criterion_ids(thread)
    for number, (name, _, _) in enumerate(CRITERIA):
        officer.fill(
            f"{thread.manage}/form/new",
            action="/form/new",
            ask=f"Tell us: {name}",
            max_words="100",
            criterion_id=str(criteria[number]),
        )
    officer.fill(
        f"{thread.manage}/form/new",
        action="/form/new",
        ask="Your price",
        kind="money",
        criterion_id=str(criteria[2]),
    )
    officer.fill(f"{thread.manage}/route/answers", action="/answers", fields=ROUTE)
    closes = (thread.clock.now() + timedelta(days=7)).astimezone(LONDON)
    judged = closes + timedelta(days=14)
    officer.fill(
        f"{thread.manage}/settings",
        closes_at__day=str(closes.day),
        closes_at__month=str(closes.month),
        closes_at__year=str(closes.year),
        closes_at__time="11am",
        short_because="The rain does not wait.",
        judging_deadline__day=str(judged.day),
        judging_deadline__month=str(judged.month),
        judging_deadline__year=str(judged.year),
        judging_deadline__time="5pm",
        decision_maker_id=str(thread.people["decider"]),
        minimum_total="50",
    )
    officer.fill(thread.manage, action="/send")
    assert "Waiting for approval" in officer.text, officer.text[:600]


def criterion_ids(thread: Thread) -> list[int]:
    """The challenge's criteria in order."""

    with thread.app.app_context():
        found = challenges.by_reference(thread.reference, thread.clock.now())
        return [row.id for row in challenges.criteria(found.id)]


def approve_and_publish(thread: Thread) -> None:
    """Another person approves, and the officer publishes."""
    thread.clock.move(hours=1)
    approver = thread.browser("approver")
    approver.fill(thread.manage, action="/approve")
    assert "Approved" in approver.text
    with thread.app.app_context():
        found = challenges.by_reference(thread.reference, thread.clock.now())
    if not found.practice:
        settle_route_by_hand(thread.browser("lead"), thread.manage)
    officer = thread.browser("officer")
    officer.fill(thread.manage, action="/publish")
    assert "Open" in officer.text


def add_supplier(thread: Thread, name: str) -> None:
    """An organisation with one person."""
    with thread.app.app_context():
        organisation = an_organisation(f"{name} Ltd")
        thread.people[name] = a_person(f"{name} Person", organisation=organisation, owner=True)


def send_pitch(thread: Thread, name: str, *, price: str = "40000") -> None:
    """A supplier answers every question and sends the pitch."""
    add_supplier(thread, name)
    supplier = thread.browser(name)
    supplier.fill(f"/challenges/{thread.reference}/start", action="/start")
    pitch = supplier.get("/pitches", follow_redirects=True)
    assert pitch.status_code == 200
    thread.pitches[name] = pitch_of(thread, name)
    base = f"/pitches/{thread.pitches[name]}"
    for number in (1, 2):
        supplier.fill(
            f"{base}/questions/{number}", action="/questions", answer=f"{name} rides along with the crews."
        )
    supplier.fill(
        f"{base}/questions/3",
        action="/questions",
        fields={"answer-label-1": "Everything", "answer-amount-1": price},
    )
    supplier.fill(f"{base}/check", action="/check", declared="y")
    assert "SHA-256" in supplier.text, supplier.text[:800]


def pitch_of(thread: Thread, name: str) -> str:
    """The reference of a supplier's pitch."""

    with thread.app.app_context():
        actor = accounts.actor_of(thread.people[name], now=thread.clock.now())
        return pitches.mine(actor, thread.clock.now())[0].reference


def close_and_open(thread: Thread) -> None:
    """The closing time passes; two people open what came in."""
    thread.clock.move(days=8)
    lead, approver = thread.browser("lead"), thread.browser("approver")
    lead.fill(f"{thread.manage}/opening/act", action="opening/act")
    approver.fill(f"{thread.manage}/opening/act", action="opening/act")


def find_eligible(thread: Thread, *, but: frozenset[str] = frozenset()) -> None:
    """The lead finds each pitch eligible, or not."""
    lead = thread.browser("lead")
    for name, reference in thread.pitches.items():
        eligible = name not in but
        lead.fill(
            f"/manage/pitches/{reference}",
            action=f"/manage/pitches/{reference}",
            eligible="yes" if eligible else "no",
            reason="Meets every rule of the brief."
            if eligible
            else "Is not a legal entity as the brief asks for.",
        )


def invite_panel(thread: Thread, judges: int = 3) -> None:
    """The officer invites judges; the first chairs."""
    officer = thread.browser("officer")
    for number in range(judges):
        name = f"judge{number}"
        officer.fill(
            f"{thread.manage}/panel",
            action="/panel",
            name=f"Judge {number}",
            email=f"{name}@judges.example",
            fields={"chair": "y"} if number == 0 else None,
        )
        with thread.app.app_context():
            found = accounts.person_by_email(f"{name}@judges.example")
            assert found is not None, officer.text[:900]
            thread.people[name] = found.id


def judge(thread: Thread, points: dict[str, int], judges: int = 3) -> None:
    """Each judge declares nothing, scores every pitch as `points` says, and signs; no answer has to be
    talked about, so that scoring and moderation close.
    """
    lead = thread.browser("lead")
    lead.fill(f"{thread.manage}/start-judging", action="start")
    criteria = criterion_ids(thread)[:2]
    for number in range(judges):
        browser = thread.browser(f"judge{number}")
        browser.fill(f"/judging/{thread.reference}/declare", action="declare", nothing="1")
        for name, card in cards_of(thread, f"judge{number}").items():
            values: dict[str, str] = {}
            for criterion in criteria:
                values[f"score-{criterion}"] = str(points[name])
                values[f"reason-{criterion}"] = REASON
            browser.fill(f"/judging/cards/{card}", action=f"/judging/cards/{card}", sign="1", fields=values)
            browser.fill(f"/judging/cards/{card}/sign", action="sign")
            assert "signed" in browser.text.lower(), browser.text[:500]
    lead.fill(f"{thread.manage}/close-scoring", action="close")
    thread.browser("judge0").fill(f"{thread.manage}/moderation", action="/moderation/close")


def cards_of(thread: Thread, judge_name: str) -> dict[str, int]:
    """Supplier → the judge's card."""

    names = {reference: name for name, reference in thread.pitches.items()}
    with thread.app.app_context():
        rows = db.session.execute(
            select(Pitch.reference, Scorecard.id)
            .join(Scorecard, Scorecard.pitch_id == Pitch.id)
            .join(PanelMember, PanelMember.id == Scorecard.panel_member_id)
            .where(PanelMember.person_id == thread.people[judge_name])
        ).all()
    return {names[reference]: card for reference, card in rows}


def explain(thread: Thread, *, author: str = "judge0") -> None:
    """The chair writes what each supplier reads on each judged criterion."""
    chair = thread.browser(author)
    for reference in thread.pitches.values():
        chair.fill(
            f"/judging/explanations/{reference}",
            action="/judging/explanations",
            fields={f"text_{criterion}": EXPLANATION for criterion in criterion_ids(thread)[:2]},
        )


def decide(thread: Thread, outcomes: dict[str, str], *, note: str = "") -> None:
    """The decision-maker records an outcome and a reason for each pitch."""
    decider = thread.browser("decider")
    values = {"confirm": "y", "note": note}
    for name, outcome in outcomes.items():
        reference = thread.pitches[name]
        values[f"outcome_{reference}"] = outcome
        values[f"reason_{reference}"] = "It meets the brief as the panel found."
    decider.fill(f"{thread.manage}/decision", action="/decision", fields=values)


def release(thread: Thread, *, first: str = "lead", second: str = "approver") -> None:
    """Two people send every letter at once."""
    thread.browser(first).fill(f"{thread.manage}/release", action="/release", act="propose")
    thread.browser(second).fill(f"{thread.manage}/release", action="/release", act="release")
