"""What a failure means to the person at the terminal."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.archive import DamagedArchiveError
from connectors.read import Unreadable
from quorate.exits import Exit
from quorate.failures import explain
from warehouse.ledger import Unbalanced
from warehouse.store import Locked, Unavailable


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (Unreadable("file.damaged", "The zip is damaged.", "Send it whole."), Exit.REFUSED),
        (Unavailable("The warehouse does not answer."), Exit.INFRASTRUCTURE),
        (DamagedArchiveError("Restore it from a backup."), Exit.INFRASTRUCTURE),
        (PermissionError(13, "Permission denied", "landing"), Exit.INFRASTRUCTURE),
        (ModuleNotFoundError("No module named 'lxml'"), Exit.INFRASTRUCTURE),
        (Locked("Another run is writing."), Exit.LOCKED),
        (Unbalanced("Delivery d has 2 rows, but 1 is accounted for."), Exit.BUG),
        (KeyError("9990000018"), Exit.BUG),
    ],
)
def test_every_failure_has_its_code_and_one_line(failure: Exception, code: Exit) -> None:
    given, line, _ = explain(failure)
    assert given == code
    assert line.startswith("quorate: ")
    assert "\n" not in line


def test_a_mistake_of_ours_tells_where_it_happened_and_not_with_what() -> None:
    row = {"nhs_number": "9990000018"}
    try:
        row["9990000019"]
    except KeyError as failure:
        code, line, steps = explain(failure)
    assert code == Exit.BUG
    assert "KeyError" in line
    assert Path(__file__).name in steps[-1]
    assert "999000001" not in line + " ".join(steps)
