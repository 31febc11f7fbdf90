"""Pictures for everyone's eyes: a PNG or JPEG and nothing else, read as the formats say (PNG, third edition;
ITU-T T.81). What is not needed to show them goes: a photograph says where and when it was taken. Pure.
"""

from __future__ import annotations

import re
import zlib

LARGEST_LOGO = 500_000
#: Largest picture beside a text, in bytes.
LARGEST_PICTURE = 2_000_000
LONGEST_SIDE = 2_000

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
#: What is kept of a picture; the rest is words, places and times that its maker left in it.
_KEPT = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"sBIT"})
#: Colour type → the bit depths it may have.
_DEPTHS: dict[int, frozenset[int]] = {
    0: frozenset({1, 2, 4, 8, 16}),
    2: frozenset({8, 16}),
    3: frozenset({1, 2, 4, 8}),
    4: frozenset({8, 16}),
    6: frozenset({8, 16}),
}
_NOT_PNG = "The logo must be a PNG picture. Save it as PNG and choose it again. We cannot take SVG or JPEG"
_NOT_PICTURE = "This must be a PNG or JPEG picture. Save it as one of these and choose it again"
_BROKEN = "This picture is damaged. Save it again and choose the new one"

_JPEG = b"\xff\xd8"
#: The next mark within a JPEG's picture: no byte of the picture itself and no point to start again.
_MARK = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_END, _SCAN = 0xD9, 0xDA
#: Marks of a JPEG whose part says how many pixels it has.
_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
#: What is kept of a JPEG: tables, frames and scans; of its notes those that tell how its colours are meant.
_KEPT_MARKS = _FRAMES | {0xC4, 0xDB, 0xDD, _SCAN}
_KEPT_NOTES = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}


class BadPictureError(ValueError):
    """The bytes are not a picture that we show; the message says what to do."""


def clean_logo(data: bytes) -> bytes:
    """A PNG without anything that is not needed to show it. Raises BadPictureError."""
    if len(data) > LARGEST_LOGO:
        raise BadPictureError(
            f"This picture is larger than the {LARGEST_LOGO // 1000} KB that we take. Make it smaller"
        )
    if not data.startswith(_SIGNATURE):
        raise BadPictureError(_NOT_PNG)
    return _clean_png(data)


def clean_picture(data: bytes) -> tuple[str, bytes]:
    """The media type of a PNG or JPEG, and the picture without anything that is not needed to show it.

    Raises BadPictureError.
    """
    if len(data) > LARGEST_PICTURE:
        raise BadPictureError(
            f"This picture is larger than the {LARGEST_PICTURE // 1_000_000} MB that we take. Make it smaller"
        )
    if data.startswith(_SIGNATURE):
        return "image/png", _clean_png(data)
    if data.startswith(_JPEG):
        return "image/jpeg", _clean_jpeg(data)
    raise BadPictureError(_NOT_PICTURE)


def _clean_png(data: bytes) -> bytes:
    chunks = _chunks(data)
    kinds = [kind for kind, _, _ in chunks]
    if kinds[:1] != [b"IHDR"] or kinds[-1:] != [b"IEND"] or b"IDAT" not in kinds:
        raise BadPictureError(_BROKEN)
    if b"acTL" in kinds:
        raise BadPictureError("This picture moves. Choose one that stands still")
    _check_header(chunks[0][1])
    return _SIGNATURE + b"".join(whole for kind, _, whole in chunks if kind in _KEPT)


def _chunks(data: bytes) -> list[tuple[bytes, bytes, bytes]]:
    """(kind, content, the whole chunk) of each part up to the end, each with its checksum checked."""
    found, at = [], len(_SIGNATURE)
    while at < len(data):
        length = int.from_bytes(data[at : at + 4], "big")
        end = at + 12 + length
        kind, content = data[at + 4 : at + 8], data[at + 8 : end - 4]
        if end > len(data) or zlib.crc32(kind + content) != int.from_bytes(data[end - 4 : end], "big"):
            raise BadPictureError(_BROKEN)
        found.append((kind, content, data[at:end]))
        if kind == b"IEND":
            break  # what follows is no part of the picture
        at = end
    return found


def _check_header(header: bytes) -> None:
    if len(header) != 13:
        raise BadPictureError(_BROKEN)
    width, height = int.from_bytes(header[:4], "big"), int.from_bytes(header[4:8], "big")
    depth, colour, compression, filtering, interlaced = header[8:]
    known = depth in _DEPTHS.get(colour, ()) and compression == filtering == 0 and interlaced in (0, 1)
    if not known:
        raise BadPictureError(_BROKEN)
    _check_sides(width, height)


def _clean_jpeg(data: bytes) -> bytes:
    kept, at, framed = [_JPEG], len(_JPEG), False
    while data[at : at + 1] == b"\xff" and at + 4 <= len(data):
        mark, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        content, end = data[at + 4 : at + 2 + length], at + 2 + length
        if mark in _FRAMES:
            _check_sides(int.from_bytes(content[3:5], "big"), int.from_bytes(content[1:3], "big"))
            framed = True
        if mark == _SCAN and framed and (following := _MARK.search(data, end)):
            end = following.start()
        elif mark == _SCAN:
            break
        if mark in _KEPT_MARKS or (mark in _KEPT_NOTES and content.startswith(_KEPT_NOTES[mark])):
            kept.append(data[at:end])
        if mark == _SCAN and data[end + 1] == _END:
            return b"".join((*kept, bytes((0xFF, _END))))  # what follows is no part of the picture
        at = end
    raise BadPictureError(_BROKEN)


def _check_sides(width: int, height: int) -> None:
    if not width or not height:
        raise BadPictureError(_BROKEN)
    if max(width, height) > LONGEST_SIDE:
        raise BadPictureError(
            f"This picture is {width:,} by {height:,} pixels. "
            f"Make it smaller: {LONGEST_SIDE:,} pixels a side is the most we take"
        )
