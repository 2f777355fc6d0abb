"""Tables drawn in text, for tests that read as a specification."""

import pyarrow as pa


def drawn(text: str) -> pa.Table:
    """A drawn table as text columns: cells between bars, trimmed; the first line names the columns."""
    header, *lines = [
        [cell.strip() for cell in line.strip().strip("|").split("|")] for line in text.strip().splitlines()
    ]
    return pa.table({name: pa.array([line[place] for line in lines], pa.string()) for place, name in enumerate(header)})


def as_in_file(text: str, first_row: int = 2) -> pa.Table:
    """A drawn table with ``source_row``, as a reader gives it."""
    rows = drawn(text)
    return rows.append_column("source_row", pa.array(range(first_row, first_row + rows.num_rows), pa.int64()))
