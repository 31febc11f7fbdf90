"""The tours: each answers, shows pictures that are there and small, and leads where its people may go."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import pytest

from pitchfest.db import db
from pitchfest.home.rules import BY_SLUG, PICTURES, TOURS, tours_for
from pitchfest.kernel.actor import Actor, Role
from tests.support import builders, roles
from tests.support.signing_in import browser_of

ROOT = Path(__file__).resolve().parents[2]
TAKEN = ROOT / "docs" / "pictures" / "tours"
MANIFEST = json.loads((ROOT / "pitchfest" / "static" / "dist" / "manifest.json").read_text())
LARGEST = 60_000
#: Tour → somebody who plays that part, of `tests/support/roles.py`.
PLAYED_BY = {
    "supplier": "sender",
    "judge": "judge",
    "officer": "officer",
    "approver": "approver",
    "procurement-lead": "lead",
    "decision-maker": "decider",
    "champion": "champion",
    "observer": "observer",
    "administrator": "admin",
}


def pixels(webp: bytes) -> tuple[int, int]:
    """Width and height of a lossy WebP, from the header of its frame."""
    assert webp[:4] == b"RIFF"
    start = webp.index(b"VP8 ") + 14
    width, height = struct.unpack_from("<HH", webp, start)
    return width & 0x3FFF, height & 0x3FFF


def test_there_is_a_tour_for_each_part(app, client):
    builders.a_region()
    assert set(BY_SLUG) == set(PLAYED_BY)
    assert client.get("/help/tours").status_code == 200
    for tour in TOURS:
        assert f'href="/help/tours/{tour.slug}"' in client.html
        assert tour.sentence in client.text
    client.get("/help")
    assert 'href="/help/tours"' in client.html
    assert client.get("/help/tours/mayor").status_code == 404


@pytest.mark.parametrize("slug", BY_SLUG)
def test_a_tour_answers_everyone_and_sets_no_cookie(app, client, slug):
    builders.a_region()
    answer = client.get(f"/help/tours/{slug}")
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    html, text = client.html, client.text
    assert 4 <= len(BY_SLUG[slug].steps) <= 6
    for step in BY_SLUG[slug].steps:
        assert step.title in text
        assert step.text in text
        picture = PICTURES[step.picture]
        shown = (
            f'src="/static/dist/{MANIFEST[f"tour-{step.picture}.webp"]}" width="{picture.width}" '
            f'height="{picture.height}" loading="lazy" alt="{picture.alt}"'
        )
        assert shown in html
        served = client.get(f"/static/dist/{MANIFEST[f'tour-{step.picture}.webp']}")
        assert served.content_type == "image/webp"


def test_each_picture_is_there_small_used_and_of_the_size_that_the_page_says():
    assert {path.stem for path in TAKEN.iterdir()} == set(PICTURES)
    assert {step.picture for tour in TOURS for step in tour.steps} == set(PICTURES)
    for name, picture in PICTURES.items():
        content = (TAKEN / f"{name}.webp").read_bytes()
        assert len(content) <= LARGEST, name
        assert pixels(content) == (picture.width, picture.height), name


def test_words_for_pictures_say_what_is_seen_and_differ():
    said = [picture.alt for picture in PICTURES.values()]
    assert len(set(said)) == len(said)
    for alt in said:
        assert 40 < len(alt) < 140, alt
        assert not alt.lower().startswith(("screenshot", "picture", "image")), alt


def test_what_a_tour_tells_people_to_try_they_may_open(app, now):
    region = roles.a_populated_region(now)
    db.session.remove()
    wrong = []
    for slug, who in PLAYED_BY.items():
        browser = browser_of(app, region.people[who])
        links = [step.link for step in BY_SLUG[slug].steps if step.link]
        assert links, slug
        for link in links:
            path = app.url_map.bind("localhost").build(link.endpoint, dict(link.values))
            status = browser.get(path).status_code
            if status != 200:
                wrong.append((slug, path, status))
    assert wrong == []


@pytest.mark.parametrize(
    ("roles_held", "parts", "slugs"),
    [
        ((), (), ["supplier"]),
        ((), ("judge",), ["judge"]),
        ((), ("judge", "supplier"), ["supplier", "judge"]),
        ((Role.LEAD,), (), ["procurement-lead"]),
        ((Role.ADMIN, Role.OFFICER), ("decider",), ["officer", "decision-maker", "administrator"]),
    ],
)
def test_people_are_shown_the_tours_of_the_parts_they_play(roles_held, parts, slugs):
    actor = Actor(1, "Jo", roles=frozenset(roles_held), parts=frozenset(parts))
    assert [tour.slug for tour in tours_for(actor)] == slugs


@pytest.mark.parametrize("role", Role)
def test_every_role_has_a_tour(role):
    assert len(tours_for(Actor(1, "Jo", roles=frozenset({role})))) == 1


def test_the_first_page_offers_the_tours_of_ones_parts(app, now):
    region = roles.a_populated_region(now)
    db.session.remove()
    browser = browser_of(app, region.people["decider"])
    browser.get("/")
    assert "New here? Take the five-minute tour for decision-makers or" in browser.text
    assert 'href="/help/tours/champion"' in browser.html
    browser = browser_of(app, region.people["champion"])
    browser.get("/")
    assert "New here? Take the five-minute tour for innovation champions" in browser.text


def test_the_readme_shows_every_picture_in_the_same_words():
    readme = (ROOT / "README.md").read_text()
    for name, picture in PICTURES.items():
        assert f'<img src="docs/pictures/tours/{name}.webp" width="' in readme, name
        assert f'alt="{picture.alt}"' in readme, name
