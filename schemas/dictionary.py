"""The data dictionary, ``docs/tables.md``, written from the schemas: ``python -m schemas.dictionary docs/tables.md``.

With ``--check`` nothing is written, and the exit code is 1 if the file is not what the schemas say.
"""

from __future__ import annotations

import sys
from pathlib import Path

from schemas.codes import AGENCY_GROUPS, LISTS
from schemas.table import Table, columns, counted_on, key, rules
from schemas.tables import all_tables

HEAD = """\
# Tables

Written from `schemas/` by `make docs`; `make check` fails if it is out of date.

Every table also carries its provenance: `delivery_id`, `source_member` and `source_row` (the line in the file),
`row_key` and `row_hash` (md5 of the feed and key, and of the whole row), `valid_from` and `valid_to` (the world's
time), `known_from` and `known_to` (ours): [analysts.md](analysts.md). In a key, `child` is the first of `child_ref`,
`nhs_number` and `upn` that is known. Dates with a time are local (Europe/London). Columns of kind `codes` hold
several codes, sorted, between bars: `|19B|2A|`.

An **error** refuses the row, a **query** loads it and asks the agency to look, a **correction** says what we mended.
Privacy: `none` describes no person, `case` is an agency's own number of a case, `staff` describes staff; `identifier`
identifies a child: facts carry a pseudonym of it, and of a date its month; `vault` identifies a child and is not in the
facts at all.
"""


def dictionary() -> str:
    """The whole document, in Markdown."""
    tables = all_tables()
    index = "\n".join(f"- [`{name}`](#{name}): {_first_line(table)}" for name, table in tables.items())
    parts = [HEAD, index, *(_table(name, table) for name, table in tables.items()), "## Code lists", *_code_lists()]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _first_line(table: type[Table]) -> str:
    return (table.__doc__ or "").strip().partition("\n")[0]


def _table(name: str, table: type[Table]) -> str:
    period = counted_on(table)
    belongs = f"A row belongs to the period of `{period}`." if period else "A row belongs to no period."
    lines = [
        f"## {name}",
        "",
        f"{_first_line(table)} Key: {', '.join(f'`{part}`' for part in key(table))}. {belongs}",
        "",
    ]
    lines += [
        "| column | kind | what it is | codes | must be there | privacy |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for column in columns(table):
        codes = f"[{column.code_list}](#{column.code_list})" if column.code_list else ""
        required = "yes" if column.required else ""
        cells = (f"`{column.name}`", column.kind, column.description, codes, required, column.privacy)
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", "| rule | severity | what the agency should do |", "| --- | --- | --- |"]
    lines += [f"| `{rule.name}` | {rule.severity} | {rule.says} |" for rule in rules(table)]
    return "\n".join(lines)


def _code_lists() -> list[str]:
    lists = []
    for name, codes in LISTS.items():
        rows = [f"| `{code}` | {meaning}{_group(name, code)} |" for code, meaning in codes.items()]
        lists.append("\n".join([f"### {name}", "", "| code | meaning |", "| --- | --- |", *rows]))
    return lists


def _group(name: str, code: str) -> str:
    return f" ({AGENCY_GROUPS[code].replace('_', ' ')})" if name == "agencies" else ""


def write_or_check(text: str, arguments: list[str]) -> int:
    """Write a generated document, or with ``--check`` compare it; returns the exit code."""
    path = Path(arguments[-1])
    if "--check" not in arguments:
        path.write_text(text, encoding="utf-8")
        return 0
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return 0
    print(f"{path} is out of date: run `make docs`.", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(write_or_check(dictionary(), sys.argv[1:]))
