"""`quorate drop …`: take in files that agencies send by HTTP, and say who may send them."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import typer

from quorate.options import AsJson, Home, settings_of

# Everything heavy is imported where it is used: `quorate --help` answers within half a second.

app = typer.Typer(
    help="Take in files that agencies send by HTTP; make and revoke their tokens.",
    invoke_without_command=True,
    rich_markup_mode=None,
)


@app.callback()
def serve(
    context: typer.Context,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Where to listen.")] = 8470,
    host: Annotated[str, typer.Option(help="Which address: only this computer's own without TLS.")] = "127.0.0.1",
    home: Home = None,
) -> None:
    """Take in files that agencies send by HTTP, until Ctrl-C. A proxy that speaks TLS stands before it."""
    if context.invoked_subcommand:
        return
    import logging
    import socket

    from flows.drop import TOKENS
    from flows.drop_server import server
    from flows.drop_tokens import tokens
    from quorate import show

    settings = settings_of(home)
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(message)s")
    known = tokens(settings.home / TOKENS)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family) as listening:
        show.say(f"Listening on http://{host}:{listening.getsockname()[1]} for {len(known)} tokens. Ctrl-C ends it.")
        if host not in ("127.0.0.1", "::1", "localhost"):
            show.say("[bold red]Files and tokens go in clear over this address[/bold red]: put a proxy with TLS there.")
        server(settings, host, port).run(sockets=[listening])


@app.command(short_help="Make a token for a feed; it is shown once.")
def token(
    feed: Annotated[str, typer.Argument(help="The feed whose files are sent with it.")],
    *,
    holder: Annotated[str, typer.Option("--for", help="Who sends; default: the feed's agency.")] = "",
    part: Annotated[
        str, typer.Option(help="Whose files, where a feed's come from several: as their names say it.")
    ] = "",
    home: Home = None,
) -> None:
    """Make a token for a feed and print it, this once: what is kept is its hash."""
    from rich.markup import escape

    from connectors.agency import all_feeds
    from flows.drop import TOKENS
    from flows.drop_tokens import NotGiven, make
    from quorate import show

    feeds, settings = all_feeds(), settings_of(home)
    if feed not in feeds:
        raise typer.BadParameter(f"no connector is named {feed!r}; one of: {', '.join(sorted(feeds))}")
    try:
        made, said = make(settings.home / TOKENS, feeds[feed], holder or feeds[feed].agency, datetime.now(), part)
    except NotGiven as refusal:
        raise typer.BadParameter(str(refusal)) from None
    (settings.landing / feed).mkdir(parents=True, exist_ok=True)
    what = escape(f"{made.token_id} of {made.holder} for {feed}" + (f", {part}" if part else ""))
    show.say(f"Token {what}. Give it to them on a safe way; it is not shown again:")
    typer.echo(said)


@app.command("list", short_help="Who may send what; no token is shown.")
def list_all(home: Home = None, as_json: AsJson = False) -> None:
    """Who may send what: ids, feeds and holders of the tokens that hold."""
    from flows.drop import TOKENS
    from flows.drop_tokens import tokens
    from quorate import show_arrivals

    shown = [asdict(one) for one in tokens(settings_of(home).home / TOKENS)]
    show_arrivals.tokens(
        [{name: one[name] for name in ("token_id", "feed", "part", "holder", "made_at")} for one in shown], as_json
    )


@app.command(short_help="Take a token's rights away, at once.")
def revoke(
    token_id: Annotated[str, typer.Argument(metavar="ID", help="As `list` says it.")], home: Home = None
) -> None:
    """Take a token's rights away, at once."""
    from flows.drop import TOKENS
    from flows.drop_tokens import revoke as do
    from quorate import show

    if not do(settings_of(home).home / TOKENS, token_id):
        raise typer.BadParameter("there is no token of this id: `quorate drop list` has them", param_hint="ID")
    show.say(f"Token {token_id} opens nothing any more.")
