"""What `qmscheck init` proposes for folders of which the truth is known: both examples and cuts of public data.

The truth and how it is counted are those of `benchmarks/init_truth.py`, which takes the whole folders where they are.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

_SCRIPT = Path(__file__).parents[1] / "benchmarks" / "init_truth.py"


def _loaded() -> ModuleType:
    spec = importlib.util.spec_from_file_location("init_truth", _SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["init_truth"] = module  # dataclasses look themselves up there
    spec.loader.exec_module(module)
    return module


_INIT = _loaded()
_TRUTHS = dict(_INIT.truths())


def test_the_truth_is_known_of_both_examples_and_of_nine_folders_of_public_data() -> None:
    assert {"pump-maker", "repair-shop"} < set(_TRUTHS)
    assert len(_TRUTHS) == 11


@pytest.mark.parametrize(("given", "code"), [("--help", 0), ("no-such-folder", 2)])
def test_whoever_asks_for_help_or_for_a_folder_that_is_not_known_starts_nothing(
    capsys: pytest.CaptureFixture[str], given: str, code: int
) -> None:
    with pytest.raises(SystemExit) as end:
        _INIT.main([given])
    assert end.value.code == code
    told = capsys.readouterr()
    assert "repair-shop" in told.out if code == 0 else "no truth of no-such-folder" in told.err
    assert "| folder |" not in told.out


@pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=[pytest.mark.unmeasured] * (n in {"pump-maker", "repair-shop"})) for n in sorted(_TRUTHS)],
)
def test_nine_of_ten_columns_are_proposed_right_and_no_date_format_is_wrong(name: str) -> None:
    found = _INIT.counted(name, _TRUTHS[name], small=True)

    assert found.columns >= 6
    assert found.dates_wrong == []
    assert found.share >= 0.9, [*found.asked, *found.wrong, *found.missed]
    assert len(found.wrong) <= 1, found.wrong
