"""Rules for `width.py`: any number of them, of mixed kinds, all different; each in our language and as SQL of DuckDB.

Rule n follows from n alone, so that the first fifty of a thousand are the fifty. Few records fail each, as in life:
of a million at most some hundred.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Rule", "of_postgresql", "ruleset", "some"]

_LISTS = {
    "product": tuple(f"PX-{number:02d}" for number in range(1, 41)),
    "site": ("Leeds", "Brno", "Lyon", "Graz"),
    "channel": ("email", "phone", "portal", "letter", "visit", "dealer"),
    "category": ("leak", "noise", "vibration", "delivery", "invoice", "documents", "packaging", "service"),
    "severity": ("minor", "major", "critical"),
    "status": ("open", "investigating", "answered", "closed"),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule over single records: what must hold, and in which scope; the same condition as SQL that means the same."""

    name: str
    must: str
    sql: str
    where: str | None = None


def some(count: int, *, patterns: bool = True) -> tuple[Rule, ...]:
    """Give so many different rules: one in ten is a pattern, unless patterns are unwanted."""
    kinds = [kind for kind in _KINDS if patterns or kind is not _pattern]
    return tuple(kinds[number % len(kinds)](number) for number in range(count))


def ruleset(rules: tuple[Rule, ...], tables: Path) -> str:
    """Give a ruleset with these rules, over the table of complaints as another ruleset declares it.

    Parameters and the other table are left out: nothing may be declared that no rule uses.
    """
    head = tables.read_text("utf-8").partition("\n[[rule]]")[0].split("\n[")
    kept = [part for part in head if not part.startswith(("param.", "table.customers"))]
    return "\n".join(["\n[".join(kept), *map(_written, rules)])


def of_postgresql(rule: Rule) -> str:
    """Give the query of a rule in PostgreSQL: its name, its population and what is met."""
    must = re.sub(r"interval ([0-9]+) hour", r"interval '\1 hour'", rule.sql)
    must = re.sub(r"regexp_matches\(([a-z_]+), ('[^']*')\)", r"\1 ~ \2", must)
    scope = f" WHERE {rule.where}" if rule.where else ""
    return f"SELECT '{rule.name}', count(*), count(*) FILTER (WHERE {must}) FROM complaints{scope};"


def _written(rule: Rule) -> str:
    lines = [
        "[[rule]]",
        f'id = "B-1.{rule.name}"',
        'obligation = "B-1"',
        f'title = "{rule.name} holds"',
        'each = "complaints"',
        *([f"where = '''{rule.where}'''"] if rule.where else []),
        f"must = '''{rule.must}'''",
        f'statement = "{{met}} of {{population}} complaints: {rule.name}."',
        "",
    ]
    return "\n".join(lines)


def _range(n: int) -> Rule:
    must = (
        f"amount >= 0 and amount < {94_990 + n}",
        f"quantity between 1 and {500 + n}",
        f"satisfaction is null or satisfaction between 1 and {10 + n}",
        f"hours >= 0 and hours < {22 + n}",
    )[n // 10 % 4]
    return Rule(f"range.{n}", must, must)


def _list(n: int) -> Rule:
    column = tuple(_LISTS)[n // 10 % len(_LISTS)]
    must = f"{column} in {(*_LISTS[column], f'more-{n}')}"
    return Rule(f"list.{n}", must, must)


def _order(n: int) -> Rule:
    first, then, most = (("answered_on", "closed_on", 9), ("due_on", "closed_on", 20), ("due_on", "answered_on", 20))[
        n // 10 % 3
    ]
    return Rule(
        f"order.{n}",
        f"{first} is null or {then} is null or days_between({first}, {then}) <= {most + n}",
        f"{first} is null or {then} is null or {then} - {first} <= {most + n}",
    )


def _length(n: int) -> Rule:
    column, least = (("description", 10), ("root_cause", 8), ("email", 9))[n // 10 % 3]
    must = f"{column} is null or length({column}) between {least} and {100 + n}"
    return Rule(f"length.{n}", must, must)


def _hours(n: int) -> Rule:
    return Rule(
        f"hours.{n}",
        f"hours_between(received_at, acknowledged_at) <= {88 + n}",
        f"acknowledged_at <= received_at + interval {88 + n} hour",
    )


def _when(n: int) -> Rule:
    must = f"amount < {94_900 + n}"
    return Rule(f"when.{n}", must, must, where=f"status = 'closed' and quantity > {n % 500}")


def _sum(n: int) -> Rule:
    must = f"amount + hours * {n} >= {1 + n % 9}"
    return Rule(f"sum.{n}", must, must)


def _differs(n: int) -> Rule:
    must = f"lot <> 'unknown' and product <> 'never-{n}' and site <> 'nor-{n}'"
    return Rule(f"differs.{n}", must, must)


def _filled(n: int) -> Rule:
    must = f"root_cause is not null or status <> 'closed' or amount < {90_000 - n}"
    return Rule(f"filled.{n}", must, must)


def _pattern(n: int) -> Rule:
    column, text = (
        ("lot", f"^L-20[0-9]{{2}}-[0-9]{{4}}$|^{n}$"),
        ("country", f"^[A-Z]{{2}}$|^{n}$"),
        ("email", f"^[^@ ]+@[^@ ]+[.][a-z]{{2,}}$|^{n}$"),
    )[n // 10 % 3]
    maybe = "email is null or " if column == "email" else ""
    own = f"{maybe}matches({column}, '{text}')"
    return Rule(f"pattern.{n}", own, f"{maybe}regexp_matches({column}, '{text}')")


_KINDS: tuple[Callable[[int], Rule], ...] = (
    _range, _list, _order, _length, _hours, _when, _sum, _differs, _filled, _pattern,
)  # fmt: skip
