"""Tables elsewhere: from memory, archives, HTTP and a real WebDAV server; what is told, and what never is."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import http.server
import importlib
import sys
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import fsspec
import pytest
from cheroot.wsgi import Server
from folders import audited
from test_evidence import RULESET
from wsgidav.wsgidav_app import WsgiDAVApp

from qmscheck.errors import QmscheckError
from qmscheck.model import AuditRecord

GOOD = b"id,received,days\n1,2026-01-02,3\n2,,4\n"
PASSWORD = "pa55-w0rd"


def audit(folder: Path, path: str, more: str = "") -> AuditRecord:
    return audited(folder, RULESET, f'[[source]]\ntable = "complaints"\npath = "{path}"\n{more}')


@pytest.fixture
def memory() -> Iterator[fsspec.AbstractFileSystem]:
    files = fsspec.filesystem("memory")
    yield files
    files.store.clear()
    files.pseudo_dirs[:] = [""]


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shared")
    (folder / "reports").mkdir()
    (folder / "reports" / "complaints.csv").write_bytes(GOOD)
    return folder


@pytest.fixture(scope="module")
def web(shared: Path) -> Iterator[str]:
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def send_head(self):
            if self.path.startswith("/shut"):
                self.send_error(403)
                return None
            return super().send_head()

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(shared)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def dav(shared: Path) -> Iterator[str]:
    application = WsgiDAVApp(
        {
            "host": "127.0.0.1",
            "port": 0,
            "provider_mapping": {"/": {"root": str(shared), "readonly": True}},
            "simple_dc": {"user_mapping": {"*": {"auditor": {"password": PASSWORD}}}},
            "verbose": 0,
            "logging": {"enable": False},
        }
    )
    server = Server(("127.0.0.1", 0), application)
    server.prepare()
    threading.Thread(target=server.serve, daemon=True).start()
    yield f"http://127.0.0.1:{server.bind_addr[1]}"
    with contextlib.suppress(Exception):
        server.stop()


def test_a_file_elsewhere_is_read_as_a_file_here_and_hashed(memory, tmp_path: Path) -> None:
    memory.pipe("/firm/complaints.csv", GOOD)
    record = audit(tmp_path, "memory://firm/complaints.csv")
    (entry,) = record.evidence
    assert (entry.locator, entry.reader, entry.rows_read) == ("memory:firm/complaints.csv", "remote", 2)
    assert entry.sha256 == hashlib.sha256(GOOD).hexdigest()
    assert entry.notes == ("Fetched from memory://firm/complaints.csv.",)
    (finding,) = (f for f in record.findings if f.rule == "O.received")
    assert [(e.location.path, e.location.row) for e in finding.exceptions if e.location] == [
        ("memory:firm/complaints.csv", 3)
    ]


def test_a_pattern_takes_every_file_that_fits(memory, tmp_path: Path) -> None:
    for year in (2025, 2026):
        memory.pipe(f"/firm/c{year}.csv", GOOD)
    memory.pipe("/firm/other.txt", b"x")
    record = audit(tmp_path, "memory://firm/c*.csv")
    assert [entry.locator for entry in record.evidence] == ["memory:firm/c2025.csv", "memory:firm/c2026.csv"]


def test_a_format_and_the_options_of_its_reader_may_be_given(memory, tmp_path: Path) -> None:
    memory.pipe("/firm/export", GOOD.replace(b",", b";"))
    record = audit(tmp_path, "memory://firm/export", 'reader = "csv"\ndelimiter = ";"\n')
    assert record.evidence[0].rows_read == 2
    record = audit(tmp_path, "memory://firm/export", 'format = "csv"\ndelimiter = ";"\n')
    assert record.evidence[0].rows_read == 2


@pytest.mark.parametrize("member", ["in/complaints.csv", "in/*.csv"])
def test_a_member_of_an_archive_in_the_folder_of_the_plan_is_read(tmp_path: Path, member: str) -> None:
    (tmp_path / "evidence").mkdir()
    with zipfile.ZipFile(tmp_path / "evidence" / "export.zip", "w") as made:
        made.writestr("in/complaints.csv", GOOD)
    record = audit(tmp_path, f"zip://{member}::evidence/export.zip")
    assert record.evidence[0].rows_read == 2


def test_an_archive_that_changed_between_two_audits_is_opened_anew(tmp_path: Path) -> None:
    (tmp_path / "evidence").mkdir()
    for more in (b"", b"3,,5\n"):
        with zipfile.ZipFile(tmp_path / "evidence" / "export.zip", "w") as made:
            made.writestr("in/complaints.csv", GOOD + more)
        (entry,) = audit(tmp_path, "zip://in/complaints.csv::evidence/export.zip").evidence
        assert entry.sha256 == hashlib.sha256(GOOD + more).hexdigest()


def test_a_file_is_fetched_over_http(web: str, tmp_path: Path) -> None:
    record = audit(tmp_path, f"{web}/reports/complaints.csv")
    assert record.evidence[0].rows_read == 2
    lost = audit(tmp_path, f"{web}/reports/none.csv")
    assert lost.evidence[0].status == "missing"
    assert {f.verdict for f in lost.findings} == {"insufficient"}


@pytest.mark.parametrize("query", ["", "?sig=expired-1"])
def test_what_a_web_server_refuses_is_no_missing_file(
    web: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    monkeypatch.setenv("REPORT", f"{web}/shut/complaints.csv{query}")
    source = '[[source]]\ntable = "complaints"\nreader = "remote"\nurl = "env:REPORT"\nformat = "csv"\n'
    record = audited(tmp_path, RULESET, source)
    assert str(record.evidence[0].detail).startswith("env:REPORT cannot be reached: ClientResponseError: 403")
    told = record.model_dump_json()
    assert [word for word in ("expired-1", "shut", "127.0.0.1") if word in told] == []


def settings(dav: str, password: str = "env:DAV_PASSWORD") -> str:
    return f'settings = ["base_url={dav}", "username=auditor", "password={password}"]\n'


def test_a_file_is_fetched_from_a_webdav_server_with_a_login_from_the_environment(
    dav: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAV_PASSWORD", PASSWORD)
    record = audit(tmp_path, "webdav://reports/complaints.csv", settings(dav))
    assert record.evidence[0].rows_read == 2
    assert PASSWORD not in record.model_dump_json()


def test_a_login_that_is_refused_is_told_without_the_login(
    dav: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAV_PASSWORD", "wr0ng-pass")
    for path in ("reports/complaints.csv", "reports/c*.csv"):
        record = audit(tmp_path, f"webdav://{path}", settings(dav))
        assert record.evidence[0].status == "missing"
        assert "cannot be reached: HTTPError: received 401" in str(record.evidence[0].detail)
        assert "wr0ng-pass" not in record.model_dump_json()


def test_a_file_that_is_not_on_a_webdav_server_is_told_as_that(
    dav: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAV_PASSWORD", PASSWORD)
    for path in ("reports/none.csv", "reports/n*.csv", "none/n*.csv"):
        record = audit(tmp_path, f"webdav://{path}", settings(dav))
        assert record.evidence[0].detail == f"there is no file at webdav://{path}"


@pytest.mark.parametrize("name", ["a.csv", "in/a*.csv"])
@pytest.mark.parametrize("kind", ["webdav", "http"])
def test_a_server_that_is_not_there_is_no_missing_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, name: str
) -> None:
    monkeypatch.setenv("DAV_PASSWORD", PASSWORD)
    nobody = "http://127.0.0.1:1"
    if kind == "webdav":
        record = audit(tmp_path, f"webdav://{name}", settings(nobody))
    else:
        record = audit(tmp_path, f"{nobody}/{name}")
    assert "cannot be reached: " in str(record.evidence[0].detail)
    assert "there is no file" not in str(record.evidence[0].detail)
    assert {f.verdict for f in record.findings} == {"insufficient"}


def test_a_file_that_changed_between_two_audits_is_fetched_anew(
    dav: str, shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAV_PASSWORD", PASSWORD)
    for more in (b"", b"3,,5\n"):
        (shared / "reports" / "weekly.csv").write_bytes(GOOD + more)
        (entry,) = audit(tmp_path, "webdav://reports/weekly.csv", settings(dav)).evidence
        assert entry.sha256 == hashlib.sha256(GOOD + more).hexdigest()
    (shared / "reports" / "weekly.csv").unlink()


def test_two_files_of_one_name_may_have_the_same_bytes(memory, tmp_path: Path) -> None:
    for year in (2025, 2026):
        memory.pipe(f"/firm/{year}/c.csv", GOOD)
    record = audit(tmp_path, "memory://firm/*/c.csv")
    assert [(entry.locator, entry.rows_read) for entry in record.evidence] == [
        ("memory:firm/2025/c.csv", 2),
        ("memory:firm/2026/c.csv", 2),
    ]


def test_of_a_secret_pattern_only_the_end_of_each_file_is_told(
    memory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for year in (2025, 2026):
        memory.pipe(f"/hush-hush/c{year}.csv", GOOD)
    monkeypatch.setenv("REPORT", "memory://hush-hush/c*.csv")
    record = audited(tmp_path, RULESET, '[[source]]\ntable = "complaints"\nreader = "remote"\nurl = "env:REPORT"\n')
    assert [entry.locator for entry in record.evidence] == ["env:REPORT:c2025.csv", "env:REPORT:c2026.csv"]
    assert "hush" not in record.model_dump_json()


def test_the_one_file_that_fits_a_pattern_is_named(memory, tmp_path: Path) -> None:
    memory.pipe("/firm/c2026.csv", GOOD)
    record = audit(tmp_path, "memory://firm/c*.csv")
    assert record.evidence[0].locator == "memory:firm/c2026.csv"


def test_an_address_may_be_a_secret(web: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPORT", f"{web}/reports/complaints.csv?sig=hush-hush")
    source = '[[source]]\ntable = "complaints"\nreader = "remote"\nurl = "env:REPORT"\nformat = "csv"\n'
    record = audited(tmp_path, RULESET, source)
    text = record.model_dump_json()
    assert (record.evidence[0].locator, record.evidence[0].rows_read) == ("env:REPORT", 2)
    assert "hush" not in text
    monkeypatch.setenv("REPORT", "http://127.0.0.1:1/hush-hush.csv?sig=hush-hush")
    record = audited(tmp_path, RULESET, source)
    assert record.evidence[0].status == "missing"
    assert "127.0.0.1" not in record.model_dump_json()


@pytest.mark.parametrize(
    ("path", "reason", "told"),
    [
        ("memory://firm/none.csv", "missing", "there is no file at memory://firm/none.csv"),
        ("memory://firm/n*.csv", "missing", "there is no file"),
        ("nope://firm/a.csv", "missing", "cannot be reached: ValueError: Protocol not known: nope"),
        ("zip://a.csv::none.zip", "missing", "cannot be reached"),
    ],
)
def test_what_cannot_be_had_is_a_limit_and_nothing_passes(
    memory, tmp_path: Path, path: str, reason: str, told: str
) -> None:
    record = audit(tmp_path, path)
    (entry,) = record.evidence
    assert entry.status == reason
    assert told in str(entry.detail)
    assert {f.verdict for f in record.findings} == {"insufficient"}


def test_a_service_whose_package_is_not_installed_is_told_with_what_brings_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for scheme in ("s3", "s3a"):
        monkeypatch.delitem(importlib.import_module("fsspec.registry")._registry, scheme, raising=False)
    monkeypatch.setitem(sys.modules, "s3fs", None)
    record = audit(tmp_path, "s3://bucket/a.csv")
    (entry,) = record.evidence
    assert entry.status == "unsupported"
    assert str(entry.detail).endswith('not installed: Install s3fs to access S3; pip install "qmscheck-remote[s3]"')
    assert {f.verdict for f in record.findings} == {"insufficient"}


def test_a_file_that_breaks_off_is_told(memory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    memory.pipe("/firm/a.csv", GOOD)

    def broken(*_: object, **__: object) -> None:
        raise ConnectionResetError("reset by peer")

    monkeypatch.setattr(type(memory), "open", broken)
    record = audit(tmp_path, "memory://firm/a.csv")
    assert "cannot be fetched: ConnectionResetError: reset by peer" in str(record.evidence[0].detail)


def test_what_is_no_table_is_told_by_its_address(memory, tmp_path: Path) -> None:
    memory.pipe("/firm/a.xlsx", b"rubbish")
    record = audit(tmp_path, "memory://firm/a.xlsx")
    assert record.evidence[0].status == "corrupt"
    assert str(record.evidence[0].detail).startswith("memory://firm/a.xlsx:")


@pytest.mark.parametrize(
    ("path", "more", "line", "message"),
    [
        ("memory://firm/a.txt", "", 6, "no reader knows files like a.txt"),
        ("memory://firm/a.csv", 'format = "xml"\n', 9, "format should be one of"),
        ("memory://firm/a.csv", 'sheet = "Log"\n', 9, "sheet is no option of the reader 'csv'"),
        ("memory://firm/a.csv", 'settings = ["token"]\n', 9, "settings should be a table, or a list of name=value"),
        ("memory://firm/a.csv", "settings = 5\n", 9, "settings should be a table, or a list of name=value"),
        ("memory://firm/a.csv", 'settings = ["password=hunter2"]\n', 9, "holds a secret"),
        ("memory://firm/a.csv", 'settings = ["password=env:QMSCHECK_NOT_SET"]\n', 9, "the environment variable"),
        ("https://ann:hunter2@firm.example/a.csv", "", 8, "holds a secret"),
        ("zip://a.csv::../export.zip", "", 8, "leaves the folder of the plan"),
        ("memory://firm/a.csv", 'colour = "red"\n', 9, "unknown key 'colour'"),
    ],
)
def test_a_source_that_cannot_be_is_refused_at_its_line(
    memory, tmp_path: Path, path: str, more: str, line: int, message: str
) -> None:
    memory.pipe("/firm/a.csv", GOOD)
    memory.pipe("/firm/a.txt", GOOD)
    with pytest.raises(QmscheckError) as refused:
        audit(tmp_path, path, more)
    problem = refused.value.problems[0]
    assert message in problem.message
    assert problem.line == line
    assert "hunter2" not in str(refused.value)


def test_an_address_on_the_command_line_stays_one(memory, tmp_path: Path) -> None:
    import datetime as dt

    from qmscheck import plan, plugins
    from qmscheck.audit import conduct
    from qmscheck.plan import Overrides

    memory.pipe("/firm/complaints.csv", GOOD)
    (tmp_path / "asked.toml").write_text(RULESET, "utf-8")
    (tmp_path / "qmscheck.toml").write_text('[audit]\norganization = "O"\nscope = "S"\nrulesets = ["asked.toml"]\n')
    found = plugins.load()
    today = dt.date(2026, 11, 20)
    over = Overrides(today=today, sources=("complaints=memory://firm/complaints.csv",))
    record = conduct(plan.read(tmp_path, found.readers, over, found.rulesets), found, threads=1)
    assert record.evidence[0].rows_read == 2
