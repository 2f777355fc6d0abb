"""Made-up children as several agencies know them, with what goes wrong with numbers, and the truth of it.

Everything comes from one seed. What goes wrong: a number is missing, or mistyped (its check digit no longer fits, as
with nine of ten slips of a digit, or by bad luck it does), or another child's; siblings live at one postcode, twins
are born on one day; an adopted child has two local numbers and two NHS numbers, which nobody may put together; a child
was recorded twice and has two local numbers.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pyarrow as pa

from schemas.table import fact_columns
from schemas.tables import all_tables

Row = dict[str, Any]


@dataclass
class Person:
    """A child, and every number that is truly the child's."""

    ref: str
    nhs: str
    upn: str
    born_on: date
    surname: str
    postcode: str
    is_adopted: bool = False


@dataclass
class Known:
    """What agencies say, table by table, and whose each number truly is."""

    rows: dict[str, list[Row]] = field(default_factory=dict)
    owners: dict[str, set[int]] = field(default_factory=dict)
    """Number → the persons who truly have it; empty: a slip of the pen."""
    doubtful: set[str] = field(default_factory=set)
    """Numbers whose check digit does not fit."""
    details: list[Row] = field(default_factory=list)

    def say(self, table: str, row: Row) -> None:
        self.rows.setdefault(table, []).append(row)


def people(dice: random.Random, count: int) -> list[Person]:
    """Families of one to three; one family in twenty has twins, one child in fifty is adopted."""
    found: list[Person] = []
    while len(found) < count:
        surname, postcode = f"Name{dice.randrange(count)}", f"ZZ{dice.randrange(900)} 1AA"
        born = date(2008, 1, 1) + timedelta(days=dice.randrange(5000))
        twins = dice.random() < 0.05
        for _ in range(2 if twins else dice.choice((1, 1, 2, 3))):
            number = len(found)
            born = born if twins else born + timedelta(days=dice.randrange(300, 1500))
            found.append(Person(f"LA{number}", f"N{number:09d}", f"U{number:012d}", born, surname, postcode))
            if dice.random() < 0.02:
                found[-1].is_adopted = True
    return found[:count]


def known(seed: int, count: int, *, is_contradicted: bool = True) -> Known:
    """What csc, the police, two health agencies and schools say of ``count`` children.

    ``is_contradicted``: where a record has another child's number, Children's Social Care's record of that other child
    has it too. If not, there may be nothing anywhere that says otherwise.
    """
    dice, what = random.Random(seed), Known()  # noqa: S311 - nobody's secret
    persons = people(dice, count)
    for who, person in enumerate(persons):
        for kind, value in (("ref", person.ref), ("nhs", person.nhs), ("upn", person.upn)):
            what.owners.setdefault(f"{kind}:{value}", set()).add(who)
    sound = [dice.random() < 0.75 for _ in persons]  # all numbers there, and right
    others = [person for person, is_sound in zip(persons, sound, strict=True) if is_sound or not is_contradicted]
    for who, person in enumerate(persons):
        _csc(dice, what, who, person, others, is_sound=sound[who])
        _others(dice, what, person, others)
    return what


def _csc(dice: random.Random, what: Known, who: int, person: Person, persons: list[Person], *, is_sound: bool) -> None:
    row: Row = {"said_by": "csc", "child_ref": person.ref, "nhs_number": person.nhs, "upn": person.upn}
    if not is_sound:
        row["nhs_number"] = _slipped(dice, what, "nhs", person, persons, times=4) if dice.random() < 0.75 else None
        row["upn"] = _slipped(dice, what, "upn", person, persons, times=4) if dice.random() < 0.4 else None
    row["born_on"] = _born(dice, person)
    what.say("children", row)
    what.details.append(row | {"surname": person.surname, "postcode": person.postcode})
    if dice.random() < 0.5:  # the same child at a meeting, typed again
        what.say("meeting_children", {"meeting_ref": f"M{who}", "child_ref": person.ref, "nhs_number": person.nhs})
    if dice.random() < 0.01:  # recorded twice
        second = f"{person.ref}-2"
        what.owners[f"ref:{second}"] = {who}
        what.say("children", row | {"child_ref": second})
    if person.is_adopted:  # a new life: new numbers, and nothing that says whose they were
        new = {"child_ref": f"NEW{who}", "nhs_number": f"A{who:09d}", "upn": None, "said_by": "csc"}
        what.owners |= {f"ref:NEW{who}": {-who - 1}, f"nhs:A{who:09d}": {-who - 1}}  # a person of their own
        what.say("children", new | {"born_on": person.born_on})


def _others(dice: random.Random, what: Known, person: Person, persons: list[Person]) -> None:
    for agency in ("health_gp", "health_acute"):
        if dice.random() < 0.7:
            row = {"agency_code": agency, "nhs_number": _slipped(dice, what, "nhs", person, persons)}
            what.say("involvements", row)
    if dice.random() < 0.6:
        ref = person.ref if dice.random() < 0.98 else dice.choice(persons).ref
        what.say("involvements", {"agency_code": "police", "child_ref": ref, "nhs_number": person.nhs})
    if dice.random() < 0.8:
        row = {"said_by": "edu_school", "upn": person.upn, "born_on": _born(dice, person), "child_ref": None}
        nhs = _slipped(dice, what, "nhs", person, persons) if dice.random() < 0.2 else None
        what.say("children", row | {"nhs_number": nhs})
        what.details.append(row | {"nhs_number": nhs, "surname": person.surname, "postcode": person.postcode})
    if dice.random() < 0.7:
        row = {
            "said_by": "health_gp",
            "nhs_number": person.nhs,
            "born_on": person.born_on,
            "child_ref": None,
            "upn": None,
        }
        what.say("children", row)


def _slipped(
    dice: random.Random, what: Known, kind: str, person: Person, persons: list[Person], *, times: float = 1
) -> str:
    """The person's number; one in fifty is mistyped, one in a hundred is another child's; or ``times`` as many."""
    value, chance = getattr(person, kind), dice.random()
    if chance < 0.02 * times:
        typed = f"{value[:-2]}x{dice.randrange(10)}"
        what.owners.setdefault(f"{kind}:{typed}", set())
        if dice.random() < 0.9:
            what.doubtful.add(f"{kind}:{typed}")
        return typed
    return getattr(dice.choice(persons), kind) if chance < 0.03 * times else value


def _born(dice: random.Random, person: Person) -> date:
    return person.born_on if dice.random() < 0.99 else person.born_on + timedelta(days=dice.choice((31, 365)))


def staged_rows(table_name: str, rows: list[Row], delivery_id: str = "d1") -> pa.Table:
    """The rows as the pipeline stages them; dates are months already."""
    told = []
    for number, row in enumerate(rows):
        born = row.get("born_on")
        told.append(
            row
            | {"source_row": number, "source_member": table_name, "delivery_id": delivery_id}
            | {"row_key": f"{number:032x}", "row_hash": f"{number:032x}"}
            | ({"born_on": born.replace(day=1)} if born else {})
        )
    types = [(column.name, column.arrow_type) for column in fact_columns(all_tables()[table_name])]
    text = [(name, pa.string()) for name in ("source_member", "delivery_id", "row_key", "row_hash")]
    return pa.Table.from_pylist(told, schema=pa.schema([*types, ("source_row", pa.int64()), *text]))
