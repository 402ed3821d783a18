"""A folder with a plan, a ruleset and evidence, audited as the command does: with the real readers."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from qmscheck import plan, plugins
from qmscheck.audit import conduct
from qmscheck.model import AuditRecord
from qmscheck.plan import Overrides

__all__ = ["HEADER", "audited"]

#: A ruleset of one obligation, without a table and without a rule.
HEADER = """
[ruleset]
id = "truth"
title = "Known answers"
standard = "none"
edition = "1"
version = "1"
language = "en"

[[obligation]]
id = "T"
title = "A known answer"
force = "requirement"
clauses = ["1"]
doc_info = "none"
statement = "What is known."
grade = "minor"
grade_why = "It is known."
recommendation = "The quality manager looks."
"""

_TODAY = dt.date(2026, 11, 20)


def audited(
    folder: Path, ruleset: str, sources: str, *, as_of: dt.date = _TODAY, cache: Path | None = None
) -> AuditRecord:
    """Audit a folder: `ruleset` is the text of one or the name of an installed one, `sources` the rest of the plan. Who
    audits the same ruleset again and again names a folder in which what follows from it is remembered, as for users.
    """
    (folder / "asked.toml").write_text(ruleset, "utf-8")
    name = "asked.toml" if "[ruleset]" in ruleset else ruleset
    head = f'[audit]\norganization = "O"\nscope = "S"\nrulesets = ["{name}"]\nas_of = {as_of}\n'
    (folder / "qmscheck.toml").write_text(head + sources, "utf-8")
    found = plugins.load()
    planfile = plan.read(folder, found.readers, Overrides(today=as_of), found.rulesets, found.engines)
    return conduct(planfile, found, threads=1, cache=cache)
