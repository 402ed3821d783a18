"""SFTP servers: only those are read whose key the user knows, as `ssh` has it. Library of this module: paramiko.

The file system of fsspec trusts whatever key it is shown first, so that anybody on the way could hand over evidence of
their own (its documentation says so, of `host_key_policy`).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from qmscheck_remote.settings import Setting, fitting

__all__ = ["options"]

_KNOWN = "known_hosts"


def options(settings: Mapping[str, Setting], root: Path) -> dict[str, Any]:
    """Write the settings of a source as paramiko takes them. `known_hosts` is a file of keys, relative to the plan.

    Raises ImportError where paramiko is not installed, and QmscheckError for a setting that it does not take.
    """
    from paramiko import SSHClient  # noqa: PLC0415

    told = {name: one for name, one in settings.items() if name != _KNOWN}
    given = fitting(told, SSHClient.connect, more=frozenset())
    known = root / str(settings[_KNOWN].value) if _KNOWN in settings else Path.home() / ".ssh" / _KNOWN
    # No connection is shared: it ends with what it is opened for.
    return {**given, "host_key_policy": _policy(known), "skip_instance_cache": True}


def _policy(known: Path) -> object:
    from paramiko import HostKeys, MissingHostKeyPolicy, PKey, SSHClient, SSHException  # noqa: PLC0415

    class Known(MissingHostKeyPolicy):  # type: ignore[misc]
        """Refuses every server whose key is not in the file."""

        def missing_host_key(self, client: SSHClient, hostname: str, key: PKey) -> None:
            """Look the key up. Raises SSHException where it is not there."""
            del client
            keys = HostKeys()
            if known.is_file():
                keys.load(str(known))
            if not keys.check(hostname, key):
                told = f"{hostname} shows the key {key.fingerprint}, which is not among the known hosts"
                raise SSHException(told)

    return Known()
