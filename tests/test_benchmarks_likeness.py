"""Copies of texts are told, and nothing else is: held against runs of words that were counted in full."""

from __future__ import annotations

from pathlib import Path

import pytest
from likeness import forms, made, main, measured, real

_EVIDENCE = Path(__file__).parent / "evidence" / "gstt-csc-qms"


@pytest.mark.parametrize("length", [60, 100, 150, 200])
def test_no_copy_of_a_short_text_is_missed_and_none_is_told_wrongly(length: int) -> None:
    for texts in (made(length, 25, 1), forms(length, 25, 2), real(_EVIDENCE, length, 25, 3)):
        told = measured(texts)
        assert told.copied > 20
        assert told.shares == (1.0, 1.0)


def test_of_long_texts_nine_in_ten_copies_are_told_and_nine_in_ten_told_are_copies() -> None:
    told = measured(made(1500, 20, 1))
    assert told.copied > 20
    assert min(told.shares) >= 0.9


def test_each_kind_and_length_has_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--families", "2", "--evidence", str(_EVIDENCE)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1 + 3 * 8
    assert lines[2].split()[:2] == ["made", "60"]
