"""Server, worker and watcher under one roof: `quorate serve`.

One process starts the others, starts those anew that die, and ends them when it is asked to. Everything listens on
loopback; the server's secrets are made once and lie in the home folder, for its owner's eyes only.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Final

import httpx
import psutil

from flows.server_environment import CLIENT, PORT, as_client, environment_of, write_client_file
from flows.settings import Settings

Say = Callable[[str], None]
POLL: Final = 0.5
"""Seconds between two looks at the children."""
QUIET: Final = 1.0
"""Seconds between two times that a run is asked for."""
AT_ONCE: Final = 3
"""Runs of a worker: one works, the others wait in line at 200 MiB each, and what comes besides is not begun."""
TRIES: Final = 10
"""Times that a run is asked for before it is left to the sweep."""
GRACE: Final = 20.0
"""Seconds that a child has to end by itself."""
START: Final = 120.0
"""Seconds that the server has to answer."""


class NotServing(Exception):
    """The server did not start or took no deployments, or its port is taken. Command line: exit code 5."""


@dataclass
class Child:
    """A process that is kept running."""

    name: str
    command: list[str]
    environment: Mapping[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started: list[float] = field(default_factory=list)

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own commands
                self.command, env=dict(self.environment), stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is ours to pass on, in order
            )  # fmt: skip
        self.started.append(time.monotonic())

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """Ask it to end, then make it, with everything that it started."""
        if self.process is None:
            return
        family = _family(self.process.pid)
        if self.is_running:
            self.process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(GRACE)
        for left in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                left.terminate()
        for left in psutil.wait_procs(family, GRACE / 4)[1]:
            with contextlib.suppress(psutil.NoSuchProcess):
                left.kill()
        if self.is_running:
            self.process.kill()
        self.process.wait()


def serve(settings: Settings, say: Say, *, port: int = PORT, stop: Callable[[], bool] = lambda: False) -> None:
    """Run until asked to stop (SIGINT, SIGTERM, or ``stop``); children end before this returns.

    Raises:
        NotServing: the server does not come up.
    """
    environment = environment_of(settings, port)
    folder = Path(environment["PREFECT_HOME"])
    write_client_file(folder / CLIENT, environment)
    prefect = [sys.executable, "-m", "prefect"]
    server = Child("server", [*prefect, "server", "start", "--host", "127.0.0.1",
                              "--port", str(port)], environment, folder / "server.log")  # fmt: skip
    worker = Child("worker", [*prefect, "worker", "start", "--pool", "quorate", "--limit", str(AT_ONCE),
                              "--name", f"quorate-{os.getpid()}"], environment, folder / "worker.log")  # fmt: skip
    with _asked_to_stop() as asked:

        def over() -> bool:
            return bool(asked) or stop()

        try:
            _start_server(server, environment, over)
            if over():
                return
            deployed = _deploy(environment)
            say(f"Serving on http://127.0.0.1:{port}, with {len(deployed)} deployments; logs in {folder}.")
            given = "PREFECT_SERVER_API_AUTH_STRING"
            say(f"The screens ask for what is in {given if given in os.environ else folder / 'auth'}.")
            say(f"To use `prefect` yourself: set -a; . {folder / CLIENT}; set +a")
            worker.start()
            with as_client(environment):
                _watch_over((server, worker), settings, say, over)
        finally:
            for child in (worker, server):  # the worker first: it tells the server how its runs ended
                child.stop()
            say("Stopped.")


def _watch_over(children: tuple[Child, ...], settings: Settings, say: Say, over: Callable[[], bool]) -> None:
    """Tell the server of what lands, and start a child anew that died."""
    from flows.starting import arrivals, start_ingest, tell_of_landed  # noqa: PLC0415 - loads Prefect
    from flows.watching import watch  # noqa: PLC0415 - as above

    stop = Event()

    def keep_running() -> None:
        try:
            while not over() and not stop.wait(POLL):
                for child in children:
                    _keep_running(child, say)
        finally:
            stop.set()

    with ThreadPoolExecutor(1, "keeper") as pool:
        keeping = pool.submit(keep_running)
        try:
            for burst in watch(settings, stop):
                came = arrivals(burst.ready)
                started = start_ingest(came)
                for _ in range(TRIES):  # a busy server says no, and the same question a little later yes
                    if started.is_seen_to or stop.wait(QUIET):
                        break
                    started = start_ingest(came)
                say(started.says or f"{len(came)} files have landed.")
                tell_of_landed(came, is_seen_to=started.is_seen_to)
        finally:
            stop.set()  # or what is stopped next would be started again
    keeping.result()


def _keep_running(child: Child, say: Say) -> None:
    if child.is_running:
        return
    recent = [at for at in child.started if time.monotonic() - at < 60]
    if len(recent) >= 5:  # it dies as soon as it lives: not more than five times a minute
        return
    say(f"The {child.name} ended and is started again; {child.log} says why.")
    child.start()


def _start_server(server: Child, environment: Mapping[str, str], over: Callable[[], bool]) -> None:
    url = environment["PREFECT_API_URL"]
    if answers(url):
        raise NotServing(f"Something listens at {url} already: end it, or give another --port.")
    server.start()
    until = time.monotonic() + START
    while not answers(url):
        if over():
            return
        if not server.is_running or time.monotonic() > until:
            raise NotServing(f"The server did not start: {server.log} says why.")
        time.sleep(0.2)


def answers(url: str) -> bool:
    """A server answers at this address."""
    try:
        return httpx.get(f"{url}/health", timeout=2).is_success
    except httpx.HTTPError:
        return False


def _deploy(environment: Mapping[str, str]) -> tuple[str, ...]:
    from flows.deploying import NotDeployed, deploy  # noqa: PLC0415 - loads Prefect

    with as_client(environment):
        try:
            return asyncio.run(deploy(environment)).deployments
        except NotDeployed as failure:
            raise NotServing(str(failure)) from None
        except httpx.HTTPError as failure:
            raise NotServing(f"The server broke off ({type(failure).__name__}): its log says why.") from None


@contextmanager
def _asked_to_stop() -> Iterator[list[int]]:
    asked: list[int] = []
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in before:
        signal.signal(number, lambda got, _frame: asked.append(got))
    try:
        yield asked
    finally:
        for number, was in before.items():
            signal.signal(number, was)


def _family(pid: int) -> list[psutil.Process]:
    try:
        return list(psutil.Process(pid).children(recursive=True))
    except psutil.NoSuchProcess:
        return []
