"""Sources that `qmscheck init --source` names: what is proposed of them, what is written, and what is refused."""

from __future__ import annotations

import datetime as dt
import sqlite3
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import fsspec
import pytest
from proposing import RULESET, written

from qmscheck import Extract, Holding, Reader, Request, Rows, Unread, plugins
from qmscheck.errors import QmscheckError
from qmscheck.plan.alone import source_alone
from qmscheck.proposal.planning import Planned, planned

COMPLAINTS = "complaint no,date received,owner\nR-1,2026-01-31,A. Weber\nR-2,2026-02-01,B. Lang\n"


@pytest.fixture
def memory() -> Iterator[fsspec.AbstractFileSystem]:
    files = fsspec.filesystem("memory")
    yield files
    files.store.clear()
    files.pseudo_dirs[:] = [""]


def _planned(folder: Path, *sources: str, readers: Sequence[Reader] = ()) -> Planned:
    (folder.parent / "shop.toml").write_text(RULESET, "utf-8")
    found = plugins.load()
    found = type(found)(**{**_fields(found), "readers": {**found.readers, **{one.name: one for one in readers}}})
    rulesets = [] if (folder / "qmscheck.toml").exists() else [str(folder.parent / "shop.toml")]
    return planned(folder, rulesets, found, dt.date(2026, 6, 30), sources=sources)


def _fields(found: object) -> dict[str, object]:
    return {name: getattr(found, name) for name in found.__dataclass_fields__}  # type: ignore[attr-defined]


def _folder(tmp_path: Path, **files: str) -> Path:
    (tmp_path / "firm").mkdir()
    return written(tmp_path / "firm", files)


def _sources(made: Planned) -> list[dict[str, object]]:
    return tomllib.loads(made.text).get("source", [])


def test_a_file_at_an_address_is_proposed_by_its_address(memory: fsspec.AbstractFileSystem, tmp_path: Path) -> None:
    memory.pipe("/out/complaints.csv", COMPLAINTS.encode())
    made = _planned(_folder(tmp_path), "memory://out/complaints.csv")
    (source,) = _sources(made)
    assert (source["table"], source["path"]) == ("complaints", "memory://out/complaints.csv")
    assert source["columns"] == {
        "complaint_id": "complaint no", "received_on": "date received", "owner": "owner"
    }  # fmt: skip
    assert "# ----- memory://out/complaints.csv -----" in made.text


def test_what_was_named_is_written_as_it_was_given_and_known_at_the_next_run(
    memory: fsspec.AbstractFileSystem, tmp_path: Path
) -> None:
    memory.pipe("/out/complaints.txt", COMPLAINTS.encode())
    folder = _folder(tmp_path)
    given = 'path = "memory://out/complaints.txt", format = "csv", header_row = 1, settings = { batch_size = 2 }'
    made = _planned(folder, given)
    (source,) = _sources(made)
    assert {key: source[key] for key in ("path", "format", "header_row", "settings")} == {
        "path": "memory://out/complaints.txt", "format": "csv", "header_row": 1, "settings": {"batch_size": 2},
    }  # fmt: skip
    assert not _planned(folder, given).changed


def test_the_same_path_on_another_server_is_not_known(memory: fsspec.AbstractFileSystem, tmp_path: Path) -> None:
    memory.pipe("/out/complaints.csv", COMPLAINTS.encode())
    folder = _folder(tmp_path)
    one, other = (
        f'path = "memory://out/complaints.csv", settings = {{ base_url = "https://{name}.example" }}' for name in "ab"
    )
    _planned(folder, one)
    assert not _planned(folder, one).changed
    made = _planned(folder, other)
    assert "# ----- memory://out/complaints.csv at https://b.example -----" in made.text
    assert not _planned(folder, other).changed
    assert not _planned(folder, one).changed


def test_several_files_of_one_pattern_are_one_source(memory: fsspec.AbstractFileSystem, tmp_path: Path) -> None:
    for year in (2025, 2026):
        memory.pipe(f"/out/complaints-{year}.csv", COMPLAINTS.replace("R-", f"{year}-").encode())
    made = _planned(_folder(tmp_path), "memory://out/complaints-*.csv")
    (source,) = _sources(made)
    assert source["path"] == "memory://out/complaints-*.csv"
    assert "# 4 rows, 3 columns, in 2 files of one form." in made.text


def test_files_of_one_pattern_with_other_columns_are_named_and_none_is_proposed(
    memory: fsspec.AbstractFileSystem, tmp_path: Path
) -> None:
    memory.pipe("/out/c-1.csv", COMPLAINTS.encode())
    memory.pipe("/out/c-2.csv", b"complaint no,owner\nR-7,A. Weber\n")
    made = _planned(_folder(tmp_path), "memory://out/c-*.csv")
    assert _sources(made) == []
    (lost,) = made.proposal.lost
    assert lost.reason == "its 2 files have different columns: name each by its own address"


def test_a_workbook_elsewhere_is_asked_for_its_sheets(memory: fsspec.AbstractFileSystem, tmp_path: Path) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(tmp_path / "b.xlsx") as book:
        for name, rows in {"complaints": COMPLAINTS, "customers": "customer no,country\nK1,DE\nK2,AT\n"}.items():
            sheet = book.add_worksheet(name)
            for at, row in enumerate(rows.splitlines()):
                sheet.write_row(at, 0, row.split(","))
    memory.pipe("/out/b.xlsx", (tmp_path / "b.xlsx").read_bytes())
    made = _planned(_folder(tmp_path), "memory://out/b.xlsx")
    assert {(one["table"], one["sheet"]) for one in _sources(made)} == {
        ("complaints", "complaints"), ("customers", "customers")
    }  # fmt: skip


def test_a_query_over_a_file_of_the_folder_may_be_named(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    with closing(sqlite3.connect(tmp_path / "firm" / "erp.sqlite")) as database:
        database.executescript(
            "create table t (no, at, who); insert into t values ('R-1', '2026-01-31', 'A'), ('R-2', '2026-02-01', 'B')"
        )
    query = "select no as complaint_no, at as date_received, who as owner from t order by no"
    made = _planned(folder, f'path = "erp.sqlite", query = "{query}"')
    assert any(one["table"] == "complaints" and one.get("query") == query for one in _sources(made))
    assert not _planned(folder, f'path = "erp.sqlite", query = "{query}"').changed


def test_what_cannot_be_had_is_told_and_ends_nothing(memory: fsspec.AbstractFileSystem, tmp_path: Path) -> None:
    folder = _folder(tmp_path, **{"complaints.csv": COMPLAINTS})
    made = _planned(folder, "memory://out/none.csv")
    assert [one["path"] for one in _sources(made)] == ["complaints.csv"]
    assert "# not read: memory://out/none.csv: missing: there is no file at memory://out/none.csv" in made.text


def test_a_reader_may_say_why_its_tables_cannot_be_listed_and_only_so_many_are_looked_at(tmp_path: Path) -> None:
    def holds(request: Request) -> Iterator[Holding | Unread]:
        yield Unread(request.root, "missing", "nobody answers") if request.options["url"] == "a:" else Holding("x")
        yield from (Holding(f"t{n}", {"from": f"t{n}"}) for n in range(299) if request.options["url"] == "b:")

    def read(request: Request) -> Iterator[Extract]:
        assert request.most == 20_000
        yield Extract("found", request.root, ("n",), Rows(iter(())), ())

    reader = Reader("odd", (), read, {"url": "where", "from": "which"}, holds=holds)
    made = _planned(_folder(tmp_path), 'reader = "odd", url = "a:"', 'reader = "odd", url = "b:"', readers=[reader])
    told = {(one.label, one.reason) for one in made.proposal.lost}
    assert ("a:", "missing: nobody answers") in told
    assert ("b:", "it holds 300 tables: the first 200 were looked at; name others one by one") in told


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ("nonsense", "--source is neither an address nor keys as a [[source]] has them"),
        ('reader = "sq', "--source does not hold keys as a [[source]] has them"),
        ('table = "orders", path = "a.csv"', "--source says where records are, and no 'table'"),
        ('path = "none.csv"', "--source: there is no file 'none.csv'"),
        ("postgresql://auditor:pa55@host/erp", "'url' holds a secret, and plans are shared"),
        ("sftp://auditor:pa55@host/a.csv", "'path' holds a secret, and plans are shared"),
        ("env:NOWHERE_SET", "the environment variable NOWHERE_SET, which --source refers to, is not set"),
        ('path = "s3://b/a.csv", colour = "red"', "unknown key 'colour' for reader 'remote'"),
        ("path = 'a\\b.csv'", "'path' should have / between folders"),
    ],
)
def test_a_mistake_is_told_before_anything_is_looked_at_and_no_secret_with_it(
    tmp_path: Path, given: str, told: str
) -> None:
    folder = _folder(tmp_path)
    with pytest.raises(QmscheckError) as caught:
        _planned(folder, given)
    (problem,) = caught.value.problems
    assert problem.message == told
    assert "pa55" not in str(caught.value)
    assert not (folder / "qmscheck.toml").exists()


def test_a_reference_is_followed_to_find_its_reader(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    readers = plugins.load().readers
    monkeypatch.setenv("ERP_URL", "postgresql://auditor:pa55@host/erp")
    monkeypatch.setenv("LINK", "memory://out/complaints.csv")
    source, keys = source_alone("env:ERP_URL", tmp_path, readers)
    assert (source.reader, dict(keys)) == ("sql", {"reader": "sql", "url": "env:ERP_URL"})
    source, keys = source_alone("env:LINK", tmp_path, readers)
    assert (source.reader, dict(keys)) == ("remote", {"reader": "remote", "url": "env:LINK"})
