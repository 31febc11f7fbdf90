"""A clock that stands still until the test moves it."""

from __future__ import annotations

from datetime import datetime, timedelta

from pitchfest.kernel.clock import Clock


class MovableClock(Clock):
    """The application's clock in tests."""

    def __init__(self, moment: datetime) -> None:
        super().__init__()
        self.moment = moment

    def now(self) -> datetime:
        return self.moment

    def move(self, **span: float) -> datetime:
        """Let time pass; the arguments are those of `timedelta`."""
        self.moment += timedelta(**span)
        return self.moment

    def go_to(self, moment: datetime) -> datetime:
        """Jump to a moment."""
        self.moment = moment
        return moment
