"""Law 4: the same plan, ruleset and evidence give the same record, byte for byte; row order changes rows only."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, Self

import pytest
import shared
from extracts import EXAMPLES, opened, reordered

from qmscheck.audit import conduct
from qmscheck.extracts import Extract

REPAIR_SHOP = EXAMPLES / "repair-shop"


def told(folder: str, *options: str, cwd: Path = EXAMPLES, **environ: str) -> bytes:
    """Give the record that the command prints, in a process of its own."""
    command = [sys.executable, "-m", "qmscheck", "audit", folder, "--output-format", "json", "-q", *options]
    environment = {k: v for k, v in shared.unmeasured().items() if not k.startswith(("LC_", "LANG", "TZ", "QMSCHECK_"))}
    ended = subprocess.run(
        command,
        cwd=cwd,
        env=environment | {"QMSCHECK_ANEW": "1", "QMSCHECK_ISOLATION": "never"} | environ,
        capture_output=True,
        check=False,
    )
    assert ended.returncode in {0, 1, 3}, ended.stderr.decode()
    return ended.stdout


@pytest.fixture(scope="module")
def once() -> bytes:
    return told("repair-shop", "--threads", "1", PYTHONHASHSEED="1")


def test_the_same_audit_twice_gives_the_same_bytes(once: bytes) -> None:
    assert json.loads(once)["gate"]["result"] == "NOT READY"
    assert told("repair-shop", "--threads", "2", PYTHONHASHSEED="2") == once


@pytest.mark.parametrize(
    "environ",
    [{"LC_ALL": "de_DE.UTF-8", "TZ": "Asia/Tokyo"}, {"LC_ALL": "C.UTF-8", "TZ": "America/St_Johns"}, {"LC_ALL": "C"}],
)
def test_language_and_time_zone_of_the_machine_do_not_matter(once: bytes, environ: dict[str, str]) -> None:
    assert told("repair-shop", **environ) == once


def test_the_place_of_the_folder_and_of_the_person_does_not_matter(once: bytes, tmp_path: Path) -> None:
    copied = tmp_path / "über den Hügel" / "shop"
    shutil.copytree(REPAIR_SHOP, copied, copy_function=shutil.copy)  # the files are as new as the copy
    assert told(str(copied), cwd=tmp_path) == once
    assert told(".", cwd=copied) == once


@pytest.mark.unmeasured
def test_threads_do_not_matter_to_a_large_table() -> None:
    assert told("pump-maker", "--threads", "1") == told("pump-maker", "--threads", "2")


@pytest.mark.unmeasured
def test_the_order_in_which_a_folder_lists_its_files_does_not_matter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    example = opened("repair-shop", tmp_path)
    listed = os.scandir

    class Reversed(list[Any]):
        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            """Nothing is open."""

    def reverse(path: Any = ".") -> Self:
        with listed(path) as entries:
            return Reversed(sorted(entries, key=lambda entry: entry.name, reverse=True))

    monkeypatch.setattr(os, "scandir", reverse)
    monkeypatch.setattr(os, "listdir", lambda path=".": [entry.name for entry in reverse(path)])
    assert conduct(example.planfile, example.plugins, threads=1) == example.record


@pytest.mark.parametrize("name", ["repair-shop", pytest.param("pump-maker", marks=pytest.mark.unmeasured)])
def test_the_order_of_rows_changes_only_where_they_stand(name: str, tmp_path: Path) -> None:
    example = opened(name, tmp_path)
    shuffled = example.audited(example.replayed(_shuffled))
    assert shuffled != example.record
    assert _without_rows(shuffled.model_dump(mode="json")) == _without_rows(example.record.model_dump(mode="json"))


def _shuffled(extract: Extract) -> Extract:
    draw = random.Random(extract.table)
    return reordered(extract, lambda number: draw.sample(range(number), number))


def _without_rows(value: Any) -> Any:
    """Take out row numbers, and the cell names that follow from them; then only the order of equal keys is free."""
    if isinstance(value, dict):
        kept = {k: _without_rows(v) for k, v in value.items() if k not in {"row", "cell"}}
        for name in ("exceptions", "unreadable", "rows_skipped"):
            if isinstance(kept.get(name), list):
                kept[name] = sorted(kept[name], key=lambda one: json.dumps(one, sort_keys=True))
        return kept
    return [_without_rows(v) for v in value] if isinstance(value, list) else value


def test_the_bytes_of_evidence_are_what_they_were_before_the_audit(tmp_path: Path) -> None:
    copied = tmp_path / "shop"
    shutil.copytree(REPAIR_SHOP, copied)
    before = _listing(copied)
    told(str(copied))
    assert _listing(copied) == before


def _listing(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {
        p.relative_to(folder).as_posix(): (p.stat().st_mtime_ns, p.read_bytes() if p.is_file() else b"")
        for p in folder.rglob("*")
    }
