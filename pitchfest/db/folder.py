"""Where this installation keeps what is not in its database."""

from __future__ import annotations

from pathlib import Path

from flask import current_app


def data_folder() -> Path:
    """The instance folder: database, keys and files."""
    return Path(current_app.instance_path)
