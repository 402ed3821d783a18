"""Files on a real SFTP server on loopback: what is read, and that no server is trusted whose key nobody knows."""

from __future__ import annotations

import os
import socket
import sys
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import paramiko
import pytest
from folders import audited
from test_evidence import RULESET

from qmscheck.errors import QmscheckError
from qmscheck.model import AuditRecord

GOOD = b"id,received,days\n1,2026-01-02,3\n2,,4\n"
PASSWORD = "pa55-w0rd"


class Login(paramiko.ServerInterface):
    """Lets the auditor in."""

    def check_auth_password(self, username: str, password: str) -> int:
        good = (username, password) == ("auditor", PASSWORD)
        return paramiko.AUTH_SUCCESSFUL if good else paramiko.AUTH_FAILED

    def check_channel_request(self, kind: str, _channel: int) -> int:
        return paramiko.OPEN_SUCCEEDED if kind == "session" else paramiko.OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED


class Opened(paramiko.SFTPHandle):
    """A file that is open, whose size may be asked."""

    def stat(self) -> paramiko.SFTPAttributes:
        return paramiko.SFTPAttributes.from_stat(os.fstat(self.readfile.fileno()))


class Files(paramiko.SFTPServerInterface):
    """Shows a folder, to be read only."""

    def __init__(self, server: paramiko.ServerInterface, root: Path) -> None:
        super().__init__(server)
        self._root = root

    def _at(self, path: str) -> Path:
        return self._root / self.canonicalize(path).lstrip("/")

    def list_folder(self, path: str) -> list[paramiko.SFTPAttributes] | int:
        if path.endswith("/shut"):
            return int(paramiko.SFTP_PERMISSION_DENIED)
        return [paramiko.SFTPAttributes.from_stat(one.stat(), one.name) for one in sorted(self._at(path).iterdir())]

    def stat(self, path: str) -> paramiko.SFTPAttributes | int:
        try:
            return paramiko.SFTPAttributes.from_stat(self._at(path).stat())
        except OSError as error:
            return int(paramiko.SFTPServer.convert_errno(error.errno))

    lstat = stat

    def open(self, path: str, flags: int, _attributes: object) -> paramiko.SFTPHandle | int:
        if flags & (os.O_WRONLY | os.O_RDWR):
            return int(paramiko.SFTP_PERMISSION_DENIED)
        handle = Opened(flags)
        handle.readfile = self._at(path).open("rb")
        return handle


@dataclass(frozen=True)
class Served:
    """A server: where it is, its key, and the folder that it shows."""

    port: int
    key: paramiko.PKey
    folder: Path

    def known(self, file: Path, key: paramiko.PKey | None = None) -> None:
        """Write down which key it has."""
        shown = key or self.key
        keys = paramiko.HostKeys()
        keys.add(f"[127.0.0.1]:{self.port}", shown.get_name(), shown)
        file.parent.mkdir(exist_ok=True)
        keys.save(str(file))


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("served")
    (folder / "out").mkdir()
    for year in (2025, 2026):
        (folder / "out" / f"complaints-{year}.csv").write_bytes(GOOD)
    for name in ("open", "shut"):
        (folder / "by" / name).mkdir(parents=True)
        (folder / "by" / name / "c.csv").write_bytes(GOOD)
    key = paramiko.ECDSAKey.generate()
    listening = socket.create_server(("127.0.0.1", 0))
    served: list[paramiko.Transport] = []

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            transport = paramiko.Transport(connection)
            transport.add_server_key(key)
            transport.set_subsystem_handler("sftp", paramiko.SFTPServer, Files, folder)
            transport.start_server(threading.Event(), Login())
            served.append(transport)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield Served(listening.getsockname()[1], key, folder)
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join()
    for transport in served:
        transport.close()
        transport.join()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without keys, and without an agent that has some."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    monkeypatch.setenv("SFTP_PASSWORD", PASSWORD)
    (tmp_path / "home").mkdir()
    return tmp_path / "home"


def audit(folder: Path, server: Served, name: str = "complaints-2026.csv", more: str = "") -> AuditRecord:
    settings = f'settings = ["port={server.port}", "username=auditor", "password=env:SFTP_PASSWORD"{more}]\n'
    source = f'[[source]]\ntable = "complaints"\npath = "sftp://127.0.0.1/out/{name}"\n{settings}'
    return audited(folder, RULESET, source)


def test_a_file_is_fetched_from_a_server_that_the_user_knows(server: Served, tmp_path: Path, home: Path) -> None:
    server.known(home / ".ssh" / "known_hosts")
    record = audit(tmp_path, server)
    (entry,) = record.evidence
    assert (entry.status, entry.rows_read) == ("read", 2), entry.detail
    assert entry.locator == "sftp:127.0.0.1/out/complaints-2026.csv"
    assert PASSWORD not in record.model_dump_json()


def test_a_pattern_takes_every_file_and_the_keys_may_lie_beside_the_plan(server: Served, tmp_path: Path) -> None:
    server.known(tmp_path / "keys" / "servers")
    record = audit(tmp_path, server, "complaints-*.csv", ', "known_hosts=keys/servers"')
    assert [entry.rows_read for entry in record.evidence] == [2, 2]
    assert record.evidence[0].locator == "sftp:127.0.0.1/out/complaints-2025.csv"


@pytest.mark.parametrize("knows", ["nothing", "another key"])
def test_a_server_whose_key_nobody_knows_is_not_read(server: Served, tmp_path: Path, home: Path, knows: str) -> None:
    if knows == "another key":
        server.known(home / ".ssh" / "known_hosts", paramiko.ECDSAKey.generate())
    (entry,) = audit(tmp_path, server).evidence
    assert entry.status == "missing"
    assert str(entry.detail).endswith(
        f"cannot be reached: SSHException: [127.0.0.1]:(hidden) shows the key {server.key.fingerprint}, "
        "which is not among the known hosts"
    )


def test_a_member_of_an_archive_on_a_server_is_read_if_the_user_knows_the_server(
    server: Served, tmp_path: Path, home: Path
) -> None:
    with zipfile.ZipFile(server.folder / "out" / "export.zip", "w") as made:
        made.writestr("in/c.csv", GOOD)
    settings = f'settings = {{ port = {server.port}, username = "auditor", password = "env:SFTP_PASSWORD" }}\n'
    path = "zip://in/c.csv::sftp://127.0.0.1/out/export.zip"
    source = f'[[source]]\ntable = "complaints"\npath = "{path}"\n{settings}'
    (entry,) = audited(tmp_path, RULESET, source).evidence
    assert "which is not among the known hosts" in str(entry.detail)
    server.known(home / ".ssh" / "known_hosts")
    (entry,) = audited(tmp_path, RULESET, source).evidence
    assert (entry.status, entry.rows_read) == ("read", 2), entry.detail


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ('port = "twenty"', "settings.port should be a whole number"),
        ('allow_agent = "no"', "settings.allow_agent should be true or false"),
        ('user = "auditor"', "settings.user is no setting of this service"),
    ],
)
def test_a_setting_that_a_server_does_not_take_is_refused_at_its_place(
    tmp_path: Path, setting: str, message: str
) -> None:
    source = f'[[source]]\ntable = "complaints"\npath = "sftp://127.0.0.1/c.csv"\nsettings = {{ {setting} }}\n'
    with pytest.raises(QmscheckError) as refused:
        audited(tmp_path, RULESET, source)
    (problem,) = refused.value.problems
    assert message in problem.message
    assert (problem.line, problem.column) == (9, 14 + setting.index("=") + 2)


def test_a_login_that_is_refused_is_told_without_the_login(
    server: Served, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.known(home / ".ssh" / "known_hosts")
    monkeypatch.setenv("SFTP_PASSWORD", "wr0ng-pass")
    record = audit(tmp_path, server)
    assert "AuthenticationException" in str(record.evidence[0].detail)
    assert "wr0ng-pass" not in record.model_dump_json()


def test_a_file_that_is_not_there_is_missing_and_nothing_passes(server: Served, tmp_path: Path, home: Path) -> None:
    server.known(home / ".ssh" / "known_hosts")
    record = audit(tmp_path, server, "none.csv")
    assert str(record.evidence[0].detail) == "there is no file at sftp://127.0.0.1/out/none.csv"
    assert {finding.verdict for finding in record.findings} == {"insufficient"}


def test_a_folder_that_may_not_be_looked_into_is_not_left_out(server: Served, tmp_path: Path, home: Path) -> None:
    server.known(home / ".ssh" / "known_hosts")
    (entry,) = audit(tmp_path, server, "../by/*/c.csv").evidence
    assert entry.status == "missing"
    assert "cannot be reached: PermissionError" in str(entry.detail)


def test_without_its_library_the_audit_says_what_is_missing(
    server: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "paramiko", None)
    (entry,) = audit(tmp_path, server).evidence
    assert entry.status == "unsupported"
    assert "what reaches sftp://127.0.0.1/out/complaints-2026.csv is not installed" in str(entry.detail)
    assert str(entry.detail).endswith('pip install "qmscheck-remote[sftp]"')
    assert "paramiko" in str(entry.detail)
