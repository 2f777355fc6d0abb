"""What Prefect's screens show of a run: receipts of deliveries, a night in counts, the figures as published, progress.

Artifacts are stored in clear: ids, counts, and of figures only what the published edition shows, small numbers hidden.
"""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Awaitable, Iterable
from contextlib import suppress
from typing import Any, Final
from uuid import UUID

import httpx
from prefect.artifacts import (
    acreate_markdown_artifact,
    acreate_progress_artifact,
    acreate_table_artifact,
    aupdate_progress_artifact,
)
from prefect.exceptions import PrefectHTTPStatusError

from flows.delivery import Outcome
from flows.settings import Settings
from flows.sweep import Run

LONG: Final = 10
"""Files from which a load shows its progress."""
HEADLINES: Final = (
    "metric",
    "category",
    "percentage",
    "numerator",
    "denominator",
    "mark",
    "status",
    "view",
    "period_label",
)
"""Columns of the published figures that the screen shows; it has room for five or six before one has to scroll."""
MARKS: Final = (
    "As published. Mark c: hidden, for numbers are small; a colon: not assured, for a return is missing; z: no cases."
)


async def shown(what: Awaitable[None]) -> None:
    """Show something; that the screen could not have it hinders no work."""
    with suppress(httpx.HTTPError, PrefectHTTPStatusError):
        await what


async def receipts(outcomes: Iterable[Outcome]) -> None:
    """A line for each delivery: what became of its rows, which add up."""
    rows = [
        {
            "feed": one.feed, "delivery": one.delivery_id, "state": one.state, "rows": one.rows_in,
            "loaded": one.rows_loaded, "same": one.rows_unchanged, "refused": one.rows_refused,
            "ignored": one.rows_ignored, "because": one.refused_because,
        }
        for one in outcomes
        if one.is_new
    ]  # fmt: skip
    if rows:
        await acreate_table_artifact(
            rows, key="delivery-receipts", description="Rows in = loaded + same + refused + ignored, for each delivery."
        )


async def night(summary: str, run: Run) -> None:
    """A night in counts: files, who is late, what waits for a person."""
    lines = ["# The night", "", summary, ""]
    lines += [f"- late: **{one.feed}** ({one.agency}), due for {one.due_for:%B %Y}" for one in run.missing]
    lines += [f"- held: **{one.feed}**, delivery `{one.delivery_id}`" for one in run.held]
    lines += [f"- feedback: {len(run.feedback)} files for agencies, to be sent"] if run.feedback else []
    lines += [f"- no connector is named `{name}`" for name in run.unknown]
    lines += ["- the publication is held: `quorate status` says why"] if run.held_back else []
    await acreate_markdown_artifact("\n".join(lines), key="night", description="What the night did.")


async def figures(settings: Settings) -> None:
    """Each metric's latest twelve months for the whole partnership, as the published edition has them."""
    rows = await asyncio.to_thread(_published, settings)
    if rows:
        await acreate_table_artifact(rows, key="figures", description=MARKS)


class Progress:
    """How much of a long load is done, on the screen of the run."""

    def __init__(self, files: int, *, is_long: bool = False) -> None:
        self._files, self._done, self._is_long = files, 0, is_long or files >= LONG
        self._id: UUID | None = None

    async def begin(self) -> None:
        """Show it, if it is long."""
        if self._is_long:
            self._id = await acreate_progress_artifact(0.0, description=f"{self._files} files")

    async def add(self, files: int) -> None:
        """So many more are done."""
        self._done += files
        if self._id is not None:
            await aupdate_progress_artifact(self._id, 100.0 * self._done / self._files)


def _published(settings: Settings) -> list[dict[str, Any]]:
    file = settings.reports / "measures.csv"
    if not file.exists():
        return []
    with file.open(encoding="utf-8-sig", newline="") as lines:
        told = [
            line
            for line in csv.DictReader(lines)
            if line["period_kind"] == "rolling_12_months" and not line["agency_code"] and not line["breakdown"]
        ]
    newest: dict[tuple[str, ...], dict[str, str]] = {}
    for line in told:
        key = (line["metric"], line["view"], line["category"])
        if key not in newest or line["ends_on"] > newest[key]["ends_on"]:
            newest[key] = line
    return [{name: line[name] for name in HEADLINES} for line in newest.values()]
