"""Further reviews as people meet them elsewhere: in files and mail, on first pages, on a card taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from pitchfest.accounts.models import Person, RoleGrant
from pitchfest.challenges.models import Challenge
from pitchfest.db import db, transaction
from pitchfest.judging import operations, queries
from pitchfest.judging.models import Declaration, PanelMember, Scorecard
from pitchfest.judging.queries.further import own_further
from pitchfest.judging.rules.states import CardState, DeclarationState
from pitchfest.kernel.actor import Role
from pitchfest.mail import queries as mail
from pitchfest.mail.rendering import render
from tests.judging.operations.test_further import WHY, ask, in_moderation, take_back
from tests.judging.operations.test_moderation import agree
from tests.judging.setting import Setting, fill
from tests.judging.views.test_everything import sheets
from tests.support import builders
from tests.support.signing_in import browser_of
from tests.support.statements import counted

BACK = "The judge fell ill this week."


def declared(setting: Setting, now: datetime, state: DeclarationState, *pitches: int) -> None:
    """What the judge who is free declared on these pitches, or what was decided on it."""
    of = Declaration.pitch_id.in_([setting.pitches[pitch] for pitch in pitches])
    db.session.execute(
        update(Declaration)
        .where(Declaration.panel_member_id == setting.members[3], of)
        .values(state=state, decided_by_id=setting.lead, decided_at=now, reason="Too close.")
    )


def staff(setting: Setting, now: datetime) -> None:
    db.session.add(RoleGrant(person_id=setting.judges[3], role=Role.APPROVER, granted_at=now))


def disabled(setting: Setting, now: datetime) -> None:
    db.session.execute(update(Person).where(Person.id == setting.judges[3]).values(disabled_at=now))


def gone(setting: Setting, now: datetime) -> None:
    member = db.session.get_one(PanelMember, setting.members[3])
    member.released_at, member.released_by_id, member.release_reason = now, setting.lead, "Ill for long."


def settled(setting: Setting, now: datetime) -> None:
    """One pitch is agreed on, and the judge declared an interest in the other."""
    (item,) = queries.agenda(setting.challenge)
    agree(setting, item.id, None, now)
    declared(setting, now, DeclarationState.INTEREST, 1)


D = DeclarationState


@pytest.mark.parametrize(
    ("change", "somebody"),
    [
        (lambda setting, now: None, True),  # noqa: ARG005
        (lambda setting, now: declared(setting, now, D.INTEREST, 0), True),
        (lambda setting, now: declared(setting, now, D.INTEREST, 0, 1), False),
        (lambda setting, now: declared(setting, now, D.RECUSED, 0), False),
        (staff, False),
        (disabled, False),
        (gone, False),
        (settled, False),
    ],
    ids=["nothing", "one", "both", "recused", "staff", "disabled", "gone", "settled"],
)
def test_pages_lead_to_asking_only_where_somebody_can_be_asked(
    app: Flask, now: datetime, change: Callable[[Setting, datetime], None], somebody: bool
) -> None:
    setting = in_moderation(now)
    change(setting, now)
    db.session.commit()
    may = queries.askable(setting.challenge, now)
    assert any(may.may_be_asked(pitch) for pitch in setting.pitches) == somebody
    lead, base = browser_of(app, setting.lead), f"/manage/challenges/{setting.reference}"
    for page in (f"{base}/results/certainty", f"{base}/moderation"):
        with counted() as seen:
            lead.get(page)
        assert len(seen) <= 12
        assert (f'href="{base}/further-reviews' in lead.html) == somebody, page
        assert ("Nobody is left to ask for one more review" in lead.text) != somebody, page


@pytest.mark.parametrize("hidden", [True, False])
def test_agenda_and_further_reviews_name_a_pitch_so_that_it_is_found_on_both(
    app: Flask, now: datetime, hidden: bool
) -> None:
    setting = in_moderation(now)
    db.session.execute(update(Challenge).values(names_hidden=hidden))
    db.session.commit()
    lead, base = browser_of(app, setting.lead), f"/manage/challenges/{setting.reference}"
    first, second = setting.pitch_reference(0), setting.pitch_reference(1)
    lead.get(f"{base}/moderation")
    assert (f"Pitch {first}" if hidden else f"Supplier A Ltd {first}") in lead.text
    lead.get(f"{base}/further-reviews")
    assert f"Supplier B Ltd, {second}" in lead.text, "to choose from"
    ask(setting, now)
    lead.get(f"{base}/further-reviews")
    assert f"Supplier B Ltd {second}" in lead.text, "in the list"


def test_the_file_of_everything_tells_what_came_of_each(app: Flask, now: datetime) -> None:
    setting = in_moderation(now, judges=5)
    ask(setting, now, pitch=0)
    fill(setting, 4, 0, (3, 3, 3), now)
    take_back(setting, ask(setting, now, pitch=1), now)
    signed, taken = sheets(browser_of(app, setting.lead), setting)["Further reviews"]
    assert (signed["Judge"], signed["Asked by"], signed["Why"]) == ("Judge E", "Leo Lead", WHY)
    assert (signed["State"], signed["Ended"], signed["Why ended"]) == ("Signed off", "", "")
    assert signed["Asked"] < signed["By when"]
    assert (taken["Pitch"], taken["State"]) == (setting.pitch_reference(1), "Taken back")
    assert (taken["Signed off"], taken["Why ended"]) == ("", BACK)
    assert taken["Ended"]


def test_a_further_review_is_late_by_its_own_date(app: Flask, now: datetime) -> None:
    setting = in_moderation(now)
    db.session.execute(update(Challenge).values(judging_deadline=now - timedelta(hours=1)))
    db.session.commit()
    card = ask(setting, now)
    fill(setting, 3, 1, (3, 3, 3), now)
    (asked,) = queries.further_reviews(setting.challenge)
    lead = browser_of(app, setting.lead)
    for signed_at, late in ((now, "no"), (asked.due_at + timedelta(minutes=1), "yes")):
        db.session.execute(update(Scorecard).where(Scorecard.id == card).values(signed_at=signed_at))
        db.session.commit()
        rows = sheets(lead, setting)["Assignments"]
        assert [row["Late"] for row in rows if row["Judge"] == "Judge D"] == [late]
        assert {row["Late"] for row in rows if row["Judge"] != "Judge D"} == {"yes"}


def test_everyones_own_copy_has_what_they_asked_for_and_were_asked(app: Flask, now: datetime) -> None:
    setting = in_moderation(now)
    pitch = setting.pitch_reference(1)
    take_back(setting, ask(setting, now), now)
    lead, judge, other = (
        own_further(person) for person in (setting.lead, setting.judges[3], setting.judges[1])
    )
    (row,) = [dict(zip(lead.columns, row, strict=True)) for row in lead.rows]
    assert (row["Pitch"], row["What"]) == (pitch, "You asked for it, You ended it")
    assert (row["Why you asked"], row["Why"]) == (WHY, BACK)
    (row,) = [dict(zip(judge.columns, row, strict=True)) for row in judge.rows]
    assert (row["Pitch"], row["What"], row["Asked"]) == (pitch, "You were asked for it", now)
    assert row["By when"] == queries.further_reviews(setting.challenge)[0].due_at
    assert (row["Why you asked"], row["You ended it"], row["Why"]) == ("", None, ""), "the lead's, not theirs"
    assert other.rows == ()


def test_nobody_is_asked_to_close_while_a_further_review_is_outstanding(app: Flask, now: datetime) -> None:
    setting = in_moderation(now)
    card = ask(setting, now)
    (item,) = queries.agenda(setting.challenge)
    agree(setting, item.id, None, now)
    runs = [setting.actor(person) for person in (setting.lead, setting.judges[0])]
    for actor in runs:
        (task,) = queries.waiting(actor, now)
        assert task.text.replace("\u00a0", " ").startswith("Waiting for 1 further review of “")
        assert (task.endpoint, task.button) == ("judging_manage.moderation", "Look")
    take_back(setting, card, now)
    for actor in runs:
        (task,) = queries.waiting(actor, now)
        assert task.text.startswith("Close moderation of")


def test_the_lead_hears_of_an_interest_in_what_was_asked_for(app: Flask, now: datetime) -> None:
    setting = in_moderation(now)
    card = ask(setting, now)
    with transaction():
        operations.report(
            setting.actor(setting.judges[3]), card_id=card, interest="My sister works there.", now=now
        )

    def mail_to(person: int) -> list[str]:
        with app.test_request_context():
            found = [m for m in mail.to_person(person) if m.kind == "judge_interest"]
            return [sheet.body for m in found if (sheet := render(m, now=now))]

    (body,) = mail_to(setting.lead)
    assert "one more review has declared an interest" in body
    assert f"/manage/challenges/{setting.reference}/further-reviews" in body
    assert "/conflicts" not in body
    assert "sister" not in body
    db.session.execute(update(Challenge).values(decision_maker_id=setting.lead))
    db.session.commit()
    assert mail_to(setting.lead) == [], "whoever decides reads nothing of moderation"
    db.session.execute(update(Challenge).values(decision_maker_id=setting.decider))
    db.session.commit()
    take_back(setting, card, now)
    assert mail_to(setting.lead) == [], "nothing waits any more"


def test_what_is_sent_after_it_was_taken_back_is_refused_plainly(app: Flask, now: datetime) -> None:
    setting = in_moderation(now)
    card = ask(setting, now)
    fill(setting, 3, 1, (2, 2, 2), now, sign=False)
    writes, signs = (browser_of(app, setting.judges[3]) for _ in range(2))
    writes.get(f"/judging/cards/{card}")
    signs.get(f"/judging/cards/{card}/sign")
    before = queries.marks(card)
    take_back(setting, card, now)
    told = "You are no longer asked to score this pitch. What you had saved stays in the record."
    typed = {**writes.form()["fields"], f"score-{setting.criteria[0]}": "5"}
    saved = writes.post(f"/judging/cards/{card}/autosave", data=typed, headers={"Accept": "application/json"})
    assert (saved.status_code, saved.json) == (403, {"said": f"Not saved. {told}"})
    assert signs.send(f"/judging/cards/{card}/sign", follow=False).status_code == 403
    assert told in signs.text
    assert queries.marks(card) == before
    row = db.session.get_one(Scorecard, card)
    assert (row.state, row.signed_at) == (CardState.RELEASED, None)


def test_nobody_else_signs_saves_asks_or_takes_back(app: Flask, now: datetime) -> None:
    setting = in_moderation(now, judges=5)
    card = ask(setting, now)
    db.session.add(RoleGrant(person_id=setting.judges[2], role=Role.LEAD, granted_at=now))
    decided = {"decided_by_id": setting.lead, "decided_at": now, "reason": "Too close."}
    db.session.execute(
        update(Declaration)
        .where(Declaration.panel_member_id == setting.members[2], Declaration.pitch_id == setting.pitches[0])
        .values(state=DeclarationState.RECUSED, **decided)
    )
    db.session.commit()
    fill(setting, 4, 1, (2, 2, 2), now, sign=False)
    before = queries.marks(card)
    asking = f"/manage/challenges/{setting.reference}/further-reviews"
    addresses = {
        f"/judging/cards/{card}/sign": {},
        f"/judging/cards/{card}/autosave": {f"score-{setting.criteria[0]}": "0"},
        asking: {"pitch": setting.pitch_reference(0), "judge": str(setting.members[4]), "why": WHY},
        f"{asking}/{card}/take-back": {"reason": BACK},
    }
    observer = builders.a_person("Oscar Observer", Role.OBSERVER)
    for person in (
        setting.judges[1],
        setting.judges[2],
        observer,
        setting.decider,
        setting.suppliers[1],
        setting.officer,
    ):
        mallory = browser_of(app, person)
        mallory.get("/account")
        assert mallory.page
        tokens = next(f["fields"] for f in mallory.page.forms if "csrf_token" in f["fields"])
        for address, sent in addresses.items():
            assert mallory.post(address, data={**tokens, **sent}).status_code == 404, (person, address)
    assert queries.marks(card) == before
    (row,) = queries.further_reviews(setting.challenge)
    assert (row.card_id, row.waits) == (card, True)
