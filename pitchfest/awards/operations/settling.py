"""Every write about explanations, the decision and the release of letters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select

from pitchfest.accounts import operations as accounts
from pitchfest.accounts.rules import ActKind
from pitchfest.audit import operations as audit
from pitchfest.awards import notices, queries
from pitchfest.awards.models import Decision, Explanation, Letter, PitchOutcome, PostedLetter, Release
from pitchfest.awards.rules import (
    PERMISSIONS,
    AwardFacts,
    Choice,
    Outcome,
    Permission,
    decision_digest,
    decision_problems,
    freeze,
)
from pitchfest.challenges import operations as challenges
from pitchfest.challenges import queries as challenge_queries
from pitchfest.challenges.models import Challenge
from pitchfest.challenges.rules import (
    ChallengeRow,
    ChallengeState,
    CriterionKind,
    Decide,
    ReleaseLetters,
)
from pitchfest.db import db
from pitchfest.judging import queries as judging
from pitchfest.kernel.actor import Actor
from pitchfest.kernel.errors import Conflict, NotFound, RuleViolation, StaleForm
from pitchfest.kernel.permissions import authorise
from pitchfest.pitches import operations as pitches
from pitchfest.pitches.models import Pitch
from pitchfest.pitches.rules import PitchState

#: Outcome → the state that the letter puts its pitch into.
_PITCH_STATES: dict[Outcome, PitchState] = {
    Outcome.WON: PitchState.WON,
    Outcome.RESERVE: PitchState.RESERVE,
    Outcome.UNSUCCESSFUL: PitchState.UNSUCCESSFUL,
}


def explain(
    actor: Actor,
    *,
    reference: str,
    texts: Mapping[int, str],
    expected_version: int | None,
    now: datetime,
) -> None:
    """Keep what a supplier will read on each criterion of a pitch, finished or not.

    `texts` maps criterion ids to words. Only what changed adds a row; earlier rows stay.
    `expected_version` is the newest row's id that the writer saw, 0 for none: raises StaleForm when
    someone else wrote since.
    """
    facts = queries.explain_facts(actor=actor, now=now, reference=reference)
    _lock(facts.challenge.id, facts.pitch_id)
    facts = queries.explain_facts(actor=actor, now=now, reference=reference)
    authorise(PERMISSIONS, Permission.EXPLAIN, actor, facts)
    judged = {c.id for c in challenge_queries.criteria(facts.challenge.id) if c.kind == CriterionKind.JUDGED}
    if not texts.keys() <= judged:
        raise NotFound
    before = {key[1]: row for key, row in queries.explanations([facts.pitch_id]).items()}
    newest = max((row.id for row in before.values()), default=0)
    if expected_version is not None and newest != expected_version:
        raise StaleForm(
            "These explanations were changed after you opened your page. Nothing was overwritten."
        )
    changed = [
        {"pitch_id": facts.pitch_id, "criterion_id": i, "text": text, "author_id": actor.person_id, "at": now}
        for i, text in texts.items()
        if text != (before[i].text if i in before else "")
    ]
    if changed:
        db.session.execute(insert(Explanation), changed)
    db.session.flush()


def decide(
    actor: Actor,
    *,
    reference: str,
    outcomes: Mapping[str, tuple[Outcome | None, str]],
    note: str = "",
    expected_version: int | None,
    now: datetime,
) -> None:
    """Record won, reserve or not successful, with a reason, for each pitch that is still in.

    `outcomes` maps pitch references to (outcome, reason). Where no pitch is eligible it is empty and
    records that the challenge ends without a winner. Until the letters go out the decision may be
    recorded anew, for instance when a winner withdraws. `note` says why, where the ranking was not
    followed. Raises RuleViolation with all that stands in the way.
    """
    challenge_id = _id_of(reference, now)
    _lock(challenge_id)
    facts = queries.facts(actor=actor, now=now, reference=reference)
    authorise(PERMISSIONS, Permission.DECIDE, actor, facts)
    state = facts.challenge.effective
    found = queries.pitches(challenge_id)
    choices = _choices(facts.challenge, found, outcomes)
    step = Decide(
        decider_judged=judging.ever_assigned(actor.person_id, challenge_id),
        decider_named=facts.challenge.decision_maker_id == actor.person_id,
        without_outcome=0,
        eligible=len(choices),
        undecided_eligibility=sum(p.state == PitchState.OPENED for p in found),
    )
    none = state == ChallengeState.ELIGIBILITY
    problems = [] if none or step.decider_judged else decision_problems(choices, note)
    if problems:
        raise RuleViolation(*problems)
    if state == ChallengeState.DECIDED:
        _decide_anew(challenge_id, step, expected_version)
    else:
        action = "decide_none" if none else "decide"
        challenges.advance(actor, challenge_id, action, step, now=now, expected_version=expected_version)
    _keep_decision(actor, challenge_id, note, now)
    ids = {pitch.reference: pitch.id for pitch in found}
    _keep_outcomes(challenge_id, [(ids[choice.reference], choice) for choice in choices])
    audit.record(
        actor,
        "awards.decide",
        f"challenge:{reference}",
        now=now,
        # administrators read the log, and no outcome before the letters: a digest stands there
        decision=decision_digest(choices, note),
    )
    db.session.flush()


def _choices(
    challenge: ChallengeRow,
    found: Sequence[queries.AwardPitch],
    outcomes: Mapping[str, tuple[Outcome | None, str]],
) -> list[Choice]:
    """What was chosen for each pitch still in, beside its rank. Raises Conflict for any other pitch."""
    criteria = challenge_queries.criteria(challenge.id)
    lowest = queries.decision(challenge.id).lowest_pence
    places = queries.standing(challenge, criteria, found, lowest)
    if unknown := outcomes.keys() - {place.pitch.reference for place in places}:
        raise Conflict(f"{min(unknown)} is no longer among the pitches to decide on. Open the page again.")
    return [
        Choice(
            ref,
            place.place or place.rank or len(places),
            not place.missed,
            *outcomes.get(ref, (None, "")),
            place.pitch.party.name,
        )
        for place in places
        for ref in (place.pitch.reference,)
    ]


def _decide_anew(challenge_id: int, step: Decide, expected_version: int | None) -> None:
    """Check a second decision as the first was; the challenge stays where it is."""
    challenge = db.session.get_one(Challenge, challenge_id)
    if expected_version is not None and challenge.version != expected_version:
        raise StaleForm("Someone changed this challenge while you had it open. Nothing was overwritten.")
    if step.decider_judged:
        raise RuleViolation("You were on the panel. Someone who did not judge must decide.")
    challenge.version += 1  # so that letters already proposed for release have to be read again
    db.session.flush()


def _keep_decision(actor: Actor, challenge_id: int, note: str, now: datetime) -> None:
    row = db.session.get(Decision, challenge_id)
    if row is None:
        db.session.add(Decision(challenge_id=challenge_id, by_id=actor.person_id, at=now, note=note))
    else:
        row.by_id, row.at, row.note = actor.person_id, now, note
    db.session.flush()


def _keep_outcomes(challenge_id: int, choices: Sequence[tuple[int, Choice]]) -> None:
    """Write the outcomes by pitch id, in place of earlier ones."""
    db.session.execute(delete(PitchOutcome).where(PitchOutcome.challenge_id == challenge_id))
    rows = [
        {"pitch_id": i, "challenge_id": challenge_id, "outcome": choice.outcome, "reason": choice.reason}
        for i, choice in choices
    ]
    if rows:
        db.session.execute(insert(PitchOutcome), rows)


def propose_release(actor: Actor, *, reference: str, expected_version: int | None, now: datetime) -> None:
    """Put the letters forward, exactly as previewed, for a second person to release.

    `expected_version` is the preview's. Raises RuleViolation while a letter lacks something.
    """
    facts, found = _previewed(actor, reference, expected_version, now)
    if found.problems:
        raise RuleViolation(*found.problems)
    accounts.propose(
        actor,
        kind=ActKind.RELEASE_LETTERS,
        object=f"challenge:{reference}",
        object_version=found.version,
        payload={"letters": len(found.letters), "challenge_version": facts.challenge.version},
        now=now,
    )
    db.session.flush()


def take_back_release(actor: Actor, *, reference: str, now: datetime) -> None:
    """Withdraw one's own proposal to release."""
    facts = queries.facts(actor=actor, now=now, reference=reference)
    authorise(PERMISSIONS, Permission.RELEASE, actor, facts)
    accounts.take_back(actor, kind=ActKind.RELEASE_LETTERS, object=f"challenge:{reference}", now=now)


def release(actor: Actor, *, reference: str, expected_version: int | None, now: datetime) -> int:
    """Be the second person: freeze every letter, record the outcomes and send all at once.

    The number of letters. Raises Conflict when anything changed since the proposal, RuleViolation
    when this person decided, proposed, or a letter lacks something. Nobody hears before everyone.
    """
    facts, found = _previewed(actor, reference, expected_version, now)
    challenge_id = facts.challenge.id
    step = ReleaseLetters(
        second_is_decider=actor.person_id == found.decided_by_id,
        winners=found.winners,
        problems=found.problems,
    )
    action = "release" if found.winners else "release_none"
    challenges.advance(actor, challenge_id, action, step, now=now)
    agreed = accounts.confirm(
        actor,
        kind=ActKind.RELEASE_LETTERS,
        object=f"challenge:{reference}",
        object_version=found.version,
        practice=facts.practice,
        now=now,
    )
    db.session.add(
        Release(challenge_id=challenge_id, first_id=agreed.proposer_id, second_id=actor.person_id, at=now)
    )
    hashes = {}
    for letter in found.letters:
        body, hashes[letter.reference] = freeze(letter.body, now)
        db.session.add(
            Letter(
                pitch_id=letter.pitch_id,
                challenge_id=challenge_id,
                kind=letter.kind,
                body=body,
                sha256=hashes[letter.reference],
                at=now,
            )
        )
        if letter.outcome is not None:
            pitches.record_outcome(actor, letter.pitch_id, _PITCH_STATES[letter.outcome], now)
    audit.record(
        actor,
        "awards.release",
        f"challenge:{reference}",
        now=now,
        first=f"person:{agreed.proposer_id}",
        exceptions=list(agreed.exceptions),
        letters=hashes,
    )
    notices.letters_released(found.letters, now=now)
    db.session.flush()
    return len(found.letters)


def mark_posted(actor: Actor, *, reference: str, pitch_reference: str, now: datetime) -> None:
    """Record that a supplier without an account was sent its letter by hand.

    Raises Conflict for a letter that is not sent that way, or that is recorded as sent already.
    """
    challenge_id = _id_of(reference, now)
    _lock(challenge_id)
    facts = queries.facts(actor=actor, now=now, reference=reference)
    authorise(PERMISSIONS, Permission.BY_HAND, actor, facts)
    found = next((x for x in queries.hand_letters(challenge_id) if x.reference == pitch_reference), None)
    if found is None:
        raise Conflict("This letter is not one to send by hand.")
    if found.posted_at is not None:
        raise Conflict(f"{found.posted_by} has recorded already that this letter was sent.")
    pitch_id = db.session.scalars(select(Pitch.id).where(Pitch.reference == pitch_reference)).one()
    db.session.add(PostedLetter(pitch_id=pitch_id, challenge_id=challenge_id, by_id=actor.person_id, at=now))
    audit.record(actor, "awards.post_letter", f"pitch:{pitch_reference}", now=now)
    db.session.flush()


def _previewed(
    actor: Actor, reference: str, expected_version: int | None, now: datetime
) -> tuple[AwardFacts, queries.Preview]:
    """The letters as they stand, with everything they are made from held still."""
    _lock(_id_of(reference, now))
    facts = queries.facts(actor=actor, now=now, reference=reference)
    authorise(PERMISSIONS, Permission.RELEASE, actor, facts)
    found = queries.preview(facts.challenge)
    if expected_version is not None and expected_version != found.version:
        raise StaleForm("The letters changed after you opened your page. Read them again before you agree.")
    return facts, found


def _id_of(reference: str, now: datetime) -> int:
    return challenge_queries.by_reference(reference, now).id


def _lock(challenge_id: int, pitch_id: int | None = None) -> None:
    """Hold the challenge, then its pitches (or one), so that nobody withdraws or writes meanwhile."""
    db.session.execute(select(Challenge.id).where(Challenge.id == challenge_id).with_for_update())
    which = Pitch.challenge_id == challenge_id if pitch_id is None else Pitch.id == pitch_id
    db.session.execute(select(Pitch.id).where(which).order_by(Pitch.id).with_for_update())
