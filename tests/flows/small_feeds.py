"""Three small feeds, one for each thing that absence may mean, and files of theirs made of a few rows.

A row is a group of staff and how many they are: nothing of it is about a person.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from pathlib import Path
from typing import Final, get_args

from connectors.agency import Always, Csv, Feed, Said, Stream, all_feeds
from connectors.isolation import ReaderProcess
from flows.delivery import Place
from schemas.tables.workforce_training import WorkforceTraining
from tests.keys import KEY
from warehouse.standing import Carries
from warehouse.store import Store
from warehouse.vault import open_vault

CARRIES: Final[tuple[Carries, ...]] = get_args(Carries)
TABLE: Final = "workforce_training"
A_DOZEN: Final = "a dozen"
"""A word that the connector does not know until it is mended; then it means 12."""


def small_feed(carries: Carries, *, is_mended: bool = False) -> Feed:
    """The feed that carries this; mended, it knows one word more and does without one column."""
    trained, staff = ("Trained", {}) if not is_mended else (Always("1"), {A_DOZEN: "12"})
    columns = {
        "agency_code": Always("police"),
        "role_group": "Group",
        "as_at_on": Always("2026-01-31"),
        "headcount_in_scope": Said("Staff", staff),
        "csa_trained_in_date": trained,
    }
    stream = Stream(WorkforceTraining, columns, ignores=("Note", "Trained") if is_mended else ("Note",))
    return Feed(f"small_{carries}", "police", "small", Csv(), (stream,), files="*.csv", carries=carries)


def text_of(rows: Mapping[str, str], note: str, *, is_whole: bool = True, blank: int = 0, twice: str = "") -> str:
    """A file: group → number of staff; ``note`` is passed over, and makes its bytes its own.

    ``is_whole``: it has all columns. ``blank``: lines without anything. ``twice``: the group that stands there twice.
    """
    lines = [*rows.items(), *([(twice, rows[twice])] if twice else [])]
    header, cell = ("Group,Staff,Trained,Note", ",1,") if is_whole else ("Group,Staff,Note", ",")
    return "\n".join([header, *(f"{group},{staff}{cell}{note}" for group, staff in lines)]) + "\n" * (blank + 1)


def name_of(month: date, version: int | None = None) -> str:
    """A file's name: its month, and which version it is where it says so."""
    return f"training_{month:%Y-%m}{f'_v{version}' if version else ''}.csv"


def in_use(*, is_mended: bool = False) -> AbstractContextManager[dict[str, Feed]]:
    """The small feeds among the connectors: what a person decides about a delivery looks its connector up there."""
    return among_connectors(*(small_feed(carries, is_mended=is_mended) for carries in CARRIES))


@contextmanager
def small_place(store: Store, archive: Path, reader: ReaderProcess) -> Iterator[Place]:
    """Where the small feeds' deliveries go."""
    with open_vault(store) as vault:
        yield Place(store, archive, reader, vault, KEY)


@contextmanager
def among_connectors(*feeds: Feed) -> Iterator[dict[str, Feed]]:
    """These feeds are connectors within the block, whatever connectors had their names."""
    known, ours = all_feeds(), {feed.name: feed for feed in feeds}
    before = {name: known[name] for name in ours if name in known}
    known.update(ours)
    try:
        yield ours
    finally:
        for name in ours:
            del known[name]
        known.update(before)
