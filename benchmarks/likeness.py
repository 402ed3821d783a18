"""How many copies of texts are told, and how many are told wrongly, against runs of words that were counted in full.

    python benchmarks/likeness.py --evidence ../shared/evidence

For each length, families of texts: one, and copies in which some words are others. The truth is the share of runs of
four words that two texts have in common, counted in full: 0.8 and more is a copy. `found` is the share of texts with a
copy that are told one, `right` the share of told ones that are one. `forms` are texts of which more than half stands
in a hundred others, as the printed words of a form do. `real` are pieces of the Markdown files below `--evidence`.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from qmscheck_documents.similar import Sketched, compared
from qmscheck_documents.sketch import LIKE, sketch, words_of

__all__ = ["Told", "forms", "made", "main", "measured", "real"]

LENGTHS = (30, 60, 100, 150, 200, 400, 1000, 3000)
_FAMILIES = 60
_RUN = 4
_WORDS = 20_000


class Told(NamedTuple):
    """Texts that have a copy and are told one; that have one; that are told one; and of these the right ones."""

    found: int
    copied: int
    told: int
    right: int

    @property
    def shares(self) -> tuple[float, float]:
        """The share of copies that are found, and of what is told that is right."""
        return self.found / max(1, self.copied), self.right / max(1, self.told)


def measured(texts: Sequence[str]) -> Told:
    """Compare all texts as a folder of documents, and in full."""
    runs = [_runs(text) for text in texts]
    said = compared(
        [Sketched(f"{n:05}", template=False, sketch=sketch(words_of(text))) for n, text in enumerate(texts)]
    )
    truth = [[_share(one, other) >= LIKE for m, other in enumerate(runs) if m != n] for n, one in enumerate(runs)]
    copied = [any(row) for row in truth]
    right = [like.other is not None and _share(runs[n], runs[int(like.other)]) >= LIKE for n, like in enumerate(said)]
    return Told(
        found=sum(has and is_right for has, is_right in zip(copied, right, strict=True)),
        copied=sum(copied),
        told=sum(like.other is not None for like in said),
        right=sum(right),
    )


def made(length: int, families: int, seed: int) -> list[str]:
    """Make families of three texts of `length` words: one, and two copies with fewer and with more other words."""
    chance = random.Random(seed)
    return [" ".join(words) for words in _families(lambda: _text(chance, length), families, chance)]


def forms(length: int, families: int, seed: int) -> list[str]:
    """Make the same of texts of which 60 % are the words of one form."""
    chance = random.Random(seed)
    printed = _text(chance, length * 6 // 10)
    return [
        " ".join(words)
        for words in _families(lambda: [*printed, *_text(chance, length - len(printed))], families, chance)
    ]


def real(folder: Path, length: int, families: int, seed: int) -> list[str]:
    """Cut the files below a folder into pieces of `length` words, and make the same of these."""
    chance = random.Random(seed)
    words = [file.read_text("utf-8", "replace").split() for file in sorted(folder.rglob("*.md"))]
    pieces = [text[at : at + length] for text in words for at in range(0, len(text) - length + 1, length)]
    chance.shuffle(pieces)
    coming = iter(pieces)
    return [" ".join(found) for found in _families(lambda: next(coming), min(families, len(pieces)), chance)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Print a line for each length and kind of text."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--evidence", type=Path)
    parser.add_argument("--families", type=int, default=_FAMILIES)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args(arguments)
    kinds: dict[str, Callable[[int], list[str]]] = {
        "made": lambda length: made(length, given.families, given.seed),
        "forms": lambda length: forms(length, given.families, given.seed),
    }
    if given.evidence is not None:
        kinds["real"] = lambda length: real(given.evidence, length, given.families, given.seed)
    print(f"{'texts':6} {'words':>6} {'copies':>7} {'found':>7} {'told':>6} {'right':>7}")
    for kind, make in kinds.items():
        for length in LENGTHS:
            told = measured(make(length))
            found, right = told.shares
            print(f"{kind:6} {length:6} {told.copied:7} {found:7.1%} {told.told:6} {right:7.1%}")
    return 0


def _families(make: Callable[[], list[str]], families: int, chance: random.Random) -> Iterator[list[str]]:
    for _ in range(families):
        words = make()
        yield words
        for most in (0.03, 0.12):
            yield _changed(words, most, chance)


def _changed(words: Sequence[str], most: float, chance: random.Random) -> list[str]:
    """Put other words in place of some: up to a share of them."""
    times = round(len(words) * chance.uniform(0, most))
    places = set(chance.sample(range(len(words)), times))
    return [f"other{chance.randrange(10**6)}" if n in places else word for n, word in enumerate(words)]


def _text(chance: random.Random, length: int) -> list[str]:
    """Draw words, of which few are frequent, as in any language."""
    return [f"word{min(_WORDS, int(chance.paretovariate(0.8)))}" for _ in range(length)]


def _runs(text: str) -> frozenset[tuple[str, ...]]:
    words = text.casefold().split()
    return frozenset(zip(*(words[n:] for n in range(_RUN)), strict=False))


def _share(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> float:
    return len(one & other) / max(1, len(one | other))


if __name__ == "__main__":
    sys.exit(main())
