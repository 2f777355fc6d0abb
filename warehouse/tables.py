"""The warehouse's tables: facts derived from the canonical tables, the ledger, and what reports read.

No column of a fact is described here: types and comments come from ``schemas``. There are no foreign keys
(DuckDB refuses to update a row that one points at) and no unique keys (`warehouse.load.merge` keeps rows apart).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Double, Index, MetaData, Table, Text
from sqlalchemy.ext.compiler import compiles

from schemas.table import Kind, fact_columns
from schemas.tables import all_tables

METADATA: Final = MetaData()

SQL_TYPES: Final[Mapping[Kind, Any]] = {
    "text": Text,
    "code": Text,
    "codes": Text,
    "date": Date,
    "instant": DateTime,
    "flag": Boolean,
    "count": BigInteger,
    "number": Double,
}
"""Kind of a canonical column → its type in the warehouse; ``codes`` holds ``|a|b|``, sorted."""


class Md5(Text):
    """32 hex digits. DuckDB would spend half of a load in looking for a pattern in them: it is told there is none."""


@compiles(Md5, "duckdb")
def _uncompressed(_type: Md5, _compiler: Any, **_options: Any) -> str:
    return "VARCHAR USING COMPRESSION uncompressed"


def _provenance() -> tuple[Column[Any], ...]:
    return (
        Column("delivery_id", Text, comment="the delivery the row came in: ledger.deliveries"),
        Column("source_member", Text, comment="the file of a zip, the sheet, the array or the element"),
        Column("source_row", BigInteger, comment="the row as a person sees it in the file"),
        Column("row_key", Md5, comment="md5 of the columns that name the row for its whole life"),
        Column("row_hash", Md5, comment="md5 of the whole row: the same hash, the same words"),
        Column("loaded_at", DateTime, comment="when the row was loaded"),
    )


PROVENANCE: Final = tuple(column.name for column in _provenance())
"""Columns that every fact carries beside its own."""


def indexed(table: Table, *names: str) -> Table:
    """Give a table an index, on PostgreSQL only: DuckDB scans faster than it keeps indexes up to date."""
    Index(f"ix_{table.name}_{'_'.join(names)}", *(table.c[name] for name in names)).ddl_if(dialect="postgresql")
    return table


def _fact(name: str, schema: str) -> Table:
    model = all_tables()[name]
    said = [Column(column.name, SQL_TYPES[column.kind], comment=column.description) for column in fact_columns(model)]
    table = Table(
        name, METADATA, *said, *_provenance(), schema=schema, comment=(model.__doc__ or "").partition("\n")[0]
    )
    return indexed(table, "row_key")


FACTS: Final[Mapping[str, Table]] = {name: _fact(name, "facts") for name in all_tables()}
"""Canonical table's name → its table in schema ``facts``: what holds now, by all that is known now."""
HISTORY: Final[Mapping[str, Table]] = {name: _fact(name, "history") for name in all_tables()}
"""Canonical table's name → its table in schema ``history``: what held before (``valid_to``), and what was once
known and is no more (``known_to``)."""


def _numbered(*names: str) -> list[Column[Any]]:
    return [Column(name, BigInteger, nullable=False) for name in names]


DELIVERIES: Final = Table(
    "deliveries",
    METADATA,
    Column("delivery_id", Text, nullable=False),
    Column("feed", Text, nullable=False, comment="the connector: folder of the landing zone"),
    Column("agency_code", Text, nullable=False, comment="who delivered"),
    Column("file_name", Text, nullable=False),
    Column("sha256", Text, nullable=False, comment="of the file's bytes: the same bytes again have no effect"),
    Column("bytes", BigInteger, nullable=False),
    Column("received_at", DateTime, nullable=False),
    Column("period_from", Date, comment="first day of the first month it speaks for"),
    Column("period_to", Date, comment="last day of the last month it speaks for"),
    Column("state", Text, nullable=False, comment="loaded or refused"),
    *_numbered("rows_in", "rows_loaded", "rows_unchanged", "rows_refused", "rows_ignored"),
    Column("refused_because", Text, comment="the rule, where the whole file was refused"),
    Column("finished_at", DateTime, nullable=False),
    schema="ledger",
    comment="One row is a delivery; rows in = loaded + unchanged + refused + ignored.",
)
DELIVERY_MEMBERS: Final = Table(
    "delivery_members",
    METADATA,
    Column("delivery_id", Text, nullable=False),
    Column("source_member", Text, nullable=False),
    Column("table_name", Text, comment="the canonical table; empty where the member is ignored by name"),
    *_numbered("rows_in", "loaded", "unchanged", "refused", "ignored"),
    schema="ledger",
    comment="One row is what one member of a delivery gave to one table.",
)
FINDINGS: Final = Table(
    "findings",
    METADATA,
    Column("delivery_id", Text, nullable=False),
    Column("source_member", Text),
    Column("table_name", Text),
    Column("source_row", BigInteger, comment="empty where it is about the whole file"),
    Column("column_name", Text),
    Column("rule", Text, nullable=False),
    Column("severity", Text, nullable=False, comment="error (refused), query (please check) or correction (mended)"),
    schema="ledger",
    comment="One row is one thing said about one row of a delivery. Never a value.",
)
REFUSED_ROWS: Final = Table(
    "refused_rows",
    METADATA,
    Column("delivery_id", Text, nullable=False),
    Column("source_member", Text),
    Column("table_name", Text),
    Column("source_row", BigInteger),
    schema="ledger",
    comment="One row points at a refused row; the row itself stays in the archive.",
)

SIGHTINGS: Final = Table(
    "sightings",
    METADATA,
    Column("table_name", Text, nullable=False),
    Column("delivery_id", Text, nullable=False),
    Column("source_member", Text),
    Column("source_row", BigInteger),
    Column("row_key", Md5, nullable=False),
    Column("row_hash", Md5, nullable=False),
    schema="ledger",
    comment="One row is a row that a delivery brought and that stood there word for word already.",
)
indexed(SIGHTINGS, "row_key")
QUARANTINE: Final = Table(
    "quarantine",
    METADATA,
    Column("delivery_id", Text, nullable=False),
    Column("source_member", Text),
    Column("table_name", Text),
    Column("source_row", BigInteger, nullable=False),
    Column("row_key", Md5, comment="the row's key, where it could be read; a corrected row closes it by this key"),
    Column("state", Text, nullable=False, comment="open, resolved, superseded, waived or expired"),
    Column("opened_at", DateTime, nullable=False),
    Column("closed_at", DateTime),
    Column("closed_by", Text, comment="the delivery that resolved or superseded it"),
    Column("waived_by", Text, comment="the person who waived it"),
    Column("waived_because", Text),
    Column("waived_until", Date, comment="the last day of the waiver; after it the row counts as open again"),
    schema="ledger",
    comment="One row is a refused row and its life; the row itself stays in the archive.",
)
KEYS: Final = Table(
    "keys",
    METADATA,
    Column("version", BigInteger, nullable=False),
    Column("fingerprint", Text, nullable=False, comment="tells a wrong key from the right one, and no more"),
    Column("since", DateTime, nullable=False),
    schema="ledger",
    comment="One row is a key that pseudonyms were made with; the last one is in use.",
)
CALENDAR: Final = Table(
    "calendar",
    METADATA,
    Column("day", Date, nullable=False),
    Column("is_working_day", Boolean, nullable=False, comment="Monday to Friday and no bank holiday of England"),
    Column("working_day_number", BigInteger, nullable=False, comment="working days up to and including this day"),
    Column("month_starts_on", Date, nullable=False),
    schema="facts",
    comment="One row is a day, 2010 to 2049. Working days from a to b: number of b minus number of a.",
)
indexed(CALENDAR, "day")
PERIODS: Final = Table(
    "periods",
    METADATA,
    Column("period_kind", Text, nullable=False, comment="month, quarter, year_to_date or rolling_12_months"),
    Column("period_label", Text, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    schema="reporting",
    comment="One row is a reporting period; years run from April to March.",
)
VIEWS: Final = Table(
    "views",
    METADATA,
    Column("metric", Text, nullable=False),
    Column("definition", Text, nullable=False, comment="md5 of the view as it stands"),
    schema="ledger",
    comment="One row is a metric's view in reporting; a changed definition makes it anew.",
)
MEASURES: Final = Table(
    "measures",
    METADATA,
    Column("metric", Text, nullable=False),
    Column("question", Text, nullable=False),
    Column("recommendations", Text, nullable=False, comment="such as 'R1' or 'R2, R7'; F: a finding without one"),
    Column("unit", Text, nullable=False, comment="what is counted"),
    Column("view", Text, nullable=False, comment="recorded: one agency's word; confirmed: two agencies' word"),
    Column("category", Text, nullable=False, comment="'' where the metric has one numerator only"),
    Column("is_headline", Boolean, nullable=False, comment="the category that the target is for"),
    Column("agency_code", Text, nullable=False, comment="'' is the whole partnership"),
    Column("period_kind", Text, nullable=False),
    Column("period_label", Text, nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("numerator", BigInteger, comment="empty where not assured"),
    Column("denominator", BigInteger, comment="empty where not assured"),
    Column("percentage", Double, comment="in full; one decimal is for display"),
    Column("low", Double, comment="Wilson 95% interval, percent"),
    Column("high", Double, comment="Wilson 95% interval, percent"),
    Column("coverage_numerator", BigInteger, comment="returns received, or units that both agencies spoke of"),
    Column("coverage_denominator", BigInteger, comment="returns owed, or units"),
    Column("coverage", Double, comment="percent"),
    Column("target", Double, comment="percent"),
    Column("direction", Text, nullable=False, comment="higher or lower is better"),
    Column("target_source", Text),
    Column("status", Text, nullable=False, comment="green, amber, red, grey, or none where there is no target"),
    Column("assurance", Text, nullable=False, comment="assured, partly_assured, not_assured or no_cases"),
    Column("is_low_base", Boolean, nullable=False, comment="fewer than 10 counted"),
    schema="reporting",
    comment="One row is one figure: a metric's view and category, for an agency, in a period.",
)
