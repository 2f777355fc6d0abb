"""What a stream's own function needs of a file, said as clearly as a missing column is elsewhere."""

from collections.abc import Iterable

import pyarrow as pa

from connectors.reading import Unreadable


def need(rows: pa.Table, names: Iterable[str]) -> None:
    """Ask for the columns that a `prepare` function reads.

    Raises:
        Unreadable: ``file.missing_column``, naming them.
    """
    missing = [name for name in names if name not in rows.column_names]
    if missing:
        raise Unreadable(
            "file.missing_column",
            f"the header lacks {', '.join(map(repr, missing))}.",
            "Export the file with these columns, spelt like this; or tell the partnership that the export changed.",
        )
