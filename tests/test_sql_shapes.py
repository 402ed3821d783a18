"""A pattern of fixed shape and its GLOB are true of the same texts."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qmscheck.sql.shapes import shape_of

ATOMS = st.sampled_from(["A", "7", " ", "-", "[0-9]", "[A-Z]", "[a-z0-9]", "[x]", "[A-Za-z]", "#"])
TIMES = st.sampled_from(["", "{1}", "{3}", "{0}"])
LETTERS = st.sampled_from(["A", "7", " ", "-", "z", "x", "#", "Z", "é", "\n", "9", "*", "[", "\u0660"])


@pytest.mark.parametrize(
    ("pattern", "shape"),
    [
        ("^L-20[0-9]{2}$", "L-20[0-9][0-9]"),
        ("^[A-Z]{2}$", "[A-Z][A-Z]"),
        ("^a.b$", None),
        ("^a+$", None),
        ("^a|b$", None),
        ("^[^a]$", None),
        ("a", None),
        ("^$", None),
        ("^x{0}$", None),
        ("^a*[?]$", None),
        ("^(a)$", None),
        ("^\\d$", None),
        ("^[0-9]{2,3}$", None),
    ],
)
def test_only_a_pattern_for_whole_texts_of_one_length_has_a_shape(pattern: str, shape: str | None) -> None:
    assert shape_of(pattern) == shape


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(ATOMS, TIMES), min_size=1, max_size=4),
    st.lists(st.lists(LETTERS, max_size=5).map("".join), min_size=1, max_size=12),
)
def test_a_shape_is_true_of_the_texts_that_its_pattern_matches(pieces: list[tuple[str, str]], texts: list[str]) -> None:
    pattern = "^" + "".join(atom + times for atom, times in pieces) + "$"
    shape = shape_of(pattern)
    if shape is None:
        return
    near = "".join(
        {"[0-9]": "4", "[A-Z]": "Q", "[a-z0-9]": "q", "[x]": "x", "[A-Za-z]": "m"}.get(a, a) for a, _ in pieces
    )
    with duckdb.connect() as connection:
        asked = "select count(*) from unnest($texts) t(t) where (t glob $shape) is distinct from regexp_matches(t, $pattern)"
        given = {"texts": [*texts, near, f"{near}\n", shape], "shape": shape, "pattern": pattern}
        assert connection.execute(asked, given).fetchall() == [(0,)]
