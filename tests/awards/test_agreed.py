"""Letters of a round whose judges met: what they agreed on, and who scored what."""

from __future__ import annotations

from flask import Flask, render_template
from sqlalchemy import delete, select, update

from pitchfest.awards import queries as awards
from pitchfest.awards.rules import Outcome
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import DecisionBasis
from pitchfest.db import db
from pitchfest.judging.models import AgendaItem, AgreedScore, Score, Scorecard
from pitchfest.judging.operations.totals import rewrite
from tests.awards.ending import an_ending
from tests.support import builders
from tests.support.signing_in import browser_of

WON, LOST = Outcome.WON, Outcome.UNSUCCESSFUL
MET = "The judges met about this answer and agreed on this score."
FEWER = "2 judges scored this answer."


def an_ending_with_a_meeting(now):
    """The judges agreed on 4 for the winner's first criterion; one of them could not judge its second."""
    world = an_ending(now, names=("Gullywatch Ltd", "Brook & Culvert"), scores=(500, 300))
    entry, (first, second, *_) = world.entries[0], builders.judged_criterion_ids(world.challenge)
    db.session.execute(
        update(Challenge)
        .where(Challenge.id == world.challenge)
        .values(decision_basis=DecisionBasis.MODERATED)
    )
    where = {"pitch_id": entry.id, "criterion_id": first, "position": 1, "triggers": "spread"}
    item = AgendaItem(challenge_id=world.challenge, **where)
    db.session.add(item)
    db.session.flush()
    db.session.add(
        AgreedScore(
            item_id=item.id,
            pitch_id=entry.id,
            hundredths=400,
            outside=False,
            reason="The plan for the nights is thin.",
            by_id=world.judges[0],
            at=now,
        )
    )
    card = db.session.scalars(select(Scorecard.id).where(Scorecard.pitch_id == entry.id)).first()
    db.session.execute(delete(Score).where(Score.scorecard_id == card, Score.criterion_id == second))
    rewrite(world.challenge, entry.id)
    db.session.commit()
    world.finish(WON, LOST)
    return world


def in_letters(app: Flask, world, entry):
    """The sections of the page and of the mail that lead with a criterion's name, in order."""
    page = browser_of(app, entry.author)
    page.get(f"/pitches/{entry.reference}/letter")
    with app.test_request_context():
        body = awards.letter_for(entry.id, entry.author)
        assert body is not None
        mail = render_template("mail/letter.txt", letter=body, base="https://pitchfest.example")
    names = [line["name"] for line in body["criteria"]]
    texts = [text.replace("\N{NO-BREAK SPACE}", " ") for text in (page.text, mail)]
    return texts[0], [text[text.index(names[0]) :] for text in texts], names


def test_a_letter_says_which_score_was_agreed_and_which_judges_left_out(app: Flask, now):
    world = an_ending_with_a_meeting(now)
    page, texts, (_, second, third) = in_letters(app, world, world.entries[0])
    assert "3 judges scored your pitch. A score is the mean of theirs, but where they met" in page
    for text in texts:
        about_first, _, rest = text.partition(second)
        about_second, _, about_third = rest.partition(third)
        assert "4.00 of 5" in about_first
        assert MET in about_first
        assert FEWER not in about_first
        assert FEWER in about_second
        assert MET not in about_second
        assert MET not in about_third
        assert FEWER not in about_third


def test_the_letter_of_a_pitch_about_which_nobody_met_says_nothing_of_it(app: Flask, now):
    world = an_ending_with_a_meeting(now)
    page, texts, _ = in_letters(app, world, world.entries[1])
    assert "3 judges scored your pitch. A score is the mean of theirs. The words" in page
    for text in texts:
        assert MET not in text
        assert "scored this answer" not in text
