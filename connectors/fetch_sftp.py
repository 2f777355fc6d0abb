"""Files on an SFTP server, by asyncssh.

Not by the file system ``sshfs`` over it (2026.8): that checks no host key unless told to, moves files by running ``cp``
on the server, and removes the file even where the copy failed.
"""

from __future__ import annotations

import asyncio
import posixpath
import stat
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar, cast

import asyncssh

from connectors.fetch import BLOCK, MOST, SET_ASIDE, TOO_MANY_ASIDE, Offered, Place, Source, Trouble, aside_names, told

Result = TypeVar("Result")


@contextmanager
def open_sftp(place: Place) -> Iterator[Source]:
    """A folder of an SFTP server.

    Raises:
        connectors.fetch.Trouble: see `connectors.fetch.open_source`.
    """
    if place.known_hosts is None or not place.known_hosts.is_file():
        raise Trouble(
            "the file of known hosts is not there, so nobody could say who answers: make it (docs/landing.md)"
        )
    with asyncio.Runner() as runner:
        connecting = _client(place)
        client = _run(runner, connecting.__aenter__(), place.seconds)
        try:
            yield _Sftp(place, runner, client)
        finally:
            with _sftp_told():
                runner.run(asyncio.wait_for(connecting.__aexit__(None, None, None), place.seconds))


@asynccontextmanager
async def _client(place: Place) -> AsyncIterator[asyncssh.SFTPClient]:
    connecting = asyncssh.connect(
        place.host, place.port, username=place.user, known_hosts=str(place.known_hosts),
        password=place.secrets.get("password"), passphrase=place.secrets.get("passphrase"),
        client_keys=[str(place.key_file)] if place.key_file else None,
        config=None, agent_path=None,  # what the user of this computer has set up for himself is not ours to use
        connect_timeout=place.seconds, login_timeout=place.seconds, keepalive_interval=place.seconds / 4,
    )  # fmt: skip
    async with connecting as connection, connection.start_sftp_client(path_errors="surrogateescape") as client:
        yield client


def _run(runner: asyncio.Runner, doing: Coroutine[Any, Any, Result], seconds: float) -> Result:
    with _sftp_told():
        return runner.run(asyncio.wait_for(doing, seconds))


class _Sftp:
    is_whole = False

    def __init__(self, place: Place, runner: asyncio.Runner, client: asyncssh.SFTPClient) -> None:
        self._place, self._runner, self._client = place, runner, client

    def offered(self) -> list[Offered]:
        return self._do(self._offered())

    async def _offered(self) -> list[Offered]:
        found = []
        async for entry in self._client.scandir(self._place.path):
            known, name = entry.attrs, entry.filename
            if known.permissions is None or stat.S_ISREG(known.permissions):
                found.append(_as_offered(str(name), known))
            if len(found) > MOST:
                raise Trouble(f"its folder lists more than {MOST:,} files")
        return found

    def look_at(self, name: str) -> Offered:
        return _as_offered(name, self._do(self._client.lstat(self._path(name))))

    def read(self, name: str) -> Iterator[bytes]:
        file = self._do(self._open(name))
        try:
            offset = 0
            while block := self._do(file.read(BLOCK, offset)):
                offset += len(block)
                yield cast(bytes, block)
        finally:
            self._do(file.close())

    async def _open(self, name: str) -> asyncssh.SFTPClientFile:
        return await self._client.open(self._path(name), "rb")

    def put_aside(self, name: str) -> None:
        self._do(self._put_aside(name))

    async def _put_aside(self, name: str) -> None:
        await self._client.makedirs(self._path(SET_ASIDE), exist_ok=True)
        for free in aside_names(name):
            path = self._path(posixpath.join(SET_ASIDE, free))
            if not await self._client.exists(path):
                return await self._client.rename(self._path(name), path)
        raise Trouble(TOO_MANY_ASIDE)

    def _path(self, name: str) -> str:
        return posixpath.join(self._place.path, name)

    def _do(self, doing: Coroutine[Any, Any, Result]) -> Result:
        return _run(self._runner, doing, self._place.seconds)


def _as_offered(name: str, known: asyncssh.SFTPAttrs) -> Offered:
    return Offered(name, known.size or 0, f"{known.mtime}.{known.mtime_ns or 0}", float(known.mtime or 0))


@contextmanager
def _sftp_told() -> Iterator[None]:
    try:
        with told():
            yield
    except asyncssh.HostKeyNotVerifiable:
        raise Trouble(
            "its host key is not the one in the file of known hosts: ask who runs it before you change that file"
        ) from None
    except (asyncssh.PermissionDenied, asyncssh.KeyImportError, asyncssh.SFTPPermissionDenied):
        raise Trouble("it does not let us in, or not do that: check the account, its key and what it may do") from None
    except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath):
        raise Trouble("the folder, or a file in it, is not there") from None
    except (asyncssh.DisconnectError, asyncssh.SFTPConnectionLost, asyncssh.SFTPNoConnection):
        raise Trouble("the connection was lost", is_passing=True) from None
    except ValueError:
        raise Trouble("the file of known hosts, or of our key, is not one: mend it") from None
    except asyncssh.Error as failure:
        raise Trouble(f"it refused something ({type(failure).__name__})") from None
