"""docs/statistics.md names every function, and its lines give what it says."""

from __future__ import annotations

import doctest
import importlib
import inspect
from pathlib import Path

import pytest

PAGE = Path(__file__).parent.parent / "docs" / "statistics.md"
ROOMS = (
    "proportions",
    "differences",
    "finite",
    "samples",
    "rates",
    "scores",
    "survival",
    "trends",
    "seasons",
    "charts",
    "many",
)


def test_the_lines_of_the_page_give_what_it_says():
    failed, tried = doctest.testfile(str(PAGE), module_relative=False)
    assert failed == 0
    assert tried > 40


@pytest.mark.parametrize("room", ROOMS)
def test_the_page_names_every_function_of_a_room(room):
    module = importlib.import_module(f"qmscheck.statistics.{room}")
    text = PAGE.read_text("utf-8")
    functions = [n for n in module.__all__ if inspect.isfunction(getattr(module, n)) and n != "reaches"]
    assert functions
    assert [n for n in functions if f"`{room}.{n}`" not in text] == []


@pytest.mark.parametrize("room", [*ROOMS, "intervals", "quantiles", "autocorrelation"])
def test_every_public_function_says_what_it_does(room):
    module = importlib.import_module(f"qmscheck.statistics.{room}")
    assert [
        n for n in module.__all__ if inspect.isfunction(getattr(module, n)) and not getattr(module, n).__doc__
    ] == []
