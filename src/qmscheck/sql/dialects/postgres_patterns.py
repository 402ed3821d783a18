r"""A pattern of RE2 as one of PostgreSQL that matches the same texts, or the reason why there is none.

PostgreSQL's own classes follow the collation and its `(?i)` the letters of one alphabet, so both are written out here:
`\d`, `\w` and `[[:alpha:]]` are ASCII in RE2, and without regard to capitals a Kelvin sign is a k. Sources: the syntax
page of RE2, and "POSIX Regular Expressions" in PostgreSQL's manual (9.7.3). Only whether a text matches is the same,
not where: RE2 takes the first choice that fits, and PostgreSQL the longest.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from qmscheck.sql.dialects.ranges import LAST, joined, outside
from qmscheck.sql.dialects.unsayable import UnsayableError

__all__ = ["translated"]

_LINE = 0x0A
#: The most that PostgreSQL takes of one repetition.
_MOST = 255

Ranges = list[tuple[int, int]]

_DIGITS: Ranges = [(0x30, 0x39)]
_WORD: Ranges = [(0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)]
_SPACE: Ranges = [(0x09, 0x0A), (0x0C, 0x0D), (0x20, 0x20)]
_SETS = {"d": _DIGITS, "w": _WORD, "s": _SPACE}
_POSIX: dict[str, Ranges] = {
    "alnum": [(0x30, 0x39), (0x41, 0x5A), (0x61, 0x7A)],
    "alpha": [(0x41, 0x5A), (0x61, 0x7A)],
    "ascii": [(0x00, 0x7F)],
    "blank": [(0x09, 0x09), (0x20, 0x20)],
    "cntrl": [(0x00, 0x1F), (0x7F, 0x7F)],
    "digit": _DIGITS,
    "graph": [(0x21, 0x7E)],
    "lower": [(0x61, 0x7A)],
    "print": [(0x20, 0x7E)],
    "punct": [(0x21, 0x2F), (0x3A, 0x40), (0x5B, 0x60), (0x7B, 0x7E)],
    "space": [(0x09, 0x0D), (0x20, 0x20)],
    "upper": [(0x41, 0x5A)],
    "word": _WORD,
    "xdigit": [(0x30, 0x39), (0x41, 0x46), (0x61, 0x66)],
}
#: Classes of Unicode of which every version knows the same members, or (Cf) nearly so: those of RE2 in DuckDB 2.0.
_ZS: Ranges = [(0x20, 0x20), (0xA0, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x202F, 0x202F), (0x205F, 0x205F)]
_ZS += [(0x3000, 0x3000)]
_CF: Ranges = [
    *((0xAD, 0xAD), (0x600, 0x605), (0x61C, 0x61C), (0x6DD, 0x6DD), (0x70F, 0x70F), (0x890, 0x891), (0x8E2, 0x8E2)),
    *((0x180E, 0x180E), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x2064), (0x2066, 0x206F), (0xFEFF, 0xFEFF)),
    *((0xFFF9, 0xFFFB), (0x110BD, 0x110BD), (0x110CD, 0x110CD), (0x13430, 0x1343F), (0x1BCA0, 0x1BCA3)),
    *((0x1D173, 0x1D17A), (0xE0001, 0xE0001), (0xE0020, 0xE007F)),
]
_UNICODE: dict[str, Ranges] = {
    "Zs": _ZS,
    "Zl": [(0x2028, 0x2028)],
    "Zp": [(0x2029, 0x2029)],
    "Z": [*_ZS, (0x2028, 0x2029)],
    "Cf": _CF,
}
_LETTERS = {"a": 0x07, "f": 0x0C, "t": 0x09, "n": 0x0A, "r": 0x0D, "v": 0x0B}
_ANCHORS = {"b": r"\y", "B": r"\Y", "A": r"\A", "z": r"\Z"}
_FLAGS = re.compile(r"\(\?([imsU]*)(?:-([imsU]+))?([:)])")
_REPEAT = re.compile(r"\{([0-9]+)(,([0-9]*))?\}")
_HEX = re.compile(r"x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]{1,6})\})")
_PROPERTY = re.compile(r"([pP])(?:\{(\^?)(\w+)\}|(\w))")
_CLASS = re.compile(r"\[:(\^?)(\w+):\]")


@cache
def translated(pattern: str, *, keep: bool = False) -> str:
    """Write a pattern anew. `keep` lets its groups be asked for by number. Raises UnsayableError.

    It is one that RE2 reads: `sql.regex` has seen to that.
    """
    return _Reader(pattern, keep=keep).read()


class _Reader:
    """Walks a pattern once, and writes what it means."""

    def __init__(self, pattern: str, *, keep: bool) -> None:
        self.pattern, self.at, self.keep = pattern, 0, keep
        self.flags = frozenset[str]()

    def read(self) -> str:
        """Write the whole."""
        return f"(?:{self._choices()})"

    def _choices(self) -> str:
        """Read up to a closing parenthesis, or the end."""
        outside, branches, pieces = self.flags, [], list[str]()
        while self.at < len(self.pattern) and self.pattern[self.at] != ")":
            if self.pattern[self.at] == "|":
                branches.append("".join(pieces))
                pieces, self.at = [], self.at + 1
                continue
            pieces.append(self._repeated(self._piece()))
        branches.append("".join(pieces))
        self.flags = outside
        return "|".join(branches)

    def _piece(self) -> str:
        """Read what a repetition may follow."""
        character = self.pattern[self.at]
        if character == "(":
            return self._group()
        if character == "[":
            return self._written(self._set())
        if character == "\\":
            return self._escape()
        self.at += 1
        if character == ".":
            return self._written([(1, LAST)] if "s" in self.flags else outside([(_LINE, _LINE)]))
        if character == "^":
            return r"(?:^|(?<=\n))" if "m" in self.flags else "(?:^)"
        if character == "$":
            return r"(?:$|(?=\n))" if "m" in self.flags else "(?:$)"
        return self._letter(ord(character))

    def _group(self) -> str:
        flags = _FLAGS.match(self.pattern, self.at)
        outside, opening = self.flags, "(" if self.keep else "(?:"
        if flags is not None:
            self.at, opening = flags.end(), "(?:"
            self.flags = (self.flags | set(flags[1])) - set(flags[2] or "")
            if flags[3] == ")":
                return ""  # it holds up to the end of the group around it
        elif self.pattern.startswith("(?P<", self.at):
            self.at = self.pattern.index(">", self.at) + 1
        else:
            self.at += 1
        inner = self._choices()
        self.at += 1
        self.flags = outside
        return f"{opening}{inner})"

    def _repeated(self, piece: str) -> str:
        """Write the repetition that follows a piece. As few or as many as possible: that changes nothing of a match."""
        counted = _REPEAT.match(self.pattern, self.at)
        sign = self.pattern[self.at : self.at + 1]
        if counted is None and (not sign or sign not in "*+?"):
            return piece
        self.at = counted.end() if counted is not None else self.at + 1
        lazy = self.pattern.startswith("?", self.at)
        self.at += lazy
        if counted is None:
            return f"{piece}{sign}"
        low = int(counted[1])
        high = low if counted[2] is None else int(counted[3]) if counted[3] else None
        return _times(piece, low, high)

    def _escape(self) -> str:
        letter = self.pattern[self.at + 1]
        if letter in _ANCHORS:
            self.at += 2
            return f"(?:{_ANCHORS[letter]})"
        found = self._escaped()
        return self._letter(found) if isinstance(found, int) else self._written(found)

    def _escaped(self) -> int | Ranges:
        """Read an escape that stands for a character or a set of them."""
        letter = self.pattern[self.at + 1]
        self.at += 2
        if letter.lower() in _SETS:
            own = _SETS[letter.lower()]
            return own if letter.islower() else outside(own)
        if letter in _LETTERS:
            return _LETTERS[letter]
        if coded := _HEX.match(self.pattern, self.at - 1):
            self.at = coded.end()
            return int(coded[1] or coded[2], 16)
        if named := _PROPERTY.match(self.pattern, self.at - 1):
            self.at = named.end()
            return _property(named)
        return ord(letter)

    def _set(self) -> Ranges:
        """Read a class in brackets."""
        turned = self.pattern.startswith("[^", self.at)
        self.at += 2 if turned else 1
        found: Ranges = []
        first = True
        while first or self.pattern[self.at] != "]":
            first = False
            if posix := _CLASS.match(self.pattern, self.at):
                self.at = posix.end()
                own = _POSIX[posix[2]]
                found += outside(own) if posix[1] else own
                continue
            low = self._member()
            if not isinstance(low, int):
                found += low
                continue
            high: int | Ranges = low
            if self.pattern.startswith("-", self.at) and self.pattern[self.at + 1 : self.at + 2] != "]":
                self.at += 1
                high = self._member()
            assert isinstance(high, int)  # noqa: S101  (`sql.regex` has refused a range to a set)
            found.append((low, high))
        self.at += 1
        if "i" in self.flags:
            found = [*found, *_folded(found)]
        return outside(found) if turned else found

    def _member(self) -> int | Ranges:
        if self.pattern[self.at] == "\\":
            return self._escaped()
        self.at += 1
        return ord(self.pattern[self.at - 1])

    def _letter(self, number: int) -> str:
        """Write one character, and those that are the same without regard to capitals."""
        if "i" in self.flags and len(same := _orbit(number)) > 1:
            return self._written([(n, n) for n in sorted(same)])
        return _coded(number)

    @staticmethod
    def _written(ranges: Ranges) -> str:
        """Write a set of characters. PostgreSQL's texts hold no NUL."""
        found = joined((max(low, 1), high) for low, high in ranges if high)
        if not found:
            return r"(?:(?!))"
        if found == [(1, LAST)]:
            return "(?:.)"
        if found[-1][1] == LAST:
            rest = outside(found)
            return f"[^{''.join(_range(*one) for one in rest if one[1])}]"
        return f"[{''.join(_range(*one) for one in found)}]"


def _times(piece: str, low: int, high: int | None) -> str:
    """Write a repetition in parts, each of which PostgreSQL takes."""
    if (high if high is not None else low) <= _MOST:
        return f"{piece}{{{low}{'' if high == low else ',' if high is None else f',{high}'}}}"
    parts = [f"{piece}{{{_MOST}}}"] * (low // _MOST) + ([f"{piece}{{{low % _MOST}}}"] if low % _MOST else [])
    if high is None:
        parts.append(f"{piece}*")
    else:
        more = high - low
        parts += [f"{piece}{{0,{_MOST}}}"] * (more // _MOST) + (
            [f"{piece}{{0,{more % _MOST}}}"] if more % _MOST else []
        )
    return f"(?:{''.join(parts)})"


def _property(named: re.Match[str]) -> Ranges:
    name = named[3] or named[4]
    if name not in _UNICODE:
        raise UnsayableError(
            f"PostgreSQL knows no class of characters \\p{{{name}}} with the same letters: list them, as in [A-Za-z]"
        )
    turned = (named[1] == "P") is not bool(named[2])
    return outside(_UNICODE[name]) if turned else _UNICODE[name]


def _range(low: int, high: int) -> str:
    low = max(low, 1)
    return _coded(low) if low == high else f"{_coded(low)}-{_coded(high)}"


def _coded(number: int) -> str:
    """Write a character so that it means nothing else, in brackets and outside of them."""
    if chr(number).isascii() and chr(number).isalnum():
        return chr(number)
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"  # noqa: PLR2004  (four digits)


def _folded(ranges: Ranges) -> Ranges:
    """Give what is in ranges without regard to capitals."""
    orbits = _orbits()
    return [(n, n) for low, high in ranges for number in _cased(low, high) for n in orbits[number]]


def _cased(low: int, high: int) -> Iterable[int]:
    orbits = _orbits()
    if high - low < len(orbits):
        return (n for n in range(low, high + 1) if n in orbits)
    return (n for n in orbits if low <= n <= high)


def _orbit(number: int) -> frozenset[int]:
    """Give the characters that are one without regard to capitals."""
    return _orbits().get(number, frozenset({number}))


@cache
def _orbits() -> dict[int, frozenset[int]]:
    """Give those characters that have others beside them (simple case folding, Unicode 14)."""
    by_fold: dict[int, set[int]] = {}
    for low, high in ((0x41, 0x588), (0x10A0, 0x1100), (0x13A0, 0x1400), (0x1C80, 0x1CC0), (0x1D79, 0x1D8F),
                      (0x1E00, 0x2000), (0x2126, 0x2190), (0x24B6, 0x24EA), (0x2C00, 0x2D2E), (0xA640, 0xA800),
                      (0xAB53, 0xABC0), (0xFF21, 0xFF5B), (0x10400, 0x10500), (0x10570, 0x105BD), (0x10C80, 0x10CF3),
                      (0x118A0, 0x118E0), (0x16E40, 0x16E80), (0x1E900, 0x1E944)):  # fmt: skip
        for number in range(low, high):
            by_fold.setdefault(_fold(number), set()).add(number)
    return {n: frozenset(same) for same in by_fold.values() if len(same) > 1 for n in same}


def _fold(number: int) -> int:
    """Fold one character to one; what folds to several is taken by its small letter, if that is one."""
    if number == 0x130:  # noqa: PLR2004  (I with a dot has no simple folding)
        return number
    folded = chr(number).casefold()
    if len(folded) > 1:
        folded = chr(number).lower()
    return ord(folded) if len(folded) == 1 else number
