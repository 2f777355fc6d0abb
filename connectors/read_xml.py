"""XML: one row an element, columns by XPath; entities, DTDs and the network are off."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from lxml import etree

from connectors import text_rows
from connectors.reading import Contents, Found, Keep, Layout, Note, Rows, StreamLayout, Unreadable, shown

JOIN: Final = "|"
SEND_AGAIN: Final = "Export it again and send it whole."

_NAME = re.compile(r"[A-Za-z_][\w.-]*")


def read_xml(path: Path, layout: Layout, keep: Keep[Rows]) -> Contents[Rows]:
    """Read the elements that streams name.

    Raises:
        Unreadable: the file refuses itself.
    """
    root = _root(path)
    found: list[Found[Rows]] = []
    has_records = False
    for number, stream in enumerate(layout.streams):
        records = Records(root, stream)
        has_records = has_records or bool(records.elements)
        width = len(stream.mapped)
        kept = keep(text_rows.schema(width), text_rows.batches(records, width))
        found.append(Found(stream.member, ((number, stream.mapped),), kept, (), records.blank))
    if not has_records:
        listed = ", ".join(repr(stream.member) for stream in layout.streams)
        raise Unreadable(
            "file.missing_member",
            f"The file has none of the elements {listed}: it is another kind of XML, or empty.",
            "Send the export that was agreed.",
        )
    return Contents(tuple(found), tuple(_oddities(root, layout)))


def _root(path: Path) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        # Given a name, lxml reports an undecodable byte as a file that cannot be opened, and loses the line.
        tree = etree.parse(BytesIO(path.read_bytes()), parser)
    except etree.XMLSyntaxError as error:
        raise _not_xml(path, error) from None
    if tree.docinfo.doctype or tree.docinfo.internalDTD is not None:
        raise _doctype()
    root = tree.getroot()
    for element in root.iter("{*}*"):
        # Declarations name elements as people do; a census with a default namespace is the same census.
        element.tag = etree.QName(element).localname
    return root


def _doctype() -> Unreadable:
    return Unreadable(
        "file.doctype",
        "The file has a DOCTYPE, through which a file can reach into the machine that reads it; it was not read.",
        "Export it without a DOCTYPE.",
    )


def _not_xml(path: Path, error: etree.XMLSyntaxError) -> Unreadable:
    content = path.read_bytes()
    if b"<!DOCTYPE" in content[: 64 * 1024]:
        return _doctype()
    kind = error.code
    if kind in _codes("ERR_INVALID_ENCODING", "ERR_UNSUPPORTED_ENCODING", "ERR_INVALID_CHAR", "ERR_UNKNOWN_ENCODING"):
        return Unreadable(
            "file.encoding",
            f"Line {error.lineno} has a character that the file's encoding does not, or that no text has.",
            "Export it as UTF-8.",
        )
    if not content.strip():
        return Unreadable("file.empty", "The file is empty.", SEND_AGAIN)
    if (error.lineno or 0) >= content.rstrip().count(b"\n") + 1 and b"<" in content[:200]:
        return Unreadable("file.truncated", f"The file breaks off in line {error.lineno}.", SEND_AGAIN)
    return Unreadable("file.malformed", f"Line {error.lineno} is not well-formed XML.", SEND_AGAIN)


def _codes(*names: str) -> set[int]:
    return {getattr(etree.ErrorTypes, name) for name in names}


class Records:
    """The elements of a stream as rows: iterate to get them; then ``blank`` is known."""

    def __init__(self, root: etree._Element, stream: StreamLayout) -> None:
        self.blank = 0
        found = root.xpath(stream.member)
        self.elements: list[etree._Element] = found if isinstance(found, list) else []
        self._columns = [etree.XPath(path) for path in stream.mapped]

    def __iter__(self) -> Iterator[text_rows.NumberedRow]:
        for number, element in zip(self._numbers(), self.elements, strict=True):
            texts = [_text(column(element)) for column in self._columns]
            if any(text.strip() for text in texts):
                yield number, texts
            else:
                self.blank += 1

    def _numbers(self) -> list[int]:
        """The line of each element; its position from 1 where elements share a line, as in a file without breaks."""
        lines = [element.sourceline or 0 for element in self.elements]
        return lines if len(set(lines)) == len(lines) else list(range(1, len(lines) + 1))


def _text(found: Any) -> str:
    """What an XPath gave: elements or attributes joined, or the answer of a function."""
    if isinstance(found, list):
        return JOIN.join(one if isinstance(one, str) else "".join(one.itertext()) for one in found)
    if isinstance(found, bool):
        return "true" if found else "false"
    if isinstance(found, float):
        return str(int(found)) if found.is_integer() else repr(found)
    return str(found)


def _oddities(root: etree._Element, layout: Layout) -> Iterator[Note]:
    """Elements that nobody declared, and text where no text belongs."""
    paths = [path for stream in layout.streams for path in (stream.member, *stream.known)]
    known = {name for path in paths for name in _NAME.findall(path)}
    extra: Counter[str] = Counter()
    stray = 0
    walker = etree.iterwalk(root, events=("start",))
    for _, element in walker:
        stray += bool((element.tail or "").strip()) + bool(len(element) and (element.text or "").strip())
        if element.tag in layout.ignores:
            walker.skip_subtree()
        elif not len(element) and element.tag not in known:
            extra[str(element.tag)] += 1
    for name, times in sorted(extra.items()):
        yield Note("file.extra_column", times, f"Element {shown(name)!r} is not declared; it was not read.")
    if stray:
        yield Note("file.stray_text", stray, f"Text stands between elements in {stray} places; it was not read.")
