"""The pages of skills, limits and days away, as judges, staff and everyone else get them."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from pitchfest.accounts import queries as accounts
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db
from pitchfest.judging import queries
from pitchfest.judging.models import PanelMember
from pitchfest.judging.rules.capacity import Away
from pitchfest.judging.rules.skills import Level
from pitchfest.kernel.clock import london_day
from tests.judging.assigning.test_plan import make, shared
from tests.judging.assigning.test_skills import SOME, STRONG, ask, list_skills, say, until_scoring_ends
from tests.judging.setting import Setting, Statements, a_round, declare_all, recuse
from tests.support import builders
from tests.support.signing_in import browser_of


@pytest.fixture(autouse=True)
def region(app: Flask) -> None:
    builders.a_region()
    accounts.forget_region()


def manage(setting: Setting, page: str) -> str:
    return f"/manage/challenges/{setting.reference}/{page}"


def own(setting: Setting) -> str:
    return f"/judging/{setting.reference}/skills"


def names(setting: Setting) -> list[str]:
    db.session.expire_all()
    return [skill.name for skill in queries.skills(setting.challenge)]


def levels(setting: Setting, judge: int) -> dict[int, Level]:
    db.session.expire_all()
    return dict(queries.capacity(setting.members[judge]).levels)


def test_an_officer_lists_skills_and_nothing_is_put_in_before(app: Flask, now: datetime) -> None:
    setting = a_round(now, state=ChallengeState.OPEN)
    officer, page = browser_of(app, setting.officer), manage(setting, "skills")
    officer.get(page)
    assert "Nothing is listed yet" in officer.text
    assert "Inclusion" in officer.text.partition("Pitches are judged on")[2]
    officer.fill(page)
    assert names(setting) == [], "who saves the empty page has chosen nothing"
    officer.fill(page, new_1="Roads", new_2="roads", new_3="", new_4="Data")
    assert "“roads” is there twice" in officer.text
    assert 'value="Data"' in officer.html, "what was typed is kept"
    officer.fill(page, new_1="x" * 61)
    assert "1 characters too long" in officer.text
    officer.fill(page, new_1="Roads", new_2="", new_3="Data")
    assert names(setting) == ["Roads", "Data"]
    first = queries.skills(setting.challenge)[0].id
    officer.fill(page, fields={f"skill_{first}": "Roads <and> paths"})
    assert names(setting) == ["Roads <and> paths", "Data"]
    officer.get(page)
    assert "Roads &lt;and&gt; paths" in officer.html


def test_a_judge_says_what_they_know_and_when_they_are_away(app: Flask, now: datetime) -> None:
    setting = a_round(now, state=ChallengeState.OPEN)
    roads, data = list_skills(setting, now, "Roads", "Data")
    judge = browser_of(app, setting.judges[0])
    judge.get("/judging")
    assert "Say what you know, and when you are away" in judge.text
    wrong = {"since_1-day": "31", "since_1-month": "2", "since_1-year": "2026"}
    judge.fill(own(setting), fields={**wrong, "limit": "many", f"level_{roads}": "strong"})
    assert "enter a real date" in judge.text
    assert "enter a whole number" in judge.text
    assert 'value="31"' in judge.html
    judge.fill(own(setting), fields={"limit": "0"})
    assert "Enter a number from 1 to 999" in judge.text
    judge.fill(own(setting), fields={"until_1-day": "3", "until_1-month": "12", "until_1-year": "2026"})
    assert "Enter the first day too" in judge.text
    judge.fill(own(setting), fields={f"level_{roads}": "wizard"})
    assert "Choose an answer to “Roads”" in judge.text
    days = {"since_1-day": "1", "since_1-month": "12", "since_1-year": "2026"}
    judge.fill(own(setting), fields={**days, "limit": "4", f"level_{roads}": "strong"})
    assert "Thank you. It is saved" in judge.text
    day = date(2026, 12, 1)
    assert levels(setting, 0) == {roads: STRONG}
    held = queries.capacity(setting.members[0])
    assert (held.limit, held.away) == (4, (Away(day, day),))
    gone = {"since_1-day": "", "since_1-month": "", "since_1-year": ""}
    gone |= {name.replace("since", "until"): "" for name in gone}
    judge.fill(own(setting), fields={**gone, f"level_{roads}": "none", f"level_{data}": "some"})
    assert levels(setting, 0) == {data: SOME}
    assert queries.capacity(setting.members[0]).away == ()


def test_the_lead_says_it_for_a_judge_who_then_sees_who_did(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    (roads,) = list_skills(setting, now, "Roads")
    lead, judge = browser_of(app, setting.lead), browser_of(app, setting.judges[1])
    judge.get(own(setting))
    form = judge.form()["fields"]
    lead.get(manage(setting, "panel"))
    page = manage(setting, f"panel/{setting.members[1]}/skills")
    assert page in lead.html
    lead.fill(page, fields={f"level_{roads}": "some"})
    assert "about Judge B is saved" in lead.text
    judge.post(own(setting), data={**form, f"level_{roads}": "strong"})
    assert levels(setting, 1) == {roads: SOME}, "an old page overwrites nothing"
    judge.get(own(setting))
    assert "Last written by Leo Lead" in judge.text


def test_the_plan_says_what_each_pitch_asks_for_and_who_matches(app: Flask, now: datetime) -> None:
    setting = shared(now)
    away = until_scoring_ends(setting, now)
    declare_all(setting, now, but=[3])
    make(setting, now)
    declare_all(setting, now, but=[0, 1, 2])
    lead, page = browser_of(app, setting.lead), manage(setting, "assignment")
    lead.get(page)
    assert "No pitch asks for a skill" in lead.text
    assert "Weakest matches" not in lead.text
    lead.get(manage(setting, "asked-skills"))
    assert "No skills are listed" in lead.text
    roads, law = list_skills(setting, now, "Roads", "Law")
    say(setting, 0, now, {roads: STRONG}, limit=3, away=[Away(away.since, away.since + timedelta(days=1))])
    say(setting, 1, now, away=[away])
    reference = setting.pitch_reference(0)
    lead.fill(
        manage(setting, "asked-skills"), fields={"asks": [f"{reference}:{roads}", f"{reference}:{law}"]}
    )
    assert "Saved for 1 pitch" in lead.text
    lead.fill(page, action="/assignment/plan", afresh="1")
    assert "strong in Roads, none in Law" in lead.text
    assert "Weakest matches" in lead.text
    assert "has not said what they know" in lead.text
    assert "none in Roads" not in lead.text, "nobody who reads it said so"
    assert "of 3 at most" in lead.text
    assert lead.text.count("Away Monday 23 November to ") == 2
    lead.get(f"{page}/{reference}")
    assert "It asks for Roads and Law" in lead.text
    assert "Judge B: Is away until scoring ends" in lead.text
    lead.get(manage(setting, "board"))
    assert "Away Monday 23 November to Tuesday 24 November" in lead.text


def test_before_the_plan_it_is_said_who_has_still_to_say_what_they_know(app: Flask, now: datetime) -> None:
    setting = shared(now)
    declare_all(setting, now)
    (roads,) = list_skills(setting, now, "Roads")
    lead, page = browser_of(app, setting.lead), manage(setting, "assignment")
    lead.get(page)
    assert "Still to say" not in lead.text, "no pitch asks for anything"
    ask(setting, {0: [roads]}, now)
    say(setting, 0, now, {roads: STRONG})
    say(setting, 1, now)
    lead.get(page)
    assert "Still to say what they know: Judge C and Judge D." in lead.text


@pytest.mark.parametrize("value", ["", "PF-NONE", "PF-NONE:x", "PF:9999999999", "x:²"])
def test_boxes_that_are_not_on_the_page_are_refused(app: Flask, now: datetime, value: str) -> None:
    setting = shared(now)
    list_skills(setting, now, "Roads")
    lead = browser_of(app, setting.lead)
    answer = lead.fill(manage(setting, "asked-skills"), fields={"asks": [value]})
    assert answer.status_code == 422
    assert "Choose from the boxes on the page" in lead.text


def test_who_is_late_and_away_is_not_chased(app: Flask, now: datetime) -> None:
    setting = a_round(now)
    db.session.execute(update(Challenge).values(judging_deadline=now - timedelta(days=1)))
    # nobody is late on the day on which they were invited
    db.session.execute(update(PanelMember).values(invited_at=now - timedelta(days=9)))
    db.session.commit()
    today = london_day(now)
    say(setting, 0, now, away=[Away(today - timedelta(days=2), today + timedelta(days=1))])
    lead = browser_of(app, setting.lead)
    lead.get(manage(setting, "panel"))
    assert "Late, and away until Tuesday 24 November 2026" in lead.text
    assert lead.text.count("Remind ") == 2
    form = lead.form(f"/panel/{setting.members[1]}/remind")["fields"]
    answer = lead.post(manage(setting, f"panel/{setting.members[0]}/remind"), data=form)
    assert "away until" in answer.get_data(as_text=True)
    lead.fill(manage(setting, "board"), action="/board/remind")
    assert "on their way to 2 judges" in lead.text


def test_mallory_sees_nobody_elses_skills(app: Flask, now: datetime) -> None:
    setting = shared(now)
    (roads,) = list_skills(setting, now, "Roads")
    say(setting, 0, now, {roads: STRONG}, limit=7)
    ask(setting, {0: [roads]}, now)
    staff = [
        manage(setting, page) for page in ("skills", f"panel/{setting.members[0]}/skills", "asked-skills")
    ]
    for person in (setting.judges[1], setting.suppliers[0], setting.decider):
        mallory = browser_of(app, person)
        assert [mallory.get(page).status_code for page in staff] == [404, 404, 404]
    assert browser_of(app, setting.suppliers[0]).get(own(setting)).status_code == 404
    other = browser_of(app, setting.judges[1])
    other.get(own(setting))
    assert 'value="7"' not in other.html
    assert 'value="strong" checked' not in other.html
    assert browser_of(app, setting.officer).get(staff[2]).status_code == 403
    lead = browser_of(app, setting.lead)
    assert lead.get(manage(setting, "panel/999999/skills")).status_code == 404


@pytest.mark.parametrize("state", [ChallengeState.CLOSED, ChallengeState.OPEN])
def test_no_pitch_is_named_before_the_opening(app: Flask, now: datetime, state: ChallengeState) -> None:
    setting = a_round(now, state=state)
    list_skills(setting, now, "Roads")
    lead = browser_of(app, setting.lead)
    assert lead.get(manage(setting, "asked-skills")).status_code == 403
    for page in ("skills", f"panel/{setting.members[0]}/skills"):
        lead.get(manage(setting, page))
        assert "Supplier A" not in lead.text


def test_before_publication_a_judge_does_not_learn_what_it_is_about(app: Flask, now: datetime) -> None:
    setting = a_round(now, pitches=0, state=ChallengeState.DRAFT)
    list_skills(setting, now, "Roads")
    assert browser_of(app, setting.judges[0]).get(own(setting)).status_code == 404


def test_a_recused_judge_keeps_their_own_page_and_no_other(app: Flask, now: datetime) -> None:
    setting = shared(now)
    declare_all(setting, now)
    recuse(setting, (setting.members[0], setting.pitches[0]), now)
    recused = browser_of(app, setting.judges[0])
    assert recused.get(own(setting)).status_code == 200
    assert "Supplier" not in recused.text.replace("suppliers", "")


def test_as_many_statements_for_many_skills(app: Flask, now: datetime) -> None:
    setting = shared(now)
    lead, counts = browser_of(app, setting.lead), []
    for number in (1, 5):
        ids = list_skills(setting, now, *(f"Skill {number} {n}" for n in range(number)))
        for judge in range(4):
            say(setting, judge, now, dict.fromkeys(ids, STRONG))
        ask(setting, dict.fromkeys(range(4), ids), now)
        make(setting, now)
        for page in ("assignment", "asked-skills", "board"):
            with Statements() as statements:
                lead.get(manage(setting, page))
            counts.append(statements.count)
    assert counts[:3] == counts[3:]
