"""Pictures made on the spot, whole or spoilt."""

from __future__ import annotations

import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"
JPEG_START, JPEG_END = b"\xff\xd8", b"\xff\xd9"
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


def part(mark: int, content: bytes) -> bytes:
    """A part of a JPEG: its mark, its length, its content."""
    return bytes((0xFF, mark)) + (len(content) + 2).to_bytes(2, "big") + content


def jpeg(width: int = 24, height: int = 8, *, extra: tuple[bytes, ...] = ()) -> bytes:
    """The parts of a JPEG in their order, with `extra` parts at its beginning; its one scan shows nothing."""
    frame = b"\x08" + height.to_bytes(2, "big") + width.to_bytes(2, "big") + b"\x01\x01\x11\x00"
    return b"".join(
        (
            JPEG_START,
            part(0xE0, b"JFIF\0\x01\x02"),
            *extra,
            part(0xDB, b"\0" * 65),
            part(0xC0, frame),
            part(0xC4, b"\0" * 17),
            part(0xDA, b"\x01\x01\x00\x00\x3f\x00"),
            b"\x12\xff\x00\xff\xd0\x34",
            JPEG_END,
        )
    )
