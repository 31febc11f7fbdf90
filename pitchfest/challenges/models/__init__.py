"""The tables of challenges."""

from pitchfest.challenges.models.challenge import (
    Anchor,
    Challenge,
    ChallengeEdit,
    ChallengeTemplate,
    ChallengeText,
    Criterion,
    HandOver,
    Question,
    Review,
    Snapshot,
)
from pitchfest.challenges.models.clarifications import (
    Clarification,
    ClarificationAsker,
    ClarificationEdit,
    PublishedAnswer,
)
from pitchfest.challenges.models.easy_read import EasyReadSentence, EasyReadVersion
from pitchfest.challenges.models.needs import Need
from pitchfest.challenges.models.news import (
    Cancellation,
    Correction,
    Delay,
    Extension,
    Follower,
    News,
    Outreach,
    OutreachRecipient,
    OutreachStop,
)
from pitchfest.challenges.models.route import ChallengeDuty, ChallengeRoute

__all__ = [
    "Anchor",
    "Cancellation",
    "Challenge",
    "ChallengeDuty",
    "ChallengeEdit",
    "ChallengeRoute",
    "ChallengeTemplate",
    "ChallengeText",
    "Clarification",
    "ClarificationAsker",
    "ClarificationEdit",
    "Correction",
    "Criterion",
    "Delay",
    "EasyReadSentence",
    "EasyReadVersion",
    "Extension",
    "Follower",
    "HandOver",
    "Need",
    "News",
    "Outreach",
    "OutreachRecipient",
    "OutreachStop",
    "PublishedAnswer",
    "Question",
    "Review",
    "Snapshot",
]
