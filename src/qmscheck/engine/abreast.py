"""Several questions to an engine at once: small tables are all planning, which keeps one processor busy."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

__all__ = ["abreast"]

T = TypeVar("T")


def abreast(asked: Sequence[Callable[[], T]], width: int) -> Iterator[T]:
    """Call each and give what came of it, in their order; at most `width` run at the same time.

    What one raises is raised in its turn. Those that have not begun by then are not called.
    """
    if width <= 1 or len(asked) <= 1:
        yield from (call() for call in asked)
        return
    with ThreadPoolExecutor(max_workers=width, thread_name_prefix="asking") as pool:
        begun = [pool.submit(call) for call in asked]
        try:
            for one in begun:
                yield one.result()
        finally:
            for one in begun:
                one.cancel()
