"""The warehouse's tables: facts derived from the canonical tables, their history, the ledger, and what reports read.

No column of a fact is described here: types and comments come from ``schemas``. There are no foreign keys
(DuckDB refuses to update a row that one points at) and no unique keys (`warehouse.history` keeps rows apart).
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
        Column("delivery_id", Text, comment="the delivery that first said so: ledger.deliveries"),
        Column("source_member", Text, comment="the file of a zip, the sheet, the array or the element"),
        Column("source_row", BigInteger, comment="the row as a person sees it in the file"),
        Column("row_key", Md5, comment="md5 of the feed and the columns that name the row for its whole life"),
        Column("row_hash", Md5, comment="md5 of the whole row: the same hash, the same words"),
        Column("valid_from", Date, comment="the world: first day of the period it is said for; 1900-01-01: of none"),
        Column("valid_to", Date, comment="the world: first day for which something else, or nothing, is said"),
        Column("known_from", DateTime, comment="what we knew: when it was loaded"),
        Column("known_to", DateTime, comment="what we knew: when a correction or a late file changed it"),
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
    about = (model.__doc__ or "").partition("\n")[0]
    table = Table(name, METADATA, *said, *_provenance(), schema=schema, comment=about)
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
    Column(
        "delivery_id", Text, nullable=False, comment="made from feed, sha256 and attempt: the same file, the same id"
    ),
    Column("sequence", BigInteger, nullable=False, comment="the order in which deliveries were received"),
    Column("feed", Text, nullable=False, comment="the connector: folder of the landing zone"),
    Column("agency_code", Text, nullable=False, comment="who delivered"),
    Column("file_name", Text, nullable=False),
    Column("sha256", Text, nullable=False, comment="of the file's bytes: the same bytes again have no effect"),
    Column("bytes", BigInteger, nullable=False),
    Column("attempt", BigInteger, nullable=False, comment="1, and more where a person had it read again"),
    Column("content_hash", Text, comment="of all rows as we read them, in any order"),
    Column("received_at", DateTime, nullable=False),
    Column("period_from", Date, comment="first day of the first month it speaks for"),
    Column("period_to", Date, comment="last day of the last month it speaks for"),
    Column("chain", Text, comment="of the deliveries of a chain the newest counts: the same feed and period, or file"),
    Column("revision", BigInteger, nullable=False, comment="which of its chain it is: its name says, else its arrival"),
    Column("replaces", Text, comment="the delivery of its chain that it took the place of"),
    Column(
        "state",
        Text,
        nullable=False,
        comment="received, refused, held, duplicate, loaded, published, withdrawn or replaced",
    ),
    *_numbered("rows_in", "rows_loaded", "rows_unchanged", "rows_refused", "rows_ignored"),
    Column("refused_because", Text, comment="the rule, where the whole file was refused"),
    Column("held_because", Text, comment="the gates that hold it, or held it until a person released it"),
    Column("finished_at", DateTime, nullable=False),
    schema="ledger",
    comment="One row is a delivery; rows in = loaded + unchanged + refused + ignored.",
)
TRANSITIONS: Final = Table(
    "transitions",
    METADATA,
    Column("delivery_id", Text, nullable=False),
    Column("number", BigInteger, nullable=False, comment="1 for the first of the delivery"),
    Column("from_state", Text, comment="empty where it begins"),
    Column("to_state", Text, nullable=False),
    Column("at", DateTime, nullable=False),
    Column("by", Text, comment="the person, where a person decided"),
    Column("why", Text, comment="the person's reason"),
    schema="ledger",
    comment="One row is a step of a delivery: received, set aside, read, judged, held, loaded, published, withdrawn.",
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
    Column("waived_at", DateTime, comment="when the waiver was given"),
    Column("waived_until", Date, comment="the last day of the waiver; after it the row counts as open again"),
    schema="ledger",
    comment="One row is a refused row and its life; the row itself stays in the archive.",
)
OUTBOX: Final = Table(
    "outbox",
    METADATA,
    Column("event_id", Text, nullable=False, comment="made from its name and subject: a repeat is the same event"),
    Column("name", Text, nullable=False, comment="such as quorate.delivery.loaded"),
    Column("subject", Text, nullable=False, comment="the delivery or publication it is about"),
    Column("occurred_at", DateTime, nullable=False),
    Column("payload", Text, nullable=False, comment="JSON: ids, hashes and counts; never a value"),
    Column("relayed_at", DateTime),
    schema="ledger",
    comment="One row is an event, written in the transaction of the change that it tells of.",
)
PROFILES: Final = Table(
    "profiles",
    METADATA,
    Column("delivery_id", Text, nullable=False),
    Column("table_name", Text, nullable=False),
    Column("column_name", Text, nullable=False),
    *_numbered("rows", "filled"),
    schema="ledger",
    comment="One row is how many cells of a column a delivery filled: a column that falls silent is drift.",
)
PUBLICATIONS: Final = Table(
    "publications",
    METADATA,
    Column("publication_id", Text, nullable=False),
    Column("published_at", DateTime, nullable=False),
    Column("as_of", Date, nullable=False, comment="the last day that was counted"),
    Column(
        "state", Text, nullable=False, comment="published, held, or superseded: others were held or published instead"
    ),
    *_numbered("figures"),
    Column("figures_hash", Text, nullable=False, comment="of all figures, in any order"),
    Column("held_because", Text, comment="what the gate or the audit said"),
    Column("accepted_by", Text, comment="the person who published it all the same"),
    Column("accepted_because", Text),
    Column("repeated_at", DateTime, comment="when figures worked out anew last said the same: they show all till then"),
    schema="ledger",
    comment="One row is a publication, or one that was held back.",
)
PUBLISHED_FIGURES: Final = Table(
    "published_figures",
    METADATA,
    Column("publication_id", Text, nullable=False),
    *(
        Column(name, Text, nullable=False)
        for name in (
            "metric",
            "view",
            "category",
            "agency_code",
            "breakdown",
            "breakdown_value",
            "period_kind",
            "period_label",
            "assurance",
        )
    ),
    Column("numerator", BigInteger),
    Column("denominator", BigInteger),
    Column("percentage", Double),
    Column("definition", Text, comment="what was counted: ledger.definitions; empty of figures of earlier releases"),
    Column("rows_counted", BigInteger),
    Column("rows_hash", Text),
    schema="ledger",
    comment="One row is a figure that is new in a publication, or other than in the one before. Nothing is deleted.",
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

OWED_DECISIONS: Final = Table(
    "owed_decisions",
    METADATA,
    Column("sequence", BigInteger, nullable=False, comment="of the decision in the archive"),
    Column("feed", Text, nullable=False),
    Column("kind", Text, nullable=False, comment="snooze, unsnooze, excuse or unexcuse"),
    Column("period", Text, comment="what is excused: such as 2026-10 or Autumn 2026; empty where it is snoozed"),
    Column("until", Date, comment="the last day on which nobody is chased; empty where it is excused"),
    Column("by", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("decided_at", DateTime, nullable=False),
    schema="ledger",
    comment="One row is what a person decided about what an agency owes; the newest of a feed and period counts.",
)
ESCALATIONS: Final = Table(
    "escalations",
    METADATA,
    Column("feed", Text, nullable=False),
    Column("agency_code", Text, nullable=False),
    Column("period", Text, nullable=False, comment="the oldest that is owed"),
    Column("level", BigInteger, nullable=False, comment="counted from 1; 0: missed, and nobody was told yet"),
    Column("is_missing", Boolean, nullable=False, comment="nothing of the feed has ever been taken in"),
    Column("told_at", DateTime, nullable=False),
    schema="ledger",
    comment="One row is a level that an overdue return has reached; it is told once.",
)
BREACHES: Final = Table(
    "breaches",
    METADATA,
    Column("metric", Text, nullable=False),
    Column("view", Text, nullable=False),
    Column("agency_code", Text, nullable=False, comment="empty: the partnership"),
    Column("because", Text, nullable=False, comment="target or signal"),
    Column("breached_in", Text, nullable=False, comment="the publication that showed it first"),
    Column("breached_at", DateTime, nullable=False),
    Column("recovered_in", Text, comment="the publication that showed it to be over"),
    Column("recovered_at", DateTime),
    schema="ledger",
    comment="One row is a headline figure as published that fell short, until one is published that does not.",
)
NOTICES: Final = Table(
    "notices",
    METADATA,
    Column("event_id", Text, nullable=False, comment="an event of ledger.outbox"),
    Column("channel", Text, nullable=False, comment="whom it was told; *: everybody, by the warehouse before this one"),
    Column("told_at", DateTime, nullable=False),
    schema="ledger",
    comment="One row is an event that a channel was told of; it is not told again.",
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
    Column("metric", Text, nullable=False, comment="the metric, or dictionary"),
    Column("definition", Text, nullable=False, comment="md5 of it as it stands"),
    schema="ledger",
    comment="One row is a metric's view in reporting, or the dictionary; a changed definition makes it anew.",
)
DEFINITIONS: Final = Table(
    "definitions",
    METADATA,
    Column("definition", Text, nullable=False, comment="md5 of everything below"),
    Column("metric", Text, nullable=False),
    *_numbered("version"),
    Column("parameters", Text, nullable=False, comment="JSON: the parameters it rests on, and their values"),
    Column("reads", Text, nullable=False, comment="JSON: table → the columns it rests on, filters included"),
    Column("sql", Text, nullable=False, comment="the rows of the metric, and what each adds"),
    Column("first_used_at", DateTime, nullable=False),
    schema="ledger",
    comment="One row is how a metric was counted; a figure names the one that it was counted by.",
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
    Column("breakdown", Text, nullable=False, comment="'' is the whole; else what it is broken down by"),
    Column("breakdown_value", Text, nullable=False),
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
    Column("definition", Text, nullable=False, comment="what was counted, and by which parameters: ledger.definitions"),
    Column("rows_counted", BigInteger, nullable=False, comment="rows of the metric's view that the figure was made of"),
    Column("rows_hash", Text, nullable=False, comment="of these rows, in any order: they can be shown to be the same"),
    schema="reporting",
    comment="One row is one figure: a metric's view and category, for an agency, in a period.",
)
