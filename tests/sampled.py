"""Draws from hand-made records, for tests: one call, without a file."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from firm import AS_OF, OWN, RULESET

from qmscheck import toml
from qmscheck.extracts import Batch, Extract, Request, Rows, Skipped
from qmscheck.hookspecs import EngineKind, Reader
from qmscheck.model import AuditPlan, Period, Source
from qmscheck.persons.samples import Asked, Draw
from qmscheck.plan import PlanFile
from qmscheck.plugins import Plugins
from qmscheck.sampling.drawing import draw as draw_sample

__all__ = ["COLUMNS", "complaints", "draw"]

COLUMNS = ("id", "owner", "site", "received", "state")

Record = Mapping[str, str | None]


def complaints(number: int, **cells: str | None) -> list[dict[str, str | None]]:
    """Make complaints C1, C2, ... that are alike but for their numbers."""
    usual = {"owner": "Ada", "site": "N", "received": "2026-05-01", "state": "closed"}
    return [{"id": f"C{i}", **usual, **cells} for i in range(1, number + 1)]


def draw(
    records: Sequence[Record] | Sequence[Sequence[Record]],
    *,
    ruleset: str = RULESET,
    skipped: Sequence[Skipped] = (),
    threads: int = 1,
    columns: Sequence[str] = COLUMNS,
    engines: Mapping[str, EngineKind] = OWN,
    engine: str = "duckdb",
    **asked: Any,
) -> Draw:
    """Draw from complaints; a list of lists is one file each. `asked` is what `Asked` takes."""
    files = records if records and not isinstance(records[0], Mapping) else [records]

    def read(request: Request) -> Iterator[Extract]:
        given = files[int(str(request.options["file"]))]
        batch = Batch(tuple([r.get(c) for r in given] for c in columns), rows=list(range(2, len(given) + 2)))
        path = request.root / f"{request.options['file']}.x"
        content = Rows([batch] if given else [])
        yield Extract("complaints", path, tuple(columns), content, (), None, 2, 0, tuple(skipped))

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "firm.toml"
        file.write_text(ruleset, "utf-8")
        plan = AuditPlan(
            root=folder,
            file=None,
            organization="Firm",
            scope="All",
            rulesets=(str(file),),
            as_of=AS_OF,
            period=Period(from_=dt.date(2025, 11, 21), to=AS_OF),
            sources=tuple(
                Source(table="complaints", reader="given", engine=engine, options={"file": i})
                for i in range(len(files))
            ),
        )
        planfile = PlanFile(plan, toml.parse(b"", "qmscheck.toml"))
        plugins = Plugins({"given": Reader("given", (".x",), read, {"file": ""})}, {}, {}, (), {}, engines=engines)
        named = Asked(**{"name": "complaints", "as_of": AS_OF, **asked})
        return draw_sample(planfile, plugins, named, threads=threads)
