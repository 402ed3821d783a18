"""Further engines for tests, all DuckDB: one like the embedded one, others like a server on which evidence stays."""

from __future__ import annotations

from collections.abc import Sequence

from firm import OWN

from qmscheck.engine import Engine, EngineError, Loaded
from qmscheck.engine.embedded import Embedded
from qmscheck.extracts import Delimited, InPlace, Parquet, Rows, Stream
from qmscheck.hookspecs import EngineKind, Opening
from qmscheck.sql.kinds import Kind
from qmscheck.sql.statement import Statement

__all__ = ["KINDS", "Far"]

_KINDS = {"VARCHAR": Kind.TEXT, "DATE": Kind.DATE, "INTEGER": Kind.INTEGER, "DOUBLE": Kind.NUMBER}


class Far(Embedded):
    """An engine that keeps nothing and makes no pseudonyms. `fetched` counts the rows that it gave."""

    sifts = keeps = veils = False
    sieves = True
    fetched = 0

    def __init__(self, opening: Opening) -> None:
        """Open it, with the database that an address names (a file) beside it."""
        super().__init__(opening.scratch, 1, opening.cache)
        self.address = opening.address
        if opening.address == "nowhere":
            msg = "there is no server"
            raise EngineError(msg, "missing")
        if opening.address:
            self._database.execute(f"ATTACH '{opening.address}' AS server (READ_ONLY)")

    def load(
        self,
        name: str,
        columns: Sequence[str],
        content: Delimited | Parquet | Rows | Stream | InPlace,
        *,
        careful: bool = False,
    ) -> Loaded:
        """Make a view over a query, or a table of keys."""
        if not isinstance(content, InPlace):
            assert isinstance(content, Rows)
            return super().load(name, columns, content, careful=careful)
        relation = self._connection.sql(content.query)
        relation.create_view(name)
        self._made[name] = "VIEW"
        given = tuple(
            (heading, _KINDS[str(kind)]) for heading, kind in zip(relation.columns, relation.types, strict=True)
        )
        return Loaded(given, tuple(relation.columns), (), None, parsed_by_engine=False)

    def define(self, name: str, statement: Statement, *, materialise: bool) -> None:
        """Make a view, whatever is asked for: nothing is ever kept."""
        del materialise
        super().define(name, statement, materialise=False)

    def rows(self, statement: Statement) -> list[tuple[object, ...]]:
        """Run a SELECT, and count what travels."""
        found = super().rows(statement)
        type(self).fetched += len(found)
        return found

    def veil(self, *_given: object) -> None:
        """Never be asked to."""
        raise AssertionError


class Deaf(Far):
    """An engine that cannot say some things: it makes no digests of closed records, and gives no keys."""

    def rows(self, statement: Statement) -> list[tuple[object, ...]]:
        """Refuse them, and run any other SELECT."""
        if statement.name.endswith(("closed_records", "matchable", "newest")):
            msg = "it does not say that"
            raise EngineError(msg)
        return super().rows(statement)


def _near(opening: Opening) -> Engine:
    return Embedded(opening.scratch, 1, opening.cache)


#: The embedded engine, its twin, and the one that is like a server: by name.
KINDS = {
    **OWN,
    "near": EngineKind("near", "duckdb", _near, "A twin", takes=True, veils=True),
    "far": EngineKind("far", "duckdb", Far, "Like a server", takes=True),
    "deaf": EngineKind("deaf", "duckdb", Deaf, "Cannot say some things", takes=True),
    "mute": EngineKind("mute", "nothing", Far, "Of a dialect that nobody translates into", takes=True),
}
