"""Real servers on loopback to fetch from: SFTP by asyncssh, S3 by moto; and an SFTP server with ill intent."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from typing import Any

import asyncssh

PASSWORD = "correct horse"  # noqa: S105 - of a server that lives for a test


@dataclass
class Behaviour:
    """What the SFTP server does besides serving its folder."""

    names: list[str] = field(default_factory=list)
    """Listed besides, with the content ``gotcha``."""
    seconds_per_read: float = 0.0
    lies_about_size: int = 0
    loses_connections: int = 0
    """How many reads end the connection."""
    reads: int = 0
    connections: list[asyncssh.SSHServerConnection] = field(default_factory=list, repr=False)


class Server(asyncssh.SSHServer):
    def __init__(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        self._behaviour.connections.append(conn)

    def begin_auth(self, username: str) -> bool:  # noqa: ARG002 - the library's
        return True

    def password_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == ("quorate", PASSWORD)


def files_of(root: Path, behaviour: Behaviour) -> type[asyncssh.SFTPServer]:
    class Files(asyncssh.SFTPServer):
        def __init__(self, channel: asyncssh.SSHServerChannel[Any]) -> None:
            super().__init__(channel, chroot=str(root).encode())

        async def scandir(self, path: bytes) -> AsyncIterator[asyncssh.SFTPName]:
            async for entry in super().scandir(path):
                if behaviour.lies_about_size and entry.attrs.size:
                    entry.attrs.size = behaviour.lies_about_size
                yield entry
            for name in behaviour.names:
                attrs = asyncssh.SFTPAttrs(size=6, permissions=0o100644, mtime=0, atime=0)
                yield asyncssh.SFTPName(name.encode(errors="surrogateescape"), attrs=attrs)

        async def read(self, file_obj: object, offset: int, size: int) -> bytes:
            behaviour.reads += 1
            if behaviour.loses_connections:
                behaviour.loses_connections -= 1
                self.channel.get_connection().abort()
            await asyncio.sleep(behaviour.seconds_per_read)
            return super().read(file_obj, offset, size)

    return Files


@dataclass
class Sftp:
    port: int
    root: Path
    known_hosts: Path
    behaviour: Behaviour


@contextmanager
def sftp_server(folder: Path) -> Iterator[Sftp]:
    """A server of ``folder/sftp`` and the file of its host key."""
    root, behaviour = folder / "sftp", Behaviour()
    root.mkdir()
    key = asyncssh.generate_private_key("ssh-ed25519")
    loop = asyncio.new_event_loop()
    thread = Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def listen() -> asyncssh.SSHAcceptor:
        return await asyncssh.listen(
            "127.0.0.1", 0, server_factory=lambda: Server(behaviour), server_host_keys=[key],
            sftp_factory=files_of(root, behaviour),
        )  # fmt: skip

    acceptor = asyncio.run_coroutine_threadsafe(listen(), loop).result(20)
    port = acceptor.get_port()
    known_hosts = folder / "known_hosts"
    known_hosts.write_bytes(f"[127.0.0.1]:{port} ".encode() + key.export_public_key())
    try:
        yield Sftp(port, root, known_hosts, behaviour)
    finally:

        async def end() -> None:
            acceptor.close()
            await acceptor.wait_closed()
            for connection in behaviour.connections:
                connection.abort()
            for task in asyncio.all_tasks() - {asyncio.current_task()}:
                task.cancel()
            await asyncio.sleep(0.3)

        asyncio.run_coroutine_threadsafe(end(), loop).result(20)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(20)
        loop.close()


@contextmanager
def silent_server() -> Iterator[int]:
    """A port that takes connections and never says a word."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(20)
        yield listening.getsockname()[1]


@contextmanager
def s3_server() -> Iterator[str]:
    """The address of a server that speaks S3, without any bucket."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    try:
        yield f"http://{host}:{port}"
    finally:
        server.stop()
