"""A folder of templates, drafts and quoted guidance passes nothing; the same words, approved, pass what they can show."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from qmscheck.cli import main

pytestmark = pytest.mark.unmeasured

_POLICY = """# Quality policy

[Company name] stands for quality. Our customers are at the centre of all we do, and we meet what they and the law ask.
We set objectives, look at them each year, and keep improving our processes, our service and ourselves in all we do.

Signed: ______________ Date: DD/MM/YYYY
"""
_PROCEDURE = """---
doc_id: SOP-04
version: 1.0
status: draft
review_due: 2027-06-30
---
# Procedure: customer feedback

Feedback of customers is taken in by TODO and answered within TODO days. Complaints are passed to the quality manager.
"""
_SCAFFOLD = """---
doc_id:
version:
status:
owner:
approved_by:
approved_on:
review_due:
---
# Management review report

## Customer satisfaction

## Audit results
"""
_HANDBOOK = """# Quality manual

## Quality policy

> ISO 9001, clause 5.2 requires a policy that fits the organisation and promises to satisfy requirements.

Note: the standard requires top management to keep a policy. Customers, applicable legal requirements and continual
improvement should be named in it.
"""
_DASHBOARD = """---
doc_id: DB-01
version: 1.0
status: approved
---
# Document register

The documents of the system are listed here, by number.
"""
_FORM = """# Complaint form

| Customer | |
|---|---|
| Received on | |
| Approved by | |
"""
_FILES = {
    "01 policy/Quality policy.md": _POLICY,
    "02 procedures/SOP-04 Customer feedback.md": _PROCEDURE,
    "02 procedures/SOP-05 Management review.md": _PROCEDURE.replace("SOP-04", "SOP-05").replace("draft", "in review"),
    "03 reports/Management review report.md": _SCAFFOLD,
    "Quality manual.md": _HANDBOOK,
    "Dashboard.md": _DASHBOARD,
    "04 forms/F-01 Complaint form.md": _FORM,
    "README.md": "# Start here\n\nCopy this folder, and replace what stands in brackets by your own words.\n",
}
_APPROVED = """---
doc_id: QM-02
version: 2
status: current
approved_by: Managing director
approved_on: 2026-02-02
review_due: 2027-02-02
---
# Quality policy

Customers come to us for pumps that run. We meet what they ask and what the law asks of us, on the day that we promised.
We look at our objectives each year, talk about them in every team, and keep improving what we do and how we do it.
"""


def test_the_tests_of_a_ruleset_use_no_cache_of_the_user_and_are_measured_where_they_shall_be(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """As all tests: what the `conftest.py` says holds here, too."""
    assert Path(os.environ["XDG_CACHE_HOME"]).is_relative_to(tmp_path_factory.getbasetemp().parent)
    assert sys.gettrace() is None
    assert [name for name in os.environ if name.startswith("COVERAGE")] == []


@pytest.mark.parametrize("file", [None, *_FILES])
def test_templates_drafts_and_guidance_pass_no_rule_and_no_obligation(tmp_path: Path, file: str | None) -> None:
    record = _audited(tmp_path, _FILES if file is None else {file: _FILES[file]})
    assert [f["rule"] for f in record["findings"] if f["verdict"] == "pass"] == []
    assert [o["id"] for o in record["obligations"] if o["verdict"] == "pass"] == []
    assert record["gate"]["result"] != "READY"


def test_a_policy_that_is_approved_and_filled_in_passes_what_it_can_show(tmp_path: Path) -> None:
    record = _audited(tmp_path, {**_FILES, "01 policy/Quality policy.md": _APPROVED})
    passed = {f["rule"] for f in record["findings"] if f["verdict"] == "pass"}
    assert passed >= {"CF-5.2-1.exists", "CF-5.2-1.no-blanks", "CF-7.5-1.agrees", "CF-7.5-1.identified"}
    assert "CF-7.5-1.approved" not in passed
    assert [o["id"] for o in record["obligations"] if o["verdict"] == "pass"] == []


def test_the_same_policy_without_approval_and_status_passes_nothing(tmp_path: Path) -> None:
    kept = [line for line in _APPROVED.splitlines() if not line.startswith(("approved_", "status"))]
    record = _audited(tmp_path, {"Quality policy.md": "\n".join(kept)})
    assert [f["rule"] for f in record["findings"] if f["verdict"] == "pass"] == []
    assert "CF-5.2-1.identified" in {f["rule"] for f in record["findings"] if f["verdict"] == "fail"}


def test_a_policy_in_a_chapter_of_the_manual_is_quoted_where_it_stands(tmp_path: Path) -> None:
    manual = (
        "# Quality manual\n\n## Scope\n\nPumps for customers.\n\n## Quality policy\n\nWe put our customers first.\n"
    )
    record = _audited(tmp_path, {"Manual.md": manual})
    (finding,) = [f for f in record["findings"] if f["rule"] == "CF-5.2-1.customers"]
    places = [(e["location"]["path"], e["location"]["row"], e["quote"]) for e in finding["exceptions"]]
    assert (finding["verdict"], places) == ("manual", [("qms/Manual.md", 9, "We put our customers first.")])


def _audited(root: Path, files: Mapping[str, str]) -> Mapping[str, Any]:
    for name, text in files.items():
        path = root / "qms" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    told = root / "record.json"
    options = ["--ruleset", "iso9001", "--source", f"documents={root / 'qms'}", "--as-of", "2026-11-20"]
    code = main(["audit", str(root), *options, "-q", "-o", f"json:{told}"])
    assert code in {1, 3}
    record: Mapping[str, Any] = json.loads(told.read_text("utf-8"))
    return record
