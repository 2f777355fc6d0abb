"""JSON: arrays of records, each record flattened to dotted paths, numbers as they were written."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from connectors import text_rows
from connectors.members import left_out
from connectors.reading import Contents, Found, Keep, Layout, Note, Rows, StreamLayout, Unreadable, shown

WHOLE: Final = "*"
"""The member of a stream whose array is the document itself."""
JOIN: Final = "|"
DEEPEST: Final = 50
"""Levels of a record; the deepest in use (FHIR) has about ten."""
SEND_AGAIN: Final = "Export it again and send it whole."

Json = dict[str, "Json"] | list["Json"] | str | bool | None
"""A parsed document; numbers are kept as the text they were written in."""


def read_json(path: Path, layout: Layout, keep: Keep[Rows]) -> Contents[Rows]:
    """Read the arrays that streams name.

    Raises:
        Unreadable: the file refuses itself.
    """
    document = _parsed(_decoded(path.read_bytes()))
    arrays, notes = _arrays(document, layout)
    found: list[Found[Rows]] = []
    for name, array in arrays.items():
        readers = [(number, stream) for number, stream in enumerate(layout.streams) if stream.member == name]
        if not readers:
            found.append(left_out(name, range(1, len(array) + 1), keep))
            continue
        records = Records(array, [stream for _, stream in readers])
        kept = keep(text_rows.schema(len(records.paths)), text_rows.batches(records, len(records.paths)))
        spelt = tuple((number, tuple(records.paths)) for number, _ in readers)
        found.append(Found(name, spelt, kept, tuple(records.misshapen), records.blank))
        notes += records.notes(name)
    return Contents(tuple(found), tuple(notes))


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in content[:4]:
        raise Unreadable("file.encoding", "The file is UTF-16, and JSON is UTF-8.", "Export it as UTF-8.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise Unreadable(
            "file.encoding",
            f"Line {line} is not UTF-8: it looks like Windows-1252 (cp1252).",
            "Export it as UTF-8, as every JSON file is.",
        ) from None


def _parsed(text: str) -> Json:
    if not text.strip():
        raise Unreadable("file.empty", "The file is empty.", SEND_AGAIN)
    try:
        parsed: Json = json.loads(text, parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated"):
            raise Unreadable("file.truncated", f"The file breaks off in line {error.lineno}.", SEND_AGAIN) from None
        raise Unreadable(
            "file.malformed", f"Line {error.lineno}, character {error.colno} is not JSON.", SEND_AGAIN
        ) from None
    except RecursionError:
        raise _too_deep() from None
    return parsed


def _too_deep() -> Unreadable:
    return Unreadable("file.malformed", "The file is nested deeper than any record is.", SEND_AGAIN)


def _once(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    """An object; the parser alone would keep the last of two equal keys and drop the other."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Unreadable("file.repeated_column", "An object of the file has the same key twice.", "Give each key once.")
    return found


def _arrays(document: Json, layout: Layout) -> tuple[dict[str, Sequence[Json]], list[Note]]:
    """Array name → records, of every array that streams name or the feed leaves out; a note for anything else."""
    top: dict[str, Json] = document if isinstance(document, dict) else {WHOLE: document}
    members = list(dict.fromkeys(stream.member for stream in layout.streams))
    optional = {stream.member for stream in layout.streams if stream.is_optional}
    missing = [name for name in members if not isinstance(top.get(name, [] if name in optional else None), list)]
    if missing:
        raise Unreadable(
            "file.missing_member",
            f"The file lacks the array {', '.join(repr(name) for name in missing)}.",
            "Export it again with every part; a part without records is an empty array.",
        )
    arrays = {name: value for name, value in top.items() if isinstance(value, list)}
    notes = [
        Note("file.extra_member", 1, f"The key {shown(name)!r} of the file is not declared; it was not read.")
        for name in top
        if name not in members and name not in layout.ignores
    ]
    return {name: arrays[name] for name in arrays if name in members or name in layout.ignores}, notes


class Records:
    """The records of an array as rows: iterate to get them; then what was odd about them is known."""

    def __init__(self, array: Sequence[Json], streams: Sequence[StreamLayout]) -> None:
        self.misshapen: list[int] = []
        self.blank = 0
        self._array = array
        self._known = {path for stream in streams for path in stream.known}
        self._extra: Counter[str] = Counter()
        self._met: set[str] = set()
        self.paths = list(dict.fromkeys(path for stream in streams for path in stream.mapped))
        self._required = {path for stream in streams for path in stream.required}
        self._is_prepared = any(stream.is_prepared for stream in streams)
        if self._is_prepared:
            every = (path for record in array for path, _ in leaves(record))
            self.paths = list(dict.fromkeys(path for path in every if path))

    def __iter__(self) -> Iterator[text_rows.NumberedRow]:
        for number, record in enumerate(self._array, start=1):
            if not isinstance(record, dict):
                self.misshapen.append(number)
                continue
            cells: dict[str, list[str]] = {}
            for path, text in leaves(record):
                cells.setdefault(path, []).append(text)
            self._met |= cells.keys()
            self._extra.update(path for path in cells if path not in self._known)
            texts = [JOIN.join(cells.get(path, ())) for path in self.paths]
            if any(text.strip() for found in cells.values() for text in found):
                yield number, texts
            else:
                self.blank += 1

    def notes(self, name: str) -> Iterator[Note]:
        if self._is_prepared:
            return
        for path, times in sorted(self._extra.items()):
            says = f"Array {name!r}: {shown(path)!r} is not declared; it was not read."
            yield Note("file.extra_column", times, says)
        for path in sorted(self._required - self._met) if self._array else ():
            # Producers leave out empty values, so that a column nobody filled looks like one nobody sends.
            yield Note("file.absent_column", 1, f"Array {name!r}: no record has {path!r}.")


def leaves(value: Json, path: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Dotted path and text of every value in a record; nothing for null, an empty list or an empty object."""
    if depth > DEEPEST:
        raise _too_deep()
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, f"{path}.{key}" if path else key, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, path, depth + 1)
    elif value is not None:
        yield path, value if isinstance(value, str) else str(value).lower()
