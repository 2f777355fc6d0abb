"""Publishing: the board's report and the tidy data beside it, from one reading of the warehouse.

What stands in the reports folder is the published edition: small numbers, and what would give them away, are hidden.
The restricted edition, with every number, is made only when somebody asks for it, in a folder of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Final

from reports.benchmarks import Neighbours
from reports.board import write_board_report
from reports.concealing import conceal, counts_of
from reports.editions import edition_of, lines_of
from reports.files import write_in_one_step
from reports.restated import asked_of_editions, conceal_restated, restated, told_since
from reports.tidy import write_restatements, write_tidy
from warehouse import frames, restatements
from warehouse.disclosure import Edition
from warehouse.owing import Owed
from warehouse.store import Store

MARK: Final = ".publication"
"""Names the publication, in the report's folder: a report of a run that was cut short is written again."""


RESTRICTED: Final = "restricted"
"""The folder, within the reports', of the edition with small numbers."""


def publish(
    store: Store,
    folder: Path,
    *,
    archive: Path,
    partnership: str,
    areas: Iterable[str],
    neighbours: tuple[tuple[str, ...], str] = ((), ""),
    as_of: date,
    now: datetime,
    publication_id: str,
    owed: Collection[Owed] = (),
    is_synthetic: bool = False,
    is_restricted: bool = False,
    edition: Edition | None = None,
) -> Path:
    """Write ``board.html`` and the tidy data into ``folder``; returns the report's path.

    Args:
        archive: where the editions are kept of what was published: each must hide what those before it did.
        areas: statistical codes of the areas whose published figures stand beside ours.
        neighbours: codes of the area's statistical neighbours, and who says that they are; none: nobody named any.
        as_of: the day the figures are worked out for.
        publication_id: which publication it is; it is noted beside the report when all of it is written.
        owed: who owes what on the day.
        is_synthetic: put a banner on the page that says the partnership is made up.
        is_restricted: write the edition with small numbers, into a folder of its own within ``folder``.
        edition: what is shown, where that was worked out when the figures were published.

    Raises:
        DamagedArchiveError: an edition cannot be read.
    """
    with store.reading() as connection:
        measures = frames.measures(connection)
        deliveries = frames.deliveries(connection)
        benchmarks = frames.benchmarks(connection, areas)
        of_neighbours = frames.benchmarks(connection, neighbours[0])
        changes = restatements.restatements(connection, since=told_since(as_of))
    sent_by = dict(zip(deliveries["delivery_id"], deliveries["agency_code"], strict=True))
    changed = restated(changes, sent_by)
    if is_restricted:
        folder /= RESTRICTED
    else:
        measures = conceal(measures, edition_of(archive, publication_id, counts_of(measures), edition))
        stood = lines_of(archive, asked_of_editions(changes, publication_id))
        changed = conceal_restated(changes, changed, stood, publication_id)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_tidy(measures, folder)
    write_restatements(changed, folder)
    report = write_board_report(
        measures,
        deliveries,
        benchmarks,
        folder,
        title=partnership,
        as_of=as_of,
        generated_at=now,
        synthetic=is_synthetic,
        owed=owed,
        is_restricted=is_restricted,
        restated=changed,
        neighbours=Neighbours(*neighbours, of_neighbours) if neighbours[0] else None,
    )
    write_in_one_step(folder / MARK, publication_id)
    return report


def shown_in(folder: Path) -> str | None:
    """The publication that a folder's report shows; None: it has none, or none that was finished."""
    mark = folder / MARK
    return mark.read_text(encoding="utf-8") if mark.exists() and (folder / "board.html").exists() else None
