"""A PostgreSQL server for a benchmark: started on a free port of this machine, filled, and gone with its folder."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from reading import COMPLAINTS, CUSTOMERS, TYPES

__all__ = ["Server", "program", "served", "serving"]

_KINDS = {"VARCHAR": "text", "DOUBLE": "double precision"}
_SETTINGS = "-c fsync=off -c shared_buffers=512MB -c work_mem=256MB -c timezone=UTC"


#: Seconds after which the processes of a session that is over have been waited for.
_OVER = 0.5


@dataclass(frozen=True, slots=True)
class Server:
    """A server: its address, for a role that may only read, and the number of its first process."""

    address: str
    process: int

    def cpu(self) -> float:
        """Give the seconds of all processors that it has used, with those of sessions that are over (Linux; else 0)."""
        told = Path(f"/proc/{self.process}/stat")
        if not told.exists():
            return 0.0
        time.sleep(_OVER)
        fields = told.read_text().rpartition(")")[2].split()  # proc(5): utime, stime, cutime, cstime
        return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Give the address of a server as `serving` starts it."""
    with serving(folder) as server:
        yield server.address


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """Give a server that has complaints and customers, for a role that may only read.

    It trusts whoever reaches it on the loopback, so that the address holds no secret. The evidence must be there as
    CSV.
    Raises SystemExit where no server is installed.
    """
    initdb, control, psql = (program(name) for name in ("initdb", "pg_ctl", "psql"))
    with tempfile.TemporaryDirectory(prefix="qmscheck-bench-pg-", ignore_cleanup_errors=True) as name:
        place = Path(name)
        place.chmod(0o777)
        _called(place, initdb, "-D", f"{place}/db", "-U", "owner", "-A", "trust", "-N", "-E", "UTF8", "--locale=C")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port: int = free.getsockname()[1]
        options = f"-h 127.0.0.1 -p {port} -k {place} {_SETTINGS}"
        _called(place, control, "-D", f"{place}/db", "-w", "-o", options, "-l", f"{place}/log", "start")
        try:
            asked = (psql, "-h", "127.0.0.1", "-p", str(port), "-U", "owner", "-q", "-v", "ON_ERROR_STOP=1")
            for statement in _filling(folder):
                _called(place, *asked, "-d", "postgres", "-c", statement)
            first = int((place / "db" / "postmaster.pid").read_text().split()[0])
            yield Server(f"postgresql://auditor@127.0.0.1:{port}/postgres", first)
        finally:
            _called(place, control, "-D", f"{place}/db", "-m", "immediate", "stop")


def _filling(folder: Path) -> Iterator[str]:
    for table, columns in (("complaints", COMPLAINTS), ("customers", CUSTOMERS)):
        typed = ", ".join(f"{column} {_KINDS.get(TYPES[column], TYPES[column].lower())}" for column in columns)
        yield f"CREATE TABLE {table} ({typed})"
        yield f"COPY {table} FROM '{folder / table}.csv' (FORMAT csv, HEADER)"
        yield f"VACUUM ANALYZE {table}"
    yield "CREATE ROLE auditor LOGIN"
    yield "GRANT SELECT ON ALL TABLES IN SCHEMA public TO auditor"


def program(name: str) -> str:
    """Give the path of a program of the server; raises SystemExit where it is not installed."""
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    found = str(places[0]) if places else shutil.which(name)
    if found is None:
        raise SystemExit(f"{name} is not installed: apt-get install postgresql")
    return found


def _called(place: Path, *command: str) -> None:
    """Call a program of the server as somebody who is not root: it refuses root."""
    someone = {"user": "nobody", "group": "nogroup"} if os.geteuid() == 0 else {}
    clean = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
    done = subprocess.run(command, cwd=place, env=clean, capture_output=True, text=True, check=False, **someone)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}\nended with {done.returncode}:\n{done.stderr}{done.stdout}")
