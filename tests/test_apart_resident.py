"""A process knows how much memory it has, or supposes what was measured of one that waits."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from qmscheck.apart.resident import resident


def test_the_second_number_that_the_system_tells_is_in_pages(tmp_path: Path) -> None:
    told = tmp_path / "statm"
    told.write_text("9000 700 300 1 0 500 0\n", "ascii")
    assert resident(told) == 700 * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.parametrize("text", ["", "7", "many pages"])
def test_what_tells_nothing_is_supposed(tmp_path: Path, text: str) -> None:
    told = tmp_path / "statm"
    told.write_text(text, "ascii")
    assert resident(told) == 40 << 20
    assert resident(tmp_path / "nothing") == 40 << 20


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells it there")
def test_this_process_has_what_it_was_given() -> None:
    before = resident()
    given = b"x" * (64 << 20)
    assert 48 << 20 <= resident() - before <= 128 << 20
    assert len(given) == 64 << 20
