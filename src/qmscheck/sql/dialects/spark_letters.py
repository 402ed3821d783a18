"""Small letters and capitals on Spark as DuckDB 2.0 makes them: one letter for one, whatever stands around it.

Spark makes two capitals of `ß` and looks at the letters around a sigma. The letters for which the two differ were found
by asking both for every letter of Unicode up to U+1F000; they are put aside while Spark does the others.
"""

from __future__ import annotations

from collections.abc import Sequence

from qmscheck.sql.dialects.spark_parts import call, case, once, text
from qmscheck.sql.trees import exp

__all__ = ["capitals", "small"]

#: Codes of letters, and how far from each the letter lies that DuckDB makes of it.
_SMALL = (
    (0x130, 0x130, 0x69 - 0x130), (0x3A3, 0x3A3, 0x20), (0x1C89, 0x1C89, 0), (0xA7CB, 0xA7CC, 0), (0xA7CE, 0xA7CE, 0),
    (0xA7D2, 0xA7D2, 0), (0xA7D4, 0xA7D4, 0), (0xA7DA, 0xA7DA, 0), (0xA7DC, 0xA7DC, 0), (0x10D50, 0x10D65, 0),
    (0x16EA0, 0x16EB8, 0),
)  # fmt: skip
_CAPITALS = (
    (0xDF, 0xDF, 0x1E9E - 0xDF), (0x149, 0x149, 0), (0x19B, 0x19B, 0), (0x1F0, 0x1F0, 0), (0x264, 0x264, 0),
    (0x390, 0x390, 0), (0x3B0, 0x3B0, 0), (0x587, 0x587, 0), (0x1C8A, 0x1C8A, 0), (0x1E96, 0x1E9A, 0),
    (0x1F50, 0x1F50, 0), (0x1F52, 0x1F52, 0), (0x1F54, 0x1F54, 0), (0x1F56, 0x1F56, 0), (0x1F80, 0x1F87, 8),
    (0x1F88, 0x1F8F, 0), (0x1F90, 0x1F97, 8), (0x1F98, 0x1F9F, 0), (0x1FA0, 0x1FA7, 8), (0x1FA8, 0x1FAF, 0),
    (0x1FB2, 0x1FB2, 0), (0x1FB3, 0x1FB3, 9), (0x1FB4, 0x1FB4, 0), (0x1FB6, 0x1FB7, 0), (0x1FBC, 0x1FBC, 0),
    (0x1FC2, 0x1FC2, 0), (0x1FC3, 0x1FC3, 9), (0x1FC4, 0x1FC4, 0), (0x1FC6, 0x1FC7, 0), (0x1FCC, 0x1FCC, 0),
    (0x1FD2, 0x1FD3, 0), (0x1FD6, 0x1FD7, 0), (0x1FE2, 0x1FE4, 0), (0x1FE6, 0x1FE7, 0), (0x1FF2, 0x1FF2, 0),
    (0x1FF3, 0x1FF3, 9), (0x1FF4, 0x1FF4, 0), (0x1FF6, 0x1FF7, 0), (0x1FFC, 0x1FFC, 0), (0xA7CD, 0xA7CD, 0),
    (0xA7CF, 0xA7CF, 0), (0xA7D3, 0xA7D3, 0), (0xA7D5, 0xA7D5, 0), (0xA7DB, 0xA7DB, 0), (0xFB00, 0xFB06, 0),
    (0xFB13, 0xFB17, 0), (0x10D70, 0x10D85, 0), (0x16EBB, 0x16ED3, 0),
)  # fmt: skip
#: Where letters are put aside: among those that Unicode leaves to everybody's own use, and nobody does.
_ASIDE = 0x10F000


def small(node: exp.Expr) -> exp.Expr:
    """Write small letters."""
    return once(node, lambda value: _changed(value, "lower", _SMALL))


def capitals(node: exp.Expr) -> exp.Expr:
    """Write capitals."""
    return once(node, lambda value: _changed(value, "upper", _CAPITALS))


def _changed(value: exp.Expr, name: str, others: Sequence[tuple[int, int, int]]) -> exp.Expr:
    """Write a text in ASCII as Spark does, and another letter by letter."""
    letters = [(code, code + by) for low, high, by in others for code in range(low, high + 1)]
    given, made = ("".join(map(chr, codes)) for codes in zip(*letters, strict=True))
    aside = "".join(chr(_ASIDE + i) for i in range(len(given)))
    put = call("translate", value, text(given), text(aside))
    whole = call("translate", call(name, put), text(aside), text(made))
    ascii_only = exp.EQ(this=call("octet_length", value), expression=call("char_length", value))
    return case([(ascii_only, call(name, value))], whole)
