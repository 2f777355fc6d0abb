"""``row_key`` and ``row_hash`` as the first release made them: over identifiers in clear, without the feed."""

from __future__ import annotations

import atexit
from functools import cache
from typing import TYPE_CHECKING, Final

import duckdb

from warehouse.migrations.written import tables_of

if TYPE_CHECKING:
    import pyarrow as pa

CHILD: Final = ("child_ref", "nhs_number", "upn")
KEYS: Final = {
    "assessments": ("child", "assessment_ref", "started_on"),
    "audit_returns": ("audit_ref", "case_ref", "agency_code"),
    "child_protection_plans": ("child", "started_on"),
    "children": ("said_by", "child"),
    "conferences": ("child", "kind_code", "held_on"),
    "improvement_actions": ("agency_code", "action_ref"),
    "involvements": ("agency_code", "child", "opened_on"),
    "meeting_children": ("meeting_ref", "child"),
    "meeting_participation": ("said_by", "meeting_ref", "held_on", "child", "agency_code", "role_code"),
    "plan_circulation": ("said_by", "meeting_ref", "held_on", "child", "agency_code", "item_code"),
    "police_investigations": ("crime_ref", "child"),
    "published_benchmarks": ("measure_code", "year", "area_code"),
    "referrals": ("child", "referral_ref", "received_at"),
    "sarc_episodes": ("episode_ref",),
    "section_47_enquiries": ("child", "s47_ref", "started_on"),
    "strategy_meetings": ("meeting_ref",),
    "support_offers": ("said_by", "child", "provider_code", "agreed_on", "offered_on"),
    "workforce_training": ("agency_code", "role_group", "as_at_on"),
}
PROVENANCE: Final = ("delivery_id", "source_member", "source_row", "row_key", "row_hash", "loaded_at")


def hashed(rows: pa.Table, name: str) -> pa.Table:
    """The rows with the first release's ``row_key`` and ``row_hash`` in place of their own."""
    columns = tables_of("0001").tables[f"facts.{name}"].columns
    said = [f'"{column.name}"' for column in columns if column.name not in PROVENANCE]
    first = f"coalesce({', '.join(CHILD)})"
    keys = [first if part == "child" else f'"{part}"' for part in KEYS[name]]
    with _calculator().cursor() as calculator:
        calculator.register("clear", rows)
        return calculator.sql(
            f"SELECT * REPLACE ({_md5(keys)} AS row_key, {_md5(said)} AS row_hash) FROM clear"
        ).to_arrow_table()


def _md5(expressions: list[str]) -> str:
    values = ", ".join(f"coalesce(CAST({expression} AS VARCHAR), chr(30))" for expression in expressions)
    return f"md5(concat_ws(chr(31), {values}))"


@cache
def _calculator() -> duckdb.DuckDBPyConnection:
    """An empty in-memory DuckDB, which is what the first release made its hashes with."""
    connection = duckdb.connect()
    atexit.register(connection.close)
    return connection
