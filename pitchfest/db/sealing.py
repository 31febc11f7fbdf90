"""The seal: AES-GCM under a key that is in neither the database nor its backup.

A sealed value is `1 || key id (4 bytes) || nonce (12) || ciphertext and tag`. It protects
against whoever reads the database file, a backup, a log or runs a query; not against someone
who holds both the machine and the key (docs/operations.md says so plainly).
"""

from __future__ import annotations

import hashlib
import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app

_FORMAT = b"\x01"
EXTENSION = "pitchfest.keyring"


class Keyring:
    """The key that seals, and every key that may still open older values.

    `keys`: 32-byte keys; the first seals.
    """

    def __init__(self, *keys: bytes) -> None:
        if not keys or any(len(key) != 32 for key in keys):
            raise ValueError("a seal key is 32 bytes")
        self._ciphers = {hashlib.sha256(key).digest()[:4]: AESGCM(key) for key in keys}
        self._current = hashlib.sha256(keys[0]).digest()[:4]

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the keys, as sealed values name them; they tell nothing of the keys."""
        return tuple(name.hex() for name in self._ciphers)

    def seal(self, text: str) -> bytes:
        """The sealed form of `text`; two seals of the same text differ."""
        return self.seal_bytes(text.encode())

    def seal_bytes(self, data: bytes) -> bytes:
        """The sealed form of a file's bytes."""
        nonce = os.urandom(12)
        head = _FORMAT + self._current
        return head + nonce + self._ciphers[self._current].encrypt(nonce, data, head)

    def open(self, value: bytes) -> str:
        """The text of a sealed value.

        Raises KeyError when its key is not held, `cryptography.exceptions.InvalidTag` when the
        value was tampered with.
        """
        return self.open_bytes(value).decode()

    def open_bytes(self, value: bytes) -> bytes:
        """The bytes of a sealed file. Raises as `open` does."""
        head, nonce, body = value[:5], value[5:17], value[17:]
        return self._ciphers[head[1:]].decrypt(nonce, body, head)


def current_keyring() -> Keyring:
    """The running application's keyring."""
    keyring = current_app.extensions[EXTENSION]
    assert isinstance(keyring, Keyring)
    return keyring
