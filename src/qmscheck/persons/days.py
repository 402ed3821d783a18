"""Days as persons write them into forms and sheets: alone, or with a clock beside them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Day", "parse_day", "read_day"]

#: A clock after a day, with or without seconds and an offset, as ISO 8601, TOML and spreadsheet programs write it.
_CLOCK = re.compile(
    r"(?:[T ]\s*)(\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?(?:\s*[AP]M)?)\s*(?:Z|[+-]\d\d:?\d\d)?", re.IGNORECASE
)
_MIDNIGHT = re.compile(r"0?0:00(?::00(?:[.,]0+)?)?|12:00(?::00(?:[.,]0+)?)?\s*AM", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Day:
    """What a text says: a day (None where it is none), and the clock beside it, which was cut if it is midnight.

    `mistake` says what is wrong, `hint` what to write.
    """

    day: dt.date | None
    cut: str | None = None
    mistake: str | None = None
    hint: str | None = None


def read_day(text: str, formats: Sequence[str] = ()) -> Day:
    """Read a day, as ISO 8601 has it or in one of some formats (those of strptime). Midnight is cut, no other time.

    A time of day would have to be rounded, and to which day depends on where the person was.
    """
    bare, clock = text, None
    match = _CLOCK.search(text)
    if match is not None and match.end() == len(text):
        bare, clock = text[: match.start()].rstrip(), text[match.start() :].lstrip("Tt ")
    found = _plain(bare, formats)
    if found is not None and match is not None and clock is not None:
        if _MIDNIGHT.fullmatch(match[1]):
            return Day(found, clock)
        return _with_a_time(text, found)
    found = found if clock is None else None
    if found is None and (whole := _timed(text, formats)) is not None:
        return Day(whole.date(), "00:00") if whole.time() == dt.time() else _with_a_time(text, whole.date())
    return Day(found, None, None if found is not None else f"'{text}' cannot be read as a date")


def parse_day(text: str, formats: Sequence[str] = ()) -> dt.date | None:
    """Read a day; None where it is none, or has a time of day beside it."""
    return read_day(text, formats).day


def _with_a_time(text: str, day: dt.date) -> Day:
    return Day(None, None, f"'{text}' holds a time of day", f"write the day alone, {day}: a day is all that is kept")


def _plain(text: str, formats: Sequence[str]) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        whole = _timed(text, formats)
        return whole.date() if whole is not None and whole.time() == dt.time() else None


def _timed(text: str, formats: Sequence[str]) -> dt.datetime | None:
    for form in formats:
        try:
            return dt.datetime.strptime(text, form)  # noqa: DTZ007  (a day has no time zone)
        except ValueError:
            continue
    return None
