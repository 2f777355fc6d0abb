"""Which numbers are one child's: worked out anew at every refresh, by equal numbers, and by what a person confirmed.

1. An equal number is the same child: NHS number, pupil number, the local authority's own number.
2. A row of Children's Social Care that carries two numbers links them; so two agencies that know the child by
   different numbers speak of one child.
3. What a person confirmed of the candidates (`warehouse.candidates`) counts as linked.

A wrong merge is worse than a missed one. **Anybody's** row can break a link: a number that stands with two different
numbers of one kind, directly or over a third number, or with two birth months, links nothing at all; nor does one
whose check digit does not fit. Nobody is told apart or merged by likeness.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import (
    CTE,
    Column,
    ColumnElement,
    Connection,
    DateTime,
    Select,
    Table,
    Text,
    and_,
    case,
    cast,
    delete,
    false,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    true,
    union,
    union_all,
    update,
)

from warehouse.staging import staged
from warehouse.tables import FACTS, FINDINGS, METADATA

if TYPE_CHECKING:
    import pyarrow as pa

NUMBER_KINDS: Final = {"nhs": "nhs_number", "upn": "upn", "ref": "child_ref"}
"""Kind of number → its column; a number is written as kind and value: ``nhs:…``."""
CSC: Final = "csc"
OWN_TABLES: Final = (
    "assessments",
    "child_protection_plans",
    "conferences",
    "meeting_children",
    "referrals",
    "section_47_enquiries",
)
"""Tables that only Children's Social Care sends."""
CHILD_NUMBERS: Final = Table(
    "child_numbers",
    METADATA,
    Column("number", Text, nullable=False, comment="kind and pseudonym: nhs:…, upn:… or ref:…"),
    Column("child", Text, nullable=False, comment="the lowest of the child's numbers stands for the child"),
    schema="facts",
    comment="One row is a number that is linked to another of the same child; any other number is a child by itself.",
)
CHILD_DECISIONS: Final = Table(
    "child_decisions",
    METADATA,
    Column("decision_id", Text, nullable=False),
    Column("one_number", Text, nullable=False, comment="the lower of the two"),
    Column("other_number", Text, nullable=False),
    Column("decision", Text, nullable=False, comment="confirmed or rejected; the latest of a pair counts"),
    Column("decided_at", DateTime, nullable=False),
    Column("decided_by", Text, nullable=False, comment="the person"),
    Column("because", Text, nullable=False),
    schema="ledger",
    comment="One row is a person's word on whether two numbers are one child's.",
)
BORN: Final = "born"
"""The kind of a birth month, beside the kinds of numbers."""


def work_out(connection: Connection) -> None:
    """Fill ``facts.child_numbers`` anew, in the connection's transaction."""
    connection.execute(delete(CHILD_NUMBERS))
    connection.execute(insert(CHILD_NUMBERS).from_select(["number", "child"], linked_numbers()))
    _follow_decisions(connection)


def decided(connection: Connection) -> dict[tuple[str, str], str]:
    """Pair of numbers (the lower first) → ``confirmed`` or ``rejected``, as decided last."""
    d = CHILD_DECISIONS.c
    rows = connection.execute(select(d.one_number, d.other_number, d.decision).order_by(d.decided_at, d.decision_id))
    return {(one, other): decision for one, other, decision in rows}


def renumber(connection: Connection, tokens: pa.Table) -> None:
    """After a change of the key: decisions speak of the same children. ``tokens`` has kind, old and new."""
    with staged(connection, "renewed_numbers", tokens) as renewed:
        for column in (CHILD_DECISIONS.c.one_number, CHILD_DECISIONS.c.other_number):
            is_old = column == renewed.c.kind + ":" + renewed.c.old
            connection.execute(
                update(CHILD_DECISIONS).where(is_old).values({column: renewed.c.kind + ":" + renewed.c.new})
            )
    low, high = CHILD_DECISIONS.c.one_number, CHILD_DECISIONS.c.other_number
    connection.execute(update(CHILD_DECISIONS).where(low > high).values({low: high, high: low}))


def _follow_decisions(connection: Connection) -> None:
    """Merge the children of confirmed pairs; there are as many of them as people had time for."""
    pairs = [pair for pair, decision in decided(connection).items() if decision == "confirmed"]
    if not pairs:
        return
    c = CHILD_NUMBERS.c
    numbers = sorted({number for pair in pairs for number in pair})
    found = dict(connection.execute(select(c.number, c.child).where(c.number.in_(numbers))).tuples().all())
    stands_for: dict[str, str] = {}

    def last(child: str) -> str:
        while child in stands_for:
            child = stands_for[child]
        return child

    for one, other in pairs:
        low, high = sorted(last(found.get(number, number)) for number in (one, other))
        if low != high:
            stands_for[high] = low
    unknown = [{"number": number, "child": number} for number in numbers if number not in found]
    if unknown:
        connection.execute(insert(CHILD_NUMBERS), unknown)
    for child in stands_for:
        connection.execute(update(CHILD_NUMBERS).where(c.child == child).values(child=last(child)))


def linked_numbers() -> Select[Any]:
    """number, child: what the rows themselves link."""
    successors = _successors().cte("successors")
    edges = _edges(_rows(successors)).cte("edges")
    clear = _without(edges, _quarrels(edges).cte("quarrels"), "clear")
    trusted = _without(clear, _quarrels(_reached(clear).cte("reached")).cte("distant_quarrels"), "trusted")
    linked = select(trusted.c.number, trusted.c.other).where(trusted.c.is_own, trusted.c.kind != BORN).cte("linked")
    onward = linked.alias("onward_link")
    same = union(
        select(linked.c.number, linked.c.number.label("other")),
        select(linked.c.number, linked.c.other),
        select(linked.c.number, onward.c.other).join(onward, onward.c.number == linked.c.other),
    ).cte("same")
    children = select(same.c.number, func.min(same.c.other).label("child")).group_by(same.c.number).cte("children")
    # Where a pupil number replaced another, the earlier one goes with it, unless the later one is in a quarrel.
    good = select(trusted.c.number)
    standing = select(successors).where(successors.c.upn.in_(good)).cte("standing")
    former = select(standing.c.former, func.coalesce(children.c.child, standing.c.upn)).outerjoin(
        children, children.c.number == standing.c.upn
    )
    alone = select(standing.c.upn, standing.c.upn).where(standing.c.upn.not_in(select(children.c.number)))
    return union(select(children), former, alone)  # type: ignore[return-value] # both are selectable


def _successors() -> Select[Any]:
    """former, upn: a pupil number that one other took the place of, as Children's Social Care says."""
    listed = FACTS["children"].c
    named = (listed.said_by == CSC, listed.former_upn.is_not(None), listed.upn.is_not(None))
    was_former = select(listed.former_upn).where(*named)
    return (
        select(_number("upn", listed.former_upn).label("former"), func.min(_number("upn", listed.upn)).label("upn"))
        .where(*named, listed.upn.not_in(was_former))
        .group_by(listed.former_upn)
        .having(func.min(listed.upn) == func.max(listed.upn))
    )


def _rows(successors: CTE) -> CTE:
    """nhs, upn, ref, born, is_own of every row that says two things of a child, each once; no doubtful number."""
    bare = union(*(_said_in(name, table) for name, table in FACTS.items() if "child_ref" in table.c)).subquery()
    numbers = (_number(kind, bare.c[column]).label(kind) for kind, column in NUMBER_KINDS.items())
    said = select(*numbers, bare.c.born, bare.c.is_own).cte("said")
    doubtful = _doubtful().cte("doubtful")

    def sound(number: ColumnElement[Any]) -> ColumnElement[Any]:
        return case((number.in_(select(doubtful.c.number)), null()), else_=number)

    upn = func.coalesce(successors.c.upn, sound(said.c.upn)).label("upn")
    told = select(sound(said.c.nhs).label("nhs"), upn, said.c.ref, said.c.born, said.c.is_own)
    return told.outerjoin(successors, successors.c.former == said.c.upn).distinct().cte("told")


def _said_in(name: str, table: Table) -> Select[Any]:
    own = _is_own(name, table)
    numbers = [table.c[column] for column in NUMBER_KINDS.values()]
    born = (cast(table.c.born_on, Text) if "born_on" in table.c else cast(null(), Text)).label("born")
    things = [table.c[column].is_not(None) for column in NUMBER_KINDS.values()]
    if "born_on" in table.c:
        things.append(table.c.born_on.is_not(None))
    two = or_(*(and_(one, other) for place, one in enumerate(things) for other in things[:place]))
    return select(*numbers, born, own.label("is_own")).where(two)


def _is_own(name: str, table: Table) -> ColumnElement[Any]:
    """Whether it is Children's Social Care's word."""
    if name in OWN_TABLES:
        return true()
    speaker = table.c.get("said_by", table.c.get("agency_code"))
    return false() if speaker is None else func.coalesce(speaker == CSC, false())


def _doubtful() -> Any:
    """Numbers whose check digit does not fit, as the findings of their rows say."""
    found = []
    for name, table in FACTS.items():
        for kind, column in NUMBER_KINDS.items():
            if kind != "ref" and column in table.c:
                same = [FINDINGS.c[key] == table.c[key] for key in ("delivery_id", "source_member", "source_row")]
                rule = f"{column}.is_{'nhs_number' if kind == 'nhs' else 'upn'}"
                asked = select(_number(kind, table.c[column]).label("number")).join(FINDINGS, and_(*same))
                found.append(asked.where(FINDINGS.c.table_name == name, FINDINGS.c.rule == rule))
    return union(*found)


def _edges(rows: CTE) -> Select[Any]:
    """number, own_kind, other, kind, is_own: what a number stands with. Both ways, each once.

    A pupil number that somebody else has for the child breaks nothing: schools give new ones, and we may be late.
    """
    parts = []
    for one in NUMBER_KINDS:
        for other in (*NUMBER_KINDS, BORN):
            if one != other:
                known: list[ColumnElement[bool]] = [rows.c[one].is_not(None), rows.c[other].is_not(None)]
                if other == "upn":
                    known.append(rows.c.is_own)
                named = (
                    literal(kind, literal_execute=True).label(name)
                    for kind, name in ((one, "own_kind"), (other, "kind"))
                )
                pair = (rows.c[one].label("number"), rows.c[other].label("other"))
                parts.append(select(*pair, *named, rows.c.is_own).where(*known))
    every = union_all(*parts).subquery()
    edge = (every.c.number, every.c.other, every.c.own_kind, every.c.kind)
    return select(*edge, func.bool_or(every.c.is_own).label("is_own")).group_by(*edge)


def _reached(edges: CTE) -> Any:
    """number, kind, other: what a number stands with, directly or over one other number, and itself."""
    onward = edges.alias("onward_edge")
    over = select(edges.c.number, onward.c.kind, onward.c.other).join(onward, onward.c.number == edges.c.other)
    return union(
        select(edges.c.number, edges.c.kind, edges.c.other),
        select(edges.c.number, edges.c.own_kind, edges.c.number),
        over,
    )


def _quarrels(stands_with: CTE) -> Select[Any]:
    """number: those that stand with two different things of one kind."""
    c = stands_with.c
    return select(c.number).group_by(c.number, c.kind).having(func.min(c.other) != func.max(c.other)).distinct()


def _without(edges: CTE, quarrels: CTE, name: str) -> CTE:
    bad = select(quarrels.c.number)
    return select(edges).where(edges.c.number.not_in(bad), edges.c.other.not_in(bad)).cte(name)


def _number(kind: str, column: ColumnElement[Any]) -> ColumnElement[Any]:
    return literal(f"{kind}:", literal_execute=True) + column
