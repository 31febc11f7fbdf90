"""Column types: UTC moments, enums as checked text, and sealed text."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, DateTime, Dialect, Enum, LargeBinary, String, TypeDecorator

from pitchfest.db.sealing import current_keyring


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime, kept in UTC to the microsecond in both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(27))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        moment = value.astimezone(UTC)
        return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if dialect.name == "sqlite" else moment

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if dialect.name == "sqlite":
            return datetime.fromisoformat(value)
        return value.astimezone(UTC)  # type: ignore[no-any-return]


class Sealed(TypeDecorator[str]):
    """Text that is encrypted at rest. Read only where the tests of the architecture allow it."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> bytes | None:
        return None if value is None else current_keyring().seal(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else current_keyring().open(bytes(value))


def enum_column(kind: type[StrEnum]) -> Enum:
    """A StrEnum stored as its text; pair it with `one_of` so that the table refuses other words."""
    return Enum(
        kind,
        native_enum=False,
        create_constraint=False,
        length=32,
        values_callable=lambda members: [m.value for m in members],
    )


def one_of(column: str, kind: type[StrEnum]) -> CheckConstraint:
    """The CHECK that `column` holds one of the enum's words."""
    words = ", ".join(f"'{member.value}'" for member in kind)
    return CheckConstraint(f'"{column}" IN ({words})', name=f"{column}_known")
