"""What `quorate doctor` looks at: everything that would make a night fail, each with the next step."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from connectors.agency import all_feeds
from connectors.archive import hash_file
from flows import sweep
from flows.backups import warehouse_file
from flows.lost import refuse_where_empty, refuse_where_gone
from flows.settings import Settings
from flows.soundness import disagreements
from warehouse import calendar
from warehouse.files import log_of
from warehouse.keys import KeyTrouble, find_key, recognise
from warehouse.schema_version import HEAD, require_current
from warehouse.soundness import contradictions
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
        *_landing(settings), _disk(settings), _archive(settings), *_cut_short(settings), _key(settings),
        *_warehouse(settings), _calendar(), *_libraries(),
    ]  # fmt: skip


def _landing(settings: Settings) -> Iterator[Examined]:
    files, unknown = sweep.landed(settings)
    owed = len(sweep.owed(settings))
    says = f"{len(files)} files from {owed} of {len(all_feeds())} feeds in {settings.landing}"
    yield Examined("landing zone", owed > 0, says if owed else f"no feed has a folder in {settings.landing}: make one")
    for name in unknown:
        yield Examined("landing zone", False, f"no connector is named {name}: rename the folder or add the connector")


def _key(settings: Settings) -> Examined:
    """It is there, and it is the one that the warehouse was written with, where that can be asked."""
    try:
        key = find_key(settings.key_path)
        says = f"{key.origin} holds one"
        file = warehouse_file(settings)
        if file is None or file.exists():
            with suppress(Locked, Unavailable), open_store(settings.warehouse_url, agreed=settings.parameters) as store:
                with store.reading() as connection:
                    require_current(connection)
                    recognise(connection, key)
                says = f"{key.origin} holds the warehouse's"
    except KeyTrouble as trouble:
        return Examined("key", False, str(trouble))
    return Examined("key", True, says)


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


def _cut_short(settings: Settings) -> Iterator[Examined]:
    """Asked before the warehouse is opened: opening it takes in what the log holds."""
    file = warehouse_file(settings)
    if file is not None and log_of(file).exists():
        says = f"{log_of(file).name} is there: a run was cut short, or is going on. The next run takes it in."
        yield Examined("warehouse", False, says)


def _warehouse(settings: Settings) -> Iterator[Examined]:
    file = warehouse_file(settings)
    try:
        refuse_where_gone(settings)
        if file is not None and not file.exists():
            yield Examined("warehouse", True, f"{file} is not there yet; the first night makes it")
            return
        with open_store(settings.warehouse_url, agreed=settings.parameters) as store, store.writing() as connection:
            refuse_where_empty(connection, settings)
            require_current(connection)
            yield Examined("warehouse", True, f"{store.shown} answers and can be written to; schema {HEAD}")
            found = [*contradictions(connection), *disagreements(connection, settings.archive)]
            yield from (Examined(one.what, False, one.says) for one in found)
            if not found:
                yield Examined("rows", True, "sums, keys, times and hashes agree, and the archive with the ledger")
    except (Locked, Unavailable) as failure:
        yield Examined("warehouse", False, str(failure))


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
