"""Patterns of `matches()`: those that RE2 reads, and that every engine reads alike. Others are refused at load."""

from __future__ import annotations

import re

__all__ = ["branches", "pattern_mistake", "words_needed"]

_MAX_LENGTH = 500
_MAX_REPEAT = 1000
_MAX_SIZE = 2000
_UNICODE_SIZE = 8
_ELSEWHERE = "look-around and back-references are not part of the rule language"
_LETTER_ESCAPES = frozenset("aftnrvdDsSwWbBAz")
_NOT_IN_CLASS = frozenset("bBAz")
_SETS = frozenset("dDsSwW")
_UNICODE = frozenset(
    {
        "L", "Ll", "Lm", "Lo", "Lt", "Lu", "M", "Mc", "Me", "Mn", "N", "Nd", "Nl", "No", "P", "Pc", "Pd", "Pe", "Pf",
        "Pi", "Po", "Ps", "S", "Sc", "Sk", "Sm", "So", "Z", "Zl", "Zp", "Zs", "C", "Cc", "Cf", "Co", "Latin", "Greek",
        "Cyrillic", "Arabic", "Hebrew", "Han", "Hiragana", "Katakana", "Hangul", "Thai", "Devanagari",
    }
)  # fmt: skip
_POSIX = frozenset(
    {
        "alnum", "alpha", "ascii", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper",
        "word", "xdigit",
    }
)  # fmt: skip
_WORDS = re.compile(r"(?:\\b)?\((?:\?:)?([\w -]+(?:\|[\w -]+)*)\)(?:\\b)?", re.ASCII)
_FEW_WORDS = 8
_FLAGS = re.compile(r"\(\?(?:[imsU]+(?:-[imsU]+)?|-[imsU]+)([:)])")
_NAMED = re.compile(r"\(\?P<([A-Za-z_]\w*)>", re.ASCII)
_REPEAT = re.compile(r"\{([0-9]+)(,([0-9]*))?\}", re.ASCII)
_HEX = re.compile(r"x([0-9A-Fa-f]{2}|\{[0-9A-Fa-f]{1,6}\})")
_PROPERTY = re.compile(r"[pP](?:\{\^?(\w+)\}|(\w))")


class _Mistake(Exception):  # noqa: N818  (never leaves this module)
    """What is wrong with the pattern."""


def pattern_mistake(pattern: str) -> str | None:
    """Say what is wrong with a pattern; None where RE2 reads it."""
    if len(pattern) > _MAX_LENGTH:
        return f"the pattern is longer than {_MAX_LENGTH} characters"
    if not pattern.isprintable() and not all(c.isprintable() or c in "\n\t" for c in pattern):
        return "the pattern holds characters that cannot be seen"
    try:
        _Scanner(pattern).scan()
    except _Mistake as mistake:
        text = str(mistake)
        return text if text == _ELSEWHERE else f"the pattern is broken: {text}"
    return None


def words_needed(pattern: str) -> tuple[str, ...]:
    r"""Give words of which a text must hold one, in these letters, to match: of `\b(TODO|TBD)\b` TODO and TBD.

    Only where the pattern is nothing but such words, and no more than to look for each of them is cheaper; else none.
    """
    listed = _WORDS.fullmatch(pattern)
    words = listed[1].split("|") if listed else []
    return tuple(words) if len(words) <= _FEW_WORDS else ()


def branches(pattern: str) -> tuple[str, ...]:
    """Give the patterns of which a text must match one to match a pattern: `^A$` and `^B$` of `^A$|^B$`.

    A pattern that sets flags for all that follows is one branch.
    """
    scanner = _Scanner(pattern)
    try:
        scanner.scan()
    except _Mistake:
        return (pattern,)
    ends = [] if scanner.flagged else scanner.bars
    return tuple(pattern[first:last] for first, last in zip([0, *(b + 1 for b in ends)], [*ends, None], strict=True))


class _Scanner:
    """Walks a pattern once. RE2 unfolds counted repetitions: `largest` is how often the innermost part of the group at
    hand is repeated, `size` how large the group becomes; both have limits. `bars` are the places of `|` outside all
    groups; `flagged` tells that flags are set for all that follows.
    """

    def __init__(self, pattern: str) -> None:
        self.pattern, self.at = pattern, 0
        self.groups: list[tuple[int, int]] = []
        self.names: set[str] = set()
        self.largest, self.size = 1, 0
        self.bars: list[int] = []
        self.flagged = False

    def scan(self) -> None:
        """Check everything, or raise."""
        atom: tuple[int, int] | None = None
        while self.at < len(self.pattern):
            character = self.pattern[self.at]
            if character == "(":
                self._open()
                atom = None
            elif character == ")":
                atom = self._close()
            elif character == "|":
                self.bars += [] if self.groups else [self.at]
                atom, self.at = None, self.at + 1
            elif character in "*+?" or _REPEAT.match(self.pattern, self.at):
                self._repeat(character, atom)
                atom = None
            else:
                before = self.size
                self._atom(character)
                atom = (1, self.size - before)
            if self.size > _MAX_SIZE:
                raise _Mistake("its repetitions make it too large")
        if self.groups:
            raise _Mistake("a parenthesis is not closed")

    def _open(self) -> None:
        if flags := _FLAGS.match(self.pattern, self.at):
            self.at = flags.end()
            if flags[1] == ")":
                self.flagged = True
                return
        elif named := _NAMED.match(self.pattern, self.at):
            if named[1] in self.names:
                raise _Mistake(f"the group name '{named[1]}' stands twice")
            self.names.add(named[1])
            self.at = named.end()
        elif self.pattern.startswith("(?:", self.at):
            self.at += 3
        elif self.pattern.startswith("(?", self.at):
            raise _Mistake(_ELSEWHERE)
        else:
            self.at += 1
        self.groups.append((self.largest, self.size))
        self.largest, self.size = 1, 0

    def _close(self) -> tuple[int, int]:
        if not self.groups:
            raise _Mistake("a parenthesis is closed that was not opened")
        atom = (self.largest, self.size)
        largest, size = self.groups.pop()
        self.largest, self.size = max(largest, atom[0]), size + atom[1]
        self.at += 1
        return atom

    def _repeat(self, character: str, atom: tuple[int, int] | None) -> None:
        if atom is None:
            raise _Mistake(f"there is nothing that '{character}' could repeat")
        counted = _REPEAT.match(self.pattern, self.at)
        if counted is not None:
            low = int(counted[1])
            high = low if counted[2] is None else int(counted[3]) if counted[3] else low
            if high < low:
                raise _Mistake(f"{counted[0]} ends before it begins")
            times = atom[0] * max(high, 1)
            if times > _MAX_REPEAT:
                raise _Mistake(f"more than {_MAX_REPEAT} repetitions")
            self.largest = max(self.largest, times)
            self.size += atom[1] * max(high - 1, 0)
        self.at = counted.end() if counted is not None else self.at + 1
        if self.pattern.startswith("?", self.at):
            self.at += 1

    def _atom(self, character: str) -> None:
        self.size += 1
        if character == "\\":
            self._escape(inside=False)
        elif character == "[":
            self._set()
        else:
            self.at += 1

    def _escape(self, *, inside: bool) -> str | None:
        """Take one escape; give the character that it stands for, None for a set of them."""
        letter = self.pattern[self.at + 1 : self.at + 2]
        if not letter:
            raise _Mistake("a single \\ at the end")
        if letter in "123456789k":
            raise _Mistake(_ELSEWHERE)
        if letter in _LETTER_ESCAPES:
            if inside and letter in _NOT_IN_CLASS:
                raise _Mistake(f"\\{letter} inside [ ]")
            self.at += 2
            return (
                None
                if letter in _SETS
                else {"a": "\a", "f": "\f", "t": "\t", "n": "\n", "r": "\r", "v": "\v"}.get(letter)
            )
        if named := _PROPERTY.match(self.pattern, self.at + 1):
            if (named[1] or named[2]) not in _UNICODE:
                raise _Mistake(f"'{named[1] or named[2]}' is no class of characters that is known")
            self.at = named.end()
            self.size += _UNICODE_SIZE
            return None
        if coded := _HEX.match(self.pattern, self.at + 1):
            number = int(coded[1].strip("{}"), 16)
            if number > 0x10FFFF:  # noqa: PLR2004  (the last character of Unicode)
                raise _Mistake(f"\\{coded[0]} is no character")
            self.at = coded.end()
            return chr(number)
        if letter.isascii() and letter.isprintable() and not letter.isalnum():
            self.at += 2
            return letter
        raise _Mistake(f"\\{letter} is not known")

    def _set(self) -> None:
        """Take a class of characters in brackets."""
        self.at += 2 if self.pattern.startswith("[^", self.at) else 1
        first, low = True, None
        while first or not self.pattern.startswith("]", self.at):
            if self.at >= len(self.pattern):
                raise _Mistake("a bracket [ is not closed")
            first = False
            if self.pattern.startswith("[:", self.at) and ":]" in self.pattern[self.at + 2 :]:
                end = self.pattern.index(":]", self.at + 2)
                if self.pattern[self.at + 2 : end].removeprefix("^") not in _POSIX:
                    raise _Mistake(f"{self.pattern[self.at : end + 2]} is no class of characters that is known")
                self.at = end + 2
                continue
            low = self._member()
            dash = self.pattern.startswith("-", self.at) and self.pattern[self.at + 1 : self.at + 2] not in {"]", ""}
            if low is not None and dash:
                self.at += 1
                high = self._member()
                if high is None or high < low:
                    raise _Mistake(f"the range from {low} to {high or 'a set'} is none")
        self.at += 1

    def _member(self) -> str | None:
        character = self.pattern[self.at]
        if character == "\\":
            return self._escape(inside=True)
        self.at += 1
        return character
