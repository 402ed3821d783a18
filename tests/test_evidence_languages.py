"""Documents in a language without terms: what a rule looks for in them is neither found nor missing."""

from __future__ import annotations

from pathlib import Path

import pytest
from folders import audited

from qmscheck.evidence.languages import marked
from qmscheck.extracts import Batch, Extract, Rows
from qmscheck.model import AuditRecord

RULESET = """
[ruleset]
id = "words"
title = "Words"
standard = "Own"
edition = "1"
version = "1"
language = "en"

[term.customer]
en = ["customer*"]
de = ["kunde*"]

[table.passages]
purpose = "What the documents say"
key = "passage_id"
[table.passages.columns]
passage_id = { type = "text" }
document = { type = "text" }
text = { type = "text" }

[[obligation]]
id = "O-1"
title = "Speak of customers"
force = "requirement"
clauses = ["1"]
doc_info = "none"
statement = "S"
grade = "minor"
grade_why = "Because."
recommendation = "Manager: say so (1)."

[[rule]]
id = "O-1.named"
obligation = "O-1"
title = "Customers are named"
count = "passages"
where = "mentions(text, 'customer')"
at_least = 1
conclusive = false
statement = "{met} passages name customers."

[[rule]]
id = "O-1.each"
obligation = "O-1"
title = "Each passage names customers"
each = "passages"
must = "mentions(text, 'customer')"
statement = "{unmet} of {population} passages do not name customers."

[[rule]]
id = "O-1.long"
obligation = "O-1"
title = "Where customers are named, more than their name is said"
each = "passages"
where = "mentions(text, 'customer')"
must = "text <> 'customer'"
statement = "{unmet} of {population}"
on_zero = "not-applicable"
"""
SOURCE = '\n[[source]]\ntable = "passages"\npath = "qms"\nreader = "documents"\n'
FRENCH = (
    "Le client est informé du résultat et de la date, et une réclamation ne se ferme pas sans que nous le sachions."
)
ENGLISH = "The customer is told of the result and of the date, and no complaint is closed before that is done."
GERMAN = (
    "Der Kunde erfährt das Ergebnis und den Termin, und eine Beschwerde wird nicht geschlossen, bevor das getan ist."
)


def audit(folder: Path, **documents: str) -> AuditRecord:
    (folder / "qms").mkdir()
    for name, text in documents.items():
        (folder / "qms" / f"{name}.md").write_text(text, "utf-8")
    return audited(folder, RULESET, SOURCE)


def verdicts(record: AuditRecord) -> dict[str, str]:
    return {finding.rule: str(finding.verdict) for finding in record.findings}


def test_a_french_policy_is_not_silent_about_customers_it_cannot_be_read(tmp_path: Path) -> None:
    record = audit(tmp_path, policy=f"# Politique\n\n{FRENCH}\n")
    assert verdicts(record) == {"O-1.each": "insufficient", "O-1.long": "insufficient", "O-1.named": "insufficient"}
    assert [(limit.kind, limit.id, limit.reason, limit.detail) for limit in record.limits] == [
        (
            "file",
            "qms/policy.md",
            "unsupported",
            "It is in French; the rulesets have terms in English and German, so that no rule can read its words.",
        )
    ]
    (entry,) = record.evidence
    assert entry.unreadable_count == 2
    assert entry.unreadable[0].location.path == "qms/policy.md"
    assert entry.unreadable[0].expected == "words in a language of the terms"


def test_an_english_or_german_policy_is_read(tmp_path: Path) -> None:
    record = audit(tmp_path, policy=f"{ENGLISH}\n\n{GERMAN}\n")
    assert verdicts(record) == {"O-1.each": "pass", "O-1.long": "pass", "O-1.named": "manual"}
    assert record.limits == ()


def test_of_a_policy_in_two_languages_the_one_that_can_be_read_counts(tmp_path: Path) -> None:
    record = audit(tmp_path, policy=f"{ENGLISH}\n\n{FRENCH}\n")
    assert verdicts(record) == {"O-1.each": "insufficient", "O-1.long": "insufficient", "O-1.named": "manual"}
    assert [limit.detail.split(";")[0] for limit in record.limits] == ["1 of its 2 passages are in French"]


def test_a_french_document_never_makes_a_fail_of_an_english_one_better(tmp_path: Path) -> None:
    record = audit(tmp_path, a=FRENCH, b="Nothing of the kind is said in this text, which is of no use to anybody.")
    assert verdicts(record)["O-1.each"] == "fail"


@pytest.mark.parametrize("known", [frozenset(), frozenset({"en", "de", "fr"})])
def test_where_there_are_no_terms_at_all_or_those_of_the_language_nothing_is_marked(known: frozenset[str]) -> None:
    batch = Batch(([FRENCH],), paths=["a.md"], languages=["fr"])
    extract = Extract("passages", Path("qms"), ("text",), Rows([batch]), (), worded="text")
    found, limits = marked(extract, known)
    assert isinstance(found.content, Rows)
    assert ([*found.content.batches], limits, found.marked) == ([batch], (), False)
