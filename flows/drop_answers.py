"""What the HTTP drop answers when something is not as it should be, and what it never says."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from flows.drop_body import Refused

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOG: Final = logging.getLogger("quorate.drop")
HEADERS: Final = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "connection": "close",  # one request a connection, so that each has its own time to begin in
}


def _answer(status: int, says: str, headers: Mapping[str, str] | None = None) -> Response:
    return JSONResponse({"error": says}, status, headers)


async def _refused(_request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, Refused)  # noqa: S101 - what it is registered for
    LOG.info("refused: %d, %s", refusal.status, refusal.says)
    headers = {"retry-after": str(refusal.retry_after)} if refusal.retry_after else {}
    return _answer(
        refusal.status, refusal.says, headers | ({"www-authenticate": "Bearer"} if refusal.status == 401 else {})
    )


async def _no_such_thing(_request: Request, failure: Exception) -> Response:
    assert isinstance(failure, HTTPException)  # noqa: S101 - what it is registered for
    return _answer(failure.status_code, "there is nothing here: docs/landing.md", failure.headers)


async def _gone(_request: Request, _failure: Exception) -> Response:
    LOG.info("a sender went away before the end of its file: nothing of it was kept")
    return _answer(400, "the file did not come to its end")


async def _ours(_request: Request, failure: Exception) -> Response:
    steps = "; ".join(f"{step.filename}:{step.lineno}" for step in traceback.extract_tb(failure.__traceback__)[-6:])
    LOG.error("a mistake of ours, or of this computer (%s): %s", type(failure).__name__, steps)
    return _answer(
        500, "the file could not be taken in; nothing of it was kept, and it is not your fault: try again later"
    )


def guarded(inner: ASGIApp) -> ASGIApp:
    """Whatever is answered has our headers, and whatever goes wrong says nothing to the server's log."""

    async def within(scope: Scope, receive_: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = [(name, value) for name, value in message["headers"] if name.decode() not in HEADERS]
                message["headers"] = given + [(name.encode(), value.encode()) for name, value in HEADERS.items()]
            await send(message)

        try:
            await inner(scope, receive_, with_headers)
        except Exception as failure:  # noqa: BLE001 - it was answered, and told of by `_ours`
            LOG.debug("ended by %s", type(failure).__name__)

    return within


HANDLERS: Final[Mapping[Any, Any]] = {
    Refused: _refused, HTTPException: _no_such_thing, ClientDisconnect: _gone, Exception: _ours,
}  # fmt: skip
"""What is raised → how it is answered."""
