"""The records of one extract get their types: a table, or a view where the file is scanned in place.

A large file is typed by plain casts where they will do (`sql.plain`), and put through a sieve on the way (`sql.sieve`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from qmscheck.engine import Engine, Loaded, counts
from qmscheck.extracts import Delimited, Extract, InPlace, Rows, Skipped, Stream
from qmscheck.sql.mapping import (
    MappedColumn,
    RowNumber,
    as_it_stands,
    begun,
    can_fail,
    census,
    filled,
    finished,
    inspection,
    placed,
    typed,
)
from qmscheck.sql.plain import ASIDE, ODD, in_doubt, may_be_plain, plainly, put_aside, sample, together, typed_plainly
from qmscheck.sql.sieve import DOUBTFUL, Sieve, plainly_said, sifted
from qmscheck.sql.statement import Statement

__all__ = ["Read", "Typing"]

#: Bytes from which on it pays to look at the first records before a delimited file is typed, and how many.
_LARGE = 4 << 20
_SAMPLE = 10_000

#: First records of a server's table, in which columns that have a value anywhere mostly have one.
_FIRST = 100
#: A plain cast is tried where at most one in so many cells is odd.
_FEW = 20
_POSITION = "_at"

#: Records from which on it pays to sieve a file that is scanned in place: those of a smaller one are all judged.
_MANY = 200_000

#: Rules up to which a server is asked for the doubtful records of all: it keeps none, and more are in several scans.
_MOST_RULES = 200


@dataclass(frozen=True)
class Read:
    """What came of typing an extract: records, unreadable cells by column, columns without any value, lost rows; the
    view of doubtful records, and the columns that are in that view alone.
    """

    rows: int
    unreadable: Mapping[str, int]
    blank: frozenset[str]
    lost: tuple[Skipped, ...]
    doubtful: str = ""
    apart: frozenset[str] = frozenset()


@dataclass
class Typing:
    """One extract on its way into the engine: raw relation, typed relation, view with places."""

    engine: Engine
    name: str
    number: int
    extract: Extract
    loaded: Loaded
    sieve: Sieve | None = None
    sieving: Sieve | None = None
    filled: frozenset[str] = frozenset()

    @property
    def stays(self) -> bool:
        """True of records that are not taken out of the raw relation: it must stay."""
        return isinstance(self.extract.content, InPlace) or not self.engine.keeps

    def inspected(self, columns: list[MappedColumn]) -> list[MappedColumn]:
        """Look once through a file that is scanned in place: which cells can be taken as they are, what is blank."""
        there = [c for c in columns if c.header is not None]
        if self.loaded.position is None or not there or not self.engine.sifts:
            return columns
        if self.sieve is not None and all(as_it_stands(finished(c, 0)) for c in there) and self._is_large():
            self.sieving = self.sieve
            return self._sifted(columns, self.sieve)
        raw = f"{self.name}_raw"
        numbers = counts(self.engine.rows(inspection(raw, there))[0])
        odd = {c.name: n for c, n in zip(there, numbers[1::2], strict=True)}
        again = [c for c in there if odd[c.name]]
        if again:
            exact = counts(self.engine.rows(inspection(raw, again, exactly=True))[0])
            odd |= {c.name: n for c, n in zip(again, exact[1::2], strict=True)}
        given = {c.name for c, n in zip(there, numbers[::2], strict=True) if n}
        return self._known(columns, odd, given)

    def _sifted(self, columns: list[MappedColumn], sieve: Sieve) -> list[MappedColumn]:
        """Sieve a file that is scanned in place; what was kept tells which cells can be taken as they are."""
        assert self.loaded.position is not None  # noqa: S101
        sifted_name = f"{self.name}_sifted"
        assumed = [finished(c, 0) for c in columns]
        self.engine.plan_thoroughly()
        wanted = sifted(f"{self.name}_raw", sieve, assumed, [self.loaded.position])
        self.engine.define(sifted_name, wanted, materialise=True)
        kept = _kept(columns)
        numbers = counts(self.engine.rows(inspection(sifted_name, kept, exactly=True))[0])
        odd = {c.name: n for c, n in zip(kept, numbers[1::2], strict=True)}
        given = {c.name for c, n in zip(kept, numbers[::2], strict=True) if n}
        return self._known(columns, odd, given)

    def _known(self, columns: list[MappedColumn], odd: Mapping[str, int], given: Collection[str]) -> list[MappedColumn]:
        """Take down which columns have odd cells, and which have a value for certain."""
        found = [finished(c, odd.get(c.name, 1)) for c in columns]
        self.filled = frozenset(c.name for c in found if c.name in given and as_it_stands(c))
        return found

    def read(self, columns: Sequence[MappedColumn]) -> Read:
        """Type the records, place them, count what cannot be read. May be called again with other columns.

        Where columns were to be kept apart, and turn out to be asked for in all records, everything is read again.
        """
        found = self._read(columns)
        if found.apart and (found.blank or found.rows <= _MANY):
            assert self.sieve is not None  # noqa: S101  (what is apart is so by it)
            self.sieve = replace(self.sieve, apart=frozenset())
            return self._read(columns)
        return found

    def _read(self, columns: Sequence[MappedColumn]) -> Read:
        for made in ("", "_apart", "_doubtful", "_whole", "_odd", "_mended", "_typed"):
            self.engine.forget(f"{self.name}{made}")
        places: dict[str, str | int] = {"_source": self.number, **{p: p for p in self.loaded.places}}
        if isinstance(self.extract.content, Rows | Stream | InPlace) or not self.engine.sifts:
            whole = typed(f"{self.name}_raw", columns, self.loaded.places, places)
            self.engine.define(self.name, whole, materialise=not self.stays)
            read = self._counted(columns, ())
            return replace(read, doubtful=self._sieved_there(columns, places, read.rows))
        content = self.extract.content
        if isinstance(content, Delimited):
            columns = self._sampled(content, columns)
        lost = self._typed(columns)
        if isinstance(content, Delimited) and content.parallel and self._is_in_doubt(content, lost):
            self.engine.forget(f"{self.name}_typed")
            self.engine.forget(f"{self.name}_raw")
            self.engine.load(f"{self.name}_raw", self.extract.columns, content, careful=True)
            lost = self._typed(columns)
        mixed = columns
        base, position, columns = self._mended(columns)
        shown = [c.name for c in columns] + [f"_u_{c.name}" for c in columns if can_fail(c)]
        row = _row_number(self.extract, self.loaded, lost, position)
        apart = frozenset() if self.sieving is None else self.sieving.apart
        answers = () if self.sieving is None else self.sieving.answers
        kept = [*(n for n in shown if n not in apart), *answers]
        view = placed(base, kept, places, row, self.loaded.hollow)
        self.engine.define(self.name, view, materialise=False)
        if apart:
            base = self._in_doubt(mixed, mended=f"{self.name}_mended" if position == _POSITION else None)
            row = _row_number(self.extract, self.loaded, lost, _POSITION)
        doubtful = self._apart(
            base, columns, lambda relation, only: placed(relation, shown, places, row, self.loaded.hollow, only)
        )
        read = self._counted(columns, lost, apart)
        return replace(read, doubtful=doubtful, apart=apart)

    def _sieved_there(self, columns: Sequence[MappedColumn], places: Mapping[str, str | int], records: int) -> str:
        """Name a view of the doubtful records of a large table that stays on its server; nothing where there is none.

        They are told by their cells as they lie there, all at once, and only theirs are then taken as values.
        """
        sieve, there = self.sieve, [c for c in columns if c.header is not None]
        if sieve is None or records <= _MANY or not isinstance(self.extract.content, InPlace):
            return ""
        if len(sieve.rules) > _MOST_RULES or not all(as_it_stands(finished(c, 0)) for c in there):
            return ""
        found, relation = f"{self.name}_sifted", f"{self.name}_apart"
        assumed = [finished(c, 0) for c in columns]
        self.engine.forget(found)  # it may be asked for again
        wanted = sifted(f"{self.name}_raw", plainly_said(sieve), assumed, self._passed())
        self.engine.define(found, wanted, materialise=False)
        known = [replace(c, header=c.name) if c.header is not None else c for c in columns]
        self.engine.define(relation, typed(found, known, self.loaded.places, places), materialise=False)
        return relation

    def _apart(self, base: str, columns: Sequence[MappedColumn], write: Callable[[str, str | None], Statement]) -> str:
        """Name a view of the records that a sieve kept apart; nothing where there was none."""
        if self.sieving is None:
            return ""
        apart, relation, only = f"{self.name}_apart", base, None
        if self.loaded.position is not None:
            relation = f"{self.name}_doubtful"
            known = [replace(c, header=c.name) if c.header is not None else c for c in columns]
            self.engine.define(relation, typed(f"{self.name}_sifted", known, self._passed()), materialise=False)
        elif not self.sieving.apart:
            only = DOUBTFUL
        self.engine.define(apart, write(relation, only), materialise=False)
        return apart

    def _is_large(self) -> bool:
        ((records,),) = self.engine.rows(census(f"{self.name}_raw", (), ()))
        return int(str(records)) > _MANY

    def _counted(
        self, columns: Sequence[MappedColumn], lost: tuple[Skipped, ...], apart: frozenset[str] = frozenset()
    ) -> Read:
        """Count the records, what cannot be read of them, and the columns without a value: of those that are `apart`,
        without one in a doubtful record.
        """
        flagged = [c.name for c in columns if can_fail(c)]
        names = [c.name for c in columns if c.name not in apart]
        kept = self.loaded.position is None
        if kept and not self.engine.keeps and names:
            there = counts(self.engine.rows(begun(self.name, names, _FIRST))[0])
            names = [n for n, given in zip(names, there, strict=True) if not given]
        (counted,) = self.engine.rows(census(self.name, flagged, names if kept else ()))
        rows, *found = counts(counted)
        given = found[len(flagged) :]
        if not kept:  # a file that is scanned in place is not read through for this
            names = [n for n in names if n not in self.filled]
            given = counts(self.engine.rows(filled(self.name, names))[0]) if names else []
        unreadable = dict(zip(flagged, found[: len(flagged)], strict=True))
        if apart:
            names = [*names, *sorted(apart)]
            given = [*given, *counts(self.engine.rows(census(f"{self.name}_apart", (), sorted(apart)))[0])[1:]]
        return Read(rows, unreadable, frozenset(c for c, n in zip(names, given, strict=True) if not n), lost)

    def _is_in_doubt(self, content: Delimited, lost: Sequence[Skipped]) -> bool:
        """Tell whether a parse in parallel lost rows, or gave another number of records than the file has lines."""
        if lost or content.lines is None:
            return bool(lost)
        ((records,),) = self.engine.rows(census(f"{self.name}_typed", (), ()))
        return records != content.lines

    def _sampled(self, content: Delimited, columns: Sequence[MappedColumn]) -> Sequence[MappedColumn]:
        """Choose the columns of a large file of which a plain cast reads nearly all cells, by its first records."""
        asked = [c for c in columns if may_be_plain(c)]
        self.sieving = None
        if not asked or content.path.stat().st_size < _LARGE:
            return columns
        first = f"{self.name}_first"  # one thread stops at once, where several would each parse a large piece
        self.engine.load(first, self.extract.columns, content, careful=True)
        (row,) = self.engine.rows(sample(first, asked, _SAMPLE))
        self.engine.rejected()  # the whole file is still to come
        self.engine.forget(first)
        records, *found = counts(row)
        chosen = {c.name for c, n in zip(asked, found[::2], strict=True) if n * _FEW <= records}
        self.sieving = self.sieve if chosen else None
        if self.sieving is not None and not (all(found[1::2]) and (content.lines or 0) > _MANY):
            self.sieving = replace(self.sieving, apart=frozenset())  # all records will be asked for all columns
        return [plainly(c) if c.name in chosen else c for c in columns]

    def _mended(self, columns: Sequence[MappedColumn]) -> tuple[str, str, Sequence[MappedColumn]]:
        """Type with care the records that were put aside: (typed relation, its position, columns)."""
        base, again = f"{self.name}_typed", f"{self.name}_mended"
        if not any(c.plain for c in columns):
            return base, "rowid", columns
        mark = ODD if self.sieving is not None and self.sieving.apart else ASIDE
        if not counts(self.engine.rows(census(base, (), (mark,)))[0])[1]:
            return base, "rowid", columns
        careful = [replace(c, bare=False, plain=False) if c.plain else c for c in columns]
        passed = self._passed()
        self.engine.define(f"{self.name}_odd", put_aside(base, columns, passed, _POSITION, mark), materialise=False)
        mended = typed(f"{self.name}_odd", careful, [*passed, _POSITION])
        self.engine.define(again, mended, materialise=True)
        whole = together(base, again, columns, passed, _POSITION, self.sieving)
        self.engine.define(f"{self.name}_whole", whole, materialise=False)
        return f"{self.name}_whole", _POSITION, careful

    def _in_doubt(self, columns: Sequence[MappedColumn], *, mended: str | None) -> str:
        """Keep the doubtful records of a table of which columns lie apart, with all their columns."""
        kept = f"{self.name}_doubtful"
        statement = in_doubt(f"{self.name}_typed", columns, self._passed(), _POSITION, mended)
        self.engine.define(kept, statement, materialise=True)
        return kept

    def _passed(self) -> list[str]:
        """Name the columns of the raw relation that are passed on as they are."""
        loaded = self.loaded
        return [*loaded.places, *(c for c in (loaded.position, loaded.hollow) if c is not None)]

    def _typed(self, columns: Sequence[MappedColumn]) -> tuple[Skipped, ...]:
        loaded = self.loaded
        raw, passed = f"{self.name}_raw", self._passed()
        plain = any(c.plain for c in columns)
        whole = typed_plainly(raw, columns, passed, self.sieving) if plain else typed(raw, columns, passed)
        self.engine.define(f"{self.name}_typed", whole, materialise=loaded.position is None)
        if not loaded.parsed_by_engine or not isinstance(self.extract.content, Delimited):
            return ()
        shift = self.extract.first_row - self.extract.content.skip - 1
        return tuple(Skipped((s.row or 0) + shift, s.reason) for s in self.engine.rejected())


def _kept(columns: Sequence[MappedColumn]) -> list[MappedColumn]:
    """Give the columns that the file has as a sieve leaves them: under their own names."""
    return [replace(c, header=c.name) for c in columns if c.header is not None]


def _row_number(extract: Extract, loaded: Loaded, lost: Sequence[Skipped], position: str) -> RowNumber | None:
    """Say how the row a person sees follows from a record's position."""
    if loaded.position is not None:
        return RowNumber(loaded.position, extract.first_row)
    if not isinstance(extract.content, Delimited):
        return None
    gone = sorted({*extract.content.missing_rows, *(s.row for s in lost if s.row is not None)})
    gaps = tuple(row - extract.first_row - i for i, row in enumerate(gone))
    return RowNumber(position, extract.first_row, gaps)
