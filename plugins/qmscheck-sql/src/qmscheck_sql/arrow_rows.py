"""An Arrow stream of a driver as rows of Python values, read where it lies in memory: no library of tables is needed.

Source: "The Arrow C data interface" and "The Arrow C stream interface" (Apache Arrow specification).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from ctypes import (
    CFUNCTYPE,
    POINTER,
    Structure,
    byref,
    c_char_p,
    c_double,
    c_float,
    c_int,
    c_int16,
    c_int32,
    c_int64,
    c_void_p,
    cast,
    py_object,
    pythonapi,
    string_at,
)
from decimal import Decimal
from itertools import pairwise
from typing import Any

__all__ = ["Field", "fetched"]

_EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001  (times of the rule language have no zone)
_FIRST = dt.date(1970, 1, 1)


class _Schema(Structure):
    pass


class _Array(Structure):
    pass


class _Stream(Structure):
    pass


_Schema._fields_ = [
    ("format", c_char_p),
    ("name", c_char_p),
    ("metadata", c_void_p),
    ("flags", c_int64),
    ("n_children", c_int64),
    ("children", POINTER(POINTER(_Schema))),
    ("dictionary", POINTER(_Schema)),
    ("release", CFUNCTYPE(None, POINTER(_Schema))),
    ("private_data", c_void_p),
]
_Array._fields_ = [
    ("length", c_int64),
    ("null_count", c_int64),
    ("offset", c_int64),
    ("n_buffers", c_int64),
    ("n_children", c_int64),
    ("buffers", POINTER(c_void_p)),
    ("children", POINTER(POINTER(_Array))),
    ("dictionary", POINTER(_Array)),
    ("release", CFUNCTYPE(None, POINTER(_Array))),
    ("private_data", c_void_p),
]
_Stream._fields_ = [
    ("get_schema", CFUNCTYPE(c_int, POINTER(_Stream), POINTER(_Schema))),
    ("get_next", CFUNCTYPE(c_int, POINTER(_Stream), POINTER(_Array))),
    ("get_last_error", CFUNCTYPE(c_char_p, POINTER(_Stream))),
    ("release", CFUNCTYPE(None, POINTER(_Stream))),
    ("private_data", c_void_p),
]

#: Name and format of a column; a number of any length is `numeric`.
Field = tuple[str, str]


def fetched(arrow: Any) -> tuple[list[Field], list[tuple[object, ...]]]:
    """Read an Arrow stream to its end: its columns, and its rows. Raises ValueError for what cannot be read."""
    capsule = arrow.__arrow_c_stream__()
    pointer = pythonapi.PyCapsule_GetPointer
    pointer.restype, pointer.argtypes = c_void_p, [py_object, c_char_p]
    stream = cast(pointer(capsule, b"arrow_array_stream"), POINTER(_Stream))
    schema = _Schema()
    _check(stream, stream.contents.get_schema(stream, byref(schema)))
    try:
        fields = [_field(schema.children[i].contents) for i in range(schema.n_children)]
    finally:
        schema.release(byref(schema))
    rows: list[tuple[object, ...]] = []
    for columns in _batches(stream, fields):
        rows.extend(zip(*columns, strict=True))
    return fields, rows


def _batches(stream: Any, fields: list[Field]) -> Iterator[list[list[object]]]:
    while True:
        array = _Array()
        _check(stream, stream.contents.get_next(stream, byref(array)))
        if not array.release:
            return
        try:
            yield [_column(array.children[i].contents, kind) for i, (_, kind) in enumerate(fields)]
        finally:
            array.release(byref(array))


def _check(stream: Any, code: int) -> None:
    if code:
        told = stream.contents.get_last_error(stream)
        raise ValueError((told or b"the rows cannot be read").decode("utf-8", "replace"))


def _field(schema: Any) -> Field:
    kind = schema.format.decode()
    if kind == "u" and b"numeric" in _metadata(schema.metadata):
        kind = "numeric"
    return (schema.name or b"").decode(), kind


def _metadata(address: int | None) -> bytes:
    """Read the keys and values beside a column: their number, then each with its length."""
    if not address:
        return b""
    parts, at = [], address + 4
    for _ in range(2 * c_int32.from_address(address).value):
        size = c_int32.from_address(at).value
        parts.append(string_at(at + 4, size))
        at += 4 + size
    return b" ".join(parts)


def _column(array: Any, kind: str) -> list[object]:
    """Read one column of a batch."""
    if array.length == 0:
        return []
    read = _READERS.get(kind) or (_timestamps if kind.startswith("tsu:") else None)
    if read is None:
        raise ValueError(f"a column of the type '{kind}' cannot be read")
    found = read(array)
    known = array.buffers[0] if array.null_count else None
    if not known:
        return found
    bits = string_at(known, (array.offset + array.length + 7) // 8)
    places = range(array.offset, array.offset + array.length)
    return [v if bits[i >> 3] >> (i & 7) & 1 else None for v, i in zip(found, places, strict=True)]


def _fixed(kind: Any) -> Callable[[Any], list[object]]:
    def read(array: Any) -> list[object]:
        whole = (kind * (array.offset + array.length)).from_address(array.buffers[1])
        return list(whole[array.offset :])

    return read


def _booleans(array: Any) -> list[object]:
    bits = string_at(array.buffers[1], (array.offset + array.length + 7) // 8)
    return [bool(bits[i >> 3] >> (i & 7) & 1) for i in range(array.offset, array.offset + array.length)]


def _texts(array: Any) -> list[object]:
    ends = (c_int32 * (array.offset + array.length + 1)).from_address(array.buffers[1])[array.offset :]
    whole = string_at(array.buffers[2], ends[-1]) if ends[-1] else b""
    return [whole[start:end].decode() for start, end in pairwise(ends)]


def _numbers(array: Any) -> list[object]:
    return [_exact(str(text)) for text in _texts(array)]


def _exact(text: str) -> object:
    if not text:
        return None  # what stands where there is no value
    return int(text) if text.lstrip("-").isdigit() else Decimal(text)


def _dates(array: Any) -> list[object]:
    return [_moved(_FIRST, dt.timedelta(days=int(str(n)))) for n in _fixed(c_int32)(array)]


def _timestamps(array: Any) -> list[object]:
    return [_moved(_EPOCH, n) for n in _fixed(c_int64)(array)]


def _moved(start: dt.date, by: Any) -> object:
    """Give a day or a time; one that Python has not stays a number."""
    try:
        return start + (by if isinstance(by, dt.timedelta) else dt.timedelta(microseconds=by))
    except OverflowError:
        return str(by)


_READERS: dict[str, Callable[[Any], list[object]]] = {
    "b": _booleans,
    "s": _fixed(c_int16),
    "i": _fixed(c_int32),
    "l": _fixed(c_int64),
    "f": _fixed(c_float),
    "g": _fixed(c_double),
    "u": _texts,
    "numeric": _numbers,
    "tdD": _dates,
}
