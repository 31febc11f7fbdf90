"""A file is looked at in a process of its own, and by the virus scanner where there is one."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pitchfest.files.operations import inspected, inspecting
from pitchfest.files.rules import BadFileError
from tests.support.documents import a_pdf

#: Its pages are said to hold themselves, twice each.
WILD = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Kids[2 0 R 2 0 R]/Count 99999999>>endobj\n"
)


def test_one_person_holds_one_place_whatever_they_send() -> None:
    """Slow files of one supplier must not keep everybody else's from being looked at."""
    refused: list[str] = []
    slow = threading.Thread(target=lambda: inspected("pitch.pdf", a_pdf(), by=1))
    while not refused and not slow.is_alive():
        slow.start()
        while slow.is_alive() and not refused:
            try:
                inspected("pitch.txt", b"Words", by=1)
            except BadFileError as error:
                refused.append(str(error))
                assert inspected("pitch.txt", b"Words", by=2) == "text/plain"
    slow.join()
    assert refused == [inspecting.YOURS_FIRST]
    assert inspected("pitch.txt", b"Words", by=1) == "text/plain", "and then it is their turn again"


def test_a_good_file_gets_its_media_type() -> None:
    assert inspected("Pitch.pdf", a_pdf()) == "application/pdf"


def test_a_bad_one_its_reason() -> None:
    with pytest.raises(BadFileError, match="holds a script"):
        inspected("pitch.pdf", a_pdf("runs a script when opened"))


def test_one_that_sends_its_reader_in_circles_is_refused() -> None:
    with pytest.raises(BadFileError):
        inspected("pitch.pdf", WILD + b"trailer<</Root 1 0 R>>")


def test_slow_files_leave_a_thread_for_everybody_else() -> None:
    taken = [inspecting.PLACES.acquire(blocking=False) for _ in range(4)]
    assert taken == [True, True, True, False], "a process answers four requests at once"
    with pytest.raises(BadFileError, match="looking at other files"):
        inspected("pitch.txt", b"Words")
    for _ in range(3):
        inspecting.PLACES.release()
    for _ in range(4):
        with pytest.raises(BadFileError, match="not the kind"):
            inspected("pitch.png", b"Words")
    assert inspected("pitch.txt", b"Words") == "text/plain"


@contextmanager
def clamd(answer: Callable[[bytes], bytes], listener: socket.socket) -> Iterator[None]:
    """A scanner that speaks clamd's INSTREAM and answers to the bytes it was sent."""

    def serve() -> None:
        connection, _ = listener.accept()
        with connection, connection.makefile("rb") as sent:
            assert sent.read(10) == b"zINSTREAM\0"
            data = b""
            while size := struct.unpack("!I", sent.read(4))[0]:
                data += sent.read(size)
            connection.sendall(answer(data))

    listener.listen()
    thread = threading.Thread(target=serve)
    thread.start()
    yield
    thread.join(timeout=10)
    listener.close()


def loopback() -> tuple[socket.socket, str]:
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    return listener, f"127.0.0.1:{listener.getsockname()[1]}"


def verdict(data: bytes) -> bytes:
    return b"stream: Eicar-Signature FOUND\0" if b"EICAR" in data else b"stream: OK\0"


def test_the_scanner_sees_every_byte_of_a_clean_file() -> None:
    seen: list[bytes] = []
    text = b"We ride along. " * 20_000
    listener, address = loopback()

    def clean(data: bytes) -> bytes:
        seen.append(data)
        return b"stream: OK\0"

    with clamd(clean, listener):
        assert inspected("pitch.txt", text, scanner=address) == "text/plain"
    assert seen == [text]


def test_what_the_scanner_finds_is_refused(tmp_path: Path) -> None:
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(tmp_path / "clamd"))
    with clamd(verdict, listener), pytest.raises(BadFileError, match="virus check found something"):
        inspected("pitch.txt", b"EICAR and words", scanner=f"unix:{tmp_path}/clamd")


def test_a_scanner_that_cannot_check_lets_nothing_through() -> None:
    listener, address = loopback()
    answer = lambda _data: b"INSTREAM size limit exceeded. ERROR\0"  # noqa: E731
    with clamd(answer, listener), pytest.raises(BadFileError, match="Choose a smaller one"):
        inspected("pitch.txt", b"Words", scanner=address)
    with pytest.raises(BadFileError, match="cannot check files for viruses"):
        inspected("pitch.txt", b"Words", scanner=address)  # nobody listens any more
