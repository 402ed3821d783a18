"""Read a filled test sheet back: repeat its draw, and conclude from what was seen only if nothing has changed."""

from __future__ import annotations

import datetime as dt
import hashlib
import tempfile
from collections.abc import Callable
from pathlib import Path

from qmscheck.errors import Problem, QmscheckError
from qmscheck.hookspecs import Reader
from qmscheck.persons import filled_sheet
from qmscheck.persons.conclusion import Conclusion, conclude
from qmscheck.persons.filled_sheet import Filled
from qmscheck.persons.samples import Asked, Draw
from qmscheck.plugins import Plugins

__all__ = ["read_back"]


def read_back(
    sheet: Path,
    plugins: Plugins,
    redraw: Callable[[Asked], Draw],
    *,
    today: dt.date,
    criterion: str | None = None,
) -> Conclusion:
    """Conclude from a filled sheet. `redraw` repeats what was asked for; `criterion` stands where the sheet has none.

    Raises QmscheckError for a sheet that cannot be read, a population that has changed, and every cell that is wrong
    or not filled in.
    """
    try:
        digest = hashlib.sha256(sheet.read_bytes()).hexdigest()
    except OSError as error:
        raise QmscheckError(Problem(sheet.as_posix(), 0, 0, f"cannot be read: {error.strerror or error}")) from None
    except ValueError:
        raise QmscheckError(Problem(ascii(str(sheet)), 0, 0, "is no name of a file")) from None
    with tempfile.TemporaryDirectory(prefix="qmscheck-") as scratch:
        filled = Filled(sheet, sheet.as_posix(), _reader(sheet, plugins), Path(scratch))
        asked, facts = filled_sheet.asked_for(filled)
        draw = redraw(asked)
        filled_sheet.check_draw(filled, facts, draw)
        drawn, picked = filled_sheet.results(filled, draw, today)
    return conclude(draw, _criterion(sheet, draw, criterion), drawn, picked, digest)


def _criterion(sheet: Path, draw: Draw, given: str | None) -> str:
    """Say what was tested: what the sheet says, else what was given. Raises QmscheckError for neither, and for both."""
    named = draw.asked.criterion
    if named is None and given is None:
        hint = "--criterion says what was tested in each record"
        raise QmscheckError(Problem(sheet.as_posix(), 0, 0, "the sheet names no criterion", hint))
    if named is not None and given is not None and given != named:
        message = f"the sheet was made for another criterion: {named}"
        raise QmscheckError(Problem("--criterion", 0, 0, message, "leave it out"))
    return named or given or ""


def _reader(sheet: Path, plugins: Plugins) -> Reader:
    suffix = sheet.suffix.lower()
    reader = next((r for r in plugins.readers.values() if suffix in r.suffixes and "header_row" in r.options), None)
    if reader is None or not {"sheet", "formulas"} <= {*reader.options}:
        hint = "a test sheet is a workbook (.xlsx)"
        raise QmscheckError(Problem(sheet.as_posix(), 0, 0, "no reader knows workbooks of this kind", hint))
    return reader
