"""What agencies get back, as a person at the terminal sees it."""

from __future__ import annotations

import json
from pathlib import Path

from quorate.exits import Exit
from tests.flows.landings import drop
from tests.quorate.command import partnership, quorate


def test_what_was_issued_is_listed_with_its_file_and_a_file_that_is_gone_comes_back_to_who_asks(tmp_path: Path) -> None:
    home = partnership(tmp_path, "police_niche")
    night = quorate("nightly", "--home", home)
    assert "Feedback to agencies: 1 file to send" in night.stderr
    (one,) = json.loads(quorate("feedback", "--home", home, "--json").stdout)
    assert (one["agency_code"], one["feed"], one["state"], one["rows_refused"]) == (
        "police",
        "police_niche",
        "loaded",
        5,
    )
    file = Path(one["file"])
    assert file.parent == home / "feedback" / "police"
    file.unlink()
    listed = quorate("feedback", "--home", home)  # it was sent, and deleted
    assert (listed.returncode, file.exists(), "taken away" in listed.stdout) == (Exit.OK, False, True)
    assert "`quorate feedback --again`" in listed.stderr
    table = quorate("feedback", "--again", "--home", home)
    assert (table.returncode, file.exists()) == (Exit.OK, True)
    assert all(part in table.stdout for part in ("police_niche", one["delivery_id"][:8], "5 rows refused", str(file)))
    assert json.loads(quorate("nightly", "--home", home, "--json").stdout)["feedback"] == []


def test_nothing_to_tell_is_said(tmp_path: Path) -> None:
    home = partnership(tmp_path)
    drop(home, 1)
    quorate("nightly", "--home", home)
    assert "No delivery has anything" in quorate("feedback", "--home", home).stderr
