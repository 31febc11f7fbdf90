"""Pages about accounts."""

from pitchfest.accounts.views import account, demo, first_day, keeping, region, sign_in, sign_up
from pitchfest.accounts.views.blueprint import bp
from pitchfest.accounts.views.sessions import load_session, park_form, remember_seen

BLUEPRINTS = (bp,)

__all__ = [
    "BLUEPRINTS",
    "account",
    "demo",
    "first_day",
    "keeping",
    "load_session",
    "park_form",
    "region",
    "remember_seen",
    "sign_in",
    "sign_up",
]
