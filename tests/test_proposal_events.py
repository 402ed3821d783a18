"""Lists that are logs of events: told by their name, or asked for where only their rows look like it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from proposing import AS_OF, RULESET, proposed, ruleset, written

from qmscheck import plan, plugins
from qmscheck.plan import Overrides
from qmscheck.proposal import Proposal
from qmscheck.proposal.events import Events
from qmscheck.proposal.writing import plan_text

HEAD = "complaint no;date received;state;changed at;mod count\n"
ROWS = [
    f"R-{case};0{case}.02.2026;{state};{dt.date(2026, 2, 10 + step):%d.%m.%Y} 1{case}:00;{step}\n"
    for case in range(1, 5)
    for step, state in enumerate(("new", "open", "done"))
]


def _proposed(tmp_path: Path, name: str, rows: list[str], head: str = HEAD) -> Proposal:
    return proposed(tmp_path, {name: head + "".join(rows)})


def _text(tmp_path: Path, found: Proposal) -> str:
    return plan_text(found, ruleset(tmp_path), organization="O", rulesets=["shop.toml"], before=None)


def test_a_log_by_its_name_is_proposed_as_cases(tmp_path: Path) -> None:
    found = _proposed(tmp_path, "complaint event log.csv", ROWS)
    text = _text(tmp_path, found)

    assert found.tables[0].events == Events(
        "complaint no", "changed at", "timestamp", ("%d.%m.%Y %H:%M",), rows=12, cases=4, sure=True
    )
    assert (
        '\n[source.cases]\nkey = "complaint no"\norder = { from = "changed at", format = "%d.%m.%Y %H:%M" }\n' in text
    )
    assert "# A log, by its name: 'complaint no' has 4 values in 12 rows, and 'changed at' differs in each." in text


def test_a_list_that_only_looks_like_a_log_is_asked(tmp_path: Path) -> None:
    text = _text(tmp_path, _proposed(tmp_path, "complaints.csv", ROWS))

    assert "# ? 'complaint no' has 4 values in 12 rows" in text
    assert '\n# [source.cases]\n# key = "complaint no"\n# order = { from = "changed at"' in text
    assert "what is its key?" in text


def test_a_counter_orders_events_that_have_no_time(tmp_path: Path) -> None:
    rows = [";".join([*row.split(";")[:3], row.rpartition(";")[2]]) for row in ROWS]
    found = _proposed(tmp_path, "complaint log.csv", rows, HEAD.replace("changed at;", ""))
    events = found.tables[0].events

    assert events is not None
    assert (events.order, events.type, events.formats) == ("mod count", "number", ())
    assert 'order = { from = "mod count", type = "number" }' in _text(tmp_path, found)


@pytest.mark.parametrize(
    ("rows", "head"),
    [
        ([row for row in ROWS if row.rstrip().endswith(";0")], HEAD),  # each case once
        ([*ROWS[:3], *ROWS[:3]], HEAD),  # doubles, which nothing puts in order
        (
            [f"R-{n % 3};0{n % 3 + 1}.02.2026;new;K{n}\n" for n in range(12)],
            "complaint no;date received;state;customer\n",
        ),
    ],
)
def test_doubles_and_lists_without_an_order_are_no_logs(tmp_path: Path, rows: list[str], head: str) -> None:
    assert _proposed(tmp_path, "complaint log.csv", rows, head).tables[0].events is None


def test_what_is_proposed_is_a_plan_that_makes_one_record_of_each_case(tmp_path: Path) -> None:
    text = _text(tmp_path, _proposed(tmp_path, "complaint event log.csv", ROWS))
    folder = written(tmp_path / "folder", {"qmscheck.toml": text, "shop.toml": RULESET})
    known = plugins.load(())
    (source,) = plan.read(folder, known.readers, Overrides(AS_OF), known.rulesets).plan.sources

    assert source.cases is not None
    assert (source.cases.key, source.cases.order.formats) == ("complaint no", ("%d.%m.%Y %H:%M",))
