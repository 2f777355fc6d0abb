"""The HTTP drop: an agency sends a file, and gets a receipt by which it can ask what became of it.

    POST /drop/<feed>?name=<file name>[&rows=<n>][&sha256=<hex>]    the bytes as body; Authorization: Bearer <token>
    GET  /receipts/<receipt>                                        the same token, or another of the same sender

It writes into the landing zone and knows neither key nor warehouse. It speaks plain HTTP on loopback: what faces the
network is a proxy that speaks TLS (docs/landing.md).
"""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
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
from flows.drop_receipts import FOLDER, DropReceipt, find, keep, receipt_id_of
from flows.drop_tokens import Token, recognise
from flows.file_names import refused_name
from flows.placing import Whole, arriving, place

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from flows.settings import Settings

SPARE: Final = 2 * 2**30
"""Bytes of disk that no file sent by HTTP may take: the night needs them."""
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
        self._busy: Counter[str] = Counter()

    async def send(self, request: Request) -> Response:
        """Take a file in."""
        token = self._holder(request)
        if token.feed != request.path_params["feed"]:
            raise Refused(403, "this token is not for this feed")
        name, totals = self._said(request, token.feed)
        self._has_room(request)
        with self._one_more(token.token_id), arriving(self._folder(token.feed)) as file:
            path = Path(file.name)
            try:
                whole = await receive(request, file, path, self._settings.drop)
                wanted = request.query_params.get("sha256", whole.sha256)
                if wanted.casefold() != whole.sha256:
                    raise Refused(422, "the file is not the one whose sha256 was said: send it again")
                receipt, is_new = await run_in_threadpool(self._land, whole, token, name, totals)
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

    def _said(self, request: Request, feed: str) -> tuple[str, bytes | None]:
        """The file's name, and the manifest that its number of rows makes."""
        name, rows = request.query_params.get("name", ""), request.query_params.get("rows")
        why = refused_name(name, all_feeds()[feed])
        if why:
            raise Refused(422, f"{why}: say ?name=")
        if rows is not None and not re.fullmatch(r"[0-9]{1,12}", rows):
            raise Refused(422, "rows is not a number: say ?rows=, the rows of the whole file without its header")
        if rows is None and self._settings.waits_for.get(feed) == "manifest":
            raise Refused(422, "this feed's files come with their number of rows: say ?rows=")
        return name, None if rows is None else json.dumps({"rows": int(rows)}).encode()

    def _has_room(self, request: Request) -> None:
        if request.headers.get("content-encoding", "identity") != "identity":
            raise Refused(415, "send the file as it is, without a content-encoding")
        said, most = request.headers.get("content-length", ""), int(self._settings.drop.max_mib * 2**20)
        size = int(said) if said.isdecimal() else 0
        if size > most:
            raise Refused(413, f"the file is larger than {self._settings.drop.max_mib:g} MiB")
        if shutil.disk_usage(self._settings.home).free < SPARE + size:
            raise Refused(507, "there is no room for the file: try again later", retry_after=3600)

    @contextmanager
    def _one_more(self, token_id: str) -> Iterator[None]:
        limits = self._settings.drop
        if self._busy.total() >= limits.at_once:
            raise Refused(503, "too many files are being sent: try again later", retry_after=30)
        if self._busy[token_id] >= limits.at_once_each:
            raise Refused(429, "you are sending other files: send one after another", retry_after=30)
        self._busy[token_id] += 1
        try:
            yield
        finally:
            self._busy[token_id] -= 1

    def _folder(self, feed: str) -> Path:
        folder = self._settings.landing / feed
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _land(self, whole: Whole, token: Token, name: str, totals: bytes | None) -> tuple[DropReceipt, bool]:
        """Give a file its place and its sender a receipt, in this order: a receipt is of what has landed."""
        receipt_id = receipt_id_of(token.feed, token.holder, whole.sha256)
        known = find(self._receipts, receipt_id)
        if known and (known.verdict or (whole.path.parent / known.file_name).exists()):
            return known, False
        is_done = self._settings.waits_for.get(token.feed) == "done"
        path = place(whole, all_feeds()[token.feed], name, manifest_text=totals, is_done=is_done)
        at = datetime.now().isoformat(timespec="seconds")
        receipt = DropReceipt(receipt_id, token.feed, token.holder, path.name, whole.sha256, whole.bytes, at)
        keep(self._receipts, receipt)
        return receipt, True


def _told(receipt: DropReceipt) -> dict[str, Any]:
    """A receipt as its sender sees it."""
    verdict = receipt.verdict or {"state": "landed"}
    of_file = {"file_name": receipt.file_name, "sha256": receipt.sha256, "bytes": receipt.bytes}
    return {
        "receipt": receipt.receipt_id, "feed": receipt.feed, **of_file, "landed_at": receipt.landed_at, **verdict,
        "ask": f"/receipts/{receipt.receipt_id}",
    }  # fmt: skip
