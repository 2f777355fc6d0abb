"""The command line. Results go to standard output, everything else to standard error; `quorate.exits` has the codes."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quorate import (
    arrivals,
    assurance,
    deliveries,
    drop,
    feedback,
    metrics,
    notifying,
    operating,
    owed,
    quarantine,
    reporting,
    upkeep,
)
from quorate.exits import Exit
from quorate.failures import explained
from quorate.identities import child_app, key_app
from quorate.options import AsJson, AsKnownAt, Home, Warehouse
from quorate.options import settings_of as _settings_of

# Everything heavy is imported where it is used: `quorate --help` answers within half a second.
if TYPE_CHECKING:
    from connectors.agency import Feed
    from flows.settings import Settings
    from warehouse.refreshing import How

app = typer.Typer(
    name="quorate",
    help="Assurance for safeguarding partnerships: agencies' files in, figures a board can trust out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help and errors: twice as fast, and a path in an error stays on one line to copy
)

app.add_typer(metrics.app, name="metrics", short_help="The figures; the catalogue; what a change would move.")
app.add_typer(deliveries.app, name="delivery", short_help="What was delivered; withdraw, release, reprocess.")
app.add_typer(quarantine.app, name="quarantine", short_help="Refused rows; waive them, or replay a mended rule.")
app.add_typer(owed.app, name="owed", short_help="Who owes what, since when; snooze, excuse.")
app.add_typer(drop.app, name="drop", short_help="Take in files that agencies send by HTTP; their tokens.")
app.add_typer(key_app, name="key")
app.add_typer(child_app, name="child")


def main() -> None:
    """Run the command line; every known failure ends with its own exit code and a next step."""
    try:
        with explained():
            app()
    except SystemExit as end:
        if end.code == Exit.INTERRUPTED:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(Exit.INTERRUPTED)  # all is undone and told; DuckDB would complain of what it was stopped in
        raise


@app.command(short_help="Make a made-up partnership, its night and its report.")
def demo(
    folder: Annotated[Path, typer.Argument(file_okay=False, help="Where to build the made-up partnership.")] = Path(
        "demo"
    ),
    months: Annotated[int, typer.Option(min=1, max=120, help="Months of deliveries.")] = 24,
    warehouse: Warehouse = None,
    as_json: AsJson = False,
) -> None:
    """Build a made-up partnership, run the nightly ingest over it and write the report."""
    from quorate.demonstration import NotADemonstration, build_partnership
    from quorate.show import say

    # Not QUORATE_WAREHOUSE: invented children must not reach a warehouse that nobody named here.
    settings = _settings_of(folder, warehouse or f"duckdb:///{folder / 'warehouse.duckdb'}")
    try:
        is_new = build_partnership(folder, months, datetime.now().date())
    except NotADemonstration as failure:
        raise typer.BadParameter(str(failure)) from None
    say(f"A made-up partnership {'was built' if is_new else 'stands already'} in {folder}. Running its night …")
    code = _run(_settings_of(folder, settings.warehouse), as_json)
    # Rows refused and agencies late are part of what the demonstration shows.
    raise typer.Exit(Exit.OK if code in (Exit.REFUSED, Exit.MISSING) else code)


@app.command(short_help="Load what has landed, figures, report, who is late.")
def nightly(home: Home = None, warehouse: Warehouse = None, as_json: AsJson = False) -> None:
    """Load everything that has landed, work out the figures, write the report, say who is late."""
    from flows import sweep

    settings = _settings_of(home, warehouse)
    if not sweep.owed(settings):
        raise typer.BadParameter(
            f"no feed has a folder in {settings.landing}: make landing/<feed>/ for every feed that is owed, "
            "or say with --home where the partnership is"
        )
    raise typer.Exit(_run(settings, as_json))


@app.command(short_help="Load one file or folder, and work out the figures.")
def ingest(
    path: Annotated[Path, typer.Argument(exists=True, help="A file, or a folder of files.")],
    feed: Annotated[
        str | None, typer.Option(help="The feed; default: the name of the folder the file lies in.")
    ] = None,
    home: Home = None,
    warehouse: Warehouse = None,
    as_json: AsJson = False,
) -> None:
    """Load one file, or the files of one folder, and work out the figures."""
    from dataclasses import replace

    from flows import landing, sweep
    from flows.patience import patiently
    from quorate import show

    settings, found = _settings_of(home, warehouse), _feed_of(path, feed)
    files = sweep.arrived(path, found, settings) if path.is_dir() else [landing.Landed(found, path)]
    opened = patiently(lambda: sweep.open_warehouse(settings))
    now = datetime.now()
    with opened as store, show.deliveries_progress(len(files)) as progress:
        outcomes = sweep.deliver_all(files, store, settings, now, progress)
        run = sweep.conclude(store, settings, outcomes, [], now)
    # Who else is late is the night's to say.
    run = replace(run, missing=tuple(late for late in run.missing if late.feed == found.name))
    show.run(run, as_json)
    raise typer.Exit(show.exit_of(run))


@app.command(short_help="Judge one file, load nothing.")
def check(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The file to judge.")],
    feed: Annotated[
        str | None, typer.Option(help="The feed; default: the name of the folder the file lies in.")
    ] = None,
    home: Home = None,
    as_json: AsJson = False,
) -> None:
    """Judge one file and load nothing: every finding, by rule, with the rows and what to do."""
    from connectors.read import Unreadable
    from flows import judging, sweep
    from quorate import show
    from warehouse.keys import throwaway_key

    found = _feed_of(file, feed)
    with sweep.reader_of(_settings_of(home)) as reader:
        try:
            examined = judging.examine(file, found, reader, throwaway_key())  # nothing is kept: any key does
        except Unreadable as refusal:
            show.unreadable(file, refusal, as_json)
            raise typer.Exit(Exit.REFUSED) from None
    show.examined(file, examined, as_json)
    raise typer.Exit(Exit.REFUSED if any(one.refused.num_rows for one in examined.judged) else Exit.OK)


@app.command(short_help="Who delivered what, with what result; who is late.")
def status(
    as_known_at: AsKnownAt = None,
    watch: Annotated[bool, typer.Option("--watch", help="Show it anew every two seconds, until Ctrl-C.")] = False,
    home: Home = None,
    warehouse: Warehouse = None,
    as_json: AsJson = False,
) -> None:
    """Who delivered what, when and with what result, and who is late."""
    if watch:
        from quorate.watching import repeat

        repeat(lambda: status(as_known_at, home=home, warehouse=warehouse, as_json=as_json))
        raise typer.Exit(Exit.OK)
    from flows import agreements
    from quorate import reading, show
    from warehouse import dossier, ledger, publications

    settings = _settings_of(home, warehouse)
    instant = reading.instant_of(as_known_at)
    with reading.whole(settings, instant) as connection:
        latest = [dict(one) for one in ledger.list_deliveries(connection, latest_only=True)]
        today = (instant or datetime.now()).date()
        on_the_day = agreements.standings(connection, settings, today)
        held, held_back = dossier.held(connection), publications.waiting(connection)
    show.status(latest, on_the_day, held, held_back, as_json)
    late = any(one.is_chased for one in on_the_day)
    raise typer.Exit(Exit.GATE if held or held_back else Exit.MISSING if late else Exit.OK)


@app.command(short_help="Publish the figures, and write the report again.")
def publish(
    *,
    accept: Annotated[bool, typer.Option("--accept", help="Publish what the audit held back.")] = False,
    by: Annotated[str | None, typer.Option(help="With --accept: who decides.")] = None,
    why: Annotated[str | None, typer.Option(help="With --accept: the reason, for those who read it later.")] = None,
    from_the_beginning: Annotated[
        bool, typer.Option("--from-the-beginning", help="Use nothing that was worked out before.")
    ] = False,
    home: Home = None,
    warehouse: Warehouse = None,
    as_json: AsJson = False,
) -> None:
    """Work the figures out again, publish them, and write the report and the tidy data."""
    from flows import sweep
    from quorate import reading, show
    from warehouse.publications import Accepted

    if accept != bool(by and why) or (not accept and (by or why)):
        raise typer.BadParameter(
            "--accept, --by NAME and --why TEXT belong together: a decision has a name and a reason"
        )
    settings = _settings_of(home, warehouse)
    with reading.existing(settings) as store:
        sweep.key_of(store, settings)  # figures need none, but without the key nothing goes out
        accepted = Accepted(by or "", why or "") if accept else None
        how: How = "whole" if from_the_beginning else "as it pays"
        done = sweep.publish(store, settings, datetime.now(), accepted, how=how)
    show.published(done, is_accepted=accept, as_json=as_json)
    raise typer.Exit(Exit.GATE if done.held_back else Exit.OK)


app.command(short_help="Write the report again, or its restricted edition.")(reporting.report)


app.command(short_help="Tell people what they have not been told.")(notifying.notify)


app.command("feedback", short_help="What agencies get back: their errors, in their rows.")(feedback.feedback)


@app.command(short_help="Look for what would make a night fail.")
def doctor(home: Home = None, warehouse: Warehouse = None, as_json: AsJson = False) -> None:
    """Look for what would make a night fail: database, archive, disk, landing zone, libraries."""
    from quorate import examination, show

    found = examination.examine(_settings_of(home, warehouse))
    show.doctor(found, as_json)
    raise typer.Exit(Exit.OK if all(one.is_well for one in found) else Exit.INFRASTRUCTURE)


def _run(settings: Settings, as_json: bool) -> Exit:
    from flows import sweep
    from quorate import show

    files, _ = sweep.landed(settings)
    with show.deliveries_progress(len(files)) as progress:
        run = sweep.nightly(settings, datetime.now(), progress)
    show.run(run, as_json)
    return show.exit_of(run)


def _feed_of(path: Path, name: str | None) -> Feed:
    from connectors.agency import all_feeds

    feeds = all_feeds()
    wanted = name or (path.resolve().name if path.is_dir() else path.resolve().parent.name)
    if wanted not in feeds:
        raise typer.BadParameter(f"no connector is named {wanted!r}; give --feed, one of: {', '.join(sorted(feeds))}")
    return feeds[wanted]


for _command, _says in (*arrivals.COMMANDS, *assurance.COMMANDS, *operating.COMMANDS, *upkeep.COMMANDS):
    app.command(short_help=_says)(_command)
