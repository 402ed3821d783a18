"""Control charts of records, through the public path."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from measuring import judged

from qmscheck.model import Verdict

SIGNAL = 'signal = { on = "opened", by = "month", baseline = 12 }\n'


def monthly(counts: Sequence[int]) -> list[dict[str, object]]:
    """Give so many records of each month, from January 2023."""
    months = [dt.date(2023 + i // 12, 1 + i % 12, 1) for i in range(len(counts))]
    return [
        {"id": f"{day}-{k}", "opened": day + dt.timedelta(days=k)}
        for day, number in zip(months, counts, strict=True)
        for k in range(number)
    ]


def test_a_run_that_begins_in_the_baseline_and_goes_on_asks_what_happened() -> None:
    """The centre is 6; from the fifth month on all lie above it: the ninth of them is the first after the baseline."""
    found = judged(SIGNAL, monthly([4] * 4 + [7] * 32))
    assert found.verdict is Verdict.MANUAL
    assert (
        "1 signal in 24 points after the baseline (u chart): 2024-01: eight in a row above the centre." in found.reason
    )


def test_a_series_that_never_moves_has_no_signal() -> None:
    found = judged(SIGNAL, monthly([5] * 36))
    assert found.verdict is Verdict.PASS
    assert "baseline itself" not in found.reason


RATE = SIGNAL + 'measure = { rate = { table = "customers", on = "since" } }\n'
REACTION = SIGNAL.replace("12 }", '12, reaction = { table = "actions", on = "done", days = "days" } }')


def test_a_rate_whose_exposure_cannot_be_placed_shows_nothing() -> None:
    """A signal of a rate is one of both its sides: what it is counted against may hide one as well."""
    customers = [
        {"id": f"{n}-{k}", "since": dt.date(2023 + n // 12, 1 + n % 12, 1 + k)} for n in range(36) for k in range(25)
    ]
    assert judged(RATE, monthly([5] * 36), customers).verdict is Verdict.PASS
    found = judged(RATE, monthly([5] * 36), [*customers, {"id": "x", "since": "spring"}])
    assert found.verdict is Verdict.INSUFFICIENT
    assert found.reason.startswith("Not shown: 1 record cannot be placed in the chart, or not be read.")


def test_a_time_to_react_beyond_the_calendar_is_not_over() -> None:
    actions = [{"id": "1", "done": dt.date(2020, 1, 1)}]
    found = judged(REACTION, monthly([5] * 30 + [30] + [5] * 5), actions=actions, params={"days": 10**10})
    assert found.verdict is Verdict.INSUFFICIENT
    assert "(no reaction by 9999-12-31). The time allowed is not over." in found.reason
