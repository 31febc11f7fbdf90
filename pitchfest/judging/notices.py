"""Who is told what, as outbox rows. The right to know is looked at again when each is sent."""

from __future__ import annotations

from collections.abc import Container, Iterable
from datetime import datetime

from pitchfest.accounts import queries as accounts
from pitchfest.challenges.rules import ChallengeState
from pitchfest.judging import queries
from pitchfest.judging.rules import Round, hidden_from_recused
from pitchfest.judging.rules.access import PANEL_OPEN, SCORING_CLOSED
from pitchfest.judging.rules.refusals import lacking
from pitchfest.judging.rules.states import DECIDED, CardState, DeclarationState
from pitchfest.kernel.actor import Role
from pitchfest.kernel.errors import NotFound
from pitchfest.mail.operations import chase, enqueue
from pitchfest.mail.rules import Context, MailKind, Message


def ask_to_declare(challenge_id: int, person_ids: Iterable[int], *, now: datetime) -> None:
    """Ask judges whether they know any of the suppliers."""
    for person_id in person_ids:
        enqueue("judge_declare", now=now, person_id=person_id, challenge=challenge_id)


def ask_again(challenge_id: int, person_id: int, *, now: datetime) -> None:
    """Ask a judge to declare once more. Why is not said: it is no accusation."""
    enqueue("judge_declare_again", now=now, person_id=person_id, challenge=challenge_id)


def cards_given(challenge_id: int, person_ids: Iterable[int], *, now: datetime) -> None:
    """Tell judges that pitches wait for their scores."""
    for person_id in person_ids:
        enqueue("judge_cards", now=now, person_id=person_id, challenge=challenge_id)


def cards_taken(challenge_id: int, person_ids: Iterable[int], *, now: datetime) -> None:
    """Tell judges that they have fewer pitches to score."""
    for person_id in person_ids:
        enqueue("judge_cards_taken", now=now, person_id=person_id, challenge=challenge_id)


def further_asked(challenge_id: int, person_id: int, card_id: int, *, now: datetime) -> None:
    """Ask a judge for one more review. Why is not said: it would tell where the pitch stands."""
    enqueue("further_review", now=now, person_id=person_id, challenge=challenge_id, card=card_id)


def further_taken(challenge_id: int, person_id: int, card_id: int, *, now: datetime) -> None:
    """Tell a judge that one more review is no longer asked of them."""
    enqueue("further_review_taken", now=now, person_id=person_id, challenge=challenge_id, card=card_id)


def interest_declared(challenge_id: int, *, now: datetime) -> None:
    """Tell every procurement lead that a judge declared an interest."""
    for lead in accounts.staff(Role.LEAD, now=now):
        enqueue("judge_interest", now=now, person_id=lead.id, challenge=challenge_id)


def refused(challenge_id: int, member_id: int, *, asked_by: int, but: int, now: datetime) -> None:
    """Tell whoever asked somebody to judge, and the procurement leads, that they (`but`) said no."""
    leads = {lead.id for lead in accounts.staff(Role.LEAD, now=now)}
    for person_id in sorted((leads | {asked_by}) - {but}):
        enqueue("judge_refused", now=now, person_id=person_id, challenge=challenge_id, member=member_id)


def interest_decided(challenge_id: int, person_id: int, declaration_id: int, *, now: datetime) -> None:
    """Tell a judge what was decided about a declared interest."""
    enqueue(
        "judge_interest_decided",
        now=now,
        person_id=person_id,
        challenge=challenge_id,
        declaration=declaration_id,
    )


def set_aside(challenge_id: int, person_id: int, declaration_id: int, *, now: datetime) -> None:
    """Tell a judge that two people set their scores on a pitch aside, and why."""
    enqueue(
        "judge_set_aside", now=now, person_id=person_id, challenge=challenge_id, declaration=declaration_id
    )


def scores_to_confirm(round_: Round, file_id: int, *, but: int, now: datetime) -> None:
    """Ask the chair and the approvers to look at scores that somebody (`but`) brought from a file."""
    chairs = {row.person_id for row in queries.panel(round_.id) if row.is_chair and row.active}
    approvers = {person.id for person in accounts.staff(Role.APPROVER, now=now)}
    for person_id in sorted((chairs | approvers) - {but}):
        enqueue("scores_to_confirm", now=now, person_id=person_id, challenge=round_.id, file=file_id)


def scores_brought(challenge_id: int, person_ids: Iterable[int], file_id: int, *, now: datetime) -> None:
    """Tell judges that scores stand on their scorecards which came from a file."""
    for person_id in person_ids:
        enqueue("judge_scores_brought", now=now, person_id=person_id, challenge=challenge_id, file=file_id)


def pay_claimed(challenge_id: int, officer_id: int, member_id: int, *, now: datetime) -> None:
    """Tell the challenge's officer that a judge claims their hours."""
    enqueue("judge_claim", now=now, person_id=officer_id, challenge=challenge_id, member=member_id)


def pay_decided(challenge_id: int, person_id: int, member_id: int, *, now: datetime) -> None:
    """Tell a judge how their claim stands."""
    enqueue("judge_pay", now=now, person_id=person_id, challenge=challenge_id, member=member_id)


def remind(judge: queries.Lagging, *, now: datetime) -> bool:
    """Remind a judge of what is left to do; False when they were reminded today."""
    return chase(
        queries.REMINDER,
        now=now,
        person_id=judge.person_id,
        about=judge.about,
        challenge=judge.challenge_id,
    )


def remind_of_further(row: queries.FurtherRow, *, now: datetime) -> bool:
    """Remind a judge of one more review; False when they were reminded today."""
    return chase(
        queries.FURTHER_REMINDER,
        now=now,
        person_id=row.person_id,
        about=row.about,
        challenge=row.challenge_id,
        card=row.card_id,
    )


def _judging(
    message: Message, now: datetime, *, states: Container[ChallengeState] = (ChallengeState.JUDGING,)
) -> Round | None:
    """The round as it stands for the recipient, while it is being judged, or in another of `states`."""
    if message.person_id is None:
        return None
    try:
        found = queries.round_for(person_id=message.person_id, now=now, challenge_id=message.ids["challenge"])
    except NotFound:
        return None
    return found if found.state in states else None


def _to_judge(message: Message, now: datetime) -> Context | None:
    round_ = _judging(message, now)
    return {"round": round_} if round_ and round_.member_id and not round_.released else None


def _to_declare(message: Message, now: datetime) -> Context | None:
    """For a judge who has something to declare on."""
    context = _to_judge(message, now)
    if context is None or context["round"].member_id is None:
        return None
    suppliers = queries.to_declare(context["round"].member_id, context["round"].id)
    return {**context, "suppliers": suppliers} if suppliers else None


def _cards(message: Message, now: datetime) -> Context | None:
    context = _to_judge(message, now)
    if context is None or message.person_id is None:
        return None
    left = {row.challenge_id: row.left for row in queries.desk(message.person_id, now)}
    return {**context, "left": left[context["round"].id]} if left.get(context["round"].id) else None


def _taken(message: Message, now: datetime) -> Context | None:
    """For a judge some of whose scorecards were taken back. It names their own pitches and no other judge."""
    context = _to_judge(message, now)
    if context is None or message.person_id is None:
        return None
    gone = queries.taken_back(context["round"].member_id)
    left = {row.challenge_id: row.left for row in queries.desk(message.person_id, now)}
    return {**context, "gone": gone, "left": left.get(context["round"].id, 0)} if gone else None


def _left(message: Message, now: datetime) -> Context | None:
    """What a reminder counts; nobody whose work is done reads one."""
    context = _to_judge(message, now)
    if context is None or message.person_id is None:
        return None
    rounds = {row.challenge_id: row for row in queries.desk(message.person_id, now)}
    mine, deadline = rounds[context["round"].id], context["round"].judging_deadline
    if not mine.left and not mine.to_declare:
        return None
    coming = deadline is not None and now < deadline
    return {**context, "left": mine.left, "to_declare": mine.to_declare, "coming": coming}


def _to_lead(message: Message, now: datetime) -> Context | None:
    """For a lead who has something to decide, or, once scoring was closed, a further review to take back."""
    round_ = _judging(message, now, states=(ChallengeState.JUDGING, ChallengeState.MODERATION))
    leads = {lead.id for lead in accounts.staff(Role.LEAD, now=now)}
    if round_ is None or message.person_id not in leads or round_.recused:
        return None
    if further := round_.state == ChallengeState.MODERATION:
        decides = message.person_id == round_.decision_maker_id
        waits = not decides and any(
            row.waits and not row.cleared for row in queries.further_reviews(round_.id)
        )
    else:
        waits = bool(queries.declarations(round_.id, DeclarationState.INTEREST))
    return {"round": round_, "further": further} if waits else None


def _to_confirm(message: Message, now: datetime) -> Context | None:
    """For whoever may still be the second person for the file that the mail is about."""
    round_ = _judging(message, now)
    if round_ is None or message.person_id is None or message.person_id == round_.decision_maker_id:
        return None
    chairs = round_.is_chair and not round_.released
    approvers = {person.id for person in accounts.staff(Role.APPROVER, now=now)}
    if round_.recused or not (chairs or (message.person_id in approvers and round_.member_id is None)):
        return None
    file = queries.open_file(round_.id)
    waits = file is not None and file.proposed and file.id == message.ids["file"]
    return {"round": round_, "file": file} if waits else None


def _brought(message: Message, now: datetime) -> Context | None:
    context = _to_judge(message, now)
    if context is None or message.person_id is None:
        return None
    return context if queries.has_brought(message.person_id, message.ids["file"]) else None


def _decided(message: Message, now: datetime) -> Context | None:
    context = _to_judge(message, now)
    if context is None:
        return None
    rows = queries.declarations(context["round"].id, *DECIDED)
    row = next((row for row in rows if row.id == message.ids["declaration"]), None)
    if row is None or row.judge_id != message.person_id:
        return None
    return {**context, "declaration": row, "recused": row.state == DeclarationState.RECUSED}


def _set_aside(message: Message, now: datetime) -> Context | None:
    """For the judge, from the moment scoring is closed on."""
    round_ = _judging(message, now, states=SCORING_CLOSED | {ChallengeState.MODERATION})
    if round_ is None:
        return None
    rows = queries.declarations(round_.id, DeclarationState.RECUSED)
    row = next((row for row in rows if row.id == message.ids["declaration"]), None)
    mine = row is not None and row.judge_id == message.person_id
    return {"round": round_, "declaration": row} if mine else None


def _refused(message: Message, now: datetime) -> Context | None:
    """For an officer or a lead who may see the panel, until the judge is asked again."""
    round_ = _judging(message, now, states=PANEL_OPEN)
    runs = {person.id for person in accounts.staff(Role.OFFICER, Role.LEAD, now=now)}
    if round_ is None or message.person_id not in runs or hidden_from_recused(round_):
        return None
    panel = queries.panel(round_.id)
    judge = next((row for row in panel if row.member_id == message.ids["member"] and row.refusal), None)
    if judge is None:
        return None
    active = [row for row in panel if row.active]
    chaired = any(row.is_chair for row in active)
    lacks = lacking(round_.minimum_cards - len(active), chaired=chaired)
    return {"round": round_, "judge": judge, "lacks": lacks}


def _further(message: Message, now: datetime) -> Context | None:
    """For the judge, while the review is waited for, or once it was taken back."""
    taken = message.kind == "further_review_taken"
    row = queries.further_review(message.ids["card"])
    if row is None or row.person_id != message.person_id or not (row.cleared or taken):
        return None
    round_ = queries.round_for(person_id=row.person_id, now=now, challenge_id=row.challenge_id)
    wanted = row.state == CardState.RELEASED if taken else row.waits
    if not wanted or round_.released or round_.state != ChallengeState.MODERATION:
        return None
    return {"round": round_, "review": row, "coming": now < row.due_at}


def _claim(message: Message, now: datetime) -> Context | None:
    """For an officer or a lead who may still see payments, while the claim waits."""
    if message.person_id is None:
        return None
    pay = queries.pay_of(message.ids["member"])
    round_ = queries.round_for(person_id=message.person_id, now=now, challenge_id=message.ids["challenge"])
    if pay is None or not pay.may("accept") or hidden_from_recused(round_):
        return None
    runs = {person.id for person in accounts.staff(Role.OFFICER, Role.LEAD, now=now)}
    if message.person_id not in runs:
        return None
    return {"round": round_, "judge": pay.name, "member_id": pay.member_id}


def _pay(message: Message, now: datetime) -> Context | None:
    """For the judge whose claim it is, once somebody decided on it."""
    pay = queries.pay_of(message.ids["member"])
    if pay is None or pay.person_id != message.person_id or pay.decided_at is None:
        return None
    round_ = queries.round_for(person_id=pay.person_id, now=now, challenge_id=message.ids["challenge"])
    return {"round": round_, "pay": pay}


KINDS: dict[str, MailKind] = {
    "judge_declare": MailKind("Declare interests before judging", _to_judge),
    "judge_declare_again": MailKind("Declare interests once more", _to_declare),
    "judge_cards": MailKind("Pitches are ready to score", _cards),
    "judge_cards_taken": MailKind("Fewer pitches to score", _taken),
    "judge_reminder": MailKind("Reminder to score", _left),
    "further_review": MailKind("One more review is asked for", _further),
    queries.FURTHER_REMINDER: MailKind("Reminder of one more review", _further),
    "further_review_taken": MailKind("One more review is no longer asked for", _further),
    "judge_interest": MailKind("A judge declared an interest", _to_lead),
    "judge_interest_decided": MailKind("What was decided about an interest", _decided),
    "judge_set_aside": MailKind("Scores that no longer count", _set_aside),
    "judge_refused": MailKind("Somebody said no to judging", _refused),
    "scores_to_confirm": MailKind("Scores from a file wait for a second person", _to_confirm),
    "judge_scores_brought": MailKind("Scores were brought in from a file", _brought),
    "judge_claim": MailKind("A judge claims their hours", _claim),
    "judge_pay": MailKind("How a claim for judging stands", _pay),
}
