"""Checks that the documentation is true: generated pages current, hooks complete, commands as they print themselves.

`python docs/check.py` checks; `python docs/check.py --write` writes the generated parts anew.
"""

from __future__ import annotations

import inspect
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
_MARKER = r"<!-- output of: (.+?) -->"


def main() -> int:
    """Check or write; give the exit code."""
    write = "--write" in sys.argv[1:]
    wrong = [*_generated(write=write), *_once(), *_hooks(), *_links(), *_commands(), *_rooms()]
    for line in wrong:
        print(line, file=sys.stderr)
    print("docs: " + ("written" if write else f"{len(wrong)} mistakes" if wrong else "true"))
    return 1 if wrong else 0


def _generated(*, write: bool) -> Iterator[str]:
    """Compare every generated page, or part of one, with what the code gives."""
    for path, wanted in _pages():
        given = path.read_text("utf-8") if path.exists() else ""
        if given == wanted:
            continue
        if write:
            path.write_text(wanted, "utf-8")
        else:
            yield f"{path.relative_to(ROOT)} is not current: run python docs/check.py --write"


def _pages() -> Iterator[tuple[Path, str]]:
    from qmscheck.cli.ruleset import schema_of_files as ruleset_schema  # noqa: PLC0415
    from qmscheck.record import schema  # noqa: PLC0415
    from qmscheck.record.names import table  # noqa: PLC0415

    yield DOCS / "record.schema.json", json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
    yield DOCS / "ruleset.schema.json", json.dumps(ruleset_schema(), indent=2, ensure_ascii=False) + "\n"
    record = DOCS / "record.md"
    head = record.read_text("utf-8").split("| Path | Holds |")[0]
    yield record, head + table()
    readme = ROOT / "README.md"
    text = readme.read_text("utf-8")
    for command in dict.fromkeys(re.findall(_MARKER, text)):
        text = _with_output(text, command)
    yield readme, text


def _with_output(text: str, command: str) -> str:
    """Put what a command prints into the block that follows its marker."""
    marker = f"<!-- output of: {command} -->"
    done = subprocess.run(  # noqa: S602  (the commands stand in our own README)
        command.replace("qmscheck", f"{sys.executable} -m qmscheck", 1),
        shell=True,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": "/usr/bin:/bin", "QMSCHECK_WIDTH": "100", "LC_ALL": "C.UTF-8"},
    )
    shown = (done.stdout or done.stderr).rstrip()
    head, _, rest = text.partition(marker)
    tail = re.sub(r"\A\n```text\n(?:.*?\n)??```(?=\n)", "", rest, count=1, flags=re.DOTALL)
    return f"{head}{marker}\n```text\n{shown}\n```{tail}"


def _once() -> Iterator[str]:
    """Demand that the README shows each command once: only the first is written anew."""
    shown = re.findall(_MARKER, (ROOT / "README.md").read_text("utf-8"))
    for command in dict.fromkeys(c for c in shown if shown.count(c) > 1):
        yield f"README.md shows the output of '{command}' more than once"


def _hooks() -> Iterator[str]:
    """Demand that docs/plugins.md names every hook with its arguments, and every value that hooks give."""
    from qmscheck import extracts, hookspecs  # noqa: PLC0415

    page = (DOCS / "plugins.md").read_text("utf-8")
    for name in (*hookspecs.__all__, *extracts.__all__):
        thing = getattr(hookspecs, name, None)
        if name.startswith("qmscheck_"):
            wanted = f"{name}({', '.join(inspect.signature(thing).parameters)})"
        else:
            wanted = f"`{name}`"
        if wanted not in page:
            yield f"docs/plugins.md does not name {wanted}"


def _links() -> Iterator[str]:
    """Demand that every relative link of every page leads somewhere."""
    for page in [*DOCS.rglob("*.md"), *ROOT.glob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
            if not (page.parent / target).exists():
                yield f"{page.relative_to(ROOT)}: no such page: {target}"


def _commands() -> Iterator[str]:
    """Demand that what the README says to run is what contributors and CI run."""
    found = re.search(r"^uv run .*pytest", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE)
    if not found:
        yield "README.md names no command for the tests"
        return
    for name in ("CONTRIBUTING.md", ".ci/run"):
        if found[0] not in (ROOT / name).read_text("utf-8"):
            yield f"{name} does not run the tests as README.md says: {found[0]}"


def _rooms() -> Iterator[str]:
    """Demand that docs/architecture.md gives every package and module of the product its room."""
    page = (DOCS / "architecture.md").read_text("utf-8").partition("## Every package")[2].partition("\n## ")[0]
    house = ROOT / "src" / "qmscheck"
    for name in sorted({p.stem for p in house.glob("*.py")} | {p.parent.name for p in house.glob("*/__init__.py")}):
        if name != "__init__" and f"`{name}`" not in page:
            yield f"docs/architecture.md gives {name} no room"


if __name__ == "__main__":
    sys.exit(main())
