"""The exit codes of every command, in one place. Schedulers and scripts act on these."""

from enum import IntEnum


class Exit(IntEnum):
    """What happened, worst first wins: 130, 70, 5, 6, 4, 1, 3."""

    OK = 0
    REFUSED = 1
    """Rows or files were refused; everything else is loaded. Of `metrics diff`: a figure would move."""
    USAGE = 2
    MISSING = 3
    """An agency's delivery is missing or late."""
    GATE = 4
    """A gate or the audit stopped the publication, or a delivery is held until a person releases it."""
    INFRASTRUCTURE = 5
    """A database, disk or service could not be reached."""
    LOCKED = 6
    """Another process is writing to the warehouse."""
    BUG = 70
    """A mistake of ours: a row unaccounted for, a rule that could not run."""
    INTERRUPTED = 130
    """Ctrl-C, or the system asked it to end: what was loaded stays, a file half-way is undone."""
