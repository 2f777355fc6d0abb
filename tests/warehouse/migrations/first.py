"""A warehouse as the first release left it, drawn by hand: three files of two feeds, a correction, refused rows."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from warehouse.migrations.moving import move
from warehouse.migrations.outside import Outside
from warehouse.migrations.written import tables_of
from warehouse.schema_version import FIRST

MAY, JUNE = datetime(2026, 5, 20, 2, 30, 0, 5), datetime(2026, 6, 20, 2, 30)
MOSAIC_APRIL = {"delivery_id": "mosaic-april", "feed": "csc_mosaic", "agency_code": "csc"}
MOSAIC_MAY = {"delivery_id": "mosaic-may", "feed": "csc_mosaic", "agency_code": "csc"}
NICHE_BROKEN = {"delivery_id": "niche-broken", "feed": "police_niche", "agency_code": "police"}
DELIVERIES = (
    MOSAIC_APRIL | {"received_at": MAY, "period_from": date(2026, 4, 1), "period_to": date(2026, 4, 30), "rows_in": 4,
                    "rows_loaded": 3, "rows_refused": 1, "state": "loaded"},
    MOSAIC_MAY | {"received_at": JUNE, "period_from": date(2026, 5, 1), "period_to": date(2026, 5, 31), "rows_in": 2,
                  "rows_loaded": 1, "rows_unchanged": 1, "state": "loaded"},
    NICHE_BROKEN | {"received_at": JUNE, "state": "refused", "refused_because": "file.not_a_zip"},
)  # fmt: skip
REFERRALS = (
    {"delivery_id": "mosaic-april", "source_row": 2, "child_ref": "C1", "referral_ref": "R1", "loaded_at": MAY},
    {"delivery_id": "mosaic-april", "source_row": 3, "child_ref": "C2", "referral_ref": "R2", "loaded_at": MAY},
    {"delivery_id": "mosaic-may", "source_row": 2, "child_ref": "C3", "referral_ref": "R3", "loaded_at": JUNE},
)


def make(connection: Connection, outside: Outside) -> None:
    """The first release's tables with these rows, and no version: it did not say one."""
    move(connection, outside, FIRST)
    connection.exec_driver_sql("DROP TABLE ledger.alembic_version")
    tables = tables_of(FIRST).tables
    counts = dict.fromkeys(("rows_in", "rows_loaded", "rows_unchanged", "rows_refused", "rows_ignored"), 0)
    empty = {"period_from": None, "period_to": None, "refused_because": None}
    for number, line in enumerate(DELIVERIES):
        file: dict[str, Any] = {"file_name": f"file_{number}.zip", "sha256": str(number) * 64, "bytes": 10}
        told = counts | empty | file | line | {"finished_at": line["received_at"]}
        connection.execute(tables["ledger.deliveries"].insert().values(told))
    for row in REFERRALS:
        hashes = {"row_key": f"key of {row['referral_ref']}", "row_hash": f"hash of {row['referral_ref']}"}
        connection.execute(tables["facts.referrals"].insert().values(row | hashes | {"source_member": "referrals.csv"}))
    member = {"source_member": "referrals.csv", "table_name": "referrals"}
    place = {"delivery_id": "mosaic-april", "source_row": 4} | member
    connection.execute(tables["ledger.refused_rows"].insert().values(place))
    finding = {"column_name": "received_at", "rule": "received_at.required", "severity": "error"}
    connection.execute(tables["ledger.findings"].insert().values(place | finding))
    for line in DELIVERIES[:2]:
        said = {"delivery_id": line["delivery_id"], "rows_in": line["rows_in"], "loaded": line["rows_loaded"]}
        rest = {"unchanged": line.get("rows_unchanged", 0), "refused": line.get("rows_refused", 0), "ignored": 0}
        connection.execute(tables["ledger.delivery_members"].insert().values(member | said | rest))
