"""Who may do what with a challenge. Pure predicates over (actor, facts)."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Protocol

from pitchfest.challenges.rules.delays import AWAITED_IN, DueDate
from pitchfest.challenges.rules.lifecycle import (
    BEFORE_RELEASE,
    EDITABLE,
    PUBLISHED,
    UNPUBLISHED,
    ChallengeState,
    Lane,
)
from pitchfest.kernel.actor import Actor, Role
from pitchfest.kernel.permissions import ALLOWED, HIDDEN, PermissionTable, Predicate, Verdict, refused


class Permission(StrEnum):
    """Every permission on challenges; the later ones are asked by the features above."""

    LIST = "challenge:list"
    CREATE = "challenge:create"
    VIEW_STAFF = "challenge:view_staff"
    EDIT = "challenge:edit"
    WRITE = "challenge:write"
    COPY = "challenge:copy"
    TEMPLATES = "template:list"
    KEEP_TEMPLATE = "template:keep"
    HAND_OVER = "challenge:hand_over"
    NAME_DECIDER = "challenge:name_decision_maker"
    CONFIRM_ROUTE = "challenge:confirm_route"
    RECORD_DUTY = "challenge:record_duty"
    APPROVE = "challenge:approve"
    PUBLISH = "challenge:publish"
    TELL = "challenge:tell"
    EXTEND = "challenge:extend"
    CORRECT = "challenge:correct"
    EASY_READ = "challenge:easy_read"
    CANCEL = "challenge:cancel"
    REOPEN = "challenge:reopen"
    DELAY = "challenge:delay"
    OPEN_PITCHES = "challenge:open_pitches"
    START_JUDGING = "challenge:start_judging"
    CLOSE_SCORING = "challenge:close_scoring"
    CLOSE_MODERATION = "challenge:close_moderation"
    DECIDE = "challenge:decide"
    RELEASE = "challenge:release"
    PRACTISE = "practice:run"
    THROW_AWAY = "practice:throw_away"
    ASK = "clarification:ask"
    OWN_QUESTIONS = "clarification:own"
    ANSWER = "clarification:answer"
    SIGN_ANSWER = "clarification:sign"
    TELL_NEED = "need:tell"
    NEEDS = "need:reply"


class ChallengeFacts(Protocol):
    """What the predicates need to know of a challenge. `effective` is the state that holds now."""

    @property
    def effective(self) -> ChallengeState: ...
    @property
    def decision_maker_id(self) -> int | None: ...


class LaneFacts(ChallengeFacts, Protocol):
    """A challenge with its lane."""

    @property
    def lane(self) -> Lane: ...


class PracticeFacts(ChallengeFacts, Protocol):
    """A challenge that may be one for practice."""

    @property
    def practice(self) -> bool: ...


class AskingFacts(PracticeFacts, Protocol):
    """A published challenge, and whether the person takes part in it as a supplier."""

    @property
    def supplies(self) -> bool: ...


class AnsweringFacts(ChallengeFacts, Protocol):
    """A challenge whose questions a person would read; `tied`: they belong to a supplier, or did in the
    last 12 months.
    """

    @property
    def tied(self) -> bool: ...


class ChairFacts(ChallengeFacts, Protocol):
    """A challenge, and whether the person chairs its panel, which judging knows."""

    @property
    def chairs(self) -> bool: ...


#: Roles that read challenges from the first draft on.
READERS = (Role.OFFICER, Role.APPROVER, Role.LEAD, Role.CHAMPION)
#: From when pitches have been opened, an observer may read.
OBSERVED = PUBLISHED - {ChallengeState.OPEN, ChallengeState.CLOSED}

#: Published, and no decision recorded yet.
UNDECIDED = BEFORE_RELEASE - {ChallengeState.DECIDED}


def may_read(actor: Actor | None, facts: ChallengeFacts) -> bool:
    """Whether `actor` may see the staff's side of a challenge; `queries.visible_to` says it in SQL."""
    if actor is None or not actor.is_staff:
        return False
    if actor.has(*READERS):
        return True
    if actor.has(Role.ADMIN) or actor.person_id == facts.decision_maker_id:
        return facts.effective in PUBLISHED
    return facts.effective in OBSERVED


def _view(actor: Actor | None, facts: ChallengeFacts) -> Verdict:
    return ALLOWED if may_read(actor, facts) else HIDDEN


def _role(reason: str, *roles: Role) -> Predicate:
    """Readers of the challenge who hold one of `roles`; other readers are told the reason."""

    def check(actor: Actor | None, facts: ChallengeFacts) -> Verdict:
        if actor is None or not may_read(actor, facts):
            return HIDDEN
        return ALLOWED if actor.has(*roles) else refused(reason)

    return check


def _close_moderation(actor: Actor | None, facts: ChairFacts) -> Verdict:
    if actor is not None and facts.chairs:
        return ALLOWED
    return _role("Only the chair or the procurement lead can close moderation.", Role.LEAD)(actor, facts)


def _untied(predicate: Predicate) -> Predicate:
    """The predicate, for those who belong to no supplier: among the questions are a rival's secrets."""

    def check(actor: Actor | None, facts: AnsweringFacts) -> Verdict:
        verdict = predicate(actor, facts)
        return refused(_TIED) if verdict and facts.tied else verdict

    return check


_TIED = "You belong to a supplier, or did in the last 12 months. Someone else reads what suppliers ask."

_edit = _role("Only an innovation officer can change a challenge.", Role.OFFICER)

_LOCKED: dict[ChallengeState, str] = {
    ChallengeState.IN_REVIEW: "This challenge waits for approval. Pull it back before you change it.",
    ChallengeState.APPROVED: "This challenge is approved. Pull it back before you change it.",
    ChallengeState.SCHEDULED: "This challenge is scheduled. Pull it back before you change it.",
    ChallengeState.WITHDRAWN: "This challenge was withdrawn. Start a new one instead.",
}


def _write(actor: Actor | None, facts: ChallengeFacts) -> Verdict:
    verdict = _edit(actor, facts)
    if not verdict or facts.effective in EDITABLE:
        return verdict
    return refused(_LOCKED.get(facts.effective, "This challenge is published, so it stays as it is."))


_officer_or_lead = _role(
    "Only an innovation officer or the procurement lead can hand a challenge over.", Role.OFFICER, Role.LEAD
)
_lead = _role("Only the procurement lead can name another decision-maker.", Role.LEAD)


def _hand_over(actor: Actor | None, facts: ChallengeFacts) -> Verdict:
    verdict = _officer_or_lead(actor, facts)
    if verdict and facts.effective == ChallengeState.WITHDRAWN:
        return refused("This challenge was withdrawn, so there is nothing left to look after.")
    return verdict


def _name_decider(actor: Actor | None, facts: ChallengeFacts) -> Verdict:
    verdict = _lead(actor, facts)
    if not verdict or facts.effective in UNDECIDED:
        return verdict
    if facts.effective in UNPUBLISHED:
        return refused("Before it is published, an officer changes this in the dates and people.")
    return refused("The decision is recorded, so it stays with whoever made it.")


_confirms = _role("Only the procurement lead confirms the route and records its duties.", Role.LEAD)


def _confirm_route(actor: Actor | None, facts: ChallengeFacts) -> Verdict:
    verdict = _confirms(actor, facts)
    if not verdict or facts.effective in UNPUBLISHED - {ChallengeState.WITHDRAWN}:
        return verdict
    return refused("It is published or withdrawn, so its route stays as it is.")


def _record_duty(actor: Actor | None, facts: ChallengeFacts) -> Verdict:
    """Each duty has its own time, which the table says; a challenge that was withdrawn has none."""
    verdict = _confirms(actor, facts)
    if verdict and facts.effective == ChallengeState.WITHDRAWN:
        return refused("This challenge was withdrawn, so nothing is due.")
    return verdict


_corrects = _role("Only the procurement lead can publish a correction.", Role.LEAD)


def _correct(actor: Actor | None, facts: ChallengeFacts) -> Verdict:
    verdict = _corrects(actor, facts)
    if not verdict or facts.effective == ChallengeState.OPEN:
        return verdict
    if facts.effective in UNPUBLISHED:
        return refused("It is not published yet, so an officer simply changes it.")
    return refused("It has closed. What suppliers pitched to can no longer change.")


_explains = _role("Only an innovation officer or the procurement lead can do this.", Role.OFFICER, Role.LEAD)


def _easy_read(actor: Actor | None, facts: ChallengeFacts) -> Verdict:
    """With the draft whoever may write it, so that the approver reads what will be public; then officer and
    lead, since it explains the brief and changes nothing.
    """
    return (_write if facts.effective in UNPUBLISHED else _explains)(actor, facts)


_cancels = _role("Only the lead and an approver can cancel a challenge.", Role.LEAD, Role.APPROVER)


def _cancel(actor: Actor | None, facts: ChallengeFacts) -> Verdict:
    verdict = _cancels(actor, facts)
    if not verdict or facts.effective in {ChallengeState.OPEN, ChallengeState.CLOSED}:
        return verdict
    if facts.effective in UNPUBLISHED:
        return refused("It is not published, so there is nothing to cancel. An officer can withdraw it.")
    return refused("Its pitches were opened or it is over, so it can no longer be cancelled.")


_reopens = _role("Only the lead and an approver can open a challenge again.", Role.LEAD, Role.APPROVER)


def _reopen(actor: Actor | None, facts: ChallengeFacts) -> Verdict:
    verdict = _reopens(actor, facts)
    if not verdict or facts.effective == ChallengeState.CLOSED:
        return verdict
    if facts.effective == ChallengeState.OPEN or facts.effective in UNPUBLISHED:
        return refused("It has not closed, so there is nothing to open again.")
    return refused("Its pitches were opened or it is over, so it can no longer be opened again.")


_delays = _role("Only an officer or the procurement lead can do this.", Role.OFFICER, Role.LEAD)


def _delay(actor: Actor | None, facts: ChallengeFacts) -> Verdict:
    verdict = _delays(actor, facts)
    if not verdict or facts.effective in AWAITED_IN[DueDate.DECISION]:
        return verdict
    if facts.effective == ChallengeState.OPEN:
        return refused("It is still open. The procurement lead changes a date with a correction.")
    return refused("There is no decision to wait for: it is not published, or the letters are out.")


def _decide(actor: Actor | None, facts: ChallengeFacts) -> Verdict:
    if actor is None or not may_read(actor, facts):
        return HIDDEN
    if actor.person_id == facts.decision_maker_id:
        return ALLOWED
    return refused("The brief names someone else as the decision-maker.")


_publish = _role("Only an innovation officer or the procurement lead can publish.", Role.OFFICER, Role.LEAD)
_publish_small = _role(
    "Only an approver, an innovation officer or the procurement lead can publish.",
    Role.APPROVER,
    Role.OFFICER,
    Role.LEAD,
)


def _publish_by_lane(actor: Actor | None, facts: LaneFacts) -> Verdict:
    """In a small round the approver, too, so that approving and publishing are one button."""
    return (_publish_small if facts.lane == Lane.SMALL else _publish)(actor, facts)


def _in_practice(predicate: Predicate) -> Predicate:
    """The predicate for a practice challenge; for any other there is nothing."""

    def check(actor: Actor | None, facts: PracticeFacts) -> Verdict:
        return predicate(actor, facts) if facts.practice else HIDDEN

    return check


def _staff(allowed: Callable[[Actor], bool], reason: str) -> Predicate:
    def check(actor: Actor | None, _facts: object) -> Verdict:
        if actor is None or not actor.is_staff:
            return HIDDEN
        return ALLOWED if allowed(actor) else refused(reason)

    return check


def _ask(actor: Actor | None, facts: AskingFacts) -> Verdict:
    """Suppliers ask; in practice, where staff play them, whoever belongs to one made for practice."""
    if actor is None:
        return HIDDEN
    if actor.is_staff and not facts.practice:
        return refused("You work here. Questions are for suppliers, who ask without their name.")
    if not facts.supplies:
        return refused("Only people of a supplier can ask. Sign up for yours, or call us.")
    return ALLOWED


def _tell_need(actor: Actor | None, facts: AskingFacts) -> Verdict:
    if actor is None:
        return HIDDEN
    if actor.is_staff and not facts.practice:
        return refused("You work here. This is for suppliers who need something to take part.")
    if not facts.supplies:
        return refused("Only people of a supplier can do this here. Sign up for yours, or call us.")
    return ALLOWED


PERMISSIONS: PermissionTable = {
    Permission.LIST: _staff(lambda actor: actor.is_staff, ""),
    Permission.CREATE: _staff(
        lambda actor: actor.has(Role.OFFICER), "Only an innovation officer can start a challenge."
    ),
    Permission.VIEW_STAFF: _view,
    Permission.EDIT: _edit,
    Permission.WRITE: _write,
    Permission.HAND_OVER: _hand_over,
    Permission.NAME_DECIDER: _name_decider,
    Permission.COPY: _role(
        "Only an innovation officer can copy a challenge or make a template of it.", Role.OFFICER
    ),
    Permission.TEMPLATES: _staff(
        lambda actor: actor.has(*READERS), "Only people who prepare challenges read their templates."
    ),
    Permission.KEEP_TEMPLATE: _staff(
        lambda actor: actor.has(Role.OFFICER), "Only an innovation officer can change templates."
    ),
    Permission.CONFIRM_ROUTE: _confirm_route,
    Permission.RECORD_DUTY: _record_duty,
    Permission.APPROVE: _role("Only an approver can approve a challenge.", Role.APPROVER),
    Permission.PUBLISH: _publish_by_lane,
    Permission.TELL: _role(
        "Only an innovation officer or the procurement lead can tell people.", Role.OFFICER, Role.LEAD
    ),
    Permission.EXTEND: _role("Only the procurement lead can extend the closing time.", Role.LEAD),
    Permission.CORRECT: _correct,
    Permission.EASY_READ: _easy_read,
    Permission.CANCEL: _cancel,
    Permission.REOPEN: _reopen,
    Permission.DELAY: _delay,
    Permission.OPEN_PITCHES: _role(
        "Only the procurement lead, an officer or an approver can open pitches.",
        Role.LEAD,
        Role.OFFICER,
        Role.APPROVER,
    ),
    Permission.START_JUDGING: _role("Only the procurement lead can start judging.", Role.LEAD),
    Permission.CLOSE_SCORING: _role("Only the procurement lead can close scoring.", Role.LEAD),
    Permission.CLOSE_MODERATION: _close_moderation,
    Permission.DECIDE: _decide,
    Permission.RELEASE: _role(
        "Only the procurement lead, an approver or an officer can release letters.",
        Role.LEAD,
        Role.APPROVER,
        Role.OFFICER,
    ),
    Permission.PRACTISE: _in_practice(
        _role("Only those who run challenges can do this.", Role.OFFICER, Role.LEAD, Role.APPROVER)
    ),
    Permission.THROW_AWAY: _in_practice(
        _role("Only an officer or the procurement lead can throw this away.", Role.OFFICER, Role.LEAD)
    ),
    Permission.ASK: _ask,
    Permission.OWN_QUESTIONS: lambda actor, _facts: HIDDEN if actor is None else ALLOWED,
    Permission.ANSWER: _untied(
        _role(
            "Only an innovation officer or the procurement lead reads and answers what suppliers ask.",
            Role.OFFICER,
            Role.LEAD,
        )
    ),
    Permission.TELL_NEED: _tell_need,
    Permission.NEEDS: _untied(
        _role(
            "Only an innovation officer or the procurement lead reads what suppliers need.",
            Role.OFFICER,
            Role.LEAD,
        )
    ),
    Permission.SIGN_ANSWER: _untied(_role("Only the procurement lead can sign answers.", Role.LEAD)),
}
