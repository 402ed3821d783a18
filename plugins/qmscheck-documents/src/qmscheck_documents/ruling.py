"""The lines that a PDF page draws, across and down: strokes, thin bars and the sides of boxes.

All lengths are points of the page (1/72 inch), before the page is turned. Source: `fpdf_edit.h` of PDFium.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from ctypes import PYFUNCTYPE, byref, c_float, c_int, c_void_p, cast
from itertools import pairwise
from typing import Any, NamedTuple

from pypdfium2 import raw

__all__ = ["Box", "Ruling", "ruling", "turned", "turned_box"]

_THIN = 3.5  # a bar that is thinner is a line, whatever it was drawn as
_SHORT = 4.0
_DEEP = 4
_SCRAWL = 12  # pieces from which on a path without straight lines may be a signature
#: Kinds of objects, as `fpdfview.h` numbers them.
_PATH, _PICTURE, _FORM = 2, 3, 5
_TOLD = frozenset({_PATH, _PICTURE, _FORM})
#: Pieces of drawings that are looked at on one page: about a tenth of a second. What is beyond is not looked at.
_MOST = 20_000
#: Asked for every object of a page, there may be hundreds: by numbers, as what pypdfium2 declares takes thrice as long.
_object = PYFUNCTYPE(c_void_p, c_void_p, c_int)(cast(raw.FPDFPage_GetObject, c_void_p).value or 0)
_kind_of = PYFUNCTYPE(c_int, c_void_p)(cast(raw.FPDFPageObj_GetType, c_void_p).value or 0)
_IN_A_PATH = 2_000

Point = tuple[float, float]
Matrix = tuple[float, float, float, float, float, float]
_PLAIN: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


Box = tuple[float, float, float, float]


class Ruling(NamedTuple):
    """Lines of a page: `across` as (y, left, right), `down` as (x, bottom, top); `whole` where none was left out.

    `pictures` are pictures and curves, which a signature may be.
    """

    across: Sequence[tuple[float, float, float]]
    down: Sequence[tuple[float, float, float]]
    pictures: Sequence[Box] = ()
    whole: bool = True

    def turned(self, quarter: int) -> Ruling:
        """Give the lines of the page after so many quarter turns clockwise."""
        if quarter == 0:
            return self
        across = [(*turned((left, y), quarter), *turned((right, y), quarter)) for y, left, right in self.across]
        down = [(*turned((x, low), quarter), *turned((x, top), quarter)) for x, low, top in self.down]
        lying, standing = (down, across) if quarter % 2 else (across, down)
        return Ruling(
            [(y, min(x, to_x), max(x, to_x)) for x, y, to_x, _ in lying],
            [(x, min(y, to_y), max(y, to_y)) for x, y, _, to_y in standing],
            [turned_box(box, quarter) for box in self.pictures],
            self.whole,
        )


def turned(point: Point, quarter: int) -> Point:
    """Give a point after so many quarter turns clockwise around the corner of the page."""
    x, y = point
    return ((x, y), (y, -x), (-x, -y), (-y, x))[quarter % 4]


def turned_box(box: Box, quarter: int) -> Box:
    """Give a box (left, lower, right and upper edge) after so many quarter turns clockwise."""
    if quarter % 4 == 0:
        return box
    return _box([turned((box[0], box[1]), quarter), turned((box[2], box[3]), quarter)])


def ruling(page: Any) -> Ruling | None:
    """Give the lines of a raw page, or None where it draws none that could frame a cell."""
    kind_of, get, told = _kind_of, _object, _TOLD
    number, place = raw.FPDFPage_CountObjects(page), cast(page, c_void_p)
    drawn = [(kind, n) for n in range(number) if (kind := kind_of(get(place, n))) in told]
    if not drawn:
        return None
    found = _Found()
    for kind, n in drawn:
        found.see(kind, raw.FPDFPage_GetObject(page, n), _PLAIN, 0)
    if not found.across and not found.down:
        return None
    return Ruling(found.across, found.down, found.pictures, found.left >= 0)


class _Found:
    """What was found so far, and how many pieces may still be looked at."""

    def __init__(self) -> None:
        self.across: list[tuple[float, float, float]] = []
        self.down: list[tuple[float, float, float]] = []
        self.pictures: list[Box] = []
        self.left = _MOST

    def see(self, kind: int, item: Any, outer: Matrix, depth: int) -> None:
        """Look at a path, a picture or a form, in which there may be more of all three."""
        self.left -= 1
        if self.left < 0:
            return
        if kind == _PATH:
            self._path(item, outer)
        elif kind == _PICTURE:
            self.pictures.append(_bounds(item, outer))
        elif depth < _DEEP:
            inner = _product(_matrix(item), outer)
            for n in range(raw.FPDFFormObj_CountObjects(item)):
                one = raw.FPDFFormObj_GetObject(item, n)
                if (inside := raw.FPDFPageObj_GetType(one)) in _TOLD:
                    self.see(inside, one, inner, depth + 1)

    def _path(self, path: Any, outer: Matrix) -> None:
        """Add the lines of a path; most are one line or one bar, which their bounds tell."""
        number = raw.FPDFPath_CountSegments(path)
        filled, stroked = c_int(), c_int()
        if number < 2 or not raw.FPDFPath_GetDrawMode(path, byref(filled), byref(stroked)):  # noqa: PLR2004
            return
        if not (filled.value or stroked.value):
            return
        box = _bounds(path, outer)
        if self._bar(*box):
            return
        self.left -= number
        if number > _IN_A_PATH:
            return
        before = len(self.across) + len(self.down)
        for points in _outlines(path, number, _product(_matrix(path), outer)):
            if not self._bar(*_box(points)) and stroked.value:
                self._sides(points)
        if number > _SCRAWL and before == len(self.across) + len(self.down):
            self.pictures.append(box)

    def _bar(self, left: float, bottom: float, right: float, top: float) -> bool:
        """Take a box for a line where it is thin."""
        wide, high = right - left, top - bottom
        if high <= _THIN < wide and wide >= _SHORT:
            self.across.append(((bottom + top) / 2, left, right))
        elif wide <= _THIN < high and high >= _SHORT:
            self.down.append(((left + right) / 2, bottom, top))
        else:
            return wide <= _THIN and high <= _THIN
        return True

    def _sides(self, points: Sequence[Point]) -> None:
        for (x, y), (to_x, to_y) in pairwise(points):
            self._bar(min(x, to_x), min(y, to_y), max(x, to_x), max(y, to_y))


def _outlines(path: Any, number: int, matrix: Matrix) -> Iterator[list[Point]]:
    """Give the corners of each outline of a path; curves end one, as no table is drawn with them."""
    x, y = c_float(), c_float()
    points: list[Point] = []
    for n in range(number):
        piece = raw.FPDFPath_GetPathSegment(path, n)
        if not raw.FPDFPathSegment_GetPoint(piece, byref(x), byref(y)):
            continue
        if raw.FPDFPathSegment_GetType(piece) != raw.FPDF_SEGMENT_LINETO and points:
            yield points
            points = []
        points.append(_moved((x.value, y.value), matrix))
        if raw.FPDFPathSegment_GetClose(piece):
            points.append(points[0])
    if points:
        yield points


def _matrix(item: Any) -> Matrix:
    found = raw.FS_MATRIX()
    if not raw.FPDFPageObj_GetMatrix(item, byref(found)):
        return _PLAIN
    return found.a, found.b, found.c, found.d, found.e, found.f


def _moved(point: Point, matrix: Matrix) -> Point:
    a, b, c, d, e, f = matrix
    return a * point[0] + c * point[1] + e, b * point[0] + d * point[1] + f


def _product(first: Matrix, then: Matrix) -> Matrix:
    a, b, c, d, e, f = first
    g, h, i, j, k, m = then
    return (a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + m)


def _bounds(item: Any, outer: Matrix) -> Box:
    left, bottom, right, top = c_float(), c_float(), c_float(), c_float()
    raw.FPDFPageObj_GetBounds(item, byref(left), byref(bottom), byref(right), byref(top))
    return _box([_moved((left.value, bottom.value), outer), _moved((right.value, top.value), outer)])


def _box(points: Sequence[Point]) -> Box:
    across, up = [x for x, _ in points], [y for _, y in points]
    return min(across), min(up), max(across), max(up)
