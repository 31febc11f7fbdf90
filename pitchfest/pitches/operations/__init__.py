"""Every write about pitches: writing, sending, sharing, opening, and finding them eligible."""

from pitchfest.pitches.operations.another_way import (
    Supplier,
    assist,
    bring,
    bringing_problems,
    keep_file,
    take_out,
)
from pitchfest.pitches.operations.findings import find, keep_lowest_price, record_outcome
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
)
from pitchfest.pitches.operations.practising import add_invented, discard, take_part
from pitchfest.pitches.operations.reminding import remind_of_closing
from pitchfest.pitches.operations.sending import submit, withdraw
from pitchfest.pitches.operations.sharing import give_right, take_right
from pitchfest.pitches.operations.writing import (
    Kept,
    change,
    discard_copy,
    look_again,
    save_answer,
    start,
    supplier_organisations,
)

__all__ = [
    "Kept",
    "Supplier",
    "add_invented",
    "assist",
    "bring",
    "bringing_problems",
    "change",
    "confirm_opening",
    "discard",
    "discard_copy",
    "find",
    "give_right",
    "invite",
    "invite_again",
    "join",
    "keep_file",
    "keep_lowest_price",
    "look_again",
    "propose_opening",
    "record_outcome",
    "remind_of_closing",
    "save_answer",
    "seal_at_closing",
    "start",
    "submit",
    "supplier_organisations",
    "sweep_invitations",
    "take_back_invitation",
    "take_back_opening",
    "take_out",
    "take_part",
    "take_right",
    "withdraw",
]
