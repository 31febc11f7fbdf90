"""The database: engine, column types, sealing and the one way to write."""

from pitchfest.db.disposal import disposing
from pitchfest.db.engine import Base, db
from pitchfest.db.folder import data_folder
from pitchfest.db.sealing import Keyring
from pitchfest.db.transaction import Write, lock, transaction
from pitchfest.db.types import Sealed, UtcDateTime, enum_column, one_of

__all__ = [
    "Base",
    "Keyring",
    "Sealed",
    "UtcDateTime",
    "Write",
    "data_folder",
    "db",
    "disposing",
    "enum_column",
    "lock",
    "one_of",
    "transaction",
]
