"""A library of criteria, each with words for the whole scale and a question. Pure.

The words are our own. A region changes them once they are in its draft, and keeps its own in
templates.
"""

from __future__ import annotations

from dataclasses import dataclass

from pitchfest.challenges.rules.templates import TemplateCriterion, TemplateQuestion

_LABELS = ("No answer", "Poor", "Weak", "Acceptable", "Good", "Excellent")


@dataclass(frozen=True, slots=True)
class LibraryEntry:
    """A criterion ready to use, and the question that belongs to it. `meanings` are for 0 to 5."""

    key: str
    name: str
    weight: int
    guidance: str
    meanings: tuple[str, str, str, str, str, str]
    ask: str
    max_words: int = 250

    def criterion(self, weight: int) -> TemplateCriterion:
        """The criterion with this weight, on the scale of 0 to 5."""
        anchors = {n * 100: words for n, words in enumerate(zip(_LABELS, self.meanings, strict=True))}
        return TemplateCriterion(self.name, weight, self.guidance, anchors=anchors)

    def question(self, criterion: int | None) -> TemplateQuestion:
        """The question, scored on the criterion at this position."""
        return TemplateQuestion(self.ask, max_words=self.max_words, criterion=criterion)


LIBRARY: tuple[LibraryEntry, ...] = (
    LibraryEntry(
        "fit",
        "Fit to the problem",
        30,
        "Would this make the problem smaller for the people who have it? Look for signs that the supplier"
        " knows who they are, what they do today and what was tried before.",
        (
            "Does not say how it helps with this problem.",
            "Answers another problem, or only repeats the brief.",
            "Helps with part of the problem. The people who have it are hardly mentioned.",
            "Helps with the main problem in a way we can follow. Some assumptions are not tested.",
            "Helps with the whole problem and says why, with evidence from people like ours.",
            "Shows us the problem more clearly than we did, and helps with its cause.",
        ),
        "What would you do, and how would it make the problem smaller for the people who have it?",
    ),
    LibraryEntry(
        "deliver",
        "Can be delivered",
        25,
        "Could this be done here, in this time and for this money? Look for steps with dates, what is needed"
        " from us, and honest risks with an owner.",
        (
            "No plan.",
            "A wish more than a plan. It could not start in the time there is.",
            "Has steps, but important ones are missing or depend on things nobody has agreed.",
            "A plan that could work. Some dates or risks still need talking through.",
            "Clear steps, dates and owners. The main risks are named, each with a way round.",
            "A plan we could start on Monday. It says early how we would both know it is failing.",
        ),
        "How would you do it: what happens by when, what do you need from us, and what could go wrong?",
    ),
    LibraryEntry(
        "new",
        "New or different",
        15,
        "Does it try something that is not done here yet? New to us is enough. New for its own sake is not.",
        (
            "Does not say what is new.",
            "What we do today, under another name.",
            "A small change to what we do, with little sign that it matters.",
            "New to us. It has worked elsewhere in some form.",
            "New to us, and clear about why it should do better than what we do today.",
            "A different way to see the problem, with good reason to think it will work.",
        ),
        "What is new or different about this, compared with what is done today?",
        200,
    ),
    LibraryEntry(
        "inclusive",
        "Inclusive",
        10,
        "Who could be left out, and what is done about it? Think of people without a smartphone, with little"
        " English, who are disabled, who work at night, who do not trust services.",
        (
            "Does not say who would be left out.",
            "Would leave out people who have the problem most.",
            "Names groups who could be left out, but does nothing about it.",
            "Has a fair way in for most people who could be left out.",
            "Was shaped with people who are often left out, and says what changed because of them.",
            "Reaches people whom services miss today, and would notice if it stopped doing so.",
        ),
        "Who could be left out by your idea, and what would you do about it?",
        200,
    ),
    LibraryEntry(
        "social_value",
        "Social value",
        10,
        "What good would it do here beyond the result we asked for? Jobs, skills, local firms, volunteers."
        " Look for promises that can be counted and that fit the size of the work.",
        (
            "No answer, or nothing to do with this work.",
            "General statements about the company.",
            "A promise, but not here or not one that anybody could check.",
            "A promise for this place that can be checked.",
            "Promises that can be counted, fit the work and were talked over with people here.",
            "Promises that can be counted, with a named person and a date, and that last after the pilot.",
        ),
        "What good would this work do for people here, beyond the result we ask for?",
        150,
    ),
    LibraryEntry(
        "team",
        "Team",
        10,
        "Do the people named have what this work needs? A short list of the right people is better than a"
        " long one of titles. Partners count.",
        (
            "Nobody is named.",
            "People are named, but nothing shows that they can do this.",
            "Some of what is needed is there. Important skills are missing.",
            "The people have done similar things. One gap, with a plan to fill it.",
            "The right people, with enough time for this, who have done it before.",
            "The right people, used to working together, and someone steps in if one of them leaves.",
        ),
        "Who would do the work, what have they done before, and how much of their time would we get?",
        200,
    ),
    LibraryEntry(
        "evidence",
        "Evidence and measuring",
        15,
        "How would we all know whether it worked? Look for one or two measures, where things stand today,"
        " a target, and a fair comparison.",
        (
            "Does not say how it would be measured.",
            "Would count activity, not results.",
            "Names a result, but not where it stands today or how it would be counted.",
            "One clear measure with a target, from data that exists.",
            "Measures with a starting point, a target and a fair comparison.",
            "All of that, a result at which to stop early, and a promise to publish whatever comes out.",
        ),
        "How would we know whether it worked? Name the measure, and the result that would be enough.",
    ),
    LibraryEntry(
        "safety",
        "Data protection and safety",
        10,
        "Whose data, whose safety? Look for as little personal data as the idea can live with, a lawful"
        " reason to use it, and someone who can stop things when they go wrong.",
        (
            "Does not mention data or safety, though it should.",
            "Would need data or take risks that we could not agree to.",
            "Names the risks but leaves them to us.",
            "Uses only the data it needs, and has usual safeguards.",
            "Says which data, why, for how long and where, and how people can object. Safety has an owner.",
            "Needs hardly any personal data by design, and shows how harm would be noticed and stopped.",
        ),
        "Which data would you use, whose, and for how long? How would you keep people safe?",
        200,
    ),
    LibraryEntry(
        "accessibility",
        "Accessibility",
        10,
        "Can disabled people use it, and the staff who run it? Look for tests with people and with assistive"
        " technology. A statement alone is little.",
        (
            "Does not say who could not use it.",
            "Could not be used by many disabled people.",
            "Promises to meet a standard later.",
            "Meets WCAG 2.2 AA in most parts, and says which parts it does not meet.",
            "Tested with disabled people and with assistive technology. The gaps have dates.",
            "Designed with disabled people from the start, with another way in for those it does not suit.",
        ),
        "How can disabled people use what you make, and how have you tested that?",
        150,
    ),
    LibraryEntry(
        "value",
        "Value for money",
        15,
        "Is the result worth the price? Look for where the money goes and what it would cost to keep going."
        " If you use a price criterion as well, do not give points for a low price here.",
        (
            "Nothing about costs.",
            "Costs that do not fit the work.",
            "A price, but no sign of where the money goes.",
            "Costs that fit the work. What it costs afterwards is a guess.",
            "Costs by part, with savings or benefits that we could check.",
            "All of that, the cost of keeping it going, and what we could leave out to spend less.",
        ),
        "Where would the money go, and what would it cost to keep going after the pilot?",
        200,
    ),
    LibraryEntry(
        "environment",
        "Environment",
        10,
        "What does it do to carbon, waste, water and wildlife here? Small and true is better than large and"
        " vague. Think of travel and of what is thrown away at the end.",
        (
            "No answer.",
            "Would clearly do harm, and nothing is done about it.",
            "General statements that could stand in any pitch.",
            "Names its main effect and one step to make it smaller.",
            "Counts its main effects, and has steps that fit them.",
            "Leaves the environment here better, in a way that can be counted.",
        ),
        "What would this do to the environment here, good and bad?",
        150,
    ),
    LibraryEntry(
        "scale",
        "Scale after the pilot",
        10,
        "If it works, what then? Look for what must be true before it can grow, and for a way out: open"
        " standards, our data back, nothing that ties us to one supplier.",
        (
            "Does not look past the pilot.",
            "Could work only as a pilot, or only with this supplier for ever.",
            "Hopes to grow, but says little about how or at what cost.",
            "A believable next step, with its rough cost.",
            "Clear conditions and costs for the next steps. We could change supplier and keep our data.",
            "Ready for more places: costs fall as it grows, and others could run it.",
        ),
        "If it works, what would it take to do it everywhere here, and how could we leave?",
        200,
    ),
)
BY_KEY: dict[str, LibraryEntry] = {entry.key: entry for entry in LIBRARY}
