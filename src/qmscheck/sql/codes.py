"""Codes that mean that nothing is known, as people write them: an audit takes none of them for blank by itself."""

from __future__ import annotations

__all__ = ["CODES", "UNIT", "WITH_UNIT"]

#: In lower case. What may be a word of its own (none, no) is not among them.
CODES = frozenset(
    {
        *("n/a", "na", "n.a.", "n. a.", "#n/a", "-", "--", "---", "\u2013", "\u2014", "?", "??", "???"),
        *("tbd", "t.b.d.", "tba", "tbc", "to be defined", "k.a.", "k. a.", "keine angabe", "null", "(null)", "nan"),
        *("not available", "nicht verf\u00fcgbar", "not captured", "date not captured"),
    }
)
#: Signs of currencies, and letters of the Latin, Greek and Cyrillic alphabets: not every engine knows classes of them.
_CURRENCY = r"[$\x{A2}-\x{A5}\x{20A0}-\x{20CF}]"
_LETTER = r"[A-Za-z\x{B5}\x{C0}-\x{24F}\x{370}-\x{3FF}\x{400}-\x{52F}]"
#: A number with a unit or a sign of per cent beside it (RE2).
WITH_UNIT = (
    rf"[+-]?({_CURRENCY}|[A-Z]{{3}})?[ \x{{A0}}]*[+-]?[0-9][0-9.,'\x{{2019}} \x{{A0}}\x{{202F}}]*"
    rf"(%|{_CURRENCY}|{_LETTER}{{1,12}})?"
)
#: What tells such a number from a bare one.
UNIT = rf"%|{_CURRENCY}|{_LETTER}"
