"""The ruleset as its authors want it: each rule with examples at its edges, words that a reader can act on, nothing unused."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest
import qmscheck_iso9001
import shared

from qmscheck.criteria.grading import SHAPES
from qmscheck.model import Example, Force, Grade, Obligation, Origin, Rule, Ruleset, Verdict
from qmscheck.sql.select import columns_read

_FOLDER = Path(qmscheck_iso9001.__file__).parent
_SEVERITY = (Grade.MAJOR, Grade.MINOR, Grade.OPPORTUNITY)

#: Tables with columns of fixed meaning: the folder reader fills them, or the product itself reads them.
_FIXED = {"documents", "passages", "attestations"}

#: Rules whose days or months only choose the records, or stand in the sentence in words.
_NEAR = {"CF-10.2-b1.source-known", "CF-10.2-b1.high-severity", "CF-9.1.2-2.answers"}

#: On CI, of so many obligations the examples of one are judged by the command.
_STEP = 12

#: What an obligation may rest on: a clause of the standard, or one of the sources beside it.
_CLAUSE = re.compile(
    r"(4|5|6|7|8|9|10)\.[1-9](\.[1-9]){0,2}( [a-h])?\Z"
    r"|Amd 1:2024\Z"
    r"|ISO 9000 (definition of customer|customer focus|relationship management)\Z"
    r"|ISO (10001|10002|10003|10004|19011)( guidance)?\Z"
    r"|ISO 9001:2026 draft 5\.1\.1 \(quality culture, ethical behaviour\)\Z"
    r"|sector law\Z"
)
#: Named after a clause, or numbered among the principles (P) and the guidance (G).
_NAME = re.compile(r"CF-(\d+\.\d+(\.\d+)?-[a-z]?\d|[PG]-\d\d)\Z")
_ROLE = re.compile(
    r"(Owner of |Owners? |[A-Z][a-z]+ ){0,3}([a-z]+ )*?"
    r"([Mm]anager|[Dd]irector|[Mm]anagement|[Hh]eads? of|[Oo]wners?|[Aa]uditors|Whoever|Product compliance)\b[^:]*: [A-Za-z]"
)


@pytest.mark.unmeasured
def test_each_example_gets_the_verdict_that_an_auditor_would_give() -> None:
    """CI judges all of them where findings are compared with those of PostgreSQL, which it has (`test_same_findings` of
    qmscheck-sql), and here those of every so many obligations, by the command.
    """
    names = list(_ruleset().obligations)[:: _STEP if os.environ.get("CI") else 1]
    with ThreadPoolExecutor(2) as workers:
        told = list(workers.map(_examples, [names[::2], names[1::2]]))
    assert [line for text in told for line in text.splitlines() if not line.endswith("examples, none failed")] == []
    assert sum(int(text.split()[0]) for text in told) == sum(len(r.example) for r in _rules() if r.obligation in names)


@pytest.mark.parametrize("verdicts", [{Verdict.PASS, Verdict.MANUAL}, {Verdict.FAIL, Verdict.INSUFFICIENT}])
def test_each_rule_has_an_example_on_either_side(verdicts: set[Verdict]) -> None:
    assert [r.id for r in _rules() if not verdicts & {e.verdict for e in r.example}] == []


def test_each_conclusive_rule_has_an_example_that_fails() -> None:
    assert [r.id for r in _rules() if r.conclusive and not any(e.verdict is Verdict.FAIL for e in r.example)] == []


def test_each_rule_has_an_example_without_records_in_scope() -> None:
    silent = {Verdict.INSUFFICIENT, Verdict.NOT_APPLICABLE, Verdict.MANUAL}
    assert [r.id for r in _rules() if not any(e.verdict in silent for e in r.example)] == []


def test_each_rule_has_an_example_with_a_blank_value() -> None:
    assert [r.id for r in _rules() if not any(_has_blank(r, e.given) for e in r.example)] == []


def test_each_rule_has_an_example_without_any_record() -> None:
    assert [r.id for r in _rules() if all(e.given.get(r.table) for e in r.example)] == []


@pytest.mark.unmeasured
def test_each_rule_that_reads_more_than_text_has_an_example_with_a_cell_that_cannot_be_read() -> None:
    typed = {r.id: _typed(r) for r in _rules()}
    assert sum(1 for columns in typed.values() if columns) > 300
    silent = [r.id for r in _rules() if typed[r.id] and not any(_cannot_be_read(typed[r.id], e) for e in r.example)]
    assert silent == []


def test_each_clause_looks_like_one() -> None:
    wrong = [(o.id, clause) for o in _obligations() for clause in o.clauses if not _CLAUSE.match(clause)]
    assert wrong == []


def test_each_obligation_is_named_after_a_clause_or_a_principle_and_each_rule_after_its_obligation() -> None:
    assert [o.id for o in _obligations() if not _NAME.match(o.id)] == []
    assert [r.id for r in _rules() if not re.match(re.escape(r.obligation) + r"\.[a-z][a-z0-9.-]*\Z", r.id)] == []


def test_the_name_of_an_obligation_tells_its_force() -> None:
    forces = {"P": {Force.PRINCIPLE}, "G": {Force.GUIDANCE}}
    clause = {Force.REQUIREMENT, Force.IMPLIED, Force.GUIDANCE}
    wrong = [(o.id, o.force.value) for o in _obligations() if o.force not in forces.get(o.id[3], clause)]
    assert wrong == []


def test_a_rule_stands_in_the_file_of_its_obligation_and_after_it() -> None:
    for path in _files():
        text = path.read_text("utf-8")
        stated = re.findall(r'^\[\[(obligation|rule)\]\]\nid = "([^"]+)"', text, re.MULTILINE)
        known: list[str] = []
        for kind, name in stated:
            if kind == "obligation":
                known.append(name)
            else:
                assert _ruleset().rules[name].obligation in known, f"{path.name}: {name} stands before its obligation"


def test_the_rules_of_one_obligation_stand_together() -> None:
    order = [r.obligation for r in _rules()]
    turns = [b for a, b in pairwise(["", *order]) if a != b]
    assert [o for o in turns if turns.count(o) > 1] == []


def test_the_files_and_the_obligations_in_them_are_in_order() -> None:
    assert [p.name for p in _files()] == sorted(p.name for p in _files())
    for path in _files():
        clauses = [_place(o) for o in _stated(path)]
        assert clauses == sorted(clauses), path.name


def test_each_statement_carries_a_figure() -> None:
    assert [r.id for r in _rules() if not re.search(r"\{(unmet|met|unreadable|share|value)\}", r.statement)] == []


def test_a_share_is_told_with_how_many_of_all_make_it() -> None:
    """`{met}` of a share are those that make it: to call them those that were counted says another thing."""
    shares = [r for r in _rules() if r.measure and r.measure.share and not (r.trend or r.signal)]
    assert len(shares) > 5
    assert [r.id for r in shares if "{met}" in r.statement and "{met} of {population}" not in r.statement] == []
    assert [r.id for r in shares if "counted:" in r.statement] == []


def test_what_a_trend_moves_by_is_told_as_of_a_year_once() -> None:
    """`{value}` of a trend has its unit."""
    assert [r.id for r in _rules() if r.trend and "{value} a year" in r.statement] == []


def test_each_statement_names_the_thresholds_that_it_was_judged_by() -> None:
    named = {r.id: set(re.findall(r"\{param\.(\w+)\}", r.statement)) for r in _rules()}
    days = {
        r.id: {p for p in _params(r) if p.endswith(("_days", "_months"))}
        for r in _rules()
        if not r.id.startswith("CF-9.3-c1")
    }
    silent = {rule: used - named[rule] for rule, used in days.items() if used and not used & named[rule]}
    assert {rule for rule in silent if rule not in _NEAR} == set()


def test_each_recommendation_begins_with_the_role_that_acts() -> None:
    texts = {o.id: o.recommendation for o in _obligations()} | {
        r.id: r.recommendation for r in _rules() if r.recommendation
    }
    wrong = {name: text for name, text in texts.items() if not _ROLE.match(text)}
    assert wrong == {}


def test_each_question_is_one_that_a_person_can_answer_with_yes_or_no_after_looking() -> None:
    assert [o.id for o in _obligations() if o.question is None or "?" not in o.question] == []


def test_no_rule_is_graver_than_its_obligation() -> None:
    obligations = _ruleset().obligations
    worse = [
        r.id
        for r in _rules()
        if r.grade and _SEVERITY.index(r.grade) < _SEVERITY.index(obligations[r.obligation].grade)
    ]
    assert worse == []


def test_each_grave_obligation_has_a_rule_whose_absence_is_as_grave() -> None:
    grave = {o.id for o in _obligations() if o.grade is Grade.MAJOR}
    assert grave - {r.obligation for r in _rules() if r.grade is None and r.conclusive} == set()


def test_each_threshold_that_is_no_convention_says_where_it_is_written() -> None:
    params = _ruleset().params
    assert [name for name, p in params.items() if p.origin is not Origin.CONVENTION and not p.ref] == []


def test_each_parameter_and_each_family_of_terms_is_used() -> None:
    text = "".join(path.read_text("utf-8") for path in _files())
    body = text[text.index("# ---------------------------------------------------------------- terms") :]
    params = {n for n in _ruleset().params if f"param('{n}')" not in body and f'"{n}"' not in body}
    assert params == set(SHAPES)  # those are read by grading, by their names
    assert {n for n in _ruleset().terms if f"'{n}')" not in body} == set()


def test_each_table_and_each_column_is_read_by_a_rule() -> None:
    read: dict[str, set[str]] = {
        t: set(columns) for t, columns in columns_read(list(shared.iso9001().tests.values())).items()
    }
    for rule in _rules():
        read.setdefault(rule.table, set()).update(rule.strata)
    unused = {
        (name, column)
        for name, table in _ruleset().tables.items()
        if name not in _FIXED
        for column in set(table.columns) - read.get(name, set()) - set(table.keys)
    }
    assert unused == set()
    assert set(_ruleset().tables) - set(read) == {"attestations"}


def test_no_two_rules_say_the_same() -> None:
    titles = [r.title for r in _rules()]
    statements = [r.statement for r in _rules()]
    assert [t for t in titles if titles.count(t) > 1] == []
    assert [s for s in statements if statements.count(s) > 1] == []


def test_texts_are_short_enough_to_be_read() -> None:
    long = [r.id for r in _rules() if len(r.title) > 80 or len(r.statement) > 220 or len(r.recommendation or "") > 220]
    assert long == []


def _examples(obligations: Sequence[str]) -> str:
    """Run the examples of some obligations in a process of their own: half the time where there are two processors.

    What they run of the product is measured elsewhere, and to measure it here, too, would take minutes.
    """
    chosen = [option for name in obligations for option in ("--select", name)]
    command = [sys.executable, "-m", "qmscheck", "ruleset", "test", str(_FOLDER), *chosen]
    plain = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE")}
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, env=plain)
    return done.stdout or done.stderr


def _has_blank(rule: Rule, given: Mapping[str, Sequence[Mapping[str, object]]]) -> bool:
    """Tell whether a record leaves out a column that the rule reads."""
    read = columns_read([shared.iso9001().tests[rule.id]])
    return any(set(read.get(table, ())) - set(record) for table, records in given.items() for record in records)


def _typed(rule: Rule) -> frozenset[tuple[str, str]]:
    """Name the columns that a rule reads, table and column, in which a filled cell may be unreadable: all but texts."""
    tables = _ruleset().tables
    read = columns_read([shared.iso9001().tests[rule.id]])
    return frozenset((t, c) for t, columns in read.items() for c in columns if tables[t].columns[c].type != "text")


def _cannot_be_read(typed: frozenset[tuple[str, str]], example: Example) -> bool:
    """Tell whether an example holds a text where a rule reads a day, a number or an answer."""
    cells = ((t, c, value) for t, records in example.given.items() for record in records for c, value in record.items())
    return any((t, c) in typed and isinstance(value, str) for t, c, value in cells)


def _params(rule: Rule) -> set[str]:
    where = [m.where for m in (rule.has, rule.lacks) if m and m.where]
    texts = [t for t in (rule.where, rule.must, rule.query, *where) if t]
    return {name for text in texts for name in re.findall(r"param\('(\w+)'\)", text)}


def _place(obligation: Obligation) -> tuple[tuple[int, ...], bool, str]:
    """Say where an obligation stands in its file: by its clause; principles and guidance by their first, after the others."""
    clause, _, rest = obligation.id.removeprefix("CF-").partition("-")
    if not clause.isalpha():
        return tuple(int(n) for n in clause.split(".")), False, rest
    first = re.match(r"\d+(\.\d+)*", obligation.clauses[0])
    return tuple(int(n) for n in first[0].split(".")) if first else (99,), True, clause + rest


def _stated(path: Path) -> Iterator[Obligation]:
    for name in re.findall(r'^\[\[obligation\]\]\nid = "([^"]+)"', path.read_text("utf-8"), re.MULTILINE):
        yield _ruleset().obligations[name]


def _files() -> list[Path]:
    return sorted(_FOLDER.glob("*.toml"))


def _rules() -> list[Rule]:
    return list(_ruleset().rules.values())


def _obligations() -> list[Obligation]:
    return list(_ruleset().obligations.values())


def _ruleset() -> Ruleset:
    return shared.iso9001().ruleset
