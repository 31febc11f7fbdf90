"""The choice itself: on the form, in the brief, in the frozen record and in templates; and mail to judges."""

from __future__ import annotations

import json

from flask import Flask

from pitchfest.challenges import queries as challenges
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import ChallengeState
from pitchfest.challenges.rules.snapshot import snapshot_body
from pitchfest.challenges.rules.template_file import read_template
from pitchfest.challenges.rules.templates import template_body, template_of
from pitchfest.db import db, transaction
from pitchfest.judging import operations, queries
from pitchfest.judging.models import Scorecard
from pitchfest.kernel.calendar import uk_bank_holidays
from pitchfest.mail import queries as mail
from pitchfest.mail.rendering import render
from tests.judging.setting import a_round, declare_all
from tests.judging.without_names.test_walk import MARKER, hidden_round
from tests.support import builders
from tests.support.signing_in import browser_of


def frozen(challenge_id: int, now) -> dict[str, object]:
    row = challenges.by_id(challenge_id, now)
    body = snapshot_body(
        row,
        challenges.criteria(row.id),
        challenges.questions(row.id),
        number=1,
        published_at=now,
        decision_maker="Dee",
    )
    judging: dict[str, object] = json.loads(body)["judging"]
    return judging


def test_an_officer_chooses_and_everyone_reads_it(app: Flask, now) -> None:
    builders.a_region()
    setting = a_round(now, pitches=0, judges=0, state=ChallengeState.DRAFT)
    assert "names_hidden" not in frozen(setting.challenge, now), "older records stay the same"
    officer = browser_of(app, setting.officer)
    page = f"/manage/challenges/{setting.reference}/settings"
    officer.get(page)
    assert "Judges do not see who is pitching" in officer.text
    officer.fill(page, action="/settings", names_hidden="y")
    assert db.session.get_one(Challenge, setting.challenge, populate_existing=True).names_hidden
    assert frozen(setting.challenge, now)["names_hidden"] is True
    officer.get(f"/manage/challenges/{setting.reference}/preview")
    assert "do not name yourselves" in officer.text
    row = challenges.by_id(setting.challenge, now)
    lent = template_of(row, challenges.criteria(row.id), [], now=now, holidays=uk_bank_holidays)
    text = template_body(lent)
    assert read_template(text).names_hidden
    older = json.loads(text)
    del older["judging"]["names_hidden"]
    assert not read_template(json.dumps(older)).names_hidden


def test_mail_to_a_judge_names_nobody(app: Flask, now) -> None:
    setting = hidden_round(now)
    declare_all(setting, now)
    card = db.session.get_one(Scorecard, setting.card(1, 0))
    with transaction():
        operations.report(
            setting.actor(setting.judges[1]), card_id=card.id, interest="I know their style well.", now=now
        )
    (waits,) = [row for row in queries.declarations(setting.challenge) if row.interest]
    with transaction():
        operations.decide(
            setting.actor(setting.lead),
            reference=setting.reference,
            declaration_id=waits.id,
            recuse=False,
            reason="Knowing a style is no interest.",
            now=now,
        )
    told = {m.kind: render(m, now=now) for m in mail.to_person(setting.judges[1])}
    letter = told["judge_interest_decided"]
    assert letter is not None
    assert "You told us about an interest in a supplier" in str(letter)
    assert MARKER not in str(told.values())
