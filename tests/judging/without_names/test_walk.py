"""Where judges read without names, nobody on the panel finds one on any page or in any file they reach."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from pitchfest.accounts.models import Organisation, Person, RoleGrant
from pitchfest.accounts.queries import forget_region
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import ChallengeState, DecisionBasis
from pitchfest.db import db, transaction
from pitchfest.judging import operations
from pitchfest.judging.queries import declarations, names
from pitchfest.kernel.actor import Role
from tests.judging.setting import Setting, a_round, address_values, close, declare_all, fill, score_all
from tests.support import builders
from tests.support.addresses import addresses
from tests.support.signing_in import browser_of

#: In every supplier's name and in its people's; no page has it by chance.
MARKER = "Quetzalcoatl"


def hidden_round(now, *, judges: int = 3) -> Setting:
    """A round without names, whose suppliers and their people all carry the marker."""
    builders.a_region()
    forget_region()
    setting = a_round(now, judges=judges, minimum_cards=2, price=True)
    db.session.execute(update(Challenge).values(names_hidden=True, decision_basis=DecisionBasis.MODERATED))
    db.session.execute(
        update(Organisation)
        .where(Organisation.name.like("Supplier %"))
        .values(name=MARKER + " " + Organisation.name)
    )
    db.session.execute(
        update(Person).where(Person.name.like("Author %")).values(name=MARKER + " " + Person.name)
    )
    db.session.commit()
    return setting


def give(person: int, role: Role, now) -> None:
    db.session.add(RoleGrant(person_id=person, role=role, granted_at=now))
    db.session.commit()


def reached(app: Flask, setting: Setting, person: int) -> dict[str, str]:
    """Address → what it answers, files unpacked, of every address that lets the person in."""
    with app.app_context():
        references = [setting.pitch_reference(n) for n in range(3)]
        db.session.remove()
    values = address_values(app, setting, references, person=setting.judges[1], numbers=3)
    browser, found = browser_of(app, person), {}
    for _, path in addresses(app, values):
        response = FlaskClient.open(browser, path)
        if response.status_code < 300:
            found[path] = text_of(response.get_data()) + str(response.headers)
    return found


def text_of(data: bytes) -> str:
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            return "".join(text_of(packed.read(name)) for name in packed.namelist())
    return data.decode("utf-8", "backslashreplace")


def told_on(app: Flask, setting: Setting, person: int) -> set[str]:
    pages = reached(app, setting, person)
    assert len(pages) > 20
    return {path for path, text in pages.items() if MARKER in text}


@pytest.fixture
def setting(bare_app: Flask, now):
    with bare_app.app_context():
        found = hidden_round(now)
        db.session.remove()
    return found


def at_the_end(setting: Setting, state: ChallengeState) -> None:
    db.session.execute(update(Challenge).values(state=state))
    db.session.commit()
    db.session.remove()


def test_a_judge_reads_names_only_to_declare(bare_app: Flask, setting, now) -> None:
    declare = f"/judging/{setting.reference}/declare"
    assert told_on(bare_app, setting, setting.judges[1]) == {declare}
    page = browser_of(bare_app, setting.judges[1])
    page.get(declare)
    with bare_app.app_context():
        for n in range(3):
            assert setting.pitch_reference(n) not in page.html, "no name leads to a pitch"
        declare_all(setting, now)
        fill(setting, 1, 0, (3, 3, 3), now)
        db.session.remove()
    assert told_on(bare_app, setting, setting.judges[1]) == set()


def test_a_chair_with_every_role_reads_none_until_the_letters(bare_app: Flask, setting, now) -> None:
    chair = setting.judges[0]
    with bare_app.app_context():
        for role in (Role.OFFICER, Role.LEAD, Role.APPROVER, Role.OBSERVER):
            give(chair, role, now)
        declare_all(setting, now)
        score_all(setting, now)
        db.session.remove()
    seen = [told_on(bare_app, setting, chair)]
    with bare_app.app_context():
        close(setting, now)
        db.session.remove()
    seen.append(told_on(bare_app, setting, chair))
    with bare_app.app_context():
        called = f"Pitch {setting.pitch_reference(0)}"
        at_the_end(setting, ChallengeState.RECOMMENDED)
    seen.append(told_on(bare_app, setting, chair))
    assert set().union(*seen) == set()
    for person, named in ((chair, False), (setting.lead, True)):
        browser = browser_of(bare_app, person)
        browser.get(f"/manage/challenges/{setting.reference}/results")
        assert (MARKER in browser.text, called in browser.text) == (named, not named)
    with bare_app.app_context():
        at_the_end(setting, ChallengeState.AWARDED)
    browser = browser_of(bare_app, setting.judges[1])
    browser.get(f"/manage/challenges/{setting.reference}/results")
    assert MARKER in browser.text, "after the letters"


def test_why_a_judge_left_or_a_card_ended_is_not_told_to_the_panel_as_it_may_name_a_supplier(
    bare_app: Flask, now
) -> None:
    why = f"Their sister is a director of {MARKER} Supplier A Ltd."
    with bare_app.app_context():
        setting = hidden_round(now, judges=4)
        give(setting.judges[0], Role.OFFICER, now)
        declare_all(setting, now)
        score_all(setting, now)
        lead, reference = setting.actor(setting.lead), setting.reference
        pair = (setting.members[3], setting.pitches[0])
        (row,) = (d for d in declarations(setting.challenge) if (d.member_id, d.pitch_id) == pair)
        with transaction():
            operations.decide(
                lead, reference=reference, declaration_id=row.id, recuse=True, reason=why, now=now
            )
        with transaction():
            operations.release(lead, reference=reference, member_id=setting.members[3], reason=why, now=now)
        page = f"/manage/pitches/{setting.pitch_reference(0)}/scores"
        db.session.remove()
    judging = [f"/manage/challenges/{reference}/{name}" for name in ("board", "panel")]
    told = [why in browser_of(bare_app, setting.lead).get(path).text for path in judging]
    hidden = [browser_of(bare_app, setting.judges[0]).get(path) for path in judging]
    with bare_app.app_context():
        close(setting, now)
        db.session.remove()
    told.append(why in browser_of(bare_app, setting.lead).get(page).text)
    hidden.append(browser_of(bare_app, setting.judges[0]).get(page))
    assert told == [True] * 3
    assert [(answer.status_code, MARKER in answer.text) for answer in hidden] == [(200, False)] * 3


def test_why_the_plan_keeps_a_judge_from_a_pitch_is_not_told_to_a_lead_who_judges(
    bare_app: Flask, now
) -> None:
    why = f"Their brother works for {MARKER} Supplier A Ltd."
    with bare_app.app_context():
        setting = hidden_round(now, judges=4)
        db.session.execute(update(Challenge).values(judges_per_pitch=2))
        give(setting.judges[0], Role.LEAD, now)
        declare_all(setting, now)
        lead, pitch = setting.actor(setting.lead), setting.pitch_reference(0)
        with transaction():
            operations.make_plan(lead, reference=setting.reference, expected_version=0, now=now)
        with transaction():
            operations.exclude(
                lead,
                reference=setting.reference,
                pitch_reference=pitch,
                member_id=setting.members[3],
                reason=why,
                expected_version=1,
                now=now,
            )
        db.session.remove()
    plan = f"/manage/challenges/{setting.reference}/assignment"
    for path in (plan, f"{plan}/{pitch}"):
        assert why in browser_of(bare_app, setting.lead).get(path).text
        answer = browser_of(bare_app, setting.judges[0]).get(path)
        assert (answer.status_code, MARKER in answer.text) == (200, False)


def test_only_these_queries_of_judging_read_names_themselves() -> None:
    """All others go through `shown_name`."""
    folder = Path(names.__file__).parent
    found = {file.name for file in folder.glob("*.py") if "rganisation.name" in file.read_text().lower()}
    assert found == {
        "conflicts.py",  # for whoever decides on conflicts, and is not on the panel
        "everything.py",  # the file of everything: closed to the panel
        "privacy.py",  # what a person declared about suppliers, to that person
        "rounds.py",  # declaring, and declarations
    }
