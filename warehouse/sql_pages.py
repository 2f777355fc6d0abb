"""The SQL of every metric as a page to review: ``docs/sql``, written with the catalogue by `make docs`.

A page for each metric, and one for each table of evidence that metrics rest on. Whoever changes what is counted sees
it there, and has to raise the metric's ``version``: a page whose SQL is new under an old version is not written, unless
somebody says that it counts the same, which the page then says as well (docs/decisions/0019).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import md5
from typing import Any, Final

from sqlalchemy import BindParameter, Table

from warehouse import gathering, parameters
from warehouse.counting import view_of
from warehouse.definitions import definition_of, evidence_of
from warehouse.metric import Metric, all_metrics

ALL: Final = "all"
"""For ``--accept-same-meaning``: every metric."""
NAMED: Final = re.compile(r"PARAMETER\('([^']+)'\)")
HEADER: Final = re.compile(
    r"^-- version (?P<version>\d+)(?:, rewritten (?P<rewritten>\d+) times?)?.*^-- statements (?P<statements>\w{32})$",
    re.DOTALL | re.MULTILINE,
)
PAGE: Final = """\
-- {name}: {question}
-- version {version}{rewritten}
-- definition {definition}
-- statements {statements}
-- rests on {rests_on}
--
-- Written by `make docs`: the rows of reporting.{name} as DuckDB works them out, by the parameters of
-- warehouse/parameters.toml. It runs as it stands on the analysts' copy.

{sql};
"""
EVIDENCE_PAGE: Final = """\
-- {name}: {says}
--
-- Written by `make docs`: what fills {fullname} at a refresh, as DuckDB works it out.
-- Metrics that rest on it:
{metrics}

{sql};
"""


@dataclass(frozen=True)
class Standing:
    """What a page that stands says of its metric."""

    version: int
    statements: str
    """md5 of the metric's statement and of all that fill the evidence it rests on, parameters by name."""
    rewritten: int = 0
    """How often this version's SQL was written otherwise and accepted as counting the same."""


class SameVersion(Exception):
    """SQL has changed, and the version has not."""


def read(page: str) -> Standing | None:
    """What the header of a page says; None: it is no page of ours."""
    found = HEADER.search(page)
    if found is None:
        return None
    return Standing(int(found["version"]), found["statements"], int(found["rewritten"] or 0))


def follow(before: Standing | None, version: int, statements: str, *, is_same_meaning: bool = False) -> Standing:
    """What the page will say after the one before it.

    Args:
        before: the page that stands; None: the metric is new.
        version: the metric's, as it is declared now.
        statements: their hash now.
        is_same_meaning: somebody says that what has changed counts the same.

    Raises:
        SameVersion: the SQL is another, under the same version or an earlier one.
    """
    if before is None or version > before.version:
        return Standing(version, statements)
    if statements == before.statements:
        return Standing(version, statements, before.rewritten if version == before.version else 0)
    if not is_same_meaning:
        raise SameVersion
    return Standing(version, statements, before.rewritten + 1)


def pages(standing: Mapping[str, str], accepted: Collection[str] = ()) -> dict[str, str]:
    """File below ``docs/sql`` → its text, for every metric and table of evidence.

    Args:
        standing: the same, as the pages stand now.
        accepted: metrics whose changed SQL counts the same, or `ALL`.

    Raises:
        SameVersion: says of which metrics, and what to do.
    """
    written, refused = {}, []
    for metric in all_metrics().values():
        file = f"{metric.name}.sql"
        before, is_accepted = read(standing.get(file, "")), not {metric.name, ALL}.isdisjoint(accepted)
        try:
            after = follow(before, metric.version, hash_of(metric), is_same_meaning=is_accepted)
        except SameVersion:
            refused.append(metric)
        else:
            written[file] = _page(metric, after)
    if refused:
        raise SameVersion(_told(refused))
    return written | {f"evidence/{table.name}.sql": _evidence_page(table) for table in _evidence()}


def hash_of(metric: Metric) -> str:
    """md5 of the metric's statement and of all that fill the evidence it rests on; parameters by name."""
    told = [rendered(view_of(metric)), *(sql for table in evidence_of(metric) for sql in _fillings(table))]
    return md5("\n".join(told).encode(), usedforsecurity=False).hexdigest()


def rendered(statement: Any) -> str:
    """A statement in DuckDB's words, with ``PARAMETER('its.name')`` for each parameter."""
    return str(statement.compile(dialect=_dialect(), compile_kwargs={"literal_binds": True}))


def readable(sql: str) -> str:
    """The same, a clause a line, with the value of every parameter, and its name beside it."""
    import sqlglot  # noqa: PLC0415 - of the development environment: it writes docs, and no night needs it

    return NAMED.sub(_with_value, sqlglot.transpile(sql, read="duckdb", write="duckdb", pretty=True)[0])


def _page(metric: Metric, says: Standing) -> str:
    times = f"{says.rewritten} time{'s' if says.rewritten > 1 else ''}"
    return PAGE.format(
        name=metric.name,
        question=metric.question,
        version=says.version,
        rewritten=f", rewritten {times} and accepted as counting the same" if says.rewritten else "",
        definition=definition_of(metric).definition,
        statements=says.statements,
        rests_on=", ".join(f"evidence/{table.name}.sql" for table in evidence_of(metric)) or "facts alone",
        sql=readable(rendered(view_of(metric))),
    )


def _evidence_page(table: Table) -> str:
    resting = (metric.name for metric in all_metrics().values() if table in evidence_of(metric))
    metrics = "\n".join(f"--   {name}" for name in resting)
    sql = ";\n\n".join(readable(one) for one in _fillings(table))
    return EVIDENCE_PAGE.format(name=table.name, says=table.comment, fullname=table.fullname, metrics=metrics, sql=sql)


def _evidence() -> list[Table]:
    """Every table of evidence that a metric rests on."""
    return sorted({table for one in all_metrics().values() for table in evidence_of(one)}, key=lambda one: one.name)


@cache
def _fillings(table: Table) -> tuple[str, ...]:
    return tuple(rendered(statement) for statement in gathering.filled_by(table))


def _with_value(found: re.Match[str]) -> str:
    value = parameters.value_of(found[1])
    written = (
        repr(value).upper() if isinstance(value, bool) else f"'{value}'" if isinstance(value, str) else f"{value:g}"
    )
    return f"{written} /* {found[1]} */"


def _told(refused: list[Metric]) -> str:
    names = " ".join(metric.name for metric in refused)
    return (
        f"The SQL of {', '.join(metric.name for metric in refused)}, or of evidence that it rests on, is no longer the "
        "one that docs/sql has for this version. Where it counts something else now, raise `version` in "
        "warehouse/metrics/, then `make docs`. Where it counts the same in other words, say so: "
        f"python -m warehouse.catalogue docs/metrics.md --accept-same-meaning {names} (or {ALL}); and why, in the "
        "commit."
    )


@cache
def _dialect() -> Any:
    from duckdb_sqlalchemy import Dialect  # noqa: PLC0415 - not needed to read a page

    written: Any = Dialect.statement_compiler

    class Compiler(written):  # type: ignore[misc] # it has no types
        def visit_bindparam(self, bindparam: BindParameter[Any], *told: Any, **how: Any) -> str:
            if bindparam.key in parameters.all_parameters():
                return f"PARAMETER('{bindparam.key}')"
            return str(super().visit_bindparam(bindparam, *told, **how))

    dialect = Dialect()
    dialect.statement_compiler = Compiler
    return dialect
