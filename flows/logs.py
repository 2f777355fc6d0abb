"""Structured logs for those who collect them: a JSON object a line on standard error, where ``QUORATE_LOG=json`` asks.

Each line of a delivery has its id, feed and agency, its state and its counts, and of a mistake of ours where it is;
never a file's name or a value.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from datetime import UTC, datetime
from typing import Any, Final

from flows.delivery import Outcome

VARIABLE: Final = "QUORATE_LOG"
KEYS: Final = (
    "feed", "agency", "state", "delivery_id", "rows_in", "rows_loaded", "rows_unchanged", "rows_refused",
    "rows_ignored", "refused_because", "is_new",
)  # fmt: skip
_logger = logging.getLogger("quorate.delivery")


class AsJson(logging.Formatter):
    """A record as one JSON object."""

    def format(self, record: logging.LogRecord) -> str:
        said: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
        }
        return json.dumps(said | getattr(record, "said", {}), ensure_ascii=False)


def told(outcome: Outcome) -> Outcome:
    """Log what became of a delivery, where somebody wants to know; returns it."""
    if os.environ.get(VARIABLE, "").lower() == "json":
        _set_up()
        level = logging.INFO if outcome.state in ("loaded", "duplicate") else logging.WARNING
        about = {"event": "quorate.delivery", **{name: getattr(outcome, name) for name in KEYS}}
        about |= {"mistake": outcome.says} if outcome.state == "failed" else {}
        _logger.log(level, "quorate.delivery", extra={"said": about})
    return outcome


def _set_up() -> None:
    if not _logger.handlers:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(AsJson())
        _logger.addHandler(handler)
        _logger.setLevel(logging.INFO)
        _logger.propagate = False
