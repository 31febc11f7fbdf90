"""What the assurance page says of a challenge: steps, separation, what is due, what is not done. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from pitchfest.accounts.rules import ActKind
from pitchfest.challenges.rules import EDITABLE, RELEASED, ChallengeState
from pitchfest.kernel.text import join_words, plural

S = ChallengeState

#: What people might think that this platform does, and what they have to do themselves.
NOT_DONE: tuple[tuple[str, str], ...] = (
    ("The route", "It does not choose a buying route or check that the one chosen is lawful."),
    ("Notices", "It publishes nothing on Find a Tender or Contracts Finder."),
    (
        "Conflicts",
        "It keeps what judges declare. It does not compare them with company registers or ask anybody else.",
    ),
    ("Suppliers", "It does not check who owns a supplier, its accounts, its insurance or exclusion lists."),
    ("Contract and payment", "It makes no contract, takes no signature and pays nobody."),
    ("Subsidy", "It does not work out whether the money is a subsidy."),
    ("Legal advice", "Nothing on it is legal advice, and it asks no lawyer."),
    (
        "Viruses",
        "It checks that a file is what it says it is. It looks for viruses where a scanner is set up.",
    ),
    (
        "The machine",
        "It cannot stop someone who holds both the server and its sealing key from reading a sealed pitch.",
    ),
    ("Keeping", "It is not the authority's file. Print this page and put it there."),
)

_ACTS: dict[str, str] = {
    ActKind.OPEN_PITCHES: "to open the pitches",
    ActKind.RELEASE_LETTERS: "to release the letters",
    ActKind.CANCEL: "to cancel it",
    ActKind.REOPEN: "to open it again after an outage",
    ActKind.OVERTURN: "to change who can take part",
    ActKind.FEWER_CARDS: "that a pitch may go on with fewer scorecards",
    ActKind.AGREE_OUTSIDE: "on a score that no judge gave",
    ActKind.BRING_SCORES: "to bring scores from a file",
    ActKind.SET_ASIDE: "to set a judge’s scores on a pitch aside",
}
#: Action in the log → what it was. An act of two people says of which kind it is.
STEPS: dict[str, str] = {
    "challenge.create": "Started the draft",
    "challenge.send_for_approval": "Asked for approval",
    "challenge.ask_for_changes": "Asked for changes",
    "challenge.approve": "Approved it",
    "challenge.pull_back": "Pulled it back to change it",
    "challenge.withdraw": "Withdrew the draft",
    "challenge.confirm_route": "Confirmed the route",
    "challenge.record_duty": "Recorded what was done about a duty of the route",
    "challenge.schedule": "Set the time of publication",
    "challenge.hold": "Held publication up, since something was missing",
    "challenge.publish": "Published it",
    "challenge.publish_on_time": "Published it at the time that was set",
    "challenge.extend": "Extended the closing time for all",
    "challenge.delay": "Gave a later date for the judges or the decision",
    "challenge.reopen": "Opened it again after an outage, as the second person",
    "challenge.cancel": "Cancelled it, as the second person",
    "challenge.correct": "Published a correction",
    "challenge.hand_over": "Handed over the officer’s or the decision-maker’s part in it",
    "act.propose": "Proposed {}",
    "act.confirm": "Agreed, as the second person, {}",
    "act.take_back": "Took back their proposal {}",
    "challenge.start_judging": "Started judging",
    "challenge.close_scoring": "Closed scoring",
    "challenge.close_moderation": "Closed the moderation of scores",
    "awards.decide": "Recorded the decision",
    "awards.post_letter": "Sent a letter by hand",
}


def say_step(action: str, kind: str) -> str:
    """What an entry of the log was, in words."""
    return STEPS[action].format(_ACTS.get(kind, ""))


#: A hand-over may come at any time, also after scorecards.
_AFTER_SCORING = frozenset(
    {"challenge.hand_over", "challenge.close_scoring", "challenge.close_moderation", "awards.decide"}
)
_ACTS_AFTER_SCORING = frozenset(
    {
        ActKind.RELEASE_LETTERS.value,
        ActKind.FEWER_CARDS.value,
        ActKind.AGREE_OUTSIDE.value,
        ActKind.BRING_SCORES.value,
        ActKind.SET_ASIDE.value,
    }
)


def rests_on_scores(action: str, kind: str) -> bool:
    """Whether an entry comes after scorecards, so that its place and hash in the log tell of them."""
    return action in _AFTER_SCORING or kind in _ACTS_AFTER_SCORING


class Holds(StrEnum):
    """Whether a rule about who may do what was kept."""

    YES = "kept"
    NOT_YET = "not yet"
    EXCEPTION = "exception"
    NO = "not kept"


@dataclass(frozen=True, slots=True)
class Check:
    """One rule of separation, whether it holds, and who it is about."""

    rule: str
    holds: Holds
    detail: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two people who agreed, in this order, and the exceptions that were made for them."""

    first_id: int
    second_id: int
    exceptions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class People:
    """Who did what with a challenge, so far as anybody did; `names` has a name for each id.

    `decider_id` is who decided, `named_id` who is to decide; `sat` whether whichever of them comes
    first sits or sat on the panel.
    """

    names: dict[int, str]
    authors: frozenset[int]
    approver_id: int | None = None
    opened: Pair | None = None
    named_id: int | None = None
    decider_id: int | None = None
    sat: bool = False
    released: Pair | None = None


def separation(people: People) -> list[Check]:
    """The rules about who may do what, each with how it stands."""
    return [_approved(people), _opened(people), _decided(people), _released(people)]


def _name(people: People, person_id: int | None) -> str:
    return people.names.get(person_id or 0, "Someone")


def _approved(people: People) -> Check:
    rule = "Whoever approves it wrote no part of it"
    wrote = join_words(sorted(_name(people, author) for author in people.authors)) or "Nobody"
    if people.approver_id is None:
        return Check(rule, Holds.NOT_YET, f"{wrote} wrote it. Nobody has approved it as it is.")
    kept = Holds.NO if people.approver_id in people.authors else Holds.YES
    return Check(rule, kept, f"{wrote} wrote it. {_name(people, people.approver_id)} approved it.")


def _opened(people: People) -> Check:
    rule = "Two people open the pitches together"
    if people.opened is None:
        return Check(rule, Holds.NOT_YET, "No opening by two people is recorded.")
    return _pair(rule, people, people.opened, "opened them")


def _decided(people: People) -> Check:
    rule = "Whoever decides does not judge"
    kept = Holds.NO if people.sat else Holds.YES
    where = "is or was on the panel" if people.sat else "was never on the panel"
    if people.decider_id is not None:
        return Check(rule, kept, f"{_name(people, people.decider_id)} decided and {where}.")
    if people.named_id is None:
        return Check(rule, Holds.NOT_YET, "Nobody is named to decide.")
    who = _name(people, people.named_id)
    if people.sat:
        return Check(rule, Holds.NO, f"{who} is to decide and {where}. Someone else has to.")
    return Check(rule, Holds.NOT_YET, f"{who} is to decide and is not on the panel.")


def _released(people: People) -> Check:
    rule = "Two people release the letters, and the second did not decide"
    if people.released is None:
        return Check(rule, Holds.NOT_YET, "No release by two people is recorded.")
    if people.released.second_id == people.decider_id:
        who = _name(people, people.decider_id)
        return Check(rule, Holds.NO, f"{who} decided and was the second to release.")
    return _pair(rule, people, people.released, "released them")


def _pair(rule: str, people: People, pair: Pair, did: str) -> Check:
    detail = f"{_name(people, pair.first_id)} and {_name(people, pair.second_id)} {did}."
    if pair.first_id == pair.second_id:
        return Check(rule, Holds.NO, detail)
    if pair.exceptions:
        return Check(rule, Holds.EXCEPTION, " ".join((detail, *pair.exceptions)))
    return Check(rule, Holds.YES, detail)


@dataclass(frozen=True, slots=True)
class Due:
    """One thing that is still to be done, and whose move it is."""

    what: str
    who: str


@dataclass(frozen=True, slots=True)
class Left:
    """What is left to do. A count is None where this person may not know it.

    `proposed_by` has proposed the two-person act that comes next. `sent` counts sealed pitches.
    """

    missing: tuple[str, ...] = ()
    sent: int | None = None
    undecided: int | None = None
    undeclared: int | None = None
    interests: int | None = None
    cards: int | None = None
    short: int | None = None
    unexplained: int | None = None
    proposed_by: str = ""
    decider: str = ""
    to_post: int = 0


_LEAD = "The procurement lead"
_SECOND = "A second person"


_MODERATING = Due("Settle what is on the agenda and close moderation", "The chair or the procurement lead")


def due(state: ChallengeState, left: Left) -> list[Due]:
    """What is still to be done at this stage; empty when nothing is."""
    found: list[Due] = []
    if state in EDITABLE:
        found = [Due(text, "An officer") for text in left.missing]
        found.append(Due("Ask for approval", "An officer"))
    elif state == S.IN_REVIEW:
        found = [Due(text, "An officer, who pulls it back first") for text in left.missing]
        found.append(Due("Approve it, or ask for changes", "An approver who wrote no part of it"))
    elif state in (S.APPROVED, S.SCHEDULED):
        found = [Due(text, _LEAD) for text in left.missing]
        who = "An officer or the procurement lead" if state == S.APPROVED else "The clock"
        found.append(Due("Publish it", who))
    elif state in (S.OPEN, S.CLOSED):
        found = _sealed(state, left)
    elif state == S.ELIGIBILITY:
        found = _checking(left)
    elif state in (S.JUDGING, S.MODERATION):
        found = _judging(left) if state == S.JUDGING else [_MODERATING]
    elif state == S.RECOMMENDED:
        found = [*_explaining(left), Due("Record the decision", left.decider or "The decision-maker")]
    elif state == S.DECIDED:
        found = [*_explaining(left), _releasing(left)]
    elif state in RELEASED and left.to_post:
        letters = plural(left.to_post, "letter")
        found = [Due(f"Send {letters} by hand", "An officer, the procurement lead or an approver")]
    return found


def _sealed(state: ChallengeState, left: Left) -> list[Due]:
    act = _two("open the pitches", left, "one of the two the procurement lead")
    if left.sent is None:
        return [Due("Send pitches", "Suppliers") if state == S.OPEN else act]
    sent = plural(left.sent, "pitch", "pitches")
    if state == S.OPEN:
        return [Due(f"Send pitches. So far {sent}, sealed", "Suppliers")]
    return [Due(f"{act.what}. There {'is' if left.sent == 1 else 'are'} {sent}, sealed", act.who)]


def _two(what: str, left: Left, who: str) -> Due:
    if left.proposed_by:
        return Due(f"Agree to {what}, as {left.proposed_by} proposes", f"{_SECOND}, {who}")
    return Due(f"Propose to {what}, and agree to it", f"Two people, {who}")


def _releasing(left: Left) -> Due:
    if left.proposed_by:
        return _two("release the letters", left, "who did not decide")
    return Due("Propose to release the letters, and agree to it", "Two people. The second did not decide")


def _checking(left: Left) -> list[Due]:
    found = []
    if left.undecided is None or left.undecided:
        count = "" if left.undecided is None else f": {plural(left.undecided, 'pitch', 'pitches')} left"
        found.append(Due(f"Check who can take part{count}", "An officer or the procurement lead"))
    return [*found, Due("Start judging, or decide that there is no winner", _LEAD)]


def _judging(left: Left) -> list[Due]:
    if left.cards is None:
        return [Due("Sign the scorecards", "The judges"), Due("Close scoring", _LEAD)]
    lines = [
        (left.undeclared, "declaration", "still to be made", "The judges"),
        (left.interests, "declared interest", "still to be decided", _LEAD),
        (left.cards, "scorecard", "still to be signed", "The judges"),
        (left.short, "pitch", "with too few signed scorecards", "The judges and the procurement lead"),
    ]
    found = [Due(f"{_some(count, noun)} {what}", who) for count, noun, what, who in lines if count]
    return [*found, Due("Close scoring", _LEAD)]


def _some(count: int, noun: str) -> str:
    return plural(count, noun, "pitches" if noun == "pitch" else "")


def _explaining(left: Left) -> list[Due]:
    if not left.unexplained:
        return []
    pitches = plural(left.unexplained, "pitch", "pitches")
    return [Due(f"Explain the scores of {pitches}", "The chair, or the deputy")]


def nothing_due(state: ChallengeState) -> str:
    """Why nothing is due, for a challenge of which nothing is."""
    if state in RELEASED:
        return "Nothing is due here. Agreement, pilot and payment happen outside this platform."
    return "Nothing is due here. This challenge ended before anybody pitched."


def approver_that_counts(state: ChallengeState, reviews: Collection[tuple[int, bool]]) -> int | None:
    """Who approved the challenge as it now stands, from its reviews (reviewer, approved), newest first."""
    newest = next(iter(reviews), None)
    if newest is None or not newest[1] or state in EDITABLE | {S.IN_REVIEW, S.WITHDRAWN}:
        return None
    return newest[0]
