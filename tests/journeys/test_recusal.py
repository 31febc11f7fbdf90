"""Whoever is recused from one pitch learns nothing of how others score, until the letters go out.

The same round is played several times with other hidden scores, drawn at random from a fixed seed.
Two people are recused from one pitch: the chair, who is an officer too, and a judge. Their own
cards are scored alike each time; then everything they can reach must be alike, too.
"""

from __future__ import annotations

import itertools
import random
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from pitchfest.accounts.models import RoleGrant
from pitchfest.accounts.queries import forget_region
from pitchfest.db import db, transaction
from pitchfest.judging import operations
from pitchfest.kernel.actor import Role
from tests.conftest import BEGINNING
from tests.judging.setting import REASON, Setting, a_round, address_values, close, declare_all, fill, recuse
from tests.support import builders, databases
from tests.support.addresses import addresses
from tests.support.clock import MovableClock
from tests.support.signing_in import browser_of

SEED = 4
DRAWS = 3
RECUSED = (0, 1)  # places on the panel: the chair, and a judge
OTHERS = (2, 3)
Seen = dict[tuple[str, int, str], tuple[int, str]]
#: The session's and the form's tokens, an error page's request id, what addresses call a message.
RANDOM = re.compile(
    r'name="(?:csrf_token|form_token)" value="[^"]*"|(?<=pf-nowrap">)[0-9a-f]{12}(?=<)|\b[0-9a-f]{32}\b'
)


def a_recused_round(draw: random.Random) -> Setting:
    """Everyone has declared, two are recused from the first pitch, and all that can be scored is."""
    builders._numbers = itertools.count(1)  # the same references and addresses each time
    forget_region()
    builders.a_region()
    setting = a_round(BEGINNING, pitches=3, judges=4, minimum_cards=2, price=True)
    db.session.add(RoleGrant(person_id=setting.judges[0], role=Role.OFFICER, granted_at=BEGINNING))
    db.session.commit()
    declare_all(setting, BEGINNING)
    for place in RECUSED:
        recuse(setting, setting.pair(place, 0), BEGINNING, why="They share an office with one of the people.")
    for place, pitch in itertools.product(OTHERS, range(3)):
        fill(setting, place, pitch, [draw.randint(0, 5) for _ in setting.criteria], BEGINNING)
    for place, pitch in itertools.product(RECUSED, (1, 2)):
        fill(setting, place, pitch, (3, 4, 2), BEGINNING)
    return setting


def seen_by_the_recused(app: Flask, setting: Setting, moment: str) -> Seen:
    """Every page as each of the recused gets it."""
    with app.app_context():
        references = [setting.pitch_reference(n) for n in range(3)]
        db.session.remove()
    values = address_values(app, setting, references, person=setting.lead, numbers=2)
    messages = {str(known): f"message {n}" for n, known in enumerate(values["public_id"])}
    found: Seen = {}
    for place in RECUSED:
        browser = browser_of(app, setting.judges[place])
        for _, path in addresses(app, values):
            response = FlaskClient.open(browser, path)
            text = response.get_data().decode("utf-8", "backslashreplace")
            start, _, end = path.rpartition("/")
            named = f"{start}/{messages.get(end, end)}"
            found[moment, place, named] = response.status_code, RANDOM.sub("*", text)
    return found


def played(app: Flask, draw: random.Random) -> tuple[Seen, str]:
    """What the recused see while others have signed and after scoring was closed; the lead's results."""
    with app.app_context():
        setting = a_recused_round(draw)
        db.session.rollback()
    seen = seen_by_the_recused(app, setting, "signed")
    with app.app_context():
        close(setting, BEGINNING)
        db.session.remove()
    seen |= seen_by_the_recused(app, setting, "closed")
    lead = browser_of(app, setting.lead)
    assert lead.get(f"/manage/challenges/{setting.reference}/results").status_code == 200
    return seen, lead.text


def test_the_recused_see_the_same_whatever_the_others_score(
    engine: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    draw, rounds = random.Random(SEED), []
    for _ in range(DRAWS):
        with databases.application(engine, MovableClock(BEGINNING), tmp_path_factory) as app:
            rounds.append(played(app, draw))
    first, _ = rounds[0]
    for other, _ in rounds[1:]:
        assert {key: (first[key], other[key]) for key in first if first[key] != other[key]} == {}
    assert len({results for _, results in rounds}) == DRAWS, "the lead sees other results each time"
    hidden = [status for (_, _, path), (status, _) in first.items() if "/results" in path or "/board" in path]
    assert len(hidden) >= 20
    assert set(hidden) == {404}
    assert any(
        status == 200 and REASON in text
        for (_, _, path), (status, text) in first.items()
        if "/cards/" in path
    )


def test_a_recusal_outlasts_the_panel(bare_app: Flask, clock: MovableClock) -> None:
    with bare_app.app_context():
        setting = a_recused_round(random.Random(SEED))
        pages = [
            f"/manage/pitches/{setting.pitch_reference(0)}",
            f"/manage/challenges/{setting.reference}/eligibility",
            f"/manage/challenges/{setting.reference}/board",
        ]
        with transaction():
            operations.release(
                setting.actor(setting.lead),
                reference=setting.reference,
                member_id=setting.members[0],
                reason="They have fallen ill for some weeks.",
                now=clock.now(),
            )
        db.session.remove()
    browser = browser_of(bare_app, setting.judges[0])
    assert [browser.get(page).status_code for page in pages] == [404] * 3
