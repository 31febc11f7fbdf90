"""Every write of judging."""

from __future__ import annotations

from pitchfest.judging.operations.assigning import (
    exclude,
    give_out,
    let_go,
    make_plan,
    pin,
    swap,
    throw_away,
)
from pitchfest.judging.operations.briefing import read_briefing, write_briefing
from pitchfest.judging.operations.calibrating import calibrate_due
from pitchfest.judging.operations.cards import save_card, sign_card
from pitchfest.judging.operations.closing import (
    close,
    confirm_fewer,
    propose_fewer,
    start,
    start_facts,
    take_back_fewer,
)
from pitchfest.judging.operations.declarations import ask_again, decide, declare, report
from pitchfest.judging.operations.elsewhere import (
    confirm_scores,
    propose_scores,
    say_columns,
    take_card_back,
    take_file,
    throw_file_away,
)
from pitchfest.judging.operations.further import ask_further, take_back_further
from pitchfest.judging.operations.moderation import (
    add_item,
    agree,
    close_moderation,
    confirm,
    note,
)
from pitchfest.judging.operations.offline import save_sheet
from pitchfest.judging.operations.panel import (
    invite,
    invite_panel,
    make_chair,
    name_decision_maker,
    name_deputy,
    release,
    remove,
)
from pitchfest.judging.operations.paying import (
    accept_claim,
    agree_pay,
    claim_pay,
    drop_pay,
    mark_paid,
    send_back_claim,
)
from pitchfest.judging.operations.practising import discard
from pitchfest.judging.operations.refusing import accept, refuse, refuse_by_link
from pitchfest.judging.operations.register import register_interest
from pitchfest.judging.operations.reminding import (
    invite_judge_again,
    remind,
    remind_everyone,
    remind_of_deadline,
    remind_of_further,
    remind_of_further_day,
)
from pitchfest.judging.operations.rounds import check_in_the_room
from pitchfest.judging.operations.setting_aside import (
    propose_setting_aside,
    set_aside,
    take_back_setting_aside,
)
from pitchfest.judging.operations.sharing import share_out_now
from pitchfest.judging.operations.skills import ask_skills, list_skills, set_capacity
from pitchfest.judging.operations.small import FEWEST_JUDGES, post_small
from pitchfest.judging.operations.trial import score_trial, write_trial

__all__ = [
    "FEWEST_JUDGES",
    "accept",
    "accept_claim",
    "add_item",
    "agree",
    "agree_pay",
    "ask_again",
    "ask_further",
    "ask_skills",
    "calibrate_due",
    "check_in_the_room",
    "claim_pay",
    "close",
    "close_moderation",
    "confirm",
    "confirm_fewer",
    "confirm_scores",
    "decide",
    "declare",
    "discard",
    "drop_pay",
    "exclude",
    "give_out",
    "invite",
    "invite_judge_again",
    "invite_panel",
    "let_go",
    "list_skills",
    "make_chair",
    "make_plan",
    "mark_paid",
    "name_decision_maker",
    "name_deputy",
    "note",
    "pin",
    "post_small",
    "propose_fewer",
    "propose_scores",
    "propose_setting_aside",
    "read_briefing",
    "refuse",
    "refuse_by_link",
    "register_interest",
    "release",
    "remind",
    "remind_everyone",
    "remind_of_deadline",
    "remind_of_further",
    "remind_of_further_day",
    "remove",
    "report",
    "save_card",
    "save_sheet",
    "say_columns",
    "score_trial",
    "send_back_claim",
    "set_aside",
    "set_capacity",
    "share_out_now",
    "sign_card",
    "start",
    "start_facts",
    "swap",
    "take_back_fewer",
    "take_back_further",
    "take_back_setting_aside",
    "take_card_back",
    "take_file",
    "throw_away",
    "throw_file_away",
    "write_briefing",
    "write_trial",
]
