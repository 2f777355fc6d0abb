"""Commands that run Quorate under Prefect: serve and deploy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Final

import typer

from quorate.exits import Exit
from quorate.options import Home, Warehouse, settings_of

# Everything heavy is imported where it is used: `quorate --help` answers within half a second.


def serve(
    *,
    port: Annotated[int, typer.Option(min=1024, max=65535, help="Where the server listens, on loopback.")] = 4200,
    home: Home = None,
    warehouse: Warehouse = None,
) -> None:
    """Run server, worker and watcher until Ctrl-C: a file that lands is loaded, and the report follows."""
    from flows import sweep
    from flows.serving import NotServing
    from flows.serving import serve as do
    from quorate.show import say
    from warehouse.keys import find_key

    settings = settings_of(home, warehouse)
    if not sweep.owed(settings):
        raise typer.BadParameter(f"no feed has a folder in {settings.landing}: make landing/<feed>/ for every feed")
    find_key(settings.key_path)  # no key, no start
    try:
        do(settings, say, port=port)
    except NotServing as failure:
        typer.echo(f"quorate: {failure}", err=True)
        raise typer.Exit(Exit.INFRASTRUCTURE) from None


def deploy(*, home: Home = None) -> None:
    """Tell the Prefect server all it needs: that of PREFECT_API_URL, else the one that `quorate serve` started here."""
    import asyncio
    import os

    import httpx

    from flows.deploying import NotDeployed
    from flows.deploying import deploy as do
    from flows.server_environment import as_client, client_of
    from quorate.show import say

    of = client_of(settings_of(home, None))
    if not of:
        raise typer.BadParameter("no server is known: set PREFECT_API_URL, or start `quorate serve`, which deploys")
    try:
        with as_client(of):
            done = asyncio.run(do({**os.environ, **of}))
    except (NotDeployed, httpx.HTTPError) as failure:
        says = failure if isinstance(failure, NotDeployed) else _refusal(failure, of["PREFECT_API_URL"])
        typer.echo(f"quorate: {says}", err=True)
        raise typer.Exit(Exit.INFRASTRUCTURE) from None
    say(f"{len(done.deployments)} deployments: {', '.join(done.deployments)}")
    say(f"{len(done.automations)} automations: {', '.join(done.automations)}")


def _refusal(failure: Exception, url: str) -> str:
    answer = getattr(failure, "response", None)
    if answer is None:
        return f"{url} does not answer: start `quorate serve`, or the service that runs the server"
    return f"{url} answers {answer.status_code}: check PREFECT_API_AUTH_STRING"


COMMANDS: Final[tuple[tuple[Callable[..., Any], str], ...]] = (
    (serve, "Server, worker and watcher, until Ctrl-C."),
    (deploy, "Tell a Prefect server all it needs."),
)
"""Command → what the list of commands says of it."""
