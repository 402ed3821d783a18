"""The records of a fictitious firm that does everything the ruleset asks: one function for each room of the firm.

All dates are counted from the day of the audit, and everything drawn comes from the one random source that is handed in.
"""

# ruff: noqa: E501, SIM905  (a record stands on one line, a list of names is a text)
# fmt: off

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

__all__ = ["AS_OF", "OBLIGATIONS", "PERIOD", "Cell", "Table", "records"]

Cell = str | int | float | dt.date | None

AS_OF = dt.date(2026, 10, 31)
PERIOD = (dt.date(2025, 11, 1), AS_OF)

#: Every obligation of the ruleset, answered by a person from outside.
OBLIGATIONS = tuple(
    f"CF-{name}"
    for name in """
    4.2-a1 4.1-1 4.2-1 4.2-b1 P-01 P-02 5.1.2-a1 8.2.2-a2 8.2.2-a1 8.2.2-b1 8.2.3-1 8.6-1 4.4-1 7.1-1 8.2.3-2 8.2.4-1 8.4-1 8.7-1
    4.4-2 P-03 P-05 5.3-d1 P-04 5.2-1 6.2.1-1 P-06 5.1.1-1 5.1.1-f1 P-07 5.1.2-1 5.1.2-a2 7.3-1 P-11 5.1.2-b1 6.1.2-b1 6.2.1-2
    6.2.2-1 P-09 P-08 P-10 9.1.2-1 9.1.2-2 5.1.2-a3 9.1.2-3 9.1.2-4 9.1.2-5 9.1.2-6 9.1.2-7 7.2-1 8.2.1-b1 8.2.1-c1 8.2.1-e1
    P-12 8.5.3-1 8.5.5-1 8.2.1-c2 8.2.1-c3 10.2-a1 10.2-b1 9.2-1 9.3-1 9.3-c1 5.1.2-c1 9.1.3-b1 9.2-2 9.3.3-1 10.2-d1 10.3-1 G-01
    7.5-1
    """.split()
)

_MD, _HQ, _HS, _SD = "Managing director", "Head of quality", "Head of sales", "Head of service"
_HA, _HP = "Head of assembly", "Head of purchasing"
_DEPARTMENTS = ("Sales", "Quality", "Assembly", "Service", "Purchasing")
_PRODUCTS = ("Pump", "Valve", "Service")
_SITES = ("Graz", "Linz")
_STAGES = ("awareness", "enquiry", "offer", "order", "delivery", "use", "support", "complaint", "renewal")
_MEASURES = ("M-SAT", "M-DEL", "M-CONF", "M-ANS", "M-SUP", "M-TRAIN")
_KINDS = tuple(f"{what} {how}" for what in ("paint", "manual", "invoice", "gasket", "label", "packing", "plug") for how in ("wrong", "missing", "late"))


@dataclass(frozen=True)
class Table:
    """One table: its name as the ruleset calls it, its columns, its rows."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


def records(chance: random.Random) -> tuple[Table, ...]:
    """Give every table of the firm."""
    orders = tuple(_orders())
    complaints = tuple(_complaints(chance))
    return (
        *_customers(),
        *_understanding(),
        *_order_tables(orders),
        *_resources(orders),
        *_leadership(),
        *_plans(chance),
        *_perception(chance),
        *_service(chance, complaints),
        *_listening(chance, complaints),
        *_checking(complaints),
    )


def _table(name: str, columns: str, rows: Sequence[Sequence[Cell]]) -> Table:
    return Table(name, tuple(columns.split()), tuple(tuple(row) for row in rows))


def _d(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def _later(day: dt.date, working_days: int) -> dt.date:
    while working_days:
        day += dt.timedelta(days=1)
        working_days -= day.weekday() < 5
    return day


def _months(first: str, last: str, step: int = 1) -> Iterator[dt.date]:
    """Give the first day of each month, or of each so many months."""
    day = _d(first)
    while day <= _d(last):
        yield day
        for _ in range(step):
            day = (day + dt.timedelta(days=32)).replace(day=1)


def _eve(day: dt.date) -> dt.date:
    """Give the last day of the month that begins on a day."""
    return (day + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1)


# ---------------------------------------------------------------- customers, context, requirements


def _group(at: int) -> str:
    return ("Hospital", "Farm")[at % 2]


def _customers() -> Iterator[Table]:
    rows = [
        (f"K{at}", _group(at), "active", "yes" if at < 4 else "no", ("Austria", "Germany")[at % 3 == 0],
         _d("2026-05-04") if at in {6, 7} else _d("2018-05-02"), _HS, _d("2026-06-10"))
        for at in range(40)
    ]
    yield _table("customers", "customer_id customer_group status key_account country first_seen owner last_reviewed", rows)
    yield _table("customer_groups", "customer_group active", [("Hospital", "yes"), ("Farm", "yes")])
    yield _table("products", "product customer_group critical", [("Pump", "Hospital", "yes"), ("Valve", "Farm", "no"), ("Service", "Farm", "no")])
    yield _table("markets", "country jurisdiction language", [("Austria", "EU", "German"), ("Germany", "EU", "German")])
    seen = _d("2026-04-14")
    issues = (
        ("I1", "Fewer small farms", "market", "Farms buy together", None, None, "R1"),
        ("I2", "Rivals from abroad", "competition", "Hospitals compare prices", None, None, "R2"),
        ("I3", "Sensors in pumps", "technology", "Hospitals want remote readings", None, None, "R3"),
        ("I4", "New machinery regulation", "law", "Manuals have to change", None, None, "R4"),
        ("I5", "Few fitters to be had", "resources", "Repairs wait longer", None, None, "R5"),
        ("I6", "Climate change", "climate", "Drought doubles the demand of farms", "yes", "Farms ask for pumps that save water", "R1"),
    )
    yield _table("context_issues", "issue_id issue category effect_on_customer climate_relevant reason risk_id reviewed_on", [(*row, seen) for row in issues])
    parties = (
        ("B1", "Market surveillance authority", "regulator", "Files within ten days", "none", "P2"),
        ("B2", "Foundry in Steyr", "supplier", "Orders six weeks ahead", "none", "P4"),
        ("B3", "Works council", "employee", "Overtime told two weeks ahead", "Less heat in the hall", "P5"),
        ("B4", "Freight carrier", "distributor", "Pallets labelled", "Full loads", "P1"),
    )
    yield _table("interested_parties", "party_id party type requirement climate_requirement process_id relevant reason reviewed_on", [(*row, "yes", None, seen) for row in parties])
    outputs = (
        ("P1", "P2", "process", "Order papers without open points"),
        ("P2", "Hospital", "customer", "Pump tested and on time"),
        ("P3", "Farm", "customer", "Answer within ten days"),
        ("P4", "P2", "process", "Parts checked and on time"),
        ("P5", "Assembly", "department", "People trained for their work"),
        ("P5", "P2", "process", "Skills as the plan says"),
    )
    yield _table("process_outputs", "process_id receiver receiver_kind need", outputs)
    meetings = [(f"T{at}", one, topic, _d(day)) for at, (topic, day) in enumerate((("customers", "2026-05-20"), ("needs", "2026-02-11"))) for one in _DEPARTMENTS]
    yield _table("meetings", "meeting_id department topic held_on", meetings)


def _understanding() -> Iterator[Table]:
    notes = [
        (f"V{at}", day, method, _group(at), f"K{at}", f"Wish no. {at}", f"Q{at}" if at else None, "change" if at else "no change", day + dt.timedelta(days=12))
        for at, (day, method) in enumerate((_d(f"2026-0{1 + at}-12"), ("visit", "interview", "survey")[at % 3]) for at in range(8))
    ]
    yield _table("research", "research_id researched_on method customer_group customer_id finding requirement_id outcome decided_on", notes)
    duties = (
        ("G1", "Machinery regulation", "EU", "Pump", "Declaration of conformity with each pump", _HA, "P2", "compliant", None, None),
        ("G2", "Pressure equipment directive", "EU", "Valve", "Mark and file for each type", _HA, "P2", "compliant", None, None),
        ("G3", "None found", "EU", "Service", None, _HQ, "P3", "none", "Looked through the trade chamber's list", None),
    )
    yield _table("regulatory", "reg_id title jurisdiction product obligation owner process_id status reason action_id checked_on", [(*row, _d("2026-05-05")) for row in duties])
    kinds = ("stated", "implied", "legal", "own")
    rows = [
        (f"Q{at}", f"Requirement no. {at}", kinds[at % 4], _PRODUCTS[at % 3], f"at most {at + 1} in 100", "high" if at < 4 else "medium",
         f"P{1 + at % 4}", f"PP-{at}", (_HS, _HA, _SD, _HP)[at % 4], "active", None)
        for at in range(12)
    ]
    yield _table("requirements", "req_id text kind product acceptance_criterion priority process_id control_ref owner status reason", rows)
    rows = [
        ("C1", "An answer within 2 days", "web", "all", "KPI report 2026", _MD, _d("2026-01-20"), _d("2027-12-31"), "active", "M-ANS", 0.9),
        ("C2", "Runs dry without damage", "catalogue", "Pump", "Test report 17", _MD, _d("2026-01-20"), _d("2027-12-31"), "active", None, None),
    ]
    yield _table("claims", "claim_id text channel product substantiation_ref approved_by approved_on valid_until status measure_id promised_share", rows)
    rows = [(str(at), stage, "yes", None, ("P1", "P2", "P3")[at // 3 % 3], (_HS, _HA, _SD)[at // 3 % 3], _MEASURES[at % 4]) for at, stage in enumerate(_STAGES)]
    yield _table("journey", "stage_no stage applies reason process_id owner measure_id", [*rows, ("9", "rental", "no", "Nothing is rented out", None, None, None)])


# ---------------------------------------------------------------- orders


@dataclass(frozen=True)
class _Order:
    number: int
    day: dt.date
    accepted: dt.date
    open: bool

    @property
    def promised(self) -> dt.date:
        return self.day + dt.timedelta(days=46 if self.open else 12)


def _orders() -> Iterator[_Order]:
    for first, many in ((0, 24), (5000, 36)):  # by hand, and what comes in by call-off
        for month, start in enumerate(_months("2024-05-01", "2026-10-01")):
            for at in range(many):
                placed = start + dt.timedelta(days=at % 24)
                yield _Order(first + many * month + at, placed, _later(placed, 1), placed > _d("2026-10-12"))


def _order_tables(orders: Sequence[_Order]) -> Iterator[Table]:
    ways = ("mail", "phone", "portal")
    rows = [
        (f"A{o.number}", f"K{o.number % 40}", o.day, o.accepted, o.promised, "accepted" if o.open else "delivered", 400 + o.number, _PRODUCTS[o.number % 3],
         o.accepted if ways[o.number % 5 % 3] == "phone" else None, ways[o.number % 5 % 3], _SITES[o.number % 2])
        for o in orders
    ]
    yield _table("orders", "order_id customer_id order_date accepted_on promised_on status value product confirmation_sent_on channel site", rows)
    rows = [(f"R{o.number}", f"A{o.number}", o.day, _HS, "conditional" if o.number % 50 == 7 else "ok", "yes", o.accepted if o.number % 50 == 7 else None) for o in orders]
    yield _table("contract_reviews", "review_id order_id reviewed_on reviewer_role result capacity_ok open_point_closed_on", rows)
    done = [(o, o.promised + dt.timedelta(days=2 if o.number % 97 == 5 else -1 - o.number % 3)) for o in orders if not o.open]
    rows = [(f"D{o.number}", f"A{o.number}", o.promised, day, 3, 3, _PRODUCTS[o.number % 3], _SITES[o.number % 2]) for o, day in done]
    yield _table("deliveries", "delivery_id order_id promised_on delivered_on qty_ordered qty_delivered product site", rows)
    rows = [(f"F{o.number}", f"D{o.number}", "Test plan 4", "conditional" if o.number == 401 else "pass", "Test engineer", day, "SF-1" if o.number == 401 else None) for o, day in done]
    yield _table("releases", "release_id delivery_id criteria_ref result released_by_role released_on concession_ref", rows)
    changes, edits = [], []
    for at, o in enumerate(o for o in orders if o.number % 37 == 3 and _d("2025-11-01") <= o.day < _d("2026-10-01")):
        day = _later(o.day, 1)
        changes.append((f"W{at}", f"A{o.number}", o.day, "accepted", day, day, day, "Assembly", _later(day, 2)))
        edits.append((f"E{at}", f"A{o.number}", day, ("quantity", "date")[at % 2]))
    changes.append(("W99", "A400", _d("2026-03-02"), "refused", None, None, None, None, None))
    yield _table("order_changes", "change_id order_id requested_on decision approved_on documents_updated_on informed_on informed_roles effective_on", changes)
    yield _table("order_edits", "edit_id order_id edited_on field", edits)


def _resources(orders: Sequence[_Order]) -> Iterator[Table]:
    known = {o.number for o in orders}
    rows = [("1", "Assembly", 100, 120, None, None), ("2", "Test bench", 130, 120, "Overtime on Saturdays", _HA)]
    yield _table("capacity_plan", "plan_id resource required available action owner period_from period_to", [(*row, _d("2026-10-01"), _d("2026-12-31")) for row in rows])
    rows = [(f"S{at}", "active", "high" if at < 3 else "low", _d("2020-01-07"), "QSV-1", _d("2026-09-01"), 60 if at == 1 else 90, "M1" if at == 1 else None) for at in range(8)]
    yield _table("suppliers", "supplier_id status customer_impact approved_on requirements_ref evaluated_on score action_id", rows)
    yield _table("supplier_payments", "supplier_id reaches_customer", [*((f"S{at}", "yes") for at in range(8)), ("X1", "no")])
    assert {450, 451, 452, 470} <= known  # noqa: S101  (orders that the reports below name)
    rows = [
        ("N1", _d("2026-03-02"), "A450", "Pump", "customer", "corrected", _HQ, None, "yes", _d("2026-03-03"), _d("2026-03-04")),
        ("N2", _d("2026-04-02"), "A451", "Pump", "internal", "concession", _HQ, "accepted", "yes", None, _d("2026-04-04")),
        ("N3", _d("2026-10-20"), "A452", "Pump", "internal", None, None, None, None, None, None),
    ]
    yield _table("ncr", "ncr_id found_on order_id product found_where disposition authority customer_acceptance others_checked verified_on closed_on", rows)
    rows = [("B0", "A450", "Pump", _d("2026-03-02"), _d("2026-03-09"), "product", "N1", "Graz")]
    rows += [(f"B{at}", f"A{460 + at}", "Valve", day, _later(day, 5), "customer choice", None, "Linz") for at, day in enumerate(_months("2026-01-01", "2026-09-01"), 1)]
    yield _table("returns", "return_id order_id product received_on closed_on cause ncr_id site", rows)
    yield _table("credit_notes", "credit_id order_id reason site", [("H1", "A450", "quality", "Graz"), ("H2", "A451", "bonus", "Linz")])
    rows = [
        ("P1", "high", "Wrong papers: the customer gets the wrong pump", "M-DEL", _HS),
        ("P2", "high", "A leak stops the ward", "M-CONF", _HA),
        ("P3", "high", "Customers wait for an answer", "M-ANS", _SD),
        ("P4", "medium", "Parts come late", "M-SUP", _HP),
        ("P5", "low", "New people make mistakes", "M-TRAIN", _MD),
    ]
    yield _table("processes", "process_id customer_impact impact_reason measure_id owner last_reviewed", [(*row, _d("2026-03-03")) for row in rows])


# ---------------------------------------------------------------- leadership


def _leadership() -> Iterator[Table]:
    rows = (
        (_MD, "yes", "yes", "Purchasing", "direction", "Sees key customers twice a year", "Owners", _HQ, None),
        (_HQ, "no", "yes", "Quality", "customer focus", "Speaks for the customer in each meeting", _MD, _HS, _d("2026-09-15")),
        (_HS, "no", "yes", "Sales", "sales", "Reviews each order", _MD, _HQ, None),
        (_SD, "no", "yes", "Service", "service", "Answers within two days", _MD, _HQ, None),
        (_HA, "no", "no", "Assembly", "assembly", "Ships what was tested", _MD, _HQ, None),
        (_HP, "no", "no", "Purchasing", "purchasing", "Buys what customers asked for", _MD, _HQ, None),
    )
    columns = "role top_management customer_facing department duty customer_duty assigned_by deputy reported_on assigned_on ended_on"
    past = ("Head of the old depot", "no", "no", "Sales", "depot", None, _MD, None, None, _d("2010-02-01"), _d("2022-02-01"))
    yield _table("roles", columns, [*((*row, _d("2020-01-07"), None) for row in rows), past])
    yield _table("departments", "department has_objectives sells", [(one, "yes", "yes" if one == "Sales" else "no") for one in _DEPARTMENTS])
    topics = ("Customer complaints and legal requirements", "Quality policy and code of conduct", "Quality objectives and results")
    days = [day + dt.timedelta(days=27) for day in _months("2025-11-01", "2026-10-01")]
    rows = [
        (f"K{at}", one, _MD, topic, day)
        for at, (day, topic) in enumerate((day, topic) for n, day in enumerate(days) for topic in topics if topic == topics[0] or n % 4 == 2)
        for one in _DEPARTMENTS
    ]
    yield _table("communications", "comm_id department sender_role topic sent_on", rows)
    rows = [(topic, 1 if topic == topics[0] else 4, "all departments", "Talk at the line", _MD) for topic in topics]
    yield _table("communication_plan", "topic interval_months audience channel sender_role", rows)
    subjects = ("satisfaction", "complaints", "delivery", "legal")
    yield _table("oversight", "topic delegate_role interval_months red_limit", [(one, _HQ, 3, "below 90 %") for one in subjects])
    rows = [
        (f"O-{one}-{at}", one, day, day - dt.timedelta(days=3), _MD, "red" if (one, at) == ("delivery", 1) else "green")
        for one in subjects for at, day in enumerate(_months("2026-01-01", "2026-10-01", 3))
    ]
    yield _table("oversight_reports", "report_id topic due_on submitted_on received_by_role status", rows)
    rows = [
        ("E1", "resources", "Two more testers", _d("2026-03-03"), _MD, "MR26", _d("2026-07-01"), _d("2026-06-20")),
        ("E2", "delivery", "A second carrier for Linz", _d("2026-04-10"), _MD, "O-delivery-1", _d("2026-06-01"), _d("2026-05-20")),
        ("E3", "conflict", "No pump without guard, though the farm asked for one", _d("2026-05-12"), _MD, "V4", _d("2026-06-01"), _d("2026-05-12")),
        ("E4", "satisfaction", "Call back within a day", _d("2026-08-12"), _MD, "O-satisfaction-2", _d("2026-09-01"), _d("2026-08-30")),
    ]
    yield _table("decisions", "decision_id topic decision decided_on decided_by_role source_id due_on done_on", rows)
    rows = [(f"Z{at}", day + dt.timedelta(days=8), f"K{at}", _MD, f"Wants report no. {at} with each pump") for at, day in enumerate(_months("2025-12-01", "2026-09-01", 3))]
    yield _table("management_contacts", "contact_id contacted_on customer_id visitor_role learnt", rows)
    yield from _people()
    paths = {one: f"documents/{one.title()}.md" for one in ("vision", "mission", "strategy", "business plan")}
    elements = (*paths, "products", "services", "support", "management", "people", "plans", "objectives", "processes", "risks", "duties", "environment", "culture")
    rows = [(one, paths.get(one, f"Handbook, part {at}"), "yes", "yes", _d("2026-02-02")) for at, one in enumerate(elements)]
    yield _table("alignment", "element evidence_ref value_aim satisfaction_aim checked_on", rows)
    yield _table("strategic_goals", "goal_id", [("G1",), ("G2",)])


def _people() -> Iterator[Table]:
    rows = [(f"M{at}", _DEPARTMENTS[at % 5], "temporary" if at in {3, 8} else "permanent", _d("2026-06-01") if at in {5, 8} else _d("2019-04-01")) for at in range(25)]
    yield _table("employees", "employee_id department type started_on", rows)
    rows = [(f"M{at}", "Our customers", "awareness", _d("2026-06-10") if at in {5, 8} else _d("2026-02-10"), None, 3) for at in range(25)]
    yield _table("training", "employee_id course topic completed_on valid_until score", rows)
    rows = [
        (f"J{n}-{at}", day + dt.timedelta(days=9), _DEPARTMENTS[at % 5], 3 if at == 7 or (at, n % 4) == (8, 1) else 5 - at % 2)
        for n, day in enumerate(_months("2024-05-01", "2026-10-01", 3)) for at in range(15)
    ]
    yield _table("staff_views", "response_id answered_on department score", rows)
    rows = [(f"M{at}", role, _SITES[at % 2], "Pumps", 3, 3, "Observed at work", _d("2026-05-04"), _d("2027-12-31"), None) for at, role in enumerate((_MD, _HQ, _HS, _SD) * 4)]
    rows.append(("M20", _HS, "Graz", "Listening", 3, 2, "Observed at work", _d("2026-05-04"), _d("2027-12-31"), "Coaching till December"))
    yield _table("competence", "employee_id role site skill required_level actual_level evidence_ref assessed_on valid_until gap_action", rows)


# ---------------------------------------------------------------- plans, risks, value


def _plans(chance: random.Random) -> Iterator[Table]:
    rows = (
        ("O1", "Nine of ten customers content", "Service", "P3", "M-SAT", "satisfaction", "yes", "G1"),
        ("O2", "On time and in full", "Sales", "P1", "M-DEL", "delivery", "no", "G2"),
        ("O3", "Right the first time", "Assembly", "P2", "M-CONF", "conformity", "no", "G2"),
        ("O4", "Parts on time", "Purchasing", "P4", "M-SUP", "delivery", "no", "G2"),
        ("O5", "Answers within two days", "Quality", "P3", "M-ANS", "satisfaction", "no", "G1"),
    )
    columns = "objective_id text department process_id measure_id topic stretch strategy_ref baseline target unit set_on due_on owner policy_ref status reason"
    owners = {"Service": _SD, "Sales": _HS, "Assembly": _HA, "Purchasing": _HP, "Quality": _HQ}
    more = lambda row: (90, 95, "%", _d("2026-01-15"), _d("2026-12-31"), owners[str(row[2])], "Policy, 2", "active", None)  # noqa: E731
    yield _table("objectives", columns, [(*row, *more(row)) for row in rows])
    rows = [
        (row[0], f"Step {at} towards {row[0]}", "20 hours", more(row)[5], _d("2026-11-30") if at else _d("2026-05-31"), "Figure of the month", None if at else _d("2026-05-20"))
        for row in rows
        for at in range(2)
    ]
    yield _table("objective_actions", "objective_id action resources owner due_on evaluation_method done_on", rows)
    rows = [
        (one, _eve(month), 96 + chance.randrange(4), 98 + at % 2, 100, 95, "higher", _eve(month) + dt.timedelta(days=5))
        for at, one in enumerate(_MEASURES) for month in _months("2025-01-01", "2026-09-01")
    ]
    yield _table("kpi", "measure_id period value numerator denominator target better entered_on", rows)
    rows = (
        ("R1", "risk", "Complaints about a leaking seal: wards have to change pumps", "both", "P2", "all", "high", _HA),
        ("R2", "risk", "Papers mixed up: the wrong pump arrives", "conformity", "P1", "Hospital", "medium", _HS),
        ("R3", "risk", "Answers take too long and farms go elsewhere", "satisfaction", "P3", "Farm", "medium", _SD),
        ("R4", "risk", "Castings come late", "satisfaction", "P4", "all", "low", _HP),
        ("R5", "opportunity", "Pumps that report their own wear", "satisfaction", "P2", "Hospital", "medium", _HS),
    )
    yield _table(
        "risks",
        "risk_id kind description affects process_id customer_group rating owner identified_on reviewed_on status",
        [(*row, _d("2025-12-02"), _d("2026-03-03"), "open") for row in rows],
    )
    yield _table("actions", _ACTION_COLUMNS, list(_actions()))
    rows = [(day, 8000, 9000, 3000, 2000 + chance.randrange(40), 1_000_000) for day in _months("2024-04-01", "2026-10-01", 3)]
    yield _table("coq", "period prevention appraisal internal_failure external_failure sales", rows)
    rows = [(one, day, "hours to failure", 100 + at + chance.randrange(2), 100) for one in _PRODUCTS for at, day in enumerate(_months("2024-04-01", "2026-10-01", 3))]
    yield _table("value", "product period performance_measure performance_index price_index", rows)
    rows = [(f"L{at}", day + dt.timedelta(days=chance.randrange(25))) for at, day in enumerate(day for day in _months("2024-05-01", "2026-10-01") for _ in range(2 + (day.year - 2024) * 2 + day.month % 2))]
    yield _table("compliments", "compliment_id received_on", rows)
    yield _table("reputation", "source noted_on rating scale_max answers", [("Review site", day, 4.7, 5, 60) for day in (_d("2026-03-02"), _d("2026-09-02"))])
    rows = [(f"Y{at}", _group(at), _d("2025-11-03") + dt.timedelta(days=7 * at), "lost" if at % 3 == 0 else "won", "Price for one piece" if at % 3 == 0 else None) for at in range(48)]
    yield _table("win_loss", "offer_id customer_group decided_on result reason", rows)
    yield _table("benchmark", "measure own peer source compared_on", [(one, 97, 95, "Trade chamber study", _d("2026-04-07")) for one in ("Delivery", "Answers", "Returns")])


_ACTION_COLUMNS = "action_id source_type source_id category text opened_on owner due_on done_on status effectiveness_result checked_on checked_by customer_effect"


def _actions() -> Iterator[tuple[Cell, ...]]:
    def done(name: str, kind: str, source: str, category: str, text: str, opened: str) -> tuple[Cell, ...]:
        day = _d(opened)
        first, last, checked = (day + dt.timedelta(days=n) for n in (60, 50, 90))
        return (name, kind, source, category, text, day, _HA, first, last, "done", "effective", checked, _HQ, "Noticed by customers")

    yield done("M2", "management review", "MR26", "improvement", "Shorten answers to customers", "2026-03-03")
    yield done("M3", "management review", "MR26", "change", "Procedure for complaints: one list for both sites", "2026-03-04")
    yield done("M4", "management review", "MR26", "resources", "Two more testers for customer satisfaction", "2026-03-05")
    yield ("M5", "management review", "MR26", "other", "Customer day at Linz", _d("2026-03-05"), _HS, _d("2026-12-01"), None, "open", None, None, None, None)
    yield done("M6", "risk", "R1", "improvement", "Harder seal", "2025-12-10")
    yield done("M8", "management review", "MR25", "change", "Look through the customer list each June", "2025-03-10")
    yield done("M9", "analysis", "Y2-complaints", "other", "Check labels at packing", "2026-04-15")
    yield ("M1", "other", "S1", "other", "Foundry sends its test reports", _d("2026-09-01"), _HP, _d("2026-12-01"), None, "open", None, None, None, None)
    for at, (meeting, day) in enumerate((("T0", "2026-05-21"), ("T1", "2026-02-12"))):
        yield done(f"M1{at}", "other", meeting, "other", f"Tell the customers of idea no. {at}", day)
    for at, day in enumerate(_months("2025-11-01", "2026-06-01")):
        yield done(f"M2{at}", "other", f"idea {at}", "improvement", f"Idea no. {at} of the line", day.isoformat())


# ---------------------------------------------------------------- what customers think


def _perception(chance: random.Random) -> Iterator[Table]:
    rows = [
        ("1", "Survey", "direct", "all", 3, _HQ, _MD, _d("2026-02-02")),
        ("2", "Calls after delivery", "direct", "all", 6, _HQ, _MD, _d("2026-02-02")),
        ("3", "Returns", "indirect", "all", 3, _HQ, _MD, _d("2026-02-02")),
    ]
    yield _table("perception_plan", "plan_id source kind customer_group frequency_months analyst_role reviewer_role last_reviewed", rows)
    waves, answers, calls = [], [], []
    for n, day in enumerate(_months("2024-05-01", "2026-08-01", 3)):
        wave = f"{day.year}-{day.month:02}"
        waves.append((wave, day, day + dt.timedelta(days=2), 40, 40, "all", 32, "F1", 1, 5))
        for at in range(32):
            who = (at + 9 * n) % 40
            sent = day + dt.timedelta(days=2)
            answered = sent + dt.timedelta(days=1 + (at * 7) % 24)
            mark = 2 if at == 11 and n % 3 == 2 else (5, 5, 4, 5, 4)[chance.randrange(5)]
            answers.append((f"X{n}-{at}", wave, f"K{who}", _group(who), "satisfaction", sent, answered, mark, _STAGES[at % 9], "customers.example"))
            if mark == 2:
                calls.append((f"X{n}-{at}", _later(answered, 2), "settled", None, None))
    yield _table("survey_waves", "wave planned_on started_on invited frame_size selection completed question_set_id scale_min scale_max", waves)
    yield _table("surveys", "response_id wave customer_id customer_group question sent_on answered_on score stage respondent_domain", answers)
    calls.append(("X9-0", _d("2026-08-20"), "complaint", None, "U99"))
    yield _table("follow_ups", "response_id contacted_on outcome reason complaint_id", calls)
    rows = [(f"B{at}", ("call", "meeting")[at % 2], f"K{at}", _group(at), _d("2026-04-01") + dt.timedelta(days=at), "content") for at in range(40)]
    yield _table("feedback", "feedback_id kind customer_id customer_group said_on judgement", rows)


# ---------------------------------------------------------------- complaints and service

_COMPLAINT_COLUMNS = (
    "complaint_id received_on channel customer_id order_id product category severity owner acknowledged_on correction answered_on closed_on "
    "status capa_decision capa_reason capa_id department stage supplier_id site escalated_external outside_route_told handling_score"
)


def _complaints(chance: random.Random) -> Iterator[tuple[Cell, ...]]:
    days = [month + dt.timedelta(days=chance.randrange(27)) for month in _months("2024-05-01", "2026-09-01")]
    for at, day in enumerate(days):
        yield _complaint(f"U{at}", day, at, _KINDS[at % len(_KINDS)], "low", None)
    for at, text in enumerate(("2025-12-03", "2025-12-15", "2026-01-07")):
        yield _complaint(f"U9{at + 4}", _d(text), 6 * at, "leaking seal", "high", "C1")
    yield _complaint("U99", _d("2026-08-24"), 4, "fitter rude", "medium", None)
    yield (*_complaint("U98", _d("2026-10-28"), 5, "hose short", "low", None)[:10], None, None, None, "open", *(None,) * 3, "Service", "use", "none", "Linz", "no", None, None)


def _complaint(name: str, day: dt.date, at: int, kind: str, severity: str, capa: str | None) -> tuple[Cell, ...]:
    told, answered, closed = (_later(day, n) for n in ((1, 3, 12) if severity == "high" else (1, 6, 15)))
    return (
        name, day, ("phone", "mail", "portal")[at % 3], f"K{at % 40}", f"A{400 + at}", _PRODUCTS[at % 3], kind, severity, _SD, told, "Put right", answered, closed,
        "closed", "needed" if capa else "not needed", None if capa else "A single case", capa, "Service", ("delivery", "use", "support")[at % 3],
        "S1" if at == 3 else "none", _SITES[at % 2], "no", "yes", 5 - at % 2,
    )


def _service(chance: random.Random, complaints: Sequence[tuple[Cell, ...]]) -> Iterator[Table]:
    yield _table("complaints", _COMPLAINT_COLUMNS, [*complaints, _complaint("U97", _d("2026-03-02"), 50, "gasket torn", "low", None)])
    tickets: list[tuple[Cell, ...]] = []
    for at in range(240):
        day = PERIOD[0] + dt.timedelta(days=1 + at * 3 // 2 % 355)
        tickets.append(
            (
                f"T{at}",
                f"K{at % 40}",
                day,
                ("phone", "mail", "portal")[chance.randrange(3)],
                "Ali",
                day + dt.timedelta(days=1),
                day + dt.timedelta(days=2),
                "question",
                ("delivery", None)[at % 2],
                "When does it come?",
                _SITES[at % 2],
            )
        )
    about = [row for row in complaints if isinstance(row[1], dt.date) and row[1] >= PERIOD[0]]
    for at, row in enumerate(about[:6]):
        assert isinstance(row[1], dt.date)  # noqa: S101
        day = row[1]
        kind, subject = ("complaint", "Please help") if at else ("question", "I want to complain about my pump")
        tickets.append((f"T9{at:02}", row[3], day, row[2], "Ali", day + dt.timedelta(days=1), day + dt.timedelta(days=2), kind, None, subject, row[20]))
    yield _table("tickets", "ticket_id customer_id received_on channel owner first_reply_on answered_on type tags subject site", tickets)
    counts = []
    for month in _months("2025-11-01", "2026-10-01"):
        for way in ("phone", "mail", "portal"):
            number = sum(t[3] == way and isinstance(t[2], dt.date) and month <= t[2] <= _eve(month) for t in tickets)
            counts.append((f"{month.isoformat()[:7]} {way}", way, month, _eve(month), number))
    yield _table("contact_counts", "count_id channel counted_from counted_to received", counts)
    rows = [("phone", "www.firm.example", "German", "Desk"), ("mail", "www.firm.example", "German, English", "Desk"), ("portal", "www.firm.example", "German", "Desk")]
    yield _table("channels", "channel public_link languages monitored_by", rows)
    yield _table("sites", "site", [(one,) for one in _SITES])
    rows = [(f"{at}", f"K{at}", None, "Pump from the second site", "Desk of the ward", _d("2026-06-02"), None) for at in range(4)]
    rows.append(("9", None, "Pump", "Loan pump", None, _d("2026-06-02"), None))
    yield _table("contingency", "plan_id customer_id product agreed_action contact tested_on not_needed_reason", rows)
    yield _table("incidents", "incident_id started_at customers_affected customer_informed_at notice_hours", [("1", "2026-03-02T08:00:00", "yes", "2026-03-02T10:00:00", 4)])
    rows = [(f"{phase}{at}", f"K{at}", _d(day), phase, "Asked what is needed", "no", None) for phase, day in (("pre", "2026-04-01"), ("post", "2026-09-01")) for at in range(40)]
    yield _table("contacts", "contact_id customer_id contacted_on phase outcome automated reply_read", rows)
    rows = [(f"{at}", "K1", "tool", _d("2026-03-02"), _d("2026-03-02"), "Shelf 1", _d("2026-12-31"), None if at else _d("2026-05-01"), "none", None, None) for at in range(5)]
    rows.append(("5", "K2", "tool", _d("2026-03-30"), _d("2026-03-30"), "Shelf 2", _d("2026-12-31"), None, "N2", _d("2026-04-02"), _d("2026-04-02")))
    yield _table("customer_property", "item_id customer_id kind received_on verified_on location keep_until returned_on ncr_id incident_on customer_informed_on", rows)
    rows = [(f"{at}", one, "warranty", _SD, "Returns of 2025", _d("2026-05-04")) for at, one in enumerate(_PRODUCTS)]
    yield _table("after_sales", "activity_id product activity owner feedback_ref reviewed_on", rows)


# ---------------------------------------------------------------- analysis, audits, reviews, improvement


def _listening(chance: random.Random, complaints: Sequence[tuple[Cell, ...]]) -> Iterator[Table]:
    rows = []
    for at, day in enumerate(_months("2025-10-01", "2026-07-01", 3)):
        end = _eve(day + dt.timedelta(days=62))
        number = 1 * (day <= _d("2026-03-02") <= end) + sum(isinstance(row[1], dt.date) and day <= row[1] <= end for row in complaints)
        for topic in ("satisfaction", "complaints", "delivery", "returns", "suppliers"):
            acted = (at, topic) == (1, "complaints")
            rows.append((f"Y{at + 1}", topic, day, end, end + dt.timedelta(days=14), number if topic == "complaints" else None, "same",
                         f"{topic.title()} in quarter {at + 1}: as planned, most wishes about speed", "M9" if acted else None, None if acted else "On target"))
    yield _table("analyses", "analysis_id topic period_from period_to reported_on cases direction conclusion action_id no_action_reason", rows)
    rows = [
        (
            f"I{at}",
            ("survey", "complaint", "idea", "research")[at % 4],
            _DEPARTMENTS[at % 5],
            "Answers a day sooner",
            day,
            day + dt.timedelta(days=60),
            5 + chance.randrange(2),
            3,
            "days",
            "lower",
        )
        for at, day in enumerate(_months("2025-11-01", "2026-08-01"))
    ]
    yield _table("improvements", "imp_id origin department customer_benefit started_on done_on before after unit better", rows)


def _checking(complaints: Sequence[tuple[Cell, ...]]) -> Iterator[Table]:
    assert any(row[0] == "U94" for row in complaints)  # noqa: S101  (the complaint that C1 answers)
    rows = [
        (
            "C1",
            "complaint",
            "U94",
            "Seal leaks after a month",
            "Seal cut with a worn die",
            "New die, changed each quarter",
            _HA,
            "2026-01-20",
            "2026-03-31",
            "2026-03-15",
            "updated",
            "effective",
            "2026-07-01",
        ),
        (
            "C2",
            "audit",
            "F1",
            "Two orders reviewed late",
            "Nobody stands in on Fridays",
            "Deputy named",
            _HS,
            "2026-01-30",
            "2026-03-31",
            "2026-03-05",
            "not needed",
            "effective",
            "2026-06-20",
        ),
        ("C3", "ncr", "N1", "Pump with wrong plug", "Two plugs in one box", "Boxes by colour", _HA, "2026-03-10", "2026-05-31", "2026-05-04", "not needed", "effective", "2026-07-20"),
        ("C4", "other", "idea 3", "Labels fall off", "Oil on the label", "Wipe before labelling", _HA, "2025-12-01", "2026-02-28", "2026-02-10", "not needed", "not effective", "2026-05-05"),
        (
            "C5",
            "other",
            "C4",
            "Labels still fall off",
            "Glue does not hold on oil",
            "Engraved plates",
            _HA,
            "2026-05-06",
            "2026-08-31",
            "2026-07-31",
            "not needed",
            "effective",
            "2026-09-30",
        ),
        ("C6", "other", "idea 5", "Crates too heavy", "Crates made for two pumps", "Crates for one pump", _HA, "2026-09-20", "2026-12-01", None, None, None, None),
    ]
    columns = "capa_id source_type source_id problem cause action owner opened_on due_on done_on risks_decision effectiveness_result checked_on checked_by similar_cases_checked criterion"
    yield _table("capa", columns, [(*row, _HQ if row[-1] else None, "yes", "No such case in three months") for row in rows])
    audits = [(f"AU{at}", _d(f"2026-{at + 1:02}-12"), f"P{at + 1}", "5.1.2; 8.2; 9.1.2; 10.2", _SITES[at % 2]) for at in range(4)]
    yield _table("audit_programme", "audit_id planned_on process_id clauses site", audits)
    yield _table("audits", "audit_id done_on auditor report_ref", [(row[0], row[1] + dt.timedelta(days=3), "Berg", f"Report {row[0]}") for row in audits])
    yield _table("auditors", "auditor qualified_on valid_until", [("Berg", _d("2021-05-04"), _d("2027-05-04")), ("Thal", _d("2022-05-04"), None)])
    rows = [("F1", "minor", "8.2.3", "P1", _d("2026-01-15"), _HS, _d("2026-03-10"), "Berg"), ("F2", "opportunity", "9.1.2", "P3", _d("2026-03-15"), _SD, None, None)]
    yield _table("findings", "finding_id grade clause process_id raised_on owner closed_on verified_by", rows)
    rows = [(f"MR{day[2:4]}", _d(day), _d(day) + dt.timedelta(days=1), _MD, f"{_HQ}, {_HS}", f"documents/Management review {day[:4]}.md", _MD) for day in ("2025-03-02", "2026-03-02")]
    yield _table("reviews", "review_id planned_on held_on chair_role attendees_roles minutes_ref approved_by", rows)
    topics = (
        "Customer satisfaction and feedback", "Nonconformities and corrective actions", "Results of internal audits", "Quality objectives", "Conformity and on-time delivery",
        "Suppliers", "Adequacy of resources", "Risks and opportunities", "Changes in the context", "Status of previous actions", "Improvement", "Legal requirements",
        "Needs of customers and other interested parties",
    )
    rows = [(name, topic, f"Slide {at}", day, "yes") for name, day in (("MR25", _d("2025-01-31")), ("MR26", _d("2026-01-31"))) for at, topic in enumerate(topics, 1)]
    yield _table("review_inputs", "review_id topic data_ref period_to trend_shown", rows)
