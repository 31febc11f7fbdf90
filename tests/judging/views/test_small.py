"""Post a small challenge: one page makes everything; one button publishes it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from pitchfest.accounts import queries as accounts
from pitchfest.challenges import queries as challenges
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import ChallengeState, Lane
from pitchfest.db import db
from pitchfest.judging import queries
from pitchfest.kernel.actor import Role
from pitchfest.kernel.clock import LONDON
from pitchfest.mail import queries as mail
from pitchfest.mail.models import OutboxMessage
from tests.accounts.people import link_in, sent, words_of
from tests.support.builders import a_challenge, a_person, a_region
from tests.support.client import PageClient
from tests.support.clock import MovableClock
from tests.support.signing_in import browser_of

PAGE = "/manage/challenges/new/small"
JUDGES = "Idris Vaughan <idris@judges.example>\nmaya@judges.example\ntheo@judges.example"


@pytest.fixture
def people(bare_app: Flask) -> dict[str, int]:
    with bare_app.app_context():
        a_region()
        return {
            "officer": a_person("Olive", Role.OFFICER, Role.LEAD),
            "approver": a_person("Arjun", Role.APPROVER),
        }


def answers(people: dict[str, int], **changes: str) -> dict[str, str]:
    return {
        "title": "Quieter bins on Market Street",
        "problem": "Bins are emptied at five in the morning and wake 400 households.",
        "who_has_it": "People who live above the shops.",
        "outcome_sought": "Half as many complaints by summer.",
        "budget_pence": "9000",
        "decision_maker_id": str(people["approver"]),
        "judges": JUDGES,
        **changes,
    }


def post(browser: PageClient, people: dict[str, int], **changes: str) -> PageClient:
    browser.fill(PAGE, action="", fields=answers(people, **changes))
    return browser


def press(browser: PageClient, reference: str) -> int:
    """Send what the approver's one button would, whether or not the page offers it; the status."""
    tokens = browser.form()["fields"]
    return browser.post(f"/manage/challenges/{reference}/approve-and-publish", data=tokens).status_code


def test_one_page_makes_challenge_panel_and_request(
    bare_app: Flask, clock: MovableClock, people: dict[str, int]
) -> None:
    officer = post(browser_of(bare_app, people["officer"]), people, theme="environment")
    assert "Sent for approval" in officer.text
    with bare_app.app_context():
        found = challenges.by_reference("CH-2026-001", clock.now())
        assert found.theme == "environment"
        assert (found.effective, found.lane) == (ChallengeState.IN_REVIEW, Lane.SMALL)
        criteria, questions = challenges.criteria(found.id), challenges.questions(found.id)
        assert [(c.name, c.weight) for c in criteria] == [
            ("Fit to the problem", 40),
            ("Can be delivered", 40),
            ("New or inclusive", 20),
        ]
        assert [(len(c.anchors), c.minimum, c.maximum) for c in criteria] == [(6, 0, 500)] * 3
        assert [(q.max_words, q.criterion_id) for q in questions] == [(200, c.id) for c in criteria]
        assert found.closes_at is not None
        assert found.closes_at.astimezone(LONDON).hour == 11
        assert found.judging_deadline > found.closes_at  # type: ignore[operator]
        panel = queries.panel(found.id)
        assert [(j.email, j.is_chair) for j in panel] == [
            ("idris@judges.example", True),
            ("maya@judges.example", False),
            ("theo@judges.example", False),
        ]
        kinds = [kind for (kind,) in db.session.query(OutboxMessage.kind).order_by(OutboxMessage.id)]
        assert kinds == ["challenge_to_approve"], "judges hear of it when it is public"


def test_fewer_than_five_working_days_need_a_reason_that_the_approver_reads(
    bare_app: Flask, clock: MovableClock, people: dict[str, int]
) -> None:
    soon = (clock.now() + timedelta(days=3)).astimezone(LONDON)
    closing = {"closes_at-day": str(soon.day), "closes_at-month": str(soon.month)}
    officer = post(browser_of(bare_app, people["officer"]), people, **closing)
    assert "5\u00a0working days are the least" in officer.html
    post(officer, people, **closing, short_because="the summer fair is next week.")
    assert "Sent for approval" in officer.text
    approver = browser_of(bare_app, people["approver"])
    approver.get("/manage/challenges/CH-2026-001")
    assert "Open for 3\u00a0working days, because the summer fair is next week." in approver.html
    approver.fill("/manage/challenges/CH-2026-001", action="/approve-and-publish")
    assert "Approved and published" in approver.text


def test_with_money_for_which_the_law_wants_a_notice_the_button_waits_for_the_lead(
    bare_app: Flask, people: dict[str, int]
) -> None:
    post(browser_of(bare_app, people["officer"]), people, budget_pence="30000")
    approver = browser_of(bare_app, people["approver"])
    approver.get("/manage/challenges/CH-2026-001")
    assert "Approve and publish now" not in approver.text
    assert "Publish a below-threshold tender notice" in approver.text
    press(approver, "CH-2026-001")
    assert "The procurement lead confirms the route" in approver.text


def test_judges_are_invited_with_title_and_dates_when_it_is_published(
    bare_app: Flask, clock: MovableClock, people: dict[str, int]
) -> None:
    officer = post(browser_of(bare_app, people["officer"]), people)
    officer.get("/manage/challenges/CH-2026-001/panel")
    assert "Not invited yet" in officer.text
    assert "Invite again" not in officer.text
    with bare_app.app_context():
        judge = accounts.person_by_email("maya@judges.example")
        assert judge is not None
        assert queries.desk(judge.id, clock.now()) == [], "no draft on a judge’s desk"
        assert sent("invitation") == []
    browser_of(bare_app, people["approver"]).fill(
        "/manage/challenges/CH-2026-001", action="/approve-and-publish"
    )
    with bare_app.app_context():
        assert [row.title for row in queries.desk(judge.id, clock.now())] == ["Quieter bins on Market Street"]
        letters = {mail.message(i).person_id: i for i in sent("invitation")}
        assert len(letters) == 3
        body = words_of(letters[judge.id], clock.now()).body
        assert "Olive asks you to judge pitches for “Quieter bins on Market Street”" in body
        assert "Suppliers can send pitches until 11am on" in body
        assert "Scores are due by" in body
        assert body.startswith("Hello,"), "an address holds no name to greet by"
        idris = accounts.person_by_email("idris@judges.example")
        assert idris is not None
        assert words_of(letters[idris.id], clock.now()).body.startswith("Dear Idris Vaughan,")
        path = link_in(bare_app, letters[judge.id])
    guest = PageClient(bare_app)
    guest.get(path)
    assert "would like you to judge pitches for “Quieter bins on Market Street”" in guest.text
    assert guest.form("")["fields"].get("name", "") == ""
    with bare_app.app_context():
        db.session.execute(update(Challenge).values(state=ChallengeState.ELIGIBILITY))
        db.session.commit()
        body = words_of(letters[judge.id], clock.now()).body
        assert "Suppliers have sent their pitches. Scores are due by" in body, "the closing is past"
    guest.get(path)
    assert "Suppliers have sent their pitches. Scores are due by" in guest.text


def test_a_judge_taken_off_before_publication_is_not_invited(
    bare_app: Flask, clock: MovableClock, people: dict[str, int]
) -> None:
    officer = post(browser_of(bare_app, people["officer"]), people, judges=f"{JUDGES}\nzoe@judges.example")
    with bare_app.app_context():
        challenge = challenges.by_reference("CH-2026-001", clock.now()).id
        [zoe] = [row for row in queries.panel(challenge) if row.email == "zoe@judges.example"]
    officer.fill("/manage/challenges/CH-2026-001/panel", action=f"/panel/{zoe.member_id}/remove")
    browser_of(bare_app, people["approver"]).fill(
        "/manage/challenges/CH-2026-001", action="/approve-and-publish"
    )
    with bare_app.app_context():
        told = {mail.message(i).person_id for i in sent("invitation")}
        assert len(told) == 3
        assert zoe.person_id not in told


def test_the_approver_publishes_with_one_button(bare_app: Flask, people: dict[str, int]) -> None:
    post(browser_of(bare_app, people["officer"]), people)
    approver = browser_of(bare_app, people["approver"])
    approver.get("/manage/challenges/CH-2026-001")
    assert "Approve and publish now" in approver.text
    approver.fill("/manage/challenges/CH-2026-001", action="/approve-and-publish")
    assert "Approved and published" in approver.text
    public = PageClient(bare_app)
    assert public.get("/challenges/CH-2026-001").status_code == 200
    assert "Quieter bins on Market Street" in public.text


def test_its_author_cannot_publish_it_alone(bare_app: Flask, people: dict[str, int]) -> None:
    with bare_app.app_context():
        both = a_person("Bo", Role.OFFICER, Role.APPROVER)
    author = post(browser_of(bare_app, both), people)
    author.get("/manage/challenges/CH-2026-001")
    assert "Approve and publish now" not in author.text
    assert press(author, "CH-2026-001") == 422
    assert "Someone else must approve it" in author.text
    assert PageClient(bare_app).get("/challenges/CH-2026-001").status_code == 404


def test_a_full_challenge_has_no_such_button(
    bare_app: Flask, clock: MovableClock, people: dict[str, int]
) -> None:
    with bare_app.app_context():
        challenge = a_challenge(
            state=ChallengeState.IN_REVIEW,
            officer=people["officer"],
            now=clock.now(),
            decision_maker=people["approver"],
        )
        reference = challenges.by_id(challenge, clock.now()).reference
    approver = browser_of(bare_app, people["approver"])
    approver.get(f"/manage/challenges/{reference}")
    assert "Approve and publish now" not in approver.text
    assert press(approver, reference) == 409


def test_each_line_of_the_template_is_open_to_change(
    bare_app: Flask, clock: MovableClock, people: dict[str, int]
) -> None:
    later = (clock.now() + timedelta(days=40)).astimezone(LONDON)
    post(
        browser_of(bare_app, people["officer"]),
        people,
        name_1="Quiet",
        weight_1="50",
        weight_2="30",
        ask_1="How quiet?",
        words_1="90",
        meaning_500="Silent.",
        reason_words="12",
        eligibility="- anyone with a van",
        **{"decision_due-day": str(later.day), "decision_due-month": str(later.month)},
        **{"decision_due-year": str(later.year), "decision_due-time": "5pm"},
    )
    with bare_app.app_context():
        found = challenges.by_reference("CH-2026-001", clock.now())
        criteria = challenges.criteria(found.id)
        assert (criteria[0].name, criteria[0].weight, criteria[1].weight) == ("Quiet", 50, 30)
        assert criteria[2].anchors[500] == ("Excellent", "Silent.")
        first = challenges.questions(found.id)[0]
        assert (first.ask, first.max_words) == ("How quiet?", 90)
        assert (found.reason_words, found.eligibility) == (12, "- anyone with a van")
        assert found.decision_due.astimezone(LONDON).date() == later.date()  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"title": ""}, "Give the challenge a title"),
        ({"budget_pence": "a lot"}, "“Budget”: enter an amount in pounds"),
        ({"judges": "maya@judges.example"}, "Name at least 3 judges"),
        ({"judges": f"{JUDGES}\nnobody"}, "There is no email address in “nobody”"),
        ({"weight_1": "50"}, "Weights come to 110"),
        ({"decision_maker_id": ""}, "Choose who decides"),
        ({"closes_at-year": "2020"}, "still to come"),
        ({"closes_at-year": "2036"}, "within a year"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    bare_app: Flask, people: dict[str, int], wrong: dict[str, str], said: str
) -> None:
    officer = post(browser_of(bare_app, people["officer"]), people, **wrong)
    assert officer.page is not None
    assert said in officer.text
    assert "Bins are emptied at five in the morning" in officer.html
    assert officer.get("/manage/challenges/CH-2026-001").status_code == 404


def test_only_the_part_with_an_error_is_open(bare_app: Flask, people: dict[str, int]) -> None:
    officer = browser_of(bare_app, people["officer"])
    post(officer, people, title="")
    assert "<details" in officer.html
    assert 'class="govuk-details" open' not in officer.html
    post(officer, people, meaning_500="")
    assert officer.html.count('class="govuk-details" open') == 1


def test_the_decision_maker_cannot_judge(
    bare_app: Flask, clock: MovableClock, people: dict[str, int]
) -> None:
    with bare_app.app_context():
        address = accounts.actor_of(people["approver"], now=clock.now()).email
    officer = post(browser_of(bare_app, people["officer"]), people, judges=f"{JUDGES}\n{address}")
    assert f"{address}: The brief names this person as the decision-maker" in officer.text
    assert officer.get("/manage/challenges/CH-2026-001").status_code == 404
