"""Every figure by the program that is found here, as JSON; `flows.back_test` runs it in another revision's folder.

    {"folder": …, "url": …, "agreed": {…}, "instant": …, "expected": […], "as_of": …}   →   {"figures": [[…], …]}

It uses of that revision only what a release has: the warehouse as it was known at an instant, and `refresh`. Nothing of
the warehouse is changed. Where it fails it says the kind of failure alone: a message may quote the data.
"""

import json
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

NAMED = (
    "metric", "view", "category", "agency_code", "breakdown", "breakdown_value", "period_kind", "period_label",
)  # fmt: skip
SAID = ("numerator", "denominator", "percentage", "status")


def figures(connection: Any, expected: list[tuple[str, str]], as_of: date) -> list[list[Any]]:
    """Work every figure out anew; ``NAMED``, then ``SAID`` of each."""
    from sqlalchemy import select  # noqa: PLC0415 - a failure of these is answered for below

    from warehouse.figures import refresh  # noqa: PLC0415
    from warehouse.tables import MEASURES  # noqa: PLC0415

    refresh(connection, expected, as_of)
    return [list(row) for row in connection.execute(select(*(MEASURES.c[name] for name in (*NAMED, *SAID))))]


def answer(asked: dict[str, Any]) -> dict[str, Any]:
    """The figures, or the kind of failure."""
    try:
        from warehouse import store as here  # noqa: PLC0415
        from warehouse.known import known_at  # noqa: PLC0415

        if not Path(here.__file__).is_relative_to(asked["folder"]):
            return {"failed": "another installation of Quorate comes first"}
        opened = here.open_store(asked["url"], agreed=asked["agreed"], read_only=True)
        with opened as store, known_at(store, datetime.fromisoformat(asked["instant"])) as connection:
            expected = [(agency, table) for agency, table in asked["expected"]]
            return {"figures": figures(connection, expected, date.fromisoformat(asked["as_of"]))}
    except Exception as failure:  # noqa: BLE001 - whatever an older program cannot do, it is one answer
        return {"failed": type(failure).__name__}


if __name__ == "__main__":
    json.dump(answer(json.load(sys.stdin)), sys.stdout)
