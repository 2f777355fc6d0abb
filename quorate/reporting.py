"""`quorate report`: the report of what was published last, once more, or its restricted edition."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from quorate.options import AsJson, Home, Warehouse, settings_of


def report(
    *,
    restricted: Annotated[
        bool, typer.Option("--restricted", help="The edition with small numbers, in reports/restricted/. It is logged.")
    ] = False,
    by: Annotated[str | None, typer.Option(help="With --restricted: who asks for it; kept.")] = None,
    why: Annotated[str | None, typer.Option(help="With --restricted: the reason; kept. Name no child.")] = None,
    home: Home = None,
    warehouse: Warehouse = None,
    as_json: AsJson = False,
) -> None:
    """Write the report of what was published last again: the published edition, or the restricted one."""
    from flows import sweep
    from flows.publication import Asked
    from quorate import reading, show

    by, why = (" ".join((text or "").split()) for text in (by, why))
    if restricted != bool(by and why) or (not restricted and (by or why)):
        raise typer.BadParameter(
            "--restricted, --by NAME and --why TEXT belong together: who sees small numbers has a name and a reason"
        )
    settings = settings_of(home, warehouse)
    with reading.existing(settings) as store:
        written = sweep.report(store, settings, datetime.now(), Asked(by, why) if restricted else None)
    show.reported(written, is_restricted=restricted, as_json=as_json)
