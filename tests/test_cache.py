"""The cache: private, bounded, whole or not at all, and never a difference in what an audit says."""

from __future__ import annotations

import datetime as dt
import json
import os
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qmscheck import cache as cache_room
from qmscheck import plan, plugins
from qmscheck.audit import conduct
from qmscheck.cache import Fingerprinted, digest, folder, load
from qmscheck.plan import Overrides
from qmscheck.record import write

NAME = "f" * 64


def kept(place: Path, texts: dict[str, str], edition: str = "1") -> Path:
    """Leave texts in the cache as an audit would; give the file."""
    cache = load(place, NAME, edition)
    for key, text in texts.items():
        cache.put(key, text)
    cache.save()
    assert cache.file is not None
    return cache.file


def test_what_is_saved_is_there_the_next_time(tmp_path: Path) -> None:
    kept(tmp_path / "new" / "qmscheck", {"a": "SELECT 1", "ü": "\udcff\n"})
    again = load(tmp_path / "new" / "qmscheck", NAME, "1")
    assert (again.get("a"), again.get("ü"), again.get("b")) == ("SELECT 1", "\udcff\n", None)


def test_the_folder_and_the_file_are_the_users_alone(tmp_path: Path) -> None:
    file = kept(tmp_path / "qmscheck", {"a": "b"})
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("mode", [0o770, 0o707, 0o720, 0o702, 0o777])
def test_a_folder_that_others_could_write_in_is_neither_read_nor_written(tmp_path: Path, mode: int) -> None:
    place = tmp_path / "qmscheck"
    kept(place, {"a": "b"})
    place.chmod(mode)
    cache = load(place, NAME, "1")
    assert cache.get("a") is None
    before = {f.name: f.read_bytes() for f in place.iterdir()}
    cache.put("c", "d")
    cache.save()
    assert {f.name: f.read_bytes() for f in place.iterdir()} == before


def test_a_folder_of_another_user_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept(tmp_path / "qmscheck", {"a": "b"})
    monkeypatch.setattr(os, "getuid", lambda: tmp_path.stat().st_uid + 1)
    assert load(tmp_path / "qmscheck", NAME, "1").get("a") is None


def test_a_link_in_place_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    kept(tmp_path / "real", {"a": "b"})
    (tmp_path / "qmscheck").symlink_to(tmp_path / "real")
    assert load(tmp_path / "qmscheck", NAME, "1").get("a") is None


def test_a_system_that_does_not_number_its_users_closes_their_folders_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "getuid")
    kept(tmp_path / "qmscheck", {"a": "b"})
    assert load(tmp_path / "qmscheck", NAME, "1").get("a") == "b"


def test_texts_of_another_edition_are_forgotten(tmp_path: Path) -> None:
    kept(tmp_path, {"a": "old"}, "1")
    assert load(tmp_path, NAME, "2").get("a") is None


@given(st.data())
def test_a_damaged_file_is_ignored_and_written_anew(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    place = tmp_path_factory.mktemp("damaged")
    file = kept(place, {"a": "b", "c": "d"})
    whole = file.read_bytes()
    at = data.draw(st.integers(0, len(whole) - 1))
    damaged = data.draw(
        st.sampled_from([whole[:at], whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :], whole + b"x", b""])
    )
    file.write_bytes(damaged)
    cache = load(place, NAME, "1")
    assert cache.texts == {}
    kept(place, {"a": "b", "c": "d"})
    assert file.read_bytes() == whole


def test_what_is_well_sealed_and_no_json_is_ignored(tmp_path: Path) -> None:
    file = kept(tmp_path, {"a": "b"})
    file.write_bytes(cache_room._seal("1", b"no json") + b"no json")
    assert load(tmp_path, NAME, "1").texts == {}


def test_nothing_is_written_where_nothing_is_new(tmp_path: Path) -> None:
    file = kept(tmp_path, {"a": "b"})
    file.unlink()
    load(tmp_path, NAME, "1").save()
    assert not file.exists()


def test_a_disk_that_is_full_loses_nothing_but_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = kept(tmp_path, {"a": "b"})
    before = file.read_bytes()

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    kept(tmp_path, {"c": "d"})
    assert file.read_bytes() == before
    assert [f.name for f in tmp_path.iterdir()] == [file.name]


def test_what_is_broken_off_leaves_no_part_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = kept(tmp_path, {"a": "b"})

    def broken_off(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "replace", broken_off)
    with pytest.raises(KeyboardInterrupt):
        kept(tmp_path, {"c": "d"})
    assert [f.name for f in tmp_path.iterdir()] == [file.name]


def test_a_place_where_no_folder_can_be_is_no_cache(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    cache = load(tmp_path / "file" / "qmscheck", NAME, "1")
    cache.put("a", "b")
    cache.save()
    assert cache.get("a") == "b"


def test_a_file_that_grows_too_large_keeps_what_was_used_last(tmp_path: Path) -> None:
    kept(tmp_path, {"old": "x" * 3_000_000, "used": "y"})
    cache = load(tmp_path, NAME, "1")
    cache.get("used")
    cache.get("new")
    cache.put("new", "z" * 2_000_000)
    cache.save()
    assert set(load(tmp_path, NAME, "1").texts) == {"used", "new"}


def test_of_too_many_files_the_oldest_go(tmp_path: Path) -> None:
    for number in range(70):
        cache = load(tmp_path, f"{number:064}"[::-1], "1")
        cache.put("a", "b")
        cache.save()
        assert cache.file is not None
        os.utime(cache.file, (number, number))
    left = sorted(int(f.stem[::-1]) for f in tmp_path.iterdir())
    assert len(left) == 64
    assert left[-1] == 69


def test_audits_at_the_same_time_leave_one_whole_file(tmp_path: Path) -> None:
    def one(number: int) -> None:
        for step in range(20):
            cache = load(tmp_path, NAME, "1")
            assert all(json.loads(text) == key for key, text in cache.texts.items())
            cache.put(f"{number} {step}", json.dumps(f"{number} {step}"))
            cache.save()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(8)))
    assert load(tmp_path, NAME, "1").texts
    assert [f.suffix for f in tmp_path.iterdir()] == [".json"]


# ---------------------------------------------------------------- places


def test_the_cache_stands_where_the_system_keeps_caches(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert folder() == tmp_path / "qmscheck"
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "local"))
    assert folder() == tmp_path / "local" / "qmscheck"
    monkeypatch.delenv("LOCALAPPDATA")
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.setattr("sys.platform", "linux")
    assert folder() == tmp_path / ".cache" / "qmscheck"
    monkeypatch.setattr("sys.platform", "darwin")
    assert folder() == tmp_path / "Library" / "Caches" / "qmscheck"


def test_a_relative_place_is_no_place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "cache")
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert folder() is not None
    assert str(folder()).startswith(str(tmp_path))


def test_a_user_without_a_home_has_no_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere() -> Path:
        raise RuntimeError

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.delenv("LOCALAPPDATA", raising=False)
    monkeypatch.setattr(Path, "home", nowhere)
    assert folder() is None


# ---------------------------------------------------------------- digests


class Word(StrEnum):
    ONE = "one"


@dataclass(frozen=True)
class Inner(Fingerprinted):
    text: str
    found: object = field(default=None, compare=False)


@dataclass(frozen=True)
class Outer:
    inner: Inner
    more: tuple[object, ...] = ()

    @cached_property
    def other(self) -> str:
        return "x"


DIFFERENT = (
    1, 1.0, True, "1", b"".decode(), None, Word.ONE, "one", dt.date(2026, 1, 1), dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    ("a", "b"), ("ab",), ("a,b",), (("a",), "b"), ("a", ("b",)), {"a": "b"}, {"a": {"b": 1}}, {"b": "a"},
    frozenset({"a"}), ("a",), "['a']", {"a": 1, "b": 2}, {"b": 2, "a": 1}, Inner("a"), Inner("b"),
    Outer(Inner("a")), Outer(Inner("a"), (1,)), "Inner('a')", "",
)  # fmt: skip


def test_what_differs_has_another_digest_and_the_order_of_a_mapping_counts() -> None:
    assert len({digest(value) for value in DIFFERENT}) == len(DIFFERENT) - 1  # "" stands twice
    assert digest("a", "b") != digest("ab") != digest(("a", "b"))


def test_what_is_equal_has_one_digest() -> None:
    assert digest(frozenset({"a", "b", "c"})) == digest({"c", "b", "a"})
    assert digest(["a", 1]) == digest(("a", 1))
    assert digest(Inner("a", found=1)) == digest(Inner("a", found=2))
    assert digest("\udcff") == digest("\udcff")


def test_what_could_change_unseen_has_no_digest() -> None:
    with pytest.raises(TypeError, match="object has no digest"):
        digest((object(),))
    with pytest.raises(TypeError, match="type has no digest"):
        digest(Inner)


# ---------------------------------------------------------------- never a difference


EXAMPLES = Path(__file__).parents[1] / "examples"
#: Obligations with rules of many forms: what of all others is remembered differs in nothing but its number.
SOME = ("CF-4.2-a1", "CF-8.2.1-c2", "CF-9.1.2-1", "CF-9.1.2-2", "CF-7.5-1")


@pytest.mark.unmeasured
def test_an_audit_says_the_same_cold_warm_damaged_and_without_a_cache(tmp_path: Path) -> None:
    place = tmp_path / "cache"
    found = plugins.load()
    planfile = plan.read(
        EXAMPLES / "repair-shop", found.readers, Overrides(today=dt.date(2026, 1, 1), select=SOME), found.rulesets
    )

    def told(cache: Path | None) -> str:
        return write(conduct(planfile, found, threads=1, cache=cache))

    plain = told(None)
    assert told(place) == plain
    statements, known = sorted(
        place.glob("*.json"), key=lambda f: "ruleset" in json.loads(f.read_bytes().partition(b"\n")[2])
    )
    cold = statements.read_bytes()
    assert len(json.loads(cold.partition(b"\n")[2])) > 100
    before = [f.stat().st_mtime_ns for f in (statements, known)]
    assert told(place) == plain
    assert [f.stat().st_mtime_ns for f in (statements, known)] == before  # nothing was new
    for file in (statements, known):
        whole = file.read_bytes()
        file.write_bytes(whole[:-5])
        assert told(place) == plain
        assert file.read_bytes() != whole[:-5]
    head, _, body = cold.partition(b"\n")
    some = json.dumps(dict(list(json.loads(body).items())[::3])).encode()
    statements.write_bytes(cache_room._seal(head.decode().partition(" ")[0], some) + some)
    assert told(place) == plain
    statements.unlink()
    assert told(place) == plain  # with criteria that are known, and no statement


@pytest.mark.unmeasured
def test_a_second_process_finds_everything_that_the_first_one_left(tmp_path: Path) -> None:
    """Nothing that is looked up depends on the order of a set, which each process of Python makes up."""
    files = []
    for seed in ("1", "2"):
        environment = os.environ | {"XDG_CACHE_HOME": str(tmp_path), "PYTHONHASHSEED": seed}
        command = [sys.executable, "-m", "qmscheck", "audit", str(EXAMPLES / "repair-shop"), "--quiet"]
        subprocess.run(command, env=environment, capture_output=True, check=False)
        every = sorted(file for file in (tmp_path / "qmscheck").rglob("*") if file.is_file())
        left = [file for file in every if not file.name.startswith("record")]  # each audit keeps its own anew
        assert sum(file.suffix == ".json" for file in left) == 2
        assert len(left) > 2  # what was found in documents, too
        files.append([(file.name, file.stat().st_mtime_ns, file.read_bytes()) for file in left])
    assert files[0] == files[1]
