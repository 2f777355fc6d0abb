"""A file of a million rows delivered again with 1 row in 100 changed, as a ratio to its first delivery.

    python -m benchmarks.redelivery [--rows 1000000] [--runs 3] [--changed 0.01] [--warehouse postgresql://…]

Both are measured in one process. "reading" is archive, parsing, translation, pseudonyms and judgement, which a file is
given whole however little of it is new, because a rule or a connector may have changed since; "writing" is the one
transaction: history, sightings, quarantine and ledger.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

from benchmarks.ingest import EMPTY_FILE, PARTICIPATION_FILE, participation_feed, peak, prepare, write_participation

CORRECTED_FILE = PARTICIPATION_FILE.replace(".csv", "_v2.csv")


def write_corrected(first: Path, changed: float, words: list[str]) -> None:
    """The same file with another attendance in a share of its rows."""
    table = pyarrow.csv.read_csv(first, convert_options=pyarrow.csv.ConvertOptions(strings_can_be_null=False))
    chosen = np.random.default_rng(29).choice(table.num_rows, int(table.num_rows * changed), replace=False)
    attendance = np.array(table["ATTENDANCE"].to_pylist(), dtype=object)
    place = {word: number for number, word in enumerate(words)}
    attendance[chosen] = [words[(place.get(attendance[row], 0) + 1) % len(words)] for row in chosen]
    column = table.column_names.index("ATTENDANCE")
    pyarrow.csv.write_csv(table.set_column(column, "ATTENDANCE", pa.array(attendance)), first.with_name(CORRECTED_FILE))


def measure(folder: Path, home: Path, warehouse: str) -> dict[str, float]:
    """Deliver both, one after the other."""
    from flows import sweep
    from flows.delivery import deliver
    from flows.judging import examine
    from flows.settings import settings_of

    feed, settings, found = participation_feed(), settings_of(home, warehouse), {}
    with sweep.open_warehouse(settings) as store, sweep.place_of(store, settings) as place:
        deliver(folder / EMPTY_FILE, feed, place, now=datetime.now())
        for name in (PARTICIPATION_FILE, CORRECTED_FILE):
            started = time.perf_counter()
            outcome = deliver(folder / name, feed, place, now=datetime.now())
            found[f"{name} whole"] = time.perf_counter() - started
            if outcome.state != "loaded":
                raise SystemExit(f"{name} was {outcome.state}: {outcome.says}")
            found |= {f"{name} loaded": outcome.rows_loaded, f"{name} unchanged": outcome.rows_unchanged}
            started = time.perf_counter()
            examine(folder / name, feed, place.reader, place.key)
            found[f"{name} reading"] = time.perf_counter() - started
    return found | {"peak": peak()}


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--changed", type=float, default=0.01)
    parser.add_argument("--warehouse", default="", help="empty: a DuckDB file; a database is used for one run only")
    parser.add_argument("--measure", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(Path(options.measure[0]), Path(options.measure[1]), options.warehouse)))
        return
    from connectors.systems import mosaic_words as means

    agencies, roles, words = (list(dict(one))[:8] for one in (means.AGENCIES, means.ROLES, means.ATTENDANCE))
    runs = []
    with tempfile.TemporaryDirectory(prefix="quorate-benchmark-") as name:
        folder = Path(name)
        write_participation(folder / PARTICIPATION_FILE, options.rows, agencies, words, roles)
        write_corrected(folder / PARTICIPATION_FILE, options.changed, words)
        for run in range(1 if options.warehouse else options.runs):
            home = folder / f"run{run}"
            prepare(home, options.warehouse, -(-options.rows // len(agencies)))
            command = [sys.executable, "-m", "benchmarks.redelivery", "--warehouse", options.warehouse]
            done = subprocess.run([*command, "--measure", name, str(home)], check=True, stdout=subprocess.PIPE)
            runs.append(json.loads(done.stdout))
    show(runs)


def show(runs: list[dict[str, float]]) -> None:
    """Medians, and the second delivery as a ratio to the first of the same run."""

    def writing(run: dict[str, float], name: str) -> float:
        return run[f"{name} whole"] - run[f"{name} reading"]

    for name in (PARTICIPATION_FILE, CORRECTED_FILE):
        whole, reading = (statistics.median(run[f"{name} {what}"] for run in runs) for what in ("whole", "reading"))
        wrote = statistics.median(writing(run, name) for run in runs)
        rows = f"{runs[0][f'{name} loaded']:,} loaded, {runs[0][f'{name} unchanged']:,} unchanged"
        print(f"{name:>30}: {whole:6.2f} s (reading {reading:5.2f} s, writing {wrote:5.2f} s)  {rows}")
    for what, of in (("whole", lambda run, name: run[f"{name} whole"]), ("writing", writing)):
        ratios = [of(run, CORRECTED_FILE) / of(run, PARTICIPATION_FILE) for run in runs]
        print(f"ratio, {what}: {statistics.median(ratios):.2f} (from {min(ratios):.2f} to {max(ratios):.2f})")
    print(f"peak memory: {max(run['peak'] for run in runs):,.0f} MiB")


if __name__ == "__main__":
    main()
