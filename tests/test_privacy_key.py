"""The key of pseudonyms: private, made once, never told."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from folders import audited
from hypothesis import given
from hypothesis import strategies as st

from qmscheck.engine.embedded import Embedded
from qmscheck.errors import QmscheckError
from qmscheck.extracts import Batch, Rows
from qmscheck.privacy.key import KeyMistake, blocks, find, place, pseudonym
from qmscheck.sql.kinds import Kind
from qmscheck.sql.mapping import MappedColumn, typed

RULESET = """
[ruleset]
id = "own"
title = "Own"
standard = "S"
edition = "1"
version = "1"
language = "en"
[table.log]
purpose = "All"
key = "id"
[table.log.columns]
id = { type = "text" }
owner = { type = "text", sensitivity = "personal" }
[[obligation]]
id = "A-1"
title = "Owned"
force = "requirement"
clauses = ["1"]
doc_info = "retain"
statement = "Each has an owner."
grade = "minor"
grade_why = "Why."
recommendation = "The quality manager names one."
[[rule]]
id = "A-1.owned"
obligation = "A-1"
title = "Each has an owner"
each = "log"
must = "owner is not null"
statement = "{unmet} of {population} have none."
"""
SOURCE = '[[source]]\ntable = "log"\npath = "log.csv"\n'


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path


def test_the_users_key_is_made_once_in_a_private_file_and_the_user_is_told(home: Path) -> None:
    first, again = find(None, home), find(None, home)
    file = home / "config" / "qmscheck" / "pseudonym.key"
    assert file == place()
    assert first.told == f"made a key for pseudonyms, which stays with you: {file}"
    assert (again.secret, again.told) == (first.secret, None)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_two_users_have_two_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = []
    for name in ("a", "b"):
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / name))
        keys.append(find(None, tmp_path).secret)
    assert len(set(keys)) == 2


def test_a_key_is_never_written_out_even_by_mistake(home: Path) -> None:
    key = find(None, home)
    assert key.secret.decode() not in f"{key} {key!r} {[key]}"


def test_a_folder_that_cannot_be_written_gives_a_key_for_one_run(home: Path) -> None:
    (home / "config").write_text("a file where a folder should be")
    one, other = find(None, home), find(None, home)
    assert one.told is not None
    assert one.told.startswith("pseudonyms have a key for this run only:")
    assert one.secret != other.secret


def test_a_user_without_a_home_gets_a_key_for_one_run(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> Path:
        raise RuntimeError

    monkeypatch.delenv("XDG_CONFIG_HOME")
    monkeypatch.setattr(Path, "home", none)
    assert place() is None
    assert find(None, home).told == "pseudonyms have a key for this run only: you have no home folder"


def test_the_users_key_lies_in_the_home_folder_where_nothing_else_is_said(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_CONFIG_HOME")
    monkeypatch.setattr(Path, "home", lambda: home)
    assert place() in {
        home / ".config/qmscheck/pseudonym.key",
        home / "Library/Application Support/qmscheck/pseudonym.key",
    }


def test_another_audit_may_have_made_the_key_a_moment_before(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = find(None, home).secret
    monkeypatch.setattr(Path, "exists", lambda _self: False)
    assert find(None, home).secret == known


@pytest.mark.parametrize(
    ("reference", "message"),
    [
        ("env:QMSCHECK_TEST_KEY", "the environment has no QMSCHECK_TEST_KEY"),
        ("file:none.key", "none.key cannot be read (No such file or directory)"),
        ("file:open.key", "others than you can open open.key: chmod 600"),
        ("file:short.key", "short.key is too short for a key: 16 characters at least"),
    ],
)
def test_a_key_that_cannot_be_relied_on_is_refused(tmp_path: Path, reference: str, message: str) -> None:
    (tmp_path / "open.key").write_text("0123456789abcdef")
    (tmp_path / "open.key").chmod(0o644)
    (tmp_path / "short.key").write_text("0123456789abcde\n")
    (tmp_path / "short.key").chmod(0o600)
    with pytest.raises(KeyMistake) as mistake:
        find(reference, tmp_path)
    assert str(mistake.value) == message


def test_a_plan_refers_to_a_key_in_the_environment_or_in_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QMSCHECK_TEST_KEY", "0123456789abcdef")
    (tmp_path / "own.key").write_text("0123456789abcdef\n")
    (tmp_path / "own.key").chmod(0o600)
    assert find("env:QMSCHECK_TEST_KEY", tmp_path).secret == find("file:own.key", tmp_path).secret


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('pseudonym_key = "0123456789abcdef"', "qmscheck.toml:6:17: 'pseudonym_key' should say where the key is"),
        ('pseudonym_key = "env:"', "qmscheck.toml:6:17: 'pseudonym_key' should say where the key is"),
        ('pseudonym_key = "file:../own.key"', "qmscheck.toml:6:17: 'own.key' leaves the folder of the plan"),
        ('pseudonym_key = "env:QMSCHECK_NO_KEY"', "qmscheck.toml:6:17: the environment has no QMSCHECK_NO_KEY"),
    ],
)
def test_a_mistake_about_the_key_is_told_at_its_place_and_never_with_the_key(
    tmp_path: Path, line: str, told: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "log.csv").write_text("id,owner\n1,Anna\n")
    with pytest.raises(QmscheckError) as error:
        audited(tmp_path, RULESET, f"{line}\n{SOURCE}")
    text = str(error.value)
    assert told.replace("'own.key'", "'../own.key'") in text
    assert "0123456789abcdef" not in text


def test_a_users_key_that_others_can_read_stops_the_audit(home: Path) -> None:
    (home / "log.csv").write_text("id,owner\n1,Anna\n")
    find(None, home)
    (home / "config" / "qmscheck" / "pseudonym.key").chmod(0o640)
    with pytest.raises(
        QmscheckError, match=r"the key of pseudonyms: others than you can open pseudonym.key: chmod 600"
    ):
        audited(home, RULESET, SOURCE)


LETTERS = st.characters(whitelist_categories=("L", "N", "P", "Zs", "Cf"), max_codepoint=0x17F)


@given(
    st.lists(st.text(LETTERS, min_size=1, max_size=12), min_size=1, max_size=8), st.binary(min_size=16, max_size=100)
)
def test_the_engine_makes_the_same_pseudonym_as_python(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], secret: bytes
) -> None:
    texts = [t for t in texts if t.strip() and "İ" not in t]  # one letter becomes two there
    engine = Embedded(tmp_path_factory.getbasetemp(), 1)
    engine.veil(blocks(secret), ())
    engine.load("raw", ("n",), Rows([Batch((list(texts),), rows=list(range(len(texts))))]))
    column = MappedColumn("n", Kind.TEXT, "c0", veil="pseudonym", bare=True)
    found = [row[0] for row in engine.rows(typed("raw", [column], ["_row"]))]
    engine.close()
    from qmscheck.cells import WHITE_SPACE

    expected = [None if not (bare := t.strip(WHITE_SPACE)) else "~" + pseudonym(secret, bare) for t in texts]
    assert found == expected


@pytest.mark.parametrize(
    "other", ["  anna  müller ", "ANNA MÜLLER", "Anna\u00a0Müller", "Anna Mu\u0308ller", "Anna\u200b Müller"]
)
def test_one_person_has_one_pseudonym_however_the_name_is_spelt(other: str) -> None:
    assert pseudonym(b"k" * 16, other) == pseudonym(b"k" * 16, "Anna Müller")
    assert pseudonym(b"l" * 16, other) != pseudonym(b"k" * 16, "Anna Müller")


def test_the_pseudonym_is_hmac_sha_256_of_rfc_4231() -> None:
    # Test case 2 of RFC 4231: key "Jefe", data "what do ya want for nothing?".
    assert (
        pseudonym(b"Jefe", "what do ya want for nothing?")
        == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b9"[:24]
    )


def test_audits_that_begin_at_the_same_time_have_one_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(20):
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / str(number)))
        with ThreadPoolExecutor(max_workers=8) as pool:
            keys = list(pool.map(lambda _n: find(None, tmp_path).secret, range(8)))
        assert len(set(keys)) == 1
        assert [file.name for file in (tmp_path / str(number) / "qmscheck").iterdir()] == ["pseudonym.key"]
