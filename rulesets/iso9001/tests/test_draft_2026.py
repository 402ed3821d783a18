"""The overlay for the 2026 drafts: it is laid over the whole ruleset, changes force and clauses only, and says that nobody verified it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
import qmscheck_iso9001
import shared

from qmscheck import criteria
from qmscheck.cli import main
from qmscheck.criteria import Criteria
from qmscheck.errors import QmscheckError
from qmscheck.model import Force, Grade

_FOLDER = Path(qmscheck_iso9001.__file__).parent
_DRAFT = _FOLDER / "draft-2026"


def test_it_changes_force_and_clauses_of_the_culture_of_quality_and_nothing_else() -> None:
    (changed,) = _both().ruleset.used[-1:]
    assert [(c.id, c.key, c.was, c.now, c.loosens) for c in changed.changes if c.key == "force"] == [
        ("CF-P-07", "force", "principle", "requirement", False)
    ]
    assert {(c.kind, c.id, c.key) for c in changed.changes} == {
        ("obligation", "CF-P-07", "force"),
        ("obligation", "CF-P-07", "clauses"),
    }


def test_all_that_it_does_not_name_stays_as_it_is() -> None:
    base, both = shared.iso9001().ruleset, _both().ruleset
    other = {o: noun for o, noun in both.obligations.items() if o != "CF-P-07"}
    assert other == {o: noun for o, noun in base.obligations.items() if o != "CF-P-07"}
    was, now = base.obligations["CF-P-07"], both.obligations["CF-P-07"]
    assert now == was.model_copy(update={"force": Force.REQUIREMENT, "clauses": ("5.1.1", "7.3")})
    assert (both.rules, both.params, both.tables, both.terms) == (base.rules, base.params, base.tables, base.terms)


def test_a_breach_of_it_stays_an_opportunity_until_somebody_could_read_the_edition() -> None:
    assert _both().ruleset.obligations["CF-P-07"].grade is Grade.OPPORTUNITY
    assert "not from the drafts nor from a published edition" in (_both().ruleset.used[-1].unverified or "")


def test_the_ruleset_itself_does_not_read_the_folder_of_its_overlay() -> None:
    assert [u.id for u in shared.iso9001().ruleset.used] == ["iso9001-customer-focus"]
    assert shared.iso9001().ruleset.obligations["CF-P-07"].force is Force.PRINCIPLE


def test_without_the_ruleset_it_is_refused() -> None:
    with pytest.raises(QmscheckError, match="no obligation 'CF-P-07' in the rulesets before this one"):
        criteria.load([("iso9001-2026-draft", _DRAFT)])


@pytest.mark.unmeasured
def test_a_plan_can_name_both(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ruleset", "lint", "iso9001", "iso9001-2026-draft"]) == 0
    assert (
        capsys.readouterr().out
        == f"{len(_both().ruleset.obligations)} obligations, {len(_both().ruleset.rules)} rules, no mistakes\n"
    )


@cache
def _both() -> Criteria:
    return criteria.load([("iso9001", _FOLDER), ("iso9001-2026-draft", _DRAFT)])
