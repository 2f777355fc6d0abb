"""The made-up partnership that `quorate demo` builds."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from connectors import synthetic

SETTINGS = """\
# Settings of the made-up partnership that `quorate demo` built. Everything about persons here is invented.
partnership = "Made-up Safeguarding Children Partnership"
is_synthetic = true
"""


def build_partnership(folder: Path, months: int, today: date) -> bool:
    """Build the partnership in ``folder`` unless one stands there already; returns whether it was built."""
    settings = folder / "quorate.toml"
    if settings.exists():
        return False
    folder.mkdir(parents=True, exist_ok=True)
    # The month whose files a partnership would have by today: agencies take about twenty days.
    last_month = (today - timedelta(days=20)).replace(day=1) - timedelta(days=1)
    synthetic.build(folder / "landing", months=months, last_month=last_month)
    settings.write_text(SETTINGS, encoding="utf-8")
    return True
