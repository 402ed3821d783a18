"""One audit through the public path: `python conduct.py PLAN RECORD` writes the audit record of a plan."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

from qmscheck import audit, plan, plugins, record

__all__ = ["conduct"]


def conduct(planned: Path, written: Path) -> None:
    """Conduct the audit of a plan and write its record."""
    loaded = plugins.load()
    planfile = plan.read(planned, loaded.readers, plan.Overrides(today=dt.date(2026, 10, 31)), tuple(loaded.rulesets))
    written.write_text(record.write(audit.conduct(planfile, loaded)), "utf-8")


if __name__ == "__main__":
    conduct(Path(sys.argv[1]), Path(sys.argv[2]))
