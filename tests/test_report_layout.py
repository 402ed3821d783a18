"""Lines are folded as rich folds them, and rich is asked only where a character may be wider than one cell."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import get_character_cell_size
from rich.console import Console
from rich.text import Text

from qmscheck.hookspecs import RenderOptions
from qmscheck.report.layout import _NARROW, Line, _folded, labelled, printed, unbroken

NARROW = [chr(code) for code in range(0x20, 0x10000) if _NARROW.fullmatch(chr(code)) and chr(code).isprintable()]
words = st.text(st.sampled_from("ab é-“\u00a0\ue000"), max_size=60)


def by_rich(text: str, room: int) -> list[str]:
    console = Console(width=room)
    return [row.plain.rstrip() for row in Text(text).wrap(console, room, overflow="fold")]


@given(st.one_of(words, st.text(st.sampled_from(NARROW), max_size=80)), st.integers(1, 30))
@example("", 5)
@example("     ", 3)
@example("  abcdefgh", 3)
@example("ab abcdefghij k", 4)
@example("abcd efgh", 4)
@example("abcd  efgh ", 5)
def test_a_narrow_text_is_folded_as_by_rich_and_nothing_is_lost(text: str, room: int) -> None:
    rows = _folded(text, room)
    assert [row.rstrip() for row in rows] == by_rich(text, room)
    assert "".join(rows) == text


@given(st.text(st.sampled_from("ab 漢字\U0001f600e\u0301"), max_size=60), st.integers(4, 30))
def test_any_other_text_is_folded_by_rich(text: str, room: int) -> None:
    assert [row.rstrip() for row in _folded(text, room)] == by_rich(text, room)


def test_every_narrow_character_is_one_cell_wide() -> None:
    assert len(NARROW) > 500
    assert {get_character_cell_size(character) for character in NARROW} == {1}


@pytest.mark.parametrize("color", [False, True])
def test_a_wide_text_fits_on_the_page(color: bool) -> None:
    text = printed([labelled("Found", "漢字" * 40)], RenderOptions(width=60, color=color))
    assert (text.count("漢"), text.count("字")) == (40, 40)
    assert len(text.splitlines()) == 4


def test_colour_changes_nothing_but_colour() -> None:
    lines = [Line("Title", style="bold"), labelled("Where", unbroken("a path/with blanks.csv") + " word" * 30), Line()]
    plain, colored = (printed(lines, RenderOptions(width=60, color=color)) for color in (False, True))
    assert Text.from_ansi(colored).plain.rstrip() == plain.rstrip()
    assert "\x1b[1mTitle\x1b[0m" in colored


def test_a_plain_report_needs_no_rich() -> None:
    script = (
        "import sys\nfrom qmscheck.hookspecs import RenderOptions\nfrom qmscheck.report.layout import labelled, printed\n"
        "printed([labelled('Found', 'Größe ' * 40)], RenderOptions())\n"
        "sys.exit('rich' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
