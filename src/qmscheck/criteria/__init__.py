"""Ask: ruleset folders become one checked set of audit criteria, or every mistake in them at path:line:column.

No library of its own: TOML comes from `qmscheck.toml`, expressions from `qmscheck.sql`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from qmscheck.cache import Cache
from qmscheck.criteria.kept import Criteria, recalled
from qmscheck.criteria.scalars import fits
from qmscheck.criteria.targets import needless

__all__ = ["Criteria", "fits", "load", "needless"]


def load(sources: Sequence[tuple[str, Path]], cache: Cache | None = None) -> Criteria:
    """Read rulesets (a name for messages, and a folder or a file each) into one.

    With a `cache`, the rules come without their examples, which no audit needs; files without a mistake are then
    recalled as they were found before. Raises QmscheckError with all mistakes.
    """

    def whole(read: Mapping[Path, bytes]) -> Criteria:
        from qmscheck.criteria.whole import load as checked  # noqa: PLC0415  (an audit of known criteria needs none of it)

        return checked(sources, cache, read)

    return whole({}) if cache is None else recalled([path for _, path in sources], cache, whole)
