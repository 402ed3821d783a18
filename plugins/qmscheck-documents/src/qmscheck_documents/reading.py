"""One request read: every file examined once, and two tables handed over, `documents` and `passages`.

Read this first. `taking` says which files; `examining` has `workshop` let worker processes examine them; there
`document` puts one file together: the parser of its format (`asking.PARSERS`) takes it apart into blocks, `roles`
judges the blocks, `particulars` and `kinds` the document. `found` puts the documents together. `store` remembers each
of them, and `whole` a large folder, which `remembering` recalls.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from qmscheck import Begun, Extract, Request, Unread
from qmscheck_documents.remembering import Asking, recalled
from qmscheck_documents.store import opened
from qmscheck_documents.taking import templates_of

__all__ = ["read"]


def read(request: Request) -> Iterator[Extract | Unread | Begun]:
    """Read a folder or a file; what cannot be read is named, and nothing is left out silently."""
    path = request.path or request.root
    asking = Asking(request, path, tuple(templates_of(request)), opened(request.cache))
    if asking.place is not None and asking.place.exists():
        with ThreadPoolExecutor(1, thread_name_prefix="recalling") as beside:
            coming = beside.submit(recalled, asking)
            try:
                yield Begun()
                known = coming.result()
            finally:
                asking.left.set()
        if known is not None:
            found, unread = known
            yield from unread
            yield from found.extracts(path)
            return
    from qmscheck_documents.examining import examined  # noqa: PLC0415  (not where all is remembered)

    yield from examined(asking)
