"""From a meeting-participation CSV to figures, against DuckDB doing only the physical work.

    python -m benchmarks.ingest [--rows 1000000] [--runs 3] [--warehouse postgresql://…]

Prints rows a second and peak memory of both, and their ratio, measured in the same run in turns. The floor
reads the CSV as text, casts with TRY_CAST, applies the same checks in SQL and inserts accepted and refused
rows with the rule; it has no archive, no ledger, no provenance, no claim matching and no figures.
"work" is the time of this one file in a process that has dealt with a file before; "whole process" is all of it.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from datetime import datetime
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.csv

WORDS = ("Attended", "Apologies", "Invited - did not attend", "Not invited", "Deputy attended")
AGENCIES = ("Police (Met)", "GP", "School", "Children's Social Care", "Acute Hospital", "Havens")
BAD_SHARE = 0.01
MEETING = "MEETING_ID,S47_STEP_ID,CONCERN_IDENTIFIED,DECISION_TO_HOLD,MEETING_DATE,SEQUENCE,MODE,TIMESCALE,CONCERNS"


def write_participation(path: Path, rows: int, agencies: list[str], words: list[str], roles: list[str]) -> None:
    """A participation report in Mosaic's shape; one row in a hundred has something wrong with it."""
    rng = np.random.default_rng(319)
    number = np.arange(rows)
    meeting = number // len(agencies)
    day, month = meeting % 28 + 1, meeting // 28 % 12 + 1
    held = [f"{d:02d}/{m:02d}/2025 09:30" for d, m in zip(day, month, strict=True)]
    attendance = np.array(words)[rng.integers(0, len(words), rows)].astype(object)
    invited = np.array(held, dtype=object)
    bad = rng.choice(rows, int(rows * BAD_SHARE), replace=False)
    attendance[bad[::2]] = "Came by bicycle"
    invited[bad[1::2]] = "31/02/2025 09:30"
    table = pa.table(
        {
            "MEETING_ID": [f"SM{one:07d}" for one in meeting],
            "AGENCY": np.array(agencies)[number % len(agencies)],
            "ROLE": np.array(roles)[number % len(roles)],
            "ATTENDEE_NAME": np.full(rows, "not read"),
            "KNOWN_TO_AGENCY": np.array(["Yes", "No", ""])[rng.integers(0, 3, rows)],
            "INVITED": invited,
            "ATTENDANCE": attendance,
            "INFORMATION_GIVEN": np.array(["Yes", "No"])[rng.integers(0, 2, rows)],
        }
    )
    pyarrow.csv.write_csv(table, path)
    pyarrow.csv.write_csv(table.slice(0, 0), path.with_name("header.csv"))


def write_meetings(path: Path, meetings: int) -> None:
    """The meetings themselves, loaded beforehand so that there is something to count."""
    lines = [MEETING + ",CSA_CONTEXT,OUTCOME,DECISION_RECORDED,DECISION_BY,STATUS"]
    for one in range(meetings):
        held = f"{one % 28 + 1:02d}/{one // 28 % 12 + 1:02d}/2025 09:30"
        lines.append(f"SM{one:07d},,{held},,{held},1,,,Sexual abuse,,,,,Completed")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("strategy_meetings.csv", "\n".join(lines))


def floor(csv: Path, database: Path, codes: dict[str, dict[str, str]]) -> dict[str, float]:
    """DuckDB alone: read, cast, check, insert."""
    started = time.perf_counter()
    with duckdb.connect(str(database), config={"threads": 2, "memory_limit": "1GB"}) as connection:
        connection.execute("PRAGMA disable_progress_bar")
        cases = {
            name: " ".join(
                f"WHEN '{theirs.lower().replace(chr(39), chr(39) * 2)}' THEN '{ours}'" for theirs, ours in means.items()
            )
            for name, means in codes.items()
        }
        said = {name: f"CASE lower(trim({name})) {cases[name]} END" for name in cases}
        flag = "CASE lower(trim({0})) WHEN 'yes' THEN true WHEN 'no' THEN false END"
        connection.execute(
            f"""
            CREATE TEMP TABLE judged AS
            SELECT *, CASE
                WHEN meeting_ref IS NULL THEN 'meeting_ref.required'
                WHEN NOT regexp_full_match(meeting_ref, '[A-Za-z0-9][A-Za-z0-9_/.: -]{{0,63}}') THEN 'meeting_ref.is_reference'
                WHEN agency_code IS NULL THEN 'agency_code.in_code_list'
                WHEN raw_role <> '' AND role_code IS NULL THEN 'role_code.in_code_list'
                WHEN attendance_code IS NULL THEN 'attendance_code.in_code_list'
                WHEN raw_invited <> '' AND invited_at IS NULL THEN 'invited_at.castable'
                WHEN invited_at NOT BETWEEN TIMESTAMP '1990-01-01' AND TIMESTAMP '2049-12-31' THEN 'invited_at.is_plausible_date'
                WHEN raw_known <> '' AND was_involved IS NULL THEN 'was_involved.castable'
                WHEN raw_information <> '' AND contributed_information IS NULL THEN 'contributed_information.castable'
            END AS rule
            FROM (
                SELECT nullif(trim(MEETING_ID), '') AS meeting_ref, {said["AGENCY"]} AS agency_code,
                    {said["ROLE"]} AS role_code, {said["ATTENDANCE"]} AS attendance_code,
                    trim(ROLE) AS raw_role, trim(INVITED) AS raw_invited, trim(KNOWN_TO_AGENCY) AS raw_known,
                    trim(INFORMATION_GIVEN) AS raw_information,
                    TRY_CAST(try_strptime(trim(INVITED), ['%d/%m/%Y %H:%M', '%d/%m/%Y']) AS TIMESTAMP) AS invited_at,
                    {flag.format("KNOWN_TO_AGENCY")} AS was_involved,
                    {flag.format("INFORMATION_GIVEN")} AS contributed_information
                FROM read_csv('{csv}', all_varchar = true, header = true)
            )
            """
        )
        connection.execute(
            "CREATE TABLE accepted AS SELECT meeting_ref, agency_code, role_code, was_involved, invited_at, "
            "attendance_code, contributed_information FROM judged WHERE rule IS NULL"
        )
        connection.execute("CREATE TABLE refused AS SELECT * FROM judged WHERE rule IS NOT NULL")
        accepted = connection.execute("SELECT count(*) FROM accepted").fetchone()
    return {"seconds": time.perf_counter() - started, "loaded": accepted[0] if accepted else 0}


def ours(csv: Path, home: Path, warehouse: str) -> dict[str, float]:
    """Everything: archive, read in the reader's process, translate, judge, load with provenance and ledger, figures."""
    import statsmodels.stats.proportion  # noqa: F401 - a library that the first figures of a process would wait for

    from connectors.agency import Csv, Feed
    from connectors.systems.mosaic import PARTICIPATION
    from flows import sweep
    from flows.delivery import deliver
    from flows.settings import settings_of

    feed = Feed(
        "csc_mosaic",
        "csc",
        "Mosaic",
        Csv(),
        (PARTICIPATION,),
        dates=("%d/%m/%Y",),
        instants=("%d/%m/%Y %H:%M",),
        carries="its_period",
    )
    settings, now = settings_of(home, warehouse), datetime.now()
    with sweep.open_warehouse(settings) as store, sweep.place_of(store, settings) as place:
        # A file of no rows first: whatever starts with the first file of a night has started.
        deliver(csv.with_name("header.csv"), feed, place, now=now)
        started = time.perf_counter()
        outcome = deliver(csv, feed, place, now=now)
        delivered = time.perf_counter()
        sweep.refresh(store, sweep.owed(settings), sweep.as_of(store, now.date()))
        ended = time.perf_counter()
    if outcome.state != "loaded":
        raise SystemExit(f"the file was {outcome.state}: {outcome.says}")
    return {"seconds": ended - started, "figures": ended - delivered, "loaded": outcome.rows_loaded}


def prepare(home: Path, warehouse: str, meetings: int) -> None:
    """A partnership whose meetings are loaded and whose participation is still to come."""
    from connectors.agency import Csv, Feed
    from connectors.systems.mosaic import MEETINGS
    from flows import sweep
    from flows.delivery import deliver
    from flows.settings import settings_of

    (home / "landing" / "csc_mosaic").mkdir(parents=True)
    file = home / "meetings.zip"
    write_meetings(file, meetings)
    feed = Feed(
        "csc_mosaic",
        "csc",
        "Mosaic",
        Csv(zipped=True),
        (MEETINGS,),
        dates=("%d/%m/%Y",),
        instants=("%d/%m/%Y %H:%M",),
        carries="its_period",
    )
    settings = settings_of(home, warehouse)
    with sweep.open_warehouse(settings) as store, sweep.place_of(store, settings) as place:
        outcome = deliver(file, feed, place, now=datetime.now())
    if outcome.rows_loaded != meetings:
        raise SystemExit(f"{outcome.rows_loaded} of {meetings} meetings loaded: {outcome.says}")


def _child(arguments: list[str]) -> dict[str, float]:
    """Run one side as a process of its own and add its wall time and peak memory (its own children's on top)."""
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.ingest", *arguments], check=True, stdout=subprocess.PIPE, text=True
    )
    result: dict[str, float] = json.loads(done.stdout)
    return result | {"wall": time.perf_counter() - started}


def _peak() -> float:
    """MiB at the peak, of this process and of its largest child together: an upper bound of what was in use at once."""
    return sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 1024


def _side(side: str, folder: Path, warehouse: str) -> None:
    codes = json.loads((folder / "codes.json").read_text())
    if side == "floor":
        with tempfile.TemporaryDirectory(dir=folder) as place:
            result = floor(folder / "participation.csv", Path(place) / "floor.duckdb", codes)
    else:
        result = ours(folder / "participation.csv", folder / side, warehouse)
    print(json.dumps(result | {"peak": _peak()}))


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--warehouse", default="", help="empty: a DuckDB file")
    parser.add_argument("--side", nargs=2, metavar=("SIDE", "FOLDER"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    os.environ.setdefault("QUORATE_KEY", "5e" * 32)
    if options.side:
        _side(options.side[0], Path(options.side[1]), options.warehouse)
        return
    from connectors.systems import mosaic_words

    codes = {"AGENCY": mosaic_words.AGENCIES, "ROLE": mosaic_words.ROLES, "ATTENDANCE": mosaic_words.ATTENDANCE}
    agencies, roles, words = (list(dict(means))[:8] for means in codes.values())
    found: dict[str, list[dict[str, float]]] = {"floor": [], "ours": []}
    with tempfile.TemporaryDirectory(prefix="quorate-benchmark-") as place:
        folder = Path(place)
        csv = folder / "participation.csv"
        (folder / "codes.json").write_text(json.dumps(codes))
        write_participation(csv, options.rows, agencies, words, roles)
        print(f"{options.rows:,} rows, {csv.stat().st_size / 2**20:.0f} MiB, {options.runs} runs in turns")
        for run in range(options.runs):
            prepare(folder / f"run{run}", options.warehouse, -(-options.rows // len(agencies)))
            found["floor"].append(_child(["--side", "floor", place]))
            found["ours"].append(_child(["--side", f"run{run}", place, "--warehouse", options.warehouse]))
    show(found, options.rows)


def show(found: dict[str, list[dict[str, float]]], rows: int) -> None:
    """The medians, and ours as a ratio to the floor of the same run."""
    for name, runs in found.items():
        seconds, wall, peak = (statistics.median(run[key] for run in runs) for key in ("seconds", "wall", "peak"))
        print(
            f"{name:>6}: work {seconds:6.2f} s  {rows / seconds:>10,.0f} rows/s  whole process {wall:6.2f} s  "
            f"peak {peak:6,.0f} MiB  accepted {runs[0]['loaded']:,}"
        )
    figures = statistics.median(run["figures"] for run in found["ours"])
    print(f"        of which figures {figures:.2f} s")
    for key, what in (("seconds", "work"), ("wall", "whole process")):
        ratios = [ours[key] / floor[key] for ours, floor in zip(found["ours"], found["floor"], strict=True)]
        print(f" ratio: {what} {statistics.median(ratios):.2f} (from {min(ratios):.2f} to {max(ratios):.2f})")


if __name__ == "__main__":
    main()
