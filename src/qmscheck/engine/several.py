"""The engines of one audit beside the embedded one: opened when the first of their records come, closed together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from qmscheck.engine import Engine, EngineError
from qmscheck.errors import QmscheckError
from qmscheck.extracts import Delimited, InPlace, Parquet, Rows, Stream
from qmscheck.hookspecs import EngineKind, Opening

__all__ = ["Others"]


class Others:
    """Engines by their name, and by where their records are: two servers of one kind are two engines."""

    def __init__(
        self,
        kinds: Mapping[str, EngineKind],
        opening: Opening,
        prepare: Callable[[Engine], None] = lambda _engine: None,
    ) -> None:
        """Open nothing yet. `opening` is what each may use; `prepare` is done to each when it is opened."""
        self._kinds = kinds
        self._opening = opening
        self._prepare = prepare
        self._open: dict[tuple[str, str, tuple[tuple[str, object], ...]], Engine] = {}

    def of(self, name: str, content: Delimited | Parquet | Rows | Stream | InPlace) -> Engine:
        """Give the engine of that name that holds some records. Raises EngineError where it cannot be opened."""
        where = content if isinstance(content, InPlace) else InPlace(name, "", "")
        key = (name, where.address, tuple(sorted(where.settings.items())))
        if key not in self._open:
            opening = replace(self._opening, address=where.address, settings=where.settings)
            engine = _opened(self._kinds[name], opening)
            self._open[key] = engine
            if engine.veils:
                self._prepare(engine)
        return self._open[key]

    def dialect(self, name: str) -> str:
        """Give the dialect of an engine by its name."""
        return self._kinds[name].dialect

    @property
    def all(self) -> tuple[Engine, ...]:
        """Every engine that was opened, in the order in which that was done."""
        return tuple(self._open.values())

    def close(self) -> None:
        """Close every engine that was opened."""
        while self._open:
            self._open.popitem()[1].close()


def _opened(kind: EngineKind, opening: Opening) -> Engine:
    """Open an engine. What a plugin raises beside EngineError is told without its words: they may hold an address."""
    try:
        return kind.open(opening)
    except (EngineError, QmscheckError):
        raise
    except ImportError as error:
        msg = f"the engine '{kind.name}' cannot be opened: {error}"
        raise EngineError(msg, "unsupported") from None
    except Exception as error:  # noqa: BLE001  (foreign code)
        msg = f"the engine '{kind.name}' cannot be opened: {type(error).__name__}"
        raise EngineError(msg, "crashed") from None
