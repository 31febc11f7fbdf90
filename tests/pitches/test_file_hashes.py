"""The SHA-256 of each file: on the receipt, and in the opening record, and nowhere before the opening."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pytest
from sqlalchemy import select

from pitchfest.audit.models import AuditEntry
from pitchfest.db import db, transaction
from pitchfest.db.disposal import disposing
from pitchfest.files.queries import folder
from pitchfest.pitches import operations
from pitchfest.pitches.operations.forgetting import forget_words
from pitchfest.pitches.queries import sealed
from tests.pitches.another_way import PDF as BROUGHT
from tests.pitches.another_way import brought
from tests.pitches.cast import actor, closing, opened, opening_record, write
from tests.pitches.test_files import ASKED, PDF, all_but_the_file, ask_for_a_file, choose, put


@pytest.fixture
def asking(bare_app, cast):
    """The cast, whose challenge also asks for a file."""
    with bare_app.app_context():
        ask_for_a_file(cast)
    return cast


@pytest.fixture
def draft(bare_app, asking, now):
    with bare_app.app_context():
        return all_but_the_file(asking, now)


def squeezed(html):
    """The page with its codes in one piece: they may break every eight characters."""
    return html.replace("<wbr>", "")


def test_the_receipt_and_the_page_to_keep_tell_the_files_hash(bare_app, browser, asking, draft, now):
    rosa, digest = browser(asking.rosa), hashlib.sha256(PDF).hexdigest()
    choose(rosa, draft)
    rosa.get(f"{draft}/check")
    assert digest not in squeezed(rosa.html)
    with bare_app.app_context():
        reference = draft.rpartition("/")[2]
        write(
            operations.submit, asking.rosa, reference=reference, declared=True, expected_version=None, now=now
        )
    for page in (f"{draft}/receipts/1", f"{draft}/receipts/1.html"):
        shown = squeezed(rosa.get(page).get_data(as_text=True))
        assert f'SHA-256: <span class="pf-num">{digest}' in shown, page
        assert "drawing.pdf" in shown


def test_the_opening_record_lists_each_file_and_nothing_tells_of_it_before(
    bare_app, browser, asking, draft, now, clock
):
    """Also the file in which a pitch came; when the words go, the names of files go with them."""
    reference, page = draft.rpartition("/")[2], f"/manage/challenges/{asking.reference}/opening"
    digest = hashlib.sha256(b"Lines").hexdigest()
    with bare_app.app_context():
        put(reference, asking.rosa, now)
        write(
            operations.submit, asking.rosa, reference=reference, declared=True, expected_version=None, now=now
        )
        moment = closing(asking) + timedelta(minutes=3)
        mailed = brought(asking, moment, file=True)
        write(operations.propose_opening, asking.lead, reference=asking.reference, now=moment)
        db.session.remove()
    clock.go_to(moment + timedelta(minutes=1))
    before = browser(asking.officer)
    for path in (page, f"{page}/act"):
        before.get(path)
        assert "SHA-256 of each file" in before.text or "its name, size and SHA-256" in before.text
        assert not {"drawing.txt", digest, "Moorgate pitch.pdf"} & set(squeezed(before.html).split())
        assert "drawing" not in before.html
    with bare_app.app_context():
        assert digest not in "".join(db.session.scalars(select(AuditEntry.detail)))
        write(operations.confirm_opening, asking.officer, reference=asking.reference, now=clock.now())
        record = opening_record(asking).record
        assert {p["reference"]: p["files"] for p in record["pitches"]} == {
            reference: [{"question": ASKED, "size": 5, "sha256": digest}],
            mailed: [{"question": None, "size": len(BROUGHT), "sha256": hashlib.sha256(BROUGHT).hexdigest()}],
        }
        entry = db.session.scalars(select(AuditEntry.detail).where(AuditEntry.action == "pitches.open")).one()
        assert digest in entry
        assert "drawing" not in entry
        db.session.remove()
    officer = browser(asking.officer)
    officer.get(page)
    for words in ("2 files in them", "drawing.txt", "Moorgate pitch.pdf", "The pitch as received"):
        assert words in officer.text.replace("\u00a0", " ")
    for code in (digest, hashlib.sha256(BROUGHT).hexdigest()):
        assert code in squeezed(officer.html)
    for person in (asking.gwen, asking.rosa):
        assert browser(person).get(page).status_code in (403, 404)
    with bare_app.app_context():
        gone = sealed.own(actor=actor(asking.rosa), now=clock.now(), reference=reference).id
        with transaction(), disposing(asking.challenge, gone):
            forget_words([gone])
    officer.get(page)
    assert "drawing.txt" not in officer.text
    assert "Name removed" in officer.text
    assert digest in squeezed(officer.html)


def test_a_file_that_is_lost_keeps_nobody_from_opening_the_rest(app, asking, draft):
    moment = closing(asking) + timedelta(minutes=3)
    pitch = brought(asking, moment, file=True)
    for path in folder().iterdir():
        if path.is_file():
            path.unlink()
    opened(asking)
    (listed,) = [p for p in opening_record(asking).record["pitches"] if p["reference"] == pitch]
    assert listed["files"] == [{"question": None, "size": 0, "sha256": ""}]
