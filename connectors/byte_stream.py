"""The bytes of a delimited file on their way to the parser: checked, made UTF-8, and marked at the end."""

from __future__ import annotations

import codecs
from typing import IO, Final

from connectors.reading import Unreadable

CHECK_ENCODING: Final = "Export the file in the declared encoding, or tell the partnership that the export changed."
UTF_16: Final = (b"\xff\xfe", b"\xfe\xff")
UTF_8_BOM: Final = b"\xef\xbb\xbf"


class CheckedBytes:
    """A readable stream of UTF-8 over the rest of a file.

    A line with ``mark`` alone is added at the end. If the parser does not meet it as a line of its own, a
    quotation mark was left open and has swallowed what follows.
    """

    closed = False

    def __init__(self, rest: IO[bytes], encoding: str, lines_before: int, mark: bytes) -> None:
        self._rest = rest
        self._encoding = encoding
        self._lines = lines_before
        self._mark: bytes | None = mark
        self._last = b"\n"
        self._utf8 = codecs.getincrementaldecoder("utf-8")("strict")
        self._held = 0
        self._may_be_utf8 = True
        self._looks_utf8 = False
        self.has_quotes = False

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return False

    def seekable(self) -> bool:
        return False

    def close(self) -> None:
        """Whoever opened the file closes it."""

    def read(self, size: int = -1) -> bytes:
        """The next bytes.

        Raises:
            Unreadable: ``file.encoding`` or ``file.nul``.
        """
        chunk = self._rest.read(size)
        if not chunk:
            return self._end()
        if b"\0" in chunk:
            raise nul_bytes(self._lines + chunk[: chunk.index(b"\0")].count(b"\n") + 1)
        self.has_quotes = self.has_quotes or b'"' in chunk
        text = self._as_utf8(chunk)
        self._lines += chunk.count(b"\n")
        self._last = chunk[-1:]
        return text

    def _end(self) -> bytes:
        mark, self._mark = self._mark, None
        if mark is None:
            return b""
        if self._held:
            raise self._wrong(0, b"")
        if self._looks_utf8:
            raise Unreadable(
                "file.encoding",
                f"The file is declared as {self._encoding} and is UTF-8: every accent in it would come out wrong.",
                CHECK_ENCODING,
            )
        return (b"" if self._last in b"\r\n" else b"\n") + mark + b"\n"

    def _as_utf8(self, chunk: bytes) -> bytes:
        if chunk.isascii() and not self._held:
            return chunk
        if self._encoding == "utf-8":
            self._follow_utf8(chunk)
            return chunk
        try:
            text = chunk.decode(self._encoding)
        except UnicodeDecodeError as error:
            raise self._wrong(error.start, chunk) from None
        if self._may_be_utf8:
            self._suspect_utf8(chunk)
        return text.encode()

    def _follow_utf8(self, chunk: bytes) -> None:
        try:
            self._utf8.decode(chunk)
        except UnicodeDecodeError as error:
            raise self._wrong(error.start - self._held, chunk) from None
        self._held = len(self._utf8.getstate()[0])

    def _suspect_utf8(self, chunk: bytes) -> None:
        """Remember whether everything beyond ASCII so far is valid UTF-8; real cp1252 hardly ever is."""
        try:
            self._utf8.decode(chunk)
            self._looks_utf8 = True
        except UnicodeDecodeError:
            self._may_be_utf8 = self._looks_utf8 = False

    def _wrong(self, at: int, chunk: bytes) -> Unreadable:
        return wrong_encoding(self._encoding, self._lines + chunk[: max(at, 0)].count(b"\n") + 1)


def wrong_encoding(declared: str, line: int) -> Unreadable:
    looks = "it looks like Windows-1252 (cp1252)" if declared == "utf-8" else "it looks like another encoding"
    return Unreadable("file.encoding", f"Line {line} is not {declared}, as declared: {looks}.", CHECK_ENCODING)


def nul_bytes(line: int) -> Unreadable:
    return Unreadable(
        "file.nul",
        f"Line {line} holds a NUL byte, which no text file has: the file is damaged or is not text.",
        "Export it again and send it whole.",
    )


def decoded_head(head: bytes, encoding: str) -> tuple[str, int]:
    """The beginning of a file as text, and the length of its byte order mark.

    Raises:
        Unreadable: ``file.encoding``, ``file.nul``, or ``file.format`` for a zip or a workbook.
    """
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Unreadable(
            "file.format", "This is a zip or a workbook, and delimited text was declared.", "Send the export as CSV."
        )
    bom = 3 if head.startswith(UTF_8_BOM) else 0
    if head.startswith(UTF_16) or head[:200].count(b"\0") > 20:
        raise Unreadable("file.encoding", f"The file is UTF-16 and not {encoding}, as declared.", CHECK_ENCODING)
    if bom and encoding != "utf-8":
        raise Unreadable(
            "file.encoding", f"The file begins with a UTF-8 mark and is declared as {encoding}.", CHECK_ENCODING
        )
    if b"\0" in head:
        raise nul_bytes(head[: head.index(b"\0")].count(b"\n") + 1)
    try:
        return codecs.getincrementaldecoder(encoding)("strict").decode(head[bom:]), bom
    except UnicodeDecodeError as error:
        raise wrong_encoding(encoding, head[: bom + error.start].count(b"\n") + 1) from None
