"""`quorate feedback`: what agencies get back of their deliveries, in their own rows. Never a value."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer

from quorate.options import AsJson, Home, Warehouse, settings_of


def feedback(
    *,
    again: Annotated[
        bool, typer.Option("--again", help="Write the files that are gone, where something of them still stands.")
    ] = False,
    home: Home = None,
    warehouse: Warehouse = None,
    as_json: AsJson = False,
) -> None:
    """List what was issued to agencies, with the files to send. A file that was deleted stays so without --again."""
    from flows import feedback
    from quorate import reading, show_feedback
    from warehouse.feedback import issued

    settings = settings_of(home, warehouse)
    with reading.existing(settings) as store:
        if again:
            feedback.issue(store, settings, datetime.now(), again=True)
        with store.reading() as connection:
            told = issued(connection)
    paths = [feedback.path_of(settings, one) for one in told]
    show_feedback.issued(
        [asdict(one) | {"file": path if path.exists() else None} for one, path in zip(told, paths, strict=True)],
        as_json,
    )
