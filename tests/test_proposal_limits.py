"""Which limits of its own an organisation is asked for: those that decide rules whose columns are all proposed."""

from __future__ import annotations

from pathlib import Path

import tomli
from proposing import RULESET, proposed

from qmscheck import criteria
from qmscheck.proposal.limits import MOST, limits
from qmscheck.proposal.writing import plan_text

PARAM = """
[param.{name}]
type = "integer"
default = {default}
min = 1
max = 99
origin = "{origin}"
title = "{title}"
{more}
"""
RULE = """
[[rule]]
id = "A.{name}"
obligation = "A"
title = "In time"
each = "complaints"
must = "{must}"
statement = "{{unmet}} are late."
{more}
"""
FILES = {"complaints.csv": "complaint no,date received,closed\n1,2026-01-02,2026-01-03\n2,2026-01-13,2026-01-23\n"}


def param(name: str, origin: str = "convention", more: str = "", default: int = 7) -> str:
    return PARAM.format(name=name, origin=origin, more=more, default=default, title=f"Days for {name}")


def rule(name: str, must: str, more: str = "") -> str:
    return RULE.format(name=name, must=must, more=more)


def asked(folder: Path, *parts: str) -> tuple[list[str], str]:
    file = folder / "own.toml"
    file.write_text(RULESET + "".join(parts), "utf-8")
    found = criteria.load([("own", file)], None)
    proposal = proposed(folder / "evidence", FILES)
    own = limits(proposal, found.ruleset, found.tests)
    text = plan_text(proposal, found.ruleset, organization="O", rulesets=["own"], before=None, asked=own)
    return [one.name for one in own], text


def test_a_limit_is_shown_with_its_value_whose_it_is_and_the_rule_that_it_decides(tmp_path: Path) -> None:
    months = rule("again", "add_months(received_on, param('again')) >= as_of()")
    close = rule("close", "working_days(received_on, closed_on) <= param('close')")
    names, text = asked(tmp_path, months, close, param("again"), param("close", "own-procedure", 'ref = "QP-1"', 9))
    assert names == ["close", "again"]
    first = '# close = { value = 9, origin = "own-procedure", ref = "" }'
    assert f"# [params]\n{first}  # Days for close (A.close); as it stands, own-procedure QP-1\n" in text
    assert "# Days for again (A.again); as it stands, a convention, which binds nobody\n" in text
    assert "params" not in tomli.loads(text)
    stated = text.replace("# [params]", "[params]").replace("# close = ", "close = ")
    assert tomli.loads(stated)["params"] == {"close": {"value": 9, "origin": "own-procedure", "ref": ""}}


def test_what_decides_no_rule_with_records_or_is_set_by_others_is_not_asked(tmp_path: Path) -> None:
    names, text = asked(
        tmp_path,
        param("scope")
        + rule("scope", "filled(complaint_id)", "where = \"add_days(received_on, param('scope')) <= as_of()\""),
        param("law", "law", 'ref = "L 1"') + rule("law", "days_between(received_on, closed_on) <= param('law')"),
        param("gone") + rule("gone", "days_between(received_on, closed_on) <= param('gone') or filled(owner)"),
        param("open") + rule("open", "days_between(received_on, closed_on) <= param('open')", "conclusive = false"),
    )
    assert names == []
    assert "[params]" not in text


def test_no_more_are_asked_than_a_person_reads(tmp_path: Path) -> None:
    several = [f"p{i:02}" for i in range(MOST + 2)]
    parts = [param(n) + rule(n, f"days_between(received_on, closed_on) <= param('{n}')") for n in several]
    names, _ = asked(tmp_path, *parts)
    assert names == several[:MOST]
