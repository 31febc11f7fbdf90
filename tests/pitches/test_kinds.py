"""Every kind of answer: typed, kept, checked, sent, opened and read by a judge."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from pitchfest.challenges import operations, queries
from pitchfest.challenges.models import Question
from pitchfest.challenges.rules import KINDS, ChallengeState, QuestionKind, QuestionRow
from pitchfest.db import db, transaction
from pitchfest.pitches import operations as pitch_operations
from pitchfest.pitches.models import ClarifiedAnswer, OpenedAnswer
from pitchfest.pitches.queries import versions
from pitchfest.pitches.rules.another_way import SEE_AS_RECEIVED
from pitchfest.pitches.rules.answers import look_at, problems
from pitchfest.pitches.rules.practice import INVENTED, invented_answer
from pitchfest.pitches.rules.reading import in_words, read
from pitchfest.pitches.rules.rows import (
    MOST_ROWS,
    Rows,
    in_rows,
    parse_rows,
    read_day,
    what_counts,
    write_rows,
)
from tests.pitches.cast import (
    WORDS,
    actor,
    closing,
    opened,
    read_mail,
    save,
    sending,
    sent,
    started,
    write,
)
from tests.support import builders

K = QuestionKind
#: Kind → (options, fields of its form, what is then read of it).
TYPED: dict[QuestionKind, tuple[tuple[str, ...], dict[str, Any], list[str]]] = {
    K.CHECKBOXES: (("Sensors", "People", "Maps"), {"answer": ["People", "Maps"]}, ["People", "Maps"]),
    K.ROWS: (
        ("Who", "Days"),
        {"answer-1-1": "Rosa", "answer-1-2": "12", "answer-2-1": "Imran", "answer-2-2": "3"},
        ["Rosa", "12", "Imran"],
    ),
    K.DATA: (
        (),
        {
            "answer-gate": "yes",
            "answer-1-1": "Gully positions",
            "answer-1-2": "Highways",
            "answer-1-3": "Maps",
        },
        ["Yes", "Gully positions", "Highways"],
    ),
    K.RIGHTS: ((), {"answer-gate": "no"}, ["No"]),
    K.CONFIDENTIAL: (
        (),
        {
            "answer-gate": "yes",
            "answer-1-1": "Day rates",
            "answer-1-2": "Rivals would copy them",
            "answer-1-3": "31 12 2027",
        },
        ["Day rates", "Rivals would copy them", "31 12 2027"],
    ),
    K.DECLARATION: ((), {"answer": "y"}, ["Agreed"]),
}


@pytest.fixture
def draft(bare_app, cast, now):
    """Rosa's draft for a challenge that also asks one question of each further kind; its path."""
    with bare_app.app_context():
        with transaction():
            for position, (kind, (options, _, _)) in enumerate(TYPED.items(), start=5):
                db.session.add(
                    Question(
                        challenge_id=cast.challenge,
                        position=position,
                        ask=f"About {kind}",
                        kind=kind,
                        required=True,
                        options=json.dumps(options),
                    )
                )
        return f"/pitches/{started(cast, now)}"


def question(kind, *options, required=True):
    limit = 50 if kind == K.TEXT else None
    return QuestionRow(1, 1, None, "Ask", kind, limit, required, list(options))


@pytest.mark.parametrize(("position", "kind"), list(enumerate(TYPED, start=5)), ids=list(TYPED))
def test_an_answer_of_each_kind_is_kept_and_shown_again(browser, cast, draft, position, kind):
    _, fields, wanted = TYPED[kind]
    rosa, page = browser(cast.rosa), f"{draft}/questions/{position}"
    rosa.fill(page, fields=fields, go="back")
    rosa.get(page)
    shown = rosa.form(page)["fields"]
    for name, value in fields.items():
        assert shown[name] == (value[-1] if isinstance(value, list) else value), name
    rosa.get(f"{draft}/check")
    for words in wanted:
        assert words in rosa.text
    assert f"Question {position}: " not in rosa.text, "nothing is missing of it"


def test_the_start_page_names_all_that_is_asked(browser, cast, draft):
    imran = browser(cast.imran)
    imran.get(f"/challenges/{cast.reference}/start")
    for words in (
        "1 question where you tick what is true",
        "1 table to fill in",
        "1 statement to agree to",
        "which data you need from us, if any",
        "which parts are confidential and until when, if any",
    ):
        assert words in imran.text


def test_the_start_page_counts_two_tables(bare_app, browser, cast, draft):
    with bare_app.app_context(), transaction():
        db.session.execute(
            update(Question).where(Question.position == 7).values(kind=K.ROWS, options='["A"]')
        )
    imran = browser(cast.imran)
    imran.get(f"/challenges/{cast.reference}/start")
    assert "2 tables to fill in" in imran.text.replace("\u00a0", " ")


def test_what_can_be_left_out_says_so_and_is_not_counted(bare_app, browser, cast, draft):
    rosa = browser(cast.rosa)
    rosa.get(draft)
    assert "0 of 10 parts" in rosa.text
    with bare_app.app_context(), transaction():
        db.session.execute(update(Question).where(Question.position == 5).values(required=False))
    rosa.get(draft)
    assert "0 of 9 parts" in rosa.text
    rosa.get(f"{draft}/questions/5")
    assert "not scored, you can leave it out" in rosa.text
    rosa.get(f"{draft}/check")
    assert "Choose all that are true, you can leave it out" in rosa.text


@pytest.mark.parametrize(
    ("kind", "fields", "problem"),
    [
        (K.DATA, {"answer-1-1": "Positions"}, "Choose yes or no"),
        (K.DATA, {"answer-gate": "yes"}, "Fill in at least one row"),
        (K.DATA, {"answer-gate": "yes", "answer-1-2": "Highways"}, "Row 1: fill in “What data”"),
        (
            K.CONFIDENTIAL,
            {"answer-gate": "yes", "answer-1-1": "Rates", "answer-1-2": "Rivals", "answer-1-3": "for ever"},
            "enter a day like 31 12 2027",
        ),
        (
            K.CONFIDENTIAL,
            {"answer-gate": "yes", "answer-1-1": "Rates", "answer-1-3": "31 12 2027"},
            "Row 1: fill in “Why it is confidential”",
        ),
        (
            K.CONFIDENTIAL,
            {"answer-gate": "yes", "answer-1-1": "Rates", "answer-1-2": "Rivals", "answer-1-3": "31/12/2020"},
            "Row 1: 31/12/2020 is past. Enter a day to come under “Until which day”",
        ),
        (K.ROWS, {"answer-1-2": "12"}, "Row 1: fill in “Who”"),
    ],
)
def test_what_is_not_whole_is_kept_as_typed_and_told(browser, cast, draft, kind, fields, problem):
    rosa, page = browser(cast.rosa), f"{draft}/questions/{list(TYPED).index(kind) + 5}"
    rosa.fill(page, fields=fields, go="back")
    rosa.get(page)
    assert problem in rosa.text
    assert rosa.form(page)["fields"].items() >= fields.items()


def test_rows_grow_and_those_left_empty_are_left_out(browser, cast, draft):
    rosa, page = browser(cast.rosa), f"{draft}/questions/6"
    response = rosa.fill(page, go="rows", fields={"answer-2-1": "Second row only"})
    assert response.request.path == page
    fields = rosa.form(page)["fields"]
    assert fields["answer-1-1"] == "Second row only"
    assert "answer-5-1" in fields


GATED = [(at, kind) for at, kind in enumerate(TYPED, start=5) if KINDS[kind].gate]


@pytest.mark.parametrize(("position", "kind"), GATED, ids=[kind for _, kind in GATED])
def test_after_a_no_the_rows_stay_in_the_draft_and_count_again_after_a_yes(
    browser, cast, draft, position, kind
):
    rosa, page = browser(cast.rosa), f"{draft}/questions/{position}"
    rows = {"answer-1-1": "Moorgate", "answer-1-2": "Ferry", "answer-1-3": "31 12 2027"}
    for gate in ("yes", "no", "yes"):  # a post of no with filled rows keeps them, and so does the page
        fields = {"answer-gate": gate, **(rows if gate == "no" else {})}
        rosa.fill(page, go="back", fields=fields if gate == "no" else {**rows, **fields})
        rosa.get(page)
        assert rosa.form(page)["fields"].items() >= {**rows, "answer-gate": gate}.items()
        assert ("kept and do not count" in rosa.text) == (gate == "no")
        rosa.get(f"{draft}/check")
        assert ("Moorgate" in rosa.text) == (gate == "yes")
        assert f"Question {position}: " not in rosa.text, "nothing is missing of it"


def test_what_counts_after_a_no_is_the_no():
    rows = (("Moorgate", "Ferry"),)
    kept = write_rows(in_rows("no", rows))
    assert parse_rows(kept).kept == parse_rows(kept).written == rows
    assert parse_rows(kept).rows == ()
    assert what_counts(K.DATA, kept) == write_rows(Rows("no", ()))
    assert in_words(K.DATA, (), kept) == "No"
    assert "Moorgate" in in_words(K.DATA, (), kept, kept=True), "its author has all of it"
    assert in_rows("yes", rows).rows == rows
    for same in ("", write_rows(Rows("yes", rows)), SEE_AS_RECEIVED):
        assert what_counts(K.DATA, same) == same
    assert what_counts(K.TEXT, kept) == kept, "words of a text are never taken for rows"


def test_rows_that_do_not_count_are_in_nothing_that_is_sent(bare_app, browser, cast, draft, now, clock):
    """Not in the receipt, its downloads and mail, the comparison, nor in what staff open; the draft has them
    still, and nothing differs from what was sent.
    """
    pitch, at = draft.rpartition("/")[2], list(TYPED).index(K.DATA) + 5
    secret = write_rows(in_rows("no", (("Moorgate", "Ferry", "Maps"),)))
    with bare_app.app_context():
        db.session.execute(update(Question).where(Question.position > len(WORDS)).values(required=False))
        db.session.commit()
        save(pitch, at, secret, cast.rosa, now)
        sent(cast, now)
        assert json.loads(sending(pitch, cast.rosa, now).answers[question_at(cast, at)]) == {
            "gate": "no",
            "rows": [],
        }
        assert "Moorgate" not in read_mail(bare_app, cast.rosa, now, "pitch_receipt").body
        db.session.remove()
    rosa = browser(cast.rosa)
    for page in (f"{draft}/receipts/1", f"{draft}/check", f"{draft}/compare", draft):
        assert rosa.get(page).status_code == 200
        assert "Moorgate" not in rosa.text, page
    exact = rosa.get(f"{draft}/receipts/1.json").data
    for answer in (exact, rosa.get(f"{draft}/receipts/1.html").data):
        assert b"Moorgate" not in answer
    with bare_app.app_context():
        assert hashlib.sha256(exact).hexdigest() == sending(pitch, cast.rosa, now).sha256
        write(pitch_operations.change, cast.rosa, reference=pitch, now=now)
        db.session.remove()
    rosa.get(f"{draft}/check")
    assert "Nothing differs" in rosa.text
    rosa.get(f"{draft}/questions/{at}")
    assert rosa.form(f"{draft}/questions/{at}")["fields"]["answer-1-1"] == "Moorgate"
    with bare_app.app_context():
        clock.go_to(opened(cast))
        assert "Moorgate" not in "".join(db.session.scalars(select(OpenedAnswer.text)))


def test_rows_that_do_not_count_are_not_sent_as_a_clarification(bare_app, browser, cast, draft, now, clock):
    pitch, at = draft.rpartition("/")[2], list(TYPED).index(K.DATA) + 5
    with bare_app.app_context():
        db.session.execute(update(Question).where(Question.position > len(WORDS)).values(required=False))
        db.session.commit()
        sent(cast, now)
        begun = opened(cast)
        until, asked = begun + timedelta(days=4), "Please say which data you need."
        write(
            pitch_operations.ask,
            cast.officer,
            reference=pitch,
            asked=asked,
            questions=(at,),
            until=until,
            now=begun,
        )
        db.session.remove()
    clock.go_to(begun + timedelta(hours=1))
    rosa = browser(cast.rosa)
    fields = {f"answer_{at}-gate": "no", f"answer_{at}-1-1": "Moorgate"}
    rosa.fill(f"{draft}/clarification", fields=fields, go="send")
    assert "Your answer is in" in rosa.text
    with bare_app.app_context():
        (text,) = db.session.scalars(select(ClarifiedAnswer.text))
        assert parse_rows(text) == Rows("no", ())


def test_rows_that_come_too_late_with_a_no_are_kept_like_all_words(bare_app, browser, cast, draft, clock):
    with bare_app.app_context():
        end = closing(cast)
    clock.go_to(end - timedelta(minutes=5))
    rosa, page = browser(cast.rosa), f"{draft}/questions/7"
    rosa.get(page)
    clock.go_to(end)
    rosa.send(page, action=page, fields={"answer-gate": "no", "answer-1-1": "Moorgate"})
    rosa.get("/account/kept")
    assert "Moorgate" in rosa.text


def test_the_copy_of_an_unsent_draft_has_the_rows_too(bare_app, cast, draft, now):
    with bare_app.app_context():
        save(draft.rpartition("/")[2], 7, write_rows(in_rows("no", (("Moorgate",),))), cast.rosa, now)
        at = closing(cast) + timedelta(minutes=3)
        with transaction():
            pitch_operations.seal_at_closing(cast.challenge, at)
        body = read_mail(bare_app, cast.rosa, at, "pitch_closed").body
    assert "not part of the answer while it is no" in body
    assert "Moorgate" in body


def question_at(cast, position):
    return next(q.id for q in queries.questions(cast.challenge) if q.position == position)


def test_a_question_of_each_kind_stops_a_pitch_until_it_is_answered():
    for kind, (options, _, _) in TYPED.items():
        asked = question(kind, *options)
        assert look_at(asked, "").blocks, kind
        assert not look_at(question(kind, *options, required=False), "").blocks, kind
        assert not problems([asked], {1: invented_answer(INVENTED[0], asked)}), kind


def test_choices_that_were_never_offered_are_refused():
    asked = question(K.CHECKBOXES, "One", "Two")
    assert look_at(asked, '["One", "Three"]').problem == "Choose from the answers on the page"


def test_every_kind_is_in_the_table_and_can_be_read():
    assert set(KINDS) == set(QuestionKind)
    for kind in QuestionKind:
        assert not read(kind, ("A", "B"), "")
        assert in_words(kind, ("A", "B"), "") == ""


def test_rows_in_words():
    text = write_rows(Rows("yes", (("Rates", "", "31 12 2027"),)))
    assert in_words(K.CONFIDENTIAL, (), text) == (
        "Yes\nWhich part of your pitch: Rates; Until which day: 31 12 2027"
    )


@pytest.mark.parametrize("gate", ["", "yes", "no"])
def test_rows_come_back_as_they_were_written(gate):
    rows = (("a", ""), ("", "b"))
    back = parse_rows(write_rows(in_rows(gate, (*rows, ("", "")))))
    assert back == in_rows(gate, rows)


@pytest.mark.parametrize(
    "typed", ["", "31 2 2027", "1 13 2027", "tomorrow", "2027-12-31", "1 1 27", "٣١ 12 2027"]
)
def test_what_is_no_day(typed):
    assert read_day(typed) is None


def test_more_rows_and_columns_than_there_are_change_nothing(bare_app, browser, cast, draft):
    rosa, page = browser(cast.rosa), f"{draft}/questions/6"
    wild = {f"answer-{row}-{column}": "x" for row in range(1, MOST_ROWS + 20) for column in range(1, 9)}
    rosa.fill(page, go="back", fields=wild)
    rosa.get(f"{draft}/check")
    with bare_app.app_context():
        kept = parse_rows(versions.every_version(1)[0].text)
    assert len(kept.rows) == MOST_ROWS
    assert {len(row) for row in kept.rows} == {2}


def test_the_officer_makes_a_question_of_each_kind(app, cast, now):
    draft = builders.a_challenge(state=ChallengeState.DRAFT, officer=cast.officer, now=now)
    reference = queries.by_id(draft, now).reference
    for kind, facts in KINDS.items():
        options = ("One", "Two") if facts.options else ()
        with transaction():
            operations.save_question(
                actor(cast.officer),
                reference=reference,
                ask=f"About {kind}",
                kind=kind,
                max_words=100,
                options=options,
                now=now,
            )
    made = {q.kind: q for q in queries.questions(draft)[-len(KINDS) :]}
    assert set(made) == set(KINDS)
    assert made[K.ROWS].options == ["One", "Two"]
    assert made[K.DATA].options == []


@pytest.mark.parametrize(("position", "kind"), list(enumerate(TYPED, start=5)), ids=list(TYPED))
def test_each_kind_can_be_clarified_after_the_opening(
    bare_app, browser, cast, draft, now, clock, position, kind
):
    reference, (_, fields, wanted) = draft.rpartition("/")[2], TYPED[kind]
    with bare_app.app_context():
        db.session.execute(update(Question).where(Question.position > len(WORDS)).values(required=False))
        db.session.commit()
        sent(cast, now)
        at = opened(cast)
        write(
            pitch_operations.ask,
            cast.officer,
            reference=reference,
            asked="Please fill in what you left empty.",
            questions=(position,),
            until=at + timedelta(days=4),
            now=at,
        )
        db.session.remove()
    clock.go_to(at + timedelta(hours=1))
    rosa, page = browser(cast.rosa), f"{draft}/clarification"
    named = {name.replace("answer", f"answer_{position}", 1): value for name, value in fields.items()}
    rosa.fill(page, fields=named, go="send")
    assert "Your answer is in" in rosa.text
    officer = browser(cast.officer)
    officer.get(f"/manage{draft}")
    for words in wanted:
        assert words in officer.text
    assert "[" not in officer.text.partition(f"About {kind}")[2][:120], "words, not how they are stored"
