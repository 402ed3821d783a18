"""The compound file of older office programs: streams by path. Source: [MS-CFB], Compound File Binary File Format.

Every chain is followed at most as far as the file has sectors, so that a damaged or hostile one ends.
"""

from __future__ import annotations

import struct
from collections.abc import Container, Mapping

__all__ = ["BrokenError", "streams"]

_HEAD = struct.Struct("<8s16sHHHHH6sIIIIIIIIII")
_FREE = 0xFFFFFFFA  #: from here on a number stands for no sector
_ENTRY = 128
_NONE = 0xFFFFFFFF


class BrokenError(ValueError):
    """The file is no compound file, or it is damaged."""


def streams(content: bytes, wanted: Container[str] | None = None) -> Mapping[str, bytes]:
    """Give the streams of a file, or those that are wanted; the names of the storages that lead to each are joined with
    `/`.
    """
    try:
        return _File(content).streams(wanted)
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise BrokenError(str(error)) from error


class _File:
    """A compound file: its sectors, and the table that chains them."""

    def __init__(self, content: bytes) -> None:
        head = _HEAD.unpack_from(content)
        if head[0] != b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" or not 7 <= head[5] <= 12:  # noqa: PLR2004
            raise BrokenError("no compound file")
        self._content = content
        self._size, self._mini_size = 1 << head[5], 1 << min(head[6], 12)
        self._most = len(content) // self._size + 1
        numbers = list(struct.unpack_from("<109I", content, 76))
        following, count = head[15], 0
        while following < _FREE and count < self._most:
            more = struct.unpack(f"<{self._size // 4}I", self._sector(following))
            numbers += more[:-1]
            following, count = more[-1], count + 1
        table = b"".join(self._sector(number) for number in numbers[: self._most] if number < _FREE)
        self._table = struct.unpack(f"<{len(table) // 4}I", table)
        self._entries = self._chain(head[10])
        self._cutoff = head[12]
        mini = self._chain(head[13])
        self._mini_table = struct.unpack(f"<{len(mini) // 4}I", mini[: len(mini) // 4 * 4])
        start, size = struct.unpack_from("<IQ", self._entries, 116)
        self._mini = self._chain(start)[: size & 0xFFFFFFFF]

    def streams(self, wanted: Container[str] | None) -> Mapping[str, bytes]:
        """Walk the tree of storages, each entry once."""
        found: dict[str, bytes] = {}
        seen: set[int] = set()
        (root,) = struct.unpack_from("<I", self._entries, 76)
        todo = [(root, "")]
        while todo:
            number, above = todo.pop()
            at = number * _ENTRY
            if number == _NONE or number in seen or at + _ENTRY > len(self._entries):
                continue
            seen.add(number)
            length, kind = struct.unpack_from("<HB", self._entries, at + 64)
            name = self._entries[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", errors="replace")
            left, right, child = struct.unpack_from("<III", self._entries, at + 68)
            start, size = struct.unpack_from("<IQ", self._entries, at + 116)
            todo += [(left, above), (right, above)]
            if kind == 1:
                todo.append((child, f"{above}{name}/"))
            elif kind == 2 and above + name not in found and (wanted is None or above + name in wanted):  # noqa: PLR2004
                found[above + name] = self._stream(start, size & 0xFFFFFFFF)
        return found

    def _stream(self, start: int, size: int) -> bytes:
        if size >= self._cutoff:
            return self._chain(start)[:size]
        parts, at = [], start
        for _ in range(len(self._mini_table) + 1):
            if at >= len(self._mini_table):
                break
            parts.append(self._mini[at * self._mini_size : (at + 1) * self._mini_size])
            at = self._mini_table[at]
        return b"".join(parts)[:size]

    def _chain(self, start: int) -> bytes:
        parts, at = [], start
        for _ in range(self._most):
            if at >= len(self._table):
                break
            parts.append(self._sector(at))
            at = self._table[at]
        return b"".join(parts)

    def _sector(self, number: int) -> bytes:
        return self._content[(number + 1) * self._size : (number + 2) * self._size].ljust(self._size, b"\0")
