"""The pictures of the tours: what is to be seen on each. `make pictures` takes them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in docs/pictures/tours: what it shows, in words, and its size in pixels."""

    alt: str
    width: int = 900
    height: int = 620


PICTURES: dict[str, Picture] = {
    "challenge": Picture(
        "An open challenge about care visits: the problem in plain words, 18 days left, and the button "
        "Start your pitch."
    ),
    "question": Picture(
        "One question of a pitch with a half-written answer, the words that remain, and beside it how "
        "judges score it."
    ),
    "sent": Picture(
        "A pitch that is in: when it was sent, until when it can be changed, and its receipt with date and "
        "time."
    ),
    "letter": Picture(
        "A letter that begins Your pitch won, with the total, the reasons for the decision and the first "
        "score."
    ),
    "conflict": Picture(
        "The page where a judge tells about a conflict of interest: what happens next, and a field for what "
        "connects them."
    ),
    "desk": Picture("A judge’s desk: three pitches left to score by Thursday, and a button to carry on."),
    "scorecard": Picture(
        "A criterion on a phone: scores from 5 to 0, each with its meaning; a bar says 2 of 5 scored.",
        width=390,
        height=760,
    ),
    "check": Picture(
        "A scorecard before signing off: each criterion with its score, and what is still missing."
    ),
    "home": Picture(
        "An officer’s first page: two things wait, and the first is a supplier’s question to answer."
    ),
    "draft": Picture(
        "A draft challenge: a line from Written to Letters sent, and its parts, each with what is left to do."
    ),
    "practice": Picture(
        "The form that starts a challenge: its name, its question, and a ticked box that says it is for "
        "practice."
    ),
    "approve": Picture(
        "A challenge that waits for approval: the button Approve, and a field for what should change."
    ),
    "opening": Picture(
        "An opening record: when the challenge closed, when two named people opened it, and 8 pitches."
    ),
    "eligibility": Picture(
        "A table of pitches: who sent each one, its price, that it is eligible, and who found so, and why."
    ),
    "conflicts": Picture(
        "A judge’s declared interest in a supplier, word for word, which waits for a decision, and those "
        "decided before."
    ),
    "board": Picture(
        "How far scoring is: 8 scorecards to go, and for each judge what is signed off and left."
    ),
    "results": Picture(
        "Results of a challenge: each supplier’s rank, total, price points, mean, median, spread and number "
        "of judges."
    ),
    "scores": Picture(
        "One criterion of one pitch: what five judges scored, and the reason each of them gave."
    ),
    "decision": Picture(
        "A recorded decision: each pitch in its rank with its points, whether it won, and the reason for it."
    ),
    "release": Picture(
        "The record of letters sent: who proposed it, who released it, and a line for each supplier’s letter."
    ),
    "overview": Picture(
        "An overview on one page: how many challenges and pitches, how long letters took, and what is late."
    ),
    "list": Picture("All challenges in a table: the state of each, whom it waits for, and when it closes."),
    "people": Picture(
        "A table of people: their email address, roles and organisation, and that each account works."
    ),
    "outbox": Picture(
        "The outbox: the kind of each message, when it was written and when it left, without words or names."
    ),
    "log": Picture("The log after a check, which found that all its entries follow one another unchanged."),
}
