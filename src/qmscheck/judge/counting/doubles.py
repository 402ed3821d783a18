"""What of a large table may have the key of another record, asked for in the way that costs least.

What is asked for is told by `sql.doubles`; whether keys grow is found out by looking, first at the beginning.
"""

from __future__ import annotations

from qmscheck.engine import Engine, counts
from qmscheck.sql.doubles import beside, descents, keys_beside, out_of_order
from qmscheck.sql.mapping import census
from qmscheck.sql.select import Flags, RowTest

__all__ = ["doubles_of", "size"]

#: Records that are looked at first, and of how many records one may be a descent in keys that grow.
_FIRST, _RARE = 50_000, 200


def doubles_of(name: str, test: RowTest, records: int, engine: Engine, flags: Flags) -> str:
    """Make a relation, named after `name`, of the records that may have a doubled or a blank key, in a table whose
    records are numbered. Gives its name; nothing where keys do not grow, so that they must be hashed.
    """
    (key,) = test.unique
    few = min(records, _FIRST) // _RARE + 1
    if len(engine.rows(descents(test.table, key, _FIRST, few + 1))) > few:
        return ""
    found, falls, near = f"{name}, beside breaks", f"{name}, descents", f"{name}, beside"
    engine.define(falls, descents(test.table, key), materialise=True)
    grows = size(falls, engine) <= records // _RARE + 1
    if grows:
        engine.define(near, keys_beside(test.table, key, falls), materialise=True)
        grows = not counts(engine.rows(out_of_order(near))[0])[0]
        if grows:
            engine.define(found, beside(test, near, flags), materialise=True)
        engine.forget(near)
    engine.forget(falls)
    return found if grows else ""


def size(relation: str, engine: Engine) -> int:
    """Count the records of a relation."""
    return counts(engine.rows(census(relation, (), ()))[0])[0]
