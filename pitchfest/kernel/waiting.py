"""What waits for a person: one line on their home page, contributed by the feature that knows."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something a person can do next.

    `text` says what, `since` from when it waits, `due` by when it is wanted (None where there is
    no date). `button` is a verb; `endpoint` and `values` make its address. `blocks_others` puts a
    task that holds other people up before one that does not.
    """

    text: str
    button: str
    endpoint: str
    values: dict[str, Any] = field(default_factory=dict)
    since: datetime | None = None
    due: datetime | None = None
    blocks_others: bool = False
