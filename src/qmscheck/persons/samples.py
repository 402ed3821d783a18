"""The nouns of sampling: what was asked for, what was drawn, and the working paper that says so. No clock, no file."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from qmscheck.model import Location

__all__ = [
    "UNTOLD",
    "Asked",
    "Draw",
    "Drawn",
    "SourceSeen",
    "Stratum",
    "document",
    "draw_file",
    "percent",
    "place",
    "plural",
    "values_file",
]

FORM = "qmscheck test sheet 1"
#: The stratum of records of which it cannot be told whether they are in scope, or of which stratum they are.
UNTOLD = "cannot be told"

Sides = Literal[1, 2]


@dataclass(frozen=True)
class Asked:
    """What a person asked for: with the evidence, all that the draw depends on.

    `name` is a rule or a table. `rate` and `confidence` are shares, 0 to 1; `size` takes the place of the discovery
    size for `rate`. `given` names what the person gave: the rest are conventions.
    """

    name: str
    as_of: dt.date
    where: str | None = None
    by: tuple[str, ...] = ()
    rate: float = 0.05
    confidence: float = 0.95
    sides: Sides = 1
    size: int | None = None
    least: int = 2
    few: int = 30
    seed: str | None = None
    force: str | None = None
    force_keys: tuple[str, ...] = ()
    criterion: str | None = None
    given: tuple[str, ...] = ()

    def origin(self, name: str) -> str:
        """Say whose value it is."""
        return "given" if name in self.given else "derived" if name == "seed" else "convention"


@dataclass(frozen=True)
class Stratum:
    """One stratum of the population: how many records it has, how many were drawn. `told` is false for UNTOLD."""

    name: str
    size: int
    drawn: int
    told: bool = True


@dataclass(frozen=True)
class Drawn:
    """A record to be read. `number` counts from 1 through both lists; `picked` says that a person forced it too."""

    number: int
    key: str
    stratum: str
    location: Location
    picked: bool = False


@dataclass(frozen=True)
class SourceSeen:
    """A source of the population, and the SHA-256 of what was read."""

    locator: str
    sha256: str | None


@dataclass(frozen=True)
class Draw:
    """One draw. `records` were drawn (or read whole, with their stratum), `picked` are those that only a person forced.

    `population` is the digest over the keys and the sources; `lost` counts rows that could not be taken apart, which
    are no part of the population.
    """

    asked: Asked
    organization: str
    rulesets: tuple[str, ...]
    period: tuple[dt.date, dt.date]
    table: str
    scope: tuple[str, ...]
    parameters: tuple[str, ...]
    size: int
    keys_digest: str
    population: str
    sources: tuple[SourceSeen, ...]
    lost: int
    strata: tuple[Stratum, ...]
    records: tuple[Drawn, ...]
    picked: tuple[Drawn, ...]
    notes: tuple[str, ...] = field(default=())

    @property
    def id(self) -> str:
        """The name of the form: it follows from the draw, and from nothing else."""
        text = json.dumps(document(self, named=False), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]

    @property
    def is_random(self) -> bool:
        """False of a judgement sample: nothing was drawn, all was picked."""
        return self.asked.size != 0

    def facts(self) -> tuple[tuple[str, str], ...]:
        """Say what a working paper says of a sample: population, method, size, seed, with whose values they are."""
        asked = self.asked
        drawn = len(self.records)
        found = [
            ("Form", f"{FORM}, {self.id}"),
            ("Organization", self.organization),
            ("Criteria", "; ".join(self.rulesets)),
            ("Of", asked.name),
            ("Criterion", asked.criterion or "(not stated)"),
            ("Table", self.table),
            ("In scope", "; and ".join(self.scope) or "every record"),
            *(("Parameter", text) for text in self.parameters),
            ("As of", str(asked.as_of)),
            ("Period", f"{self.period[0]} to {self.period[1]}"),
            ("Population", f"{plural(self.size, 'record')}, digest {self.population}"),
        ]
        found += [("Source", f"{s.locator}, SHA-256 {s.sha256 or 'none: no file'}") for s in self.sources]
        found += (
            [("Lost", f"{plural(self.lost, 'row')} could not be taken apart: no part of this")] if self.lost else []
        )
        found += [("Method", self.method), ("Size", self._size())]
        found += [("Seed", f"{asked.seed} ({asked.origin('seed')})")] if self.is_random else []
        if asked.by or any(not s.told for s in self.strata):
            found += [("Stratum", f"{s.name}: {s.drawn:,} of {s.size:,}") for s in self.strata]
        found += [("Drawn", plural(drawn, "record"))] if self.is_random else []
        if asked.force or asked.force_keys:
            both = sum(r.picked for r in self.records)
            also = f", and {both} of the drawn" if both else ""
            forced = asked.force or plural(len(asked.force_keys), "key")
            found.append(("Forced", f"{plural(len(self.picked), 'record')}{also} ({forced}); never part of the rate"))
        found += [("Note", note) for note in self.notes]
        return tuple(found)

    @property
    def method(self) -> str:
        """Say how the records were chosen."""
        if not self.is_random:
            return "picked by judgement, not drawn: nothing follows for other records"
        if sum(s.drawn for s in self.strata) == self.size:
            return "every record is read"
        plain = "drawn at random without replacement"
        if not self.asked.by:
            return plain
        least = f"at least {self.asked.least} of each ({self.asked.origin('least')})"
        return f"{plain} from strata by {', '.join(self.asked.by)}, in proportion, {least}"

    def _size(self) -> str:
        asked = self.asked
        if asked.size is not None:
            return f"{asked.size} ({asked.origin('size')})"
        rate = f"{percent(asked.rate)} ({asked.origin('rate')})"
        confidence = f"{percent(asked.confidence)} ({asked.origin('confidence')})"
        return f"discovery: if none fails, fewer than {rate} fail, with a confidence of {confidence}"


def document(draw: Draw, *, named: bool = True) -> dict[str, Any]:
    """Give a draw as plain values, as its file holds it."""
    asked: dict[str, Any] = {k: _plain(v) for k, v in asdict(draw.asked).items() if v is not None}
    found: dict[str, Any] = {"form": FORM}
    if named:
        found["id"] = draw.id
    return found | {
        "organization": draw.organization,
        "rulesets": list(draw.rulesets),
        "period": [str(day) for day in draw.period],
        "table": draw.table,
        "scope": list(draw.scope),
        "parameters": list(draw.parameters),
        "records": draw.size,
        "keys_sha256": draw.keys_digest,
        "population": draw.population,
        "lost": draw.lost,
        "notes": list(draw.notes),
        "asked": asked,
        "source": [{k: v for k, v in asdict(s).items() if v is not None} for s in draw.sources],
        "stratum": [asdict(s) for s in draw.strata],
        "drawn": [_record(r) for r in draw.records],
        "forced": [_record(r) for r in draw.picked],
    }


def draw_file(values: Mapping[str, Any], suffix: str) -> bytes:
    """Write a draw as TOML, or as JSON where the file ending says so."""
    return (_toml_document(values) if suffix == ".toml" else _json(values)).encode("utf-8", "backslashreplace")


def values_file(name: str, values: Mapping[str, Any], suffix: str) -> bytes:
    """Write one entry that others may be put beside: `[[name]]` in TOML, a list of one in JSON."""
    text = _toml_document({name: [values]}).lstrip("\n") if suffix == ".toml" else _json([values])
    return text.encode("utf-8", "backslashreplace")


def _json(values: object) -> str:
    return json.dumps(values, ensure_ascii=False, indent=2) + "\n"


def _toml_document(values: Mapping[str, Any]) -> str:
    """Write plain values as TOML: lists of tables as `[[name]]`, a table as `[name]`."""
    plain = [f"{k} = {_toml(v)}\n" for k, v in values.items() if not isinstance(v, dict) and not _tables(v)]
    tables = [f"\n[{k}]\n" + _lines(v) for k, v in values.items() if isinstance(v, dict)]
    lists = [f"\n[[{k}]]\n" + _lines(one) for k, v in values.items() if _tables(v) for one in v]
    return "".join([*plain, *tables, *lists])


def read_asked(text: str) -> Asked | None:
    """Read what was asked for as `written_asked` writes it; None where it is not that."""
    try:
        given = json.loads(text)
        lists = {k: tuple(given.get(k, ())) for k in ("by", "force_keys", "given")}
        found = Asked(**{**given, **lists, "as_of": dt.date.fromisoformat(given["as_of"])})
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    return found if written_asked(found) == text and _could_be_asked(found) else None


def _could_be_asked(asked: Asked) -> bool:
    """Tell whether the command could have asked for this: what a person changed by hand may be of any kind and size."""
    shares = (asked.rate, asked.confidence)
    numbers = (asked.least, asked.few, asked.sides, 0 if asked.size is None else asked.size)
    texts = (asked.name, *asked.by, *asked.force_keys, *asked.given)
    texts += tuple(t for t in (asked.where, asked.seed, asked.force, asked.criterion) if t is not None)
    return (
        all(type(share) is float and 0 < share < 1 for share in shares)
        and all(type(number) is int and number >= 0 for number in numbers)
        and asked.confidence > 0.5  # noqa: PLR2004
        and asked.least >= 1
        and asked.sides in {1, 2}
        and all(isinstance(text, str) for text in texts)
    )


def written_asked(asked: Asked) -> str:
    """Write what was asked for in one line, for the machine that reads a sheet back."""
    values = {k: _plain(v) for k, v in asdict(asked).items() if v is not None}
    return json.dumps(values, ensure_ascii=True, sort_keys=True)


def place(location: Location) -> tuple[str, str | None, str | None]:
    """Give the file, the sheet (or heading) and the row (or page) of a record, as a sheet shows them."""
    if location.row is not None:
        return location.path, location.sheet or location.heading, str(location.row)
    spot = [f"page {location.page}"] if location.page else []
    spot += [location.cell or f"paragraph {location.paragraph}"] if location.cell or location.paragraph else []
    return location.path, location.sheet or location.heading, ", ".join(spot) or None


def percent(share: float) -> str:
    """Write a share as a percentage, with as many decimals as it has."""
    return f"{float(f'{share * 100:.10g}'):.10g} %"


def plural(number: int, noun: str) -> str:
    """Write a number with its noun."""
    return f"{number:,} {noun if number == 1 else noun + 's'}"


def _record(record: Drawn) -> dict[str, Any]:
    found: dict[str, Any] = {"number": record.number, "key": record.key, "stratum": record.stratum}
    if record.picked:
        found["forced"] = True
    return found | record.location.model_dump(exclude_none=True)


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else str(value) if isinstance(value, dt.date) else value


def _tables(value: object) -> bool:
    return isinstance(value, list) and any(isinstance(one, dict) for one in value)


def _lines(table: Mapping[str, Any]) -> str:
    return "".join(f"{key} = {_toml(value)}\n" for key, value in table.items())


def _toml(value: object) -> str:
    """Write a value in TOML: JSON's text is TOML's, but for one character."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
