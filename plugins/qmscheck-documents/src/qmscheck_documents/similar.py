"""Which documents of a folder are copies of each other, or of a template: a record that equals its template is none."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qmscheck_documents.sketch import LIKE, likeness

__all__ = ["Like", "Sketched", "compared"]

#: Documents with the same run of words that are compared: those of more are boilerplate, and further copies.
_MOST = 40
_PROBES = 24
#: Share of the smallest digests that two texts have in common, if they are alike: half of what is expected.
_ENOUGH = 0.4


@dataclass(frozen=True, slots=True)
class Sketched:
    """A document as it is compared: its path, whether it is a template, and its sketch."""

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


def compared(documents: Sequence[Sketched]) -> list[Like]:
    """Compare all documents; each answer stands at the place of its document, whatever their order."""
    posted: dict[int, list[int]] = defaultdict(list)
    for place in sorted(range(len(documents)), key=lambda n: documents[n].path):
        for digest in documents[place].sketch[:_PROBES]:
            posted[digest].append(place)
    return [_like(documents, place, posted) for place in range(len(documents))]


def _like(documents: Sequence[Sketched], place: int, posted: dict[int, list[int]]) -> Like:
    one = documents[place]
    if not one.sketch:
        return Like()
    found = sorted(_neighbours(documents, place, posted), key=lambda pair: (-pair[0], pair[1]))
    other = next(((much, path) for much, path, template in found if not template), None)
    template = next(((much, path) for much, path, template in found if template), None)
    return Like(
        other=other[1] if other else None,
        likeness=round(other[0], 2) if other else 0.0,
        template=template[1] if template else None,
        to_template=round(template[0], 2) if template else 0.0,
    )


def _neighbours(
    documents: Sequence[Sketched], place: int, posted: dict[int, list[int]]
) -> Iterator[tuple[float, str, bool]]:
    """Give the documents that are alike: similar texts share the smallest digests of their sketches."""
    one = documents[place]
    probes = one.sketch[:_PROBES]
    shared: Counter[int] = Counter()
    for digest in probes:
        shared.update(posted[digest][:_MOST])
    del shared[place]
    for number, times in shared.items():
        if times < len(probes) * _ENOUGH:
            continue
        other = documents[number]
        much = likeness(one.sketch, other.sketch)
        if much >= LIKE:
            yield much, other.path, other.template
