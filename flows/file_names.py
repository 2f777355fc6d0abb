"""What the name of a file in the landing zone says: whole, on its way, never read; and which names are let in."""

from __future__ import annotations

import re
import stat
from fnmatch import fnmatchcase
from typing import Final

from connectors import manifest
from connectors.agency import Feed

PARTIAL: Final = (".part", ".partial", ".filepart", ".tmp", ".temp", ".crdownload", ".download", ".upload", ".swp", "~")
"""Ends the name of a file on its way: of uploads (WinSCP's ``.filepart``), browsers and editors, in any case."""
BEGUN: Final = (".", "~$")
"""Begins such a name: hidden files, rsync's, and the locks of office programs."""
DONE: Final = ".done"
NEVER: Final = ("thumbs.db", "desktop.ini")
"""What Windows leaves in a folder that somebody looked at."""
SET_ASIDE: Final = "done"
"""A folder of this name within a feed's is where somebody puts files that were dealt with."""
LONGEST: Final = 200
"""Bytes of a name that comes from elsewhere: file systems allow 255, and a number may be added."""


def is_partial(name: str) -> bool:
    """The file is still on its way."""
    return name.startswith(BEGUN) or name.casefold().endswith(PARTIAL)


def never_read(name: str, mode: int, feed: Feed) -> str | None:
    """What somebody should do about an entry that is not read; empty: nothing; None: it may become ready."""
    if stat.S_ISDIR(mode):
        is_usual = name.startswith(".") or name.casefold() == SET_ASIDE
        return "" if is_usual else f"is a folder, and nothing in it is read: put its files into {feed.name} itself."
    if not stat.S_ISREG(mode):
        what = "a link, and is not followed" if stat.S_ISLNK(mode) else "not a file"
        return f"is {what}: put the file itself there."
    if name.casefold() in NEVER or manifest.is_manifest(name) or name.casefold().endswith(DONE):
        return ""
    if not name.isprintable():
        return "has a name that cannot be written down: give it another."
    if not fnmatchcase(name, feed.files) and not is_partial(name):
        return f"is not read, since this feed's files are named {feed.files}: rename it, or put it where it belongs."
    return None


def refused_name(name: str, feed: Feed) -> str:
    """Why a file that somebody sends may not be called so; empty: it may.

    Nothing of the name itself is said: it comes from outside.
    """
    if not name.isprintable() or {"/", "\\", ":"} & set(name) or name != name.strip() or not name.strip("."):
        return "the name has characters, or a path, that the name of a file may not have"
    if len(name.encode()) > LONGEST:
        return f"the name is longer than {LONGEST} bytes"
    if is_partial(name) or manifest.is_manifest(name) or name.casefold().endswith(DONE) or name.casefold() in NEVER:
        return "the name says that it is not a whole file of data"
    if not fnmatchcase(name, feed.files):
        return f"this feed's files are named {feed.files}"
    return ""


def numbered(name: str, number: int, feed: Feed) -> str:
    """The name of another file of the same name: ``x.csv``, ``x~002.csv``; it comes after it, and is the feed's too.

    Where the feed has parts it is of the same part, or it would take the place of somebody else's file.
    """
    part = re.search(feed.part, name) if feed.part else None
    beside = name
    for end in (name.rfind("."), name.find("."), part.start() if part else 0):
        at = end if end > 0 else len(name)
        beside = f"{name[:at]}~{number:03}{name[at:]}"
        if fnmatchcase(beside, feed.files) and part_of(beside, feed) == part_of(name, feed):
            break
    return beside


def part_of(name: str, feed: Feed) -> str:
    """Which of the files of its period a file is, where the feed has `connectors.agency.Feed.part`; empty: none."""
    found = re.search(feed.part, name) if feed.part else None
    return (found[1] or "") if found else ""


def shown(name: str) -> str:
    """A name as a terminal can show it."""
    return name if name.isprintable() else ascii(name)
