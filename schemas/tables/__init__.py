"""The canonical tables, one module each, found by scanning this folder: module = table = warehouse table."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from schemas.table import Table


@cache
def all_tables() -> dict[str, type[Table]]:
    """Table name → its model, in alphabetical order."""
    found: dict[str, type[Table]] = {}
    for module in sorted(info.name for info in iter_modules(__path__)):
        members = vars(import_module(f"{__name__}.{module}")).values()
        (found[module],) = (
            member
            for member in members
            if isinstance(member, type) and issubclass(member, Table) and member.__module__.endswith(f".{module}")
        )
    return found
