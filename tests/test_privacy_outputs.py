"""No personal value of the examples stands in any output, in the cache, or in what is said on the way.

The values are read from the files themselves: every cell of every column that the ruleset calls personal. Roles name
nobody, and both examples name roles; so each role is made a person first, in tables and in documents (`planted`).
"""

from __future__ import annotations

import contextlib
import datetime as dt
import html
import io
import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from planted import PERSONS, planted, texts_of

from qmscheck import cache, plan, plugins
from qmscheck.audit.asked import criteria_of, remembered
from qmscheck.audit.reading import evidence_of
from qmscheck.cli import main
from qmscheck.engine.embedded import Embedded
from qmscheck.evidence.personal import personal_columns
from qmscheck.plan import Overrides
from qmscheck.sql.mapping import records

pytestmark = pytest.mark.unmeasured

ROOT = Path(__file__).resolve().parents[1] / "examples"
EXAMPLES = ("repair-shop", "pump-maker")
#: Whoever signs an answer does so by name, and is shown (docs/privacy.md): no part of this.
RULES = {
    "repair-shop": ("CF-8.2.1-c2.owner", "CF-7.2-1.met"),
    "pump-maker": (),
}


def values(folder: Path) -> set[str]:
    """Read every value of every personal column, as it stands in the file."""
    found = plugins.load()
    planfile = plan.read(folder, found.readers, Overrides(dt.date(2026, 11, 20)), found.rulesets)
    known = remembered(planfile.plan, cache.folder())
    asked = criteria_of(planfile, found, known)
    wanted = {table: set(spec.columns) for table, spec in asked.ruleset.tables.items()}
    columns = personal_columns(asked.ruleset, wanted)
    told: set[str] = set()
    with evidence_of(planfile, asked, wanted, found, threads=1, known=known) as (engine, gathered):
        assert isinstance(engine, Embedded)
        for table, column in sorted(columns):
            if gathered.tables[table].rows and column not in gathered.tables[table].absent:
                told |= {str(row[0]) for row in engine.rows(records(table, [column])) if row[0] is not None}
    known.save()
    return told


@dataclass(frozen=True)
class Firm:
    """An example with persons in it: its folder, every output that there is, by name, and the personal values."""

    folder: Path
    outputs: dict[str, bytes]
    personal: set[str]


def called(outputs: dict[str, bytes], *arguments: str) -> None:
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(list(arguments))
    said = [stream.buffer.getvalue() for stream in (out, err)]  # type: ignore[attr-defined]
    assert code in {0, 1, 3}, said
    outputs[" ".join(arguments[:2])] = b"\n".join(said)


@pytest.fixture(scope="module", params=EXAMPLES)
def firm(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Firm:
    base = tmp_path_factory.mktemp(request.param)
    roles = sorted(v for v in values(ROOT / request.param) if v in ROLES)
    assert len(roles) > 6
    folder, made = base / "firm", base / "made"
    made.mkdir()
    planted(ROOT / request.param, folder, dict(zip(roles, PERSONS, strict=False)))
    outputs: dict[str, bytes] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(base / "cache"))
        patch.setenv("XDG_CONFIG_HOME", str(base / "config"))
        patch.delenv("QMSCHECK_ANEW", raising=False)
        where = str(folder)
        formats = [part for f in ("human", "concise", "json", "html") for part in ("-o", f"{f}:{made / f}")]
        called(outputs, "audit", where, "-vv", *formats)
        called(outputs, "audit", "-q", where)  # recalled
        for rule in RULES[request.param]:
            called(outputs, "explain", rule, where)
        record = ("--record", str(made / "json"), "--all")
        called(outputs, "interview", where, *record, "-o", str(made / "form.xlsx"), "-o", str(made / "form.toml"))
        called(outputs, "sample", "complaints", where, "-o", str(made / "sheet.xlsx"))
        called(outputs, "sample", "competence", where, "-o", str(made / "people.xlsx"))
        if request.param == EXAMPLES[0]:  # it knows no firm
            called(outputs, "ruleset", "request", "iso9001", "-o", str(made / "request.xlsx"))
    for place in (made, base / "cache"):
        outputs |= {str(file.relative_to(base)): file.read_bytes() for file in place.rglob("*") if file.is_file()}
    key = (base / "config" / "qmscheck" / "pseudonym.key").read_text().strip()
    return Firm(folder, outputs, values(folder) | {key})


ROLES = frozenset(
    {
        "Annahme", "Büro", "Geschäftsführung", "Lagerist", "Qualitätsbeauftragte", "Techniker", "Werkstattleitung",
        "externer Auditor", "Quality manager", "Compliance engineer", "Head of design", "Managing director",
        "Operations director", "Sales lead Brno", "Sales lead Leeds", "Service lead Brno", "Service lead Leeds",
        "Lead internal auditor", "Quality engineer Leeds", "Service director", "Sales director", "Quality engineer Brno",
        "Account manager Brno", "Account manager Export", "Account manager North", "Account manager South",
        "Head of logistics", "Head of HR", "Head of purchasing", "Sales desk", "Service desk",
    }
)  # fmt: skip


def spellings(value: str) -> set[bytes]:
    """Write a value as it may stand in an output: as it is, escaped for JSON, for a browser."""
    texts = {value, json.dumps(value)[1:-1], html.escape(value), html.escape(value, quote=False)}
    return {text.encode() for text in texts} | {value.encode("cp1252", "ignore"), value.encode("utf-16-le")}


def test_there_are_persons_to_be_found(firm: Firm) -> None:
    assert len(firm.personal & set(PERSONS)) > 6
    assert len(firm.outputs) > 12
    assert any(name.startswith("cache") for name in firm.outputs)
    everything = b"".join(file.read_bytes() for file in firm.folder.rglob("*") if file.suffix in {".csv", ".md"})
    assert any(name.encode() in everything for name in PERSONS)


def test_no_personal_value_stands_in_any_output_cache_or_message(firm: Firm) -> None:
    leaks = [
        (name, value)
        for name, content in firm.outputs.items()
        for part in texts_of(content)
        for value in firm.personal
        if any(spelling in part for spelling in spellings(value))
    ]
    assert leaks == []


def test_the_findings_are_there_and_lead_to_the_records(firm: Firm) -> None:
    """What hides everything would pass the test above, too."""
    record = json.loads(firm.outputs["made/json"])
    places = [e["location"] for f in record["findings"] for e in f["exceptions"] if e["location"]["row"]]
    assert len(places) > 10
    assert all(place["path"] for place in places)
