"""What most commands take, and what they begin with: the settings, and a warehouse that must be there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from flows.settings import Settings
    from warehouse.store import Store

Home = Annotated[
    Path | None, typer.Option(file_okay=False, help="Folder of the partnership (QUORATE_HOME; default: here).")
]
Warehouse = Annotated[str | None, typer.Option(help="Database URL, duckdb:///… or postgresql://… (QUORATE_WAREHOUSE).")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def settings_of(home: Path | None = None, warehouse: str | None = None) -> Settings:
    from tomllib import TOMLDecodeError

    from flows import settings

    try:
        return settings.settings_of(home, warehouse)
    except (TOMLDecodeError, UnicodeDecodeError) as failure:
        where = re.search(r"at line \d+, column \d+", str(failure))
        raise typer.BadParameter(
            f"quorate.toml is not TOML in UTF-8{f' ({where[0]})' if where else ''}: mend it or move it away"
        ) from None


@contextmanager
def existing(settings: Settings) -> Iterator[Store]:
    """The warehouse, which must be there already: a question must not make an empty one."""
    from warehouse.store import open_store

    url = settings.warehouse_url
    file = url.removeprefix("duckdb:///")
    if "://" not in file and not Path(file).exists():
        raise typer.BadParameter(f"there is no warehouse at {file} yet: run `quorate nightly` or `quorate demo` first")
    with open_store(url) as store:
        with store.reading() as connection:
            is_made = store.engine.dialect.has_table(connection, "deliveries", schema="ledger")
        if not is_made:
            raise typer.BadParameter(f"{store.shown} is not a warehouse yet: run `quorate nightly` first")
        yield store
