"""What tells one figure from another: tables in ``reporting`` that analysts join to ``measures`` by plain keys.

Nothing is stated here: metrics, parameters, agencies and codes say it themselves, and these tables are filled from them
in the transaction that works the figures out. So they say what holds for the figures beside them. None identifies
anybody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import BigInteger, Boolean, Column, Connection, Double, Table, Text, delete, select

from schemas.codes import AGENCY_GROUPS, AGENCY_NAMES, AUDIT_REASONS, ETHNIC_GROUPS, LISTS, RECOMMENDATIONS
from warehouse.categories import NOT_KNOWN, SAID_OF, WHOLE, category
from warehouse.counting import UNKNOWN, added
from warehouse.definitions import definition_of
from warehouse.evidence import NOT_AN_AGENCY
from warehouse.metric import all_metrics
from warehouse.store import bulk
from warehouse.tables import MEASURES, METADATA
from warehouse.traits import AGE_BANDS, BREAKDOWNS, NOT_SAID

if TYPE_CHECKING:
    import pyarrow as pa

SENDS_FOR: Final = {
    "partnership": "every agency: it passes on what they returned to it",
    "publisher": "nobody: it publishes statistics of areas",
    "unknown": "nobody: the record does not say which agency it was",
}
"""Group → for whom it sends, where that is not itself."""

METRICS: Final = Table(
    "metrics",
    METADATA,
    Column("metric", Text, nullable=False, comment="the metric; its view in reporting has the same name"),
    Column("question", Text, nullable=False),
    Column(
        "notes", Text, nullable=False, comment="what is counted, and what is not, where the question leaves it open"
    ),
    Column("unit", Text, nullable=False, comment="what is counted, in the singular"),
    Column("recommendations", Text, nullable=False, comment="such as 'R1' or 'R2, R7'; a row each: reporting.answers"),
    Column("findings", Text, nullable=False, comment="codes of what the audits found wrong; a row each: answers"),
    Column("views", Text, nullable=False, comment="'recorded', or 'recorded, confirmed'"),
    Column("headline", Text, nullable=False, comment="the category that stands for the metric, and has its target"),
    Column("is_by_agency", Boolean, nullable=False, comment="figures are also of each agency"),
    Column("broken_down_by", Text, nullable=False, comment="of twelve months: such as 'age_band, sex'; '' is nothing"),
    Column("accumulates", Text, nullable=False, comment="flow: months add up; stock: of a period the latest is true"),
    Column("due", Text, nullable=False, comment="monthly, or as_it_happens: a month without rows has no cases"),
    Column(
        "needs", Text, nullable=False, comment="returns without which nothing is assured; *: every agency that owes"
    ),
    Column("direction", Text, nullable=False, comment="higher or lower is better"),
    Column("target", Double, comment="percent; empty: watched for its trend"),
    Column("target_source", Text, comment="the standard: where the target comes from"),
    Column("green_from", Double, comment="percent; at or beyond it, in the better direction, green"),
    Column("amber_from", Double, comment="percent; at or beyond it amber, short of it red"),
    Column("version", BigInteger, nullable=False, comment="raised when what is counted changes"),
    Column("definition", Text, nullable=False, comment="how it is counted, parameters and all: ledger.definitions"),
    schema="reporting",
    comment="One row is a metric as it is counted now. Key: metric.",
)
CATEGORIES: Final = Table(
    "categories",
    METADATA,
    Column("metric", Text, nullable=False),
    Column("view", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("says", Text, nullable=False, comment="the category in words; '' where the metric has one numerator only"),
    Column("is_headline", Boolean, nullable=False, comment="the category that the target is for"),
    Column("numerator_column", Text, nullable=False, comment="the column of the metric's view that adds up to it"),
    Column("denominator_column", Text, nullable=False, comment="the column of the metric's view that adds up to it"),
    schema="reporting",
    comment="One row is what a metric has a figure of. Key: metric, view, category.",
)
AGENCIES: Final = Table(
    "agencies",
    METADATA,
    Column("agency_code", Text, nullable=False, comment="'' is the whole partnership"),
    Column("name", Text, nullable=False),
    Column("agency_group", Text, nullable=False, comment="health, education…: what a metric counts it as"),
    Column("can_be_relevant", Boolean, nullable=False, comment="it may be working with a child, and is owed the plan"),
    Column("sends_for", Text, nullable=False, comment="whose word its deliveries are"),
    schema="reporting",
    comment="One row is an agency; one stands for the whole partnership. Key: agency_code.",
)
BREAKDOWN_VALUES: Final = Table(
    "breakdowns",
    METADATA,
    Column("breakdown", Text, nullable=False, comment="family, mode, age_band, sex or ethnicity; '' is the whole"),
    Column("breakdown_value", Text, nullable=False, comment="'' is the whole"),
    Column("says", Text, nullable=False, comment="the part in words"),
    Column("position", BigInteger, nullable=False, comment="its place among the parts, to sort by"),
    schema="reporting",
    comment="One row is a part that figures of twelve months are of. Key: breakdown, breakdown_value.",
)
ANSWERS: Final = Table(
    "answers",
    METADATA,
    Column("metric", Text, nullable=False),
    Column("kind", Text, nullable=False, comment="recommendation, or finding: what the audits found wrong"),
    Column("code", Text, nullable=False, comment="of the recommendation or finding"),
    Column("says", Text, nullable=False, comment="what was asked, or found"),
    schema="reporting",
    comment="One row is a recommendation or finding that a metric answers; a metric has several rows.",
)
CODES: Final = Table(
    "codes",
    METADATA,
    Column("code_list", Text, nullable=False, comment="the list: reporting.dictionary says which a column has"),
    Column("code", Text, nullable=False),
    Column("says", Text, nullable=False, comment="what the code means"),
    schema="reporting",
    comment="One row is a code of a closed list. Key: code_list, code.",
)
DIMENSIONS: Final = (METRICS, CATEGORIES, AGENCIES, BREAKDOWN_VALUES, ANSWERS, CODES)

Row = tuple[Any, ...]


def fill(connection: Connection) -> None:
    """Let every dimension say what holds now, in the connection's transaction."""
    for table, rows in _rows().items():
        connection.execute(delete(table))
        bulk(connection, table, _arrow(table, list(rows())))


def fill_beside(connection: Connection) -> None:
    """`fill`, where figures stand and no dimension beside them: in a warehouse brought here from another release."""
    figures = connection.execute(select(MEASURES.c.metric).limit(1)).all()
    if figures and not connection.execute(select(METRICS.c.metric).limit(1)).all():
        fill(connection)


def _rows() -> dict[Table, Callable[[], Iterator[Row]]]:
    return {
        METRICS: _metrics,
        CATEGORIES: _categories,
        AGENCIES: _agencies,
        BREAKDOWN_VALUES: _breakdowns,
        ANSWERS: _answers,
        CODES: _codes,
    }


def _metrics() -> Iterator[Row]:
    for one in all_metrics().values():
        of = one.target
        target = (None, None, None, None) if of is None else (of.percent, of.source, of.green, of.amber)
        yield (
            one.name, one.question, one.notes, one.unit, ", ".join(one.recommendations), ", ".join(one.findings),
            ", ".join(one.numerators), one.headline, one.by_agency, ", ".join(one.breakdowns), one.accumulates, one.due,
            ", ".join(f"{table} of {agency}" for agency, table in one.returns), one.direction, *target, one.version,
            definition_of(one).definition,
        )  # fmt: skip


def _categories() -> Iterator[Row]:
    for metric in all_metrics().values():
        for view, codes in metric.numerators.items():
            for code in codes:
                says = category(code) if code else ""
                yield metric.name, view, code, says, code == metric.headline, *added(view, code)


def _agencies() -> Iterator[Row]:
    yield "", "The whole partnership", "", False, "every agency"
    for code, name in AGENCY_NAMES.items():
        group = AGENCY_GROUPS[code]
        yield code, name, group, code not in NOT_AN_AGENCY, SENDS_FOR.get(group, "itself")


def _breakdowns() -> Iterator[Row]:
    yield "", "", WHOLE, 0
    for breakdown in BREAKDOWNS:
        for position, part in enumerate((*_parts(breakdown), UNKNOWN), start=1):
            says = NOT_KNOWN if part == UNKNOWN else SAID_OF.get(breakdown, {}).get(part, part)
            yield breakdown, part, says, position


def _parts(breakdown: str) -> tuple[str, ...]:
    if breakdown == "age_band":
        return ("unborn", *AGE_BANDS)
    if breakdown == "ethnicity":
        return tuple(dict.fromkeys(ETHNIC_GROUPS.values()))
    return tuple(part for part in SAID_OF[breakdown] if part not in NOT_SAID)


def _answers() -> Iterator[Row]:
    for metric in all_metrics().values():
        for code in metric.recommendations:
            yield metric.name, "recommendation", code, RECOMMENDATIONS[code]
        for code in metric.findings:
            yield metric.name, "finding", code, AUDIT_REASONS[code]


def _codes() -> Iterator[Row]:
    for name, codes in LISTS.items():
        for code, says in codes.items():
            yield name, code, says


def _arrow(table: Table, rows: list[Row]) -> pa.Table:
    import pyarrow as pa  # noqa: PLC0415 - declaring the tables does not need it

    kinds: dict[type, Any] = {Boolean: pa.bool_(), BigInteger: pa.int64(), Double: pa.float64()}
    said = zip(table.columns, zip(*rows, strict=True), strict=True)
    arrays = [pa.array(column, kinds.get(type(of.type), pa.string())) for of, column in said]
    return pa.table(arrays, names=[column.name for column in table.columns])
