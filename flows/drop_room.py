"""Room for what is sent by HTTP: places to send from, disk, and how much of one sender's may wait to be loaded.

async with room.kept_for(Sending(token, size)) as sending:
    …
    room.has_come(sending, size_so_far)
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final

from starlette.concurrency import run_in_threadpool

from flows.drop_body import Refused
from flows.drop_receipts import FOLDER, DropReceipt, every
from flows.drop_tokens import Token

if TYPE_CHECKING:
    from flows.settings import Settings

SPARE: Final = 2 * 2**30
"""Bytes of disk that no file sent by HTTP may take: the night needs them."""


@dataclass(eq=False)
class Sending:
    """A file on its way."""

    token: Token
    most: int
    """Bytes that it may have: as its sender said, or as many as a file may."""
    come: int = 0
    """Bytes of it that are here."""

    @property
    def needs(self) -> int:
        """Bytes of disk that it will take from now on: a file lies in the landing zone and in the archive."""
        return 2 * self.most - self.come


class Room:
    """What is being sent, and what has landed and waits."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._sending: list[Sending] = []
        self._waiting: list[DropReceipt] = []
        self._dealt_with: set[str] = set()
        self._one_at_a_time = Lock()

    @asynccontextmanager
    async def kept_for(self, sending: Sending) -> AsyncIterator[Sending]:
        """Keep room for a file until it has landed.

        Raises:
            Refused: there is none.
        """
        try:
            await run_in_threadpool(self._begin, sending)
            yield sending
        finally:
            if sending in self._sending:
                self._sending.remove(sending)

    def has_come(self, sending: Sending, size: int) -> None:
        """So many bytes of a file are here.

        Raises:
            Refused: the disk has run short meanwhile.
        """
        sending.come = size
        self._has_disk(self._sending)

    def _begin(self, sending: Sending) -> None:
        with self._one_at_a_time:
            going = [*self._sending]  # before the receipts: what lands in between counts twice, and never not at all
            self._look_at_receipts()
            self._has_place(sending.token, going)
            self._may_wait(sending, going)
            self._has_disk([*going, sending])
            self._sending.append(sending)

    def _look_at_receipts(self) -> None:
        """Which files no run has dealt with; what somebody took away waits for none."""
        known = list(every(self._settings.home / FOLDER, but=self._dealt_with))
        self._dealt_with |= {one.receipt_id for one in known if one.verdict}
        self._waiting = [one for one in known if not one.verdict and self._where(one).exists()]

    def _where(self, receipt: DropReceipt) -> Path:
        return self._settings.landing / receipt.feed / receipt.file_name

    def _has_place(self, token: Token, going: list[Sending]) -> None:
        limits = self._settings.drop
        if len(going) >= limits.at_once:
            raise Refused(503, "too many files are being sent: try again later", retry_after=30)
        if sum(one.token.token_id == token.token_id for one in going) >= limits.at_once_each:
            raise Refused(429, "you are sending other files: send one after another", retry_after=30)

    def _may_wait(self, sending: Sending, going: list[Sending]) -> None:
        limits, sender = self._settings.drop, (sending.token.feed, sending.token.holder)
        waiting = sum(one.bytes for one in self._waiting if (one.feed, one.holder) == sender)
        coming = sum(one.most for one in going if (one.token.feed, one.token.holder) == sender)
        if waiting + coming + sending.most > max(limits.waiting_mib, limits.max_mib) * 2**20:
            says = "files of yours wait for the next run, and there is no room for more: say Content-Length, or wait"
            raise Refused(429, says, retry_after=3600)

    def _has_disk(self, sending: list[Sending]) -> None:
        needed = sum(one.needs for one in sending) + sum(one.bytes for one in self._waiting)
        if free_bytes(self._settings.home) < SPARE + needed:
            raise Refused(507, "there is no room for the file: try again later", retry_after=3600)


def free_bytes(folder: Path) -> int:
    """Bytes that the disk of a folder still takes."""
    return shutil.disk_usage(folder).free
