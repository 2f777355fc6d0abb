"""Rows as they come out of the judgement, in clear: drawn tables with every canonical column, typed."""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from schemas.table import columns
from schemas.tables import all_tables
from tests.warehouse.drawn import cell, drawn

CHILDREN: Final = """
said_by | child_ref | nhs_number | upn           | former_upn    | born_on    | surname | forename | postcode | sex_code
csc     | LA1       | 9990000018 | W319200124001 |               | 2012-02-14 | Fenford | Adela    | ZZ1 2AB  | F
csc     | LA2       |            |               | W319200124001 | 2012-02-14 |         |          |          | F
csc     |           | 9990000026 |               |               |            |         |          |          |
"""
INVOLVEMENTS: Final = """
agency_code | child_ref | nhs_number | team    | opened_on
csc         | LA1       | 9990000018 | Null    | 2026-04-03
csc         |           | 9990000026 | O'Brien | 2026-04-03
"""


def clear_rows(table_name: str, text: str) -> pa.Table:
    """A drawn table with all columns of the canonical table and ``source_row``."""
    said = columns(all_tables()[table_name])
    rows = [
        {column.name: cell(row.get(column.name), column.kind) for column in said} | {"source_row": number}
        for number, row in enumerate(drawn(text), start=2)
    ]
    return pa.Table.from_pylist(rows, pa.schema([*((c.name, c.arrow_type) for c in said), ("source_row", pa.int64())]))
