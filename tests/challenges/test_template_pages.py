"""Templates, copies and the library through their pages."""

import json

import pytest

from pitchfest.challenges import operations, queries
from pitchfest.challenges.rules import SMALL_ROUND, read_template, template_body
from pitchfest.db import db, transaction
from tests.challenges.world import a_cast, a_draft, published
from tests.support.statements import counted


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


def test_from_a_challenge_to_a_template_to_a_draft(cast, app, now, inside):
    reference = inside(published, cast, now)
    officer = cast.browser(app, "officer")
    officer.fill(f"/manage/challenges/{reference}/template", name="For roads", note="Where crews go out.")
    assert "Kept as a template" in officer.text
    assert "13 working days, at 9am" in officer.text
    officer.get("/manage/templates")
    assert "For roads" in officer.text
    officer.fill("/manage/challenges/new", title="Quieter buses", start="template-1")
    assert "Started" in officer.text
    assert "Quieter buses" in officer.text
    row = inside(queries.by_reference, "CH-2026-002", now)
    assert (row.title, row.problem, row.minimum_total) == ("Quieter buses", "", 6000)
    officer.fill("/manage/templates/1", action="/retire")
    assert "Nobody can start from this template" in officer.text
    officer.get("/manage/challenges/new")
    assert "For roads" not in officer.text
    officer.fill("/manage/templates/1", action="/bring-back")
    officer.fill("/manage/templates/1/change", name="Roads")
    assert "The template is saved" in officer.text
    downloaded = officer.get("/manage/templates/1.json")
    assert read_template(downloaded.get_data(as_text=True)).minimum_total == 6000
    assert "attachment" in downloaded.headers["Content-Disposition"]


@pytest.mark.parametrize(("start", "judges"), [("empty", None), ("small", 50), ("CH-2026-001", None)])
def test_one_form_starts_a_draft_from_anything(cast, app, now, inside, start, judges):
    inside(published, cast, now)
    officer = cast.browser(app, "second_officer")
    officer.fill("/manage/challenges/new", title="Quieter buses", question="How?", start=start)
    row = inside(queries.by_reference, "CH-2026-002", now)
    assert (row.title, row.question, row.judges_per_pitch) == ("Quieter buses", "How?", judges)


def test_a_start_that_there_is_not_is_refused_and_keeps_what_was_typed(cast, app):
    officer = cast.browser(app, "officer")
    answer = officer.fill("/manage/challenges/new", title="Quieter buses", start="template-9")
    assert answer.status_code == 422
    assert "Quieter buses" in answer.get_data(as_text=True)


def test_one_button_copies_and_pressing_it_twice_copies_once(cast, app, now, inside):
    reference = inside(published, cast, now)
    officer = cast.browser(app, "second_officer")
    officer.get(f"/manage/challenges/{reference}")
    form = officer.form("/copy")
    first = officer.post(form["action"], data=form["fields"])
    again = officer.post(form["action"], data=form["fields"])
    assert first.location == again.location == "/manage/challenges/CH-2026-002"
    officer.get(first.location)
    assert "you are its author" in officer.text
    assert "(copy)" in officer.text
    assert officer.text.count("Copied: check") == 4
    officer.fill(f"{first.location}/brief", action="/brief")
    officer.get(first.location)
    assert officer.text.count("Copied: check") == 3, "saved once, though nothing was changed"
    assert "saved by nobody since: criteria and weights, the pitch form, dates and people." in officer.text
    own = inside(a_draft, cast, now)
    officer.get(f"/manage/challenges/{own}")
    assert "Copied" not in officer.text


def test_a_file_is_taken_in_and_a_bad_one_comes_back_as_pasted(cast, app):
    officer = cast.browser(app, "officer")
    bad = officer.fill("/manage/templates/take-in", name="From Westmoor", file='{"a": 1}')
    assert bad.status_code == 422
    assert "not a template of format 1" in officer.text
    assert "{&#34;a&#34;: 1}" in bad.get_data(as_text=True)
    officer.fill("/manage/templates/take-in", name="From Westmoor", file=template_body(SMALL_ROUND))
    assert "Taken in" in officer.text
    assert "from a file" in officer.text
    small = officer.get("/manage/templates/small-round.json")
    assert json.loads(small.get_data(as_text=True))["pitchfest_template"] == 1


def test_the_library_adds_what_was_ticked(cast, app, now, inside):
    reference = inside(a_draft, cast, now)
    officer = cast.browser(app, "officer")
    home = f"/manage/challenges/{reference}"
    nothing = officer.fill(f"{home}/criteria/library")
    assert nothing.status_code == 422
    assert "Choose at least one criterion" in officer.text
    wrong = officer.fill(f"{home}/criteria/library", fields={"chosen": "team", "weight_team": "0"})
    assert wrong.status_code == 422
    assert "Enter a weight from 1 to 100 for “Team”" in officer.text
    officer.fill(f"{home}/criteria/library", fields={"chosen": "team", "weight_team": "20"})
    assert "1 criterion added, with questions." in officer.text
    officer.fill(f"{home}/form/library", fields={"chosen": "scale"})
    assert "If it works, what would it take" in officer.text


def test_the_list_asks_as_much_for_three_templates_as_for_one(cast, app, now, inside):
    reference = inside(a_draft, cast, now)
    officer = cast.browser(app, "officer")
    numbers = []
    for count in (1, 3):
        with app.app_context():
            for n in range(len(queries.templates()), count):
                with transaction():
                    operations.keep_template(
                        cast.actor("officer"), reference=reference, name=f"T{n}", note="", now=now
                    )
            db.session.remove()
        officer.get("/manage/templates")
        with app.app_context(), counted() as seen:
            officer.get("/manage/templates")
        numbers.append(len(seen))
    assert numbers[0] == numbers[1]
