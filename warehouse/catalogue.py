"""The catalogue of metrics, ``docs/metrics.md``, and beside it the SQL of each, written from the declarations.

python -m warehouse.catalogue docs/metrics.md     (``--check``: exit code 1 if a file is not what they say)

A metric's SQL that changes while its version does not is refused: `warehouse.sql_pages`.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from schemas.codes import AUDIT_REASONS, RECOMMENDATIONS
from schemas.dictionary import write_or_check
from warehouse import sql_pages
from warehouse.metric import Metric, Target, all_metrics
from warehouse.parameters import all_parameters

ACCUMULATES = {"flow": "months add up", "stock": "a stock: of a period the latest is true"}

HEAD = """\
# Metrics

Written from `warehouse/metrics/` by `make docs`; `make check` fails if it is out of date.

Every figure is in `reporting.measures`, by month, quarter, year to date and rolling twelve months (years run from April
to March), with n of N, the 95% Wilson interval, coverage, target and status. Every metric has a view of its own in
`reporting`, one row a unit, with what it adds to each numerator and denominator; its SQL as it is run is in
[sql](sql), and that of the evidence it rests on. Who changes what it counts raises its version.

**recorded** rests on the recording agency's word; **confirmed** on the word of two agencies, over the units for which
the second has sent its return. What has not been returned is *not assured*: no percentage at all. A figure is grey
under 5 cases or where a source is missing; under 10 cases is a low base.
"""


PARAMETERS = """\
## Parameters

Every number and choice that is a rule. What a partnership has agreed otherwise stands in its `quorate.toml`, under
`[parameters]`; the figures are worked out by it from the next publication on."""


def catalogue() -> str:
    """The whole document, in Markdown."""
    metrics = all_metrics()
    entries = (_entry(metric) for metric in metrics.values())
    parts = [HEAD, *entries, "## Recommendations", _recommendations(metrics), PARAMETERS, _parameters()]
    return "\n\n".join(part.strip() for part in parts) + "\n"


def _entry(metric: Metric) -> str:
    categories = sorted({category for of_view in metric.numerators.values() for category in of_view if category})
    found = "; ".join(AUDIT_REASONS[code] for code in metric.findings)
    lines = [
        f"- **Unit**: {metric.unit}; {ACCUMULATES[metric.accumulates]}",
        f"- **Views**: {', '.join(metric.numerators)}{'; also by agency' if metric.by_agency else ''}",
        f"- **Categories**: {', '.join(f'`{category}`' for category in categories)}" if categories else "",
        f"- **Target**: {_target(metric.target)}",
        f"- **Evidences**: {', '.join(metric.recommendations)}",
        f"- **Answers the finding**: {found}" if found else "",
        f"- **Counted by**: [its SQL](sql/{metric.name}.sql), version {metric.version}",
        f"- **Needs**: {', '.join(f'`{table}` of {_who(agency)}' for agency, table in metric.returns)}",
    ]
    entry = [
        f"## {metric.name}",
        "",
        metric.question,
        "",
        *([metric.notes, ""] if metric.notes else []),
        *(line for line in lines if line),
    ]
    return "\n".join(entry)


def _target(target: Target | None) -> str:
    if target is None:
        return "none; watched for its trend"
    return f"{target.percent:g}% ({target.source}); green from {target.green:g}%, amber from {target.amber:g}%"


def _who(agency: str) -> str:
    return "every agency that owes it" if agency == "*" else f"`{agency}`"


def _recommendations(metrics: dict[str, Metric]) -> str:
    rows = ["| code | what was asked | metrics |", "| --- | --- | --- |"]
    for code, text in RECOMMENDATIONS.items():
        answering = [f"[{name}](#{name})" for name, metric in metrics.items() if code in metric.recommendations]
        rows.append(f"| {code} | {text} | {', '.join(answering) or 'none yet'} |")
    return "\n".join(rows)


def _parameters() -> str:
    rows = ["| parameter | value | what it says | source |", "| --- | --- | --- | --- |"]
    for name, one in all_parameters().items():
        value = str(one.value).lower() if isinstance(one.value, bool) else f"{one.value:g}" if one.unit else one.value
        told = f"{value} {one.unit}".strip() + (f" (or {', '.join(one.choices[1:])})" if one.choices else "")
        rows.append(f"| `{name}` | {told} | {one.says} | {one.source} |")
    return "\n".join(rows)


def write_or_check_all(arguments: list[str]) -> int:
    """Write the catalogue and the pages beside it, or with ``--check`` compare them; returns the exit code."""
    asked = _asked(arguments)
    folder = asked.document.parent / "sql"
    standing = {
        file.relative_to(folder).as_posix(): file.read_text(encoding="utf-8") for file in sorted(folder.rglob("*.sql"))
    }
    try:
        pages = sql_pages.pages(standing, asked.accept_same_meaning)
    except sql_pages.SameVersion as refused:
        print(refused, file=sys.stderr)
        return 1
    documents = {asked.document: catalogue()} | {folder / name: text for name, text in pages.items()}
    left = [folder / name for name in sorted(standing.keys() - pages.keys())]
    if asked.check:
        for file in left:
            print(f"{file} is of no metric: run `make docs`.", file=sys.stderr)
        return max(len(left) > 0, *(write_or_check(text, ["--check", str(file)]) for file, text in documents.items()))
    for file in left:
        file.unlink()
    (folder / "evidence").mkdir(parents=True, exist_ok=True)
    return max(write_or_check(text, [str(file)]) for file, text in documents.items())


def _asked(arguments: list[str]) -> Namespace:
    parser = ArgumentParser(description="Write docs/metrics.md and docs/sql from the declarations.")
    parser.add_argument("document", type=Path, help="docs/metrics.md; the SQL goes into sql/ beside it")
    parser.add_argument("--check", action="store_true", help="compare only: exit code 1 if something is out of date")
    parser.add_argument(
        "--accept-same-meaning",
        nargs="+",
        default=[],
        metavar="METRIC",
        choices=[*all_metrics(), sql_pages.ALL],
        help="its SQL is another and counts the same, so that its version stays; or all",
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(write_or_check_all(sys.argv[1:]))
