"""One supplier has longer, and until the opening nobody can tell whether it pitches."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from pitchfest.audit import queries as audit
from pitchfest.audit.rules import first_break, salted_hash
from pitchfest.challenges import operations as challenge_operations
from pitchfest.db import db, transaction
from pitchfest.kernel.clock import LONDON
from pitchfest.kernel.errors import NotAllowed, NotFound, RuleViolation, TooLate
from pitchfest.pitches import operations, queries
from pitchfest.pitches.models import PersonalExtension, Pitch, WaitingEntry
from pitchfest.pitches.queries import sealed
from pitchfest.pitches.rules.personal_extensions import LONGEST_PERSONAL
from tests.journeys.test_two_worlds import masked
from tests.pitches.another_way import SUPPLIER, brought
from tests.pitches.cast import (
    actor,
    closing,
    open_all,
    opening_record,
    read_mail,
    save,
    sending,
    sent,
    started,
    told,
    write,
)
from tests.support.signing_in import browser_of

HOURS, DAYS, MINUTES = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)
REASON = "She needs a screen reader and our form failed."


def lengthen(cast, now, *, who=None, organisation=None, closes_at=None, reason=REASON):
    write(
        operations.lengthen,
        who or cast.lead,
        reference=cast.reference,
        organisation_id=organisation or cast.kestrel,
        closes_at=closes_at or closing(cast) + 2 * DAYS,
        reason=reason,
        now=now,
    )


def settled(cast, at):
    """The clock's part, as the worker does it."""
    with transaction():
        challenge_operations.close(cast.challenge, at)
        for challenge_id in queries.due_to_seal(at):
            operations.seal_at_closing(challenge_id, at)


def submit(cast, pitch, now):
    write(operations.submit, cast.rosa, reference=pitch, declared=True, expected_version=None, now=now)


@pytest.mark.parametrize("by_the_worker", [False, True])
def test_whoever_has_longer_writes_and_sends_when_others_are_late(app, cast, now, by_the_worker):
    lengthen(cast, now)
    pitch = started(cast, now)
    other = started(cast, now, person=cast.gwen, organisation=cast.gannet)
    at = closing(cast) + HOURS
    if by_the_worker:
        settled(cast, at)
    with pytest.raises(TooLate, match="The challenge closed"):
        save(other, 1, "Some words.", cast.gwen, at)
    late = sent(cast, at)
    assert late == pitch
    row = sealed.own(actor=actor(cast.rosa), now=at, reference=pitch)
    assert (row.state, row.challenge_state, row.has_longer) == ("submitted", "open", True)
    after = closing(cast) + 2 * DAYS
    with pytest.raises(TooLate, match="You missed it by"):
        save(pitch, 1, "Some other words.", cast.rosa, after)
    row = sealed.own(actor=actor(cast.rosa), now=after, reference=pitch)
    assert (row.state, row.challenge_state) == ("sealed", "closed")


def test_a_pitch_can_be_started_in_the_longer_time_by_that_supplier_only(app, cast, now):
    lengthen(cast, now)
    at = closing(cast) + HOURS
    settled(cast, at)
    with pytest.raises(TooLate):
        started(cast, at, person=cast.gwen, organisation=cast.gannet)
    with pytest.raises(RuleViolation, match="one of your organisations"):
        started(cast, at, person=cast.gwen, organisation=cast.kestrel)
    pitch = sent(cast, at)
    assert sending(pitch, cast.rosa, at).at == at


def test_pitches_stay_sealed_until_the_last_supplier_is_over(app, cast, now):
    lengthen(cast, now)
    sent(cast, now, person=cast.gwen, organisation=cast.gannet)
    at = closing(cast) + 3 * MINUTES
    settled(cast, at)
    pitch = sent(cast, at)
    with pytest.raises(RuleViolation, match="A supplier has longer, until"):
        open_all(cast, at)
    over = closing(cast) + 2 * DAYS
    with pytest.raises(RuleViolation):
        open_all(cast, over + MINUTES)
    settled(cast, over + 3 * MINUTES)
    open_all(cast, over + 3 * MINUTES)
    assert {p.reference for p in queries.opened(cast.challenge)} >= {pitch}
    listed = {p["reference"]: p.get("longer_until") for p in opening_record(cast).record["pitches"]}
    assert [until is not None for until in (listed[pitch],)] == [True]
    assert sum(until is not None for until in listed.values()) == 1
    assert queries.count(cast.challenge, over + 5 * MINUTES) == 2


def test_between_closing_and_opening_no_number_is_told(app, cast, now):
    sent(cast, now, person=cast.gwen, organisation=cast.gannet)
    lengthen(cast, now)
    before, at = closing(cast) - MINUTES, closing(cast)
    assert queries.count(cast.challenge, before) == 1
    assert queries.numbers([cast.challenge], before)[cast.challenge].sent == 1
    assert queries.count(cast.challenge, at) is None
    assert queries.counts([cast.challenge], at) == {cast.challenge: None}
    settled(cast, at + 3 * MINUTES)
    assert not [e for e in audit.chain() if e["action"] == "pitches.seal"]
    # Opened again after an outage: what changed meanwhile must not show as a step in the numbers.
    db.session.remove()
    write(
        challenge_operations.propose_reopening,
        cast.lead,
        reference=cast.reference,
        closes_at=at + DAYS,
        incident="INC-1",
        reason="The service was down from ten until after the closing.",
        now=at + HOURS,
    )
    write(challenge_operations.reopen, cast.approver, reference=cast.reference, now=at + HOURS)
    assert queries.count(cast.challenge, at + HOURS) is None
    assert queries.numbers([cast.challenge], at + HOURS) == {}


def test_acts_in_the_longer_time_enter_the_log_with_the_opening(app, cast, now):
    lengthen(cast, now)
    at = closing(cast) + HOURS
    settled(cast, at)
    before = len(list(audit.chain()))
    pitch = sent(cast, at)
    assert len(list(audit.chain())) == before
    over = closing(cast) + 2 * DAYS + 3 * MINUTES
    open_all(cast, over)
    entries = [dict(e) for e in audit.chain()]
    assert first_break(entries)[1] is None
    acts = [e for e in entries if e["action"] in {"pitch.start", "pitch.submit"}]
    assert [e["action"] for e in acts] == ["pitch.start", "pitch.submit"]
    salt = db.session.scalars(select(Pitch.salt).where(Pitch.reference == pitch)).one()
    assert {e["object"] for e in acts} == {f"sealed:{salted_hash(salt, cast.rosa, cast.kestrel, pitch)}"}
    assert all(str(at.isoformat())[:16] in e["detail"] for e in acts), "each says when it was"
    assert acts[-1]["seq"] < next(e["seq"] for e in entries if e["action"] == "pitches.open")
    assert db.session.scalars(select(WaitingEntry)).all() == []


def test_what_came_by_post_in_the_longer_time_is_brought_for_that_supplier_alone(app, cast, now):
    """Also where the supplier writes a pitch here: bringing one must not find that out."""
    lengthen(cast, now)
    started(cast, now)
    at, until = closing(cast) + DAYS, closing(cast) + 2 * DAYS
    settled(cast, at)
    hers = replace(SUPPLIER, name="Kestrel ROUNDS")
    with pytest.raises(RuleViolation, match="The challenge closed at"):
        brought(cast, at, received_at=at - HOURS)
    with pytest.raises(RuleViolation, match="still to come"):
        brought(cast, at, supplier=hers, received_at=at + HOURS)
    before = len(list(audit.chain()))
    pitch = brought(cast, at, supplier=hers, received_at=at - HOURS)
    assert len(list(audit.chain())) == before, "the time of its entry would tell"
    over = until + 3 * MINUTES
    with pytest.raises(RuleViolation, match="This supplier had until"):
        brought(cast, over, supplier=replace(hers, name="Kestrel Rounds"), received_at=until + MINUTES)
    settled(cast, over)
    open_all(cast, over)
    listed = {p["reference"]: p for p in opening_record(cast).record["pitches"]}
    assert list(listed) == [pitch]
    assert listed[pitch]["how"] == "brought:email"
    assert "longer_until" in listed[pitch]
    assert [e for e in audit.chain() if e["action"] == "pitch.bring"]
    assert first_break(audit.chain())[1] is None


def test_the_page_says_who_may_bring_later(bare_app, browser, cast, now, clock):
    with bare_app.app_context():
        lengthen(cast, now)
        clock.go_to(closing(cast) + HOURS)
    officer = browser(cast.officer)
    officer.get(f"/manage/challenges/{cast.reference}/bring")
    assert "or later from a supplier that has longer" in officer.text
    assert "Kestrel Rounds, until" in officer.text


def test_the_log_names_the_supplier_and_keeps_the_reason_out(app, cast, now):
    lengthen(cast, now)
    entry = next(dict(e) for e in audit.chain() if e["action"] == "pitches.lengthen")
    assert f'"organisation":{cast.kestrel}' in entry["detail"]
    assert "screen reader" not in entry["detail"]


def test_the_suppliers_people_are_told_and_nobody_else(app, cast, now):
    lengthen(cast, now)
    assert told("personal_extension") == [cast.rosa, cast.imran]
    words = read_mail(app, cast.imran, now, "personal_extension").body
    assert "For everyone else it closes" in words
    assert "screen reader" not in words


def test_an_unsent_draft_goes_back_to_its_authors_when_their_own_time_is_over(app, cast, now):
    lengthen(cast, now)
    pitch = started(cast, now)
    save(pitch, 1, "Half a pitch.", cast.rosa, now)
    settled(cast, closing(cast) + 3 * MINUTES)
    assert told("pitch_closed") == []
    settled(cast, closing(cast) + 2 * DAYS + 3 * MINUTES)
    assert told("pitch_closed") == [cast.rosa]


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"closes_at": timedelta(0)}, "Enter a later time"),
        ({"closes_at": -HOURS}, "Enter a later time"),
        ({"closes_at": LONGEST_PERSONAL + HOURS}, "at most 28 days"),
        ({"reason": "She asked."}, "at least 5 words"),
        ({"organisation": 999_999}, "Choose a supplier"),
    ],
)
def test_what_cannot_be_granted_says_why(app, cast, now, values, words):
    if "closes_at" in values:
        values = {"closes_at": closing(cast) + values["closes_at"]}
    with pytest.raises(RuleViolation, match=words):
        lengthen(cast, now, **values)
    assert db.session.scalars(select(PersonalExtension)).all() == []


def test_one_supplier_has_one_at_a_time(app, cast, now):
    lengthen(cast, now)
    with pytest.raises(RuleViolation, match="has longer already"):
        lengthen(cast, now, closes_at=closing(cast) + 3 * DAYS)


@pytest.mark.parametrize("who", ["officer", "approver"])
def test_only_the_lead_grants_and_only_before_closing(app, cast, now, who):
    with pytest.raises(NotAllowed, match="The procurement lead does this"):
        lengthen(cast, now, who=getattr(cast, who))
    with pytest.raises(NotAllowed, match="while the challenge is open"):
        lengthen(cast, closing(cast))


@pytest.mark.parametrize("who", ["champion", "observer", "admin", "rosa"])
def test_others_do_not_even_see_that_it_can_be_granted(app, cast, now, who):
    with pytest.raises((NotAllowed, NotFound)):
        lengthen(cast, now, who=getattr(cast, who))


def test_what_is_taken_back_counts_no_more(app, cast, now):
    lengthen(cast, now)
    (row,) = queries.extensions_granted(cast.challenge)
    write(operations.take_back_extension, cast.lead, reference=cast.reference, extension_id=row.id, now=now)
    assert "was taken back" in read_mail(app, cast.rosa, now, "personal_extension").body
    pitch = started(cast, now)
    at = closing(cast) + MINUTES
    with pytest.raises(TooLate):
        save(pitch, 1, "Too late.", cast.rosa, at)
    assert queries.count(cast.challenge, at) == 0
    with pytest.raises(NotFound):
        write(
            operations.take_back_extension, cast.lead, reference=cast.reference, extension_id=row.id, now=now
        )


def test_an_extension_for_all_that_is_longer_wins(app, cast, now):
    lengthen(cast, now)
    write(
        challenge_operations.extend,
        cast.lead,
        reference=cast.reference,
        closes_at=closing(cast) + 9 * DAYS,
        reason="The site was down for two hours on Thursday.",
        now=now,
    )
    pitch = sent(cast, now)
    row = sealed.own(actor=actor(cast.rosa), now=now, reference=pitch)
    assert row.closes_at == closing(cast)
    assert not row.has_longer
    open_all(cast, closing(cast) + 3 * MINUTES)


# What staff and rivals get, before and after the supplier acts in its longer time.

WATCHED = (
    "/",
    "/challenges",
    "/challenges/{0}",
    "/manage/challenges",
    "/manage/challenges/{0}",
    "/manage/challenges/{0}/opening",
    "/manage/challenges/{0}/longer",
    "/manage/challenges/{0}/few-pitches",
    "/manage/challenges/{0}/assurance",
    "/overview",
    "/admin/outbox",
    "/admin/log",
    "/admin/people",
    "/admin/retention",
    "/healthz",
)


def pictures(app, cast):
    """Every watched page as each of these people gets it, without what differs at every reading."""
    seen = {}
    for who in ("officer", "lead", "approver", "observer", "champion", "admin", "gwen"):
        client = browser_of(app, getattr(cast, who))
        for page in WATCHED:
            response = client.get(page.format(cast.reference))
            seen[who, page] = (response.status_code, masked(page, response.get_data(as_text=True)))
    return seen


def test_nobody_can_tell_from_any_page_whether_the_supplier_acts(bare_app, cast, now, clock):
    with bare_app.app_context():
        sent(cast, now, person=cast.gwen, organisation=cast.gannet)
        lengthen(cast, now)
        at = closing(cast) + 5 * HOURS
        settled(cast, at)
        db.session.remove()
    clock.go_to(at)
    before = pictures(bare_app, cast)
    assert {page for (_, page), (status, _) in before.items() if status == 200} == set(WATCHED)
    with bare_app.app_context():
        pitch = sent(cast, at)
        save(pitch, 1, "Better words than those.", cast.rosa, at)
        submit(cast, pitch, at)
        db.session.remove()
    after = pictures(bare_app, cast)
    differing = [key for key in before if before[key] != after[key]]
    assert differing == []


# By hand.


def test_from_what_somebody_needs_to_a_pitch_in_the_longer_time(bare_app, cast, now, clock):
    with bare_app.app_context():
        closes_at = closing(cast)
    later = (closes_at + 2 * DAYS).astimezone(LONDON)
    lead, officer = browser_of(bare_app, cast.lead), browser_of(bare_app, cast.officer)
    page = f"/manage/challenges/{cast.reference}/longer"
    lead.fill(
        f"{page}/new?person={cast.rosa}",
        closes_at__day=str(later.day),
        closes_at__month=str(later.month),
        closes_at__year=str(later.year),
        closes_at__time=f"{later:%H:%M}",
        reason=REASON,
    )
    assert "The supplier’s people are being told" in lead.text
    assert "Kestrel Rounds" in lead.text
    officer.get(page)
    assert "The procurement lead does this" in officer.text
    assert "Take it back" not in officer.text
    clock.go_to(closes_at + HOURS)
    rosa, gwen = browser_of(bare_app, cast.rosa), browser_of(bare_app, cast.gwen)
    rosa.get(f"/challenges/{cast.reference}")
    assert "You have longer than others" in rosa.text
    gwen.get(f"/challenges/{cast.reference}")
    assert "longer than others" not in gwen.text
    rosa.fill(f"/challenges/{cast.reference}/start")
    assert "Closes for you" in rosa.text
    gwen.get(f"/challenges/{cast.reference}/start")
    assert "takes no more pitches" in gwen.text
