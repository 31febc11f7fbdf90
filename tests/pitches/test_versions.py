"""Saves that a page makes by itself, and two texts written at the same time: not a word is lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy import text as sql
from sqlalchemy.exc import DatabaseError

from pitchfest.challenges import queries
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db, transaction
from pitchfest.kernel.errors import NotAllowed, NotFound, RuleViolation, TooLate
from pitchfest.pitches import operations
from pitchfest.pitches.models import Pitch, PitchMember
from pitchfest.pitches.queries import sealed, versions
from pitchfest.pitches.rules.states import PitchRight
from pitchfest.pitches.rules.versions import Shown, read_shown, takes_away
from tests.pitches.another_way import SUPPLIER, assisted
from tests.pitches.cast import actor, closing, read_mail, save, sent, started, told, write
from tests.pitches.test_access import tokens
from tests.support import builders

SECOND = timedelta(seconds=1)


@pytest.fixture
def pitch(app, cast, now):
    """Rosa's draft, in which Imran may write too."""
    reference = started(cast, now)
    write(
        operations.give_right,
        cast.rosa,
        reference=reference,
        person_id=cast.imran,
        right=PitchRight.EDIT,
        now=now,
    )
    return reference


def typed(pitch, person, text, shown, now, *, by_itself=True, settles=None):
    return write(
        operations.save_answer,
        person,
        reference=pitch,
        position=1,
        text=text,
        shown=shown,
        by_itself=by_itself,
        settles=settles,
        now=now,
    )


def pitch_id(cast, pitch, now):
    return sealed.own(actor=actor(cast.rosa), now=now, reference=pitch).id


def texts(cast, pitch, now):
    return [v.text for v in versions.every_version(pitch_id(cast, pitch, now))]


def beside(cast, pitch, now):
    found = pitch_id(cast, pitch, now)
    return versions.beside(found, versions.latest(found))


def test_what_one_author_types_within_two_minutes_is_one_version(cast, pitch, now):
    shown = None
    for second, words in enumerate(("One", "One two", "One two three")):
        shown = typed(pitch, cast.rosa, words, shown, now + second * SECOND).shown
    assert texts(cast, pitch, now) == ["One two three"]
    assert shown is not None
    assert shown.revision == 3
    later = typed(pitch, cast.rosa, "One two three four", shown, now + timedelta(minutes=2)).shown
    assert texts(cast, pitch, now) == ["One two three", "One two three four"]
    assert later.revision == 1


def test_a_save_by_hand_ends_the_version(cast, pitch, now):
    shown = typed(pitch, cast.rosa, "One", None, now).shown
    shown = typed(pitch, cast.rosa, "One two", shown, now + SECOND, by_itself=False).shown
    assert texts(cast, pitch, now) == ["One two"]
    shown = typed(pitch, cast.rosa, "One two three", shown, now + 2 * SECOND).shown
    typed(pitch, cast.rosa, "One two three", shown, now + 3 * SECOND, by_itself=False)
    typed(pitch, cast.rosa, "Four", shown, now + 4 * SECOND)
    assert texts(cast, pitch, now) == ["One two", "One two three", "Four"]


TWENTY = " ".join(f"word{number}" for number in range(20))


@pytest.mark.parametrize(
    ("before", "after", "lost"),
    [
        (TWENTY, "", True),
        (TWENTY, " ".join(TWENTY.split()[:9]), True),
        (TWENTY, " ".join(TWENTY.split()[:10]), False),
        (TWENTY, " ".join(TWENTY.split()[::-1]), False),
        (TWENTY, TWENTY.upper(), True),
        (TWENTY, f"{TWENTY} and on", False),
        (" ".join(TWENTY.split()[1:]), "", False),
        ("", TWENTY, False),
        ("word " * 20, "word", True),
    ],
    ids=["emptied", "less", "half", "turned", "others", "more", "few", "none", "repeated"],
)
def test_what_takes_most_of_a_text_away(before, after, lost):
    assert takes_away(before, after) is lost


@pytest.mark.parametrize("by_hand", [False, True], ids=["by itself", "by hand"])
def test_a_text_that_was_pasted_and_erased_at_once_is_among_the_versions(cast, pitch, now, by_hand):
    shown = typed(pitch, cast.rosa, "A beginning", None, now).shown
    shown = typed(pitch, cast.rosa, TWENTY, shown, now + SECOND).shown
    kept = typed(pitch, cast.rosa, "", shown, now + 2 * SECOND, by_itself=not by_hand)
    assert kept.beaten_by is None
    assert texts(cast, pitch, now) == [TWENTY, ""]
    typed(pitch, cast.rosa, "Anew", kept.shown, now + 3 * SECOND)
    assert texts(cast, pitch, now) == [TWENTY, *(["", "Anew"] if by_hand else ["Anew"])]
    assert beside(cast, pitch, now) == [], "one line of versions, with nothing to choose between"


def test_a_text_beside_the_one_that_counts_is_not_lost_either(cast, pitch, now):
    base = typed(pitch, cast.rosa, "Begun", None, now).shown
    typed(pitch, cast.imran, "Imran was quicker", base, now + SECOND)
    own = typed(pitch, cast.rosa, TWENTY, base, now + 2 * SECOND)
    typed(pitch, cast.rosa, "Short", own.shown, now + 3 * SECOND)
    assert texts(cast, pitch, now) == ["Begun", "Imran was quicker", TWENTY, "Short"]
    assert [v.text for v in beside(cast, pitch, now)] == ["Short"]


def test_the_page_lists_what_was_pasted_and_erased(browser, cast, page):
    rosa = browser(cast.rosa)
    rosa.get(page)
    parent = by_itself(rosa, page, answer=TWENTY).json["fields"]["parent"]
    assert by_itself(rosa, page, answer="", parent=parent, form_token="2").status_code == 200
    rosa.get(page)
    version = parent.partition(".")[0]
    assert f"{page}?version={version}" in rosa.html
    rosa.get(f"{page}?version={version}")
    assert "word19" in rosa.text


def test_nobody_writes_into_the_version_of_another(cast, pitch, now):
    shown = typed(pitch, cast.rosa, "By Rosa", None, now).shown
    typed(pitch, cast.imran, "By Rosa and Imran", shown, now + SECOND)
    assert texts(cast, pitch, now) == ["By Rosa", "By Rosa and Imran"]


def test_two_windows_of_one_person_never_overwrite_one_another(cast, pitch, now):
    """Both stand on one version, which the first goes on writing: the second is told, and kept beside."""
    both = typed(pitch, cast.rosa, "Begun", None, now).shown
    first = typed(pitch, cast.rosa, "Begun, in window one", both, now + SECOND)
    second = typed(pitch, cast.rosa, "Begun, in window two", both, now + 2 * SECOND)
    assert first.beaten_by is None
    assert second.beaten_by.text == "Begun, in window one"
    second = typed(pitch, cast.rosa, "Begun, in window two, and on", second.shown, now + 3 * SECOND)
    first = typed(pitch, cast.rosa, "Begun, in window one, and on", first.shown, now + 4 * SECOND)
    assert second.beaten_by is not None
    assert first.beaten_by is None
    assert texts(cast, pitch, now) == ["Begun, in window one, and on", "Begun, in window two, and on"]


def test_of_two_texts_one_must_be_chosen_before_sending(cast, now, app):
    reference = sent(cast, now)
    write(
        operations.give_right,
        cast.rosa,
        reference=reference,
        person_id=cast.imran,
        right=PitchRight.EDIT,
        now=now,
    )
    found = pitch_id(cast, reference, now)
    question = next(q for q, v in versions.latest(found).items() if v.text.startswith("Kingfisher"))
    base = versions.latest(found)[question].shown
    typed(reference, cast.imran, "Imran's text", base, now, by_itself=False)
    typed(reference, cast.rosa, "Rosa's text", base, now, by_itself=False)
    (waiting,) = beside(cast, reference, now)
    assert waiting.text == "Rosa's text"
    sending = {"reference": reference, "declared": True, "expected_version": None, "now": now}
    with pytest.raises(RuleViolation, match="Question 1: choose one of two texts"):
        write(operations.submit, cast.rosa, **sending)
    head = versions.latest(found)[question]
    typed(reference, cast.rosa, "Both texts", head.shown, now, by_itself=False, settles=waiting.id)
    assert beside(cast, reference, now) == []
    write(operations.submit, cast.rosa, **sending)
    assert "Rosa's text" in texts(cast, reference, now), "what was not chosen stays among the versions"


def test_keeping_what_counts_settles_it_too_and_a_new_clash_asks_again(cast, pitch, now):
    base = save(pitch, 1, "The beginning", cast.rosa, now).shown
    typed(pitch, cast.imran, "Imran's", base, now, by_itself=False)
    typed(pitch, cast.rosa, "Rosa's first", base, now, by_itself=False)
    typed(pitch, cast.rosa, "Rosa's second", base, now, by_itself=False)
    (waiting,) = beside(cast, pitch, now)
    assert waiting.text == "Rosa's second", "of one author the newest"
    keep = {"reference": pitch, "position": 1, "now": now}
    write(operations.keep_what_counts, cast.imran, beside=waiting.id, **keep)
    write(operations.keep_what_counts, cast.imran, beside=waiting.id, **keep)
    assert beside(cast, pitch, now) == []
    typed(pitch, cast.rosa, "Rosa's third", base, now, by_itself=False)
    assert [v.text for v in beside(cast, pitch, now)] == ["Rosa's third"]


def test_settling_reaches_no_other_answer_and_no_other_pitch(cast, pitch, now):
    base = save(pitch, 1, "The beginning", cast.rosa, now).shown
    typed(pitch, cast.imran, "Imran's", base, now, by_itself=False)
    typed(pitch, cast.rosa, "Rosa's", base, now, by_itself=False)
    (waiting,) = beside(cast, pitch, now)
    mallory = started(cast, now, person=cast.gwen, organisation=cast.gannet)
    write(operations.keep_what_counts, cast.gwen, reference=mallory, position=1, beside=waiting.id, now=now)
    write(operations.keep_what_counts, cast.rosa, reference=pitch, position=2, beside=waiting.id, now=now)
    assert [v.id for v in beside(cast, pitch, now)] == [waiting.id]
    with pytest.raises(NotFound):
        write(operations.keep_what_counts, cast.gwen, reference=pitch, position=1, beside=waiting.id, now=now)
    with pytest.raises(TooLate):
        write(
            operations.keep_what_counts,
            cast.rosa,
            reference=pitch,
            position=1,
            beside=waiting.id,
            now=closing(cast),
        )


def test_what_was_sent_never_grows(cast, now, app):
    """Sending ends what is being written, and the database itself refuses a change of it afterwards."""
    reference = sent(cast, now)
    found = pitch_id(cast, reference, now)
    base = next(v for v in versions.latest(found).values() if v.text.startswith("Kingfisher"))
    shown = typed(reference, cast.rosa, "Changed", base.shown, now).shown
    write(operations.submit, cast.rosa, reference=reference, declared=True, expected_version=None, now=now)
    assert all(v.begun_at is None for v in versions.every_version(found))
    typed(reference, cast.rosa, "Changed again", shown, now + SECOND)
    assert [v.text for v in versions.every_version(found)][-2:] == ["Changed", "Changed again"]
    db.session.rollback()
    for change in ("text = 'x'", "begun_at = at", "revision = 9"):
        with pytest.raises(DatabaseError), db.engine.begin() as connection:
            connection.execute(sql(f"UPDATE answer_version SET {change} WHERE id = {shown.id}"))


def test_what_is_being_written_cannot_be_made_somebody_elses(cast, pitch, now):
    shown = typed(pitch, cast.rosa, "By Rosa", None, now).shown
    db.session.rollback()
    for change in (f"author_id = {cast.imran}", "question_id = question_id + 1", "pitch_id = pitch_id + 1"):
        with pytest.raises(DatabaseError), db.engine.begin() as connection:
            connection.execute(sql(f"UPDATE answer_version SET {change} WHERE id = {shown.id}"))


@pytest.mark.parametrize("spelt", ["", "7", "7.", ".7", "7.1.1", "-7.1", "7.1\n", "٧.1", "9" * 19 + ".1"])
def test_what_names_no_version_is_none(spelt):
    assert read_shown(spelt) is None


def test_a_version_is_spelt_as_it_is_read():
    assert read_shown(str(Shown(12, 3))) == Shown(12, 3)


# The page.


@pytest.fixture
def page(pitch):
    return f"/pitches/{pitch}/questions/1"


def by_itself(person, page, **values):
    fields = {**person.form(page)["fields"], **values}
    return person.post(f"{page}/autosave", data=fields, headers={"Accept": "application/json"})


def test_the_page_saves_by_itself_and_goes_on_from_there(browser, cast, page):
    rosa = browser(cast.rosa)
    rosa.get(page)
    first = by_itself(rosa, page, answer="A beginning")
    assert first.status_code == 200
    assert first.json["said"].startswith("Saved at ")
    assert first.json["other"] == ""
    parent = first.json["fields"]["parent"]
    again = by_itself(rosa, page, answer="A beginning, and on", parent=parent, form_token="2")
    assert again.json["fields"]["parent"].endswith(".2")
    rosa.get(page)
    assert rosa.form(page)["fields"]["answer"].strip() == "A beginning, and on"


def test_the_page_is_told_of_the_other_text_and_both_can_be_chosen_between(browser, cast, page):
    rosa, imran = browser(cast.rosa), browser(cast.imran)
    rosa.get(page)
    imran.fill(page, action=page, answer="Imran was quicker.")
    told = by_itself(rosa, page, answer="Rosa wrote for an hour.").json
    assert told["other"].startswith(f"{page}?version=")
    imran.get(page)
    assert "Two texts were written at the same time" in imran.text
    imran.get(told["other"])
    assert "Imran was quicker." in imran.text
    imran.send(told["other"], action="/keep")
    assert "That answer stays." in imran.text
    imran.get(page)
    assert "Two texts" not in imran.text
    rosa.get(page.rpartition("/questions")[0] + "/check")
    assert "Two texts" not in rosa.text


def a_second_late(bare_app, browser, cast, page, clock):
    """Rosa, with the page open that she was shown before the closing time."""
    with bare_app.app_context():
        end = closing(cast)
    clock.go_to(end - timedelta(minutes=5))
    rosa = browser(cast.rosa)
    rosa.get(page)
    clock.go_to(end)
    return rosa


@pytest.mark.parametrize("way", ["by itself", "by hand"])
def test_words_that_come_too_late_are_kept_and_sent_to_their_author(
    bare_app, browser, cast, page, clock, way
):
    rosa = a_second_late(bare_app, browser, cast, page, clock)
    if way == "by itself":
        answer = by_itself(rosa, page, answer="A second late, alas")
        said = answer.json["said"]
        assert said.startswith("Not saved. The challenge closed at")
    else:
        answer = rosa.send(page, action=page, answer="A second late, alas")
        said = rosa.text
        assert "A second late, alas" in said
    assert answer.status_code == 409
    assert "have sent you a copy" in said
    with bare_app.app_context():
        mail = read_mail(bare_app, cast.rosa, clock.now(), "late_words")
        assert "A second late, alas" in mail.body
        assert mail.subject == "Your words came after the closing time"
        assert told("late_words") == [cast.rosa]
    rosa.get("/account/kept")
    assert "A second late, alas" in rosa.text
    assert "The challenge closed at" in rosa.text
    assert "does not count" in rosa.text
    assert not any(untrue in rosa.text for untrue in ("signed out, or had", "Open the page", "press the"))


@pytest.mark.parametrize("who", ["gwen", "lead", "admin"])
def test_nobody_else_saves_into_it(browser, cast, page, who):
    rosa, mallory = browser(cast.rosa), browser(getattr(cast, who))
    rosa.get(page)
    fields = rosa.form(page)["fields"]
    fields |= {**tokens(mallory), "answer": "Mine now"}
    assert mallory.post(f"{page}/autosave", data=fields).status_code == 404
    assert mallory.post(f"{page}/keep", data={**fields, "beside": "1"}).status_code == 404


def test_who_may_only_read_is_told_so(cast, pitch, now):
    write(
        operations.give_right,
        cast.rosa,
        reference=pitch,
        person_id=cast.imran,
        right=PitchRight.VIEW,
        now=now,
    )
    with pytest.raises(NotAllowed):
        typed(pitch, cast.imran, "Mine", None, now)


def test_a_shared_computer_keeps_nothing(browser, cast, page):
    rosa = browser(cast.rosa)
    rosa.get(page)
    assert f'data-keeper="{cast.rosa}"' in rosa.html
    with rosa.session_transaction() as session:
        session["shared"] = True
    rosa.get(page)
    assert 'data-keeper=""' in rosa.html


def test_of_late_words_from_a_page_three_are_sent_and_the_same_ones_once(
    bare_app, browser, cast, page, clock
):
    rosa, posted = a_second_late(bare_app, browser, cast, page, clock), [0, 0, 1, 2, 3, 4, 1, 4]
    for turn, number in enumerate(posted):
        clock.move(seconds=1)
        answer = by_itself(rosa, page, answer=f"Late, number {number}", form_token=f"turn {turn}")
        assert answer.status_code == 409
        assert ("have sent you a copy" in answer.json["said"]) is (number < 3)
    with bare_app.app_context():
        assert told("late_words") == [cast.rosa] * 3
    rosa.get("/account/kept")
    assert [rosa.text.count(f"Late, number {number}") for number in range(5)] == [1] * 5


# Starting from one's own words.


def test_nobody_starts_from_the_words_of_another_organisation(bare_app, browser, cast, now):
    with bare_app.app_context():
        first = assisted(cast, now)
        save(first, 1, "Hedgerow ideas.", cast.officer, now)
        second = assisted(cast, now, supplier=replace(SUPPLIER, name="Ditch Works"))
        own = started(cast, now)
        gannets = started(cast, now, person=cast.gwen, organisation=cast.gannet)
        save(gannets, 1, "Gannet ideas.", cast.gwen, now)
        member = {"right": PitchRight.VIEW, "from_at": now, "partner": True}
        with transaction():
            pitch_id = db.session.scalar(select(Pitch.id).where(Pitch.reference == gannets))
            db.session.add(PitchMember(pitch_id=pitch_id, person_id=cast.rosa, **member))
    for who, pitch, other in ((cast.officer, second, first), (cast.rosa, own, gannets)):
        person, page = browser(who), f"/pitches/{pitch}/questions/1"
        person.get(f"{page}/copy")
        assert "ideas" not in person.text
        person.get(f"{page}?copy={other}.1")
        assert person.form(page)["fields"]["answer"].strip() == ""


def test_one_starts_from_an_answer_in_another_of_ones_pitches(bare_app, browser, cast, now):
    with bare_app.app_context():
        earlier = sent(cast, now, words="We know the gullies.")
        other = builders.a_challenge(
            state=ChallengeState.OPEN, officer=cast.officer, now=now, title="Another challenge"
        )
        reference = queries.by_id(other, now).reference
        fresh = write(operations.start, cast.rosa, challenge=reference, organisation_id=cast.kestrel, now=now)
        mallorys = sent(cast, now, person=cast.gwen, organisation=cast.gannet, words="Secret words.")
    rosa, page = browser(cast.rosa), f"/pitches/{fresh}/questions/1"
    rosa.get(f"{page}/copy")
    assert "We know the gullies." in rosa.text
    assert "Secret" not in rosa.text
    rosa.get(f"{page}?copy={earlier}.2")
    assert "Copied from your other pitch, and not saved yet" in rosa.text
    text = rosa.form(page)["fields"]["answer"].strip()
    assert text.endswith("two foremen. We know the gullies.")
    for wrong in (f"{mallorys}.1", f"{earlier}.4", f"{earlier}.99", "PF-0000.1", "x", f"{earlier}."):
        rosa.get(f"{page}?copy={wrong}")
        assert rosa.form(page)["fields"]["answer"].strip() == "", wrong
    gwen = browser(cast.gwen)
    assert gwen.get(f"{page}/copy").status_code == 404
