"""Tables inside archives: which one, what is told of it, and what is refused."""

from __future__ import annotations

import gzip
import io
import zipfile

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from qmscheck_tables import packed

from qmscheck import Extract, Unread

CSV = b"id,text\n1,late\n"


def archive(bench, **members):
    path = bench.folder / "export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name.replace("__", "/").replace("_csv", ".csv").replace("_json", ".json"), content)
    return path


def test_the_only_table_of_an_archive_is_read_and_the_archive_is_its_evidence(bench):
    path = archive(bench, readme=b"hello", data__orders_csv=CSV)
    extract = bench.extract(path, "zip")
    assert (extract.path, extract.files) == (path, (path,))
    assert extract.notes == ("The table is data/orders.csv in the archive.",)
    assert bench.load(extract).rows == {2: ("1", "late")}


def test_one_of_several_tables_is_chosen_by_its_name(bench):
    path = archive(bench, orders_csv=CSV, more__tickets_json=b'[{"id": 7}]')
    assert bench.refused(path, "zip").detail.endswith("set member to one of its files: more/tickets.json, orders.csv")
    assert bench.refused(path, "zip").reason == "ambiguous"
    assert bench.rows(bench.extract(path, "zip", member="*/tickets.json")) == {1: ("7",)}
    assert bench.refused(path, "zip", member="none.csv").reason == "no-such-table"
    assert bench.refused(archive(bench, readme=b"x"), "zip").reason == "no-such-table"


def test_options_are_those_of_the_reader_of_the_member(bench):
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        book.add_worksheet("A").write_row("A1", ["x", "y"])
        sheet = book.add_worksheet("B")
        sheet.write_row("A1", ["id", "text"])
        sheet.write_row("A2", [1, "late"])
    path = bench.folder / "export.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("log.xlsx", content.getvalue())
    extract = bench.extract(path, "zip", sheet="B")
    assert (extract.sheet, bench.rows(extract)) == ("B", {2: ("1", "late")})
    refused = bench.refused(path, "zip", sheet="C")
    assert (refused.reason, refused.detail[:9]) == ("no-such-sheet", "log.xlsx:")


def test_lines_of_json_behind_gzip_are_read(bench):
    path = bench.write(gzip.compress(b'{"id": 1}\n{"id": 2}\n'), "a.jsonl.gz")
    extract = bench.extract(path, "json")
    assert (extract.path, extract.files) == (path, (path,))
    assert bench.rows(extract) == {1: ("1",), 2: ("2",)}


@pytest.mark.parametrize(
    "content", [b"not packed", gzip.compress(b"[{}]", mtime=0)[:-6], b""], ids=["text", "cut", "empty"]
)
def test_what_is_not_behind_gzip_is_told(bench, content):
    refused = bench.refused(bench.write(content, "a.json.gz"), "json")
    assert refused.reason == ("corrupt" if content else "empty")


def test_what_unpacks_to_absurd_size_is_refused(bench, monkeypatch):
    monkeypatch.setattr(packed, "_LARGEST", 1000)
    path = archive(bench, orders_csv=CSV * 1000)
    assert bench.refused(path, "zip").reason == "too-large"
    assert bench.refused(bench.write(gzip.compress(b" " * 5000), "a.json.gz"), "json").reason == "too-large"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("a.csv", bytes(100 << 20))
    assert bench.refused(path, "zip").reason == "too-large"


def test_a_member_with_a_password_is_told(bench):
    path = archive(bench, orders_csv=CSV)
    content = bytearray(path.read_bytes())
    content[6] |= 1
    content[content.rindex(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(bytes(content))
    assert bench.refused(path, "zip").reason == "encrypted"


def test_an_archive_that_is_empty_or_none_is_told(bench):
    assert bench.refused(bench.write(b"", "a.zip"), "zip").reason == "empty"
    assert bench.refused(bench.write(b"PK rubbish", "a.zip"), "zip").reason == "corrupt"


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10**6), st.integers(0, 255))
def test_any_damage_is_survived(bench, place, byte):
    content = bytearray(archive(bench, orders_csv=CSV * 20).read_bytes())
    content[place % len(content)] = byte
    path = bench.write(bytes(content), "damaged.zip")
    assert isinstance(bench.read(path, "zip"), Extract | Unread)


def test_a_member_without_a_name_is_no_table(bench):
    nameless = zipfile.ZipInfo("a")
    nameless.filename = ""
    path = bench.folder / "export.zip"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr(nameless, b"nameless")
        made.writestr("orders.csv", CSV)
    assert bench.load(bench.extract(path, "zip")).rows == {2: ("1", "late")}


def test_the_tables_of_an_archive_are_listed_with_those_that_its_members_hold(bench):
    two = io.BytesIO()
    with xlsxwriter.Workbook(two) as book:
        for name in ("Log", "Visits"):
            book.add_worksheet(name).write_row("A1", ["id", "text"])
    path = archive(bench, data__orders_csv=CSV, register=b"", **{"book.xlsx": two.getvalue()})
    assert bench.holds(path, "zip") == {
        "orders": {"member": "data/orders.csv"},
        "Log": {"member": "book.xlsx", "sheet": "Log"},
        "Visits": {"member": "book.xlsx", "sheet": "Visits"},
    }
    assert bench.holds(archive(bench, readme=b"hello", data__orders_csv=CSV), "zip") == {"orders": {}}
    assert bench.holds(bench.write(b"PK rubbish", "b.zip"), "zip") == {}


def test_an_archive_of_absurd_size_lists_nothing(bench, monkeypatch):
    path = archive(bench, orders_csv=CSV)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("a.csv", bytes(100 << 20))
    assert bench.holds(path, "zip") == {}
    monkeypatch.setattr(packed, "_LARGEST", 5)
    assert bench.holds(archive(bench, orders_csv=CSV, lines_json=b'[{"id": 1}, {"id": 2}]'), "zip") == {}


def test_a_member_is_chosen_by_its_own_name_whatever_signs_of_a_pattern_it_has(bench):
    path = archive(bench, **{"a[1].csv": CSV, "a1.csv": CSV})
    assert bench.extract(path, "zip", member="a[1].csv").notes == ("The table is a[1].csv in the archive.",)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10**6), st.integers(0, 255))
def test_any_damage_is_survived_by_who_lists_the_tables(bench, place, byte):
    lines = b'{"a": [{"id": 1}], "b": [{"id": 2}]}'
    content = bytearray(archive(bench, orders_csv=CSV * 20, more_json=lines).read_bytes())
    content[place % len(content)] = byte
    assert len(bench.holds(bench.write(bytes(content), "damaged.zip"), "zip")) <= 3
