"""The list of one's messages says what each is about, as far as one may still know."""

from __future__ import annotations

import re

from pitchfest.db import db
from pitchfest.pitches import operations
from tests.pitches.cast import sent, write
from tests.pitches.test_teams import partner
from tests.support.signing_in import browser_of


def test_a_message_names_its_pitch_to_who_has_a_right_on_it_and_to_nobody_else(bare_app, cast, now):
    with bare_app.app_context():
        pitch = sent(cast, now)
        partner(cast, pitch, now)
        write(operations.withdraw, cast.rosa, reference=pitch, now=now)
        db.session.remove()
    for person in (cast.rosa, cast.gwen):
        theirs = browser_of(bare_app, person)
        theirs.get("/account/messages")
        assert f"A pitch is withdrawn {pitch}, " in theirs.text
    with bare_app.app_context():
        write(operations.take_right, cast.rosa, reference=pitch, person_id=cast.gwen, now=now)
        db.session.remove()
    gwen = browser_of(bare_app, cast.gwen)
    gwen.get("/account/messages")
    assert "A pitch is withdrawn" in gwen.text
    assert pitch not in gwen.text
    newest = re.findall(r"/account/messages/[0-9a-f]{32}", gwen.html)[0]
    gwen.get(newest)
    assert "This message has had its day" in gwen.text
