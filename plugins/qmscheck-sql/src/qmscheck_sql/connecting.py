"""A connection that can only read: its driver, a read-only transaction, and a limit on the time of a query.

Libraries of this module: whatever driver the plan names; each is a module as PEP 249 describes it. ADBC drivers are
such modules too, and hand their records over as Arrow streams.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from qmscheck_sql.address import Address, wrong

__all__ = ["Session", "known", "opened", "state_of"]

_BY_SCHEME = {
    "postgresql": "adbc_driver_postgresql.dbapi",
    "postgres": "adbc_driver_postgresql.dbapi",
}
#: How databases are told to change nothing: the standard's way, and SQLite's.
_READ_ONLY = ("SET TRANSACTION READ ONLY", "PRAGMA query_only = ON")
_UNSURE = (
    "The database does not promise to change nothing (SET TRANSACTION READ ONLY): use a login that may only read; the "
    "query holds no word that changes anything, and it is rolled back."
)


@dataclass(frozen=True, slots=True)
class Session:
    """An open cursor; `safe` tells that the database promised to change nothing."""

    cursor: Any
    safe: bool

    @property
    def notes(self) -> tuple[str, ...]:
        """What the database would not promise."""
        return () if self.safe else (_UNSURE,)

    @property
    def streams(self) -> bool:
        """Tell whether the driver hands records over as an Arrow stream."""
        return hasattr(self.cursor, "fetch_arrow")


def known(address: Address, driver: str | None) -> str | None:
    """Give the driver of an address; None where none is known."""
    return driver or _BY_SCHEME.get(address.scheme)


@contextlib.contextmanager
def opened(address: Address, driver: str, seconds: int) -> Iterator[Session]:
    """Open a connection, and roll back and close it at the end. Raises what the driver raises."""
    connect = _connect(driver)
    connection = connect(address.url)
    try:
        cursor, safe = _guarded(connection, seconds)
        try:
            yield Session(cursor, safe)
        finally:
            with contextlib.suppress(Exception):
                cursor.close()
    finally:
        with contextlib.suppress(Exception):
            connection.rollback()
        with contextlib.suppress(Exception):
            connection.close()


def _connect(driver: str) -> Any:
    """Find the function that connects. A plan may name a driver, and no other code: PEP 249 tells them apart."""
    name, _, function = driver.partition(":")
    try:
        module = import_module(name)
    except (ImportError, TypeError, ValueError) as error:
        raise wrong(f"driver '{driver}' cannot be loaded: {error}", "install it beside qmscheck") from None
    connect = getattr(module, function or "connect", None)
    if not all(hasattr(module, sign) for sign in ("apilevel", "threadsafety", "paramstyle")) or not callable(connect):
        hint = 'for example driver = "psycopg" or driver = "adbc_driver_snowflake.dbapi:connect"'
        raise wrong(f"driver '{driver}' is no database driver as PEP 249 describes it", hint)
    return connect


def _guarded(connection: Any, seconds: int) -> tuple[Any, bool]:
    """Begin a transaction that only reads; False where the database knows no such thing."""
    accepted: list[str] = []
    safe = any(_accepts(connection, statement, accepted) for statement in _READ_ONLY)
    _accepts(connection, f"SET LOCAL statement_timeout = '{seconds}s'", accepted)
    return connection.cursor(), safe


def _accepts(connection: Any, statement: str, accepted: list[str]) -> bool:
    """Try a statement; where it fails, begin the transaction again with those that were accepted before."""
    cursor = connection.cursor()
    try:
        cursor.execute(statement)
    except Exception:  # noqa: BLE001  (each driver has errors of its own)
        with contextlib.suppress(Exception):
            connection.rollback()
        for again in accepted:
            cursor.execute(again)
        return False
    else:
        accepted.append(statement)
        return True
    finally:
        with contextlib.suppress(Exception):
            cursor.close()


def state_of(error: BaseException) -> str:
    """Give the SQLSTATE of an error, by whichever name a driver keeps it; empty where there is none."""
    for name in ("sqlstate", "pgcode"):
        found = getattr(error, name, None)
        if isinstance(found, str):
            return found
    return ""
