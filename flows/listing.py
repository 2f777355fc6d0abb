"""What a remote place lists, and what of it is fetched: the feed's whole files, with what tells of them."""

from __future__ import annotations

import time
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from connectors import manifest
from connectors.agency import Feed
from connectors.fetch import Offered
from flows.file_names import DONE, is_partial, refused_name
from flows.landing import LONG_QUIET
from flows.remotes import Remote


@dataclass(frozen=True)
class Listing:
    """One listing of one place."""

    offered: dict[str, Offered]
    remote: Remote
    feed: Feed
    waits_for: str
    """``done``, ``manifest``, or empty: what must lie beside a file."""

    def wanted(self) -> tuple[list[Offered], list[str]]:
        """The files to be fetched, whether or not they were before, and why others were left: a sentence each."""
        whys = {name: self._why_left(name) for name in self.offered if self._is_meant(name)}
        wanted = [self.offered[name] for name, why in whys.items() if not why and self._has_come(name)]
        return wanted, [f"a file was left: {why}" for why in whys.values() if why]

    def manifest_of(self, name: str) -> Offered | None:
        """The manifest beside a file."""
        return self.offered.get(name + manifest.BESIDE)

    def beside(self, name: str) -> list[Offered]:
        """What tells of a file and goes where it goes."""
        return [one for one in (self._done_of(name), self.manifest_of(name)) if one is not None]

    def must_be_quiet(self, one: Offered) -> bool:
        """A file may still be growing: it is young, or of unknown age, and its sender does not say that it is done."""
        is_old = 0 < one.changed_at < time.time() - LONG_QUIET
        done = self._done_of(one.name)
        return not is_old and not (done and done.changed_at >= one.changed_at > 0)

    def _is_meant(self, name: str) -> bool:
        is_beside = is_partial(name) or manifest.is_manifest(name) or name.casefold().endswith(DONE)
        return not is_beside and fnmatchcase(name, self.remote.pattern or self.feed.files)

    def _why_left(self, name: str) -> str:
        done, one = self._done_of(name), self.offered[name]
        if why := refused_name(name, self.feed):
            return why
        if one.size > self.remote.max_mib * 2**20:
            return f"it is larger than {self.remote.max_mib:g} MiB: max_mib in quorate.toml"
        if done and 0 < done.changed_at < one.changed_at:
            return f"its {DONE} is older than it: ask the agency to write it anew after the file"
        return ""

    def _has_come(self, name: str) -> bool:
        """What the feed waits for is there."""
        what = {"done": self._done_of(name), "manifest": self.manifest_of(name)}
        return not self.waits_for or what[self.waits_for] is not None

    def _done_of(self, name: str) -> Offered | None:
        """The newest that says of a file that it is done, where the feed waits for such."""
        names = (f"{name}{DONE}", f"{Path(name).stem}{DONE}") if self.waits_for == "done" else ()
        found = [self.offered[said] for said in names if said in self.offered]
        return max(found, key=lambda one: one.changed_at, default=None)
