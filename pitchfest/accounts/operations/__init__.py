"""Every write about people."""

from pitchfest.accounts.operations.acts import Confirmed, confirm, propose, take_back
from pitchfest.accounts.operations.founding import add_capacity, add_member, add_organisation, set_up_region
from pitchfest.accounts.operations.invitations import (
    accept_invitation,
    end_membership,
    hand_over_link,
    invite_judge,
    invite_member,
    invite_staff,
    person_for,
    withdraw_invitation,
)
from pitchfest.accounts.operations.keeping import drop_kept, park, sweep
from pitchfest.accounts.operations.passwords import hash_password, needs_rehash, password_matches
from pitchfest.accounts.operations.people import (
    change_name,
    change_password,
    invite_by_command,
    reset_password,
    send_reset,
    send_sign_in_link,
    set_password,
    sign_in_by_link,
)
from pitchfest.accounts.operations.practising import (
    add_practice_supplier,
    discard_acts,
    discard_practice_suppliers,
)
from pitchfest.accounts.operations.roles import (
    confirm_grant,
    disable_person,
    enable_person,
    end_role,
    grant_object,
    grant_role,
)
from pitchfest.accounts.operations.sessions import (
    code_is_right,
    end_all_sessions,
    end_session,
    end_session_of,
    prove,
    require_proof,
    rotate_session,
    see_session,
    send_code,
    start_session,
)
from pitchfest.accounts.operations.sign_up import confirm_sign_up, sign_up
from pitchfest.accounts.operations.suppliers import add_supplier
from pitchfest.accounts.operations.throttling import attempt, attempt_keys, succeeded

__all__ = [
    "Confirmed",
    "accept_invitation",
    "add_capacity",
    "add_member",
    "add_organisation",
    "add_practice_supplier",
    "add_supplier",
    "attempt",
    "attempt_keys",
    "change_name",
    "change_password",
    "code_is_right",
    "confirm",
    "confirm_grant",
    "confirm_sign_up",
    "disable_person",
    "discard_acts",
    "discard_practice_suppliers",
    "drop_kept",
    "enable_person",
    "end_all_sessions",
    "end_membership",
    "end_role",
    "end_session",
    "end_session_of",
    "grant_object",
    "grant_role",
    "hand_over_link",
    "hash_password",
    "invite_by_command",
    "invite_judge",
    "invite_member",
    "invite_staff",
    "needs_rehash",
    "park",
    "password_matches",
    "person_for",
    "propose",
    "prove",
    "require_proof",
    "reset_password",
    "rotate_session",
    "see_session",
    "send_code",
    "send_reset",
    "send_sign_in_link",
    "set_password",
    "set_up_region",
    "sign_in_by_link",
    "sign_up",
    "start_session",
    "succeeded",
    "sweep",
    "take_back",
    "withdraw_invitation",
]
