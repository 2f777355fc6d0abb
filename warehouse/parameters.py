"""Every number and choice that is a rule: `parameters.toml`, and what a partnership has agreed in its stead.

A metric states a rule by its name, and the value is looked up when its SQL is run or written down:

    meetings.c.working_days_taken <= parameter("meeting_on_time.standard")

So the parameters that a figure rests on are found in its SQL (`used_in`), and nobody has to list them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from sqlalchemy import BigInteger, BindParameter, Boolean, Double, Text, bindparam

Value = bool | int | float | str
FILE: Final = Path(__file__).with_suffix(".toml")
TYPES: Final[Mapping[type, Any]] = {bool: Boolean, int: BigInteger, float: Double, str: Text}


@dataclass(frozen=True)
class Parameter:
    """One rule's number or choice."""

    name: str
    value: Value
    says: str
    source: str
    """Where the value comes from; "proposal": nobody has said so yet."""
    unit: str = ""
    choices: tuple[str, ...] = ()
    """Of a choice: what can be chosen."""


class NoSuchParameter(ValueError):
    """A name that no parameter has, or a value that it cannot have."""


@cache
def all_parameters() -> Mapping[str, Parameter]:
    """Name → parameter with the value it has where nobody says otherwise."""
    with FILE.open("rb") as file:
        return {name: _parameter(name, told) for name, told in _flat(tomllib.load(file)) if isinstance(told, dict)}


def agreed(said: Mapping[str, Any]) -> dict[str, Value]:
    """What a partnership says in its settings, checked; tables may be nested.

    Raises:
        NoSuchParameter: a misspelt name would leave the rule as it was, and nobody would know.
    """
    return {name: _checked(name, value) for name, value in _flat(said)}


def value_of(name: str) -> Value:
    """The value a parameter has now."""
    return _AGREED.get().get(name, all_parameters()[name].value)


def number(name: str) -> float:
    """The value of a parameter that is a number."""
    return float(value_of(name))


@contextmanager
def using(values: Mapping[str, Value]) -> Iterator[None]:
    """Within the block these values hold (`agreed` gives them), and the file's for all others."""
    token = _AGREED.set(values)
    try:
        yield
    finally:
        _AGREED.reset(token)


@cache
def parameter(name: str) -> BindParameter[Any]:
    """The parameter in a statement.

    Raises:
        KeyError: there is no such parameter.
    """
    kind = TYPES[type(all_parameters()[name].value)]
    return bindparam(name, callable_=lambda: value_of(name), type_=kind())


def used_in(names: Iterable[str]) -> dict[str, Value]:
    """Of bound names those that are parameters, with the values they have now, in order."""
    return {name: value_of(name) for name in sorted(set(names)) if name in all_parameters()}


_AGREED: ContextVar[Mapping[str, Value]] = ContextVar("agreed", default={})  # noqa: B039 - nobody writes to it


def _flat(told: Mapping[str, Any], within: str = "") -> Iterator[tuple[str, Any]]:
    """Nested tables as dotted names; a table with a value is a leaf."""
    for name, value in told.items():
        if isinstance(value, dict) and "value" not in value:
            yield from _flat(value, f"{within}{name}.")
        else:
            yield f"{within}{name}", value


def _parameter(name: str, told: Mapping[str, Any]) -> Parameter:
    return Parameter(
        name, told["value"], told["says"], told["source"], told.get("unit", ""), tuple(told.get("choices", ()))
    )


def _checked(name: str, said: Any) -> Value:
    value: Value = said
    if name not in all_parameters():
        raise NoSuchParameter(f"no parameter is called {name}: warehouse/parameters.toml has them all")
    declared = all_parameters()[name]
    if isinstance(declared.value, float) and type(value) is int:
        value = float(value)
    if type(value) is not type(declared.value):
        raise NoSuchParameter(f"{name} must be {_kind(declared)}")
    if declared.choices and value not in declared.choices:
        raise NoSuchParameter(f"{name} must be one of {', '.join(declared.choices)}")
    if isinstance(value, int | float) and value < 0:
        raise NoSuchParameter(f"{name} must not be negative")
    return value


def _kind(declared: Parameter) -> str:
    return {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}[type(declared.value)]
