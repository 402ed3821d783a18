"""Registers that deceive: domain knowledge's traps of reading, and files made to break a reader."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import json
import sqlite3
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import xlsxwriter

from corpus.case import Case, csv

__all__ = ["CASES"]

Cell = str | int | float | dt.date | None
_PASS, _FAIL, _OPEN = "pass", "fail", "insufficient"


def _book(rows: Sequence[Sequence[Cell]], more: Callable[..., object] | None = None, **options: object) -> bytes:
    """Give a workbook with one sheet; `more` is called with the workbook and the sheet."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, "strings_to_formulas": False, **options})
    sheet = book.add_worksheet("Register")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for r, row in enumerate(rows):
        for c, cell in enumerate(row):
            if isinstance(cell, dt.date):
                sheet.write_datetime(r, c, dt.datetime.combine(cell, dt.time()), day)
            elif cell is not None:
                sheet.write(r, c, cell)
    if more is not None:
        more(book, sheet)
    book.close()
    return stream.getvalue()


def _with_part(book: bytes, change: Mapping[str, Callable[[bytes], bytes]]) -> bytes:
    """Change parts of a workbook, as another program would have written them."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change.get(name, lambda raw: raw)(old.read(name)))
    return out.getvalue()


_SHEET = "xl/worksheets/sheet1.xml"
_REGISTER: list[list[Cell]] = [["id", "owner"], ["C1", "Ann"], ["C2", "Bob"]]


def _xlsx(title: str, book: bytes, verdicts: Mapping[str, str], **more: object) -> Case:
    return Case(title, csv(book, "complaints.xlsx"), verdicts, path="complaints.xlsx", **more)  # type: ignore[arg-type]


def _two_million(folder: Path) -> None:
    """Write two million records, of which the last has no owner."""
    lines = "\n".join(f"C{n},Ann" for n in range(1_999_999))
    (folder / "complaints.csv").write_text(f"id,owner\n{lines}\nC1999999,\n", "utf-8")


def _sqlite(folder: Path, *, cut: int | None = None) -> None:
    path = folder / "complaints.db"
    with sqlite3.connect(path) as base:
        base.execute("create table complaints (id text, owner text)")
        base.executemany("insert into complaints values (?, ?)", [("C1", "Ann"), ("C2", None)])
    base.close()
    if cut is not None:
        path.write_bytes(path.read_bytes()[:cut])


def _bomb() -> bytes:
    """Give a workbook whose sheet claims to unpack to more than any reader should hold."""
    sheet = b"<worksheet><sheetData>" + b" " * (80 << 20) + b"</sheetData></worksheet>"
    return _with_part(_book(_REGISTER), {_SHEET: lambda _raw: sheet})


def _laughs(raw: bytes) -> bytes:
    """Let one entity stand for a hundred million letters, as the old attack on XML readers does."""
    entities = b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10) for n in range(1, 9))
    doctype = b'<!DOCTYPE worksheet [<!ENTITY e0 "ha">' + entities + b"]>"
    return raw.replace(b"?>", b"?>" + doctype, 1).replace(
        b'<c r="B3" t="s"><v>4</v></c>', b'<c r="B3" t="inlineStr"><is><t>&e8;</t></is></c>'
    )


def _far(raw: bytes) -> bytes:
    """Add a cell in the last row and column that a sheet can have."""
    return raw.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>')


def _no_values(raw: bytes) -> bytes:
    """Take the remembered results off formulas, as libraries write them that compute nothing."""
    return raw.replace(b"</f><v>0</v>", b"</f>")


def _shrunk(raw: bytes) -> bytes:
    """Let the sheet lie about its size."""
    return raw.replace(b'<dimension ref="A1:B3"/>', b'<dimension ref="A1"/>')


CASES: tuple[Case, ...] = (
    # ------------------------------------------------------------ nothing there
    Case("a file of no bytes", csv(""), {"C-1.owner": _OPEN}),
    Case("a register with headings and no record", csv("id,owner\n"), {"C-1.owner": _OPEN, "C-1.once": _OPEN}),
    _xlsx("an empty sheet", _book([]), {"C-1.owner": _OPEN}),
    _xlsx("a sheet with headings and no record", _book([["id", "owner"]]), {"C-1.owner": _OPEN}),
    Case("evidence that has vanished", lambda _folder: None, {"C-1.owner": _OPEN}),
    Case(
        "a pointer of Git LFS in place of the register",
        csv("version https://git-lfs.github.com/spec/v1\noid sha256:" + "a" * 64 + "\nsize 1234\n"),
        {"C-1.owner": _OPEN},
    ),
    # ------------------------------------------------------------ dates
    Case(
        "day and month that can be read both ways",
        csv("id,received,closed\nC1,03/04/2026,05/04/2026\nC2,07/08/2026,06/09/2026\n"),
        {"C-1.order": _OPEN, "C-1.day": _OPEN},
    ),
    Case(
        "one day above twelve tells the order of day and month",
        csv("id,received,closed\nC1,03/04/2026,25/04/2026\nC2,13/08/2026,06/07/2026\n"),
        {"C-1.order": _FAIL},
    ),
    Case(
        "two date formats in one column, of which the second has one reading",
        csv("id,received,closed\nC1,2026-03-04,2026-03-05\nC2,04.03.2026,2026-03-05\n"),
        {"C-1.order": _PASS},
    ),
    Case(
        "two date formats in one column, both declared",
        csv("id,received,closed\nC1,2026-03-04,2026-03-05\nC2,04.03.2026,2026-03-05\n"),
        {"C-1.order": _PASS},
        columns={"received": '{ from = "received", format = ["%Y-%m-%d", "%d.%m.%Y"] }'},
    ),
    Case(
        "29 February of a leap year and of another",
        csv("id,received,closed\nC1,2024-02-29,2024-03-01\nC2,2026-02-29,2026-03-01\n"),
        {"C-1.order": _OPEN},
    ),
    Case(
        "days that a spreadsheet has counted, as numbers in text",
        csv("id,received,closed\nC1,46082,46090\n"),
        {"C-1.order": _OPEN},
    ),
    Case(
        "days that a spreadsheet has counted, declared",
        csv("id,received,closed\nC1,46082,46090\nC2,46090,46082\n"),
        {"C-1.order": _FAIL},
        columns={c: f'{{ from = "{c}", format = "excel" }}' for c in ("received", "closed")},
    ),
    _xlsx(
        "a workbook that counts days from 1904",
        _book(
            [["id", "received", "closed"], ["C1", dt.date(2026, 3, 4), dt.date(2026, 3, 5)]],
            date_1904=True,
        ),
        {"C-1.order": _PASS, "C-1.day": _PASS},
    ),
    Case(
        "complaints closed before they came in, and one that came in after the audit",
        csv("id,received,closed\nC1,2026-03-04,2026-03-03\nC2,2026-12-24,2026-12-24\n"),
        {"C-1.order": _FAIL, "C-1.day": _FAIL},
    ),
    Case(
        "times around midnight with their offset, in no declared zone",
        csv("id,received,closed\nC1,2026-03-05T00:30:00+01:00,2026-03-04T23:45:00Z\n"),
        {"C-1.order": _OPEN},
    ),
    Case(
        "times around midnight with their offset, in a declared zone",
        csv("id,received,closed\nC1,2026-03-05T00:30:00+01:00,2026-03-04T23:45:00Z\n"),
        {"C-1.order": _PASS},
        audit='timezone = "Europe/Berlin"\n',
    ),
    # ------------------------------------------------------------ cells
    Case("ids with leading zeros are not the ids without", csv("id,owner\n00123,Ann\n123,Bob\n"), {"C-1.once": _PASS}),
    _xlsx(
        "the same id as text and as a number in a workbook",
        _book([["id", "owner"], ["123", "Ann"], [123, "Bob"]]),
        {"C-1.once": _FAIL},
    ),
    Case("blanks around an id hide no double", csv("id,owner\nC1,Ann\n C1 ,Bob\n"), {"C-1.once": _FAIL}),
    Case(
        "codes for blank that the plan declares",
        csv("id,owner\nC1,n/a\nC2,-\nC3,tbd\nC4,?\nC5,Ann\n"),
        {"C-1.owner": _FAIL},
        options='missing = ["", "n/a", "-", "tbd", "?"]\n',
    ),
    Case(
        "a thousands separator that may be a decimal comma",
        csv('id,amount\nC1,"1,234"\nC2,12\n'),
        {"C-1.amount": _OPEN},
    ),
    Case(
        "decimal commas that the plan declares",
        csv("id;amount\nC1;999,50\nC2;1.000,50\n"),
        {"C-1.amount": _FAIL},
        columns={"amount": '{ from = "amount", decimal = ",", thousands = "." }'},
    ),
    _xlsx(
        "formulas without a remembered result",
        _with_part(
            _book(_REGISTER, lambda _book, sheet: sheet.write_formula("B3", '=IF(1,"Bob","")')), {_SHEET: _no_values}
        ),
        {"C-1.owner": _OPEN},
    ),
    _xlsx(
        "cells that show an error",
        _book(_REGISTER, lambda _book, sheet: sheet.write_formula("B3", "=NA()", None, "#N/A")),
        {"C-1.owner": _OPEN},
    ),
    # ------------------------------------------------------------ shapes
    Case(
        "semicolons in Windows-1252",
        csv("id;owner\nC1;Müller\nC2;\n".encode("cp1252")),
        {"C-1.owner": _FAIL},
    ),
    Case("UTF-16 as spreadsheets write it", csv("id\towner\nC1\tMüller\n".encode("utf-16")), {"C-1.owner": _PASS}),
    Case("a first line that names the separator", csv("sep=;\nid;owner\nC1;Ann\nC2;\n"), {"C-1.owner": _FAIL}),
    Case(
        "title lines above and a total below",
        csv("Complaints 2026,\nPrinted by ERP,\n\nid,owner\nC1,Ann\nC2,Bob\nTotal: 2,\n"),
        {"C-1.owner": _PASS},
    ),
    Case(
        "rows that are too short and too long",
        csv("id,owner\nC1,Ann\nC2\nC3,Bob,more\n"),
        {"C-1.owner": _OPEN, "C-1.once": _OPEN},
    ),
    Case("a quotation mark that is never closed", csv('id,owner\nC1,"Ann\nC2,Bob\n'), {"C-1.owner": _OPEN}),
    Case(
        "a heading that stands twice, as an export of Jira writes lists",
        csv("id,owner,owner\nC1,Ann,\nC2,,Bob\nC3,,\n"),
        {"C-1.owner": _FAIL},
    ),
    _xlsx(
        "hidden rows are records like any other",
        _book([*_REGISTER, ["C3", None]], lambda _book, sheet: sheet.set_row(3, None, None, {"hidden": True})),
        {"C-1.owner": _FAIL},
    ),
    _xlsx(
        "cells merged over two records",
        _book(
            [["id", "owner"], ["C1", None], ["C2", None]],
            lambda _book, sheet: sheet.merge_range("B2:B3", "Ann"),
        ),
        {"C-1.owner": _FAIL},
    ),
    _xlsx(
        "a sheet that lies about its size",
        _with_part(_book([["id", "owner"], ["C1", "Ann"], ["C2", None]]), {_SHEET: _shrunk}),
        {"C-1.owner": _FAIL},
    ),
    Case(
        "JSON with the records below a name",
        csv(json.dumps({"issues": [{"id": "C1", "owner": "Ann"}, {"id": "C2", "owner": None}]}), "complaints.json"),
        {"C-1.owner": _FAIL},
        path="complaints.json",
        options='records = "issues"\n',
    ),
    Case(
        "JSON Lines with a line that is cut short",
        csv('{"id": "C1", "owner": "Ann"}\n{"id": "C2", "ow\n', "complaints.jsonl"),
        {"C-1.owner": _OPEN},
        path="complaints.jsonl",
    ),
    Case("a database", _sqlite, {"C-1.owner": _FAIL}, path="complaints.db"),
    Case(
        "a database whose query leaves no record",
        _sqlite,
        {"C-1.owner": _OPEN, "C-1.once": _OPEN},
        path="complaints.db",
        options="query = \"select id, owner from complaints where owner = 'Zed'\"\n",
    ),
    _xlsx(
        "a register of which the plan leaves out all rows, for all are hidden",
        _book(_REGISTER, lambda _book, sheet: [sheet.set_row(n, None, None, {"hidden": True}) for n in (1, 2)]),
        {"C-1.owner": _OPEN, "C-1.once": _OPEN},
        options='hidden = "skip"\n',
    ),
    Case("two million records, of which one has no owner", _two_million, {"C-1.owner": _FAIL}),
    # ------------------------------------------------------------ made to break a reader
    Case(
        "a workbook with a password",
        csv(
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 504 + "EncryptedPackage".encode("utf-16-le"),
            "complaints.xlsx",
        ),
        {"C-1.owner": _OPEN},
        path="complaints.xlsx",
    ),
    _xlsx("a workbook that is cut short", _book(_REGISTER)[:2000], {"C-1.owner": _OPEN}),
    _xlsx("text that calls itself a workbook", b"id,owner\nC1,Ann\n", {"C-1.owner": _OPEN}),
    Case("a PDF that calls itself a table", csv(b"%PDF-1.4\n1 0 obj\n"), {"C-1.owner": _OPEN}),
    _xlsx("a workbook that unpacks to eighty million spaces", _bomb(), {"C-1.owner": _OPEN}),
    _xlsx(
        "entities that stand for a hundred million letters",
        _with_part(_book(_REGISTER), {_SHEET: _laughs}),
        {"C-1.owner": _OPEN},
    ),
    _xlsx(
        "a cell in the farthest corner of the sheet", _with_part(_book(_REGISTER), {_SHEET: _far}), {"C-1.owner": _OPEN}
    ),
    Case(
        "JSON nested a hundred thousand times",
        csv("[" * 100_000, "complaints.json"),
        {"C-1.owner": _OPEN},
        path="complaints.json",
    ),
    Case(
        "a compressed register that is cut short",
        csv(gzip.compress(b"id,owner\n" + b"C1,Ann\n" * 5000, mtime=0)[:-20], "complaints.csv.gz"),
        {"C-1.owner": _OPEN},
        path="complaints.csv.gz",
    ),
    Case(
        "a database that is cut short",
        lambda folder: _sqlite(folder, cut=3000),
        {"C-1.owner": _OPEN},
        path="complaints.db",
    ),
    Case("bytes that are no text", csv(bytes(range(256)) * 20), {"C-1.owner": _OPEN}),
)
