"""Keys that stand more than once, where no rule asks for it, are told: each of these records counts by itself."""

from __future__ import annotations

from pathlib import Path

import folders
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qmscheck.engine import EngineError, OutOfMemoryError
from qmscheck.judge.counting import keys, planner
from qmscheck.judge.counting.small import Fetched
from qmscheck.model import Limit, Verdict

TABLE = """
[table.orders]
purpose = "Every order"
key = {key}
[table.orders.columns]
order_id = {{ type = "text" }}
line = {{ type = "integer" }}
owner = {{ type = "text" }}
"""
FILLED = 'title = "Owners"\neach = "orders"\nmust = "filled(owner)"\nstatement = "{unmet} without an owner."\n'
ONCE = 'title = "Once"\neach = "orders"\nunique = ["order_id"]\nstatement = "{unmet} twice."\n'


def told(
    folder: Path,
    cells: str,
    *,
    head: str = "order_id,line,owner\n",
    key: str = '"order_id"',
    rules: tuple[str, ...] = (FILLED,),
    more: str = "",
    tables: str = "",
) -> tuple[list[str], Verdict]:
    """Audit orders of some cells; give what is told of their keys, and the verdict of the first rule."""
    (folder / "orders.csv").write_text(head + cells, "utf-8")
    forms = "".join(f'\n[[rule]]\nid = "T.{n}"\nobligation = "T"\n{one}' for n, one in enumerate(rules))
    asked = folders.HEADER + (tables or TABLE.format(key=key)) + forms
    found = folders.audited(folder, asked, f'\n[[source]]\ntable = "orders"\npath = "orders.csv"\n{more}')
    of_keys = [one for one in found.limits if one.reason in {"keys that stand more than once", "keys not looked at"}]
    assert all(one == Limit(kind="table", id="orders", reason=one.reason, detail=one.detail) for one in of_keys)
    return [one.detail for one in of_keys], found.finding("T.0").verdict


def test_a_key_that_stands_more_than_once_is_told_and_decides_nothing(tmp_path: Path) -> None:
    assert told(tmp_path, "A,1,Eve\nA,2,Eve\nB,1,Eve\nA,3,Eve\n") == (
        ["3 of 4 records share their order_id with another: each of them counts, and no rule asks that it stands once"],
        Verdict.PASS,
    )


def test_nothing_is_told_where_each_key_stands_once(tmp_path: Path) -> None:
    assert told(tmp_path, "A,1,Eve\na,1,Eve\nB,1,Eve\n") == ([], Verdict.PASS)


def test_blank_keys_are_not_the_same_key(tmp_path: Path) -> None:
    assert told(tmp_path, ",1,Eve\n,2,Eve\nB,1,Eve\n")[0] == []


def test_nothing_is_told_where_a_rule_asks_that_each_stands_once(tmp_path: Path) -> None:
    cells = "A,1,Eve\nA,2,Eve\n"
    assert told(tmp_path, cells, rules=(FILLED, ONCE))[0] == []
    of_some = ONCE.replace("unique", "where = \"owner = 'Eve'\"\nunique")
    assert told(tmp_path, cells, rules=(FILLED, of_some))[0] != []
    more_than_the_key = ONCE.replace('["order_id"]', '["order_id", "line"]')
    assert told(tmp_path, cells, rules=(FILLED, more_than_the_key))[0] != []


def test_a_key_of_two_columns_is_the_same_where_both_are(tmp_path: Path) -> None:
    key = '["order_id", "line"]'
    assert told(tmp_path, "A,1,Eve\nA,2,Eve\nB,1,Eve\n", key=key)[0] == []
    (one,) = told(tmp_path, "A,1,Eve\nA,1,Ann\nB,1,Eve\n", key=key)[0]
    assert one.startswith("2 of 3 records share their order_id and line with another")
    assert told(tmp_path, "A,1,Eve\nA,1,Ann\n", key=key, rules=(FILLED, ONCE))[0] == []  # no order stands twice


def test_half_a_key_is_no_key(tmp_path: Path) -> None:
    assert told(tmp_path, "A,Eve\nA,Eve\n", head="order_id,owner\n", key='["order_id", "line"]')[0] == []


def test_a_table_that_no_rule_judges_is_not_asked(tmp_path: Path) -> None:
    """Whether something is found in it does not depend on how often it is there."""
    (tmp_path / "returns.csv").write_text("order_id,line,owner\nA,1,Eve\n", "utf-8")
    known = 'title = "Known"\neach = "returns"\nhas = { table = "orders", on = ["order_id"] }\nstatement = "{unmet}."\n'
    more = '[[source]]\ntable = "returns"\npath = "returns.csv"\n'
    tables = TABLE.format(key='"order_id"') + TABLE.format(key='"order_id"').replace("orders", "returns")
    assert told(tmp_path, "A,1,Eve\nA,2,Eve\n", rules=(known,), more=more, tables=tables) == ([], Verdict.PASS)


@pytest.mark.parametrize("kind", [EngineError, OutOfMemoryError])
def test_what_an_engine_refuses_is_told_and_costs_no_audit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: type[EngineError]
) -> None:
    def refused(*_given: object) -> int:
        raise kind("no such thing")

    monkeypatch.setattr(Fetched, "repeated", property(refused))
    assert told(tmp_path, "A,1,Eve\n" * 2) == ([str(kind("no such thing"))], Verdict.PASS)


@given(st.lists(st.sampled_from(["A", "B", "C", "D", "", "E\u0301", "É"]), min_size=2, max_size=12))
@settings(max_examples=25)
def test_a_large_table_tells_what_a_small_one_tells(tmp_path_factory: pytest.TempPathFactory, ids: list[str]) -> None:
    folder = tmp_path_factory.mktemp("keys")
    cells = "".join(f"{one},{n},Eve\n" for n, one in enumerate(ids))
    small = told(folder, cells)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(planner, "SMALL", 0)
        patch.setattr(keys, "SMALL", 0)
        assert told(folder, cells) == small
    shared = sum(ids.count(one) > 1 for one in ids if one)
    assert [int(one.split()[0]) for one in small[0]] == ([shared] if shared else [])


@pytest.mark.parametrize("small", [2000, 0])
def test_keys_that_are_names_of_persons_are_not_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, small: int
) -> None:
    """What stands for a name that no rule compares is the same for all."""
    monkeypatch.setattr(planner, "SMALL", small)
    monkeypatch.setattr(keys, "SMALL", small)
    named = 'order_id = { type = "text", sensitivity = "personal" }'
    tables = TABLE.format(key='"order_id"').replace('order_id = { type = "text" }', named)
    assert told(tmp_path, "Eve Adams,1,x\nAnn Byrd,2,x\nAnn Byrd,3,x\n", tables=tables)[0] == []
