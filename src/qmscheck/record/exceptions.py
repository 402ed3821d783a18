"""The exceptions of a finding as canonical JSON: of a large table they are nearly all of the record.

Every one has the same keys, so their order and their indentation are written once (a fifth of the time of writing each
as a model, measured: decision 0053). `tests/test_record_exceptions.py` compares with the general way.
"""

from __future__ import annotations

from collections.abc import Iterable
from json.encoder import encode_basestring

from qmscheck.model import AuditException, Location

__all__ = ["written"]


def written(found: Iterable[AuditException]) -> str:
    """Write exceptions as the list of a finding that begins at the margin: keys sorted, two spaces for each depth."""
    items = [_item(one, one.location) for one in found]
    return "[\n    " + ",\n    ".join(items) + "\n  ]" if items else "[]"


def _item(one: AuditException, at: Location) -> str:
    return f"""{{
      "key": {encode_basestring(one.key)},
      "location": {{
        "cell": {_maybe(at.cell)},
        "column": {_maybe(at.column)},
        "heading": {_maybe(at.heading)},
        "page": {_number(at.page)},
        "paragraph": {_number(at.paragraph)},
        "path": {encode_basestring(at.path)},
        "row": {_number(at.row)},
        "sheet": {_maybe(at.sheet)}
      }},
      "quote": {_maybe(one.quote)},
      "state": "{one.state}"
    }}"""


def _maybe(text: str | None) -> str:
    return "null" if text is None else encode_basestring(text)


def _number(number: int | None) -> str:
    return "null" if number is None else str(number)
