"""The smallest change that would turn a fail: how many records, which ones, and by how much each misses it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from qmscheck.judge.bounds import bounds, target
from qmscheck.judge.counting.scan import NEAREST, Count, missed_by
from qmscheck.judge.finding.exceptions import key_of
from qmscheck.model import Candidate, Change, Lacking, Rule, plain
from qmscheck.sql.margins import sizes

if TYPE_CHECKING:
    from qmscheck.judge import Bench
    from qmscheck.judge.finding.findings import Case

__all__ = ["change", "fewest_new_keys", "sentence"]

#: Forms of which the smallest change is a number of records. Statistics say theirs themselves.
_FORMS = ("must", "has", "lacks", "unique", "query", "count")


def change(case: Case, bench: Bench) -> Change | None:
    """Give the smallest change that would turn a fail; None for a rule that judges a statistic."""
    rule, one = case.rule, case.counted.total
    if rule.form not in _FORMS:
        return None
    if rule.count is not None:
        return _of_count(rule, one, bench)
    needed = math.ceil(target(rule, bench) * one.population) - one.met
    if rule.unique is not None and not one.unreadable:
        return _of_keys(case, needed, bench)
    found = Change(kind="meet", records=needed, of=one.population, lacking=tuple(_lacking(case, bench)))
    return _with_margin(found, case, bench)


def sentence(found: Change, rule: Rule) -> str:
    """Say the change in a sentence or two."""
    number, table = found.records, rule.table
    if found.kind == "count-more":
        return f"{number} more {_records(number, table)} that {'counts' if number == 1 else 'count'}."
    if found.kind == "count-fewer":
        return f"{number} fewer {_records(number, table)} that {'counts' if number == 1 else 'count'}."
    if found.kind == "new-key":
        verb = "needs a key" if number == 1 else "need a key each"
        return f"{number} of the {found.of} records of {table} {verb} that no other record has."
    return " ".join([_to_meet(number, found.of, table), *_missed(found), *_lacked(found)])


def fewest_new_keys(doubled: Sequence[tuple[int, int]], blank: int, needed: int) -> int:
    """Say how many records must get a key of their own so that `needed` more are unique.

    `doubled` gives (occurrences, how many keys occur so often). A record that gets a new key becomes unique; when but
    one is left with the old key, that one is unique too. So the keys that occur least often come first.
    """
    changed, gained = 0, 0
    for size, keys in sorted(doubled):
        for _ in range(keys):
            if gained + size - 1 >= needed:  # one change less than the whole group is enough
                return changed + needed - gained
            changed, gained = changed + size - 1, gained + size
            if gained >= needed:
                return changed
    return changed + min(blank, needed - gained)


def _of_count(rule: Rule, one: Count, bench: Bench) -> Change | None:
    least, most = (None if b is None else int(b) for b in bounds(rule, bench))
    if least is not None and one.met + one.unreadable < least:
        return Change(kind="count-more", records=least - one.met, of=least)
    if most is not None and one.met > most:
        return Change(kind="count-fewer", records=one.met + one.unreadable - most, of=one.population)
    return None


def _of_keys(case: Case, needed: int, bench: Bench) -> Change:
    """Count the records that need a new key: of two that share one, only one does."""
    rows = bench.at(case.test.table).rows(sizes(case.test, bench.values, case.counted.candidates))
    doubled = [(int(str(size)), int(str(keys))) for size, keys in rows]
    blank = case.counted.total.unmet - sum(size * keys for size, keys in doubled)
    fewest = fewest_new_keys(doubled, blank, needed)
    return Change(kind="new-key", records=fewest, of=case.counted.total.population)


def _with_margin(found: Change, case: Case, bench: Bench) -> Change:
    """Add by how much the unmet records miss the condition, the nearest first, where it is one of dates."""
    rows = _nearest(case, bench) if case.counted.relation and case.test.margin is not None else []
    if rows is None:
        return found.model_copy(update={"measured": 0})
    if not rows:
        return found
    *_, unit, least, measured, most = rows[0]
    candidates = tuple(Candidate(key=key_of(row, case.test, bench), misses_by=_number(row[-3])) for row in rows)
    return found.model_copy(
        update={
            "unit": str(unit),
            "nearest": _number(least),
            "worst": _number(most),
            "measured": int(str(measured)),
            "candidates": candidates,
        }
    )


def _lacking(case: Case, bench: Bench) -> Iterator[Lacking]:
    """Give the parts of a condition that do not hold in some unmet records, in the order in which they are written."""
    columns = bench.ruleset.tables[case.test.table].columns
    values = {name: plain(param.value) for name, param in bench.params.items()}
    for part, (records, blank) in zip(case.test.parts, case.counted.lacking, strict=False):
        if records and part.column is not None:
            said = None if part.said is None else part.said.format_map(values)
            title = columns[part.column].title
            yield Lacking(condition=said, column=part.column, title=title, records=records, blank=blank)


def _nearest(case: Case, bench: Bench) -> Sequence[tuple[object, ...]] | None:
    """Give the unmet records that have a margin, the nearest first: see `sql.margins.margins`; None: not computable."""
    kept = case.counted
    if kept.fetched is not None or kept.noted is not None:
        return None if kept.nearest is None else kept.nearest[:NEAREST]
    return missed_by(case.test, bench, kept.candidates)


def _to_meet(needed: int, of: int, table: str) -> str:
    if of == 1:
        return f"The one record of {table} must meet the rule."
    if needed == of:
        return f"All {needed} records of {table} must meet the rule."
    return f"{needed} more of the {of} records of {table} must meet the rule."


def _missed(found: Change) -> list[str]:
    """Say by how much the nearest and the worst record miss it, or that it could not be computed."""
    if found.measured == 0:
        return ["The engine could not compute by how much each misses it."]
    if found.unit is None or found.nearest is None or found.worst is None:
        return []
    nearest, worst = f"{found.nearest:g}", f"{found.worst:g}"
    span = nearest if nearest == worst else f"{nearest} to {worst}"
    unit = found.unit[:-1] if span == "1" else found.unit
    if found.measured == 1:
        return [f"{found.candidates[0].key} misses it by {span} {unit}."]
    which = "each" if nearest == worst else f"({found.candidates[0].key} by least)"
    return [f"{found.measured} miss it by {span} {unit} {which}."]


def _lacked(found: Change) -> list[str]:
    """Say what is not filled in, and what else does not hold, each once and with the number of records."""
    blank: dict[str, str] = {}
    other: dict[str, None] = {}
    for part in found.lacking:
        named = f"{part.column} ({part.title})" if part.title else part.column
        if part.blank:
            blank.setdefault(part.column, f"{named}{_in(part.blank, found)}")
        if part.records > part.blank:
            other[f"{part.condition or f'what is asked of {named}'}{_in(part.records - part.blank, found)}"] = None
    told = (("Not filled in", list(blank.values())), ("Not so", list(other)))
    return [f"{head}: {'; '.join(parts)}." for head, parts in told if parts]


def _in(records: int, found: Change) -> str:
    return "" if found.of == 1 else f" in {records}"


def _number(value: object) -> float:
    return float(str(value))


def _records(number: int, table: str) -> str:
    return f"record of {table}" if number == 1 else f"records of {table}"
