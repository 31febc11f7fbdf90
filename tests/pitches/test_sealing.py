"""The seal: words of a pitch are nowhere to be read before the opening."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import text

from pitchfest.db import db
from pitchfest.pitches import operations
from tests.pitches.cast import opened, save, sent, write
from tests.support import builders

#: A word that stands nowhere else.
SECRET = "Quillonberry"


@pytest.mark.parametrize("engine", ["sqlite"])
def test_the_words_are_in_no_file_of_the_database(app, engine, cast, now):
    pitch = sent(cast, now, words=SECRET)
    save(pitch, 1, f"A {SECRET} draft.", cast.rosa, now)
    path = Path(str(db.engine.url.database))
    files = [path, *path.parent.glob(f"{path.name}-*")]
    assert any(file.name.endswith("-wal") for file in files)
    assert pitch.encode() in b"".join(file.read_bytes() for file in files)
    for file in files:
        assert SECRET.encode() not in file.read_bytes(), file


def test_no_query_reads_the_words_before_the_opening(app, cast, now):
    sent(cast, now, words=SECRET)
    for table in db.metadata.sorted_tables:
        columns = ", ".join(f'"{c.name}"' for c in table.columns)
        for row in db.session.execute(text(f'SELECT {columns} FROM "{table.name}"')):
            raw = b" ".join(bytes(v) if isinstance(v, (bytes, memoryview)) else str(v).encode() for v in row)
            assert SECRET.encode() not in raw, table.name


def test_after_the_opening_only_the_opened_copy_holds_them(app, cast, now):
    sent(cast, now, words=SECRET)
    opened(cast)
    holding = set()
    for table in db.metadata.sorted_tables:
        columns = ", ".join(f'"{c.name}"' for c in table.columns)
        for row in db.session.execute(text(f'SELECT {columns} FROM "{table.name}"')):
            raw = b" ".join(bytes(v) if isinstance(v, (bytes, memoryview)) else str(v).encode() for v in row)
            if SECRET.encode() in raw:
                holding.add(table.name)
    assert holding == {"opened_answer"}


def test_two_seals_of_the_same_words_differ(app, cast, now):
    sent(cast, now)
    sent(cast, now, person=cast.gwen, organisation=cast.gannet)
    rows = db.session.execute(text("SELECT text FROM answer_version ORDER BY id")).scalars()
    sealed = [bytes(value) for value in rows]
    assert len(sealed) == len(set(sealed)) == 8


def mask(body: str) -> str:
    """A page without what is random in it."""
    body = re.sub(r'name="(csrf_token|form_token)" value="[^"]*"', "", body)
    return re.sub(r"[0-9a-f]{12,64}|PF-[2-9A-Z]{4}", "*", body)


def test_staff_and_rivals_see_the_same_whoever_pitched_and_whatever_they_wrote(bare_app, browser, cast, now):
    """The same region twice over: first Kestrel's pitch is there, then Gannet's, with other words."""
    paths = (
        f"/challenges/{cast.reference}",
        "/challenges",
        "/pitches",
        "/manage/challenges",
        f"/manage/challenges/{cast.reference}",
        f"/manage/challenges/{cast.reference}/opening",
        f"/challenges/{cast.reference}/start",
    )
    with bare_app.app_context():
        rival = builders.an_organisation("Ternside Labs")
        tilda = builders.a_person("Tilda Frost", organisation=rival)

    def seen():
        pages = {}
        for person in (cast.officer, cast.lead, cast.admin, tilda):
            client = browser(person)
            for path in paths:
                response = client.get(path)
                pages[person, path] = (response.status_code, mask(response.get_data(as_text=True)))
        return pages

    with bare_app.app_context():
        pitch = sent(cast, now, words="Our words are short.")
    first = seen()
    with bare_app.app_context():
        write(operations.withdraw, cast.rosa, reference=pitch, now=now)
        sent(
            cast,
            now,
            person=cast.gwen,
            organisation=cast.gannet,
            words="Ours are longer, and quite different.",
        )
    assert seen() == first
