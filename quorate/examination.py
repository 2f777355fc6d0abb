"""What `quorate doctor` looks at: everything that would make a night fail, each with the next step."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from connectors.agency import all_feeds
from connectors.archive import hash_file
from flows import sweep
from flows.settings import Settings
from warehouse import calendar
from warehouse.keys import KeyTrouble, find_key
from warehouse.store import Locked, Unavailable, open_store

FREE_BYTES = 2 * 2**30


@dataclass(frozen=True)
class Examined:
    """One thing that was looked at."""

    what: str
    is_well: bool
    says: str


def examine(settings: Settings) -> list[Examined]:
    """Look at all of it; one thing that is ill does not hide the next."""
    return [
        *_landing(settings),
        _key(settings),
        _disk(settings),
        _archive(settings),
        _warehouse(settings),
        _calendar(),
        *_libraries(),
    ]


def _landing(settings: Settings) -> Iterator[Examined]:
    files, unknown = sweep.landed(settings)
    owed = len(sweep.owed(settings))
    says = f"{len(files)} files from {owed} of {len(all_feeds())} feeds in {settings.landing}"
    yield Examined("landing zone", owed > 0, says if owed else f"no feed has a folder in {settings.landing}: make one")
    for name in unknown:
        yield Examined("landing zone", False, f"no connector is named {name}: rename the folder or add the connector")


def _key(settings: Settings) -> Examined:
    try:
        return Examined("key", True, f"{find_key(settings.key_path).origin} holds one")
    except KeyTrouble as trouble:
        return Examined("key", False, str(trouble))


def _disk(settings: Settings) -> Examined:
    place = settings.home if settings.home.exists() else settings.home.absolute().parent
    free = shutil.disk_usage(place).free
    return Examined(
        "disk", free > FREE_BYTES, f"{free / 2**30:.1f} GiB free; at least {FREE_BYTES / 2**30:.0f} are wanted"
    )


def _archive(settings: Settings) -> Examined:
    files = [path for path in settings.archive.glob("??/*") if path.is_file()] if settings.archive.is_dir() else []
    spoilt = [path.name for path in files if hash_file(path) != path.name]
    if spoilt:
        return Examined(
            "archive", False, f"{len(spoilt)} files are not what they were: restore {', '.join(spoilt[:3])}"
        )
    return Examined("archive", True, f"{len(files)} files, each with the hash it is named after")


def _warehouse(settings: Settings) -> Examined:
    file = settings.warehouse_url.removeprefix("duckdb:///")
    if "://" not in file and not Path(file).exists():
        return Examined("warehouse", True, f"{file} is not there yet; the first night makes it")
    try:
        with open_store(settings.warehouse_url) as store, store.writing():
            return Examined("warehouse", True, f"{store.shown} answers and can be written to")
    except (Locked, Unavailable) as failure:
        return Examined("warehouse", False, str(failure))


def _calendar() -> Examined:
    years = calendar.LAST_DAY.year - date.today().year
    return Examined("calendar", years > 1, f"working days are known to {calendar.LAST_DAY:%d %B %Y}")


def _libraries() -> Iterator[Examined]:
    try:
        ZoneInfo("Europe/London")
        yield Examined("time zone", True, "Europe/London is known")
    except ZoneInfoNotFoundError:
        yield Examined("time zone", False, "Europe/London is not known: install the package tzdata")
    # The pins of docs/decisions/0003: neither failure would be seen before the first night that does not run.
    pins = {"sqlalchemy": "2.0.", "prefect": "3.8.", "duckdb-sqlalchemy": "1.5.6.4"}
    for name, wanted in pins.items():
        found = version(name)
        yield Examined("library", found.startswith(wanted), f"{name} {found}; {wanted}* is wanted")
