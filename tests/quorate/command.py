"""The real command in a process of its own, and a partnership's folder to run it over."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.keys import KEY_TEXT

CODE = Path(__file__).parents[2]
FIXTURES = CODE / "tests" / "fixtures"
COMMAND = (sys.executable, "-c", "import sys; sys.argv[0] = 'quorate'; from quorate.cli import main; main()")


def environment(**settings: str) -> dict[str, str]:
    """Ours without any setting of Quorate but the tests' key, and with these; files that landed are not waited for."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("QUORATE_")}
    ours = {"QUORATE_KEY": KEY_TEXT, "QUORATE_SETTLE_SECONDS": "0"}
    return {**kept, "PYTHONPATH": str(CODE), "PYTHONWARNINGS": "ignore", **ours, **settings}


def quorate(*words: str | Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end. Whatever it ends with, no error shows where in Python it happened."""
    done = subprocess.run(
        [*COMMAND, *map(str, words)], env=environment(**settings), capture_output=True, text=True, check=False
    )
    assert "Traceback" not in done.stderr
    return done


def partnership(folder: Path, *feeds: str) -> Path:
    """A partnership's folder in which a file of each feed has landed."""
    for feed in feeds:
        shutil.copytree(FIXTURES / feed, folder / "landing" / feed)
    (folder / "quorate.toml").write_text('partnership = "Drawn Partnership"\n', encoding="utf-8")
    return folder
