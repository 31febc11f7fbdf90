"""Settings, read once from the environment and checked before anything starts."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

LOOPBACK = ("127.0.0.1", "localhost", "::1")


class SettingsError(Exception):
    """A setting is missing or wrong; the message says which and what to do."""


@dataclass(frozen=True)
class Settings:
    """Everything the environment decides. See docs/operations.md for each."""

    env: str
    instance: Path
    database_url: str
    host: str
    port: int
    url: str
    trusted_proxies: int
    secret_key: str
    seal_keys: tuple[bytes, ...]
    web_workers: int
    clock_offset: int
    smtp_host: str
    smtp_port: int
    smtp_user: str
    smtp_password: str
    smtp_tls: bool
    smtp_sender: str

    @property
    def demo(self) -> bool:
        """Whether this is a demonstration with invented people."""
        return self.env == "demo"


def read_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings from the environment. Raises SettingsError for what is missing or wrong."""
    host = environ.get("PITCHFEST_HOST", "127.0.0.1")
    env = environ.get("PITCHFEST_ENV") or ("demo" if host in LOOPBACK else "production")
    if env not in ("demo", "production"):
        raise SettingsError("PITCHFEST_ENV is demo or production.")
    instance = Path(environ.get("PITCHFEST_INSTANCE", "instance")).resolve()
    port = _whole(environ, "PITCHFEST_PORT", 8000)
    url = environ.get("PITCHFEST_URL", f"http://{host}:{port}").rstrip("/")
    if not urlsplit(url).hostname or urlsplit(url).scheme not in ("http", "https"):
        raise SettingsError("PITCHFEST_URL is the full address people use, like https://pitchfest.example.")
    offset = _whole(environ, "PITCHFEST_CLOCK_OFFSET", 0)
    if offset and env == "production":
        raise SettingsError("PITCHFEST_CLOCK_OFFSET moves the clock and is for demonstrations only.")
    return Settings(
        env=env,
        instance=instance,
        database_url=_database(environ.get("DATABASE_URL") or f"sqlite:///{instance / 'pitchfest.sqlite'}"),
        host=host,
        port=port,
        url=url,
        trusted_proxies=_whole(environ, "PITCHFEST_TRUSTED_PROXIES", 0),
        secret_key=_secret(environ, "PITCHFEST_SECRET_KEY", instance / "secret.key", env),
        seal_keys=tuple(
            _seal_key(part)
            for part in _secret(environ, "PITCHFEST_SEAL_KEY", instance / "seal.key", env).split(",")
        ),
        web_workers=_whole(environ, "PITCHFEST_WEB_WORKERS", 2),
        clock_offset=offset,
        smtp_host=environ.get("SMTP_HOST", ""),
        smtp_port=_whole(environ, "SMTP_PORT", 25),
        smtp_user=environ.get("SMTP_USER", ""),
        smtp_password=environ.get("SMTP_PASSWORD", ""),
        smtp_tls=environ.get("SMTP_TLS", "") in ("1", "true", "yes"),
        smtp_sender=environ.get("SMTP_SENDER", f"Pitchfest <no-reply@{urlsplit(url).hostname}>"),
    )


def _whole(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name, "").strip()
    try:
        return int(text) if text else default
    except ValueError:
        raise SettingsError(f"{name} is a whole number.") from None


def _database(url: str) -> str:
    if url.startswith("postgres://"):
        url = "postgresql://" + url.removeprefix("postgres://")
    if not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise SettingsError("DATABASE_URL names a SQLite file or a PostgreSQL database.")
    return url


def _secret(environ: Mapping[str, str], name: str, path: Path, env: str) -> str:
    """The secret from the environment; in the demo, from a file made on first use (mode 0600)."""
    if value := environ.get(name, "").strip():
        return value
    if env == "production":
        raise SettingsError(f"{name} is required in production. docs/operations.md says how to make one.")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(32) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return path.read_text().strip()


def _seal_key(text: str) -> bytes:
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) != 32:
        raise SettingsError("PITCHFEST_SEAL_KEY is 64 hex digits (32 bytes); several are joined by commas.")
    return key
