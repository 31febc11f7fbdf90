"""Settings, read once from the environment and checked before anything starts."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from email.utils import parseaddr
from pathlib import Path
from urllib.parse import urlsplit

SAMPLE = "https://pitchfest.yourregion.gov.uk"
_MAKE_KEY = 'python3 -c "import secrets; print(secrets.token_hex(32))"'
#: What stands in keys that someone copied from a sample file.
_SAMPLE_WORDS = ("change", "example", "placeholder", "replace", "sample", "secret", "xxxx", "your")
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
    #: Where clamd listens, `unix:/path` or `host:port`; "" for no virus check.
    clamd: str = ""

    @property
    def demo(self) -> bool:
        """Whether this is a demonstration with invented people."""
        return self.env == "demo"


def read_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """The settings from the environment. Raises SettingsError for what is missing or wrong."""
    host = environ.get("PITCHFEST_HOST", "127.0.0.1")
    env = environ.get("PITCHFEST_ENV") or ("demo" if host in LOOPBACK else "production")
    if env not in ("demo", "production"):
        raise SettingsError("PITCHFEST_ENV is neither demo nor production. Set it to one of them.")
    instance = Path(environ.get("PITCHFEST_INSTANCE", "instance")).resolve()
    port = _whole(environ, "PITCHFEST_PORT", 8000)
    url = environ.get("PITCHFEST_URL", f"http://{host}:{port}").rstrip("/")
    if not urlsplit(url).hostname or urlsplit(url).scheme not in ("http", "https"):
        raise SettingsError(
            f"PITCHFEST_URL is not an address. Set it to the full one people use, like {SAMPLE}."
        )
    database = environ.get("DATABASE_URL") or f"sqlite:///{instance / 'pitchfest.sqlite'}"
    settings = Settings(
        env=env,
        instance=instance,
        database_url=database_url(database),
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
        clock_offset=_whole(environ, "PITCHFEST_CLOCK_OFFSET", 0),
        smtp_host=environ.get("SMTP_HOST", "").strip(),
        smtp_port=_whole(environ, "SMTP_PORT", 25),
        smtp_user=environ.get("SMTP_USER", ""),
        smtp_password=environ.get("SMTP_PASSWORD", ""),
        smtp_tls=environ.get("SMTP_TLS", "") in ("1", "true", "yes"),
        smtp_sender=environ.get("SMTP_SENDER", f"Pitchfest <no-reply@{urlsplit(url).hostname}>"),
        clamd=_clamd(environ.get("PITCHFEST_CLAMD", "").strip()),
    )
    return settings if settings.demo else _fit_for_production(settings, environ)


def _clamd(address: str) -> str:
    """Where the virus scanner listens. Raises SettingsError for what is neither a socket nor a port."""
    host, _, port = address.rpartition(":")
    if address and not address.startswith("unix:/") and not (host and port.isdigit()):
        raise SettingsError("PITCHFEST_CLAMD is neither unix:/path nor host:port. Correct or remove it.")
    return address


def _fit_for_production(settings: Settings, environ: Mapping[str, str]) -> Settings:
    """The settings, with mail off where that was asked for. Raises SettingsError, with what to do,
    where something is missing, is still a sample, or belongs to demonstrations only.
    """
    if settings.clock_offset:
        raise SettingsError(
            "PITCHFEST_CLOCK_OFFSET moves the clock, which only a demonstration may. Remove it."
        )
    host = urlsplit(settings.url).hostname or ""
    if not environ.get("PITCHFEST_URL") and settings.host not in LOOPBACK:
        raise SettingsError(f"PITCHFEST_URL is missing. Set it to the address people use, like {SAMPLE}.")
    if _is_sample_host(host):
        raise SettingsError(f"PITCHFEST_URL is still a sample ({host}). Set it to the address people use.")
    key = settings.secret_key
    if len(key) < 32 or any(word in key.lower() for word in _SAMPLE_WORDS):
        raise SettingsError(
            f"PITCHFEST_SECRET_KEY is a sample or shorter than 32 characters. Make one: {_MAKE_KEY}"
        )
    if settings.smtp_host.lower() == "none":
        return replace(settings, smtp_host="")
    if not settings.smtp_host and host not in LOOPBACK:
        raise SettingsError(
            "SMTP_HOST is missing, so no invitation could be sent. Set it to your mail server, or to none "
            "to run without mail."
        )
    if _is_sample_host(settings.smtp_host):
        raise SettingsError(
            f"SMTP_HOST is still a sample ({settings.smtp_host}). Set it to your mail server, or to none."
        )
    if settings.smtp_host and _is_sample_host(parseaddr(settings.smtp_sender)[1].rpartition("@")[2]):
        raise SettingsError("SMTP_SENDER is still a sample. Set it to the address your mail comes from.")
    return settings


def _is_sample_host(host: str) -> bool:
    """Whether a name is one of those that exist for examples only."""
    labels = host.lower().rstrip(".").split(".")
    return labels[-1] in ("example", "invalid", "test") or (
        labels[-2:-1] == ["example"] and labels[-1] in ("com", "org", "net")
    )


def _whole(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name, "").strip()
    try:
        return int(text) if text else default
    except ValueError:
        raise SettingsError(f"{name} is not a whole number. Correct or remove it.") from None


def database_url(url: str) -> str:
    """The URL as the engine takes it. Raises SettingsError when it is of no database we know."""
    if url.startswith("postgres://"):
        url = "postgresql://" + url.removeprefix("postgres://")
    if not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        raise SettingsError(
            "This is the URL of neither a SQLite file nor a PostgreSQL database. It begins with "
            "sqlite:/// or postgresql://."
        )
    return url


def _secret(environ: Mapping[str, str], name: str, path: Path, env: str) -> str:
    """The secret from the environment; in the demo, from a file made on first use (mode 0600)."""
    if value := environ.get(name, "").strip():
        return value
    if env == "production":
        raise SettingsError(f"{name} is missing. Make one, and keep a copy of it elsewhere: {_MAKE_KEY}")
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
        raise SettingsError(
            "PITCHFEST_SEAL_KEY is not 64 hex digits (several keys are joined by commas). "
            f"If you have none yet, make one: {_MAKE_KEY}"
        )
    return key
