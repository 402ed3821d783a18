"""Rules changed as by mistake: of a fixed sample, the examples notice at least 95 %. All: `qmscheck ruleset mutate iso9001`."""

from __future__ import annotations

from pathlib import Path

import pytest
import qmscheck_iso9001
import shared

from qmscheck.mutation import noticing

_FOLDER = Path(qmscheck_iso9001.__file__).parent
_SAMPLE = ("CF-8.2.1-c2",)


@pytest.mark.unmeasured
def test_the_examples_of_a_sample_notice_changes_of_the_rules() -> None:
    found = list(noticing.run(shared.iso9001(), _SAMPLE))
    noticed = sum(len(one.noticed) for one in found)
    survived = [(one.rule, change) for one in found for change in one.survived]
    assert noticed > 100
    assert noticed >= 0.95 * (noticed + len(survived)), survived
    assert [one for one in found if one.failing or one.stale] == []
