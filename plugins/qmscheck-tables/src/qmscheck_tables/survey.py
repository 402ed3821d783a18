"""One pass over the bytes of a delimited file: what the engine would not report by itself.

Measured with DuckDB 2.0: mixed line ends stop its strict parser, a quotation mark that is never closed swallows the
rest of the file without a word, and blank lines are dropped without a number. So each is looked for here, at the
speed of byte searches (measured on two slow cores: 0.3 to 0.7 GB/s; 0.2 GB/s where a third of the cells is quoted).
It also counts the lines, by which the engine's parallel parser is checked.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from qmscheck_tables.encoding import CHUNK, chunks

__all__ = ["Survey", "blank_rows", "count_records", "line_of", "survey"]

_LONGEST_CELL = 16 * CHUNK
_LOOK_BACK = 256
#: Up to one quotation mark in so many bytes it is faster to look for each of them.
_SPARSE = 2000
#: Bytes of white space within lines, and those that its letters beyond ASCII begin with in UTF-8.
_OTHER_SPACE = tuple(bytes([byte]) for byte in b"\t\v\f\x1c\x1d\x1e\x1f")
_WIDE_SPACE = tuple(bytes([byte]) for byte in b"\xc2\xe1\xe2\xe3\xef")
_SPACE = 0x20


@dataclass(frozen=True, slots=True)
class Survey:
    """What one pass found.

    `foreign` is a piece of the file that is not UTF-8, `ends` are the kinds of line end that occur: where these ask
    for a copy, the pass stops, because the copy is looked through again. `open_quote` is the offset of a quotation
    mark that is never closed. `blanks` tells that there may be blank lines, `hollow` lines that begin with a delimiter.
    `folded` tells that a quoted cell holds a line end; `lines` counts the lines by their ends, the last one with or
    without its own. `spaced` tells that there may be other white space than the plain space.
    """

    size: int
    foreign: bytes | None
    ends: frozenset[str]
    quoted: bool
    open_quote: int | None
    blanks: bool
    hollow: bool
    folded: bool
    lines: int
    spaced: bool


def survey(path: Path, delimiter: str, quote: str, *, wrong_bytes: bool = False) -> Survey:
    """Look through a whole file; `wrong_bytes` are left to the engine. Raises for a damaged gzip file."""
    walk = _QuoteWalk(delimiter.encode(), quote.encode())
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    foreign, blanks, hollow, spaced, size, held, last = None, False, False, False, 0, b"", b""
    feeds = returns = 0
    begun = [end + delimiter.encode() for end in (b"\n", b"\r")]
    # One search for a fixed first letter takes a third of the time of the searches that it may spare.
    odd = [re.compile(b"%b[\r\n%b]" % (end, re.escape(delimiter.encode()))) for end in (b"\n", b"\r")]
    ends: set[str] = set()
    for raw in chunks(path):
        piece = held + raw
        held = b"\r" if piece.endswith(b"\r") else b""  # its line feed may come with the next piece
        piece = piece[: len(piece) - len(held)]
        size += len(piece)
        feeds, returns = feeds + piece.count(b"\n"), returns + (b"\r" in piece and piece.count(b"\r"))
        if not wrong_bytes and not _is_utf8(decoder, piece):
            foreign = piece
        ends |= _ends(piece)
        if foreign is not None or len(ends) > 1:
            break
        text = piece.removeprefix(codecs.BOM_UTF8) if size == len(piece) else piece
        spaced = spaced or any(byte in text for byte in _OTHER_SPACE)
        spaced = spaced or (not text.isascii() and any(byte in text for byte in _WIDE_SPACE))
        for part in (last + piece[:3], piece):  # the seam, and the rest without a copy of it
            if odd[0].search(part) or (b"\r" in part and odd[1].search(part)):
                blanks = blanks or _may_have_blanks(part)
                hollow = hollow or any(start in part for start in begun)
        last = (last + piece[-3:])[-3:]
        walk.feed(piece)
    else:
        walk.feed(held)
        ends |= _ends(held)
    open_quote = walk.finish()
    lines = (feeds or returns + len(held)) + (not (last + held).endswith((b"\n", b"\r")))
    size += len(held)
    return Survey(size, foreign, frozenset(ends), walk.quoted, open_quote, blanks, hollow, walk.folded, lines, spaced)


def blank_rows(path: Path, delimiter: str, quote: str) -> Iterator[int]:
    """Give the record numbers, from 1, of blank lines. A line end inside quotation marks ends no record."""
    number = 0
    waiting: list[int] = []
    for text in _shortened(path, delimiter.encode(), quote.encode()):
        if text.startswith(b"\n") or b"\n\n" in text:
            lines = text.split(b"\n")[:-1]
            blank = [row for row, line in enumerate(lines, start=number + 1) if not line]
        else:
            blank = []
        number += text.count(b"\n")
        if text.strip(b"\n"):  # blank lines at the end of a file shift nothing
            yield from waiting
            waiting.clear()
        waiting += blank
    yield from _before_end(waiting, number)


def count_records(path: Path, delimiter: str, quote: str) -> int:
    """Count the records of a file, blank lines among them. A line end inside quotation marks ends no record."""
    return sum(text.count(b"\n") for text in _shortened(path, delimiter.encode(), quote.encode()))


def line_of(path: Path, offset: int) -> int:
    """Give the line of the text, from 1, that holds a byte."""
    feeds = returns = 0
    for piece in chunks(path):
        before = piece[:offset]
        feeds += before.count(b"\n")
        returns += before.count(b"\r")
        offset -= len(before)
        if not offset:
            break
    return 1 + (feeds or returns)


def _is_utf8(decoder: codecs.IncrementalDecoder, piece: bytes) -> bool:
    if piece.isascii() and decoder.getstate()[0] == b"":
        return True
    try:
        decoder.decode(piece)
    except UnicodeDecodeError:
        return False
    return True


def _ends(piece: bytes) -> set[str]:
    """Tell the kinds of line end in a piece, by counts, which are several times faster than a look at each."""
    if b"\r" not in piece:
        return {"\n"} if b"\n" in piece else set()
    feeds, returns = piece.count(b"\n"), piece.count(b"\r")
    if not feeds:
        return {"\r"}
    return {"\r\n"} if feeds == returns == piece.count(b"\r\n") else {"\r\n", "\n"}


def _may_have_blanks(piece: bytes) -> bool:
    """Look for two line ends of the only kind in the file, which may still stand inside quotation marks."""
    if b"\r" not in piece:
        return b"\n\n" in piece
    return (b"\r\n\r\n" if b"\n" in piece else b"\r\r") in piece


class _QuoteWalk:
    """Follows quotation marks through a file, as the engine's strict parser does.

    A mark opens only after a separator (and spaces); one inside an unquoted cell is a letter like any other. Two
    marks inside a quoted cell, even with spaces between them, do not close it.
    """

    def __init__(self, delimiter: bytes, quote: bytes) -> None:
        self.quote, self.separators = quote, delimiter + b"\r\n"
        self.quoted, self.open_quote = False, None if quote else -1
        self.folded = self.sparse = False
        self.buffer, self.position, self.dropped = b"\n", 1, -1
        if quote:
            q, s = re.escape(quote), re.escape(self.separators)
            cell = rb"%b[^%b]*+(?:%b *+%b[^%b]*+)*+%b" % (q, q, q, q, q, q)
            inside = rb"(?<=[^%b %b])%b" % (s, q, q)
            self.cell = re.compile(cell)
            # A cell with a line end is not passed over here, so that `_step` sees it.
            flat = cell.replace(b"[^%b]" % q, b"[^%b\r\n]" % q)
            self.regular = re.compile(rb"(?:[^%b]*+(?:(?<=[%b])%b(?=[%b])|%b))*+" % (q, s, flat, s, inside))

    def feed(self, piece: bytes) -> None:
        """Take the next piece of the file."""
        if self.open_quote is not None:
            return
        marked = self.quote in piece
        self.quoted = self.quoted or marked
        if not marked and self.position == len(self.buffer):
            self._skip(piece)
            return
        self.sparse = _is_sparse(piece, self.quote)
        self._walk(self.buffer + piece, final=False)

    def finish(self) -> int | None:
        """Give the offset of a quotation mark that is never closed."""
        if self.open_quote is None and self.quoted:
            self._walk(self.buffer, final=True)
        return None if self.open_quote == -1 else self.open_quote

    def _walk(self, buffer: bytes, *, final: bool) -> None:
        position: int | None = self.position
        while position is not None:
            match = None if self.sparse else self.regular.match(buffer, position)
            found = buffer.find(self.quote, match.end() if match else position)
            if found < 0:
                self._drop(buffer, None)
                return
            position = self._step(buffer, found, final=final)
        if self.open_quote is None:
            self._drop(buffer, found)

    def _step(self, buffer: bytes, found: int, *, final: bool) -> int | None:
        """Pass the mark at `found`; None where the rest of it is not read yet."""
        before = buffer[max(0, found - _LOOK_BACK) : found].rstrip(b" ")
        if before and before[-1] not in self.separators:
            return found + 1
        cell = self.cell.match(buffer, found)
        if cell is None:
            if final or len(buffer) - found > _LONGEST_CELL:
                self.open_quote = self.dropped + found
            return None
        self.folded = self.folded or b"\n" in cell.group() or b"\r" in cell.group()
        behind = cell.end()
        while behind < len(buffer) and buffer[behind] == _SPACE:
            behind += 1
        return None if behind == len(buffer) and not final else behind

    def _skip(self, piece: bytes) -> None:
        """Pass a piece without a mark where none waits before it, and copy no more of it than a look back needs."""
        end = self.dropped + len(self.buffer) + len(piece)
        self.buffer = (self.buffer + piece[-_LOOK_BACK:])[-_LOOK_BACK:]
        self.position = len(self.buffer)
        self.dropped = end - self.position

    def _drop(self, buffer: bytes, found: int | None) -> None:
        """Keep what is still to be looked at, and a little before it."""
        position = len(buffer) if found is None else found
        kept = max(0, position - _LOOK_BACK)
        self.dropped += kept
        self.buffer, self.position = buffer[kept:], position - kept


def _is_sparse(piece: bytes, quote: bytes) -> bool:
    """Tell whether a piece holds few quotation marks."""
    position = -1
    for _ in range(len(piece) // _SPARSE):
        position = piece.find(quote, position + 1)
        if position < 0:
            return True
    return False


def _before_end(rows: list[int], number: int) -> list[int]:
    while rows and rows[-1] == number:
        rows.pop()
        number -= 1
    return rows


def _shortened(path: Path, delimiter: bytes, quote: bytes) -> Iterator[bytes]:
    """Give a file as whole lines that end in a line feed, with quoted cells shortened to one letter."""
    q, s = re.escape(quote or b'"'), re.escape(delimiter + b"\r\n")
    # The mark stands first in both patterns, because a search for a fixed first letter is several times faster.
    opened = rb"%b(?:(?<=[%b]%b)|(?<=[%b] %b))" % (q, s, q, s, q)
    opening = re.compile(opened)
    cell = re.compile(opened + rb"[^%b]*+(?:%b *+%b[^%b]*+)*+%b" % (q, q, q, q, q))
    buffer, held = b"\n", b""
    for raw in chunks(path):
        piece = held + raw
        whole = piece.rstrip(quote + b"\r")  # the next byte decides what these mean
        held = piece[len(whole) :]
        buffer += whole
        cut = len(buffer)
        if quote and quote in buffer:
            buffer = cell.sub(b"x", buffer)
            found = opening.search(buffer)
            cut = found.start() if found and len(buffer) < _LONGEST_CELL else len(buffer)
        cut = max(buffer.rfind(b"\n", 0, cut), buffer.rfind(b"\r", 0, cut))
        if cut > 0:
            yield _plain_ends(buffer[1 : cut + 1])
            buffer = b"\n" + buffer[cut + 1 :]
    if rest := _plain_ends(buffer[1:] + held):
        yield rest.removesuffix(b"\n") + b"\n"


def _plain_ends(text: bytes) -> bytes:
    return text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
