"""What judging holds about a person, and what an erasure would come to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import case, exists, func, or_, select

from pitchfest.accounts.models import Organisation
from pitchfest.challenges.models import Challenge, Criterion
from pitchfest.challenges.rules import ChallengeState
from pitchfest.db import db
from pitchfest.judging.models import (
    AgendaItem,
    AgreedScore,
    BriefingRead,
    BroughtCard,
    BroughtFile,
    ChallengeSkill,
    Declaration,
    JudgeAway,
    JudgeCapacity,
    JudgeSkill,
    PanelMember,
    Score,
    Scorecard,
)
from pitchfest.judging.queries.further import own_further
from pitchfest.judging.queries.names import names_kept
from pitchfest.judging.queries.pay import own_payments, payments_in_erasing
from pitchfest.judging.queries.register import register_lines
from pitchfest.judging.queries.rounds import IN_PLAY
from pitchfest.judging.queries.trial import own_trials, trials_of
from pitchfest.judging.rules.cards import Mark, shown
from pitchfest.judging.rules.refusals import WORDS
from pitchfest.judging.rules.scoring import points_text
from pitchfest.judging.rules.skills import LEVEL_NAMES
from pitchfest.judging.rules.states import COUNTED, CardState, DeclarationState
from pitchfest.kernel.clock import say_day
from pitchfest.kernel.privacy import Erasing, Remains, Section
from pitchfest.kernel.text import plural
from pitchfest.pitches.models import Pitch

_DECLARED = {
    DeclarationState.CLEARED: "Nothing to declare",
    DeclarationState.INTEREST: "An interest, not decided yet",
    DeclarationState.ASKED: "You are asked to say it again",
    DeclarationState.CLEARED_BY_LEAD: "An interest; you may judge",
    DeclarationState.CLEARED_WITH_CONDITIONS: "An interest; you may judge, with conditions",
    DeclarationState.RECUSED: "An interest; you do not judge",
}
_CHAIR_NEEDED = (
    ChallengeState.JUDGING,
    ChallengeState.MODERATION,
    ChallengeState.RECOMMENDED,
    ChallengeState.DECIDED,
)


def sections(person_id: int, _now: datetime) -> list[Section]:
    """Register of interests, panels, skills and time, declarations, payments, and what the person wrote as a
    judge or for the panel; eleven statements.
    """
    return [
        _register(person_id),
        _panels(person_id),
        _skills(person_id),
        _time(person_id),
        _declarations(person_id),
        _scores(person_id),
        _brought(person_id),
        _agreed(person_id),
        own_further(person_id),
        own_payments(person_id),
        own_trials(person_id),
    ]


def _register(person_id: int) -> Section:
    return Section(
        "Your register of interests",
        ("Organisation or person", "What", "Since", "Until", "Your words", "Written", "Replaced"),
        tuple(
            (
                line.entry.party,
                line.entry.kind_name,
                *(say_day(day) if day else None for day in (line.entry.since, line.entry.until)),
                line.entry.words,
                line.at,
                line.replaced_at,
            )
            for line in register_lines(person_id)
        ),
    )


def _panels(person_id: int) -> Section:
    rows = db.session.execute(
        select(
            Challenge.reference,
            case((Challenge.published_at.is_not(None), Challenge.title), else_="Not public yet"),
            PanelMember.is_chair,
            PanelMember.invited_at,
            PanelMember.accepted_at,
            PanelMember.released_at,
            BriefingRead.read_at,
            PanelMember.refusal,
            case((PanelMember.refusal.is_not(None), PanelMember.release_reason), else_=""),
        )
        .join(Challenge, Challenge.id == PanelMember.challenge_id)
        .outerjoin(BriefingRead, BriefingRead.member_id == PanelMember.id)
        .where(PanelMember.person_id == person_id)
        .order_by(PanelMember.id)
    )
    return Section(
        "Panels you judge on, or were asked to",
        (
            *("Challenge", "Title", "As", "Invited", "Accepted", "Left", "Read the briefing"),
            *("Why you said no", "Your words"),
        ),
        tuple(
            (
                *row[:2],
                "Chair" if row.is_chair else "Judge",
                *row[3:7],
                WORDS[row.refusal] if row.refusal else "",
                row[8],
            )
            for row in rows
        ),
    )


def _skills(person_id: int) -> Section:
    rows = db.session.execute(
        select(Challenge.reference, ChallengeSkill.name, JudgeSkill.level)
        .join(ChallengeSkill, ChallengeSkill.challenge_id == Challenge.id)
        .join(JudgeSkill, JudgeSkill.skill_id == ChallengeSkill.id)
        .join(PanelMember, PanelMember.id == JudgeSkill.panel_member_id)
        .where(PanelMember.person_id == person_id, Challenge.published_at.is_not(None))
        .order_by(PanelMember.id, ChallengeSkill.id)
    )
    return Section(
        "What you know that pitches may ask for",
        ("Challenge", "Skill", "How well"),
        tuple((r.reference, r.name, LEVEL_NAMES[r.level]) for r in rows),
    )


def _time(person_id: int) -> Section:
    rows = db.session.execute(
        select(
            Challenge.reference,
            JudgeCapacity.pitch_limit,
            JudgeAway.since,
            JudgeAway.until,
            JudgeCapacity.changed_at,
        )
        .join(PanelMember, PanelMember.challenge_id == Challenge.id)
        .join(JudgeCapacity, JudgeCapacity.panel_member_id == PanelMember.id)
        .outerjoin(JudgeAway, JudgeAway.panel_member_id == PanelMember.id)
        .where(PanelMember.person_id == person_id)
        .order_by(PanelMember.id, JudgeAway.since, JudgeAway.id)
    )
    return Section(
        "How many pitches you take, and when you are away",
        ("Challenge", "At most", "Away from", "Until", "Said"),
        tuple(
            (r[0], r.pitch_limit, *(say_day(day) if day else None for day in (r.since, r.until)), r[4])
            for r in rows
        ),
    )


def _declarations(person_id: int) -> Section:
    """With no supplier's name while a round is judged without names, and in an order that tells none: a judge
    who says something on a scorecard would find their words beside the name here.
    """
    kept = names_kept()
    rows = db.session.execute(
        select(
            Challenge.reference,
            case((kept, "Not told before the letters"), else_=Organisation.name),
            Declaration.state,
            Declaration.interest,
            Declaration.declared_at,
        )
        .join(PanelMember, PanelMember.id == Declaration.panel_member_id)
        .join(Challenge, Challenge.id == PanelMember.challenge_id)
        .join(Pitch, Pitch.id == Declaration.pitch_id)
        .join(Organisation, Organisation.id == Pitch.organisation_id)
        .where(PanelMember.person_id == person_id)
        .order_by(
            Challenge.id,
            case((kept, Declaration.declared_at)),
            case((kept, Declaration.interest)),
            Declaration.id,
        )
    )
    return Section(
        "What you declared about suppliers",
        ("Challenge", "Supplier", "What", "Your words", "When"),
        tuple((r[0], r[1], _DECLARED[r.state], r.interest, r.declared_at) for r in rows),
    )


def _scores(person_id: int) -> Section:
    rows = db.session.execute(
        select(
            Challenge.reference,
            Pitch.reference.label("pitch"),
            Criterion.name,
            Score.hundredths,
            Score.unable,
            Score.reason,
            Score.at,
            Scorecard.signed_at,
            case((BroughtCard.scorecard_id.is_not(None), "Yes"), else_=""),
        )
        .join(Scorecard, Scorecard.id == Score.scorecard_id)
        .outerjoin(BroughtCard, BroughtCard.scorecard_id == Scorecard.id)
        .join(PanelMember, PanelMember.id == Scorecard.panel_member_id)
        .join(Pitch, Pitch.id == Scorecard.pitch_id)
        .join(Challenge, Challenge.id == Pitch.challenge_id)
        .join(Criterion, Criterion.id == Score.criterion_id)
        .where(PanelMember.person_id == person_id)
        .order_by(Score.scorecard_id, Criterion.position)
    )
    return Section(
        "Scores and reasons you wrote",
        ("Challenge", "Pitch", "Criterion", "Score", "Your reason", "Saved", "Signed off", "From a file"),
        tuple((r[0], r.pitch, r.name, shown(Mark(r.hundredths, "", r.unable)), *r[5:]) for r in rows),
    )


def _brought(person_id: int) -> Section:
    rows = db.session.execute(
        select(
            Challenge.reference,
            BroughtFile.name,
            BroughtFile.sha256,
            case((BroughtFile.by_id == person_id, "Brought"), else_="Confirmed"),
            BroughtFile.at,
            BroughtFile.confirmed_at,
        )
        .join(Challenge, Challenge.id == BroughtFile.challenge_id)
        .where(or_(BroughtFile.by_id == person_id, BroughtFile.confirmed_by_id == person_id))
        .order_by(BroughtFile.id)
    )
    return Section(
        "Files with scores of others that you brought or confirmed",
        ("Challenge", "File", "SHA-256", "What you did", "Brought", "Confirmed"),
        tuple(tuple(row) for row in rows),
    )


def _agreed(person_id: int) -> Section:
    rows = db.session.execute(
        select(
            Challenge.reference,
            Pitch.reference.label("pitch"),
            Criterion.name,
            AgreedScore.hundredths,
            AgreedScore.reason,
            AgreedScore.points,
            AgreedScore.dissent,
            AgreedScore.at,
        )
        .join(AgendaItem, AgendaItem.id == AgreedScore.item_id)
        .join(Challenge, Challenge.id == AgendaItem.challenge_id)
        .join(Pitch, Pitch.id == AgreedScore.pitch_id)
        .join(Criterion, Criterion.id == AgendaItem.criterion_id)
        .where(AgreedScore.by_id == person_id)
        .order_by(AgreedScore.id)
    )
    return Section(
        "What you recorded for the panel after scoring",
        ("Challenge", "Pitch", "Criterion", "Score", "Reason", "Points made", "Dissent", "Recorded"),
        tuple(
            (r[0], r.pitch, r.name, "" if r.hundredths is None else points_text(r.hundredths), *r[4:])
            for r in rows
        ),
    )


def _said(person_id: int) -> tuple[str, ...]:
    """What the person said about themselves to panels that ask them."""
    mine = PanelMember.person_id == person_id
    no = exists().where(mine, PanelMember.refusal.is_not(None), PanelMember.release_reason != "")
    time = exists().where(mine, JudgeCapacity.panel_member_id == PanelMember.id)
    said_no, said_time = db.session.execute(select(no, time)).one()
    return (
        *(("What you wrote when you said no to judging",) if said_no else ()),
        *(("What you said of your skills and days away",) if said_time else ()),
    )


def erasing(person_id: int, own: bool, _now: datetime) -> Erasing:
    """What erasing a judge means: open cards and a chair who is needed forbid it, signed cards stay."""
    mine = PanelMember.person_id == person_id
    open_in = db.session.execute(
        select(Challenge.reference)
        .join(PanelMember, PanelMember.challenge_id == Challenge.id)
        .outerjoin(
            Scorecard,
            (Scorecard.panel_member_id == PanelMember.id) & (Scorecard.state == CardState.ASSIGNED),
        )
        .outerjoin(Pitch, Pitch.id == Scorecard.pitch_id)
        .where(
            mine,
            PanelMember.released_at.is_(None),
            or_(
                Challenge.state.in_([ChallengeState.JUDGING, ChallengeState.MODERATION])
                & Pitch.state.in_(sorted(IN_PLAY)),
                PanelMember.is_chair & Challenge.state.in_(_CHAIR_NEEDED),
            ),
        )
        .distinct()
        .order_by(Challenge.reference)
    ).scalars()
    signed = db.session.execute(
        select(func.count())
        .select_from(Scorecard)
        .join(PanelMember, PanelMember.id == Scorecard.panel_member_id)
        .where(mine, Scorecard.state.in_(sorted(COUNTED)))
    ).scalar_one()
    declared = db.session.execute(
        select(func.count())
        .select_from(Declaration)
        .join(PanelMember, PanelMember.id == Declaration.panel_member_id)
        .where(mine)
    ).scalar_one()
    paid = payments_in_erasing(person_id)
    lines = len(register_lines(person_id)) if own else 0
    record = "Suppliers can ask how they were judged, and by whom. The law on public contracts asks for it."
    return Erasing(
        blockers=tuple(
            f"Judging of {reference} still needs {'you' if own else 'this judge'}. "
            "Ask the procurement lead to end that part first."
            for reference in open_in
        )
        + paid.blockers,
        goes=(
            *(("Your register of interests",) if lines else ()),
            *(("Scores of trial pitches",) if trials_of(person_id) else ()),
            *(_said(person_id) if own else ()),
        ),
        stays=tuple(
            Remains(what, record)
            for number, what in (
                (signed, f"{plural(signed, 'signed scorecard')} with the reasons, without the name"),
                (declared, f"{plural(declared, 'declaration')} of interest, without the name"),
            )
            if number
        )
        + paid.stays,
    )
