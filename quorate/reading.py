"""What the reading commands read: the warehouse, the analysts' copy of it, or either as it was known at an instant."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime, time
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    import pandas as pd

    from flows.settings import Settings
    from warehouse.coverage import Returns
    from warehouse.store import Connection, Store


def instant_of(text: str | None) -> datetime | None:
    """What ``--as-known-at`` means, in local time: an instant, ``now``, or a day, which means its end."""
    if text is None:
        return None
    if text == "now":
        return datetime.now()
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(
            "it is not an instant: write 2026-10-05, 2026-10-05T09:00, or now", param_hint="--as-known-at"
        ) from None
    if instant.tzinfo is not None:
        return instant.astimezone().replace(tzinfo=None)
    return datetime.combine(instant, time.max) if len(text.strip()) <= len("2026-10-05") else instant


@contextmanager
def existing(settings: Settings) -> Iterator[Store]:
    """The warehouse, which must be there already: a question must not make an empty one."""
    from flows.lost import refuse_where_empty, refuse_where_gone
    from warehouse.schema_version import require_current
    from warehouse.store import open_store

    url = settings.warehouse_url
    file = url.removeprefix("duckdb:///")
    refuse_where_gone(settings)
    if "://" not in file and not Path(file).exists():
        raise typer.BadParameter(f"there is no warehouse at {file} yet: run `quorate nightly` or `quorate demo` first")
    with open_store(url, agreed=settings.parameters) as store:
        with store.reading() as connection:
            refuse_where_empty(connection, settings)
            is_made = store.engine.dialect.has_table(connection, "deliveries", schema="ledger")
        if not is_made:
            raise typer.BadParameter(f"{store.shown} is not a warehouse yet: run `quorate nightly` first")
        with store.reading() as connection:
            require_current(connection)
        yield store


@contextmanager
def whole(settings: Settings, instant: datetime | None = None) -> Iterator[Connection]:
    """The warehouse; while another program has it, the analysts' copy, and a word about that on standard error."""
    from warehouse.known import known_at

    with ExitStack() as open_until_then:
        store = open_until_then.enter_context(warehouse_or_copy(settings))
        within = store.reading() if instant is None else known_at(store, instant)
        yield open_until_then.enter_context(within)


@contextmanager
def figured(settings: Settings, instant: datetime | None = None) -> Iterator[tuple[Connection, Returns]]:
    """A connection on which the figures, and what they were made of, stand as published; and what was owed and came.

    With an instant they are worked out again from what was known then.
    """
    from flows import publication, sweep
    from warehouse import ledger, publications
    from warehouse.coverage import Returns
    from warehouse.figures import refresh

    expected = sweep.owed_tables(sweep.owed(settings))
    if instant is None:
        with _published(settings) as store, store.reading() as connection:
            last = publications.latest(connection)
            if last is None:
                raise typer.BadParameter("nothing was published yet: `quorate publish` works the figures out")
            yield connection, Returns.read(connection, expected, last["as_of"])
        return
    with whole(settings, instant) as connection:
        if not ledger.periods_reached(connection):
            raise typer.BadParameter("nothing was known then: no delivery had been loaded", param_hint="--as-known-at")
        as_of = publication.latest_whole_month(connection, instant.date())
        refresh(connection, expected, as_of)
        yield connection, Returns.read(connection, expected, as_of)


def measures(connection: Connection) -> pd.DataFrame:
    """The figures that stand on a connection."""
    from warehouse import frames

    return frames.measures(connection)


def figures(settings: Settings, instant: datetime | None = None) -> pd.DataFrame:
    """The figures as published; with an instant, worked out again from what was known then, if anything was.

    On DuckDB those published are read from the analysts' copy, so that no run is met and none is disturbed.
    """
    from flows import publication, sweep
    from warehouse import frames, ledger
    from warehouse.figures import refresh

    if instant is None:
        with _published(settings) as store, store.reading() as connection:
            return frames.measures(connection)
    with whole(settings, instant) as connection:
        if ledger.periods_reached(connection):  # else nothing was known, and there are no figures
            expected = sweep.owed_tables(sweep.owed(settings))
            refresh(connection, expected, publication.latest_whole_month(connection, instant.date()))
        return frames.measures(connection)


@contextmanager
def _published(settings: Settings) -> Iterator[Store]:
    if not settings.analysts_file.exists() or not _is_file(settings):
        with existing(settings) as store:
            yield store
        return
    with _copy(settings) as store:
        yield store


@contextmanager
def warehouse_or_copy(settings: Settings) -> Iterator[Store]:
    """The warehouse; while another program has it, the analysts' copy, and a word about that on standard error."""
    from quorate.show import say
    from warehouse import publications
    from warehouse.store import Locked

    with ExitStack() as open_until_then:
        try:
            store = open_until_then.enter_context(existing(settings))
        except Locked:
            if not settings.analysts_file.exists():
                raise
            store = open_until_then.enter_context(_copy(settings))
            with store.reading() as connection:
                last = publications.latest(connection)
            when = f"{last['published_at']:%Y-%m-%d %H:%M}" if last else "some time ago"
            say(f"The warehouse is in use; this is how it stood when it was last published, {when}.")
        yield store


@contextmanager
def _copy(settings: Settings) -> Iterator[Store]:
    from warehouse.store import open_store

    with open_store(str(settings.analysts_file), agreed=settings.parameters, read_only=True) as store:
        yield store


def _is_file(settings: Settings) -> bool:
    return not settings.warehouse_url.startswith("postgresql")
