"""What is measured is told as it was: three ratios, targets, and commands that fail or take too long."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from audited import differences, of_record
from fresh import Command, Cost, Failed, interleaved, paired, run
from told import table, target

_WELL = Command((sys.executable, "-c", "print('well')"))
_ILL = Command((sys.executable, "-c", "raise SystemExit('it is ill')"))


def test_the_three_ratios_are_the_median_of_rounds_the_best_rounds_and_cpu_seconds() -> None:
    ours = [Cost(2, 3, 1), Cost(4, 6, 1), Cost(9, 9, 1)]
    others = [Cost(1, 2, 1), Cost(4, 3, 1), Cost(3, 4, 1)]

    assert paired(ours, others) == (2, 2, 2)
    assert paired(others, ours) == (0.5, 0.5, 0.5)


def test_a_command_that_fails_ends_all_with_its_last_words() -> None:
    with pytest.raises(Failed, match="ended with 1:\nit is ill"):
        interleaved({"well": _WELL, "ill": _ILL}, 1)


def test_a_command_that_fails_is_told_and_left_out_where_the_others_are_to_go_on() -> None:
    lost: list[str] = []

    costs = interleaved({"ill": _ILL, "well": _WELL}, 2, lambda name, failure: lost.append(f"{name}: {failure}"))

    assert list(costs) == ["well"]
    assert len(costs["well"]) == 2
    assert [line.partition(":")[0] for line in lost] == ["ill"]


def test_a_command_that_takes_longer_than_it_may_is_ended() -> None:
    with pytest.raises(Failed, match=r"ended with -9 after its 0 s"):
        run(Command((sys.executable, "-c", "import time; time.sleep(60)"), limit=0.2))


def test_a_table_has_a_line_for_each_candidate(capsys: pytest.CaptureFixture[str]) -> None:
    table({"ours": [Cost(2, 3, 100)], "theirs": [Cost(1, 2, 50)]}, "theirs")

    lines = capsys.readouterr().out.splitlines()
    assert lines[2:] == [
        "| ours | 2.00 | 2.00 | 3.00 | 100 | 2.00 | 2.00 | 1.50 |",
        "| theirs | 1.00 | 1.00 | 2.00 | 50 | 1.00 | 1.00 | 1.00 |",
    ]
    assert len({line.count("|") for line in lines}) == 1


@pytest.mark.parametrize(
    ("most", "least", "missed"), [(2, None, False), (1.9, None, True), (None, 2, False), (None, 2.1, True)]
)
def test_a_target_is_met_on_its_bound_and_missed_beyond(
    most: float | None, least: float | None, missed: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    assert target("ours / theirs", 2.0, most=most, least=least) is missed
    assert capsys.readouterr().out.rstrip().endswith("missed" if missed else "met")


def test_a_rule_whose_records_could_not_all_be_read_has_no_answer_and_so_differs(tmp_path: Path) -> None:
    record = tmp_path / "record.json"
    tally = '{"rule": "B-1.%s", "tally": {"population": 9, "met": 8, "unreadable": %d}}'
    none = '{"rule": "B-1.c", "tally": null}'
    record.write_text(f'{{"findings": [{tally % ("a", 0)}, {tally % ("b", 1)}, {none}]}}', "utf-8")

    audited = of_record(record)

    assert audited == {"a": (9, 8)}
    assert differences(audited, {"a": (9, 8), "b": (9, 8)}) == ["b: audit None, by hand (9, 8)"]
