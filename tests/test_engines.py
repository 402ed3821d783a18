"""Several engines in one audit: where records are judged changes no verdict, and what cannot be judged there is refused."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

import duckdb
import pytest
from elsewhere import KINDS, Far
from firm import AS_OF, GOOD, OWN, RULESET, audit, verdicts
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from sampled import complaints, draw

from qmscheck import Extract, InPlace, QmscheckError, Reader, Request, hookimpl, plan, plugins
from qmscheck.audit import conduct
from qmscheck.evidence import typing
from qmscheck.hookspecs import EngineKind
from qmscheck.inventory.taking import take
from qmscheck.judge.counting import across, planner
from qmscheck.model import AuditRecord, ColumnMapping, GateResult, Source, Verdict
from qmscheck.plan import Overrides, PlanFile
from qmscheck.record import write

MORE = """
[param.some]
type = "number"
default = 0.5
min = 0.01
max = 0.99
origin = "own-procedure"
ref = "QP-1"
title = "Some"

[param.ten]
type = "number"
default = 10
min = 1
max = 99
origin = "own-procedure"
ref = "QP-1"
title = "Ten"

[[rule]]
id = "A-1.quiet"
obligation = "A-1"
title = "No letter about what is open"
each = "answers"
lacks = { table = "complaints", on = ["id"], where = "state is null or state = 'open'" }
statement = "{unmet} letters are about open complaints."

[[rule]]
id = "A-1.owned"
obligation = "A-1"
title = "Each letter is about an owned complaint"
each = "answers"
where = "body is not null"
has = { table = "complaints", on = ["id"], where = "owner is not null and received <= answers.sent" }
statement = "{unmet} letters are about none."

[[rule]]
id = "A-1.share"
obligation = "A-1"
title = "Share"
each = "complaints"
strata = ["site"]
measure = { share = "days_between(received, answered) <= 5" }
at_least = "some"
statement = "{value}, target {target}."

[[rule]]
id = "A-1.days"
obligation = "A-1"
title = "Days"
each = "complaints"
strata = ["owner"]
measure = { mean = "days_between(received, answered)" }
at_most = "ten"
statement = "{value}, target {target}."

[[rule]]
id = "A-1.within"
obligation = "A-1"
title = "Within"
each = "complaints"
measure = { within = { opened = "received", closed = "answered", days = "days" } }
at_least = "some"
statement = "{value}, target {target}."

[[rule]]
id = "A-1.median"
obligation = "A-1"
title = "Median"
each = "complaints"
strata = ["site"]
measure = { median = "days_between(received, answered)" }
at_most = "ten"
statement = "{value}, target {target}."

[[rule]]
id = "A-1.rate"
obligation = "A-1"
title = "Rate"
each = "complaints"
where = "state = 'open'"
measure = { rate = { table = "answers", per = 100 } }
at_most = "ten"
statement = "{value}, target {target}."

[[rule]]
id = "A-1.mix"
obligation = "A-1"
title = "Mix"
each = "complaints"
inference = "self-selected"
base = { table = "answers", mix = { site = "body" }, answered = "received" }
measure = { share = "answered is not null" }
at_least = "some"
statement = "{value}, target {target}."

[[rule]]
id = "A-1.trend"
obligation = "A-1"
title = "Trend"
each = "complaints"
trend = { on = "received", by = "month", must_not = "rise" }
statement = "{value}."

[[rule]]
id = "A-1.signal"
obligation = "A-1"
title = "Signal"
each = "complaints"
signal = { on = "received", by = "month", baseline = 12, watch = "high", reaction = { table = "answers", on = "sent", days = "days" } }
statement = "{value}."

[[rule]]
id = "A-1.once-open"
obligation = "A-1"
title = "Once"
each = "complaints"
where = "state = 'open'"
unique = ["id", "owner"]
statement = "{unmet} twice."
"""

WHOLE = (
    RULESET.replace('key = "id"', 'key = "id"\nclosed = "answered"', 1).replace(
        'owner = { type = "text" }', 'owner = { type = "text", person = "owner" }', 1
    )
    + MORE
)


def told(record: AuditRecord) -> Any:
    """Give a record without the names of engines: all else must be the same."""
    found = json.loads(write(record))
    for entry in found["evidence"]:
        entry["engine"] = entry["dialect"] = "any"
    return found


_DAYS = st.one_of(st.none(), st.dates(dt.date(2025, 9, 1), dt.date(2026, 12, 1)).map(str), st.just("soon"))
_IDS = st.one_of(st.none(), st.sampled_from(["C1", "C2", "C3", "C4"]))
_COMPLAINT = st.fixed_dictionaries(
    {
        "id": _IDS,
        "owner": st.sampled_from([None, "Ada", "Bob", "\u00c4nne "]),
        "site": st.sampled_from([None, "N", "S"]),
        "received": _DAYS,
        "answered": _DAYS,
        "state": st.sampled_from([None, "open", "closed"]),
    }
)
_ANSWER = st.fixed_dictionaries(
    {
        "letter": st.text("LM123", max_size=2),
        "id": _IDS,
        "sent": _DAYS,
        "body": st.sampled_from([None, "Sorry.", "No."]),
    }
)
_FIRM = st.fixed_dictionaries(
    {
        "complaints": st.lists(_COMPLAINT, max_size=8),
        "answers": st.lists(_ANSWER, max_size=6),
        "attestations": st.just(GOOD["attestations"]),
    }
)


@pytest.mark.unmeasured
@settings(
    max_examples=12,
    phases=[Phase.explicit, Phase.generate],
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    firm=_FIRM,
    at=st.fixed_dictionaries(
        {"complaints": st.sampled_from(["duckdb", "near", "far"]), "answers": st.sampled_from(["near", "far"])}
    ),
)
@example(firm=GOOD, at={"complaints": "far"})
@example(firm=GOOD, at={"answers": "far"})
@example(firm=GOOD, at={"complaints": "near", "answers": "far"})
def test_the_record_is_the_same_wherever_records_are_judged(tmp_path: Path, firm: Any, at: dict[str, str]) -> None:
    """Law 8."""
    here = audit(tmp_path, firm, ruleset=WHOLE)
    there = audit(tmp_path, firm, ruleset=WHOLE, engines=KINDS, at=at)
    assert told(there) == told(here)
    assert {e.table: e.engine for e in there.evidence} == {**dict.fromkeys(firm, "duckdb"), **at}


@pytest.mark.unmeasured
@pytest.mark.parametrize("kept", [200_000, 1_000])
def test_a_large_table_is_judged_elsewhere_as_it_is_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: int
) -> None:
    """Here states are kept, or what may be unmet or unreadable; there neither is."""
    monkeypatch.setattr(planner, "KEPT", kept)
    days = [dt.date(2026, 1, 1) + dt.timedelta(days=i % 300) for i in range(2_500)]
    complaints = [
        {
            "id": f"C{i}",
            "owner": None if i % 800 == 3 else "Ada",
            "site": "NS"[i % 2],
            "received": "soon" if i == 77 else str(day),
            "answered": None if i % 900 == 5 else str(day + dt.timedelta(days=i % 9)),
            "state": "open" if i % 70 == 0 else "closed",
        }
        for i, day in enumerate(days)
    ]
    answers = [{"letter": f"L{i}", "id": f"C{i}", "sent": str(day), "body": "No."} for i, day in enumerate(days[:-4])]
    firm = {"complaints": complaints, "answers": answers, "attestations": GOOD["attestations"]}
    here = audit(tmp_path, firm, ruleset=WHOLE)
    assert {Verdict.FAIL, Verdict.PASS} <= {f.verdict for f in here.findings}
    for at in ({"complaints": "far"}, {"answers": "far"}, {"complaints": "far", "answers": "far"}):
        assert told(audit(tmp_path, firm, ruleset=WHOLE, engines=KINDS, at=at)) == told(here)


def test_names_that_lie_elsewhere_are_masked_in_what_is_quoted(tmp_path: Path) -> None:
    personal = RULESET.replace('owner = { type = "text" }', 'owner = { type = "text", sensitivity = "personal" }', 1)
    firm = {**GOOD, "answers": [{"letter": "L1", "id": "C1", "sent": "2026-05-03", "body": "Bob is sorry."}]}
    personal = personal.replace('body = { type = "text" }', 'text = { type = "text" }').replace(
        "mentions(body", "mentions(text"
    )
    firm["answers"] = [{**firm["answers"][0], "text": "Bob is sorry."}]
    here = audit(tmp_path, firm, ruleset=personal)
    (quoted,) = here.finding("A-3.sorry").exceptions
    assert quoted.quote is not None
    assert "Bob" not in quoted.quote
    for engine in ("near", "far"):
        assert told(audit(tmp_path, firm, ruleset=personal, engines=KINDS, at={"complaints": engine})) == told(here)


# ---------------------------------------------------------------- has and lacks across engines


def test_more_keys_than_may_be_brought_leave_a_rule_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(across, "MOST_KEYS", 2)
    found = audit(tmp_path, GOOD, engines=KINDS, at={"complaints": "far"}).finding("A-2.letter")
    assert (found.verdict, found.exceptions) == (Verdict.INSUFFICIENT, ())
    assert found.statement == (
        "Not decided: answers lies in another engine than complaints, and has more than 2 different keys that may "
        "match, which is the most that are brought from one to the other: keep both in one engine."
    )
    monkeypatch.setattr(across, "MOST_KEYS", 3)
    assert verdicts(audit(tmp_path, GOOD, engines=KINDS, at={"complaints": "far"}))["A-2.letter"] == "pass"


def test_keys_that_an_engine_does_not_give_leave_a_rule_open(tmp_path: Path) -> None:
    found = audit(tmp_path, GOOD, engines=KINDS, at={"answers": "deaf"})
    assert verdicts(found)["A-2.letter"] == "insufficient"
    assert (
        "Not decided: the keys of answers could not be brought to the records of complaints: it does not say that."
        in (found.finding("A-2.letter").statement)
    )


def test_a_key_that_would_not_arrive_as_it_is_leaves_a_rule_open(tmp_path: Path) -> None:
    mapped = ColumnMapping.model_validate({"from": "id", "values": {"C1": " C1"}})
    sources = [
        Source(table="complaints", reader="given"),
        Source(table="answers", reader="given", engine="far", columns={"id": mapped}),
    ]
    found = audit(tmp_path, GOOD, engines=KINDS, sources=sources).finding("A-2.letter")
    assert found.verdict is Verdict.INSUFFICIENT
    assert found.statement.startswith("Not decided: a key of answers begins or ends with white space")


def test_who_answers_for_a_record_elsewhere_is_known_to_be_who_answered(tmp_path: Path) -> None:
    signed = [{**GOOD["attestations"][0], "by": " ADA"}]
    firm = {**GOOD, "attestations": signed}
    told_by = []
    for at in ({}, {"complaints": "near"}, {"complaints": "far"}, {"complaints": "far", "answers": "near"}):
        whole = audit(tmp_path, firm, ruleset=WHOLE, engines=KINDS, at=at)
        told_by.append(told(whole)["obligations"])
    assert "named as the owner in 2 of the 3 records" in json.dumps(told_by[0]) or "2 of 3 records" in json.dumps(
        told_by[0]
    )
    assert all(one == told_by[0] for one in told_by)


# ---------------------------------------------------------------- what is refused before evidence is read


def test_a_rule_that_a_dialect_cannot_say_is_refused_at_the_line_that_names_the_engine(tmp_path: Path) -> None:
    said = refused(tmp_path, 'engine = "mute"')
    lines = said.splitlines()
    assert lines[:4] == [
        "qmscheck.toml:9:10: the rule A-1.once cannot be judged by the engine 'mute': there is no translation into nothing",
        '  9 | engine = "mute"',
        "    |          ^^^^^^",
        "  hint: leave 'engine' out, so that the records are read and judged here, or leave the rule: --ignore A-1.once",
    ]
    named = [line.split()[3] for line in lines if line.startswith("qmscheck.toml")]
    assert named == ["A-1.once", "A-1.owner", "A-2.in-time", "A-2.letter"]


def test_a_rule_that_is_left_out_is_not_refused(tmp_path: Path) -> None:
    found = folder(tmp_path, 'engine = "mute"', ignore=["A-1", "A-2.in-time", "A-2.letter"])
    assert [(x.id, x.reason) for x in found.limits if x.kind == "source"] == [("complaints.csv", "not needed")]


def test_a_query_of_tables_in_two_engines_is_refused(tmp_path: Path) -> None:
    query = """
[[rule]]
id = "A-1.query"
obligation = "A-1"
title = "Query"
each = "complaints"
query = "select c.id from complaints c join answers a on a.id = c.id where a.sent < c.received"
statement = "{unmet}."
"""
    said = refused(tmp_path, 'engine = "far"', ruleset=RULESET + query)
    assert said.startswith(
        "qmscheck.toml:9:10: the rule A-1.query cannot be judged by the engine 'far': its query reads answers in 'duckdb' "
        "and complaints in 'far', and a query is asked of one engine"
    )


def test_a_personal_column_is_compared_only_where_pseudonyms_are_made(tmp_path: Path) -> None:
    compared = WHOLE.replace('must = "owner is not null"', "must = \"owner <> 'ada' or site is not null\"")
    compared = compared.replace('owner = { type = "text", ', 'owner = { type = "text", sensitivity = "personal", ')
    compared = compared.replace('strata = ["owner"]', 'strata = ["site"]').replace(
        'unique = ["id", "owner"]', 'unique = ["id"]'
    )
    here = audit(tmp_path, GOOD, ruleset=compared)
    assert told(audit(tmp_path, GOOD, ruleset=compared, engines=KINDS, at={"complaints": "near"})) == told(here)
    with pytest.raises(QmscheckError) as error:
        audit(tmp_path, GOOD, ruleset=compared, engines=KINDS, at={"complaints": "far"})
    (problem,) = error.value.problems
    assert problem.message == (
        "the rule A-1.owner cannot be judged by the engine 'far': it compares the personal column 'owner', and that "
        "engine makes no pseudonyms"
    )
    named = compared.replace("owner <> 'ada' or site is not null", "owner is not null")
    plain = audit(tmp_path, GOOD, ruleset=named)
    assert told(audit(tmp_path, GOOD, ruleset=named, engines=KINDS, at={"complaints": "far"})) == told(plain)


def test_a_table_lies_in_one_engine(tmp_path: Path) -> None:
    twice = [Source(table="complaints", reader="given", engine=name) for name in ("far", "near", "duckdb")]
    with pytest.raises(QmscheckError) as error:
        audit(tmp_path, GOOD, engines=KINDS, sources=twice)
    assert [problem.message for problem in error.value.problems] == [
        "the records of 'complaints' would lie in two engines: a table lies in one"
    ] * 2
    assert error.value.problems[0].hint == "name 'far' in each of its sources, or in none"


# ---------------------------------------------------------------- records that stay where they are


def folder(tmp_path: Path, lines: str, *, ruleset: str = RULESET, ignore: Sequence[str] = ()) -> AuditRecord:
    """Audit a folder with two files of CSV and a plan; `lines` are more of the source of complaints."""
    (tmp_path / "firm.toml").write_text(ruleset, "utf-8")
    (tmp_path / "complaints.csv").write_text("id,owner,site\nC1,Ada,N\n", "utf-8")
    (tmp_path / "answers.csv").write_text("letter,id,sent\nL1,C1,2026-05-03\n", "utf-8")
    text = (
        f'[audit]\norganization = "Firm"\nscope = "All"\nrulesets = ["firm.toml"]\nignore = {list(ignore)}\n\n'
        f'[[source]]\ntable = "complaints"\n{lines}\npath = "complaints.csv"\n\n'
        '[[source]]\ntable = "answers"\npath = "answers.csv"\n'
    )
    return planned(tmp_path, text)


def refused(tmp_path: Path, lines: str, *, ruleset: str = RULESET) -> str:
    with pytest.raises(QmscheckError) as error:
        folder(tmp_path, lines, ruleset=ruleset)
    return str(error.value).replace(f"{tmp_path.as_posix()}/", "")


def planned(tmp_path: Path, text: str) -> AuditRecord:
    """Audit by a plan, with the engines of this test and a reader that leaves records where they are."""
    planfile, found = read_plan(tmp_path, text)
    return conduct(planfile, found, threads=1)


def read_plan(tmp_path: Path, text: str) -> tuple[PlanFile, plugins.Plugins]:
    (tmp_path / "qmscheck.toml").write_text(text, "utf-8")
    brought = ModuleType("elsewhere")
    brought.qmscheck_engines = hookimpl(_engines)  # type: ignore[attr-defined]
    brought.qmscheck_readers = hookimpl(_readers)  # type: ignore[attr-defined]
    found = plugins.load(extra=[brought])
    return plan.read(tmp_path, found.readers, Overrides(today=AS_OF), found.rulesets, found.engines), found


def _engines() -> list[EngineKind]:
    return [kind for kind in KINDS.values() if kind.name != "duckdb"]


def _readers() -> list[Reader]:
    def read(request: Request) -> Iterator[Extract]:
        place, query = str(request.options["place"]), str(request.options["query"])
        yield Extract(
            request.table, request.root / "server", (), InPlace(request.engine, place, query, {"patience": 1}), ()
        )

    return [Reader("place", (), read, {"place": "", "query": ""}, in_place=("far", "deaf"))]


@pytest.fixture
def server(tmp_path: Path) -> Path:
    """Make a database of 5000 complaints, of which two have no owner, and as many answers."""
    place = tmp_path / "server.duckdb"
    with duckdb.connect(str(place)) as database:
        database.execute(
            "create table complaints as select 'C' || i as id, case when i not in (7, 4000) then 'Ada ' end as owner, "
            "case when i % 2 = 0 then 'N' else 'S' end as place, date '2026-05-01' as received, "
            "date '2026-05-03' as answered, 'closed' as state from range(5000) t(i)"
        )
        database.execute(
            "create table answers as select 'L' || i as letter, 'C' || i as id, date '2026-05-03' as sent, "
            "'We look into it.' as body from range(4999) t(i)"
        )
    return place


def _source(table: str, place: object, query: str) -> str:
    return f'[[source]]\ntable = "{table}"\nreader = "place"\nengine = "far"\nplace = "{place}"\nquery = "{query}"\n'


_HEAD = '[audit]\norganization = "Firm"\nscope = "All"\nrulesets = ["firm.toml"]\nperiod = { from = 2025-11-21, to = 2026-11-20 }\n'


def test_records_that_stay_are_judged_there_and_only_tallies_and_exceptions_travel(server: Path) -> None:
    folder = server.parent
    (folder / "firm.toml").write_text(RULESET, "utf-8")
    queries = ("select * exclude (place), place as site from server.complaints", "select * from server.answers")
    sources = [_source(t, server, q) for t, q in zip(("complaints", "answers"), queries, strict=True)]
    before = Far.fetched
    found = planned(folder, _HEAD + "".join(sources))
    assert Far.fetched - before < 60
    tallies = {f.rule: (f.tally.population, f.tally.unmet) for f in found.findings if f.tally is not None}
    assert tallies["A-1.owner"] == (5000, 2)
    assert tallies["A-2.letter"] == (5000, 1)
    owner = found.finding("A-1.owner")
    assert [e.key for e in owner.exceptions] == ["C4000", "C7"]
    assert owner.exceptions[0].location.model_dump(exclude_none=True) == {"path": "server", "column": "owner"}
    assert [(s.value, s.tally.unmet) for s in owner.strata] == [("N", 1), ("S", 1)]
    first = next(e for e in found.evidence if e.table == "complaints")
    assert (first.engine, first.dialect, first.sha256, first.rows_read) == ("far", "duckdb", None, 5000)
    digest = hashlib.sha256(queries[0].encode()).hexdigest()
    told_so = (
        "the records stayed with the engine far: there is no digest of what they say, and SHA-256 of the query for them"
    )
    assert first.notes == (f"{told_so} is {digest}",)


def test_a_large_table_that_stays_is_sieved_by_its_cells_as_they_lie_there(
    server: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = server.parent
    (folder / "firm.toml").write_text(RULESET, "utf-8")
    queries = ("select * exclude (place), place as site from server.complaints", "select * from server.answers")
    text = _HEAD + "".join(_source(t, server, q) for t, q in zip(("complaints", "answers"), queries, strict=True))
    shown: list[str] = []
    whole = conduct(*read_plan(folder, text), threads=1, planned=shown.append)
    monkeypatch.setattr(typing, "_MANY", 4999)  # one answer less than complaints
    sieved = conduct(*read_plan(folder, text), threads=1, planned=shown.append)
    assert told(sieved) == told(whole)
    said = "found by their cells as they lie there, before any is read"
    before, after = (
        [table.split("\n", 1)[0] for table in one.split("\n\n") if said in " ".join(table.split())] for one in shown
    )
    assert (before, after) == ([], ["complaints (5,000 records, duckdb)"])


def test_two_servers_of_one_kind_are_two_engines(server: Path) -> None:
    folder = server.parent
    (folder / "firm.toml").write_text(RULESET, "utf-8")
    other = folder / "other.duckdb"
    other.write_bytes(server.read_bytes())
    sources = [
        _source("complaints", server, "select * from server.complaints"),
        _source("answers", other, "select * from server.answers"),
    ]
    found = planned(folder, _HEAD + "".join(sources))
    assert found.finding("A-2.letter").exceptions[0].key == "C4999"
    twice = [_source("complaints", place, "select * from server.complaints") for place in (server, other)]
    with pytest.raises(QmscheckError, match="would lie in two engines, or on two servers: a table lies in one"):
        planned(folder, _HEAD + "".join(twice))


def test_a_server_that_is_not_there_is_a_source_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "firm.toml").write_text(RULESET, "utf-8")
    found = planned(tmp_path, _HEAD + _source("complaints", "nowhere", "select 1"))
    (entry,) = [e for e in found.evidence if e.table == "complaints"]
    assert (entry.status, entry.detail, entry.engine) == ("missing", "there is no server", "far")
    assert verdicts(found)["A-1.owner"] == "insufficient"
    assert found.gate.result is GateResult.CANNOT_TELL


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (
            ImportError,
            ("unsupported", "the engine 'far' cannot be opened: no lake"),
        ),
        (ValueError, ("crashed", "the engine 'far' cannot be opened: ValueError")),
    ],
)
def test_an_engine_that_cannot_be_opened_is_a_source_that_cannot_be_read(
    tmp_path: Path, broken: type[Exception], said: tuple[str, str]
) -> None:
    def fail(_opening: object) -> NoReturn:
        raise broken("no lake")

    kinds = {**OWN, "far": EngineKind("far", "duckdb", fail, takes=True)}
    found = audit(tmp_path, GOOD, engines=kinds, at={"complaints": "far"})
    (entry,) = [e for e in found.evidence if e.table == "complaints"]
    assert (entry.status, entry.detail) == said
    assert verdicts(found)["A-1.owner"] == "insufficient"


def test_closed_records_that_cannot_be_sealed_are_listed(tmp_path: Path) -> None:
    sealed = audit(tmp_path, GOOD, ruleset=WHOLE, engines=KINDS, at={"complaints": "far"})
    assert [c.table for c in sealed.closed] == ["complaints"]
    found = audit(tmp_path, GOOD, ruleset=WHOLE, engines=KINDS, at={"complaints": "deaf"})
    assert found.closed == ()
    assert [(x.id, x.detail) for x in found.limits if x.reason == "closed records not sealed"] == [
        ("complaints", "it does not say that")
    ]


def test_an_audit_needs_the_engine_that_comes_with_the_product(tmp_path: Path) -> None:
    with pytest.raises(QmscheckError, match=r"^the engine 'duckdb' is switched off") as error:
        audit(tmp_path, GOOD, engines={})
    assert error.value.problems[0].hint == "leave the plugin 'engine' on"


def test_a_query_over_two_servers_is_not_decided(server: Path) -> None:
    folder = server.parent
    query = """
[[rule]]
id = "A-1.query"
obligation = "A-1"
title = "Query"
each = "complaints"
query = "select c.id from complaints c join answers a on a.id = c.id where a.sent < c.received"
statement = "{unmet}."
"""
    (folder / "firm.toml").write_text(RULESET + query, "utf-8")
    other = folder / "other.duckdb"
    other.write_bytes(server.read_bytes())
    one = _source("complaints", server, "select * from server.complaints")
    there = planned(folder, _HEAD + one + _source("answers", server, "select * from server.answers"))
    assert there.finding("A-1.query").verdict is Verdict.PASS
    parted = planned(folder, _HEAD + one + _source("answers", other, "select * from server.answers"))
    assert (parted.finding("A-1.query").verdict, parted.finding("A-1.query").statement) == (
        Verdict.INSUFFICIENT,
        "Not decided: its tables lie in several engines, or on several servers, and a query is asked of one.",
    )


# ---------------------------------------------------------------- samples, and what an audit would read


def test_a_sample_is_drawn_of_records_elsewhere_unless_they_stay_there() -> None:
    here = draw(complaints(40), name="complaints", size=5, seed="s")
    assert (
        draw(complaints(40), engines=KINDS, engine="near", name="complaints", size=5, seed="s").records == here.records
    )
    with pytest.raises(QmscheckError) as error:
        draw(complaints(40), engines=KINDS, engine="far", name="complaints", size=5, seed="s")
    assert error.value.problems[0].message == (
        "the records of 'complaints' stay on their server, and a sample is drawn of what is read"
    )


def test_the_newest_day_of_records_elsewhere_is_shown_where_their_engine_can_tell(server: Path) -> None:
    folder = server.parent
    (folder / "firm.toml").write_text(RULESET, "utf-8")
    text = _HEAD + _source("answers", server, "select * from server.answers")
    for engine, newest in (("far", dt.date(2026, 5, 3)), ("deaf", None)):
        planfile, found = read_plan(folder, text.replace('"far"', f'"{engine}"'))
        (seen,) = take(planfile, found).sources
        assert (seen.evidence.engine, seen.newest.on if seen.newest else None) == (engine, newest)
