"""What ``quorate.toml`` may say of who owes what, and who is told: ``[agreements.<feed>]``, ``[[terms]]``, …

It says what differs: everything else comes from the feed's own declaration and from the settings for all feeds.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from warehouse.agreements import Level, Term

NO_ADDRESS = r"^[^@0-9]+$"
"""A role has no address and no number; a person's would have."""


class Agreed(BaseModel):
    """``[agreements.<feed>]``: what was agreed for one feed."""

    model_config = ConfigDict(extra="forbid")

    why: str | None = Field(default=None, min_length=1)
    """Why it is owed; default: the recommendations that its figures are evidence for."""
    every: Literal["month", "quarter", "term", "year", "once"] | None = None
    """How often; default: what the connector says one of its files covers."""
    due_working_day: int | None = Field(default=None, ge=0)
    grace_working_days: int | None = Field(default=None, ge=0)
    contact: str | None = Field(default=None, pattern=NO_ADDRESS)
    """The role that is asked for it, such as "named nurse": never a person's name or address."""
    begins_on: date | None = None
    """A day of the first period that is owed; default: the first that ever came."""


def of_feeds(agreements: dict[str, Agreed]) -> dict[str, Agreed]:
    """A misspelt feed would owe nothing, and nobody would know.

    Raises:
        ValueError: no connector has the name.
    """
    if agreements:
        from connectors.agency import all_feeds  # noqa: PLC0415 - loads every table

        if agreements.keys() - all_feeds().keys():
            raise ValueError("agreements names a feed that no connector has")
    return agreements


def in_order(terms: tuple[Term, ...]) -> tuple[Term, ...]:
    """Terms by their days.

    Raises:
        ValueError: two have one name or overlap, or one ends before it begins.
    """
    ordered = tuple(sorted(terms, key=lambda one: one.starts_on))
    if any(one.ends_on < one.starts_on for one in ordered):
        raise ValueError("a term ends before it begins")
    if any(later.starts_on <= one.ends_on for one, later in pairwise(ordered)):
        raise ValueError("two terms overlap")
    if len({one.name for one in ordered}) < len(ordered):
        raise ValueError("two terms have one name")
    return ordered


def rising(levels: tuple[Level, ...]) -> tuple[Level, ...]:
    """Levels by their days.

    Raises:
        ValueError: two come at once, or there is none.
    """
    ordered = tuple(sorted(levels, key=lambda one: one.after_working_days))
    if not ordered or any(one.after_working_days == later.after_working_days for one, later in pairwise(ordered)):
        raise ValueError("each level of the escalation comes after another number of working days")
    return ordered


def named(said: Any) -> Any:
    """Addresses that are told: by name, or as text with blanks between; then each is called what it begins with.

    Raises:
        ValueError: the text begins as JSON does and is none.
    """
    if not isinstance(said, str):
        return said
    if said.lstrip().startswith("{"):
        return json.loads(said)
    seen: Counter[str] = Counter()
    found = {}
    for url in said.split():
        kind = url.partition("://")[0].lower()
        seen[kind] += 1
        found[kind if seen[kind] == 1 else f"{kind}-{seen[kind]}"] = url
    return found
