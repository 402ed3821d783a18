"""A folder with one ruleset that did not come with the product, and its evidence."""

from __future__ import annotations

import random
import time
from pathlib import Path

from folders import HEADER

__all__ = ["FINE", "LARGE", "SLOW", "ended", "firm"]

_TABLE = (
    '[table.notes]\npurpose = "Notes"\nkey = "id"\ncolumns = { id = { type = "text" }, note = { type = "text" } }\n'
)
_RULE = (
    '[[rule]]\nid = "T.1"\nobligation = "T"\ntitle = "A rule"\nstatement = "{unmet} of {population}."\neach = "notes"\n'
)
#: A rule that is met.
FINE = "must = \"note <> 'x'\"\n"
_PATTERN = "'(a|b)*a(a|b){450}(a|b){450}c'"
#: RE2 keeps 600 states at each letter of a text that leaves it in doubt to its end: one call of a function lasts minutes.
SLOW = f'must = "not matches(note, {_PATTERN})"\n'
#: Each of the 60 texts becomes 150 times as long, and they are made together.
LARGE = 'must = "' + " || ".join(["note"] * 140) + " <> 'x'\"\n"


def firm(folder: Path, rule: str = FINE, letters: int = 3, more: str = "", given: int = 1) -> Path:
    """Write a folder with one rule, an example of `given` notes, 60 notes, all of so many letters, and the plan."""
    folder.mkdir()
    text = "".join(random.Random(1).choices("ab", k=letters))
    records = ", ".join(f'{{ id = "N{i}", note = "{text}" }}' for i in range(given))
    example = f'[[rule.example]]\nverdict = "pass"\ngiven.notes = [{records}]\n'
    (folder / "theirs.toml").write_text(HEADER + _TABLE + _RULE + rule + example, "utf-8")
    (folder / "notes.csv").write_text("id,note\n" + "".join(f"N{i},{text}\n" for i in range(60)), "utf-8")
    (folder / "qmscheck.toml").write_text(
        f'[audit]\norganization = "O"\nscope = "S"\nrulesets = ["theirs.toml"]\nas_of = 2026-11-20\n{more}\n'
        '[[source]]\ntable = "notes"\npath = "notes.csv"\n',
        "utf-8",
    )
    return folder


def ended(process: int) -> bool:
    """Tell whether a process is gone, or is at least no more than its name in a table; waits for it."""
    for _ in range(200):
        try:
            state = Path(f"/proc/{process}/stat").read_text("ascii").rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False
