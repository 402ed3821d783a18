"""The table [audit]: options of the command line over the file over the defaults."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from qmscheck.cells import visible
from qmscheck.errors import did_you_mean
from qmscheck.model import Grade, Period
from qmscheck.plan.draft import Draft

__all__ = ["day_of", "read_audit", "twelve_months", "zone_of"]

#: More places than anybody reads, and fewer than an engine can count.
_MOST_EXCEPTIONS = 1_000_000
_KEYS = (
    "organization",
    "scope",
    "rulesets",
    "trusted",
    "as_of",
    "period",
    "planned_audit",
    "fail_on",
    "select",
    "ignore",
    "max_exceptions",
    "decisions",
    "attestations",
    "previous",
    "timezone",
    "pseudonym_key",
)


def read_audit(draft: Draft, audit: Mapping[str, Any], options: Mapping[str, Any], today: dt.date) -> dict[str, Any]:
    """Gather the keys of [audit]: options of the command line over the file over the defaults."""
    for name in audit:
        if name not in _KEYS:
            hint = did_you_mean(name, _KEYS) or f"[audit] knows {', '.join(_KEYS)}"
            draft.refuse(("audit", name), f"unknown key '{name}'", hint, key=True)
    given: dict[str, Any] = {"as_of": today, "fail_on": Grade.MAJOR}
    given |= {name: audit[name] for name in _KEYS if name in audit}
    given |= options
    _check_texts(draft, given)
    most = given.get("max_exceptions")
    if isinstance(most, int) and most > _MOST_EXCEPTIONS:
        draft.refuse(("audit", "max_exceptions"), f"'max_exceptions' should be at most {_MOST_EXCEPTIONS}")
    given["fail_on"] = _fail_on(draft, given["fail_on"])
    place = (*draft.base, "audit", "period")
    period = draft.document.check(Period, given["period"], place) if "period" in given else None
    given["period"] = period or twelve_months(day_of(given["as_of"], today))
    return given


def zone_of(draft: Draft, given: Mapping[str, Any]) -> str | None:
    """Give the time zone whose clock the audit goes by; None where the plan declares none."""
    name = given.get("timezone")
    if isinstance(name, str) and not _is_zone(name):
        hint = 'its name in the tz database, as in timezone = "Europe/London", or "UTC"'
        draft.refuse(("audit", "timezone"), f"there is no time zone '{name}'", hint)
    return name if isinstance(name, str) else None


def _is_zone(name: str) -> bool:
    import zoneinfo  # noqa: PLC0415

    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return not zoneinfo.available_timezones()  # a machine without the database cannot tell
    return True


def day_of(value: object, today: dt.date) -> dt.date:
    """Give a day to go on with where the file has none that can be read."""
    return value if isinstance(value, dt.date) and not isinstance(value, dt.datetime) else today


def _check_texts(draft: Draft, given: Mapping[str, Any]) -> None:
    """Refuse what is there and says nothing."""
    for name in ("organization", "scope"):
        if isinstance(given.get(name), str) and visible(given[name]) is None:
            draft.refuse(("audit", name), f"'{name}' should not be empty", "it stands on every report")
    if given.get("rulesets") == []:
        draft.refuse(("audit", "rulesets"), "'rulesets' should name a ruleset", "an audit needs something to ask for")
    for name in ("rulesets", "select", "ignore"):
        texts = given.get(name)
        for at, text in enumerate(texts if isinstance(texts, list) else ()):
            if isinstance(text, str) and visible(text) is None:
                draft.refuse(("audit", name, at), f"'{name}' holds an empty text")


def _fail_on(draft: Draft, value: object) -> Grade | None:
    words: dict[str, Grade | None] = {**{grade.value: grade for grade in Grade}, "never": None}
    if isinstance(value, str) and value in words:
        return words[value]
    hint = did_you_mean(value, words) if isinstance(value, str) else None
    draft.refuse(("audit", "fail_on"), f"'fail_on' should be {_either(list(words))}", hint)
    return Grade.MAJOR


def twelve_months(as_of: dt.date) -> Period:
    """Give the 12 months that end on a day: from the day after that day one year earlier."""
    if as_of.year == dt.MINYEAR:
        return Period.model_validate({"from": dt.date.min, "to": as_of})
    last_year = as_of.replace(year=as_of.year - 1, day=28 if (as_of.month, as_of.day) == (2, 29) else as_of.day)
    return Period.model_validate({"from": last_year + dt.timedelta(days=1), "to": as_of})


def _either(words: list[str]) -> str:
    return f"{', '.join(repr(word) for word in words[:-1])} or {words[-1]!r}"
