"""What one hostile file costs the other agencies, in one ingest under a Prefect server.

    python -m benchmarks.hostile [--agencies 10] [--rows 20000] [--reader-seconds 30]

Each kind of file lies in the landing zone beside those of so many agencies, and is the first that is read. Prints the
seconds until all the others are loaded, and until their figures are published, and how many times that is what it
takes without a hostile file. Values are made up.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from benchmarks.file_to_figure import partnership
from connectors.agency import Csv, Workbook

GIBIBYTE = 2**30


def aborting(path: Path) -> None:
    """A workbook of a few kilobytes that ends the process that reads it."""
    import xlsxwriter

    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet().write_row(0, 0, ["MEETING_ID", "AGENCY"])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    strings = parts["xl/sharedStrings.xml"]
    parts["xl/sharedStrings.xml"] = strings.replace(b'uniqueCount="2"', b'uniqueCount="99999999999999"')
    if parts["xl/sharedStrings.xml"] == strings:
        raise SystemExit("the workbook could not be made hostile")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def endless(path: Path) -> None:
    """A gibibyte of rows, more than can be read and judged in the time that a file may take."""
    lines = b"".join(b"SM%07d,Police,DS,not read,Yes,,Attended,Yes\n" % number for number in range(100_000))
    with path.open("wb") as file:
        file.write(b"MEETING_ID,AGENCY,ROLE,ATTENDEE_NAME,KNOWN_TO_AGENCY,INVITED,ATTENDANCE,INFORMATION_GIVEN\n")
        for _ in range(GIBIBYTE // len(lines)):
            file.write(lines)


def bomb(path: Path) -> None:
    """Eight gibibytes in an archive of eight megabytes."""
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("participation.csv", "w", force_zip64=True) as member,
    ):
        for _ in range(8 * 64):
            member.write(bytes(GIBIBYTE // 64))


KINDS: dict[str, tuple[str, Csv | Workbook, Callable[[Path], None]] | None] = {
    "none": None,
    "aborts its parser": ("hostile.xlsx", Workbook(), aborting),
    "endless rows": ("hostile.csv", Csv(), endless),
    "a bomb": ("hostile.zip", Csv(zipped=True), bomb),
}


def measured(kind: str, agencies: int, rows: int, reader_seconds: float) -> tuple[float, float, str]:
    """Seconds until the others are loaded, until their figures are published, and what became of the hostile file."""
    from sqlalchemy import func, select

    from benchmarks.ingest import participation_feed
    from connectors.agency import all_feeds
    from flows.operations import ingest
    from flows.settings import settings_of
    from warehouse import ledger
    from warehouse.store import open_store
    from warehouse.tables import DELIVERIES

    with partnership(agencies, rows) as home:
        (home / "quorate.toml").write_text(f"reader_seconds = {reader_seconds}\n")
        if hostile := KINDS[kind]:
            name, written_as, write = hostile
            feed = replace(participation_feed(), name="a_hostile", files="*", reads=written_as)
            all_feeds()[feed.name] = feed
            (home / "landing" / feed.name).mkdir()
            write(home / "landing" / feed.name / name)
        report, began, started = home / "reports" / "board.html", datetime.now(), time.time()
        asyncio.run(ingest(str(home), return_state=True))
        published = report.stat().st_mtime - started
        with open_store(settings_of(home).warehouse_url) as store, store.reading() as connection:
            lines = {line["feed"]: line["state"] for line in ledger.in_order(connection)}
            others = DELIVERIES.c.feed.startswith("agency_")
            last = connection.scalar(select(func.max(DELIVERIES.c.finished_at)).where(others))
        became = lines.pop("a_hostile", "")
        if last is None or sum(state == "published" for state in lines.values()) != agencies + 1:
            raise SystemExit(f"not every file was loaded: {lines}")
    return (last - began).total_seconds(), published, became


def main() -> None:
    said = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    said.add_argument("--agencies", type=int, default=10)
    said.add_argument("--rows", type=int, default=20_000)
    said.add_argument("--reader-seconds", type=float, default=30.0)
    said.add_argument("--kind", choices=KINDS, help="only this one, as JSON")
    asked = said.parse_args()
    os.environ.setdefault("QUORATE_KEY", "5e" * 32)
    if asked.kind:
        print(json.dumps(measured(asked.kind, asked.agencies, asked.rows, asked.reader_seconds)))
        return
    print(f"load of the machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    floor = None
    for kind in KINDS:  # each in a process of its own: Prefect's client remembers the server that it had first
        words = [f"--agencies={asked.agencies}", f"--rows={asked.rows}", f"--reader-seconds={asked.reader_seconds}"]
        command = [sys.executable, "-m", "benchmarks.hostile", f"--kind={kind}", *words]
        ended = subprocess.run(command, capture_output=True, text=True, check=True)
        told = next(line for line in ended.stdout.splitlines() if line.startswith("["))
        loaded, published, became = json.loads(told)
        floor = floor or (loaded, published)
        print(
            f"{kind:20} others loaded {loaded:6.1f} s ({loaded / floor[0]:4.2f})   "
            f"figures published {published:6.1f} s ({published / floor[1]:4.2f})   {became}",
            flush=True,
        )


if __name__ == "__main__":
    main()
