"""What a file that a supplier sent really is: told by its bytes, never by its name alone. Pure."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import PurePath

#: Largest file that is taken, in bytes.
LARGEST_FILE = 10_000_000
#: What a document that is an archive may hold: parts, and bytes when unpacked.
MOST_PARTS = 2_000
LARGEST_UNPACKED = 60_000_000

WRONG_KIND = "Choose a PDF, Word (DOCX), OpenDocument (ODT), plain text, PNG or JPEG file"
TOO_LARGE = "This file is larger than 10 MB. Choose a smaller one"
EMPTY = "This file is empty. Choose another"
NOT_WHAT_IT_SAYS = "This is not the kind of file that its name says. Save it again as a PDF and choose that"
TOO_MUCH_INSIDE = "This document holds too much when it is unpacked. Save it as a PDF and choose that"
WITH_MACROS = "This document holds macros, which are programs. Save it as a PDF and choose that"
LOCKED = "This PDF is locked with a password, so nobody could read it. Save it without and choose that"
WITH_SCRIPT = "This PDF holds a script or another file. Print it to a new PDF and choose that"

#: End of an archive's directory: its mark, and the number of its parts.
_END_MARK, _LONGEST_END = b"PK\x05\x06", 65_557


class BadFileError(ValueError):
    """The file is not one that is taken; the message says why and what to do."""


def is_taken(name: str, size: int) -> str:
    """Why a file of this name and size is not taken, whatever is in it, or ""."""
    if PurePath(name).suffix.lower() not in _KINDS:
        return WRONG_KIND
    if not size:
        return EMPTY
    return TOO_LARGE if size > LARGEST_FILE else ""


def media_type_of(name: str, data: bytes) -> str:
    """The media type of a file, once its bytes are what its name says. Raises BadFileError."""
    if problem := is_taken(name, len(data)):
        raise BadFileError(problem)
    media_type, is_one = _KINDS[PurePath(name).suffix.lower()]
    if not is_one(data):
        raise BadFileError(NOT_WHAT_IT_SAYS)
    return media_type


def _begins(*signatures: bytes) -> Callable[[bytes], bool]:
    return lambda data: data.startswith(signatures)


def _is_text(data: bytes) -> bool:
    """UTF-8 without control characters, and no page or picture written as text."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return not text.lstrip().startswith("<") and all(c >= " " or c in "\t\n\r\f" for c in text)


#: Keys of a PDF's objects that hold a script or another file (`/EF` is how anything in it names one; a form
#: in XML and what plays on a page bring their own scripts), and actions that do more than turn a page.
_CARRIES = frozenset(
    {"/JavaScript", "/JS", "/OnInstantiate", "/EmbeddedFiles", "/EF", "/XFA", "/RichMediaContent"}
)
_ACTS = frozenset({"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/GoToR", "/Rendition"})
#: Objects of one PDF that are looked at: far more than ten megabytes of pages have.
MOST_OBJECTS = 200_000


def _is_pdf(data: bytes) -> bool:
    """A PDF that can be read through, is not locked, and does nothing when it is opened."""
    if not data.startswith(b"%PDF-"):
        return False
    from pypdf import PdfReader  # noqa: PLC0415 - 0.2 s that only a PDF is worth
    from pypdf.errors import PyPdfError  # noqa: PLC0415
    from pypdf.generic import IndirectObject  # noqa: PLC0415

    try:
        reader = PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted:
            raise BadFileError(LOCKED)
        if not len(reader.pages):
            return False
        known = sorted({(number, generation) for generation, ids in reader.xref.items() for number in ids})
        known += [(number, 0) for number in sorted(reader.xref_objStm)]
        if len(known) > MOST_OBJECTS:
            raise BadFileError(TOO_MUCH_INSIDE)
        if _does_something(reader.trailer) or any(
            _does_something(reader.get_object(IndirectObject(number, generation, reader)))
            for number, generation in known
            if number
        ):
            raise BadFileError(WITH_SCRIPT)
    except BadFileError:
        raise
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError):
        return False
    return True


def _does_something(value: object) -> bool:
    """Whether a PDF object carries or does something; what it refers to is looked at on its own."""
    left = [value]
    while left:
        item = left.pop()
        if isinstance(item, dict):
            if not _CARRIES.isdisjoint(item) or str(item.get("/S")) in _ACTS:
                return True
            left.extend(item.values())
        elif isinstance(item, list):
            left.extend(item)
    return False


def _is_docx(data: bytes) -> bool:
    parts = parts_of(data)
    if any(name.lower().endswith("vbaproject.bin") for name in parts):
        raise BadFileError(WITH_MACROS)
    return {"[Content_Types].xml", "word/document.xml"} <= parts.keys()


def _is_odt(data: bytes) -> bool:
    parts = parts_of(data)
    if any(name.startswith(("Basic/", "Scripts/")) for name in parts):
        raise BadFileError(WITH_MACROS)
    return parts.get("mimetype") == b"application/vnd.oasis.opendocument.text" and "content.xml" in parts


def parts_of(data: bytes) -> dict[str, bytes]:
    """Name → first bytes of each part of an archive, which is unpacked in memory, piece by piece, no
    further than the limit: what its directory says of sizes is not believed.
    """
    if not data.startswith(b"PK\x03\x04"):
        return {}
    if _directory_length(data) > MOST_PARTS:
        raise BadFileError(TOO_MUCH_INSIDE)
    found: dict[str, bytes] = {}
    left = LARGEST_UNPACKED
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if len(archive.infolist()) > MOST_PARTS:
                raise BadFileError(TOO_MUCH_INSIDE)
            for part in archive.infolist():
                if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                    return {}
                with archive.open(part) as stream:
                    head = stream.read(100)
                    found[part.filename] = head
                    left -= len(head)
                    while left >= 0 and (piece := stream.read(65_536)):
                        left -= len(piece)
                if left < 0:
                    raise BadFileError(TOO_MUCH_INSIDE)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError):
        return {}
    return found


def _directory_length(data: bytes) -> int:
    """How many parts an archive's end says it has, asked before its directory is read; 0 without one."""
    at = data.rfind(_END_MARK, max(0, len(data) - _LONGEST_END))
    if at < 0 or len(data) < at + 12:
        return 0
    return int(struct.unpack_from("<H", data, at + 10)[0])


#: How a name ends → (media type, whether the bytes are that).
_KINDS: dict[str, tuple[str, Callable[[bytes], bool]]] = {
    ".pdf": ("application/pdf", _is_pdf),
    ".docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", _is_docx),
    ".odt": ("application/vnd.oasis.opendocument.text", _is_odt),
    ".txt": ("text/plain", _is_text),
    ".png": ("image/png", _begins(b"\x89PNG\r\n\x1a\n")),
    ".jpg": ("image/jpeg", _begins(b"\xff\xd8\xff")),
    ".jpeg": ("image/jpeg", _begins(b"\xff\xd8\xff")),
}
#: What a browser offers to choose.
ACCEPTED = ",".join(_KINDS)
