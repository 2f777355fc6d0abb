"""Which past figures a change would move, before it is merged: other parameters, or another revision of the program.

A file says what the partnership might agree: from the figures as they are to the figures by it. A revision says what
stands: from the figures by it to those of the program that runs. Nothing of the warehouse is changed.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

from flows.publication import latest_whole_month
from warehouse import back_test_child
from warehouse.back_test import BackTest, Figures, by_key, moved, worked_out
from warehouse.ledger import periods_reached
from warehouse.parameters import NoSuchParameter, Value, agreed

if TYPE_CHECKING:
    from warehouse.store import Store

HERE: Final = Path(__file__).parents[1]
"""Where the program runs from."""
NOW: Final = "what holds now"
INHERITED: Final = ("PATH", "HOME", "TMPDIR", "LANG", "TZ", "SYSTEMROOT")
"""Of our environment what another revision gets, besides PostgreSQL's own: no key, for figures need none."""


class NothingToCompare(Exception):
    """There is nothing to hold the figures against. Command line: exit code 2."""


@dataclass(frozen=True)
class Back:
    """A back-test, and what its two sides are called."""

    test: BackTest
    before: str
    after: str


@dataclass(frozen=True)
class _Basis:
    """What both sides are worked out on."""

    instant: datetime
    expected: list[tuple[str, str]]
    as_of: date


def against_file(store: Store, file: Path, expected: list[tuple[str, str]], now: datetime) -> Back:
    """From the figures as they are to those by the ``[parameters]`` of a file, which take the place of ours.

    Raises:
        NothingToCompare: the file has no such table, or a parameter that there is not; or nothing was delivered.
    """
    theirs, basis = _parameters(file), _basis(store, expected, now)
    before = worked_out(store, basis.instant, basis.expected, basis.as_of)
    after = worked_out(store, basis.instant, basis.expected, basis.as_of, theirs)
    return Back(moved(before, after), NOW, file.name)


def against_revision(store: Store, revision: str, expected: list[tuple[str, str]], now: datetime) -> Back:
    """From the figures by a revision of the program to those of the program that runs, by the same parameters.

    The store is closed on the way: a DuckDB file is read by one process at a time.

    Raises:
        NothingToCompare: we do not run from a git checkout, it has no such revision, or that one cannot do it.
    """
    commit = _commit(revision)
    basis = _basis(store, expected, now)
    after = worked_out(store, basis.instant, basis.expected, basis.as_of)
    url, parameters = store.url.render_as_string(hide_password=False), dict(store.agreed)
    store.close()
    with _checked_out(commit) as folder:
        before = _worked_out_by(folder, url, parameters, basis, revision)
    return Back(moved(before, after), revision, NOW)


def _basis(store: Store, expected: list[tuple[str, str]], now: datetime) -> _Basis:
    with store.reading() as connection:
        if not periods_reached(connection):
            raise NothingToCompare("Nothing was loaded yet, so there are no figures to move: `quorate nightly` first.")
        return _Basis(now, expected, latest_whole_month(connection, now.date()))


def _parameters(file: Path) -> dict[str, Value]:
    try:
        said = tomllib.loads(file.read_text(encoding="utf-8")).get("parameters")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise NothingToCompare(f"{file} is not TOML in UTF-8: mend it.") from None
    if not isinstance(said, dict):
        raise NothingToCompare(
            f"{file} has no table [parameters]: write there what might be agreed, as in quorate.toml."
        )
    try:
        return agreed(said)
    except NoSuchParameter as failure:
        raise NothingToCompare(f"{file}: {failure}") from None


def _commit(revision: str) -> str:
    """The full hash of a revision of the checkout that we run from."""
    if not (HERE / ".git").exists():
        raise NothingToCompare(
            f"{revision} is no file, and the program does not run from a git checkout, so there are no revisions of it."
        )
    done = _git("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if done.returncode:
        raise NothingToCompare(f"{revision} is neither a file nor a revision of {HERE}: `git log` there has them.")
    return done.stdout.decode().strip()


@contextmanager
def _checked_out(commit: str) -> Iterator[Path]:
    """The revision's files in a folder of their own; the checkout itself is left as it is."""
    with TemporaryDirectory(prefix="quorate-revision-") as folder:
        archive = Path(folder) / "revision.tar"
        if _git("archive", "--format=tar", f"--output={archive}", commit).returncode:
            raise NothingToCompare(f"git cannot bring {commit} out of {HERE}: `git fsck` there says why.")
        code = Path(folder).resolve() / "code"
        code.mkdir()
        subprocess.run(["tar", "-xf", archive, "-C", code], check=True, capture_output=True)  # noqa: S603, S607
        yield code


def _git(*words: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(["git", "-C", HERE, *words], check=False, capture_output=True)  # noqa: S603, S607
    except FileNotFoundError:
        raise NothingToCompare("git is not installed here, and a revision cannot be had without it.") from None


def _worked_out_by(folder: Path, url: str, parameters: Mapping[str, Value], basis: _Basis, revision: str) -> Figures:
    asked = {
        "folder": str(folder), "url": url, "agreed": parameters, "instant": basis.instant.isoformat(),
        "expected": basis.expected, "as_of": basis.as_of.isoformat(),
    }  # fmt: skip
    environment = {name: value for name, value in os.environ.items() if name in INHERITED or name.startswith("PG")}
    done = subprocess.run(  # noqa: S603 - our own interpreter, and code of our own repository
        [sys.executable, "-c", Path(back_test_child.__file__).read_text(encoding="utf-8")],
        input=json.dumps(asked).encode(),  # not among the words of a command: an address may have a password
        capture_output=True, check=False, cwd=folder,
        env=environment | {"PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"},
    )  # fmt: skip
    answer: dict[str, Any] = json.loads(done.stdout) if done.returncode == 0 else {"failed": "it ended at once"}
    if "failed" in answer:
        raise NothingToCompare(
            f"The program of {revision} cannot work figures out of this warehouse ({answer['failed']}): it may know "
            "another schema. Take a newer revision."
        )
    return by_key(answer["figures"])
