"""What the fifty rules of `complaints.toml` say, in plain values that every tool can be given. Imports no library."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

__all__ = [
    "AS_OF", "FILLED", "LISTS", "MONDAY", "PATTERNS", "SHARES", "UNFINISHED", "UNIQUE", "Answers", "tell",
]  # fmt: skip

Answers = Mapping[str, int | bool]
"""By rule: the records that do not meet it (or what the tool counts), or only whether the rule holds."""

AS_OF = date(2026, 10, 31)
MONDAY = date(1, 1, 1)
FILLED = ("complaint_id", "customer_id", "product", "received_at", "owner", "description", "severity", "lot")
LISTS: Mapping[str, tuple[str, ...]] = {
    "product": tuple(f"PX-{number:02d}" for number in range(1, 41)),
    "site": ("Leeds", "Brno", "Lyon", "Graz"),
    "channel": ("email", "phone", "portal", "letter", "visit", "dealer"),
    "category": ("leak", "noise", "vibration", "delivery", "invoice", "documents", "packaging", "service"),
    "severity": ("minor", "major", "critical"),
    "status": ("open", "investigating", "answered", "closed"),
}
UNFINISHED = r"\b(TODO|TBD|lorem ipsum)\b"
PATTERNS: Mapping[str, tuple[str, str]] = {
    "complaint": ("complaint_id", "^C-[0-9]{9}$"),
    "customer": ("customer_id", "^K-[0-9]{8}$"),
    "lot": ("lot", "^L-20[0-9]{2}-[0-9]{4}$"),
    "email": ("email", r"^[^@ ]+@[^@ ]+\.[a-z]{2,}$"),
    "country": ("country", "^[A-Z]{2}$"),
    "owner": ("owner", "^[A-Z][a-z]+ [A-Z][a-z]+$"),
}
UNIQUE: Mapping[str, tuple[str, ...]] = {
    "complaint": ("complaint_id",),
    "record": ("customer_id", "lot", "received_at"),
}
SHARES = {"answered": 0.95, "acknowledged": 0.9, "satisfied": 0.6, "effort": 0.8}


def tell(answers: Callable[[Path, str], Answers]) -> None:
    """Run one peer as the command `FILE FOLDER parquet|csv`; print its answers as one line of JSON, the last line."""
    sys.stdout.write("\n" + json.dumps(dict(answers(Path(sys.argv[1]), sys.argv[2]))) + "\n")
