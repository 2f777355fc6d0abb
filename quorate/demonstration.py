"""The made-up partnership that `quorate demo` builds."""

from __future__ import annotations

import shutil
import tomllib
from datetime import date, timedelta
from pathlib import Path

from connectors import synthetic
from connectors.synthetic.published import BOROUGH, NEIGHBOURS, REGION
from warehouse.keys import make_key

SETTINGS = f"""\
# Settings of the made-up partnership that `quorate demo` built. Everything about persons here is invented.
partnership = "Made-up Safeguarding Children Partnership"
is_synthetic = true
area_code = "{BOROUGH}"
compare_with = ["E92000001", "{REGION}"]  # England, and the made-up region
neighbours = {list(NEIGHBOURS)}
neighbours_source = "made up, as the area is"
"""


class NotADemonstration(Exception):
    """The folder holds something else: invented files must not be mixed with what agencies sent."""


def build_partnership(folder: Path, months: int, today: date) -> bool:
    """Build the partnership in ``folder`` unless one stands there already; returns whether it was built.

    Raises:
        NotADemonstration: the folder is a partnership's that is not made up.
    """
    settings, landing, unfinished = folder / "quorate.toml", folder / "landing", folder / ".landing-unfinished"
    if settings.exists():
        if not tomllib.loads(settings.read_text(encoding="utf-8")).get("is_synthetic"):
            raise NotADemonstration(f"{folder} is the folder of a partnership that is not made up: give another folder")
        return False
    if landing.exists():
        raise NotADemonstration(f"{landing} is there already and no demonstration built it: give another folder")
    folder.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(unfinished, ignore_errors=True)
    # The month whose files a partnership would have by today: agencies take about twenty days.
    last_month = (today - timedelta(days=20)).replace(day=1) - timedelta(days=1)
    synthetic.build(unfinished, months=months, last_month=last_month)
    unfinished.rename(landing)
    if not (folder / "quorate.key").exists():
        make_key(folder / "quorate.key")
    settings.write_text(SETTINGS, encoding="utf-8")
    return True
