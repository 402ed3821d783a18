"""What is asked for late is imported late, and is what it would be anyway."""

from __future__ import annotations

import subprocess
import sys

import pytest
import shared

import qmscheck
from qmscheck.late import late

#: What only some audits ask for: rules that measure, masked passages, logs of events, other engines, work apart,
#: mistakes.
_SELDOM = (
    "qmscheck.judge.measuring.measures",
    "qmscheck.judge.measuring.signals",
    "qmscheck.judge.measuring.trends",
    "qmscheck.statistics.intervals",
    "qmscheck.sql.statistic",
    "qmscheck.privacy.masking",
    "qmscheck.evidence.cases",
    "qmscheck.judge.counting.sayable",
    "pickle",
    "subprocess",
    "difflib",
)


def test_the_path_of_an_audit_imports_nothing_that_few_audits_ask_for() -> None:
    script = (
        "import sys\nimport qmscheck.audit, qmscheck.apart.works\n"
        "print(*(name for name in sys.argv[1:] if name in sys.modules))"
    )
    command = [sys.executable, "-c", script, *_SELDOM]
    done = subprocess.run(command, env=shared.unmeasured(), capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_a_name_of_a_package_is_that_of_its_module_and_stands_there_from_then_on() -> None:
    from qmscheck.cells import bare

    vars(qmscheck).pop("bare", None)
    assert qmscheck.bare is bare
    assert vars(qmscheck)["bare"] is bare


def test_what_no_module_gives_is_told_as_python_does() -> None:
    with pytest.raises(AttributeError, match=r"^module 'qmscheck' has no attribute 'brae'$"):
        late("qmscheck", {"cells": ("bare",)})("brae")
