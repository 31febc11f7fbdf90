"""Who judges: inviting, the chair, leaving the panel, and deputies for a recused chair."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, exists, insert, select, update

from pitchfest.accounts import operations as accounts
from pitchfest.audit import operations as audit
from pitchfest.challenges import operations as challenges
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db
from pitchfest.judging import notices, queries
from pitchfest.judging.models import (
    BriefingRead,
    Declaration,
    Deputy,
    JudgePay,
    PanelMember,
    Scorecard,
    TrialScore,
)
from pitchfest.judging.operations.rounds import hashed, held, member, opened, reason_of
from pitchfest.judging.operations.sharing import share_out
from pitchfest.judging.operations.skills import forget_judges
from pitchfest.judging.rules import Permission, Round
from pitchfest.judging.rules.states import MAY_READ, CardState
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import NotFound, RuleViolation
from pitchfest.pitches import queries as pitches


def invite(actor: Actor, *, reference: str, name: str, email: str, now: datetime, chair: bool = False) -> int:
    """Ask someone to judge, with an account or without; the panel member's id.

    Who is named before the challenge is public gets the invitation when it is published.
    Raises RuleViolation for the decision-maker, for who is or was on the panel, for who knows scores from a
    file, and for oneself as the chair. Who said no can be asked again.
    """
    round_ = opened(actor, Permission.PANEL_EDIT, reference, now=now)
    about = queries.about(reference)
    person_id = accounts.invite_judge(actor, name=name, email=email, about=about, now=now)
    return add(actor, round_, person_id=person_id, now=now, chair=chair)


def invite_panel(challenge_id: int, reference: str, now: datetime) -> None:
    """Send the invitations of a panel that was named before its challenge was published."""
    judges = [row.person_id for row in queries.panel(challenge_id) if row.active]
    accounts.post_invitations(queries.about(reference), judges, now=now)


def add(actor: Actor, round_: Round, *, person_id: int, now: datetime, chair: bool) -> int:
    """Put a person on the panel; the panel member's id. The caller has authorised."""
    if person_id == round_.decision_maker_id:
        raise RuleViolation(
            "The brief names this person as the decision-maker, who cannot judge", field="email"
        )
    if queries.ever_assigned(person_id, round_.id):
        raise RuleViolation("This person is already on the panel, or was released from it", field="email")
    if pitches.typed_or_brought(person_id, round_.id):
        raise RuleViolation(
            "This person has promised to stay off this panel. Choose someone else", field="email"
        )
    if queries.knows_brought_scores(person_id, round_.id):
        raise RuleViolation(
            "This person brought or confirmed scores of other judges here. Choose someone else", field="email"
        )
    member_id = _seat(actor, round_, person_id, now=now)
    audit.record(actor, "judging.invite", f"challenge:{round_.reference}", now=now, person=person_id)
    if chair:
        _set_chair(actor, round_, member_id, person_id, now=now)
    if round_.state == ChallengeState.JUDGING:
        notices.ask_to_declare(round_.id, [person_id], now=now)
    return member_id


def _seat(actor: Actor, round_: Round, person_id: int, *, now: datetime) -> int:
    """A new place on the panel, or the one that its person said no to; the id. The log keeps the no."""
    asked = {
        "invited_by_id": actor.person_id,
        "invited_at": now,
        "released_at": None,
        "released_by_id": None,
        "release_reason": "",
        "refusal": None,
    }
    again: int | None = db.session.scalar(
        update(PanelMember)
        .where(
            PanelMember.challenge_id == round_.id,
            PanelMember.person_id == person_id,
            PanelMember.refusal.is_not(None),
        )
        .values(asked)
        .returning(PanelMember.id)
        .execution_options(synchronize_session=False)
    )
    if again is not None:
        db.session.expire_all()
        return again
    new = {"challenge_id": round_.id, "person_id": person_id, "is_chair": False, **asked}
    member_id: int = db.session.execute(
        insert(PanelMember).values(new).returning(PanelMember.id)
    ).scalar_one()
    return member_id


def make_chair(actor: Actor, *, reference: str, member_id: int, now: datetime) -> None:
    """Make a judge the one chair of the panel, in place of any other. Raises RuleViolation for oneself."""
    round_ = opened(actor, Permission.PANEL_EDIT, reference, now=now)
    row = member(round_, member_id)
    _set_chair(actor, round_, row.id, row.person_id, now=now)


def _set_chair(actor: Actor, round_: Round, member_id: int, person_id: int, *, now: datetime) -> None:
    if person_id == actor.person_id:
        raise RuleViolation("You cannot make yourself the chair. Someone else must name you.")
    db.session.execute(
        update(PanelMember)
        .where(PanelMember.challenge_id == round_.id)
        .values(is_chair=PanelMember.id == member_id)
        .execution_options(synchronize_session=False)
    )
    db.session.expire_all()
    audit.record(actor, "judging.make_chair", f"challenge:{round_.reference}", now=now, person=person_id)


def remove(actor: Actor, *, reference: str, member_id: int, now: datetime) -> None:
    """Take a judge off the panel who has neither declared anything nor been given a pitch; their invitation
    is taken back.
    """
    round_ = opened(actor, Permission.PANEL_EDIT, reference, now=now)
    row = member(round_, member_id)
    if _has_history(row.id):
        raise RuleViolation("This judge has begun. The procurement lead can release them, with a reason.")
    person_id = row.person_id
    forget_begun(member_id)
    db.session.execute(delete(PanelMember).where(PanelMember.id == member_id))
    accounts.end_invitations(actor, person_id=person_id, about=queries.about(reference), now=now)
    audit.record(actor, "judging.remove", f"challenge:{round_.reference}", now=now, person=person_id)
    if round_.state == ChallengeState.JUDGING:
        share_out(actor, round_, now=now)


def forget_begun(member_id: int) -> None:
    """Delete what a judge did, and what was agreed with them, before any declaration."""
    for table in (JudgePay, BriefingRead, TrialScore):
        db.session.execute(delete(table).where(table.member_id == member_id))
    forget_judges(select(PanelMember.id).where(PanelMember.id == member_id))


def _has_history(member_id: int) -> bool:
    return bool(
        db.session.scalar(
            select(
                exists().where(Declaration.panel_member_id == member_id)
                | exists().where(Scorecard.panel_member_id == member_id)
                | exists().where(JudgePay.member_id == member_id, JudgePay.claimed_at.is_not(None))
            )
        )
    )


def release(actor: Actor, *, reference: str, member_id: int, reason: str, now: datetime) -> None:
    """Let a judge go who fell ill or never signs: open cards end, signed ones stay and count.

    Where their pitches then have too few judges, the lead plans again who reads them.
    """
    round_ = opened(actor, Permission.PANEL_RELEASE, reference, now=now)
    row = member(round_, member_id)
    why = reason_of(reason)
    if row.person_id == actor.person_id:
        raise RuleViolation("Someone else must release you: you are this judge.")
    row.released_at, row.released_by_id, row.release_reason, row.is_chair = now, actor.person_id, why, False
    db.session.flush()
    ended = db.session.scalars(
        update(Scorecard)
        .where(Scorecard.panel_member_id == member_id, Scorecard.state == CardState.ASSIGNED)
        .values(
            state=CardState.RELEASED,
            version=Scorecard.version + 1,
            ended_at=now,
            ended_by_id=actor.person_id,
            end_reason=why,
        )
        .returning(Scorecard.id)
        .execution_options(synchronize_session=False)
    ).all()
    audit.record(
        actor,
        "judging.release",
        f"challenge:{round_.reference}",
        now=now,
        person=row.person_id,
        cards=sorted(ended),
        **hashed(why),
    )
    if round_.state == ChallengeState.JUDGING:
        share_out(actor, round_, now=now)


def name_decision_maker(
    actor: Actor,
    *,
    reference: str,
    person_id: int,
    reason: str,
    now: datetime,
    expected_version: int | None = None,
) -> None:
    """Name another decision-maker until a decision is recorded: neither judge, nor typist of a pitch.

    Raises NotFound for a recused judge; RuleViolation for who typed or brought one of the pitches, or scores;
    and otherwise as `challenges.operations.name_decision_maker` does.
    """
    found = queries.to_name_decider(actor=actor, now=now, reference=reference)
    held(found.id)
    if pitches.typed_or_brought(person_id, found.id):
        raise RuleViolation(
            "This person typed or brought a pitch for its supplier. Someone else must decide", field="person"
        )
    if queries.knows_brought_scores(person_id, found.id):
        raise RuleViolation(
            "This person brought or confirmed scores from a file here. Someone else must decide",
            field="person",
        )
    challenges.name_decision_maker(
        actor,
        reference=reference,
        person_id=person_id,
        reason=reason,
        was_on_panel=queries.ever_assigned(person_id, found.id),
        now=now,
        expected_version=expected_version,
    )


def name_deputy(actor: Actor, *, reference: str, pitch_reference: str, member_id: int, now: datetime) -> None:
    """Name who writes a pitch's explanations where the chair is recused from it."""
    round_ = opened(actor, Permission.NAME_DEPUTY, reference, now=now)
    pitch = next((p for p in queries.pitches_in_play(round_.id) if p.reference == pitch_reference), None)
    if pitch is None:
        raise NotFound
    row = member(round_, member_id)
    declared = queries.declaration_states(round_.id).get((row.id, pitch.id))
    if row.person_id == actor.person_id:
        raise RuleViolation("You cannot name yourself. Choose another judge", field="member")
    if row.is_chair or declared not in MAY_READ:
        raise RuleViolation(
            "Choose a judge who is cleared for this pitch and is not the chair", field="member"
        )
    db.session.execute(delete(Deputy).where(Deputy.pitch_id == pitch.id))
    db.session.add(
        Deputy(pitch_id=pitch.id, panel_member_id=row.id, named_by_id=actor.person_id, named_at=now)
    )
    audit.record(actor, "judging.name_deputy", f"pitch:{pitch.reference}", now=now, person=row.person_id)
    db.session.flush()
