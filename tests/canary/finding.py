"""Finds canaries in whatever a run left: bytes as they are and as UTF-16, in archives, in base64, in databases."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import duckdb

BASE64 = re.compile(rb"[A-Za-z0-9+/]{40,}={0,2}")
DEEP = 4


@dataclass(frozen=True)
class Found:
    """A canary where it must not be."""

    place: str
    canary: str


def find_in(roots: Iterable[Path], canaries: Iterable[str], *, without: Iterable[Path] = ()) -> set[Found]:
    """Every canary in every file below the roots, but for the places that may hold them."""
    spoken, allowed = _pattern(canaries), [path.resolve() for path in without]
    found = set()
    for root in roots:
        for path in sorted(root.rglob("*")):
            if path.is_file() and not any(path.resolve().is_relative_to(place) for place in allowed):
                found |= {Found(str(path), canary) for canary in find_in_bytes(path.read_bytes(), spoken)}
                found |= {Found(f"{path} · {table}", canary) for table, canary in _in_database(path, spoken)}
            found |= {Found(f"{path} (its name)", canary) for canary in spoken(path.name.encode())}
    return found


Spoken = Callable[[bytes], set[str]]


def _pattern(canaries: Iterable[str]) -> Spoken:
    """Canaries in bytes: in any case, and numbers also written in groups."""
    known = {canary.upper() for canary in canaries}
    shapes = re.compile(rb"(?i)zqx\d{5}canary|zqxref\d{5}|[A-Z]319\d{9}|999[ \-]?\d{3}[ \-]?\d{4}")

    def spoken(content: bytes) -> set[str]:
        hits = {re.sub(r"[ \-]", "", hit.decode()).upper() for hit in shapes.findall(content)}
        return hits & known

    return spoken


def find_in_bytes(content: bytes, spoken: Spoken, deep: int = 0) -> set[str]:
    """Canaries in a file's bytes and in what is packed in them."""
    found = spoken(content)
    if b"\0" in content:  # UTF-16, of either order and at either step
        found |= spoken(content.replace(b"\0", b""))
    if deep < DEEP:
        for inner in _unpacked(content):
            found |= find_in_bytes(inner, spoken, deep + 1)
    return found


def _unpacked(content: bytes) -> Iterator[bytes]:
    damage = (zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error)
    with suppress(*damage), zipfile.ZipFile(io.BytesIO(content)) as packed:
        for name in packed.namelist():
            yield name.encode()
            yield packed.read(name)
    for unpack in (gzip.decompress, zlib.decompress, bz2.decompress, lzma.decompress):
        with suppress(OSError, EOFError, ValueError, zlib.error, lzma.LZMAError):
            yield unpack(content)
    for run in BASE64.findall(content):
        with suppress(ValueError):
            yield base64.b64decode(run + b"=" * (-len(run) % 4))


def _in_database(path: Path, spoken: Spoken) -> Iterator[tuple[str, str]]:
    """DuckDB packs what it stores: its tables are read as well as its bytes."""
    with path.open("rb") as file:
        if file.read(12)[8:] != b"DUCK":
            return
    with duckdb.connect(str(path), read_only=True) as connection:
        tables = connection.execute("SELECT schema_name, table_name FROM duckdb_tables()").fetchall()
        for schema, table in tables:
            told = connection.execute(f'SELECT * FROM "{schema}"."{table}"')
            names = [column[0] for column in told.description or ()]
            for column, values in zip(names, zip(*told.fetchall(), strict=True), strict=False):
                for canary in spoken("\x1f".join(map(str, values)).encode()):
                    yield f"{schema}.{table}.{column}", canary
