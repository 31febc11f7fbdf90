"""Looks at one file in a process of its own: the bytes come in, what they are goes out.

Started by `files.operations.inspecting`, never imported by the application. A file that makes its reader run
wild takes this process with it, and nothing else.
"""

from __future__ import annotations

import json
import resource
import sys

from pitchfest.files.rules import LARGEST_FILE, BadFileError, media_type_of
from pitchfest.files.rules.sheets import rows_of

#: Bytes of memory and seconds of processor time that one file may cost.
MOST_MEMORY = 1_000_000_000
MOST_SECONDS = 10


def main(name: str, sheet: str | None = None) -> None:
    """Print the media type of what stands on standard input, or the rows of its `sheet` where one is named;
    or why it is not taken.
    """
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    data = sys.stdin.buffer.read(LARGEST_FILE + 1)
    found: dict[str, object]
    try:
        if sheet is None:
            found = {"media_type": media_type_of(name, data)}
        else:
            found = {"rows": rows_of(name, data, sheet)}
    except BadFileError as error:
        found = {"problem": str(error)}
    print(json.dumps(found))  # noqa: T201 - this is what it is for


if __name__ == "__main__":
    main(*sys.argv[1:3])
