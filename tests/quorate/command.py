"""The real command in a process of its own, and a partnership's folder to run it over."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import subprocess
import sys
import time
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.keys import KEY_TEXT

CODE = Path(__file__).parents[2]
FIXTURES = CODE / "tests" / "fixtures"
COMMAND = (sys.executable, "-c", "import sys; sys.argv[0] = 'quorate'; from quorate.cli import main; main()")
FORKS = multiprocessing.get_context("forkserver")
LOADED = (
    "flows.sweep",
    "flows.agreements",
    "quorate.show",
    "reports.publish",
    "altair",
    "statsmodels.stats.proportion",
)
FORKS.set_forkserver_preload([*LOADED])


def environment(**settings: str) -> dict[str, str]:
    """Ours without any setting of Quorate but the tests' key, and with these; files that landed are not waited for."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("QUORATE_")}
    ours = {"QUORATE_KEY": KEY_TEXT, "QUORATE_SETTLE_SECONDS": "0"}
    return {**kept, "PYTHONPATH": str(CODE), "PYTHONWARNINGS": "ignore", **ours, **settings}


def quorate(*words: str | Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end. Whatever it ends with, no error shows where in Python it happened.

    Its process is the copy of one that has loaded what commands load: that is most of what most of them take. What is
    started by ``COMMAND`` loads it itself.
    """
    arguments = [*map(str, words)]
    with TemporaryDirectory() as folder:
        streams = [Path(folder) / name for name in ("stdout", "stderr")]
        command = FORKS.Process(target=_run, args=(arguments, environment(**settings), *streams))
        command.start()
        command.join()
        out, err = (stream.read_text(encoding="utf-8") for stream in streams)
    assert "Traceback" not in err
    assert command.exitcode is not None
    return subprocess.CompletedProcess(arguments, command.exitcode, out, err)


def _run(arguments: list[str], settings: dict[str, str], out: Path, err: Path) -> None:
    """The command, in a process that has just been copied."""
    os.environ.clear()
    os.environ.update(settings)
    time.tzset()
    warnings.simplefilter("ignore")
    for number, (stream, path) in enumerate((("stdout", out), ("stderr", err)), 1):
        with path.open("wb") as file:
            os.dup2(file.fileno(), number)
        setattr(sys, stream, os.fdopen(number, "w", encoding="utf-8", closefd=False))
    sys.argv = ["quorate", *arguments]
    from quorate.cli import main

    main()


def partnership(folder: Path, *feeds: str) -> Path:
    """A partnership's folder in which a file of each feed has landed."""
    for feed in feeds:
        shutil.copytree(FIXTURES / feed, folder / "landing" / feed)
    (folder / "quorate.toml").write_text('partnership = "Drawn Partnership"\n', encoding="utf-8")
    return folder
