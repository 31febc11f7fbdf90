"""Teams: inviting people by e-mail, partners of other organisations, and who may not be let in."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from pitchfest.accounts import queries as accounts
from pitchfest.accounts.models import Membership, Person
from pitchfest.db import db, transaction
from pitchfest.kernel.actor import Role
from pitchfest.kernel.errors import Conflict, NotAllowed, NotFound, RuleViolation
from pitchfest.mail import queries as mail
from pitchfest.mail.models import OutboxMessage
from pitchfest.pitches import operations, queries
from pitchfest.pitches.models import PitchInvitation, PitchMember
from pitchfest.pitches.notices import KINDS
from pitchfest.pitches.operations import privacy
from pitchfest.pitches.queries import sealed, team
from pitchfest.pitches.rules.states import PitchRight
from pitchfest.pitches.rules.teams import INVITATION_LASTS, MOST_A_DAY, MOST_OPEN
from tests.pitches.cast import actor, closing, read_mail, save, sent, started, told, write
from tests.support import builders

STRANGER = "mo@elsewhere.example"


def invite(cast, pitch, now, email=STRANGER, right=PitchRight.EDIT, *, by=None):
    """Invite an address; the invitation's id."""
    write(operations.invite, by or cast.rosa, reference=pitch, email=email, right=right, now=now)
    return db.session.scalars(select(PitchInvitation.id).order_by(PitchInvitation.id.desc())).first()


def join(who, invitation, now):
    return write(operations.join, who, invitation_id=invitation, now=now)


def partner(cast, pitch, now, right=PitchRight.EDIT, *, who=None):
    """Gwen of Gannet, or who is named, who said yes to an invitation to Kestrel's pitch."""
    who = who or cast.gwen
    join(who, invite(cast, pitch, now, email=address(who), right=right), now)
    return who


def address(person):
    return db.session.get_one(Person, person).email


def mailed():
    """The newest invitation in the outbox."""
    rows = select(OutboxMessage.id).where(OutboxMessage.kind == "pitch_invitation")
    return mail.message(db.session.scalars(rows.order_by(OutboxMessage.id.desc())).first() or 0)


def fresh_token(now):
    """The token of a fresh link, as the newest invitation's delivery makes it."""
    mint = KINDS["pitch_invitation"].mint
    assert mint is not None
    message = mailed()
    with transaction():
        return mint(message, now).rpartition("/")[2]


def right_of(person, pitch, now):
    return sealed.own(actor=actor(person), now=now, reference=pitch).right


# Inviting.


def test_an_invited_partner_has_the_right_that_was_meant_and_no_more(app, cast, now):
    pitch = sent(cast, now)
    assert right_of(cast.gwen, pitch, now) is None
    assert join(cast.gwen, invite(cast, pitch, now, email=f" {address(cast.gwen).upper()} "), now) == pitch
    assert right_of(cast.gwen, pitch, now) == PitchRight.EDIT
    save(pitch, 2, "Gannet brings its maps.", cast.gwen, now)
    with pytest.raises(NotAllowed):
        write(operations.submit, cast.gwen, reference=pitch, declared=True, expected_version=None, now=now)
    (found,) = [
        m for m in team.members(sealed.own(actor=actor(cast.rosa), now=now, reference=pitch).id) if m.partner
    ]
    assert (found.person_id, found.right) == (cast.gwen, PitchRight.EDIT)


def test_a_colleague_who_says_yes_is_no_partner(app, cast, now):
    pitch = sent(cast, now)
    join(cast.imran, invite(cast, pitch, now, email=address(cast.imran)), now)
    member = db.session.scalars(select(PitchMember).where(PitchMember.person_id == cast.imran)).one()
    assert not member.partner


def test_an_invitation_never_makes_a_right_smaller(app, cast, now):
    pitch = sent(cast, now)
    invitation = invite(cast, pitch, now, email=address(cast.imran), right=PitchRight.VIEW)
    give = {"reference": pitch, "person_id": cast.imran, "right": PitchRight.SUBMIT}
    write(operations.give_right, cast.rosa, now=now, **give)
    join(cast.imran, invitation, now)
    assert right_of(cast.imran, pitch, now) == PitchRight.SUBMIT


@pytest.mark.parametrize(
    ("email", "says"),
    [
        ("not an address", "in full"),
        (None, "your own address"),
        ("imran", "can see the pitch already"),
        (STRANGER, "is invited already"),
    ],
)
def test_whom_one_cannot_invite(app, cast, now, email, says):
    pitch = sent(cast, now)
    invite(cast, pitch, now)
    write(
        operations.give_right,
        cast.rosa,
        reference=pitch,
        person_id=cast.imran,
        right=PitchRight.VIEW,
        now=now,
    )
    email = {None: address(cast.rosa), "imran": address(cast.imran)}.get(email, email)
    with pytest.raises(RuleViolation, match=says) as refusal:
        invite(cast, pitch, now, email=email)
    assert refusal.value.problems[0].field == "email"


def test_so_many_are_open_at_once_and_so_many_go_in_a_day(app, cast, now):
    pitch = sent(cast, now)
    for number in range(MOST_OPEN):
        last = invite(cast, pitch, now, email=f"{number}@elsewhere.example")
    with pytest.raises(RuleViolation, match="are open"):
        invite(cast, pitch, now)
    write(operations.take_back_invitation, cast.rosa, reference=pitch, invitation_id=last, now=now)
    with pytest.raises(RuleViolation, match=f"invited {MOST_A_DAY} people within a day"):
        invite(cast, pitch, now)
    invite(cast, pitch, now + timedelta(days=1, minutes=1))


def test_nobody_is_mailed_twice_a_day_by_taking_back_and_inviting_again(app, cast, now):
    pitch = sent(cast, now)
    first = invite(cast, pitch, now)
    write(operations.take_back_invitation, cast.rosa, reference=pitch, invitation_id=first, now=now)
    with pytest.raises(RuleViolation, match="within a day"):
        invite(cast, pitch, now + timedelta(hours=1))
    again = invite(cast, pitch, now + timedelta(days=2))
    asked = {"reference": pitch, "invitation_id": again}
    with pytest.raises(RuleViolation, match="today already"):
        write(operations.invite_again, cast.rosa, now=now + timedelta(days=2, hours=1), **asked)


def test_nobody_invites_to_a_withdrawn_pitch(app, cast, now):
    pitch = sent(cast, now)
    write(operations.withdraw, cast.rosa, reference=pitch, now=now)
    with pytest.raises(Conflict, match="withdrawn"):
        invite(cast, pitch, now)


# The message.


def test_the_message_names_the_challenge_and_who_asks_and_holds_no_words(app, cast, now):
    pitch = sent(cast, now, words="A secret way with gullies.")
    invitation = invite(cast, pitch, now, email=address(cast.gwen))
    words = read_mail(app, cast.gwen, now, "pitch_invitation")
    assert words.subject == "You are invited to work on a pitch"
    assert "Rosa Whitfield of Kestrel Rounds" in words.body
    assert cast.reference in words.body
    assert "secret way" not in words.body
    assert pitch not in words.body
    row = db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "pitch_invitation")).one()
    assert (row.about_sealed, row.address, row.person_id) == (True, None, cast.gwen)
    assert row.ids == f'{{"invitation": {invitation}}}'


def test_a_message_to_someone_without_account_forgets_the_address(app, cast, now):
    invite(cast, sent(cast, now), now)
    row = db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "pitch_invitation")).one()
    assert (row.about_sealed, row.address) == (True, STRANGER)
    assert KINDS["pitch_invitation"].forgets_address


def test_an_invitation_that_ended_is_not_delivered(app, cast, now):
    pitch = sent(cast, now)
    invitation = invite(cast, pitch, now, email=address(cast.gwen))
    write(operations.take_back_invitation, cast.rosa, reference=pitch, invitation_id=invitation, now=now)
    assert team.invitation_to_send(invitation, now) is None


# Saying yes.


def test_only_the_newest_link_works(app, cast, now):
    invitation = invite(cast, sent(cast, now), now, email=address(cast.gwen))
    old = fresh_token(now)
    new = fresh_token(now)
    assert team.invited(old, actor(cast.gwen), now) is None
    found = team.invited(new, actor(cast.gwen), now)
    assert found is not None
    assert found.id == invitation
    assert db.session.get_one(PitchInvitation, invitation).token_hash == accounts.digest(new)


def test_another_person_and_a_second_time_find_nothing(app, cast, now):
    pitch = sent(cast, now)
    invitation = invite(cast, pitch, now, email=address(cast.gwen))
    mallory = builders.a_person("Mallory Pike", organisation=builders.an_organisation("Pike Ltd"))
    with pytest.raises(NotFound):
        join(mallory, invitation, now)
    join(cast.gwen, invitation, now)
    with pytest.raises(NotFound):
        join(mallory, invitation, now)
    write(operations.take_right, cast.rosa, reference=pitch, person_id=cast.gwen, now=now)
    assert join(cast.gwen, invitation, now) == pitch
    assert right_of(cast.gwen, pitch, now) is None, "a link that was used lets nobody in again"
    assert db.session.get_one(PitchInvitation, invitation).email == ""


def test_one_that_was_taken_back_or_is_too_old_lets_nobody_in(app, cast, now):
    pitch = sent(cast, now)
    invitation = invite(cast, pitch, now, email=address(cast.gwen))
    with pytest.raises(NotAllowed, match="too old"):
        join(cast.gwen, invitation, now + INVITATION_LASTS)
    later = now + INVITATION_LASTS + timedelta(days=1)
    write(operations.invite_again, cast.rosa, reference=pitch, invitation_id=invitation, now=later)
    write(operations.take_back_invitation, cast.rosa, reference=pitch, invitation_id=invitation, now=later)
    with pytest.raises(NotFound):
        join(cast.gwen, invitation, later)
    with pytest.raises(Conflict):
        write(operations.invite_again, cast.rosa, reference=pitch, invitation_id=invitation, now=later)


def on_the_panel(cast, now):
    judge = builders.a_person("Judith Crane", organisation=cast.gannet)
    builders.a_panel_member(challenge=cast.challenge, person=judge, invited_by=cast.lead, now=now)
    return judge


def of_the_region(_cast, _now):
    return builders.a_person("Ben Both", Role.OBSERVER, organisation=builders.an_organisation("Both Ltd"))


def an_administrator(cast, _now):
    return cast.admin


def of_no_supplier(_cast, _now):
    return builders.a_person("Nora Nobody")


@pytest.mark.parametrize(
    ("whom", "says"),
    [
        (on_the_panel, "on the panel"),
        (of_the_region, "work for the region"),
        (an_administrator, "work for the region"),
        (of_no_supplier, "belong to none"),
    ],
)
def test_nobody_on_the_side_that_buys_is_let_in_and_is_told_why(app, cast, now, whom, says):
    pitch, person = sent(cast, now), whom(cast, now)
    invitation = invite(cast, pitch, now, email=address(person))
    with pytest.raises(NotAllowed, match=says):
        join(person, invitation, now)
    assert right_of(person, pitch, now) is None


def test_who_invites_learns_nothing_about_whom(app, cast, now):
    """A judge, an administrator and a stranger: the same answer, and the same row in the list."""
    pitch, judge = sent(cast, now), on_the_panel(cast, now)
    for email in (address(judge), address(cast.admin), STRANGER):
        invite(cast, pitch, now, email=email)
    own = sealed.own(actor=actor(cast.rosa), now=now, reference=pitch)
    assert {(i.right, i.is_open(now)) for i in team.invitations(own.id)} == {(PitchRight.EDIT, True)}


def test_whoever_is_let_in_counts_as_tied_to_a_supplier_where_pitches_are_opened(app, cast, now):
    person = partner(cast, sent(cast, now), now)
    assert accounts.has_supplier_ties(person, now)


# Being on the team.


def test_a_partner_loses_access_at_once_when_taken_off_or_out_of_their_own_firm(app, cast, now):
    pitch = sent(cast, now)
    partner(cast, pitch, now)
    membership = db.session.scalars(select(Membership).where(Membership.person_id == cast.gwen)).one()
    membership.until_at = now
    db.session.commit()
    assert right_of(cast.gwen, pitch, now) is None
    membership.until_at = None
    db.session.commit()
    assert right_of(cast.gwen, pitch, now) == PitchRight.EDIT
    write(operations.take_right, cast.rosa, reference=pitch, person_id=cast.gwen, now=now)
    assert right_of(cast.gwen, pitch, now) is None
    with pytest.raises(NotFound):
        save(pitch, 2, "Still here?", cast.gwen, now)


def test_whoever_leaves_for_a_rival_with_a_pitch_keeps_no_right(app, cast, now):
    pitch = sent(cast, now)
    write(operations.start, cast.gwen, challenge=cast.reference, organisation_id=cast.gannet, now=now)
    for person in (cast.rosa, cast.imran):
        row = db.session.scalars(select(Membership).where(Membership.person_id == person)).one()
        row.until_at = now
    for person in (cast.rosa, cast.imran):
        db.session.add(Membership(organisation_id=cast.gannet, person_id=person, is_owner=False, from_at=now))
    db.session.commit()
    assert {right_of(person, pitch, now) for person in (cast.rosa, cast.imran)} == {None}
    with pytest.raises(NotFound):
        save(pitch, 2, "We changed sides", cast.rosa, now)


def test_a_partner_who_may_send_neither_invites_nor_takes_anyone_off(app, cast, now):
    pitch = sent(cast, now)
    partner(cast, pitch, now, PitchRight.SUBMIT)
    with pytest.raises(NotAllowed, match="Only people of the organisation"):
        invite(cast, pitch, now, by=cast.gwen)
    with pytest.raises(NotAllowed, match="Only people of the organisation"):
        write(operations.take_right, cast.gwen, reference=pitch, person_id=cast.rosa, now=now)
    write(operations.take_right, cast.gwen, reference=pitch, person_id=cast.gwen, now=now)
    assert right_of(cast.gwen, pitch, now) is None


def test_someone_of_the_organisation_can_always_send(app, cast, now):
    pitch = sent(cast, now)
    partner(cast, pitch, now, PitchRight.SUBMIT)
    with pytest.raises(RuleViolation, match="Someone of the organisation"):
        write(operations.take_right, cast.rosa, reference=pitch, person_id=cast.rosa, now=now)
    give = {"reference": pitch, "right": PitchRight.SUBMIT}
    write(operations.give_right, cast.rosa, person_id=cast.imran, now=now, **give)
    write(operations.take_right, cast.rosa, reference=pitch, person_id=cast.rosa, now=now)
    assert right_of(cast.imran, pitch, now) == PitchRight.SUBMIT


def test_a_partners_right_is_changed_like_any_other_and_stays_a_partners(app, cast, now):
    pitch = sent(cast, now)
    partner(cast, pitch, now, PitchRight.VIEW)
    give = {"reference": pitch, "person_id": cast.gwen, "right": PitchRight.SUBMIT}
    write(operations.give_right, cast.rosa, now=now, **give)
    row = db.session.scalars(
        select(PitchMember).where(PitchMember.person_id == cast.gwen, PitchMember.until_at.is_(None))
    ).one()
    assert (row.right, row.partner) == (PitchRight.SUBMIT, True)


# What the team is sent.


def test_receipts_go_to_everyone_who_writes_partners_too(app, cast, now):
    pitch = started(cast, now)
    partner(cast, pitch, now)
    reader = {"reference": pitch, "person_id": cast.imran, "right": PitchRight.VIEW}
    write(operations.give_right, cast.rosa, now=now, **reader)
    sent(cast, now)
    assert told("pitch_receipt") == sorted([cast.rosa, cast.gwen])
    assert "What you sent" in read_mail(app, cast.gwen, now, "pitch_receipt").body


def test_at_closing_what_was_not_sent_goes_to_everyone_who_writes(app, cast, now):
    pitch = started(cast, now)
    partner(cast, pitch, now)
    save(pitch, 1, "Half a thought about gullies.", cast.gwen, now)
    later = closing(cast) + timedelta(minutes=3)
    with transaction():
        operations.seal_at_closing(cast.challenge, now=later)
    assert told("pitch_closed") == sorted([cast.rosa, cast.gwen])
    assert "Half a thought about gullies." in read_mail(app, cast.gwen, later, "pitch_closed").body


def test_the_letter_goes_to_the_organisation_alone(app, cast, now):
    pitch = sent(cast, now)
    partner(cast, pitch, now, PitchRight.SUBMIT)
    row = sealed.own(actor=actor(cast.rosa), now=now, reference=pitch)
    assert queries.member_ids([row.id]) == {row.id: [cast.rosa]}
    assert cast.gwen in queries.holders(cast.challenge), "news of the challenge goes to partners too"


# Forgetting.


def test_what_is_over_is_forgotten_after_a_while(app, cast, now):
    pitch = sent(cast, now)
    invite(cast, pitch, now)
    partner(cast, pitch, now)
    db.session.remove()
    assert operations.sweep_invitations(lambda: now + timedelta(days=1)) == 0
    assert operations.sweep_invitations(lambda: now + timedelta(days=200)) == 2


def test_an_erased_person_is_invited_no_more(app, cast, now):
    invitation = invite(cast, sent(cast, now), now, email=address(cast.gwen))
    other = invite(cast, started(cast, now), now)
    with transaction():
        privacy.erase(cast.gwen, now)
    ended = db.session.get_one(PitchInvitation, invitation, populate_existing=True)
    assert (ended.email, ended.ended_at) == ("", now)
    assert db.session.get_one(PitchInvitation, other, populate_existing=True).email == STRANGER
