"""Statistics, trends and charts by hand, from nothing but the lines that `qmscheck explain` prints.

No formula of the product is used here: SciPy and the standard library are.
"""

from __future__ import annotations

import math
import re
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from scipy import stats

__all__ = ["Printed", "check_measure", "check_series", "measured", "of_series"]

_NUMBER = r"-?[\d.]+(?:e-?\d+)?"
_PER_YEAR = {"month": 12, "quarter": 4, "year": 1}


class Printed:
    """The lines of an explanation by their label, and the numbers in them."""

    def __init__(self, text: str) -> None:
        self.lines = [(line[:11].strip(), line[12:]) for line in text.splitlines() if line.strip()]

    def __getitem__(self, label: str) -> str:
        return next(text for name, text in self.lines if name == label)

    def all(self, label: str) -> list[str]:
        return [text for name, text in self.lines if name == label]

    @property
    def sum(self) -> tuple[int, int, int, int]:
        found = re.match(r"(\d+) in scope = (\d+) met \+ (\d+) unmet \+ (\d+) unreadable", self["calculation"])
        assert found
        population, met, unmet, unreadable = map(int, found.groups())
        return population, met, unmet, unreadable

    @property
    def result(self) -> str:
        return re.split(r"[, ;(]", self["result"])[0]

    @property
    def grade(self) -> str | None:
        found = re.match(r"fail, (\w+)", self["result"])
        return found[1] if found else None

    @property
    def steps(self) -> list[tuple[str, str]]:
        effects = ("start", "keep", "lower", "raise", "cap")
        return [(name, text) for name, text in self.lines if name in effects]

    @property
    def given(self) -> Mapping[str, float]:
        """The parameters with their values."""
        found = (re.match(rf"(\w+) = ({_NUMBER}) \(", text) for text in self.all("parameter"))
        return {one[1]: float(one[2]) for one in found if one}

    @property
    def units(self) -> list[tuple[str, str]]:
        """Each unit with the line of its interval, if it has one."""
        found = []
        for (name, text), (after, interval) in pairwise([*self.lines, ("end", "")]):
            if name == "of which":
                found.append((text, interval if after == "" else ""))
        return found


def measured(told: Printed) -> bool:
    """Tell whether a statistic was taken."""
    return bool(told.all("measure"))


def of_series(told: Printed) -> bool:
    """Tell whether a series was looked at."""
    return re.search(r", by (month|quarter|year) of \w+[;,]", told["criterion"]) is not None


# ---------------------------------------------------------------- statistics


@dataclass(frozen=True)
class Reach:
    """An interval as it is printed, or as it was recomputed."""

    low: float
    high: float
    confidence: float = 0.95
    sides: int = 2

    @property
    def alpha(self) -> float:
        """The chance that is left out at each end."""
        return (1 - self.confidence) / self.sides


def check_measure(told: Printed) -> None:
    """Recompute the statistic, its interval, its standing and that of each unit, and the verdict."""
    line = told["measure"]
    worst = re.search(rf"({_NUMBER})[^;,]*? at worst, ({_NUMBER})[^;,]*? at best", line)
    goal = re.search(rf"target (at least|at most) ({_NUMBER}).*?: (met|missed|not shown)", line)
    assert goal, line
    least, target = goal[1] == "at least", float(goal[2])
    if "counts only" in line:
        needed = re.search(r"at least (\d+) are needed", told["calculation"])
        assert needed
        assert told.sum[0] < int(needed[1])
        _check_verdict(told, goal[3])
        return
    value, certain, reach = _recomputed(told)
    shown = re.match(rf"[A-Za-z ]+ ({_NUMBER})", line)
    assert shown, line
    assert value is None or near(float(shown[1]), value), (line, value)
    if worst:
        ends = sorted((float(worst[1]), float(worst[2])))
        assert near(ends[0], certain.low), (line, certain)
        assert near(ends[1], certain.high), (line, certain)
    given = _interval(line)
    if given is not None:
        assert reach is not None, line
        assert near(given.low, reach.low), (line, reach)
        assert near(given.high, reach.high), (line, reach)
    widened = certain if given is None or reach is None else reach
    assert _standing(widened, target, least=least) == goal[3], line
    _check_units(told, target, least=least)
    _check_verdict(told, goal[3])


def near(shown: float, value: float) -> bool:
    """Compare with two decimals, or six of what is small."""
    return math.isclose(shown, value, abs_tol=0.00501)


def _standing(reach: Reach, target: float, *, least: bool) -> str:
    good = reach.low >= target if least else reach.high <= target
    bad = reach.high < target if least else reach.low > target
    return "met" if good else "missed" if bad else "not shown"


def _interval(line: str) -> Reach | None:
    end = rf"(no bound|{_NUMBER})"
    found = re.search(rf"{end} %? ?to {end}[^(;]*\(.*?, ({_NUMBER}) %, (one|two)-sided\)", line)
    if not found:
        return None
    low = -math.inf if found[1] == "no bound" else float(found[1])
    high = math.inf if found[2] == "no bound" else float(found[2])
    return Reach(low, high, float(found[3]) / 100, 2 if found[4] == "two" else 1)


def _recomputed(told: Printed) -> tuple[float | None, Reach, Reach | None]:
    """Give the value, what is certain, and the interval, of what the calculation says was counted."""
    line, calculation = told["measure"], told["calculation"]
    given = _interval(line) or Reach(0, 0)
    _, _, _, unread = told.sum
    name = re.match(r"(share|mean|NPS|rate|ratio|closed within the limit|median|percentile)", line)
    assert name, line
    match name[1]:
        case "share":
            return _share(calculation, unread, given)
        case "rate":
            return _rate(calculation, given)
        case "closed within the limit":
            return _within(told, unread)
        case "mean":
            return _mean(calculation, given)
        case "NPS":
            return _nps(calculation, given)
        case "ratio":
            return _ratio(calculation, given)
        case _:
            return _percentile(told, given)


def _share(calculation: str, unread: int, given: Reach) -> tuple[float | None, Reach, Reach]:
    found = re.search(r"records in scope; (\d+) / (\d+)", calculation)
    assert found, calculation
    k, n = int(found[1]), int(found[2])
    low, high = wilson(k, n, given), wilson(k + unread, n, given)
    certain = Reach(100 * k / n, 100 * (k + unread) / n)
    return 100 * k / (n - unread) if n > unread else None, certain, Reach(low.low, high.high)


def wilson(k: int, n: int, given: Reach) -> Reach:
    """Give the score interval of a share, in percent."""
    confidence = 1 - 2 * given.alpha
    found = stats.binomtest(k, n).proportion_ci(confidence, method="wilson")
    return Reach(100 * found.low, 100 * found.high)


def _rate(calculation: str, given: Reach) -> tuple[float, Reach, Reach]:
    found = re.search(rf"events / exposure; (\d+) \* (\d+) / ({_NUMBER})", calculation)
    assert found, calculation
    events, per, exposure = int(found[1]), int(found[2]), float(found[3])
    low = stats.chi2.ppf(given.alpha, 2 * events) / 2 if events else 0.0
    high = stats.chi2.ppf(1 - given.alpha, 2 * events + 2) / 2
    value = events * per / exposure
    return value, Reach(value, value), Reach(low * per / exposure, high * per / exposure)


def _within(told: Printed, unread: int) -> tuple[float, Reach, None]:
    """Multiply out the printed steps; what is certain follows from the sentence on open cases."""
    calculation = told["calculation"]
    still_open = 1.0
    for closed, watched in re.findall(r"\d+: (\d+)/(\d+)", calculation):
        still_open *= 1 - int(closed) / int(watched)
    found = re.search(r"(\d+) closed, of which (\d+) in time; (\d+) open, of which (\d+) may", told["because"])
    assert found, told["because"]
    closed, in_time, left, young = map(int, found.groups())
    n = closed + left + unread
    return 100 * (1 - still_open), Reach(100 * in_time / n, 100 * (in_time + young + unread) / n), None


def _mean(calculation: str, given: Reach) -> tuple[float, Reach, Reach]:
    found = re.search(rf"; ({_NUMBER}) / (\d+), sum of squares ({_NUMBER})", calculation)
    assert found, calculation
    total, n, squares = float(found[1]), int(found[2]), float(found[3])
    deviation = math.sqrt((squares - total * total / n) / (n - 1))
    half = stats.t.ppf(1 - given.alpha, n - 1) * deviation / math.sqrt(n)
    return total / n, Reach(total / n, total / n), Reach(total / n - half, total / n + half)


def _nps(calculation: str, given: Reach) -> tuple[float, Reach, Reach]:
    """S. Rocks (2016): three quarters of a promoter and of a detractor, and one and a half passives, are added."""
    found = re.search(r"100 \* \((\d+) - (\d+)\) / (\d+)", calculation)
    assert found, calculation
    up, down, n = map(int, found.groups())
    p, d, whole = (up + 0.75) / (n + 3), (down + 0.75) / (n + 3), n + 3
    half = stats.norm.ppf(1 - given.alpha) * math.sqrt((p + d - (p - d) ** 2) / whole)
    value = 100 * (up - down) / n
    return value, Reach(value, value), Reach(100 * (p - d - half), 100 * (p - d + half))


def _ratio(calculation: str, given: Reach) -> tuple[float, Reach, Reach]:
    """E. C. Fieller: the ratios that the difference of both means from nothing does not refute."""
    found = re.search(
        rf"; ({_NUMBER}) / ({_NUMBER}), (\d+) records, sums of squares ({_NUMBER}) and ({_NUMBER}), of products ({_NUMBER})",
        calculation,
    )
    assert found, calculation
    top, below, n, xx, yy, xy = (float(x) for x in found.groups())
    t = stats.t.ppf(1 - given.alpha, n - 1) ** 2 / (n * (n - 1))
    x, y = top / n, below / n
    a = y * y - t * (yy - n * y * y)
    b = x * y - t * (xy - n * x * y)
    c = x * x - t * (xx - n * x * x)
    root = math.sqrt(b * b - a * c)
    return top / below, Reach(top / below, top / below), Reach((b - root) / a, (b + root) / a)


def _percentile(told: Printed, given: Reach) -> tuple[float, Reach, Reach]:
    """Nearest rank; the places of the interval are those of the binomial distribution."""
    named = re.match(rf"percentile ({_NUMBER})", told["criterion"])
    share = float(named[1]) / 100 if named else 0.5
    found = re.search(r"nearest rank\); (place .*?)(?:;|$)", told["calculation"])
    assert found, told["calculation"]
    at = {int(place): float(value) for place, value in re.findall(rf"place (\d+): ({_NUMBER})", found[1])}
    n = told.sum[1]
    middle = math.ceil(share * n - 1e-9)
    low = int(stats.binom.ppf(given.alpha, n, share))
    low = low if stats.binom.cdf(low - 1, n, share) <= given.alpha else low - 1
    high = int(stats.binom.ppf(1 - given.alpha, n, share)) + 1
    value = at[middle]
    return value, Reach(value, value), Reach(at.get(low, -math.inf), at.get(high, math.inf))


def _check_units(told: Printed, target: float, *, least: bool) -> None:
    """Recompute what is printed of each unit; where units are corrected, those that miss do so step by step (Holm)."""
    shares, printed_as = [], {}
    for text, interval in told.units:
        found = re.match(
            r"(\w+ .*?): (\d+) records?: (\d+) met, (\d+) not met .*?: [\d.]+ %, (met|missed|not shown)", text
        )
        given = _interval(f"({interval}") if interval else None
        if given is None or not re.search(r"\(Wilson", interval) or not found:
            continue
        k, n = int(found[3]), int(found[2])
        reach = wilson(k, n, given)
        assert near(given.low, reach.low), text
        assert near(given.high, reach.high), text
        shares.append((found[1], k, n))
        printed_as[found[1]] = found[5]
    if shares:
        assert printed_as == _stepped(shares, target, least=least)


def _stepped(units: Sequence[tuple[str, int, int]], target: float, *, least: bool) -> dict[str, str]:
    """S. Holm (1979): what misses at the confidence for all is set aside, then for those that are left, and so on."""
    left, found = list(units), {}
    while left:
        strict = Reach(0, 0, 1 - 0.05 / len(left))
        bad = [u for u in left if _standing(wilson(u[1], u[2], strict), target, least=least) == "missed"]
        if not bad:
            break
        found.update({u[0]: "missed" for u in bad})
        left = [u for u in left if u not in bad]
    for name, k, n in left:
        plain = _standing(wilson(k, n, Reach(0, 0)), target, least=least)
        found[name] = "not shown" if plain == "missed" else plain
    return found


def _check_verdict(told: Printed, standing: str) -> None:
    """Hold the verdict against the standing of the whole; few records may be judged one by one."""
    if standing in {"met", "missed"}:
        assert told.result == {"met": "pass", "missed": "fail"}[standing]
        return
    assert told.result in {"insufficient", "not-applicable"}
    check_few(told)


def check_few(told: Printed) -> None:
    """Where a rule does not apply, its records are no more than are read one by one, and each is known."""
    if told.result == "not-applicable":
        population, met, _, unread = told.sum
        rate = told.all("measure") and told["measure"].startswith("rate")
        limit = next(
            value for name, value in told.given.items() if f"of param('{name}') records or fewer" in told["criterion"]
        )
        assert 0 < (met if rate else population) <= limit
        assert unread == 0
        assert re.match(
            r"Too few for a statistic, so they are judged one by one: \S+, \d+ of \d+ records", told["because"]
        )


# ---------------------------------------------------------------- series


def check_series(told: Printed) -> None:
    """Recompute a trend, or a control chart, from its printed points, and the verdict."""
    if any("limits" in line for line in told.all("point")):
        _check_chart(told)
    elif "S = rises" in told["calculation"]:
        _check_trend(told)
    else:
        few = re.search(
            r"(\d+) (?:values? cannot show a trend: it takes (\d+)|whole periods are no more than the baseline of (\d+))",
            told["because"],
        )
        assert few, told["because"]
        if few[2]:
            assert int(few[1]) == sum(value is not None for _, value, _ in _points(told)) < int(few[2])
        assert told.result in {"insufficient", "not-applicable"}
        check_few(told)


def _points(told: Printed) -> list[tuple[str, float | None, int]]:
    found = (re.match(rf"(\S+): (?:({_NUMBER})[^(]*|no value )\((\d+) records\)", line) for line in told.all("point"))
    return [(one[1], None if one[2] is None else float(one[2]), int(one[3])) for one in found if one]


def _check_trend(told: Printed) -> None:
    calculation, series = told["calculation"], told["series"]
    found = re.search(rf"over all pairs = (-?\d+), variance ({_NUMBER}), p = (?:({_NUMBER})|less than)", calculation)
    assert found, calculation
    values = [(place, value) for place, (_, value, _) in enumerate(_points(told)) if value is not None]
    pairs = [(y - x, j - i) for n, (i, x) in enumerate(values) for j, y in values[n + 1 :]]
    s = sum((rise > 0) - (rise < 0) for rise, _ in pairs)
    variance = float(found[2])
    assert s == int(found[1])
    if "mann-kendall" in series.lower() and "seasonal" not in series.lower():
        n, ties = len(values), [v for _, v in values]
        sizes = [ties.count(v) for v in set(ties)]
        plain = (n * (n - 1) * (2 * n + 5) - sum(t * (t - 1) * (2 * t + 5) for t in sizes)) / 18
        assert math.isclose(variance, plain, rel_tol=1e-3)
    p = 2 * stats.norm.sf((abs(s) - 1) / math.sqrt(variance)) if s else 1.0
    assert math.isclose(p, float(found[3]), abs_tol=2e-4) if found[3] else p < 0.0001
    by = re.search(r", by (month|quarter|year) of", told["criterion"])
    assert by
    slope = re.match(rf"slope ({_NUMBER})(?: percentage points| %)? a year, ({_NUMBER}) ?%? ?to ({_NUMBER})", series)
    assert slope, series
    middle, low, high = (float(x) for x in slope.groups())
    slopes = sorted(rise / gap * _PER_YEAR[by[1]] for rise, gap in pairs)
    assert math.isclose(middle, statistics.median(slopes), abs_tol=0.03)
    reach = stats.norm.ppf(0.975) * math.sqrt(variance)
    for end, rank in ((low, (len(slopes) - reach) / 2), (high, (len(slopes) + reach) / 2)):
        near_by = slopes[max(0, math.floor(rank) - 2) : math.ceil(rank) + 2]
        assert near_by[0] - 0.03 <= end <= near_by[-1] + 0.03
    _check_way(told, s, p, (middle, low, high))


def _check_way(told: Printed, s: int, p: float, slope: tuple[float, float, float]) -> None:
    """Hold the slope against what is tolerated."""
    way = re.search(r"must not (fall|rise)(?: by more than param\('(\w+)'\))?", told["criterion"])
    assert way
    tolerated = told.given[way[2]] if way[2] else 0.0
    sign = 1 if way[1] == "fall" else -1
    _, low, high = slope if sign == 1 else (-slope[0], -slope[2], -slope[1])
    shown = p <= 0.05 and s != 0
    badly = shown and (s * sign < 0)
    if badly and (high < -tolerated or not tolerated) and slope[0]:
        assert told.result == "fail"
    elif low >= -tolerated and (tolerated or (shown and not badly and slope[0])):
        assert told.result == "pass"
    else:
        assert told.result in {"insufficient", "not-applicable"}
        check_few(told)


def _check_chart(told: Printed) -> None:
    """Recompute centre and limits of each point from the baseline, and which points ask what happened."""
    kind = re.search(r"(\S+) chart, the first (\d+) of (\d+) points", told["series"])
    assert kind, told["series"]
    baseline, spots = int(kind[2]), _points(told)
    values = [value for _, value, _ in spots if value is not None]
    sizes = [size for _, _, size in spots]
    assert len(values) == int(kind[3])
    limits, centre = _limits(kind[1], values, sizes, baseline)
    asked = []
    for line, value, (low, high) in zip(told.all("point"), values, limits, strict=True):
        printed = re.search(rf"limits (none|{_NUMBER})[^t]*to (none|{_NUMBER})", line)
        assert printed, line
        for shown, end in ((printed[1], low), (printed[2], high)):
            assert (end is None) if shown == "none" else (end is not None and near(float(shown), end)), (
                line,
                low,
                high,
            )
        asked.append("beyond" if (low is not None and value < low) or (high is not None and value > high) else "")
    for place in range(baseline, len(values)):
        last = values[max(0, place - 7) : place + 1]
        run = len(last) == 8 and (all(v > centre for v in last) or all(v < centre for v in last))
        line = told.all("point")[place]
        if asked[place] and _watched(told, value=values[place], centre=centre):
            assert "the limit of" in line, line
        if "the limit of" in line:
            assert asked[place], line
        if "eight in a row" in line:
            assert run, line
    signals = any("limit of" in x or "in a row" in x for x in told.all("point"))
    if not signals and "there was nothing to react to" in told["because"]:
        assert told.result in {"pass", "manual"}  # as the rule says what no signal means
        return
    assert told.result == ("manual" if signals else "pass")


def _watched(told: Printed, *, value: float, centre: float) -> bool:
    side = re.search(r"(high|low) values are watched", told["criterion"])
    return side is None or (side[1] == "high") == (value > centre)


def _limits(
    kind: str, values: Sequence[float], sizes: Sequence[int], baseline: int
) -> tuple[list[tuple[float | None, float | None]], float]:
    """Give three standard deviations on either side, as W. Shewhart has it."""
    first = values[:baseline]
    if kind == "XmR":
        centre = statistics.fmean(first)
        reach = 3 * statistics.fmean(abs(b - a) for a, b in pairwise(first)) / 1.128
        return [(centre - reach, centre + reach)] * len(values), centre
    if kind == "p":
        hits = [round(v / 100 * n) for v, n in zip(first, sizes, strict=False)]
        share = sum(hits) / sum(sizes[:baseline])
        found = [3 * math.sqrt(share * (1 - share) / n) for n in sizes]
        return [(100 * max(0.0, share - r), 100 * min(1.0, share + r)) for r in found], 100 * share
    assert kind == "u"
    centre = statistics.fmean(first)
    return [(max(0.0, centre - 3 * math.sqrt(centre)), centre + 3 * math.sqrt(centre))] * len(values), centre
