"""From a file that is dropped to the report with its figures, under `quorate serve`; and a night of many agencies.

    python -m benchmarks.file_to_figure [--files 20] [--rows 1000] [--demo-files 20] [--night-agencies 50] [--night-rows 20000]

Prints median and 95th percentile of the seconds from the file's rename into the landing folder until the board's
report that counts it stands in its place, with the server warm, and of that until the file is archived: of files of so
many rows in a partnership that has just begun, and of corrections of a few rows in the made-up one of `make demo`, with its
24 months and 27,000 figures, each of which is an edition more that the next must not give away. Then one night, with a
Prefect server and its one task an agency, of so many agencies' files. Values are made up.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

COLUMNS = "role_group,snapshot_date,course_title,learners_required,csa_course_in_date,csa_protocol_briefing,completion_rate,is_mandatory"
SERVE = "import sys; sys.argv[0] = 'quorate'; from quorate.cli import main; main()"
FIXTURES = Path(__file__).parents[1] / "tests" / "fixtures"


def drop(home: Path, number: int, rows: int) -> None:
    """A learning platform's export of one month, other than the forty before it."""
    lines = [COLUMNS]
    lines += [f"Group {row},2026-03-31,CSA,40,{(row + number) % 41},20,0.8,true" for row in range(rows)]
    arriving = home / "landing" / "csc_learning" / f"learning_2026-03_v{number}.part"
    arriving.write_text("\n".join(lines) + "\n")
    arriving.rename(arriving.with_suffix(".csv"))


def correct(home: Path, number: int) -> None:
    """The demonstration's last file of a learning platform again, in one row of which one less was trained."""
    last = max((home / "landing" / "csc_learning").glob("learning_????-??.csv"))
    header, first, *others = last.read_text().splitlines()
    cells = first.split(",")
    cells[4] = str(int(cells[4]) - 1 - number)
    arriving = last.with_name(f"{last.stem}_v{number + 2}.part")
    arriving.write_text("\n".join([header, ",".join(cells), *others]) + "\n")
    arriving.rename(arriving.with_suffix(".csv"))


@contextmanager
def served(home: Path) -> Iterator[None]:
    """`quorate serve` over a partnership."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with (home / "serve.log").open("w") as log:
        serving = subprocess.Popen(
            [sys.executable, "-c", SERVE, "serve", "--home", str(home), "--port", str(port)], stdout=log, stderr=log
        )
        try:
            until(lambda: "Serving on" in (home / "serve.log").read_text(), 300)
            yield
        finally:
            serving.send_signal(signal.SIGTERM)
            serving.wait(120)


def until(is_so: object, seconds: float = 600) -> float:
    """Wait; returns the instant."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if is_so():  # type: ignore[operator]
            return time.monotonic()
        time.sleep(0.05)
    raise SystemExit("it did not come")


def begun(home: Path) -> None:
    """A partnership that has had a file of each of four feeds."""
    for feed in ("csc_mosaic", "police_niche", "health_gp_emis", "lscp_audit"):
        shutil.copytree(FIXTURES / feed, home / "landing" / feed)
    (home / "landing" / "csc_learning").mkdir()


def demonstrated(home: Path) -> None:
    """The partnership of `make demo`."""
    subprocess.run([sys.executable, "-c", SERVE, "demo", str(home)], check=False, capture_output=True)


def file_to_figure(files: int, what: str, prepare: Callable[[Path], None], land: Callable[[Path, int], None]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        home.mkdir()
        prepare(home)
        report, receipts = home / "reports" / "board.html", home / "archive" / "receipts"
        taken, archived = [], []
        with served(home):
            until(report.exists)
            time.sleep(10)
            for number in range(files + 1):
                stood, came, began = report.stat().st_mtime_ns, len(list(receipts.iterdir())), time.monotonic()
                land(home, number)
                there = until(lambda came=came: len(list(receipts.iterdir())) > came)
                shown = until(lambda stood=stood: report.stat().st_mtime_ns != stood)
                if number:  # the first warms up
                    taken.append(shown - began)
                    archived.append(there - began)
                time.sleep(3)
    for name, seconds in (("until it is archived", archived), ("until the report shows it", taken)):
        ordered = sorted(seconds)
        p95 = ordered[math.ceil(0.95 * len(ordered)) - 1]  # nearest rank
        print(
            f"{name:28} median {statistics.median(seconds):5.1f} s   p95 {p95:5.1f} s   most {ordered[-1]:5.1f} s   of {len(seconds)} {what}"
        )


@contextmanager
def partnership(agencies: int, rows: int) -> Iterator[Path]:
    """So many agencies with a file each of a year's participation, and a Prefect server that this process talks to."""
    from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_URL, temporary_settings

    from benchmarks.ingest import EMPTY_FILE, PARTICIPATION_FILE, participation_feed, prepare, write_participation
    from connectors.agency import all_feeds
    from connectors.systems import mosaic_words
    from flows.server_environment import environment_of
    from flows.serving import Child, answers
    from flows.settings import settings_of

    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        prepare(home, f"duckdb:///{home / 'warehouse.duckdb'}", rows // 8)
        codes = (mosaic_words.AGENCIES, mosaic_words.ROLES, mosaic_words.ATTENDANCE)
        said_by, roles, words = (list(dict(means))[:8] for means in codes)
        for number in range(agencies):
            feed = replace(participation_feed(), name=f"agency_{number:02}", files="*.csv")
            all_feeds()[feed.name] = feed
            (home / "landing" / feed.name).mkdir()
            write_participation(home / "landing" / feed.name / PARTICIPATION_FILE, rows, said_by, words, roles)
            (home / "landing" / feed.name / EMPTY_FILE).unlink()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        environment = environment_of(settings_of(home), port)
        command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
        server = Child("server", command, environment, home / "server.log")
        server.start()
        try:
            until(lambda: answers(environment["PREFECT_API_URL"]))
            of = {
                PREFECT_API_URL: environment["PREFECT_API_URL"],
                PREFECT_API_AUTH_STRING: environment["PREFECT_API_AUTH_STRING"],
            }
            with temporary_settings(of):
                yield home
        finally:
            server.stop()


def night(agencies: int, rows: int) -> None:
    """The nightly flow in this process, its tasks and states with a real server."""
    from flows.nightly import nightly

    with partnership(agencies, rows) as home:
        began = time.monotonic()
        state = asyncio.run(nightly(str(home), return_state=True))
        took = time.monotonic() - began
    print(f"a night of {agencies} agencies of {rows:,} rows: {took:5.1f} s, with Prefect. {state.message}")


def main() -> None:
    said = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    said.add_argument("--files", type=int, default=20)
    said.add_argument("--rows", type=int, default=1_000)
    said.add_argument("--demo-files", type=int, default=20)
    said.add_argument("--night-agencies", type=int, default=50)
    said.add_argument("--night-rows", type=int, default=20_000)
    asked = said.parse_args()
    os.environ.setdefault("QUORATE_KEY", "5e" * 32)
    print(f"load of the machine before: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    if asked.files:
        file_to_figure(
            asked.files, f"files of {asked.rows:,} rows", begun, lambda home, number: drop(home, number, asked.rows)
        )
    if asked.demo_files:
        file_to_figure(asked.demo_files, "corrections in the partnership of the demonstration", demonstrated, correct)
    if asked.night_agencies:
        night(asked.night_agencies, asked.night_rows)
    print(f"load of the machine after: {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
