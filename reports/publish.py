"""Publishing: the board's report and the tidy data beside it, from one reading of the warehouse."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from pathlib import Path

from reports.board import write_board_report
from reports.tidy import write_tidy
from warehouse import frames
from warehouse.gate import pass_figures
from warehouse.store import Store


def publish(
    store: Store,
    folder: Path,
    *,
    partnership: str,
    areas: Iterable[str],
    as_of: date,
    now: datetime,
    owed: Collection[str] = (),
    is_synthetic: bool = False,
) -> Path:
    """Write ``board.html`` and the tidy data into ``folder``; returns the report's path.

    Args:
        areas: statistical codes of the areas whose published figures stand beside ours.
        as_of: the day the figures are worked out for.
        owed: codes of the agencies that owe returns, so that one that never sent any is named.
        is_synthetic: put a banner on the page that says the partnership is made up.

    Raises:
        warehouse.gate.GateStopped: the figures cannot be true; what was published before stands.
    """
    with store.reading() as connection:
        measures = frames.measures(connection)
        deliveries = frames.deliveries(connection)
        benchmarks = frames.benchmarks(connection, areas)
    pass_figures(measures)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_tidy(measures, folder)
    return write_board_report(
        measures,
        deliveries,
        benchmarks,
        folder,
        title=partnership,
        as_of=as_of,
        generated_at=now,
        synthetic=is_synthetic,
        owed=owed,
    )
