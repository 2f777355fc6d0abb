"""The HTTP drop: an agency sends a file, and gets a receipt by which it can ask what became of it.

    POST /drop/<feed>?name=<file name>[&rows=<n>][&sha256=<hex>]    the bytes as body; Authorization: Bearer <token>
    GET  /receipts/<receipt>                                        the same token, or another of the same sender

It writes into the landing zone and knows neither key nor warehouse. It speaks plain HTTP on loopback: what faces the
network is a proxy that speaks TLS (docs/landing.md).
"""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from connectors.agency import all_feeds
from flows.drop_answers import HANDLERS, LOG, guarded
from flows.drop_body import Refused, receive
from flows.drop_landing import land
from flows.drop_receipts import FOLDER, DropReceipt, find
from flows.drop_room import Room, Sending
from flows.drop_tokens import Token, recognise
from flows.file_names import part_of, refused_name
from flows.placing import arriving

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from flows.settings import Settings

TOKENS: Final = "drop-tokens.json"


def app(settings: Settings) -> ASGIApp:
    """The application, for any ASGI server."""
    drops = _Drops(settings)
    all_feeds()  # so that nobody waits for them
    routes = [
        Route("/drop/{feed}", drops.send, methods=["POST"]),
        Route("/receipts/{receipt}", drops.ask, methods=["GET"]),
    ]
    inner = Starlette(
        routes=routes,
        exception_handlers=HANDLERS,
    )
    inner.router.redirect_slashes = False
    return guarded(inner)


class _Drops:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._tokens, self._receipts = settings.home / TOKENS, settings.home / FOLDER
        self._room = Room(settings)

    async def send(self, request: Request) -> Response:
        """Take a file in."""
        token = self._holder(request)
        if token.feed != request.path_params["feed"]:
            raise Refused(403, "this token is not for this feed")
        name, rows = self._said(request, token)
        most = self._size(request)
        async with self._room.kept_for(Sending(token, most)) as sending:
            with arriving(self._folder(token.feed)) as file:
                path = Path(file.name)
                try:
                    has_come = partial(self._room.has_come, sending)
                    whole = await receive(request, file, path, self._settings.drop, has_come)
                    wanted = request.query_params.get("sha256", whole.sha256)
                    if wanted.casefold() != whole.sha256:
                        raise Refused(422, "the file is not the one whose sha256 was said: send it again")
                    receipt, is_new = await run_in_threadpool(land, whole, token, name, rows, self._settings)
                finally:
                    path.unlink(missing_ok=True)
        LOG.info("%s %s: %d bytes, receipt %s", token.feed, token.token_id, whole.bytes, receipt.receipt_id)
        return JSONResponse(_told(receipt), 202 if is_new else 200)

    async def ask(self, request: Request) -> Response:
        """What became of a file, to whoever sent it."""
        token = self._holder(request)
        receipt = find(self._receipts, request.path_params["receipt"])
        if receipt is None or (receipt.feed, receipt.holder) != (token.feed, token.holder):
            raise Refused(404, "there is no such receipt of yours")
        return JSONResponse(_told(receipt))

    def _holder(self, request: Request) -> Token:
        scheme, _, said = request.headers.get("authorization", "").partition(" ")
        token = recognise(self._tokens, said.strip()) if scheme.casefold() == "bearer" else None
        if token is None or token.feed not in all_feeds():
            raise Refused(401, "send the token that you were given: Authorization: Bearer <token>")
        return token

    def _said(self, request: Request, token: Token) -> tuple[str, int | None]:
        """The file's name, and its number of rows."""
        name, rows = request.query_params.get("name", ""), request.query_params.get("rows")
        feed = all_feeds()[token.feed]
        why = refused_name(name, feed)
        if why:
            raise Refused(422, f"{why}: say ?name=")
        if part_of(name, feed) != token.part or bool(feed.part) != bool(token.part):
            raise Refused(403, "this token is for another part of the feed than the name says: ask who gave it to you")
        if rows is not None and not re.fullmatch(r"[0-9]{1,12}", rows):
            raise Refused(422, "rows is not a number: say ?rows=, the rows of the whole file without its header")
        if rows is None and self._settings.waits_for.get(token.feed) == "manifest":
            raise Refused(422, "this feed's files come with their number of rows: say ?rows=")
        return name, None if rows is None else int(rows)

    def _size(self, request: Request) -> int:
        """Bytes that the file may have: as its sender says, or where it does not, as many as any may."""
        if request.headers.get("content-encoding", "identity") != "identity":
            raise Refused(415, "send the file as it is, without a content-encoding")
        said, most = request.headers.get("content-length", ""), int(self._settings.drop.max_mib * 2**20)
        size = int(said) if said.isdecimal() else most
        if size > most:
            raise Refused(413, f"the file is larger than {self._settings.drop.max_mib:g} MiB")
        return size

    def _folder(self, feed: str) -> Path:
        folder = self._settings.landing / feed
        folder.mkdir(parents=True, exist_ok=True)
        return folder


def _told(receipt: DropReceipt) -> dict[str, Any]:
    """A receipt as its sender sees it."""
    verdict = receipt.verdict or {"state": "landed"}
    of_file = {
        "file_name": receipt.file_name,
        "sha256": receipt.sha256,
        "bytes": receipt.bytes,
        "rows_said": receipt.rows,
    }
    return {
        "receipt": receipt.receipt_id, "feed": receipt.feed, **of_file, "landed_at": receipt.landed_at, **verdict,
        "ask": f"/receipts/{receipt.receipt_id}",
    }  # fmt: skip
