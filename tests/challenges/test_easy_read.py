"""The Easy Read version: who writes and reads it, its pictures, and when it is out of date."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import func, select, update

from pitchfest.audit import queries as audit
from pitchfest.challenges import operations, queries
from pitchfest.challenges.models import Challenge, EasyReadSentence, EasyReadVersion
from pitchfest.db import db, disposing, transaction
from pitchfest.files import queries as files
from pitchfest.files.models import StoredFile
from pitchfest.files.operations import write
from pitchfest.files.queries import stored
from pitchfest.kernel.errors import Conflict, NotAllowed, NotFound, RuleViolation, StaleForm
from tests.challenges.test_correcting import correct
from tests.challenges.world import a_draft, closing_of
from tests.support.client import PageClient
from tests.support.pictures import jpeg, part, png
from tests.support.statements import counted

RAIN = "Rain makes the drains block."
HOMES = "Then water runs into homes."


@pytest.fixture
def draft(cast, now):
    return a_draft(cast, now)


def say(cast, reference, now, text=RAIN, *, who="officer", **values):
    with transaction():
        return operations.save_sentence(cast.actor(who), reference=reference, text=text, now=now, **values)


def say_with_picture(cast, reference, now, **values):
    drawn = operations.Picture(write(png()), "image/png")
    return say(cast, reference, now, picture=drawn, alt="A blocked drain", **values)


def confirm(cast, reference, now, record, *, who="lead", version=None):
    with transaction():
        operations.confirm_easy_read(
            cast.actor(who), reference=reference, record=record, expected_version=version, now=now
        )


def whole(reference, now):
    return queries.easy_read(queries.by_reference(reference, now).id)


def texts(reference, now):
    return [(s.position, s.text) for s in whole(reference, now).sentences]


def is_behind(reference, now):
    row = queries.by_reference(reference, now)
    return queries.easy_read_behind_since(row.id, queries.easy_read(row.id)) is not None


def test_sentences_stand_in_an_order_that_can_be_changed(cast, draft, now):
    first, second = say(cast, draft, now), say(cast, draft, now, HOMES)
    with transaction():
        operations.move_sentence(
            cast.actor("officer"), reference=draft, sentence_id=second, direction="up", now=now
        )
    assert texts(draft, now) == [(1, HOMES), (2, RAIN)]
    say(cast, draft, now, "Help us.", sentence_id=first)
    with transaction():
        operations.remove_sentence(cast.actor("officer"), reference=draft, sentence_id=second, now=now)
    assert texts(draft, now) == [(1, "Help us.")]
    with pytest.raises(NotFound):
        say(cast, draft, now, sentence_id=second)
    with pytest.raises(RuleViolation, match="Write the sentence"):
        say(cast, draft, now, "  ")


def test_a_picture_has_a_description_and_leaves_with_its_sentence(cast, draft, now):
    with pytest.raises(RuleViolation, match="Say what the picture shows"):
        say(cast, draft, now, picture=operations.Picture(write(png()), "image/png"))
    with pytest.raises(RuleViolation, match="Choose the picture"):
        say(cast, draft, now, alt="A drain")
    key = say_with_picture(cast, draft, now)
    (row,) = whole(draft, now).sentences
    assert files.read(stored(row.picture_id)) == png()
    say_with_picture(cast, draft, now, sentence_id=key)
    say(cast, draft, now, HOMES, sentence_id=key, alt="A drain")
    assert db.session.query(StoredFile).count() == 1
    say(cast, draft, now, sentence_id=key, alt="A drain", remove_picture=True)
    assert [(s.picture_id, s.alt) for s in whole(draft, now).sentences] == [(None, "")]
    assert db.session.query(StoredFile).count() == 0
    say_with_picture(cast, draft, now, sentence_id=key)
    with transaction():
        operations.remove_sentence(cast.actor("officer"), reference=draft, sentence_id=key, now=now)
    assert db.session.query(StoredFile).count() == 0


def test_what_tells_the_draft_tells_the_first_record_and_no_later_one(cast, draft, now):
    say(cast, draft, now)
    for act, who in (("send_for_approval", "officer"), ("approve", "approver"), ("publish", "officer")):
        with transaction():
            getattr(operations, act)(cast.actor(who), reference=draft, now=now)
    assert (whole(draft, now).record, is_behind(draft, now)) == (0, False)
    correct(cast, draft, now)
    assert is_behind(draft, now)


def test_a_correction_makes_it_out_of_date_until_someone_says_that_it_is_right(cast, reference, now):
    say(cast, reference, now)
    assert (whole(reference, now).record, is_behind(reference, now)) == (1, False)
    correct(cast, reference, now)
    assert is_behind(reference, now)
    say(cast, reference, now, HOMES)
    assert is_behind(reference, now), "changing a sentence alone does not say that all of them are right"
    confirm(cast, reference, now, 2, who="officer")
    assert (whole(reference, now).record, is_behind(reference, now)) == (2, False)


def test_more_time_makes_it_out_of_date_too(cast, reference, now):
    say(cast, reference, now)
    later = closing_of(reference, now) + timedelta(days=7)
    with transaction():
        operations.extend(
            cast.actor("lead"), reference=reference, closes_at=later, reason="Few have heard of it.", now=now
        )
    assert is_behind(reference, now)


def test_a_version_begun_afresh_tells_the_newest_record(cast, reference, now):
    key = say(cast, reference, now)
    correct(cast, reference, now)
    with transaction():
        operations.remove_sentence(cast.actor("lead"), reference=reference, sentence_id=key, now=now)
    say(cast, reference, now, HOMES)
    assert not is_behind(reference, now)


def test_nobody_confirms_a_record_that_they_have_not_read(cast, reference, draft, now):
    with pytest.raises(Conflict, match="no published challenge"):
        confirm(cast, reference, now, 1)
    say(cast, reference, now)
    correct(cast, reference, now)
    for record in (0, 1, 3):
        with pytest.raises(StaleForm, match="changed again"):
            confirm(cast, reference, now, record)
    say(cast, draft, now)
    with pytest.raises(Conflict, match="no published challenge"):
        confirm(cast, draft, now, 0, who="officer")


def test_of_two_who_write_at_once_the_second_is_told(cast, reference, now):
    key = say(cast, reference, now, expected_version=0)
    say(cast, reference, now, HOMES, sentence_id=key, who="lead", expected_version=1)
    with pytest.raises(StaleForm, match="Nothing was overwritten"):
        say(cast, reference, now, sentence_id=key, expected_version=1)
    assert texts(reference, now) == [(1, HOMES)]


def test_it_changes_nothing_of_the_challenge(cast, reference, now):
    before = queries.by_reference(reference, now)
    record = queries.newest_snapshot(before.id)
    say_with_picture(cast, reference, now)
    assert queries.by_reference(reference, now) == before
    assert queries.newest_snapshot(before.id) == record
    assert [e.name for e in queries.edits(before.id)] == ["Bryn Haldane"]


def test_who_writes_it_before_and_after_publication(cast, reference, draft, now):
    say(cast, draft, now, who="second_officer")
    say(cast, reference, now, who="lead")
    for where, who in ((draft, "lead"), (draft, "approver"), (reference, "approver"), (reference, "admin")):
        with pytest.raises((NotAllowed, NotFound)):
            say(cast, where, now, who=who)
    for who in ("supplier", "observer"):
        with pytest.raises(NotFound):
            say(cast, reference, now, who=who)
    with transaction():
        operations.send_for_approval(cast.actor("officer"), reference=draft, now=now)
    with pytest.raises(NotAllowed, match="Pull it back"):
        say(cast, draft, now)


def test_the_log_has_every_act_and_none_of_the_words(cast, reference, now):
    key = say_with_picture(cast, reference, now)
    correct(cast, reference, now)
    confirm(cast, reference, now, 2)
    with transaction():
        operations.remove_sentence(cast.actor("lead"), reference=reference, sentence_id=key, now=now)
    entries = [dict(entry) for entry in audit.chain()]
    acts = [e["action"] for e in entries if "easy_read" in e["action"]]
    assert acts == ["challenge.save_easy_read", "challenge.confirm_easy_read", "challenge.remove_easy_read"]
    assert "Rain makes" not in str(entries)
    assert "blocked drain" not in str(entries)


def test_a_copy_and_a_practice_thrown_away_leave_it_behind(cast, draft, now):
    say_with_picture(cast, draft, now)
    with transaction():
        copied = operations.copy(cast.actor("officer"), reference=draft, now=now)
    assert whole(copied, now).sentences == ()
    row = queries.by_reference(draft, now)
    db.session.execute(update(Challenge).where(Challenge.id == row.id).values(practice=True))
    db.session.commit()
    with transaction(), disposing(row.id):
        operations.discard(row.id)
    for table in (EasyReadVersion, EasyReadSentence, StoredFile):
        assert db.session.execute(select(func.count()).select_from(table)).scalar_one() == 0


def page_of(reference):
    return f"/manage/challenges/{reference}/easy-read"


def add(browser, reference, text=RAIN, picture=None, **fields):
    values = {"picture": picture} if picture else {}
    return browser.fill(page_of(reference), action="/easy-read", fields={"text": text, **fields, **values})


def test_the_pages_from_the_first_sentence_to_the_newest_brief(app, cast, reference, now, client):
    officer, public = cast.browser(app, "officer"), f"/challenges/{reference}/easy-read"
    assert client.get(public).status_code == 404
    client.get(f"/challenges/{reference}")
    assert "Easy Read" not in client.text
    officer.get(f"/manage/challenges/{reference}")
    assert "The Easy Read version" in officer.text
    add(officer, reference, picture=(BytesIO(png()), "drain.png"), alt="A blocked <drain>")
    assert "The sentence is added" in officer.text
    add(officer, reference, "We utilise the RBA. Ask it.")
    assert "“utilise”: Try: use." in officer.text
    assert "“RBA”: Say what it stands for" in officer.text
    assert "“Ask it.”: Give each idea" in officer.text
    client.get(f"/challenges/{reference}")
    assert "Easy Read" in client.text
    client.get(public)
    assert RAIN in client.text
    assert 'alt="A blocked &lt;drain&gt;"' in client.html
    assert "does not tell that yet" not in client.text
    (first, _) = whole(reference, now).sentences
    answer = client.get(f"{public}/{first.id}")
    assert (answer.mimetype, answer.data) == ("image/png", png())
    db.session.rollback()
    correct(cast, reference, now)
    client.get(public)
    assert "was changed on" in client.text
    assert "This version does not tell that yet" in client.text
    officer.get(f"/manage/challenges/{reference}")
    assert "The Easy Read version : out of date" in officer.text
    officer.fill(page_of(reference), action="/confirm")
    assert "tells the newest brief" in officer.text
    assert "Out of date" not in officer.text
    client.get(public)
    assert "does not tell that yet" not in client.text


def test_a_sentence_is_changed_moved_and_removed_on_its_pages(app, cast, draft, now):
    officer = cast.browser(app, "officer")
    add(officer, draft)
    add(officer, draft, HOMES, picture=(BytesIO(jpeg()), "home.JPG"), alt="A home")
    one, two = (s.id for s in whole(draft, now).sentences)
    db.session.rollback()
    officer.fill(page_of(draft), action=f"/{two}/move", direction="up")
    assert texts(draft, now) == [(1, HOMES), (2, RAIN)]
    officer.fill(f"{page_of(draft)}/{two}", text="Homes flood.", alt="", remove_picture="y")
    assert "The sentence is saved" in officer.text
    officer.fill(f"{page_of(draft)}/{one}", text="")
    assert "Write the sentence" in officer.text
    assert "Error:" in officer.page.title
    officer.fill(f"{page_of(draft)}/{one}/remove", action="/remove")
    assert "The sentence is removed" in officer.text
    assert [(s.text, s.picture_id) for s in whole(draft, now).sentences] == [("Homes flood.", None)]
    db.session.rollback()
    officer.fill(f"{page_of(draft)}/{two}/remove", action="/remove")
    assert "Write the first sentence" in officer.text


@pytest.mark.parametrize(
    ("data", "name", "said"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "drain.svg", "Choose a PNG or JPEG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "drain.png", "PNG or JPEG"),
        (jpeg(), "drain.png", "not the kind of file"),
        (png()[:-9], "drain.png", "damaged"),
    ],
)
def test_what_is_no_picture_is_refused_and_the_words_stay(app, cast, draft, data, name, said):
    officer = cast.browser(app, "officer")
    add(officer, draft, picture=(BytesIO(data), name), alt="A drain")
    assert said in officer.text
    assert officer.form("/easy-read")["fields"]["text"] == RAIN
    assert db.session.query(StoredFile).count() == 0


def test_where_a_photograph_was_taken_is_not_published(app, cast, reference, now, client):
    taken = jpeg(extra=(part(0xE1, b"Exif\0\0 51.5 N, 2.6 W"),))
    add(cast.browser(app, "officer"), reference, picture=(BytesIO(taken), "photo.jpg"), alt="A drain")
    (row,) = whole(reference, now).sentences
    answer = client.get(f"/challenges/{reference}/easy-read/{row.id}")
    assert (answer.mimetype, answer.data) == ("image/jpeg", jpeg())


def test_mallory_sees_no_draft_of_it_and_no_picture_of_a_draft(app, cast, draft, reference, now):
    key = say_with_picture(cast, draft, now)
    picture, preview = f"/challenges/{draft}/easy-read/{key}", f"{page_of(draft)}/preview"
    elsewhere = f"/challenges/{reference}/easy-read/{key}"
    for browser in (PageClient(app), cast.browser(app, "supplier"), cast.browser(app, "observer")):
        for path in (picture, elsewhere, f"/challenges/{draft}/easy-read"):
            assert browser.get(path).status_code == 404, path
        if browser.get("/account").status_code == 200:
            for path in (
                preview,
                page_of(draft),
                f"{page_of(draft)}/{key}",
                f"{page_of(draft)}/{key}/remove",
            ):
                assert browser.get(path).status_code == 404, path
    approver = cast.browser(app, "approver")
    assert approver.get(picture).data == png()
    approver.get(preview)
    assert RAIN in approver.text
    assert "This is a preview" in approver.text
    assert approver.get(page_of(draft)).status_code == 403
    with transaction():
        operations.send_for_approval(cast.actor("officer"), reference=draft, now=now)
    approver.get(f"/manage/challenges/{draft}")
    assert "Read its Easy Read version" in approver.text


def test_practice_is_for_those_who_practise(app, cast, reference, now, client):
    key, page = say_with_picture(cast, reference, now), f"/challenges/{reference}/easy-read"
    db.session.execute(update(Challenge).where(Challenge.reference == reference).values(practice=True))
    db.session.commit()
    for path in (page, f"{page}/{key}"):
        assert client.get(path).status_code == 404
        assert cast.browser(app, "supplier").get(path).status_code == 404
    officer = cast.browser(app, "officer")
    officer.get(page)
    assert "Nothing here counts" in officer.text


def test_a_page_of_many_sentences_costs_what_one_costs(app, cast, reference, now):
    officer = cast.browser(app, "officer")
    pages = (page_of(reference), f"/challenges/{reference}/easy-read", f"/manage/challenges/{reference}")
    found = []
    for _ in range(2):
        say_with_picture(cast, reference, now)
        for page in pages:
            officer.get(page)
        found.append([_statements(officer, page) for page in pages])
    assert found[0] == found[1]


def _statements(browser, page):
    with counted() as seen:
        assert browser.get(page).status_code == 200
    return len(seen)
