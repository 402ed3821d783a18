"""Made-up audit records, built by hand from the nouns: every verdict, grade and kind of place, and hostile text."""

from __future__ import annotations

import datetime as dt

from qmscheck.model import (
    Attestation,
    AuditException,
    AuditRecord,
    ConditionResult,
    ConditionState,
    Evidence,
    Finding,
    Force,
    Gate,
    GateResult,
    Grade,
    Limit,
    Location,
    ObligationResult,
    Origin,
    ParameterUse,
    Period,
    PlanUsed,
    RulesetUsed,
    SkippedRow,
    Stratum,
    Tally,
    Tool,
    UnreadableCell,
    Verdict,
)

HOSTILE = "<script>alert('x')</script> & \"quoted\" \x1b[31mred\x1b[0m \u202eevil"
LONG_PATH = (
    "evidence/Vertrieb & Service/Qualitätsmanagement/2026/Übergabe-an-die-Auditorin/Geschäftsjahr-2025-2026/"
    "Kundenreklamationen-Werk-Brünn-und-Leeds-vollständiger-Export-aus-dem-ERP-vom-2026-11-19.xlsx"
)
AS_OF = dt.date(2026, 11, 20)
ACK = ParameterUse(
    name="ack_days",
    value=2,
    origin=Origin.OWN_PROCEDURE,
    ref="QP-14 4.2",
    title="Working days to acknowledge a complaint",
)
REVIEW = ParameterUse(
    name="review_every_months",
    value=12,
    origin=Origin.CONVENTION,
    ref=None,
    title="Months between two reviews of the customer register",
)


def full_record() -> AuditRecord:
    """Give a record that is NOT READY and holds every verdict, grade and kind of place."""
    return AuditRecord(
        schema_version="1",
        tool=Tool(name="qmscheck", version="0.1.0"),
        as_of=AS_OF,
        plan=_plan(fail_on=Grade.MAJOR),
        rulesets=(_ruleset(),),
        evidence=_evidence(),
        obligations=_obligations(),
        findings=_findings(),
        gate=Gate(
            result=GateResult.NOT_READY,
            scope="all 9 obligations of the ruleset, except the 1 that was not selected",
            conditions=(
                _condition(
                    "no-fail", "No obligation fails as major or graver", "CF-8.2.1-c2 fails as major.", met=False
                ),
                _condition(
                    "all-told",
                    "Every obligation of force requirement can be told",
                    "2 cannot: CF-8.2.3-1 (the audit could not run it), CF-9.1.2-1 (cannot be told).",
                    met=False,
                ),
                _condition(
                    "evidence-fresh", "All evidence is fresh at the planned audit", "Nothing expires.", met=True
                ),
            ),
        ),
        limits=(
            Limit(kind="source", id="orders", reason="missing", detail="evidence/orders*.csv matches no file."),
            Limit(
                kind="file",
                id="evidence/qms/Prüfbericht (gescannt).pdf",
                reason="no-text-layer",
                detail="14 pages are pictures; no text could be read.",
            ),
            Limit(kind="obligation", id="CF-P-02", reason="not-selected", detail="Left out by --ignore CF-P."),
            Limit(kind="rule", id="CF-P-02.workshop", reason="not-selected", detail="Left out by --ignore CF-P."),
        ),
    )


def ready_record() -> AuditRecord:
    """Give a record that is READY: one obligation, met."""
    full = full_record()
    return full.model_copy(
        update={
            "obligations": (full.obligations[3],),
            "findings": (full.finding("CF-4.2-a1.filled"),),
            "evidence": full.evidence[:1],
            "limits": (),
            "gate": Gate(
                result=GateResult.READY,
                scope="",
                conditions=(_condition("no-fail", "No obligation fails as major or graver", "None fails.", met=True),),
            ),
        }
    )


def undecided_record() -> AuditRecord:
    """Give a record of which nothing can be told: no evidence was read."""
    full = full_record()
    return full.model_copy(
        update={
            "obligations": (full.obligations[5],),
            "findings": (full.finding("CF-9.1.2-1.asked"),),
            "evidence": full.evidence[3:4],
            "limits": full.limits[:1],
            "gate": Gate(
                result=GateResult.CANNOT_TELL,
                scope="",
                conditions=(
                    _condition("all-told", "Every obligation can be told", "1 cannot: CF-9.1.2-1.", met=False),
                ),
            ),
        }
    )


def _plan(fail_on: Grade) -> PlanUsed:
    return PlanUsed(
        organization="Marlow Pumps Ltd",
        scope="Design, sale and service of pumps; sites Leeds and Brünn",
        period=Period.model_validate({"from": dt.date(2025, 11, 1), "to": dt.date(2026, 10, 31)}),
        planned_audit=dt.date(2027, 3, 1),
        fail_on=fail_on,
        select=(),
        ignore=("CF-P",),
    )


def _ruleset() -> RulesetUsed:
    return RulesetUsed(
        id="iso9001-customer-focus",
        title="Customer focus",
        standard="ISO 9001",
        edition="2015+A1:2024",
        version="1.0.0",
        digest="4f" * 32,
    )


def _condition(name: str, title: str, detail: str, *, met: bool) -> ConditionResult:
    state = ConditionState.MET if met else ConditionState.NOT_MET
    decided_by = () if met else ("CF-8.2.1-c2", "CF-8.2.3-1", "CF-9.1.2-1")
    return ConditionResult(id=name, title=title, state=state, detail=detail, decided_by=decided_by)


# ---------------------------------------------------------------- evidence


def _evidence() -> tuple[Evidence, ...]:
    return (
        _read("complaints", "evidence/complaints*.csv", "evidence/complaints-2026.csv", 312).model_copy(
            update={
                "rows_skipped": (
                    SkippedRow(path="evidence/complaints-2026.csv", row=118, reason="3 cells where 9 are expected"),
                    SkippedRow(path="evidence/complaints-2026.csv", row=None, reason="an unclosed quote at the end"),
                ),
                "unmapped_columns": ("Priority", "Comment <b>internal</b>"),
                "unreadable_count": 7,
                "unreadable": tuple(
                    UnreadableCell(
                        location=Location(path="evidence/complaints-2026.csv", row=row, column="Date received"),
                        column="received_on",
                        expected="date (%d/%m/%Y)",
                    )
                    for row in (15, 44, 90, 91, 92, 200, 300)
                ),
                "notes": ("read as windows-1252; the delimiter is ;",),
            }
        ),
        _read("surveys", LONG_PATH, LONG_PATH, 96).model_copy(update={"reader": "xlsx"}),
        _read("passages", "evidence/qms", "evidence/qms/Handbuch Kundenorientierung.docx", 410),
        Evidence(
            table="orders",
            source="evidence/orders*.csv",
            locator="evidence/orders*.csv",
            sha256=None,
            reader=None,
            rows_read=0,
            rows_skipped=(),
            columns={},
            unmapped_columns=(),
            missing_columns=("order_id", "accepted_on"),
            unreadable_count=0,
            unreadable=(),
            notes=(),
            status="missing",
            detail="No file has this name; the folder holds order-list.csv.",
        ),
    )


def _read(table: str, source: str, locator: str, rows: int) -> Evidence:
    return Evidence(
        table=table,
        source=source,
        locator=locator,
        sha256=(table.encode().hex() + "0" * 64)[:64],
        reader="csv",
        rows_read=rows,
        rows_skipped=(),
        columns={"received_on": "Date received", "complaint_id": "Complaint no."},
        unmapped_columns=(),
        missing_columns=(),
        unreadable_count=0,
        unreadable=(),
        notes=(),
        status="read",
    )


# ---------------------------------------------------------------- obligations


def _obligations() -> tuple[ObligationResult, ...]:
    return (
        _obligation(
            "CF-P-01",
            "Internal customers are known for every process",
            Verdict.FAIL,
            Grade.OPPORTUNITY,
            ("4.4.1", "ISO 9000 definition of customer"),
            ("CF-P-01.named",),
            force=Force.PRINCIPLE,
        ),
        _obligation(
            "CF-8.2.1-c2",
            "Every complaint is recorded, owned and acknowledged in time",
            Verdict.FAIL,
            Grade.MAJOR,
            ("8.2.1 c",),
            ("CF-8.2.1-c2.owner", "CF-8.2.1-c2.acknowledged", "CF-8.2.1-c2.logged", "CF-8.2.1-c2.reopened"),
            question="Pick five complaints: who owns each, and does that person know it?",
        ),
        _obligation(
            "CF-5.1.2-1",
            "Top management shows that it leads customer focus",
            Verdict.MANUAL,
            None,
            ("5.1.2",),
            ("CF-5.1.2-1.policy",),
            question="Ask the director: which customer complaint did you last follow to its end, and what changed?",
        ),
        _obligation(
            "CF-4.2-a1",
            "External customers and customer groups are identified",
            Verdict.PASS,
            None,
            ("4.2",),
            ("CF-4.2-a1.filled",),
            question="Ask a production lead, a finance clerk and a director: who is the customer of what you do?",
            attestation=Attestation(
                answer="yes",
                statement="Asked three; all named the end user.",
                by="J. Müller",
                role="Internal auditor",
                on=dt.date(2026, 11, 3),
                valid_until=dt.date(2027, 11, 3),
                location=Location(path="evidence/attestations.csv", row=4),
            ),
        ),
        _obligation(
            "CF-8.2.3-1", "Orders are reviewed", Verdict.ERROR, None, ("8.2.3.1",), ("CF-8.2.3-1.reviewed-first",)
        ),
        _obligation(
            "CF-9.1.2-1",
            "Customer satisfaction is monitored",
            Verdict.INSUFFICIENT,
            None,
            ("9.1.2",),
            ("CF-9.1.2-1.asked",),
        ),
        _obligation("CF-8.5.3-1", "Customer property is looked after", Verdict.NOT_APPLICABLE, None, ("8.5.3",), ()),
        _obligation("CF-P-02", "Employees are asked who the customers are", Verdict.NOT_SELECTED, None, ("7.3",), ()),
        _obligation(
            "CF-9.1.2-2",
            f"Hostile title {HOSTILE}",
            Verdict.FAIL,
            Grade.MINOR,
            ("9.1.2",),
            ("CF-9.1.2-2.hostile",),
            question=f"Is {HOSTILE} a question?",
        ),
    )


def _obligation(
    name: str,
    title: str,
    verdict: Verdict,
    grade: Grade | None,
    clauses: tuple[str, ...],
    findings: tuple[str, ...],
    *,
    force: Force = Force.REQUIREMENT,
    question: str | None = None,
    attestation: Attestation | None = None,
) -> ObligationResult:
    reasons = {
        Verdict.PASS: "All rules are met, and J. Müller attested yes on 2026-11-03.",
        Verdict.FAIL: f"{len(findings)} rule(s) were judged; the gravest is not met.",
        Verdict.INSUFFICIENT: "The gravest of its rules cannot be told.",
        Verdict.MANUAL: "The rules leave it to a person, and no valid attestation was found.",
        Verdict.ERROR: "A rule could not be run.",
        Verdict.NOT_APPLICABLE: "No customer property is held (Quality manager, 2026-10-01).",
        Verdict.NOT_SELECTED: "Left out by --ignore CF-P.",
    }
    return ObligationResult(
        id=name,
        title=title,
        clauses=clauses,
        force=force,
        statement=f"In own words: {title[0].lower()}{title[1:]}.",
        verdict=verdict,
        grade=grade,
        reason=reasons[verdict],
        question=question,
        attestation=attestation,
        recommendation=f"The quality manager sets {name} right with the process owner before the next review.",
        findings=findings,
        undecided=(),
    )


# ---------------------------------------------------------------- findings


def _findings() -> tuple[Finding, ...]:
    return (
        _finding(
            "CF-P-01.named",
            "Each process names who receives its output",
            Verdict.FAIL,
            Grade.OPPORTUNITY,
            Tally(population=12, met=11, unmet=1, unreadable=0, interval=(11 / 12, 11 / 12)),
            "1 of 12 processes names nobody.",
            (_unmet("P-7", Location(path="evidence/processes.xlsx", sheet="Prozesse 2026", row=9, cell="D9")),),
        ),
        _finding(
            "CF-8.2.1-c2.acknowledged",
            "Each complaint is acknowledged in time",
            Verdict.FAIL,
            Grade.MINOR,
            Tally(population=312, met=301, unmet=4, unreadable=7, interval=(301 / 312, 308 / 312)),
            "4 of 312 complaints were acknowledged later than 2 working days, or not at all; 7 cannot be read.",
            (
                *(
                    _unmet(f"C-{row}", Location(path="evidence/complaints-2026.csv", row=row, column="Acknowledged"))
                    for row in (20, 31, 77, 210)
                ),
                AuditException(
                    key="C-15",
                    state="unreadable",
                    location=Location(path="evidence/complaints-2026.csv", row=15, column="Date received"),
                ),
            ),
            total=11,
            parameters=(ACK,),
            criterion="working_days(received_on, acknowledged_on) <= param('ack_days')",
        ),
        _owner(),
        _finding(
            "CF-8.2.1-c2.logged",
            "Complaint numbers are unique",
            Verdict.PASS,
            None,
            Tally(population=312, met=312, unmet=0, unreadable=0, interval=(1.0, 1.0)),
            "0 of 312 complaint numbers occur twice.",
        ),
        _finding(
            "CF-8.2.1-c2.reopened",
            "Reopened complaints have a cause",
            Verdict.NOT_APPLICABLE,
            None,
            Tally(population=0, met=0, unmet=0, unreadable=0, interval=None),
            "0 complaints were reopened.",
        ),
        _quoted(),
        _finding(
            "CF-4.2-a1.filled",
            "Each active customer has a group and an owner",
            Verdict.PASS,
            None,
            Tally(population=20000, met=19999, unmet=1, unreadable=0, interval=(0.99995, 0.99995)),
            "1 of 20000 active customers has no group or owner.",
            (_unmet("K-1", Location(path="evidence/kunden.csv", row=2)),),
        ),
        _finding(
            "CF-8.2.3-1.reviewed-first",
            "Each accepted order was reviewed before it was accepted",
            Verdict.ERROR,
            None,
            None,
            "The rule could not be run.",
            reason="The engine refused the rule: cast of 'abc' to number in evidence/orders.parquet.",
        ),
        _finding(
            "CF-9.1.2-1.asked",
            "Customers of every group were asked in the period",
            Verdict.INSUFFICIENT,
            None,
            Tally(population=3, met=3, unmet=0, unreadable=0, interval=(1.0, 1.0)),
            "3 of 3 customer groups were asked.",
            reason="Only 3 records are in scope; the rule asks for at least 10.",
            parameters=(REVIEW,),
            to_pass="7 more records are needed.",
        ),
        _hostile(),
        _finding(
            "CF-P-02.workshop", "A workshop was held", Verdict.NOT_SELECTED, None, None, "The rule was not selected."
        ),
    )


def _owner() -> Finding:
    """Hundreds of exceptions in two sheets of a workbook with a long path, by site."""
    places = [
        Location(
            path=LONG_PATH,
            sheet="Reklamationen" if row < 200 else "Nachträge",
            row=row,
            column="Verantwortlich",
            cell=f"F{row}",
        )
        for row in range(2, 302)
    ]
    return _finding(
        "CF-8.2.1-c2.owner",
        "Each complaint has an owner",
        Verdict.FAIL,
        Grade.MAJOR,
        Tally(population=312, met=0, unmet=312, unreadable=0, interval=(0.0, 0.0)),
        "312 of 312 complaints have no owner.",
        tuple(_unmet(f"R-2026-{place.row:05}", place) for place in places),
        total=312,
        strata=(
            Stratum(
                column="site",
                value="Leeds",
                tally=Tally(population=200, met=0, unmet=200, unreadable=0, interval=(0.0, 0.0)),
            ),
            Stratum(
                column="site",
                value="Brünn",
                tally=Tally(population=110, met=0, unmet=110, unreadable=0, interval=(0.0, 0.0)),
            ),
            Stratum(
                column="site",
                value=None,
                tally=Tally(population=2, met=0, unmet=2, unreadable=0, interval=(0.0, 0.0)),
            ),
        ),
        recommendation="The service manager names an owner for each open complaint, and makes the field mandatory.",
        to_pass="312 more complaints need an owner.",
    )


def _quoted() -> Finding:
    """Passages of a document, quoted for a person to judge."""
    place = Location(
        path="evidence/qms/Handbuch Kundenorientierung.docx",
        page=4,
        heading="5 Führung > 5.1 Verpflichtung",
        paragraph=3,
    )
    return _finding(
        "CF-5.1.2-1.policy",
        "The handbook names customer focus",
        Verdict.MANUAL,
        None,
        Tally(population=410, met=2, unmet=408, unreadable=0, interval=(2 / 410, 2 / 410)),
        "2 of 410 passages name customer focus.",
        (
            AuditException(
                key="1",
                state="quoted",
                location=place,
                quote="Die Geschäftsführung richtet alle Prozesse auf die Wünsche der Kunden aus.",
            ),
            AuditException(
                key="2",
                state="quoted",
                location=place.model_copy(update={"page": 11, "heading": None}),
                quote=f"Zeile eins\nZeile zwei {HOSTILE}",
            ),
        ),
        reason="Words alone show nothing; a person must judge the passages.",
    )


def _hostile() -> Finding:
    place = Location(path=f"evidence/{HOSTILE}.csv", row=3, column=HOSTILE, sheet=HOSTILE)
    return _finding(
        "CF-9.1.2-2.hostile",
        HOSTILE,
        Verdict.FAIL,
        Grade.MINOR,
        Tally(population=3, met=1, unmet=2, unreadable=0, interval=(1 / 3, 1 / 3)),
        f"2 of 3 records say {HOSTILE}",
        (_unmet(HOSTILE, place), _unmet("x" * 150, place)),
        criterion="score < 3 and note <> '<script>'",
    )


def _finding(
    rule: str,
    title: str,
    verdict: Verdict,
    grade: Grade | None,
    tally: Tally | None,
    statement: str,
    exceptions: tuple[AuditException, ...] = (),
    *,
    total: int | None = None,
    parameters: tuple[ParameterUse, ...] = (),
    strata: tuple[Stratum, ...] = (),
    criterion: str = "owner is not null",
    reason: str | None = None,
    recommendation: str | None = None,
    to_pass: str | None = None,
) -> Finding:
    obligation = rule.rpartition(".")[0]
    figures = "nothing was counted" if tally is None else f"{tally.met} of {tally.population}"
    return Finding(
        rule=rule,
        obligation=obligation,
        title=title,
        form="must",
        table="passages" if verdict is Verdict.MANUAL else "complaints",
        criterion=criterion,
        verdict=verdict,
        reason=reason or f"The share met ({figures}) decides: {verdict.value}.",
        proposed_grade=grade,
        grade_why=f"Graded {grade.value}: the share not met is what it is." if grade else None,
        statement=statement,
        calculation=f"share met = {figures}; asked for: all",
        recommendation=recommendation,
        to_pass=to_pass,
        fingerprint=(rule.encode().hex() * 2)[-16:],
        tally=tally,
        strata=strata,
        exceptions=exceptions,
        exceptions_total=len(exceptions) if total is None else total,
        parameters=parameters,
    )


def _unmet(key: str, location: Location) -> AuditException:
    return AuditException(key=key, state="unmet", location=location)
