"""A made-up partnership, whole: what every agency would send over some months, ready to be taken in.

Nothing here is about anybody: NHS numbers are of the range set aside for testing, names are syllables, and
the same seed makes the same files byte for byte.
"""

from datetime import date
from pathlib import Path
from typing import Final

from connectors.synthetic.agreed import agree
from connectors.synthetic.audit import write_audit
from connectors.synthetic.dice import Dice
from connectors.synthetic.facts import World
from connectors.synthetic.history import write_annex_a, write_census
from connectors.synthetic.mosaic import write_mosaic
from connectors.synthetic.police import write_niche
from connectors.synthetic.practices import write_emis
from connectors.synthetic.published import write_published
from connectors.synthetic.recorded import record
from connectors.synthetic.sarc import write_havens
from connectors.synthetic.schools import write_cpoms
from connectors.synthetic.slips import Slips
from connectors.synthetic.trusts import write_trust
from connectors.synthetic.voluntary import write_lamplight
from connectors.synthetic.workforce import write_esr, write_learning
from connectors.synthetic.world import make

SEED: Final = 319


def truth(last_month: date, months: int = 24, seed: int = SEED, scale: int = 1) -> World:
    """What is true of the partnership that `build` writes with the same arguments."""
    world = make(Dice(seed, 0), last_month, months, scale)
    # Each part of the story that was told later has dice of its own: what was there before stays as it was.
    agree(world, Dice(seed, 9, 0))
    record(world, Dice(seed, 9, 1))
    return world


def build(folder: Path, *, months: int = 24, last_month: date, seed: int = SEED, scale: int = 1) -> None:
    """Write ``<feed name>/<files>`` for every feed of the partnership.

    Args:
        folder: the landing zone; folders are made in it.
        months: how many months, at least one.
        last_month: any day of the last month.
        seed: of all chance; the same seed makes the same bytes.
        scale: how many times the usual number of cases.

    Raises:
        ValueError: less than one month.
    """
    if months < 1:
        raise ValueError("a partnership needs at least one month")
    world = truth(last_month, months, seed, scale)

    def slips(feed: str) -> Slips:
        return Slips(seed, feed)

    write_mosaic(folder / "csc_mosaic", world, slips("csc_mosaic"), slips("csc_mosaic, what was agreed"))
    write_niche(folder / "police_niche", world, Dice(seed, 1), slips("police_niche"))
    for place, agency in enumerate(("health_acute", "health_camhs")):
        support_slips = slips(f"{agency}_json, support") if agency == "health_camhs" else None
        slipping = slips(f"{agency}_json")
        target = folder / f"{agency}_json"
        write_trust(target, agency, world, Dice(seed, 2, place), slipping, support_slips=support_slips)
    write_emis(folder / "health_gp_emis", world, Dice(seed, 3), slips("health_gp_emis"))
    write_cpoms(folder / "edu_school_cpoms", world, slips("edu_school_cpoms"))
    write_havens(folder / "sarc_havens", world, Dice(seed, 4), slips("sarc_havens"), slips("sarc_havens, support"))
    write_lamplight(folder / "vcs_lamplight", world, Dice(seed, 9, 2), slips("vcs_lamplight"))
    for place, agency in enumerate(("health_acute", "health_camhs", "sarc", "health_school_nursing")):
        write_esr(folder / f"{agency}_esr", agency, world.months, Dice(seed, 5, place), slips(f"{agency}_esr"))
    for place, agency in enumerate(("csc", "police", "edu_school", "la_early_help", "probation")):
        feed, delimiter = f"{agency}_learning", ";" if agency == "police" else ","
        write_learning(folder / feed, agency, world.months, Dice(seed, 6, place), slips(feed), delimiter=delimiter)
    write_census(folder / "csc_cin_census", world.months[0], Dice(seed, 7))
    write_annex_a(folder / "csc_annex_a", world.months[0], Dice(seed, 8))
    write_audit(folder / "lscp_audit", world.months)
    write_published(folder)
