"""Looking at a file before it is kept: what it really is, and whether a virus scanner finds it clean."""

from __future__ import annotations

import json
import logging
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePath
from typing import cast

from pitchfest.files.rules import TOO_LARGE, BadFileError, is_taken
from pitchfest.files.rules.sheets import Row, is_sheet

log = logging.getLogger("pitchfest")

#: Folder from which the child process finds the package.
_ROOT = Path(__file__).resolve().parents[3]
#: Seconds after which a file is given up; its process has ended itself before, by its own limit.
_LONGEST = 30
#: Files that one process looks at at once: fewer than it has threads, so that nobody's slow files keep
#: everybody else from being answered (`web.bridge`).
PLACES = threading.BoundedSemaphore(3)
#: Whose files are being looked at: one person holds one place, so that nobody takes them all.
_SENDERS: set[int] = set()
_SENDERS_LOCK = threading.Lock()
#: Seconds that the scanner may take.
_SCAN_WITHIN = 20
_PIECE = 65_536

UNREADABLE = "We could not read this file through. Save it again as a PDF and choose that"
UNREADABLE_SHEET = "We could not read this file through. Choose the one that you downloaded here"
INFECTED = "The virus check found something in this file, so it was not kept. Check your computer first"
BUSY = "We are looking at other files at this moment. Choose yours again in a minute"
YOURS_FIRST = "We are still looking at another file of yours. Choose this one again in a minute"
NOT_CHECKED = "We cannot check files for viruses at the moment. Nothing was lost. Try again in a few minutes"


def inspected(name: str, data: bytes, *, scanner: str = "", by: int | None = None) -> str:
    """The media type of a file that can be kept: its bytes are what its name says, it does nothing when
    it is opened, and the virus `scanner` (clamd's address), if there is one, found nothing. Raises
    BadFileError, also where too many are being looked at, or another one of the person who sent it (`by`).
    """
    if problem := is_taken(name, len(data)):
        raise BadFileError(problem)
    with _one_at_a_time(by):
        found = _looked_at(name, data, scanner)
    return str(found["media_type"])


def rows_in(name: str, data: bytes, *, sheet: str, scanner: str = "", by: int | None = None) -> list[Row]:
    """The rows of a spreadsheet that somebody sent, as `files.rules.sheets` reads them, after the same looks.
    Raises BadFileError.
    """
    if problem := is_sheet(name, len(data)):
        raise BadFileError(problem)
    with _one_at_a_time(by):
        found = _looked_at(name, data, scanner, sheet)
    return cast("list[Row]", found["rows"])


@contextmanager
def _one_at_a_time(by: int | None) -> Iterator[None]:
    """Raise BadFileError while another file of the same person is being looked at in this process."""
    if by is None:
        yield
        return
    with _SENDERS_LOCK:
        if by in _SENDERS:
            raise BadFileError(YOURS_FIRST)
        _SENDERS.add(by)
    try:
        yield
    finally:
        _SENDERS.discard(by)


def _looked_at(name: str, data: bytes, scanner: str, *more: str) -> dict[str, object]:
    if not PLACES.acquire(blocking=False):
        raise BadFileError(BUSY)
    try:
        found = _in_a_process_of_its_own(PurePath(name).suffix.lower(), data, more)
        if scanner:
            _scan(scanner, data)
    finally:
        PLACES.release()
    return found


def _in_a_process_of_its_own(suffix: str, data: bytes, more: Sequence[str]) -> dict[str, object]:
    command = (sys.executable, "-m", "pitchfest.files.rules", f"file{suffix}", *more)
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module
            command,
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # a reader complains of every object of a bad file
            cwd=_ROOT,
            timeout=_LONGEST,
            check=True,
        )
        found: dict[str, object] = json.loads(done.stdout)
    except (subprocess.SubprocessError, ValueError):
        log.warning("a file of %d bytes could not be looked at", len(data))
        raise BadFileError(UNREADABLE_SHEET if more else UNREADABLE) from None
    if "problem" in found:
        raise BadFileError(str(found["problem"]))
    return found


def _scan(address: str, data: bytes) -> None:
    """Ask clamd, by its INSTREAM command: pieces with their length before them, and a length of 0."""
    try:
        with _connected(address) as clamd:
            clamd.sendall(b"zINSTREAM\0")
            for at in range(0, len(data), _PIECE):
                piece = data[at : at + _PIECE]
                clamd.sendall(struct.pack("!I", len(piece)) + piece)
            clamd.sendall(struct.pack("!I", 0))
            answer = clamd.recv(4_096).rstrip(b"\0\n")
    except OSError:
        log.error("the virus scanner at PITCHFEST_CLAMD does not answer")
        raise BadFileError(NOT_CHECKED) from None
    if answer.endswith(b" FOUND"):
        raise BadFileError(INFECTED)
    if not answer.endswith(b" OK"):
        log.error("the virus scanner could not check a file of %d bytes", len(data))
        raise BadFileError(TOO_LARGE if b"size limit" in answer else NOT_CHECKED)


def _connected(address: str) -> socket.socket:
    """A connection to `unix:/path` or `host:port`."""
    if address.startswith("unix:"):
        scanner = socket.socket(socket.AF_UNIX)
        scanner.settimeout(_SCAN_WITHIN)
        scanner.connect(address.removeprefix("unix:"))
        return scanner
    host, _, port = address.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=_SCAN_WITHIN)
