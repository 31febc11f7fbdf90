"""Pictures made on the spot, whole or spoilt."""

from __future__ import annotations

import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"
#: One frame of an animation.
MOVES = (b"acTL", b"\0" * 8)


def chunk(kind: bytes, content: bytes) -> bytes:
    """One part of a PNG with its length and checksum."""
    return len(content).to_bytes(4, "big") + kind + content + zlib.crc32(kind + content).to_bytes(4, "big")


def png(
    width: int = 24,
    height: int = 8,
    *,
    colour: tuple[int, int, int] = (0, 80, 74),
    extra: tuple[tuple[bytes, bytes], ...] = (),
) -> bytes:
    """A PNG of one colour, with `extra` parts (kind, content) after its header."""
    header = width.to_bytes(4, "big") + height.to_bytes(4, "big") + bytes((8, 2, 0, 0, 0))
    rows = (b"\0" + bytes(colour) * width) * height
    return b"".join(
        (
            SIGNATURE,
            chunk(b"IHDR", header),
            *(chunk(kind, content) for kind, content in extra),
            chunk(b"IDAT", zlib.compress(rows)),
            chunk(b"IEND", b""),
        )
    )
