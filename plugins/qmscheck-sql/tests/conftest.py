"""A real PostgreSQL server on this machine: started once for a run, on a port of its own, in a temporary folder.

Where no server is installed, the summary of the run names what was not shown; on CI, which installs one (`.ci/run`), the
tests fail.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

PASSWORD = "pa55-w0rd"


@dataclass(frozen=True)
class Server:
    """Where a server listens; `auditor` may only read, `owner` may do anything."""

    port: int
    folder: Path

    def address(self, user: str = "auditor", password: str = PASSWORD, database: str = "erp") -> str:
        return f"postgresql://{user}:{password}@127.0.0.1:{self.port}/{database}"

    def run(self, *statements: str, database: str = "erp") -> None:
        """Act as the owner of the database."""
        import adbc_driver_postgresql.dbapi

        with adbc_driver_postgresql.dbapi.connect(self.address("owner", database=database), autocommit=True) as open_:
            for statement in statements:
                with open_.cursor() as cursor:
                    cursor.execute(statement)


def _program(name: str) -> str | None:
    found = shutil.which(name)
    return found or next(
        (str(p) for p in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)), None
    )


def _call(folder: Path, *command: str) -> None:
    """Run a program of the server as somebody who is not root: it refuses root."""
    someone = {"user": "nobody", "group": "nogroup"} if os.geteuid() == 0 else {}
    clean = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
    done = subprocess.run(command, cwd=folder, env=clean, capture_output=True, text=True, check=False, **someone)
    assert done.returncode == 0, f"{command[0]}: {done.stderr}\n{done.stdout}"


def _started(folder: Path, control: str) -> int:
    """Start the server on a free port; another process may take the port first, so it is tried again."""
    for attempt in range(5):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port: int = free.getsockname()[1]
        told = f"-h 127.0.0.1 -p {port} -k {folder} -c fsync=off -c shared_buffers=16MB -c timezone=Europe/Berlin"
        try:
            _call(folder, control, "-D", f"{folder}/db", "-w", "-t", "120", "-o", told, "-l", f"{folder}/log", "start")
        except AssertionError:
            if attempt == 4:
                raise
        else:
            return port
    raise AssertionError


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    programs = [_program(name) for name in ("initdb", "pg_ctl")]
    if None in programs:
        told = "no PostgreSQL is installed (apt-get install postgresql)"
        if os.environ.get("CI"):
            pytest.fail(told)
        pytest.skip(f"NOT SHOWN: {told}")
    initdb, control = map(str, programs)
    with tempfile.TemporaryDirectory(prefix="qmscheck-pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o777)
        (folder / "password").write_text(PASSWORD)
        (folder / "password").chmod(0o644)
        as_owner = ["-U", "owner", "-A", "scram-sha-256", f"--pwfile={folder / 'password'}"]
        _call(folder, initdb, "-D", f"{folder}/db", *as_owner, "-N", "-E", "UTF8", "--locale=C")
        port = _started(folder, control)
        try:
            found = Server(port, folder)
            found.run("create database erp", database="postgres")
            found.run(f"create role auditor login password '{PASSWORD}'")
            yield found
        finally:
            _call(folder, control, "-D", f"{folder}/db", "-m", "immediate", "stop")
