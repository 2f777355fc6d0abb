"""Waiting for another program to let go of the warehouse."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final, TypeVar

from warehouse.store import Locked

Result = TypeVar("Result")

PATIENCE: Final = 60.0
"""Seconds to wait: `quorate status --watch` has the warehouse for a moment every two, a person's command for a few."""


def patiently(do: Callable[[], Result], seconds: float = PATIENCE) -> Result:
    """Do something that needs the warehouse; while another program writes to it, wait and try again.

    Raises:
        warehouse.store.Locked: it still does after so many seconds.
    """
    until = time.monotonic() + seconds
    while True:
        try:
            return do()
        except Locked:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
