"""Production with a setting that is missing, a sample or the demo's refuses to start, and says what to do."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config import SettingsError, read_settings

ROOT = Path(__file__).resolve().parents[2]
GOOD = {
    "PITCHFEST_ENV": "production",
    "PITCHFEST_HOST": "0.0.0.0",
    "PITCHFEST_URL": "https://pitchfest.calderwick-ca.gov.uk",
    "PITCHFEST_SECRET_KEY": "5f" * 32,
    "PITCHFEST_SEAL_KEY": "1a" * 32,
    "SMTP_HOST": "mail.calderwick-ca.gov.uk",
}
BAD = [
    ("PITCHFEST_SECRET_KEY", "", "PITCHFEST_SECRET_KEY is missing. Make one"),
    ("PITCHFEST_SECRET_KEY", "change-me" * 5, "PITCHFEST_SECRET_KEY is a sample"),
    ("PITCHFEST_SECRET_KEY", "5f" * 15, "shorter than 32 characters. Make one"),
    ("PITCHFEST_SEAL_KEY", "", "PITCHFEST_SEAL_KEY is missing. Make one"),
    ("PITCHFEST_SEAL_KEY", "your seal key", "PITCHFEST_SEAL_KEY is not 64 hex digits"),
    ("PITCHFEST_URL", "", "PITCHFEST_URL is missing. Set it"),
    ("PITCHFEST_URL", "https://pitchfest.example", "PITCHFEST_URL is still a sample"),
    ("PITCHFEST_URL", "https://www.example.com", "PITCHFEST_URL is still a sample"),
    ("PITCHFEST_URL", "pitchfest", "PITCHFEST_URL is not an address. Set it"),
    ("SMTP_HOST", "", "SMTP_HOST is missing"),
    ("SMTP_HOST", "smtp.example.org", "SMTP_HOST is still a sample"),
    ("SMTP_SENDER", "Pitchfest <unit@region.example>", "SMTP_SENDER is still a sample"),
    ("PITCHFEST_CLOCK_OFFSET", "60", "PITCHFEST_CLOCK_OFFSET moves the clock"),
    ("PITCHFEST_ENV", "staging", "PITCHFEST_ENV is neither demo nor production"),
    ("DATABASE_URL", "mysql://db/x", "begins with sqlite:/// or postgresql://"),
]


@pytest.mark.parametrize(("name", "value", "sentence"), BAD)
def test_each_refusal_says_what_to_do(name: str, value: str, sentence: str, scratch: Path) -> None:
    environment = {**GOOD, "PITCHFEST_INSTANCE": str(scratch), name: value}
    with pytest.raises(SettingsError, match=r"\.") as refused:
        read_settings({k: v for k, v in environment.items() if v})
    assert sentence in str(refused.value)


def test_good_settings_start_and_mail_may_be_off_on_purpose(scratch: Path) -> None:
    assert read_settings({**GOOD, "PITCHFEST_INSTANCE": str(scratch)}).smtp_host == GOOD["SMTP_HOST"]
    assert read_settings({**GOOD, "PITCHFEST_INSTANCE": str(scratch), "SMTP_HOST": "none"}).smtp_host == ""


def test_production_on_one_machine_needs_the_keys_only(scratch: Path) -> None:
    found = read_settings(
        {
            "PITCHFEST_ENV": "production",
            "PITCHFEST_INSTANCE": str(scratch),
            "PITCHFEST_SECRET_KEY": GOOD["PITCHFEST_SECRET_KEY"],
            "PITCHFEST_SEAL_KEY": GOOD["PITCHFEST_SEAL_KEY"],
        }
    )
    assert found.url == "http://127.0.0.1:8000"


def test_a_command_and_a_server_say_the_sentence_without_a_traceback(scratch: Path) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "PITCHFEST_ENV": "production",
        "PITCHFEST_INSTANCE": str(scratch),
    }
    for words in (["-m", "flask", "--app", "wsgi", "serve"], ["-c", "import wsgi"]):
        done = subprocess.run(
            [sys.executable, *words], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 1
        assert done.stderr.startswith("Pitchfest does not start. PITCHFEST_SECRET_KEY is missing.")
        assert "Traceback" not in done.stderr
