"""Those who are told, as real servers on loopback: a mail server and a web hook, in threads of this process.

And one that stands before a Prefect server, and is busy at first.
"""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar, cast

import httpx


class Hook(ThreadingHTTPServer):
    """Keeps what is posted to it, as long as it is up."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Posted)
        self.is_down = False
        self.took: list[dict[str, Any]] = []
        self.refused = 0

    @property
    def address(self) -> str:
        """As apprise writes it."""
        return f"json://127.0.0.1:{self.server_port}/told?token=xyzzy-secret"


class _Posted(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        hook = cast(Hook, self.server)
        said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if hook.is_down:
            hook.refused += 1
        else:
            hook.took.append(said)
        self.send_response(503 if hook.is_down else 200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing on the terminal."""


class Post(socketserver.ThreadingTCPServer):
    """A mail server that keeps every message."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.took: list[EmailMessage] = []

    @property
    def address(self) -> str:
        """As apprise writes it."""
        port = self.server_address[1]
        return f"mailto://127.0.0.1:{port}/?from=quorate@example.org&to=board@example.org&mode=insecure"


class _Conversation(socketserver.StreamRequestHandler):
    """As much of SMTP as a client needs to hand over a message. [RFC 5321]"""

    def handle(self) -> None:
        self._say("220 here")
        while line := self.rfile.readline():
            word = line.strip().upper()
            if word == b"DATA":
                self._say("354 go on")
                self._take()
            self._say("221 bye" if word == b"QUIT" else "250 yes")
            if word == b"QUIT":
                return

    def _take(self) -> None:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        message = message_from_bytes(b"".join(lines), policy=policy.default)
        cast(Post, self.server).took.append(cast(EmailMessage, message))

    def _say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class Busy(ThreadingHTTPServer):
    """Passes on what it is asked, but for the first requests: to these it says that it is busy."""

    def __init__(self, behind: str, times: int) -> None:
        super().__init__(("127.0.0.1", 0), _PassedOn)
        self.behind, self.times = behind, times

    @property
    def address(self) -> str:
        """In place of the server's behind it."""
        return f"http://127.0.0.1:{self.server_port}{httpx.URL(self.behind).path}"


class _PassedOn(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        server = cast(Busy, self.server)
        asked = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if server.times > 0:
            server.times -= 1
            answer = httpx.Response(503)
        else:
            headers = {name: said for name, said in self.headers.items() if name.lower() != "host"}
            url = httpx.URL(server.behind).join(self.path)
            answer = httpx.request(self.command, url, content=asked, headers=headers, timeout=60)
        self.send_response(answer.status_code)
        self.send_header("Content-Type", answer.headers.get("Content-Type", "text/plain"))
        self.send_header("Content-Length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)

    do_GET = do_POST  # noqa: N815 - as the base class calls it

    def log_message(self, *_: object) -> None:
        """Nothing on the terminal."""


Server = TypeVar("Server", Hook, Post, Busy)


@contextmanager
def listening(server: Server) -> Iterator[Server]:
    """The server answers within the block."""
    with server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
