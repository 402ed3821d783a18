"""Amounts that are typed on the command line: whole numbers, memory and time with their units, and days."""

from __future__ import annotations

import datetime as dt
import re

import click

__all__ = ["LEAST_MEMORY", "Day", "Duration", "Memory", "Whole", "today"]

_BYTES = {
    "KiB": 1 << 10,
    "MiB": 1 << 20,
    "GiB": 1 << 30,
    "TiB": 1 << 40,
    "KB": 10**3,
    "MB": 10**6,
    "GB": 10**9,
    "TB": 10**12,
}
_SECONDS = {"": 1, "s": 1, "m": 60, "min": 60, "h": 3600}

#: Bytes below which no audit is begun: the program itself takes more than half of it.
LEAST_MEMORY = 256 << 20
_MOST_MEMORY = 1 << 50
_LONGEST = 365 * 86_400

_AMOUNT = re.compile(r"(\d{1,15}(?:\.\d{1,9})?)\s*([A-Za-z]*)", re.ASCII)


class Whole(click.IntRange):
    """A whole number within bounds, or with no upper one."""

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Give the number."""
        try:
            number = int(str(value))
        except ValueError:
            number = None
        least, most = self.min or 0, self.max
        if number is None or number < least or (most is not None and number > most):
            told = f"of at least {least}" if most is None else f"from {least} to {most}"
            self.fail(f"'{value}' is no whole number {told}", param, ctx)
        return number


class Memory(click.ParamType[int]):
    """A number of bytes, given with its unit: 1GiB, 800MB."""

    name = "memory"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Give the number of bytes."""
        if isinstance(value, int):
            return value
        number, unit = _parted(str(value))
        units = {name.casefold(): size for name, size in _BYTES.items()}
        size = units.get(unit.casefold())
        if number is None or size is None:
            told = "a number and KiB, MiB, GiB, MB or GB, as in 1GiB"
            self.fail(f"'{value}' is no amount of memory: {told}", param, ctx)
        found = int(number * size)
        if not LEAST_MEMORY <= found <= _MOST_MEMORY:
            self.fail(f"'{value}' is not between 256MiB and 1024TiB", param, ctx)
        return found


class Duration(click.ParamType[float]):
    """A number of seconds, given with or without its unit: 90, 90s, 5m, 2h."""

    name = "duration"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """Give the number of seconds."""
        if isinstance(value, float):
            return value
        number, unit = _parted(str(value))
        size = _SECONDS.get(unit)
        if number is None or size is None:
            self.fail(f"'{value}' is no time: a number of seconds, or with s, m or h, as in 5m", param, ctx)
        if not 0 < number * size <= _LONGEST:
            self.fail(f"'{value}' is not between a moment and a year", param, ctx)
        return number * size


class Day(click.ParamType[dt.date]):
    """A day, in the one way of writing that has one reading: 2026-11-20."""

    name = "day"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> dt.date:
        """Give the day."""
        if isinstance(value, dt.date):
            return value
        try:
            return dt.datetime.strptime(str(value), "%Y-%m-%d").date()  # noqa: DTZ007  (a day has no zone)
        except ValueError:
            self.fail(f"'{value}' is no day of the calendar, written as 2026-11-20", param, ctx)


def today() -> dt.date:
    """Give the day that it is where the command runs."""
    return dt.datetime.now().astimezone().date()


def _parted(text: str) -> tuple[float | None, str]:
    """Part a number from its unit."""
    found = _AMOUNT.fullmatch(text.strip())
    return (None, "") if found is None else (float(found[1]), found[2])
