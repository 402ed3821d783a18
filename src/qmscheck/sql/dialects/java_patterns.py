r"""Patterns of RE2 (syntax: github.com/google/re2/wiki/Syntax) as patterns of `java.util.regex` with the same meaning.

Java reads most of RE2's signs too, and means other things by some: its point stops at five line ends, its `$` stands
before the last of them, its `\b` and `(?i)` know other letters. So every letter, class and border is spelt out here.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache

from qmscheck.sql.dialects import UnsayableError
from qmscheck.sql.dialects.ranges import Range, joined, outside

__all__ = ["java"]


_DIGIT: tuple[Range, ...] = ((0x30, 0x39),)
_WORD: tuple[Range, ...] = ((0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A))
_SPACE: tuple[Range, ...] = ((0x09, 0x0A), (0x0C, 0x0D), (0x20, 0x20))
_PERL = {"d": _DIGIT, "w": _WORD, "s": _SPACE}
_UPPER, _LOWER = (0x41, 0x5A), (0x61, 0x7A)
_POSIX: Mapping[str, tuple[Range, ...]] = {
    "alnum": (*_DIGIT, _UPPER, _LOWER),
    "alpha": (_UPPER, _LOWER),
    "ascii": ((0, 0x7F),),
    "blank": ((0x09, 0x09), (0x20, 0x20)),
    "cntrl": ((0, 0x1F), (0x7F, 0x7F)),
    "digit": _DIGIT,
    "graph": ((0x21, 0x7E),),
    "lower": (_LOWER,),
    "print": ((0x20, 0x7E),),
    "punct": ((0x21, 0x2F), (0x3A, 0x40), (0x5B, 0x60), (0x7B, 0x7E)),
    "space": ((0x09, 0x0D), (0x20, 0x20)),
    "upper": (_UPPER,),
    "word": _WORD,
    "xdigit": (*_DIGIT, (0x41, 0x46), (0x61, 0x66)),
}
#: Characters of Unicode by their category, where RE2 and Java have the same; scripts have another name in Java.
_CATEGORIES = frozenset(
    {
        *("L", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Pe"),
        *("Pf", "Pi", "Po", "Ps", "S", "Sc", "Sk", "Sm", "So", "Z", "Zl", "Zp", "Zs", "Cc", "Cf", "Co"),
    }
)
_SCRIPTS = frozenset(
    {
        *("Latin", "Greek", "Cyrillic", "Arabic", "Hebrew", "Han", "Hiragana", "Katakana", "Hangul", "Thai"),
        "Devanagari",
    }
)
_CASED = frozenset({"Ll", "Lt", "Lu"})
_SIGNS = {"a": 0x07, "f": 0x0C, "t": 0x09, "n": 0x0A, "r": 0x0D, "v": 0x0B}
_LETTER = r"[0-9A-Z_a-z]"
_BORDER = rf"(?:(?<={_LETTER})(?!{_LETTER})|(?<!{_LETTER})(?={_LETTER}))"
_NO_BORDER = rf"(?:(?<={_LETTER})(?={_LETTER})|(?<!{_LETTER})(?!{_LETTER}))"
_FLAGS = re.compile(r"\(\?([imsU]*)(-[imsU]+)?([:)])")
_NAMED = re.compile(r"\(\?P?<[A-Za-z_]\w*>", re.ASCII)
_REPEAT = re.compile(r"(?:[*+?]|\{[0-9]+(?:,[0-9]*)?\})", re.ASCII)
_HEX = re.compile(r"x(?:([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]{1,6})\})")
_PROPERTY = re.compile(r"([pP])(?:\{(\^?)(\w+)\}|(\w))")
_LAST_WITH_CASE = 0x1E943


@lru_cache(maxsize=256)
def java(pattern: str) -> str:
    """Write a pattern of RE2 for Java. Raises UnsayableError for what Java cannot say, or what is not known here."""
    writer = _Writer(pattern)
    written = writer.choice(_Flags())
    if writer.at < len(pattern):
        raise UnsayableError("the pattern closes a parenthesis that it has not opened")
    return written


@dataclass(frozen=True)
class _Flags:
    """What holds at a place of a pattern."""

    fold: bool = False
    lines: bool = False
    dot_all: bool = False
    lazy: bool = False


@dataclass
class _Set:
    """A class of characters: ranges, and what Java has a name for."""

    ranges: list[Range] = field(default_factory=list)
    named: list[str] = field(default_factory=list)

    def written(self, *, negated: bool, fold: bool) -> str:
        """Write it for Java, with all letters that differ by case only where that is asked."""
        ranges = _folded(self.ranges) if fold else self.ranges
        inside = "".join(_character(a) if a == b else f"{_character(a)}-{_character(b)}" for a, b in joined(ranges))
        body = inside + "".join(self.named)
        if not body:  # an empty class: nothing, or anything
            return r"[\s\S]" if negated else r"[^\s\S]"
        return f"[{'^' if negated else ''}{body}]"


class _Writer:
    """Walks a pattern once, from left to right."""

    def __init__(self, pattern: str) -> None:
        self.pattern, self.at = pattern, 0

    def choice(self, flags: _Flags) -> str:
        """Write alternatives, up to the end of their group."""
        parts = []
        while self.at < len(self.pattern) and self.pattern[self.at] != ")":
            if self.pattern[self.at] == "|":
                parts.append("|")
                self.at += 1
                continue
            switched = _FLAGS.match(self.pattern, self.at)
            if switched is not None and switched[3] == ")":
                flags = _switched(flags, switched)
                self.at = switched.end()
                continue
            parts.append(self._piece(flags))
        return "".join(parts)

    def _piece(self, flags: _Flags) -> str:
        atom = self._atom(flags)
        repeat = _REPEAT.match(self.pattern, self.at)
        if repeat is None:
            return atom
        self.at = repeat.end()
        lazy = flags.lazy
        if self.pattern.startswith("?", self.at):
            lazy, self.at = not lazy, self.at + 1
        if _REPEAT.match(self.pattern, self.at):
            raise UnsayableError("the pattern repeats a repetition")
        return f"(?:{atom}){repeat[0]}{'?' if lazy else ''}"

    def _atom(self, flags: _Flags) -> str:
        sign = self.pattern[self.at]
        if sign == "(":
            return self._group(flags)
        if sign == "[":
            return self._class(flags)
        if sign == "\\":
            return self._escaped(flags)
        if _REPEAT.match(self.pattern, self.at):
            raise UnsayableError("the pattern repeats nothing")
        self.at += 1
        if sign == ".":
            return r"[\s\S]" if flags.dot_all else r"[^\n]"
        if sign == "^":
            return r"(?:\A|(?<=\n))" if flags.lines else r"\A"
        if sign == "$":
            return r"(?:\z|(?=\n))" if flags.lines else r"\z"
        return _letter(ord(sign), flags)

    def _group(self, flags: _Flags) -> str:
        opening = "("
        if switched := _FLAGS.match(self.pattern, self.at):
            flags, opening = _switched(flags, switched), "(?:"
            self.at = switched.end()
        elif named := _NAMED.match(self.pattern, self.at):
            self.at = named.end()
        elif self.pattern.startswith("(?", self.at):
            raise UnsayableError("the pattern has a group of a kind that is not known")
        else:
            self.at += 1
        inside = self.choice(flags)
        if not self.pattern.startswith(")", self.at):
            raise UnsayableError("the pattern does not close a parenthesis")
        self.at += 1
        return f"{opening}{inside})"

    def _escaped(self, flags: _Flags) -> str:
        letter = self.pattern[self.at + 1 : self.at + 2]
        borders = {"b": _BORDER, "B": _NO_BORDER, "A": r"\A", "z": r"\z"}
        if letter in borders and letter:
            self.at += 2
            return borders[letter]
        found = _Set()
        code = self._member(found, flags)
        return _letter(code, flags) if code is not None else found.written(negated=False, fold=flags.fold)

    def _class(self, flags: _Flags) -> str:
        negated = self.pattern.startswith("[^", self.at)
        self.at += 2 if negated else 1
        found, first = _Set(), True
        while first or not self.pattern.startswith("]", self.at):
            if self.at >= len(self.pattern):
                raise UnsayableError("the pattern does not close a bracket")
            first = False
            if posix := re.compile(r"\[:(\^?)(\w+):\]").match(self.pattern, self.at):
                self.at = posix.end()
                ranges = _POSIX.get(posix[2])
                if ranges is None:
                    raise UnsayableError(f"the pattern names a class of characters that is not known: {posix[2]}")
                found.ranges += outside(ranges) if posix[1] else ranges
                continue
            low = self._member(found, flags)
            if low is None:
                continue
            high: int | None = low
            if self.pattern.startswith("-", self.at) and self.pattern[self.at + 1 : self.at + 2] not in {"]", ""}:
                self.at += 1
                high = self._member(found, flags)
            if high is None or high < low:
                raise UnsayableError("the pattern has a range that ends before it begins")
            found.ranges.append((low, high))
        self.at += 1
        return found.written(negated=negated, fold=flags.fold)

    def _member(self, into: _Set, flags: _Flags) -> int | None:
        """Take one character and give its number; what stands for many is put `into` a set."""
        sign = self.pattern[self.at]
        if sign != "\\":
            self.at += 1
            return ord(sign)
        rest, letter = self.at + 1, self.pattern[self.at + 1 : self.at + 2]
        if letter and letter in "dwsDWS":
            self.at += 2
            ranges = _PERL[letter.lower()]
            into.ranges += ranges if letter.islower() else outside(ranges)
            return None
        if named := _PROPERTY.match(self.pattern, rest):
            self.at = named.end()
            negated = (named[1] == "P") is not bool(named[2])
            into.named.append(_property(named[3] or named[4], flags, negated=negated))
            return None
        if coded := _HEX.match(self.pattern, rest):
            self.at = coded.end()
            return int(coded[1] or coded[2], 16)
        if letter in _SIGNS:
            self.at += 2
            return _SIGNS[letter]
        if letter.isascii() and letter.isprintable() and letter and not letter.isalnum():
            self.at += 2
            return ord(letter)
        raise UnsayableError(f"the pattern has \\{letter}, which is not known")


def _switched(flags: _Flags, found: re.Match[str]) -> _Flags:
    """Turn flags on and off."""
    names = {"i": "fold", "m": "lines", "s": "dot_all", "U": "lazy"}
    on = {names[f]: True for f in found[1]}
    off = {names[f]: False for f in (found[2] or "-")[1:]}
    return replace(flags, **on, **off)


def _property(name: str, flags: _Flags, *, negated: bool) -> str:
    if name in _CASED and flags.fold:
        raise UnsayableError(f"the pattern asks for {name} without regard to case")
    if name == "C":
        body = r"\p{Cc}\p{Cf}\p{Cs}\p{Co}"
    elif name in _CATEGORIES:
        body = rf"\p{{{name}}}"
    elif name in _SCRIPTS:
        body = rf"\p{{Is{name}}}"
    else:
        raise UnsayableError(f"the pattern names a class of characters that is not known: {name}")
    return f"[^{body}]" if negated else body


def _letter(code: int, flags: _Flags) -> str:
    if not flags.fold:
        return _character(code)
    alike = _folded([(code, code)])
    return _character(code) if len(alike) == 1 else _Set(list(alike)).written(negated=False, fold=False)


def _character(code: int) -> str:
    sign = chr(code)
    return sign if sign.isascii() and sign.isalnum() else f"\\x{{{code:X}}}"


def _folded(ranges: Iterable[Range]) -> list[Range]:
    """Add all letters that differ from those in some ranges by case only."""
    given = list(ranges)
    alike = _alike()
    found = {
        code
        for low, high in given
        for letter in (range(low, high + 1) if high - low < len(alike) else alike)
        if low <= letter <= high
        for code in alike.get(letter, ())
    }
    return joined([*given, *((code, code) for code in found)])


@cache
def _alike() -> Mapping[int, tuple[int, ...]]:
    """Give, for each letter, those that differ from it by case only, and itself (Unicode's simple case folding)."""
    groups: dict[str, list[int]] = defaultdict(list)
    for code in range(_LAST_WITH_CASE + 1):
        groups[_simply_folded(chr(code))].append(code)
    return {code: tuple(group) for group in groups.values() if len(group) > 1 for code in group}


def _simply_folded(letter: str) -> str:
    """Fold a letter to one letter. Python folds some to several; these have a small letter, or are alone."""
    whole = letter.casefold()
    if len(whole) == 1:
        return whole
    small = letter.lower()
    return small if len(small) == 1 else letter
