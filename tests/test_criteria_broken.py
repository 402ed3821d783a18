"""Each mistake that a ruleset can hold is told whole: place, frame and hint stand beside the broken file.

QMSCHECK_UPDATE_GOLDENS=1 writes the texts anew; read the difference before it is committed.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from qmscheck.criteria import load
from qmscheck.errors import QmscheckError

BROKEN = Path(__file__).parent / "rulesets" / "broken"
CASES = sorted(path for path in BROKEN.iterdir() if path.suffix == ".toml" or path.is_dir())


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_broken_ruleset_is_refused_with_its_whole_message(path: Path) -> None:
    with pytest.raises(QmscheckError) as error:
        load([(path.name, path)])
    told = f"{error.value}\n"
    golden = path.with_suffix(".txt")
    if os.environ.get("QMSCHECK_UPDATE_GOLDENS") == "1":
        golden.write_text(told, encoding="utf-8", newline="\n")
    assert told == golden.read_text(encoding="utf-8")


def test_every_golden_has_its_ruleset() -> None:
    assert {path.stem for path in BROKEN.glob("*.txt")} == {path.stem for path in CASES}


def test_no_two_broken_rulesets_tell_the_same() -> None:
    told = [path.read_text(encoding="utf-8").partition(": ")[2] for path in BROKEN.glob("*.txt")]
    assert len(set(told)) == len(told) >= 40
