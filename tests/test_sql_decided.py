"""What says the same of every record, or can be read in two ways, is refused where its author wrote it."""

from __future__ import annotations

import time

import pytest

from qmscheck.sql.decided import slip
from qmscheck.sql.expression import Scope, parse_condition, parse_value
from qmscheck.sql.kinds import Kind
from qmscheck.sql.query import parse_query
from qmscheck.sql.reading import SqlProblem, read_condition

COMPLAINTS = {
    "state": Kind.TEXT,
    "owner": Kind.TEXT,
    "received": Kind.DATE,
    "closed": Kind.DATE,
    "score": Kind.INTEGER,
    "cost": Kind.NUMBER,
    "urgent": Kind.BOOLEAN,
}
SCOPE = Scope(
    {"complaints": COMPLAINTS},
    "complaints",
    {"days": Kind.INTEGER, "domain": Kind.TEXT},
    frozenset({"customer"}),
    words={"complaints": {"state": ("open", "Closed")}},
)
FILLED, NEVER = "holds for every record that is filled", "holds for no record"
ALIKE = "it comes out the same for every record"
ITSELF = "what is compared with itself comes out the same for every record"


def refused(text: str) -> SqlProblem:
    with pytest.raises(SqlProblem) as problem:
        parse_condition(text, SCOPE, careful=True)
    return problem.value


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        (
            "urgent and score > 1 or owner is not null",
            "(urgent and score > 1) or owner is not null, or urgent and (score > 1 or owner is not null)",
        ),
        (
            "urgent or score in (1, 2) and owner = 'A or B'",
            "urgent or (score in (1, 2) and owner = 'A or B'), or (urgent or score in (1, 2)) and owner = 'A or B'",
        ),
        (
            "not urgent or closed is null and received < date '2026-01-31' or score > 1 and complaints.cost > 2",
            (
                "not urgent or (closed is null and received < date '2026-01-31') or (score > 1 and complaints.cost > 2), "
                "or (not urgent or closed is null) and (received < date '2026-01-31' or score > 1) and complaints.cost > 2"
            ),
        ),
        (
            "coalesce(score, 0) > 1 or (urgent or closed is null) and owner not like 'x%'",
            (
                "coalesce(score, 0) > 1 or ((urgent or closed is null) and owner not like 'x%'), "
                "or (coalesce(score, 0) > 1 or (urgent or closed is null)) and owner not like 'x%'"
            ),
        ),
    ],
)
def test_and_beside_or_without_parentheses_is_refused_with_both_readings(text: str, readings: str) -> None:
    problem = refused(text)
    assert problem.message == "'and' and 'or' stand beside each other without parentheses"
    assert problem.hint == f"write {readings}"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        # what is always so, or never
        ("state <> 'open' or state <> 'Closed'", f"state is never both: this {FILLED}", "not in ('open', 'Closed')"),
        ("state = 'open' and state = 'Closed'", f"state is never both: this {NEVER}", "state in ('open', 'Closed')"),
        ("1 = score and score = 2", f"score is never both: this {NEVER}", "score in (1, 2)"),
        ("score > 5 or score < 9", f"one of the two always holds: it {FILLED}", "was 'and' meant?"),
        ("5 <= score or urgent or score < 5", f"one of the two always holds: it {FILLED}", "was 'and' meant?"),
        ("score > 7 and score < 9 and score < 7", f"the two never hold together: it {NEVER}", "was 'or' meant?"),
        (
            "received < date '2026-01-01' and received > date '2026-12-31'",
            f"the two never hold together: it {NEVER}",
            "",
        ),
        ("closed <= as_of() or closed > as_of()", f"one of the two always holds: it {FILLED}", None),
        ("closed is null or closed is not null", f"one of the two always holds: it {FILLED}", None),
        ("urgent and not urgent", f"the two never hold together: it {NEVER}", "was 'or' meant?"),
        ("not (urgent) and urgent", f"the two never hold together: it {NEVER}", "was 'or' meant?"),
        ("score <> 1 and score = 1", f"the two never hold together: it {NEVER}", "was 'or' meant?"),
        ("filled(closed) and filled(closed)", "the same condition stands twice beside 'and'", "was another column"),
        ("owner = 'x' or true", "'true' beside 'or' decides the whole, or nothing", "leave it out"),
        ("urgent in (true, false)", f"yes and no: this {FILLED}", "write urgent is not null"),
        # one comparison
        ("owner is null or 'a' = 'a'", f"two fixed values are compared: {ALIKE}", "name a column"),
        ("score = (score)", ITSELF, "name another side"),
        ("closed <= add_months(closed, param('days'))", ITSELF, "name another side"),
        ("add_days(closed, -5) <= closed", ITSELF, "name another side"),
        ("score between score and 10", ITSELF, "name another bound"),
        ("owner in ('x', owner)", ITSELF, "name another value"),
        ("score between 10 and 1", f"the first bound is above the second: this {NEVER}", "score between 1 and 10"),
        ("score not between 10 and -1", f"the first bound is above the second: this {NEVER}", "between -1 and 10"),
        (
            "received between date '2026-12-31' and date '2026-01-01'",
            f"the first bound is above the second: this {NEVER}",
            "received between date '2026-01-01' and date '2026-12-31'",
        ),
        ("score in (1, 2, 1)", "1 stands twice in the list", "was another value meant?"),
        ("owner = ''", "no cell holds an empty text: a blank one is NULL", "write owner is null"),
        ("lower(trim(owner)) is distinct from ''", "no cell holds an empty text: a blank one is NULL", "is not null"),
        ("score = 1.5", "score is a whole number, and never 1.5", None),
        ("days_between(received, closed) in (1, 2.5)", "is a whole number, and never 2.5", None),
        ("lower(owner) <> 'Anna'", "lower() gives no such letters", "write 'anna'"),
        ("upper(owner) in ('ANNA', 'Bert')", "upper() gives no such letters", "write 'BERT'"),
        ("lower(state) = 'closd'", "'closd' is none of the 'values' of complaints.state", "did you mean 'closed'?"),
        ("length(owner) >= 0", f"length(owner) gives 0 or more: this {FILLED}", None),
        ("0 > abs(cost)", f"abs(cost) gives 0 or more: this {NEVER}", None),
        ("month(received) = 13", f"month(received) gives 1 to 12: this {NEVER}", None),
        ("month(received) <> 0", f"month(received) gives 1 to 12: this {FILLED}", None),
        ("month(received) in (12, 13)", "month(received) gives 1 to 12, and never 13", None),
        ("day(received) between 1 and 31", f"day(received) gives 1 to 31: this {FILLED}", None),
        ("day(received) between 32 and 40", f"day(received) gives 1 to 31: this {NEVER}", None),
        # what is never blank
        ("coalesce(owner, 'nobody') is not null", f"this is never NULL, so {ALIKE}", "name a column alone"),
        ("filled(coalesce(owner, '-'))", f"this is never NULL, so {ALIKE}", "name a column alone"),
        ("as_of() is null or urgent", f"this is never NULL, so {ALIKE}", "name a column alone"),
        # texts
        ("owner like '%'", "'%' fits every text", "write owner is not null"),
        ("owner not ilike '_%'", "'_%' fits every text", "write owner is not null"),
        ("lower(owner) like 'Anna%'", "lower() gives no such letters", "write 'anna%'"),
        ("contains(owner, '')", "every text holds an empty text", "write owner is not null"),
        ("starts_with(lower(owner), 'Dr')", "lower() gives no such letters", "write 'dr'"),
        ("matches(owner, '.*')", "this pattern fits every text", "write owner is not null"),
        (r"matches(owner, '(draft)?\S')", "this pattern fits every text", "write owner is not null"),
        ("mentions('x', 'customer') or urgent", f"this reads no column: {ALIKE}", "name a column"),
        ("starts_with('x', 'y') or urgent", f"this reads no column: {ALIKE}", "name a column"),
        # the same column in both places
        ("working_days(received, received) <= param('days')", "working_days() of one and the same is always 0", "day"),
        ("coalesce(owner, owner) = 'x'", "owner stands twice", "was another column meant?"),
        ("greatest(received, closed, received) < as_of()", "received stands twice", "was another column meant?"),
        ("nullif(score, score) is null", "score stands twice", "was another column meant?"),
        ("score - score < 3", "score - score is the same for every record", "was another column meant?"),
        ("case when true then urgent end", f"this branch is decided: {ALIKE}", "name a column"),
    ],
)
def test_what_says_the_same_of_every_record_is_refused(text: str, message: str, hint: str | None) -> None:
    problem = refused(text)
    assert message in problem.message
    assert (problem.hint is None) == (hint is None)
    assert (hint or "") in (problem.hint or "")
    assert parse_condition(text, SCOPE).kind is Kind.BOOLEAN if "closd" not in text else True


@pytest.mark.parametrize(
    "text",
    [
        "(urgent and score > 1) or owner is not null",
        "urgent and (score > 1 or owner is not null)",
        "not urgent and score > 1",
        "not owner is null",
        "closed is null or closed <= as_of()",
        "score < 5 or score > 9",
        "score > 5 and score < 9",
        "score > 5 or cost < 9",
        "score <> 1 and score <> 2",
        "state = 'open' or state = 'Closed'",
        "state in ('open', 'Closed')",
        "lower(state) = 'closed'",
        "owner = 'A' and score = 1",
        "score between 5 and 5",
        "cost = 1.5",
        "score > 1.5",
        "length(owner) > 0",
        "month(received) between 1 and 6",
        "coalesce(owner, '') = ''",
        "coalesce(owner, state) is not null",
        "param('domain') <> '' and ends_with(owner, param('domain'))",
        "param('domain') <> ''",
        "add_days(received, param('days')) >= closed",
        "add_days(received, score) >= received",
        "add_days(received, 30) = add_months(received, 1)",
        "round(cost, 0) = cost",
        "lower(owner) = owner",
        "owner <> ''",
        "lower(owner) = 'straße'",
        "upper(owner) = 'STRAßE'",
        "owner ilike 'Anna%'",
        "owner like '__%'",
        "matches(owner, '^.{1,200}$')",
        r"matches(owner, '\p{Lu}')",
        "case when urgent then score > 1 else score > 2 end",
        "score * 2 - score > 3",
    ],
)
def test_what_a_record_can_decide_is_taken(text: str) -> None:
    assert parse_condition(text, SCOPE, careful=True).kind is Kind.BOOLEAN


def test_values_and_queries_are_looked_at_as_conditions_are() -> None:
    with pytest.raises(SqlProblem, match="score - score is the same"):
        parse_value("score - score", SCOPE, frozenset({Kind.INTEGER}), careful=True)
    scope = Scope({"complaints": COMPLAINTS}, None, {}, frozenset())
    query = "select c.owner from complaints c where c.urgent or c.score > 1 and c.closed is null"
    with pytest.raises(SqlProblem) as problem:
        parse_query(query, scope, {"owner": Kind.TEXT}, careful=True)
    readings = "c.urgent or (c.score > 1 and c.closed is null), or (c.urgent or c.score > 1) and c.closed is null"
    assert problem.value.hint == f"write {readings}"
    assert parse_query(query, scope, {"owner": Kind.TEXT}).kind is Kind.UNKNOWN


def test_a_long_condition_is_looked_at_in_a_moment() -> None:
    start = time.process_time()
    for text in (" or ".join(f"score = {i}" for i in range(500)), " and ".join(f"score > {i}" for i in range(450))):
        assert parse_condition(text, SCOPE, careful=True).kind is Kind.BOOLEAN
    assert time.process_time() - start < 5


def test_a_tree_that_nobody_checked_has_no_slip_without_a_type() -> None:
    assert slip(read_condition("owner = ''")) is None


def test_a_day_in_a_comparison_behind_a_function_is_found_at_its_place() -> None:
    assert parse_condition("filled(owner) and received >= date '2026-01-01'", SCOPE).kind is Kind.BOOLEAN
    text = "in_period(closed) and received >= date '2026-02-30'"
    problem = refused(text)
    assert (problem.message, text[problem.place[1] - 1 :]) == ("'2026-02-30' is not a date", "'2026-02-30'")
