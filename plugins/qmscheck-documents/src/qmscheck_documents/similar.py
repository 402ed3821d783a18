"""Which documents of a folder are copies of each other, or of a template: a record that equals its template is none."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from operator import getitem

from qmscheck_documents.sketch import DIGESTS, LIKE, likeness

__all__ = ["Like", "Sketched", "compared"]

#: Documents with the same run of words that are compared: those of more are boilerplate, and further copies.
_MOST = 40
#: Digests that a document is looked up by, and the share of these that it has in common with one that is alike: half of
#: what is expected.
_PROBES, _ENOUGH = 24, 0.5
#: Digests that are counted at once, and of which one is looked at to part their range.
_AT_ONCE, _EACH = 1 << 16, 64


@dataclass(frozen=True, slots=True)
class Sketched:
    """A document as it is compared: its path, whether it is a template, and its sketch, ascending."""

    path: str
    template: bool
    sketch: Sequence[int]


@dataclass(frozen=True, slots=True)
class Like:
    """The document that is most like another, and how much, from 0 to 1; and the same for templates."""

    other: str | None = None
    likeness: float | None = None
    template: str | None = None
    to_template: float | None = None

    @property
    def cells(self) -> tuple[str | float | None, ...]:
        """The values of the columns `asking.COMPARED`."""
        return self.other, self.likeness, self.template, self.to_template


def compared(documents: Sequence[Sketched]) -> list[Like]:
    """Compare all documents; each answer stands at the place of its document, whatever their order."""
    order = sorted(range(len(documents)), key=lambda n: documents[n].path)
    common = _common([one.sketch for one in documents])
    smallest = _posted([one.sketch[:_PROBES] for one in documents], [LIKE] * len(documents), order)
    # What stands in every form of a kind tells none of them from another: such are looked up by the rest, too.
    lookups = [smallest, _posted(*_rare(documents, common), order)] if common else [smallest]
    return [_like(documents, place, lookups) for place in range(len(documents))]


@dataclass(frozen=True, slots=True)
class _Lookup:
    """Digests by which each document is looked up, how many of them one that is alike shares, and who has a digest."""

    probes: Sequence[Sequence[int]]
    needed: Sequence[float]
    posted: Mapping[int, Sequence[int]]

    def near(self, place: int) -> Iterator[int]:
        """Give the documents that share enough of the digests of this one."""
        having = (self.posted[digest] for digest in self.probes[place])
        shared = Counter(chain.from_iterable(others[:_MOST] for others in having if len(others) > 1))
        del shared[place]
        return (number for number, times in shared.items() if times >= self.needed[place])


def _common(sketches: Sequence[Sequence[int]]) -> frozenset[int]:
    """Give the digests of more than `_MOST` documents.

    One part of their range is counted after the other: a thousand documents have half a million, and to count these
    at once would take forty megabytes, and longer.
    """
    if len(sketches) <= _MOST:
        return frozenset()
    sample = sorted(chain.from_iterable(one[::_EACH] for one in sketches))
    common: set[int] = set()
    starts = [0] * len(sketches)
    for bound in (*sample[_AT_ONCE // _EACH :: _AT_ONCE // _EACH], DIGESTS):
        ends = [bisect_left(one, bound, start) for one, start in zip(sketches, starts, strict=True)]
        times = Counter(chain.from_iterable(map(getitem, sketches, map(slice, starts, ends))))
        if max(times.values(), default=0) > _MOST:
            common.update(digest for digest, often in times.items() if often > _MOST)
        starts = ends
    return frozenset(common)


def _posted(probes: Sequence[Sequence[int]], alike: Sequence[float], order: Sequence[int]) -> _Lookup:
    posted: dict[int, list[int]] = defaultdict(list)
    for place in order:
        for digest in probes[place]:
            posted[digest].append(place)
    needed = [max(1.0, len(one) * share * _ENOUGH) for one, share in zip(probes, alike, strict=True)]
    return _Lookup(probes, needed, posted)


def _rare(documents: Sequence[Sketched], common: frozenset[int]) -> tuple[list[list[int]], list[float]]:
    """Give what few others have of each document, and the least share of it that one that is alike has in common.

    Where a share c of both is boilerplate, and the whole is alike by `LIKE`, the rest is by (LIKE - c) / (1 - c).
    """
    probes, alike = [], []
    for one in documents:
        rare = [digest for digest in one.sketch if digest not in common]
        boilerplate = 1 - len(rare) / max(1, len(one.sketch))
        probes.append(rare[:_PROBES])
        alike.append(max(0.0, (LIKE - boilerplate) / (1 - boilerplate)) if rare else 0.0)
    return probes, alike


def _like(documents: Sequence[Sketched], place: int, lookups: Sequence[_Lookup]) -> Like:
    if not documents[place].sketch:
        return Like()
    found = sorted(_neighbours(documents, place, lookups), key=lambda pair: (-pair[0], pair[1]))
    other = next(((much, path) for much, path, template in found if not template), None)
    template = next(((much, path) for much, path, template in found if template), None)
    return Like(
        other=other[1] if other else None,
        likeness=round(other[0], 2) if other else 0.0,
        template=template[1] if template else None,
        to_template=round(template[0], 2) if template else 0.0,
    )


def _neighbours(
    documents: Sequence[Sketched], place: int, lookups: Sequence[_Lookup]
) -> Iterator[tuple[float, str, bool]]:
    """Give the documents that are alike: similar texts share the smallest digests of their sketches."""
    for number in {number for lookup in lookups for number in lookup.near(place)}:
        other = documents[number]
        much = likeness(documents[place].sketch, other.sketch)
        if much >= LIKE:
            yield much, other.path, other.template
