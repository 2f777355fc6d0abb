"""How a canonical table is declared: one pandera model, the single source of every column.

A table is a class with one line a column. Warehouse tables, the data dictionary, translation types and
the judgement of a delivery are all derived from it, so no column is described twice.

    class PlanCirculation(AboutAChild, key=("said_by", "meeting_ref", "agency_code"), counted_on="held_on"):
        \"\"\"One row is an item of the plan sent to, or received by, an agency.\"\"\"

        agency_code: Text = code("agencies", "the agency it was sent to", required=True)
        sent_at: Instant = instant("when it was sent, as the sender recorded it")

Rules are pandera checks. Each has a name, a severity and a sentence for the person who must act:
``error`` refuses the row, ``query`` loads it and asks the agency to look (the Department for Education's
own distinction between "must fix" and "please check"), ``correction`` tells them what we mended.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal, cast

import pandas as pd
import pandera.pandas as pandera
import pyarrow as pa
from pandera.typing import Series

from schemas import checks  # also registers the checks that columns name
from schemas.codes import LISTS

Severity = Literal["error", "query", "correction"]
Privacy = Literal["none", "case", "identifier", "vault", "staff"]
"""none: describes no person · case: an agency's own number of a case · identifier: identifies a child, and facts
hold a pseudonym of it (of a date its month) · vault: identifies a child and never reaches the facts · staff: describes
staff. What identifies stands in clear in the archive and the vault only (docs/decisions/0011)."""
Kind = Literal["text", "code", "codes", "date", "instant", "flag", "count", "number"]

Text = Series[Annotated[pd.ArrowDtype, pa.string()]]
Day = Series[Annotated[pd.ArrowDtype, pa.date32()]]
Instant = Series[Annotated[pd.ArrowDtype, pa.timestamp("us")]]
Flag = Series[Annotated[pd.ArrowDtype, pa.bool_()]]
Count = Series[Annotated[pd.ArrowDtype, pa.int64()]]
Number = Series[Annotated[pd.ArrowDtype, pa.float64()]]

ARROW_TYPES: Mapping[Kind, pa.DataType] = {
    "text": pa.string(),
    "code": pa.string(),
    "codes": pa.string(),
    "date": pa.date32(),
    "instant": pa.timestamp("us"),
    "flag": pa.bool_(),
    "count": pa.int64(),
    "number": pa.float64(),
}


def _load_without_dask() -> None:
    """Let pandera make up its mind that there is no Dask: where there is, it loads all of it, which takes two seconds
    of every command, for frames that nobody gives it here."""
    found = {name: sys.modules.get(name) for name in ("dask", "dask.dataframe")}
    sys.modules |= dict.fromkeys(found)  # type: ignore[arg-type] # None: it is not to be found
    try:
        import pandera.typing.dask  # noqa: F401, PLC0415
    finally:
        for name, module in found.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module


_load_without_dask()

SAMPLE = 5
"""pandera keeps at most this many failing values a check; the masks are complete, and those are what we read."""


@dataclass(frozen=True)
class Column:
    """One column as everything else needs to know it."""

    name: str
    kind: Kind
    description: str
    privacy: Privacy
    code_list: str | None
    required: bool
    severities: Mapping[str, Severity]
    """Check name → what a failure means for the row."""
    since: str | None = None
    """The warehouse's revision that brought the column, where its table is older: docs/decisions/0016."""

    @property
    def arrow_type(self) -> pa.DataType:
        return ARROW_TYPES[self.kind]


@dataclass(frozen=True)
class Rule:
    """One rule as people read it: its full name, what it means for the row, and what to do."""

    name: str
    severity: Severity
    says: str
    column: str | None = None


_DECLARED: dict[tuple[str, str], tuple[tuple[str, ...], str | None]] = {}
"""Class keywords of every table; kept here because pandera reads every class attribute as a column."""


class Table(pandera.DataFrameModel):
    """Base of every canonical table.

    Class keywords: ``key``, the columns that name a row for its whole life (nulls count as a value);
    ``counted_on``, the date or instant that says which period a row belongs to (None: not periodic).
    """

    def __init_subclass__(cls, *, key: tuple[str, ...] = (), counted_on: str | None = None, **kwargs: Any) -> None:
        _DECLARED[cls.__module__, cls.__name__] = (key, counted_on)
        super().__init_subclass__(**kwargs)  # type: ignore[no-untyped-call] # pandera does not type it

    class Config:
        strict = True


def _column(
    kind: Kind,
    description: str,
    *,
    required: bool = False,
    privacy: Privacy = "none",
    code_list: str | None = None,
    query: tuple[str, ...] = (),
    since: str | None = None,
    **named_checks: Any,
) -> Any:
    """Declare a column. ``query`` names the checks whose failure is a question and not a refusal.

    ``since`` is the revision of the warehouse that brought the column to a table which was there before.
    """
    if required:
        named_checks["required"] = True
    if code_list is not None:
        named_checks["in_code_list" if kind == "code" else "all_in_code_list"] = code_list
    severities: dict[str, Severity] = {name: "query" if name in query else "error" for name in named_checks}
    return pandera.Field(
        nullable=True,
        ignore_na=False,
        n_failure_cases=SAMPLE,
        description=description,
        metadata={
            "kind": kind,
            "privacy": privacy,
            "code_list": code_list,
            "required": required,
            "severities": severities,
            "since": since,
        },
        **named_checks,
    )


def ref(description: str, *, required: bool = False, privacy: Privacy = "case") -> Any:
    """An agency's own id: up to 64 letters, digits and ``-_/.:``; anything else is a slip or a formula."""
    return _column("text", description, required=required, privacy=privacy, is_reference=True)


def label(description: str, *, required: bool = False, privacy: Privacy = "none") -> Any:
    """A name of a place, team or group: up to 120 characters that a spreadsheet would not run as a formula."""
    return _column("text", description, required=required, privacy=privacy, is_label=True)


def code(
    code_list: str, description: str, *, required: bool = False, query: bool = False, since: str | None = None
) -> Any:
    """One code of a closed list."""
    asked = ("in_code_list",) if query else ()
    return _column("code", description, required=required, code_list=code_list, query=asked, since=since)


def codes(code_list: str, description: str) -> Any:
    """Several codes of a closed list, sorted, between bars: ``|19B|2A|``; none is null."""
    return _column("codes", description, code_list=code_list)


def day(
    description: str,
    *,
    required: bool = False,
    past: bool = False,
    privacy: Privacy = "none",
    since: str | None = None,
) -> Any:
    """A date. It must lie between 1990 and 2049; ``past`` asks about one that is still to come (query)."""
    return _dated("date", description, past, required=required, privacy=privacy, since=since)


def instant(description: str, *, required: bool = False, past: bool = False) -> Any:
    """A local date and time (Europe/London); midnight where the source has a date only. Limits as for `day`."""
    return _dated("instant", description, past, required=required)


def _dated(kind: Kind, description: str, past: bool, **declared: Any) -> Any:
    extra: dict[str, Any] = {"not_in_future": True} if past else {}
    return _column(kind, description, query=("not_in_future",), is_plausible_date=True, **declared, **extra)


def flag(description: str, *, required: bool = False, since: str | None = None) -> Any:
    """Yes or no; null is "not recorded", which is neither."""
    return _column("flag", description, required=required, since=since)


def count(description: str, *, required: bool = False, privacy: Privacy = "none") -> Any:
    """A whole number of zero or more."""
    return _column("count", description, required=required, privacy=privacy, is_not_negative=True)


def number(description: str) -> Any:
    """A number that may have decimals."""
    return _column("number", description)


def nhs_number() -> Any:
    """NHS number: ten digits whose last is the modulus-11 check digit (NHS Data Dictionary)."""
    return _column(
        "text",
        "the child's NHS number, ten digits",
        privacy="identifier",
        query=("is_nhs_number",),
        is_nhs_number=True,
    )


def upn() -> Any:
    """Unique pupil number: 13 characters, check letter first (DfE; children in need census rules 1510–1580)."""
    return _column("text", "the child's unique pupil number", privacy="identifier", query=("is_upn",), is_upn=True)


def vaulted(description: str) -> Any:
    """What only the vault keeps, to recognise a child by; no rule, because nobody's name is wrong."""
    return _column("text", description, privacy="vault")


class AboutAChild(Table):
    """The numbers a child may be known by; facts carry a pseudonym of each."""

    child_ref: Text = ref("the local authority's own number of the child", privacy="identifier")
    nhs_number: Text = nhs_number()
    upn: Text = upn()


CHILD = ("child_ref", "nhs_number", "upn")
"""The three columns of `AboutAChild`; in a key, ``child`` stands for the first of them that is known, so that
a number learnt later corrects the row and does not double it."""


def key(table: type[Table]) -> tuple[str, ...]:
    """The columns that name a row for its whole life; nulls count as a value."""
    return _DECLARED[table.__module__, table.__name__][0]


def counted_on(table: type[Table]) -> str | None:
    """The column that says which period a row belongs to; None: the table is not periodic."""
    return _DECLARED[table.__module__, table.__name__][1]


@cache
def columns(table: type[Table]) -> tuple[Column, ...]:
    """The columns of a table, in declared order."""
    return tuple(
        Column(name=str(name), description=spec.description or "", **(spec.metadata or {}))
        for name, spec in table.to_schema().columns.items()
    )


@cache
def fact_columns(table: type[Table]) -> tuple[Column, ...]:
    """The columns of a table that facts have: all but those that only the vault keeps."""
    return tuple(column for column in columns(table) if column.privacy != "vault")


@cache
def rules(table: type[Table]) -> tuple[Rule, ...]:
    """Every rule that a row of the table is held to, cells first, then rows."""
    cells = [rule for column in columns(table) for rule in _cell_rules(column)]
    rows = [
        Rule(f"row.{check.name}", cast("Severity", check.title), check.description or "")
        for check in table.to_schema().checks
    ]
    delivery = [Rule(name, cast("Severity", severity), says) for name, severity, says in checks.ROW_RULES]
    return (*cells, *rows, *delivery)


def _cell_rules(column: Column) -> list[Rule]:
    says = {check: checks.SAYS[check].format(list=column.code_list) for check in column.severities}
    found = [Rule(f"{column.name}.{check}", column.severities[check], says[check], column.name) for check in says]
    if column.kind in checks.CASTS:
        found.insert(0, Rule(f"{column.name}.{checks.CAST}", "error", checks.CASTS[column.kind], column.name))
    mended = checks.CORRECTIONS.get(column.name) or checks.CORRECTIONS.get(column.kind)
    if mended:
        found.append(Rule(f"{column.name}.corrected", "correction", mended, column.name))
    return found


def table_name(table: type[Table]) -> str:
    """``StrategyMeetings`` → ``strategy_meetings``: the module, the warehouse table and the file of docs alike."""
    return table.__module__.rpartition(".")[2]


def code_meaning(column: Column) -> Mapping[str, str]:
    """Code → meaning for a column with a code list, else empty."""
    return LISTS[column.code_list] if column.code_list else {}
