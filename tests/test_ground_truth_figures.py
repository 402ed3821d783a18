"""The known figures of public data are said by plan, ruleset and audit: the same way over copies here and over the whole.

Each folder of `truth` holds the sources of a plan, rules, and which rule says which figure (`benchmarks/ground_truth.py`);
those with `evidence` hold a copy of what is needed of the data, with every row.
"""

from __future__ import annotations

import shutil
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path

import pytest

from qmscheck.model import Tally

_TRUTH = Path(__file__).parent / "truth"
_FOLDERS = sorted(path.name for path in _TRUTH.iterdir() if path.is_dir())
_COPIES = [name for name in _FOLDERS if (_TRUTH / name / "evidence").is_dir()]


@pytest.fixture(scope="module")
def script():
    """The script, as a person who runs it would have it."""
    sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
    try:
        import ground_truth

        yield ground_truth
    finally:
        sys.path.pop(0)


@pytest.mark.parametrize("name", _COPIES)
def test_each_figure_is_said_by_a_rule_or_has_a_reason(script, name: str) -> None:
    known = script.figures(_TRUTH / name / "evidence", name)
    assert {one.name: one.found for one in known if not one.holds} == {}
    assert len([one for one in known if not one.why_not]) > 6


@pytest.mark.parametrize("name", _FOLDERS)
def test_a_figure_is_either_said_or_explained(name: str) -> None:
    known = tomllib.loads((_TRUTH / name / "figures.toml").read_text("utf-8"))
    assert set(known["figures"]).isdisjoint(known.get("not_said", {}))
    assert all(len(why) > 20 for why in known.get("not_said", {}).values())


def test_a_figure_that_differs_is_named_and_the_exit_code_says_so(script, tmp_path: Path, capsys) -> None:
    shutil.copytree(_TRUTH / "telco-churn" / "evidence", tmp_path / "telco-churn")
    assert script.main(["--evidence", str(tmp_path)]) == 0
    assert "telco-churn: 7 of 7 figures as expected, 0 not said by a rule" in capsys.readouterr().out
    provenance = tmp_path / "telco-churn" / "PROVENANCE.toml"
    provenance.write_text(
        provenance.read_text("utf-8").replace("churn_yes = 1869", "churn_yes = 1870\nnew = 1"), "utf-8"
    )
    assert script.main(["--evidence", str(tmp_path)]) == 1
    told = capsys.readouterr().out
    assert "DIFFERS churn_yes" in told
    assert "neither said nor explained" in told


def test_without_the_folder_nothing_is_compared(script, tmp_path: Path, capsys) -> None:
    assert script.main(["--evidence", str(tmp_path / "nowhere")]) == 2
    assert "nothing was compared" in capsys.readouterr().err


def test_a_folder_without_rules_is_not_passed_over(script, tmp_path: Path, capsys) -> None:
    (tmp_path / "unknown").mkdir()
    (tmp_path / "unknown" / "PROVENANCE.toml").touch()
    assert script.main(["--evidence", str(tmp_path)]) == 1
    assert "unknown: no rules in tests/truth" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("way", "met", "found"),
    [
        ("says 477", 1, 477),
        ("says once per year", 3, "once per year"),
        ("says once per year", 0, None),
        ("always empty", 3, "empty"),
        ("always empty", 2, None),
        ("once H", 1, "H"),
        ("once H", 2, None),
        ("found 3", 0, None),
    ],
)
def test_a_text_is_said_only_where_its_rule_holds(script, way: str, met: int, found: object) -> None:
    tally = Tally(population=3, met=met, unmet=3 - met, unreadable=0, interval=None)
    how, _, text = way.partition(" ")
    assert script._said(_Finding(tally, ()), how, text) == found


def test_a_query_says_a_text_where_it_finds_a_record(script) -> None:
    assert (
        script._said(
            _Finding(Tally(population=3, met=2, unmet=1, unreadable=0, interval=None), ("one",)), "found", "372"
        )
        == 372
    )


@pytest.mark.parametrize(("met", "found"), [(3, True), (2, False), (0, False)])
def test_all_of_a_population_is_said_of_some_records_only(script, met: int, found: bool) -> None:
    assert script._of(Tally(population=3, met=met, unmet=3 - met, unreadable=0, interval=None), "all") is found
    assert script._of(Tally(population=0, met=0, unmet=0, unreadable=0, interval=None), "all") is False


@dataclass(frozen=True)
class _Finding:
    """As much of a finding as a figure looks at."""

    tally: Tally
    exceptions: tuple[str, ...]
    reason: str = ""
