"""Every write about pitches: writing, sending, sharing, opening, and finding them eligible."""

from pitchfest.pitches.operations.another_way import (
    Supplier,
    assist,
    bring,
    bringing_problems,
    take_out,
)
from pitchfest.pitches.operations.clearing import (
    ask,
    can_be_unlocked,
    keep_clarification,
    send_clarification,
)
from pitchfest.pitches.operations.files_for_judges import give_file
from pitchfest.pitches.operations.filing import KeptFile, answer_with_file, keep_file, kept_file
from pitchfest.pitches.operations.findings import find, keep_lowest_price, record_outcome
from pitchfest.pitches.operations.hiding import hide_words, show_words
from pitchfest.pitches.operations.inviting import (
    invite,
    invite_again,
    join,
    sweep_invitations,
    take_back_invitation,
)
from pitchfest.pitches.operations.opening import (
    confirm_opening,
    propose_opening,
    seal_at_closing,
    take_back_opening,
    unseal,
)
from pitchfest.pitches.operations.overturning import propose_turning, take_back_turning, turn
from pitchfest.pitches.operations.personal_extensions import lengthen, take_back_extension
from pitchfest.pitches.operations.practising import add_invented, discard, take_part
from pitchfest.pitches.operations.reminding import remind_of_closing, remind_of_questions, send_copy_of_missed
from pitchfest.pitches.operations.sending import submit, withdraw
from pitchfest.pitches.operations.sharing import give_right, take_right
from pitchfest.pitches.operations.writing import (
    Kept,
    change,
    discard_copy,
    keep_what_counts,
    look_again,
    save_answer,
    start,
    supplier_organisations,
)

__all__ = [
    "Kept",
    "KeptFile",
    "Supplier",
    "add_invented",
    "answer_with_file",
    "ask",
    "assist",
    "bring",
    "bringing_problems",
    "can_be_unlocked",
    "change",
    "confirm_opening",
    "discard",
    "discard_copy",
    "find",
    "give_file",
    "give_right",
    "hide_words",
    "invite",
    "invite_again",
    "join",
    "keep_clarification",
    "keep_file",
    "keep_lowest_price",
    "keep_what_counts",
    "kept_file",
    "lengthen",
    "look_again",
    "propose_opening",
    "propose_turning",
    "record_outcome",
    "remind_of_closing",
    "remind_of_questions",
    "save_answer",
    "seal_at_closing",
    "send_clarification",
    "send_copy_of_missed",
    "show_words",
    "start",
    "submit",
    "supplier_organisations",
    "sweep_invitations",
    "take_back_extension",
    "take_back_invitation",
    "take_back_opening",
    "take_back_turning",
    "take_out",
    "take_part",
    "take_right",
    "turn",
    "unseal",
    "withdraw",
]
