"""Options that several commands have, and what they mean."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from flows.settings import Settings

Home = Annotated[
    Path | None, typer.Option(file_okay=False, help="Folder of the partnership (QUORATE_HOME; default: here).")
]
Warehouse = Annotated[str | None, typer.Option(help="Database URL, duckdb:///… or postgresql://… (QUORATE_WAREHOUSE).")]
AsKnownAt = Annotated[
    str | None,
    typer.Option(metavar="INSTANT", help="As it was known then: 2026-10-05 (its end), 2026-10-05T09:00, or now."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]


def _said(text: str) -> str:
    if not text.strip():
        raise typer.BadParameter("say it: it is kept with the decision, for those who ask later")
    return " ".join(text.split())


By = Annotated[str, typer.Option(help="Who decides; kept with the decision.", callback=_said)]
Why = Annotated[str, typer.Option(help="The reason; kept with the decision. Name no child.", callback=_said)]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


def settings_of(home: Path | None = None, warehouse: str | None = None) -> Settings:
    """The settings of the partnership, or the place where ``quorate.toml`` is wrong."""
    from tomllib import TOMLDecodeError

    from flows.settings import settings_of as read

    try:
        return read(home, warehouse)
    except (TOMLDecodeError, UnicodeDecodeError) as failure:
        where = re.search(r"at line \d+, column \d+", str(failure))
        raise typer.BadParameter(
            f"quorate.toml is not TOML in UTF-8{f' ({where[0]})' if where else ''}: mend it or move it away"
        ) from None


def confirm(question: str, *, yes: bool) -> None:
    """Ask where a person sits at the terminal, unless ``--yes``; a script has decided already."""
    import sys

    from quorate.exits import Exit

    if not yes and sys.stdin.isatty() and not typer.confirm(question, err=True):
        typer.echo("Nothing was changed.", err=True)
        raise typer.Exit(Exit.USAGE)
