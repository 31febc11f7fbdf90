"""Files on their way out: to be kept by the browser, never shown in a page's place."""

from __future__ import annotations

import io

from flask import send_file
from werkzeug.wrappers import Response


def as_attachment(name: str, media_type: str, data: bytes) -> Response:
    """An answer that a browser saves under `name`. The caller has let the person in."""
    return send_file(io.BytesIO(data), mimetype=media_type, as_attachment=True, download_name=name)
