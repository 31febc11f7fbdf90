"""Every write about files, and the look that a file gets before it is kept."""

from pitchfest.files.operations.inspecting import inspected, rows_in
from pitchfest.files.operations.keeping import (
    ORPHANED_AFTER,
    Written,
    discard,
    drop_unless_named,
    store,
    sweep,
    write,
)

__all__ = [
    "ORPHANED_AFTER",
    "Written",
    "discard",
    "drop_unless_named",
    "inspected",
    "rows_in",
    "store",
    "sweep",
    "write",
]
