"""A partnership to which everything happened: corrections, a file refused, a late one, and what people decided."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from connectors.agency import all_feeds
from flows import decisions, sweep
from flows.delivery import deliver
from flows.settings import Settings, settings_of
from tests.conftest import databases, within
from warehouse.fingerprint import Fingerprint, fingerprint
from warehouse.store import open_store

NIGHT = datetime(2026, 5, 25, 2, 30)
FIXTURES = Path(__file__).parents[1] / "fixtures"
HEADER = (
    "role_group,snapshot_date,course_title,learners_required,csa_course_in_date,csa_protocol_briefing,"
    "completion_rate,is_mandatory\n"
)


def training(*rows: tuple[str, str, int, int]) -> str:
    """A file of the learning platform: role group, day, staff in scope, staff trained."""
    return HEADER + "".join(f"{role},{day},CSA,{scope},{trained},0,0.8,true\n" for role, day, scope, trained in rows)


FILES = (
    ("learning_2026-03.csv", training(("Teachers", "2026-03-31", 40, 32), ("Support", "2026-03-31", 20, 9))),
    ("learning_2026-06.csv", training(("Teachers", "2026-06-30", 40, 35), ("Support", "2026-06-30", 20, 12))),
    ("learning_2026-03_v2.csv", training(("Teachers", "2026-03-31", 40, 33), ("Nurses", "2026-03-31", 5, 5))),
    ("learning_2025-12.csv", training(("Teachers", "2025-12-31", 39, 20))),
    ("learning_2026-09.csv", training(("Teachers", "2026-09-30", 41, 41))),
)


def lived(folder: Path, warehouse: str) -> Settings:
    """Three nights of it, and between them a withdrawal, a release and a second reading."""
    for feed in ("csc_mosaic", "lscp_audit", "csc_learning"):
        shutil.copytree(FIXTURES / feed, folder / "landing" / feed)
    settings = settings_of(folder, warehouse)
    sweep.nightly(settings, NIGHT)
    with sweep.open_warehouse(settings) as store, sweep.place_of(store, settings) as place:
        at, said = NIGHT, {}
        for name, text in FILES:
            path, at = folder / name, at + timedelta(days=1)
            path.write_text(text)
            totals = {"*": 7} if name == "learning_2026-09.csv" else None
            said[name] = deliver(path, all_feeds()["csc_learning"], place, now=at, control_totals=totals)
        assert said["learning_2026-09.csv"].state == "held"
        who = {"by": "A. Manager", "why": "agreed on the telephone"}
        decisions.release(place, said["learning_2026-09.csv"].delivery_id, **who, at=at + timedelta(hours=1))
        decisions.withdraw(place, said["learning_2026-06.csv"].delivery_id, **who, at=at + timedelta(hours=2))
        decisions.reprocess(place, said["learning_2025-12.csv"].delivery_id, **who, at=at + timedelta(hours=3))
    (folder / "landing" / "csc_learning" / "broken_2026-07.csv").write_bytes(b"\x00\x01\x02")
    sweep.nightly(settings, at + timedelta(days=1))
    with open_store(warehouse) as store:
        sweep.refresh(store, sweep.owed(settings), sweep.as_of(store, (at + timedelta(days=1)).date()))
    return settings


def lived_on_duckdb(folder: Path) -> Settings:
    """The same in the partnership's own folder: lived once, and copied for each who asks."""
    shutil.copytree(Path(_once().name), folder, dirs_exist_ok=True)
    return settings_of(folder, f"duckdb:///{folder / 'warehouse.duckdb'}")


@cache
def _once() -> TemporaryDirectory[str]:
    kept = TemporaryDirectory(prefix="lived-")
    lived(Path(kept.name), f"duckdb:///{Path(kept.name) / 'warehouse.duckdb'}")
    return kept


def held_in(url: str) -> dict[str, Fingerprint]:
    """The fingerprint of a warehouse."""
    with open_store(url) as store, store.reading() as connection:
        return fingerprint(connection)


def empty_database(server: str) -> str:
    """The address of a new database of the server."""
    name = f"quorate_{uuid4().hex[:12]}"
    with databases(server) as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    return within(server, name)
