"""Pages about accounts."""

from pitchfest.accounts.views import (
    account,
    demo,
    first_day,
    help_code,
    keeping,
    region,
    second_step,
    sign_in,
    sign_up,
    two_step,
)
from pitchfest.accounts.views.blueprint import bp
from pitchfest.accounts.views.sessions import (
    drop_sent_again,
    load_session,
    park_form,
    parked_fields,
    remember_seen,
)
from pitchfest.accounts.views.trouble import note_trouble
from pitchfest.accounts.views.two_step_first import lead_to_two_step

BLUEPRINTS = (bp,)

__all__ = [
    "BLUEPRINTS",
    "account",
    "demo",
    "drop_sent_again",
    "first_day",
    "help_code",
    "keeping",
    "lead_to_two_step",
    "load_session",
    "note_trouble",
    "park_form",
    "parked_fields",
    "region",
    "remember_seen",
    "second_step",
    "sign_in",
    "sign_up",
    "two_step",
]
