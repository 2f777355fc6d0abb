"""Plants bugs one at a time in a copy of the program, and lets the tests that should catch each of them loose on it.

python -m tests.faults.planted_bugs [NAME …] [--list]

A bug that survives is a test that is missing: write it, and leave the bug planted here. What is planted stands in
`tests.faults.bugs`.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.faults.bugs import PLANTED, Planted

CODE: Final = Path(__file__).parents[2]
PACKAGES: Final = ("quorate", "flows", "reports", "connectors", "warehouse", "schemas")
COPIED: Final = (*PACKAGES, "tests", "pyproject.toml")
SECONDS: Final = 300
"""After which a run of tests is taken to hang."""
FAILED: Final = 1
"""pytest's exit code where tests ran and some failed; 2 to 5: they could not be run at all."""
BROKEN: Final = re.compile(
    r"^E\s+(SyntaxError|IndentationError|ImportError|ModuleNotFoundError|NameError|UnboundLocalError)", re.MULTILINE
)
"""What a bug fails with that was planted badly: it does not run, so it says nothing about the tests."""
WHERE: Final = "import {0}; import sys; sys.exit(not all(one.__file__.startswith(sys.argv[1]) for one in ({0})))"


class BadlyPlanted(Exception):
    """The trial says nothing about the tests: the bug could not be planted, or the tests not be run."""


@dataclass(frozen=True)
class Trial:
    """What became of one bug."""

    caught_by: str
    """The first test that failed; empty: none did."""
    seconds: float


def main() -> int:
    """Plant the bugs that are asked for; exit code 1 where one survives or was planted badly."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.planted_bugs", description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these bugs")
    parser.add_argument("--list", action="store_true", help="say what they are, and plant none")
    asked = parser.parse_args()
    unknown = sorted(set(asked.names) - {bug.name for bug in PLANTED})
    if unknown:
        parser.error(f"no bug is named {', '.join(unknown)}: --list has them all")
    chosen = [bug for bug in PLANTED if not asked.names or bug.name in asked.names]
    if asked.list:
        for bug in chosen:
            print(f"{bug.name:<28} {bug.file}\n    {bug.does}")
        return 0
    try:
        return _try_all(chosen)
    except BadlyPlanted as trouble:
        print(trouble, file=sys.stderr)
        return 1


def _try_all(bugs: list[Planted]) -> int:
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="quorate-planted-") as folder:
        copy = copied(Path(folder))
        without = _run(copy, dict.fromkeys(test for bug in bugs for test in bug.tests))
        if without.returncode:
            raise BadlyPlanted(f"without any bug the tests fail already:\n{without.stdout}{without.stderr}")
        print(f"{'planted':<28} {'seconds':>7} caught by")
        trials = []
        for bug in bugs:
            trials.append(attempt(copy, bug))
            print(f"{bug.name:<28} {trials[-1].seconds:>7.1f} {trials[-1].caught_by or '- nothing -'}", flush=True)
    survived = sum(not trial.caught_by for trial in trials)
    print(f"{len(bugs)} planted, {len(bugs) - survived} caught, {survived} survived, {time.monotonic() - began:.0f} s")
    return int(survived > 0)


def attempt(copy: Path, bug: Planted) -> Trial:
    """Plant one bug, run its tests up to the first that fails, and take the bug out again.

    Raises:
        BadlyPlanted: its place is not to be found, or the tests could not be run over it.
    """
    began = time.monotonic()
    with _planted(copy, bug):
        done = _run(copy, bug.tests)
    said = f"{done.stdout}{done.stderr}"
    if done.returncode not in (0, FAILED) or BROKEN.search(said):
        raise BadlyPlanted(f"{bug.name}: with it the tests do not run (pytest's exit code {done.returncode}):\n{said}")
    caught_by = re.search(r"^FAILED (.+?)(?: - .*)?$", done.stdout, re.MULTILINE)
    if done.returncode == FAILED and caught_by is None:
        raise BadlyPlanted(f"{bug.name}: no test failed, and something around them did:\n{said}")
    return Trial(caught_by[1] if caught_by else "", time.monotonic() - began)


def with_bug(text: str, bug: Planted) -> str:
    """The file's text with the bug in it.

    Raises:
        BadlyPlanted: what is replaced does not stand in it exactly once.
    """
    found = text.count(bug.old)
    if found != 1:
        raise BadlyPlanted(f"{bug.name}: what it replaces stands {found} times in {bug.file}, and must stand once.")
    return text.replace(bug.old, bug.new)


@contextmanager
def _planted(copy: Path, bug: Planted) -> Iterator[None]:
    file = copy / bug.file
    sound = file.read_text(encoding="utf-8")
    file.write_text(with_bug(sound, bug), encoding="utf-8")
    try:
        yield
    finally:
        file.write_text(sound, encoding="utf-8")


def copied(folder: Path) -> Path:
    """A copy of program and tests, in which nothing of the original is imported."""
    copy = folder / "code"
    copy.mkdir()
    for name in COPIED:
        if (CODE / name).is_dir():
            shutil.copytree(CODE / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(CODE / name, copy / name)
    # the program may be installed as it stands here, and a bug that is planted elsewhere would catch nobody
    program = WHERE.format(", ".join((*PACKAGES, "tests.keys")))
    if _start(copy, "-c", program, f"{copy}{os.sep}").returncode:
        raise BadlyPlanted(f"what is imported is not the copy in {copy}")
    return copy


def _run(copy: Path, tests: Iterable[str]) -> subprocess.CompletedProcess[str]:
    options = ("-x", "-q", "--no-header", "-n", "0", "-p", "no:cacheprovider", f"--basetemp={copy.parent / 'tmp'}")
    return _start(copy, "-m", "pytest", *options, *tests)


def _start(copy: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Python over the copy. It keeps no bytecode: a file is changed and changed back within a second."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("QUORATE_", "PYTEST_"))}
    ours = {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1", "COLUMNS": "250"}
    try:
        return subprocess.run(
            [sys.executable, *words], cwd=copy, env={**kept, **ours}, capture_output=True, text=True, check=False,
            timeout=SECONDS,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise BadlyPlanted(f"python {' '.join(words)} hung for {SECONDS} seconds") from None


if __name__ == "__main__":
    sys.exit(main())
