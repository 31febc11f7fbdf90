"""Hashing passwords. Slow on purpose, so never inside a transaction."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

#: OWASP's smallest set: 19 MiB, two passes, one lane.
_REAL = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
#: What an unknown address is checked against, so that it takes as long as a known one.
_NOBODY: dict[bool, str] = {}


def hash_password(password: str, *, cheap: bool = False) -> str:
    """The argon2id hash to store. `cheap` is for tests."""
    return _hasher(cheap).hash(_bytes(password))


def password_matches(stored: str | None, password: str, *, cheap: bool = False) -> bool:
    """Whether the password is the stored one. Without a stored one it takes as long, and is not."""
    if stored is None and cheap not in _NOBODY:
        _NOBODY[cheap] = hash_password("nobody has this password", cheap=cheap)
    try:
        _hasher(cheap).verify(stored if stored is not None else _NOBODY[cheap], _bytes(password))
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def needs_rehash(stored: str, *, cheap: bool = False) -> bool:
    """Whether the hash was made with older settings than today's."""
    return _hasher(cheap).check_needs_rehash(stored)


def _hasher(cheap: bool) -> PasswordHasher:
    return _CHEAP if cheap else _REAL


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")
