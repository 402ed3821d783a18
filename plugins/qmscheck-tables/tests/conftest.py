"""A bench to try readers on, with a stand-in for the engine that does exactly what `delimited` asks of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import duckdb
import pytest
from qmscheck_tables import qmscheck_readers

from qmscheck import Delimited, Extract, Request, Rows, Unread

Cells = tuple[str | None, ...]


@dataclass(frozen=True)
class Loaded:
    """Records by the row number that a person sees, and the rows that the parser refused."""

    rows: dict[int, Cells]
    rejected: dict[int, str]


@dataclass(frozen=True)
class Bench:
    """A folder to write files in, and the readers of this plugin."""

    folder: Path

    def write(self, content: bytes | str, name: str = "table.csv") -> Path:
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def read(self, path: Path, reader: str, **options: str | int | bool) -> Extract | Unread:
        scratch = self.folder / "scratch"
        scratch.mkdir(exist_ok=True)
        request = Request("complaints", path, options, dt.date(2026, 6, 30), scratch, self.folder)
        chosen = {known.name: known for known in qmscheck_readers()}[reader]
        (outcome,) = chosen.read(request)
        return outcome

    def holds(self, path: Path, reader: str) -> dict[str, dict[str, str]]:
        """Give the tables that a file holds, by name, with the options that read each; each is read with them."""
        scratch = self.folder / "scratch"
        scratch.mkdir(exist_ok=True)
        chosen = {known.name: known for known in qmscheck_readers()}[reader]
        assert chosen.holds is not None
        request = Request("", path, {}, dt.date(2026, 6, 30), scratch, self.folder)
        return {found.name: dict(found.options) for found in chosen.holds(request)}

    def extract(self, path: Path, reader: str, **options: str | int | bool) -> Extract:
        outcome = self.read(path, reader, **options)
        assert isinstance(outcome, Extract), outcome
        return outcome

    def refused(self, path: Path, reader: str, **options: str | int | bool) -> Unread:
        outcome = self.read(path, reader, **options)
        assert isinstance(outcome, Unread), outcome
        assert outcome.path == path
        assert outcome.detail
        return outcome

    def csv(self, content: bytes | str, name: str = "table.csv", **options: str | int | bool) -> tuple[Extract, Loaded]:
        extract = self.extract(self.write(content, name), "csv", **options)
        return extract, load(extract)

    @staticmethod
    def rows(extract: Extract) -> dict[int, Cells]:
        return handed_over(extract)

    @staticmethod
    def load(extract: Extract) -> Loaded:
        return load(extract)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def handed_over(extract: Extract) -> dict[int, Cells]:
    """Take the batches of an extract and give its records by row number."""
    assert isinstance(extract.content, Rows)
    rows: dict[int, Cells] = {}
    for batch in extract.content.batches:
        assert batch.rows is not None
        assert {len(column) for column in batch.columns} == {len(batch.rows)}
        assert len(batch.columns) == len(extract.columns)
        for cell in (cell for column in batch.columns for cell in column if cell is not None):
            cell.encode("utf-8")
        rows |= dict(zip(batch.rows, zip(*batch.columns, strict=True), strict=True))
    return rows


def load(extract: Extract) -> Loaded:
    """Load the delimited file of an extract as the engine must."""
    content = extract.content
    assert isinstance(content, Delimited)
    records, rejects = _parsed(content, len(extract.columns), parallel=content.parallel)
    if content.parallel and (rejects or content.lines not in {None, len(records)}):
        records, rejects = _parsed(content, len(extract.columns), parallel=False)
    rejected = {extract.first_row + line - content.skip - 1: kind for line, kind in rejects}
    left_out = {*content.missing_rows, *rejected}
    numbers = (row for row in count(extract.first_row) if row not in left_out)
    numbered = zip(numbers, records, strict=False)
    return Loaded({row: record for row, record in numbered if any(cell is not None for cell in record)}, rejected)


def _parsed(content: Delimited, width: int, *, parallel: bool) -> tuple[list[Cells], list[tuple[int, str]]]:
    columns = ", ".join(f"'c{position}': 'VARCHAR'" for position in range(width))
    with duckdb.connect() as engine:
        records = engine.execute(
            f"""select * from read_csv(?, auto_detect=false, header=false, skip=?, delim=?, quote=?, escape=?,
                columns={{{columns}}}, strict_mode=true, null_padding=false, store_rejects=true, parallel=?)""",
            [str(content.path), content.skip, content.delimiter, content.quote, content.quote, parallel],
        ).fetchall()
        rejects = engine.execute("select line, min(error_type::varchar) from reject_errors group by line").fetchall()
    return records, rejects
