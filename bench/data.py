"""The data of the benchmarks: made once for each state of the code, then copied for each run."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from bench import region
from config import read_settings
from pitchfest.app import create_app
from pitchfest.db import db, migrations
from pitchfest.judging.operations import calibrate_due

ROOT = Path(__file__).resolve().parent.parent
#: How many older makings are kept.
KEPT = 3


def cache() -> Path:
    """Where made data is kept: outside the tree, so that nothing of it is ever part of the project."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "pitchfest-bench"


def fingerprint() -> str:
    """A hash of everything that decides what the data looks like: the code and the seed."""
    found = hashlib.sha256(str(region.SEED).encode())
    for folder in ("pitchfest", "migrations"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            found.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    found.update(Path(region.__file__).read_bytes())
    return found.hexdigest()[:16]


def prepared() -> Path:
    """The instance folder with the data, made now when this code has none yet."""
    folder = cache() / fingerprint()
    if (folder / "pitchfest.sqlite").exists():
        os.utime(folder)
        return folder
    cache().mkdir(parents=True, exist_ok=True)
    print("Making the data of the benchmarks, once for this code …", flush=True)
    began = time.monotonic()
    making = Path(tempfile.mkdtemp(prefix="making-", dir=cache()))
    try:
        _make(making)
        making.rename(folder)
    except BaseException:
        shutil.rmtree(making)
        raise
    _forget_old()
    print(f"… made in {time.monotonic() - began:.0f} s.", flush=True)
    return folder


def _make(instance: Path) -> None:
    app = create_app(read_settings({"PITCHFEST_INSTANCE": str(instance)}))
    with app.app_context():
        migrations.upgrade()
        now = datetime.now(UTC).replace(microsecond=0)
        region.play(now)
        calibrate_due(lambda: now)
        db.session.remove()
        db.engine.dispose()
    with sqlite3.connect(instance / "pitchfest.sqlite") as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _forget_old() -> None:
    made = [folder for folder in cache().iterdir() if not folder.name.startswith("making-")]
    for folder in sorted(made, key=lambda folder: folder.stat().st_mtime)[:-KEPT]:
        shutil.rmtree(folder, ignore_errors=True)
