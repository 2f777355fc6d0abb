"""Receipts and decisions are kept once, in order, as they were written, whoever else writes at the time."""

from __future__ import annotations

import stat
import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from connectors.archive import DamagedArchiveError
from connectors.receipts import Decision, Receipt, find_receipt, read_all, record_decision, record_receipt

AT = datetime(2026, 5, 1, 2, 30, 0, 123456)
ARRIVED = Receipt(
    sequence=100,
    delivery_id="first",
    feed="police_niche",
    agency_code="police",
    file_name="NICHE_2026-04.zip",
    sha256="ab" * 32,
    bytes=1200,
    attempt=1,
    received_at=AT,
    control_totals={"meetings.csv": 12},
)
WITHDRAWN = Decision(200, "withdraw", "first", "A. Manager", "sent in error", AT, {"ticket": "é 12"})


def test_what_is_recorded_is_read_back_in_the_order_it_happened(tmp_path: Path) -> None:
    second = replace(ARRIVED, sequence=300, delivery_id="second", control_totals=None)
    for receipt in (ARRIVED, second):
        record_receipt(tmp_path, receipt)
    late = record_decision(tmp_path, WITHDRAWN)
    assert late.sequence == 301  # after all that is known, whatever the clock says
    assert read_all(tmp_path) == [ARRIVED, second, late]
    assert find_receipt(tmp_path, "second") == second
    assert find_receipt(tmp_path, "third") is None
    assert read_all(tmp_path / "nothing") == []


def test_a_delivery_keeps_its_first_receipt(tmp_path: Path) -> None:
    record_receipt(tmp_path, ARRIVED)
    again = replace(ARRIVED, sequence=900, received_at=datetime(2026, 6, 1), file_name="copy.zip")
    assert record_receipt(tmp_path, again) == ARRIVED
    assert read_all(tmp_path) == [ARRIVED]


def test_a_decision_repeated_is_the_same_and_one_taken_back_in_between_is_not(tmp_path: Path) -> None:
    confirmed = Decision(1, "confirm", "candidate/7", "B. Clerk", "same birth record", AT)
    rejected = replace(confirmed, sequence=2, kind="reject", why="twins")
    later = replace(confirmed, sequence=3, at=datetime(2026, 6, 1))
    assert record_decision(tmp_path, confirmed) == confirmed
    assert record_decision(tmp_path, later) == confirmed
    record_decision(tmp_path, rejected)
    assert record_decision(tmp_path, later) == later
    assert [entry.sequence for entry in read_all(tmp_path)] == [1, 2, 3]


def test_only_the_owner_may_read_them_and_nobody_changes_them(tmp_path: Path) -> None:
    root = tmp_path / "archive"
    record_receipt(root, ARRIVED)
    record_decision(root, WITHDRAWN)
    files = list(root.glob("*/*"))
    assert len(files) == 2
    for path in files:
        assert stat.S_IMODE(path.stat().st_mode) == 0o400
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_what_a_crash_left_half_written_is_not_read(tmp_path: Path) -> None:
    record_receipt(tmp_path, ARRIVED)
    (tmp_path / "receipts" / ".arriving-x1.json").write_text('{"format": 1, "seq')
    assert read_all(tmp_path) == [ARRIVED]


@pytest.mark.parametrize(
    "harm", [lambda text: text[:-20], lambda text: text.replace('"format": 1', '"format": 2'), lambda _: "[]",
             lambda text: text.replace('"sequence": 100', '"sequence": 7'), lambda text: text.replace("05-01", "05-71")]
)  # fmt: skip
def test_a_damaged_receipt_is_named_not_passed_over(tmp_path: Path, harm) -> None:  # type: ignore[no-untyped-def]
    record_receipt(tmp_path, ARRIVED)
    path = tmp_path / "receipts" / "100-first.json"
    path.chmod(0o600)
    path.write_text(harm(path.read_text()))
    with pytest.raises(DamagedArchiveError, match=r"100-first\.json"):
        read_all(tmp_path)


def test_processes_at_the_same_time_never_share_a_sequence(tmp_path: Path) -> None:
    program = f"""
import sys
from dataclasses import replace
from pathlib import Path
from tests.connectors.test_receipts import ARRIVED
from connectors.receipts import record_receipt
for number in range(25):
    record_receipt(Path({str(tmp_path)!r}), replace(ARRIVED, delivery_id=f"{{sys.argv[1]}}{{number}}"))
    record_receipt(Path({str(tmp_path)!r}), replace(ARRIVED, delivery_id=f"both{{number}}"))
"""
    runs = [subprocess.Popen([sys.executable, "-c", program, name]) for name in "ab"]
    assert [run.wait(60) for run in runs] == [0, 0]
    kept = read_all(tmp_path)
    assert len({entry.sequence for entry in kept}) == len(kept) == 75
