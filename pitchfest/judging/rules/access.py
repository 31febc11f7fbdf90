"""Who may do what in the judging of a challenge. Pure.

Judge and chair are rows of the panel, so they are facts here, not roles. A recused judge sees
until release only their own scorecards: board, results and counts of that challenge are hidden
from them, also where they hold a staff role.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

from pitchfest.challenges.rules import EDITABLE, PUBLISHED, RELEASED, ChallengeState
from pitchfest.judging.rules.facts import Card, Round
from pitchfest.judging.rules.states import COUNTED, MAY_READ, CardState
from pitchfest.kernel.actor import Actor, Role
from pitchfest.kernel.permissions import ALLOWED, HIDDEN, PermissionTable, Predicate, Verdict, refused

S = ChallengeState

#: While people may join or leave the panel: from the first draft on, so that judges keep the time free.
PANEL_OPEN = EDITABLE | {
    S.IN_REVIEW,
    S.APPROVED,
    S.SCHEDULED,
    S.OPEN,
    S.CLOSED,
    S.ELIGIBILITY,
    S.JUDGING,
}
#: While a trial pitch can be written and scored: once criteria are frozen, before scoring is closed.
TRIAL_STATES = PANEL_OPEN & PUBLISHED
#: From the moment the scores stand; before it results are 404 for all but those who moderate.
SCORING_CLOSED = frozenset({S.RECOMMENDED, S.DECIDED}) | RELEASED
#: While somebody may still have to write a pitch's explanations in the chair's place.
DEPUTY_STATES = frozenset({S.JUDGING, S.MODERATION, S.RECOMMENDED, S.DECIDED})
#: States in which a challenge is judged already, or was.
_JUDGED = SCORING_CLOSED | {S.JUDGING, S.MODERATION}


class Permission(StrEnum):
    """What can be done in judging."""

    DESK = "desk:view"
    REGISTER = "register:own"
    OWN_CAPACITY = "capacity:own"
    DECLARE = "declaration:make"
    DEADLINE = "deadline:read"
    DECIDE_CONFLICT = "declaration:decide"
    CONFLICTS = "declaration:list"
    ASSESSMENT = "conflicts:read"
    OFFLINE = "cards:offline"
    REFUSE = "panel:refuse"
    CARD_VIEW = "card:view"
    CARD_SIGN = "card:sign"
    PANEL = "panel:see"
    PANEL_EDIT = "panel:edit"
    PANEL_RELEASE = "panel:release"
    NAME_DEPUTY = "panel:name_deputy"
    BOARD = "board:view"
    SHARE_OUT = "board:share_out"
    START = "judging:start"
    CLOSE = "judging:close"
    FEWER_CARDS = "cards:fewer"
    SET_ASIDE = "cards:set_aside"
    PROPOSE_ASIDE = "cards:propose_aside"
    MODERATE = "moderation:run"
    AGREE_SECOND = "moderation:agree"
    MODERATED = "moderation:read"
    RESULTS = "results:view"
    EVERYTHING = "results:export"
    CONFLICT_WORDS = "results:conflict_words"
    FURTHER_REVIEWS = "results:further_reviews"
    BRING = "cards:bring"
    CONFIRM_BROUGHT = "cards:confirm_brought"
    BRIEF = "briefing:write"
    BRIEFED = "briefing:read"
    WRITE_TRIAL = "trial:write"
    TRIAL_SCORES = "trial:scores"
    TRIAL = "trial:read"
    TRY = "trial:score"
    PAY = "pay:manage"
    OWN_PAY = "pay:own"


#: People who may know how far an unpublished or a sealed challenge is. Admin alone is not among them.
_KNOW = (Role.OFFICER, Role.LEAD, Role.APPROVER)
_READ_RESULTS = (Role.OFFICER, Role.LEAD, Role.APPROVER, Role.CHAMPION, Role.OBSERVER)


def hidden_from_recused(round_: Round) -> bool:
    """Whether the person is recused from a pitch, and so learns nothing of the judging until letters."""
    return round_.recused and round_.state not in RELEASED


#: What somebody reads who would say no, and has declared already.
ACCEPTED = (
    "You have declared what connects you to suppliers, so you judge this challenge. If you cannot go on, ask"
    " the procurement lead to release you."
)

SEES_SCORES = (
    "You see others’ scores now in another role. Tell the procurement lead, who takes the request back."
)

WITHOUT_NAMES = (
    "You judge this challenge without seeing who pitches, and this page names suppliers. Someone else who is"
    " not on the panel does this."
)


def _for_others(check: Predicate) -> Predicate:
    """For a page that cannot do without names: not for whoever judges without them."""

    def narrowed(actor: Actor | None, round_: Round) -> Verdict:
        verdict = check(actor, round_)
        return refused(WITHOUT_NAMES) if verdict and round_.without_names else verdict

    return narrowed


def _by_staff(roles: Collection[Role], states: Collection[ChallengeState], who: str) -> Predicate:
    """Staff of these roles, in these states of the challenge; `who` says whose task it is."""

    def check(actor: Actor | None, round_: Round) -> Verdict:
        if actor is None or not actor.has(*_KNOW) or hidden_from_recused(round_):
            return HIDDEN
        if not actor.has(*roles):
            return refused(f"Only {who} can do this.")
        if round_.state not in states:
            return refused("This cannot be done at this stage of the challenge.")
        return ALLOWED

    return check


def _signed_in(actor: Actor | None, _facts: object) -> Verdict:
    return ALLOWED if actor is not None else HIDDEN


def _may_declare(actor: Actor | None, round_: Round) -> Verdict:
    on_panel = actor is not None and round_.member_id is not None and not round_.released
    return ALLOWED if on_panel and round_.state == S.JUDGING else HIDDEN


def _may_take_away(actor: Actor | None, round_: Round) -> Verdict:
    """Judges take their own cards with them while they may score; once published, they know what it is."""
    if actor is None or round_.member_id is None or round_.released or round_.state not in _JUDGED:
        return HIDDEN
    return ALLOWED if round_.state == S.JUDGING else refused("Scoring has been closed.")


def _may_note_deadline(actor: Actor | None, round_: Round) -> Verdict:
    """Panel members, while there is a deadline to keep."""
    on_panel = actor is not None and round_.member_id is not None and not round_.released
    return ALLOWED if on_panel and round_.judging_deadline and round_.state in PANEL_OPEN else HIDDEN


def _may_say_capacity(actor: Actor | None, round_: Round) -> Verdict:
    """A judge of themselves, from publication until scoring is closed."""
    on_panel = actor is not None and round_.member_id is not None and not round_.released
    return ALLOWED if on_panel and round_.published_at and round_.state in PANEL_OPEN else HIDDEN


def _may_refuse(actor: Actor | None, round_: Round) -> Verdict:
    """Who is asked to judge, until they declare. Whoever said no reads here that they did."""
    asked = round_.refused_at is not None or (round_.member_id is not None and not round_.released)
    if actor is None or not asked or not round_.published_at or round_.state not in PANEL_OPEN:
        return HIDDEN
    return refused(ACCEPTED) if round_.accepted else ALLOWED


def _own_card(actor: Actor | None, card: Card) -> Verdict:
    """The judge's own card, for as long as nothing stands between judge and pitch."""
    if actor is None or actor.person_id != card.judge_id or card.declaration not in MAY_READ:
        return HIDDEN
    if card.state == CardState.RELEASED and card.further_due:
        return refused("You are no longer asked to score this pitch. What you had saved stays in the record.")
    return ALLOWED if card.state == CardState.ASSIGNED or card.state in COUNTED else HIDDEN


def _may_score(actor: Actor | None, card: Card) -> Verdict:
    if not (own := _own_card(actor, card)):
        return own
    if card.further_due and actor is not None and actor.has(*_KNOW):
        return refused(SEES_SCORES)
    if card.state != CardState.ASSIGNED:
        return refused("You have signed off this scorecard, so it can no longer be changed.")
    if card.withdrawn:
        return refused("This pitch was withdrawn. There is nothing left to score.")
    if not card.scoring:
        return refused("Scoring has been closed.")
    return ALLOWED


def reportable(actor: Actor, card: Card) -> bool:
    """Whether a judge can still declare an interest on a card they were given: until scoring is closed, for
    a further review until it is signed. After that the card is locked, and only people can act on it.
    """
    return card.challenge_state == S.JUDGING or bool(card.further_due and _may_score(actor, card))


def _may_see_board(actor: Actor | None, round_: Round) -> Verdict:
    if actor is None or hidden_from_recused(round_) or round_.state not in _JUDGED:
        return HIDDEN
    chairs = round_.is_chair and not round_.released
    return ALLOWED if chairs or actor.has(*_KNOW) else HIDDEN


def _may_read_assessment(actor: Actor | None, round_: Round) -> Verdict:
    """The lead from the start of judging on, an observer once the scores stand."""
    if actor is None or hidden_from_recused(round_):
        return HIDDEN
    if actor.has(Role.LEAD):
        return ALLOWED if round_.state in _JUDGED else HIDDEN
    return ALLOWED if actor.has(Role.OBSERVER) and round_.state in SCORING_CLOSED else HIDDEN


def _may_see_results(actor: Actor | None, round_: Round) -> Verdict:
    if actor is None or hidden_from_recused(round_):
        return HIDDEN
    if round_.state == S.MODERATION:
        return ALLOWED if _moderates(actor, round_) or _knows_scores(actor, round_) else HIDDEN
    if round_.state not in SCORING_CLOSED:
        return HIDDEN
    if actor.has(*_READ_RESULTS) or actor.person_id == round_.decision_maker_id:
        return ALLOWED
    chairs = round_.is_chair and not round_.released
    judged = round_.member_id is not None and not round_.recused and round_.state in RELEASED
    return ALLOWED if chairs or judged else HIDDEN


def _moderates(actor: Actor, round_: Round) -> bool:
    """The chair or a lead; whoever decides takes no part in the scores."""
    chairs = round_.is_chair and not round_.released
    return (chairs or actor.has(Role.LEAD)) and actor.person_id != round_.decision_maker_id


def _knows_scores(actor: Actor, round_: Round) -> bool:
    """Staff who see scores before they stand: those who may be the second person."""
    return actor.has(*_KNOW) and actor.person_id != round_.decision_maker_id


def _may_moderate(actor: Actor | None, round_: Round) -> Verdict:
    if actor is None or hidden_from_recused(round_) or round_.state not in SCORING_CLOSED | {S.MODERATION}:
        return HIDDEN
    if not _moderates(actor, round_):
        return _may_read_moderation(actor, round_) and refused(
            "Only the chair of the panel or the procurement lead can do this."
        )
    if round_.state != S.MODERATION:
        return refused("Moderation is closed. The scores stand.")
    return ALLOWED


def _sets_aside(roles: Collection[Role], who: str) -> Predicate:
    """Staff who neither judge nor decide, from the moment cards are locked until a decision is recorded."""
    by_staff = _by_staff(roles, {S.MODERATION, S.RECOMMENDED}, who)

    def check(actor: Actor | None, round_: Round) -> Verdict:
        verdict = by_staff(actor, round_)
        has_part = actor is not None and actor.person_id == round_.decision_maker_id
        if verdict and (has_part or round_.member_id):
            return refused("Two people who neither judge this challenge nor decide on it do this.")
        return verdict

    return check


def _may_agree_second(actor: Actor | None, round_: Round) -> Verdict:
    if actor is None or hidden_from_recused(round_) or round_.state != S.MODERATION:
        return HIDDEN
    return ALLOWED if _knows_scores(actor, round_) or _moderates(actor, round_) else HIDDEN


def _may_read_moderation(actor: Actor | None, round_: Round) -> Verdict:
    """Whoever may see the results, where there was a meeting; judges do from the letters on."""
    return _may_see_results(actor, round_) if round_.moderated else HIDDEN


def _may_ask_for_reviews(actor: Actor | None, round_: Round) -> Verdict:
    """The lead, while the meeting can still make something of it."""
    moderates = actor is not None and actor.has(Role.LEAD) and round_.state == S.MODERATION
    return _may_see_results(actor, round_) if moderates else HIDDEN


def _is_a_judge(actor: Actor | None, round_: Round) -> Verdict:
    """Who is or was on the panel of a public challenge."""
    on_panel = actor is not None and round_.member_id is not None and round_.published_at is not None
    return ALLOWED if on_panel else HIDDEN


def _may_read_briefing(actor: Actor | None, round_: Round) -> Verdict:
    """The judges, and who runs the round."""
    if actor is None or (round_.released and not actor.has(*_KNOW)):
        return HIDDEN
    runs = actor.has(*_KNOW) and not hidden_from_recused(round_)
    return ALLOWED if runs else _is_a_judge(actor, round_)


def _may_try(actor: Actor | None, round_: Round) -> Verdict:
    """Judges, until scoring is closed."""
    if round_.released or not _is_a_judge(actor, round_):
        return HIDDEN
    return ALLOWED if round_.state in TRIAL_STATES else refused("Scoring has been closed.")


def _may_export(*roles: Role) -> Predicate:
    """Whoever of these roles may see the results takes all of it along."""

    def check(actor: Actor | None, round_: Round) -> Verdict:
        if actor is None or not _may_see_results(actor, round_):
            return HIDDEN
        return ALLOWED if actor.has(*roles) else refused("This is for the people who run the round.")

    return check


def _may_bring(actor: Actor | None, round_: Round) -> Verdict:
    """A lead who neither judges nor decides brings scores that were given elsewhere."""
    found = _by_staff(_LEAD, {S.JUDGING}, _THE_LEAD)(actor, round_)
    if not found or actor is None:
        return found
    if round_.member_id is not None:
        return refused("You are on this panel, or were, so another procurement lead has to bring scores.")
    if actor.person_id == round_.decision_maker_id:
        return refused("You decide this challenge, so another procurement lead has to bring scores.")
    return ALLOWED


def _may_confirm_brought(actor: Actor | None, round_: Round) -> Verdict:
    """The chair, or an approver who neither judges nor decides."""
    if actor is None or hidden_from_recused(round_) or round_.state != S.JUDGING:
        return HIDDEN
    decides = actor.person_id == round_.decision_maker_id
    if round_.is_chair and not round_.released and not decides:
        return ALLOWED
    if not actor.has(*_KNOW):
        return HIDDEN
    if actor.has(Role.APPROVER) and round_.member_id is None and not decides:
        return ALLOWED
    return refused("Only the chair of the panel, or an approver who does not judge or decide, can do this.")


_OFFICERS = (Role.OFFICER, Role.LEAD)
_LEAD = (Role.LEAD,)
_OFFICER_OR_LEAD = "an officer or the procurement lead"
_THE_LEAD = "the procurement lead"

PERMISSIONS: PermissionTable = {
    Permission.DESK: _signed_in,
    Permission.REGISTER: _signed_in,
    Permission.OWN_CAPACITY: _may_say_capacity,
    Permission.DECLARE: _may_declare,
    Permission.DEADLINE: _may_note_deadline,
    Permission.DECIDE_CONFLICT: _for_others(_by_staff(_LEAD, {S.JUDGING}, _THE_LEAD)),
    Permission.CONFLICTS: _for_others(_by_staff(_LEAD, _JUDGED, _THE_LEAD)),
    Permission.ASSESSMENT: _for_others(_may_read_assessment),
    Permission.REFUSE: _may_refuse,
    Permission.OFFLINE: _may_take_away,
    Permission.CARD_VIEW: _own_card,
    Permission.CARD_SIGN: _may_score,
    Permission.PANEL: _by_staff(_OFFICERS, PANEL_OPEN | _JUDGED, _OFFICER_OR_LEAD),
    Permission.PANEL_EDIT: _by_staff(_OFFICERS, PANEL_OPEN, _OFFICER_OR_LEAD),
    Permission.PANEL_RELEASE: _by_staff(_LEAD, PANEL_OPEN, _THE_LEAD),
    Permission.NAME_DEPUTY: _by_staff(_LEAD, DEPUTY_STATES, _THE_LEAD),
    Permission.BOARD: _may_see_board,
    Permission.SHARE_OUT: _by_staff(_LEAD, {S.JUDGING}, _THE_LEAD),
    Permission.START: _by_staff(_LEAD, {S.ELIGIBILITY}, _THE_LEAD),
    Permission.CLOSE: _by_staff(_LEAD, {S.JUDGING}, _THE_LEAD),
    Permission.FEWER_CARDS: _by_staff(_KNOW, {S.JUDGING}, "an officer, an approver or the procurement lead"),
    Permission.SET_ASIDE: _for_others(_sets_aside(_KNOW, "an officer, an approver or the procurement lead")),
    Permission.PROPOSE_ASIDE: _for_others(_sets_aside(_LEAD, _THE_LEAD)),
    Permission.MODERATE: _may_moderate,
    Permission.AGREE_SECOND: _may_agree_second,
    Permission.MODERATED: _may_read_moderation,
    Permission.RESULTS: _may_see_results,
    Permission.EVERYTHING: _for_others(_may_export(*_OFFICERS, Role.OBSERVER)),
    Permission.CONFLICT_WORDS: _for_others(_may_export(*_OFFICERS)),
    Permission.FURTHER_REVIEWS: _may_ask_for_reviews,
    Permission.BRING: _may_bring,
    Permission.CONFIRM_BROUGHT: _may_confirm_brought,
    Permission.BRIEF: _by_staff(_LEAD, PANEL_OPEN, _THE_LEAD),
    Permission.BRIEFED: _may_read_briefing,
    Permission.WRITE_TRIAL: _by_staff(_LEAD, TRIAL_STATES, _THE_LEAD),
    Permission.TRIAL_SCORES: _by_staff(_LEAD, PUBLISHED, _THE_LEAD),
    Permission.TRIAL: _is_a_judge,
    Permission.TRY: _may_try,
    Permission.PAY: _by_staff(_OFFICERS, frozenset(S), _OFFICER_OR_LEAD),
    Permission.OWN_PAY: _is_a_judge,
}
