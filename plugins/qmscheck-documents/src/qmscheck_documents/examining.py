"""A request whose files are examined, each that is not remembered: workers take them apart, likenesses are found."""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from qmscheck import Begun, Extract, Unread
from qmscheck_documents.asking import DOCUMENTS, Asked, Examined
from qmscheck_documents.blocks import Refused
from qmscheck_documents.found import Found
from qmscheck_documents.remembering import Asking
from qmscheck_documents.similar import Sketched, compared
from qmscheck_documents.taking import taken
from qmscheck_documents.whole import Whole, packed
from qmscheck_documents.worker import answer_of
from qmscheck_documents.workshop import Workshop

__all__ = ["examined"]

#: Documents of a folder from which on it is remembered as a whole, too.
_LARGE = 50
_KIND = DOCUMENTS.index("kind")


class _Ahead(NamedTuple):
    """A file on its way: what is known of it already (it cannot be read, or was remembered), or nothing yet; and its
    number among those that are asked about.
    """

    path: Path
    known: Unread | bytes | None
    aside: bool = False
    number: int = -1


def examined(asking: Asking) -> Iterator[Extract | Unread | Begun]:
    """Examine each file that is not remembered, and remember the folder."""
    found, any_file = Found(), False
    sketches: list[Sketched] = []
    for one, answer in _examined(asking):
        if isinstance(answer, Begun):
            yield answer
            continue
        any_file = any_file or not one.aside
        if isinstance(answer, Unread):
            yield answer
            continue
        template = one.aside or answer.document[_KIND] == "template"
        sketches.append(Sketched(str(answer.document[0]), template, array("I", answer.sketch)))
        if not one.aside:
            found.add(one.path, answer)
    yield from found.unread()
    if not any_file:
        yield Unread(asking.path, "empty", "the folder holds no files")
    found.finish([like.cells for like in compared(sketches)[: len(found.seen)]])
    with ThreadPoolExecutor(1, thread_name_prefix="remembering") as beside:
        kept = beside.submit(_keep, asking, found)
        yield from found.extracts(asking.path)
        kept.result()


def _keep(asking: Asking, found: Found) -> None:
    """Remember all that a large folder came to; a lack of memory costs nothing but time."""
    if asking.store is None:
        return
    if asking.place is not None and len(found.seen) >= _LARGE:
        with suppress(MemoryError):
            asking.store.put_whole(asking.place, asking.seeds, packed(Whole(found, tuple(asking.refused))))
    asking.store.thin_out()


def _examined(asking: Asking) -> Iterator[tuple[_Ahead, Examined | Unread | Begun]]:
    """Tell that the work has begun; then give each file with what it holds, or with why it cannot be read, by name."""
    store = asking.store
    order: deque[_Ahead] = deque()

    def questions() -> Iterator[Asked]:
        for path, asked, aside in taken(asking.request, asking.path, asking.templates):
            if isinstance(asked, Unread):
                order.append(_Ahead(path, asked, aside))
                continue
            known = None
            if store is not None:
                asking.seeds.append(store.seed(asked))
                known = store.get(asked)
            order.append(_Ahead(path, known, aside, len(asking.seeds) - 1))
            if known is None:
                yield asked

    with Workshop(keep=store.put if store is not None else None) as workshop:
        answers = workshop.examine(questions())
        yield _Ahead(asking.path, None), Begun(workshop.memory)
        for answer in answers:
            yield from _before(order)
            one = order.popleft()
            if isinstance(answer, Refused):
                asking.refused.append(one.number)
                yield one, Unread(one.path, answer.reason, answer.detail)
            else:
                yield one, answer
    yield from _before(order)


def _before(order: deque[_Ahead]) -> Iterator[tuple[_Ahead, Examined | Unread]]:
    """Give what was known before the next file that was examined."""
    while order and order[0].known is not None:
        one = order.popleft()
        if isinstance(one.known, Unread):
            yield one, one.known
        elif one.known is not None:
            answer = answer_of(one.known)
            assert isinstance(answer, Examined)  # noqa: S101  (nothing else is remembered)
            yield one, answer
