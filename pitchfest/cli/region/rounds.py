"""What happens to pitches: writing, opening, eligibility, declarations, scores, decision, letters."""

from __future__ import annotations

import json
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import select

from pitchfest.awards import operations as awards
from pitchfest.awards.rules import Outcome
from pitchfest.challenges import queries as challenges
from pitchfest.cli.region.challenges import form_questions
from pitchfest.cli.region.story import BadRegionError, Story
from pitchfest.db import db
from pitchfest.judging import operations as judging
from pitchfest.judging import queries as judging_queries
from pitchfest.judging.models import PanelMember, Scorecard
from pitchfest.judging.rules.moderation import Words
from pitchfest.judging.rules.states import DeclarationState
from pitchfest.pitches import operations as pitches
from pitchfest.pitches import queries as pitch_queries


def plan(story: Story) -> None:
    """Add the steps of every pitch and every round of judging that the file tells of."""
    for pitch in story.content.get("pitches") or []:
        _plan_pitch(story, pitch)
    for round_ in story.content.get("judging") or []:
        _plan_round(story, round_)
    for letters in story.content.get("letters") or []:
        _plan_letters(story, letters)


# Pitches


def _plan_pitch(story: Story, pitch: dict[str, Any]) -> None:
    name = f"{pitch['challenge']}: {pitch['supplier']}"
    author, key = pitch["author"], (pitch["challenge"], pitch["supplier"])

    def write(now: datetime) -> None:
        story.pitches[key] = pitches.start(
            story.actor(author, now),
            challenge=pitch["challenge"],
            organisation_id=story.organisations[pitch["supplier"]],
            reference=pitch.get("reference"),
            now=now,
        )
        _answer(story, pitch, now)

    story.at(pitch["started_at"], f"{name} writes", write)
    if pitch.get("sent_at"):
        story.at(
            pitch["sent_at"],
            f"{name} sends",
            lambda now: pitches.submit(
                story.actor(author, now),
                reference=story.pitches[key],
                declared=True,
                expected_version=None,
                now=now,
            ),
        )
    if pitch.get("withdrawn_at"):
        story.at(
            pitch["withdrawn_at"],
            f"{name} withdraws",
            lambda now: pitches.withdraw(story.actor(author, now), reference=story.pitches[key], now=now),
        )


def _answer(story: Story, pitch: dict[str, Any], now: datetime) -> None:
    actor, reference = (
        story.actor(pitch["author"], now),
        story.pitches[(pitch["challenge"], pitch["supplier"])],
    )
    for position, question in enumerate(form_questions(story), start=1):
        key = question["id"]
        written = pitch.get(key) or pitch["answers"].get(key)
        if written is None:
            continue
        if question.get("type") == "money_lines":
            lines = [{"label": line["label"], "pence": round(line["gbp"] * 100)} for line in written]
            written = json.dumps(lines, ensure_ascii=False)
        pitches.save_answer(actor, reference=reference, position=position, text=written, shown=None, now=now)


# Judging


def _plan_round(story: Story, round_: dict[str, Any]) -> None:
    reference = round_["challenge"]
    opening = round_["opening"]
    story.at(
        opening["proposed"]["at"],
        f"{reference}: opening proposed",
        lambda now: pitches.propose_opening(
            story.actor(opening["proposed"]["by"], now), reference=reference, now=now
        ),
    )
    story.at(
        opening["confirmed"]["at"],
        f"{reference}: pitches opened",
        lambda now: pitches.confirm_opening(
            story.actor(opening["confirmed"]["by"], now), reference=reference, now=now
        ),
    )
    for finding in round_.get("eligibility") or []:
        story.at(
            finding["at"],
            f"{reference}: {finding['supplier']} is found eligible or not",
            partial(_find, story, reference, finding),
        )
    if start := round_.get("start"):
        story.at(
            start["at"],
            f"{reference}: judging starts",
            lambda now: judging.start(
                story.actor(start["by"], now), reference=reference, expected_version=None, now=now
            ),
        )
    for declaration in round_.get("declarations") or []:
        _plan_declaration(story, reference, declaration)
    _plan_cards(story, reference, round_.get("cards") or {})
    if close := round_.get("close"):
        story.at(
            close["at"],
            f"{reference}: scoring closes",
            lambda now: judging.close(
                story.actor(close["by"], now), reference=reference, expected_version=None, now=now
            ),
        )
    if meeting := round_.get("moderation"):
        story.at(meeting["at"], f"{reference}: the panel meets", partial(_meet, story, reference, meeting))


def _meet(story: Story, reference: str, meeting: dict[str, Any], now: datetime) -> None:
    """The panel lets the mean stand on every answer of its agenda, with the reason for why it was there."""
    chair = story.actor(meeting["by"], now)
    challenge_id = challenges.by_reference(reference, now).id
    names = {row.name: row.member_id for row in judging_queries.panel(challenge_id)}
    present = [names[judge] for judge in meeting["present"]]
    judging.note(
        chair,
        reference=reference,
        present=present,
        minutes=meeting["minutes"],
        expected_version=None,
        now=now,
    )
    for item in judging_queries.agenda(challenge_id):
        judging.agree(
            chair,
            reference=reference,
            item_id=item.id,
            hundredths=None,
            words=Words(meeting["reasons"][item.triggers[0]]),
            present=present,
            after=None,
            now=now,
        )
    judging.close_moderation(chair, reference=reference, expected_version=None, now=now)


def _find(story: Story, reference: str, finding: dict[str, Any], now: datetime) -> None:
    pitches.find(
        story.actor(finding["by"], now),
        reference=_pitch(story, reference, finding["supplier"]),
        eligible=finding["eligible"],
        reason=finding["reason"],
        now=now,
    )


def _plan_declaration(story: Story, reference: str, declaration: dict[str, Any]) -> None:
    judge, interests = declaration["judge"], declaration.get("interests") or []
    story.at(
        declaration["at"],
        f"{reference}: {judge} declares",
        lambda now: judging.declare(
            story.actor(judge, now),
            reference=reference,
            interests={_pitch(story, reference, i["supplier"]): i["interest"] for i in interests},
            now=now,
        ),
    )
    for interest in interests:
        if interest.get("outcome"):
            story.at(
                interest["at"],
                f"{reference}: {judge}'s interest is decided",
                partial(_decide_interest, story, reference, judge, interest),
            )


def _decide_interest(
    story: Story, reference: str, judge: str, interest: dict[str, Any], now: datetime
) -> None:
    judging.decide(
        story.actor(interest["by"], now),
        reference=reference,
        declaration_id=_declaration_id(story, reference, judge, interest["supplier"], now),
        recuse=interest["outcome"] == "recused",
        reason=interest["reason"],
        now=now,
    )


def _declaration_id(story: Story, reference: str, judge: str, supplier: str, now: datetime) -> int:
    challenge_id = challenges.by_reference(reference, now).id
    pitch = _pitch(story, reference, supplier)
    for row in judging_queries.declarations(challenge_id, DeclarationState.INTEREST):
        if row.pitch_reference == pitch and row.judge_name == judge:
            return row.id
    raise BadRegionError(f"{reference}: {judge} declared nothing about {supplier}")


def _plan_cards(story: Story, reference: str, cards: dict[str, Any]) -> None:
    for supplier, by_judge in cards.items():
        for judge, card in by_judge.items():
            when = card.get("signed_at") or card["saved_at"]
            story.at(
                when,
                f"{reference}: {judge} scores {supplier}",
                partial(_score, story, reference, supplier, judge, card),
            )


def _score(
    story: Story, reference: str, supplier: str, judge: str, card: dict[str, Any], now: datetime
) -> None:
    actor = story.actor(judge, now)
    challenge_id = challenges.by_reference(reference, now).id
    pitch = pitch_queries.opened_by_reference(_pitch(story, reference, supplier))
    card_id = db.session.execute(
        select(Scorecard.id)
        .join(PanelMember, PanelMember.id == Scorecard.panel_member_id)
        .where(PanelMember.person_id == actor.person_id, Scorecard.pitch_id == pitch.id)
    ).scalar_one_or_none()
    if card_id is None:
        raise BadRegionError(f"{reference}: {judge} was not given the pitch of {supplier}")
    scores = {
        criterion.id: (round(card[key][0] * 100), card[key][1])
        for number, criterion in enumerate(challenges.criteria(challenge_id), start=1)
        if (key := f"c{number}") in card
    }
    judging.save_card(actor, card_id, scores, now=now)
    if card.get("signed_at"):
        judging.sign_card(actor, card_id, now=now)


# Decision and letters


def _plan_letters(story: Story, letters: dict[str, Any]) -> None:
    reference = letters["challenge"]
    explanations = dict(letters.get("explanations") or {})
    author = explanations.pop("by", "")
    for supplier, texts in explanations.items():
        story.at(
            texts["written_at"],
            f"{reference}: explanations for {supplier}",
            partial(_explain, story, reference, texts.get("by", author), supplier, texts),
        )
    if decision := letters.get("decision"):
        story.at(
            decision["at"],
            f"{reference}: decision",
            lambda now: awards.decide(
                story.actor(decision["by"], now),
                reference=reference,
                outcomes=_outcomes(story, reference, decision["outcomes"], now),
                note=decision.get("note", ""),
                expected_version=None,
                now=now,
            ),
        )
    if release := letters.get("release"):
        story.at(
            release["proposed"]["at"],
            f"{reference}: release proposed",
            lambda now: awards.propose_release(
                story.actor(release["proposed"]["by"], now),
                reference=reference,
                expected_version=None,
                now=now,
            ),
        )
        story.at(
            release["confirmed"]["at"],
            f"{reference}: letters go out",
            lambda now: awards.release(
                story.actor(release["confirmed"]["by"], now),
                reference=reference,
                expected_version=None,
                now=now,
            ),
        )


def _outcomes(
    story: Story, reference: str, written: dict[str, Any], now: datetime
) -> dict[str, tuple[Outcome | None, str]]:
    """Outcomes of the pitches that are still in; the file may say something of the others too."""
    in_play = {
        pitch.reference
        for pitch in judging_queries.pitches_in_play(challenges.by_reference(reference, now).id)
    }
    found = {
        _pitch(story, reference, supplier): (Outcome(outcome), reason)
        for supplier, (outcome, reason) in written.items()
    }
    return {pitch: decided for pitch, decided in found.items() if pitch in in_play}


def _explain(
    story: Story, reference: str, author: str, supplier: str, texts: dict[str, Any], now: datetime
) -> None:
    criteria = challenges.criteria(challenges.by_reference(reference, now).id)
    awards.explain(
        story.actor(author, now),
        reference=_pitch(story, reference, supplier),
        texts={
            criterion.id: texts[key]
            for number, criterion in enumerate(criteria, start=1)
            if (key := f"c{number}") in texts
        },
        expected_version=None,
        now=now,
    )


def _pitch(story: Story, reference: str, supplier: str) -> str:
    try:
        return story.pitches[(reference, supplier)]
    except KeyError:
        raise BadRegionError(f"{reference}: {supplier} has no pitch") from None
