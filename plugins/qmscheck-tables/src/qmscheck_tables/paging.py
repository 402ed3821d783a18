"""Whether a JSON document is one page of several: services say how many records there are, and where the next page is.

Read are the ways of Jira (`total`, `isLast`), Zendesk (`count`, `next_page`, `meta.has_more`), Salesforce
(`totalSize`, `done`, `nextRecordsUrl`), Microsoft Graph and OData (`@odata.count`, `@odata.nextLink`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["ALONE", "Pages", "pages_of", "together"]

#: Where services say it: at the top, or in one of these.
_WITHIN = ("meta", "links", "_links", "paging", "pagination", "page_info", "pageInfo")
_NEXT = ("next_page", "nextPage", "next", "nextRecordsUrl", "nextPageToken", "nextLink", "@odata.nextLink", "next_url")
_MORE = ("has_more", "hasMore", "hasNextPage", "has_next")
_LAST = ("done", "isLast", "is_last", "end_of_stream", "last")
_TOTALS = ("totalSize", "total_count", "totalCount", "totalResults", "@odata.count")
#: These may count something else, unless the document speaks of pages, too.
_DOUBTFUL = ("total", "count")
_PAGED = frozenset({"startAt", "maxResults", "offset", "limit", "page", "per_page", "pageSize", "page_size", *_NEXT})


@dataclass(frozen=True, slots=True)
class Pages:
    """What a page says: how many records there are in all (None: it does not say), and that more pages follow."""

    total: int | None = None
    more: bool = False


ALONE = Pages()


def pages_of(document: object) -> Pages:
    """Read what a JSON document says of pages."""
    if not isinstance(document, dict):
        return ALONE
    inner = [document[name] for name in _WITHIN if isinstance(document.get(name), dict)]
    said = [document, *inner]
    names = {name for part in said for name in part}
    totals = [*_TOTALS, *(_DOUBTFUL if names & _PAGED else ())]
    numbers = [part[name] for part in said for name in totals if _is_number(part.get(name))]
    return Pages(max(numbers, default=None), any(map(_says_more, said)))


def together(pages: Iterable[Pages]) -> Pages:
    """Put what the pages in one file say together: more follow where none of them is the last."""
    known = list(pages)
    totals = [page.total for page in known if page.total is not None]
    return Pages(max(totals, default=None), bool(known) and all(page.more for page in known))


def _says_more(part: Mapping[str, Any]) -> bool:
    following = any(isinstance(part.get(name), str | dict) and part[name] for name in _NEXT)
    return following or any(part.get(name) is True for name in _MORE) or any(part.get(name) is False for name in _LAST)


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0
