"""A person's own copy: all that is theirs, nothing of anybody else's."""

from __future__ import annotations

import json
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import select

from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db
from pitchfest.pitches.models import AnswerVersion, Pitch
from pitchfest.pitches.rules import PitchState
from pitchfest.privacy import queries
from tests.privacy.region import parts
from tests.support import builders, roles
from tests.support.client import PageClient
from tests.support.signing_in import browser_of, sign_in
from tests.support.statements import counted

S = ChallengeState


@pytest.fixture
def region(app: Flask, now: datetime) -> roles.Region:
    return roles.a_populated_region(now)


def copy_of(app: Flask, person: int) -> dict[str, list[dict[str, str]]]:
    """Section's title → rows, as the file has them."""
    answer = browser_of(app, person).get("/account/data.json")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == "attachment; filename=my-data.json"
    return {section["title"]: section["rows"] for section in json.loads(answer.text)["sections"]}


def test_it_asks_for_proof_first(app: Flask, region: roles.Region) -> None:
    browser = browser_of(app, region.people["sender"], proved=False)
    for path in ("/account/data", "/account/data.json"):
        assert browser.get(path).location.startswith("/account/prove")


def test_a_supplier_gets_their_details_pitches_and_own_words(app: Flask, region: roles.Region) -> None:
    found = copy_of(app, region.people["sender"])
    details = {row["What"]: row["Which"] for row in found["Your details"]}
    assert details["Name"] == "Sender"
    assert details["Email address"].endswith("@people.example")
    assert {row["Organisation"] for row in found["Organisations you belong or belonged to"]} == {"Alder Ltd"}
    assert len(found["Pitches you can see"]) == len(roles.PITCHES)
    words = found["Answers you wrote, each time they were saved"]
    assert len(words) == 3 * len(roles.PITCHES)
    assert all(row["Your words"].startswith("We will ride along") for row in words)
    assert found["Messages we sent you"]


def test_a_colleague_with_a_right_gets_no_words_of_others_and_a_former_one_no_pitch(
    app: Flask, region: roles.Region
) -> None:
    assert len(copy_of(app, region.people["viewer"])["Pitches you can see"]) == len(roles.PITCHES)
    for name in ("viewer", "former", "colleague", "outsider"):
        found = copy_of(app, region.people[name])
        assert "We will ride along" not in json.dumps(found)
    for name in ("former", "colleague", "outsider"):
        assert copy_of(app, region.people[name])["Pitches you can see"] == []


def test_what_someone_wrote_before_their_right_ended_is_kept_from_them(
    app: Flask, region: roles.Region, now: datetime
) -> None:
    pitch = db.session.scalars(select(Pitch).filter_by(reference=region.stages[S.OPEN]["pitch"])).one()
    question = builders.question_ids(pitch.challenge_id)[0]
    db.session.add(
        AnswerVersion(
            pitch_id=pitch.id,
            question_id=question,
            author_id=region.people["former"],
            at=now,
            text="Theirs, once",
        )
    )
    db.session.commit()
    assert "Theirs, once" not in json.dumps(copy_of(app, region.people["former"]))


def test_a_judge_gets_their_own_scores_and_declarations_only(app: Flask, region: roles.Region) -> None:
    judge, recused = copy_of(app, region.people["judge"]), copy_of(app, region.people["recused"])
    assert {row["Your reason"] for row in judge["Scores and reasons you wrote"]} == {roles.REASON}
    assert len(judge["What you declared about suppliers"]) == 5
    assert recused["Scores and reasons you wrote"] == []
    assert {row["Your words"] for row in recused["What you declared about suppliers"]} == {
        "My sister works there."
    }
    assert "My sister" not in json.dumps(judge)
    assert judge["What you recorded for the panel after scoring"] == []
    chair = copy_of(app, region.people["chair"])
    assert {row["Reason"] for row in chair["What you recorded for the panel after scoring"]} == {roles.REASON}


def test_staff_get_what_they_wrote_decided_and_did_and_no_pitches_words(
    app: Flask, region: roles.Region
) -> None:
    decider, chair = copy_of(app, region.people["decider"]), copy_of(app, region.people["chair"])
    assert len(decider["Decisions you made"]) == 2
    assert decider["Reasons you gave in a decision"][0]["Your reason"] == "It answers the problem."
    assert chair["Explanations you wrote for suppliers"][0]["Your words"] == roles.EXPLANATION
    lead = copy_of(app, region.people["lead"])
    assert lead["Letters you released with a second person"]
    assert lead["What you did together with a second person"][0]["Your part"] == "Confirmed it"
    assert "awards.release" in {row["What"] for row in lead["Entries in the log about what you did"]}
    for found in (decider, chair, lead):
        assert "We will ride along" not in json.dumps(found)


def test_the_page_says_the_same_as_the_file(app: Flask, region: roles.Region, client: PageClient) -> None:
    sign_in(client, region.people["judge"])
    client.get("/account/data")
    for title, rows in copy_of(app, region.people["judge"]).items():
        assert title in client.text
        for row in rows:
            for words in row.values():
                if "T" not in str(words):
                    assert " ".join(str(words or "").split()) in client.text
    assert "Everything we hold about you" in client.get("/account").text


@pytest.mark.parametrize("number", [1, 3])
def test_the_copy_takes_the_same_statements_however_much_there_is(
    app: Flask, now: datetime, number: int
) -> None:
    officer = builders.a_person("Officer")
    organisation = builders.an_organisation("Alder Ltd")
    author = builders.a_person("Author", organisation=organisation)
    for _ in range(number):
        challenge = builders.a_challenge(state=S.OPEN, officer=officer, now=now)
        builders.a_pitch(
            challenge=challenge, organisation=organisation, author=author, state=PitchState.DRAFT, now=now
        )
    with counted() as seen:
        found = queries.held(parts(), author, now)
    assert len(seen) == 43, len(seen)
    assert sum(len(section.rows) for section in found if section.title == "Pitches you can see") == number
