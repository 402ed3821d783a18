"""What a fresh clone installs: for an audit what an auditor needs, for the tests everything, and for neither what nobody asked for."""

from __future__ import annotations

import tomllib
from importlib.metadata import metadata, requires
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
MEMBERS = sorted([*ROOT.glob("plugins/*/pyproject.toml"), *ROOT.glob("rulesets/*/pyproject.toml")])


def project(path: Path = ROOT / "pyproject.toml") -> dict[str, Any]:
    return tomllib.loads(path.read_text("utf-8"))


def names(requirements: list[str]) -> set[str]:
    return {Requirement(r).name for r in requirements}


def test_an_audit_installs_no_group_for_contributors():
    assert project()["tool"]["uv"]["default-groups"] == []


def test_the_tests_install_every_member_of_the_workspace():
    installed = names(project()["project"]["dependencies"]) | names(project()["dependency-groups"]["dev"])
    assert {project(path)["project"]["name"] for path in MEMBERS} <= installed


def test_what_an_audit_installs_does_not_reach_spark():
    members = {project(path)["project"]["name"]: project(path)["project"] for path in MEMBERS}
    wanted, seen = names(project()["project"]["dependencies"]), set()
    while wanted:
        seen.add(name := wanted.pop())
        wanted |= names(members.get(name, {}).get("dependencies", [])) - seen
    assert "qmscheck-tables" in seen
    assert not seen & {"pyspark", "qmscheck-spark", "pyarrow"}


def test_what_pyspark_needs_is_written_down_as_it_says_so_itself():
    """Where the version differs, uv fetches all of pyspark to look, before any command."""
    (told,) = project()["tool"]["uv"]["dependency-metadata"]
    assert told["version"] == metadata("pyspark")["Version"]
    extras = ("", *told["provides-extra"])
    needed = [Requirement(r) for r in requires("pyspark") or []]
    kept = {str(r) for r in needed if not r.marker or any(r.marker.evaluate({"extra": e}) for e in extras)}
    assert {str(Requirement(r)) for r in told["requires-dist"]} == kept
