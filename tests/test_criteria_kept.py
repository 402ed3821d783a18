"""Criteria that were found right before are recalled: the same nouns, tests and trees, and no mistake is ever missed."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import qmscheck_iso9001
import shared
from hypothesis import given
from hypothesis import strategies as st

from qmscheck import cache as cache_room
from qmscheck import criteria
from qmscheck.cache import Cache
from qmscheck.criteria import Criteria, kept, whole
from qmscheck.errors import QmscheckError
from qmscheck.sql.expression import Expression

SHIPPED = Path(qmscheck_iso9001.__file__).parent
FIRM = Path(__file__).parent / "rulesets" / "good" / "firm.toml"
EXAMPLES = Path(__file__).parents[1] / "examples"

DAYS = """\
[ruleset]
id = "days"
title = "Days"
standard = "S"
edition = "1"
version = "1"
language = "en"

[param.since]
type = "date"
default = 2026-01-02
min = 2025-01-01
origin = "convention"
title = "First day"

[param.label]
type = "text"
default = "2026-01-02"
origin = "convention"
title = "A label that looks like a day"

[param.factor]
type = "number"
default = 1.0
origin = "convention"
title = "A number that is whole"

[table.visits]
purpose = "Visits"
key = ["id", "made"]
[table.visits.columns]
id = { type = "text" }
made = { type = "date" }
label = { type = "text" }
count = { type = "integer" }

[[obligation]]
id = "O"
title = "O"
force = "requirement"
clauses = ["1"]
doc_info = "none"
statement = "S."
grade = "minor"
grade_why = "Because."
recommendation = "The manager acts."

[[rule]]
id = "R"
obligation = "O"
title = "R"
each = "visits"
must = "made >= param('since') and label = param('label') and count > param('factor')"
statement = "{unmet} of {population}."

[[rule.example]]
verdict = "pass"
given.visits = [{ id = "1", made = 2026-02-01, label = "2026-01-02", count = 2 }]
"""


def beside(place: Path, edition: str = "1") -> Cache:
    """Give the cache of a plan, beside which criteria are kept."""
    return cache_room.load(place, "a" * 64, edition)


def the_file(place: Path) -> Path:
    """Give the one file in which criteria were kept."""
    (file,) = place.iterdir()
    return file


def expressions(found: Criteria) -> list[Expression]:
    return list(kept._expressions(tuple(found.tests.values())))


def without_examples(found: Criteria) -> str:
    """Write criteria out, to the last type, as an audit has them."""
    return repr(kept._without_examples(found))


@pytest.fixture
def untouched(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody read a ruleset whole."""

    def never(*_: object) -> None:
        pytest.fail("a ruleset was read whole")

    monkeypatch.setattr(whole, "load", never)


@pytest.fixture
def days(tmp_path: Path) -> Path:
    file = tmp_path / "days.toml"
    file.write_text(DAYS, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    "path", [pytest.param(SHIPPED, id="shipped", marks=pytest.mark.unmeasured), pytest.param(FIRM, id="firm")]
)
def test_what_is_recalled_equals_what_was_read_whole_trees_included(path: Path, tmp_path: Path) -> None:
    plain = criteria.load([("x", path)])
    cold = criteria.load([("x", path)], beside(tmp_path))
    warm = criteria.load([("x", path)], beside(tmp_path))
    assert without_examples(plain) == repr(cold) == repr(warm)
    assert warm.ruleset == cold.ruleset
    assert {n: r.model_fields_set for n, r in warm.ruleset.rules.items()} == {
        n: r.model_fields_set for n, r in cold.ruleset.rules.items()
    }
    written = {e.fingerprint: e.tree.sql("duckdb") for e in expressions(plain)}
    assert len(written) > 2
    assert {e.fingerprint: e.tree.sql("duckdb") for e in expressions(warm)} == written


def test_the_rules_of_an_audit_have_no_examples_and_lint_sees_them_all(tmp_path: Path) -> None:
    for _ in ("cold", "warm"):
        found = criteria.load([("x", FIRM)], beside(tmp_path))
        assert not any(rule.example for rule in found.ruleset.rules.values())
    assert any(rule.example for rule in criteria.load([("x", FIRM)]).ruleset.rules.values())


def test_what_is_known_is_not_read_whole(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    criteria.load([("x", FIRM)], beside(tmp_path))
    request.getfixturevalue("untouched")
    assert criteria.load([("another name", FIRM)], beside(tmp_path)).tests


def test_a_warm_audit_imports_nothing_that_reads_rulesets(tmp_path: Path) -> None:
    script = (
        "import sys\nfrom qmscheck.cli import main\ncode = main(sys.argv[1:])\n"
        "print(sorted(m for m in sys.modules if m.startswith(('qmscheck.criteria', 'sqlglot'))), file=sys.stderr)"
    )
    command = [sys.executable, "-c", script, "audit", str(EXAMPLES / "repair-shop"), "--as-of", "2026-11-20"]
    environment = shared.unmeasured() | {"XDG_CACHE_HOME": str(tmp_path)}
    for _ in ("cold", "warm"):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    names = [f"qmscheck.criteria{room}" for room in ("", ".kept", ".scalars", ".targets")]
    assert done.stderr.splitlines()[-1] == str(names)


def test_a_tree_that_several_threads_ask_for_is_looked_up_in_criteria_read_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    criteria.load([("x", FIRM)], beside(tmp_path))
    warm = criteria.load([("x", FIRM)], beside(tmp_path))
    calls = []
    load = whole.load
    monkeypatch.setattr(whole, "load", lambda *given: calls.append(given) or load(*given))
    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(lambda e: e.tree.sql("duckdb"), expressions(warm)))
    assert len(calls) == 1


def test_trees_are_those_of_the_bytes_that_were_there_when_the_audit_began(days: Path, tmp_path: Path) -> None:
    place = tmp_path / "cache"
    criteria.load([("x", days)], beside(place))
    warm = criteria.load([("x", days)], beside(place))
    days.write_text("no ruleset any more", encoding="utf-8")
    (found,) = expressions(warm)
    assert "since" in found.tree.sql("duckdb")


# ---------------------------------------------------------------- values


def test_days_texts_and_whole_numbers_keep_their_types(days: Path, tmp_path: Path) -> None:
    place = tmp_path / "cache"
    cold = criteria.load([("x", days)], beside(place))
    assert the_file(place)
    warm = criteria.load([("x", days)], beside(place))
    assert repr(warm) == repr(cold)
    given = {name: spec.default for name, spec in warm.ruleset.params.items()}
    assert repr(given) == "{'since': datetime.date(2026, 1, 2), 'label': '2026-01-02', 'factor': 1.0}"


def test_what_cannot_be_read_back_as_it_was_is_not_kept(
    days: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "_with_days", lambda found: found)
    for _ in ("first", "second"):
        found = criteria.load([("x", days)], beside(tmp_path / "cache"))
        assert str(type(found.ruleset.params["since"].default)) == "<class 'datetime.date'>"
    assert list((tmp_path / "cache").iterdir()) == []


# ---------------------------------------------------------------- mistakes and changes


def test_a_ruleset_with_a_mistake_is_refused_each_time_and_not_kept(tmp_path: Path) -> None:
    file = tmp_path / "x.toml"
    file.write_text(FIRM.read_text("utf-8"), "utf-8")
    place = tmp_path / "cache"
    criteria.load([("x", file)], beside(place))
    file.write_text(FIRM.read_text("utf-8").replace("must = ", "mist = ", 1), "utf-8")
    told = set()
    for cache in (beside(place), beside(place), None):
        with pytest.raises(QmscheckError) as error:
            criteria.load([("x", file)], cache)
        told.add(str(error.value))
    assert len(told) == 1
    assert "unknown key 'mist'" in told.pop()
    assert len(list(place.iterdir())) == 1


@pytest.mark.parametrize("name", ["missing.toml", "empty", "link.toml"])
def test_what_cannot_be_read_is_told_as_without_a_cache(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "link.toml").symlink_to(tmp_path / "nowhere.toml")
    told = set()
    for cache in (beside(tmp_path / "cache"), None):
        with pytest.raises(QmscheckError) as error:
            criteria.load([("x", tmp_path / name)], cache)
        told.add(str(error.value))
    assert len(told) == 1


@given(st.integers(0, len(DAYS) - 1), st.sampled_from(["", "#", "\n", "x", "2", '"']))
def test_a_change_anywhere_gives_what_it_gives_without_a_cache(
    tmp_path_factory: pytest.TempPathFactory, at: int, put: str
) -> None:
    folder = tmp_path_factory.mktemp("changed")
    file = folder / "days.toml"
    file.write_text(DAYS, encoding="utf-8")
    criteria.load([("x", file)], beside(folder / "cache"))
    file.write_text(DAYS[:at] + put + DAYS[at + 1 :], encoding="utf-8")

    def told(cache: Cache | None) -> str:
        try:
            return without_examples(criteria.load([("x", file)], cache))
        except QmscheckError as error:
            return str(error)

    assert told(beside(folder / "cache")) == told(None)
    assert told(beside(folder / "cache")) == told(None)


def test_files_that_come_go_or_change_places_are_noticed(tmp_path: Path, days: Path) -> None:
    folder, place = tmp_path / "rules", tmp_path / "cache"
    folder.mkdir()
    head, _, rule = DAYS.partition("[[rule]]")
    (folder / "1.toml").write_text(head, "utf-8")
    (folder / "2.toml").write_text("[[rule]]" + rule, "utf-8")
    seen = []
    for step in (lambda: None, (folder / "2.toml").unlink, lambda: (folder / "0.toml").write_text(DAYS, "utf-8")):
        step()
        with_cache, without = (_told([("x", folder)], cache) for cache in (beside(place), None))
        assert with_cache == without
        seen.append(with_cache)
    assert len(set(seen)) == 3
    assert _told([("x", days), ("y", days)], beside(place)) == _told([("x", days), ("y", days)], None)


def _told(sources: list[tuple[str, Path]], cache: Cache | None) -> str:
    try:
        return without_examples(criteria.load(sources, cache))
    except QmscheckError as error:
        return str(error)


# ---------------------------------------------------------------- the file


def test_criteria_are_kept_once_for_all_plans_that_name_them(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    criteria.load([("x", FIRM)], beside(tmp_path))
    request.getfixturevalue("untouched")
    other = cache_room.load(tmp_path, "b" * 64, "1")
    assert criteria.load([("y", FIRM)], other).tests
    assert len(list(tmp_path.iterdir())) == 1


def test_what_another_edition_left_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = []
    load = whole.load
    monkeypatch.setattr(whole, "load", lambda *given: read.append(given) or load(*given))
    criteria.load([("x", FIRM)], beside(tmp_path))
    criteria.load([("x", FIRM)], beside(tmp_path))
    assert len(read) == 1
    criteria.load([("x", FIRM)], beside(tmp_path, "2"))
    assert len(read) == 2
    edition = cache_room.edition
    monkeypatch.setattr(cache_room, "edition", lambda *given: edition(*given)[::-1])
    criteria.load([("x", FIRM)], beside(tmp_path, "2"))
    assert len(read) == 3


def test_the_edition_covers_the_source_of_the_room_and_of_the_nouns(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[list[Path], tuple[str, ...]]] = []
    monkeypatch.setattr(cache_room, "edition", lambda own, libraries: asked.append((list(own), libraries)) or "x")
    kept._edition("1")
    ((own, libraries),) = asked
    names = {f"{file.parent.name}/{file.name}" for file in own}
    assert {"criteria/check.py", "criteria/kept.py", "model/rules.py", "model/criteria.py", "qmscheck/toml.py"} <= names
    assert all(file.is_file() for file in own)
    assert libraries == ("pydantic", "tomli")


@given(st.data())
def test_a_damaged_file_changes_nothing(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    file, place = folder / "days.toml", folder / "cache"
    file.write_text(DAYS, encoding="utf-8")
    plain = repr(criteria.load([("x", file)], beside(place)))
    kept_file = the_file(place)
    content = kept_file.read_bytes()
    at = data.draw(st.integers(0, len(content) - 1))
    flipped = content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]
    kept_file.write_bytes(data.draw(st.sampled_from([content[:at], flipped, content + b"{}", b""])))
    assert repr(criteria.load([("x", file)], beside(place))) == plain
    assert kept_file.read_bytes() == content


@pytest.mark.parametrize(
    "texts",
    [
        {"ruleset": "{}"},
        {"ruleset": "{}", "tests": "{}"},
        {"ruleset": "no json", "tests": '{"expressions": [], "tests": {}}'},
        {"tests": '{"expressions": [["f"]], "tests": {}}'},
        {"tests": '{"expressions": [], "tests": {"R": {"Nothing": {}}}}'},
        {"tests": '{"expressions": [], "tests": {"R": {"RowTest": {"must": {"Expression": "f"}}}}}'},
        {"tests": '{"expressions": [], "tests": {"R": {"RowTest": {"mist": 1}}}}'},
        {"tests": "[]"},
    ],
)
def test_what_is_sealed_and_was_not_written_by_us_is_ignored(
    days: Path, tmp_path: Path, texts: Mapping[str, str]
) -> None:
    place = tmp_path / "cache"
    plain = repr(criteria.load([("x", days)], beside(place)))
    file = the_file(place)
    head, _, body = file.read_bytes().partition(b"\n")
    some = json.dumps({**json.loads(body), **texts}).encode()
    file.write_bytes(cache_room._seal(head.decode().partition(" ")[0], some) + some)
    assert repr(criteria.load([("x", days)], beside(place))) == plain


def test_a_cache_without_a_file_keeps_nothing(days: Path) -> None:
    assert criteria.load([("x", days)], Cache()).tests
