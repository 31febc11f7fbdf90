"""Who may do what with a pitch. Being of its organisation gives nothing by itself."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Protocol

from pitchfest.challenges.rules import ChallengeState
from pitchfest.kernel.actor import Actor, Role
from pitchfest.kernel.permissions import ALLOWED, HIDDEN, PermissionTable, Predicate, Verdict, refused
from pitchfest.pitches.rules.another_way import HasEntry, HasSlip
from pitchfest.pitches.rules.states import RIGHTS, UNSENT, WAITING_TO_OPEN, PitchRight
from pitchfest.pitches.rules.teams import joins


class Permission(StrEnum):
    """Everything that this feature allows or refuses."""

    LIST = "pitch:list"
    START = "pitch:start"
    VIEW = "pitch:view"
    EDIT = "pitch:edit"
    SUBMIT = "pitch:submit"
    WITHDRAW = "pitch:withdraw"
    SHARE = "pitch:share"
    TAKE_RIGHT = "pitch:take_right"
    JOIN = "pitch:join"
    OPENING_SEE = "opening:see"
    OPENING_ACT = "opening:act"
    READ_OPENED = "pitch:read_opened"
    ELIGIBILITY_SEE = "eligibility:see"
    ELIGIBILITY_DECIDE = "eligibility:decide"
    ELIGIBILITY_OVERTURN = "eligibility:overturn"
    ASSIST = "pitch:assist"
    BRING = "pitch:bring"
    SLIP = "pitch:slip"
    TAKE_OUT = "pitch:take_out"
    LENGTHEN = "pitch:lengthen"
    LONGER_SEE = "pitch:longer_see"


OPENERS = (Role.LEAD, Role.OFFICER, Role.APPROVER)
READERS = (Role.LEAD, Role.OFFICER, Role.APPROVER, Role.CHAMPION, Role.OBSERVER)
DECIDERS = (Role.LEAD, Role.OFFICER)

#: States of a challenge in which its pitches are still closed, or there are none.
_NOT_OPENED = frozenset(
    {
        ChallengeState.DRAFT,
        ChallengeState.IN_REVIEW,
        ChallengeState.CHANGES_WANTED,
        ChallengeState.APPROVED,
        ChallengeState.SCHEDULED,
        ChallengeState.WITHDRAWN,
        ChallengeState.OPEN,
        ChallengeState.CLOSED,
        ChallengeState.CANCELLED,
    }
)
_UNPUBLISHED = _NOT_OPENED - {ChallengeState.OPEN, ChallengeState.CLOSED, ChallengeState.CANCELLED}


class HasRight(Protocol):
    """A pitch as one person sees it: their own right on it, None without one."""

    @property
    def right(self) -> PitchRight | None: ...


class MayBeAssisting(HasRight, Protocol):
    """The same, with whether the person types it for a supplier, and whose pitch it is."""

    @property
    def assists(self) -> bool: ...
    @property
    def organisation_id(self) -> int: ...


class HasSeat(MayBeAssisting, Protocol):
    """The same, about someone's place on the pitch's team."""

    @property
    def person_id(self) -> int: ...


class HasStage(Protocol):
    """A challenge in the state that holds now."""

    @property
    def effective(self) -> ChallengeState: ...
    @property
    def decision_maker_id(self) -> int | None: ...


class HasOutcome(Protocol):
    """A pitch that was opened, and who decides on its challenge."""

    @property
    def decision_maker_id(self) -> int | None: ...


_REFUSALS = {
    PitchRight.EDIT: "You can read this pitch, but not write in it. Ask whoever can send it.",
    PitchRight.SUBMIT: "You cannot send this pitch. Ask whoever can.",
}


def _with_right(least: PitchRight) -> Predicate:
    """Whoever holds `least` or more; hidden from whoever holds none."""

    def check(_actor: Actor | None, facts: HasRight) -> Verdict:
        if facts.right is None:
            return HIDDEN
        return ALLOWED if RIGHTS.index(facts.right) >= RIGHTS.index(least) else refused(_REFUSALS[least])

    return check


def _signed_in(actor: Actor | None, _facts: Any) -> Verdict:
    return ALLOWED if actor is not None else HIDDEN


def _reader(actor: Actor | None, facts: HasOutcome) -> bool:
    """Whether the actor reads what was opened. Being an administrator does not count; deciding does."""
    return actor is not None and (
        actor.has(*READERS) or (actor.is_staff and actor.person_id == facts.decision_maker_id)
    )


def _sees_opening(actor: Actor | None, challenge: HasStage) -> Verdict:
    """Those who may open see it from publishing on, other readers once pitches were opened."""
    if actor is None or challenge.effective in _UNPUBLISHED:
        return HIDDEN
    if actor.has(*OPENERS):
        return ALLOWED
    return ALLOWED if _reader(actor, challenge) and challenge.effective not in _NOT_OPENED else HIDDEN


def _may_open(actor: Actor | None, challenge: HasStage) -> Verdict:
    if actor is None or not _sees_opening(actor, challenge):
        return HIDDEN
    return (
        ALLOWED
        if actor.has(*OPENERS)
        else refused("An officer, an approver or the procurement lead does this.")
    )


def _reads_opened(actor: Actor | None, pitch: HasOutcome) -> Verdict:
    """The pitch of the facts was opened: a sealed one is never loaded for this."""
    return ALLOWED if _reader(actor, pitch) else HIDDEN


def _sees_eligibility(actor: Actor | None, challenge: HasStage) -> Verdict:
    return ALLOWED if _reader(actor, challenge) and challenge.effective not in _NOT_OPENED else HIDDEN


def _decides_eligibility(actor: Actor | None, pitch: HasOutcome) -> Verdict:
    if actor is None or not _reader(actor, pitch):
        return HIDDEN
    return ALLOWED if actor.has(*DECIDERS) else refused("An officer or the procurement lead decides this.")


def _overturns(actor: Actor | None, pitch: HasOutcome) -> Verdict:
    if actor is None or not _reader(actor, pitch):
        return HIDDEN
    if actor.has(*OPENERS):
        return ALLOWED
    return refused("The procurement lead does this, with an officer or an approver.")


_submits = _with_right(PitchRight.SUBMIT)


def _shares(actor: Actor | None, facts: MayBeAssisting) -> Verdict:
    """Whoever types a pitch for a supplier keeps it to themselves; a partner lets nobody in."""
    verdict = _submits(actor, facts)
    if verdict and facts.assists:
        return refused("You type this pitch for a supplier, so nobody else can be let in.")
    if verdict and actor is not None and facts.organisation_id not in actor.organisations:
        return refused("Only people of the organisation whose pitch it is decide who works on it.")
    return verdict


def _takes_right(actor: Actor | None, seat: HasSeat) -> Verdict:
    """Anyone gives up their own right; whoever shares the pitch ends that of others."""
    if actor is not None and actor.person_id == seat.person_id and not seat.assists:
        return _with_right(PitchRight.VIEW)(actor, seat)
    return _shares(actor, seat)


def _another_way(state: ChallengeState, when: str) -> Predicate:
    """An officer or the lead, in that state of the challenge, who is not and never was on its panel, does
    not decide on it, and belongs to no supplier: they read a rival's words before the opening.
    """

    def check(actor: Actor | None, entry: HasEntry) -> Verdict:
        if actor is None or not actor.has(*OPENERS) or entry.effective in _UNPUBLISHED:
            return HIDDEN
        if not actor.has(*DECIDERS):
            return refused("An officer or the procurement lead does this.")
        for barred, why in (
            (entry.on_panel, "You are on this panel, or were. Someone who never judged this challenge"),
            (entry.decides, "You decide on this challenge. Someone else"),
            (entry.tied, "You belong to a supplier, or did in the last 12 months. Someone else"),
        ):
            if barred:
                return refused(f"{why} does this.")
        return ALLOWED if entry.effective == state else refused(when)

    return check


_while_open = _another_way(
    ChallengeState.OPEN, "One supplier can be given more time while the challenge is open."
)


def _lengthens(actor: Actor | None, entry: HasEntry) -> Verdict:
    """The procurement lead, who neither judges nor decides, and belongs to no supplier."""
    if actor is None or not actor.has(*OPENERS) or entry.effective in _UNPUBLISHED:
        return HIDDEN
    if not actor.has(Role.LEAD):
        return refused("The procurement lead does this.")
    if entry.practice:
        return refused("In practice everyone has as long: a practice challenge is closed at any time.")
    return _while_open(actor, entry)


def _sees_longer(actor: Actor | None, entry: HasEntry) -> Verdict:
    """Those who may open the pitches; nobody who judges or decides, who must not know why."""
    if actor is None or not actor.has(*OPENERS) or entry.effective in _UNPUBLISHED:
        return HIDDEN
    return HIDDEN if entry.on_panel or entry.decides else ALLOWED


def _has_slip(actor: Actor | None, slip: HasSlip) -> Verdict:
    """Whoever sent or brought the pitch for its supplier, and nobody else."""
    mine = actor is not None and actor.person_id == slip.by_id and slip.state not in UNSENT
    return ALLOWED if mine else HIDDEN


def _takes_out(actor: Actor | None, slip: HasSlip) -> Verdict:
    if not _has_slip(actor, slip):
        return HIDDEN
    if slip.state not in WAITING_TO_OPEN:
        return refused("The pitches were opened, or this one was taken out already.")
    return ALLOWED


PERMISSIONS: PermissionTable = {
    Permission.LIST: _signed_in,
    Permission.START: _signed_in,
    Permission.VIEW: _with_right(PitchRight.VIEW),
    Permission.EDIT: _with_right(PitchRight.EDIT),
    Permission.SUBMIT: _submits,
    Permission.WITHDRAW: _submits,
    Permission.SHARE: _shares,
    Permission.TAKE_RIGHT: _takes_right,
    Permission.JOIN: joins,
    Permission.OPENING_SEE: _sees_opening,
    Permission.OPENING_ACT: _may_open,
    Permission.READ_OPENED: _reads_opened,
    Permission.ELIGIBILITY_SEE: _sees_eligibility,
    Permission.ELIGIBILITY_DECIDE: _decides_eligibility,
    Permission.ELIGIBILITY_OVERTURN: _overturns,
    Permission.ASSIST: _another_way(
        ChallengeState.OPEN, "A pitch can be typed for a supplier while the challenge is open."
    ),
    Permission.BRING: _another_way(
        ChallengeState.CLOSED,
        "Pitches received elsewhere come in after closing and before the opening: all are opened together.",
    ),
    Permission.SLIP: _has_slip,
    Permission.TAKE_OUT: _takes_out,
    Permission.LENGTHEN: _lengthens,
    Permission.LONGER_SEE: _sees_longer,
}
