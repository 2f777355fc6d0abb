"""A file that was sent by HTTP gets its place in the landing zone, and its sender a receipt."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from connectors.agency import all_feeds
from flows.drop_body import Refused
from flows.drop_receipts import FOLDER, DropReceipt, changing, find, keep, receipt_id_of
from flows.placing import Whole, place

if TYPE_CHECKING:
    from pathlib import Path

    from flows.drop_tokens import Token
    from flows.settings import Settings

OTHER_ROWS = (
    "a run has dealt with this file, by the rows that you said then: the partnership can release it or withdraw it "
    "(`quorate delivery`); ask it to, and name the receipt"
)


def land(whole: Whole, token: Token, name: str, rows: int | None, settings: Settings) -> tuple[DropReceipt, bool]:
    """Place a file and keep its receipt, in this order: a receipt is of what has landed. True: it was not there before.

    The same bytes again have the same receipt and lie where they lay; what tells of them is made good where it is
    missing, and says the rows that were said last, until a run has dealt with the file.

    Raises:
        Refused: a run has, and other rows are said now.
        OSError: the landing zone, or the folder of receipts, cannot be written.
    """
    receipts = settings.home / FOLDER
    receipt_id = receipt_id_of(token.feed, token.holder, whole.sha256)
    with changing(receipts):
        known = find(receipts, receipt_id)
        if known and known.verdict:
            if rows not in (None, known.rows):
                raise Refused(409, OTHER_ROWS)
            return known, False
        if known and not (whole.path.parent / known.file_name).exists():
            known = None  # somebody took it away unread
        path = _place(whole, token.feed, known.file_name if known else name, rows, settings)
        at = datetime.now().isoformat(timespec="seconds")
        new = DropReceipt(receipt_id, token.feed, token.holder, path.name, whole.sha256, whole.bytes, at, rows=rows)
        if known:
            new = replace(new, landed_at=known.landed_at, rows=known.rows if rows is None else rows)
        if new != known:
            keep(receipts, new)
    return new, known is None


def _place(whole: Whole, feed: str, name: str, rows: int | None, settings: Settings) -> Path:
    text = None if rows is None else json.dumps({"rows": rows}).encode()
    is_done = settings.waits_for.get(feed) == "done"
    return place(whole, all_feeds()[feed], name, manifest_text=text, is_done=is_done)
