"""Copies of the example firms in which every role in a personal column, and in every other file, is a made-up person."""

from __future__ import annotations

import io
import re
import shutil
import sqlite3
import zipfile
from collections.abc import Mapping
from pathlib import Path

__all__ = ["PERSONS", "planted", "texts_of"]

_FIRST = ("Ottilie", "Balthasar", "Philippa", "Cornelius", "Seraphine", "Thaddeus", "Wilhelmine", "Ignatius")
_LAST = ("Quandtmeyer", "Featherstonhaugh", "Zbrowski-Lund", "Wolkensteiner", "Ashbournely")
#: Names that stand in no ruleset, report or example.
PERSONS = tuple(f"{first} {last}" for last in _LAST for first in _FIRST)

_CELLS = (".xlsx", ".docx")
_TEXT = (".csv", ".json", ".jsonl", ".md", ".txt")


def planted(example: Path, folder: Path, names: Mapping[str, str]) -> None:
    """Copy an example and put a name in place of each role: whole cells of tables, whole words of documents."""
    shutil.copytree(example, folder)
    for file in sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix in {*_CELLS, *_TEXT, ".sqlite"}):
        if file.name in {"GAPS.md", "Interview answers.xlsx", "Antworten_Befragung.csv"}:
            continue
        if file.suffix == ".sqlite":
            _in_database(file, names)
        elif file.suffix in _CELLS:
            _in_archive(file, names)
        else:
            cells = file.suffix not in {".md", ".txt"}
            file.write_bytes(_replaced(file.read_bytes(), names, cells=cells))


def texts_of(content: bytes) -> list[bytes]:
    """Give the bytes of an output, and those inside where it is a workbook."""
    if not content.startswith(b"PK\x03\x04"):
        return [content]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return [archive.read(name) for name in archive.namelist()]


def _in_archive(file: Path, names: Mapping[str, str]) -> None:
    with zipfile.ZipFile(file) as archive:
        parts = {info: archive.read(info) for info in archive.infolist()}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for info, content in parts.items():
            text = info.filename.endswith(".xml")
            archive.writestr(info, _replaced(content, names, cells=file.suffix == ".xlsx") if text else content)


def _in_database(file: Path, names: Mapping[str, str]) -> None:
    database = sqlite3.connect(file)
    for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
        for column in [row[1] for row in database.execute(f"PRAGMA table_info('{table}')")]:
            for role, name in names.items():
                database.execute(f'UPDATE "{table}" SET "{column}" = ? WHERE "{column}" = ?', (name, role))
    database.commit()
    database.close()


def _replaced(content: bytes, names: Mapping[str, str], *, cells: bool) -> bytes:
    """Put names in the place of roles, the longest first. A text that is not UTF-8 is Windows-1252."""
    try:
        text, encoding = content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        text, encoding = content.decode("cp1252"), "cp1252"
    roles = sorted(names, key=len, reverse=True)
    before, after = (r'(?<=[>;,\t"\n])', r'(?=[<;,\t"\r\n])') if cells else (r"(?<![\w-])", r"(?![\w-])")
    pattern = re.compile(rf"{before}({'|'.join(map(re.escape, roles))}){after}")
    return pattern.sub(lambda m: names[m[1]], text).encode(encoding)
