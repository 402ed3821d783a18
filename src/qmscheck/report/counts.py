"""What was counted, in words that add up."""

from __future__ import annotations

from qmscheck.model import Finding, Stratum, Tally
from qmscheck.report.wording import numbered

__all__ = ["count_of", "figures", "known", "percent", "stratum"]

#: Forms whose tally says of how many records the value is known.
_VALUES = {"measure", "trend", "signal"}
#: Below this many records counts are shown and no percentage.
_FEW = 10


def count_of(finding: Finding) -> str:
    """Write what a rule counted. Of a rule that asks for a number of records, the others are no breach."""
    tally = finding.tally
    if tally is not None and finding.form in _VALUES and not _of_share(finding):
        told = f"{numbered(tally.population, 'record')}: {tally.met} with a value"
        if finding.measured is not None and finding.measured.statistic == "rate":
            told = f"{tally.met} {'counts' if tally.met == 1 else 'count'} of {numbered(tally.population, 'record')}"
        return told + (f", {tally.unreadable} without one that can be told" if tally.unreadable else "")
    if tally is None or finding.form != "count":
        return figures(tally)
    verbs = ("counts" if tally.met == 1 else "count", "does" if tally.unmet == 1 else "do")
    told = f"{numbered(tally.population, 'record')}: {tally.met} {verbs[0]}, {tally.unmet} {verbs[1]} not"
    return told + (f", {tally.unreadable} unreadable" if tally.unreadable else "")


def _of_share(finding: Finding) -> bool:
    return finding.form == "measure" and (finding.measured is None or finding.measured.statistic == "share")


def figures(tally: Tally | None) -> str:
    """Write a tally so that it adds up: how many records, and of how many it is met, not met and not to be told.

    Of few records a percentage says more than there is, so it is left out.
    """
    if tally is None:
        return "nothing was counted"
    told = f"{numbered(tally.population, 'record')}: {tally.met} met, {tally.unmet} not met"
    told += f", {tally.unreadable} unreadable" if tally.unreadable else ""
    if tally.interval is None or tally.population < _FEW or not known(tally):
        return told
    worst, best = tally.interval
    share = percent(worst) if worst == best else f"{percent(worst)} to {percent(best)}"
    return f"{told} ({share} met)"


def known(tally: Tally) -> bool:
    """Tell whether of any record it is known whether it is met."""
    return tally.met > 0 or tally.unmet > 0


def percent(share: float) -> str:
    """Write a share in percent; what is not all, or not nothing, never rounds to 100 or 0."""
    for digits in range(1, 9):
        text = f"{share * 100:.{digits}f}"
        if share in {0, 1} or float(text) not in {0.0, 100.0}:
            return f"{text.rstrip('0').rstrip('.')} %"
    return "just under 100 %" if share > 0.5 else "just over 0 %"  # noqa: PLR2004  (either half)


def stratum(part: Stratum, finding: Finding) -> str:
    """Write one stratum: `site Leeds: 200 records: ...`."""
    name = f"{part.column} {part.value if part.value is not None else '(blank)'}"
    if finding.form not in _VALUES or _of_share(finding):
        return f"{name}: {figures(part.tally)}"
    unknown = f", {part.tally.unreadable} without a value that can be told" if part.tally.unreadable else ""
    counted = finding.measured is not None and finding.measured.statistic == "rate"
    return f"{name}: {numbered(part.tally.met if counted else part.tally.population, 'record')}{unknown}"
