"""Every write about retention and erasure."""

from pitchfest.privacy.operations.erasing import erase_other, erase_own, sweep_farewells
from pitchfest.privacy.operations.purging import (
    close_unused,
    nightly,
    purge,
    remove_invitations,
    set_nightly,
    set_period,
)

__all__ = [
    "close_unused",
    "erase_other",
    "erase_own",
    "nightly",
    "purge",
    "remove_invitations",
    "set_nightly",
    "set_period",
    "sweep_farewells",
]
