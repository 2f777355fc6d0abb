"""Every metric over many participation rows, as a ratio to hand-written SQL of one: ``health_present``.

Worked out from the beginning, and then after the police have sent what they say of one month: what that reaches.

    python -m benchmarks.metrics [--rows 10000000] [--runs 3]

The facts are written straight into a DuckDB warehouse: eight agencies at each meeting, in Children's Social Care's words and,
for half of them, in their own; a child, three agencies' open work and a plan sent to each for every meeting; assessments,
enquiries and referrals of one child in four. Five years. The floor is one statement over the same table: meetings by month
at which Health attended.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, and_, insert, literal, select, update

from warehouse.calendar import add_months
from warehouse.changes import note
from warehouse.figures import refresh
from warehouse.gathering import gather
from warehouse.store import Store, open_store
from warehouse.tables import FACTS as FACTS_TABLES
from warehouse.tables import HISTORY

AS_OF: Final = date(2026, 10, 31)
AGENCIES: Final = "['csc','police','health_gp','health_acute','edu_school','health_camhs','probation','la_early_help']"
HASH: Final = "md5(concat('{table}', i))"
PROVENANCE: Final = f"'d', 'f', i, {HASH}, {HASH}, DATE '1900-01-01', TIMESTAMP '2026-11-01'"
COLUMNS: Final = "delivery_id, source_member, source_row, row_key, row_hash, valid_from, known_from"
FACTS: Final = {
    "strategy_meetings": (
        (
            "meeting_ref, s47_ref, concern_identified_at, held_at, concern_codes, csa_context_code, mode_code, "
            "urgency_code, status_code"
        ),
        (
            "'M' || i, 'S' || i, {day}, {day} + INTERVAL 34 HOUR, '|sexual_abuse|', 'family', 'virtual', "
            "'standard', 'held'"
        ),
        "{meetings}",
    ),
    "meeting_children": ("meeting_ref, child_ref", "'M' || i, 'LA' || i", "{meetings}"),
    "meeting_participation": (
        "said_by, agency_code, meeting_ref, invited_at, attendance_code",
        (
            f"CASE WHEN i % 16 < 8 THEN 'csc' ELSE {AGENCIES}[i % 8 + 1] END, {AGENCIES}[i % 8 + 1], 'M' || (i // 16), "
            "{day16} + INTERVAL 30 HOUR, CASE WHEN hash(i) % 10 < 8 THEN 'attended' ELSE 'apologies' END"
        ),
        "{rows}",
    ),
    "involvements": (
        "agency_code, child_ref, opened_on",
        f"{AGENCIES}[i % 3 + 3], 'LA' || (i // 3), DATE '2020-01-01'",
        "{meetings} * 3",
    ),
    "plan_circulation": (
        "said_by, agency_code, meeting_ref, item_code, sent_at",
        f"'csc', {AGENCIES}[i % 3 + 3], 'M' || (i // 3), 'plan', {{day3}} + INTERVAL 40 HOUR",
        "{meetings} * 3",
    ),
    "section_47_enquiries": (
        "child_ref, s47_ref, started_on, icpc_on, csa_concern",
        "'LA' || (4 * i), 'S' || (4 * i), CAST({day4} AS DATE), CAST({day4} AS DATE) + 14, true",
        "{meetings} // 4",
    ),
    "assessments": (
        "child_ref, assessment_ref, started_on, authorised_on, factor_codes",
        "'LA' || (4 * i), 'A' || i, CAST({day4} AS DATE), CAST({day4} AS DATE) + 40, '|19C|'",
        "{meetings} // 4",
    ),
    "referrals": (
        "child_ref, referral_ref, received_at, decided_at, concern_codes",
        "'LA' || (4 * i), 'R' || i, {day4}, {day4} + INTERVAL 20 HOUR, '|sexual_abuse|'",
        "{meetings} // 4",
    ),
}
"""Table → its columns, what row i holds, and how many rows there are."""
FLOOR: Final = """
    SELECT date_trunc('month', m.held_at), count(DISTINCT m.meeting_ref),
           count(DISTINCT CASE WHEN p.agency_code LIKE 'health%' AND p.attendance_code IN ('attended', 'deputy')
                               THEN m.meeting_ref END)
    FROM facts.strategy_meetings m
    LEFT JOIN facts.meeting_participation p ON p.meeting_ref = m.meeting_ref AND p.said_by = 'csc'
    WHERE m.status_code = 'held' AND m.concern_codes LIKE '%|sexual_abuse|%'
    GROUP BY 1
"""


def fill(connection: Connection, rows: int) -> None:
    """Write the facts, and that everything was returned."""
    meetings = rows // 16
    numbers = {"day": "i", "day3": "i // 3", "day16": "i // 16", "day4": "4 * i"}
    days = {name: f"(TIMESTAMP '2021-11-01' + INTERVAL (({number}) % 1800) DAY)" for name, number in numbers.items()}
    for table, (names, values, count) in FACTS.items():
        said = values.format(**days)
        number = count.format(rows=rows, meetings=meetings)
        connection.exec_driver_sql(
            f"INSERT INTO facts.{table} ({names}, {COLUMNS}) SELECT {said}, {PROVENANCE.format(table=table)} "
            f"FROM range({number}) AS t(i)"
        )
    members = "'d', 'm', unnest(" + repr(list(FACTS)) + "), 1, 1, 0, 0, 0"
    connection.exec_driver_sql(
        "INSERT INTO ledger.deliveries (delivery_id, sequence, feed, agency_code, file_name, sha256, bytes, attempt, "
        "received_at, period_from, period_to, revision, state, rows_in, rows_loaded, rows_unchanged, rows_refused, "
        "rows_ignored, finished_at) SELECT 'd', 1, 'made', 'csc', 'made', 'made', 1, 1, now(), DATE '2021-11-01', "
        "DATE '2026-10-31', 1, 'loaded', 1, 1, 0, 0, 0, now()"
    )
    connection.exec_driver_sql(f"INSERT INTO ledger.delivery_members SELECT {members}")


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="quorate-benchmark-") as folder,
        open_store(str(Path(folder) / "warehouse.duckdb")) as store,
    ):
        store.create()
        with store.writing() as connection:
            fill(connection, options.rows)
        measure(store, options.runs)
        measure_changes(store, options.runs)


def measure(store: Store, runs: int) -> None:
    """The floor and the refresh in turns."""
    taken: dict[str, list[float]] = {"floor": [], "evidence": [], "from the beginning": []}
    for _ in range(runs):
        for what, seconds in taken.items():
            with store.writing() as connection:
                started = time.perf_counter()
                if what == "floor":
                    connection.exec_driver_sql(FLOOR).all()
                elif what == "evidence":
                    gather(connection)
                else:
                    figures = refresh(connection, (), AS_OF, "whole")
                seconds.append(time.perf_counter() - started)
    for what, seconds in taken.items():
        print(f"{what:>20}: {statistics.median(seconds):6.2f} s ({min(seconds):.2f} to {max(seconds):.2f})")
    ratios = [whole / floor for whole, floor in zip(taken["from the beginning"], taken["floor"], strict=True)]
    print(f"ratio, all metrics to the floor: {statistics.median(ratios):.1f}; {figures:,} figures")


def measure_changes(store: Store, runs: int) -> None:
    """One month's participation as the police say it, said otherwise each time; loaded, and then refreshed."""
    part, seconds, rows = FACTS_TABLES["meeting_participation"], [], 0
    for run in range(runs):
        month = add_months(date(2026, 9, 1), -run)
        with store.writing() as connection:
            of_month = and_(part.c.said_by == "police", part.c.invited_at.between(month, add_months(month, 1)))
            keys = select(part.c.row_key).where(of_month)
            note(connection, part.name, keys)
            said_otherwise = {"attendance_code": "deputy", "row_hash": literal(f"run {run}") + part.c.row_key}
            was = select(*part.c).where(of_month)
            connection.execute(insert(HISTORY[part.name]).from_select(part.c.keys(), was))
            rows = connection.execute(update(part).where(of_month).values(said_otherwise)).rowcount
        with store.writing() as connection:
            started = time.perf_counter()
            refresh(connection, (), AS_OF)
            seconds.append(time.perf_counter() - started)
    taken = f"{statistics.median(seconds):6.2f} s ({min(seconds):.2f} to {max(seconds):.2f})"
    print(f"{'one month changed':>20}: {taken}; {rows:,} rows written")


if __name__ == "__main__":
    main()
