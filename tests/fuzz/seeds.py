"""Good files to begin with: real ones of the tree, and small ones that are made here, by ending."""

from __future__ import annotations

import datetime as dt
import gzip
import importlib.util
import io
import json
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import docx
import duckdb
import xlsxwriter

__all__ = ["of_the_corpus", "seeds"]

_TREE = Path(__file__).parents[2]
#: Bytes of a real file up to which it is a seed.
_LARGEST = 8_000
_MADE = _TREE / "plugins" / "qmscheck-documents" / "tests" / "made_documents.py"
_OF_THE_CORPUS = 200_000
HEADINGS = ("id", "owner", "received", "value", "open", "seen")
RECORDS = (
    ("C1", "Ada", "2026-10-01", "12.5", "true", "2026-10-01T08:30:00"),
    ("C2", "", "01.11.2026", "1.234,50", "nein", "2026-11-02 09:00:00+01:00"),
    ("C3", "n/a", "45000", "12 %", "x", "?"),
    ("Total", "", "", "1246.5", "", ""),
)


def seeds(suffix: str) -> list[bytes]:
    """Give the files of a kind, the made ones first."""
    made = [*_made(suffix)]
    found = sorted(p for top in ("examples", "tests") for p in (_TREE / top).rglob(f"*{suffix}") if p.is_file())
    real = [path for path in found if path.name.endswith(suffix) and path.stat().st_size <= _LARGEST]
    return [*made, *(path.read_bytes() for path in real[:: max(1, len(real) // 12)][:12])]


def of_the_corpus(suffix: str) -> list[bytes]:
    """Give the files of a kind that `tests/corpus` makes, up to a size: formats of which the tree holds no file."""
    from corpus.documents import CASES as DOCUMENTS
    from corpus.tables import CASES as TABLES

    found: dict[bytes, None] = {}
    for case in (*TABLES, *DOCUMENTS):
        with tempfile.TemporaryDirectory() as place:
            case.make(Path(place))
            for path in sorted(Path(place).rglob(f"*{suffix}")):
                if path.is_file() and path.stat().st_size <= _OF_THE_CORPUS:
                    found[path.read_bytes()] = None
    return list(found)


def _of_documents(suffix: str) -> Iterator[bytes]:
    """Give what the tests of documents make of formats that nobody writes by hand."""
    spec = importlib.util.spec_from_file_location("made_documents_for_fuzzing", _MADE)
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    match suffix:
        case ".docx" | ".docm":
            yield made.hard_word()
        case ".odt":
            yield made.open_document('<text:h text:outline-level="1">Policy</text:h><text:p>We listen.</text:p>')
        case ".pptx":
            yield made.slides(("Policy", "We listen.", "A note"), ("Aim", "To answer.", ""))
        case ".doc":
            yield made.old_word("Quality policy\rWe answer every complaint.\r")
        case _:
            yield made.old_slides(["Quality policy", "We listen."], ["Aim"])


def _made(suffix: str) -> Iterator[bytes]:
    maker = _MAKERS.get(suffix)
    if maker is not None:
        yield maker()
    if suffix in {".docx", ".docm", ".odt", ".pptx", ".doc", ".ppt"}:
        yield from _of_documents(suffix)
    if suffix in _TEXTS:
        yield _TEXTS[suffix].encode()


def _text(delimiter: str) -> bytes:
    return "".join(delimiter.join(record) + "\r\n" for record in (HEADINGS, *RECORDS)).encode()


def _workbook() -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"default_date_format": "dd.mm.yyyy"}) as book:
        sheet = book.add_worksheet("Complaints")
        for row, record in enumerate((HEADINGS, *RECORDS)):
            sheet.write_row(row, 0, record)
        sheet.write_datetime(1, 2, dt.date(2026, 10, 1))
        sheet.write_number(1, 3, 12.5)
        sheet.write_boolean(1, 4, True)
        sheet.write_formula(2, 3, "=1+1", None, 2)
        sheet.merge_range(6, 0, 6, 3, "Notes")
        book.add_worksheet("Hidden").hide()
    return stream.getvalue()


def _zip(members: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return stream.getvalue()


def _ods() -> bytes:
    """Write a spreadsheet of OpenDocument, with a hidden row and repeated cells."""
    spaces = "".join(f' xmlns:{n}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"' for n in ("office", "table", "text"))
    rows = "".join(
        "<table:table-row>"
        + "".join(f'<table:table-cell office:value-type="string"><text:p>{c}</text:p></table:table-cell>' for c in one)
        + '<table:table-cell table:number-columns-repeated="1000"/></table:table-row>'
        for one in (HEADINGS, *RECORDS)
    )
    hidden = '<table:table-row table:visibility="collapse"><table:table-cell office:value-type="float" office:value="3"/></table:table-row>'
    body = f'<office:body><office:spreadsheet><table:table table:name="A">{rows}{hidden}</table:table></office:spreadsheet></office:body>'
    content = f'<?xml version="1.0" encoding="UTF-8"?><office:document-content{spaces}>{body}</office:document-content>'
    manifest = b'<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    return _zip({"mimetype": kind, "content.xml": content.encode(), "META-INF/manifest.xml": manifest})


def _json() -> bytes:
    return json.dumps({"result": [dict(zip(HEADINGS, record, strict=True)) for record in RECORDS]}).encode()


def _jsonl() -> bytes:
    return b"\n".join(
        json.dumps({**dict(zip(HEADINGS, r, strict=True)), "tags": [1, {"a": 2}]}).encode() for r in RECORDS
    )


def _sqlite() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.sqlite"
        database = sqlite3.connect(path)
        database.execute(
            "create table complaints (id text, owner text, received text, value real, open integer, seen blob)"
        )
        database.executemany("insert into complaints values (?, ?, ?, ?, ?, ?)", RECORDS)
        database.commit()
        database.close()
        return path.read_bytes()


def _parquet() -> bytes:
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as engine:
        path = f"{folder}/a.parquet"
        engine.execute(
            "copy (select 'C' || i as id, 'Ada' as owner, date '2026-10-01' + i::integer as received, i / 3 as value, i = 1 as open,"
            f" timestamptz '2026-10-01 08:00:00+00' as seen from range(20) t(i)) to '{path}' (format parquet)"
        )
        return Path(path).read_bytes()


def _word() -> bytes:
    document = docx.Document()
    document.add_heading("Quality policy", 1)
    document.add_paragraph("We answer every complaint within <enter number> days.")
    table = document.add_table(2, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Version", "1.2"
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


_MAKERS = {
    ".csv": lambda: _text(","),
    ".tsv": lambda: _text("\t"),
    ".csv.gz": lambda: gzip.compress(_text(";"), mtime=0),
    ".tsv.gz": lambda: gzip.compress(_text("\t"), mtime=0),
    ".xlsx": _workbook,
    ".xlsm": _workbook,
    ".ods": _ods,
    ".zip": lambda: _zip({"complaints.csv": _text(","), "more/notes.txt": b"Notes"}),
    ".json": _json,
    ".json.gz": lambda: gzip.compress(_json(), mtime=0),
    ".jsonl.gz": lambda: gzip.compress(_jsonl(), mtime=0),
    ".jsonl": _jsonl,
    ".ndjson": _jsonl,
    ".sqlite": _sqlite,
    ".sqlite3": _sqlite,
    ".db": _sqlite,
    ".parquet": _parquet,
    ".docx": _word,
}
_MARKDOWN = """---
title: Policy
version: 1.2
approved_on: 01.02.2026
---
# Quality policy

| Version | Approved by |
|---|---|
| 1.2.1 | {{name}} |

> guidance

We answer every complaint. [TODO: days] <!-- comment -->
"""
_TEXTS = {
    ".md": _MARKDOWN,
    ".markdown": _MARKDOWN,
    ".txt": "Quality policy\n==============\n\nVersion: 1.2\nApproved by: ______\n\n1. We answer every complaint.\n",
    ".html": "<html lang=en><head><title>Policy</title></head><body><h1>Quality</h1><table><tr><td>Version<td>1.2</table><p>We listen.</body>",
    ".rtf": r"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\info{\title Policy}}\pard\b Quality\b0\par We listen \'e4 \u228 ?\par}",
    ".adoc": "= Quality policy\n:version: 1.2\n\n== Aim\n\nWe listen.\n\n|===\n|Version |1.2\n|===\n",
    ".eml": "From: a@example.org\nTo: b@example.org\nSubject: =?utf-8?q?Policy?=\nMIME-Version: 1.0\nContent-Type: text/html\n\n<p>We listen.</p>\n",
}
