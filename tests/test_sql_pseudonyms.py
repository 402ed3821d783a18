"""What rules need of personal columns, and that a pseudonym in place of a name changes no verdict."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import shared
from hypothesis import given, settings
from hypothesis import strategies as st

from qmscheck import criteria
from qmscheck.audit.asked import in_force, values
from qmscheck.cache import Cache
from qmscheck.criteria import Criteria
from qmscheck.engine.embedded import Embedded
from qmscheck.evidence import Ahead, gather
from qmscheck.evidence.personal import Hidden, hidden, personal_columns
from qmscheck.hookspecs import Reader
from qmscheck.judge import Bench, judge
from qmscheck.model import AuditPlan, Finding, Period, Source
from qmscheck.sql.pseudonyms import Need, needs
from qmscheck.sql.select import columns_read
from qmscheck.testing import AS_OF, _never, _quiet, _reader, _with_full_list, judge_records

HEAD = """
[ruleset]
id = "own"
title = "Own"
standard = "S"
edition = "1"
version = "1"
language = "en"
[term.nobody]
en = ["nobody", "n/a"]
[table.log]
purpose = "All"
key = "id"
[table.log.columns]
id = { type = "text" }
owner = { type = "text", sensitivity = "personal" }
checker = { type = "text", sensitivity = "personal" }
role = { type = "text" }
[table.people]
purpose = "All"
key = "name"
[table.people.columns]
name = { type = "text", sensitivity = "personal" }
health = { type = "text", sensitivity = "special" }
post = { type = "text" }
[[obligation]]
id = "A-1"
title = "Owned"
force = "requirement"
clauses = ["1"]
doc_info = "retain"
statement = "Each has an owner."
grade = "minor"
grade_why = "Why."
recommendation = "The quality manager names one."
[[rule]]
id = "A-1.all"
obligation = "A-1"
title = "All columns are read"
each = "log"
must = "mentions(role, 'nobody') or role is null"
statement = "{unmet}"
[[rule]]
id = "A-1.people"
obligation = "A-1"
title = "People have a post"
each = "people"
must = "post is not null"
statement = "{unmet}"
[[rule]]
id = "A-1.one"
obligation = "A-1"
title = "One"
statement = "{unmet}"
"""


def loaded(folder: Path, rule: str) -> Criteria:
    (folder / "own.toml").write_text(HEAD + rule, "utf-8")
    return criteria.load([("own.toml", folder / "own.toml")])


def personal(asked: Criteria) -> frozenset[tuple[str, str]]:
    return personal_columns(asked.ruleset, {t: spec.columns for t, spec in asked.ruleset.tables.items()})


def needed(folder: Path, rule: str) -> dict[str, str]:
    asked = loaded(folder, rule)
    found = needs([asked.tests["A-1.one"]], personal(asked))
    return {column: need.value for (_, column), need in sorted(found.columns.items())}


@pytest.mark.parametrize(
    ("rule", "owner", "checker", "name"),
    [
        ('each = "log"\nmust = "owner is not null and filled(checker)"', "words", "words", "words"),
        ("each = \"log\"\nmust = \"not mentions(lower(trim(owner)), 'nobody')\"", "words", "words", "words"),
        ('each = "log"\nmust = "lower(trim(owner)) <> (checker)"', "equality", "equality", "words"),
        ('each = "log"\nmust = "owner is distinct from role"', "equality", "words", "words"),
        ("each = \"log\"\nmust = \"lower(owner) not in ('all', 'none')\"", "equality", "words", "words"),
        ("each = \"log\"\nmust = \"role in ('all', owner)\"", "letters", "words", "words"),
        ("each = \"log\"\nmust = \"starts_with(owner, 'Dr')\"", "letters", "words", "words"),
        ("each = \"log\"\nmust = \"owner || checker <> 'ab'\"", "letters", "letters", "words"),
        ("each = \"log\"\nmust = \"coalesce(owner, 'x') = role\"", "letters", "words", "words"),
        ('each = "log"\nmust = "owner < checker"', "letters", "letters", "words"),
        ("each = \"log\"\nmust = \"mentions(role || owner, 'nobody')\"", "letters", "words", "words"),
        ('each = "log"\nunique = ["owner"]', "equality", "words", "words"),
        ('each = "log"\nhas = { table = "people", on = { owner = "name" } }', "equality", "words", "equality"),
        ('each = "log"\nhas = { table = "people", on = { role = "post" }, where = "name = log.owner" }', "equality", "words", "equality"),
        ('each = "people"\nquery = "select name from people"', "words", "words", "equality"),
        ('each = "people"\nquery = "select owner as name from log"', "letters", "words", "letters"),
        ('each = "log"\nquery = "select id from log where owner in (select name from people)"', "letters", "words", "letters"),
        ('each = "log"\nquery = "select l.id from log l join people p on p.name = l.owner"', "equality", "words", "equality"),
        ('each = "log"\nquery = "select id from log group by id, owner having count(distinct checker) > 1 and count(owner) > 1"', "equality", "equality", "words"),
        ('each = "log"\nquery = "with w as (select owner from log) select id from log join w on w.owner = log.role"', "letters", "words", "words"),
    ],
)  # fmt: skip
def test_a_rule_needs_of_a_personal_column_words_equality_or_letters(
    tmp_path: Path, rule: str, owner: str, checker: str, name: str
) -> None:
    found = needed(tmp_path, rule)
    assert (found["owner"], found["checker"], found["name"]) == (owner, checker, name)


def test_what_is_needed_is_remembered_and_the_families_are_named(tmp_path: Path) -> None:
    asked = loaded(tmp_path, 'each = "log"\nmust = "not mentions(owner, \'nobody\') and owner <> checker"')
    cache = Cache()
    first = needs(list(asked.tests.values()), personal(asked), (), cache)
    again = needs(list(asked.tests.values()), personal(asked), (), cache)
    assert first == again
    assert first.families == {"nobody"}
    assert first.compared == {("log", "owner"), ("log", "checker")}


def test_the_gravest_need_counts_and_what_the_product_compares_counts_too(tmp_path: Path) -> None:
    asked = loaded(tmp_path, 'each = "log"\nmust = "starts_with(owner, \'x\')"')
    found = needs([asked.tests["A-1.one"]], personal(asked), [("log", "owner"), ("people", "name")])
    assert found.columns["log", "owner"] is Need.LETTERS
    assert found.columns["people", "name"] is Need.EQUALITY
    assert found.columns["log", "checker"].veil == "personal_mark"


def veiled(
    asked: Criteria, rule: str, given: dict[str, list[dict[str, object]]], engine: Embedded, key: Hidden
) -> Finding:
    """Judge hand-made records as `judge_records` does, with pseudonyms and marks in place of personal texts."""
    engine.clear()
    chosen = _with_full_list(asked, rule)
    wanted = {t: set(c) for t, c in columns_read([asked.tests[r] for r in chosen]).items()}
    for one in chosen:
        wanted.setdefault(asked.tests[one].table, set()).update(asked.ruleset.rules[one].strata)
    tables = {t: s for t, s in asked.ruleset.tables.items() if t in wanted}
    rules = {r: spec for r, spec in asked.ruleset.rules.items() if r in chosen}
    kept = {spec.obligation for spec in rules.values()}
    ruleset = asked.ruleset.model_copy(
        update={
            "tables": tables,
            "rules": rules,
            "obligations": {o: spec for o, spec in asked.ruleset.obligations.items() if o in kept},
        }
    )
    start = dt.date(AS_OF.year - 1, AS_OF.month, AS_OF.day) + dt.timedelta(days=1)
    sources = tuple(Source(table=t, reader="given", options={"table": t}) for t in tables)
    plan = AuditPlan(
        root="/", file=None, organization="o", scope="s", rulesets=(), as_of=AS_OF,
        period=Period(from_=start, to=AS_OF), sources=sources,
    )  # fmt: skip
    params = in_force(plan, asked)
    named = replace(values(AS_OF, plan, asked, params), personal=key.columns, compared=key.needs.compared)
    key.veil(engine)
    with tempfile.TemporaryDirectory() as folder:
        reader = Reader("given", (), _reader(asked, given))
        ahead = Ahead(Path(folder), {})
        gathered = gather(plan, ruleset, wanted, {"given": reader}, engine, ahead, _quiet, _never, needs=key.needs)
        bench = Bench(plan, ruleset, asked.tests, gathered.tables, engine, named, params, chosen, doubts=False)
        (found,) = [f for f in judge(bench, _quiet).findings if f.rule == rule]
        return found


def hidden_of(asked: Criteria, rules: Collection[str], root: str) -> Hidden:
    tests = [asked.tests[r] for r in sorted(rules)]
    wanted = {t: set(c) for t, c in columns_read(tests).items()}
    sources = tuple(Source(table=t, reader="given", options={"table": t}) for t in wanted)
    plan = AuditPlan(
        root=root, file=None, organization="o", scope="s", rulesets=(), as_of=AS_OF,
        period=Period(from_=AS_OF, to=AS_OF), sources=sources,
    )  # fmt: skip
    named = values(AS_OF, plan, asked, in_force(plan, asked))
    return hidden(plan, asked.ruleset, tests, personal_columns(asked.ruleset, wanted), named.patterns, (), None)


@pytest.fixture(scope="module")
def iso() -> Criteria:
    return shared.iso9001()


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    made = Embedded(tmp_path_factory.getbasetemp(), 1)
    yield made
    made.close()


@pytest.mark.unmeasured
def test_examples_about_persons_get_the_same_verdict_with_pseudonyms(
    iso: Criteria, engine: Embedded, tmp_path: Path
) -> None:
    every = {t: spec.columns for t, spec in iso.ruleset.tables.items()}
    about = personal_columns(iso.ruleset, every)
    count, few = 0, 5
    for rule in iso.ruleset.rules.values():
        if not rule.example or not about & {pair for e in iso.tests[rule.id].expressions for pair in e.columns}:
            continue
        key = hidden_of(iso, _with_full_list(iso, rule.id), str(tmp_path))
        if not key.needs.compared:  # of the others a few, because each example takes time
            few -= 1
        if not key.needs.compared and few < 0:
            continue
        for example in rule.example:
            if example.params or example.as_of:
                continue
            count += 1
            found = veiled(iso, rule.id, example.given, engine, key)
            assert found.verdict is example.verdict, (rule.id, example.title)
            if example.unmet is not None:
                assert found.tally is not None
                assert found.tally.unmet == example.unmet, (rule.id, example.title)
    assert count > 100


TEXTS = st.sampled_from([None, "Anna", " anna ", "Bob", "nobody", "nobody yet", "n/a", "Chair", "all"])
RECORDS = st.lists(st.fixed_dictionaries({"owner": TEXTS, "checker": TEXTS, "role": TEXTS}), min_size=1, max_size=6)
CONDITIONS = [
    "filled(owner) and not mentions(owner, 'nobody')",
    "lower(trim(owner)) <> lower(trim(checker))",
    "lower(owner) is distinct from lower(checker) and not mentions(checker, 'nobody')",
    "lower(trim(owner)) = lower(trim(role)) or lower(trim(checker)) in ('all', 'chair')",
    "lower(trim(owner)) <> 'all' and not (lower(checker) = 'bob')",
]


@pytest.mark.parametrize("condition", CONDITIONS)
def test_no_verdict_depends_on_whether_names_or_pseudonyms_are_compared(
    tmp_path_factory: pytest.TempPathFactory, engine: Embedded, condition: str
) -> None:
    folder = tmp_path_factory.mktemp("law")
    asked = loaded(folder, f'each = "log"\nmust = "{condition}"')
    key = hidden_of(asked, ["A-1.one"], str(folder))
    assert key.needs.columns["log", "owner"] is not Need.LETTERS

    @settings(max_examples=12, deadline=None)
    @given(RECORDS)
    def law(records: list[dict[str, object]]) -> None:
        given_ = {"log": [{"id": str(i), **record} for i, record in enumerate(records)]}
        found, plain = (
            veiled(asked, "A-1.one", given_, engine, key),
            judge_records(asked, "A-1.one", given_, engine=shared.engine()),
        )
        assert (found.verdict, found.tally) == (plain.verdict, plain.tally)

    law()
