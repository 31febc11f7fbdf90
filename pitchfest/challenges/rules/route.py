"""Which rules a challenge falls under: five plain answers, and the route that follows from them. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from pitchfest.challenges.rules.lifecycle import Lane
from pitchfest.kernel.money import say_pounds


class Route(StrEnum):
    """The way from money to a supplier, which says what has to be done on it."""

    GRANT = "grant"
    BELOW_THRESHOLD = "below_threshold"
    COMPETITIVE_FLEXIBLE = "competitive_flexible"
    RESEARCH = "research_and_development"
    PRIZE = "prize"
    NO_MONEY = "no_money"


#: Route → its name on pages.
ROUTE_NAMES: dict[Route, str] = {
    Route.GRANT: "Grant",
    Route.BELOW_THRESHOLD: "Purchase below the threshold",
    Route.COMPETITIVE_FLEXIBLE: "Competitive flexible procedure",
    Route.RESEARCH: "Research and development",
    Route.PRIZE: "Prize",
    Route.NO_MONEY: "No money",
}


#: Purchases under the Procurement Act 2023: what counts must be a score that somebody gave, with its reason.
REGULATED = frozenset({Route.BELOW_THRESHOLD, Route.COMPETITIVE_FLEXIBLE})

#: Route → what it means for a supplier, as the public page says it in one sentence.
ROUTE_MEANS: dict[Route, str] = {
    Route.GRANT: "This is a grant: the winner gets money for its own work, and we get nothing back for it.",
    Route.BELOW_THRESHOLD: "This is a purchase below the threshold: we mean to buy from the winner, under the"
    " simpler rules for smaller sums.",
    Route.COMPETITIVE_FLEXIBLE: "This is a competitive flexible procedure: we mean to buy from the winner,"
    " under all the rules of the Procurement Act 2023.",
    Route.RESEARCH: "This is research and development: we pay the winner to find something out, and buy what"
    " comes of it only after another competition.",
    Route.PRIZE: "This is a prize: the winner gets it for the idea, and we buy nothing.",
    Route.NO_MONEY: "No money changes hands here: the winner tries its idea out with us, and is not paid.",
}


class Instead(StrEnum):
    """What the winner gets where nothing is bought."""

    NOTHING = "nothing"
    GIFT = "gift"
    PRIZE = "prize"
    NO_MONEY = "no_money"


@dataclass(frozen=True, slots=True)
class Threshold:
    """An amount in pence, VAT included, from which other rules hold: where it stands, and when that
    was checked.
    """

    pence: int
    what: str
    source: str
    checked: date


CHECKED = date(2026, 11, 23)
#: From here on a purchase of goods or services is one of the whole Act.
FULL_RULES = Threshold(
    207_720_00,
    "A purchase by an authority like ours",
    "Procurement Act 2023, schedule 1, as it is since 1 January 2026",
    CHECKED,
)
#: From here on a smaller purchase needs a notice before it is advertised.
NOTICE = Threshold(30_000_00, "A notice for a smaller purchase", "Procurement Act 2023, section 84", CHECKED)

#: Largest amount of a challenge, in pence: a number that both databases hold.
LARGEST_BUDGET = 2_000_000_000


@dataclass(frozen=True, slots=True)
class Answers:
    """The five answers. `value_pence` is all that may be paid, VAT included."""

    buying: bool
    value_pence: int
    others: bool
    instead: Instead
    research: bool


@dataclass(frozen=True, slots=True)
class Chosen:
    """The answers of one challenge. `confirmed_at`: when the procurement lead agreed to them;
    `stored` is False where a small round is taken to be what its budget says; `edition` rises with each
    other result, and what was recorded of duties counts for its own only.
    """

    answers: Answers
    confirmed_at: datetime | None = None
    stored: bool = True
    edition: int = 1

    @property
    def route(self) -> Route:
        """The route that follows from the answers."""
        return route_of(self.answers)


_NO_MONEY = "You say that there is no money. Enter 0 here, or choose another answer below"
_SOME_MONEY = "Enter how much it is. If nothing is paid, say that we buy nothing, and choose “No money” below"


def answer_problems(answers: Answers) -> list[tuple[str, str]]:
    """What contradicts itself in the answers: (message, field)."""
    if answers.buying and answers.instead != Instead.NOTHING:
        words = (
            "A challenge that buys something is no gift, no prize, and not without money. "
            "Choose “None of these”, or say above that we buy nothing"
        )
        return [(words, "instead")]
    if not answers.buying and answers.instead == Instead.NOTHING:
        words = (
            "“None of these” means that we buy something, and above you say that we do not. "
            "Choose what the winner gets, or say above that we buy something"
        )
        return [(words, "instead")]
    if answers.instead == Instead.NO_MONEY:
        has_value = answers.value_pence > 0
        return [(_NO_MONEY, "value_pence")] if has_value else []
    if not answers.value_pence:
        return [(_SOME_MONEY, "value_pence")]
    return []


def route_of(answers: Answers) -> Route:
    """The route that follows from answers that do not contradict themselves."""
    if not answers.buying:
        return {Instead.GIFT: Route.GRANT, Instead.PRIZE: Route.PRIZE}.get(answers.instead, Route.NO_MONEY)
    if answers.research and answers.others:
        return Route.RESEARCH
    if answers.value_pence >= FULL_RULES.pence:
        return Route.COMPETITIVE_FLEXIBLE
    return Route.BELOW_THRESHOLD


def route_reason(answers: Answers) -> str:
    """Why it is that route, in a sentence or two."""
    value, limit = say_pounds(answers.value_pence), say_pounds(FULL_RULES.pence)
    route = route_of(answers)
    if route == Route.GRANT:
        return f"We give {value} and get nothing back for ourselves, so it is a grant and not a purchase."
    if route == Route.PRIZE:
        return f"The winner gets a prize of {value} for an idea, and we buy nothing."
    if route == Route.NO_MONEY:
        return "No money changes hands, so the rules for buying and for subsidies do not apply."
    if route == Route.RESEARCH:
        return (
            "We pay for research whose result is not for us alone, since others could buy it too. What is"
            " ready to use is bought later, in a competition of its own."
        )
    alone = " It is research, but for us alone, so it counts as any purchase." if answers.research else ""
    if route == Route.COMPETITIVE_FLEXIBLE:
        return f"We buy something for {value}, VAT included, which is {limit} or more.{alone}"
    return f"We buy something for {value}, VAT included, which is less than {limit}.{alone}"


def usual_answers(budget_pence: int) -> Answers:
    """What a small round is where nobody answered: a purchase for its budget, or one without money."""
    has_money = budget_pence > 0
    return Answers(
        buying=has_money,
        value_pence=budget_pence,
        others=False,
        instead=Instead.NOTHING if has_money else Instead.NO_MONEY,
        research=False,
    )


def needs_confirming(lane: Lane, answers: Answers) -> bool:
    """Whether the procurement lead must agree: always, but for a small round below the notice's amount."""
    return lane != Lane.SMALL or answers.value_pence >= NOTICE.pence


def money_problem(answers: Answers, budget_pence: int | None) -> str:
    """Why the answers do not fit the budget in the brief, or ""."""
    if budget_pence is None or answers.value_pence >= budget_pence > 0:
        return ""
    if budget_pence:
        return (
            f"The brief's budget is {say_pounds(budget_pence)}, and the route counts with"
            f" {say_pounds(answers.value_pence)}. Answer its questions again"
        )
    if answers.instead == Instead.NO_MONEY:
        return ""
    return "The brief says that there is no money, and the route says otherwise. Put one of them right"
