"""Officers and approvers at work in a browser, and people who should not be there."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta

import pytest

from pitchfest.challenges import operations, queries
from pitchfest.challenges.rules import CriterionKind, QuestionKind
from pitchfest.db import transaction
from tests.challenges.world import BRIEF, a_cast, a_draft, closing_of, published, state_of
from tests.support.routes import ROUTE, settle_route_by_hand


@pytest.fixture
def app(bare_app):
    """No context pushed, so that each request has one of its own."""
    return bare_app


@pytest.fixture
def inside(app):
    """Calls its argument with the application's context."""

    def call(work, *args):
        with app.app_context():
            return work(*args)

    return call


@pytest.fixture
def cast(inside):
    return inside(a_cast)


def of(reference, now):
    """Id of a challenge."""
    return queries.by_reference(reference, now).id


def moment(name, day, month, year, time="11am"):
    return {f"{name}__day": day, f"{name}__month": month, f"{name}__year": year, f"{name}__time": time}


def write_by_hand(cast, app, now, inside):
    """The officer's browser, the reference and the address of a draft that lacks nothing."""
    officer = cast.browser(app, "officer")
    officer.fill("/manage/challenges/new", title=BRIEF["title"], question=BRIEF["question"])
    reference = "CH-2026-001"
    home = f"/manage/challenges/{reference}"
    officer.fill(f"{home}/brief", **{**BRIEF, "budget_pence": "£85,000"})
    assert "The brief is saved" in officer.text
    officer.fill(f"{home}/criteria/new", name="Fit to the problem", weight="90", threshold="3")
    officer.fill(f"{home}/criteria/new", name="Price", weight="10", kind=CriterionKind.PRICE.value)
    assert "The weights come to 100, as they should." in officer.text
    fit, price = inside(lambda: queries.criteria(of(reference, now)))
    assert (fit.threshold, fit.anchors[500][0], price.anchors) == (300, "Excellent", {})
    officer.fill(f"{home}/form/new", ask="How would it work?", max_words="250", criterion_id=fit.id)
    officer.fill(
        f"{home}/form/new",
        ask="Your price by milestone",
        kind=QuestionKind.MONEY.value,
        criterion_id=price.id,
    )
    officer.fill(
        f"{home}/form/new",
        ask="Do you use AI?",
        kind=QuestionKind.RADIOS.value,
        options="Yes\n\nNo",
        required="",
    )
    officer.get(home)
    assert "Set the closing time" in officer.text
    assert "Answer the five questions about the route" in officer.text
    assert "Ask for approval" not in officer.text
    officer.fill(f"{home}/route/answers", **ROUTE)
    assert "Purchase below the threshold" in officer.text
    officer.fill(
        f"{home}/settings",
        **moment("closes_at", "11", "12", "2026"),
        **moment("judging_deadline", "8", "1", "2027", "17:00"),
        decision_maker_id=cast.lead,
        minimum_total="60",
    )
    return officer, reference, home


def test_a_closing_late_at_night_is_saved_with_advice_and_one_that_comes_twice_is_not(cast, app, now, inside):
    officer, reference, home = write_by_hand(cast, app, now, inside)
    words = "It closes at 11:59pm. Suppliers who meet a fault in the last hour find nobody to help."
    officer.get(home)
    assert "find nobody to help" not in officer.text
    officer.fill(f"{home}/settings", **moment("closes_at", "11", "12", "2026", "23:59"))
    officer.get(home)
    assert words in officer.text
    twice = moment("closes_at", "31", "10", "2027", "1:30am")
    answer = officer.fill(f"{home}/settings", **twice)
    assert answer.status_code == 422
    assert "“When does it close?”: that time happens twice: the clocks go back that night" in officer.text
    assert 'value="1:30am"' in officer.html
    assert inside(closing_of, reference, now) == datetime(2026, 12, 11, 23, 59, tzinfo=UTC)


def test_from_two_lines_to_an_open_challenge_by_hand(cast, app, client, now, inside):
    officer, reference, home = write_by_hand(cast, app, now, inside)
    officer.fill(home, action="/send")
    assert "The approvers have been told" in officer.text

    approver = cast.browser(app, "approver")
    approver.get(f"{home}/preview")
    assert "11am on Friday 11 December 2026" in approver.text
    approver.fill(home, action="/ask-for-changes", reason="Say how many judges there are.")
    officer.get(home)
    assert "What Ruth Penhaligon wants changed" in officer.text
    assert "Say how many judges there are." in officer.text
    officer.fill(f"{home}/settings", minimum_cards="2")
    officer.fill(home, action="/send")
    approver.fill(home, action="/approve")
    assert "Approved." in approver.text

    lead = cast.browser(app, "lead")
    settle_route_by_hand(lead, home)
    lead.fill(home, action="/publish")
    assert "Published. Suppliers can send pitches now." in lead.text
    client.get(f"/challenges/{reference}")
    assert "At least 2 judges score each answer from 0 to 5 and give a reason." in client.text
    row = inside(queries.by_reference, reference, now)
    assert (row.budget_pence, row.minimum_total, row.minimum_cards) == (8_500_000, 6000, 2)
    assert [q.options for q in inside(queries.questions, row.id)][2] == ["Yes", "No"]
    assert [q.required for q in inside(queries.questions, row.id)] == [True, True, False]


def test_a_new_scale_asks_for_the_words_of_its_scores(cast, app, now, inside):
    officer = cast.browser(app, "officer")
    reference = inside(a_draft, cast, now)
    fit = inside(lambda: queries.criteria(of(reference, now)))[0]
    page = f"/manage/challenges/{reference}/criteria/{fit.id}"
    officer.fill(page, maximum="6", step="2", threshold="2")
    assert "Score 6" in officer.text
    assert "Score 3" not in officer.text
    assert "Score 2" in officer.text
    officer.send(page, label_600="Superb", meaning_600="More than we hoped for.")
    saved = inside(lambda: queries.criteria(of(reference, now)))[0]
    assert sorted(saved.anchors) == [0, 200, 400, 600]
    assert "The weights come to 100" in officer.text


def test_each_error_about_money_names_its_field_and_leads_to_it(cast, app, now, inside):
    officer = cast.browser(app, "officer")
    page = f"/manage/challenges/{inside(a_draft, cast, now)}/brief"
    assert officer.fill(page, budget_pence="a lot", payment_pence="20000000.01").status_code == 422
    for name, words in (
        ("budget_pence", "“Budget”: enter an amount in pounds, like 250 or 250.50"),
        (
            "payment_pence",
            "“What is each supplier paid for pitching?”: enter a smaller amount: £20,000,000 at most",
        ),
    ):
        assert f'<li><a href="#{name}">{words}</a></li>' in officer.html
        assert f'id="{name}-error"' in officer.html


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"weight": "lots"}, "“Weight”: enter a whole number, like 20"),
        ({"weight": "0"}, "Enter a weight from 1 to 100"),
        ({"name": ""}, "Give the criterion a name"),
        ({"step": "3"}, "The steps must lead exactly"),
        ({"maximum": "five"}, "“Highest score”: enter points, like 3 or 2.5"),
        ({"name": "x" * 500}, "380 characters too long"),
    ],
)
def test_a_criterion_with_a_mistake_is_shown_again_as_typed(cast, app, now, values, words, inside):
    officer = cast.browser(app, "officer")
    reference = inside(a_draft, cast, now)
    response = officer.fill(
        f"/manage/challenges/{reference}/criteria/new", **{"name": "New", "weight": "5", **values}
    )
    assert response.status_code == 422
    assert words in officer.text
    assert officer.page.title.startswith("Error:")
    for field, value in values.items():
        assert officer.form()["fields"][field] == value


def test_moving_and_removing_by_buttons(cast, app, now, inside):
    officer = cast.browser(app, "officer")
    reference = inside(a_draft, cast, now)
    challenge_id = inside(queries.by_reference, reference, now).id
    fit, price = inside(queries.criteria, challenge_id)
    officer.fill(f"/manage/challenges/{reference}/criteria", action=f"/{price.id}/move", direction="up")
    assert [c.name for c in inside(queries.criteria, challenge_id)] == ["Price", "Fit"]
    officer.fill(f"/manage/challenges/{reference}/criteria/{fit.id}/remove")
    assert [c.name for c in inside(queries.criteria, challenge_id)] == ["Price"]
    question = inside(queries.questions, challenge_id)[0]
    officer.fill(f"/manage/challenges/{reference}/form", action=f"/{question.id}/move", direction="down")
    assert inside(queries.questions, challenge_id)[1].id == question.id
    officer.fill(f"/manage/challenges/{reference}/form/{question.id}/remove")
    assert [q.id for q in inside(queries.questions, challenge_id)] != [question.id]


def test_a_stale_brief_keeps_the_typed_text_and_names_the_other(cast, app, now, inside):
    mine, theirs = cast.browser(app, "officer"), cast.browser(app, "second_officer")
    reference = inside(a_draft, cast, now)
    page = f"/manage/challenges/{reference}/brief"
    mine.get(page)
    theirs.fill(page, problem="Their words about drains.")
    response = mine.send(page, problem="My words about drains.")
    assert response.status_code == 409
    assert "Leah Montrose changed the brief" in mine.text
    assert "My words about drains." in mine.html
    assert inside(queries.by_reference, reference, now).problem == "Their words about drains."


def test_a_form_sent_twice_happens_once(cast, app, now, inside):
    officer = cast.browser(app, "officer")
    officer.get("/manage/challenges/new")
    data = {**officer.form()["fields"], "title": "Once only", "question": ""}
    for _ in range(2):
        assert officer.post("/manage/challenges/new", data=data).location.endswith("/CH-2026-001/brief")
    assert len(inside(lambda: queries.staff_page(cast.actor("officer"), now))) == 1


def test_an_approver_who_wrote_part_is_told_so_and_has_no_button(cast, app, now, inside):
    reference = inside(a_draft, cast, now)
    home = f"/manage/challenges/{reference}"
    both = cast.browser(app, "second_officer")
    both.fill(f"{home}/brief", problem="One word of mine.")
    both.fill(home, action="/send")
    assert "Someone else must approve it" in both.text
    assert not [f for f in both.page.forms if "/approve" in (f["action"] or "")]
    data = both.form("/pull-back")["fields"]
    response = both.post(f"{home}/approve", data=data)
    assert response.status_code == 422
    assert "Someone else must approve it" in both.text


def test_an_unready_draft_pressed_by_a_forged_button_names_what_is_missing(cast, app, now, inside):
    reference = inside(lambda: a_draft(cast, now, whole=False))
    officer = cast.browser(app, "officer")
    officer.get(f"/manage/challenges/{reference}/brief")
    response = officer.post(f"/manage/challenges/{reference}/send", data=officer.form()["fields"])
    assert response.status_code == 422
    assert "Describe the problem" in officer.text


MALLORY_GET = (
    "",
    "/preview",
    "/brief",
    "/settings",
    "/criteria",
    "/criteria/new",
    "/form",
    "/form/new",
    "/withdraw",
)
MALLORY_POST = (
    "/send",
    "/approve",
    "/ask-for-changes",
    "/pull-back",
    "/publish",
    "/brief",
    "/settings",
    "/withdraw",
)


@pytest.mark.parametrize("who", ["supplier", "observer", "admin"])
def test_people_who_may_not_know_of_a_draft_find_nothing(cast, app, now, who, inside):
    reference = inside(a_draft, cast, now)
    part = inside(lambda: queries.criteria(of(reference, now)))[0].id
    mallory = cast.browser(app, who)
    mallory.get("/help")  # its sign-out form holds a good token
    found = re.search(r'name="csrf_token" value="([^"]+)"', mallory.html)
    assert found
    tokens = {"csrf_token": found[1], "form_token": "x" * 22}
    for page in (*MALLORY_GET, f"/criteria/{part}", f"/form/{part}"):
        assert mallory.get(f"/manage/challenges/{reference}{page}").status_code == 404, page
    for page in (*MALLORY_POST, f"/criteria/{part}/remove", f"/criteria/{part}/move"):
        assert mallory.post(f"/manage/challenges/{reference}{page}", data=tokens).status_code == 404, page
    assert inside(state_of, reference, now) == "draft"


def test_an_approver_reads_a_draft_but_cannot_write_it(cast, app, now, inside):
    reference = inside(a_draft, cast, now)
    approver = cast.browser(app, "approver")
    assert approver.get(f"/manage/challenges/{reference}").status_code == 200
    assert approver.get(f"/manage/challenges/{reference}/brief").status_code == 403
    assert "Only an innovation officer" in approver.text


def test_a_published_challenge_cannot_be_edited(cast, app, now, inside):
    reference = inside(published, cast, now)
    officer = cast.browser(app, "officer")
    for page in ("/brief", "/settings", "/criteria", "/form", "/withdraw"):
        assert officer.get(f"/manage/challenges/{reference}{page}").status_code == 403
        assert "is published, so it stays as it is" in officer.text


def test_a_part_of_another_challenge_is_not_found(cast, app, now, inside):
    mine, other = inside(a_draft, cast, now), inside(a_draft, cast, now)
    theirs = inside(lambda: queries.criteria(of(other, now)))[0].id
    officer = cast.browser(app, "officer")
    for page in (
        f"criteria/{theirs}",
        f"criteria/{theirs}/remove",
        "criteria/99999999999",
        "form/2147483647",
    ):
        assert officer.get(f"/manage/challenges/{mine}/{page}").status_code == 404


def test_people_who_are_not_signed_in_are_asked_to(client):
    response = client.get("/manage/challenges/CH-2026-001")
    assert response.status_code == 302
    assert "/sign-in" in response.location


def test_the_list_filters_searches_and_downloads_what_one_may_see(cast, app, now, inside):
    draft, live = inside(a_draft, cast, now), inside(published, cast, now)
    officer = cast.browser(app, "officer")
    officer.get("/manage/challenges")
    assert "Draft (1)" in officer.text
    assert "Open (1)" in officer.text
    officer.get("/manage/challenges?state=open")
    assert live in officer.text
    assert draft not in officer.text
    officer.get("/manage/challenges?q=nothing+like+it")
    assert "Nothing found" in officer.text
    table = list(csv.reader(io.StringIO(officer.get("/manage/challenges.csv").get_data(as_text=True))))
    assert {row[0] for row in table[1:]} == {draft, live}
    assert {row[4] for row in table[1:]} == {"85000"}
    admin = cast.browser(app, "admin")
    seen = list(csv.reader(io.StringIO(admin.get("/manage/challenges.csv").get_data(as_text=True))))
    assert {row[0] for row in seen[1:]} == {live}
    excel = officer.get("/manage/challenges.xlsx")
    assert excel.get_data().startswith(b"PK")
    assert "attachment" in excel.headers["Content-Disposition"]
    assert cast.browser(app, "supplier").get("/manage/challenges.csv").status_code == 404


def test_empty_lists_say_what_to_do_next(cast, app):
    officer = cast.browser(app, "officer")
    officer.get("/manage/challenges")
    assert "Start a challenge" in officer.text
    lead = cast.browser(app, "lead")
    lead.get("/manage/challenges")
    assert "Start a challenge" not in lead.text
    assert "No challenges yet" in lead.text


def test_withdrawing_asks_first_and_is_final(cast, app, now, inside):
    reference = inside(a_draft, cast, now)
    officer = cast.browser(app, "officer")
    officer.get(f"/manage/challenges/{reference}/withdraw")
    assert "cannot be undone" in officer.text
    assert inside(state_of, reference, now) == "draft"
    officer.send(f"/manage/challenges/{reference}/withdraw")
    assert inside(state_of, reference, now) == "withdrawn"
    assert "Nothing" not in officer.text


def test_a_passed_closing_time_is_said_on_the_page_of_an_approved_challenge(cast, app, clock, now, inside):
    reference = inside(a_draft, cast, now)
    with app.app_context(), transaction():
        operations.send_for_approval(cast.actor("officer"), reference=reference, now=now)
    with app.app_context(), transaction():
        operations.approve(cast.actor("approver"), reference=reference, now=now)
    clock.go_to(now + timedelta(days=18))
    officer = cast.browser(app, "officer")
    officer.get(f"/manage/challenges/{reference}")
    assert "has passed" in officer.text
    assert "Publish now" not in officer.text
