"""Control totals: how many rows the sender says there are, in a manifest beside the file or inside its zip.

``learning_2026-03.csv.manifest.json`` beside the file, or ``manifest.json`` in the zip:
``{"rows": {"participation.csv": 120, "involvements.csv": 48}}``, or ``{"rows": 168}`` for the whole file.
``manifest.csv`` in the zip: the columns ``member`` and ``rows``.
"""

from __future__ import annotations

import csv
import errno
import io
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from connectors.reading import Unreadable

BESIDE: Final = ".manifest.json"
"""Ends the name of a manifest that lies beside its file; what stands before it is the file's name."""
INSIDE: Final = ("manifest.json", "manifest.csv")
WHOLE_FILE: Final = "*"
"""The member that a control total of the whole file is said of."""
LARGEST: Final = 64 * 1024
"""Bytes that a manifest may have."""
ADVICE: Final = "Send a manifest as docs/nightly.md describes it, or none."


def is_manifest(name: str) -> bool:
    """The file of the landing zone is another file's manifest, and no delivery."""
    return name.casefold().endswith(BESIDE)


def beside(path: Path) -> Mapping[str, int] | None:
    """What the manifest beside a file says: member, or `WHOLE_FILE` → rows; None: there is none.

    Raises:
        Unreadable: ``file.manifest``: there is one, and it is no manifest.
    """
    try:
        with open(path.with_name(path.name + BESIDE), "rb", opener=_unled) as file:
            text = file.read(LARGEST + 1)
    except OSError as failure:
        if failure.errno in (errno.ENOENT, errno.ENAMETOOLONG):
            return None
        raise Unreadable("file.manifest", "The manifest beside the file cannot be opened.", ADVICE) from None
    said = totals(text, "The manifest beside the file", is_csv=False)
    return {WHOLE_FILE if name == path.name else name: rows for name, rows in said.items()}


def _unled(path: str, flags: int) -> int:
    """Follow no link, to another agency's manifest or elsewhere, and wait for no pipe."""
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)


def totals(text: bytes, where: str, *, is_csv: bool) -> Mapping[str, int]:
    """Read a manifest.

    Raises:
        Unreadable: ``file.manifest``; it says what is wrong and quotes nothing.
    """
    if len(text) > LARGEST:
        raise Unreadable("file.manifest", f"{where} is larger than {LARGEST // 1024} KiB.", ADVICE)
    try:
        said = _of_csv(text.decode("utf-8-sig")) if is_csv else _of_json(text)
    except (ValueError, KeyError, TypeError, RecursionError, csv.Error):
        raise Unreadable("file.manifest", f"{where} cannot be read.", ADVICE) from None
    if not said or any(isinstance(rows, bool) or not isinstance(rows, int) or rows < 0 for rows in said.values()):
        raise Unreadable("file.manifest", f"{where} does not say a number of rows for each member.", ADVICE)
    return said


def _of_json(text: bytes) -> dict[str, Any]:
    rows = json.loads(text.decode("utf-8-sig"))["rows"]
    return dict(rows) if isinstance(rows, dict) else {WHOLE_FILE: rows}


def _of_csv(text: str) -> dict[str, Any]:
    return {line["member"]: int(line["rows"]) for line in csv.DictReader(io.StringIO(text))}
