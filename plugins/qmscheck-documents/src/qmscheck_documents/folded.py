"""The passages of a folder, folded: what is the same in many in a row is held once, and the words of them deflated.

A thousand documents have a hundred thousand passages. As lists of cells these take some three times the memory of all
their words, and the words four times that of what they come to here. They are unfolded some thousand at a time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import chain, groupby, repeat
from typing import Any, NamedTuple

from qmscheck import Batch
from qmscheck_documents.asking import DOCUMENTS, Examined
from qmscheck_documents.deflate import deflated, inflated

__all__ = ["Folded", "Piece", "Runs"]

#: Passages that are folded together.
_TOGETHER = 4000
#: Pieces whose words are inflated while others are handed over.
_AHEAD = 3
#: Places of a value from which on to copy it takes less than to write it.
_LONG = 4
_PATH, _TITLE, _KIND = map(DOCUMENTS.index, ("path", "title", "kind"))

#: Values that stand in a row, each once, and how often each does.
Runs = tuple[list[Any], list[int]]


class Piece(NamedTuple):
    """Some thousand passages in a row, without their words. `of` are documents: the number of each, and the first and
    the number of its passages that are here.
    """

    of: list[tuple[int, int, int]]
    lines: Runs
    pages: Runs
    headings: Runs
    cells: Runs
    roles: Runs
    languages: Runs


@dataclass(slots=True)
class Folded:
    """Passages that grow document by document. `texts` are the words of each piece, deflated."""

    pieces: list[Piece] = field(default_factory=list)
    texts: list[bytes] = field(default_factory=list)
    _of: list[tuple[int, int, int]] = field(default_factory=list)
    _open: tuple[list[Any], ...] = field(default_factory=lambda: tuple([] for _ in Piece._fields))

    def add(self, document: int, answer: Examined) -> None:
        """Add the passages of a document, whose number is given."""
        columns: tuple[Sequence[Any], ...] = (
            answer.lines, answer.on_pages, answer.headings, answer.cells, answer.roles, answer.languages, answer.texts,
        )  # fmt: skip
        start, number = 0, len(answer.texts)
        while start < number:
            end = min(number, start + _TOGETHER - len(self._open[0]))
            self._of.append((document, start + 1, end - start))
            for column, more in zip(self._open, columns, strict=True):
                column.extend(more[start:end])
            start = end
            if len(self._open[0]) == _TOGETHER:
                self.fold()

    def fold(self) -> None:
        """Fold what is not yet. To be called when the last document was added."""
        if not self._of:
            return
        *columns, texts = self._open
        self.pieces.append(Piece(self._of, *map(_runs, columns)))
        self.texts.append(deflated("\n".join(texts).encode("utf-8", "surrogatepass")))  # no text has a line break
        self._of, self._open = [], tuple([] for _ in self._open)

    def batches(self, documents: Sequence[Sequence[str | None]]) -> Iterator[Batch]:
        """Unfold piece by piece; `documents` are the columns of that table."""
        for piece, text in zip(self.pieces, _inflated(self.texts), strict=True):
            yield _unfolded(piece, text, documents)


def _unfolded(piece: Piece, text: bytes, documents: Sequence[Sequence[str | None]]) -> Batch:
    counts = [number for _, _, number in piece.of]
    paths, titles, kinds = ([documents[column][one] for one, _, _ in piece.of] for column in (_PATH, _TITLE, _KIND))
    names: list[Any] = _spread((paths, counts))
    paragraphs: list[Any] = list(chain.from_iterable(range(first, first + number) for _, first, number in piece.of))
    numbers: list[Any] = list(map(str, paragraphs))
    pages, headings, cells = map(_spread, (piece.pages, piece.headings, piece.cells))
    columns: tuple[list[Any], ...] = (
        list(map("{}#{}".format, names, numbers)),
        names,
        _spread((titles, counts)),
        _spread((kinds, counts)),
        _spread(([None if page is None else str(page) for page in piece.pages[0]], piece.pages[1])),
        headings,
        numbers,
        cells,
        _spread(piece.roles),
        str(text, "utf-8", "surrogatepass").split("\n"),
    )
    return Batch(
        columns,
        rows=_spread(piece.lines),
        pages=pages,
        headings=headings,
        paragraphs=paragraphs,
        cells=cells,
        paths=names,
        languages=_spread(piece.languages),
    )


def _inflated(texts: Iterable[bytes]) -> Iterator[bytes]:
    """Inflate the words of some pieces beside whoever takes them, and never of all."""
    with ThreadPoolExecutor(2, thread_name_prefix="inflating") as beside:
        ahead: deque[Future[bytes]] = deque()
        for text in texts:
            ahead.append(beside.submit(inflated, text))
            if len(ahead) > _AHEAD:
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()


def _runs(column: Sequence[object]) -> Runs:
    runs = [(value, len(list(same))) for value, same in groupby(column)]
    return [value for value, _ in runs], [times for _, times in runs]


def _spread(runs: Runs) -> list[Any]:
    """Give each value as often as it stands in a row: long rows are copied, of short ones each place is written."""
    values, times = runs
    if len(values) * _LONG > sum(times):
        return list(chain.from_iterable(map(repeat, values, times)))
    found: list[Any] = []
    for value, often in zip(values, times, strict=True):
        found += [value] * often
    return found
