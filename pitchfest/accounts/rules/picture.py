"""A region's logo: a PNG and nothing else, read as the format says (PNG, third edition). Pure."""

from __future__ import annotations

import zlib

LARGEST_LOGO = 500_000
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
_BROKEN = "This PNG is damaged. Save it again and choose the new one"


class BadPictureError(ValueError):
    """The bytes are not a picture that we show; the message says what to do."""


def clean_png(data: bytes) -> bytes:
    """The picture without anything that is not needed to show it. Raises BadPictureError."""
    if len(data) > LARGEST_LOGO:
        raise BadPictureError(
            f"This picture is larger than the {LARGEST_LOGO // 1000} KB that we take. Make it smaller"
        )
    if not data.startswith(_SIGNATURE):
        raise BadPictureError(_NOT_PNG)
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
    if not known or not width or not height:
        raise BadPictureError(_BROKEN)
    if max(width, height) > LONGEST_SIDE:
        raise BadPictureError(
            f"This picture is {width:,} by {height:,} pixels. "
            f"Make it smaller: {LONGEST_SIDE:,} pixels a side is the most we take"
        )
