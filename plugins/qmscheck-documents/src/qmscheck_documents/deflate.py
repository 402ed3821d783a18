"""Text made small: deflate at its quickest, without a check of its own, for what is kept for a while or is sealed."""

from __future__ import annotations

import zlib

__all__ = ["deflated", "inflated"]

_BARE = -zlib.MAX_WBITS
#: How many times smaller text becomes, at the least that is common: so much is set aside for it at once.
_SMALLER = 6


def deflated(text: bytes) -> bytes:
    """Make a text small."""
    return zlib.compress(text, 1, _BARE)


def inflated(body: bytes) -> bytes:
    """Give the text. Raises zlib.error where there is none."""
    return zlib.decompress(body, _BARE, len(body) * _SMALLER + 64)
