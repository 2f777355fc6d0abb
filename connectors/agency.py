"""How an agency's feed is declared: a value that says what the files look like and what their words mean.

A connector is a `Feed`. Families follow the supplier's product (``connectors/systems/``), because many
agencies buy the same few; an agency (``connectors/agencies/<code>.py``) says only what differs. Folders
are scanned: there is no registry to edit.

Every column a file carries is mapped, ignored by name, or raises a signal; an unknown word is passed
through for the schema to refuse by name; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pyarrow as pa

    from schemas.table import Table


@dataclass(frozen=True)
class Csv:
    """Delimited text: a file of its own, or the members of a zip when ``zipped``."""

    encoding: str = "utf-8"
    """``utf-8`` (a byte order mark is allowed) or ``cp1252``; a file in another encoding refuses itself."""
    delimiter: str = ","
    title_rows: int = 0
    """Lines above the header. If the header stands elsewhere the file refuses itself and says where it found it."""
    zipped: bool = False


@dataclass(frozen=True)
class Workbook:
    """An XLSX workbook; a stream's member is the name of its sheet."""

    title_rows: int = 0
    """The header is looked for below this many rows; more title rows, up to 20, are found by the header's own words."""


@dataclass(frozen=True)
class Json:
    """JSON; a stream's member is the key of an array of records, and columns are dotted paths within a record."""


@dataclass(frozen=True)
class Xml:
    """XML; a stream's member is the XPath of its records, and columns are XPaths relative to a record.

    Repeated elements are joined with ``|``. Entities, DTDs and the network are off.
    """


Format = Csv | Workbook | Json | Xml


@dataclass(frozen=True)
class Said:
    """What an agency's words mean in ours; a word that is not listed passes through as it is."""

    column: str
    means: Mapping[str, str] = field(default_factory=dict)
    """Their word (any case, spaces trimmed) → ours. An empty string as ours means "no value"."""
    strip: str = ""
    """A regular expression removed from the text first, such as ``^[a-z]\\) `` of Annex A."""
    split: str = ""
    """For columns of several codes: the separator between them."""


@dataclass(frozen=True)
class Always:
    """The same value on every row, which the file itself does not carry."""

    value: str


Source = str | Said | Always
"""Where a canonical column comes from: a column of the file as it is, `Said`, or `Always`."""


@dataclass(frozen=True)
class Stream:
    """One member of a delivery (a file of a zip, a sheet, an array, an element) → one canonical table."""

    table: type[Table]
    columns: Mapping[str, Source]
    """Canonical column → where it comes from. Canonical columns that are not named stay empty."""
    member: str = "*"
    """Which member, as `Csv`, `Workbook`, `Json` or `Xml` define it; a glob for CSV."""
    ignores: tuple[str, ...] = ()
    """Columns of the file that are left out on purpose, by name."""
    optional: tuple[str, ...] = ()
    """Columns of the file that some releases of the product do not write."""
    is_optional: bool = False
    """Some releases of the product do not write this member: then nothing was returned of its table."""
    prepare: Callable[[pa.Table], pa.Table] | None = None
    """The one escape hatch: text table in, text table out, before anything is mapped.

    Every column is a string; ``source_row`` (int64) is the row in the file and must be kept."""


@dataclass(frozen=True)
class Feed:
    """What one agency sends from one system."""

    name: str
    """Folder of the landing zone, and the name in every report: ``police_niche``."""
    agency: str
    """Code of the agency that sends it."""
    system: str
    """The supplier's product, as people call it."""
    reads: Format
    streams: tuple[Stream, ...]
    dates: tuple[str, ...] = ("%Y-%m-%d",)
    """How dates are written, in the order tried. Never a guess: 03/04/2021 is 3 April where ``%d/%m/%Y`` stands."""
    instants: tuple[str, ...] = ("%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M")
    """How dates with a time are written; a plain date is accepted too and means midnight."""
    files: str = "*"
    """Glob of the names of its files."""
    period: str = r"(\d{4})-(0[1-9]|1[0-2])(?!\d)"
    """Regular expression that finds year and month in a file's name: the last month the file speaks for (``every``
    says how many). A file whose name has none speaks for the months of its own rows."""
    every: Literal["month", "quarter", "year", "once"] = "month"
    """How many months one file covers, and how often it is owed where no agreement says otherwise."""
    carries: Literal["its_period", "everything", "changes"] = field(kw_only=True)
    """What one file is, and what it means that a row is not in it. There is no default: ask the agency.

    ``its_period``: all rows of its period; a row that a newer file of the same period lacks was a mistake and is taken
    back, and of other periods the file says nothing. ``everything``: all rows there are; a row that the next file
    lacks has come to an end. ``changes``: what is new or different; a row that is not there is as it was."""
    revision: str = r"(?i)[ _-](?:v|rev|revision)[ _-]?(\d{1,3})(?!\d)"
    """Regular expression that finds in a file's name which version of its period's file it is. Without one in the
    name, a later arrival is the newer version."""
    part: str = ""
    """Where several files make up one period (one for each school, say): regular expression whose first group finds
    in a file's name which of them it is. Empty: one file a period."""
    ignores: tuple[str, ...] = ()
    """Members (sheets, files of a zip, arrays) and, for XML, elements that are left out on purpose, by name."""


@cache
def all_feeds() -> dict[str, Feed]:
    """Feed name → feed, of every module in ``connectors/agencies``.

    Raises:
        ValueError: two modules declare the same name.
    """
    from connectors import agencies  # noqa: PLC0415 - the agencies import this module

    found: dict[str, Feed] = {}
    for module in sorted(info.name for info in iter_modules(agencies.__path__)):
        for feed in import_module(f"{agencies.__name__}.{module}").FEEDS:
            if feed.name in found:
                raise ValueError(f"two connectors are named {feed.name}: give one of them another name")
            found[feed.name] = feed
    return found
