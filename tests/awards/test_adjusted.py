"""The decision and the letters of a round whose totals are adjusted."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select, update

from pitchfest.accounts import queries as accounts
from pitchfest.awards.models import Letter
from pitchfest.awards.rules import Outcome
from pitchfest.db import db
from pitchfest.judging import queries as judging
from pitchfest.judging.models import AdjustedTotal
from pitchfest.kernel.errors import RuleViolation
from tests.judging.adjusting.world import a_scored_round, the_end_of
from tests.judging.adjusting.world import plain as plain_total
from tests.support import builders
from tests.support.signing_in import browser_of

NOTE = "The panel's first choice cannot begin before the autumn, and the challenge asked for spring."


@pytest.fixture(autouse=True)
def region(app: Flask) -> None:
    builders.a_region()
    accounts.forget_region()


def outcomes(world, winner: str) -> list[Outcome]:
    """The pitch with this reference wins, and no other."""
    return [Outcome.WON if e.reference == winner else Outcome.UNSUCCESSFUL for e in world.entries]


def a_round_that_turns(now, **shape):
    """A round whose first by the adjusted totals is not that by the plain ones, and the two."""
    world = the_end_of(a_scored_round(now, **shape), now)
    rows = judging.results(world.challenge).ranked
    best = max(rows, key=plain_total)
    # so that the two differ whoever read what: the plain first is no better than it was
    if rows[0].reference == best.reference:
        db.session.execute(
            update(AdjustedTotal)
            .where(AdjustedTotal.pitch_id == best.pitch_id)
            .values(hundredths=AdjustedTotal.hundredths - 5_000)
        )
        db.session.commit()
        rows = judging.results(world.challenge).ranked
    assert rows[0].rank == 1
    assert not rows[0].tied
    return world, rows[0].reference, best.reference


def letter_of(app: Flask, world, reference: str):
    entry = next(e for e in world.entries if e.reference == reference)
    browser = browser_of(app, entry.author)
    assert browser.get(f"/pitches/{reference}/letter").status_code == 200
    return browser


def released(world, winner: str) -> None:
    world.explain()
    world.decide(*outcomes(world, winner))
    world.release(world.approver, version=world.propose(world.officer))


def test_a_decision_that_follows_the_adjusted_ranking_needs_no_note_and_another_does(app: Flask, now):
    world, first, plain = a_round_that_turns(now)
    with pytest.raises(RuleViolation, match="differs from the ranking"):
        world.decide(*outcomes(world, plain))
    world.decide(*outcomes(world, first))
    world.decide(*outcomes(world, plain), note=NOTE)


def test_the_decision_page_shows_both_totals_best_first(app: Flask, now):
    world, first, _ = a_round_that_turns(now)
    browser = browser_of(app, world.decider)
    assert browser.get(f"/manage/challenges/{world.reference}/decision").status_code == 200
    rows = judging.results(world.challenge).ranked
    assert f"{rows[0].adjusted_text} adjusted, {rows[0].total_text} of 100 before" in browser.text
    assert "The ranking goes by the adjusted total" in browser.text
    assert browser.text.index(first) < browser.text.index(rows[1].reference)


def test_whoever_decides_sees_nothing_before_the_scores_stand(app: Flask, now):
    world = the_end_of(a_scored_round(now, closing=False), now)
    browser = browser_of(app, world.decider)
    browser.get(f"/manage/challenges/{world.reference}/decision")
    assert "adjusted" not in browser.text
    assert "of 100" not in browser.text


def test_letters_say_both_totals_what_was_adjusted_and_why(app: Flask, now):
    world, first, plain = a_round_that_turns(now, price=True)
    rows = {row.reference: row for row in judging.results(world.challenge).ranked}
    released(world, first)
    assert any(row.deciding > plain_total(row) for row in rows.values())
    assert any(row.deciding < plain_total(row) for row in rows.values())
    for reference, row in rows.items():
        page = letter_of(app, world, reference)
        assert f"with an adjusted total of {row.adjusted_text} points" in page.text
        assert f"Before it was adjusted, your total was {row.total_text} of 100." in page.text
        assert "as the challenge said before anyone pitched" in page.text
        more = row.deciding > plain_total(row)
        assert ("gave less than the others" in page.text) == more
        assert ("gave more than the others" in page.text) == (not more)
        assert "and nor are the points for the price." in page.text
    page = letter_of(app, world, plain)
    assert f"with an adjusted total of {rows[first].adjusted_text} points, and" in page.text
    others = [row for ref, row in rows.items() if ref not in {first, plain}]
    assert all(row.adjusted_text not in page.text for row in others if row.adjusted_text), "only its own"


def test_the_mail_says_what_the_letter_says(app: Flask, now):
    world, first, plain = a_round_that_turns(now)
    released(world, first)
    rows = {row.reference: row for row in judging.results(world.challenge).ranked}
    body = letter_text(app, world, plain)
    assert f"with an adjusted total of {rows[plain].adjusted_text} points" in body
    assert f"Adjusted total: {rows[plain].adjusted_text}" in body
    assert "Judges differ in how strict they are." in body
    assert f"Total: {rows[plain].total_text} of 100" in body


def letter_text(app: Flask, world, reference: str) -> str:
    """The letter as its mail has it."""
    from flask import render_template  # noqa: PLC0415

    from pitchfest.awards import queries as awards  # noqa: PLC0415

    entry = next(e for e in world.entries if e.reference == reference)
    body = awards.letter_for(entry.id, entry.author)
    assert body is not None
    with app.test_request_context():
        return render_template("mail/letter.txt", letter=body, base="https://pitchfest.example")


def test_where_nothing_could_be_adjusted_the_letter_says_so(app: Flask, now):
    world = the_end_of(a_scored_round(now, pitches=4), now)
    rows = judging.results(world.challenge).ranked
    released(world, rows[0].reference)
    page = letter_of(app, world, rows[1].reference)
    said = "They are not, because fewer than 8 pitches were scored. The plain total counts for all."
    assert said in page.text
    assert "Adjusted total" not in page.text
    assert f"with {rows[1].total_text} of 100 points" in page.text
    assert said in letter_text(app, world, rows[1].reference)


def test_letters_of_other_challenges_name_nothing_of_it(app: Flask, now):
    from pitchfest.challenges.rules import DecisionBasis  # noqa: PLC0415

    world = the_end_of(a_scored_round(now, pitches=4, basis=DecisionBasis.RAW_MEAN), now)
    first = judging.results(world.challenge).ranked[0].reference
    released(world, first)
    for body in db.session.scalars(select(Letter.body)):
        assert "adjusted" not in body
        assert "plain_because" not in body


def test_the_letter_stays_when_the_figure_is_changed_later(app: Flask, now):
    world, first, plain = a_round_that_turns(now)
    released(world, first)
    before = letter_of(app, world, plain).text
    db.session.execute(update(AdjustedTotal).values(hundredths=1))
    db.session.commit()
    assert letter_of(app, world, plain).text == before
