"""Every write about challenges: writing one, reviewing it, publishing it, and its one door."""

from pitchfest.challenges.operations.door import advance, close
from pitchfest.challenges.operations.form import move_question, remove_question, save_question
from pitchfest.challenges.operations.hand_over import hand_over, name_decision_maker
from pitchfest.challenges.operations.measures import move_criterion, remove_criterion, save_criterion
from pitchfest.challenges.operations.review import (
    approve,
    ask_for_changes,
    publish,
    pull_back,
    send_for_approval,
    withdraw,
)
from pitchfest.challenges.operations.writing import create, edit_brief, edit_settings

__all__ = [
    "advance",
    "approve",
    "ask_for_changes",
    "close",
    "create",
    "edit_brief",
    "edit_settings",
    "hand_over",
    "move_criterion",
    "move_question",
    "name_decision_maker",
    "publish",
    "pull_back",
    "remove_criterion",
    "remove_question",
    "save_criterion",
    "save_question",
    "send_for_approval",
    "withdraw",
]
