"""Kills the pipeline at its writes, fills its disk, kills its database, and says what stood afterwards.

python -m tests.faults --help
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tests.faults import run, shim
from tests.faults.places import OnDuckDB, OnPostgreSQL, Place, Server
from tests.faults.shim import FOREVER, FULL, KILL, KILL_OTHER, TORN, Fault
from tests.faults.trial import BACKEND, SERVER, Scene, Verdict, attempt, rehearse
from tests.keys import KEY_TEXT

KINDS = {
    "duckdb": "kill -9 at a write to the partnership's folder (half of them within the write)",
    "enospc": "a full disk from a write on, for three writes or for good",
    "postgresql": "kill -9 of the command when it sends to PostgreSQL (half of them within the message)",
    "server": "kill -9 of PostgreSQL's process for the connection, or of the whole server, when the command sends",
}


def main() -> int:
    """Run the trials; exit code 1 where anything was broken, lost or doubled."""
    asked = _arguments()
    reason = shim.why_not()
    if reason:
        sys.exit(f"skipped: {reason}")
    if not shim.is_loaded():
        _start_preloaded()
    run.warm()
    with tempfile.TemporaryDirectory(prefix="quorate-faults-") as folder:
        told = [
            row
            for kinds in (("duckdb", "enospc"), ("postgresql", "server"))
            if any(getattr(asked, kind) for kind in kinds)
            for row in _campaign(kinds, Path(folder), asked)
        ]
    _print(told)
    return int(any(verdict.problems for _, _, _, verdict in told))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__.partition("\n")[0])
    for kind, says in KINDS.items():
        parser.add_argument(f"--{kind}", type=int, default=0, metavar="N", help=f"points of: {says}")
    parser.add_argument("--step", default="", help="only this step of the story, such as 'late file'")
    parser.add_argument("--at", type=_range, default=range(1, 10**9), metavar="W", help="only these writes: 5, or 1-20")
    parser.add_argument("--worker", default="1/1", help="i/n: this process takes every n-th point")
    parser.add_argument("--verbose", action="store_true", help="a line for each trial")
    return parser.parse_args()


def _range(text: str) -> range:
    first, _, last = text.partition("-")
    return range(int(first), int(last or first) + 1)


def _start_preloaded() -> None:
    folder = Path(tempfile.mkdtemp(prefix="quorate-shim-"))
    environment = {name: value for name, value in os.environ.items() if not name.startswith("QUORATE_")}
    environment["QUORATE_KEY"] = KEY_TEXT
    environment["LD_PRELOAD"] = str(shim.build(folder))
    os.execve(sys.executable, [sys.executable, "-m", "tests.faults", *sys.argv[1:]], environment)  # noqa: S606


Row = tuple[str, Scene, Fault, Verdict]


def _campaign(kinds: tuple[str, ...], folder: Path, asked: argparse.Namespace) -> list[Row]:
    """The trials on one engine, after one rehearsal."""
    rows = []
    with _place(kinds[0], folder / kinds[0]) as place:
        scenes = [scene for scene in rehearse(place) if asked.step in ("", scene.step.name)]
        worker, workers = map(int, asked.worker.split("/"))
        points = [(kind, *point) for kind in kinds for point in _points(kind, scenes, getattr(asked, kind))]
        for kind, scene, fault in points[worker - 1 :: workers]:
            if fault.first not in asked.at:
                continue
            began = time.monotonic()
            verdict = attempt(place, scene, fault)
            rows.append((kind, scene, fault, verdict))
            if asked.verbose or verdict.problems:
                print(
                    f"{kind} · {scene.step.name} · {fault} of {scene.writes} writes, {scene.sends} sends: "
                    f"{verdict.stood}, {time.monotonic() - began:.1f} s {' | '.join(verdict.problems)} "
                    f"{' '.join(verdict.orphans)}",
                    flush=True,
                )
    return rows


@contextlib.contextmanager
def _place(kind: str, root: Path) -> Iterator[Place]:
    root.mkdir(parents=True)
    if kind == "duckdb":
        yield OnDuckDB(root)
        return
    # a short path: the server's socket lies in it
    server = Server(Path(tempfile.mkdtemp(prefix="quorate-pg-"))).start()
    try:
        yield OnPostgreSQL(root, server)
    finally:
        server.stop()


def _points(kind: str, scenes: list[Scene], wanted: int) -> Iterator[tuple[Scene, Fault]]:
    """``wanted`` points spread evenly over all writes of the story."""
    on_sockets = kind in ("postgresql", "server")
    every = [
        (scene, number) for scene in scenes for number in range(1, (scene.sends if on_sockets else scene.writes) + 1)
    ]
    doubled = [point for point in every for _ in range(2)]
    chosen = [doubled[int((index + 0.5) * len(doubled) / wanted)] for index in range(wanted)]
    for index, (scene, number) in enumerate(chosen):
        odd = index % 2
        if kind == "enospc":
            yield scene, Fault(FULL, number, number + 2 if odd else FOREVER)
        elif kind == "server":
            yield scene, Fault(KILL_OTHER, number, other=SERVER if odd else BACKEND, on_sockets=True)
        else:
            yield scene, Fault(TORN if odd else KILL, number, on_sockets=on_sockets)


def _print(rows: list[Row]) -> None:
    """A table for people: for each kind and step, the points, where they stood, and what was wrong."""
    heads = ("points", "before", "between", "after", "broken", "wrong")
    print(f"{'kind':<11} {'step':<12}", *(f"{head:>8}" for head in heads))
    groups: dict[tuple[str, str], list[Verdict]] = {}
    for kind, scene, _, verdict in rows:
        groups.setdefault((kind, scene.step.name), []).append(verdict)
    for (kind, step), verdicts in groups.items():
        stood = Counter(verdict.stood for verdict in verdicts)
        wrong = sum(bool(verdict.problems) for verdict in verdicts)
        counts = (len(verdicts), stood["before"], stood["between"], stood["after"], stood["broken"], wrong)
        print(f"{kind:<11} {step:<12}", *(f"{count:>8}" for count in counts))
    every = [verdict for _, _, _, verdict in rows]
    print(
        json.dumps(
            {
                "points": len(every),
                "reached": sum(verdict.was_reached for verdict in every),
                "wrong": sum(bool(verdict.problems) for verdict in every),
                "left_behind": sum(bool(verdict.orphans) for verdict in every),
            }
        )
    )


if __name__ == "__main__":
    sys.exit(main())
