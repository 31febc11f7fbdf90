"""Files in a pitch: looked at, sealed, kept, replaced, and read by nobody before the opening."""

from __future__ import annotations

import hashlib
import io
import json
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from pitchfest.challenges.models import Question
from pitchfest.challenges.rules import QuestionKind
from pitchfest.db import db, transaction
from pitchfest.files.models import StoredFile
from pitchfest.files.queries import folder
from pitchfest.kernel.errors import NotFound, RuleViolation, TooLate
from pitchfest.mail.models import OutboxMessage
from pitchfest.pitches import operations, queries
from pitchfest.pitches.models import PitchFile
from pitchfest.pitches.operations.filing import QUOTA
from pitchfest.pitches.queries import files, sealed, versions
from pitchfest.pitches.rules.answers import parse_file
from pitchfest.pitches.rules.states import PitchRight
from tests.pitches.cast import (
    PRICE,
    WORDS,
    actor,
    closing,
    opened,
    read_mail,
    save,
    sending,
    started,
    write,
)
from tests.support.documents import a_pdf

PDF = a_pdf(title="The kingfisher of Moorgate")
#: The question that asks for a file.
ASKED = 5


def ask_for_a_file(cast):
    """Ask for a file too in the cast's challenge."""
    with transaction():
        db.session.add(
            Question(
                challenge_id=cast.challenge,
                position=ASKED,
                ask="A drawing, if you have one",
                kind=QuestionKind.FILE,
                required=False,
            )
        )


def all_but_the_file(cast, now):
    """Rosa's pitch, complete but for the file; its path."""
    reference = started(cast, now)
    for position, words in WORDS.items():
        save(reference, position, words, cast.rosa, now)
    save(reference, 4, PRICE, cast.rosa, now)
    return f"/pitches/{reference}"


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


def page_of(draft):
    return f"{draft}/questions/{ASKED}"


def as_form(fields, name, data):
    """The body of a form with a file, as a browser writes it; the client's own way leaves files open."""
    texts = [f'--x\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in fields.items()]
    head = f'--x\r\nContent-Disposition: form-data; name="answer"; filename="{name}"\r\n\r\n'
    return ("".join(texts) + head).encode() + data + b"\r\n--x--\r\n"


def choose(person, draft, data=PDF, name="drawing.pdf", **more):
    person.get(page_of(draft))
    fields = {**person.form(page_of(draft))["fields"], **more}
    return person.post(
        page_of(draft),
        data=as_form(fields, name, data),
        content_type="multipart/form-data; boundary=x",
        follow_redirects=True,
    )


def stored():
    """(names in the rows, all bytes on the disk)."""
    names = db.session.scalars(select(StoredFile.name).order_by(StoredFile.id)).all()
    return names, b"".join(p.read_bytes() for p in folder().iterdir() if p.is_file())


def put(pitch, person, now, *, name="drawing.txt", data=b"Lines", shown=None):
    file = operations.keep_file(data, name=name, media_type="text/plain")
    values = {"reference": pitch, "position": ASKED, "file": file, "shown": shown, "now": now}
    return write(operations.answer_with_file, person, **values)


def test_a_file_is_kept_and_comes_back_as_it_was(bare_app, browser, asking, draft):
    rosa = browser(asking.rosa)
    choose(rosa, draft)
    rosa.get(page_of(draft))
    assert "drawing.pdf" in rosa.text
    back = rosa.get(f"{page_of(draft)}/file")
    assert back.data == PDF
    assert back.headers["Content-Disposition"] == "attachment; filename=drawing.pdf"
    assert back.headers["X-Content-Type-Options"] == "nosniff"
    assert back.headers["Cache-Control"] == "no-store"
    assert "ETag" not in back.headers
    with bare_app.app_context():
        names, on_disk = stored()
        assert names == ["sealed"]
        assert b"kingfisher" not in on_disk
        assert b"%PDF" not in on_disk


@pytest.mark.parametrize("number", ["-1", str(2**31), str(2**63), "9" * 30, "%00"])
def test_a_sending_that_there_never_was_has_no_file(browser, asking, draft, number):
    assert browser(asking.rosa).get(f"{page_of(draft)}/file?sent={number}").status_code == 404


def on_disk(bare_app):
    with bare_app.app_context():
        return len(list(folder().iterdir())) if folder().is_dir() else 0


def test_a_file_that_is_refused_leaves_no_bytes_behind(bare_app, browser, asking, draft, clock, monkeypatch):
    rosa = browser(asking.rosa)
    monkeypatch.setattr("pitchfest.pitches.operations.filing.QUOTA", len(PDF) - 1)
    before = on_disk(bare_app)
    choose(rosa, draft)
    assert "come to more than 100 MB" in rosa.text
    assert on_disk(bare_app) == before
    with bare_app.app_context():
        clock.go_to(closing(asking) - timedelta(minutes=1))
    late = browser(asking.rosa)
    late.get(page_of(draft))
    fields = late.form(page_of(draft))["fields"]
    clock.move(minutes=1)
    body = as_form(fields, "late.pdf", PDF)
    answer = late.post(page_of(draft), data=body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 409
    assert on_disk(bare_app) == before


class Overtaken(io.BytesIO):
    """A body during whose reading time passes: `at_end` is called once all of it was read."""

    def __init__(self, body, at_end):
        super().__init__(body)
        self.at_end = at_end

    def read(self, size=-1, /):
        read = super().read(size)
        if self.tell() == len(self.getbuffer()):
            self.at_end()
        return read

    def readinto(self, buffer, /):
        read = self.read(len(buffer))
        buffer[: len(read)] = read
        return len(read)


@pytest.mark.parametrize(("before", "status"), [(timedelta(seconds=1), 302), (timedelta(0), 409)])
def test_an_upload_counts_at_its_last_byte(bare_app, browser, asking, draft, clock, before, status):
    """One that begins before closing and ends after it is late, however slow the line was."""
    with bare_app.app_context():
        end = closing(asking)
    clock.go_to(end - timedelta(minutes=5))
    rosa = browser(asking.rosa)
    rosa.get(page_of(draft))
    body = as_form(rosa.form(page_of(draft))["fields"], "drawing.pdf", PDF)
    answer = rosa.post(
        page_of(draft),
        input_stream=Overtaken(body, lambda: clock.go_to(end - before)),
        content_length=len(body),
        content_type="multipart/form-data; boundary=x",
    )
    assert answer.status_code == status
    assert clock.now() == end - before, "all of it was read"


def test_nothing_that_saves_by_itself_takes_a_file_away(browser, asking, draft):
    rosa = browser(asking.rosa)
    choose(rosa, draft)
    rosa.get(page_of(draft))
    fields = rosa.form(page_of(draft))["fields"]
    assert rosa.post(f"{page_of(draft)}/autosave", data=fields).status_code == 404
    rosa.get(page_of(draft))
    assert "drawing.pdf" in rosa.text


def test_the_database_tells_neither_name_nor_hash(bare_app, browser, asking, draft):
    choose(browser(asking.rosa), draft)
    digest = hashlib.sha256(PDF).hexdigest()
    with bare_app.app_context():
        for table in db.metadata.sorted_tables:
            for row in db.session.execute(text(f'SELECT * FROM "{table.name}"')):
                for value in row:
                    told = bytes(value) if isinstance(value, (bytes, memoryview)) else str(value).encode()
                    assert b"drawing" not in told.replace(b"A drawing, if", b""), table.name
                    assert digest.encode() not in told, table.name


def test_another_file_takes_its_place_and_the_one_before_can_still_be_had(browser, asking, draft):
    rosa = browser(asking.rosa)
    choose(rosa, draft)
    choose(rosa, draft, b"Second thoughts", "notes.txt")
    rosa.get(page_of(draft))
    assert rosa.get(f"{page_of(draft)}/file").data == b"Second thoughts"
    assert rosa.get(f"{page_of(draft)}/file?version=5").data == PDF


def test_without_a_file_chosen_what_is_there_stays_and_it_can_be_removed(browser, asking, draft):
    rosa = browser(asking.rosa)
    choose(rosa, draft)
    choose(rosa, draft, b"", "")
    assert rosa.get(f"{page_of(draft)}/file").data == PDF
    rosa.fill(page_of(draft), action=page_of(draft), go="remove")
    assert rosa.get(f"{page_of(draft)}/file").status_code == 404


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("page.pdf", b"<!doctype html><script>alert(1)</script>", "not the kind of file that its name says"),
        ("page.html", b"<!doctype html>", "Choose a PDF, Word"),
        ("script.pdf", a_pdf("runs a script when opened"), "holds a script"),
        ("long.txt", b"a " * 5_000_001, "larger than 10 MB"),
        ("../../etc/passwd", b"root", "Choose a PDF, Word"),
    ],
)
def test_a_bad_file_is_refused_and_the_good_one_stays(bare_app, browser, asking, draft, name, data, why):
    rosa = browser(asking.rosa)
    choose(rosa, draft)
    response = choose(rosa, draft, data, name)
    assert response.status_code == 422
    assert why in rosa.text
    assert "drawing.pdf" in rosa.text
    assert rosa.page.title.startswith("Error: ")
    assert rosa.get(f"{page_of(draft)}/file").data == PDF
    with bare_app.app_context():
        assert len(db.session.scalars(select(PitchFile.id)).all()) == 1


def test_more_than_a_form_may_hold_gets_a_page_and_changes_nothing(browser, asking, draft):
    rosa = browser(asking.rosa)
    choose(rosa, draft)
    response = choose(rosa, draft, bytes(13_000_000), "long.txt")
    assert response.status_code == 413
    assert "larger than we can take" in rosa.text
    assert rosa.get(f"{page_of(draft)}/file").data == PDF


def test_nobody_else_has_it_before_the_opening_and_readers_after(
    bare_app, browser, asking, draft, now, clock
):
    rosa = browser(asking.rosa)
    choose(rosa, draft)
    reference = draft.rpartition("/")[2]
    staff_page = f"/manage{draft}/file?question={ASKED}"
    for person in (asking.imran, asking.gwen, asking.lead, asking.admin):
        assert browser(person).get(f"{page_of(draft)}/file").status_code == 404
        assert browser(person).get(staff_page).status_code == 404
    with bare_app.app_context():
        write(
            operations.submit, asking.rosa, reference=reference, declared=True, expected_version=None, now=now
        )
    assert browser(asking.lead).get(staff_page).status_code == 404
    with bare_app.app_context():
        clock.go_to(opened(asking) + timedelta(minutes=1))
    lead = browser(asking.lead)
    assert lead.get(staff_page).data == PDF
    lead.get(f"/manage{draft}")
    assert "drawing.pdf" in lead.text
    for person in (asking.gwen, asking.imran, asking.admin):
        assert browser(person).get(staff_page).status_code == 404
    for wrong in (
        f"/manage{draft}/file",
        f"/manage{draft}/file?question=1",
        f"/manage{draft}/file?question=x",
    ):
        assert lead.get(wrong).status_code == 404


def test_the_receipt_is_over_the_files_hash(app, asking, draft, now):
    reference = draft.rpartition("/")[2]
    put(reference, asking.rosa, now)
    write(operations.submit, asking.rosa, reference=reference, declared=True, expected_version=None, now=now)
    sent = sending(reference, asking.rosa, now)
    (answer,) = [parse_file(t) for t in sent.answers.values() if t.startswith('{"id"')]
    assert answer.sha256 == hashlib.sha256(b"Lines").hexdigest()
    assert (answer.name, answer.size) == ("drawing.txt", 5)
    mailed = read_mail(app, asking.rosa, now, "pitch_receipt").body
    assert "File: drawing.txt, 1" in mailed
    assert f"SHA-256: {answer.sha256}" in mailed
    outbox = db.session.scalars(select(OutboxMessage.ids)).all()
    assert "drawing" not in json.dumps(outbox)


def test_what_was_sent_can_still_be_had_after_another_file_took_its_place(
    browser, asking, draft, bare_app, now
):
    reference = draft.rpartition("/")[2]
    with bare_app.app_context():
        first = put(reference, asking.rosa, now).shown
        write(
            operations.submit, asking.rosa, reference=reference, declared=True, expected_version=None, now=now
        )
        put(reference, asking.rosa, now, data=b"Other lines", shown=first)
    rosa = browser(asking.rosa)
    assert rosa.get(f"{page_of(draft)}/file").data == b"Other lines"
    assert rosa.get(f"{page_of(draft)}/file?sent=1").data == b"Lines"
    assert rosa.get(f"{page_of(draft)}/file?sent=2").status_code == 404


def test_a_file_that_arrived_after_closing_is_late(app, asking, draft):
    with pytest.raises(TooLate):
        put(draft.rpartition("/")[2], asking.rosa, closing(asking))


def test_a_question_of_words_takes_no_file(app, asking, draft, now):
    file = operations.keep_file(b"Lines", name="a.txt", media_type="text/plain")
    with pytest.raises(NotFound):
        write(
            operations.answer_with_file,
            asking.rosa,
            reference=draft.rpartition("/")[2],
            position=1,
            file=file,
            shown=None,
            now=now,
        )


def test_files_of_two_at_once_are_both_kept(app, asking, draft, now):
    reference = draft.rpartition("/")[2]
    write(
        operations.give_right,
        asking.rosa,
        reference=reference,
        person_id=asking.imran,
        right=PitchRight.EDIT,
        now=now,
    )
    put(reference, asking.imran, now, data=b"Imran's")
    kept = put(reference, asking.rosa, now, data=b"Rosa's")
    assert kept.beaten_by is not None
    pitch_id = sealed.own(actor=actor(asking.rosa), now=now, reference=reference).id
    (waiting,) = versions.beside(pitch_id, versions.latest(pitch_id))
    assert files.named_by(pitch_id, waiting.text)[2] == b"Rosa's"


def test_no_file_of_another_pitch_can_be_named(app, asking, draft, now):
    reference = draft.rpartition("/")[2]
    put(reference, asking.rosa, now)
    mallory = started(asking, now, person=asking.gwen, organisation=asking.gannet)
    hers = put(mallory, asking.gwen, now)
    pitch_id = sealed.own(actor=actor(asking.gwen), now=now, reference=mallory).id
    rosas = sealed.own(actor=actor(asking.rosa), now=now, reference=reference).id
    text_of_hers = next(v.text for v in versions.latest(pitch_id).values() if v.id == hers.shown.id)
    with pytest.raises(NotFound):
        files.named_by(rosas, text_of_hers)


def fill_up(pitch_id, by, now, sizes):
    """Files in rows alone, of any size."""
    question = db.session.scalars(select(Question.id).where(Question.position == ASKED)).one()
    with transaction():
        for number, size in enumerate(sizes):
            row = StoredFile(
                key=f"{number:064d}",
                sha256="0" * 64,
                size=size,
                media_type="text/plain",
                name="sealed",
                created_at=now,
                by_id=by,
            )
            db.session.add(row)
            db.session.flush()
            db.session.add(
                PitchFile(
                    pitch_id=pitch_id,
                    question_id=question,
                    file_id=row.id,
                    name="old.txt",
                    media_type="text/plain",
                    sha256="0" * 64,
                    size=size,
                    by_id=by,
                    at=now,
                )
            )


def test_replaced_files_make_room_and_what_counts_never_does(app, asking, draft, now):
    reference = draft.rpartition("/")[2]
    pitch_id = sealed.own(actor=actor(asking.rosa), now=now, reference=reference).id
    counts = put(reference, asking.rosa, now, data=b"This one counts").shown
    fill_up(pitch_id, asking.rosa, now, [QUOTA // 2, QUOTA // 2])
    put(reference, asking.rosa, now, data=b"And this one", shown=counts)
    sizes = [file.size for file in files.kept(pitch_id)]
    assert sizes == [15, QUOTA // 2, 12]
    assert sum(sizes) <= QUOTA


def test_a_pitch_full_of_what_it_needs_takes_no_more(app, asking, draft, now):
    reference = draft.rpartition("/")[2]
    pitch_id = sealed.own(actor=actor(asking.rosa), now=now, reference=reference).id
    shown = put(reference, asking.rosa, now).shown
    with transaction():
        db.session.execute(text(f"UPDATE pitch_file SET size = {QUOTA} WHERE pitch_id = {pitch_id}"))
    with pytest.raises(RuleViolation, match="more than 100 MB"):
        put(reference, asking.rosa, now, data=b"One more", shown=shown)
    assert queries.own(actor=actor(asking.rosa), now=now, reference=reference).right == PitchRight.SUBMIT
