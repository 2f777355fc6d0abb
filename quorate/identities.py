"""`quorate key` and `quorate child`: the key of the pseudonyms, and which numbers are one child's."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from quorate.exits import Exit
from quorate.options import AsJson, By, Home, Warehouse, Why, settings_of
from quorate.reading import existing

if TYPE_CHECKING:
    from flows.settings import Settings

key_app = typer.Typer(help="The key that pseudonyms are made with.", no_args_is_help=True, rich_markup_mode=None)
child_app = typer.Typer(help="Which numbers are one child's.", no_args_is_help=True, rich_markup_mode=None)


@key_app.command(short_help="Make a key file.")
def make(home: Home = None, as_json: AsJson = False) -> None:
    """Make the key file of a partnership; one that is there is never written over."""
    from warehouse.keys import make_key

    path = settings_of(home).key_path
    made = make_key(path)
    if as_json:
        typer.echo(json.dumps({"key_file": str(path), "fingerprint": made.fingerprint}))
        return
    typer.echo(
        f"A key was made in {path} (fingerprint {made.fingerprint[:8]}). Keep a copy in a safe place apart from the "
        "backups: without it the warehouse cannot be gone on with."
    )


@key_app.command(short_help="Change the key, or finish a change.")
def rotate(home: Home = None, warehouse: Warehouse = None, as_json: AsJson = False) -> None:
    """Give every pseudonym a new key, in one transaction; run it again if it was interrupted."""
    from flows.key_rotation import rotate_key

    settings = settings_of(home, warehouse)
    with existing(settings) as store:
        rotated = rotate_key(settings, store, datetime.now())
    if as_json:
        typer.echo(json.dumps({"version": rotated.version, "rows": rotated.rows}))
        return
    done = f"{rotated.rows} rows were written anew" if rotated.rows else "nothing was left to write"
    typer.echo(f"The warehouse has key {rotated.version} now; {done}. Copy the new key to the safe place.")
    if not rotated.is_copied:
        typer.echo(
            "The analysts' copy still has the earlier pseudonyms, because something waits to be published: "
            "`quorate publish`, or the next night, makes it anew."
        )


@key_app.command(short_help="Which key there is, and which the warehouse has.")
def status(home: Home = None, warehouse: Warehouse = None, as_json: AsJson = False) -> None:
    """Which key there is, and which one the warehouse was written with."""
    from flows.key_rotation import next_file
    from warehouse.keys import KeyTrouble, find_key, keys_of, recognise

    settings = settings_of(home, warehouse)
    found = find_key(settings.key_path)
    says = ""
    with existing(settings) as store, store.reading() as connection:
        known = [dict(one) for one in keys_of(connection)]
        try:
            recognise(connection, found)
        except KeyTrouble as trouble:
            says = str(trouble)
    told: dict[str, Any] = {
        "origin": found.origin,
        "fingerprint": found.fingerprint,
        "is_right": not says,
        "is_rotating": next_file(settings.key_path).exists(),
        "keys": known,
    }
    if as_json:
        typer.echo(json.dumps(told, default=str))
    else:
        typer.echo(f"key of {found.origin}: fingerprint {found.fingerprint[:8]}")
        for one in known:
            typer.echo(f"warehouse: key {one['version']} since {one['since']:%d %B %Y}, {one['fingerprint'][:8]}")
        if told["is_rotating"]:
            says = says or f"A rotation is under way ({next_file(settings.key_path)}): run `quorate key rotate` again."
        typer.echo(says or "They agree.")
    raise typer.Exit(Exit.USAGE if not told["is_right"] else Exit.OK)


@child_app.command(short_help="Pairs of numbers that may be one child's.")
def candidates(
    *,
    everything: Annotated[bool, typer.Option("--all", help="Those decided as well.")] = False,
    reveal: Annotated[bool, typer.Option(help="Show names, numbers and addresses, to decide by.")] = False,
    home: Home = None,
    warehouse: Warehouse = None,
    as_json: AsJson = False,
) -> None:
    """Pairs of numbers that may be one child's by surname, birth date and postcode; nothing is merged by likeness."""
    from flows import sweep
    from warehouse import candidates as of
    from warehouse.vault import open_vault

    settings = settings_of(home, warehouse)
    with existing(settings) as store, open_vault(store) as vault:
        key = sweep.key_of(store, settings)
        with store.reading() as connection:
            found = of.candidates(connection, vault, key, all_of_them=everything)
    told = [_told(one, reveal=reveal) for one in found]
    if as_json:
        typer.echo(json.dumps(told, default=str))
        return
    for one in told:
        typer.echo(f"{one['candidate_id']}  {one['state']}")
        for side in one["numbers"]:
            typer.echo("    " + "  ".join(str(value) for value in side.values()))
    if not told:
        typer.echo("No pair waits for a decision.", err=True)


@child_app.command(short_help="They are one child.")
def confirm(
    candidate_id: str, *, by: By, why: Why, home: Home = None, warehouse: Warehouse = None, as_json: AsJson = False
) -> None:
    """The two numbers are one child's: they count as linked from now on."""
    _decide(candidate_id, "confirmed", settings_of(home, warehouse), by=by, why=why, as_json=as_json)


@child_app.command(short_help="They are not one child, or a confirmation was wrong.")
def reject(
    candidate_id: str, *, by: By, why: Why, home: Home = None, warehouse: Warehouse = None, as_json: AsJson = False
) -> None:
    """The two numbers are not one child's; takes back a confirmation."""
    _decide(candidate_id, "rejected", settings_of(home, warehouse), by=by, why=why, as_json=as_json)


def _told(candidate: Any, *, reveal: bool) -> dict[str, Any]:
    sides = []
    for side in (candidate.one, candidate.other):
        told = {"said_by": side.said_by, "kind": side.kind, "number": side.number}
        if reveal:
            clear = {name: getattr(side, name) for name in ("value", "surname", "forename", "born_on", "postcode")}
            told |= clear
        sides.append(told)
    return {"candidate_id": candidate.candidate_id, "state": candidate.state, "numbers": sides}


def _decide(
    candidate_id: str,
    decision: Literal["confirmed", "rejected"],
    settings: Settings,
    *,
    by: str,
    why: str,
    as_json: bool,
) -> None:
    from flows.identities import decide
    from warehouse.candidates import NotACandidate

    with existing(settings) as store:
        try:
            decide(settings, store, candidate_id, decision, by=by, why=why, now=datetime.now())
        except NotACandidate as failure:
            raise typer.BadParameter(str(failure)) from None
    if as_json:
        typer.echo(json.dumps({"candidate_id": candidate_id, "state": decision}))
        return
    typer.echo(
        f"Candidate {candidate_id} is {decision}. `quorate publish`, or the next night, puts it into the figures."
    )
