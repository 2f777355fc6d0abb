"""One trial: a command that meets a fault, what stands there afterwards, and whether a second try does the rest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from quorate.exits import Exit
from tests.faults import run, shim, story
from tests.faults.places import OnPostgreSQL, Place, aim_at_backends, has_orphans
from tests.faults.run import Ended
from tests.faults.shim import Fault
from tests.faults.state import State, changed
from tests.faults.story import Step
from warehouse.known import WRITTEN

FINE = {Exit.OK, Exit.REFUSED, Exit.MISSING}
NOTHING: State = {}
SERVER, BACKEND = -1, -2
"""Whom `shim.KILL_OTHER` kills: PostgreSQL's first process, or the one that the command's connection talks to."""


@dataclass(frozen=True)
class Scene:
    """A step of the story, rehearsed: what was there before, and what a run without a fault makes of it."""

    step: Step
    kept_as: str
    words: tuple[str, ...]
    before: State
    between: tuple[State, ...]
    """After each transaction; the last is the state a run ends at."""
    files: dict[str, str]
    writes: int
    sends: int

    @property
    def after(self) -> State:
        return self.between[-1] if self.between else self.before


@dataclass(frozen=True)
class Verdict:
    """What became of a trial."""

    stood: str
    """``before``, ``between`` (two transactions), ``after``, or ``broken``."""
    problems: tuple[str, ...]
    was_reached: bool
    """Whether the fault came at all: two runs may differ by a few writes."""
    orphans: tuple[str, ...] = ()


def rehearse(place: Place) -> Iterator[Scene]:
    """Act the story out once, step by step, and remember each."""
    story.begin(place.home)
    before, taken_back = NOTHING, ""
    for number, step in enumerate(story.steps()):
        story.land(place.home, step)
        kept_as = f"before_{number}"
        place.keep(kept_as)
        words = step.words(place.home, taken_back)
        told = run.command(words, place.home, place.url, Fault(), records=True)
        if told.code not in FINE:
            raise AssertionError(f"{step.name} fails without a fault ({told.code}): {told.said[-2000:]}")
        _prove_moves_at_once(step, before, told)
        sends = 0
        if isinstance(place, OnPostgreSQL):
            place.put_back(kept_as)
            sends = run.command(words, place.home, place.url, Fault(on_sockets=True)).writes
        scene = Scene(step, kept_as, words, before, told.states, files_of(place.home), told.writes, sends)
        yield scene
        before = scene.after
        taken_back = taken_back or _first_delivery(place.url)


def attempt(place: Place, scene: Scene, fault: Fault) -> Verdict:
    """Put the scene back, run its command into the fault, look, and run it once more."""
    place.put_back(scene.kept_as)
    ended = run.command(scene.words, place.home, place.url, *_aimed(place, fault))
    if isinstance(place, OnPostgreSQL):
        place.settle()
    problems = list(_told_wrong(ended, fault))
    stood = _where(place, scene, problems)
    orphans = tuple(has_orphans(place.home))
    again = run.command(scene.words, place.home, place.url, Fault())
    if again.code not in FINE and (again.code, scene.step.name, stood == "before") != (Exit.USAGE, "withdrawal", False):
        # it cannot be withdrawn twice, but its figures can be finished
        problems.append(f"the second try ended with {again.code}: {again.said[-1500:]}")
    in_the_end = _where(place, scene, problems)
    if in_the_end != "after":
        problems.append(f"the second try does not end at after, but at {in_the_end}")
    problems += _files_wrong(place.home, scene)
    return Verdict(stood, tuple(problems), ended.code is None or ended.code not in FINE, orphans)


def _aimed(place: Place, fault: Fault) -> tuple[Fault, Callable[[], None]]:
    """The fault with the process it kills, and what a fork must do to find out which that is."""
    if fault.other == SERVER and isinstance(place, OnPostgreSQL):
        return replace(fault, other=place.server.process), lambda: None
    return (replace(fault, other=0), aim_at_backends) if fault.other == BACKEND else (fault, lambda: None)


def _prove_moves_at_once(step: Step, before: State, told: Ended) -> None:
    """Facts never change without their ledger, nor in two steps for one file: else a rehearsal would excuse it."""
    for one, other in zip((before, *told.states), told.states, strict=False):
        moved = changed(one, other) - {table.fullname for table in WRITTEN}  # what a refresh works out from the facts
        if any(name.startswith(("facts.", "history.")) for name in moved) and "ledger.deliveries" not in moved:
            raise AssertionError(f"{step.name}: facts change without the ledger: {sorted(moved)}")


def _told_wrong(ended: Ended, fault: Fault) -> Iterator[str]:
    """What a command that outlives a fault must say."""
    if ended.code is None or ended.code in FINE:
        return
    if ended.code != Exit.INFRASTRUCTURE:
        yield f"ended with {ended.code}: {ended.said[-1500:]}"
    if "Traceback" in ended.said:
        yield f"showed where in Python it happened: {ended.said[-1500:]}"
    if fault.what == shim.FULL and "disk is full" not in ended.said:
        yield f"does not say that the disk is full: {ended.said[-500:]}"


def _where(place: Place, scene: Scene, problems: list[str]) -> str:
    try:
        found = run.look(place.url)
    except AssertionError as broken:
        problems.append(f"the warehouse does not open: {str(broken)[-1500:]}")
        return "broken"
    problems += [f"doubled in {name}" for name in found.doubled]
    if found.unbalanced:
        problems.append(f"{found.unbalanced} deliveries do not balance")
    if found.unvaulted:
        problems.append(f"{found.unvaulted} pseudonyms are not in the vault")
    if not changed(found.state, scene.after):
        return "after"
    if not changed(found.state, scene.before):
        return "before"
    if any(not changed(found.state, state) for state in scene.between):
        return "between"
    nearest = min((changed(found.state, state) for state in (scene.before, *scene.between)), key=len)
    problems.append(f"neither before nor after, nor between two transactions: {sorted(nearest)}")
    return "broken"


def _files_wrong(home: Path, scene: Scene) -> Iterator[str]:
    files = files_of(home)
    for name in sorted(files.keys() | scene.files.keys()):
        if files.get(name) != scene.files.get(name):
            is_wrong = "missing" if name not in files else "too many" if name not in scene.files else "other"
            yield f"{name} is {is_wrong}"


def files_of(home: Path) -> dict[str, str]:
    """The files that count: the archive by hash, receipts and decisions by their subject, reports by what they say."""
    found = {}
    for path in sorted(path for path in home.rglob("*") if path.is_file() and not path.name.startswith(".")):
        name = str(path.relative_to(home))
        kind = SAYS.get(path.relative_to(home).parts[0])
        if kind is not None:
            found |= kind(path, name)
    return found


def _archived(path: Path, name: str) -> dict[str, str]:
    if path.suffix == ".json":
        said = json.loads(path.read_text())
        return {f"{path.parent.name} {said.get('delivery_id', '')} {said.get('kind', '')}": "there"}
    return {name: hashlib.sha256(path.read_bytes()).hexdigest()}


def _report(path: Path, name: str) -> dict[str, str]:
    if path.suffix == ".html":
        return {name: "whole" if path.read_text().rstrip().endswith("</html>") else "cut"}
    return {name: hashlib.sha256(path.read_bytes()).hexdigest()}


SAYS: dict[str, Callable[[Path, str], dict[str, str]]] = {"archive": _archived, "reports": _report}


def _first_delivery(url: str) -> str:
    from sqlalchemy import select

    from warehouse.store import open_store
    from warehouse.tables import DELIVERIES

    def work() -> str:
        with open_store(url) as store, store.reading() as connection:
            first = select(DELIVERIES.c.delivery_id).where(DELIVERIES.c.feed == story.CPOMS)
            return str(connection.scalar(first.order_by(DELIVERIES.c.received_at, DELIVERIES.c.file_name)))

    return run.in_fork(work) or ""
