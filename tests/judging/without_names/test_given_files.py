"""What judges who must not learn who pitches get of a file: as it is, nothing, or a copy without names."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from pitchfest.audit.models import AuditEntry
from pitchfest.challenges.models import Question
from pitchfest.challenges.rules import ChallengeState, QuestionKind
from pitchfest.db import db, disposing, transaction
from pitchfest.files import operations as stored
from pitchfest.kernel.actor import Role
from pitchfest.pitches import operations
from pitchfest.pitches.models import BroughtPitch, FileForJudges, OpenedAnswer, PitchFile
from pitchfest.pitches.operations.forgetting import forget_words
from pitchfest.pitches.rules.another_way import CameBy
from pitchfest.pitches.rules.answers import FileAnswer, write_file
from pitchfest.pitches.rules.without_names import COPIED, WITHHELD
from tests.judging.setting import Setting, declare_all
from tests.judging.without_names.test_hiding import set_state
from tests.judging.without_names.test_walk import give, hidden_round
from tests.support.documents import a_pdf
from tests.support.signing_in import browser_of

ORIGINAL, COPY = b"The letterhead of Quetzalcoatl.", a_pdf(title="Nobody is named")
WHY = "The letterhead names the supplier."
POSITION = 9


@pytest.fixture
def setting(app: Flask, now) -> Setting:
    """Before judging, pitch 0 with a file in an answer, and pitch 1 received as a file."""
    found = hidden_round(now)
    question = Question(
        challenge_id=found.challenge,
        position=POSITION,
        ask="Your plan",
        kind=QuestionKind.FILE,
        max_words=None,
    )
    db.session.add(question)
    db.session.flush()
    ids = []
    for author in found.suppliers[:2]:
        kept = operations.keep_file(ORIGINAL, name="Quetzalcoatl plan.txt", media_type="text/plain")
        ids.append(
            stored.store(
                found.actor(author), written=kept.written, name="sealed", media_type="sealed", now=now
            )
        )
    described: Any = {"name": "Quetzalcoatl plan.txt", "sha256": "ab" * 32, "size": len(ORIGINAL)}
    file = PitchFile(
        pitch_id=found.pitches[0],
        question_id=question.id,
        file_id=ids[0],
        media_type="text/plain",
        by_id=found.suppliers[0],
        at=now,
        **described,
    )
    db.session.add(file)
    db.session.flush()
    text = write_file(FileAnswer(file.id, **described))
    db.session.add(OpenedAnswer(pitch_id=found.pitches[0], question_id=question.id, text=text))
    db.session.add(
        BroughtPitch(
            pitch_id=found.pitches[1],
            by_id=found.officer,
            brought_at=now,
            received_at=now,
            came_by=CameBy.EMAIL,
            contact="12 Row",
            file_id=ids[1],
            file_name="Quetzalcoatl plan.txt",
            media_type="text/plain",
        )
    )
    db.session.commit()
    set_state(ChallengeState.ELIGIBILITY)
    return found


def page_of(setting: Setting, pitch: int, position: int) -> str:
    return f"/manage/pitches/{setting.pitch_reference(pitch)}/hide/files/{position}"


def decide(person, page: str, given: str, reason: str = WHY, copy: bytes = b"", *, opened: bool = False):
    """Decide on a file; `opened`: on the page that the person has open already."""
    if not opened:
        person.get(page)
    fields = {**person.form()["fields"], "given": given, "reason": reason}
    texts = [f'--x\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in fields.items()]
    named = "Quetzalcoatl copy.pdf" if copy else ""
    head = f'--x\r\nContent-Disposition: form-data; name="copy"; filename="{named}"\r\n\r\n'
    body = ("".join(texts) + head).encode() + copy + b"\r\n--x--\r\n"
    kind = "multipart/form-data; boundary=x"
    return person.post(page, data=body, content_type=kind, follow_redirects=True)


def judged(app: Flask, setting: Setting, now, pitch: int):
    """A judge's card of a pitch, its file and the printed sheet, once judging has begun."""
    set_state(ChallengeState.JUDGING)
    declare_all(setting, now)
    judge, card = browser_of(app, setting.judges[0]), f"/judging/cards/{setting.card(0, pitch)}"
    address = f"{card}/file?question={POSITION}" if pitch == 0 else f"{card}/as-received"
    paper = judge.get(f"/judging/{setting.reference}/offline/paper").get_data(as_text=True)
    sent = judge.get(address)
    judge.get(card)
    assert "Quetzalcoatl" not in judge.text + paper + str(sent.headers)
    return judge, sent, paper


@pytest.mark.parametrize(("pitch", "position"), [(0, POSITION), (1, 0)])
def test_a_withheld_file_does_not_reach_judges_who_read_that_it_was(
    app: Flask, setting, now, pitch: int, position: int
) -> None:
    officer, page = browser_of(app, setting.officer), page_of(setting, pitch, position)
    officer.get(f"/manage/pitches/{setting.pitch_reference(pitch)}/hide")
    assert "Nobody has looked inside yet" in officer.text
    decide(officer, page, "as_it_is", reason="")
    assert "Judges get this file as it is." in officer.text
    decide(officer, page, "withheld")
    assert f"Withheld from judges. {WHY}" in officer.text
    judge, sent, paper = judged(app, setting, now, pitch)
    assert sent.status_code == 404
    assert WITHHELD in judge.text
    assert (WITHHELD in paper) == (pitch == 1), "an answer that nobody scores is on no sheet"
    desk = f"/manage/pitches/{setting.pitch_reference(pitch)}"
    original = officer.get(f"{desk}/file?question={POSITION}" if pitch == 0 else f"{desk}/as-received")
    assert original.data == ORIGINAL, "whoever decides reads what was sent"
    officer.get(page)
    assert "stays as it is" in officer.text
    assert 'name="given"' not in officer.html
    logged = db.session.scalars(select(AuditEntry.detail).where(AuditEntry.action == "pitch.give_file")).all()
    assert len(logged) == 2
    assert "letterhead" not in "".join(logged), "the log says what and where, not why"
    set_state(ChallengeState.AWARDED)
    supplier = browser_of(app, setting.suppliers[pitch])
    supplier.get(f"/pitches/{setting.pitch_reference(pitch)}")
    assert f"withheld. {WHY}" in supplier.text
    officer.get("/account/data")
    assert "What you gave judges of files" in officer.text


@pytest.mark.parametrize(("pitch", "position"), [(0, POSITION), (1, 0)])
def test_judges_get_a_copy_in_place_of_a_file(app: Flask, setting, now, pitch: int, position: int) -> None:
    officer, page = browser_of(app, setting.officer), page_of(setting, pitch, position)
    for given, reason, copy, says in (
        ("copy", WHY, b"", "Choose the copy without names"),
        ("copy", "No", COPY, "Say in a sentence"),
        ("withheld", WHY, COPY, "A file was sent too"),
        ("copy", WHY, b"MZ", "not the kind of file that its name says"),
        ("nonsense", WHY, b"", "Choose what judges get"),
    ):
        decide(officer, page, given, reason, copy)
        assert says in officer.text, says
    assert db.session.scalars(select(FileForJudges)).all() == []
    decide(officer, page, "copy", copy=COPY)
    assert "Judges get a copy without names" in officer.text
    judge, sent, _ = judged(app, setting, now, pitch)
    assert (sent.status_code, sent.data) == (200, COPY)
    assert f"{setting.pitch_reference(pitch)}-file.pdf" in sent.headers["Content-Disposition"]
    assert (COPIED if pitch == 0 else "Download file.pdf") in judge.text
    with transaction(), disposing(setting.challenge, setting.pitches[pitch]):
        forget_words([setting.pitches[pitch]])
    assert db.session.scalars(select(FileForJudges)).all() == []


def test_before_judging_files_that_nobody_looked_at_are_counted(app: Flask, setting) -> None:
    lead, page = browser_of(app, setting.lead), f"/manage/challenges/{setting.reference}/start-judging"
    lead.get(page)
    assert "In 2 pitches nobody has looked whether files tell who pitches" in lead.text
    assert f"Decide on files of {setting.pitch_reference(1)} : 1 file not looked at" in lead.text
    officer = browser_of(app, setting.officer)
    decide(officer, page_of(setting, 1, 0), "as_it_is", reason="")
    decide(officer, page_of(setting, 0, POSITION), "withheld")
    lead.get(page)
    assert "not looked at" not in lead.text


def test_a_page_opened_before_a_file_was_withheld_does_not_give_it_back(app: Flask, setting) -> None:
    officer, lead = browser_of(app, setting.officer), browser_of(app, setting.lead)
    page = page_of(setting, 0, POSITION)
    lead.get(page)
    decide(officer, page, "withheld")
    assert decide(lead, page, "as_it_is", opened=True).status_code in (409, 422)
    assert "Somebody decided about this file meanwhile" in lead.text
    officer.get(f"/manage/pitches/{setting.pitch_reference(0)}/hide")
    assert f"Withheld from judges. {WHY}" in officer.text


def test_mallory_decides_on_no_file(app: Flask, setting, now) -> None:
    give(setting.judges[0], Role.LEAD, now)
    page = page_of(setting, 0, POSITION)
    for person in (setting.judges[0], setting.suppliers[0]):
        assert browser_of(app, person).get(page).status_code == 404
    assert browser_of(app, setting.approver).get(page).status_code == 403
    officer = browser_of(app, setting.officer)
    assert officer.get(page_of(setting, 0, 1)).status_code == 404, "no file"
    officer.get(page)
    late = {**officer.form()["fields"], "given": "withheld", "reason": WHY}
    set_state(ChallengeState.JUDGING)
    officer.post(page, data=late)
    assert "Judging has begun, so what judges read stays as it is." in officer.text
    assert db.session.scalars(select(FileForJudges)).all() == []
