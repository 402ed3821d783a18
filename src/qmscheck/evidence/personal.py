"""Personal columns of one audit: what takes the place of their texts in the engine, and what a passage may show."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path

from qmscheck.cache import Cache
from qmscheck.engine import Engine
from qmscheck.model import AuditPlan, BoundTable, Ruleset
from qmscheck.privacy import key as keys
from qmscheck.privacy.key import Key
from qmscheck.privacy.mask import NOBODY, Mask
from qmscheck.sql.persons import names, written
from qmscheck.sql.pseudonyms import Need, Needs, needs
from qmscheck.sql.select import RowTest
from qmscheck.sql.veil import Pair

__all__ = ["Hidden", "hidden", "masking", "personal_columns", "with_shown"]

#: Records up to which the names in a table are known when a passage is quoted: a larger one may hold marks.
_MOST = 200_000


@dataclass(frozen=True)
class Hidden:
    """What is hidden: the columns, what rules need of them, the words that are kept (patterns), and the key."""

    columns: frozenset[Pair] = frozenset()
    needs: Needs = field(default_factory=Needs)
    patterns: tuple[str, ...] = ()
    key: Key | None = None

    def veil(self, engine: Engine) -> None:
        """Give the engine what takes the place of personal texts."""
        if self.key is not None:
            engine.veil(keys.blocks(self.key.secret), self.patterns)


def with_shown(ruleset: Ruleset, plan: AuditPlan) -> Ruleset:
    """Take the columns that the plan shows as not personal: those that each of its sources shows."""
    shown: dict[str, set[str]] = {}
    for table in {source.table for source in plan.sources} & set(ruleset.tables):
        mapped = [source.columns for source in plan.sources if source.table == table]
        for name, spec in ruleset.tables[table].columns.items():
            given = [columns[name].show for columns in mapped if name in columns]
            if spec.is_personal and given and all(given):
                shown.setdefault(table, set()).add(name)
    if not shown:
        return ruleset
    tables = dict(ruleset.tables)
    for table, columns in shown.items():
        known = tables[table].columns
        opened = {c: known[c].model_copy(update={"sensitivity": "internal"}) for c in columns}
        tables[table] = tables[table].model_copy(update={"columns": {**known, **opened}})
    return ruleset.model_copy(update={"tables": tables})


def personal_columns(ruleset: Ruleset, wanted: Mapping[str, Collection[str]]) -> frozenset[Pair]:
    """Give the personal columns that are read. Who signs an answer does so by name, and is shown."""
    return frozenset(
        (table, column)
        for table, columns in wanted.items()
        if table in ruleset.tables and table != "attestations"
        for column in columns
        if column in ruleset.tables[table].columns and ruleset.tables[table].columns[column].is_personal
    )


def hidden(
    plan: AuditPlan,
    ruleset: Ruleset,
    tests: Sequence[RowTest],
    columns: frozenset[Pair],
    patterns: Mapping[str, str],
    compared: Collection[Pair],
    remembered: Cache | None,
) -> Hidden:
    """Say what is hidden in an audit, and find its key, where one is needed. Raises KeyMistake."""
    texts = {(table, c) for table, c in columns if ruleset.tables[table].columns[c].type == "text"}
    given = {source.table for source in plan.sources}
    found = needs(tests, texts, compared, remembered)
    if not any(table in given and need is not Need.LETTERS for (table, _), need in found.columns.items()):
        return Hidden(columns)
    kept = tuple(patterns[family] for family in sorted(found.families))
    return Hidden(columns, found, kept, keys.find(plan.pseudonym_key, Path(plan.root)))


def masking(given: Hidden, engine: Callable[[str], Engine], tables: Mapping[str, BoundTable]) -> Mask:
    """Give what knows who is named in the evidence: `engine` holds the records of a table. The names are looked up when
    somebody first asks.
    """
    key = given.key
    if key is None:
        return NOBODY

    @lru_cache(maxsize=1 << 16)
    def pseudonym(text: str) -> str:
        return "~" + keys.pseudonym(key.secret, text)

    return Mask(cache(lambda: _names(given, engine, tables, pseudonym)), pseudonym)


def _names(
    given: Hidden,
    engine: Callable[[str], Engine],
    tables: Mapping[str, BoundTable],
    pseudonym: Callable[[str], str],
) -> frozenset[str]:
    """Give the pseudonyms of all names in the smaller tables. An engine that makes none gives the names, each once."""
    there = sorted(
        (table, column)
        for table, column in given.needs.columns
        if table in tables and 0 < tables[table].rows <= _MOST and column not in tables[table].absent
    )
    clear = {pair for pair in there if given.needs.columns[pair] is Need.LETTERS}
    found: set[str] = set()
    for one in dict.fromkeys(engine(table) for table, _ in there):
        held = [pair for pair in there if engine(pair[0]) is one]
        if one.veils:
            found |= {str(name) for (name,) in one.rows(names(held, clear & set(held))) if name is not None}
        else:
            found |= {pseudonym(str(name)) for (name,) in one.rows(written(held)) if name is not None}
    return frozenset(found) - {"~"}
