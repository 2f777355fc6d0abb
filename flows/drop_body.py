"""The body of a request, into a file: no more bytes, no more seconds and no more silence than were agreed."""

from __future__ import annotations

import asyncio
import hashlib
import os
import time
from typing import IO, TYPE_CHECKING

from flows.placing import Whole

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from starlette.requests import Request

    from flows.settings import Drop


class Refused(Exception):
    """A request is not done. ``status`` is HTTP's, ``says`` is for the sender and quotes nothing of his."""

    def __init__(self, status: int, says: str, *, retry_after: int = 0) -> None:
        super().__init__(status, says)
        self.status, self.says, self.retry_after = status, says, retry_after


async def receive(
    request: Request, file: IO[bytes], path: Path, limits: Drop, has_come: Callable[[int], None]
) -> Whole:
    """Write the body into ``file``, which is ``path``, and on disk; ``has_come`` is told how many bytes are there.

    Raises:
        Refused: it is too large, too slow, or empty; or ``has_come`` raises it.
        starlette.requests.ClientDisconnect: its sender went away before the end.
    """
    digest, size, most = hashlib.sha256(), 0, int(limits.max_mib * 2**20)
    ends_at = time.monotonic() + limits.seconds
    chunks = request.stream()
    while True:
        try:
            left = min(limits.idle_seconds, ends_at - time.monotonic())
            chunk = await asyncio.wait_for(anext(chunks), left)
        except StopAsyncIteration:
            break
        except TimeoutError:
            raise Refused(408, "the file came too slowly: send it again") from None
        size += len(chunk)
        if size > most:
            raise Refused(413, f"the file is larger than {limits.max_mib:g} MiB")
        digest.update(chunk)
        file.write(chunk)
        has_come(size)
    if not size:
        raise Refused(422, "the body is empty: send the file's bytes as the body")
    await asyncio.to_thread(_sync, file)
    return Whole(path, digest.hexdigest(), size)


def _sync(file: IO[bytes]) -> None:
    file.flush()
    os.fsync(file.fileno())
