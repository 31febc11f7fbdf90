"""Every write about challenges: writing one, reviewing it, publishing it, and its one door."""

from pitchfest.challenges.operations.answering import (
    decide_secrecy,
    draft_answer,
    drop_correction,
    link_duplicate,
    sign_answer,
    start_correction,
)
from pitchfest.challenges.operations.asking import OwnAct, ask, let_publish, withdraw_question
from pitchfest.challenges.operations.cancelling import (
    confirm_cancelling,
    propose_cancelling,
    take_back_cancelling,
)
from pitchfest.challenges.operations.correcting import correct, correction_meant
from pitchfest.challenges.operations.delaying import delay
from pitchfest.challenges.operations.door import advance, close
from pitchfest.challenges.operations.easy_read import (
    Picture,
    confirm_easy_read,
    move_sentence,
    remove_sentence,
    save_sentence,
)
from pitchfest.challenges.operations.extending import extend
from pitchfest.challenges.operations.following import (
    confirm_following,
    follow,
    stop_following,
    sweep_followers,
)
from pitchfest.challenges.operations.form import move_question, remove_question, save_question
from pitchfest.challenges.operations.hand_over import hand_over, name_decision_maker
from pitchfest.challenges.operations.library import add_from_library, add_questions
from pitchfest.challenges.operations.measures import move_criterion, remove_criterion, save_criterion
from pitchfest.challenges.operations.needs import reply_to_need, tell_need
from pitchfest.challenges.operations.outreach import stop_telling, tell_people, too_many
from pitchfest.challenges.operations.practising import close_now, discard, held_for_throwing_away
from pitchfest.challenges.operations.reopening import (
    AT_REOPENING,
    propose_reopening,
    reopen,
    take_back_reopening,
)
from pitchfest.challenges.operations.review import (
    AT_PUBLICATION,
    approve,
    approve_and_publish,
    ask_for_changes,
    publish,
    pull_back,
    send_for_approval,
    withdraw,
)
from pitchfest.challenges.operations.routing import answer_route, confirm_route, record_duty
from pitchfest.challenges.operations.scheduling import publish_on_time, schedule
from pitchfest.challenges.operations.starting import start_from
from pitchfest.challenges.operations.templates import (
    bring_template_back,
    change_template,
    copy,
    keep_template,
    retire_template,
    start_from_template,
    take_in_template,
)
from pitchfest.challenges.operations.writing import create, edit_brief, edit_settings

__all__ = [
    "AT_PUBLICATION",
    "AT_REOPENING",
    "OwnAct",
    "Picture",
    "add_from_library",
    "add_questions",
    "advance",
    "answer_route",
    "approve",
    "approve_and_publish",
    "ask",
    "ask_for_changes",
    "bring_template_back",
    "change_template",
    "close",
    "close_now",
    "confirm_cancelling",
    "confirm_easy_read",
    "confirm_following",
    "confirm_route",
    "copy",
    "correct",
    "correction_meant",
    "create",
    "decide_secrecy",
    "delay",
    "discard",
    "draft_answer",
    "drop_correction",
    "edit_brief",
    "edit_settings",
    "extend",
    "follow",
    "hand_over",
    "held_for_throwing_away",
    "keep_template",
    "let_publish",
    "link_duplicate",
    "move_criterion",
    "move_question",
    "move_sentence",
    "name_decision_maker",
    "propose_cancelling",
    "propose_reopening",
    "publish",
    "publish_on_time",
    "pull_back",
    "record_duty",
    "remove_criterion",
    "remove_question",
    "remove_sentence",
    "reopen",
    "reply_to_need",
    "retire_template",
    "save_criterion",
    "save_question",
    "save_sentence",
    "schedule",
    "send_for_approval",
    "sign_answer",
    "start_correction",
    "start_from",
    "start_from_template",
    "stop_following",
    "stop_telling",
    "sweep_followers",
    "take_back_cancelling",
    "take_back_reopening",
    "take_in_template",
    "tell_need",
    "tell_people",
    "too_many",
    "withdraw",
    "withdraw_question",
]
