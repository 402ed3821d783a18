"""One case of the corpus: how its files are made, what the plan says of them, and what must come of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["RULESET", "Case", "csv"]

#: A register of complaints and a folder of documents, with one rule for each way in which a trap could turn green.
RULESET = """
[ruleset]
id = "corpus"
title = "A register and a folder"
standard = "S"
edition = "1"
version = "1"
language = "en"

[term.policy_words]
en = ["customer focus"]
de = ["Kundenorientierung"]

[table.complaints]
purpose = "Every complaint"
key = "id"
[table.complaints.columns]
id = { type = "text" }
owner = { type = "text", optional = true }
received = { type = "date", optional = true }
closed = { type = "date", optional = true }
amount = { type = "number", optional = true }

[table.documents]
purpose = "The documents"
key = "path"
[table.documents.columns]
path = { type = "text" }
kind = { type = "text" }
approved_by = { type = "text" }
placeholders = { type = "integer" }

[table.passages]
purpose = "What they say"
key = "passage_id"
[table.passages.columns]
passage_id = { type = "text" }
document_kind = { type = "text" }
role = { type = "text" }
text = { type = "text" }

[[obligation]]
id = "C-1"
title = "Complaints are recorded, owned and closed"
force = "requirement"
clauses = ["8.2.1"]
doc_info = "retain"
statement = "Each complaint is recorded once, owned and closed."
grade = "major"
grade_why = "A complaint that nobody owns is lost."
recommendation = "The service manager names an owner for each complaint."

[[obligation]]
id = "D-1"
title = "There is an approved policy"
force = "requirement"
clauses = ["5.2"]
doc_info = "maintain"
statement = "The policy is written and approved."
grade = "major"
grade_why = "Nobody is bound by a draft."
recommendation = "The director approves the policy."

[[rule]]
id = "C-1.owner"
obligation = "C-1"
title = "Each complaint has an owner"
each = "complaints"
must = "owner is not null"
statement = "{unmet} of {population} complaints have no owner."

[[rule]]
id = "C-1.once"
obligation = "C-1"
title = "Each complaint stands once"
each = "complaints"
unique = ["id"]
statement = "{unmet} of {population} complaints stand twice."

[[rule]]
id = "C-1.order"
obligation = "C-1"
title = "No complaint is closed before it came in"
each = "complaints"
must = "closed >= received"
statement = "{unmet} of {population} complaints were closed before they came in."

[[rule]]
id = "C-1.day"
obligation = "C-1"
title = "No complaint came in after the audit"
each = "complaints"
must = "received <= as_of()"
statement = "{unmet} of {population} complaints came in after the audit."

[[rule]]
id = "C-1.amount"
obligation = "C-1"
title = "No complaint costs more than 1,000"
each = "complaints"
must = "amount <= 1000"
statement = "{unmet} of {population} complaints cost more than 1,000."

[[rule]]
id = "D-1.approved"
obligation = "D-1"
title = "The policy is approved"
each = "documents"
where = "kind = 'policy'"
must = "approved_by is not null"
statement = "{unmet} of {population} policies are approved by nobody."

[[rule]]
id = "D-1.whole"
obligation = "D-1"
title = "The policy has no blank left"
each = "documents"
where = "kind = 'policy'"
must = "placeholders = 0"
statement = "{unmet} of {population} policies still have blanks to fill."

[[rule]]
id = "D-1.says"
obligation = "D-1"
title = "The policy speaks of customer focus"
count = "passages"
where = "role in ('content', 'table') and document_kind = 'policy' and mentions(text, 'policy_words')"
at_least = 1
conclusive = false
statement = "{met} passages of policies speak of customer focus."
"""


@dataclass(frozen=True)
class Case:
    """`make` writes the files into a folder; `source` is the rest of the plan below `[audit]`, `columns` what it maps.

    `verdicts` are what an auditor would say of the rules that the trap concerns, written by hand.
    """

    title: str
    make: Callable[[Path], object]
    verdicts: Mapping[str, str]
    path: str = "complaints.csv"
    table: str = "complaints"
    options: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    audit: str = ""

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules that the case is about."""
        return tuple(self.verdicts)

    @property
    def sources(self) -> str:
        """The sources of the plan."""
        mapped = "".join(f"{column} = {said}\n" for column, said in self.columns.items())
        source = f'[[source]]\ntable = "{self.table}"\npath = "{self.path}"\n{self.options}'
        return source + (f"[source.columns]\n{mapped}" if mapped else "")


def csv(text: str | bytes, name: str = "complaints.csv") -> Callable[[Path], object]:
    """Write one file of text (UTF-8) or bytes."""
    content = text.encode() if isinstance(text, str) else text
    return lambda folder: (folder / name).write_bytes(content)
