"""A firm without a gap passes; a defect planted in it is found by the rules meant for it, and by no other."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest

from qmscheck import plugins
from qmscheck.model import AuditRecord, Verdict

_EXAMPLES = Path(__file__).parents[1] / "examples"
_NTH = 15

pytestmark = pytest.mark.unmeasured


@pytest.fixture(scope="module")
def planting():
    """The script of the defects, as a person who runs it in its folder would have it."""
    sys.path.insert(0, str(_EXAMPLES))
    try:
        import defects

        yield defects
    finally:
        sys.path.remove(str(_EXAMPLES))


@pytest.fixture(scope="module")
def firm(planting, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("perfect") / "firm"
    planting.make(folder)
    return folder


@pytest.fixture(scope="module")
def whole(planting, firm: Path) -> AuditRecord:
    return planting.audited(firm, plugins.load())


def test_a_firm_without_a_gap_passes_every_obligation_and_is_ready(whole: AuditRecord) -> None:
    verdicts = {o.id: o.verdict for o in whole.obligations}
    assert {name: verdict for name, verdict in verdicts.items() if verdict is not Verdict.PASS} == {}
    assert (len(verdicts), whole.gate.result) == (70, "READY")


def test_only_what_words_show_is_left_to_a_person_and_what_no_route_needs_is_left_open(whole: AuditRecord) -> None:
    left = {f.rule: f.verdict for f in whole.findings if f.verdict not in {Verdict.PASS, Verdict.NOT_APPLICABLE}}
    carried = {rule for o in whole.obligations for rule in o.aside}
    texts = {rule for rule, verdict in left.items() if verdict is Verdict.MANUAL and rule not in carried}
    assert {rule for rule, verdict in left.items() if verdict is not Verdict.MANUAL} <= carried
    assert all(whole.finding(rule).reason.startswith("Words were found") for rule in texts)
    assert len(texts) > 10


def test_a_sample_of_the_defects_is_found_by_the_rules_meant_for_them_and_by_no_other(
    planting, firm: Path, whole: AuditRecord
) -> None:
    found = list(planting.planted(firm, planting.defects()[3::_NTH], whole, plugins.load(), nth=12))
    assert {one.defect.name: one.missed for one in found if one.missed} == {}
    assert {one.defect.name: one.false_alarms for one in found if one.false_alarms} == {}
    assert {one.defect.name: one.excuses for one in found if one.excuses} == {}
    told = planting.summary(found)
    assert (told.defects, told.recall, told.precision) == (12, 1, 1)
    assert told.whole == 1


def test_the_defects_have_names_of_their_own_and_name_rules_that_exist(planting, whole: AuditRecord) -> None:
    defects = planting.defects()
    rules = {f.rule for f in whole.findings}
    assert len(defects) >= 100
    assert [name for name, times in Counter(d.name for d in defects).items() if times > 1] == []
    assert {rule for d in defects for rule in (*d.must, *d.may)} <= rules
    assert {d.name for d in defects if not d.must or set(d.must) & set(d.may)} == set()


def test_every_obligation_has_a_defect_that_its_rules_have_to_find(planting, whole: AuditRecord) -> None:
    tested = {whole.finding(rule).obligation for d in planting.defects() for rule in d.must}
    assert {o.id for o in whole.obligations} - tested == set()


def test_a_defect_that_alters_nothing_is_a_mistake(planting, firm: Path, whole: AuditRecord) -> None:
    one = planting.Defect("nobody", "customers", (), (), {"customer_id": ["K99"]}, {"owner": ""}, drop=False, edits=())
    with pytest.raises(ValueError, match="no record of customers was altered"):
        list(planting.planted(firm, [one], whole, plugins.load()))


def test_a_rule_that_found_nothing_and_a_rule_that_cried_wolf_are_counted(planting) -> None:
    one = planting.Defect("a", "t", ("R.1", "R.2"), ("R.3", "R.5"), {}, {}, drop=True, edits=())
    found = planting.Found(one, frozenset({"R.1", "R.3", "R.4"}), whole=True)
    assert (found.missed, found.false_alarms, found.beside, found.excuses) == ({"R.2"}, {"R.4"}, {"R.3"}, {"R.5"})
    told = planting.Summary(defects=1, whole=1, recall=0, precision=0.5, beside=1, strict=1 / 3)
    assert planting.summary([found]) == told
