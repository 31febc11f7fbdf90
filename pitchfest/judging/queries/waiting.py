"""What waits for a person in judging."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ScalarSelect,
    Select,
    String,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
)

from pitchfest.accounts.models import Organisation, Person, TwoPersonAct
from pitchfest.accounts.rules import ActKind, ActOutcome
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import RELEASED, ChallengeState
from pitchfest.db import db
from pitchfest.judging.models import (
    AgendaItem,
    AgreedScore,
    Declaration,
    FurtherReview,
    JudgePay,
    PanelMember,
    Scorecard,
)
from pitchfest.judging.queries.barriers import recused_here
from pitchfest.judging.queries.desk import DeskRound, desk
from pitchfest.judging.queries.leading import to_lead
from pitchfest.judging.queries.names import shown_name
from pitchfest.judging.queries.refusals import SHORT, short_panels
from pitchfest.judging.queries.rounds import IN_PLAY, sat_on_panel
from pitchfest.judging.rules.pay import PayState
from pitchfest.judging.rules.refusals import lacking
from pitchfest.judging.rules.states import CardState, DeclarationState
from pitchfest.kernel.actor import Actor, Role
from pitchfest.kernel.text import plural
from pitchfest.kernel.waiting import Waiting
from pitchfest.pitches.models import Pitch

_CHALLENGE = Challenge.__table__.c
_PITCH = Pitch.__table__.c
_CARD = Scorecard.__table__.c
_MEMBER = PanelMember.__table__.c
_DECLARED = Declaration.__table__.c
_ACT = TwoPersonAct.__table__.c
_ITEM, _AGREED = AgendaItem.__table__.c, AgreedScore.__table__.c
_PAY = JudgePay.__table__.c
_IN_PLAY = _PITCH.state.in_(sorted(IN_PLAY))


def waiting(actor: Actor, now: datetime) -> list[Waiting]:
    """What waits for this person as a judge, as the procurement lead, or as a second person."""
    judged = desk(actor.person_id, now) if "judge" in actor.parts else []
    found = [task for round_ in judged if (task := _for_judge(round_)) is not None]
    if actor.has(Role.LEAD):
        found += to_lead(actor.person_id, now)
    if actor.has(Role.LEAD, Role.OFFICER, Role.APPROVER):
        found += _to_confirm(actor)
    if actor.has(Role.LEAD, Role.OFFICER, Role.APPROVER) or "judge" in actor.parts:
        found += _in_moderation(actor)
    return found


def _for_judge(round_: DeskRound) -> Waiting | None:
    if round_.to_answer:
        return Waiting(
            f"Say whether you can judge “{round_.title}”",
            "Answer",
            "judging.answer",
            {"reference": round_.reference},
            since=round_.invited_at,
            blocks_others=True,
        )
    further = round_.further_due
    if round_.state != ChallengeState.JUDGING and not further:
        return None
    if round_.to_declare:
        return Waiting(
            f"Say whether you know {plural(round_.to_declare, 'supplier')} of “{round_.title}”",
            "Declare",
            "judging.declare",
            {"reference": round_.reference},
            since=round_.state_since,
            due=round_.judging_deadline,
            blocks_others=True,
        )
    if (card := round_.next_card) is None:
        return None
    if round_.tries_first:
        return Waiting(
            f"Score the trial pitch of “{round_.title}” before the real ones. It takes {round_.to_try}",
            "Score the trial pitch",
            "judging.trial",
            {"reference": round_.reference},
            since=round_.state_since,
            due=round_.judging_deadline,
        )
    ready = card.scored == round_.criteria
    more = "more " if further else ""
    what = f"{plural(round_.left, f'{more}pitch', f'{more}pitches')} {'' if further else 'left '}to score"
    return Waiting(
        f"{what} for “{round_.title}”",
        "Check and sign off" if ready else "Carry on scoring" if card.scored else "Start scoring",
        "judging.sign" if ready else "judging.card",
        {"card_id": card.card_id} | ({} if ready else {"_anchor": card.place_left}),
        since=round_.state_since,
        due=further or round_.judging_deadline,
        blocks_others=further is not None,
    )


def _further() -> ScalarSelect[int]:
    """How many reviews that were asked for after scoring are outstanding."""
    return (
        select(func.count(FurtherReview.scorecard_id))
        .join(Scorecard, _CARD.id == FurtherReview.scorecard_id)
        .join(Pitch, _PITCH.id == _CARD.pitch_id)
        .where(_PITCH.challenge_id == _CHALLENGE.id, _IN_PLAY, _CARD.state == CardState.ASSIGNED)
        .correlate(Challenge)
        .scalar_subquery()
    )


def _meetings(person_id: int) -> list[Any]:
    """Every round in moderation, but for its decision-maker and whoever is recused from it: how many answers
    and further reviews are open, the first answer that waits for this person as the second one, and whether
    they chair.
    """
    mine = and_(_MEMBER.challenge_id == _CHALLENGE.id, _MEMBER.person_id == person_id)
    out = exists().where(_DECLARED.panel_member_id == _MEMBER.id, _DECLARED.state == DeclarationState.RECUSED)
    newest = (
        select(func.max(_AGREED.id))
        .where(_AGREED.item_id == _ITEM.id)
        .correlate(AgendaItem)
        .scalar_subquery()
    )
    of_round = select(func.count(_ITEM.id)).join(Pitch, _PITCH.id == _ITEM.pitch_id)
    to_agree = (
        select(func.min(_ITEM.id))
        .join(AgreedScore, _AGREED.id == newest)
        .join(TwoPersonAct, _ACT.object == literal("agreed:") + cast(_AGREED.id, String))
        .where(_ACT.outcome == ActOutcome.PROPOSED, _ACT.proposer_id != person_id)
    )
    here = _ITEM.challenge_id == _CHALLENGE.id
    rows = db.session.execute(
        select(
            _CHALLENGE.reference,
            _CHALLENGE.title,
            _CHALLENGE.state_since,
            _CHALLENGE.decision_due,
            of_round.where(here, _IN_PLAY, newest.is_(None))
            .correlate(Challenge)
            .scalar_subquery()
            .label("left"),
            _further().label("further"),
            to_agree.where(here).correlate(Challenge).scalar_subquery().label("to_agree"),
            and_(_MEMBER.is_chair, _MEMBER.released_at.is_(None)).label("chairs"),
        )
        .outerjoin(PanelMember, mine)
        .where(
            _CHALLENGE.state == ChallengeState.MODERATION,
            func.coalesce(_CHALLENGE.decision_maker_id, 0) != person_id,
            ~out.correlate(PanelMember),
        )
        .order_by(_CHALLENGE.reference)
    )
    return list(rows)


def _in_moderation(actor: Actor) -> list[Waiting]:
    """Meetings that this person runs, as chair or lead, and scores that wait for them as a second person."""
    found = []
    for row in _meetings(actor.person_id):
        about = f"“{row.title}”"
        if row.chairs or actor.has(Role.LEAD):
            if row.left:
                text = f"Settle {plural(row.left, 'answer')} of {about}"
            elif row.further:
                text = f"Waiting for {plural(row.further, 'further review')} of {about}"
            else:
                text = f"Close moderation of {about}"
            found.append(
                Waiting(
                    text,
                    "Go to the agenda" if row.left else "Look",
                    "judging_manage.moderation",
                    {"reference": row.reference},
                    since=row.state_since,
                    due=row.decision_due,
                    blocks_others=True,
                )
            )
        if row.to_agree and (row.chairs or actor.has(Role.LEAD, Role.OFFICER, Role.APPROVER)):
            found.append(
                Waiting(
                    f"Agree, as the second person, to a score for {about} that no judge gave",
                    "Look",
                    "judging_manage.moderate",
                    {"reference": row.reference, "item_id": row.to_agree},
                    since=row.state_since,
                    blocks_others=True,
                )
            )
    return found


def _to_confirm(actor: Actor) -> list[Waiting]:
    """Fewer scorecards to agree to, or a judge's to set aside, but for whoever is recused, who hears of no
    count; for an approver scores from a file, of a round that is not theirs; claims for pay, and panels that
    lack somebody. One statement.
    """
    brought = and_(
        _ACT.kind == ActKind.BRING_SCORES,
        true() if actor.has(Role.APPROVER) else false(),
        func.coalesce(_CHALLENGE.decision_maker_id, 0) != actor.person_id,
        ~sat_on_panel(actor.person_id, _CHALLENGE.id).correlate(Challenge),
    )
    set_aside = and_(
        _ACT.kind == ActKind.SET_ASIDE,
        _IN_PLAY,
        _CHALLENGE.state.in_([ChallengeState.MODERATION, ChallengeState.RECOMMENDED]),
        func.coalesce(_CHALLENGE.decision_maker_id, 0) != actor.person_id,
        ~sat_on_panel(actor.person_id, _CHALLENGE.id).correlate(Challenge),
    )
    acts = (
        select(
            _CHALLENGE.reference,
            _CHALLENGE.title,
            _ACT.proposed_at.label("since"),
            _PITCH.reference.label("pitch"),
            shown_name(~sat_on_panel(actor.person_id, _CHALLENGE.id)).label("organisation"),
            Person.name.label("proposer"),
            case((_ACT.kind == ActKind.SET_ASIDE, literal(ActKind.SET_ASIDE.value))).label("kind"),
            literal(1).label("number"),
        )
        .select_from(TwoPersonAct)
        .outerjoin(Pitch, _ACT.object == literal("pitch:") + _PITCH.reference)
        .outerjoin(Organisation, Organisation.id == _PITCH.organisation_id)
        .join(
            Challenge,
            or_(
                _CHALLENGE.id == _PITCH.challenge_id,
                _ACT.object == literal("challenge:") + _CHALLENGE.reference,
            ),
        )
        .join(Person, Person.id == _ACT.proposer_id)
        .where(
            or_(
                or_(_ACT.kind == ActKind.FEWER_CARDS, brought) & (_CHALLENGE.state == ChallengeState.JUDGING),
                set_aside,
            ),
            _ACT.outcome == ActOutcome.PROPOSED,
            _ACT.proposer_id != actor.person_id,
            ~recused_here(actor.person_id),
        )
    )
    if actor.has(Role.LEAD, Role.OFFICER):
        acts = acts.union_all(_claims(actor.person_id), short_panels(actor))  # type: ignore[assignment]
    return [_second(row) for row in db.session.execute(acts.order_by("since", "reference", "pitch"))]


def _claims(person_id: int) -> Select[Any]:
    """How many claims for pay this person may accept, and how many that others accepted they may pay, by
    round, with the same columns as acts of two people.
    """
    own = or_(_MEMBER.person_id == person_id, _PAY.decided_by_id == person_id)
    return (
        select(
            _CHALLENGE.reference,
            _CHALLENGE.title,
            func.min(case((_PAY.state == PayState.CLAIMED, _PAY.claimed_at), else_=_PAY.decided_at)),
            *[cast(null(), String)] * 3,
            cast(_PAY.state, String),
            func.count(),
        )
        .select_from(JudgePay)
        .join(PanelMember, _MEMBER.id == _PAY.member_id)
        .join(Challenge, _CHALLENGE.id == _MEMBER.challenge_id)
        .where(
            _PAY.state.in_([PayState.CLAIMED, PayState.ACCEPTED]),
            _CHALLENGE.practice.is_(False),
            ~func.coalesce(own, false()),
            or_(_CHALLENGE.state.in_(sorted(RELEASED)), ~recused_here(person_id)),
        )
        .group_by(_CHALLENGE.reference, _CHALLENGE.title, _PAY.state)
    )


def _second(row: Any) -> Waiting:
    """What a second person is asked for: about pay, a panel, a pitch, or scores from a file."""
    if row.kind == ActKind.SET_ASIDE:
        text = f"{row.proposer} asks you to agree that a judge’s scores for {row.organisation} do not count"
        endpoint, values = "judging_manage.set_aside", {"reference": row.reference, "pitch": row.pitch}
    elif row.kind in SHORT:
        text = f"A judge of “{row.title}” said no: {lacking(row.number, chaired=SHORT[row.kind])}"
        endpoint, values = "judging_manage.panel", {"reference": row.reference}
    elif row.kind == PayState.CLAIMED:
        text = f"Accept or send back {plural(row.number, 'claim')} for judging “{row.title}”"
        endpoint, values = "judging_manage.payments", {"reference": row.reference}
    elif row.kind:
        text = f"Pay {plural(row.number, 'accepted claim')} for judging “{row.title}”, and note the payment"
        endpoint, values = "judging_manage.payments", {"reference": row.reference}
    elif row.pitch is None:
        text = f"{row.proposer} asks you to confirm scores from a file for “{row.title}”"
        endpoint, values = "judging_manage.confirm_scores", {"reference": row.reference}
    else:
        text = f"{row.proposer} asks you to agree to two scorecards for {row.organisation}"
        endpoint, values = "judging_manage.fewer", {"reference": row.reference, "pitch": row.pitch}
    return Waiting(text, "Look", endpoint, values, since=row.since, blocks_others=True)
