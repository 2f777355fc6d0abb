"""The server of the HTTP drop: uvicorn, on loopback, with a limit on everything that a sender could make it hold."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from flows.drop import app

if TYPE_CHECKING:
    import asyncio

    from flows.settings import Settings

TO_BEGIN: Final = 10.0
"""Seconds in which a connection's request line and headers must be here: uvicorn itself waits for ever."""
CONNECTIONS: Final = 100


class _Impatient(H11Protocol):
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.loop.call_later(TO_BEGIN, self._end_if_silent)

    def _end_if_silent(self) -> None:
        has_begun = getattr(self, "cycle", None) is not None
        if not has_begun:
            self.transport.close()


def server(settings: Settings, host: str, port: int) -> uvicorn.Server:
    """A server that runs with ``run()``; port 0 is any that is free."""
    logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)  # what it says of requests is the senders' text
    return uvicorn.Server(
        uvicorn.Config(
            app(settings), host, port, http=_Impatient, ws="none", lifespan="off", access_log=False, log_config=None,
            server_header=False, proxy_headers=False, limit_concurrency=CONNECTIONS, timeout_keep_alive=5,
            h11_max_incomplete_event_size=16 * 1024, timeout_graceful_shutdown=10,
        )
    )  # fmt: skip
