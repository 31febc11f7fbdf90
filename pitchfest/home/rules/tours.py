"""A five-minute tour for each part that people play: a few steps, each with a picture and a page to try.

A link leads to a page that whoever plays the part may open (tested), so it names no one challenge.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pitchfest.kernel.actor import Actor, Role


@dataclass(frozen=True, slots=True)
class Link:
    """A page to try: what one does there, its endpoint, and the values of its address."""

    label: str
    endpoint: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """A heading, two or three short sentences, the name of one of `PICTURES`, and what to try."""

    title: str
    text: str
    picture: str
    link: Link | None = None


@dataclass(frozen=True, slots=True)
class Tour:
    """What `people` (in the plural) do here. `staff`: its links lead to pages for them alone."""

    slug: str
    people: str
    sentence: str
    steps: tuple[Step, ...]
    staff: bool = True


_CHALLENGES = Link("Look at every challenge", "manage.index")
_RESULTS = Link("Look for challenges with results", "manage.index", {"state": "awarded"})
_DECIDE = Link("Look for challenges that wait for a decision", "manage.index", {"state": "recommended"})
_JUDGED = Link("Look for challenges that are being judged", "manage.index", {"state": "judging"})
_CLOSED = Link("Look for challenges that have closed", "manage.index", {"state": "closed"})
_TO_APPROVE = Link("Look for challenges that wait for approval", "manage.index", {"state": "in_review"})

SUPPLIER = Tour(
    "supplier",
    "suppliers",
    "You read what a region needs, pitch your answer, and hear why it won or did not.",
    (
        Step(
            "Read the whole challenge",
            "It says what is wrong, who has the problem, what there is to spend and how pitches are scored. "
            "You need no account to read it.",
            "challenge",
            Link("See the challenges", "challenges.index"),
        ),
        Step(
            "Answer a few short questions",
            "Each question says how long the answer may be and how judges score it. What you write saves "
            "itself where scripts run. Stop and come back, or invite a colleague or a partner. Nobody at the "
            "authority can read a word.",
            "question",
            Link("Open your pitches", "pitches.index"),
        ),
        Step(
            "Send it, and change it until closing",
            "You get a receipt with the time to the second. Until the closing time you can change your "
            "pitch. What you sent last stays in until you send again.",
            "sent",
        ),
        Step(
            "Read why",
            "After closing, two people open every pitch at once. When the decision is made, you get a "
            "letter: your score on each criterion, and the reasons. Every supplier gets one, all on the "
            "same day.",
            "letter",
            Link("Open your messages", "accounts.messages"),
        ),
    ),
    staff=False,
)

JUDGE = Tour(
    "judge",
    "judges",
    "You score the pitches you are given, each on its own, and say why.",
    (
        Step(
            "Begin at your desk",
            "Your desk says what is left and by when. The button takes you to where you stopped.",
            "desk",
            Link("Open your desk", "judging.desk"),
        ),
        Step(
            "Say whom you know",
            "Before you read anything, you see the suppliers’ names and say whether you have an interest in "
            "any. Did you notice one later? Each scorecard has a link for that. The procurement lead "
            "decides.",
            "conflict",
        ),
        Step(
            "Score one criterion at a time",
            "The answer, what each score means and your reason stand together. It works on a phone too. "
            "Write the reason to the supplier: it is what they learn from.",
            "scorecard",
        ),
        Step(
            "Check, then sign off",
            "You see all your scores on one page, and what is still missing. Once you have signed off, you "
            "cannot change them. Other judges’ scores stay hidden until scoring is closed.",
            "check",
        ),
        Step(
            "See what the supplier reads",
            "The chair writes one explanation for each criterion from the judges’ reasons. The letter holds "
            "them beside the scores.",
            "letter",
        ),
    ),
    staff=False,
)

OFFICER = Tour(
    "officer",
    "innovation officers",
    "You write challenges, see each one through to its letters, and never read a pitch too early.",
    (
        Step(
            "Begin with what waits for you",
            "Your first page names the next thing to do and since when it waits. Below it stands every "
            "challenge.",
            "home",
            Link("Open your first page", "home.index"),
        ),
        Step(
            "Write the challenge",
            "The brief, the criteria with their weights, and the pitch form are a page each. Five plain "
            "questions tell which rules it falls under. When all is done, ask for approval: somebody else "
            "has to give it. Then publish, at once or at a set time.",
            "draft",
            _CHALLENGES,
        ),
        Step(
            "Open the pitches with a second person",
            "After closing, one of you proposes it and the other confirms, each from their own sign-in. The "
            "record of the opening can be printed.",
            "opening",
            _CLOSED,
        ),
        Step(
            "Watch the scoring, not the scores",
            "The board says who has what left to score. No score can be seen until scoring is closed.",
            "board",
            _JUDGED,
        ),
        Step(
            "Send every letter at once",
            "Read the letters as suppliers will, then propose to send them. A second person, who is not the "
            "one who decided, confirms.",
            "release",
            _RESULTS,
        ),
        Step(
            "Practise before it counts",
            "A practice challenge takes you through all of this with invented pitches, in an afternoon or "
            "in five minutes. Nobody outside sees it, and you throw it away when you are done.",
            "practice",
            Link("Start a practice challenge", "manage.new", {"practice": "1"}),
        ),
    ),
)

APPROVER = Tour(
    "approver",
    "approvers",
    "You are the second pair of eyes: no challenge is published that only its author has read.",
    (
        Step(
            "Read it as a supplier would",
            "A challenge that waits for you is on your first page. Read the brief and the criteria, "
            "and try the form. Would you know what to answer, and is it worth the hours?",
            "approve",
            _TO_APPROVE,
        ),
        Step(
            "Approve it, or say what to change",
            "With your approval the words are settled: a change takes a new approval. If you ask for "
            "changes, the officer reads your reasons and sends it again.",
            "draft",
            _CHALLENGES,
        ),
        Step(
            "Help to open the pitches",
            "Opening takes two people. You can be one of them, as long as you belong to no supplier and did "
            "not in the last 12 months. The record names you both.",
            "opening",
            _CLOSED,
        ),
        Step(
            "Help to send the letters",
            "Sending takes two people as well. The second, who confirms, is not the one who decided. Read a "
            "few letters before you confirm: they cannot be called back.",
            "release",
            _RESULTS,
        ),
    ),
)

LEAD = Tour(
    "procurement-lead",
    "procurement leads",
    "You look after the rules: who may take part, who may judge, and when scoring ends.",
    (
        Step(
            "Confirm the route",
            "The officer answers five questions, and a route follows: a grant, a purchase, a prize. Before "
            "the challenge is published you confirm it once, and record what the route asks for.",
            "draft",
            _CHALLENGES,
        ),
        Step(
            "Open the pitches",
            "Two people open them, two minutes after closing at the earliest. The record holds the time and "
            "a seal for each pitch, so that nobody can change one later.",
            "opening",
            _CLOSED,
        ),
        Step(
            "Find who can take part",
            "Hold each pitch against the rules in the brief, and give your reason. Is a fact unclear? You "
            "can ask the supplier, once. Then start the judging.",
            "eligibility",
            Link("Look for challenges with pitches to check", "manage.index", {"state": "eligibility"}),
        ),
        Step(
            "Decide on conflicts of interest",
            "A judge who declares an interest reads nothing of that pitch until you have decided. Clear "
            "them, or keep them away from it: your reason goes on record.",
            "conflicts",
            _JUDGED,
        ),
        Step(
            "Close the scoring",
            "The board says who has what left to score. When the last card is signed off, close the "
            "scoring. Only then do the results exist, for you too.",
            "board",
        ),
        Step(
            "Defend the result",
            "Totals are exact, the spread between judges stands beside them, and each score has its reason. "
            "You can download all of it.",
            "results",
            _RESULTS,
        ),
    ),
)

DECIDER = Tour(
    "decision-maker",
    "decision-makers",
    "The brief names you. You did not judge; you decide, and give a reason for every pitch.",
    (
        Step(
            "See how the pitches stand",
            "You find the results on your first page when scoring is closed. A small spread says that the "
            "judges agreed. A mark says where a pitch is below the least that was asked for.",
            "results",
            _DECIDE,
        ),
        Step(
            "Read the judges’ reasons",
            "Behind each pitch stands what each judge scored, and why. Read it when two pitches are close.",
            "scores",
        ),
        Step(
            "Record your decision",
            "Say for each pitch whether it won, and why. You may depart from the ranking, with a reason. "
            "Until the letters have gone out you can correct it.",
            "decision",
            Link("Look for what waits for you", "home.index"),
        ),
        Step(
            "Leave the letters to others",
            "Your reasons go into each supplier’s letter, as you wrote them. Two people send the letters, "
            "and the second, who confirms, cannot be you.",
            "letter",
        ),
    ),
)

CHAMPION = Tour(
    "champion",
    "innovation champions",
    "You see how every challenge is doing, from the first draft to the last letter.",
    (
        Step(
            "Take it in at a glance",
            "The overview is one page: what there is, what is late, and whose move it is. You can print it "
            "for a meeting.",
            "overview",
            Link("Open the overview", "home.overview"),
        ),
        Step(
            "See where each challenge stands",
            "The list says in which state a challenge is and whom it waits for. You can sort it by what has "
            "waited longest, and download it.",
            "list",
            Link("See what has waited longest", "manage.index", {"sort": "waiting"}),
        ),
        Step(
            "Read it as the public does",
            "Whoever asks you about a challenge can read all of it, without an account.",
            "challenge",
            Link("See the published challenges", "challenges.index"),
        ),
        Step(
            "Read the results when scoring is closed",
            "Before that, nobody sees a score: not you, not the unit. Afterwards you see each total and "
            "each reason.",
            "results",
            _RESULTS,
        ),
        Step(
            "Know why it was decided so",
            "Each pitch has its outcome and a reason in plain words. The supplier reads the same words.",
            "decision",
        ),
    ),
)

OBSERVER = Tour(
    "observer",
    "observers",
    "You read what was done and when, and change nothing.",
    (
        Step(
            "Begin with the opening record",
            "You see a challenge from the moment its pitches are opened. The record says when it closed, "
            "who opened it, and how many pitches there were.",
            "opening",
            Link("See the challenges you can read", "manage.index"),
        ),
        Step(
            "Check who could take part",
            "Each pitch was held against the rules of the brief. You see who found what, and the reason.",
            "eligibility",
            Link("Look for challenges with pitches to check", "manage.index", {"state": "eligibility"}),
        ),
        Step(
            "Follow the scores to their reasons",
            "When scoring is closed, you see the totals, how far the judges were apart, and each judge’s "
            "reasons.",
            "scores",
            _DECIDE,
        ),
        Step(
            "Hold the decision against the results",
            "The ranking and the outcome stand together. Where they differ, there is a reason.",
            "decision",
        ),
        Step(
            "See that everyone was told",
            "Every supplier has a letter, whether its pitch won or not. You can read each one.",
            "letter",
            _RESULTS,
        ),
    ),
)

ADMIN = Tour(
    "administrator",
    "administrators",
    "You bring people in and look after the service. You cannot read what is sealed or scored.",
    (
        Step(
            "Invite people and give them roles",
            "You give each person the roles they need. A weighty one, such as approver, waits for a second "
            "administrator’s yes. Nobody can give a role to themselves.",
            "people",
            Link("See the people", "admin.people"),
        ),
        Step(
            "See whether mail leaves",
            "The outbox shows the kind of each message and when it left. What it says, and to whom, stays "
            "between the service and the person.",
            "outbox",
            Link("Open the outbox", "admin.outbox"),
        ),
        Step(
            "Check the log",
            "Each act is an entry, and each entry holds the hash of the one before. If anybody changed one, "
            "the check would show it.",
            "log",
            Link("Open the log", "admin.log"),
        ),
        Step(
            "Follow a challenge from outside",
            "You see from publishing on how far a challenge has come. Its pitches and scores are for others.",
            "list",
            _CHALLENGES,
        ),
    ),
)

TOURS: tuple[Tour, ...] = (
    SUPPLIER,
    JUDGE,
    OFFICER,
    APPROVER,
    LEAD,
    DECIDER,
    CHAMPION,
    OBSERVER,
    ADMIN,
)
BY_SLUG: dict[str, Tour] = {tour.slug: tour for tour in TOURS}
_OF_ROLE: dict[Role, Tour] = {
    Role.OFFICER: OFFICER,
    Role.APPROVER: APPROVER,
    Role.LEAD: LEAD,
    Role.CHAMPION: CHAMPION,
    Role.OBSERVER: OBSERVER,
    Role.ADMIN: ADMIN,
}
#: Part, of those that app.py lets features give → its tour; not each part has one.
_OF_PART: dict[str, Tour] = {"decider": DECIDER, "judge": JUDGE, "supplier": SUPPLIER}


def tours_for(actor: Actor) -> tuple[Tour, ...]:
    """The tours for the roles and parts that a person has, in the order of `TOURS`; at least one."""
    played = [_OF_ROLE[role] for role in actor.roles]
    played += [_OF_PART[part] for part in actor.parts if part in _OF_PART]
    return tuple(tour for tour in TOURS if tour in played) or (SUPPLIER,)
