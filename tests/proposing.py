"""A folder to look at, a small ruleset, and what is proposed for it, in one process."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from qmscheck import Reader, criteria, plugins
from qmscheck.engine.embedded import Embedded
from qmscheck.model import Ruleset
from qmscheck.proposal import Looking, Proposal, Proposed, propose
from qmscheck.proposal.looking import look
from qmscheck.proposal.seen import Column, Seen, Table

__all__ = ["AS_OF", "RULESET", "looking", "one_column", "proposed", "ruleset", "seen", "wide", "written"]

AS_OF = dt.date(2026, 6, 30)
RULESET = """
[ruleset]
id = "shop"
title = "A shop"
standard = "none"
edition = "1"
version = "1"
language = "en"

[table.complaints]
purpose = "Every complaint. Given by: service"
synonyms = ["complaint register", "Reklamationen"]
key = "complaint_id"
[table.complaints.columns]
complaint_id = { type = "text", synonyms = ["complaint no", "Reklamation-Nr."] }
received_on = { type = "date", synonyms = ["date received", "Eingang"] }
closed_on = { type = "date", synonyms = ["closed", "erledigt am"] }
customer_id = { type = "text", synonyms = ["customer no", "Kundennummer"] }
owner = { type = "text", sensitivity = "personal", synonyms = ["assignee", "Bearbeiter"] }
cost = { type = "number", synonyms = ["amount", "Kosten"] }
urgent = { type = "boolean", synonyms = ["rush", "dringend"] }
status = { type = "text", synonyms = ["state"], values = { open = ["new", "offen"], closed = ["done", "erledigt"] } }

[table.customers]
purpose = "Every customer. Given by: sales"
synonyms = ["customer list", "Kunden"]
key = "customer_id"
[table.customers.columns]
customer_id = { type = "text", synonyms = ["customer no", "Kundennummer"] }
country = { type = "text", title = "Country supplied" }

[table.documents]
purpose = "Every document. Given by: quality"
key = "path"
[table.documents.columns]
path = { type = "text" }
kind = { type = "text" }

[[obligation]]
id = "A"
title = "There are records"
force = "requirement"
clauses = ["1"]
doc_info = "none"
statement = "There are records."
grade = "minor"
grade_why = "Nothing is known without."
recommendation = "The quality manager looks."

[[rule]]
id = "A.complaints"
obligation = "A"
title = "Complaints are closed, owned and dear"
each = "complaints"
must = "closed_on >= received_on and owner is not null and cost >= 0 and urgent is not null and status = 'closed' and customer_id is not null"
statement = "{unmet} of {population} are not."

[[rule]]
id = "A.customers"
obligation = "A"
title = "There are customers"
each = "customers"
must = "country is not null"
statement = "{unmet} of {population} have no country."

[[rule]]
id = "A.documents"
obligation = "A"
title = "There are documents"
each = "documents"
must = "kind is not null"
statement = "{unmet} of {population} have no kind."
"""


def written(folder: Path, files: Mapping[str, str]) -> Path:
    """Write files into a folder."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def ruleset(place: Path, text: str = RULESET) -> Ruleset:
    """Load a ruleset."""
    path = place / "shop.toml"
    path.write_text(text, "utf-8")
    return criteria.load([("shop.toml", path)]).ruleset


@contextmanager
def looking(folder: Path, scratch: Path, readers: Sequence[Reader] = ()) -> Iterator[Looking]:
    """Give what is needed to look at a folder, with the readers that are installed, and some more."""
    scratch.mkdir(exist_ok=True)
    engine = Embedded(scratch, threads=1)
    known = {**plugins.load(()).readers, **{reader.name: reader for reader in readers}}
    try:
        yield Looking(folder, known, engine, scratch, AS_OF)
    finally:
        engine.close()


def seen(folder: Path, scratch: Path, readers: Sequence[Reader] = ()) -> Seen:
    """Look at a folder."""
    with looking(folder, scratch, readers) as given:
        return look(given, lambda _path, _options: False)


def proposed(
    tmp_path: Path,
    files: Mapping[str, str],
    text: str = RULESET,
    passed: Callable[[str, Mapping[str, str]], bool] = lambda _path, _options: False,
) -> Proposal:
    """Propose for a folder of files."""
    folder = written(tmp_path / "folder", files)
    with looking(folder, tmp_path / "scratch") as given:
        return propose(given, ruleset(tmp_path, text), passed)


def one_column(tmp_path: Path, values: Sequence[str]) -> tuple[Looking, Table, Column]:
    """Look at a file of one column beside a number. The engine stays open for the test."""
    rows = "".join(f"{number};{value}\n" for number, value in enumerate(values))
    folder = written(tmp_path / "folder", {"list.csv": f"no;x\n{rows}"})
    scratch = tmp_path / "scratch"
    scratch.mkdir(exist_ok=True)
    given = Looking(folder, plugins.load(()).readers, Embedded(scratch, threads=1), scratch, AS_OF)
    (table,) = look(given, lambda _path, _options: False).tables
    return given, table, table.columns[1]


def wide(one: Proposed, **changes: object) -> Proposed:
    """Change a proposed table."""
    return replace(one, **changes)  # type: ignore[arg-type]
