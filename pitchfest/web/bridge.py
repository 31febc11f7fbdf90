"""From the server's asynchronous protocol (RSGI) to the WSGI application.

A WSGI server that lets the application read the body blocks a thread for as long as a phone on
bad Wi-Fi takes to send it; forty of those and nobody else is served (docs/adr/0003). Here the
event loop gathers the whole body first, bounded in size and time, and only then takes a thread.
"""

from __future__ import annotations

import asyncio
import io
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import unquote_to_bytes

from flask import Flask

from pitchfest.web.security import LARGEST_DRAINED, largest_body

#: How long a body may take to arrive, in seconds.
LONGEST_BODY = 120
#: How long a request keeps others of this process waiting, in seconds, before the next may start beside it.
LONGEST_IN_LANE = 0.05
#: Set in the environ when a body was larger than any form: it was read and dropped.
DROPPED = "pitchfest.body_dropped"


class Bridge:
    """An RSGI application around a WSGI one. `one_by_one`: requests run one after another, since threads
    that take turns at every row of a statement only make each other slower; one that takes long, such as
    a write that waits for its turn, lets the next start beside it, up to as many as there are threads.
    """

    def __init__(self, app: Flask, *, one_by_one: bool, threads: int = 4) -> None:
        self._app = app
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="request")
        self._lane = asyncio.Semaphore(1 if one_by_one else threads)

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        """Answer one request."""
        if scope.proto != "http":
            protocol.response_empty(400, [])
            return
        body, length = b"", 0
        limit = largest_body(_header(scope, "content-type"))
        if scope.method not in ("GET", "HEAD"):
            try:
                async with asyncio.timeout(LONGEST_BODY):
                    body, length = await _gather(protocol, limit)
            except TimeoutError:
                protocol.response_str(
                    408, [("content-type", "text/plain")], "The request took too long to arrive.\n"
                )
                return
        loop = asyncio.get_running_loop()
        async with self._lane:
            running = loop.run_in_executor(self._pool, self._call, scope, body, length)
            await asyncio.wait([running], timeout=LONGEST_IN_LANE)
        status, headers, answer = await running
        protocol.response_bytes(status, headers, answer)

    def _call(self, scope: Any, body: bytes, length: int) -> tuple[int, list[tuple[str, str]], bytes]:
        started: list[tuple[str, list[tuple[str, str]]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], _error: Any = None) -> Any:
            started[:] = [(status, headers)]

        parts = self._app.wsgi_app(_environ(scope, body, length), start_response)
        try:
            answer = b"".join(parts)
        finally:
            if hasattr(parts, "close"):
                parts.close()
        status, headers = started[0]
        return int(status[:3]), [(name.lower(), value) for name, value in headers], answer


def _header(scope: Any, name: str) -> str:
    """A header's value, "" where the request has none."""
    return next((value for key, value in scope.headers.items() if key.lower() == name), "")


async def _gather(protocol: Any, limit: int) -> tuple[bytes, int]:
    """The whole body and its length; of a body beyond the limit only the length."""
    parts, length = [], 0
    async for chunk in protocol:
        length += len(chunk)
        if length <= limit:
            parts.append(bytes(chunk))
        elif length > LARGEST_DRAINED:
            break
    return (b"".join(parts) if length <= limit else b"", length)


def _environ(scope: Any, body: bytes, length: int) -> dict[str, Any]:
    host, _, port = scope.server.rpartition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope.path).decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": host,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": scope.client.rpartition(":")[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        "wsgi.input_terminated": True,
    }
    for name, value in scope.headers.items():
        key = name.upper().replace("-", "_")
        if key in ("CONTENT_TYPE", "CONTENT_LENGTH"):
            environ[key] = value
        elif f"HTTP_{key}" in environ:
            environ[f"HTTP_{key}"] += f",{value}"
        else:
            environ[f"HTTP_{key}"] = value
    environ.pop("CONTENT_LENGTH", None)
    if length:
        environ["CONTENT_LENGTH"] = str(len(body))
        environ[DROPPED] = length > largest_body(environ.get("CONTENT_TYPE", ""))
    return environ
