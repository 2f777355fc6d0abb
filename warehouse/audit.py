"""The audit before publishing: are volumes and figures likely, given their own history?

Great Expectations decides, over a frame of a few hundred aggregates and their bands (`warehouse.bands`); it sees no
row of a person, answers in counts, and is started, in a process of its own (`warehouse.audit_child`), only when there
is something to ask: that takes seconds.
Figures that cannot be true at all are `warehouse.gate`'s, which goes first.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Self, cast

from warehouse import audit_child
from warehouse.bands import DEFAULT_LIMITS, MATTERS, Banded, FigureKey, Limits, newest, restated, volumes
from warehouse.gate import GateStopped
from warehouse.store import Unavailable

NAMED: Final = 20
"""So many are said in words; a hundred that moved together have one cause."""
ACCEPT: Final = "quorate publish --accept --by NAME --why TEXT"
"""What a person types to publish what was held."""
PASSED_ON: Final = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")
"""Of our environment, what the auditing process is given."""


class AuditUnavailable(Unavailable):
    """Great Expectations cannot be run. Command line: exit code 5."""


class AuditStopped(GateStopped):
    """The figures are possible and unlikely, and wait for a person. Command line: exit code 4."""

    def __init__(self, found: Sequence[Banded]) -> None:
        self.found = tuple(found)
        super().__init__("\n".join(_told(self.found)))


def _told(found: Sequence[Banded]) -> Iterator[str]:
    """A line for each, by kind, and why it matters once for all of a kind."""
    verb = "is" if len(found) == 1 else "are"
    yield f"{len(found)} of what would be published {verb} unlikely, and the last report stands."
    named = found[:NAMED]
    for kind in dict.fromkeys(one.kind for one in named):
        yield MATTERS[kind]
        yield from (f"  {one.says}" for one in named if one.kind == kind)
    if len(found) > NAMED:
        yield f"And {len(found) - NAMED} more."
    yield f"Where it is right all the same: `{ACCEPT}`."


class Auditor:
    """Great Expectations in a process of its own, which can be got ready before there is everything to ask."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None

    def get_ready(self) -> None:
        """Begin to start: that takes seconds, in which other things can be done."""
        if self._process is None:
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                (sys.executable, "-I", audit_child.__file__),
                env={name: os.environ[name] for name in PASSED_ON if name in os.environ},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )

    def is_likely(self, asked: Sequence[Banded]) -> bool:
        """Its answer: every number lies in its band. It answers once.

        Raises:
            AuditUnavailable: it gave none. What nobody has audited is not published.
        """
        columns = {name: [getattr(one, name) for one in asked] for name in ("value", "least", "most")}
        self.get_ready()
        process, self._process = cast("subprocess.Popen[str]", self._process), None
        said, _ = process.communicate(json.dumps(columns))
        try:
            answer = json.loads(said)
        except ValueError:
            answer = {}
        if process.returncode or answer.get("asked") != len(asked):
            raise AuditUnavailable(
                f"The audit before publishing could not be run (its process ended with {process.returncode}), so "
                "nothing was published. Install Quorate again as README.md says; `quorate publish` then publishes."
            )
        return bool(answer["is_likely"])


def audit(
    figures: Iterable[Mapping[str, Any]],
    published: Mapping[FigureKey, Mapping[str, Any]],
    deliveries: Iterable[Mapping[str, Any]],
    limits: Limits = DEFAULT_LIMITS,
    auditor: Auditor | None = None,
) -> int:
    """Let through what is likely; returns how many volumes and figures were asked about.

    Args:
        figures: lines of ``reporting.measures``, as they would be published.
        published: what stands published (`warehouse.publications.standing`).
        deliveries: lines of ``ledger.deliveries`` whose rows count.
        limits: how far each may be from its own history.
        auditor: one that may have been got ready; None: one is started if there is something to ask.

    Raises:
        AuditStopped: names what is outside its band, from what to what, on how many cases, and why it matters.
        AuditUnavailable: nobody could be asked.
    """
    figures = list(figures)
    asked = [
        *volumes(deliveries, limits),
        *restated(figures, published, limits),
        *newest(figures, published, limits),
    ]
    if asked and not (auditor or Auditor()).is_likely(asked):
        raise AuditStopped([one for one in asked if one.is_unlikely])
    return len(asked)
