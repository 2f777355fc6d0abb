"""What `quorate doctor` looks at: everything that would make a night fail, each with the next step."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from connectors.agency import all_feeds
from connectors.archive import hash_file
from connectors.fetch import Trouble
from flows import agreements, landing, sweep
from flows.backups import VAULT, warehouse_file
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
        *_landing(settings), *_remotes(settings), _disk(settings), _archive(settings), *_cut_short(settings),
        _key(settings), *_permissions(settings), *_warehouse(settings), _calendar(), *_terms(settings), *_libraries(),
        *_server(settings),
    ]  # fmt: skip


def _landing(settings: Settings) -> Iterator[Examined]:
    seen = landing.settled(settings)
    owed = len(sweep.owed(settings))
    says = f"{len(seen.ready)} files from {owed} of {len(all_feeds())} feeds in {settings.landing}"
    yield Examined("landing zone", owed > 0, says if owed else f"no feed has a folder in {settings.landing}: make one")
    for name in seen.unknown:
        yield Examined("landing zone", False, f"no connector is named {name}: rename the folder or add the connector")
    yield from (Examined("landing zone", False, says) for says in seen.passed_over)


def _remotes(settings: Settings) -> Iterator[Examined]:
    """What of a remote place is on this computer; nobody is asked anything: `quorate fetch` does that."""
    libraries = {"sftp": "asyncssh", "s3": "s3fs", "az": "adlfs"}
    for name, remote in settings.remotes.items():
        try:
            place = remote.place(settings.home)
            missing = [path for path in (place.known_hosts, place.key_file) if path and not path.is_file()]
            says = f"{missing[0]} is not there" if missing else ""
        except Trouble as trouble:
            says = trouble.says
        if remote.scheme in libraries and find_spec(libraries[remote.scheme]) is None:
            says = f"{libraries[remote.scheme]} is not installed: `make remotes`"
        yield Examined("remote", not says, f"{name}: {says or 'declared; `quorate fetch` asks it'}")


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


def _permissions(settings: Settings) -> Iterator[Examined]:
    """What holds children's data or secrets is its owner's alone, and we may write where we have to."""
    file = warehouse_file(settings)
    private = [settings.key_path, settings.archive, settings.feedback, settings.home / "prefect"]
    private += [file, file.with_name(VAULT)] if file else []
    open_to_others = [path for path in private if path.exists() and path.stat().st_mode & 0o077]
    closed = [
        path for path in (settings.home, settings.landing, settings.archive) if path.exists() and not _is_ours(path)
    ]
    for path in open_to_others:
        yield Examined(
            "permissions", False, f"{path} is open to others: chmod {'700' if path.is_dir() else '600'} {path}"
        )
    for path in closed:
        yield Examined("permissions", False, f"{path} is closed to us: chown it to the user that runs Quorate")
    if not open_to_others and not closed:
        yield Examined("permissions", True, "secrets and data are open to their owner alone, and we may write")


def _is_ours(folder: Path) -> bool:
    return os.access(folder, os.R_OK | os.W_OK | os.X_OK)


def _server(settings: Settings) -> Iterator[Examined]:
    if "PREFECT_API_URL" not in os.environ and not (settings.home / "prefect").is_dir():
        return
    from flows.server_health import examine_server  # loads Prefect

    yield from (Examined(*finding) for finding in examine_server(settings))


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


def _terms(settings: Settings) -> Iterator[Examined]:
    """Where a return is owed by the term: the term of today, or the next, is declared."""
    feeds = [one.feed for one in agreements.register(settings) if one.every == "term"]
    last = max((term.ends_on for term in settings.terms), default=None)
    if feeds and last is not None and last >= date.today():
        yield Examined("school terms", True, f"declared to {last:%d %B %Y}")
    elif feeds:
        until = f"are declared to {last:%d %B %Y} only" if last else "are not declared"
        says = f"they {until}, and {', '.join(feeds)} go by months: write [[terms]] into quorate.toml"
        yield Examined("school terms", False, says)


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
