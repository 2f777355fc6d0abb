"""Reads agencies' files in another process, with limits on memory and time, so that a hostile one harms only itself.

Parsers crash: a workbook of a few kilobytes can make one ask for all the memory there is. The child has no
database handle, no settings and no secrets: a fresh interpreter with an empty environment, told a path and a
plain description of the feed. Rows come back as Arrow files in a private folder, memory-mapped here.
"""

from __future__ import annotations

import fcntl
import json
import os
import pickle
import re
import selectors
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from threading import Lock
from types import TracebackType
from typing import Any, BinaryIO, Final

from connectors.agency import Feed
from connectors.reading import Contents, Found, Layout, Note, Reading, Unreadable, gather

PREFIX: Final = "quorate-reading-"
OWNER: Final = "owner"
"""File in the folder of rows that the process which reads them holds locked."""
GIBIBYTE: Final = 1024**3
MEMORY: Final = 6 * GIBIBYTE
"""Bytes of address space that a child may have."""
SECONDS: Final = 300.0
"""Wall time that one file may take."""
INHERITED: Final = ("PATH", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH", "SYSTEMROOT")
"""All that a child knows of our environment."""
OUT_OF_MEMORY: Final = (b"memory allocation of", b"bad_alloc", b"MemoryError", b"Cannot allocate memory")
ADVICE: Final = "Open it in the program that made it, export it again, and tell the partnership if it happens again."


class ReaderProcess:
    """A child that reads one file after another; used as a context manager. Threads take turns.

    A file that crashes the child, or outlasts its limits, is refused; the next one gets a new child. What
    `read` returned stays readable after the next call: its memory map outlives the file.
    """

    def __init__(self, memory: int = MEMORY, seconds: float = SECONDS) -> None:
        """``memory`` in bytes of address space, ``seconds`` of wall time for each file."""
        self.memory = memory
        self.seconds = seconds
        self._child: subprocess.Popen[bytes] | None = None
        remove_abandoned()
        self._folder = TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True)
        self._owner = _owned(Path(self._folder.name))
        self._is_new = False
        self._read = 0
        self._turn = Lock()  # two questions at once would mix on the pipe

    def __enter__(self) -> ReaderProcess:
        self._child, self._is_new = self._started(), True  # it imports its parsers while we do something else
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stop()
        self._folder.cleanup()
        self._owner.close()

    def read(self, path: Path, feed: Feed) -> Reading:
        """Read a file.

        Raises:
            Unreadable: the file refuses itself, or ``file.crashed``, ``file.too_slow``, ``file.too_big``.
        """
        with self._turn:
            return self._read_alone(path, feed)

    def _read_alone(self, path: Path, feed: Feed) -> Reading:
        place = self._new_place()
        request = pickle.dumps((str(path.resolve(strict=True)), Layout.of(feed), str(place), self.seconds))
        try:
            answer = self._answer(request)
        except _ChildLostError as lost:
            raise lost.refusal from None
        if "rule" in answer:
            raise Unreadable(answer["rule"], answer["says"], answer["hint"])
        return gather(_mapped(answer))

    def _answer(self, request: bytes) -> dict[str, Any]:
        """The child's answer. A crash is held against a file only if the child was new: else it gets a new one."""
        was_new, answer = self._is_new, None
        try:
            if self._child is None:
                self._child, was_new = self._started(), True
            self._is_new = False
            answer = self._ask(self._child, request)
        except _ChildLostError as lost:
            if was_new or lost.refusal.rule == "file.too_slow":
                raise
        finally:
            if answer is None:
                self._stop()  # also when interrupted: a late answer must not be taken for the next file's
        return self._answer(request) if answer is None else answer

    def _new_place(self) -> Path:
        """An empty folder for the next rows; those of the file before are removed."""
        root = Path(self._folder.name)
        for old in root.glob("*/"):
            shutil.rmtree(old)
        self._read += 1
        place = root / str(self._read)
        place.mkdir(mode=0o700)
        return place

    @property
    def _errors(self) -> Path:
        return Path(self._folder.name) / "stderr"

    def _started(self) -> subprocess.Popen[bytes]:
        environment = {name: os.environ[name] for name in INHERITED if name in os.environ}
        environment["PYTHONPATH"] = os.pathsep.join(str(Path(part).resolve()) for part in sys.path)
        with self._errors.open("wb") as errors:  # never shown: a parser's last words may quote the data
            return subprocess.Popen(  # noqa: S603 - our own interpreter and module; nothing of it comes from a file
                [sys.executable, "-c", f"from connectors.isolation import serve; serve({self.memory})"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=environment,
                cwd=self._folder.name,
                close_fds=True,
                process_group=0,  # Ctrl-C is for us: a child that it ends would be taken for one that a file crashed
            )

    def _ask(self, child: subprocess.Popen[bytes], request: bytes) -> dict[str, Any]:
        """Send a request and wait for the answer's one line."""
        if child.stdin is None or child.stdout is None:
            raise AssertionError("the child was started with pipes")
        deadline = time.monotonic() + self.seconds
        answer = b""
        try:
            child.stdin.write(len(request).to_bytes(8, "big") + request)
            child.stdin.flush()
        except BrokenPipeError:
            raise self._lost(child) from None
        with selectors.DefaultSelector() as waiting:
            waiting.register(child.stdout, selectors.EVENT_READ)
            while not answer.endswith(b"\n"):
                if not waiting.select(max(deadline - time.monotonic(), 0)):
                    raise _ChildLostError(_too_slow(self.seconds))
                part = os.read(child.stdout.fileno(), 65536)
                if not part:
                    raise self._lost(child)
                answer += part
        found: dict[str, Any] = json.loads(answer)
        return found

    def _lost(self, child: subprocess.Popen[bytes]) -> _ChildLostError:
        """Why the child ended, as far as can be known."""
        child.wait()
        last_words = self._errors.read_bytes()[-65536:]
        if any(words in last_words for words in OUT_OF_MEMORY):
            return _ChildLostError(_too_big(self.memory))
        return _ChildLostError(_crashed(last_words.decode(errors="replace")))

    def _stop(self) -> None:
        """End the child we started, and only that one."""
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):  # closes all the same: what was not yet sent has nobody to go to
                    pipe.close()
        child.wait()


def remove_abandoned() -> None:
    """Remove the rows of runs that were killed: their folders are there, and nobody holds them any more."""
    for folder in Path(gettempdir()).glob(f"{PREFIX}*/"):
        with suppress(OSError), (folder / OWNER).open("rb") as owner:
            fcntl.flock(owner, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)


def _owned(folder: Path) -> BinaryIO:
    """Hold the folder: the system lets go of it when this process ends, however it ends."""
    owner = (folder / OWNER).open("wb")
    fcntl.flock(owner, fcntl.LOCK_EX)
    return owner


class _ChildLostError(Exception):
    def __init__(self, refusal: Unreadable) -> None:
        super().__init__(refusal.rule)
        self.refusal = refusal


def _crashed(last_words: str) -> Unreadable:
    """Of a Python traceback only the kind and the place are told: its message may quote the data."""
    places = re.findall(r'File "[^"]*?([^"/\\]+)", line (\d+)', last_words)
    kinds = re.findall(r"^([\w.]+)(?::|$)", last_words, flags=re.MULTILINE)
    at = f" ({kinds[-1]} at {places[-1][0]}:{places[-1][1]})" if places and kinds else ""
    says = f"The file made the program that reads it crash{at}; it was not read."
    return Unreadable("file.crashed", says, ADVICE)


def _too_slow(seconds: float) -> Unreadable:
    return Unreadable(
        "file.too_slow", f"The file was not read within {seconds:g} seconds; reading was stopped.", ADVICE
    )


def _too_big(memory: int) -> Unreadable:
    return Unreadable(
        "file.too_big",
        f"The file needs more than the {memory / GIBIBYTE:g} GiB of memory that one file may have.",
        "Send a shorter period, or delete empty rows and columns after the table.",
    )


def _mapped(answer: dict[str, Any]) -> Contents[Any]:
    """The child's answer with its files mapped. Plain JSON: nothing a crashed parser wrote is ever unpickled."""
    import pyarrow as pa  # noqa: PLC0415 - half a second that help and status need not pay

    found = []
    for one in answer["found"]:
        with pa.memory_map(one["rows"]) as source, pa.ipc.open_file(source) as reader:
            rows = reader.read_all()
        streams = tuple((number, tuple(names)) for number, names in one["streams"])
        found.append(Found(one["name"], streams, rows, tuple(one["misshapen"]), one["blank"]))
    return Contents(
        tuple(found), tuple(Note(**note) for note in answer["notes"]), answer["date_system"], answer["control_totals"]
    )


def serve(memory: int) -> None:
    """The child's whole life: read a request, read the file, write the answer, until the parent hangs up."""
    import resource  # noqa: PLC0415 - not on Windows, where the parent alone keeps the time

    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold children's data
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    requests = sys.stdin.buffer
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a parser that prints must not be taken for an answer
    from connectors.reading_child import answered  # noqa: PLC0415 - after the limits stand

    while len(size := requests.read(8)) == 8:
        path, layout, place, seconds = pickle.loads(requests.read(int.from_bytes(size, "big")))  # noqa: S301 - ours
        answers.write(json.dumps(answered(Path(path), layout, Path(place), seconds)).encode() + b"\n")
        answers.flush()
