"""Delimited text: finds out how a file is written and leaves the parsing of its records to the engine.

What the engine must do with the `Delimited` of this module (measured with DuckDB 2.0.0, the same for every file):

    read_csv(path, auto_detect=false, header=false, skip=<skip>, delim=<delimiter>, quote=<quote>, escape=<quote>,
             columns={'c0': 'VARCHAR', ...}, strict_mode=true, null_padding=false, store_rejects=true,
             parallel=<quote == '' or lines is known>)

- `strict_mode=false` cuts rows with too many cells silently, and joins text behind a closing quotation mark;
  `null_padding` refuses quoted line ends. Neither may be used. Do not pass `new_line` either.
- The parallel scanner invents records, without a reject, where a quoted cell holds lines that look like records and
  one of its boundaries falls there. So `quote` is empty wherever the file holds no quotation mark, and `lines` counts
  the records where no quoted cell holds a line end and no line is blank; only in these two cases may `parallel` be
  true. If such a parallel read leaves rejects, or gives another number of records than `lines`, read again with
  `parallel=false`: rows are right, but with CRLF the line numbers of its rejects drift.
- `reject_errors.line` counts records, not lines of text: skipped ones and blank lines count, a quoted line end does
  not. The row a person sees is `first_row + line - skip - 1`. One bad row may have several reject rows.
- The k-th record handed over has the k-th row number from `first_row` on that is neither in `missing_rows` nor
  rejected. Insertion order is file order. An empty cell is NULL, quoted or not. Spaces are kept.
- Rejected: too few cells, too many filled cells (extra empty ones are fine), text behind a closing quotation mark,
  bytes that are not UTF-8, a record over 2 MB. A stray mark inside an unquoted cell (5" monitor) is kept.
- A quotation mark that is never closed makes the engine drop the rest of the file without any reject: such a file is
  refused here. Two marks in a quoted cell with spaces between them do not close it.
- A row of delimiters only, and a blank line in a file of one column, comes as a record of NULLs: it is no
  record, but keeps its row number.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from qmscheck import Delimited, Extract, Problem, QmscheckError, Request, Skipped, Unread
from qmscheck_tables import encoding as letters
from qmscheck_tables.dialect import Layout, lay_out
from qmscheck_tables.opening import (
    SNIFF,
    RefusedError,
    choice_option,
    first_bytes,
    source_path,
    text_option,
    whole_option,
)
from qmscheck_tables.survey import Survey, blank_rows, line_of, survey
from qmscheck_tables.totals import filled_up, totals

__all__ = ["read"]

_ENGINE_BUFFER = 16 << 20
_KINDS = (
    (b"PK\x03\x04", 'a workbook or another ZIP container, not text; if it is a workbook, set reader = "excel"'),
    (b"\xd0\xcf\x11\xe0", 'an Excel 97 file, not text; set reader = "excel"'),
    (b"%PDF", "a PDF, not text"),
    (b"SQLite format 3\0", 'an SQLite database; set reader = "sqlite"'),
    (b"PAR1", 'a Parquet file; set reader = "parquet"'),
)
#: A time with its offset from UTC, as far as the beginning of a file shows one.
_ZONED = re.compile(rb":[0-9]{2}(?:\.[0-9]+)?(?:Z|[+-][0-9]{2}:?[0-9]{2})[^0-9A-Za-z]")
_MARKUP = (b"<!doctype", b"<html", b"<table", b"<?xml")


@dataclass(frozen=True, slots=True)
class _Text:
    """A file as UTF-8: `path` is the file itself, or a copy where the file is written otherwise."""

    path: Path
    notes: tuple[str, ...] = ()


def read(request: Request) -> Iterator[Extract | Unread]:
    """Give the table of a delimited file, or say why it cannot be read."""
    path = source_path(request)
    _check_options(request)
    head = first_bytes(path)
    if isinstance(head, Unread):
        yield head
        return
    try:
        yield _extract(request, path, head)
    except RefusedError as refused:
        yield Unread(path, refused.reason, refused.detail)
    except (EOFError, zlib.error) as error:
        yield Unread(path, "corrupt", f"the compressed file is damaged: {error}")
    except OSError as error:
        yield Unread(path, "corrupt", f"the file cannot be read to its end: {error}")


def _check_options(request: Request) -> None:
    whole_option(request, "header_row")
    whole_option(request, "header_rows")
    choice_option(request, "short_rows", ("unreadable", "pad"))
    encoding = text_option(request, "encoding")
    delimiter, quote = text_option(request, "delimiter"), text_option(request, "quote")
    wrong = None
    if encoding is not None and not letters.known(encoding):
        wrong = f"encoding {encoding!r} is not known"
    elif delimiter is not None and not _is_mark(_unescaped(delimiter)):
        wrong = f"delimiter {delimiter!r} is not one plain character"
    elif quote and not _is_mark(quote):
        wrong = f"quote {quote!r} is not one plain character"
    if wrong:
        place = source_path(request).as_posix()
        raise QmscheckError(Problem(place, 0, 0, wrong, 'for example encoding = "cp1252", delimiter = ";"'))


def _is_mark(text: str) -> bool:
    return len(text) == 1 and text.isascii() and not text.isalnum() and text not in "\r\n\0"


def _unescaped(delimiter: str) -> str:
    return "\t" if delimiter in {"\\t", "tab"} else delimiter


def _extract(request: Request, path: Path, head: bytes) -> Extract:
    head = _unpacked(path, head)
    _refuse_other_kinds(head)
    text = _as_text(request, path, head)
    quote = text_option(request, "quote")
    quote = '"' if quote is None else quote
    layout = _layout(request, text, quote)
    text, found = _surveyed(request, text, layout, quote)
    if found.open_quote is not None:
        line = line_of(text.path, found.open_quote)
        detail = f'a quotation mark opened in line {line} is never closed; mend it, or set quote = ""'
        raise RefusedError("corrupt", detail)
    layout = _layout(request, text, quote) if found.quoted else replace(layout, plain_top=True)
    if choice_option(request, "short_rows", ("unreadable", "pad")) == "pad":
        copy, count = filled_up(text.path, layout, quote if found.quoted else "", request.scratch)
        note = f"{count} rows with fewer cells than there are headings were filled up with blanks."
        text = _Text(copy, (*text.notes, *([note] if count else [])))
        found = survey(text.path, layout.delimiter, quote, wrong_bytes=True)
    sums = totals(text.path, layout, found, quote)
    missing = _missing_rows(text, layout, found, quote)
    content = Delimited(
        text.path,
        layout.delimiter,
        layout.skip,
        quote=quote if found.quoted else "",
        missing_rows=missing,
        hollow=found.hollow or (found.blanks and len(layout.columns) == 1),
        lines=None if found.folded or found.blanks else found.lines - layout.skip,
        spaces=not (found.spaced or found.folded),
        totals=sums.cells,
    )
    if not layout.plain_top:
        content = replace(content, path=_body(request, text, layout), skip=0, lines=None)
    return Extract(
        table=request.table,
        path=path,
        columns=layout.columns,
        content=content,
        files=(path,),
        first_row=layout.heading_row + 1,
        skipped=tuple(Skipped(row, "a totals row, not a record") for row in sums.rows),
        notes=(*text.notes, *layout.notes),
        zoned=_ZONED.search(head) is not None,
        advised={} if layout.advised is None else {"header_rows": layout.advised},
    )


def _unpacked(path: Path, head: bytes) -> bytes:
    packed = path.name.lower().endswith(".gz")
    if packed and not letters.is_gzip(head):
        raise RefusedError("corrupt", "the file is called .gz but is not compressed with gzip")
    if not packed and letters.is_gzip(head):
        raise RefusedError("unsupported", "the file is compressed with gzip: give it a name that ends in .csv.gz")
    return next(letters.chunks(path), b"") if packed else head


def _refuse_other_kinds(head: bytes) -> None:
    for mark, kind in _KINDS:
        if head.startswith(mark):
            raise RefusedError("unsupported", f"the file is {kind}")
    if head[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_MARKUP):
        raise RefusedError("unsupported", "the file is a web page or XML, whatever its name says")
    if not head.strip(b"\xef\xbb\xbf \t\r\n\0,;|\xff\xfe"):
        raise RefusedError("empty", "the file holds no text")


def _as_text(request: Request, path: Path, head: bytes) -> _Text:
    name = text_option(request, "encoding")
    found = letters.Encoding(name) if name else letters.detect(head)
    if found.is_utf8:
        return _Text(path)
    return _copied(request, path, found)


def _copied(request: Request, path: Path, found: letters.Encoding) -> _Text:
    if found.name is None:
        raise RefusedError("corrupt", "the file is not text in any encoding that is known; if it is, set encoding")
    try:
        copy = letters.as_utf8(path, found.name, request.scratch)
    except UnicodeError as error:
        raise RefusedError("corrupt", f"the file is not {found.name} text throughout: {error}; set encoding") from error
    guess = f"The encoding is taken to be {found.name}; set encoding if letters look wrong."
    return _Text(copy, (guess,) if found.guessed else ())


def _layout(request: Request, text: _Text, quote: str) -> Layout:
    head = next(letters.chunks(text.path), b"")
    delimiter, header_row = text_option(request, "delimiter"), whole_option(request, "header_row")
    header_rows = whole_option(request, "header_rows") or 1
    layout = lay_out(
        _whole_lines(head).decode("utf-8", "surrogateescape"),
        delimiter=None if delimiter is None else _unescaped(delimiter),
        quote=quote,
        header_row=header_row,
        header_rows=header_rows,
    )
    if layout is None and header_row is not None:
        raise RefusedError("empty", f"row {header_row}, given as header_row, is not in the file")
    if layout is None:
        raise RefusedError("empty", "the file holds no heading row")
    return layout


def _whole_lines(head: bytes) -> bytes:
    """Leave the last line of a longer file out, because it may be cut."""
    if len(head) < SNIFF:
        return head
    end = max(head.rfind(b"\n"), head.rfind(b"\r"))
    return head[: end + 1] if end > 0 else head


def _surveyed(request: Request, text: _Text, layout: Layout, quote: str) -> tuple[_Text, Survey]:
    """Look through the whole file, and copy it where the engine could not read it as it is."""
    found = survey(text.path, layout.delimiter, quote)
    wrong = False
    if found.foreign is not None:
        if text_option(request, "encoding") or letters.nearly_utf8(found.foreign):
            wrong = True
            text = replace(text, notes=(*text.notes, "Some bytes are not UTF-8; the rows that hold them are skipped."))
        else:
            text = _copied(request, text.path, letters.detect(found.foreign))
        found = survey(text.path, layout.delimiter, quote, wrong_bytes=wrong)
    if len(found.ends) > 1 or (found.blanks and "\r\n" in found.ends and found.size > _ENGINE_BUFFER):
        # DuckDB stops at mixed line ends; with CRLF it misreads a blank line that its buffer boundary cuts.
        text = _Text(letters.as_utf8(text.path, "utf-8", request.scratch), text.notes)
        found = survey(text.path, layout.delimiter, quote, wrong_bytes=wrong)
    return text, found


def _missing_rows(text: _Text, layout: Layout, found: Survey, quote: str) -> tuple[int, ...]:
    if not found.blanks or len(layout.columns) == 1:
        return ()
    hidden = layout.skip - layout.heading_row
    rows = blank_rows(text.path, layout.delimiter, quote if found.quoted else "")
    return tuple(row - hidden for row in rows if row > layout.skip)


def _body(request: Request, text: _Text, layout: Layout) -> Path:
    """Copy the file without what stands above its records, where quotation marks would mislead the engine."""
    head = next(letters.chunks(text.path), b"")
    above = head.decode("utf-8", "surrogateescape")[: layout.body]
    offset = len(above.encode("utf-8", "surrogateescape"))
    return letters.as_utf8(text.path, "utf-8", request.scratch, body=offset)
