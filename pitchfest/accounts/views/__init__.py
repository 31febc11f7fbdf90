"""Pages about accounts."""

from pitchfest.accounts.views import (
    account,
    demo,
    first_day,
    help_code,
    keeping,
    region,
    sign_in,
    sign_up,
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

BLUEPRINTS = (bp,)

__all__ = [
    "BLUEPRINTS",
    "account",
    "demo",
    "drop_sent_again",
    "first_day",
    "help_code",
    "keeping",
    "load_session",
    "note_trouble",
    "park_form",
    "parked_fields",
    "region",
    "remember_seen",
    "sign_in",
    "sign_up",
]
