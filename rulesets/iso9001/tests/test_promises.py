"""Promised shares: the rule clears a promise exactly where the Wilson interval of what was counted does."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

_CLEAR = 1.96
_PLAN = """[audit]
organization = "A firm that promises"
scope = "All"
rulesets = ["iso9001"]
as_of = 2026-06-30

[[source]]
table = "claims"
path = "claims.csv"
[source.columns]
claim_id = "claim_id"
text = "text"
status = "status"
channel = "channel"
measure_id = "measure_id"
promised_share = "promised_share"

[[source]]
table = "kpi"
path = "kpi.csv"
[source.columns]
measure_id = "measure_id"
period = "period"
numerator = "numerator"
denominator = "denominator"
better = "better"
"""


def test_a_promise_is_shown_exactly_where_the_wilson_interval_clears_it(tmp_path: Path) -> None:
    cases = list(_cases())
    _write(tmp_path, cases)
    (shown,) = (f for f in _audit(tmp_path)["findings"] if f["rule"] == "CF-8.2.2-b1.shown")
    missed = {e["key"] for e in shown["exceptions"]}
    wanted = {str(i) for i, (kept, of, share) in enumerate(cases) if _lower(kept, of) < share}
    assert missed == wanted
    assert 0 < len(wanted) < len(cases)


def _cases() -> Iterator[tuple[int, int, float]]:
    """Give how often a promise was kept, of how many cases, and the share promised."""
    for of in (1, 3, 10, 40, 250, 4000):
        for kept in sorted({0, 1, of // 2, of * 8 // 10, of * 95 // 100, of - 1, of}):
            for share in (0.5, 0.75, 0.9, 0.975):
                yield min(kept, of), of, share


def _lower(kept: int, of: int) -> float:
    """Give the lower end of the score interval (E. B. Wilson, 1927)."""
    seen, square = kept / of, _CLEAR * _CLEAR
    spread = _CLEAR * math.sqrt(seen * (1 - seen) / of + square / (4 * of * of))
    return (seen + square / (2 * of) - spread) / (1 + square / of)


def _write(folder: Path, cases: list[tuple[int, int, float]]) -> None:
    claims = ["claim_id,text,status,channel,measure_id,promised_share"]
    kpi = ["measure_id,period,numerator,denominator,better"]
    for i, (kept, of, share) in enumerate(cases):
        claims.append(f"{i},In 48 h,active,web,K{i},{share}")
        late = i % 2 == 1  # every second figure counts the cases in which it was not kept
        kpi.append(f"K{i},2026-01-01,{of - kept if late else kept},{of},{'lower' if late else 'higher'}")
    (folder / "claims.csv").write_text("\n".join(claims) + "\n", "utf-8")
    (folder / "kpi.csv").write_text("\n".join(kpi) + "\n", "utf-8")
    (folder / "qmscheck.toml").write_text(_PLAN, "utf-8")


def _audit(folder: Path) -> dict[str, list[dict[str, list[dict[str, str]]]]]:
    command = [sys.executable, "-m", "qmscheck", "audit", str(folder), "--select", "CF-8.2.2-b1"]
    options = ["--output-format", "json", "--max-exceptions", "1000"]
    done = subprocess.run([*command, *options], capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.stdout, done.stderr
    return json.loads(done.stdout)  # type: ignore[no-any-return]
